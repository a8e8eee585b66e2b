/* sqlite_conn.c: connections: how a file is opened, what they keep prepared, the idle readers. */
#include "sqlite.h"

#include "sealed/sealed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool sqlite_fail(struct error *err, sqlite3 *handle, int rc)
{
    switch (rc & 0xFF) {
    case SQLITE_CONSTRAINT:
        if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
            rc == SQLITE_CONSTRAINT_ROWID) {
            const char *columns = strchr(sqlite3_errmsg(handle), ':');
            return error_set(err, ALREADY_EXISTS, "%s", columns ? columns + 2 : "");
        }
        if (rc == SQLITE_CONSTRAINT_FOREIGNKEY)
            return error_set(err, IN_USE, NULL);
        return error_set(err, INTERNAL, "%s", sqlite3_errmsg(handle));
    case SQLITE_FULL:
        return error_set(err, STORAGE_FULL, NULL);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        if (handle &&
            (sqlite3_system_errno(handle) == ENOSPC || sqlite3_system_errno(handle) == EDQUOT))
            return error_set(err, STORAGE_FULL, NULL);
        if (rc == SQLITE_IOERR_DATA) /* a page that its key does not open */
            return error_set(err, INTERNAL, "the database file is damaged");
        return error_set(err, INTERNAL, "the database file failed: %s", sqlite3_errstr(rc));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
        return error_set(err, UNAVAILABLE, "the database is busy");
    case SQLITE_TOOBIG:
        return error_set(err, TOO_LARGE, "the database takes no value as long");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return error_set(err, INTERNAL, "the database file is damaged or has another key");
    default:
        return error_set(err, INTERNAL, "the database said: %s", sqlite3_errstr(rc));
    }
}

static bool file_open(struct db *db, bool create, sqlite3 **ret, struct error *err)
{
    const struct store_config *c = &db->store->config;
    autofree(secret_key_wipe) struct secret_key key;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                (create ? SQLITE_OPEN_CREATE : 0);
    return c->key(c->key_with, db->id, &key, err) &&
           sealed_open(db->path, &key, db->id, flags, ret, err);
}

static const struct {
    int limit, value;
} limits[] = {
    { SQLITE_LIMIT_LENGTH, 256 << 20 },
    { SQLITE_LIMIT_SQL_LENGTH, 256 << 10 },
    { SQLITE_LIMIT_COLUMN, 512 },
    { SQLITE_LIMIT_EXPR_DEPTH, 200 },
    { SQLITE_LIMIT_COMPOUND_SELECT, 50 },
    { SQLITE_LIMIT_ATTACHED, 0 },
    { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
    { SQLITE_LIMIT_VARIABLE_NUMBER, PARAMETERS_MAX },
    { SQLITE_LIMIT_TRIGGER_DEPTH, 20 },
    { SQLITE_LIMIT_WORKER_THREADS, 0 },
};

static const struct {
    int option, value;
} options[] = {
    { SQLITE_DBCONFIG_DEFENSIVE, 1 },   { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
    { SQLITE_DBCONFIG_DQS_DDL, 0 },     { SQLITE_DBCONFIG_DQS_DML, 0 },
    { SQLITE_DBCONFIG_ENABLE_FKEY, 0 }, { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
};

static int wal_grew(void *with, sqlite3 *handle, const char *name, int frames)
{
    (void)handle;
    (void)name;
    struct conn *conn = with;
    if (frames < conn->wal_frames || !conn->checkpoint_at)
        conn->checkpoint_at = WAL_FRAMES; /* the WAL has started anew */
    conn->wal_frames = frames;
    return SQLITE_OK;
}

static int reads_long(void *with)
{
    (void)with;
    return must_not_last();
}

static int setup(struct conn *conn, enum role role)
{
    sqlite3 *h = conn->handle;
    sqlite3_busy_timeout(h, BUSY_MS);
    for (size_t i = 0; i < LENGTH(limits); i++)
        sqlite3_limit(h, limits[i].limit, limits[i].value);
    for (size_t i = 0; i < LENGTH(options); i++) {
        int rc = sqlite3_db_config(h, options[i].option, options[i].value, NULL);
        if (rc != SQLITE_OK)
            return rc;
    }
    static const char *const own[] = {
        /* Erasing a person must leave nothing in free pages. */
        [WRITER] = ("PRAGMA secure_delete=1; PRAGMA wal_autocheckpoint=0;"
                    "PRAGMA journal_size_limit=16777216;"),
        [READER] = "PRAGMA query_only=1;",
        [COPIER] = "",
    };
    /* One connection may have a quarter of what all of them may keep, so that a busy database
       does not take everything. */
    int64_t cache = conn->db->store->config.cache / 4;
    char pragmas[400];
    sqlite3_snprintf(sizeof pragmas, pragmas,
                     "PRAGMA synchronous=FULL; PRAGMA temp_store=2; PRAGMA mmap_size=0;"
                     "PRAGMA cell_size_check=1; PRAGMA cache_size=-%lld; %s",
                     (long long)(cache >> 10), own[role]);
    int rc = sqlite3_exec(h, pragmas, NULL, NULL, NULL);
    if (role == WRITER)
        sqlite3_wal_hook(h, wal_grew, conn);
    if (role == READER)
        sqlite3_progress_handler(h, 1000, reads_long, NULL);
    return rc;
}

bool conn_open(struct db *db, enum role role, bool create, struct conn **ret, struct error *err)
{
    struct conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    conn->db = db;
    if (!file_open(db, create, &conn->handle, err)) {
        free(conn);
        return false;
    }
    int rc = setup(conn, role);
    if (rc != SQLITE_OK) {
        sqlite_fail(err, conn->handle, rc);
        conn_close(conn);
        return false;
    }
    *ret = conn;
    return true;
}

static void stmt_free(struct conn *conn, struct stmt *s)
{
    sqlite3_finalize(s->handle);
    conn->bytes -= s->cached ? s->bytes : 0;
    free(s);
}

static void statements_drop(struct conn *conn)
{
    for (struct stmt *s = conn->oldest, *next; s; s = next) {
        next = s->newer;
        assert(!s->busy);
        stmt_free(conn, s);
    }
    for (int i = 0; i < CONTROLS; i++) {
        sqlite3_finalize(conn->control[i]);
        conn->control[i] = NULL;
    }
    memset(conn->bucket, 0, sizeof conn->bucket);
    conn->oldest = conn->newest = NULL;
    conn->statements = 0;
}

void conn_count(struct conn *conn)
{
    int pages = 0, peak = 0;
    sqlite3_db_status(conn->handle, SQLITE_DBSTATUS_CACHE_USED, &pages, &peak, 0);
    size_t now = (size_t)pages + conn->bytes;
    if (now == conn->counted)
        return;
    __atomic_add_fetch(&conn->db->store->cached, now - conn->counted, __ATOMIC_RELAXED);
    conn->counted = now;
}

void conn_cool(struct conn *conn)
{
    statements_drop(conn);
    sqlite3_db_release_memory(conn->handle);
    conn_count(conn);
}

void conn_close(struct conn *conn)
{
    if (!conn)
        return;
    statements_drop(conn);
    __atomic_sub_fetch(&conn->db->store->cached, conn->counted, __ATOMIC_RELAXED);
    int rc = sqlite3_close(conn->handle);
    assert(rc == SQLITE_OK);
    (void)rc;
    free(conn);
}

int conn_control(struct conn *conn, enum control what)
{
    static const char *const sql[CONTROLS] = {
        [BEGIN_READ] = "BEGIN",      [BEGIN_WRITE] = "BEGIN IMMEDIATE", [COMMIT] = "COMMIT",
        [ROLLBACK] = "ROLLBACK",     [SAVE] = "SAVEPOINT work",         [RELEASE] = "RELEASE work",
        [UNDO] = "ROLLBACK TO work",
    };
    sqlite3_stmt **s = &conn->control[what];
    if (!*s) {
        int rc =
            sqlite3_prepare_v3(conn->handle, sql[what], -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
        if (rc != SQLITE_OK)
            return rc;
    }
    int rc = sqlite3_step(*s);
    sqlite3_reset(*s);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Statements are found by text, not by address: composed text may be freed and its address used
   again. Eight bytes at a time, since this runs for every statement. */
static uint64_t text_hash(const char *text, size_t n)
{
    uint64_t h = 0x9E3779B97F4A7C15u ^ n;
    for (; n >= 8; n -= 8, text += 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        h = (h ^ word) * 0xFF51AFD7ED558CCDu;
        h ^= h >> 32;
    }
    uint64_t word = 0;
    memcpy(&word, text, n);
    h = (h ^ word) * 0xC4CEB9FE1A85EC53u;
    return h ^ h >> 29;
}

static void stmt_unlink(struct conn *conn, struct stmt *s)
{
    *(s->older ? &s->older->newer : &conn->oldest) = s->newer;
    *(s->newer ? &s->newer->older : &conn->newest) = s->older;
    s->older = s->newer = NULL;
}

static void stmt_append(struct conn *conn, struct stmt *s)
{
    s->older = conn->newest;
    *(s->older ? &s->older->newer : &conn->oldest) = s;
    conn->newest = s;
}

static void stmt_evict(struct conn *conn)
{
    struct stmt *s = conn->oldest;
    while (s && s->busy)
        s = s->newer;
    if (!s)
        return;
    struct stmt **at = &conn->bucket[s->hash % BUCKETS];
    while (*at != s)
        at = &(*at)->bucket;
    *at = s->bucket;
    stmt_unlink(conn, s);
    conn->statements--;
    stmt_free(conn, s);
}

static bool stmt_number(struct stmt *s, struct error *err)
{
    s->parameters = sqlite3_bind_parameter_count(s->handle);
    for (int i = 0; i < s->parameters; i++) {
        const char *name = sqlite3_bind_parameter_name(s->handle, i + 1);
        int number = name && name[0] == '$' ? atoi(name + 1) : 0;
        if (number < 1 || number > PARAMETERS_MAX)
            return error_set(err, INTERNAL, "a statement has a parameter that is not $1, $2 …");
        s->number[i] = (uint8_t)number;
    }
    return true;
}

static bool stmt_new(struct conn *conn, const char *sql, size_t n, struct stmt **ret,
                     struct error *err)
{
    struct stmt *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    const char *rest = NULL;
    int rc = sqlite3_prepare_v3(conn->handle, sql, (int)n + 1, SQLITE_PREPARE_PERSISTENT,
                                &s->handle, &rest);
    if (rc == SQLITE_ERROR) /* our own SQL, so its text may be told */
        error_set(err, INTERNAL, "%s", sqlite3_errmsg(conn->handle));
    else if (rc != SQLITE_OK)
        sqlite_fail(err, conn->handle, rc);
    else if (!s->handle || *rest)
        error_set(err, INTERNAL, "a query must be one statement");
    else if (stmt_number(s, err)) {
        s->writes = !sqlite3_stmt_readonly(s->handle);
        s->bytes = (uint32_t)sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_MEMUSED, 0);
        *ret = s;
        return true;
    }
    stmt_free(conn, s);
    return false;
}

bool stmt_get(struct conn *conn, const char *sql, struct stmt **ret, struct error *err)
{
    size_t n = strlen(sql);
    uint64_t hash = text_hash(sql, n);
    struct stmt *s = conn->bucket[hash % BUCKETS];
    while (s && (s->hash != hash || strcmp(sqlite3_sql(s->handle), sql)))
        s = s->bucket;
    if (s && !s->busy) {
        s->busy = true;
        if (conn->newest != s) {
            stmt_unlink(conn, s);
            stmt_append(conn, s);
        }
        *ret = s;
        return true;
    }
    bool twin = s; /* in use further up this stack: a second one, for this once */
    if (!stmt_new(conn, sql, n, &s, err))
        return false;
    s->busy = true;
    s->hash = hash;
    if (!twin) {
        if (conn->statements >= STATEMENTS_MAX)
            stmt_evict(conn);
        s->cached = true;
        s->bucket = conn->bucket[hash % BUCKETS];
        conn->bucket[hash % BUCKETS] = s;
        stmt_append(conn, s);
        conn->statements++;
        conn->bytes += s->bytes;
    }
    *ret = s;
    return true;
}

void stmt_put(struct conn *conn, struct stmt *s)
{
    sqlite3_reset(s->handle);
    s->busy = false;
    if (!s->cached)
        stmt_free(conn, s);
}

/* A reader of the database, opened if none is idle. */
static bool reader_get(struct db *db, struct conn **ret, struct error *err)
{
    pthread_mutex_lock(&db->lock);
    struct conn *conn = db->idle;
    if (conn) {
        db->idle = conn->next;
        db->idle_count--;
    }
    db->reading++;
    pthread_mutex_unlock(&db->lock);
    if (conn || conn_open(db, READER, false, &conn, err)) {
        *ret = conn;
        return true;
    }
    pthread_mutex_lock(&db->lock);
    db->reading--;
    pthread_mutex_unlock(&db->lock);
    return false;
}

/* One whose transaction could not be ended goes: it would refuse whoever reads next. */
static void reader_put(struct conn *conn)
{
    struct db *db = conn->db;
    conn_count(conn);
    bool full = store_full(db->store), ended = sqlite3_get_autocommit(conn->handle);
    pthread_mutex_lock(&db->lock);
    db->reading--;
    bool keep = ended && db->idle_count < (full ? 1 : IDLE_READERS_MAX);
    if (keep) {
        conn->next = db->idle;
        db->idle = conn;
        db->idle_count++;
    }
    pthread_mutex_unlock(&db->lock);
    if (!keep)
        conn_close(conn);
}

void readers_close(struct db *db)
{
    pthread_mutex_lock(&db->lock);
    struct conn *conn = db->idle;
    db->idle = NULL;
    db->idle_count = 0;
    pthread_mutex_unlock(&db->lock);
    for (struct conn *next; conn; conn = next) {
        next = conn->next;
        conn_close(conn);
    }
}

/* In a hurry the end is broken off like any statement, though not twice in a thousand steps, and so
   may be the beginning, when it is done. */
static void read_end(struct conn *conn)
{
    while (!sqlite3_get_autocommit(conn->handle) && conn_control(conn, COMMIT) == SQLITE_INTERRUPT)
        ;
    reader_put(conn);
}

bool sqlite_read(struct db *db, struct arena *a, db_work *work, void *with, struct error *err)
{
    struct conn *conn;
    if (!reader_get(db, &conn, err))
        return false;
    int rc = conn_control(conn, BEGIN_READ);
    if (rc != SQLITE_OK) {
        sqlite_fail(err, conn->handle, rc);
        read_end(conn);
        return false;
    }
    struct tx tx = { .db = db, .conn = conn, .arena = a, .err = err };
    bool ok = work(&tx, with, err);
    read_end(conn);
    return ok;
}
