/* pg_conn.c: connections logged in as one organisation's role: the pools, the transaction's ends,
   and what the server's complaints mean. */
#include "pg.h"

#include "base/wait.h"
#include "crypt/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool pg_state_is(const char *sqlstate, const char *prefix)
{
    return !strncmp(sqlstate, prefix, strlen(prefix));
}

/* "Key (project, name_blind)=(…) already exists." names columns and values; only names go on. */
static void unique_fail(const PGresult *result, struct error *err)
{
    const char *table = PQresultErrorField(result, PG_DIAG_TABLE_NAME);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *open = detail ? strchr(detail, '(') : NULL;
    const char *close = open ? strstr(open, ")=") : NULL;
    char text[ERROR_TEXT] = "";
    size_t used = 0;
    if (!table || !close) {
        error_set(err, ALREADY_EXISTS, NULL);
        return;
    }
    for (const char *at = open + 1; at < close && used < sizeof text;) {
        size_t n = strcspn(at, ",)");
        const char *name = *at == '"' ? at + 1 : at;
        size_t size = *at == '"' ? n - 2 : n;
        static const char blind[] = "_blind";
        if (size > strlen(blind) && !memcmp(name + size - strlen(blind), blind, strlen(blind)))
            size -= strlen(blind);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s.%.*s", used ? ", " : "",
                                 table, (int)size, name);
        at += n + strspn(at + n, ", ");
    }
    error_set(err, ALREADY_EXISTS, "%s", text);
}

/* Statements that a pooler between has lost or mixed up; those whose tables changed. */
static bool statement_gone(const char *sqlstate)
{
    return pg_state_is(sqlstate, "26000") || pg_state_is(sqlstate, "42P05");
}

/* Told by the server, or by a pooler in between, just before it hangs up. */
static bool ends_session(const PGresult *result)
{
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity && (!strcmp(severity, "FATAL") || !strcmp(severity, "PANIC"));
}

/* What fails may do so because the database was destroyed by another node. */
static bool destroyed(struct db *db)
{
    struct error err = { 0 };
    return !pg_login_read(db, &err) && err.problem == NOT_FOUND;
}

bool pg_fail(struct pg_conn *conn, const PGresult *result, struct error *err)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    conn->failed = true;
    if (!state || PQstatus(conn->handle) == CONNECTION_BAD || ends_session(result))
        return pg_broken(conn, err);
    if (statement_gone(state)) {
        __atomic_store_n(&conn->db->store->pg->unnamed, true, __ATOMIC_RELAXED);
        conn->lost = true;
        return error_set(err, UNAVAILABLE, "the connection lost its prepared statements");
    }
    if (pg_state_is(state, "0A000")) { /* prepared before a column's type changed */
        conn->lost = conn->stale = true;
        return error_set(err, UNAVAILABLE, "the database is busy");
    }
    if (pg_state_is(state, "40001") || pg_state_is(state, "40P01") || pg_state_is(state, "55P03") ||
        pg_state_is(state, "57P0")) {
        conn->lost = true;
        conn->waited = pg_state_is(state, "55P03");
        return error_set(err, UNAVAILABLE, "the database is busy");
    }
    if (pg_state_is(state, "23505"))
        unique_fail(result, err);
    else if (pg_state_is(state, "23503"))
        error_set(err, IN_USE, NULL);
    else if (pg_state_is(state, "53100"))
        error_set(err, STORAGE_FULL, NULL);
    else if (pg_state_is(state, "53") || pg_state_is(state, "57014") || pg_state_is(state, "42501"))
        error_set(err, UNAVAILABLE, "the database is busy");
    else if (pg_state_is(state, "54"))
        error_set(err, TOO_LARGE, "the database takes no value as long");
    else if (destroyed(conn->db))
        error_set(err, NOT_FOUND, NULL);
    else if (pg_state_is(state, "42")) /* our own SQL, so its text may be told */
        error_set(err, INTERNAL, "%.150s", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    else
        error_set(err, INTERNAL, "the database said: %s", state);
    return false;
}

static void conn_free(struct pg_conn *conn)
{
    if (!conn)
        return;
    pg_stmts_free(conn);
    for (struct pg_relation *r = conn->relations, *next; r; r = next) {
        next = r->next;
        free(r);
    }
    sealer_free(conn->sealer);
    PQfinish(conn->handle);
    free(conn);
}

/* What the role's password is; only this and its generation decide. */
void pg_password(const struct pg_db *pg, char ret[PG_PASSWORD])
{
    uint8_t hash[HASH_SIZE];
    char text[32];
    int n = snprintf(text, sizeof text, "%lld", (long long)pg->generation);
    hash_hmac(&pg->login, text, (size_t)n, hash);
    hex_format(hash, sizeof hash, ret);
    wipe(hash, sizeof hash);
}

void pg_trouble_note(struct pg_store *pg, const char *said)
{
    pthread_mutex_lock(&pg->lock);
    snprintf(pg->said, sizeof pg->said, "%s", said);
    if (*said)
        memcpy(pg->refused, pg->said, sizeof pg->said);
    pthread_mutex_unlock(&pg->lock);
}

void store_trouble(struct store *s, char ret[ERROR_TEXT])
{
    ret[0] = 0;
    if (!s->pg)
        return;
    pthread_mutex_lock(&s->pg->lock);
    snprintf(ret, ERROR_TEXT, "%s", s->pg->said);
    pthread_mutex_unlock(&s->pg->lock);
}

bool store_refused(struct store *s, char ret[ERROR_TEXT])
{
    ret[0] = 0;
    if (!s->pg)
        return false;
    pthread_mutex_lock(&s->pg->lock);
    memcpy(ret, s->pg->refused, ERROR_TEXT);
    s->pg->refused[0] = 0;
    pthread_mutex_unlock(&s->pg->lock);
    return ret[0];
}

static struct pg_conn *conn_open(struct db *db, struct error *err)
{
    struct pg_store *s = db->store->pg;
    char password[PG_PASSWORD];
    /* These name hosts and roles, which nobody who asks need see. */
    struct error said = { 0 }, login = { 0 };
    pg_login_keep(db);
    pg_password(db->pg, password);
    PGconn *handle = pg_connect(&s->server, db->pg->role, password, &said);
    if (!handle && pg_login_read(db, &login)) { /* another node may have renewed it */
        pg_password(db->pg, password);
        handle = pg_connect(&s->server, db->pg->role, password, &said);
    }
    wipe(password, sizeof password);
    pg_trouble_note(s, handle || login.problem == NOT_FOUND ? "" : said.detail);
    if (!handle) {
        /* Or destroyed it, and perhaps made it again, with another key: it is to be opened anew. */
        if (!login.problem || login.problem == NOT_FOUND)
            __atomic_store_n(&db->stale, true, __ATOMIC_RELAXED);
        if (login.problem == NOT_FOUND)
            error_set(err, NOT_FOUND, NULL);
        /* Control's role is the first to log in at a start, and whoever starts may know. */
        if (!login.problem && !id_given(db->id) &&
            !__atomic_load_n(&db->pg->entered, __ATOMIC_RELAXED))
            error_set(err, UNAVAILABLE,
                      "This is not the master key of the store, or the server keeps its roles out: "
                      "%.120s",
                      said.detail);
        error_set(err, UNAVAILABLE, "the database server cannot be reached");
        return NULL;
    }
    __atomic_store_n(&db->pg->entered, true, __ATOMIC_RELAXED);
    struct pg_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    conn->handle = handle;
    conn->db = db;
    conn->born = store_clock();
    conn->sealer = sealer_new(&db->pg->seal);
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT);
    return conn;
}

static struct pg_pool *pool_of(struct db *db)
{
    return id_given(db->id) ? &db->store->pg->organisations : &db->store->pg->control;
}

/* An idle connection of the database, or, to be closed, the oldest of any. */
static struct pg_conn *idle_take(struct pg_pool *pool, const struct db *db)
{
    struct pg_conn **at = &pool->idle;
    while (*at && (db ? (*at)->db != db : (*at)->next != NULL))
        at = &(*at)->next;
    struct pg_conn *conn = *at;
    if (conn)
        *at = conn->next;
    return conn;
}

static bool healthy(const struct pg_conn *conn)
{
    /* One that is full is closed, for a pooler takes no DEALLOCATE. */
    return PQstatus(conn->handle) == CONNECTION_OK && !conn->begun && !conn->stale &&
           conn->statements < STATEMENTS_MAX && conn->uses < PG_USES &&
           store_clock() - conn->born < PG_AGE_S;
}

static bool room_make(struct pg_store *s, struct pg_pool *pool, struct pg_conn **close,
                      struct error *err)
{
    struct timespec until = wait_ms(PG_WAIT_S * 1000);
    while (pool->open >= pool->max && !pool->idle)
        if (pthread_cond_timedwait(&s->freed, &s->lock, &until))
            return error_set(err, UNAVAILABLE, "all connections to the database are in use");
    if (pool->open >= pool->max) {
        *close = idle_take(pool, NULL);
        pool->open--;
    }
    pool->open++;
    return true;
}

bool pg_conn_get(struct db *db, struct pg_conn **ret, struct error *err)
{
    struct pg_store *s = db->store->pg;
    struct pg_pool *pool = pool_of(db);
    struct pg_conn *close = NULL;
    pthread_mutex_lock(&s->lock);
    struct pg_conn *conn = idle_take(pool, db);
    bool ok = conn || room_make(s, pool, &close, err);
    pthread_mutex_unlock(&s->lock);
    conn_free(close);
    if (!ok)
        return false;
    if (!conn)
        conn = conn_open(db, err);
    if (!conn) {
        pthread_mutex_lock(&s->lock);
        pool->open--;
        pthread_cond_signal(&s->freed);
        pthread_mutex_unlock(&s->lock);
        return false;
    }
    conn->pool = pool;
    conn->next = NULL;
    *ret = conn;
    return true;
}

void pg_conn_put(struct pg_conn *conn)
{
    struct pg_store *s = conn->db->store->pg;
    bool keep = healthy(conn);
    pg_known_forget(conn, NULL);
    conn->ahead_count = 0;
    conn->asked = 0;
    conn->lone = conn->loose = conn->more = false;
    conn->begun = conn->swift = conn->careful = conn->failed = conn->after = false;
    conn->dirty = conn->lost = conn->waited = conn->wrote = conn->unsure = false;
    pthread_mutex_lock(&s->lock);
    if (keep) {
        conn->next = conn->pool->idle;
        conn->pool->idle = conn;
    } else {
        conn->pool->open--;
    }
    pthread_cond_signal(&s->freed);
    pthread_mutex_unlock(&s->lock);
    if (!keep)
        conn_free(conn);
}

void pg_conns_close(struct db *db)
{
    struct pg_store *s = db->store->pg;
    struct pg_pool *pool = pool_of(db);
    for (struct pg_conn *conn;; conn_free(conn)) {
        pthread_mutex_lock(&s->lock);
        conn = idle_take(pool, db);
        pool->open -= conn != NULL;
        pthread_cond_signal(&s->freed);
        pthread_mutex_unlock(&s->lock);
        if (!conn)
            return;
    }
}

void pg_ahead(struct pg_conn *conn, const char *sql)
{
    assert(conn->ahead_count < PG_AHEAD_MAX);
    conn->ahead[conn->ahead_count++] = sql;
}

/* A commit leaves its number behind, so that whoever hears no answer can look. The server's own
   number of a transaction would not do: after a crash or a failover another may get it. */
static bool mark_send(struct pg_conn *conn, struct error *err)
{
    static const char put[] = "INSERT INTO commit_mark (node, number) VALUES ($1, $2)"
                              " ON CONFLICT (node) DO UPDATE SET number = excluded.number,"
                              " made_at = now()";
    static const char clear[] = "DELETE FROM commit_mark WHERE made_at < now() - interval '1 day'";
    struct pg_db *pg = conn->db->pg;
    struct pg_store *store = conn->db->store->pg;
    struct pg_stmt *s;
    struct arena a = { 0 };
    struct tx tx = { .db = conn->db, .pg = conn, .arena = &a, .err = err, .writes = true };
    bool first = !pg->commit;
    pg->commit = __atomic_add_fetch(&store->commits, 1, __ATOMIC_RELAXED);
    const struct value args[] = { value_id(store->node), value_int(pg->commit) };
    bool ok = pg_stmt_get(conn, put, args, LENGTH(args), &s, err);
    if (ok && first)
        pg_ahead(conn, clear);
    if (ok) {
        ok = pg_stmt_send(&tx, s, args);
        pg_stmt_put(conn, s);
    }
    arena_done(&a);
    return ok;
}

static bool mark_read(struct pg_conn *conn, bool *kept)
{
    char sql[120], node[ID_TEXT];
    const struct pg_db *pg = conn->db->pg;
    id_format(conn->db->store->pg->node, node);
    snprintf(sql, sizeof sql, "SELECT number FROM commit_mark WHERE node = '%s'", node);
    if (!pg_quiet(conn, &(struct error){ 0 }))
        return false;
    PQclear(PQexec(conn->handle, "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"));
    PGresult *lock = PQexec(conn->handle, pg->lock);
    PGresult *r = PQexec(conn->handle, sql);
    bool ok = PQresultStatus(lock) == PGRES_TUPLES_OK && PQresultStatus(r) == PGRES_TUPLES_OK;
    *kept = ok && PQntuples(r) && atoll(PQgetvalue(r, 0, 0)) == pg->commit;
    PQclear(lock);
    PQclear(r);
    PQclear(PQexec(conn->handle, "ROLLBACK"));
    return ok;
}

bool pg_kept(struct db *db, bool *kept)
{
    struct error err = { 0 };
    struct pg_conn *conn;
    if (!pg_conn_get(db, &conn, &err))
        return false;
    bool ok = mark_read(conn, kept);
    pg_conn_put(conn);
    if (!ok)
        pg_conns_close(db);
    return ok;
}

/* Where nothing was begun there is nothing to end. */
bool pg_commit(struct pg_conn *conn, struct error *err)
{
    bool keeps = conn->wrote;
    if (!pg_rows_send(conn, NULL, err))
        return false;
    if (!conn->begun) {
        conn->ahead_count = 0;
        return true;
    }
    /* To the server it is no failure that something is not as it was taken to be. */
    if (pg_trusts(conn) && !pg_land(conn, err))
        return false;
    if (conn->failed)
        return error_set(err, INTERNAL, "the transaction had failed");
    bool ok = (!keeps || mark_send(conn, err)) &&
              ((pg_ahead_send(conn) && pg_command(conn, "COMMIT") && pg_sync(conn)) ||
               pg_broken(conn, err));
    ok = ok && pg_settle(conn, 2, err);
    PGresult *r = ok ? pg_result(conn) : NULL;
    /* A commit of a failed transaction says that it was rolled back. */
    if (ok && (PQresultStatus(r) != PGRES_COMMAND_OK || strcmp(PQcmdStatus(r), "COMMIT") != 0))
        ok = PQresultStatus(r) == PGRES_COMMAND_OK
                 ? error_set(err, INTERNAL, "the transaction had failed")
                 : pg_fail(conn, r, err);
    PQclear(r);
    ok = pg_settle(conn, 0, err) && ok;
    conn->begun = !ok;
    conn->unsure = !ok && keeps && conn->lost;
    return ok;
}

void pg_close(struct pg_conn *conn)
{
    pg_rows_drop(conn);
    conn->ahead_count = 0;
    if (conn->begun && pg_command(conn, "ROLLBACK") && pg_sync(conn))
        conn->begun = false;
}
