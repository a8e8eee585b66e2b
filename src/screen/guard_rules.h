/* guard_rules.h: rules over words that name what a text asks for. */
#ifndef VOW_SCREEN_GUARD_RULES_H
#define VOW_SCREEN_GUARD_RULES_H

#include "guard.h"
#include "guard_view.h"

struct rules;
const struct rules *rules_new(struct arena *a);

struct rule_hit {
    enum guard_class class;
    float score;
    const char *why;
};

/* Calls of `hit` for the rules that match, at most `room`; returns how many. Each rule once. */
size_t rules_match(const struct rules *r, const struct guard_view *v, struct rule_hit *hits,
                   size_t room);

#endif
