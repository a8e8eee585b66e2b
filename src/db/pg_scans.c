/* pg_scans.c: which tables a statement reads from end to end: those that the planner scans although
   scanning is forbidden where there is an index to use. */
#include "pg.h"

#include "base/buffer.h"

#include <string.h>

enum { SCANS_MAX = 64 };

/* The names behind "Seq Scan on" in the lines of a plan. */
static void names_add(struct tx *tx, const PGresult *plan, const char **ret, size_t *count)
{
    static const char mark[] = "Seq Scan on ";
    for (int i = 0; i < PQntuples(plan); i++) {
        const char *at = strstr(PQgetvalue(plan, i, 0), mark);
        if (!at || *count == SCANS_MAX)
            continue;
        at += strlen(mark);
        at += *at == '"';
        ret[(*count)++] = arena_text(tx->arena, at, strcspn(at, "\" "));
    }
}

static const char *explain(struct tx *tx, const struct pg_stmt *s)
{
    struct buffer sql = buffer_new(tx->arena);
    buffer_printf(&sql,
                  "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan;"
                  " EXPLAIN EXECUTE %s",
                  s->name);
    for (int i = 0; i < s->plan.params; i++)
        buffer_string(&sql, i ? ", NULL" : " (NULL");
    buffer_string(&sql, s->plan.params ? ")" : "");
    buffer_string(&sql, "; SET LOCAL enable_seqscan = on; SET LOCAL plan_cache_mode = auto");
    return sql.at;
}

bool pg_scanned(struct tx *tx, const char *sql, const struct value *args, size_t n,
                const char ***ret, size_t *count)
{
    struct pg_stmt *s = NULL;
    *ret = arena_many(tx->arena, SCANS_MAX, const char *);
    *count = 0;
    if (__atomic_load_n(&tx->pg->db->store->pg->unnamed, __ATOMIC_RELAXED))
        return true;
    if (!pg_stmt_get(tx->pg, sql, args, n, &s, tx->err))
        return false;
    bool ok = pg_quiet(tx->pg, tx->err) && PQsendQuery(tx->pg->handle, explain(tx, s));
    for (PGresult *r; (r = PQgetResult(tx->pg->handle)); PQclear(r)) {
        if (PQresultStatus(r) == PGRES_TUPLES_OK)
            names_add(tx, r, *ret, count);
        else if (PQresultStatus(r) != PGRES_COMMAND_OK && ok)
            ok = pg_fail(tx->pg, r, tx->err);
    }
    pg_stmt_put(tx->pg, s);
    return ok;
}
