/* route.h: what an HTTP route is: one row from which dispatch, validation, access and the
   OpenAPI document all come. */
#ifndef VOW_ROUTE_H
#define VOW_ROUTE_H

#include "base/field.h"

struct ctx;
struct table;
struct permission; /* begins with `const char *name` */

enum method { GET, POST, PUT, PATCH, DELETE, METHOD_COUNT };

enum lane {
    /* LANE_READ and eager rules run on the I/O thread, or on a reader's where the store waits for a
       server; a read that takes long goes to a worker. */
    LANE_READ,     /* in a read snapshot of the organisation; may be run anew from its start */
    LANE_WRITE,    /* in the organisation's next write batch; answered after the commit */
    LANE_SLOW,     /* on a worker thread, without a transaction: opens its own */
    LANE_PASSWORD, /* on the pool for password hashing, without a transaction */
};

/* Who may call. A row that says nothing fails start-up. */
enum who {
    WHO_MISSING,
    WHO_CAN,    /* a signed-in person whose role has the permission `can` */
    WHO_MEMBER, /* anybody signed in */
    WHO_ANYONE, /* no session needed */
};

/* Where the fields of `in` come from: those named in the path from there; `.query` ones from the
   query string, and with GET or BODY_BYTES all others too; the rest from the JSON body. */
enum body {
    BODY_JSON,  /* an object */
    BODY_BYTES, /* raw bytes of type `takes`, put into the KIND_BLOB field named "body" */
};

/* The rule behind a route. `in` and `ret` are records of the route's `in` and `out` fields (NULL
   when it has none). Returns false after noting a problem in the ctx. */
typedef bool route_fn(struct ctx *c, const void *in, void *ret);

struct route {
    enum method method;
    const char *path; /* under /api/v1; "/clients/{id}": {id} fills the field "id" of `in` */
    route_fn *handle;
    const char *doc;    /* one sentence */
    const char *schema; /* name of the `out` record in the API document ("time_entry"); NULL: made
                           from the path; the first route that names a list of fields wins */
    enum who who;       /* WHO_CAN when `can` is set */
    const struct permission *can;
    const struct field *in;
    size_t in_size;
    const struct table *lists; /* `in` is what the list of this table takes, and the rule reads the
                                  page with list_read() */
    const struct field *out;
    size_t out_size;
    int ok;                    /* status of success; 0 is 200, or 204 without `out` */
    const enum problem *fails; /* problems of its own, ends with NO_PROBLEM */
    enum lane lane;            /* GET without a lane is LANE_READ, others must say */
    bool lane_given;           /* set by the LANE() macro */
    bool eager;                /* LANE_SLOW: tried where LANE_READ runs first; see ctx.hasty */
    enum body body;
    const char *takes; /* BODY_BYTES: media type */
    const char *gives; /* media type of the answer when it is not JSON */
    size_t body_max;   /* bytes; 0 is 1 MiB */
    bool unkept;       /* POST: the answer is for the eyes of who asks and is never kept: with an
                          Idempotency-Key, too, the rule runs each time */
    bool keyed;        /* POST, WHO_ANYONE: the rule honours the Idempotency-Key itself */
    bool stream;       /* may answer with server-sent events (Accept: text/event-stream) */
    bool list;         /* answers a page: {"items": [out …], "next": cursor} */
    bool patch;        /* body is a JSON merge patch (RFC 7396): null clears a field */
    bool versioned;    /* PATCH/DELETE need If-Match */
    void (*settle)(struct ctx *c); /* called before the rule is queued; NULL: nothing to do */
    bool (*admit)(struct ctx *c);  /* asked where the rule runs, before it: how often it may; false
                                      notes a problem. NULL: always */
    const void *with;              /* for handlers that serve many rows, such as a table's */
};

#define FAILS(...)              \
    (const enum problem[])      \
    {                           \
        __VA_ARGS__, NO_PROBLEM \
    }
#define INPUT(type, fields) .in = (fields), .in_size = sizeof(type)
#define OUTPUT(type, fields) .out = (fields), .out_size = sizeof(type)
#define LANE(l) .lane = (l), .lane_given = true

const char *method_name(enum method m);
const char *lane_name(enum lane l);
int route_status(const struct route *r);      /* of success */
bool route_repeatable(const struct route *r); /* honours Idempotency-Key */
const struct field *
route_version(const struct route *r);            /* of its answer, which is the ETag; NULL */
bool route_needs_version(const struct route *r); /* that of If-Match */

/* Checks the rows: every route has a doc, a `who`, a lane, fields for its path; no two clash.
   Our bug when not, so start-up fails with the first finding. */
MUST_USE bool routes_check(const struct route *const *routes, size_t count, struct error *err);

#endif
