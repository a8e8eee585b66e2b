/* ai.c: the one door: the ten steps in order, and a receipt whatever came of them. */
#include "run.h"

#include "flight.h"
#include "receipts.h"
#include "state.h"

#include <stdlib.h>
#include <string.h>

bool ai_start(struct app *app, struct error *err)
{
    struct ai_state *s = app->ai = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->guard = guard_new(&s->arena);
    s->policies = policies_new();
    s->flights = flights_new();
    return receipts_open(app, &s->receipts, err);
}

void ai_stop(struct app *app)
{
    struct ai_state *s = app->ai;
    if (!s)
        return;
    flights_free(s->flights);
    receipts_close(s->receipts);
    policies_free(s->policies);
    arena_done(&s->arena);
    free(s);
    app->ai = NULL;
}

const struct capability *capability_find(const struct app *app, const char *name)
{
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct capability *const *k = (*f)->capabilities; name && k && *k; k++)
            if (!strcmp((*k)->name, name))
                return *k;
    return NULL;
}

static bool read_check(const struct capability *k, const struct ai_read *r, struct error *err)
{
    for (const char *const *column = r->columns; *column; column++) {
        const struct field *f = field_find(r->table->fields, *column);
        if (!f || !f->ai || f->privacy == SENSITIVE || f->privacy == SECRET)
            return error_set(err, INTERNAL, "%s may not read %s.%s", k->name, r->table->name,
                             *column);
    }
    return true;
}

bool capabilities_check(const struct app *app, struct error *err)
{
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct capability *const *k = (*f)->capabilities; k && *k; k++)
            for (const struct ai_read *r = (*k)->reads; r && r->table; r++)
                if (!read_check(*k, r, err))
                    return false;
    return true;
}

bool ai_elsewhere(struct ai_run *run)
{
    run->elsewhere = true;
    return false;
}

static bool context_read(struct ctx *c, void *with)
{
    (void)c;
    return ai_context(with);
}

static bool policy_take(struct ai_run *run)
{
    if (!run->hasty)
        return ai_policy_take(run->c, &run->policy);
    return ai_policy_cached(run->c, &run->policy) || ai_elsewhere(run);
}

/* Steps 1 to 5. A change between reading the policy and reading the context is rare: then both are
   read anew, so that no name escapes that was added in between. */
static bool permitted_context(struct ai_run *run)
{
    const struct ai_run fresh = *run;
    const struct ai_answer empty = *run->ret;
    enum { TURNS = 4 };
    for (int turn = 1;; turn++) {
        if (!policy_take(run))
            return false;
        run->changes = run->policy->changes;
        if (!ai_switches(run) || !ai_provider_choose(run) || !ai_prohibited(run) ||
            !ctx_read(run->c, context_read, run))
            return false;
        if (turn == TURNS || !ai_policy_overtaken(run->c->app, run->changes))
            return true;
        ai_forget(run);
        *run = fresh;
        *run->ret = empty;
    }
}

bool ai_prepare(struct ai_run *run)
{
    if (run->hasty && !receipts_ready(run->c->app))
        return ai_elsewhere(run);
    bool ok = permitted_context(run) && ai_disclosure(run);
    if (run->elsewhere)
        ai_forget(run);
    return ok;
}

/* What was refused or failed leaves a receipt as well; the first problem is the answer. */
static bool run_end(struct ai_run *run, bool ok)
{
    struct ctx *c = run->c;
    struct error first = *c->err;
    if (ok && run->in->preview)
        return true;
    if (!ok && !run->reason)
        run->reason = problem_info(first.problem ? first.problem : INTERNAL)->name;
    *c->err = (struct error){ 0 };
    bool kept = ai_receipt_keep(run);
    if (kept)
        ai_receipt_write(run);
    if (!ok)
        *c->err = first;
    return ok && kept;
}

bool ai_over(struct ai_run *run, bool ok, struct ai_answer *ret)
{
    struct ctx *c = run->c;
    ok = run_end(run, ok);
    ai_forget(run);
    if (!ok)
        return false;
    *ret = *run->ret;
    if (c->x && !c->x->advisory && id_given(ret->receipt)) { /* a stream has its headers */
        char id[ID_TEXT];
        id_format(ret->receipt, id);
        c->x->advisory = arena_string(c->arena, id);
    }
    return true;
}

bool ai_run(struct ctx *c, const struct capability *capability, const struct ai_input *in,
            struct ai_answer *ret)
{
    struct ai_answer answer = { 0 };
    struct ai_run run = { .c = c, .capability = capability, .in = in, .ret = &answer };
    bool ok = ai_prepare(&run);
    if (ok && !in->preview && !run.local)
        ok = ai_send(&run);
    return ai_over(&run, ok, ret);
}
