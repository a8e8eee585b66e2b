/* ai.h: the one door to a model. Web, hooks and checks all come through ai_run.

   The ten steps, each in its file: switches.c, provider.c, prohibited.c, context.c (which
   masks, too, cell by cell, over src/screen), disclosure.c, send.c, answer.c, receipt.c; the tenth,
   forgetting, is the arena of the request, which is wiped, and egress, which keeps nothing.
   flight.c takes a run through the same steps without a thread that waits for the provider. */
#ifndef VOW_AI_H
#define VOW_AI_H

#include "core/feature.h"
#include "core/rows.h"

/* Columns of one table that a capability may read. A column that is not declared .ai, or is
   SENSITIVE or SECRET, fails start-up. */
struct ai_read {
    const struct table *table;
    const char *const *columns; /* ends with NULL */
};

struct ai_run; /* one run on its way through the steps; see run.h */

/* One AI function that can be switched. */
struct capability {
    const char *name; /* "feedback.me" */
    const char *doc;
    const struct permission *can;
    const struct ai_read *reads; /* ends with a row without table; NULL: what is in the input */
    const char *instruction;     /* what the model is asked to do */
    bool quick; /* its context is few rows, found by an index: may be read on an I/O thread */
    /* Builds the context for a provider, within a read transaction, with context_*. */
    bool (*context)(struct ai_run *run);
    /* Answers by the local engine, within a read transaction; NULL: there is none. */
    bool (*local)(struct ai_run *run);
};

enum ai_output { AI_TEXT, AI_CHOICE, AI_NUMBER };

struct ai_input {
    bool preview;         /* stop at the disclosure */
    const char *provider; /* "local", the id of a provider, or NULL for the organisation's */
    const char *question; /* the person's own words; NULL: none */
    const char *task;     /* what whoever set up what runs now asks with it; NULL: nobody */
    const char *expect;   /* SHA-256 of the disclosure that was previewed; CONFLICT otherwise */
    struct id subject;    /* whose data it is, when not the actor's: an objection counts */
    struct date from, to; /* days, `to` not included */
    enum ai_output output;
    struct list choices; /* AI_CHOICE: const char * */
    const void *with;    /* the capability's own */
    /* Takes the answer as it arrives; false ends the run. NULL: only the whole answer. */
    bool (*text)(void *with, const char *piece);
    void *text_with;
};

struct ai_number {
    const char *name;
    double value;
    const char *unit;
};

/* One finding of the local engine, checkable by hand. */
struct ai_finding {
    const char *kind; /* "long_day" */
    const char *title;
    const char *sentence;
    const char *method; /* how it was found, in words with the formula's name */
    double value;
    const char *unit;
    struct list numbers; /* struct ai_number: what went into it */
    struct list rows;    /* ids of the rows it rests on (at most 50) */
    struct list series;  /* struct ai_number: a small chart; may be empty */
};

struct ai_masked {
    const char *kind;
    int64_t count;
};

struct ai_answer {
    /* of a preview, and of an answer too */
    const char *disclosure;      /* the exact bytes that leave; "" with the local engine */
    const char *disclosure_hash; /* SHA-256, for .expect */
    int64_t bytes;
    struct list masked;   /* struct ai_masked */
    struct list columns;  /* const char *: "time_entry.note" */
    struct date from, to; /* the days that were looked at, `to` not included */
    int64_t rows;
    struct date compared_from; /* the days from here up to `from`, to compare with; absent: none */
    int64_t compared_rows;     /* rows of those */
    int64_t left_out;          /* texts that did not go along because they read like instructions */
    const char *provider, *model, *evidence;
    /* of an answer */
    const char *text;
    struct list findings; /* struct ai_finding */
    bool advisory;
    struct id receipt;
    const char *salt;       /* hexadecimal; with it and the disclosure, the caller can prove */
    const char *commitment; /* the receipt's: SHA-256 of the salt's bytes and the disclosure */
};
extern const struct field ai_answer_fields[];

/* What a route that previews may end in, with ai_preview_admit; and one that runs. */
#define AI_PREVIEW_FAILS \
    AI_OFF, AI_OBJECTED, PROVIDER_NOT_ALLOWED, PROHIBITED_USE, DISCLOSURE_TOO_LARGE, RATE_LIMITED
#define AI_RUN_FAILS AI_PREVIEW_FAILS, CONFLICT, PROVIDER_FAILED, PROVIDER_TIMEOUT, ANSWER_INVALID

/* Runs the ten steps. On a thread that may wait, outside a transaction. Problems: AI_RUN_FAILS. A
   run that was refused leaves a receipt with the reason, too. */
MUST_USE bool ai_run(struct ctx *c, const struct capability *capability, const struct ai_input *in,
                     struct ai_answer *ret);

/* The same for a thread that must not wait. False when this run needs one that may (the local
   engine, a policy that is not in memory, much text): nothing was done then. Else `done` is called
   once, from any thread, perhaps before this returns. `c`, `in` and `ret` must live until then, and
   `in` has no .text. */
typedef void ai_done(void *with, bool ok);
MUST_USE bool ai_run_hasty(struct ctx *c, const struct capability *capability,
                           const struct ai_input *in, struct ai_answer *ret, ai_done *done,
                           void *with);

/* .admit of every route that previews what AI would be told: RATE_LIMITED when the actor has asked
   for too many. */
MUST_USE bool ai_preview_admit(struct ctx *c);

/* The capability of that name among all features; NULL when there is none. */
const struct capability *capability_find(const struct app *app, const char *name);

/* Whether the organisation has it on, for whichever roles. Within a transaction. */
MUST_USE bool capability_on(struct ctx *c, const struct capability *capability, bool *ret);

/* Checks every capability's columns; our bug when not. */
MUST_USE bool capabilities_check(const struct app *app, struct error *err);

extern const struct permission ai_use, ai_manage;
extern const struct capability feedback_me, summary_report;
extern const struct feature ai_feature;

#endif
