/* engine.h: what the engines share: databases, queued works, and the functions that an engine is
   made of. Nobody outside this folder includes it. */
#ifndef VOW_DB_ENGINE_H
#define VOW_DB_ENGINE_H

#include "compose.h"
#include "db.h"

#include <pthread.h>

enum {
    STATEMENTS_MAX = 256, /* prepared statements kept per connection */
    OPEN_SLACK = 16,      /* databases over open_max before an opener must close one itself */
};

/* A work in a queue; lies in the caller's arena or stack. */
struct work {
    struct work *next;
    struct db *db;
    db_work *work;
    db_done *done;
    void *with;
    struct arena *arena;
    struct error *err;
    pthread_t by;
    bool ok;
    struct pg_ask *ask; /* PostgreSQL's, of one that is read for later */
};

enum state { OPENING, OPEN, CLOSING };

struct conn;  /* a connection of SQLite's */
struct pg_db; /* what PostgreSQL keeps of a database */

struct db {
    struct store *store;
    struct id id;

    /* Under store->lock. */
    struct db *newer, *older; /* by last use */
    struct db *ready;         /* next in the queue of databases with work */
    enum state state;
    bool busy;   /* somebody has the writer */
    bool doomed; /* being destroyed: no new opens */
    bool warm;   /* may hold memory worth giving back */
    bool stale;  /* atomically: it is another one by now, to be closed when nobody uses it */
    bool fenced; /* also atomically: only for works of one thread; see db_fence */
    pthread_t fenced_for;
    int refs;
    int64_t used; /* seconds, monotonic */
    struct work *first, *last;
    pthread_t owner; /* who has the writer, while busy */
    bool later_busy; /* a thread of later.c reads for works of it */

    /* SQLite's. */
    char *path;
    struct conn *writer;  /* belongs to whoever set busy */
    pthread_mutex_t lock; /* readers */
    struct conn *idle;
    int idle_count;
    int reading; /* readers in use */

    struct db_room room;

    struct pg_db *pg; /* PostgreSQL's */
};

struct store {
    struct store_config config;
    const struct engine *engine;
    char *dir;
    int lock_fd;

    pthread_mutex_t lock;
    pthread_cond_t work;    /* a database became ready, or the store stops */
    pthread_cond_t changed; /* a database changed its state, or somebody let go of one */
    struct db *newest, *oldest;
    int open;
    struct db *ready_first, *ready_last;
    struct work *later, **later_end; /* works to be read for */
    int later_idle;                  /* threads that wait for one */
    pthread_cond_t asked;            /* there is one, or the store stops */
    bool stopping;
    size_t cached; /* bytes of page caches and statements, atomically */
    pthread_t *threads;
    int thread_count;

    struct scans *scans; /* with config.grows */

    struct pg_store *pg; /* PostgreSQL's */
};

struct pg_conn;

/* What waits for the end of a transaction, or of a work. */
struct put_off {
    struct put_off *next;
    tx_last_work *last;
    void *with;
};

struct tx {
    struct db *db;
    struct conn *conn;  /* SQLite's */
    struct pg_conn *pg; /* PostgreSQL's */
    struct pg_ask *ask; /* of a work that is read for later; then there may be no connection yet */
    struct arena *arena;
    struct error *err;
    struct put_off **off; /* of one that writes */
    bool writes;
    bool isolate; /* a savepoint goes before the first write, for there are neighbours */
    bool dirty;   /* has written */
};

/* A file in the data folder of a node whose databases are on a server. */
#define NODE_MARK "on-postgresql"

/* What an engine is made of. Where a function has the name of one in db.h it is that one. */
struct engine {
    bool (*open)(struct store *s, struct error *err); /* the store itself; before any database */
    void (*close)(struct store *s);                   /* also after an open that failed */

    void (*attach)(struct db *db); /* the engine's part of a new struct db */
    void (*detach)(struct db *db);

    /* Makes the database usable; NOT_FOUND when it is not there and must not be made. `made` says
       whether it was. */
    bool (*start)(struct db *db, bool create, bool *made, struct error *err);
    void (*stop)(struct db *db);                      /* closes its connections */
    bool (*remove)(struct db *db, struct error *err); /* for good; stopped before */
    void (*cool)(struct db *db, bool idle); /* gives memory back; by who has the writer. `idle`: it
                                               was not used for some time */
    bool (*ids)(struct store *s, struct arena *a, struct id **ret, size_t *count,
                struct error *err);

    bool (*read)(struct db *db, struct arena *a, db_work *work, void *with, struct error *err);
    /* Runs a work up to what it asks; whether `answer` can give that. NULL: reading does not wait.
     */
    bool (*later)(struct work *w);
    /* Has what the works of a batch ask answered, runs them, and tells each at once. */
    void (*answer)(struct db *db, struct work *batch);
    /* Runs the works of a batch, together in a transaction, by who has the writer; leaves in each
       whether it is kept. */
    void (*batch)(struct db *db, struct work *batch);
    void (*after_batch)(struct db *db); /* once all were told */

    bool (*run)(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                int64_t *changed);
    bool (*row)(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                const struct field *fields, void *ret, bool *found);
    bool (*each)(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                 const struct field *fields, size_t size, row_fn *each, void *with);
    bool (*rows)(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                 const struct field *fields, size_t size, size_t max, struct list *ret);
    /* The tables that a statement reads from end to end, not by an index. */
    bool (*scanned)(struct tx *tx, const char *sql, const struct value *args, size_t n,
                    const char ***ret, size_t *count);
    bool (*raw)(struct tx *tx, raw_fn *each, void *with); /* NULL: the databases are files */

    bool waits; /* see store_waits */

    /* NULL: one process owns the files, and nobody ends what is silent. */
    bool (*lock_out)(struct tx *tx);
    bool (*let_in)(struct tx *tx);
    bool (*hold)(struct tx *tx);

    /* What differs in the SQL that core composes; see compose.h. */
    bool seals;
    const char *(*column_type)(const struct field *f);
    const char *blind_type, *index_order, *value_size;

    /* Queries: name and type of each column of the table $1, the names of all tables, and how many
       bytes the database takes. */
    const char *columns, *tables, *size;

    bool (*checkpoint)(struct db *db, struct error *err);
    bool (*check)(struct db *db, struct error *err);
    bool (*backup)(struct db *db, const char *path, struct error *err);
    bool (*snapshot)(struct db *db, struct error *err);
    bool (*snapshot_commit)(struct db *db, struct error *err);
    bool (*snapshot_rollback)(struct db *db, struct error *err);
};

extern const struct engine sqlite_engine, pg_engine;

/* Whether a thread may use the database; UNAVAILABLE when it is fenced for another. */
bool db_admits(struct db *db, pthread_t thread, struct error *err);

/* The other way round from value_list; what it gives lies in the arena. False when the bytes are no
   such list. */
MUST_USE bool list_of_value(struct arena *a, const struct field *f, struct blob from,
                            struct list *ret);

/* Whether what tx_rows has read since the arena had as much in use is all that it may. */
static inline bool rows_suffice(const struct tx *tx, const struct query *q, size_t before)
{
    return q->bytes && tx->arena->used - before >= q->bytes;
}

void scans_open(struct store *s);
void scans_close(struct store *s);
/* Whether a query leaves growing tables unscanned; INTERNAL when not. */
bool scans_check(struct tx *tx, const struct query *q, const struct value *args, size_t n);

/* Waits until nobody has the writer, then has it. The caller holds store->lock. */
void writer_take(struct db *db);
/* Gives it up; the next queued batch may start. The caller holds store->lock. */
void writer_give(struct db *db);

/* The same for callers that do not hold the lock. */
void writer_hold(struct db *db);
void writer_let(struct db *db);

/* A work of this thread, for a queue. */
struct work *work_new(struct db *db, struct arena *a, db_work *work, db_done *done, void *with,
                      struct error *err);

/* Runs batches of the databases that are ready until the store stops. */
void *writer_thread(void *store);

/* The same for works of db_read_later. */
void *later_thread(void *store);

/* Whether this thread is in a hurry (see db_hurry), which notes that something had to wait. */
bool must_not_wait(struct error *err);
/* Asked every thousand steps of a file's statement: whether it has to end, being in a hurry. */
bool must_not_last(void);

/* Gives memory back: of databases unused since `before` (seconds, monotonic), and of the least
   recently used ones while the caches hold more than the budget. The caller holds store->lock,
   which is free in between. */
void store_cool(struct store *s, int64_t before);
int64_t store_clock(void);

/* Closes the least recently used database that nobody uses; false when there is none. The caller
   holds store->lock, which is free while files are closed. */
bool store_evict(struct store *s);
bool store_full(const struct store *s); /* the caches hold more than the budget */

#endif
