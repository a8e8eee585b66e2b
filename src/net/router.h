/* router.h: finding the row of the route table that a request is for. */
#ifndef VOW_ROUTER_H
#define VOW_ROUTER_H

#include "server.h"

enum { SEGMENTS_MAX = 12 };

/* A route and where the fields of its `in` come from, worked out once. */
struct match {
    const struct route *route;
    const struct field *param[SEGMENTS_MAX]; /* by segment of the path; NULL is a literal */
    field_set query, body;                   /* fields that come from there */
    const struct field *bytes;               /* BODY_BYTES: the field that takes the body */
    size_t body_max;
    const char *place; /* 201: the path at which what was made is read, from its row; or NULL */
    bool tagged;       /* the answer is a record of a version, which is its ETag */
};

/* A part of the path between slashes, as sent. */
struct segment {
    const char *at;
    size_t len;
};

/* Splits a path below /api/v1 at its slashes, up to `?`; -1 when it is elsewhere or too deep. */
int path_split(const char *path, struct segment ret[SEGMENTS_MAX]);

struct router *router_new(struct arena *a, const struct route *const *routes, size_t count);

/* NULL when there is none; then `allow` has a bit for each method that the path takes. */
const struct match *router_find(const struct router *r, enum method m, const char *path,
                                unsigned *allow);

/* The methods of a set for the Allow header. */
const char *allow_text(struct arena *a, unsigned allow);

#endif
