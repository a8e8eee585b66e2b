/* engine.h: what the files of the SQLite engine share; nobody outside this folder includes it. */
#ifndef VOW_DB_ENGINE_H
#define VOW_DB_ENGINE_H

#include "db.h"

#include <pthread.h>
#include <sqlite3.h>

enum {
    STATEMENTS_MAX = 256,    /* prepared statements kept per connection */
    PARAMETERS_MAX = 128,    /* of one statement */
    IDLE_READERS_MAX = 4,    /* kept per database; more are opened under load and closed after */
    BUCKETS = 64,            /* of a connection's statement table */
    WAL_FRAMES = 4000,       /* checkpoint each time the WAL has grown by as many pages: 16 MiB */
    WAL_FRAMES_LONG = 16000, /* then wait for readers to let the WAL start anew */
    OPEN_SLACK = 16,         /* databases over open_max before an opener must close one itself */
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

/* A work in a database's queue; lies in the caller's arena or stack. */
struct work {
    struct work *next;
    db_work *work;
    db_done *done;
    void *with;
    struct arena *arena;
    struct error *err;
    bool ok;
};

enum state { OPENING, OPEN, CLOSING };

struct db {
    struct store *store;
    struct id id;
    char *path;

    /* Under store->lock. */
    struct db *newer, *older; /* by last use */
    struct db *ready;         /* next in the queue of databases with work */
    enum state state;
    bool busy;   /* somebody has the writer */
    bool doomed; /* being destroyed: no new opens */
    bool warm;   /* may hold memory worth giving back */
    int refs;
    int64_t used; /* seconds, monotonic */
    struct work *first, *last;
    pthread_t owner; /* who has the writer, while busy */

    struct conn *writer; /* belongs to whoever set busy */

    pthread_mutex_t lock; /* readers */
    struct conn *idle;
    int idle_count;
    int reading; /* readers in use */
};

struct store {
    struct store_config config;
    char *dir;
    int lock_fd;

    pthread_mutex_t lock;
    pthread_cond_t work;    /* a database became ready, or the store stops */
    pthread_cond_t changed; /* a database changed its state, or somebody let go of one */
    struct db *newest, *oldest;
    int open;
    struct db *ready_first, *ready_last;
    bool stopping;
    size_t cached; /* bytes of page caches and statements, atomically */
    pthread_t *threads;
    int thread_count;
};

struct tx {
    struct db *db;
    struct conn *conn;
    struct arena *arena;
    struct error *err;
    bool writes;
    bool isolate; /* a savepoint goes before the first write, for there are neighbours */
    bool dirty;   /* has written */
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

/* A reader of the database, opened if none is idle. */
MUST_USE bool reader_get(struct db *db, struct conn **ret, struct error *err);
void reader_put(struct conn *conn);
void readers_close(struct db *db); /* the idle ones */

/* Waits until nobody has the writer, then has it. The caller holds store->lock. */
void writer_take(struct db *db);
/* Gives it up; the next queued batch may start. The caller holds store->lock. */
void writer_give(struct db *db);

/* The same for callers that do not hold the lock. */
void writer_hold(struct db *db);
void writer_let(struct db *db);

/* Moves everything from the WAL into the file and empties the WAL. */
MUST_USE bool conn_checkpoint(struct conn *conn, struct error *err);

/* Runs batches of the databases that are ready until the store stops. */
void *writer_thread(void *store);

/* Gives memory back: of databases unused since `before` (seconds, monotonic), and of the least
   recently used ones while the caches hold more than the budget. The caller holds store->lock,
   which is free in between. */
void store_cool(struct store *s, int64_t before);
int64_t store_clock(void);

/* Closes the least recently used database that nobody uses; false when there is none. The caller
   holds store->lock, which is free while files are closed. */
bool store_evict(struct store *s);
bool store_full(const struct store *s); /* the caches hold more than the budget */

/* Puts a snapshot back that a dead process left behind; no connection may be open. */
MUST_USE bool snapshot_recover(const char *path, struct error *err);
MUST_USE bool folder_sync(const char *path, struct error *err); /* the one that holds `path` */
void files_remove(const char *path); /* the database's file and all its companions */

/* The path of a companion of a file, in `to`; aborts when too long. */
enum { PATH_ROOM = 4096 };
void path_with(char to[PATH_ROOM], const char *path, const char *suffix);

#endif
