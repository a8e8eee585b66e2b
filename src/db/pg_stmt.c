/* pg_stmt.c: statements: prepared once per connection, sent with what goes ahead of them, their
   rows taken at once or one by one. */
#include "pg.h"

#include "base/hash.h"
#include "crypt/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char savepoint[] = "SAVEPOINT one", release[] = "RELEASE one",
                  undo[] = "ROLLBACK TO one";

/* What comes behind the rows, or instead of them. */
static bool stream_ends(struct pg_conn *conn, PGresult *r, struct error *err)
{
    ExecStatusType status = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;
    bool ok = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || pg_fail(conn, r, err);
    conn->flying = r ? conn->flying - 1 : 0;
    PQclear(r);
    return ok;
}

/* A stream that is being read gives way: what is left of it is kept. */
static void stream_keep(struct pg_conn *conn, struct error *err)
{
    struct pg_stream *s = conn->stream;
    if (!s)
        return;
    conn->stream = NULL;
    s->ended = true;
    for (PGresult *r; (r = PQgetResult(conn->handle));) {
        if (PQresultStatus(r) != PGRES_SINGLE_TUPLE) {
            s->bad |= !stream_ends(conn, r, err);
            continue;
        }
        if (s->count == s->room) {
            s->room = s->room ? 2 * s->room : 64;
            s->kept = realloc(s->kept, s->room * sizeof *s->kept);
            if (!s->kept)
                abort();
        }
        s->kept[s->count++] = r;
    }
    s->bad |= !pg_settle(conn, 0, err);
}

/* Whether a statement may be sent at all. */
static bool ready(struct pg_conn *conn, struct error *err)
{
    stream_keep(conn, err);
    if (!conn->failed)
        return true;
    conn->after = true;
    return error_set(err, UNAVAILABLE, "an earlier statement of this work failed");
}

/* --- what the server says of tables and columns --- */

static struct pg_relation *relation_find(struct pg_conn *conn, Oid oid)
{
    struct pg_relation *r = conn->relations;
    while (r && r->oid != oid)
        r = r->next;
    return r;
}

static struct pg_relation *relation_make(struct pg_conn *conn, Oid oid, const PGresult *rows)
{
    int n = PQntuples(rows), last = n ? atoi(PQgetvalue(rows, n - 1, 1)) : 0;
    struct pg_relation *r = calloc(1, sizeof *r + (size_t)(last + 1) * sizeof r->column[0]);
    if (!r)
        abort();
    r->oid = oid;
    r->count = last;
    for (int i = 0; i < n; i++) {
        int number = atoi(PQgetvalue(rows, i, 1));
        snprintf(r->name, sizeof r->name, "%s", PQgetvalue(rows, i, 0));
        snprintf(r->column[number].name, PG_NAME, "%s", PQgetvalue(rows, i, 2));
        r->column[number].sealed = PQgetvalue(rows, i, 3)[0] == 't';
    }
    r->next = conn->relations;
    return conn->relations = r;
}

static void relation_forget(struct pg_conn *conn, Oid oid)
{
    for (struct pg_relation **at = &conn->relations, *r; (r = *at); at = &r->next) {
        if (r->oid != oid)
            continue;
        *at = r->next;
        free(r);
        return;
    }
}

static bool relation_read(struct pg_conn *conn, Oid oid, struct error *err)
{
    static const char sql[] =
        "SELECT c.relname, a.attnum, a.attname, t.typname = 'sealed' FROM pg_catalog.pg_attribute a"
        " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
        " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
        " WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    char text[16];
    snprintf(text, sizeof text, "%u", oid);
    const char *values[] = { text };
    if (!pg_quiet(conn, err))
        return false;
    PGresult *r = PQexecParams(conn->handle, sql, 1, NULL, values, NULL, NULL, 0);
    bool ok = PQresultStatus(r) == PGRES_TUPLES_OK;
    if (ok)
        relation_make(conn, oid, r);
    else
        pg_fail(conn, r, err);
    PQclear(r);
    return ok;
}

/* The table that a column comes from. One that has grown since it was read, or has the column of a
   change that was taken back, is read anew. */
static const struct pg_relation *relation_of(struct pg_conn *conn, Oid oid, int number,
                                             const char *name, struct error *err)
{
    const struct pg_relation *r = relation_find(conn, oid);
    if (r && number <= r->count && !strcmp(r->column[number].name, name))
        return r;
    relation_forget(conn, oid);
    return relation_read(conn, oid, err) ? relation_find(conn, oid) : NULL;
}

/* The column that holds the id of the row that column i comes from: the last before it, for a
   table may be joined with itself, else the first behind it. */
static int id_column(const PGresult *r, const struct pg_relation *of, int i)
{
    int found = -1;
    for (int at = 0; at < PQnfields(r); at++) {
        int number = PQftablecol(r, at);
        if (PQftable(r, at) != of->oid || number < 1 || number > of->count ||
            strcmp(of->column[number].name, "id") != 0)
            continue;
        if (at < i || found < 0)
            found = at;
    }
    return found;
}

static bool columns_read(struct pg_conn *conn, struct pg_stmt *s, const PGresult *described,
                         struct error *err)
{
    s->columns = PQnfields(described);
    s->column = calloc((size_t)s->columns + 1, sizeof *s->column);
    if (!s->column)
        abort();
    for (int i = 0; i < s->columns; i++) {
        struct pg_column *c = &s->column[i];
        Oid table = PQftable(described, i);
        int number = PQftablecol(described, i);
        c->type = PQftype(described, i);
        c->id = -1;
        if (c->type != 17 || !table || number < 1)
            continue;
        const struct pg_relation *r = relation_of(conn, table, number, PQfname(described, i), err);
        if (!r)
            return false;
        if (number > r->count || !r->column[number].sealed)
            continue;
        const char *name = r->column[number].name;
        c->where = pg_where(r->name, strlen(r->name), name, strlen(name), &c->where_size);
        c->id = id_column(described, r, i);
    }
    return true;
}

/* --- preparing --- */

/* A statement of a careful work that failed takes only itself along. */
static void recover(struct pg_conn *conn)
{
    if (!conn->careful || !conn->failed || conn->lost)
        return;
    conn->failed = false;
    pg_ahead(conn, undo);
    pg_ahead(conn, release);
}

void pg_stmt_free(struct pg_stmt *s)
{
    if (!s)
        return;
    for (int i = 0; i < PG_MANY; i++)
        pg_stmt_free(s->many[i]);
    pg_rows_free(s->rows);
    for (int i = 0; s->column && i < s->columns; i++)
        free(s->column[i].where);
    free(s->column);
    free(s->sql);
    pg_plan_free(&s->plan);
    free(s);
}

/* The name says what is prepared under it, so that a pooler that hands out a connection on which
   somebody else has prepared it gives the same statement. */
static void stmt_name(struct pg_stmt *s)
{
    uint8_t hash[HASH_SIZE];
    size_t n = strlen(s->plan.sql);
    struct arena a = { 0 };
    char *all = arena_alloc(&a, n + (size_t)s->plan.params + 1);
    memcpy(all, s->plan.sql, n);
    for (int i = 0; i < s->plan.params; i++)
        all[n + (size_t)i] = (char)s->plan.param[i].type;
    hash_sha256(all, n + (size_t)s->plan.params, hash);
    arena_done(&a);
    s->name[0] = 'v';
    hex_format(hash, HASH_SIZE / 2, s->name + 1);
}

static bool unnamed(const struct pg_conn *conn)
{
    return __atomic_load_n(&conn->db->store->pg->unnamed, __ATOMIC_RELAXED);
}

static bool send_prepare(struct pg_conn *conn, const struct pg_stmt *s)
{
    Oid types[PG_PARAMETERS_MAX];
    for (int i = 0; i < s->plan.params; i++)
        types[i] = s->plan.param[i].type;
    return pg_flown(conn, PQsendPrepare(conn->handle, unnamed(conn) ? "" : s->name, s->plan.sql,
                                        s->plan.params, types));
}

bool pg_stmt_prepare(struct pg_conn *conn, struct pg_stmt *s, struct error *err)
{
    stmt_name(s);
    if (conn->careful)
        pg_ahead(conn, savepoint);
    bool sent =
        pg_ahead_send(conn) && send_prepare(conn, s) &&
        pg_flown(conn, PQsendDescribePrepared(conn->handle, unnamed(conn) ? "" : s->name)) &&
        pg_sync(conn);
    if (!sent)
        return pg_broken(conn, err);
    bool ok = pg_settle(conn, 3, err) && pg_settle(conn, 2, err);
    PGresult *described = ok ? pg_result(conn) : NULL;
    ok = pg_settle(conn, 0, err) && ok && PQresultStatus(described) == PGRES_COMMAND_OK;
    ok = ok && columns_read(conn, s, described, err);
    PQclear(described);
    if (ok && conn->careful)
        pg_ahead(conn, release);
    recover(conn);
    return ok;
}

static struct pg_stmt *stmt_new(const char *sql, size_t size, uint64_t hash,
                                const struct value *args, size_t n, struct error *err)
{
    struct pg_stmt *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    if (n > PG_PARAMETERS_MAX / 2 || !pg_plan_make(sql, args, n, &s->plan, err)) {
        error_set(err, INTERNAL, "a statement has too many parameters");
        free(s);
        return NULL;
    }
    s->sql = strndup(sql, size);
    s->hash = hash;
    s->args = n;
    for (size_t i = 0; i < n; i++)
        s->shape[i] = (uint8_t)pg_shape(&args[i]);
    return s;
}

/* NULL fits every type; else the shapes must be those that the statement was made for. */
static bool fits(const struct pg_stmt *s, const struct value *args, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        enum pg_shape shape = pg_shape(&args[i]);
        if (shape != s->shape[i] && shape != SHAPE_NONE)
            return false;
    }
    return n == s->args;
}

static void unlink_used(struct pg_conn *conn, struct pg_stmt *s)
{
    *(s->older ? &s->older->newer : &conn->oldest) = s->newer;
    *(s->newer ? &s->newer->older : &conn->newest) = s->older;
    s->older = s->newer = NULL;
}

static void append_used(struct pg_conn *conn, struct pg_stmt *s)
{
    s->older = conn->newest;
    *(s->older ? &s->older->newer : &conn->oldest) = s;
    conn->newest = s;
}

static void deallocate(struct pg_conn *conn, const struct pg_stmt *s)
{
    char sql[64];
    snprintf(sql, sizeof sql, "DEALLOCATE %s", s->name);
    if (!pg_command(conn, sql))
        conn->stale = true;
}

static void stmt_evict(struct pg_conn *conn)
{
    struct pg_stmt *s = conn->oldest;
    while (s && s->busy)
        s = s->newer;
    if (!s)
        return;
    struct pg_stmt **at = &conn->bucket[s->hash % PG_BUCKETS];
    while (*at != s)
        at = &(*at)->bucket;
    *at = s->bucket;
    unlink_used(conn, s);
    conn->statements--;
    if (!unnamed(conn) && !conn->failed) {
        deallocate(conn, s);
        for (int i = 0; i < PG_MANY; i++)
            if (s->many[i])
                deallocate(conn, s->many[i]);
    }
    pg_stmt_free(s);
}

static void stmt_keep(struct pg_conn *conn, struct pg_stmt *s)
{
    if (conn->statements >= STATEMENTS_MAX)
        stmt_evict(conn);
    s->bucket = conn->bucket[s->hash % PG_BUCKETS];
    conn->bucket[s->hash % PG_BUCKETS] = s;
    append_used(conn, s);
    conn->statements++;
}

bool pg_stmt_get(struct pg_conn *conn, const char *sql, const struct value *args, size_t n,
                 struct pg_stmt **ret, struct error *err)
{
    size_t size = strlen(sql);
    uint64_t hash = hash_bytes(hash_start, sql, size);
    struct pg_stmt *s = conn->bucket[hash % PG_BUCKETS];
    if (!ready(conn, err))
        return false;
    while (s && (s->hash != hash || strcmp(s->sql, sql) || !fits(s, args, n)))
        s = s->bucket;
    if (s) {
        if (conn->newest != s) {
            unlink_used(conn, s);
            append_used(conn, s);
        }
    } else {
        s = stmt_new(sql, size, hash, args, n, err);
        if (!s)
            return false;
        if (!pg_stmt_prepare(conn, s, err)) {
            pg_stmt_free(s);
            return false;
        }
        stmt_keep(conn, s);
    }
    s->busy++;
    *ret = s;
    return true;
}

void pg_stmt_put(struct pg_conn *conn, struct pg_stmt *s)
{
    (void)conn;
    s->busy--;
}

void pg_stmts_free(struct pg_conn *conn)
{
    for (struct pg_stmt *s = conn->oldest, *next; s; s = next) {
        next = s->newer;
        pg_stmt_free(s);
    }
}

/* --- running --- */

int pg_values_fly(struct pg_conn *conn, struct pg_stmt *s, const char *const *at, const int *size,
                  struct error *err)
{
    static const int binary[PG_PARAMETERS_MAX] = { [0 ... PG_PARAMETERS_MAX - 1] = 1 };
    if (conn->careful)
        pg_ahead(conn, savepoint);
    bool sent = pg_ahead_send(conn) && (!unnamed(conn) || send_prepare(conn, s));
    int before = conn->flying;
    sent = sent &&
           pg_flown(conn, PQsendQueryPrepared(conn->handle, unnamed(conn) ? "" : s->name,
                                              s->plan.params, at, size, binary, 1)) &&
           (!conn->careful || pg_command(conn, release));
    conn->uses++;
    return sent ? conn->flying - before : pg_broken(conn, err);
}

int pg_stmt_fly(struct tx *tx, struct pg_stmt *s, const struct value *args)
{
    struct pg_conn *conn = tx->pg;
    struct pg_values v;
    if (!pg_encode(tx, &s->plan, args, &v) || !pg_rows_send(conn, s, tx->err))
        return 0;
    conn->dirty |= s->plan.writes;
    if (s->plan.writes)
        pg_known_forget(conn, s->plan.target);
    return pg_values_fly(conn, s, v.at, v.size, tx->err);
}

/* The same, and waits for all that was sent before it. */
static bool stmt_ask(struct tx *tx, struct pg_stmt *s, const struct value *args)
{
    int own = pg_stmt_fly(tx, s, args);
    if (own && !pg_sync(tx->pg))
        own = pg_broken(tx->pg, tx->err);
    if (own && pg_settle(tx->pg, own + 1, tx->err))
        return true;
    if (own)
        (void)!pg_settle(tx->pg, 0, tx->err);
    recover(tx->pg);
    return false;
}

PGresult *pg_stmt_run(struct tx *tx, struct pg_stmt *s, const struct value *args)
{
    struct pg_conn *conn = tx->pg;
    if (tx->ask)
        return pg_ask_take(tx->ask);
    conn->loose = conn->lone && !conn->begun && pg_lone(conn->db, s->hash);
    if (conn->loose)
        conn->ahead_count = 0;
    bool asked = stmt_ask(tx, s, args);
    conn->begun &= !conn->loose;
    if (!asked)
        return NULL;
    PGresult *r = pg_result(conn);
    ExecStatusType status = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!ok)
        pg_fail(conn, r, tx->err);
    ok = pg_settle(conn, 0, tx->err) && ok;
    recover(conn);
    if (ok) {
        conn->wrote |= s->plan.writes && strcmp(PQcmdTuples(r), "0") != 0;
        return r;
    }
    PQclear(r);
    return NULL;
}

bool pg_fly_on(struct pg_conn *conn, struct error *err)
{
    return conn->flying < PG_FLYING_MAX || pg_land(conn, err);
}

bool pg_stmt_send(struct tx *tx, struct pg_stmt *s, const struct value *args)
{
    if (!pg_stmt_fly(tx, s, args))
        return false;
    tx->pg->wrote = true;
    return pg_fly_on(tx->pg, tx->err);
}

/* Behind what was read of the statement before may lie a NULL that parts the two. */
static bool row_by_row(struct pg_conn *conn)
{
    if (PQsetSingleRowMode(conn->handle))
        return true;
    PQclear(PQgetResult(conn->handle));
    return PQsetSingleRowMode(conn->handle);
}

bool pg_stream_start(struct tx *tx, struct pg_stmt *s, const struct value *args,
                     struct pg_stream *stream)
{
    *stream = (struct pg_stream){ .ended = true };
    if (!stmt_ask(tx, s, args))
        return false;
    if (!row_by_row(tx->pg)) {
        pg_settle(tx->pg, 0, tx->err);
        return pg_broken(tx->pg, tx->err);
    }
    stream->ended = false;
    tx->pg->wrote |= s->plan.writes;
    tx->pg->stream = stream;
    return true;
}

PGresult *pg_stream_next(struct tx *tx, struct pg_stream *s)
{
    struct pg_conn *conn = tx->pg;
    if (s->at < s->count)
        return s->kept[s->at++];
    if (s->ended)
        return NULL;
    PGresult *r = PQgetResult(conn->handle);
    if (r && PQresultStatus(r) == PGRES_SINGLE_TUPLE)
        return r;
    s->ended = true;
    conn->stream = NULL;
    s->bad = !stream_ends(conn, r, tx->err);
    s->bad |= !pg_settle(conn, 0, tx->err);
    recover(conn);
    return NULL;
}

void pg_stream_end(struct tx *tx, struct pg_stream *s)
{
    for (PGresult *r; (r = pg_stream_next(tx, s));)
        PQclear(r);
    free(s->kept);
    s->kept = NULL;
}
