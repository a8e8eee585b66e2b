/* egress_test.c: the whole way from client to provider and back, over a real egress process and a
   loopback provider that misbehaves. */
#include "egress_fixture.h"
#include "tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct {
    const char *behaviour, *text;
    enum egress_reason whole, stream;
    enum egress_finish finish;
    uint32_t retries, attempts;
    int status;
} answers[] = {
    { "", good_text, 0, 0, EGRESS_FINISH_STOP, 2, 1, 200 },
    { "echo", "Hi \"PERSON_1\" \xc3\xa9", 0, 0, EGRESS_FINISH_STOP, 0, 1, 200 },
    { "refusal", good_text, 0, 0, EGRESS_FINISH_REFUSAL, 0, 1, 200 },
    { "length", good_text, 0, 0, EGRESS_FINISH_LENGTH, 0, 1, 200 },
    { "filtered", good_text, 0, 0, EGRESS_FINISH_FILTERED, 0, 1, 200 },
    { "crlf", good_text, 0, 0, EGRESS_FINISH_STOP, 0, 1, 200 },
    { "bytewise", good_text, 0, 0, EGRESS_FINISH_STOP, 0, 1, 200 },
    { "slow", good_text, 0, 0, EGRESS_FINISH_STOP, 0, 1, 200 },
    { "not-stream", good_text, 0, 0, EGRESS_FINISH_STOP, 0, 1, 200 },
    { "silent", "", EGRESS_SILENT, EGRESS_SILENT, 0, 3, 1, 0 },
    { "stall", "so far", EGRESS_SILENT, EGRESS_SILENT, 0, 3, 1, 0 },
    { "cut", "so far", EGRESS_CUT_OFF, EGRESS_CUT_OFF, 0, 3, 1, 200 },
    { "cut-body", "", EGRESS_CUT_OFF, EGRESS_CUT_OFF, 0, 3, 1, 200 },
    { "unfinished", "so far", EGRESS_CUT_OFF, EGRESS_CUT_OFF, 0, 3, 1, 200 },
    { "drop", "", EGRESS_UNREACHABLE, EGRESS_UNREACHABLE, 0, 1, 2, 0 },
    { "drop-once", good_text, 0, 0, EGRESS_FINISH_STOP, 1, 2, 200 },
    { "429", "", EGRESS_RATE, EGRESS_RATE, 0, 3, 1, 429 },
    { "429-once", good_text, 0, 0, EGRESS_FINISH_STOP, 1, 2, 200 },
    { "500", "", EGRESS_SERVER, EGRESS_SERVER, 0, 1, 2, 500 },
    { "503-once", good_text, 0, 0, EGRESS_FINISH_STOP, 3, 2, 200 },
    { "quota", "", EGRESS_QUOTA, EGRESS_QUOTA, 0, 3, 1, 429 },
    { "401", "", EGRESS_KEY_REFUSED, EGRESS_KEY_REFUSED, 0, 3, 1, 401 },
    { "404", "", EGRESS_MODEL, EGRESS_MODEL, 0, 3, 1, 404 },
    { "400", "", EGRESS_REFUSED, EGRESS_REFUSED, 0, 3, 1, 400 },
    { "redirect", "", EGRESS_REDIRECTED, EGRESS_REDIRECTED, 0, 3, 1, 307 },
    { "garbage", "", EGRESS_GARBLED, EGRESS_GARBLED, 0, 3, 1, 0 },
    { "garbage-json", "", EGRESS_GARBLED, EGRESS_GARBLED, 0, 3, 1, 200 },
    { "bad-utf8", "", EGRESS_GARBLED, EGRESS_GARBLED, 0, 3, 1, 200 },
    { "deep", "", EGRESS_GARBLED, EGRESS_GARBLED, 0, 3, 1, 200 },
    { "html", "", EGRESS_GARBLED, EGRESS_GARBLED, 0, 3, 1, 200 },
    { "huge-header", "", EGRESS_OVERSIZE, EGRESS_OVERSIZE, 0, 3, 1, 200 },
    { "error-inside", "so far", EGRESS_SERVER, EGRESS_SERVER, 0, 3, 1, 200 },
};

static void answers_as_the_provider_behaves(void **state)
{
    struct house *h = *state;
    for (size_t i = 0; i < 2 * LENGTH(answers); i++) {
        bool stream = i % 2;
        const char *behaviour = answers[i / 2].behaviour, *body = stream ? body_stream : body_whole;
        char *text;
        if (!strncmp(behaviour, "drop", 4)) { /* without a kept connection, which curl retries */
            (void)call_finish(call_new(h, "cut", body_stream, true, 0), &text);
            free(text);
        }
        provider_forget(&h->provider);
        struct egress_call *call = call_new(h, behaviour, body, stream, answers[i / 2].retries);
        struct egress_end end = call_finish(call, &text);
        enum egress_reason reason = stream ? answers[i / 2].stream : answers[i / 2].whole;
        if (end.reason != reason || end.finish != answers[i / 2].finish ||
            end.attempts != answers[i / 2].attempts || end.status != answers[i / 2].status ||
            strcmp(text, answers[i / 2].text) != 0)
            fail_msg("%s %d: %s, finish %d, attempts %u, status %d, \"%s\"", behaviour, stream,
                     egress_reason_name(end.reason), end.finish, end.attempts, end.status, text);
        free(text);
        assert_int_equal(provider_count(&h->provider), answers[i / 2].attempts);
    }
}

static void sends_the_very_bytes(void **state)
{
    struct house *h = *state;
    char *text, *got;
    size_t n;
    struct egress_end end = call_finish(call_new(h, "", body_stream, true, 0), &text);
    free(text);
    got = provider_last(&h->provider, &n);
    assert_int_equal(n, strlen(body_stream));
    assert_memory_equal(got, body_stream, n);
    assert_int_equal(end.sent, n);
    assert_true(end.received > 0);
    assert_int_equal(end.prompt_tokens, n / 4);
    assert_true(end.completion_tokens > 0);
    assert_int_equal(end.retry_after_s, -1);
    free(got);
}

static void sends_large_bodies_in_chunks(void **state)
{
    struct house *h = *state;
    size_t n, size = 3 << 20;
    char *text, *got, *body = malloc(size + 1);
    for (size_t i = 0; i < size; i++)
        body[i] = (char)('a' + i * 7 % 23);
    body[size] = 0;
    struct egress_end end = call_finish(call_new(h, "", body, false, 0), &text);
    assert_int_equal(end.reason, EGRESS_OK);
    got = provider_last(&h->provider, &n);
    assert_int_equal(n, size);
    assert_memory_equal(got, body, n);
    free(got);
    free(text);
    free(body);
}

/* Text beyond one packet is cut between code points, whole and streamed. */
static void brings_long_texts_whole(void **state)
{
    static const char head[] = "{\"messages\":[{\"content\":\"a", tail[] = "\"}]}";
    static const char stream_tail[] = "\"}],\"stream\":true}";
    enum { COUNT = 40000 };
    for (int stream = 0; stream <= 1; stream++) {
        char *body = calloc(1, sizeof head + sizeof stream_tail + 2 * COUNT);
        strcpy(body, head);
        for (size_t i = 0; i < COUNT; i++)
            memcpy(body + sizeof head - 1 + 2 * i, "\xc3\xbc", 2);
        strcat(body, stream ? stream_tail : tail);
        struct egress_call *call = call_new(*state, "echo", body, stream, 0);
        size_t left = 1 + 2 * COUNT;
        struct egress_event e;
        while (egress_next(call, LONG_MS, &e) && e.kind == EGRESS_TEXT) {
            assert_true(text_is_utf8(e.text, e.len));
            assert_in_range(e.len, 1, left);
            left -= e.len;
        }
        assert_int_equal(e.end.reason, stream ? EGRESS_OVERSIZE : EGRESS_OK);
        assert_true(stream || !left);
        egress_call_free(call);
        free(body);
    }
}

static void tells_how_long_to_wait(void **state)
{
    char *text;
    struct egress_end end = call_finish(call_new(*state, "429", body_whole, false, 3), &text);
    assert_int_equal(end.retry_after_s, 60);
    free(text);
}

static void bounds_answers(void **state)
{
    struct house *h = *state;
    char *text;
    struct egress_end end = call_finish(call_new(h, "huge", body_stream, true, 0), &text);
    assert_int_equal(end.reason, EGRESS_OVERSIZE);
    assert_in_range(strlen(text), 900000, 1 << 20);
    free(text);
}

/* More text than may be under way arrives whole although it is taken late. */
static void holds_back_what_is_not_consumed(void **state)
{
    struct house *h = *state;
    char *text;
    struct egress_call *large = call_new(h, "large", body_stream, true, 0);
    struct egress_end end = call_finish(call_new(h, "slow", body_stream, true, 0), &text);
    assert_int_equal(end.reason, EGRESS_OK);
    free(text);
    end = call_finish(large, &text);
    assert_int_equal(end.reason, EGRESS_OK);
    assert_int_equal(strlen(text), 128 * 4096);
    free(text);
}

static void gives_up_in_all(void **state)
{
    struct house *h = *state;
    struct error err = { 0 };
    char url[160], *text;
    struct egress_request in = { .url = provider_url(&h->provider, "slow", url),
                                 .body = { "{\"stream\":true}", 15 },
                                 .local = true,
                                 .total_ms = 150 };
    struct egress_end end = call_finish(egress_call_new(h->client, &in, &err), &text);
    assert_int_equal(end.reason, EGRESS_SLOW);
    free(text);
}

static void cancels(void **state)
{
    struct house *h = *state;
    struct egress_event e;
    struct error err = { 0 };
    char *text;
    struct egress_call *call = call_new(h, "huge", body_stream, true, 0);
    assert_true(egress_next(call, LONG_MS, &e));
    assert_int_equal(e.kind, EGRESS_TEXT);
    egress_call_free(call);
    assert_int_equal(err.problem, NO_PROBLEM);
    struct egress_end end = call_finish(call_new(h, "", body_whole, false, 0), &text);
    assert_int_equal(end.reason, EGRESS_OK);
    free(text);
}

static void refuses_addresses(void **state)
{
    struct house *h = *state;
    static const struct {
        const char *url;
        bool local;
        enum egress_reason reason;
    } tries[] = {
        { "https://127.0.0.1:1/v1", false, EGRESS_ADDRESS },
        { "https://localhost:1/v1", false, EGRESS_ADDRESS },
        { "https://[::1]:1/v1", false, EGRESS_ADDRESS },
        { "https://[::ffff:127.0.0.1]:1/v1", false, EGRESS_ADDRESS },
        { "https://169.254.169.254/latest/meta-data", false, EGRESS_ADDRESS },
        { "https://10.0.0.1/", false, EGRESS_ADDRESS },
        { "https://0x7f000001/", false, EGRESS_ADDRESS },
        { "https://2130706433/", false, EGRESS_ADDRESS },
        { "http://127.0.0.1:1/v1", false, EGRESS_PLAIN_HTTP },
        { "http://1.1.1.1/v1", false, EGRESS_PLAIN_HTTP },
        { "file:///etc/passwd", true, EGRESS_UNSENDABLE },
        { "gopher://127.0.0.1/", true, EGRESS_UNSENDABLE },
        { "https://", true, EGRESS_UNSENDABLE },
        { "http://127.0.0.1:1/v1", true, EGRESS_UNREACHABLE },
    };
    for (size_t i = 0; i < LENGTH(tries); i++) {
        struct error err = { 0 };
        char *text;
        struct egress_request in = { .url = tries[i].url,
                                     .body = { "{}", 2 },
                                     .local = tries[i].local };
        struct egress_end end = call_finish(egress_call_new(h->client, &in, &err), &text);
        if (end.reason != tries[i].reason)
            fail_msg("%s: %s", tries[i].url, egress_reason_name(end.reason));
        free(text);
    }
}

static struct egress_end tls_call(struct house *h, const char *host, uint16_t port, bool local)
{
    struct error err = { 0 };
    char url[160], *text;
    snprintf(url, sizeof url, "https://%s:%d/v1/chat/completions", host, port);
    static const char body[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    struct egress_request in = { .url = url, .body = { body, sizeof body - 1 }, .local = local };
    struct egress_call *call = egress_call_new(h->client, &in, &err);
    assert_non_null(call);
    struct egress_end end = call_finish(call, &text);
    free(text);
    return end;
}

static void verifies_certificates(void **state)
{
    struct house *h = *state;
    struct tls_provider tls;
    char ca[] = "/tmp/egress-test-XXXXXX";
    close(mkstemp(ca));
    assert_true(tls_provider_start(&tls, ca));
    assert_int_equal(tls_call(h, "localhost", tls.port, true).reason, EGRESS_CERTIFICATE);
    /* now its certificate is trusted, but not for another name */
    egress_kill(h);
    h->extra_ca = ca;
    egress_start(h);
    while (tls_call(h, "localhost", tls.port, true).reason == EGRESS_INTERRUPTED)
        ;
    assert_int_equal(tls_call(h, "127.0.0.1", tls.port, true).reason, EGRESS_CERTIFICATE);
    assert_int_equal(tls_call(h, "localhost", tls.port, true).reason, EGRESS_OK);
    /* a connection kept for a local provider does not serve a request that is not local */
    assert_int_equal(tls_call(h, "localhost", tls.port, false).reason, EGRESS_ADDRESS);
    assert_int_equal(tls_call(h, "localhost", tls.port, true).reason, EGRESS_OK);
    h->extra_ca = NULL;
    tls_provider_stop(&tls);
    unlink(ca);
}

static void refuses_what_cannot_be_sent(void **state)
{
    struct house *h = *state;
    char long_url[600];
    memset(long_url, 'a', sizeof long_url);
    long_url[sizeof long_url - 1] = 0;
    const struct egress_request tries[] = {
        { .url = "https://x/", .body = { "", 0 } },
        { .url = "", .body = { "{}", 2 } },
        { .url = "https://x/\r\nX: y", .body = { "{}", 2 } },
        { .url = "https://x/ y", .body = { "{}", 2 } },
        { .url = long_url, .body = { "{}", 2 } },
        { .url = "https://x/", .key = "a\nb", .body = { "{}", 2 } },
        { .url = "https://x/", .body = { "{}", EGRESS_BODY_MAX + 1 } },
    };
    for (size_t i = 0; i < LENGTH(tries); i++) {
        struct error err = { 0 };
        assert_null(egress_call_new(h->client, &tries[i], &err));
        assert_int_equal(err.problem, INTERNAL);
    }
}

int main(int count, char **args)
{
    (void)count;
    egress_become(args);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_as_the_provider_behaves),
        cmocka_unit_test(sends_the_very_bytes),
        cmocka_unit_test(sends_large_bodies_in_chunks),
        cmocka_unit_test(brings_long_texts_whole),
        cmocka_unit_test(tells_how_long_to_wait),
        cmocka_unit_test(bounds_answers),
        cmocka_unit_test(holds_back_what_is_not_consumed),
        cmocka_unit_test(gives_up_in_all),
        cmocka_unit_test(cancels),
        cmocka_unit_test(refuses_addresses),
        cmocka_unit_test(verifies_certificates),
        cmocka_unit_test(refuses_what_cannot_be_sent),
    };
    return cmocka_run_group_tests(tests, house_open, house_close);
}
