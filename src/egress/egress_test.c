/* egress_test.c: the whole way from client to provider and back, over a real egress process and a
   loopback provider that misbehaves. */
#include "client.h"
#include "egress.h"
#include "message.h"
#include "openai.h"
#include "provider.h"
#include "tls.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONG_MS = 20000 };

/* One of each; `pair` stays open in this process, as in the supervisor. */
struct house {
    struct provider provider;
    int pair[2]; /* core's end, egress's end */
    pid_t egress;
    const char *extra_ca;
    struct egress_client *client;
};

/* A program of its own: the threads of this one may hold locks of the allocator when it forks. */
static void egress_start(struct house *h)
{
    char channel[16];
    pid_t parent = getpid();
    snprintf(channel, sizeof channel, "%d", h->pair[1]);
    const char *args[] = { "egress", channel, h->extra_ca, NULL };
    h->egress = fork();
    assert_true(h->egress >= 0);
    if (h->egress)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    if (fcntl(h->pair[1], F_SETFD, 0))
        _exit(1);
    execv("/proc/self/exe", (char **)(uintptr_t)args);
    _exit(1);
}

static int egress_wait(struct house *h)
{
    int status;
    assert_int_equal(waitpid(h->egress, &status, 0), h->egress);
    return status;
}

static void egress_kill(struct house *h)
{
    kill(h->egress, SIGKILL);
    (void)egress_wait(h);
}

static int house_open(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    assert_true(provider_start(&h->provider));
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, h->pair), 0);
    egress_start(h);
    h->client = egress_client_new(h->pair[0]);
    assert_non_null(h->client);
    *state = h;
    return 0;
}

static int house_close(void **state)
{
    struct house *h = *state;
    egress_client_free(h->client);
    egress_kill(h);
    provider_stop(&h->provider);
    close(h->pair[0]);
    close(h->pair[1]);
    free(h);
    return 0;
}

static struct egress_call *call_new(struct house *h, const char *behaviour, const char *body,
                                    bool stream, uint32_t retries)
{
    char url[160];
    struct error err = { 0 };
    struct egress_request in = {
        .url = provider_url(&h->provider, behaviour, url),
        .key = "sk-test",
        .body = { body, strlen(body) },
        .stream = stream,
        .local = true,
        .first_byte_ms = 300,
        .total_ms = LONG_MS,
        .retries = retries,
    };
    if (strcmp(behaviour, "silent") != 0 && strcmp(behaviour, "stall") != 0)
        in.first_byte_ms = LONG_MS;
    struct egress_call *call = egress_call_new(h->client, &in, &err);
    assert_non_null(call);
    return call;
}

/* Takes all events of a call; gathers the text, to be freed. */
static struct egress_end call_finish(struct egress_call *call, char **text)
{
    struct egress_event e;
    size_t len = 0;
    *text = calloc(1, 1);
    for (;;) {
        assert_true(egress_next(call, LONG_MS, &e));
        if (e.kind == EGRESS_END)
            break;
        *text = realloc(*text, len + e.len + 1);
        memcpy(*text + len, e.text, e.len + 1);
        len += e.len;
    }
    egress_call_free(call);
    return e.end;
}

static const char body_whole[] = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
                                 "\"content\":\"Hi \\\"PERSON_1\\\" \\u00e9\"}]}";
static const char body_stream[] = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
                                  "\"content\":\"Hi \\\"PERSON_1\\\" \\u00e9\"}],\"stream\":true}";
static const char good_text[] = "Gr\xc3\xbc\xc3\x9f"
                                "e: steady week, 38 hours \xf0\x9f\x93\x88.";

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
    assert_int_equal(n, sizeof body_stream - 1);
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

static void survives_kill_in_flight(void **state)
{
    struct house *h = *state;
    struct egress_event e;
    for (int i = 0; i < 5; i++) {
        char *text;
        struct egress_call *stalled = call_new(h, "huge", body_stream, true, 0);
        struct egress_call *silent = call_new(h, "slow", body_stream, true, 0);
        assert_true(egress_next(stalled, LONG_MS, &e));
        egress_kill(h);
        struct egress_call *between = call_new(h, "", body_stream, true, 0);
        egress_start(h);
        assert_int_equal(call_finish(stalled, &text).reason, EGRESS_INTERRUPTED);
        free(text);
        assert_int_equal(call_finish(silent, &text).reason, EGRESS_INTERRUPTED);
        free(text);
        assert_int_equal(call_finish(between, &text).reason, EGRESS_INTERRUPTED);
        free(text);
        assert_int_equal(call_finish(call_new(h, "", body_stream, true, 0), &text).reason,
                         EGRESS_OK);
        assert_string_equal(text, good_text);
        free(text);
    }
}

struct storm {
    struct house *house;
    atomic_bool over;
    atomic_int good, lost;
};

static void *storm_call(void *user)
{
    struct storm *s = user;
    while (!atomic_load(&s->over)) {
        struct error err = { 0 };
        struct egress_event e;
        char url[160];
        struct egress_request in = { .url = provider_url(&s->house->provider, "", url),
                                     .body = { body_stream, sizeof body_stream - 1 },
                                     .stream = true,
                                     .local = true };
        struct egress_call *call = egress_call_new(s->house->client, &in, &err);
        e.kind = call ? EGRESS_TEXT : EGRESS_END;
        while (e.kind != EGRESS_END)
            if (!egress_next(call, LONG_MS, &e))
                abort(); /* its end never came */
        bool good = call && e.end.reason == EGRESS_OK;
        if (call && !good && e.end.reason != EGRESS_INTERRUPTED)
            abort();
        atomic_fetch_add(good ? &s->good : &s->lost, 1);
        egress_call_free(call);
    }
    return NULL;
}

static void survives_kills_under_load(void **state)
{
    pthread_t thread[6];
    struct storm s = { .house = *state };
    for (size_t i = 0; i < LENGTH(thread); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, storm_call, &s), 0);
    for (int i = 0; i < 20; i++) {
        int before = atomic_load(&s.good);
        while (atomic_load(&s.good) < before + 20)
            sched_yield();
        egress_kill(s.house);
        egress_start(s.house);
    }
    atomic_store(&s.over, true);
    for (size_t i = 0; i < LENGTH(thread); i++)
        pthread_join(thread[i], NULL);
    assert_true(atomic_load(&s.lost) > 0);
}

/* A new core on the same channel: what the old one had under way is forgotten. */
static void survives_a_new_core(void **state)
{
    struct house *h = *state;
    struct egress_event e;
    char *text;
    for (int i = 0; i < 5; i++) {
        struct egress_call *call = call_new(h, "huge", body_stream, true, 0);
        assert_true(egress_next(call, LONG_MS, &e));
        egress_call_free(call);
        egress_client_free(h->client);
        h->client = egress_client_new(h->pair[0]);
        assert_int_equal(call_finish(call_new(h, "", body_stream, true, 0), &text).reason,
                         EGRESS_OK);
        assert_string_equal(text, good_text);
        free(text);
    }
}

static void *many(void *user)
{
    struct house *h = user;
    for (int i = 0; i < 40; i++) {
        char *text;
        struct egress_end end = call_finish(
            call_new(h, i % 3 ? "" : "bytewise", i % 2 ? body_stream : body_whole, i % 2, 0),
            &text);
        assert_int_equal(end.reason, EGRESS_OK);
        assert_string_equal(text, good_text);
        free(text);
    }
    return NULL;
}

static void serves_many_threads(void **state)
{
    pthread_t thread[8];
    for (size_t i = 0; i < LENGTH(thread); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, many, *state), 0);
    for (size_t i = 0; i < LENGTH(thread); i++)
        pthread_join(thread[i], NULL);
}

/* A pair with an egress whose channel the test writes by hand. */
static int packet_status(const void *packet, size_t n, const void *before, size_t before_n)
{
    struct house h = { 0 };
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, h.pair), 0);
    egress_start(&h);
    if (before_n)
        assert_int_equal(send(h.pair[0], before, before_n, 0), before_n);
    assert_int_equal(send(h.pair[0], packet, n, 0), n);
    close(h.pair[1]);
    /* Closing ends an egress that had no objection. */
    shutdown(h.pair[0], SHUT_WR);
    int status = egress_wait(&h);
    close(h.pair[0]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct begin_packet {
    struct message_head head;
    struct message_begin begin;
    char payload[8];
};

static struct begin_packet begin_good(void)
{
    struct begin_packet p = {
        .head = { MESSAGE_BEGIN, 8, 0, EGRESS_CALLS + 1 },
        .begin = { .first_byte_ms = 1, .total_ms = 1, .answer_max = 1, .body = 10 },
    };
    strcpy(p.begin.url, "https://127.0.0.1/");
    return p;
}

static void ends_at_unexpected_messages(void **state)
{
    (void)state;
    struct begin_packet good = begin_good(), bad;
    struct message_head head = { MESSAGE_HELLO, 0, 0, 0 };
    assert_int_equal(packet_status(&good, sizeof good, NULL, 0), EGRESS_EXIT_CLOSED);
    assert_int_equal(packet_status(&head, sizeof head, NULL, 0), EGRESS_EXIT_CLOSED);
#define UNEXPECTED(packet, n) \
    assert_int_equal(packet_status((packet), (n), NULL, 0), EGRESS_EXIT_UNEXPECTED)
    UNEXPECTED("x", 1);
    UNEXPECTED(&head, sizeof head - 1);
    UNEXPECTED(&good, sizeof good - 1);
    for (uint32_t kind = 0; kind < MESSAGE_KINDS + 2; kind++) {
        if (kind == MESSAGE_HELLO)
            continue;
        head.kind = kind; /* core never sends it, or it lacks its parts, or its request */
        UNEXPECTED(&head, sizeof head);
    }
#define UNEXPECTED_WITH(change)       \
    do {                              \
        bad = good;                   \
        change;                       \
        UNEXPECTED(&bad, sizeof bad); \
    } while (0)
    UNEXPECTED_WITH(bad.head.request = 0);
    UNEXPECTED_WITH(bad.head.payload = 7);
    UNEXPECTED_WITH(bad.begin.body = 7);
    UNEXPECTED_WITH(bad.begin.dialect = EGRESS_DIALECTS);
    UNEXPECTED_WITH(bad.begin.stream = 2);
    UNEXPECTED_WITH(bad.begin.local = 7);
    UNEXPECTED_WITH(bad.begin.body = 0);
    UNEXPECTED_WITH(bad.begin.body = EGRESS_BODY_MAX + 1);
    UNEXPECTED_WITH(bad.begin.answer_max = EGRESS_ANSWER_MAX + 1);
    UNEXPECTED_WITH(bad.begin.retries = 6);
    UNEXPECTED_WITH(bad.begin.total_ms = 0);
    UNEXPECTED_WITH(memset(bad.begin.url, 'a', sizeof bad.begin.url));
    UNEXPECTED_WITH(memset(bad.begin.key, 'a', sizeof bad.begin.key));
    UNEXPECTED_WITH(strcpy(bad.begin.key, "a\r\nX-Evil: b"));
    UNEXPECTED_WITH(bad.begin.url[3] = '\n');
}

static void ends_at_messages_out_of_order(void **state)
{
    (void)state;
    struct begin_packet good = begin_good();
    struct {
        struct message_head head;
        char payload[11];
    } body = { .head = { MESSAGE_BODY, 11, 0, EGRESS_CALLS + 1 }, .payload = "0123456789" };
    struct {
        struct message_head head;
        struct message_credit credit;
    } credit = { .head = { MESSAGE_CREDIT, 0, 0, EGRESS_CALLS + 1 }, .credit = { 1 } };
    struct message_head cancel = { MESSAGE_CANCEL, 0, 0, EGRESS_CALLS + 1 };
    /* never begun */
    UNEXPECTED(&body, sizeof body.head + 11);
    UNEXPECTED(&credit, sizeof credit);
    UNEXPECTED(&cancel, sizeof cancel);
    /* begun twice, a body beyond what was announced, credit for nothing */
#define UNEXPECTED_AFTER(packet, n) \
    assert_int_equal(packet_status((packet), (n), &good, sizeof good), EGRESS_EXIT_UNEXPECTED)
    UNEXPECTED_AFTER(&good, sizeof good);
    UNEXPECTED_AFTER(&body, sizeof body.head + 11);
    UNEXPECTED_AFTER(&credit, sizeof credit);
    assert_int_equal(packet_status(&cancel, sizeof cancel, &good, sizeof good), EGRESS_EXIT_CLOSED);
}

/* An egress that has been taken over sends what it likes; core drops it and starts anew. */
static void client_distrusts_egress(void **state)
{
    (void)state;
    struct house h = { 0 };
    struct message_head hello;
    struct egress_event e;
    struct error err = { 0 };
    struct begin_packet begin;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, h.pair), 0);
    h.client = egress_client_new(h.pair[0]);
    assert_int_equal(recv(h.pair[1], &hello, sizeof hello, 0), sizeof hello);
    assert_int_equal(hello.kind, MESSAGE_HELLO);
    hello.kind = MESSAGE_WELCOME;
    assert_int_equal(send(h.pair[1], &hello, sizeof hello, 0), sizeof hello);
    struct egress_request in = { .url = "https://x/", .body = { "{}", 2 } };
    struct egress_call *call = egress_call_new(h.client, &in, &err);
    assert_non_null(call);
    assert_true(recv(h.pair[1], &begin, sizeof begin, 0) > (ssize_t)sizeof begin.head);
    /* text of another session and of no request is dropped; text that is not UTF-8 is too much */
    struct {
        struct message_head head;
        char text[2];
    } text = { .head = { MESSAGE_TEXT, 2, hello.session + 1, begin.head.request }, .text = "hi" };
    size_t n = sizeof text.head + 2;
    assert_int_equal(send(h.pair[1], &text, n, 0), n);
    text.head.session = hello.session;
    text.head.request++;
    assert_int_equal(send(h.pair[1], &text, n, 0), n);
    text.head.request--;
    assert_int_equal(send(h.pair[1], &text, n, 0), n);
    assert_true(egress_next(call, LONG_MS, &e));
    assert_int_equal(e.kind, EGRESS_TEXT);
    assert_string_equal(e.text, "hi");
    text.text[1] = '\xff';
    assert_int_equal(send(h.pair[1], &text, n, 0), n);
    assert_true(egress_next(call, LONG_MS, &e));
    assert_int_equal(e.kind, EGRESS_END);
    assert_int_equal(e.end.reason, EGRESS_INTERRUPTED);
    egress_call_free(call);
    egress_client_free(h.client);
    close(h.pair[0]);
    close(h.pair[1]);
}

static void event_ignore(void *with, const struct egress_event *e)
{
    *(int *)with += e->kind == EGRESS_END;
}

/* Neither an absent egress nor a full channel makes it wait, and neither is a problem. */
static void offers_without_waiting(void **state)
{
    (void)state;
    struct house h = { 0 };
    struct message_head hello;
    struct egress_event e;
    struct error err = { 0 };
    struct egress_request in = { .url = "https://x/", .body = { "{}", 2 } };
    static const char large[EGRESS_OFFER_MAX + 1];
    uint64_t id;
    int ended = 0, taken = 0;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, h.pair), 0);
    h.client = egress_client_new(h.pair[0]);
    assert_int_equal(recv(h.pair[1], &hello, sizeof hello, 0), sizeof hello);
    assert_false(egress_offer(h.client, &in, event_ignore, &ended, &err, &id));
    assert_int_equal(err.problem, NO_PROBLEM);
    hello.kind = MESSAGE_WELCOME;
    assert_int_equal(send(h.pair[1], &hello, sizeof hello, 0), sizeof hello);
    struct egress_call *call = egress_call_new(h.client, &in, &err); /* waits for the session */
    assert_non_null(call);
    in.body = (struct blob){ large, sizeof large };
    assert_false(egress_offer(h.client, &in, event_ignore, &ended, &err, &id));
    in.body.len--;
    while (taken < EGRESS_CALLS && egress_offer(h.client, &in, event_ignore, &ended, &err, &id))
        taken++;
    assert_in_range(taken, 1, EGRESS_CALLS - 2);
    assert_int_equal(err.problem, NO_PROBLEM);
    shutdown(h.pair[1], SHUT_RDWR);
    assert_true(egress_next(call, LONG_MS, &e));
    assert_int_equal(e.end.reason, EGRESS_INTERRUPTED);
    egress_call_free(call);
    egress_client_free(h.client);
    assert_int_equal(ended, taken);
    close(h.pair[0]);
    close(h.pair[1]);
}

int main(int count, char **args)
{
    if (!strcmp(args[0], "egress"))
        _exit(egress_main(atoi(args[1]), &(struct egress_plan){ .extra_ca = args[2] }));
    (void)count;
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
        cmocka_unit_test(survives_kill_in_flight),
        cmocka_unit_test(survives_kills_under_load),
        cmocka_unit_test(survives_a_new_core),
        cmocka_unit_test(serves_many_threads),
        cmocka_unit_test(ends_at_unexpected_messages),
        cmocka_unit_test(ends_at_messages_out_of_order),
        cmocka_unit_test(client_distrusts_egress),
        cmocka_unit_test(offers_without_waiting),
    };
    return cmocka_run_group_tests(tests, house_open, house_close);
}
