/* retention.c: rows of every table that declares a retention, in the organisation's database and
   among its rows of control, deleted when it is over. */
#include "retention.h"

#include "app.h"
#include "audit.h"
#include "sql.h"

#include <stdio.h>

static bool rows_expire(struct ctx *c, const struct table *t, struct instant before, int64_t *gone)
{
    const struct field *owner = table_owner(t);
    struct buffer sql = buffer_new(c->arena);
    struct value args[] = { value_instant(before), value_id(c->organisation) };
    buffer_printf(&sql, "DELETE FROM %s WHERE created_at < $1", t->name);
    if (owner)
        buffer_printf(&sql, " AND \"%s\" = $2", owner->name);
    return tx_run(c->tx, composed(c, &sql), args, owner ? 2 : 1, gone);
}

static bool table_expire(struct ctx *c, const struct table *t, int64_t *gone)
{
    struct instant before =
        instant_plus(c->now, (struct span){ -(int64_t)t->retention_days * 86400 });
    return (t->expire ? t->expire : rows_expire)(c, t, before, gone);
}

static bool expire(struct ctx *c, void *with)
{
    const struct table **tables;
    size_t n;
    (void)with;
    if (!tables_all(c, &tables, &n))
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct table *t = tables[i];
        int64_t gone = 0;
        if (!t->retention_days)
            continue;
        if (!table_expire(c, t, &gone))
            return false;
        char action[96], detail[64];
        snprintf(action, sizeof action, "%s.expire", t->name);
        snprintf(detail, sizeof detail, "rows=%lld", (long long)gone);
        if (gone && !t->log && !audit_add(c, action, (struct id){ 0 }, (struct id){ 0 }, detail))
            return false;
    }
    return true;
}

static bool control_expire(struct ctx *c, void *with)
{
    (void)with;
    for (const struct table *const *t = c->app->tables; *t; t++)
        if ((*t)->retention_days && table_owner(*t) && !table_expire(c, *t, NULL))
            return false;
    return true;
}

static bool retention_run(struct ctx *c)
{
    return ctx_write(c, expire, NULL) && control_write(c, control_expire, NULL);
}

const struct job_type retention_job = {
    .name = "retention",
    .doc = "Deletes rows that are older than their table keeps them",
    .run = retention_run,
    .every = { 86400 },
};
