/* sums_test.c: the sums beside entries, their rates, and making them anew. */
#include "feature/time/time_fixture.h"

#include "feature/time/rollup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void sums_follow_every_change(void **state)
{
    struct staff *w = *state;
    const char *quay = make(w, "/projects",
                            "{\"name\":\"Quay\",\"billable\":true,"
                            "\"rate_minor\":9000}");
    const char *pier = make(w, "/projects", "{\"name\":\"Pier\"}");
    const char *one = make(w, "/tags", "{\"name\":\"one\"}");
    const char *two = make(w, "/tags", "{\"name\":\"two\"}");
    /* Across a midnight and across the hour that Berlin skips: 22:30 to 04:30. */
    struct answer r = expect(
        w, 201, POST, "/time/entries", w->owner,
        arena_printf(&w->world->a,
                     "{\"started_at\":\"2026-03-28T21:30:00Z\",\"ended_at\":"
                     "\"2026-03-29T02:30:00.9Z\",\"project\":\"%s\",\"tags\":[\"%s\",\"%s\"]}",
                     quay, one, two));
    has(&r, "\"duration_s\":18000");
    has(&r, "\"amount_minor\":45000");
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    struct sum sum = sum_of(w, &all_days);
    assert_int_equal(sum.rows, 2);
    assert_int_equal(sum.seconds, 18000);
    assert_int_equal(sum.amount, 45000);
    static const struct query first = {
        "SELECT duration_s, amount_minor, day FROM time_day ORDER BY day LIMIT 1", .whole = "A test"
    };
    sum = sum_of(w, &first);
    assert_int_equal(sum.seconds, 5400);
    assert_int_equal(sum.amount, 13500);
    assert_int_equal(sum.rows, date_of(2026, 3, 28).day);
    sums_are_right(w);
    r = staff_send(
        w, PATCH, path, w->owner,
        arena_printf(&w->world->a, "{\"project\":\"%s\",\"billable\":false,\"tags\":null}", pier),
        1);
    assert_int_equal(r.status, 200);
    assert_int_equal(sum_of(w, &all_days).amount, 0);
    sums_are_right(w);
    r = staff_send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-03-28T22:30:00Z\"}", 2);
    assert_int_equal(r.status, 200);
    assert_int_equal(sum_of(w, &all_days).rows, 1);
    sums_are_right(w);
    r = staff_send(w, PATCH, path, w->owner, "{\"ended_at\":null}", 3);
    assert_int_equal(r.status, 200);
    assert_int_equal(sum_of(w, &all_days).rows, 0);
    r = staff_send(w, DELETE, path, w->owner, NULL, 4);
    assert_int_equal(r.status, 204);
    sums_are_right(w);
}

/* Entries of a release that did not note whether a rate was known, opened by this one. */
static bool unrated_forget(struct ctx *c, void *with)
{
    static const struct query forget = { "UPDATE time_entry SET rated = $1", .whole = "A test" };
    (void)with;
    return tx_run(c->tx, &forget, ARGS(value_bool(false)), NULL);
}

static bool as_before_rated(struct ctx *c, void *with)
{
    return unrated_forget(c, with) && time_feature.derive(c);
}

static void rates_are_those_of_the_time_of_writing(void **state)
{
    struct staff *w = *state;
    const char *own = make(w, "/projects",
                           "{\"name\":\"Own rate\",\"billable\":true,"
                           "\"rate_minor\":10000}");
    const char *none = make(w, "/projects", "{\"name\":\"No rate\",\"billable\":true}");
    const char *entry = "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":"
                        "\"2026-03-02T08:20:00Z\",\"project\":\"%s\"}";
    make(w, "/people/rates",
         arena_printf(&w->world->a, "{\"person\":\"%s\",\"rate_minor\":7000}", w->owner_id));
    char json[300];
    snprintf(json, sizeof json, entry, own);
    struct answer r = expect(w, 201, POST, "/time/entries", w->owner, json);
    has(&r, "\"rate_minor\":10000,\"amount_minor\":3333");
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    snprintf(json, sizeof json, entry, none);
    r = expect(w, 201, POST, "/time/entries", w->owner, json);
    has(&r, "\"rate_minor\":7000,\"amount_minor\":2333");
    r = expect(w, 201, POST, "/time/entries", w->member, json);
    r = expect(w, 200, GET, arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id")),
               w->owner, NULL);
    has(&r, "\"rate_minor\":0,\"amount_minor\":0,\"rated\":false");
    r = staff_send(w, PATCH, arena_printf(&w->world->a, "/projects/%s", own), w->owner,
                   "{\"rate_minor\":20000}", 1);
    assert_int_equal(r.status, 200);
    r = staff_send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-03-02T09:00:00Z\"}", 1);
    has(&r, "\"rate_minor\":10000,\"amount_minor\":10000");
    r = staff_send(w, PATCH, path, w->owner, "{\"billable\":false}", 2);
    has(&r, "\"rate_minor\":0,\"amount_minor\":0");
    r = staff_send(w, PATCH, path, w->owner, "{\"billable\":true}", 3);
    has(&r, "\"rate_minor\":20000,\"amount_minor\":20000");
    sums_are_right(w);
    assert_true(in_organisation(w, true, as_before_rated, NULL));
    r = expect(w, 200, GET, path, w->owner, NULL);
    has(&r, "\"rated\":true");
    sums_are_right(w);
    /* Written by that release after this one had opened the data: its sums are the same. */
    assert_true(in_organisation(w, true, unrated_forget, NULL));
    sums_are_right(w);
    r = expect(w, 200, POST, "/time/rates", w->owner, "{}");
    has(&r, "\"entries\":0,");
    r = staff_send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-03-02T10:00:00Z\"}", 4);
    has(&r, "\"rate_minor\":20000,\"amount_minor\":40000,\"rated\":true");
    sums_are_right(w);
}

static void hours_without_a_rate_get_one_when_asked(void **state)
{
    struct staff *w = *state;
    const char *day = "{\"started_at\":\"2026-03-%02dT08:00:00Z\",\"ended_at\":"
                      "\"2026-03-%02dT10:00:00Z\",\"project\":\"%s\"}";
    const char *pier = make(w, "/projects", "{\"name\":\"Pier\",\"billable\":true}");
    const char *old = make(w, "/projects", "{\"name\":\"Old\",\"billable\":true}");
    const char *rated =
        make(w, "/projects", "{\"name\":\"Quay\",\"billable\":true,\"rate_minor\":9000}");
    const char *const projects[] = { pier, pier, old, rated };
    char path[4][60];
    for (int i = 0; i < 4; i++) {
        struct answer r = expect(w, 201, POST, "/time/entries", i ? w->owner : w->member,
                                 arena_printf(&w->world->a, day, i + 2, i + 2, projects[i]));
        snprintf(path[i], sizeof path[i], "/time/entries/%s", text_of(w, &r, "id"));
    }
    struct answer r = expect(w, 200, POST, "/time/rates", w->owner, "{}");
    has(&r, "\"entries\":0,\"duration_s\":0,\"amount_minor\":0,\"left\":3");
    r = staff_send(w, PATCH, arena_printf(&w->world->a, "/projects/%s", pier), w->owner,
                   "{\"rate_minor\":10000}", 1);
    assert_int_equal(r.status, 200);
    r = staff_send(w, PATCH, arena_printf(&w->world->a, "/projects/%s", old), w->owner,
                   "{\"rate_minor\":10000,\"archived\":true}", 1);
    assert_int_equal(r.status, 200);
    r = staff_send(w, PATCH, arena_printf(&w->world->a, "/projects/%s", rated), w->owner,
                   "{\"rate_minor\":50000}", 1);
    assert_int_equal(r.status, 200);
    expect(w, 403, POST, "/time/rates", w->member, "{}");
    expect(w, 422, POST, "/time/rates", w->owner, "{\"from\":\"soon\"}");
    r = expect(w, 422, POST, "/time/rates", w->owner,
               "{\"from\":\"2026-03-04\",\"to\":\"2026-03-03\"}");
    has(&r, "{\"pointer\":\"/to\",\"problem\":\"must not be before from\"}");
    r = expect(w, 200, POST, "/time/rates", w->owner, "{\"dry_run\":true}");
    has(&r, "\"entries\":2,\"duration_s\":14400,\"amount_minor\":40000,\"left\":1");
    r = expect(w, 200, GET, path[1], w->owner, NULL);
    has(&r, "\"rated\":false");
    sums_are_right(w);
    r = expect(w, 200, GET, "/audit?action=time_entry.rate", w->owner, NULL);
    has(&r, "\"items\":[]");
    r = expect(w, 200, POST, "/time/rates", w->owner,
               "{\"from\":\"2026-03-03\",\"to\":\"2026-03-03\"}");
    has(&r, "\"entries\":1,\"duration_s\":7200,\"amount_minor\":20000,\"left\":0");
    sums_are_right(w);
    r = expect(w, 200, GET, path[1], w->owner, NULL);
    has(&r, "\"rate_minor\":10000,\"amount_minor\":20000,\"rated\":true");
    has(&r, "\"version\":2");
    r = expect(w, 200, POST, "/time/rates", w->owner, "{}");
    has(&r, "\"entries\":1,\"duration_s\":7200,\"amount_minor\":20000,\"left\":1");
    sums_are_right(w);
    r = expect(w, 200, GET, path[2], w->owner, NULL);
    has(&r, "\"rate_minor\":0,\"amount_minor\":0,\"rated\":false");
    r = expect(w, 200, GET, path[3], w->owner, NULL);
    has(&r, "\"rate_minor\":9000,\"amount_minor\":18000");
    r = expect(w, 200, GET, "/audit?action=time_entry.rate", w->owner, NULL);
    has(&r, "\"detail\":\"entries=1\"");
}

static bool damage(struct ctx *c, void *with)
{
    static const struct query wrong = { "UPDATE time_day_packed SET parts = NULL",
                                        .whole = "A test" };
    (void)with;
    return tx_run(c->tx, &wrong, NO_ARGS, NULL);
}

static bool repair(struct ctx *c, void *with)
{
    (void)with;
    return rollup_rebuild(c);
}

static void sums_can_be_made_anew(void **state)
{
    struct staff *w = *state;
    bool same = true;
    expect(w, 201, POST, "/time/entries", w->owner,
           "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":\"2026-03-04T09:00:00Z\"}");
    assert_int_equal(sum_of(w, &all_days).rows, 3);
    assert_true(in_organisation(w, true, damage, NULL));
    assert_true(in_organisation(w, false, sums_check, &same));
    assert_false(same);
    assert_true(in_organisation(w, true, repair, NULL));
    sums_are_right(w);
}

static bool packed_forget(struct ctx *c, void *with)
{
    static const struct query forget = { "DELETE FROM time_day_packed", .whole = "A test" };
    (void)with;
    return tx_run(c->tx, &forget, NO_ARGS, NULL);
}

/* Until they are made anew, what is packed may lack a sum that is there. */
static void a_sum_that_is_not_packed_is_added_to(void **state)
{
    struct staff *w = *state;
    const char *entry = arena_printf(&w->world->a,
                                     "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":"
                                     "\"2026-03-02T09:00:00Z\",\"project\":\"%s\"}",
                                     make(w, "/projects", "{\"name\":\"Quay\"}"));
    make(w, "/time/entries", entry);
    assert_true(in_organisation(w, true, packed_forget, NULL));
    make(w, "/time/entries", entry);
    struct sum sum = sum_of(w, &all_days);
    assert_int_equal(sum.rows, 1);
    assert_int_equal(sum.seconds, 2 * 3600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAFF_TEST(sums_follow_every_change),
        STAFF_TEST(rates_are_those_of_the_time_of_writing),
        STAFF_TEST(hours_without_a_rate_get_one_when_asked),
        STAFF_TEST(sums_can_be_made_anew),
        STAFF_TEST(a_sum_that_is_not_packed_is_added_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
