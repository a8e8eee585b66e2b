/* sqlite.h: what the files of the SQLite engine share. */
#ifndef VOW_DB_SQLITE_H
#define VOW_DB_SQLITE_H

#include "engine.h"

#include <sqlite3.h>

enum {
    PARAMETERS_MAX = 128,    /* of one statement */
    IDLE_READERS_MAX = 4,    /* kept per database; more are opened under load and closed after */
    BUCKETS = 64,            /* of a connection's statement table */
    WAL_FRAMES = 4000,       /* checkpoint each time the WAL has grown by as many pages: 16 MiB */
    WAL_FRAMES_LONG = 16000, /* then wait for readers to let the WAL start anew */
    BUSY_MS = 5000,          /* waiting for a lock of SQLite's */
    INSIST_MS = 100,         /* waiting for readers when the WAL is long */
};

/* A prepared statement. `number[i]` is the N of the $N that SQLite calls parameter i + 1. */
struct stmt {
    sqlite3_stmt *handle;
    uint64_t hash;
    struct stmt *bucket;        /* next with the same bucket */
    struct stmt *older, *newer; /* least recently used goes first */
    int parameters;
    uint32_t bytes;
    bool busy, cached, writes;
    uint8_t number[PARAMETERS_MAX];
};

enum control { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, SAVE, RELEASE, UNDO, CONTROLS };

struct conn {
    sqlite3 *handle;
    struct db *db;
    struct conn *next; /* in the list of idle readers */
    sqlite3_stmt *control[CONTROLS];
    struct stmt *bucket[BUCKETS];
    struct stmt *oldest, *newest;
    int statements;
    int wal_frames, checkpoint_at;
    size_t bytes;   /* of its cached statements */
    size_t counted; /* bytes that the store counts for it */
};

/* Notes what SQLite said, as a problem without anybody's data; returns false. */
bool sqlite_fail(struct error *err, sqlite3 *handle, int rc);

enum role { WRITER, READER, COPIER };

/* Opens a connection to the database's file; the only place that opens one. */
MUST_USE bool conn_open(struct db *db, enum role role, bool create, struct conn **ret,
                        struct error *err);
void conn_close(struct conn *conn); /* NULL is fine */

/* Gives back memory: cached statements and pages. */
void conn_cool(struct conn *conn);

/* Tells the store how much memory the connection holds now. */
void conn_count(struct conn *conn);

/* Runs BEGIN, COMMIT and the like; returns SQLite's code. */
int conn_control(struct conn *conn, enum control what);

/* The prepared statement of a text, marked busy until stmt_put. */
MUST_USE bool stmt_get(struct conn *conn, const char *sql, struct stmt **ret, struct error *err);
void stmt_put(struct conn *conn, struct stmt *s);

/* Closes the readers that are idle. */
void readers_close(struct db *db);

/* Moves everything from the WAL into the file and empties the WAL. */
MUST_USE bool conn_checkpoint(struct conn *conn, struct error *err);

/* Puts a snapshot back that a dead process left behind; no connection may be open. */
MUST_USE bool snapshot_recover(const char *path, struct error *err);
MUST_USE bool folder_sync(const char *path, struct error *err); /* the one that holds `path` */
void files_remove(const char *path); /* the database's file and all its companions */

/* The path of a companion of a file, in `to`; aborts when too long. */
enum { PATH_ROOM = 4096 };
void path_with(char to[PATH_ROOM], const char *path, const char *suffix);

/* The engine's functions; see engine.h. */
bool sqlite_read(struct db *db, struct arena *a, db_work *work, void *with, struct error *err);
void sqlite_batch(struct db *db, struct work *batch);
void sqlite_after_batch(struct db *db);
bool sqlite_run(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                int64_t *changed);
bool sqlite_row(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                const struct field *fields, void *ret, bool *found);
bool sqlite_each(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                 const struct field *fields, size_t size, row_fn *each, void *with);
bool sqlite_rows(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                 const struct field *fields, size_t size, size_t max, struct list *ret);
bool sqlite_scanned(struct tx *tx, const char *sql, const struct value *args, size_t n,
                    const char ***ret, size_t *count);
const char *sqlite_column_type(const struct field *f);
bool sqlite_checkpoint(struct db *db, struct error *err);
bool sqlite_backup(struct db *db, const char *path, struct error *err);
bool sqlite_snapshot(struct db *db, struct error *err);
bool sqlite_snapshot_commit(struct db *db, struct error *err);
bool sqlite_snapshot_rollback(struct db *db, struct error *err);

#endif
