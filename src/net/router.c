/* router.c: a tree of path segments; a literal is preferred to a parameter. */
#include "router.h"

#include <string.h>

#define PREFIX "/api/v1/"

struct node {
    const char *literal;
    size_t len;
    struct node *next;  /* sibling */
    struct node *child; /* first literal below */
    struct node *param; /* any segment below */
    const struct match *match[METHOD_COUNT];
};

struct router {
    struct node root;
};

int path_split(const char *path, struct segment ret[SEGMENTS_MAX])
{
    int n = 0;
    if (strncmp(path, PREFIX, sizeof PREFIX - 1))
        return -1;
    for (path += sizeof PREFIX - 2; *path == '/'; n++) {
        size_t len = strcspn(++path, "/?");
        if (n == SEGMENTS_MAX)
            return -1;
        ret[n] = (struct segment){ path, len };
        path += len;
    }
    return n;
}

static bool is_literal(const struct node *node, const struct segment *s)
{
    return node->len == s->len && !memcmp(node->literal, s->at, s->len);
}

static struct node *node_below(struct arena *a, struct node *node, const struct segment *s)
{
    if (s->at[0] == '{') {
        if (!node->param)
            node->param = arena_new(a, struct node);
        return node->param;
    }
    for (struct node *n = node->child; n; n = n->next)
        if (is_literal(n, s))
            return n;
    struct node *n = arena_new(a, struct node);
    n->literal = s->at;
    n->len = s->len;
    n->next = node->child;
    node->child = n;
    return n;
}

static const struct field *param_field(const struct route *r, const struct segment *s)
{
    EACH_FIELD (f, r->in)
        if (strlen(f->name) == s->len - 2 && !memcmp(f->name, s->at + 1, s->len - 2))
            return f;
    return NULL;
}

/* Where each field comes from; see enum body. */
static void match_fields(struct match *m)
{
    const struct route *r = m->route;
    field_set params = 0;
    for (int i = 0; i < SEGMENTS_MAX; i++)
        if (m->param[i])
            params |= UINT64_C(1) << (m->param[i] - r->in);
    EACH_FIELD (f, r->in) {
        field_set bit = UINT64_C(1) << (f - r->in);
        if (params & bit)
            continue;
        if (r->body == BODY_BYTES && !strcmp(f->name, "body"))
            m->bytes = f;
        else if (f->query || r->method == GET || r->body == BODY_BYTES)
            m->query |= bit;
        else
            m->body |= bit;
    }
}

static struct match *route_add(struct arena *a, struct router *router, const struct route *r)
{
    struct segment segments[SEGMENTS_MAX];
    struct node *node = &router->root;
    struct match *m = arena_new(a, struct match);
    int n = path_split(arena_printf(a, "/api/v1%s", r->path), segments);
    m->route = r;
    m->body_max = r->body_max ? r->body_max : 1 << 20;
    for (int i = 0; i < n; i++) {
        if (segments[i].at[0] == '{')
            m->param[i] = param_field(r, &segments[i]);
        node = node_below(a, node, &segments[i]);
    }
    match_fields(m);
    node->match[r->method] = m;
    return m;
}

/* Whether the path is one below the other: an item of it. */
static bool is_item(const char *path, const char *of)
{
    size_t n = strlen(of);
    return !strncmp(path, of, n) && path[n] == '/' && path[n + 1] == '{' &&
           !strchr(path + n + 1, '/');
}

/* Whether nothing but the record's own id has to be known. */
static bool is_known(const char *path)
{
    const char *param = strchr(path, '{');
    return !param || !strcmp(param, "{id}");
}

/* What is made at a path is an item of it, or the record that is answered is read elsewhere. */
static const char *place_of(const struct route *r, const struct route *const *routes, size_t count)
{
    const char *elsewhere = NULL;
    if (route_status(r) != 201)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct route *get = routes[i];
        if (get->method != GET || get->list)
            continue;
        if (is_item(get->path, r->path))
            return get->path;
        if (r->out && get->out == r->out && is_known(get->path))
            elsewhere = get->path;
    }
    return elsewhere;
}

/* Whether there is a change that asks for the version of what is at a path. */
static bool is_versioned(const char *path, const struct route *const *routes, size_t count)
{
    for (size_t i = 0; path && i < count; i++)
        if (route_needs_version(routes[i]) && !strcmp(routes[i]->path, path))
            return true;
    return false;
}

struct router *router_new(struct arena *a, const struct route *const *routes, size_t count)
{
    struct router *router = arena_new(a, struct router);
    for (size_t i = 0; i < count; i++) {
        const struct route *r = routes[i];
        struct match *m = route_add(a, router, r);
        m->place = place_of(r, routes, count);
        m->tagged = route_version(r) ||
                    (r->method == GET && is_versioned(r->path, routes, count)) ||
                    is_versioned(m->place, routes, count);
    }
    return router;
}

static const struct match *walk(const struct node *node, const struct segment *s, int left,
                                enum method m, unsigned *allow)
{
    if (!left) {
        for (unsigned i = 0; i < METHOD_COUNT; i++)
            if (node->match[i])
                *allow |= 1u << i;
        return m < METHOD_COUNT ? node->match[m] : NULL;
    }
    if (!s->len)
        return NULL;
    for (const struct node *n = node->child; n; n = n->next)
        if (is_literal(n, s)) {
            const struct match *found = walk(n, s + 1, left - 1, m, allow);
            if (found)
                return found;
            break;
        }
    return node->param ? walk(node->param, s + 1, left - 1, m, allow) : NULL;
}

const struct match *router_find(const struct router *r, enum method m, const char *path,
                                unsigned *allow)
{
    struct segment segments[SEGMENTS_MAX];
    int n = path_split(path, segments);
    *allow = 0;
    return n > 0 ? walk(&r->root, segments, n, m, allow) : NULL;
}

const char *allow_text(struct arena *a, unsigned allow)
{
    struct buffer out = buffer_new(a);
    for (unsigned i = 0; i < METHOD_COUNT; i++)
        if (allow & 1u << i)
            buffer_printf(&out, "%s%s%s", out.len ? ", " : "", method_name((enum method)i),
                          i == GET ? ", HEAD" : "");
    buffer_string(&out, out.len ? ", OPTIONS" : "OPTIONS");
    return out.at;
}
