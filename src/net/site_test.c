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

static void web_app_is_served(void **state)
{
    struct fixture *h = *state;
    static const char signed_in[] = "Cookie: vow=token\r\n";
    char first[48], *r = ask_as(h, "GET /", signed_in, NULL), *nonce;
    assert_status(r, 200);
    assert_has(r, "script-src 'self'; style-src 'self' 'nonce-");
    assert_has(r, "Cross-Origin-Opener-Policy: same-origin\r\n");
    assert_has(r, "Referrer-Policy: no-referrer\r\n");
    assert_lacks(r, "__NONCE__");
    nonce = strstr(r, "'nonce-") + 7;
    snprintf(first, sizeof first, "nonce=\"%.32s\"", nonce);
    assert_has(r, first);
    r = ask_as(h, "GET /week/2026", signed_in, NULL);
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

static void strangers_get_pages_of_their_own(void **state)
{
    struct fixture *h = *state;
    static const char signed_in[] = "Cookie: theme=dark; vow=token\r\n";
    static const struct {
        const char *request, *text;
    } rows[] = {
        { "GET /", "\r\n\r\nway in " },
        { "GET /?a=b", "\r\n\r\nway in " },
        { "GET /time/entries", "\r\n\r\nway in " },
        { "GET /a-word-that-is-longer-than-any-page-of-ours-has", "\r\n\r\nway in " },
        { "GET /f", "\r\n\r\nform " },
        { "GET /f/link?a=b", "\r\n\r\nform " },
        { "GET /sign-in.html", "\r\n\r\nway in " },
        { "GET /index.html", "\r\n\r\nway in " },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char *r = ask(h, rows[i].request, "", NULL);
        assert_status(r, 200);
        assert_has(r, rows[i].text);
        assert_has(r, "\r\nCache-Control: no-store\r\n");
        assert_has(r, "style-src 'self' 'nonce-");
        assert_lacks(r, "__NONCE__");
        assert_has(ask_as(h, rows[i].request, "Cookie: vow=\r\n", NULL), rows[i].text);
        assert_has(ask_as(h, rows[i].request, "Cookie: other=vow\r\n", NULL), rows[i].text);
        assert_has(ask_as(h, rows[i].request, signed_in, NULL), ">app ");
    }
    char *r = ask(h, "HEAD /", "", NULL), *length = strstr(r, "Content-Length: ");
    assert_status(r, 200);
    assert_non_null(length);
    assert_true(atoi(length + 16) > 30);
    assert_lacks(r, "way in");
}

/* The fixture's door is open; api's invited.test.mjs shuts it. */
static void pages_say_whether_anybody_signs_up(void **state)
{
    struct fixture *h = *state;
    char *r = ask(h, "GET /", "", NULL);
    assert_has(r, "way in ");
    assert_has(r, " open");
    assert_lacks(r, "__SIGN_UP__");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_and_well_known),
        cmocka_unit_test(web_app_is_served),
        cmocka_unit_test(strangers_get_pages_of_their_own),
        cmocka_unit_test(pages_say_whether_anybody_signs_up),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
