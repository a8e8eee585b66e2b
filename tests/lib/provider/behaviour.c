/* behaviour.c: the ways in which the stand-in answers, good and bad. */
#include "connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char good_text[] = "Gr\xc3\xbc\xc3\x9f"
                                "e: steady week, 38 hours \xf0\x9f\x93\x88.";

/* A typed answer as raw JSON text: the first of the choices that the request's schema lists, or 7.
 */
static const char *typed_of(const struct request *r, size_t *n)
{
    static const char key[] = "\"enum\":[\"";
    static char text[400];
    const char *at = memmem(r->body, r->len, key, sizeof key - 1);
    const char *choice = at ? at + sizeof key - 1 : NULL;
    if (choice)
        snprintf(text, sizeof text, "{\\\"value\\\":\\\"%.*s\\\"}", (int)strcspn(choice, "\""),
                 choice);
    else
        strcpy(text, "{\\\"value\\\":7}");
    *n = strlen(text);
    return text;
}

static bool model_prohibited(const struct request *r)
{
    static const char model[] = "\"model\":\"prohibited\"";
    return memmem(r->body, r->len, model, sizeof model - 1);
}

/* The raw JSON text of the last message's content, or of our own sentence; the model "prohibited"
   says what nobody may be shown. */
static const char *content_of(const struct request *r, size_t *n)
{
    static const char decision[] = "Anna should be dismissed and the salary of the others cut.";
    if (!strcmp(r->behaviour, "typed"))
        return typed_of(r, n);
    if (model_prohibited(r)) {
        *n = sizeof decision - 1;
        return decision;
    }
    static const char key[] = "\"content\":\"";
    const char *from = NULL;
    for (const char *at = r->body, *end = r->body + r->len;
         (at = memmem(at, (size_t)(end - at), key, sizeof key - 1)); at += sizeof key - 1)
        from = at + sizeof key - 1;
    *n = sizeof good_text - 1;
    if (!from || strcmp(r->behaviour, "echo") != 0)
        return good_text;
    const char *stop = from;
    while (stop < r->body + r->len && *stop != '"')
        stop += *stop == '\\' ? 2 : 1;
    *n = (size_t)(stop - from);
    return from;
}

/* A piece of JSON string text of about three bytes that cuts no escape and no code point. */
static size_t piece_of(const char *at, size_t n)
{
    size_t len = 0;
    while (len < n && len < 3) {
        size_t step = at[len] != '\\' ? 1 : at[len + 1] == 'u' ? 6 : 2;
        len += step;
        while (len < n && ((unsigned char)at[len] & 0xC0) == 0x80)
            len++;
    }
    return len < n ? len : n;
}

static void chunk(struct connection *c, const char *text, size_t n)
{
    bytes_format(&c->out, "%zx\r\n", n);
    bytes_add(&c->out, text, n);
    bytes_text(&c->out, "\r\n");
}

static void event(struct connection *c, const char *json, const char *line)
{
    struct bytes e = { 0 };
    bytes_format(&e, "data: %s%s%s", json, line, line);
    chunk(c, e.at, e.len);
    free(e.at);
}

static void stream_head(struct connection *c)
{
    bytes_text(&c->out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n");
}

static void delta(struct connection *c, const char *key, const char *text, size_t n,
                  const char *line)
{
    struct bytes e = { 0 };
    bytes_format(&e,
                 "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\","
                 "\"choices\":[{\"index\":0,\"delta\":{\"%s\":\"%.*s\"},\"finish_reason\":null}]}",
                 key, (int)n, text);
    event(c, e.at, line);
    free(e.at);
}

static void finish(struct connection *c, const char *why, const char *line)
{
    char json[160];
    snprintf(json, sizeof json,
             "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]}",
             why);
    event(c, json, line);
}

static void usage(struct connection *c, size_t in, size_t out, const char *line)
{
    char json[160];
    snprintf(json, sizeof json,
             "{\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":%zu,"
             "\"completion_tokens\":%zu}}",
             in, out);
    event(c, json, line);
}

/* A stream whose text goes by `key` and which ends for the reason `why`. */
static void stream_with(struct connection *c, const struct request *r, const char *key,
                        const char *why, const char *line)
{
    size_t n, pieces = 0;
    const char *text = content_of(r, &n);
    stream_head(c);
    for (size_t at = 0; at < n; pieces++) {
        size_t piece = piece_of(text + at, n - at);
        delta(c, key, text + at, piece, line);
        at += piece;
    }
    finish(c, why, line);
    usage(c, r->len / 4, pieces, line);
    event(c, "[DONE]", line);
    chunk(c, "", 0);
}

static void whole_with(struct connection *c, const struct request *r, const char *key,
                       const char *why)
{
    size_t n;
    struct bytes b = { 0 };
    const char *text = content_of(r, &n);
    bytes_format(&b,
                 "{\"id\":\"c1\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{"
                 "\"index\":0,\"message\":{\"role\":\"assistant\",\"%s\":\"",
                 key);
    bytes_add(&b, text, n);
    bytes_format(&b,
                 "\"},\"finish_reason\":\"%s\"}],\"usage\":{\"prompt_tokens\":%zu,"
                 "\"completion_tokens\":%zu,\"total_tokens\":%zu}}",
                 why, r->len / 4, n / 4, r->len / 4 + n / 4);
    answer_whole(c, 200, "application/json", "", b.at, b.len);
    free(b.at);
}

static void answer_with(struct connection *c, const struct request *r, const char *key,
                        const char *why)
{
    if (r->stream)
        stream_with(c, r, key, why, "\n");
    else
        whole_with(c, r, key, why);
}

static void good(struct connection *c, const struct request *r)
{
    answer_with(c, r, "content", "stop");
}

static void refusal(struct connection *c, const struct request *r)
{
    answer_with(c, r, "refusal", "stop");
}

static void length(struct connection *c, const struct request *r)
{
    answer_with(c, r, "content", "length");
}

static void filtered(struct connection *c, const struct request *r)
{
    answer_with(c, r, "content", "content_filter");
}

static void crlf(struct connection *c, const struct request *r)
{
    stream_with(c, r, "content", "stop", "\r\n");
}

static void bytewise(struct connection *c, const struct request *r)
{
    good(c, r);
    c->piece = 1;
}

/* Every piece after 20 ms. */
static void slow(struct connection *c, const struct request *r)
{
    good(c, r);
    c->piece = 96;
    c->pause_ms = 20;
}

static void silent(struct connection *c, const struct request *r)
{
    (void)c;
    (void)r;
}

/* Begins well, then nothing more. */
static void stall(struct connection *c, const struct request *r)
{
    (void)r;
    stream_head(c);
    delta(c, "content", "so far", 6, "\n");
}

static void cut(struct connection *c, const struct request *r)
{
    stall(c, r);
    c->close_after = true;
}

/* Ends the stream properly as HTTP has it, but without a finish. */
static void unfinished(struct connection *c, const struct request *r)
{
    stall(c, r);
    chunk(c, "", 0);
}

static void cut_body(struct connection *c, const struct request *r)
{
    good(c, &(struct request){ .behaviour = "", .body = r->body, .len = r->len });
    c->out.len -= 10;
    c->close_after = true;
}

static void drop(struct connection *c, const struct request *r)
{
    (void)r;
    c->close_after = true;
}

static void fail(struct connection *c, int status, const char *headers, const char *code)
{
    char body[200];
    int n = snprintf(body, sizeof body,
                     "{\"error\":{\"message\":\"no\",\"type\":\"%s\",\"param\":null,"
                     "\"code\":\"%s\"}}",
                     code, code);
    answer_whole(c, status, "application/json", headers, body, (size_t)n);
}

static void limited(struct connection *c, const struct request *r)
{
    (void)r;
    fail(c, 429, "Retry-After: 60\r\n", "rate_limit_exceeded");
}

static void limited_once(struct connection *c, const struct request *r)
{
    if (r->turn % 2)
        good(c, r);
    else
        fail(c, 429, "", "rate_limit_exceeded");
}

static void broken(struct connection *c, const struct request *r)
{
    (void)r;
    fail(c, 500, "", "server_error");
}

static void broken_once(struct connection *c, const struct request *r)
{
    if (r->turn % 2)
        good(c, r);
    else
        fail(c, 503, "", "server_error");
}

static void drop_once(struct connection *c, const struct request *r)
{
    if (r->turn % 2)
        good(c, r);
    else
        drop(c, r);
}

static void quota(struct connection *c, const struct request *r)
{
    (void)r;
    fail(c, 429, "", "insufficient_quota");
}

static void key(struct connection *c, const struct request *r)
{
    (void)r;
    fail(c, 401, "", "invalid_api_key");
}

static void model(struct connection *c, const struct request *r)
{
    (void)r;
    fail(c, 404, "", "model_not_found");
}

static void invalid(struct connection *c, const struct request *r)
{
    (void)r;
    fail(c, 400, "", "invalid_request_error");
}

static void redirect(struct connection *c, const struct request *r)
{
    (void)r;
    answer_whole(c, 307, "text/plain", "Location: /v1/chat/completions\r\n", "", 0);
}

/* Not HTTP at all. */
static void garbage(struct connection *c, const struct request *r)
{
    (void)r;
    bytes_text(&c->out, "\x01\x02 what is this? \xff\xfe\r\n\r\n");
    c->close_after = true;
}

static void garbage_json(struct connection *c, const struct request *r)
{
    static const char text[] = "{\"choices\":[{\"message\":{\"content\":\"a\"},,]";
    if (!r->stream) {
        answer_whole(c, 200, "application/json", "", text, sizeof text - 1);
        return;
    }
    stream_head(c);
    event(c, text, "\n");
    chunk(c, "", 0);
}

static void bad_utf8(struct connection *c, const struct request *r)
{
    static const char text[] = "{\"choices\":[{\"message\":{\"content\":\"a\xff\"},"
                               "\"delta\":{\"content\":\"a\xff\"},\"finish_reason\":\"stop\"}]}";
    if (!r->stream) {
        answer_whole(c, 200, "application/json", "", text, sizeof text - 1);
        return;
    }
    stream_head(c);
    event(c, text, "\n");
    chunk(c, "", 0);
}

static void deep(struct connection *c, const struct request *r)
{
    char text[2000];
    (void)r;
    memset(text, '[', sizeof text);
    answer_whole(c, 200, "application/json", "", text, sizeof text);
}

static void html(struct connection *c, const struct request *r)
{
    static const char text[] = "<html><body>Sign in to the network</body></html>";
    (void)r;
    answer_whole(c, 200, "text/html", "", text, sizeof text - 1);
}

/* A stream that never ends. */
static void huge(struct connection *c, const struct request *r)
{
    char text[4000];
    (void)r;
    memset(text, 'x', sizeof text);
    stream_head(c);
    size_t before = c->out.len;
    delta(c, "content", text, sizeof text, "\n");
    c->endless = true;
    c->again = c->out.len - before;
}

/* Half a megabyte of text: more than may be under way unacknowledged. */
static void large(struct connection *c, const struct request *r)
{
    char text[4096];
    (void)r;
    memset(text, 'y', sizeof text);
    stream_head(c);
    for (int i = 0; i < 128; i++)
        delta(c, "content", text, sizeof text, "\n");
    finish(c, "stop", "\n");
    event(c, "[DONE]", "\n");
    chunk(c, "", 0);
}

static void huge_header(struct connection *c, const struct request *r)
{
    char value[2000];
    (void)r;
    memset(value, 'h', sizeof value);
    bytes_text(&c->out, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 60; i++)
        bytes_format(&c->out, "X-Filler-%d: %.*s\r\n", i, (int)sizeof value, value);
    bytes_text(&c->out, "Content-Length: 0\r\n\r\n");
}

/* An error object in the middle of a stream that began well. */
static void error_inside(struct connection *c, const struct request *r)
{
    stall(c, r);
    event(c, "{\"error\":{\"message\":\"no\",\"type\":\"server_error\",\"code\":null}}", "\n");
    chunk(c, "", 0);
}

/* Says it is JSON though a stream was asked for. */
static void not_stream(struct connection *c, const struct request *r)
{
    whole_with(c, r, "content", "stop");
}

static const struct {
    const char *name;
    void (*answer)(struct connection *c, const struct request *r);
} behaviours[] = {
    { "", good },
    { "echo", good },
    { "typed", good },
    { "refusal", refusal },
    { "length", length },
    { "filtered", filtered },
    { "crlf", crlf },
    { "bytewise", bytewise },
    { "slow", slow },
    { "silent", silent },
    { "stall", stall },
    { "cut", cut },
    { "cut-body", cut_body },
    { "unfinished", unfinished },
    { "drop", drop },
    { "drop-once", drop_once },
    { "429", limited },
    { "429-once", limited_once },
    { "500", broken },
    { "503-once", broken_once },
    { "quota", quota },
    { "401", key },
    { "404", model },
    { "400", invalid },
    { "redirect", redirect },
    { "garbage", garbage },
    { "garbage-json", garbage_json },
    { "bad-utf8", bad_utf8 },
    { "deep", deep },
    { "html", html },
    { "huge", huge },
    { "huge-header", huge_header },
    { "large", large },
    { "error-inside", error_inside },
    { "not-stream", not_stream },
};

bool behaviour_answer(struct connection *c, const struct request *r)
{
    for (size_t i = 0; i < LENGTH(behaviours); i++) {
        if (strcmp(behaviours[i].name, r->behaviour) != 0)
            continue;
        behaviours[i].answer(c, r);
        return true;
    }
    return false;
}
