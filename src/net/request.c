/* request.c: the header lines of a request, in one pass, into the exchange. */
#include "connection.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { VALUE_MAX = 2048, KEY_MAX = 128 };

/* What has one value: of two, one reader takes the first and another the last. */
enum single {
    HOST,
    ORIGIN,
    IF_MATCH,
    CONTENT_TYPE,
    AUTHORIZATION,
    SEC_FETCH_SITE,
    IDEMPOTENCY_KEY
};

struct headers {
    struct connection *c;
    const char *host, *origin, *fetch_site;
    unsigned seen; /* bits of enum single */
    int lengths;
};

enum method method_parse(const char *name)
{
    if (!strcmp(name, "HEAD"))
        return GET;
    for (unsigned m = 0; m < METHOD_COUNT; m++)
        if (!strcmp(name, method_name((enum method)m)))
            return (enum method)m;
    return METHOD_COUNT;
}

/* Copies, since a stream may outlive the daemon's own memory of the request. */
static const char *keep(struct headers *h, const char *value, size_t max)
{
    size_t n = strnlen(value, max + 1);
    return n <= max && text_is_utf8(value, n) ? arena_text(&h->c->x.arena, value, n) : NULL;
}

/* Lines of a list are one list (RFC 9110, 5.3). */
static const char *list_keep(struct headers *h, const char *before, const char *value)
{
    return before ? keep(h, arena_printf(&h->c->x.arena, "%s, %s", before, value), VALUE_MAX)
                  : keep(h, value, VALUE_MAX);
}

static bool is_first(struct headers *h, enum single header, const char *name)
{
    bool first = !(h->seen & 1u << header);
    h->seen |= 1u << header;
    return first || error_set(&h->c->x.err, BAD_REQUEST, "There is more than one %s", name);
}

/* One strong entity tag. */
static void if_match_read(struct headers *h, const char *value)
{
    size_t n = strlen(value);
    if (n < 3 || value[0] != '"' || strchr(value + 1, '"') != value + n - 1 || n > KEY_MAX) {
        error_set(&h->c->x.err, BAD_REQUEST, "If-Match must be one strong entity tag");
        return;
    }
    h->c->x.if_match = arena_text(&h->c->x.arena, value + 1, n - 2);
}

static void key_read(struct headers *h, const char *value)
{
    size_t n = strlen(value);
    bool plain = n >= 1 && n <= KEY_MAX;
    for (size_t i = 0; plain && i < n; i++)
        plain = value[i] > ' ' && value[i] < 0x7F;
    if (!plain)
        error_set(&h->c->x.err, BAD_REQUEST,
                  "Idempotency-Key must be 1 to %d ASCII characters, and no space", KEY_MAX);
    else
        h->c->x.idempotency_key = arena_text(&h->c->x.arena, value, n);
}

static void length_read(struct headers *h, const char *value)
{
    size_t n = strspn(value, "0123456789");
    h->lengths++;
    h->c->length = n && !value[n] && n < 18 ? strtoll(value, NULL, 10) : INT64_MAX;
}

/* No coding but chunked, once: of others we could not say where the body ends. */
static void coding_read(struct headers *h, const char *value)
{
    if (h->c->chunked || strcasecmp(value, "chunked"))
        h->lengths++;
    h->c->chunked = true;
}

static void bearer_read(struct headers *h, const char *value)
{
    if (!strncasecmp(value, "Bearer ", 7))
        h->c->x.bearer = keep(h, value + 7, VALUE_MAX);
}

static void cookie_read(struct headers *h, const char *name, const char *value)
{
    if (!h->c->x.cookie && !strcmp(name, SESSION_COOKIE(h->c->server->tls)))
        h->c->x.cookie = keep(h, value, VALUE_MAX);
}

/* The last address is what the proxy saw; what stands before it the client may have written. */
static void forwarded_read(struct headers *h, const char *value)
{
    char name[INET6_ADDRSTRLEN];
    const char *comma = strrchr(value, ','), *last = comma ? comma + 1 : value;
    if (!h->c->server->config.proxied)
        return;
    last += strspn(last, " \t");
    peer_name_read(last, strcspn(last, " \t"), name);
    if (*name)
        h->c->x.address = arena_string(&h->c->x.arena, name);
}

/* What a blank before the colon makes of a header, two readers need not agree on (RFC 9112, 5.1).
 */
static void blank_refuse(struct headers *h)
{
    h->c->close = true;
    error_set(&h->c->x.err, BAD_REQUEST, "There is a blank between a header's name and its colon");
}

/* The length picks the few names that a header can be, so most cost no comparison. */
static void header_read(struct headers *h, const char *name, const char *value)
{
    struct connection *c = h->c;
    switch (strlen(name)) {
    case 4:
        if (!strcasecmp(name, "host") && is_first(h, HOST, "Host"))
            h->host = value;
        break;
    case 6:
        if (!strcasecmp(name, "accept"))
            c->x.accept = list_keep(h, c->x.accept, value);
        else if (!strcasecmp(name, "origin") && is_first(h, ORIGIN, "Origin"))
            h->origin = value;
        else if (!strcasecmp(name, "expect"))
            c->expects = true;
        break;
    case 8:
        if (!strcasecmp(name, "if-match") && is_first(h, IF_MATCH, "If-Match"))
            if_match_read(h, value);
        break;
    case 10:
        if (!strcasecmp(name, "user-agent"))
            c->x.agent = keep(h, value, VALUE_MAX);
        break;
    case 12:
        if (!strcasecmp(name, "content-type") && is_first(h, CONTENT_TYPE, "Content-Type"))
            c->type = keep(h, value, VALUE_MAX);
        break;
    case 13:
        if (!strcasecmp(name, "authorization") && is_first(h, AUTHORIZATION, "Authorization"))
            bearer_read(h, value);
        else if (!strcasecmp(name, "if-none-match"))
            c->none_match = list_keep(h, c->none_match, value);
        break;
    case 14:
        if (!strcasecmp(name, "content-length"))
            length_read(h, value);
        else if (!strcasecmp(name, "sec-fetch-site") &&
                 is_first(h, SEC_FETCH_SITE, "Sec-Fetch-Site"))
            h->fetch_site = value;
        break;
    case 15:
        if (!strcasecmp(name, "idempotency-key") && is_first(h, IDEMPOTENCY_KEY, "Idempotency-Key"))
            key_read(h, value);
        else if (!strcasecmp(name, "x-forwarded-for"))
            forwarded_read(h, value);
        else if (!strcasecmp(name, "accept-encoding"))
            c->encodings = list_keep(h, c->encodings, value);
        break;
    case 16:
        if (!strcasecmp(name, "content-encoding") && strcasecmp(value, "identity"))
            error_set(&c->x.err, UNSUPPORTED_MEDIA, "The body must come without Content-Encoding");
        break;
    case 17:
        if (!strcasecmp(name, "transfer-encoding"))
            coding_read(h, value);
        break;
    }
}

static enum MHD_Result each_header(void *with, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct headers *h = with;
    if (!name || !value)
        return MHD_YES;
    if (kind == MHD_COOKIE_KIND)
        cookie_read(h, name, value);
    else if (text_ends(name, " ") || text_ends(name, "\t"))
        blank_refuse(h);
    else
        header_read(h, name, value);
    return MHD_YES;
}

/* Behind a proxy that ends TLS we see plain HTTP, so there either scheme will do. */
static bool is_same_origin(const struct headers *h)
{
    if (h->fetch_site)
        return !strcasecmp(h->fetch_site, "same-origin") || !strcasecmp(h->fetch_site, "none");
    if (!h->origin || !h->host)
        return false;
    const char *host = text_starts(h->origin, "https://")                        ? h->origin + 8
                       : text_starts(h->origin, "http://") && !h->c->server->tls ? h->origin + 7
                                                                                 : NULL;
    return host && !strcasecmp(host, h->host);
}

bool request_headers(struct connection *c)
{
    struct headers h = { .c = c };
    struct error *err = &c->x.err;
    c->length = -1;
    c->x.address = c->peer->name;
    MHD_get_connection_values(c->mhd, (enum MHD_ValueKind)(MHD_HEADER_KIND | MHD_COOKIE_KIND),
                              each_header, &h);
    c->x.same_origin = is_same_origin(&h);
    /* Two ways to say how long the body is are how requests are smuggled past proxies. */
    if (h.lengths > 1 || (h.lengths && c->chunked) || (h.lengths && c->length == INT64_MAX)) {
        c->close = true;
        return error_set(err, BAD_REQUEST, "The length of the body is not clear");
    }
    return !err->problem;
}
