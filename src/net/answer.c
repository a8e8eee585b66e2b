/* answer.c: from a handled exchange to bytes and header lines. */
#include "base/json.h"
#include "connection.h"
#include "router.h"

#include <stdio.h>
#include <string.h>

/* API answers are data: nothing in them may run, whatever a browser takes them for. */
#define DATA_POLICY "default-src 'none'; frame-ancestors 'none'; sandbox"

void response_header(struct MHD_Response *r, const char *name, const char *value)
{
    if (value)
        MHD_add_response_header(r, name, value);
}

void response_common(struct connection *c, struct MHD_Response *r, const char *type)
{
    response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    response_header(r, "X-Content-Type-Options", "nosniff");
    response_header(r, "X-Request-Id", c->x.request_id);
    response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
    if (c->server->tls)
        response_header(r, "Strict-Transport-Security", "max-age=63072000; includeSubDomains");
    if (c->close)
        response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
}

void response_advice(struct connection *c, struct MHD_Response *r)
{
    const char *receipt = c->x.advisory;
    if (!receipt)
        return;
    response_header(r, "X-Vow-Advisory", "true");
    if (*receipt)
        response_header(r, "X-Vow-Receipt", receipt);
}

struct MHD_Response *response_new(struct connection *c, const void *at, size_t len,
                                  const char *type)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(
        len, len ? (void *)(uintptr_t)at : (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    if (!r)
        return NULL;
    response_common(c, r, type);
    watch_set(c, len);
    return r;
}

enum MHD_Result response_send(struct connection *c, unsigned status, struct MHD_Response *r)
{
    if (!r)
        return MHD_NO;
    enum MHD_Result sent = MHD_queue_response(c->mhd, status, r);
    MHD_destroy_response(r);
    return sent;
}

static void problem_write(struct exchange *x, struct buffer *out)
{
    const struct error *err = &x->err;
    const struct problem_info *info = problem_info(err->problem);
    size_t places = err->places < ERROR_PLACES ? err->places : ERROR_PLACES;
    buffer_printf(out, "{\"type\":\"/problems/%s\",\"title\":", info->slug);
    json_text(out, info->title);
    buffer_printf(out, ",\"status\":%d", info->status);
    if (err->detail[0]) {
        buffer_string(out, ",\"detail\":");
        json_text(out, err->detail);
    }
    buffer_printf(out, ",\"instance\":\"urn:uuid:%s\"", x->request_id);
    for (size_t i = 0; i < places; i++) {
        buffer_string(out, i ? ",{\"pointer\":" : ",\"errors\":[{\"pointer\":");
        json_text(out, err->place[i].pointer);
        buffer_string(out, ",\"problem\":");
        json_text(out, err->place[i].problem);
        buffer_char(out, '}');
    }
    buffer_string(out, places ? "]}" : "}");
}

static void page_write(struct exchange *x, struct buffer *out)
{
    const char *at = x->page.at;
    buffer_string(out, "{\"items\":[");
    for (size_t i = 0; i < x->page.count; i++) {
        if (i)
            buffer_char(out, ',');
        json_record(out, x->route->out, at + i * x->route->out_size);
    }
    buffer_string(out, "],\"next\":");
    json_text(out, x->next);
    buffer_char(out, '}');
}

/* The version of the record is its entity tag. */
static const char *version_tag(struct exchange *x)
{
    const struct field *f = route_version(x->route);
    if (x->etag || !f)
        return x->etag;
    return arena_printf(&x->arena, "%lld", (long long)*(const int64_t *)field_of(f, x->out));
}

/* A path without what stands in braces: the id of what was made at its end, before it what the
   request's own path has. NULL when what was made is not known. */
static const char *made_at(struct exchange *x, const char *path)
{
    const struct route *r = x->route;
    const struct field *own = field_find(r->out, "id");
    struct id made = x->made;
    char text[ID_TEXT];
    struct buffer b = buffer_new(&x->arena);
    if (!id_given(made) && own && own->kind == KIND_ID)
        made = *(const struct id *)field_of(own, x->out);
    buffer_string(&b, "/api/v1");
    for (const char *open; (open = strchr(path, '{')); path = strchr(open, '}') + 1) {
        size_t n = strcspn(open, "}") + 1;
        const struct field *f = field_find(r->in, arena_text(&x->arena, open + 1, n - 2));
        bool last = !open[n], kept = !last && f && f->kind == KIND_ID;
        struct id id = kept ? *(const struct id *)field_of(f, x->in) : made;
        if (!id_given(id) || (!last && !kept))
            return NULL;
        id_format(id, text);
        buffer_add(&b, path, (size_t)(open - path));
        buffer_string(&b, text);
    }
    buffer_string(&b, path);
    return b.at;
}

void exchange_reply(struct exchange *x, struct reply *ret)
{
    const struct route *route = x->route;
    struct buffer out;
    *ret = (struct reply){ 0 };
    if (x->err.problem) {
        out = buffer_new(&x->arena);
        problem_write(x, &out);
        ret->status = problem_info(x->err.problem)->status;
        ret->type = "application/problem+json";
        ret->body = (struct blob){ out.at, out.len };
        return;
    }
    ret->status = x->status ? x->status : route_status(route);
    if (ret->status == 201 && !x->location && x->match && x->match->place)
        x->location = made_at(x, x->match->place);
    if (x->bytes.at) {
        ret->type = x->type ? x->type : route->gives ? route->gives : "application/octet-stream";
        ret->etag = x->etag;
        ret->body = x->bytes;
        return;
    }
    if (ret->status == 204 || (!route->list && !route->out))
        return;
    out = buffer_new(&x->arena);
    if (route->list)
        page_write(x, &out);
    else
        json_record(&out, route->out, x->out);
    ret->type = "application/json";
    ret->etag = version_tag(x);
    ret->body = (struct blob){ out.at, out.len };
}

/* Signs that lead into another folder, or show the end of a name elsewhere than at its end. */
static bool misleads(uint32_t point)
{
    return point == '/' || point == '\\' || (point >= 0x202A && point <= 0x202E) ||
           (point >= 0x2066 && point <= 0x2069);
}

static void byte_escape(struct buffer *out, unsigned char byte)
{
    bool plain = (byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z') ||
                 byte == '.' || byte == '-' || byte == '_';
    buffer_printf(out, plain ? "%c" : "%%%02X", byte);
}

/* RFC 6266: a plain name for old readers, the true one percent-encoded. */
static void filename_add(struct exchange *x, struct MHD_Response *r)
{
    struct buffer out = buffer_new(&x->arena);
    buffer_string(&out, "attachment; filename=\"");
    for (const char *p = x->filename; *p; p++)
        buffer_char(&out, *p >= ' ' && *p < 0x7F && !strchr("\"\\/%", *p) ? *p : '_');
    buffer_string(&out, "\"; filename*=UTF-8''");
    for (const char *at = x->filename, *from = at; *at; from = at) {
        if (misleads(text_next(&at)))
            buffer_char(&out, '_');
        else
            for (; from < at; from++)
                byte_escape(&out, (unsigned char)*from);
    }
    response_header(r, MHD_HTTP_HEADER_CONTENT_DISPOSITION, out.at);
}

static void cookie_add(struct connection *c, struct MHD_Response *r)
{
    bool tls = c->server->tls, clear = !*c->x.set_cookie;
    const char *text = arena_printf(
        &c->x.arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s", SESSION_COOKIE(tls),
        c->x.set_cookie, clear ? 0LL : (long long)c->x.cookie_age_s, tls ? "; Secure" : "");
    response_header(r, MHD_HTTP_HEADER_SET_COOKIE, text);
}

static void rare_headers(struct connection *c, struct MHD_Response *r)
{
    struct exchange *x = &c->x;
    response_header(r, MHD_HTTP_HEADER_LOCATION, x->location);
    response_header(r, MHD_HTTP_HEADER_ALLOW, x->allow);
    if (x->set_cookie)
        cookie_add(c, r);
    if (x->filename)
        filename_add(x, r);
    response_advice(c, r);
    if (x->retry_after_s > 0)
        response_header(r, MHD_HTTP_HEADER_RETRY_AFTER,
                        arena_printf(&x->arena, "%lld", (long long)x->retry_after_s));
    if (x->err.problem && problem_info(x->err.problem)->status == 401)
        response_header(r, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
}

bool has_already(const struct connection *c, const char *tag, size_t n)
{
    const char *at = c->none_match;
    if (!at)
        return false;
    if (!strcmp(at, "*"))
        return true;
    for (;; at += strcspn(at, "\"") + 1) {
        at += strspn(at, " \t,");
        at += text_starts(at, "W/") ? 2 : 0; /* a weak one is as good here */
        if (*at++ != '"' || !strchr(at, '"'))
            return false;
        if (strcspn(at, "\"") == n && !memcmp(at, tag, n))
            return true;
    }
}

static bool is_unchanged(struct connection *c, const char *etag)
{
    return etag && c->x.route && c->x.route->method == GET && has_already(c, etag, strlen(etag));
}

enum MHD_Result answer_send(struct connection *c)
{
    struct reply reply;
    if (c->streaming)
        return response_send(c, MHD_HTTP_OK, stream_response(c));
    exchange_reply(&c->x, &reply);
    if (is_unchanged(c, reply.etag)) {
        reply.status = MHD_HTTP_NOT_MODIFIED;
        reply.body.len = 0;
    }
    struct MHD_Response *r = response_new(c, reply.body.at, reply.body.len, reply.type);
    if (!r)
        return MHD_NO;
    response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    response_header(r, "Content-Security-Policy", DATA_POLICY);
    if (reply.etag)
        response_header(r, MHD_HTTP_HEADER_ETAG, arena_printf(&c->x.arena, "\"%s\"", reply.etag));
    rare_headers(c, r);
    return response_send(c, (unsigned)reply.status, r);
}
