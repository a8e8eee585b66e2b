/* ctx.h: the world of one request, job or command. */
#ifndef VOW_CTX_H
#define VOW_CTX_H

#include "access.h"
#include "base/buffer.h"
#include "base/field.h"
#include "db/db.h"

struct app;
struct exchange;

struct zone;

struct actor {
    struct id person; /* absent: the program itself, or somebody without a session */
    struct id account, session;
    struct id team;
    enum role role;
    const struct zone *zone; /* see ctx_zone */
    bool program;            /* the program itself: reaches every row */
    const char *name;        /* what to call the actor when no person: "job", "public form" */
};

struct read_of; /* another person's data that was read; audited before the answer leaves */

struct ctx {
    struct app *app;
    struct arena *arena;
    struct error *err;
    struct instant now;
    struct id organisation; /* absent outside organisations */
    struct actor actor;
    const struct permission *can; /* the permission under which this runs, or NULL */
    enum scope scope;             /* how far it reaches for this actor */
    struct db *db;                /* of the organisation; NULL outside */
    struct tx *tx;                /* NULL in lanes without a transaction */
    struct exchange *x;           /* NULL outside HTTP */
    const char *request_id;
    struct id claim; /* of the key of its request, when each ctx_write is noted with it (see
                        idempotency.h); what it does in control must bear repetition */
    struct read_of *reads;
    uint64_t known; /* sessions_forgotten, before who asks was looked up */
    bool hasty;     /* on an I/O thread, for a rule of an `eager` route: must not wait there */
    bool counted;   /* by its rate limit; not again when the rule is run again */
    bool wake;      /* a job or an event was written: wake the runner after the commit */
    bool settings;  /* a switch changed: work in flight that depends on it looks again */
    bool forget;    /* what sessions tell changed: forget what is cached, after the commit */
};

/* Notes a problem and returns false: `return fail(c, NOT_FOUND, NULL)`. */
#define fail(c, ...) error_set((c)->err, __VA_ARGS__)
#define fail_at(c, ...) error_at((c)->err, __VA_ARGS__)

/* Runs `work` in a transaction of the ctx's organisation (for lanes without one), with c->tx set.
   Writes are committed when it returns true. `work` may run more than once. */
typedef bool ctx_work(struct ctx *c, void *with);
MUST_USE bool ctx_read(struct ctx *c, ctx_work *work, void *with);
MUST_USE bool ctx_write(struct ctx *c, ctx_work *work, void *with);

/* The same in the control database. */
MUST_USE bool control_read(struct ctx *c, ctx_work *work, void *with);
MUST_USE bool control_write(struct ctx *c, ctx_work *work, void *with);

/* The same in a given organisation's database, for work of the program itself. */
MUST_USE bool organisation_read(struct ctx *c, struct id organisation, ctx_work *work, void *with);
MUST_USE bool organisation_write(struct ctx *c, struct id organisation, ctx_work *work, void *with);

/* A hasty rule may answer as any does. Or, before it has done anything, ask to be run again by a
   worker: `return ctx_elsewhere(c)`. Or keep the request with ctx_keep, then end it by one call of
   ctx_finish, from any thread, perhaps before it returns; what it returns is ignored then. Who has
   kept it may still ask for a worker, as long as it has handed the request to nobody. */
bool ctx_elsewhere(struct ctx *c);
void ctx_keep(struct ctx *c);
void ctx_finish(struct ctx *c, bool ok);

/* For what takes long after it was let in: whether who asked may still, by session, role and reach
   of the permission; looked up again only when overtaken, which never waits: sessions or roles have
   changed. Holds for who has no session. UNAUTHENTICATED or FORBIDDEN. */
MUST_USE bool ctx_still_admitted(struct ctx *c);
bool ctx_overtaken(const struct ctx *c);

/* What must follow a write: wakes the runner, forgets caches, here and on other nodes. After one
   that failed too: of a commit that broke off on its way to a server nobody knows. */
void ctx_after_write(struct ctx *c);

/* Whether the client gave a field of the request's input; false where there is no such field, or no
   request. */
bool ctx_given(const struct ctx *c, const char *field);

/* Whose share of a pool of workers (workers.h) its work takes: the account's; 0 without one. */
uint64_t ctx_party(const struct ctx *c);

/* The scope that a permission has for the actor. */
enum scope ctx_scope(const struct ctx *c, const struct permission *p);
bool ctx_can(const struct ctx *c, const struct permission *p);

/* field_check; and a time zone must be one that this machine knows. */
MUST_USE bool ctx_field_check(const struct ctx *c, const struct field *f, const void *record,
                              const char *pointer, struct error *err);

/* Whose clock tells times: that of who asks, by the own zone or the organisation's; else UTC. */
const struct zone *ctx_zone(const struct ctx *c);

#endif
