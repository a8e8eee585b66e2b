/* site.c: what is not in the route table: health, well-known addresses, the API document, and the
   web app with the policy that its pages run under. */
#include "connection.h"
#include "web.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { SECURITY_DAYS = 180 };

static bool is_path(const struct connection *c, const char *path)
{
    size_t n = strcspn(c->x.path, "?");
    return strlen(path) == n && !memcmp(c->x.path, path, n);
}

static enum MHD_Result plain_send(struct connection *c, unsigned status, const char *text,
                                  const char *type)
{
    struct MHD_Response *r = response_new(c, text, strlen(text), type);
    response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return response_send(c, status, r);
}

static enum MHD_Result ready_send(struct connection *c)
{
    const struct server_config *config = &c->server->config;
    bool ready =
        !atomic_load(&c->server->stopping) && (!config->ready || config->ready(config->with));
    return plain_send(c, ready ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
                      ready ? "ready\n" : "not ready\n", "text/plain; charset=utf-8");
}

/* RFC 9116: Expires is at most a year ahead, so it is made anew. */
static enum MHD_Result security_send(struct connection *c)
{
    char expires[INSTANT_TEXT];
    struct span days = { INT64_C(86400) * SECURITY_DAYS };
    instant_format(instant_plus(c->started, days), expires);
    const char *text =
        arena_printf(&c->x.arena, "Contact: %s\nExpires: %s\nPreferred-Languages: en\n",
                     c->server->config.contact, expires);
    return plain_send(c, MHD_HTTP_OK, text, "text/plain; charset=utf-8");
}

static enum MHD_Result password_send(struct connection *c)
{
    struct MHD_Response *r = response_new(c, NULL, 0, NULL);
    response_header(r, MHD_HTTP_HEADER_LOCATION, "/settings/password");
    return response_send(c, MHD_HTTP_FOUND, r);
}

static void nonce_make(char to[33])
{
    unsigned char random[16];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        abort();
    hex_format(random, sizeof random, to);
}

/* Only what we ship runs. The nonce is for the one style tag that the component library makes. */
static void page_headers(struct connection *c, struct MHD_Response *r, const char *nonce)
{
    response_header(
        r, "Content-Security-Policy",
        arena_printf(&c->x.arena,
                     "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; "
                     "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
                     "manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
                     "form-action 'self'; frame-ancestors 'none'",
                     nonce));
    response_header(r, "Referrer-Policy", "no-referrer");
    response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
    response_header(r, "X-Frame-Options", "DENY");
    response_header(r, "Permissions-Policy",
                    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
                    "browsing-topics=()");
}

/* Kept nowhere: going back to a page of before would say what was true before. */
static enum MHD_Result page_send(struct connection *c)
{
    bool is_stranger = !c->x.cookie || !*c->x.cookie;
    struct buffer page = buffer_new(&c->x.arena);
    char nonce[33];
    nonce_make(nonce);
    const struct web_said said[] = {
        { "__NONCE__", nonce },
        { "__SIGN_UP__", c->server->config.invited_only ? "closed" : "open" },
        { 0 },
    };
    web_page(c->server->web, c->x.path, is_stranger, said, &page);
    struct MHD_Response *r = response_new(c, page.at, page.len, "text/html; charset=utf-8");
    page_headers(c, r, nonce);
    response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return response_send(c, MHD_HTTP_OK, r);
}

/* Whether Accept-Encoding names the coding and doesn't refuse it with q=0. */
static bool accepts(const char *encodings, const char *coding)
{
    const char *hit = encodings ? strstr(encodings, coding) : NULL;
    if (!hit)
        return false;
    hit += strlen(coding);
    hit += strspn(hit, " \t");
    if (*hit != ';')
        return !*hit || *hit == ',';
    hit += 1 + strspn(hit + 1, " \t");
    return strncmp(hit, "q=0", 3) ||
           (hit[3] == '.' && strpbrk(hit, "123456789,") && *strpbrk(hit, "123456789,") != ',');
}

static enum MHD_Result file_send(struct connection *c, const struct web_file *f)
{
    struct blob bytes = f->plain;
    const char *coding = NULL;
    if (f->brotli.at && accepts(c->encodings, "br")) {
        bytes = f->brotli;
        coding = "br";
    } else if (f->gzip.at && accepts(c->encodings, "gzip")) {
        bytes = f->gzip;
        coding = "gzip";
    }
    bool unchanged = has_already(c, f->etag + 1, strlen(f->etag) - 2); /* without its quotes */
    struct MHD_Response *r =
        unchanged ? response_new(c, NULL, 0, NULL) : response_new(c, bytes.at, bytes.len, f->type);
    response_header(r, MHD_HTTP_HEADER_ETAG, f->etag);
    response_header(r, MHD_HTTP_HEADER_VARY, f->brotli.at || f->gzip.at ? "Accept-Encoding" : NULL);
    response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL,
                    f->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response_header(r, "Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
    if (!unchanged)
        response_header(r, MHD_HTTP_HEADER_CONTENT_ENCODING, coding);
    return response_send(c, unchanged ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, r);
}

/* An address without a file is a page of the app, unless it looks like a file's. A page is never
   sent as the file that it is: without its nonce and its policy it is none. */
static bool web_send(struct connection *c, enum MHD_Result *ret)
{
    const char *path = c->x.path;
    size_t len = strcspn(path, "?"), name = len;
    const struct web_file *f;
    if (!c->server->web)
        return false;
    f = web_find(c->server->web, path, len);
    bool is_page = f && text_ends(f->path, ".html");
    while (name && path[name - 1] != '/')
        name--;
    if (f && !is_page)
        *ret = file_send(c, f);
    else if (is_page || !memchr(path + name, '.', len - name))
        *ret = page_send(c);
    else
        return false;
    return true;
}

static bool document_send(struct connection *c, enum MHD_Result *ret)
{
    struct server *s = c->server;
    if (!is_path(c, "/api/v1/openapi.json"))
        return false;
    struct MHD_Response *r = response_new(c, s->openapi, s->openapi_len, "application/json");
    response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
    *ret = response_send(c, MHD_HTTP_OK, r);
    return true;
}

bool site_find(struct connection *c, enum MHD_Result *ret)
{
    if (text_starts(c->x.path, "/api/"))
        return document_send(c, ret);
    if (is_path(c, "/healthz"))
        *ret = plain_send(c, MHD_HTTP_OK, "ok\n", "text/plain; charset=utf-8");
    else if (is_path(c, "/readyz"))
        *ret = ready_send(c);
    else if (is_path(c, "/.well-known/gpc.json"))
        *ret = plain_send(c, MHD_HTTP_OK, "{\"gpc\":true,\"lastUpdate\":\"2026-01-01\"}\n",
                          "application/json");
    else if (is_path(c, "/.well-known/security.txt") && c->server->config.contact)
        *ret = security_send(c);
    else if (is_path(c, "/.well-known/change-password"))
        *ret = password_send(c);
    else if (text_starts(c->x.path, "/.well-known/"))
        return false;
    else
        return web_send(c, ret);
    return true;
}
