/* openai.c: composing Chat Completions bodies, and reading answers whole or as event streams. */
#include "openai.h"

#include "base/json.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

static void compose_messages(struct buffer *out, const struct openai_request *in)
{
    buffer_string(out, ",\"messages\":[");
    for (size_t i = 0; i < in->count; i++) {
        buffer_string(out, i ? ",{\"role\":" : "{\"role\":");
        json_text(out, in->messages[i].role);
        buffer_string(out, ",\"content\":");
        json_text(out, in->messages[i].content);
        buffer_char(out, '}');
    }
    buffer_char(out, ']');
}

void openai_compose(struct buffer *out, const struct openai_request *in)
{
    buffer_string(out, "{\"model\":");
    json_text(out, in->model);
    compose_messages(out, in);
    buffer_string(out, ",\"store\":false");
    if (in->max_tokens)
        buffer_printf(out, ",\"%s\":%lld", in->compatible ? "max_tokens" : "max_completion_tokens",
                      (long long)in->max_tokens);
    if (in->schema) {
        buffer_string(out, ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{"
                           "\"name\":");
        json_text(out, in->schema_name ? in->schema_name : "answer");
        buffer_string(out, ",\"strict\":true,\"schema\":");
        buffer_string(out, in->schema);
        buffer_string(out, "}}");
    }
    if (in->safety_identifier && !in->compatible) {
        buffer_string(out, ",\"safety_identifier\":");
        json_text(out, in->safety_identifier);
    }
    if (in->stream)
        buffer_string(out, ",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
    buffer_char(out, '}');
}

struct openai_reader {
    bool stream, done, refused;
    bool after_cr; /* the last line ended with CR: an LF that follows belongs to it */
    bool has_data; /* the event has at least one data line */
    enum egress_reason reason;
    enum egress_finish finish;
    int64_t prompt_tokens, completion_tokens;
    size_t taken, max;
    struct arena arena;
    struct buffer line; /* stream: the line under way; else: the whole body */
    struct buffer data; /* stream: data lines of the event under way */
    openai_text *text;
    void *user;
};

struct openai_reader *openai_reader_new(bool stream, size_t max, openai_text *text, void *user)
{
    struct openai_reader *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    r->stream = stream;
    r->max = max;
    r->text = text;
    r->user = user;
    r->prompt_tokens = r->completion_tokens = -1;
    r->line = buffer_new(&r->arena);
    if (stream)
        r->data = buffer_new(&r->arena);
    return r;
}

void openai_reader_free(struct openai_reader *r)
{
    if (!r)
        return;
    arena_done(&r->arena);
    wipe(r, sizeof *r);
    free(r);
}

static void read_text(struct openai_reader *r, struct scan found, bool refusal)
{
    size_t room = found.at && scan_is_text(found) ? scan_room(found) : 0;
    if (!room)
        return;
    r->refused = r->refused || refusal;
    char *to = malloc(room);
    if (!to)
        abort();
    size_t n = scan_text(found, to);
    r->text(r->user, to, n);
    wipe(to, n);
    free(to);
}

static void read_finish(struct openai_reader *r, struct scan found)
{
    static const struct {
        const char *word;
        enum egress_finish finish;
    } known[] = {
        { "stop", EGRESS_FINISH_STOP },
        { "length", EGRESS_FINISH_LENGTH },
        { "content_filter", EGRESS_FINISH_FILTERED },
    };
    if (!found.at || !scan_is_text(found))
        return;
    r->finish = EGRESS_FINISH_OTHER;
    for (size_t i = 0; i < LENGTH(known); i++)
        if (scan_equal(found, known[i].word))
            r->finish = known[i].finish;
}

static void read_usage(struct openai_reader *r, struct scan usage)
{
    static const char *const keys[] = { "prompt_tokens", "completion_tokens" };
    struct scan found[2];
    if (!usage.at || *usage.at != '{')
        return;
    scan_members(usage, keys, 2, found);
    if (!found[0].at || !scan_count(found[0], &r->prompt_tokens))
        r->prompt_tokens = -1;
    if (!found[1].at || !scan_count(found[1], &r->completion_tokens))
        r->completion_tokens = -1;
}

static enum egress_reason code_reason(struct scan error, int status)
{
    static const struct {
        const char *word;
        enum egress_reason reason;
    } known[] = {
        { "insufficient_quota", EGRESS_QUOTA },      { "invalid_api_key", EGRESS_KEY_REFUSED },
        { "model_not_found", EGRESS_MODEL },         { "rate_limit_exceeded", EGRESS_RATE },
        { "invalid_request_error", EGRESS_REFUSED },
    };
    static const char *const keys[] = { "code", "type" };
    struct scan found;
    for (size_t k = 0; k < LENGTH(keys); k++) {
        if (!scan_member(error, keys[k], &found))
            continue;
        for (size_t i = 0; i < LENGTH(known); i++)
            if (scan_equal(found, known[i].word))
                return known[i].reason;
    }
    return status >= 400 && status < 500 ? EGRESS_REFUSED : EGRESS_SERVER;
}

enum egress_reason openai_error(int status, const void *body, size_t n)
{
    struct scan root, error;
    if (status >= 300 && status < 400)
        return EGRESS_REDIRECTED;
    if (status == 401 || status == 403)
        return EGRESS_KEY_REFUSED;
    if (status == 404)
        return EGRESS_MODEL;
    bool told = n && scan_value(body, n, &root) && scan_member(root, "error", &error);
    if (status == 429)
        return told && code_reason(error, status) == EGRESS_QUOTA ? EGRESS_QUOTA : EGRESS_RATE;
    if (status >= 500)
        return EGRESS_SERVER;
    if (status < 400)
        return EGRESS_GARBLED;
    return told ? code_reason(error, status) : EGRESS_REFUSED;
}

static void read_choice(struct openai_reader *r, struct scan choice)
{
    const char *const keys[] = { r->stream ? "delta" : "message", "finish_reason" };
    static const char *const texts[] = { "content", "refusal" };
    struct scan found[2], text[2];
    scan_members(choice, keys, 2, found);
    if (found[0].at) {
        scan_members(found[0], texts, 2, text);
        read_text(r, text[0], false);
        read_text(r, text[1], true);
    }
    read_finish(r, found[1]);
}

/* One chunk of a stream or the whole answer. */
static enum egress_reason read_answer(struct openai_reader *r, const char *at, size_t n)
{
    static const char *const keys[] = { "error", "choices", "usage" };
    struct scan root, choice, found[3];
    if (!scan_value(at, n, &root))
        return EGRESS_GARBLED;
    scan_members(root, keys, 3, found);
    if (found[0].at && *found[0].at == '{')
        return code_reason(found[0], 0);
    if (!found[1].at || !scan_is_array(found[1]))
        return EGRESS_GARBLED;
    read_usage(r, found[2]);
    if (scan_element(found[1], 0, &choice))
        read_choice(r, choice);
    return EGRESS_OK;
}

static enum egress_reason end_event(struct openai_reader *r)
{
    enum egress_reason reason = EGRESS_OK;
    if (r->has_data && !r->done) {
        if (text_equal(r->data.at, "[DONE]"))
            r->done = true;
        else
            reason = read_answer(r, r->data.at, r->data.len);
    }
    r->data.len = 0;
    r->data.at[0] = 0;
    r->has_data = false;
    return reason;
}

static enum egress_reason end_line(struct openai_reader *r)
{
    const char *line = r->line.at;
    size_t n = r->line.len;
    enum egress_reason reason = EGRESS_OK;
    if (!n) {
        reason = end_event(r);
    } else if (n >= 5 && !memcmp(line, "data:", 5)) {
        size_t skip = n > 5 && line[5] == ' ' ? 6 : 5;
        if (r->has_data)
            buffer_char(&r->data, '\n');
        buffer_add(&r->data, line + skip, n - skip);
        r->has_data = true;
    }
    r->line.len = 0;
    r->line.at[0] = 0;
    return reason;
}

/* Lines end with CR, LF or CRLF (WHATWG HTML, server-sent events). */
static enum egress_reason feed_stream(struct openai_reader *r, const char *at, size_t n)
{
    const char *end = at + n;
    while (at < end) {
        if (r->after_cr && *at == '\n') {
            r->after_cr = false;
            at++;
            continue;
        }
        r->after_cr = false;
        const char *stop = at;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        buffer_add(&r->line, at, (size_t)(stop - at));
        if (stop == end)
            break;
        r->after_cr = *stop == '\r';
        at = stop + 1;
        enum egress_reason reason = end_line(r);
        if (reason)
            return reason;
    }
    return EGRESS_OK;
}

enum egress_reason openai_reader_feed(struct openai_reader *r, const void *at, size_t n)
{
    if (r->reason)
        return r->reason;
    if (n > r->max - r->taken)
        return r->reason = EGRESS_OVERSIZE;
    r->taken += n;
    if (r->stream)
        r->reason = feed_stream(r, at, n);
    else
        buffer_add(&r->line, at, n);
    return r->reason;
}

enum egress_reason openai_reader_end(struct openai_reader *r)
{
    if (r->reason)
        return r->reason;
    if (!r->stream && !r->done) {
        r->done = true;
        r->reason = read_answer(r, r->line.at, r->line.len);
        if (!r->reason && !r->finish)
            r->reason = EGRESS_GARBLED;
        return r->reason;
    }
    /* Some compatible servers leave out [DONE]; a finish_reason is as good. */
    if (!r->done && !r->finish)
        return r->reason = EGRESS_CUT_OFF;
    if (!r->finish)
        r->finish = EGRESS_FINISH_OTHER;
    return EGRESS_OK;
}

void openai_reader_sum(const struct openai_reader *r, struct egress_end *ret)
{
    ret->finish = r->refused && r->finish ? EGRESS_FINISH_REFUSAL : r->finish;
    ret->prompt_tokens = r->prompt_tokens;
    ret->completion_tokens = r->completion_tokens;
}
