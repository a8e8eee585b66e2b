/* pg.h: what the files of the PostgreSQL engine share. docs/decisions/070-postgresql.md says why it
   is as it is. */
#ifndef VOW_DB_PG_H
#define VOW_DB_PG_H

#include "engine.h"

#include "crypt/seal.h"

#include <libpq-fe.h>

enum {
    PG_PARAMETERS_MAX = 192, /* of one statement, blind ones included */
    PG_BUCKETS = 64,         /* of a connection's statement table */
    PG_AHEAD_MAX = 8,        /* commands that go ahead of a statement, in the same round trip */
    PG_FLYING_MAX = 256,     /* results that nobody has waited for */
    PG_MANY = 4,             /* rows of one statement at most, as a power of two */
    PG_FLYING_ROOM = 512,    /* with those of one statement more, and of what goes with it */
    PG_ATTEMPTS = 10,        /* of a transaction that meets conflicts */
    PG_AGE_S = 30 * 60,      /* a connection is closed when it is as old … */
    PG_USES = 50000,    /* … or has run as many statements, for what the server keeps for it */
    PG_WAIT_S = 10,     /* for a free connection */
    PG_LOGIN_DAYS = 30, /* a login gets a new password when it is as old … */
    PG_LOGIN_LOOK_S = 86400, /* … which is looked at as often while the database stays open */
    PG_SILENCE_S = 30, /* a node that says nothing for as long loses its writing transaction */
    PG_NAME = 64,      /* room for a name */
    PG_LONE = 128,     /* statements of a database of which is known whether they are lone */
};

/* How to reach the server: parameters of libpq, without user and password. */
struct pg_server {
    char **keys, **values;
    int count;
    char prefix[24];       /* names of this installation's schemas and roles begin with it */
    char *hosts, *ports;   /* as the URL names them, in lists with commas */
    char *user, *password; /* of the platform role; may be NULL */
    bool citus;            /* each schema is distributed as a whole */
    bool handed;           /* all servers are local sockets behind ports */
    bool (*take)(void *with, int fd); /* see store_config.take */
    void *take_with;
    size_t last; /* atomically: which of the servers took the last connection */
};

/* Reads a URL, adds what it leaves out, and refuses a connection that others could read. */
MUST_USE bool pg_server_parse(const char *url, const uint16_t *ports, struct pg_server *ret,
                              struct error *err);
void pg_server_free(struct pg_server *server);

/* Logs in at one of the servers; without a password with that of libpq's password file, if there is
   one. NULL when that fails, with the error noted: what each server said. */
PGconn *pg_connect(struct pg_server *server, const char *user, const char *password,
                   struct error *err);

/* Connections of one kind: control's, or those of organisations. Bounded, so that work of
   organisations, which may need control's, never takes the last of them. */
struct pg_pool {
    struct pg_conn *idle; /* newest first */
    int open, max;
};

struct pg_store {
    struct pg_server server;
    pthread_mutex_t lock; /* pools */
    pthread_cond_t freed;
    struct pg_pool control, organisations;
    struct id node;  /* made anew with each start; whose commits a mark speaks of */
    int64_t commits; /* atomically: tried in all databases, so that none that is closed and opened
                        again takes the mark that it finds for its own */
    bool unnamed;    /* atomically: a pooler in between loses prepared statements */
    pthread_mutex_t platform_lock;
    PGconn *platform;      /* logged in as the platform role; opened when needed */
    char said[ERROR_TEXT]; /* why the last connection failed, under lock; empty when it did not */
    char refused[ERROR_TEXT]; /* the last such reason since it was asked for */
};

struct pg_db {
    char role[PG_NAME]; /* also its schema */
    int64_t generation; /* of the password */
    int64_t looked;     /* atomically: when it was read whether that is due to be renewed */
    struct secret_key seal, blind, login;
    char lock[160];         /* the command that takes the writing lock */
    int64_t commit;         /* number of the last one tried; by who has the writer */
    bool entered;           /* atomically: the role has logged in with this key */
    uint64_t lone[PG_LONE]; /* atomically: see pg_lone */
};

/* What a result column is: with `where`, a sealed column, and the column that holds its row's id.
 */
struct pg_column {
    Oid type;
    char *where; /* what its values are bound to but for the row */
    size_t where_size;
    int id; /* index of that column, or -1 */
};

enum pg_mode { PG_PLAIN, PG_SEAL, PG_BLIND };

/* A parameter as the server sees it. */
struct pg_param {
    Oid type;
    uint8_t arg; /* index of the value it is made from */
    uint8_t id;  /* index of the value with the row's id, for PG_SEAL; NO_ID when there is none */
    enum pg_mode mode;
    char *where; /* of PG_SEAL and PG_BLIND */
    size_t where_size;
};
enum { NO_ID = 255 };

/* What the engine makes of a query's text for given kinds of values. */
struct pg_plan {
    char *sql; /* as it is sent */
    struct pg_param param[PG_PARAMETERS_MAX];
    int params;
    bool writes;
    char *target;  /* the table that it writes; NULL: none, or who knows which */
    size_t values; /* where in sql the only row of an INSERT of parameters begins; or 0 */
};

/* The kind of a value as far as the text depends on it. */
enum pg_shape {
    SHAPE_NONE,
    SHAPE_INT,
    SHAPE_REAL,
    SHAPE_TEXT,
    SHAPE_BYTES,
    SHAPE_ID,
    SHAPE_SEALED
};
enum pg_shape pg_shape(const struct value *v);

/* Rewrites a query: protected values are stored sealed, with their blind companions, and compared
   by these alone. */
MUST_USE bool pg_plan_make(const char *sql, const struct value *args, size_t n, struct pg_plan *ret,
                           struct error *err);
void pg_plan_free(struct pg_plan *plan);

/* "table NUL column NUL": what a sealed or blind value of a column is bound to. Allocated. */
char *pg_where(const char *table, size_t table_size, const char *column, size_t column_size,
               size_t *size);

struct pg_stmt {
    char *sql; /* as the query says it */
    uint64_t hash;
    struct pg_stmt *bucket;
    struct pg_stmt *older, *newer;
    uint8_t shape[PG_PARAMETERS_MAX];
    size_t args;
    struct pg_plan plan;
    struct pg_column *column;
    int columns;
    char name[40];
    int busy;                      /* streams that read its rows, and works that wait for it */
    struct pg_rows *rows;          /* of an INSERT: what is kept back; NULL: nothing was yet */
    struct pg_stmt *many[PG_MANY]; /* the same INSERT for 2, 4 … rows; NULL: not needed yet */
};

/* The answer to a statement that many works of a transaction ask. */
struct pg_known {
    struct pg_known *next;
    struct pg_stmt *s;
    PGresult *result; /* NULL: that it finds a row is taken for granted */
    size_t size;
    uint8_t key[]; /* its parameters */
};

/* A table that some statement reads, as the server describes it. */
struct pg_relation {
    struct pg_relation *next;
    Oid oid;
    char name[PG_NAME];
    int count;
    struct {
        char name[PG_NAME];
        bool sealed;
    } column[]; /* by number, from 1 */
};

/* Rows that come one by one, or lie in `kept` once another statement needed the connection. */
struct pg_stream {
    PGresult **kept;
    size_t count, at, room;
    bool ended, bad;
};

struct pg_conn {
    PGconn *handle;
    struct db *db;
    struct pg_pool *pool;
    struct pg_conn *next;
    int64_t born;
    int64_t uses;
    struct sealer *sealer;
    struct pg_stmt *bucket[PG_BUCKETS];
    struct pg_stmt *oldest, *newest;
    int statements;
    struct pg_relation *relations;
    struct pg_stream *stream;
    struct pg_known *known; /* in this transaction */
    struct pg_rows *rows;   /* those that are kept back in it */

    int flying; /* results that are to come; of a reading transaction's end too, for who is next */
    uint64_t flown;            /* all that ever were to come */
    bool sure[PG_FLYING_ROOM]; /* by their number: those that must be of one row */

    /* Of the transaction that runs. */
    const char *ahead[PG_AHEAD_MAX]; /* sent with the next statement */
    int ahead_count;
    int asked;             /* statements of a reading work */
    struct pg_stmt *first; /* while there is no other */
    bool lone;             /* that one may go without a transaction, if it is known to be all */
    bool loose;            /* it did */
    bool more;             /* and yet was not all */
    bool begun;            /* the server knows of it */
    bool swift;            /* nobody waits for a statement whose result nobody asks for */
    bool careful;          /* each statement has a savepoint of its own */
    bool failed; /* a statement failed, and with it the transaction, to the last savepoint */
    bool after;  /* a statement was asked for after that */
    bool dirty;  /* the work has sent something that would change rows */
    bool lost;   /* a conflict, or the connection is gone: all of it must be run again */
    bool waited; /* … after it has waited for a lock as long as it may: it is not */
    bool stale;  /* not to be used again: it has ended, or what it has prepared no longer fits */
    bool wrote;  /* something that a commit would keep */
    bool unsure; /* it broke while the commit of that was on its way */
};

/* Notes what the server said, as a problem without anybody's data; false. Sets the flags of the
   connection. */
bool pg_fail(struct pg_conn *conn, const PGresult *result, struct error *err);

/* Whether a SQLSTATE begins so: "53" is a class, "53100" one of it. */
bool pg_state_is(const char *sqlstate, const char *prefix);

/* Why a connection could not be made, for whoever runs the node; "" when it could. */
void pg_trouble_note(struct pg_store *pg, const char *said);

/* A connection of the database, logged in with its role; back to the pool. */
MUST_USE bool pg_conn_get(struct db *db, struct pg_conn **ret, struct error *err);
void pg_conn_put(struct pg_conn *conn);

/* The password of the database's role, from the organisation's key and the generation. */
enum { PG_PASSWORD = 65 };
void pg_password(const struct pg_db *pg, char ret[PG_PASSWORD]);

/* Whether the last commit that was tried here came to be, for a connection broke before it said so:
   waits until its transaction has ended. False when that cannot be learned by now. */
MUST_USE bool pg_kept(struct db *db, bool *kept);

/* Reads the generation anew; NOT_FOUND when the database has no login. */
MUST_USE bool pg_login_read(struct db *db, struct error *err);
/* Renews the password when that is due; tried again a day later where it fails. */
void pg_login_keep(struct db *db);
void pg_conns_close(struct db *db); /* the idle ones */

void pg_ahead(struct pg_conn *conn, const char *sql); /* a constant, or as long-lived as db */

/* Ends the transaction. pg_close takes it back and waits for nothing: whoever has the connection
   next reads the answer. */
bool pg_commit(struct pg_conn *conn, struct error *err);
void pg_close(struct pg_conn *conn);

/* Sending; what was sent is written to the server at pg_sync at the latest. */
bool pg_flown(struct pg_conn *conn, int sent); /* counts what libpq was given to send, if it was */
bool pg_command(struct pg_conn *conn, const char *sql);
bool pg_ahead_send(struct pg_conn *conn);
bool pg_sync(struct pg_conn *conn);

/* What was sent last must be of one row; else that is a failure. */
void pg_make_sure(struct pg_conn *conn);

/* Whether that is not known yet of something that was sent. */
bool pg_trusts(const struct pg_conn *conn);

/* Waits for all that was sent; false when some of it failed. */
bool pg_land(struct pg_conn *conn, struct error *err);

/* The next result. */
PGresult *pg_result(struct pg_conn *conn);

/* Reads results until `left` are to come. The first complaint is noted; false. */
bool pg_settle(struct pg_conn *conn, int left, struct error *err);

/* The same for all of them; then the functions of libpq that wait by themselves may be used. */
bool pg_quiet(struct pg_conn *conn, struct error *err);
bool pg_broken(struct pg_conn *conn, struct error *err);

/* The prepared statement of a query for these values; marked busy until pg_stmt_put. */
MUST_USE bool pg_stmt_get(struct pg_conn *conn, const char *sql, const struct value *args, size_t n,
                          struct pg_stmt **ret, struct error *err);
void pg_stmt_put(struct pg_conn *conn, struct pg_stmt *s);
void pg_stmts_free(struct pg_conn *conn);

/* Prepares one that pg_stmt_get does not know, and lets go of it. */
MUST_USE bool pg_stmt_prepare(struct pg_conn *conn, struct pg_stmt *s, struct error *err);
void pg_stmt_free(struct pg_stmt *s);

/* Runs it; all rows at once. NULL when it failed. */
PGresult *pg_stmt_run(struct tx *tx, struct pg_stmt *s, const struct value *args);

/* The same for one that works may ask again: `known` says that the result stays the connection's.
 */
PGresult *pg_stmt_run_again(struct tx *tx, struct pg_stmt *s, const struct value *args,
                            bool *known);

/* Sends one that is taken to be of one row; when it is not, all of the batch fails. */
MUST_USE bool pg_stmt_trust(struct tx *tx, struct pg_stmt *s, const struct value *args);

/* Whether the text of a statement has the name of the table in it. */
bool pg_names(const char *sql, const char *table);

/* Forgets what is known of statements that name the table; of all for NULL. */
void pg_known_forget(struct pg_conn *conn, const char *table);

/* Sends it with what goes ahead of it; how many results come from it on, or 0. */
int pg_stmt_fly(struct tx *tx, struct pg_stmt *s, const struct value *args);

/* Sends it, for whose result nobody asks. Its failure shows at what is waited for next.
 */
MUST_USE bool pg_stmt_send(struct tx *tx, struct pg_stmt *s, const struct value *args);

/* The same with parameters that are encoded; how many results come from it on, or 0. */
int pg_values_fly(struct pg_conn *conn, struct pg_stmt *s, const char *const *at, const int *size,
                  struct error *err);

/* Waits for what is under way when that has become much. */
MUST_USE bool pg_fly_on(struct pg_conn *conn, struct error *err);

/* The same as pg_stmt_send for an INSERT of one row, which may be kept back to go with others. */
MUST_USE bool pg_rows_add(struct tx *tx, struct pg_stmt *s, const struct value *args);

/* Sends what is kept back of tables that a statement names; all of it for NULL. */
MUST_USE bool pg_rows_send(struct pg_conn *conn, const struct pg_stmt *before, struct error *err);
void pg_rows_drop(struct pg_conn *conn);
void pg_rows_free(struct pg_rows *rows);

/* Runs it; rows are then taken with pg_stream_next (NULL at the end, or with the error noted), and
   pg_stream_end must be called. */
MUST_USE bool pg_stream_start(struct tx *tx, struct pg_stmt *s, const struct value *args,
                              struct pg_stream *stream);
PGresult *pg_stream_next(struct tx *tx, struct pg_stream *stream);
void pg_stream_end(struct tx *tx, struct pg_stream *stream);

/* Parameters for the server. */
struct pg_values {
    const char *at[PG_PARAMETERS_MAX];
    int size[PG_PARAMETERS_MAX];
    uint8_t room[PG_PARAMETERS_MAX][16];
};
MUST_USE bool pg_encode(struct tx *tx, const struct pg_plan *plan, const struct value *args,
                        struct pg_values *ret);

/* A row of a result as a record. */
MUST_USE bool pg_decode(struct tx *tx, const struct pg_stmt *s, const PGresult *result, int row,
                        struct arena *a, const struct field *fields, void *record);

/* Whether the statement with a text of that hash was all that a reading work asked, each time. */
bool pg_lone(struct db *db, uint64_t hash);
void pg_lone_learn(struct db *db, uint64_t hash, bool lone);

/* What a work asks that is run later (tx->ask): its statement, once there is an answer, and the
   answer, which is the caller's. pg_ask_refuse refuses what is not answered like this. */
struct pg_ask;
bool pg_ask_start(struct tx *tx, const char *sql, const struct value *args, size_t n,
                  struct pg_stmt **ret);
PGresult *pg_ask_take(struct pg_ask *ask);
bool pg_ask_refuse(struct tx *tx);
bool pg_later(struct work *w);
void pg_answer(struct db *db, struct work *batch);

bool pg_read(struct db *db, struct arena *a, db_work *work, void *with, struct error *err);
void pg_batch(struct db *db, struct work *batch);
bool pg_run(struct tx *tx, const struct query *q, const struct value *args, size_t n,
            int64_t *changed);
bool pg_row(struct tx *tx, const struct query *q, const struct value *args, size_t n,
            const struct field *fields, void *ret, bool *found);
bool pg_each(struct tx *tx, const struct query *q, const struct value *args, size_t n,
             const struct field *fields, size_t size, row_fn *each, void *with);
bool pg_rows(struct tx *tx, const struct query *q, const struct value *args, size_t n,
             const struct field *fields, size_t size, size_t max, struct list *ret);
bool pg_scanned(struct tx *tx, const char *sql, const struct value *args, size_t n,
                const char ***ret, size_t *count);
bool pg_raw(struct tx *tx, raw_fn *each, void *with);

#endif
