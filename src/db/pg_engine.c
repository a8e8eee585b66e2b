/* pg_engine.c: PostgreSQL as an engine: schemas and login roles of organisations, made, renewed and
   dropped by the platform role, which does nothing else. */
#include "pg.h"

#include "base/wait.h"
#include "crypt/hash.h"
#include "crypt/random.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONNECTIONS_DEFAULT = 40, CONTROL_SHARE = 4, VERSION_MIN = 140000, SQL_MAX = 1000 };

/* --- the platform role --- */

/* Runs one command as the platform role; NULL when it failed. The caller has platform_lock. */
static PGresult *platform(struct store *s, struct error *err, const char *format, ...)
    PRINTF_LIKE(3, 4);
static PGresult *platform(struct store *s, struct error *err, const char *format, ...)
{
    char sql[SQL_MAX];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    assert(n < SQL_MAX);
    PGresult *r = PQexec(s->pg->platform, sql);
    ExecStatusType status = PQresultStatus(r);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return r;
    const char *said = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    if (state && pg_state_is(state, "42710")) /* roles belong to the server, not to a database */
        error_set(err, INVALID,
                  "%.100s: another database of this server uses the name, or did; a vow_prefix in"
                  " the URL gives this one its own",
                  said);
    bool passes = PQstatus(s->pg->platform) == CONNECTION_BAD || !state ||
                  pg_state_is(state, "40") || pg_state_is(state, "53") ||
                  pg_state_is(state, "55P03") || pg_state_is(state, "57") ||
                  pg_state_is(state, "25006");
    bool full = state && pg_state_is(state, "53100");
    error_set(err,
              full     ? STORAGE_FULL
              : passes ? UNAVAILABLE
                       : INTERNAL,
              "the database server refused the platform role: %.120s", said ? said : "it is gone");
    PQclear(r);
    return NULL;
}

/* The same for a command without an answer. */
#define platform_run(s, err, ...) is_done(platform(s, err, __VA_ARGS__))

static bool is_done(PGresult *r)
{
    PQclear(r);
    return r != NULL;
}

/* Who has asked for nothing is told something when the server hangs up. */
static bool is_quiet(PGconn *handle)
{
    struct pollfd end = { .fd = PQsocket(handle), .events = POLLIN };
    return !poll(&end, 1, 0);
}

static bool platform_connect(struct store *s, struct error *err)
{
    struct pg_store *pg = s->pg;
    struct error said = { 0 };
    if (pg->platform && PQstatus(pg->platform) == CONNECTION_OK &&
        PQtransactionStatus(pg->platform) == PQTRANS_IDLE && is_quiet(pg->platform))
        return true;
    PQfinish(pg->platform);
    pg->platform = pg_connect(&pg->server, pg->server.user, pg->server.password, &said);
    pg_trouble_note(pg, said.detail);
    return pg->platform || error_set(err, UNAVAILABLE, "the database server cannot be reached");
}

/* Begins a transaction that no other node is in at the same time, and holds platform_lock until
   platform_end. Nothing is looked up in a schema where an organisation could have planted it, and
   a node that stands still does not hold up the others for long. */
static bool platform_begin(struct store *s, struct error *err)
{
    pthread_mutex_lock(&s->pg->platform_lock);
    if (platform_connect(s, err) &&
        platform_run(s, err,
                     "BEGIN; SET LOCAL search_path = pg_catalog; SET LOCAL lock_timeout = '%ds';"
                     " SET LOCAL idle_in_transaction_session_timeout = '%ds';"
                     " SELECT pg_advisory_xact_lock(hashtextextended('%s_platform', 0))",
                     PG_SILENCE_S, PG_SILENCE_S, s->pg->server.prefix))
        return true;
    pthread_mutex_unlock(&s->pg->platform_lock);
    return false;
}

static bool platform_end(struct store *s, bool ok, struct error *err)
{
    if (ok)
        ok = platform_run(s, err, "COMMIT");
    else
        (void)!platform_run(s, &(struct error){ 0 }, "ROLLBACK");
    pthread_mutex_unlock(&s->pg->platform_lock);
    return ok;
}

/* --- logins --- */

static const char *uuid_of(struct id id, char text[ID_TEXT])
{
    id_format(id, text);
    return text;
}

/* A verifier, so that no password is in the server's log. */
static char *verifier(struct store *s, const struct pg_db *pg, struct error *err)
{
    char password[PG_PASSWORD];
    pg_password(pg, password);
    char *made = PQencryptPasswordConn(s->pg->platform, password, pg->role, "scram-sha-256");
    wipe(password, sizeof password);
    if (!made)
        error_set(err, INTERNAL, "no verifier for a password");
    return made;
}

/* Reads the generation; `old` says whether the password is due to be renewed. The caller has
   platform_lock and a connection. */
static bool login_read(struct db *db, bool *old, struct error *err)
{
    char id[ID_TEXT];
    PGresult *r = platform(db->store, err,
                           "SELECT generation, renewed_at < now() - interval '%d days'"
                           " FROM \"%s_platform\".login WHERE organisation = '%s'",
                           PG_LOGIN_DAYS, db->store->pg->server.prefix, uuid_of(db->id, id));
    bool found = r && PQntuples(r);
    if (found) {
        db->pg->generation = atoll(PQgetvalue(r, 0, 0));
        *old = PQgetvalue(r, 0, 1)[0] == 't';
    } else if (r) {
        error_set(err, NOT_FOUND, NULL);
    }
    PQclear(r);
    return found;
}

bool pg_login_read(struct db *db, struct error *err)
{
    struct pg_store *pg = db->store->pg;
    bool old;
    pthread_mutex_lock(&pg->platform_lock);
    bool ok = platform_connect(db->store, err) && login_read(db, &old, err);
    pthread_mutex_unlock(&pg->platform_lock);
    return ok;
}

static bool login_renew(struct db *db, struct error *err)
{
    struct store *s = db->store;
    bool old;
    char id[ID_TEXT];
    if (!platform_begin(s, err))
        return false;
    bool ok = login_read(db, &old, err);
    if (ok && old) { /* else another node just did it */
        db->pg->generation++;
        char *made = verifier(s, db->pg, err);
        ok = made && platform_run(s, err, "ALTER ROLE \"%s\" PASSWORD '%s'", db->pg->role, made) &&
             platform_run(s, err,
                          "UPDATE \"%s_platform\".login SET generation = %lld, renewed_at = now()"
                          " WHERE organisation = '%s'",
                          s->pg->server.prefix, (long long)db->pg->generation, uuid_of(db->id, id));
        PQfreemem(made);
        db->pg->generation -= !ok;
    }
    return platform_end(s, ok, err);
}

void pg_login_keep(struct db *db)
{
    struct pg_store *pg = db->store->pg;
    struct error err = { 0 };
    int64_t now = store_clock(), looked = __atomic_load_n(&db->pg->looked, __ATOMIC_RELAXED);
    bool old = false;
    if (now - looked < PG_LOGIN_LOOK_S ||
        !__atomic_compare_exchange_n(&db->pg->looked, &looked, now, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED))
        return;
    pthread_mutex_lock(&pg->platform_lock);
    bool ok = platform_connect(db->store, &err) && login_read(db, &old, &err);
    pthread_mutex_unlock(&pg->platform_lock);
    if (ok && old)
        (void)!login_renew(db, &err);
}

/* What a role is made with. It owns its schema and sees no other; the platform role lets go of it
   in the same transaction. Settings hold for every session, so that none depends on what an
   earlier transaction of a pooled connection has set. */
static bool role_make(struct db *db, struct error *err)
{
    static const char *const settings[] = { "lock_timeout = '10s'",
                                            "idle_in_transaction_session_timeout = '5min'",
                                            "row_security = off", "timezone = 'UTC'" };
    struct store *s = db->store;
    const char *role = db->pg->role;
    char *made = verifier(s, db->pg, err);
    bool ok = made && platform_run(s, err,
                                   "CREATE ROLE \"%s\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
                                   " NOINHERIT NOREPLICATION PASSWORD '%s'",
                                   role, made);
    PQfreemem(made);
    ok = ok && platform_run(s, err, "ALTER ROLE \"%s\" SET search_path = \"%s\"", role, role);
    for (size_t i = 0; ok && i < LENGTH(settings); i++)
        ok = platform_run(s, err, "ALTER ROLE \"%s\" SET %s", role, settings[i]);
    /* Citus makes the schema, and what comes into it, one piece that lies on one node. */
    if (ok && s->pg->server.citus)
        ok = platform_run(s, err, "SET LOCAL citus.enable_schema_based_sharding = on");
    return ok && platform_run(s, err, "GRANT \"%s\" TO CURRENT_USER", role) &&
           platform_run(s, err, "CREATE SCHEMA \"%s\" AUTHORIZATION \"%s\"", role, role) &&
           platform_run(s, err, "SET LOCAL ROLE \"%s\"", role) &&
           platform_run(s, err, "CREATE DOMAIN \"%s\".sealed AS bytea CHECK (length(VALUE) >= %d)",
                        role, SEAL_ADDED) &&
           platform_run(s, err,
                        "CREATE TABLE \"%s\".commit_mark (node uuid PRIMARY KEY, number bigint NOT"
                        " NULL, made_at timestamptz NOT NULL DEFAULT now())",
                        role) &&
           platform_run(s, err, "RESET ROLE") &&
           platform_run(s, err, "REVOKE \"%s\" FROM CURRENT_USER", role);
}

static bool login_make(struct db *db, bool *made, struct error *err)
{
    struct store *s = db->store;
    bool old;
    char id[ID_TEXT];
    if (!platform_begin(s, err))
        return false;
    if (login_read(db, &old, &(struct error){ 0 })) /* another node made it meanwhile */
        return platform_end(s, true, err);
    db->pg->generation = 1;
    bool ok = platform_run(s, err,
                           "INSERT INTO \"%s_platform\".login (organisation, generation)"
                           " VALUES ('%s', 1)",
                           s->pg->server.prefix, uuid_of(db->id, id)) &&
              role_make(db, err);
    *made = platform_end(s, ok, err);
    return *made;
}

/* --- the engine --- */

static bool folder_make(const char *path, struct error *err)
{
    return !mkdir(path, 0700) || errno == EEXIST ||
           error_set(err, INTERNAL, "the data folder cannot be made: %s", strerror(errno));
}

/* From here on the folder is that of a node of this server. */
static bool folder_mark(const struct store *s, struct error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/" NODE_MARK, s->dir);
    int mark = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return (mark >= 0 && !close(mark)) ||
           error_set(err, INTERNAL, "the data folder cannot be written: %s", strerror(errno));
}

static bool registry_make(struct store *s, struct error *err)
{
    const char *prefix = s->pg->server.prefix;
    if (!platform_begin(s, err))
        return false;
    bool ok = PQserverVersion(s->pg->platform) >= VERSION_MIN ||
              error_set(err, INVALID, "the store needs PostgreSQL 14 or later");
    const char *encoding = PQparameterStatus(s->pg->platform, "server_encoding");
    if (ok && encoding && strcmp(encoding, "UTF8") != 0)
        ok = error_set(err, INVALID, "the store's database has the encoding %.20s: it needs UTF8",
                       encoding);
    ok = ok && platform_run(s, err, "CREATE SCHEMA IF NOT EXISTS \"%s_platform\"", prefix) &&
         platform_run(s, err,
                      "CREATE TABLE IF NOT EXISTS \"%s_platform\".login (organisation uuid PRIMARY"
                      " KEY, generation bigint NOT NULL, renewed_at timestamptz NOT NULL"
                      " DEFAULT now())",
                      prefix);
    return platform_end(s, ok, err);
}

static bool citus_present(struct store *s, struct error *err)
{
    PGresult *r = platform(s, err, "SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus'");
    bool found = r && PQntuples(r);
    PQclear(r);
    return found || error_set(err, INVALID,
                              "the store's URL says vow_citus=1, but the database has"
                              " no extension citus");
}

static bool engine_open(struct store *s, struct error *err)
{
    struct pg_store *pg = calloc(1, sizeof *pg);
    if (!pg)
        abort();
    s->pg = pg;
    random_bytes(&pg->node, sizeof pg->node);
    int all = s->config.connections ? s->config.connections : CONNECTIONS_DEFAULT;
    pg->control.max = all / CONTROL_SHARE > 2 ? all / CONTROL_SHARE : 2;
    pg->organisations.max = all - pg->control.max > 2 ? all - pg->control.max : 2;
    wait_init(&pg->freed);
    pthread_mutex_init(&pg->lock, NULL);
    pthread_mutex_init(&pg->platform_lock, NULL);
    if (!folder_make(s->dir, err) ||
        !pg_server_parse(s->config.url, s->config.ports, &pg->server, err))
        return false;
    pg->server.take = s->config.take;
    pg->server.take_with = s->config.take_with;
    if (!platform_connect(s, &(struct error){ 0 })) /* whoever starts may know why */
        return error_set(err, UNAVAILABLE, "%s", pg->said);
    return (!pg->server.citus || citus_present(s, err)) && registry_make(s, err) &&
           folder_mark(s, err);
}

static void engine_close(struct store *s)
{
    struct pg_store *pg = s->pg;
    PQfinish(pg->platform);
    pg_server_free(&pg->server);
    pthread_cond_destroy(&pg->freed);
    pthread_mutex_destroy(&pg->lock);
    pthread_mutex_destroy(&pg->platform_lock);
    free(pg);
}

static void engine_attach(struct db *db)
{
    struct pg_db *pg = calloc(1, sizeof *pg);
    const char *prefix = db->store->pg->server.prefix;
    uint8_t hash[HASH_SIZE];
    if (!pg)
        abort();
    int n = snprintf(pg->role, sizeof pg->role, "%s_%s", prefix, id_given(db->id) ? "" : "control");
    if (id_given(db->id))
        hex_format(db->id.byte, sizeof db->id.byte, pg->role + n);
    int64_t number;
    hash_sha256(pg->role, strlen(pg->role), hash);
    memcpy(&number, hash, sizeof number);
    snprintf(pg->lock, sizeof pg->lock,
             "SELECT pg_advisory_xact_lock(%lld),"
             " set_config('idle_in_transaction_session_timeout', '%ds', true)",
             (long long)number, PG_SILENCE_S);
    pg->looked = store_clock();
    db->pg = pg;
}

static void engine_detach(struct db *db)
{
    wipe(db->pg, sizeof *db->pg);
    free(db->pg);
}

static bool keys_make(struct db *db, struct error *err)
{
    const struct store_config *c = &db->store->config;
    autofree(secret_key_wipe) struct secret_key key;
    if (!c->key(c->key_with, db->id, &key, err))
        return false;
    secret_key_derive(&key, "vow sealed columns 1", &db->pg->seal);
    secret_key_derive(&key, "vow blind indexes 1", &db->pg->blind);
    secret_key_derive(&key, "vow database login 1", &db->pg->login);
    return true;
}

static bool engine_start(struct db *db, bool create, bool *made, struct error *err)
{
    struct store *s = db->store;
    struct error absent = { 0 };
    bool old = false;
    pthread_mutex_lock(&s->pg->platform_lock);
    bool found = platform_connect(s, &absent) && login_read(db, &old, &absent);
    pthread_mutex_unlock(&s->pg->platform_lock);
    if (!found && (!create || absent.problem != NOT_FOUND))
        return error_set(err, absent.problem, "%s", absent.detail);
    if (!keys_make(db, err))
        return false;
    if (!found)
        return login_make(db, made, err);
    if (old) /* where that fails the present one may do: see pg_login_keep */
        (void)!login_renew(db, &absent);
    return true;
}

static void engine_stop(struct db *db)
{
    pg_conns_close(db);
}

/* Nobody of this node uses it; whoever another node has logged in is shown out. */
static bool engine_remove(struct db *db, struct error *err)
{
    struct store *s = db->store;
    const char *role = db->pg->role;
    bool old;
    char id[ID_TEXT];
    if (!platform_begin(s, err))
        return false;
    bool ok =
        login_read(db, &old, err) && platform_run(s, err, "GRANT \"%s\" TO CURRENT_USER", role) &&
        platform_run(s, err,
                     "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'",
                     role) &&
        platform_run(s, err, "DROP SCHEMA \"%s\" CASCADE", role) &&
        platform_run(s, err, "DROP OWNED BY \"%s\"", role) &&
        platform_run(s, err, "DROP ROLE \"%s\"", role) &&
        platform_run(s, err, "DELETE FROM \"%s_platform\".login WHERE organisation = '%s'",
                     s->pg->server.prefix, uuid_of(db->id, id));
    return platform_end(s, ok, err);
}

static void engine_cool(struct db *db, bool idle)
{
    if (idle)
        pg_conns_close(db);
}

static bool engine_ids(struct store *s, struct arena *a, struct id **ret, size_t *count,
                       struct error *err)
{
    pthread_mutex_lock(&s->pg->platform_lock);
    PGresult *r = platform_connect(s, err)
                      ? platform(s, err, "SELECT organisation FROM \"%s_platform\".login",
                                 s->pg->server.prefix)
                      : NULL;
    pthread_mutex_unlock(&s->pg->platform_lock);
    int n = r ? PQntuples(r) : 0;
    bool ok = r != NULL;
    *count = 0;
    *ret = arena_many(a, (size_t)n, struct id);
    for (int i = 0; i < n; i++) {
        struct id id;
        if (id_parse(PQgetvalue(r, i, 0), &id) && id_given(id))
            (*ret)[(*count)++] = id;
    }
    PQclear(r);
    return ok;
}

static void nothing_after(struct db *db)
{
    (void)db;
}

/* Every commit is on disk, every migration is one transaction, and the server looks after its
 * pages. */
static bool nothing_to_do(struct db *db, struct error *err)
{
    (void)db;
    (void)err;
    return true;
}

static bool backup(struct db *db, const char *path, struct error *err)
{
    (void)db;
    (void)path;
    return error_set(err, INVALID,
                     "a PostgreSQL store is backed up by the server: pg_dump, or its archive");
}

/* Privileges are the owner's to take and to give back, and part of the transaction. Opening reads
   schema_state, and must not take the tables for missing. */
static bool privileges(struct tx *tx, const char *how, const char *whom)
{
    const char **tables;
    size_t n;
    if (!tx_tables(tx, &tables, &n))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct query q = query_composed(
            arena_printf(tx->arena, "%s ON \"%s\" %s CURRENT_USER", how, tables[i], whom));
        if (strcmp(tables[i], "schema_state") != 0 && !tx_run(tx, &q, NO_ARGS, NULL))
            return false;
    }
    return true;
}

static bool lock_out(struct tx *tx)
{
    return privileges(tx, "REVOKE ALL", "FROM");
}

static bool let_in(struct tx *tx)
{
    return privileges(tx, "GRANT ALL", "TO");
}

static bool hold(struct tx *tx)
{
    static const struct query silence = {
        "SELECT set_config('idle_in_transaction_session_timeout', '5min', true)"
    };
    return tx_run(tx, &silence, NO_ARGS, NULL);
}

static const char *column_type(const struct field *f)
{
    if (column_sealed(f))
        return "sealed";
    switch (f->kind) {
    case KIND_BOOL:
    case KIND_INT:
    case KIND_INSTANT:
    case KIND_DATE:
    case KIND_SPAN:
        return "bigint";
    case KIND_REAL:
        return "double precision";
    case KIND_TEXT:
    case KIND_JSON:
        return "text COLLATE \"C\""; /* ordered by bytes, as everywhere */
    case KIND_ID:
        return "uuid";
    case KIND_BLOB:
    case KIND_LIST:
        return "bytea";
    case KIND_NONE:
    case KIND_RECORD:
        break;
    }
    abort(); /* a record is no column */
}

const struct engine pg_engine = {
    .open = engine_open,
    .close = engine_close,
    .attach = engine_attach,
    .detach = engine_detach,
    .start = engine_start,
    .stop = engine_stop,
    .remove = engine_remove,
    .cool = engine_cool,
    .ids = engine_ids,
    .read = pg_read,
    .later = pg_later,
    .answer = pg_answer,
    .batch = pg_batch,
    .after_batch = nothing_after,
    .run = pg_run,
    .row = pg_row,
    .each = pg_each,
    .rows = pg_rows,
    .scanned = pg_scanned,
    .raw = pg_raw,
    .waits = true,
    .lock_out = lock_out,
    .let_in = let_in,
    .hold = hold,
    .seals = true,
    .column_type = column_type,
    .blind_type = "bytea",
    .index_order = " NULLS FIRST",
    .value_size = "pg_column_size",
    .columns = "SELECT a.attname, format_type(a.atttypid, a.atttypmod) ||"
               " CASE a.attcollation WHEN '\"C\"'::regcollation THEN ' COLLATE \"C\"' ELSE '' END"
               " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
               " WHERE c.relname = $1 AND c.relnamespace = current_schema()::regnamespace"
               " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
    .tables = "SELECT relname FROM pg_catalog.pg_class"
              " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
              " AND relname <> 'commit_mark' ORDER BY relname",
    .size = "SELECT COALESCE(SUM(pg_total_relation_size(oid)), 0)::bigint FROM pg_catalog.pg_class"
            " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'",
    .checkpoint = nothing_to_do,
    .check = nothing_to_do,
    .backup = backup,
    .snapshot = nothing_to_do,
    .snapshot_commit = nothing_to_do,
    .snapshot_rollback = nothing_to_do,
};
