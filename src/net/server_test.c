/* server_test.c: conversations about requests: records, problems, limits, framing. */
#include "server_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void records_are_answered(void **state)
{
    struct fixture *h = *state;
    char *r = ask(h, "GET /api/v1/things/" ID "?limit=5", "", NULL);
    assert_status(r, 200);
    assert_has(r, "Content-Type: application/json\r\n");
    assert_has(r, "X-Request-Id: 0");
    assert_has(r, "Cache-Control: no-store\r\n");
    assert_has(r, "X-Content-Type-Options: nosniff\r\n");
    assert_has(r, "frame-ancestors 'none'");
    assert_has(r, "ETag: \"3\"\r\n");
    assert_lacks(r, "Strict-Transport-Security");
    assert_has(r, "\r\n\r\n{\"id\":\"" ID "\",\"version\":3,\"name\":\"n\",\"count\":5}");

    r = ask(h, "GET /api/v1/things", "", NULL);
    assert_has(r, "{\"items\":[{\"id\":null,\"version\":0,\"name\":\"a\",\"count\":0},"
                  "{\"id\":null,\"version\":0,\"name\":\"b\",\"count\":0}],\"next\":\"cursor\"}");

    r = ask(h, "POST /api/v1/things", "", "{\"name\":\"x\",\"count\":-3}");
    assert_status(r, 201);
    assert_has(r, "Location: /api/v1/things/" ID "\r\n");
    assert_has(r, "Set-Cookie: vow=token; Path=/; HttpOnly; SameSite=Lax; Max-Age=60\r\n");
    assert_has(r, "\"name\":\"x\",\"count\":-3}");

    r = ask(h, "DELETE /api/v1/nothing", "", NULL);
    assert_status(r, 204);
}

static void session_and_origin_are_read(void **state)
{
    struct fixture *h = *state;
    assert_has(ask(h, "GET /api/v1/things", "Cookie: a=b; vow=abc; c=d\r\n", NULL), "\"abc\"");
    assert_lacks(ask(h, "GET /api/v1/things", "Cookie: __Host-vow=abc\r\n", NULL), "\"abc\"");
    assert_has(ask(h, "GET /api/v1/things", "Sec-Fetch-Site: same-origin\r\n", NULL), "\"same\"");
    assert_has(ask(h, "GET /api/v1/things", "Origin: http://here\r\n", NULL), "\"same\"");
    assert_lacks(ask(h, "GET /api/v1/things", "Origin: http://there\r\n", NULL), "\"same\"");
    assert_lacks(
        ask(h, "GET /api/v1/things", "Origin: http://here\r\nSec-Fetch-Site: cross-site\r\n", NULL),
        "\"same\"");
}

static void problems_are_documents(void **state)
{
    struct fixture *h = *state;
    static const struct {
        const char *line, *headers, *body;
        int status;
        const char *part;
    } rows[] = {
        { "GET /api/v1/none", "", NULL, 404, "\"/problems/not-found\"" },
        { "GET /api/v1/things/", "", NULL, 404, "not-found" },
        { "GET /api/v1/things/a/b/c/d/e/f/g/h/i/j/k/l/m/n", "", NULL, 404, "not-found" },
        { "GET /api/v2/things", "", NULL, 404, "not-found" },
        { "GET /api/v1/../../etc/passwd", "", NULL, 404, "not-found" },
        { "GET /api/v1/things/..%2f..%2fetc", "", NULL, 422, "\"pointer\":\"id\"" },
        { "PUT /api/v1/things", "", NULL, 405, "Allow: GET, HEAD, POST, OPTIONS\r\n" },
        { "BREW /api/v1/things", "", NULL, 405, "method-not-allowed" },
        { "POST /", "", NULL, 404, "not-found" },
        { "GET /api/v1/things/x", "", NULL, 422, "must be an id" },
        { "GET /api/v1/things/%zz", "", NULL, 422, "badly escaped" },
        { "GET /api/v1/things/%ff", "", NULL, 422, "badly escaped" },
        { "GET /api/v1/things/%00", "", NULL, 422, "badly escaped" },
        { "GET /api/v1/things/\xff", "", NULL, 400, "bad-request" },
        { "GET /api/v1/things?limit=501", "", NULL, 422, "between 1 and 500" },
        { "GET /api/v1/things?limit=x", "", NULL, 422, "whole number" },
        { "GET /api/v1/things?limit=1&limit=2", "", NULL, 422, "given twice" },
        { "GET /api/v1/things?what=1", "", NULL, 422, "not a known parameter" },
        { "GET /api/v1/things?name=%ff", "", NULL, 422, "not UTF-8" },
        { "POST /api/v1/things", "Content-Type: text/plain\r\n", "{\"name\":\"x\"}", 415,
          "unsupported-media" },
        { "POST /api/v1/things", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
          "{\"name\":\"x\"}", 415, "without Content-Encoding" },
        { "POST /api/v1/upload", "Content-Type: text/csv\r\nContent-Encoding: br\r\n", "x", 415,
          "without Content-Encoding" },
        { "POST /api/v1/things", "Content-Type: application/json\r\n", "", 400,
          "needs a JSON body" },
        { "POST /api/v1/things", "Content-Type: application/json\r\n", "{\"name\":", 400,
          "not JSON" },
        { "POST /api/v1/things", "Content-Type: application/json\r\n", "{\"name\":\"\xff\"}", 400,
          "not UTF-8" },
        { "POST /api/v1/things", "Content-Type: application/json\r\n",
          "{\"name\":\"a\",\"name\":\"b\"}", 422, "same name" },
        { "POST /api/v1/things", "Content-Type: application/json\r\n", "{\"name\":\"a\",\"x\":1}",
          422, "{\"pointer\":\"/x\",\"problem\":\"is not known here\"}" },
        { "POST /api/v1/things", "Content-Type: application/json\r\n", "{}", 422,
          "{\"pointer\":\"/name\",\"problem\":\"is required\"}" },
        { "PATCH /api/v1/things/" ID, "Content-Type: application/json\r\n", "{\"name\":\"a\"}", 428,
          "version-required" },
        { "PATCH /api/v1/things/" ID, "Content-Type: application/json\r\nIf-Match: W/\"3\"\r\n",
          "{}", 400, "strong" },
        { "PATCH /api/v1/things/" ID, "Content-Type: application/json\r\nIf-Match: \"3\"\r\n",
          "{\"name\":null}", 422, "must not be null" },
        { "GET /api/v1/things", "Idempotency-Key: a b\r\n", NULL, 400, "no space" },
        { "POST /api/v1/upload", "Content-Type: image/png\r\n", "x", 415, "text/csv" },
        { "POST /api/v1/things", "Content-Length: 5\r\n", "{\"name\":1}", 400, "length" },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char *r = ask_as(h, rows[i].line, rows[i].headers, rows[i].body);
        assert_status(r, rows[i].status);
        assert_has(r, rows[i].part);
        assert_has(r, "application/problem+json");
        assert_has(r, "\"instance\":\"urn:uuid:");
        assert_has(r, "X-Request-Id: ");
    }
}

static void rare_headers_are_set(void **state)
{
    struct fixture *h = *state;
    static const struct {
        const char *body;
        int status;
        const char *part;
    } rows[] = {
        { "{\"name\":\"out\"}", 201,
          "Set-Cookie: vow=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0\r\n" },
        { "{\"name\":\"advice\"}", 201, "X-Vow-Advisory: true\r\nX-Vow-Receipt: receipt\r\n" },
        { "{\"name\":\"fast\"}", 429, "Retry-After: 7\r\n" },
        { "{\"name\":\"who\"}", 401, "WWW-Authenticate: Bearer\r\n" },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char *r = ask(h, "POST /api/v1/things", "", rows[i].body);
        assert_status(r, rows[i].status);
        assert_has(r, rows[i].part);
    }
}

static void what_the_client_has_is_not_sent(void **state)
{
    struct fixture *h = *state;
    static const struct {
        const char *headers;
        int status;
    } rows[] = {
        { "If-None-Match: \"3\"\r\n", 304 },
        { "If-None-Match: W/\"3\"\r\n", 304 },
        { "If-None-Match: \"2\", \"3\"\r\n", 304 },
        { "If-None-Match: ,W/\"a,b\" ,\t\"3\"\r\n", 304 },
        { "If-None-Match: \"2\"\r\nIf-None-Match: \"3\"\r\n", 304 },
        { "If-None-Match: *\r\n", 304 },
        { "If-None-Match: \"2\"\r\n", 200 },
        { "If-None-Match: \"2\", W/\"33\"\r\n", 200 },
        { "If-None-Match: \"a\"3\"\r\n", 200 },
        { "If-None-Match: 3\r\n", 200 },
        { "If-None-Match: \"3\r\n", 200 },
        { "If-None-Match: \"\"\r\n", 200 },
        { "If-None-Match: W\r\n", 200 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char *r = ask_as(h, "GET /api/v1/things/" ID, rows[i].headers, NULL);
        assert_status(r, rows[i].status);
        assert_has(r, "ETag: \"3\"\r\n");
        if (rows[i].status == 304)
            assert_lacks(r, "\"name\"");
    }
    assert_status(ask(h, "GET /api/v1/things", "If-None-Match: *\r\n", NULL), 200);
}

/* Whoever stands in front may have read the other one. */
static void one_value_is_not_given_twice(void **state)
{
    struct fixture *h = *state;
    static const char *const lines[] = { "Host: a",
                                         "Origin: http://a",
                                         "If-Match: \"3\"",
                                         "Content-Type: application/json",
                                         "Authorization: Bearer a",
                                         "Sec-Fetch-Site: same-origin",
                                         "Idempotency-Key: a" };
    for (size_t i = 0; i < LENGTH(lines); i++) {
        char headers[120], said[60];
        snprintf(headers, sizeof headers, "%s\r\n%s\r\n", lines[i], lines[i]);
        snprintf(said, sizeof said, "There is more than one %.*s\"", (int)strcspn(lines[i], ":"),
                 lines[i]);
        char *r = ask_as(h, "POST /api/v1/things", headers, "{\"name\":\"x\"}");
        assert_status(r, 400);
        assert_has(r, said);
    }
    char *r = ask(h, "POST /api/v1/things", "Accept: text/html\r\nAccept: application/json\r\n",
                  "{\"name\":\"x\"}");
    assert_status(r, 201);
}

static void patch_takes_merge_patch(void **state)
{
    struct fixture *h = *state;
    char *r = ask_as(h, "PATCH /api/v1/things/" ID,
                     "If-Match: \"3\"\r\nContent-Type: application/merge-patch+json\r\n",
                     "{\"count\":4}");
    assert_status(r, 200);
}

static void large_bodies_are_refused(void **state)
{
    struct fixture *h = *state;
    static char big[300000];
    char head[256];
    /* over the bound of the route, short enough to be read off */
    memset(big, ' ', sizeof big);
    snprintf(head, sizeof head,
             "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
             "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
             sizeof big);
    int fd = dial(h);
    say(fd, head, strlen(head));
    say(fd, big, sizeof big);
    char *r = hear(fd);
    assert_status(r, 413);
    assert_has(r, "too-large");
    /* announced far over the bound: answered at once, without reading */
    r = talk(h, "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n");
    assert_status(r, 413);
    /* chunked, so that nothing is announced */
    fd = dial(h);
    const char *chunked = "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                          "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "493e0\r\n";
    say(fd, chunked, strlen(chunked));
    say(fd, big, sizeof big);
    say(fd, "\r\n0\r\n\r\n", 7);
    r = hear(fd);
    assert_status(r, 413);
    /* headers */
    fd = dial(h);
    const char *start = "GET /api/v1/things HTTP/1.1\r\nHost: a\r\nX-Big: ";
    say(fd, start, strlen(start));
    memset(big, 'a', 20000);
    say(fd, big, 20000);
    say(fd, "\r\n\r\n", 4);
    r = hear(fd);
    assert_status(r, 431);
    assert_has(r, "headers-too-large");
}

static void bodies_may_wait_for_leave(void **state)
{
    struct fixture *h = *state;
    int fd = dial(h);
    const char *head = "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                       "Content-Type: application/json\r\nExpect: 100-continue\r\n"
                       "Content-Length: 12\r\n\r\n";
    say(fd, head, strlen(head));
    assert_status(hear_until(fd, "\r\n\r\n"), 100);
    say(fd, "{\"name\":\"x\"}", 12);
    assert_status(hear(fd), 201);
    char *r = talk(h, "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                      "Content-Length: 5000\r\n\r\n");
    assert_status(r, 413);
}

static void lengths_must_be_clear(void **state)
{
    struct fixture *h = *state;
    static const char *const rows[] = {
        "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: "
        "3\r\n\r\n{}",
        "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: "
        "chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\n{}",
        "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char *r = talk(h, rows[i]);
        if (!strstr(r, " 400 ") && !strstr(r, " 413 "))
            fail_msg("row %zu: %s", i, r);
    }
}

static void names_of_headers_end_at_their_colon(void **state)
{
    struct fixture *h = *state;
    static const char *const blanks[] = { " ", "\t", " \t" };
    for (size_t i = 0; i < LENGTH(blanks); i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                 "Transfer-Encoding%s: chunked\r\n\r\n0\r\n\r\n",
                 blanks[i]);
        char *r = talk(h, text);
        assert_status(r, 400);
        assert_has(r, "Connection: close\r\n");
    }
}

static void bytes_go_in_and_out(void **state)
{
    struct fixture *h = *state;
    enum { SIZE = 2 << 20 };
    char *body = malloc(SIZE), head[256];
    memset(body, 'z', SIZE);
    snprintf(head, sizeof head,
             "POST /api/v1/upload?name=n HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
             "Content-Type: text/csv; charset=utf-8\r\nContent-Length: %d\r\n\r\n",
             SIZE);
    int fd = dial(h);
    say(fd, head, strlen(head));
    say(fd, body, SIZE);
    char *r = hear_until(fd, "\r\n\r\n");
    assert_status(r, 200);
    assert_has(r, "Content-Type: text/csv\r\n");
    assert_has(r, "Content-Disposition: attachment; filename=\"__ _b_____.csv\"; "
                  "filename*=UTF-8''%C3%A4%20%22b%22__.csv\r\n");
    assert_has(r, "Content-Length: 2097152\r\n");
    close(fd);
    free(body);
}

static void requests_may_be_pipelined(void **state)
{
    struct fixture *h = *state;
    char *r =
        talk(h, "GET /api/v1/things HTTP/1.1\r\nHost: a\r\n\r\n"
                "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                "Content-Length: 13\r\n\r\n{\"name\":\"two\"}"
                "\r\n"
                "GET /api/v1/none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    /* the body is cut one short, so what follows cannot be taken for a request */
    assert_has(r, "\"cursor\"");
    assert_has(r, "not JSON");
    r = talk(h, "GET /api/v1/things HTTP/1.1\r\nHost: a\r\n\r\n"
                "POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                "Content-Length: 14\r\n\r\n{\"name\":\"two\"}"
                "GET /api/v1/none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_has(r, "\"cursor\"");
    assert_has(r, "\"two\"");
    assert_has(r, "not-found");
}

static void absolute_addresses_are_taken(void **state)
{
    struct fixture *h = *state;
    static const char *const rows[][2] = { { "http://a/api/v1/things", "\"cursor\"" },
                                           { "HTTPS://a:1/api/v1/things?limit=1", "\"cursor\"" },
                                           { "http://a/api/v1/none", "/problems/not-found" },
                                           { "http://a", "text/html" } };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char text[120];
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                 rows[i][0]);
        assert_has(talk(h, text), rows[i][1]);
    }
}

static void head_and_options_have_no_body(void **state)
{
    struct fixture *h = *state;
    char *r = ask(h, "HEAD /api/v1/things", "", NULL);
    assert_status(r, 200);
    assert_has(r, "Content-Length: ");
    assert_lacks(r, "items");
    r = ask(h, "OPTIONS /api/v1/things", "", NULL);
    assert_status(r, 204);
    assert_has(r, "Allow: GET, HEAD, POST, OPTIONS\r\n");
    assert_lacks(r, "Access-Control");
    r = ask(h, "OPTIONS /api/v1/none", "", NULL);
    assert_status(r, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_answered),
        cmocka_unit_test(session_and_origin_are_read),
        cmocka_unit_test(problems_are_documents),
        cmocka_unit_test(rare_headers_are_set),
        cmocka_unit_test(what_the_client_has_is_not_sent),
        cmocka_unit_test(one_value_is_not_given_twice),
        cmocka_unit_test(patch_takes_merge_patch),
        cmocka_unit_test(large_bodies_are_refused),
        cmocka_unit_test(bodies_may_wait_for_leave),
        cmocka_unit_test(lengths_must_be_clear),
        cmocka_unit_test(names_of_headers_end_at_their_colon),
        cmocka_unit_test(bytes_go_in_and_out),
        cmocka_unit_test(requests_may_be_pipelined),
        cmocka_unit_test(absolute_addresses_are_taken),
        cmocka_unit_test(head_and_options_have_no_body),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
