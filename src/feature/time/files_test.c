/* files_test.c: imports and exports, through the routes of the program. */
#include "core/app.h"
#include "feature/time/import.h"
#include "feature/time/time_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define TOGGL                                                                                      \
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time," \
    "Duration,Tags,Amount (EUR)\n"

static const char toggl[] =
    TOGGL "Nora Lind,nora@example.org,Harbour,Quay,Field,=1+1,Yes,2026-03-02,08:00:00,2026-03-02,"
          "09:00:00,01:00:00,\"a, b\",90.00\n"
          "Pia Roth,pia@example.org,Harbour,Quay,,,No,2026-03-02,08:00:00,2026-03-02,10:00:00,"
          "02:00:00,,\n"
          "Pia Roth,pia@example.org,Harbour,quay,,,No,2026-03-02,08:00:00,2026-03-02,10:00:00,"
          "02:00:00,,\n";

static void an_import_is_tried_then_done_once(void **state)
{
    struct staff *w = *state;
    struct answer r = upload(w, 200, "/time/imports?dry_run=true", w->owner, toggl);
    has(&r, "\"format\":\"toggl\"");
    has(&r, "{\"clients\":1,\"projects\":1,\"tasks\":1,\"tags\":2,\"people\":1,\"entries\":3}");
    has(&r, "\"committed\":false");
    has(&r, "\"unrated_s\":0"); /* one has an amount, two are not billed */
    has(&r, "{\"name\":\"Pia Roth\",\"matched\":false}");
    assert_int_equal(sum_of(w, &all_days).rows, 0);
    r = expect(w, 200, GET, "/clients", w->owner, NULL);
    has(&r, "\"items\":[]");
    r = upload(w, 200, "/time/imports", w->owner, toggl);
    has(&r, "\"committed\":true");
    has(&r, "\"total_s\":18000");
    struct sum sum = sum_of(w, &all_days);
    assert_int_equal(sum.seconds, 18000);
    assert_int_equal(sum.amount, 9000);
    sums_are_right(w);
    r = upload(w, 200, "/time/imports", w->owner, toggl);
    has(&r, "\"duplicates\":3");
    has(&r, "{\"clients\":0,\"projects\":0,\"tasks\":0,\"tags\":0,\"people\":0,\"entries\":0}");
    assert_int_equal(sum_of(w, &all_days).seconds, 18000);
    /* What is exported can be imported elsewhere, and formulas are text. */
    r = expect(w, 200, GET, "/time/export.csv?from=2026-03-02&to=2026-03-02", w->owner, NULL);
    has(&r, "Nora Lind,nora@example.org,Harbour,Quay,Field,'=1+1,Yes,2026-03-02,08:00:00,"
            "2026-03-02,09:00:00,01:00:00,\"a, b\",90.00,Europe/Berlin,toggl\r\n");
    r = expect(w, 200, GET, "/time/export.json", w->owner, NULL);
    has(&r, "\"project_name\":\"Quay\"");
    r = expect(w, 200, GET, "/time/export.csv?from=2026-03-03", w->owner, NULL);
    has_not(&r, "Quay");
    r = expect(w, 200, GET, "/time/entries", w->owner, NULL);
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    r = staff_send(w, DELETE, path, w->owner, NULL, 1);
    assert_int_equal(r.status, 204);
    r = upload(w, 200, "/time/imports", w->owner, toggl);
    has(&r, "\"duplicates\":2");
    sums_are_right(w);
}

static void an_export_is_named_after_its_period(void **state)
{
    struct staff *w = *state;
    static const char *const rows[][2] = {
        { ".csv", "time.csv" },
        { ".json", "time.json" },
        { ".csv?from=2026-03-02&to=2026-03-08", "time-2026-03-02-to-2026-03-08.csv" },
        { ".json?from=2026-03-02&to=2026-03-08", "time-2026-03-02-to-2026-03-08.json" },
        { ".json?from=2026-03-02&to=2026-03-02", "time-2026-03-02.json" },
        { ".csv?from=2026-03-02", "time-from-2026-03-02.csv" },
        { ".json?to=2026-03-08", "time-to-2026-03-08.json" },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *path = arena_printf(&w->world->a, "/time/export%s", rows[i][0]);
        assert_string_equal(expect(w, 200, GET, path, w->owner, NULL).filename, rows[i][1]);
    }
}

static void an_import_tells_hours_without_a_rate(void **state)
{
    struct staff *w = *state;
    static const char file[] =
        TOGGL "Nora Lind,nora@example.org,Harbour,Quay,,,Yes,2026-03-02,08:00:00,2026-03-02,"
              "09:30:00,01:30:00,,\n";
    struct answer r = upload(w, 200, "/time/imports?dry_run=true", w->owner, file);
    has(&r, "\"total_s\":5400,\"unrated_s\":5400");
    make(w, "/people/rates",
         arena_printf(&w->world->a, "{\"person\":\"%s\",\"rate_minor\":0}", w->owner_id));
    r = upload(w, 200, "/time/imports?dry_run=true", w->owner, file);
    has(&r, "\"total_s\":5400,\"unrated_s\":0");
    has(&r, "\"first_at\":\"2026-03-02T07:00:00.000Z\",\"last_at\":\"2026-03-02T08:30:00.000Z\"");
    has_not(&r, "\"notice\":\"");
}

static void an_import_names_both_currencies(void **state)
{
    struct staff *w = *state;
    static const char *const columns =
        "User,Email,Project,Start date,Start time,Duration,Amount (USD)\n"
        "Nora Lind,nora@example.org,Quay,2026-03-02,08:00:00,01:00:00,9\n";
    struct answer r = upload(w, 200, "/time/imports?dry_run=true", w->owner, columns);
    has(&r, "The amounts are in USD, and the organisation's currency is EUR.");
}

static void an_import_is_all_or_nothing(void **state)
{
    struct staff *w = *state;
    static const char broken[] =
        TOGGL "Nora Lind,nora@example.org,Harbour,Quay,,fine,Yes,2026-03-02,08:00:00,2026-03-02,"
              "09:00:00,01:00:00,,\n"
              "Nora Lind,nora@example.org,Harbour,Quay,,bad,Yes,2026-13-02,08:00:00,2026-03-02,"
              "09:00:00,01:00:00,,\n";
    struct answer r = upload(w, 200, "/time/imports?dry_run=true", w->owner, broken);
    has(&r, "{\"line\":3,\"column\":\"Start date\",\"reason\":\"is not a date between 1990 and "
            "2100\",\"value\":\"2026-13-02\"}");
    r = upload(w, 422, "/time/imports", w->owner, broken);
    has(&r, "/problems/import-unreadable");
    has(&r, "line 3 Start date");
    assert_int_equal(sum_of(w, &all_days).rows, 0);
    r = expect(w, 200, GET, "/clients", w->owner, NULL);
    has(&r, "\"items\":[]");
    upload(w, 422, "/time/imports", w->owner, "hello\n");
    upload(w, 422, "/time/imports?zone=Europe/Atlantis", w->owner, toggl);
}

static void a_name_is_one_person(void **state)
{
    struct staff *w = *state;
    static const char rows[] = TOGGL "Pia Roth,,,,,x,Yes,2026-03-02,08:00:00,2026-03-02,09:00:00,"
                                     "01:00:00,,\n"
                                     "PIA ROTH,,,,,y,Yes,2026-03-02,09:00:00,2026-03-02,10:00:00,"
                                     "01:00:00,,\n"
                                     "Pia Roth,,,,,z,Yes,2026-03-02,10:00:00,2026-03-02,11:00:00,"
                                     "01:00:00,,\n";
    struct answer r = upload(w, 200, "/time/imports", w->owner, rows);
    has(&r, "\"people\":1,\"entries\":3}");
    has(&r, "\"people\":[{\"name\":\"Pia Roth\",\"matched\":false}]");
}

static void members_import_their_own(void **state)
{
    struct staff *w = *state;
    static const char own[] = TOGGL "Ivo,ivo@example.org,,Quay,,x,Yes,2026-03-02,08:00:00,"
                                    "2026-03-02,09:00:00,01:00:00,,\n";
    struct answer r = upload(w, 200, "/time/imports?dry_run=true", w->member, toggl);
    has(&r, "is somebody else's work, which only admins import");
    has(&r, "is the work of a person who is not in the directory");
    r = upload(w, 422, "/time/imports", w->member, own);
    has(&r, "names a project that does not exist here");
    make(w, "/projects", "{\"name\":\"Quay\"}");
    r = upload(w, 200, "/time/imports", w->member, own);
    has(&r, "\"committed\":true");
    r = upload(w, 200, "/time/imports?mine=true&dry_run=true", w->member, toggl);
    has_not(&r, "somebody else");
    has(&r, "\"people\":[{\"name\":\"Nora Lind\",\"matched\":true}]"); /* all of it is one's own */
    sums_are_right(w);
}

/* As when the person is erased while the file is read. */
static void the_erased_import_nothing(void **state)
{
    struct staff *w = *state;
    struct world *world = w->world;
    struct error err = { 0 };
    struct ctx c = app_ctx(world->app, &world->a, &err, "test");
    struct import_in in = { .mine = true, .body = { toggl, strlen(toggl) } };
    struct import_result r;
    const char *name = world_self(world, w->member, "name");
    expect(w, 200, POST, arena_printf(&world->a, "/people/%s/erasure", w->member_id), w->owner,
           arena_printf(&world->a, "{\"confirm\":\"%s\"}", name));
    c.organisation = w->organisation;
    c.actor = (struct actor){ .person = world_id(w->member_id), .role = ROLE_OWNER };
    assert_true(db_open(world->app->store, c.organisation, false, &c.db, &err));
    assert_false(import_run(&c, &in, &r));
    assert_int_equal(err.problem, UNAUTHENTICATED);
    db_release(c.db);
    assert_int_equal(sum_of(w, &all_days).rows, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAFF_TEST(an_import_is_tried_then_done_once),
        STAFF_TEST(an_export_is_named_after_its_period),
        STAFF_TEST(an_import_tells_hours_without_a_rate),
        STAFF_TEST(an_import_names_both_currencies),
        STAFF_TEST(an_import_is_all_or_nothing),
        STAFF_TEST(members_import_their_own),
        STAFF_TEST(the_erased_import_nothing),
        STAFF_TEST(a_name_is_one_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
