/* prove.c: the lists of promises, and running their checks. */
#include "prove.h"

#include "checks.h"
#include "lab.h"

#include <string.h>

const struct promise *const *const promises[] = {
    ai_promises,       audit_promises,      hook_promises, kept_promises, limit_promises,
    platform_promises, prohibited_promises, role_promises, NULL,
};

/* How long the end of another check is waited for. */
enum { PATIENCE_MS = 10 * 60 * 1000 };

struct run {
    struct app *app;
    struct lab *lab;
    const struct witness *witness;
    prove_each *each;
    void *with;
};

static bool known(struct app *app, struct arena *a, size_t i)
{
    return promise_book_get(app->promises, a, i).result != PROMISE_UNKNOWN;
}

/* In the book and, for after a restart, in control: where that fails, the book still says it. */
static void result_keep(struct run *r, struct arena *a, size_t i, enum promise_result result,
                        const char *evidence)
{
    struct error none = { 0 };
    struct ctx c = app_ctx(r->app, a, &none, "prove");
    promise_book_set(r->app->promises, i, result, evidence, instant_now());
    (void)!promise_book_keep(&c, i);
}

/* False ends the run. */
static bool promise_check(struct run *r, size_t i)
{
    const struct promise *promise = r->app->promised[i];
    struct arena a = { 0 };
    struct proof p = { .app = r->app,
                       .arena = &a,
                       .evidence = buffer_new(&a),
                       .aside = buffer_new(&a),
                       .witness = r->witness,
                       .with = r->lab };
    enum promise_result result = promise->check(&p);
    bool keep = !r->witness && result == PROMISE_UNKNOWN && known(r->app, &a, i);
    if (!keep)
        result_keep(r, &a, i, result, p.evidence.at);
    if (p.aside.len)
        lab_say(&p, "%s", p.aside.at);
    bool more = !r->each || r->each(r->with, promise, result, p.evidence.at);
    arena_done(&a);
    return more && !r->app->stopping;
}

static bool promises_check(struct run *r, const char *id)
{
    const struct promise *const *list = r->app->promised;
    bool any = false;
    for (size_t i = 0; list[i]; i++) {
        if (id && strcmp(id, list[i]->id) != 0)
            continue;
        any = true;
        if (!promise_check(r, i))
            break;
    }
    return any;
}

/* A command may come while the page has the promises checked; a page does not stand still. */
static bool turn_comes(const struct run *r)
{
    struct promise_book *b = r->app->promises;
    const struct witness *w = r->witness;
    if (promise_book_begin(b, 0))
        return true;
    if (w && w->waits)
        w->waits(w->with);
    return w && promise_book_begin(b, PATIENCE_MS);
}

bool prove_run(struct app *app, const char *id, const struct witness *witness, prove_each *each,
               void *with, struct error *err)
{
    struct arena kept = { 0 };
    struct lab lab = { .app = app, .arena = &kept };
    struct run r = { app, &lab, witness, each, with };
    if (!turn_comes(&r))
        return error_set(err, UNAVAILABLE, "The promises are being checked already");
    lab_open(&lab);
    bool any = promises_check(&r, id);
    lab_close(&lab);
    promise_book_end(app->promises);
    arena_done(&kept);
    return any || error_set(err, NOT_FOUND, "There is no promise of that id");
}

bool prove_inside(struct app *app, const char *id, struct error *err)
{
    return prove_run(app, id, NULL, NULL, NULL, err);
}
