/* route.c: the names of methods and lanes, and the checks of the route table at start-up. */
#include "router.h"

#include <string.h>

const char *method_name(enum method m)
{
    static const char *const names[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
    return m < METHOD_COUNT ? names[m] : "";
}

const char *lane_name(enum lane l)
{
    static const char *const names[] = { "read", "write", "slow", "password" };
    return names[l];
}

int route_status(const struct route *r)
{
    if (r->ok)
        return r->ok;
    return r->out || r->gives || r->list || r->stream ? 200 : 204;
}

bool route_repeatable(const struct route *r)
{
    return r->method == POST && (r->who != WHO_ANYONE || r->keyed) && !r->stream && !r->unkept;
}

const struct field *route_version(const struct route *r)
{
    const struct field *f = r->list ? NULL : field_find(r->out, "version");
    return f && f->kind == KIND_INT ? f : NULL;
}

bool route_needs_version(const struct route *r)
{
    return r->versioned && (r->method == PATCH || r->method == DELETE);
}

static bool check_path(const struct route *r, struct error *err)
{
    if (r->path[0] != '/' || text_ends(r->path, "/") || strpbrk(r->path, "?#% "))
        return error_set(err, INTERNAL, "%s %s: bad path", method_name(r->method), r->path);
    for (const char *p = strchr(r->path, '{'); p; p = strchr(p + 1, '{')) {
        char name[64] = "";
        size_t n = strcspn(p + 1, "}/");
        if (p[-1] != '/' || p[n + 1] != '}' || (p[n + 2] && p[n + 2] != '/') || n >= sizeof name)
            return error_set(err, INTERNAL, "%s %s: bad parameter", method_name(r->method),
                             r->path);
        memcpy(name, p + 1, n);
        if (!field_find(r->in, name))
            return error_set(err, INTERNAL, "%s %s: no field %s", method_name(r->method), r->path,
                             name);
    }
    return true;
}

static bool check_body(const struct route *r, struct error *err)
{
    const struct field *body = field_find(r->in, "body");
    if (r->body != BODY_BYTES)
        return true;
    if (!r->takes || !body || body->kind != KIND_BLOB)
        return error_set(err, INTERNAL, "%s %s: bytes need `takes` and a blob field `body`",
                         method_name(r->method), r->path);
    return true;
}

/* What is hidden from some is null to them. */
static bool check_hiding(const struct route *r, const struct field *fields, struct error *err)
{
    EACH_FIELD (f, fields)
        if (f->see && !field_hideable(f))
            return error_set(err, INTERNAL, "%s %s: %s is of a kind that cannot be absent",
                             method_name(r->method), r->path, f->name);
        else if (f->fields && !check_hiding(r, f->fields, err))
            return false;
    return true;
}

static bool check_route(const struct route *r, struct error *err)
{
    const char *name = method_name(r->method);
    if (!r->path || !r->handle || !r->doc)
        return error_set(err, INTERNAL, "%s %s: needs path, handler and doc", name,
                         r->path ? r->path : "?");
    if (r->who == WHO_MISSING && !r->can)
        return error_set(err, INTERNAL, "%s %s: does not say who may call it", name, r->path);
    if (r->who == WHO_CAN && !r->can)
        return error_set(err, INTERNAL, "%s %s: names no permission", name, r->path);
    if (r->who == WHO_ANYONE && r->lane_given && r->lane == LANE_WRITE)
        return error_set(err, INTERNAL, "%s %s: no organisation to write in", name, r->path);
    if (r->method != GET && !r->lane_given)
        return error_set(err, INTERNAL, "%s %s: does not say its lane", name, r->path);
    if (field_count(r->in) > FIELDS_MAX || field_count(r->out) > FIELDS_MAX)
        return error_set(err, INTERNAL, "%s %s: too many fields", name, r->path);
    if ((r->in && !r->in_size) || (r->out && !r->out_size))
        return error_set(err, INTERNAL, "%s %s: a record without its size", name, r->path);
    if (r->list && !r->out)
        return error_set(err, INTERNAL, "%s %s: a list of nothing", name, r->path);
    return check_path(r, err) && check_body(r, err) && check_hiding(r, r->out, err);
}

/* Whether two paths take the same requests: literals alike, parameters at the same places. */
static bool same_path(const char *a, const char *b)
{
    while (*a && *b) {
        if (*a == '{' && *b == '{') {
            a += strcspn(a, "/");
            b += strcspn(b, "/");
            continue;
        }
        if (*a++ != *b++)
            return false;
    }
    return !*a && !*b;
}

bool routes_check(const struct route *const *routes, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!check_route(routes[i], err))
            return false;
        for (size_t k = 0; k < i; k++)
            if (routes[i]->method == routes[k]->method &&
                same_path(routes[i]->path, routes[k]->path))
                return error_set(err, INTERNAL, "%s %s: declared twice",
                                 method_name(routes[i]->method), routes[i]->path);
    }
    return true;
}
