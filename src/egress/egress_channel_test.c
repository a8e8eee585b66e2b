/* egress_channel_test.c: the channel between core and egress: deaths of either, many threads, and
   messages that nobody should send. */
#include "egress.h"
#include "egress_fixture.h"
#include "message.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

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
                                     .body = { body_stream, strlen(body_stream) },
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

struct brought {
    pthread_t by;
    atomic_bool ended;
};

static void event_brought(void *with, const struct egress_event *e)
{
    struct brought *b = with;
    if (e->kind != EGRESS_END)
        return;
    assert_int_equal(e->end.reason, EGRESS_OK);
    b->by = pthread_self();
    atomic_store(&b->ended, true);
}

static bool lend_count(void *with)
{
    ++*(int *)with;
    return true;
}

/* Sends a request, and reads the channel on this thread until it has ended; whether it was this
   thread that was told. */
static bool brought_here(struct house *h)
{
    char url[160];
    struct error err = { 0 };
    struct brought b = { 0 };
    struct pollfd channel = { .fd = h->pair[0], .events = POLLIN };
    struct egress_request in = { .url = provider_url(&h->provider, "", url),
                                 .body = { body_whole, strlen(body_whole) },
                                 .local = true };
    uint64_t id;
    assert_true(egress_offer(h->client, &in, event_brought, &b, &err, &id));
    while (!atomic_load(&b.ended))
        if (poll(&channel, 1, 10) > 0)
            assert_true(egress_client_read(h->client));
    return pthread_equal(b.by, pthread_self());
}

static void call_well(struct house *h)
{
    char *text;
    assert_int_equal(call_finish(call_new(h, "", body_whole, false, 0), &text).reason, EGRESS_OK);
    free(text);
}

static void the_channel_may_be_lent(void **state)
{
    struct house *h = *state;
    char *text;
    int asked = 0, here = 0;
    call_well(h); /* there is a session */
    egress_client_lend(h->client, lend_count, &asked);
    for (int i = 0; i < 20; i++)
        here += brought_here(h);
    assert_int_equal(asked, 20);
    assert_in_range(here, 1, 20); /* the client's own thread looks too, now and then */
    /* who has it is not asked for a second request beside the first, and need not read */
    struct egress_call *first = call_new(h, "slow", body_stream, true, 0);
    call_well(h);
    assert_int_equal(call_finish(first, &text).reason, EGRESS_OK);
    assert_string_equal(text, good_text);
    free(text);
    assert_int_equal(asked, 21);
    egress_client_lend(h->client, NULL, NULL);
    call_well(h);
    assert_int_equal(asked, 21);
}

int main(int count, char **args)
{
    (void)count;
    egress_become(args);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_kill_in_flight),
        cmocka_unit_test(survives_kills_under_load),
        cmocka_unit_test(survives_a_new_core),
        cmocka_unit_test(serves_many_threads),
        cmocka_unit_test(ends_at_unexpected_messages),
        cmocka_unit_test(ends_at_messages_out_of_order),
        cmocka_unit_test(client_distrusts_egress),
        cmocka_unit_test(offers_without_waiting),
        cmocka_unit_test(the_channel_may_be_lent),
    };
    return cmocka_run_group_tests(tests, house_open, house_close);
}
