/* app.h: the running program: what lives as long as the process. */
#ifndef VOW_APP_H
#define VOW_APP_H

#include "feature.h"
#include "net/server.h"
#include "promise.h"

struct sessions;
struct limits;
struct workers;
struct runner;
struct node;
struct egress_client;
struct ai_state;
struct sandbox_report;
struct password_policy;
struct app_config;

/* The organisation that this process moves; see move.h. */
struct moving {
    struct id organisation; /* set before the others */
    _Atomic bool takes;     /* it may be opened, though it has not arrived */
    _Atomic bool paused;    /* its writes are refused */
};

struct app {
    struct store *store;
    struct db *control;
    const struct feature *const *features; /* ends with NULL */
    const struct route *const *routes;     /* of all features and tables */
    size_t route_count;
    const struct permission *const *permissions; /* of all features */
    size_t permission_count;
    const struct router *router;       /* for calls within the program */
    const struct table *const *tables; /* declared in C, control's included; ends with NULL */
    struct sessions *sessions;
    struct limits *limits;
    struct zones *zones; /* time zones, each read when first asked for */
    /* `readers` take, where reading waits for a server, each request that has to wait by itself
       (see db_read_later for the others), as an I/O thread must not; NULL where it does not. */
    struct workers *slow, *password, *readers;
    struct runner *runner;
    struct id run;       /* of the program; another one each time that it starts */
    struct node *node;   /* one of several on the store; NULL: it is alone */
    struct ai_state *ai; /* what AI keeps between requests; NULL: not started */
    struct arena arena;  /* for what is made at start-up */
    struct password_policy *passwords;
    const struct app_config *config;       /* NULL: only declared */
    const struct promise *const *promised; /* in the order of their clauses; ends with NULL */
    struct promise_book *promises;         /* last results, in the same order */
    const char *witness_provider; /* allowed as local while promises are checked; NULL: not now */
    struct moving moving;
    _Atomic bool stopping;
    _Atomic bool periodic;             /* periodic jobs are being run */
    _Atomic uint64_t settings_changes; /* counts commits that changed a switch; see ctx.settings */
};

struct app_config {
    const char *data_dir;
    const char *store_url;       /* of a PostgreSQL store; NULL: the databases are in data_dir */
    const uint16_t *store_ports; /* see store_config.ports; NULL: none */
    bool (*store_take)(void *with, int fd); /* see store_config.take */
    void *store_take_with;
    const struct feature *const *features;
    const struct promise *const *const *promises; /* lists that end with NULL; NULL: none */
    /* Runs checks of promises (id NULL: all). NULL: this process cannot. */
    bool (*prove)(struct app *app, const char *id, struct error *err);
    const uint8_t *master_key;                   /* 32 bytes */
    int writers, slow_threads, password_threads; /* 0: sensible for this machine */
    int open_max;                                /* databases kept open; 0: 200 */
    int bcrypt_cost;                             /* 0: calibrate to 12 or more; tests set it */
    struct egress_client *egress;                /* owned by the caller; NULL: none */
    const struct sandbox_report *sandbox;        /* what the kernel enforces on this process;
                                                    owned by the caller; NULL: unknown */
    const char *local_providers; /* endpoints on this machine or network that the operator allows
                                    as AI providers, separated by spaces; NULL: none */
    const char *listen;          /* "ADDRESS:PORT" that it is served at; NULL: none */
    bool tls;
    int64_t org_storage; /* bytes that an organisation may keep (storage.h); 0: no limit */
    bool invited_only;   /* strangers make no organisations over HTTP */
    void (*tell)(const char *sentence); /* what the operator should know, without content; NULL */
};

/* Checks all declarations, opens the store and control, starts the pools. */
MUST_USE bool app_start(const struct app_config *config, struct app **ret, struct error *err);
void app_stop(struct app *app);

/* Collects tables and routes of features and checks them, without opening anything: for `vow
   openapi` and tests. The app lives in its own arena; end it with app_stop. */
MUST_USE bool app_declare(const struct feature *const *features, struct app **ret,
                          struct error *err);

/* The table declared in C that has the name; NULL: none has. */
const struct table *app_table(const struct app *app, const char *name);

/* net's server_config.handle, .round and .ended; `with` is the app. */
bool app_handle(void *with, struct exchange *x);
void app_round(void *with);
void app_ended(void *with, struct exchange *x);

/* A ctx of the program itself (no actor, all permissions), for jobs, commands and checks. The
   arena and the error must outlive it. */
struct ctx app_ctx(struct app *app, struct arena *a, struct error *err, const char *name);

/* The sub-key of the master key for one purpose (see secret_key_derive); the caller wipes it. */
void app_sub_key(const struct app *app, const char *purpose, struct secret_key *ret);

/* Tells the operator one sentence, without content: ids, names of jobs and of problems. */
void app_tell(const struct app *app, const char *format, ...) PRINTF_LIKE(2, 3);

/* Calls a route as if it had come by HTTP, on this thread, and waits for the answer: the same
   session, access, validation and lanes. `json` is the body (NULL: none); `path` has the query.
   For `vow prove` and tests. The answer lives in the arena. */
struct call {
    enum method method;
    const char *path; /* with or without /api/v1 */
    const char *json;
    const char *session; /* token or NULL */
    int64_t if_version;  /* 0: none */
    struct blob body;    /* instead of json, of media type `type` */
    const char *type;
    struct span later;   /* the clock of this call is ahead by as much */
    const char *key;     /* Idempotency-Key or NULL */
    const char *address; /* where it seems to come from; NULL: 127.0.0.1 */
};
struct answer {
    int status;
    const char *body; /* JSON text or "" */
    size_t length;
    const char *type;
    const char *session; /* token of a new session, or NULL */
    const char *etag;
    const char *filename;
};
void app_call(struct app *app, struct arena *a, const struct call *call, struct answer *ret);

#endif
