/* server.h: HTTP in and out. Knows connections, limits, headers, routing, reading and writing of
   records; knows nothing of organisations, sessions or rules: those are behind `handle`. */
#ifndef VOW_SERVER_H
#define VOW_SERVER_H

#include "base/buffer.h"
#include "route.h"

/* Name of the session's cookie; the longer one is for a browser that only keeps it over TLS. */
#define SESSION_COOKIE(tls) ((tls) ? "__Host-vow" : "vow")

/* One request and its answer. Lives in its own arena, which is wiped when the answer has been sent
   or the client is gone. */
struct exchange {
    struct arena arena;
    const struct route *route; /* never NULL in `handle` */
    void *in;                  /* record of route->in, filled as far as it could be read */
    field_set given;           /* fields of `in` that the client gave (null counts as given) */
    struct error err;          /* what was wrong with the request; `handle` decides when to tell */

    char request_id[ID_TEXT];
    struct instant at;    /* when the request had been read */
    const char *cookie;   /* value of the session cookie, or NULL */
    const char *bearer;   /* Authorization: Bearer, or NULL */
    bool same_origin;     /* Sec-Fetch-Site or Origin says so */
    const char *if_match; /* the ETag without quotes, or NULL */
    const char *idempotency_key;
    const char *accept;  /* or NULL */
    const char *address; /* of the peer, textual */
    const char *agent;   /* User-Agent or NULL */
    const char *path;    /* as sent, with the query */
    struct blob body;    /* raw bytes of the body */

    void *out;              /* record of route->out, allocated before `handle` */
    struct list page;       /* route->list: the items (records of route->out) */
    const char *next;       /* route->list: cursor of the next page, or NULL */
    int status;             /* 0: route->ok */
    const char *etag;       /* without quotes, or NULL */
    const char *location;   /* or NULL; of what was made, it follows from the route table */
    struct id made;         /* 201: what was made, where no `out` says it as its id */
    const char *set_cookie; /* the session's token; "" removes it; NULL leaves it alone */
    int64_t cookie_age_s;
    struct blob bytes;     /* answers with these bytes of type `type` instead of `out` */
    const char *type;      /* content type of bytes */
    const char *filename;  /* Content-Disposition: attachment, or NULL */
    const char *advisory;  /* of an AI answer: sets X-Vow-Advisory and X-Vow-Receipt, the latter
                              unless  it is "": a stream begins before there is a receipt */
    int64_t retry_after_s; /* with RATE_LIMITED and UNAVAILABLE */

    void *owner;                        /* free for the owner of `handle` */
    void (*finish)(struct exchange *x); /* called by exchange_finish for an exchange that did not
                                           come from a connection */
    const char *allow;                  /* 404 and 405: the methods that the path takes, or NULL */
    const struct match *match;          /* net's own */
    struct connection *connection;      /* net's own; NULL when it did not come over HTTP */
};

struct server;

/* Something to read beside the connections: at most one I/O thread at a time watches it. */
struct server_source {
    int fd;                   /* 0: none */
    bool (*read)(void *with); /* takes what is there, without waiting; false: watch it no more */
    void *with;
};

struct server_config {
    int listen_fd;        /* bound and listening */
    const char *tls_cert; /* PEM text; NULL serves plain HTTP */
    const char *tls_key;
    int threads;         /* I/O threads; 0: one per core */
    const char *web_dir; /* folder of the built web app; NULL serves none */
    const struct route *const *routes;
    size_t route_count;
    /* Called on an I/O thread for every request that matches a route, when it has been read whole.
       Either sets the answer and returns true, or returns false and calls exchange_finish later,
       from any thread. `x->err` set means a problem document. */
    bool (*handle)(void *with, struct exchange *x);
    /* Called when the exchange is over, before its arena is wiped. May be NULL. */
    void (*ended)(void *with, struct exchange *x);
    /* Called by an I/O thread when it has handled all that had come. May be NULL. */
    void (*round)(void *with);
    bool (*ready)(void *with); /* for /readyz; NULL: always */
    void *with;
    struct server_source source;
    bool invited_only;   /* what the pages say of signing up */
    const char *contact; /* URI for /.well-known/security.txt; NULL serves none */
    bool proxied;        /* a proxy says in X-Forwarded-For whose the requests are */
    int timeout_s;       /* silence after which a connection is closed; 0: 30 */
    int connections_max; /* 0: 2048 */
    /* Of one address; 0: a quarter of them, and all where it is a proxy's, or may be: without TLS.
     */
    int connections_each;
    size_t bodies_max; /* bytes of large bodies held at the same time; 0: 256 MiB */
};

MUST_USE bool server_start(const struct server_config *config, struct server **ret,
                           struct error *err);
void server_stop(struct server *s); /* refuses new requests, lets running ones end, joins */

/* Has the calling thread watch the source from now on, instead of the one that did; false when it
   is no I/O thread of this server. */
MUST_USE bool server_source_here(struct server *s);

/* Sends the answer of an exchange whose `handle` returned false. */
void exchange_finish(struct exchange *x);

/* Server-sent events (route->stream), from a thread that may wait: begins the answer with status
   200; then events; then exchange_finish, in any case. exchange_event waits when the client reads
   slowly; false when the client is gone. */
MUST_USE bool exchange_stream(struct exchange *x);
MUST_USE bool exchange_event(struct exchange *x, const char *event, const char *data);

/* Whether the client is still there; for long work. */
bool exchange_alive(struct exchange *x);

/* The same reading and answering for requests that do not come over HTTP (calls within the
   program, tests): the same routing, limits and documents. */
struct router; /* router.h makes one */

/* Finds the route of a path (with or without query; under /api/v1). Notes NOT_FOUND or
   METHOD_NOT_ALLOWED and returns false when there is none. Sets x->path and x->route. */
MUST_USE bool exchange_route(struct exchange *x, const struct router *router, enum method m,
                             const char *path);

/* Then reads path, query and body (of media type `type`, NULL when there is none) into x->in and
   makes x->out; what is wrong is in x->err. */
void exchange_input(struct exchange *x, const char *type, struct blob body);

/* The answer of a handled exchange: everything but the headers, in its arena. */
struct reply {
    int status;
    const char *type; /* NULL without a body */
    const char *etag; /* without quotes, or NULL */
    struct blob body;
};
void exchange_reply(struct exchange *x, struct reply *ret);

#endif
