/* input.c: a request's path, query and body into the record of its route. */
#include "json_read.h"
#include "router.h"
#include "value.h"

#include <string.h>
#include <strings.h>

/* Lists come as repeated parameters; each value makes the list one longer. */
static const char *list_append(struct exchange *x, const struct field *f, const char *text)
{
    struct list *list = field_in(f, x->in);
    struct field element = value_element(f);
    if (f->fields)
        return "cannot be given here";
    char *at = arena_array(&x->arena, list->count + 1, element.size);
    if (list->count)
        memcpy(at, list->at, list->count * element.size);
    const char *problem = value_parse(&x->arena, f->of, field_text(&x->arena, &element, text),
                                      at + list->count * element.size);
    if (problem)
        return problem;
    *list = (struct list){ at, list->count + 1 };
    return field_check(&element, at + (list->count - 1) * element.size, f->name, &x->err) ? NULL
                                                                                          : "";
}

static void plain_read(struct exchange *x, const struct field *f, const char *text)
{
    field_set bit = UINT64_C(1) << (f - x->route->in);
    const char *problem;
    if (!text)
        problem = "is not UTF-8 or badly escaped";
    else if (f->kind == KIND_LIST)
        problem = list_append(x, f, text);
    else if (x->given & bit)
        problem = "is given twice";
    else
        problem =
            value_parse(&x->arena, f->kind, field_text(&x->arena, f, text), field_in(f, x->in));
    x->given |= bit;
    if (problem && *problem)
        error_at(&x->err, f->name, "%s", problem);
    else if (!problem && !field_check(f, x->in, f->name, &x->err) && !x->err.problem)
        error_at(&x->err, f->name, "is not valid");
}

static void path_read(struct exchange *x)
{
    struct segment segments[SEGMENTS_MAX];
    int n = path_split(x->path, segments);
    for (int i = 0; i < n; i++)
        if (x->match->param[i])
            plain_read(x, x->match->param[i],
                       percent_decode(&x->arena, segments[i].at, segments[i].len, false));
}

/* Of a name that is not known, with the names that are. */
static bool unknown_note(struct exchange *x, const char *name)
{
    struct buffer known = buffer_new(&x->arena);
    field_set bit = 1;
    for (const struct field *f = x->route->in; f && f->name; f++, bit <<= 1)
        if (x->match->query & bit)
            buffer_printf(&known, "%s%s", known.len ? ", " : "; there are ", f->name);
    return error_at(&x->err, name && strlen(name) < 100 ? name : "", "is not a known parameter%s",
                    known.len ? known.at : "");
}

static void query_read(struct exchange *x)
{
    const char *p = strchr(x->path, '?');
    for (; p && *p; p = *p ? p : NULL) {
        size_t n = strcspn(++p, "&"), key = strcspn(p, "=&");
        if (n) {
            const char *name = percent_decode(&x->arena, p, key, true);
            const struct field *f = name ? field_find(x->route->in, name) : NULL;
            if (!f || !(x->match->query & UINT64_C(1) << (f - x->route->in)))
                unknown_note(x, name);
            else
                plain_read(
                    x, f,
                    percent_decode(&x->arena, p + key + (key < n), n - key - (key < n), true));
        }
        p += n;
    }
}

/* Whether a Content-Type is `want`, whatever its parameters. */
static bool is_type(const char *type, const char *want)
{
    size_t n = strlen(want);
    return type && !strncasecmp(type, want, n) && (!type[n] || strchr("; \t", type[n]));
}

static void json_body_read(struct exchange *x, const char *type, struct blob body)
{
    bool patch = x->route->patch;
    field_set given = 0;
    if (!body.len && !x->match->body)
        return;
    if (!body.len)
        error_set(&x->err, BAD_REQUEST, "The request needs a JSON body");
    else if (!is_type(type, "application/json") &&
             !(patch && is_type(type, "application/merge-patch+json")))
        error_set(&x->err, UNSUPPORTED_MEDIA, "The body must be of type application/json");
    else if (!json_read_some(&x->arena, body, x->route->in, x->match->body, x->in, patch, &given,
                             &x->err) &&
             !x->err.problem)
        error_set(&x->err, INVALID, NULL);
    x->given |= given;
}

static void bytes_read(struct exchange *x, const char *type, struct blob body)
{
    const struct field *f = x->match->bytes;
    if (!is_type(type, x->route->takes)) {
        error_set(&x->err, UNSUPPORTED_MEDIA, "The body must be of type %s", x->route->takes);
        return;
    }
    *(struct blob *)field_in(f, x->in) = (struct blob){ body.at ? body.at : "", body.len };
    x->given |= UINT64_C(1) << (f - x->route->in);
    if (!field_check(f, x->in, f->name, &x->err) && !x->err.problem)
        error_at(&x->err, f->name, "is not valid");
}

static void required_check(struct exchange *x)
{
    EACH_FIELD (f, x->route->in) {
        field_set bit = UINT64_C(1) << (f - x->route->in);
        if (x->match->query & bit && f->required && !(x->given & bit))
            error_at(&x->err, f->name, "is required");
    }
}

bool exchange_route(struct exchange *x, const struct router *router, enum method m,
                    const char *path)
{
    unsigned allow;
    x->path = path;
    x->match = router_find(router, m, path, &allow);
    if (x->match) {
        x->route = x->match->route;
        return true;
    }
    if (!allow)
        return error_set(&x->err, NOT_FOUND, NULL);
    x->allow = allow_text(&x->arena, allow);
    return error_set(&x->err, METHOD_NOT_ALLOWED, "It takes %s", x->allow);
}

void exchange_input(struct exchange *x, const char *type, struct blob body)
{
    const struct route *r = x->route;
    x->body = body;
    x->in = arena_alloc(&x->arena, r->in_size);
    x->out = arena_alloc(&x->arena, r->out_size);
    record_clear(r->in, x->in);
    path_read(x);
    query_read(x);
    if (x->match->bytes)
        bytes_read(x, type, body);
    else if (r->method != GET)
        json_body_read(x, type, body);
    required_check(x);
    if (route_needs_version(r) && !x->if_match)
        error_set(&x->err, VERSION_REQUIRED, NULL);
}
