/* ctx.c: transactions around a piece of work of one ctx. */
#include "ctx.h"

#include "app.h"
#include "base/hash.h"
#include "base/zone.h"
#include "idempotency.h"
#include "node.h"
#include "runner.h"
#include "sessions.h"

#include <stdatomic.h>
#include <string.h>

struct wrapped {
    struct ctx *c;
    ctx_work *work;
    void *with;
};

static bool wrapped_run(struct tx *tx, void *with, struct error *err)
{
    struct wrapped *w = with;
    struct tx *outer = w->c->tx;
    (void)err;
    w->c->tx = tx;
    bool ok = w->work(w->c, w->with);
    w->c->tx = outer;
    return ok;
}

void ctx_after_write(struct ctx *c)
{
    if (c->forget)
        sessions_forget(c->app->sessions);
    if (c->settings)
        atomic_fetch_add(&c->app->settings_changes, 1);
    if (c->wake && c->app->runner)
        runner_wake(c->app->runner, c->organisation);
    node_tell(c->app->node, c->forget, c->settings);
    c->forget = c->wake = c->settings = false;
}

static bool in_db(struct ctx *c, struct db *db, bool write, ctx_work *work, void *with)
{
    struct wrapped w = { c, work, with };
    struct db *outer = c->db;
    c->db = db;
    bool ok = write ? db_write_wait(db, c->arena, wrapped_run, &w, c->err)
                    : db_read(db, c->arena, wrapped_run, &w, c->err);
    c->db = outer;
    if (write && !c->tx) /* else what follows waits for the outer work to commit */
        ctx_after_write(c);
    return ok;
}

bool ctx_read(struct ctx *c, ctx_work *work, void *with)
{
    return in_db(c, c->db, false, work, with);
}

static bool claimed_run(struct ctx *c, void *with)
{
    const struct wrapped *w = with;
    return w->work(c, w->with) && idempotency_commits(c);
}

bool ctx_write(struct ctx *c, ctx_work *work, void *with)
{
    struct wrapped w = { c, work, with };
    return id_given(c->claim) ? in_db(c, c->db, true, claimed_run, &w)
                              : in_db(c, c->db, true, work, with);
}

bool control_read(struct ctx *c, ctx_work *work, void *with)
{
    return in_db(c, c->app->control, false, work, with);
}

bool control_write(struct ctx *c, ctx_work *work, void *with)
{
    return in_db(c, c->app->control, true, work, with);
}

static bool in_organisation(struct ctx *c, struct id organisation, bool write, ctx_work *work,
                            void *with)
{
    struct db *db;
    struct id outer = c->organisation;
    if (!db_open(c->app->store, organisation, false, &db, c->err))
        return false;
    c->organisation = organisation;
    bool ok = in_db(c, db, write, work, with);
    c->organisation = outer;
    db_release(db);
    return ok;
}

bool organisation_read(struct ctx *c, struct id organisation, ctx_work *work, void *with)
{
    return in_organisation(c, organisation, false, work, with);
}

bool organisation_write(struct ctx *c, struct id organisation, ctx_work *work, void *with)
{
    return in_organisation(c, organisation, true, work, with);
}

bool ctx_given(const struct ctx *c, const char *field)
{
    field_set bit = 1;
    for (const struct field *f = c->x ? c->x->route->in : NULL; f && f->name; f++, bit <<= 1)
        if (!strcmp(f->name, field))
            return c->x->given & bit;
    return false;
}

bool ctx_field_check(const struct ctx *c, const struct field *f, const void *record,
                     const char *pointer, struct error *err)
{
    if (!field_check(f, record, pointer, err))
        return false;
    return !text_equal(f->format, "zone") || field_absent(f, record) ||
           zone_find(c->app->zones, *(const char *const *)field_of(f, record)) ||
           error_at(err, pointer, "is not a time zone that is known here");
}

const struct zone *ctx_zone(const struct ctx *c)
{
    return c->actor.zone ? c->actor.zone : zone_utc();
}

enum scope ctx_scope(const struct ctx *c, const struct permission *p)
{
    if (c->actor.program)
        return SCOPE_ALL;
    return p ? p->of[c->actor.role] : SCOPE_NONE;
}

bool ctx_can(const struct ctx *c, const struct permission *p)
{
    return ctx_scope(c, p) != SCOPE_NONE;
}

uint64_t ctx_party(const struct ctx *c)
{
    const struct id *account = &c->actor.account;
    return id_given(*account) ? hash_bytes(hash_start, account->byte, sizeof account->byte) : 0;
}
