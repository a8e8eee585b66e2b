/* peer_test.c: what one address can take, and what it leaves to others. */
#include "peer.h"
#include "server_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { OWN = 64 << 10, MB = 1 << 20 };

/* Sends the first `n` bytes of an upload of `length`; the connection. */
static int upload_begin(struct fixture *h, int host, size_t length, size_t n)
{
    static const char piece[OWN];
    char head[200];
    int fd = dial_from(h, host);
    snprintf(head, sizeof head,
             "POST /api/v1/upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
             "Content-Type: text/csv\r\nContent-Length: %zu\r\n\r\n",
             length);
    say(fd, head, strlen(head));
    for (; n; n -= n < OWN ? n : OWN)
        say(fd, piece, n < OWN ? n : OWN);
    return fd;
}

/* Whole uploads, until what others send has come, or their end was noticed. */
static void upload_until(struct fixture *h, int host, int status)
{
    char want[16];
    snprintf(want, sizeof want, " %d ", status);
    while (!strstr(hear(upload_begin(h, host, 2 * MB, 2 * MB)), want))
        ;
}

/* Of 4 MiB one address has 2.5, and small bodies need none. */
static void large_bodies_share_what_there_is(void **state)
{
    struct fixture *h = *state;
    int held = upload_begin(h, 2, 3 * MB, 2 * MB + OWN);
    int more = upload_begin(h, 3, 3 * MB, 2 * MB + OWN);
    upload_until(h, 2, 503);
    upload_until(h, 4, 503);
    assert_status(ask(h, "POST /api/v1/things", "", "{\"name\":\"x\"}"), 201);
    close(more);
    upload_until(h, 4, 200);
    upload_until(h, 2, 503); /* its own part is not free yet */
    close(held);
    upload_until(h, 2, 200);
}

static void one_address_does_not_keep_others_out(void **state)
{
    struct fixture *h = *state;
    enum { EACH = 100 };
    int idle[EACH], one;
    char end;
    for (int i = 0; i < EACH; i++)
        idle[i] = dial_from(h, 5);
    one = dial_from(h, 5);
    assert_int_not_equal(recv(one, &end, 1, 0), 1);
    close(one);
    assert_status(ask(h, "GET /healthz", "", NULL), 200);
    for (int i = 0; i < EACH; i++)
        close(idle[i]);
}

static void a_peer_is_a_network(void **state)
{
    static const char *const rows[][2] = {
        { "192.0.2.7", "192.0.2.7" },
        { "::ffff:192.0.2.7", "192.0.2.7" },
        { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
        { "2001:db8:1:2::1", "2001:db8:1:2::" },
        { "2001:db8:1:3::1", "2001:db8:1:3::" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct sockaddr_in four = { .sin_family = AF_INET };
        struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
        char name[INET6_ADDRSTRLEN];
        bool v4 = inet_pton(AF_INET, rows[i][0], &four.sin_addr) == 1;
        if (!v4)
            assert_int_equal(inet_pton(AF_INET6, rows[i][0], &six.sin6_addr), 1);
        peer_name(v4 ? (struct sockaddr *)&four : (struct sockaddr *)&six, name);
        assert_string_equal(name, rows[i][1]);
    }
}

static void a_peer_is_read(void **state)
{
    static const char *const rows[][2] = {
        { "192.0.2.7", "192.0.2.7" },
        { "192.0.2.7:4711", "192.0.2.7" },
        { "2001:db8:1:2::1", "2001:db8:1:2::" },
        { "[2001:db8:1:2::1]", "2001:db8:1:2::" },
        { "[2001:db8:1:2::1]:443", "2001:db8:1:2::" },
        { "", "" },
        { "[", "" },
        { "unknown", "" },
        { ":", "" },
        { "192.0.2.7.1", "" },
        { "2001:db8:1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16", "" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char name[INET6_ADDRSTRLEN];
        peer_name_read(rows[i][0], strlen(rows[i][0]), name);
        assert_string_equal(name, rows[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_bodies_share_what_there_is),
        cmocka_unit_test(one_address_does_not_keep_others_out),
        cmocka_unit_test(a_peer_is_a_network),
        cmocka_unit_test(a_peer_is_read),
    };
    return cmocka_run_group_tests(tests, fixture_open_patient, fixture_close);
}
