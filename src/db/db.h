/* db.h: organisations' databases behind one interface, whatever engine holds them.

   A store is opened once per process. It holds one database per organisation and one for control
   (accounts, sessions, wrapped keys). A database is opened on demand, shared, and closed again when
   it has not been used for long (an LRU bounded by store_config.open_max).

   Work happens in transactions:
   - db_read runs `work` on the calling thread in a read snapshot.
   - db_write queues `work`; a writer thread runs the queued works of one database one after the
     other, each in a savepoint of its own, inside one transaction, commits them together (one
     fsync), and only then calls each `done`. A work that returns false is rolled back alone.
   - db_write_wait is db_write for a thread that can wait. It may run the queued works of others on
     the calling thread, so no lock that a work or a `done` takes may be held.
   A work may read and write other databases, but not write its own but through its tx.

   A work may run more than once: when the engine reports a conflict, the whole work is run again.
   It must therefore keep its effects in the transaction and in memory that it sets anew each run.
 */
#ifndef VOW_DB_H
#define VOW_DB_H

#include "base/field.h"
#include "crypt/key.h"

struct store;
struct db;
struct tx;

/* One SQL text for all engines, parameters as $1, $2 … A query is a static const object next to the
   function that uses it; text made at run time comes from the few files that may include
   db/compose.h or core/sql.h (scripts/check_includes.py names them), and from rows.h, which puts a
   condition behind the columns of a table. */
struct query {
    const char *sql;
    const char *whole; /* why it may read all of a growing table, for which no index helps; NULL: it
                          must not. See store_config.grows */
    size_t bytes;      /* tx_rows reads no further row once those it has read take as much of the
                          arena; 0: all */
    bool again;        /* many works ask the same: within a writing transaction the answer may serve
                          the next one too, until something is written to a table that it names */
    bool likely;       /* of tx_found, and of tx_run with `changed`: as good as always there is one
                          row, so a work need not wait for that to be known; when it is not so, the
                          work is run again and waits */
};

/* A value on its way into a statement. KIND_NONE is NULL. `column` names the declared column it
   is stored in or compared with, where that column is protected (PERSONAL, CONTENT, SENSITIVE,
   SECRET text or bytes); an engine that seals columns itself needs to know. */
struct value {
    enum kind kind;
    union {
        int64_t i; /* BOOL, INT, INSTANT (us), DATE (day), SPAN (s) */
        double real;
        struct blob bytes; /* TEXT, BLOB, JSON */
        struct id id;
    };
    const struct field *column;
};

struct value value_none(void);
struct value value_bool(bool b);
struct value value_int(int64_t i);
struct value value_real(double r);
struct value value_text(const char *text); /* NULL is SQL NULL; not copied */
struct value value_blob(struct blob b);    /* not copied */
struct value value_id(struct id id);       /* absent is SQL NULL, as for all kinds below */
struct value value_instant(struct instant t);
struct value value_date(struct date d);
/* The member of a record as a value that knows its column. */
struct value value_field(const struct field *f, const void *record);
/* The value as one of the column of that name among a table's fields. */
struct value value_in(const struct field *fields, const char *name, struct value v);
/* The same as value_field for a KIND_LIST of ids (16 bytes each) or texts (each with its NUL), as
 * one blob. */
struct value value_list(struct arena *a, const struct field *f, const void *record);

#define ARGS(...)                          \
    (const struct value[]){ __VA_ARGS__ }, \
        sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value)
#define NO_ARGS NULL, 0

struct store_config {
    const char *dir; /* the data folder; created with mode 0700 when missing */
    int writers;     /* writer threads, 1 or more */
    int open_max;    /* databases kept open */
    int batch_max;   /* works in one transaction */
    int64_t cache;   /* bytes of pages and statements kept, over all databases; 0: 64 MiB */
    /* Where the databases are: NULL is files in the folder; else a PostgreSQL server,
       "postgres://USER@HOST/DATABASE?…". Control and each organisation have a schema and a login
       role of their own there, made and dropped by USER. TLS is required but for a local socket.
       INVALID when the URL is not right. See docs/decisions/070-postgresql.md. */
    const char *url;
    const uint16_t *ports; /* of the own loopback, where somebody passes on what goes to each server
                              of the URL (see store_servers); NULL: they are reached directly */
    /* With ports: makes of a connection to a port whose server is a local socket the connection to
       that socket; called before anything was sent. NULL: what is sent is passed on. */
    bool (*take)(void *with, int fd);
    void *take_with;
    int connections; /* to the server, at most; 0: 40 */
    /* For tests: whether a table's rows become more and more. A query that reads all of such a one,
       not by an index, then fails, unless it says why. NULL: nothing is looked at. */
    bool (*grows)(void *with, const char *table);
    void *grows_with;
    /* The data key of one database, from its id; called for each connection. */
    bool (*key)(void *with, struct id db, struct secret_key *ret, struct error *err);
    void *key_with;
    /* Called once per open, before anybody else sees the database: brings its tables up to date.
       When it fails the open fails, and a database that was being created is gone again. */
    bool (*prepare)(void *with, struct db *db, struct error *err);
    void *prepare_with;
};

/* The servers that a store's URL names, in order. INVALID when the URL is not right. */
struct store_server {
    const char *host; /* name, address, or folder of a local socket */
    uint16_t port;
};
MUST_USE bool store_servers(const char *url, struct arena *a, struct list *ret, struct error *err);

/* Files that connecting reads each time (certificates, passwords); ends with NULL. They need not
   exist. The URL is one that store_servers took. */
const char **store_files(const char *url, struct arena *a);

/* Opens the data folder; takes an exclusive lock on it (one process owns the files). */
MUST_USE bool store_open(const struct store_config *config, struct store **ret, struct error *err);
/* Whether what is asked of it waits for a server, as an I/O thread must not. */
bool store_waits(const struct store *s);
/* Why the last connection to the server failed, for the log alone: it names hosts and roles. Empty
   when it did not, and with files. */
void store_trouble(struct store *s, char ret[ERROR_TEXT]);
/* The same of a connection that failed since this was asked last, whatever became of others; false
   when none did. */
bool store_refused(struct store *s, char ret[ERROR_TEXT]);
void store_close(struct store *s); /* finishes queued writes, checkpoints, closes */

/* The database of an organisation (or of control: the all-zero id), opened if need be. It stays
   open at least until db_release. `create` makes it when it is not there; NOT_FOUND otherwise. */
MUST_USE bool db_open(struct store *s, struct id id, bool create, struct db **ret,
                      struct error *err);
void db_release(struct db *db);
struct id db_id(const struct db *db);

/* Removes the database's files for good; refuses new opens (NOT_FOUND) and waits until nobody has
   it open any more, so the caller must not. IN_USE while another waits for that: they are there
   yet. */
MUST_USE bool db_destroy(struct store *s, struct id id, struct error *err);

/* Closes a database that another process has destroyed, if this one has it open; false while
   somebody uses it: call it again. */
bool db_forget(struct store *s, struct id id);

/* Ids of all databases in the store but control. */
MUST_USE bool store_ids(struct store *s, struct arena *a, struct id **ret, size_t *count,
                        struct error *err);

typedef bool db_work(struct tx *tx, void *with, struct error *err);
typedef void db_done(void *with, bool ok);

/* Runs `work` now, on this thread, in a snapshot. Writing in it fails. */
MUST_USE bool db_read(struct db *db, struct arena *a, db_work *work, void *with, struct error *err);

/* For threads that must not be held up: until db_hurry_end, on this thread, what would have to wait
   for a server (see store_waits), or reads a file for more than some milliseconds, fails instead,
   with UNAVAILABLE. db_hurry_end says whether anything did, so that all of it must be done on a
   thread that has the time. */
void db_hurry(void);
MUST_USE bool db_hurry_end(void);

/* The same as db_read for a thread in a hurry: `work` begins here and now, and is run anew on a
   thread of the store once what it asks was answered; then `done` is called. Nothing is queued
   where db_hurry_end says so: as long as it is not known that the work asks one thing alone. What
   was queued may lie until store_go, so that what comes in one go is asked in one go. */
void db_read_later(struct db *db, struct arena *a, db_work *work, db_done *done, void *with,
                   struct error *err);
void store_go(struct store *s);

/* Queues `work`; `done(with, ok)` is called once from a writer thread, after the commit is on disk
   or the work has failed (then *err says why). `a`, `with` and `err` must live until then. */
void db_write(struct db *db, struct arena *a, db_work *work, db_done *done, void *with,
              struct error *err);

MUST_USE bool db_write_wait(struct db *db, struct arena *a, db_work *work, void *with,
                            struct error *err);

/* In a transaction. Errors go to the error of the work. Rows land in records: column i of the
   result fills field i of `fields`; texts and blobs are copied into the work's arena (but see
   tx_each). NULL makes the field absent. Records cannot be stored, lists as value_list says. */

/* Runs a statement; `changed` is the number of rows it wrote and may be NULL. A unique violation is
   ALREADY_EXISTS with the columns' names as its detail, a full disk STORAGE_FULL, a busy database
   UNAVAILABLE. A failed statement changes nothing, and the work may go on and succeed. */
MUST_USE bool tx_run(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                     int64_t *changed);

/* Reads at most one row; *found says whether there was one (ret untouched otherwise). */
MUST_USE bool tx_row(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                     const struct field *fields, void *ret, bool *found);

/* Whether the query, which selects one id, finds a row. */
MUST_USE bool tx_found(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                       bool *ret);

/* Calls `each(with, record)` per row with one record of `size` bytes that is used anew for each
   row, and so are its texts and blobs: copy what must outlive the call. Stops early without failing
   when `each` returns false. */
typedef bool row_fn(void *with, const void *record);
MUST_USE bool tx_each(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                      const struct field *fields, size_t size, row_fn *each, void *with);

/* All rows (at most `max`; 0 is no limit) as an array of records in the work's arena. */
MUST_USE bool tx_rows(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                      const struct field *fields, size_t size, size_t max, struct list *ret);

/* Hands over every row of every table as the server holds it, for who looks for what must not be
   there; stops early without failing when `each` returns false. INVALID for databases that are
   files: those can be looked at as they are. */
typedef bool raw_fn(void *with, const char *table, struct blob row);
MUST_USE bool tx_raw(struct tx *tx, raw_fn *each, void *with);

/* Has `last` called before the transaction is committed, once for all works that ask for the same
   one, with what each gave and in that order: for what many of them add up to. It is part of each
   of these works: when it fails, so do they. Only in a work that writes; `with` lives as long as
   the work's arena. */
typedef bool tx_last_work(struct tx *tx, void *const *with, size_t n, struct error *err);
void tx_last(struct tx *tx, tx_last_work *last, void *with);

/* Calls now what waits for the end, before something reads what that writes. */
MUST_USE bool tx_catch_up(struct tx *tx);

/* How many bytes the database takes as it lies; in files, what is free in it is left out. */
MUST_USE bool tx_size(struct tx *tx, int64_t *ret);

/* Numbers about it that are kept while it is open, for who has its writer: what it held when it was
   measured, what was added since, and when that was, in seconds; all 0 at first. */
struct db_room {
    int64_t used, grown, at;
};
struct db_room *db_room(struct db *db);

struct arena *tx_arena(struct tx *tx);
struct db *tx_db(struct tx *tx);
bool tx_writes(const struct tx *tx);

/* Moves the log into the file and empties it, so that what was deleted or overwritten is in
   neither; happens by itself when a database is closed, and when it was not used for 15 seconds.
   UNAVAILABLE when somebody reads for more than 5 seconds meanwhile: call it again. Not inside a
   work. */
MUST_USE bool db_checkpoint(struct db *db, struct error *err);

/* Reads all of the database, so that it is known now whether any of it is damaged. */
MUST_USE bool db_check(struct db *db, struct error *err);

/* A consistent sealed copy of the database into a new file, while others read and write. */
MUST_USE bool db_backup(struct db *db, const char *path, struct error *err);

/* For store_config.prepare, while nobody else has the database: a snapshot beside the file before
   a migration; `commit` removes it, `rollback` puts it back (which the next open also does when the
   process died in between, or when preparing failed). */
MUST_USE bool db_snapshot(struct db *db, struct error *err);
MUST_USE bool db_snapshot_commit(struct db *db, struct error *err);
MUST_USE bool db_snapshot_rollback(struct db *db, struct error *err);

#endif
