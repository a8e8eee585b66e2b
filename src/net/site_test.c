/* site_test.c: health, well-known addresses and the web app. */
#include "server_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void health_and_well_known(void **state)
{
    struct fixture *h = *state;
    assert_status(ask(h, "GET /healthz", "", NULL), 200);
    assert_status(ask(h, "GET /readyz", "", NULL), 200);
    assert_has(ask(h, "GET /.well-known/security.txt", "", NULL),
               "Contact: mailto:security@example.org\nExpires: 20");
    assert_has(ask(h, "GET /.well-known/gpc.json", "", NULL), "{\"gpc\":true");
    assert_status(ask(h, "GET /.well-known/change-password", "", NULL), 302);
    assert_status(ask(h, "GET /.well-known/other", "", NULL), 404);
    assert_status(ask(h, "GET /api/v1/openapi.json", "", NULL), 200);
}

/* Whatever the cookie is worth: only asking tells. */
static void the_page_says_whether_a_cookie_came(void **state)
{
    struct fixture *h = *state;
    char *r = ask_as(h, "GET /", "Cookie: other=1; vow=abc\r\n", NULL), *length;
    assert_has(r, " session yes");
    assert_has(r, "\r\nCache-Control: no-store\r\n");
    assert_has(ask(h, "GET /sign-in", "", NULL), " session no");
    assert_has(ask_as(h, "GET /", "Cookie: vow=\r\n", NULL), " session no");
    assert_has(ask_as(h, "GET /", "Cookie: other=vow\r\n", NULL), " session no");
    r = ask(h, "HEAD /", "", NULL);
    assert_status(r, 200);
    length = strstr(r, "Content-Length: ");
    assert_non_null(length);
    assert_true(atoi(length + 16) > 50);
    assert_lacks(r, "session");
}

static void web_app_is_served(void **state)
{
    struct fixture *h = *state;
    char first[48], *r = ask(h, "GET /", "", NULL), *nonce;
    assert_status(r, 200);
    assert_has(r, "script-src 'self'; style-src 'self' 'nonce-");
    assert_has(r, "Cross-Origin-Opener-Policy: same-origin\r\n");
    assert_has(r, "Referrer-Policy: no-referrer\r\n");
    assert_lacks(r, "__");
    assert_has(r, "\r\nCache-Control: no-store\r\n");
    nonce = strstr(r, "'nonce-") + 7;
    snprintf(first, sizeof first, "nonce=\"%.32s\"", nonce);
    assert_has(r, first);
    r = ask(h, "GET /week/2026", "", NULL);
    assert_has(r, ">app ");
    assert_lacks(r, first);
    r = ask(h, "GET /assets/app-1A2B3C4D.js?x", "Accept-Encoding: gzip, br\r\n", NULL);
    assert_has(r, "Content-Encoding: br\r\n");
    assert_has(r, "immutable");
    assert_has(r, "Vary: Accept-Encoding\r\n");
    assert_has(r, "\r\n\r\nbrotli");
    assert_has(ask(h, "GET /assets/app-1A2B3C4D.js", "Accept-Encoding: gzip, br;q=0\r\n", NULL),
               "\r\n\r\ngzip");
    assert_has(ask(h, "GET /assets/app-1A2B3C4D.js", "", NULL), "\r\n\r\nplain script");
    r = ask(h, "GET /robots.txt", "", NULL);
    assert_has(r, "Cache-Control: no-cache\r\n");
    static char tag[80];
    char *etag = strstr(r, "ETag: ") + 6;
    snprintf(tag, sizeof tag, "If-None-Match: %.18s\r\n", etag);
    assert_status(ask_as(h, "GET /robots.txt", tag, NULL), 304);
    static const char *const out[] = {
        "GET /assets/none.js", "GET /../robots.txt", "GET /assets/../../etc/passwd.txt",
        "GET /%2e%2e/etc/a.b", "GET //etc/passwd.d", "GET /assets/app-1A2B3C4D.j"
    };
    for (size_t i = 0; i < LENGTH(out); i++)
        assert_status(ask(h, out[i], "", NULL), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_and_well_known),
        cmocka_unit_test(web_app_is_served),
        cmocka_unit_test(the_page_says_whether_a_cookie_came),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
