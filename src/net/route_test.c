/* route_test.c: the checks of the route table, finding routes, and reading path and query. */
#include "router.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct in {
    struct id id, other;
    const char *name;
    int64_t count;
    double ratio;
    bool yes;
    struct instant from;
    struct date day;
    struct span length;
    struct list words;
};

static const struct field fields[] = {
    FIELD(struct in, id, .doc = "Id"),
    FIELD(struct in, other, .doc = "Other"),
    FIELD(struct in, name, .max = 5, .doc = "Name"),
    FIELD(struct in, count, .doc = "Count"),
    FIELD(struct in, ratio, .doc = "Ratio"),
    FIELD(struct in, yes, .doc = "Yes"),
    FIELD(struct in, from, .doc = "From"),
    FIELD(struct in, day, .doc = "Day"),
    FIELD(struct in, length, .doc = "Length"),
    FIELD(struct in, words, .of = KIND_TEXT, .max = 2, .doc = "Words"),
    { 0 },
};

static bool nothing(struct ctx *c, const void *in, void *ret)
{
    (void)c, (void)in, (void)ret;
    return true;
}

#define ROUTE(m, p)                                                                                \
    {                                                                                              \
        .method = m, .path = p, .handle = nothing, .doc = "d", .who = WHO_ANYONE, LANE(LANE_READ), \
        INPUT(struct in, fields)                                                                   \
    }

static const struct route rows[] = {
    ROUTE(GET, "/a"),         ROUTE(GET, "/a/{id}"),     ROUTE(DELETE, "/a/{id}"),
    ROUTE(POST, "/a/export"), ROUTE(GET, "/a/{id}/b"),   ROUTE(GET, "/a/{id}/b/{other}"),
    ROUTE(POST, "/a/{id}/b"), ROUTE(GET, "/a/export/c"),
};

static struct router *router_make(struct arena *a)
{
    const struct route **list = arena_many(a, LENGTH(rows), const struct route *);
    struct error err = { 0 };
    for (size_t i = 0; i < LENGTH(rows); i++)
        list[i] = &rows[i];
    assert_true(routes_check(list, LENGTH(rows), &err));
    return router_new(a, list, LENGTH(rows));
}

static void paths_find_their_routes(void **state)
{
    (void)state;
    static const struct {
        enum method method;
        const char *path;
        int row; /* -1: none */
        const char *allow;
    } cases[] = {
        { GET, "/api/v1/a", 0, "GET, HEAD, OPTIONS" },
        { GET, "/api/v1/a?x=/b", 0, NULL },
        { GET, "/api/v1/a/1", 1, NULL },
        { DELETE, "/api/v1/a/1", 2, NULL },
        { POST, "/api/v1/a/export", 3, NULL },
        { GET, "/api/v1/a/export", 1, NULL },
        { PUT, "/api/v1/a/export", -1, "GET, HEAD, POST, DELETE, OPTIONS" },
        { GET, "/api/v1/a/1/b", 4, NULL },
        { GET, "/api/v1/a/export/b", 4, NULL },
        { GET, "/api/v1/a/export/c", 7, NULL },
        { GET, "/api/v1/a/1/b/2", 5, NULL },
        { POST, "/api/v1/a/1/b", 6, NULL },
        { GET, "/api/v1/a/", -1, "OPTIONS" },
        { GET, "/api/v1/a//b", -1, "OPTIONS" },
        { GET, "/api/v1/", -1, "OPTIONS" },
        { GET, "/api/v1", -1, "OPTIONS" },
        { GET, "/api/v1/A", -1, "OPTIONS" },
        { GET, "/api/v1/%61", -1, "OPTIONS" },
        { GET, "/api/v1/a/1/c", -1, "OPTIONS" },
        { GET, "/api/v1a", -1, "OPTIONS" },
        { GET, "", -1, "OPTIONS" },
        { METHOD_COUNT, "/api/v1/a", -1, "GET, HEAD, OPTIONS" },
    };
    struct arena a = { 0 };
    struct router *router = router_make(&a);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        unsigned allow;
        const struct match *m = router_find(router, cases[i].method, cases[i].path, &allow);
        if (m != NULL ? cases[i].row < 0 || m->route != &rows[cases[i].row] : cases[i].row >= 0)
            fail_msg("%s", cases[i].path);
        if (cases[i].allow && cases[i].row < 0)
            assert_string_equal(allow_text(&a, allow), cases[i].allow);
    }
    arena_done(&a);
}

static void path_and_query_are_read(void **state)
{
    (void)state;
    struct exchange x = { 0 };
    struct router *router = router_make(&x.arena);
    assert_true(exchange_route(&x, router, GET,
                               "/api/v1/a/0190a6b0-1111-7222-8333-444455556666/b?"
                               "name=%C3%A4+%2B&count=-7&ratio=0.5&yes=true&words=a&words=b%26&"
                               "from=2026-03-01T08:00:00Z&day=2026-03-01&length=90&"));
    exchange_input(&x, NULL, (struct blob){ 0 });
    if (x.err.problem)
        fail_msg("%s %s", x.err.place[0].pointer, x.err.place[0].problem);
    const struct in *in = x.in;
    assert_true(id_given(in->id));
    assert_false(id_given(in->other));
    assert_string_equal(in->name, "\xc3\xa4 +");
    assert_int_equal(in->count, -7);
    assert_true(in->ratio == 0.5);
    assert_true(in->yes);
    assert_int_equal(in->words.count, 2);
    assert_string_equal(((const char *const *)in->words.at)[1], "b&");
    assert_true(instant_given(in->from));
    assert_int_equal(in->length.s, 90);
    assert_int_equal(x.given, 0x3FF & ~2);
    arena_done(&x.arena);
}

static void queries_are_refused(void **state)
{
    (void)state;
#define UNKNOWN                                                                               \
    "is not a known parameter; there are other, name, count, ratio, yes, from, day, length, " \
    "words"
    static const struct {
        const char *query, *pointer, *problem;
    } cases[] = {
        { "zzz=1", "zzz", UNKNOWN },
        { "=1", "", UNKNOWN },
        { "%ff=1", "", UNKNOWN },
        { "name=abcdef", "name", "must have at most 5 characters" },
        { "name=%00", "name", "is not UTF-8 or badly escaped" },
        { "name=%", "name", "is not UTF-8 or badly escaped" },
        { "name=%e4", "name", "is not UTF-8 or badly escaped" },
        { "name=a&name=b", "name", "is given twice" },
        { "count=", "count", "must be a whole number" },
        { "count", "count", "must be a whole number" },
        { "count=1.0", "count", "must be a whole number" },
        { "count=01", "count", "must be a whole number" },
        { "count=%201", "count", "must be a whole number" },
        { "count=0x1", "count", "must be a whole number" },
        { "count=9223372036854775808", "count", "must be a whole number" },
        { "count=-9223372036854775808", "count", "must be a whole number" },
        { "ratio=nan", "ratio", "must be a number" },
        { "ratio=inf", "ratio", "must be a number" },
        { "ratio=0x1p3", "ratio", "must be a number" },
        { "ratio=1.", "ratio", "must be a number" },
        { "ratio=1e", "ratio", "must be a number" },
        { "ratio=1e999", "ratio", "must be a number" },
        { "yes=1", "yes", "must be true or false" },
        { "day=2026-13-01", "day", "must be a date such as 2026-03-01" },
        { "from=now", "from", "must be a time from 1970 on, such as 2026-03-01T08:00:00.000Z" },
        { "other=1", "other", "must be an id" },
        { "id=0190a6b0-1111-7222-8333-444455556666", "id", UNKNOWN },
        { "words=a&words=b&words=c", "words", "must have at most 2 elements" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct exchange x = { 0 };
        struct router *router = router_make(&x.arena);
        assert_true(exchange_route(&x, router, GET,
                                   arena_printf(&x.arena,
                                                "/api/v1/a/0190a6b0-1111-7222-8333-444455556666?%s",
                                                cases[i].query)));
        exchange_input(&x, NULL, (struct blob){ 0 });
        if (x.err.problem != INVALID)
            fail_msg("taken: %s", cases[i].query);
        assert_string_equal(x.err.place[0].pointer, cases[i].pointer);
        assert_string_equal(x.err.place[0].problem, cases[i].problem);
        arena_done(&x.arena);
    }
}

static void declarations_are_checked(void **state)
{
    (void)state;
    static const struct field body_fields[] = { FIELD(struct in, name), { 0 } };
    static const struct field hidden[] = {
        { .name = "yes", .kind = KIND_BOOL, .see = (const struct permission *)&body_fields },
        { 0 },
    };
    static const struct field around[] = {
        { .name = "inner", .kind = KIND_RECORD, .fields = hidden },
        { 0 },
    };
    struct route good = ROUTE(POST, "/x"), other;
    const struct route *two[] = { &good, &other };
    struct route bad[15];
    size_t n = 0;
    for (size_t i = 0; i < LENGTH(bad); i++)
        bad[i] = good;
    bad[n++].doc = NULL;
    bad[n++].who = WHO_MISSING;
    bad[n++].who = WHO_CAN;
    bad[n++].lane_given = false;
    bad[n++].lane = LANE_WRITE; /* of which organisation? */
    bad[n++].path = "x";
    bad[n++].path = "/x/";
    bad[n++].path = "/x/{nobody}";
    bad[n++].path = "/x/{id";
    bad[n++].path = "/x/a{id}";
    bad[n++].in_size = 0;
    bad[n].body = BODY_BYTES;
    bad[n++].in = body_fields;
    bad[n].out_size = bad[n + 1].out_size = 1;
    bad[n++].out = hidden;
    bad[n++].out = around;
    bad[n++].list = true;
    for (size_t i = 0; i < n; i++) {
        struct error err = { 0 };
        const struct route *one[] = { &bad[i] };
        if (routes_check(one, 1, &err))
            fail_msg("row %zu was taken", i);
        assert_int_equal(err.problem, INTERNAL);
    }
    static const struct {
        const char *a, *b;
        bool clash;
    } pairs[] = {
        { "/x", "/x", true },
        { "/x/{id}", "/x/{other}", true },
        { "/x/{id}/y", "/x/{other}/z", false },
        { "/x/{id}", "/x/id", false },
        { "/x/{id}", "/x", false },
    };
    for (size_t i = 0; i < LENGTH(pairs); i++) {
        struct error err = { 0 };
        other = good;
        good.path = pairs[i].a;
        other.path = pairs[i].b;
        assert_int_equal(routes_check(two, 2, &err), !pairs[i].clash);
    }
}

static void calls_within_the_program_are_answered(void **state)
{
    (void)state;
    struct exchange x = { 0 };
    struct reply reply;
    struct router *router = router_make(&x.arena);
    assert_true(exchange_route(&x, router, POST, "/api/v1/a/export"));
    const char *body = "{\"name\":\"abc\",\"count\":2}";
    exchange_input(&x, "application/json", (struct blob){ body, strlen(body) });
    assert_int_equal(x.err.problem, NO_PROBLEM);
    assert_int_equal(((struct in *)x.in)->count, 2);
    exchange_reply(&x, &reply);
    assert_int_equal(reply.status, 204);
    assert_int_equal(reply.body.len, 0);
    x.err.problem = NO_PROBLEM;
    assert_false(exchange_route(&x, router, PUT, "/api/v1/a"));
    exchange_reply(&x, &reply);
    assert_int_equal(reply.status, 405);
    assert_string_equal(reply.type, "application/problem+json");
    arena_done(&x.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_find_their_routes),
        cmocka_unit_test(path_and_query_are_read),
        cmocka_unit_test(queries_are_refused),
        cmocka_unit_test(declarations_are_checked),
        cmocka_unit_test(calls_within_the_program_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
