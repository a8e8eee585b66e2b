/* pg_tx.c: statements in a transaction: values in, rows out. */
#include "pg.h"

#include <stdlib.h>
#include <string.h>

static bool start(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                  struct pg_stmt **ret)
{
    struct pg_conn *conn = tx->pg;
    struct pg_stmt *s = NULL;
    if (tx->ask)
        return pg_ask_start(tx, q->sql, args, n, ret);
    if (conn->loose) {
        conn->more = true;
        return error_set(tx->err, UNAVAILABLE, "the transaction was not begun");
    }
    if (!pg_stmt_get(conn, q->sql, args, n, &s, tx->err))
        return false;
    if (!conn->asked++)
        conn->first = s;
    if (s->plan.writes && !tx->writes) {
        pg_stmt_put(conn, s);
        return error_set(tx->err, INTERNAL, "a reading work tried to write");
    }
    *ret = s;
    return true;
}

bool pg_run(struct tx *tx, const struct query *q, const struct value *args, size_t n,
            int64_t *changed)
{
    struct pg_stmt *s = NULL;
    if (!start(tx, q, args, n, &s))
        return false;
    if (!changed && tx->pg->swift && s->plan.writes) {
        bool sent = s->plan.values ? pg_rows_add(tx, s, args) : pg_stmt_send(tx, s, args);
        pg_stmt_put(tx->pg, s);
        return sent;
    }
    if (changed && q->likely && tx->pg->swift && s->plan.writes) {
        bool sent = pg_stmt_trust(tx, s, args);
        pg_stmt_put(tx->pg, s);
        *changed = 1;
        return sent;
    }
    PGresult *r = pg_stmt_run(tx, s, args);
    if (r && changed)
        *changed = s->plan.writes ? atoll(PQcmdTuples(r)) : 0;
    PQclear(r);
    pg_stmt_put(tx->pg, s);
    return r != NULL;
}

bool pg_row(struct tx *tx, const struct query *q, const struct value *args, size_t n,
            const struct field *fields, void *ret, bool *found)
{
    struct pg_stmt *s = NULL;
    if (!start(tx, q, args, n, &s))
        return false;
    bool known = false;
    if (q->likely && tx->pg && tx->pg->swift && !s->plan.writes) {
        *found = pg_stmt_trust(tx, s, args);
        pg_stmt_put(tx->pg, s);
        return *found;
    }
    PGresult *r = q->again ? pg_stmt_run_again(tx, s, args, &known) : pg_stmt_run(tx, s, args);
    bool row = r && PQntuples(r);
    bool ok = r && (!row || pg_decode(tx, s, r, 0, tx->arena, fields, ret));
    if (!known)
        PQclear(r);
    pg_stmt_put(tx->pg, s);
    if (ok)
        *found = row;
    return ok;
}

bool pg_rows(struct tx *tx, const struct query *q, const struct value *args, size_t n,
             const struct field *fields, size_t size, size_t max, struct list *ret)
{
    struct pg_stmt *s = NULL;
    if (!start(tx, q, args, n, &s))
        return false;
    PGresult *r = pg_stmt_run(tx, s, args);
    size_t count = r ? (size_t)PQntuples(r) : 0;
    if (max && count > max)
        count = max;
    char *rows = count ? arena_array(tx->arena, count, size) : NULL;
    bool ok = r != NULL;
    for (size_t i = 0, before = tx->arena->used; ok && i < count; i++) {
        ok = pg_decode(tx, s, r, (int)i, tx->arena, fields, rows + i * size);
        if (rows_suffice(tx, q, before))
            count = i + 1;
    }
    PQclear(r);
    pg_stmt_put(tx->pg, s);
    if (ok)
        *ret = (struct list){ .at = rows, .count = count };
    return ok;
}

bool pg_each(struct tx *tx, const struct query *q, const struct value *args, size_t n,
             const struct field *fields, size_t size, row_fn *each, void *with)
{
    struct pg_stmt *s = NULL;
    struct pg_stream stream;
    struct arena row = { 0 };
    if (tx->ask)
        return pg_ask_refuse(tx);
    if (!start(tx, q, args, n, &s))
        return false;
    tx->pg->asked++; /* rows that come one by one need the transaction */
    bool ok = pg_stream_start(tx, s, args, &stream), more = ok;
    void *record = arena_alloc(tx->arena, size);
    for (PGresult *r; more && (r = pg_stream_next(tx, &stream));) {
        memset(record, 0, size);
        ok = pg_decode(tx, s, r, 0, &row, fields, record);
        PQclear(r);
        more = ok && each(with, record);
        arena_reset(&row);
    }
    pg_stream_end(tx, &stream);
    pg_stmt_put(tx->pg, s);
    arena_done(&row);
    return ok && !stream.bad;
}

/* In the binary format bytes stand as they are, and not as digits. */
static bool table_raw(struct tx *tx, const char *table, bool *more, raw_fn *each, void *with)
{
    PGconn *handle = tx->pg->handle;
    char *row;
    int n;
    PGresult *r =
        PQexec(handle, arena_printf(tx->arena, "COPY \"%s\" TO STDOUT (FORMAT binary)", table));
    bool ok = PQresultStatus(r) == PGRES_COPY_OUT || pg_fail(tx->pg, r, tx->err);
    PQclear(r);
    while (ok && (n = PQgetCopyData(handle, &row, 0)) > 0) {
        *more = *more && each(with, table, (struct blob){ row, (size_t)n });
        PQfreemem(row);
    }
    while (ok && (r = PQgetResult(handle))) {
        ok = PQresultStatus(r) == PGRES_COMMAND_OK || pg_fail(tx->pg, r, tx->err);
        PQclear(r);
    }
    return ok;
}

bool pg_raw(struct tx *tx, raw_fn *each, void *with)
{
    const char **tables;
    size_t n;
    bool more = true, ok = tx_tables(tx, &tables, &n) && pg_rows_send(tx->pg, NULL, tx->err) &&
                           pg_quiet(tx->pg, tx->err);
    for (size_t i = 0; ok && more && i < n; i++)
        ok = table_raw(tx, tables[i], &more, each, with);
    return ok;
}
