/* reports_test.c: every grouping against sums made by hand and against the entries themselves. */
#include "feature/time/time_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Two people, three projects of two clients, two tags; 9 hours of which 4 are billed at 60.00. */
static const char entries[] =
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,"
    "Duration,Tags,Amount (EUR)\n"
    "Nora,nora@example.org,Harbour,Quay,,,Yes,2026-01-30,09:00:00,2026-01-30,11:00:00,02:00:00,a,"
    "120\n"
    "Nora,nora@example.org,Harbour,Pier,,,Yes,2026-02-02,09:00:00,2026-02-02,10:00:00,01:00:00,,"
    "60\n"
    "Ivo,ivo@example.org,Harbour,Quay,,,No,2026-02-01,09:00:00,2026-02-01,12:00:00,03:00:00,\"a, "
    "b\",\n"
    "Ivo,ivo@example.org,,=Own,,,No,2026-03-31,09:00:00,2026-03-31,11:00:00,02:00:00,b,\n"
    "Ivo,ivo@example.org,,,,,Yes,2026-03-31,23:30:00,2026-04-01,00:30:00,01:00:00,,60\n";

static int open_imported(void **state)
{
    staff_open(state);
    upload(*state, 200, "/time/imports", ((struct staff *)*state)->owner, entries);
    return 0;
}

#define YEAR "from=2026-01-01&to=2026-12-31"

static void csv_is(struct staff *w, const char *query, const char *session, const char *is)
{
    struct answer r = expect(w, 200, GET, arena_printf(&w->world->a, "/reports/time.csv?%s", query),
                             session, NULL);
    assert_string_equal(r.body, is);
    if (strstr(query, YEAR))
        assert_string_equal(r.filename, "report-2026-01-01-to-2026-12-31.csv");
}

static void groupings_are_as_counted_by_hand(void **state)
{
    struct staff *w = *state;
    csv_is(
        w, "by=project&" YEAR, w->owner,
        "project,hours,billable hours,amount (EUR),unrated hours\r\n"
        "Quay,5.00,2.00,120.00,0.00\r\n'=Own,2.00,0.00,0.00,0.00\r\nPier,1.00,1.00,60.00,0.00\r\n"
        "\"\",1.00,1.00,60.00,0.00\r\n");
    csv_is(w, "by=client&then=month&" YEAR, w->owner,
           "client,month,hours,billable hours,amount (EUR),unrated hours\r\n"
           "Harbour,2026-01,2.00,2.00,120.00,0.00\r\nHarbour,2026-02,4.00,1.00,60.00,0.00\r\n"
           "\"\",2026-03,2.50,0.50,30.00,0.00\r\n\"\",2026-04,0.50,0.50,30.00,0.00\r\n");
    csv_is(w, "by=month&" YEAR, w->owner,
           "month,hours,billable hours,amount (EUR),unrated hours\r\n"
           "2026-01,2.00,2.00,120.00,0.00\r\n"
           "2026-02,4.00,1.00,60.00,0.00\r\n2026-03,2.50,0.50,30.00,0.00\r\n2026-04,0.50,0.50,30."
           "00,0.00\r\n");
    csv_is(
        w, "by=week&then=person&" YEAR, w->owner,
        "week,person,hours,billable hours,amount (EUR),unrated hours\r\n"
        "2026-01-26,Ivo Marek,3.00,0.00,0.00,0.00\r\n2026-01-26,Nora Lind,2.00,2.00,120.00,0.00\r\n"
        "2026-02-02,Nora Lind,1.00,1.00,60.00,0.00\r\n2026-03-30,Ivo "
        "Marek,3.00,1.00,60.00,0.00\r\n");
    csv_is(w, "by=person&then=client&" YEAR, w->owner,
           "person,client,hours,billable hours,amount (EUR),unrated hours\r\n"
           "Ivo Marek,Harbour,3.00,0.00,0.00,0.00\r\nIvo Marek,,3.00,1.00,60.00,0.00\r\n"
           "Nora Lind,Harbour,3.00,3.00,180.00,0.00\r\n");
    csv_is(w, "by=day&from=2026-03-31&to=2026-03-31", w->owner,
           "day,hours,billable hours,amount (EUR),unrated hours\r\n"
           "2026-03-31,2.50,0.50,30.00,0.00\r\n");
}

static void tags_count_for_each_but_once_in_all(void **state)
{
    struct staff *w = *state;
    csv_is(w, "by=tag&" YEAR, w->owner,
           "tag,hours,billable hours,amount (EUR),unrated hours\r\n"
           "a,5.00,2.00,120.00,0.00\r\nb,5.00,0.00,0.00,0.00\r\n\"\",2.00,2.00,120.00,0.00\r\n");
    struct answer r = expect(w, 200, GET, "/reports/time?by=tag&" YEAR, w->owner, NULL);
    has(&r, "\"total_s\":32400,\"billable_s\":14400,\"unrated_s\":0,\"amount_minor\":24000,"
            "\"currency\":\"EUR\"");
    r = expect(w, 200, GET, "/tags?name=b", w->owner, NULL);
    const char *tag = text_of(w, &r, "id");
    csv_is(w, arena_printf(&w->world->a, "by=project&then=tag&tag=%s&" YEAR, tag), w->owner,
           "project,tag,hours,billable hours,amount (EUR),unrated hours\r\n"
           "Quay,b,3.00,0.00,0.00,0.00\r\n"
           "'=Own,b,2.00,0.00,0.00,0.00\r\n");
    r = expect(w, 200, GET, arena_printf(&w->world->a, "/reports/time?by=month&tag=%s&" YEAR, tag),
               w->owner, NULL);
    has(&r, "\"total_s\":18000");
}

static void hours_without_a_rate_are_told(void **state)
{
    struct staff *w = *state;
    expect(w, 201, POST, "/time/entries", w->member,
           "{\"started_at\":\"2026-02-10T08:00:00Z\",\"ended_at\":\"2026-02-10T09:30:00Z\","
           "\"billable\":true}");
    csv_is(w, "by=project&from=2026-02-01&to=2026-02-28", w->owner,
           "project,hours,billable hours,amount (EUR),unrated hours\r\n"
           "Quay,3.00,0.00,0.00,0.00\r\n\"\",1.50,1.50,0.00,1.50\r\nPier,1.00,1.00,60.00,0.00\r\n");
    static const char *const groupings[] = { "client", "day", "person", "tag" };
    for (size_t i = 0; i < LENGTH(groupings); i++) {
        struct answer r = expect(
            w, 200, GET, arena_printf(&w->world->a, "/reports/time?by=%s&" YEAR, groupings[i]),
            w->owner, NULL);
        has(&r,
            "\"total_s\":37800,\"billable_s\":19800,\"unrated_s\":5400,\"amount_minor\":24000,");
    }
}

static void projects_of_one_name_are_told_apart(void **state)
{
    struct staff *w = *state;
    upload(w, 200, "/time/imports", w->owner,
           "User,Email,Client,Project,Description,Billable,Start date,Start time,Duration\n"
           "Nora,nora@example.org,Abbey,Quay,,No,2026-06-01,09:00:00,04:00:00\n"
           "Nora,nora@example.org,Harbour,Quay,,No,2026-06-01,13:00:00,03:00:00\n"
           "Nora,nora@example.org,,Quay alone,,No,2026-06-01,16:00:00,01:00:00\n");
    csv_is(
        w, "by=project&then=client&from=2026-06-01&to=2026-06-01", w->owner,
        "project,client,hours,billable hours,amount (EUR),unrated hours\r\n"
        "Quay (Abbey),Abbey,4.00,0.00,0.00,0.00\r\nQuay (Harbour),Harbour,3.00,0.00,0.00,0.00\r\n"
        "Quay alone,,1.00,0.00,0.00,0.00\r\n");
}

/* A rate of 0 is one: it says that the work is free. */
static void hours_for_free_have_a_rate(void **state)
{
    struct staff *w = *state;
    struct arena *a = &w->world->a;
    struct answer r = expect(w, 201, POST, "/projects", w->owner,
                             "{\"name\":\"Gift\",\"billable\":true,\"rate_minor\":0}");
    const char *gift = text_of(w, &r, "id");
    r = expect(w, 201, POST, "/time/entries", w->member,
               arena_printf(a,
                            "{\"started_at\":\"2026-05-10T08:00:00Z\",\"ended_at\":"
                            "\"2026-05-10T09:30:00Z\",\"project\":\"%s\"}",
                            gift));
    has(&r, "\"rated\":true");
    const char *entry = arena_printf(a, "/time/entries/%s", text_of(w, &r, "id"));
    r = expect(w, 200, GET, "/reports/time?by=day&from=2026-05-01&to=2026-05-31", w->owner, NULL);
    has(&r, "\"billable_s\":5400,\"unrated_s\":0,\"amount_minor\":0,");
    /* Nobody has said what the person costs, on no project. */
    r = world_ask(w->world, w->member, PATCH, entry, "{\"project\":null}", 1, 200);
    world_ask(w->world, w->member, PATCH, entry, "{\"billable\":true}", 2, 200);
    r = expect(w, 200, GET, "/reports/time?by=day&from=2026-05-01&to=2026-05-31", w->owner, NULL);
    has(&r, "\"billable_s\":5400,\"unrated_s\":5400,\"amount_minor\":0,");
    expect(w, 201, POST, "/people/rates", w->owner,
           arena_printf(a, "{\"person\":\"%s\",\"rate_minor\":0}", w->member_id));
    world_ask(w->world, w->member, PATCH, entry, "{\"billable\":false}", 3, 200);
    world_ask(w->world, w->member, PATCH, entry, "{\"billable\":true}", 4, 200);
    r = expect(w, 200, GET, "/reports/time?by=day&from=2026-05-01&to=2026-05-31", w->owner, NULL);
    has(&r, "\"billable_s\":5400,\"unrated_s\":0,\"amount_minor\":0,");
}

static void whole_months_and_their_edges_agree(void **state)
{
    struct staff *w = *state;
    static const char *const periods[] = {
        "from=2026-01-01&to=2026-12-31", "from=2026-01-30&to=2026-03-31",
        "from=2026-01-31&to=2026-04-01", "from=2026-02-01&to=2026-02-28",
        "from=2025-12-15&to=2026-03-30", "from=2026-03-31&to=2026-03-31",
    };
    for (size_t i = 0; i < LENGTH(periods); i++) {
        /* By client alone the sums of months are read; with the days, those of days. */
        struct answer months = expect(
            w, 200, GET, arena_printf(&w->world->a, "/reports/time?by=client&%s", periods[i]),
            w->owner, NULL);
        struct answer days =
            expect(w, 200, GET, arena_printf(&w->world->a, "/reports/time?by=day&%s", periods[i]),
                   w->owner, NULL);
        assert_string_equal(strstr(months.body, "\"total_s\":"), strstr(days.body, "\"total_s\":"));
    }
}

static void people_see_what_they_may(void **state)
{
    struct staff *w = *state;
    /* Hours, but not what they cost: that takes a permission of its own. */
    csv_is(w, "by=person&" YEAR, w->member,
           "person,hours,billable hours,amount (EUR),unrated hours\r\n"
           "Ivo Marek,6.00,1.00,,0.00\r\n");
    csv_is(w, "by=client&" YEAR, w->member,
           "client,hours,billable hours,amount (EUR),unrated hours\r\n"
           "Harbour,3.00,0.00,,0.00\r\n"
           "\"\",3.00,1.00,,0.00\r\n");
    struct answer unseen = expect(w, 200, GET, "/reports/time?by=person&" YEAR, w->member, NULL);
    has(&unseen, "\"duration_s\":21600,\"billable_s\":3600,\"unrated_s\":0,\"amount_minor\":null}");
    has(&unseen, "\"billable_s\":3600,\"unrated_s\":0,\"amount_minor\":null,\"currency\"");
    unseen = expect(w, 200, GET, "/time/entries", w->member, NULL);
    has(&unseen, "\"rate_minor\":null,\"amount_minor\":null");
    assert_null(strstr(unseen.body, "\"amount_minor\":0"));
    expect(w, 404, GET, arena_printf(&w->world->a, "/reports/time?by=day&person=%s", w->owner_id),
           w->member, NULL);
    csv_is(w, arena_printf(&w->world->a, "by=month&person=%s&" YEAR, w->owner_id), w->owner,
           "month,hours,billable hours,amount (EUR),unrated hours\r\n"
           "2026-01,2.00,2.00,120.00,0.00\r\n"
           "2026-02,1.00,1.00,60.00,0.00\r\n");
    expect(w, 401, GET, "/reports/time?by=day", NULL, NULL);
    struct answer r = expect(w, 200, GET, "/audit", w->owner, NULL);
    assert_null(strstr(r.body, "time_entry.read"));
    expect(w, 200, GET, "/reports/time?by=person&" YEAR, w->owner, NULL);
    r = expect(w, 200, GET, "/audit", w->owner, NULL);
    has(&r, "time_entry.read");
}

static void wrong_questions_are_refused(void **state)
{
    struct staff *w = *state;
    static const char *const wrong[] = {
        "",
        "by=year",
        "by=day&then=day",
        "by=day&from=2026-02-02&to=2026-02-01",
        "by=day&from=2001-01-01&to=2026-02-01",
        "by=day&person=x",
        "by=day&colour=red",
    };
    for (size_t i = 0; i < LENGTH(wrong); i++)
        expect(w, 422, GET, arena_printf(&w->world->a, "/reports/time?%s", wrong[i]), w->owner,
               NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groupings_are_as_counted_by_hand),
        cmocka_unit_test(tags_count_for_each_but_once_in_all),
        cmocka_unit_test_setup_teardown(hours_without_a_rate_are_told, open_imported, staff_close),
        cmocka_unit_test_setup_teardown(projects_of_one_name_are_told_apart, open_imported,
                                        staff_close),
        cmocka_unit_test_setup_teardown(hours_for_free_have_a_rate, open_imported, staff_close),
        cmocka_unit_test(whole_months_and_their_edges_agree),
        cmocka_unit_test_setup_teardown(people_see_what_they_may, open_imported, staff_close),
        cmocka_unit_test(wrong_questions_are_refused),
    };
    return cmocka_run_group_tests(tests, open_imported, staff_close);
}
