/* state.h: what AI keeps in memory while the program runs; behind app.ai. */
#ifndef VOW_AI_STATE_H
#define VOW_AI_STATE_H

#include "core/app.h"
#include "screen/guard.h"

struct policies;
struct receipts;
struct flights;

struct ai_state {
    struct arena arena;
    const struct guard *guard; /* compiled once, shared */
    struct policies *policies;
    struct receipts *receipts;
    struct flights *flights;
};

/* struct feature's start and stop. */
bool ai_start(struct app *app, struct error *err);
void ai_stop(struct app *app);

#endif
