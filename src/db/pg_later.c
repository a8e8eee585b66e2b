/* pg_later.c: reading works that ask one thing each, and wait for the server together.

   A work is written to be waited for. So it is run twice: first to learn what it asks, where it
   ends with that statement; and again, from its start, when the answer is there. Many statements
   make one message, and their answers one. What a second run asks must be what the first one did;
   a work that asks anything else, or more, is run as any other. */
#include "pg.h"

#include "base/hash.h"

#include <string.h>

struct pg_ask {
    const char *sql; /* NULL: nothing was asked yet */
    struct value *args;
    size_t n;
    bool refused;      /* it asked for what only a transaction gives, or more than one thing */
    struct pg_stmt *s; /* of the connection that asks for it */
    int results;       /* that come for it; the last is its own */
    PGresult *result;
};

/* --- which statements are all that a work asks --- */

/* A place holds the hash of a text, and in its lowest bit whether works asked nothing else. */
static uint64_t *lone_place(struct db *db, uint64_t hash)
{
    return &db->pg->lone[hash / 2 % PG_LONE];
}

bool pg_lone(struct db *db, uint64_t hash)
{
    return __atomic_load_n(lone_place(db, hash), __ATOMIC_RELAXED) == (hash | 1);
}

/* One that once was not all stays so as long as its place is not another's. */
void pg_lone_learn(struct db *db, uint64_t hash, bool lone)
{
    uint64_t *place = lone_place(db, hash), known = __atomic_load_n(place, __ATOMIC_RELAXED);
    if (lone && known == (hash & ~UINT64_C(1)))
        return;
    __atomic_store_n(place, lone ? hash | 1 : hash & ~UINT64_C(1), __ATOMIC_RELAXED);
}

/* --- what a work asks --- */

static bool has_bytes(const struct value *v)
{
    return v->kind == KIND_TEXT || v->kind == KIND_BLOB || v->kind == KIND_JSON;
}

static struct value *values_copy(struct arena *a, const struct value *args, size_t n)
{
    struct value *copy = arena_many(a, n, struct value);
    for (size_t i = 0; i < n; i++) {
        copy[i] = args[i];
        if (has_bytes(&args[i]) && args[i].bytes.len)
            copy[i].bytes.at = arena_copy(a, args[i].bytes.at, args[i].bytes.len);
    }
    return copy;
}

static bool value_same(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    if (has_bytes(a))
        return a->bytes.len == b->bytes.len &&
               (!a->bytes.len || !memcmp(a->bytes.at, b->bytes.at, a->bytes.len));
    if (a->kind == KIND_ID)
        return id_equal(a->id, b->id);
    if (a->kind == KIND_REAL)
        return !(a->real < b->real) && !(a->real > b->real);
    return a->kind == KIND_NONE || a->i == b->i;
}

static bool asks_same(const struct pg_ask *ask, const char *sql, const struct value *args, size_t n)
{
    bool same = ask->n == n && !strcmp(ask->sql, sql);
    for (size_t i = 0; same && i < n; i++)
        same = value_same(&ask->args[i], &args[i]);
    return same;
}

bool pg_ask_refuse(struct tx *tx)
{
    tx->ask->refused = true;
    return error_set(tx->err, UNAVAILABLE, "not to be answered like this");
}

bool pg_ask_start(struct tx *tx, const char *sql, const struct value *args, size_t n,
                  struct pg_stmt **ret)
{
    struct pg_ask *ask = tx->ask;
    if (!tx->pg && !ask->sql && pg_lone(tx->db, hash_text(hash_start, sql))) {
        ask->sql = arena_string(tx->arena, sql);
        ask->args = values_copy(tx->arena, args, n);
        ask->n = n;
        return error_set(tx->err, UNAVAILABLE, "the answer is not there yet");
    }
    if (!tx->pg || !ask->result || !asks_same(ask, sql, args, n))
        return pg_ask_refuse(tx);
    ask->s->busy++;
    *ret = ask->s;
    return true;
}

PGresult *pg_ask_take(struct pg_ask *ask)
{
    PGresult *r = ask->result;
    ask->result = NULL;
    return r;
}

static void run(struct work *w, struct pg_conn *conn)
{
    struct tx tx = { .db = w->db, .pg = conn, .arena = w->arena, .err = w->err, .ask = w->ask };
    error_clear(w->err);
    w->ok = db_admits(w->db, w->by, w->err) && w->work(&tx, w->with, w->err);
    if (!w->ok)
        error_set(w->err, INTERNAL, "a work failed without a reason");
}

bool pg_later(struct work *w)
{
    w->ask = arena_new(w->arena, struct pg_ask);
    run(w, NULL);
    return w->ask->sql && !w->ask->refused;
}

/* --- many of them at once --- */

/* Sends all of them, as one transaction of which each statement has a snapshot of its own. How many
   results are to come; 0: it failed. */
static int asks_send(struct pg_conn *conn, struct work *batch)
{
    int all = 0;
    for (struct work *w = batch; w; w = w->next) /* preparing waits, so that comes first */
        if (!pg_stmt_get(conn, w->ask->sql, w->ask->args, w->ask->n, &w->ask->s, w->err))
            return 0;
    for (struct work *w = batch; w; w = w->next) {
        struct tx tx = { .db = w->db, .pg = conn, .arena = w->arena, .err = w->err };
        int before = conn->flying;
        if (!pg_stmt_fly(&tx, w->ask->s, w->ask->args))
            return 0;
        w->ask->results = conn->flying - before; /* preparing it, too, where it has no name */
        all += w->ask->results;
    }
    return pg_sync(conn) ? all + 1 : 0;
}

/* Takes the answer to the next of them, of which `left` results follow, and runs the work with it.
   False when the work has to be run as any other. */
static bool work_answer(struct pg_conn *conn, struct work *w, int left)
{
    struct pg_ask *ask = w->ask;
    struct error err = { 0 };
    ask->result = pg_settle(conn, left + 1, &err) ? pg_result(conn) : NULL;
    bool answered = PQresultStatus(ask->result) == PGRES_TUPLES_OK;
    if (answered)
        run(w, conn);
    else if (ask->result)
        pg_fail(conn, ask->result, &err);
    PQclear(ask->result);
    if (ask->refused)
        pg_lone_learn(w->db, ask->s->hash, false);
    return answered && !ask->refused;
}

/* Tells those that could be answered, each at once; leaves the others. */
static struct work *batch_answer(struct pg_conn *conn, struct work *batch)
{
    struct work *others = NULL, **end = &others;
    int left = asks_send(conn, batch);
    conn->stale |= !left; /* who knows what it has been sent */
    for (struct work *w = batch, *next; w; w = next) {
        next = w->next;
        left -= w->ask->results;
        bool ok = left > 0 && work_answer(conn, w, left);
        if (w->ask->s)
            pg_stmt_put(conn, w->ask->s);
        if (ok) {
            w->done(w->with, w->ok);
            continue;
        }
        *end = w;
        end = &w->next;
    }
    *end = NULL;
    conn->begun = left != 1 || !pg_settle(conn, 0, &(struct error){ 0 });
    return others;
}

void pg_answer(struct db *db, struct work *batch)
{
    struct pg_conn *conn;
    struct error err = { 0 };
    if (pg_conn_get(db, &conn, &err)) {
        batch = batch_answer(conn, batch);
        pg_conn_put(conn);
    }
    /* What one of them waits for in vain, none of the others waits for again. */
    for (struct work *w = batch, *next; w; w = next) {
        next = w->next;
        error_clear(w->err);
        bool ok = err.problem == UNAVAILABLE ? error_set(w->err, err.problem, "%s", err.detail)
                                             : pg_read(db, w->arena, w->work, w->with, w->err);
        if (!ok && w->err->problem == UNAVAILABLE)
            err = *w->err;
        w->done(w->with, ok);
    }
}
