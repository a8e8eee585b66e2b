/* stream_test.c: exchanges that end on another thread, event streams, clients that leave or fall
   silent, and stopping. */
#include "server_fixture.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void slow_exchange_is_finished_elsewhere(void **state)
{
    struct fixture *h = *state;
    int fd = dial(h);
    const char *text = "GET /api/v1/slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    say(fd, text, strlen(text));
    sem_wait(&h->arrived);
    assert_true(exchange_alive(h->slow));
    ((struct thing *)h->slow->out)->name = "late";
    exchange_finish(h->slow);
    assert_has(hear(fd), "\"late\"");
}

/* On the thread of who asked last, which sends the answer itself; until it is closed. */
static void source_is_read_beside(void **state)
{
    struct fixture *h = *state;
    const char *text = "GET /api/v1/slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    struct pollfd unread = { .fd = h->source, .events = POLLIN };
    assert_false(server_source_here(h->server)); /* this is no I/O thread */
    h->sourced = true;
    for (uint64_t i = 0; i < 40; i++) {
        uint64_t count = i % 8 == 7 ? 2 : 1;
        int fd = dial(h);
        say(fd, text, strlen(text));
        sem_wait(&h->arrived);
        assert_int_equal(write(h->source, &count, sizeof count), sizeof count);
        assert_status(hear(fd), 200);
        assert_true(pthread_equal(h->slow_thread, h->source_thread));
    }
    h->sourced = false;
    uint64_t left = 2;
    assert_int_equal(write(h->source, &left, sizeof left), sizeof left);
    do { /* until the thread that would read it has looked at all that it watches */
        int fd = dial(h);
        say(fd, text, strlen(text));
        sem_wait(&h->arrived);
        exchange_finish(h->slow);
        assert_status(hear(fd), 200);
    } while (!pthread_equal(h->slow_thread, h->source_thread));
    assert_int_equal(poll(&unread, 1, 0), 1); /* closed, so nobody reads it any more */
    assert_int_equal(read(h->source, &left, sizeof left), sizeof left);
}

/* Also in the very moment in which the connection is suspended. */
static void exchange_may_finish_at_once(void **state)
{
    struct fixture *h = *state;
    const char *slow = "GET /api/v1/slow HTTP/1.1\r\nHost: a\r\n\r\n";
    int fd = dial(h);
    for (int i = 0; i < 3000; i++) {
        say(fd, slow, strlen(slow));
        while (sem_trywait(&h->arrived))
            ;
        for (volatile int pause = i % 100 * 10; pause; pause--)
            ;
        ((struct thing *)h->slow->out)->name = "at once";
        exchange_finish(h->slow);
        assert_has(hear_until(fd, "}"), "\"at once\"");
    }
    close(fd);
}

static void client_may_leave_while_suspended(void **state)
{
    struct fixture *h = *state;
    const char *text = "GET /api/v1/slow HTTP/1.1\r\nHost: a\r\n\r\n";
    for (int i = 0; i < 20; i++) {
        int before = atomic_load(&h->ended), fd = dial(h);
        say(fd, text, strlen(text));
        sem_wait(&h->arrived);
        close(fd);
        while (exchange_alive(h->slow))
            sched_yield();
        exchange_finish(h->slow);
        while (atomic_load(&h->ended) == before)
            sched_yield();
    }
    assert_status(ask(h, "GET /api/v1/things", "", NULL), 200);
}

static void events_are_streamed(void **state)
{
    struct fixture *h = *state;
    int fd = dial(h);
    const char *text = "GET /api/v1/stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                       "Accept: text/event-stream\r\n\r\n";
    say(fd, text, strlen(text));
    sem_wait(&h->arrived);
    assert_string_equal(h->slow->accept, "text/event-stream");
    h->slow->advisory = "";
    assert_true(exchange_stream(h->slow));
    assert_true(exchange_event(h->slow, "part", "one\ntwo"));
    char *r = hear_until(fd, "data: two\n\n");
    assert_status(r, 200);
    assert_has(r, "Content-Type: text/event-stream\r\n");
    assert_has(r, "X-Request-Id: ");
    assert_has(r, "X-Vow-Advisory: true\r\n");
    assert_lacks(r, "X-Vow-Receipt");
    assert_has(r, "event: part\ndata: one\ndata: two\n\n");
    assert_true(exchange_event(h->slow, NULL, "three"));
    hear_until(fd, "data: three\n\n");
    exchange_finish(h->slow);
    assert_has(hear(fd), "0\r\n\r\n");
}

static void *produce(void *with)
{
    struct exchange *x = with;
    char line[1001];
    memset(line, 'x', 1000);
    line[1000] = 0;
    size_t sent = 0;
    while (sent < 16000 && exchange_event(x, "e", line))
        sent++;
    exchange_finish(x);
    return (void *)sent;
}

static void streams_may_follow_each_other(void **state)
{
    struct fixture *h = *state;
    const char *stream = "GET /api/v1/stream HTTP/1.1\r\nHost: a\r\n\r\n";
    const char *slow = "GET /api/v1/slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    int fd = dial(h);
    for (int i = 0; i < 3; i++) {
        say(fd, stream, strlen(stream));
        sem_wait(&h->arrived);
        assert_true(exchange_stream(h->slow));
        assert_true(exchange_event(h->slow, NULL, "once"));
        exchange_finish(h->slow);
        assert_status(hear_until(fd, "0\r\n\r\n"), 200);
    }
    say(fd, slow, strlen(slow));
    sem_wait(&h->arrived);
    assert_true(exchange_alive(h->slow));
    exchange_finish(h->slow);
    assert_status(hear(fd), 200);
}

/* More than the ring and the kernel's buffers hold: the producer waits for the reader. */
static void stream_waits_for_a_slow_reader(void **state)
{
    struct fixture *h = *state;
    static char text[65536];
    const char *ask_for = "GET /api/v1/stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    int fd = dial(h);
    size_t total = 0;
    ssize_t n;
    pthread_t thread;
    void *sent;
    say(fd, ask_for, strlen(ask_for));
    sem_wait(&h->arrived);
    assert_true(exchange_stream(h->slow));
    pthread_create(&thread, NULL, produce, h->slow);
    while ((n = recv(fd, text, sizeof text, 0)) > 0)
        total += (size_t)n;
    close(fd);
    pthread_join(thread, &sent);
    assert_int_equal((size_t)sent, 16000);
    assert_true(total > 16000 * 1016);
}

static void stream_ends_when_the_client_leaves(void **state)
{
    struct fixture *h = *state;
    const char *text = "GET /api/v1/stream HTTP/1.1\r\nHost: a\r\n\r\n";
    for (int i = 0; i < 10; i++) {
        int before = atomic_load(&h->ended), fd = dial(h);
        pthread_t thread;
        void *sent;
        say(fd, text, strlen(text));
        sem_wait(&h->arrived);
        assert_true(exchange_stream(h->slow));
        if (i % 2)
            assert_true(exchange_event(h->slow, NULL, "first"));
        pthread_create(&thread, NULL, produce, h->slow);
        if (i % 3)
            hear_until(fd, "data: ");
        close(fd);
        pthread_join(thread, &sent);
        assert_true((size_t)sent < 16000);
        while (atomic_load(&h->ended) == before)
            sched_yield();
    }
}

/* The daemon's silence limit of two seconds ends these, whichever part is missing. */
static void silent_clients_are_dropped(void **state)
{
    struct fixture *h = *state;
    static const char body[] =
        "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        "Content-Length: 20\r\n\r\n{\"name\":";
    static const char *const rows[] = {
        "",
        "GET /api/v1/th",
        "GET /api/v1/things HTTP/1.1\r\nHost: a\r\n",
        body,
    };
    int fd[LENGTH(rows)];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        fd[i] = dial(h);
        say(fd[i], rows[i], strlen(rows[i]));
    }
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_lacks(hear(fd[i]), " 200 ");
}

/* A byte now and then is no silence, but headers and bodies have a deadline. */
static void dripping_clients_are_dropped(void **state)
{
    static const char *const starts[] = {
        "GET /api/v1/things HTTP/1.1\r\nHost: a\r\nX-Drip: ",
        "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n",
    };
    struct pollfd p[LENGTH(starts)];
    for (size_t i = 0; i < LENGTH(starts); i++) {
        p[i] = (struct pollfd){ .fd = dial(*state), .events = POLLIN };
        say(p[i].fd, starts[i], strlen(starts[i]));
    }
    int open = LENGTH(starts);
    for (int drops = 0; open; drops++) {
        assert_true(drops < 80);
        poll(p, LENGTH(starts), 250);
        for (size_t i = 0; i < LENGTH(starts); i++) {
            if (p[i].fd < 0)
                continue;
            if (!p[i].revents) {
                say(p[i].fd, "a", 1);
                continue;
            }
            assert_lacks(hear(p[i].fd), "HTTP/1.1 2");
            p[i].fd = -1;
            open--;
        }
    }
}

static void *stop(void *with)
{
    server_stop(with);
    return NULL;
}

/* Meanwhile those who ask for something new on an open connection are turned away. */
static void stopping_waits_for_the_running(void **state)
{
    struct fixture *h = *state;
    const char *slow = "GET /api/v1/slow HTTP/1.1\r\nHost: a\r\n\r\n";
    const char *ready = "HEAD /readyz HTTP/1.1\r\nHost: a\r\n\r\n", *answer;
    int fd = dial(h), other = dial(h);
    pthread_t thread;
    say(fd, slow, strlen(slow));
    say(other, ready, strlen(ready));
    assert_status(hear_until(other, "\r\n\r\n"), 200);
    sem_wait(&h->arrived);
    pthread_create(&thread, NULL, stop, h->server);
    do {
        say(other, ready, strlen(ready));
        answer = hear_until(other, "\r\n\r\n");
    } while (!strncmp(answer, "HTTP/1.1 200", 12));
    assert_status(answer, 503);
    assert_has(answer, "Retry-After: 1\r\n");
    assert_has(answer, "Connection: close\r\n");
    close(other);
    ((struct thing *)h->slow->out)->name = "last";
    exchange_finish(h->slow);
    assert_has(hear(fd), "\"last\"");
    pthread_join(thread, NULL);
    h->server = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_exchange_is_finished_elsewhere),
        cmocka_unit_test(source_is_read_beside),
        cmocka_unit_test(exchange_may_finish_at_once),
        cmocka_unit_test(client_may_leave_while_suspended),
        cmocka_unit_test(events_are_streamed),
        cmocka_unit_test(streams_may_follow_each_other),
        cmocka_unit_test(stream_waits_for_a_slow_reader),
        cmocka_unit_test(stream_ends_when_the_client_leaves),
        cmocka_unit_test(silent_clients_are_dropped),
        cmocka_unit_test(dripping_clients_are_dropped),
        cmocka_unit_test(stopping_waits_for_the_running),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
