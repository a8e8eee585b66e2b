/* connection.h: net's own view of a connection: the exchange that it carries now, how far that is,
   and the daemon behind it. */
#ifndef VOW_CONNECTION_H
#define VOW_CONNECTION_H

#include "peer.h"
#include "router.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

struct web;
struct loop;

/* How much of the request has been seen; I/O thread only. */
enum stage {
    STAGE_HEADERS, /* nothing yet */
    STAGE_BODY,    /* the body is collected */
    STAGE_DRAIN,   /* the body is thrown away, then the problem is answered */
    STAGE_HANDLED, /* with the owner of `handle`, or being answered */
};

/* Who has the exchange; shared between threads. */
enum phase {
    PHASE_HANDLING,  /* the owner; the connection waits in its thread */
    PHASE_SUSPENDED, /* the owner; the connection is suspended */
    PHASE_READY,     /* its answer, or the beginning of a stream, may be sent */
};

enum { RING_SIZE = 65536 };

/* Events between the owner's thread and the connection's. Guarded by the connection's lock. */
struct stream {
    char *ring;
    size_t from, len;
    bool asleep;   /* the connection is suspended until there is something to send */
    bool finished; /* the owner has ended the exchange */
    bool gone;     /* the client */
};

/* The open connections, and who looks after their deadlines. */
struct watch {
    struct connection *first;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop;
    bool running, stopping;
};

struct connection {
    struct exchange x;
    struct server *server;
    struct MHD_Connection *mhd;
    struct loop *loop;                /* whose thread it has */
    struct connection *finished_next; /* the loop's */
    int socket;
    struct connection *next, *before; /* in the server's watch, guarded by its lock */
    _Atomic int64_t deadline_s;       /* 0: none */
    enum stage stage;
    _Atomic int phase;
    atomic_int holds; /* the daemon's, and the owner's of a stream; the last one frees */
    bool counted;     /* as busy, in the server */
    bool close;       /* after this answer */
    bool streaming;
    struct stream stream;
    pthread_mutex_t lock;
    pthread_cond_t moved; /* the stream has room, or is gone */

    bool expects;   /* the client waits for 100 Continue */
    bool elsewhere; /* a GET of an address that is not in the route table */
    bool chunked;
    int64_t length;        /* Content-Length; -1 when not given */
    const char *method;    /* as sent */
    const char *type;      /* Content-Type */
    const char *encodings; /* Accept-Encoding */
    const char *none_match;
    struct buffer body;
    size_t drained;
    size_t charged;         /* bytes of the body counted in the server and at the peer */
    struct instant started; /* when the request line had been read */

    struct peer *peer; /* the connection's, whatever is asked on it */
};

struct server {
    struct server_config config;
    struct arena arena;
    struct loop **loops;
    size_t loop_count;
    struct loop *_Atomic reader; /* who watches the source; changed under the lock */
    struct router *router;
    struct web *web;
    const char *openapi;
    size_t openapi_len;
    struct watch watch;
    struct peers *peers;
    size_t connections_max, connections_each, bodies_max; /* as configured, or else meant */
    bool tls;
    int timeout_s;
    atomic_bool stopping;
    atomic_int busy;      /* exchanges not yet sent whole */
    atomic_int handled;   /* exchanges that their owner has not ended */
    atomic_size_t bodies; /* bytes of large bodies being held */
    pthread_mutex_t lock;
    pthread_cond_t idle; /* one of the counters has reached 0 */
};

/* request.c: reads the header lines into the exchange; false notes why they can't be taken. */
MUST_USE bool request_headers(struct connection *c);
enum method method_parse(const char *name); /* METHOD_COUNT when unknown; HEAD is GET */

/* answer.c: sends what the exchange holds: answer, problem or the beginning of a stream. */
enum MHD_Result answer_send(struct connection *c);

/* Whether the client says in If-None-Match that it has what an entity tag, here without quotes,
   names: one of a list, strong or weak, or whatever there is (RFC 9110, 13.1.2). */
bool has_already(const struct connection *c, const char *tag, size_t n);

/* Marks what AI says. */
void response_advice(struct connection *c, struct MHD_Response *r);
/* The headers that every answer has. */
void response_common(struct connection *c, struct MHD_Response *r, const char *type);

/* A response of static or arena bytes with those headers. */
struct MHD_Response *response_new(struct connection *c, const void *at, size_t len,
                                  const char *type);
void response_header(struct MHD_Response *r, const char *name, const char *value);
enum MHD_Result response_send(struct connection *c, unsigned status, struct MHD_Response *r);

/* stream.c */
struct MHD_Response *stream_response(struct connection *c);
bool stream_abandon(struct connection *c); /* the client is gone; whether the owner still has it */

/* site.c: what is not in the route table: health, well-known addresses, the API document, the web
   app. False when the path is none of these. */
MUST_USE bool site_find(struct connection *c, enum MHD_Result *ret);

/* watch.c: a connection is watched from its beginning to its end. */
MUST_USE bool watch_start(struct server *s);
void watch_stop(struct server *s);
void watch_add(struct connection *c);
void watch_remove(struct connection *c);
void watch_set(struct connection *c, size_t bytes); /* so much may take its time from now */
void watch_clear(struct connection *c);

/* loop.c: the thread of a daemon, which it stops with itself. NULL when there can be none. */
struct loop *loop_new(struct server *s, struct MHD_Daemon *daemon);
void loop_quiesce(struct loop *l); /* once the server is stopping: takes no more connections */
void loop_stop(struct loop *l);
struct loop *loop_here(void);           /* the caller's, on an I/O thread */
void loop_resume(struct connection *c); /* a suspended one; from any thread */

/* server.c */
void connection_ready(struct connection *c);   /* lets the connection's thread go on */
void connection_end(struct connection *c);     /* the exchange is over */
void connection_release(struct connection *c); /* one hold less */

#endif
