/* feature.h: what a room of the product declares. feature/features.c lists the rooms. */
#ifndef VOW_FEATURE_H
#define VOW_FEATURE_H

#include "ctx.h"
#include "net/route.h"
#include "table.h"

/* Something that happened, written to the outbox in the transaction that caused it and delivered
   at least once, afterwards, to every subscriber. */
struct event_type {
    const char *name; /* "form.submitted" */
    const char *doc;
};
struct event {
    struct id id;
    const char *type;
    struct id object;  /* the row it is about */
    struct id related; /* another row that goes with it, or absent */
    struct instant at;
};

/* Called outside a transaction with a ctx of the program itself in the event's organisation. False
   means: try again later (with growing pauses, for almost three days). Deliveries that wait are
   stored with the name, which therefore never changes. */
struct subscriber {
    const struct event_type *type;
    const char *name; /* "forms.hooks" */
    bool (*deliver)(struct ctx *c, const struct event *e);
};

/* Work for again and again, in every organisation, with a ctx of the program itself outside a
   transaction. False means: try again sooner (see outbox.h). */
struct job_type {
    const char *name;
    const char *doc;
    bool (*run)(struct ctx *c);
    struct span every;
};

struct feature {
    const char *name;
    const struct table *const *tables; /* all lists end with NULL or a zeroed row */
    const struct route *routes;
    const struct permission *const *permissions;
    const struct event_type *const *events;
    const struct subscriber *subscribers;
    const struct job_type *const *jobs;
    /* Checks of declarations that are not core's, at start-up; NULL: none. */
    bool (*check)(const struct app *app, struct error *err);
    /* Make and end what the feature keeps in memory; `stop` is called without `start` too, when
       starting has failed, and when no request is left. NULL: nothing. */
    bool (*start)(struct app *app, struct error *err);
    void (*stop)(struct app *app);
    const struct capability *const *capabilities; /* AI functions; see feature/ai/ai.h */
    /* Makes the rows of its held back tables, and columns that follow from others, anew, in the
       current write transaction: when an exported organisation has been taken in (held back tables
       are empty then), and when a release has added columns to tables of the feature. The context
       has no actor. NULL: nothing to make. */
    bool (*derive)(struct ctx *c);
    /* Told, in the write transaction in which it happens, that somebody has another role from now
       on: ROLE_NONE when the person is not active any more or is about to be erased. Ends what goes
       on that the role may not do. NULL: nothing goes on. */
    bool (*role_changed)(struct ctx *c, struct id person, enum role role);
    /* Tables that the organisation itself has declared (forms); appends to the list. NULL: none. */
    bool (*declared)(struct ctx *c, const struct table ***list, size_t *count);
};

/* Adds an event to the outbox, in the current transaction. */
MUST_USE bool event_add(struct ctx *c, const struct event_type *type, struct id object,
                        struct id related);

/* Every table of the ctx's organisation: the declared ones of all features, then those that the
   organisation has declared itself. Needs a transaction. */
MUST_USE bool tables_all(struct ctx *c, const struct table ***ret, size_t *count);

/* Hands the rows that are written after their answers (receipts) to the writer of the ctx's
   organisation: whoever is queued there behind them sees them. Outside a transaction. */
void tables_settle(struct ctx *c);

#endif
