/* openapi.c: the route table as an OpenAPI 3.1 document; sorted by path, so that it changes only
   where the table does. */
#include "openapi.h"

#include "openapi_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct document {
    struct arena *arena;
    struct outline o;
    struct schemas schemas;
};

static int by_path(const void *a, const void *b)
{
    const struct route *x = *(const struct route *const *)a, *y = *(const struct route *const *)b;
    int order = strcmp(x->path, y->path);
    return order ? order : (int)x->method - (int)y->method;
}

/* "/time/entries/{id}" gives "time_entries_id". */
static char *path_words(struct arena *a, const char *path, bool params)
{
    char *words = arena_alloc(a, strlen(path) + 1), *to = words;
    for (const char *p = path; *p;) {
        size_t n = strcspn(++p, "/");
        bool param = *p == '{';
        if (!param || params) {
            if (to != words)
                *to++ = '_';
            for (size_t i = param; i < n - param; i++)
                *to++ = p[i] == '-' || p[i] == '.' ? '_' : p[i];
        }
        p += n;
    }
    *to = 0;
    return words;
}

static const char *operation_id(struct arena *a, const struct route *r)
{
    const char *name = method_name(r->method);
    char lower[8] = "";
    for (size_t i = 0; name[i]; i++)
        lower[i] = (char)(name[i] | 32);
    return arena_printf(a, "%s_%s", lower, path_words(a, r->path, true));
}

/* What the records at a path are called, one of them: "time_entry". */
static const char *path_record(struct arena *a, const struct route *r)
{
    return singular(a, path_words(a, r->path, false));
}

static const char *out_name(struct document *d, const struct route *r)
{
    return schema_name(&d->schemas, r->out, ~(field_set)0, USE_OUT,
                       r->schema ? r->schema : path_record(d->arena, r));
}

static const char *body_name(struct document *d, const struct route *r, field_set body)
{
    static const char *const ends[] = { "query", "new", "set", "change", "delete" };
    return schema_name(&d->schemas, r->in, body, r->patch ? USE_CHANGE : USE_IN,
                       arena_printf(d->arena, "%s_%s", path_record(d->arena, r), ends[r->method]));
}

static void parameter_write(struct document *d, const struct field *f, const char *where,
                            bool required)
{
    struct outline *o = &d->o;
    outline_open(o, NULL, '{');
    outline_text(o, "name", f->name);
    outline_text(o, "in", where);
    if (required)
        outline_bool(o, "required", true);
    if (f->doc)
        outline_text(o, "description", f->doc);
    struct field value = *f;
    value.required = true; /* null cannot be written here */
    value.doc = NULL;
    outline_open(o, "schema", '{');
    schema_field(&d->schemas, o, &value, USE_IN, "parameter");
    outline_close(o, '}');
    outline_close(o, '}');
}

static void shared_parameter(struct document *d, const char *name)
{
    outline_open(&d->o, NULL, '{');
    outline_text(&d->o, "$ref", arena_printf(d->arena, "#/components/parameters/%s", name));
    outline_close(&d->o, '}');
}

static bool is_conditional(const struct match *m)
{
    return m->route->method == GET && m->tagged;
}

static void parameters_write(struct document *d, const struct match *m)
{
    const struct route *r = m->route;
    outline_open(&d->o, "parameters", '[');
    for (int i = 0; i < SEGMENTS_MAX; i++)
        if (m->param[i])
            parameter_write(d, m->param[i], "path", true);
    EACH_FIELD (f, r->in)
        if (m->query & UINT64_C(1) << (f - r->in))
            parameter_write(d, f, "query", f->required);
    if (route_needs_version(r))
        shared_parameter(d, "if_match");
    if (is_conditional(m))
        shared_parameter(d, "if_none_match");
    if (route_repeatable(r))
        shared_parameter(d, "idempotency_key");
    outline_close(&d->o, ']');
}

/* JSON that no schema describes is an object all the same. */
static void content_write(struct document *d, const char *type, const char *schema)
{
    struct outline *o = &d->o;
    bool object = !strcmp(type, "application/json");
    outline_open(o, type, '{');
    if (schema) {
        schema_ref(&d->schemas, o, "schema", schema);
    } else {
        outline_open(o, "schema", '{');
        outline_text(o, "type", object ? "object" : "string");
        if (object)
            outline_bool(o, "additionalProperties", true);
        else
            outline_text(o, "contentMediaType", type);
        outline_close(o, '}');
    }
    outline_close(o, '}');
}

static void body_write(struct document *d, const struct match *m)
{
    const struct route *r = m->route;
    struct outline *o = &d->o;
    if (!m->body && !m->bytes)
        return;
    outline_open(o, "requestBody", '{');
    outline_bool(o, "required", true);
    outline_int(o, "x-max-bytes", (int64_t)m->body_max);
    outline_open(o, "content", '{');
    if (m->bytes)
        content_write(d, r->takes, NULL);
    else
        content_write(d, "application/json", body_name(d, r, m->body));
    if (m->body && r->patch)
        content_write(d, "application/merge-patch+json", body_name(d, r, m->body));
    outline_close(o, '}');
    outline_close(o, '}');
}

static void page_write(struct document *d, const struct route *r)
{
    struct outline *o = &d->o;
    outline_open(o, "application/json", '{');
    outline_open(o, "schema", '{');
    outline_text(o, "type", "object");
    outline_open(o, "required", '[');
    outline_text(o, NULL, "items");
    outline_text(o, NULL, "next");
    outline_close(o, ']');
    outline_open(o, "properties", '{');
    outline_open(o, "items", '{');
    outline_text(o, "type", "array");
    schema_ref(&d->schemas, o, "items", out_name(d, r));
    outline_close(o, '}');
    outline_open(o, "next", '{');
    outline_text(o, "description", "Cursor of the next page; null on the last");
    outline_open(o, "type", '[');
    outline_text(o, NULL, "string");
    outline_text(o, NULL, "null");
    outline_close(o, ']');
    outline_close(o, '}');
    outline_close(o, '}');
    outline_close(o, '}');
    outline_close(o, '}');
}

static void header_ref(struct outline *o, const char *header, const char *name)
{
    outline_open(o, header, '{');
    outline_text(o, "$ref", name);
    outline_close(o, '}');
}

static void success_write(struct document *d, const struct match *m)
{
    const struct route *r = m->route;
    struct outline *o = &d->o;
    char status[12];
    snprintf(status, sizeof status, "%d", route_status(r));
    outline_open(o, status, '{');
    outline_text(o, "description", r->doc);
    if (m->tagged || m->place) {
        outline_open(o, "headers", '{');
        if (m->tagged)
            header_ref(o, "ETag", "#/components/headers/etag");
        if (m->place)
            header_ref(o, "Location", "#/components/headers/location");
        outline_close(o, '}');
    }
    if (r->list || r->out || r->gives || r->stream) {
        outline_open(o, "content", '{');
        if (r->list)
            page_write(d, r);
        else if (r->out)
            content_write(d, "application/json", out_name(d, r));
        if (r->gives)
            content_write(d, r->gives, NULL);
        if (r->stream)
            content_write(d, "text/event-stream", NULL);
        outline_close(o, '}');
    }
    outline_close(o, '}');
}

/* The route's own problems and those that the edge adds to every route of its kind. */
static void problems_of(const struct match *m, bool ret[PROBLEM_COUNT])
{
    const struct route *r = m->route;
    bool can = r->who == WHO_CAN || r->can, changes = r->method != GET;
    for (const enum problem *p = r->fails; p && *p; p++)
        ret[*p] = true;
    ret[BAD_REQUEST] = ret[RATE_LIMITED] = ret[HEADERS_TOO_LARGE] = true;
    ret[INTERNAL] = ret[UNAVAILABLE] = true;
    ret[INVALID] = true; /* an unknown parameter, if nothing else */
    ret[UNAUTHENTICATED] |= r->who != WHO_ANYONE;
    ret[FORBIDDEN] |= can;
    ret[CROSS_SITE] |= changes;
    ret[NOT_FOUND] |= strchr(r->path, '{') != NULL;
    ret[TOO_LARGE] |= m->body || m->bytes;
    ret[UNSUPPORTED_MEDIA] |= m->body || m->bytes;
    ret[VERSION_REQUIRED] |= route_needs_version(r);
    ret[VERSION_MISMATCH] |= route_needs_version(r);
    ret[IDEMPOTENCY_MISMATCH] |= route_repeatable(r);
    ret[CONFLICT] |= (changes && r->lane == LANE_WRITE) || route_repeatable(r);
    ret[STORAGE_FULL] |= changes;
    ret[STORAGE_USED_UP] |= changes && r->method != DELETE;
}

static void status_write(struct document *d, const bool problems[PROBLEM_COUNT], int status)
{
    struct outline *o = &d->o;
    char key[12];
    struct buffer titles = buffer_new(d->arena);
    for (int p = 1; p < PROBLEM_COUNT; p++)
        if (problems[p] && problem_info((enum problem)p)->status == status)
            buffer_printf(&titles, "%s%s", titles.len ? "; " : "",
                          problem_info((enum problem)p)->title);
    if (!titles.len)
        return;
    snprintf(key, sizeof key, "%d", status);
    outline_open(o, key, '{');
    outline_text(o, "description", titles.at);
    outline_open(o, "content", '{');
    content_write(d, "application/problem+json", "problem");
    outline_close(o, '}');
    outline_open(o, "x-problems", '[');
    for (int p = 1; p < PROBLEM_COUNT; p++)
        if (problems[p] && problem_info((enum problem)p)->status == status)
            outline_text(o, NULL, problem_info((enum problem)p)->slug);
    outline_close(o, ']');
    outline_close(o, '}');
}

static void responses_write(struct document *d, const struct match *m)
{
    bool problems[PROBLEM_COUNT] = { 0 };
    problems_of(m, problems);
    outline_open(&d->o, "responses", '{');
    success_write(d, m);
    if (is_conditional(m)) {
        outline_open(&d->o, "304", '{');
        outline_text(&d->o, "description", "The client has this version already");
        outline_close(&d->o, '}');
    }
    for (int status = 400; status < 600; status++)
        status_write(d, problems, status);
    outline_close(&d->o, '}');
}

static void operation_write(struct document *d, const struct match *m)
{
    const struct route *r = m->route;
    struct outline *o = &d->o;
    char method[8] = "";
    for (size_t i = 0; method_name(r->method)[i]; i++)
        method[i] = (char)(method_name(r->method)[i] | 32);
    outline_open(o, method, '{');
    outline_text(o, "operationId", operation_id(d->arena, r));
    outline_text(o, "summary", r->doc);
    outline_open(o, "tags", '[');
    outline_text(o, NULL, arena_text(d->arena, r->path + 1, strcspn(r->path + 1, "/")));
    outline_close(o, ']');
    if (r->can)
        outline_text(o, "x-permission", permission_name(r->can));
    outline_text(o, "x-lane", lane_name(r->lane));
    if (r->who == WHO_ANYONE) {
        outline_open(o, "security", '[');
        outline_close(o, ']');
    }
    parameters_write(d, m);
    body_write(d, m);
    responses_write(d, m);
    outline_close(o, '}');
}

static void paths_write(struct document *d, const struct route **routes, size_t count)
{
    struct router *router = router_new(d->arena, routes, count);
    unsigned allow;
    outline_open(&d->o, "paths", '{');
    for (size_t i = 0; i < count; i++) {
        const struct route *r = routes[i];
        if (!i || strcmp(r->path, routes[i - 1]->path))
            outline_open(&d->o, r->path, '{');
        operation_write(d, router_find(router, r->method,
                                       arena_printf(d->arena, "/api/v1%s", r->path), &allow));
        if (i + 1 == count || strcmp(r->path, routes[i + 1]->path))
            outline_close(&d->o, '}');
    }
    outline_close(&d->o, '}');
}

static void text_member(struct outline *o, const char *name, const char *doc)
{
    outline_open(o, name, '{');
    outline_text(o, "type", "string");
    if (doc)
        outline_text(o, "description", doc);
    outline_close(o, '}');
}

static void problem_type_write(struct document *d)
{
    struct outline *o = &d->o;
    outline_open(o, "type", '{');
    outline_text(o, "type", "string");
    outline_open(o, "enum", '[');
    for (int p = 1; p < PROBLEM_COUNT; p++)
        outline_text(o, NULL,
                     arena_printf(d->arena, "/problems/%s", problem_info((enum problem)p)->slug));
    outline_close(o, ']');
    outline_close(o, '}');
}

static void problem_schema_write(struct document *d)
{
    struct outline *o = &d->o;
    outline_open(o, "problem", '{');
    outline_text(o, "type", "object");
    outline_text(o, "description", "What went wrong (RFC 9457)");
    outline_open(o, "required", '[');
    outline_text(o, NULL, "type");
    outline_text(o, NULL, "title");
    outline_text(o, NULL, "status");
    outline_text(o, NULL, "instance");
    outline_close(o, ']');
    outline_open(o, "properties", '{');
    problem_type_write(d);
    text_member(o, "title", NULL);
    outline_open(o, "status", '{');
    outline_text(o, "type", "integer");
    outline_close(o, '}');
    text_member(o, "detail", "What exactly; never holds personal data");
    text_member(o, "instance", "The request, as in X-Request-Id");
    outline_open(o, "errors", '{');
    outline_text(o, "type", "array");
    outline_open(o, "items", '{');
    outline_text(o, "type", "object");
    outline_open(o, "required", '[');
    outline_text(o, NULL, "pointer");
    outline_text(o, NULL, "problem");
    outline_close(o, ']');
    outline_open(o, "properties", '{');
    text_member(o, "pointer", "JSON pointer into the body, or the name of a parameter");
    text_member(o, "problem", "What is wrong there");
    outline_close(o, '}');
    outline_close(o, '}');
    outline_close(o, '}');
    outline_close(o, '}');
    outline_close(o, '}');
}

static void header_parameter(struct outline *o, const char *key, const char *name, bool required,
                             const char *doc)
{
    outline_open(o, key, '{');
    outline_text(o, "name", name);
    outline_text(o, "in", "header");
    outline_bool(o, "required", required);
    outline_text(o, "description", doc);
    outline_open(o, "schema", '{');
    outline_text(o, "type", "string");
    outline_int(o, "maxLength", 128);
    outline_close(o, '}');
    outline_close(o, '}');
}

static void header_write(struct outline *o, const char *key, const char *doc)
{
    outline_open(o, key, '{');
    outline_text(o, "description", doc);
    outline_open(o, "schema", '{');
    outline_text(o, "type", "string");
    outline_close(o, '}');
    outline_close(o, '}');
}

static void security_write(struct outline *o)
{
    outline_open(o, "securitySchemes", '{');
    outline_open(o, "session", '{');
    outline_text(o, "type", "apiKey");
    outline_text(o, "in", "cookie");
    outline_text(o, "name", SESSION_COOKIE(true));
    outline_text(o, "description",
                 "Set by signing in; a change also needs an Origin header with this server's own "
                 "address, as browsers send");
    outline_close(o, '}');
    outline_open(o, "token", '{');
    outline_text(o, "type", "http");
    outline_text(o, "scheme", "bearer");
    outline_text(o, "description",
                 "For programs: the value of the cookie that signing in sets, which is valid for "
                 "30 days or until its session is ended. Needs no Origin");
    outline_close(o, '}');
    outline_close(o, '}');
}

static void components_write(struct document *d)
{
    struct outline *o = &d->o;
    outline_open(o, "components", '{');
    outline_open(o, "schemas", '{');
    problem_schema_write(d);
    schemas_write(&d->schemas, o);
    outline_close(o, '}');
    outline_open(o, "parameters", '{');
    header_parameter(o, "if_match", "If-Match", true, "The ETag of the version to be changed");
    header_parameter(o, "if_none_match", "If-None-Match", false,
                     "The ETag of the version that the client has: 304 when it is the last");
    header_parameter(o, "idempotency_key", "Idempotency-Key", false,
                     "The same key within 24 hours gets the first answer again");
    outline_close(o, '}');
    outline_open(o, "headers", '{');
    header_write(o, "etag", "Version of the record, for If-Match");
    header_write(o, "location", "Path at which what was made is read");
    outline_close(o, '}');
    security_write(o);
    outline_close(o, '}');
}

static void info_write(struct outline *o)
{
    outline_text(o, "openapi", "3.1.0");
    outline_open(o, "info", '{');
    outline_text(o, "title", "vow");
    outline_text(o, "version", "1");
    outline_open(o, "license", '{');
    outline_text(o, "name", "Apache-2.0");
    outline_text(o, "identifier", "Apache-2.0");
    outline_close(o, '}');
    outline_close(o, '}');
    outline_open(o, "servers", '[');
    outline_open(o, NULL, '{');
    outline_text(o, "url", "/api/v1");
    outline_close(o, '}');
    outline_close(o, ']');
    outline_open(o, "security", '[');
    outline_open(o, NULL, '{');
    outline_open(o, "session", '[');
    outline_close(o, ']');
    outline_close(o, '}');
    outline_open(o, NULL, '{');
    outline_open(o, "token", '[');
    outline_close(o, ']');
    outline_close(o, '}');
    outline_close(o, ']');
}

static void problems_write(struct outline *o)
{
    outline_open(o, "x-problems", '{');
    for (int p = 1; p < PROBLEM_COUNT; p++) {
        const struct problem_info *info = problem_info((enum problem)p);
        outline_open(o, info->slug, '{');
        outline_int(o, "status", info->status);
        outline_text(o, "title", info->title);
        outline_close(o, '}');
    }
    outline_close(o, '}');
}

const char *openapi_document(struct arena *a, const struct route *const *routes, size_t count)
{
    struct document d = { .arena = a, .o = { .out = buffer_new(a) }, .schemas = { .arena = a } };
    const struct route **sorted = arena_many(a, count, const struct route *);
    for (size_t i = 0; i < count; i++)
        sorted[i] = routes[i];
    /* They are pointers that are sorted. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    qsort(sorted, count, sizeof *sorted, by_path);
    for (size_t i = 0; i < count; i++)
        if (sorted[i]->schema && sorted[i]->out)
            out_name(&d, sorted[i]);
    outline_open(&d.o, NULL, '{');
    info_write(&d.o);
    paths_write(&d, sorted, count);
    components_write(&d);
    problems_write(&d.o);
    outline_close(&d.o, '}');
    buffer_char(&d.o.out, '\n');
    return d.o.out.at;
}
