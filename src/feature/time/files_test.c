/* files_test.c: imports and exports, through the routes of the program. */
#include "base/money.h"
#include "core/app.h"
#include "feature/organisation/organisation.h"
#include "feature/time/import.h"
#include "feature/time/time_fixture.h"

#include "base/buffer.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
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

static int64_t rows_of(const char *file)
{
    int64_t n = -1; /* the header */
    for (; (file = strchr(file, '\n')); file++)
        n++;
    return n;
}

/* However much one entry comes to, its time can be changed and all be summed. */
static void sums_of_large_amounts_hold(void **state)
{
    struct staff *w = *state;
    upload(w, 200, "/time/imports", w->owner,
           TOGGL "Ada,ada@example.org,,Quay,,,Yes,2026-03-02,08:00:00,2026-03-02,08:00:01,"
                 "00:00:01,,10000000000.00\n");
    assert_int_equal(sum_of(w, &all_days).amount, AMOUNT_MINOR_MAX);
    struct answer r = expect(w, 200, GET, "/time/entries", w->owner, NULL);
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    r = staff_send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-03-02T10:00:00Z\"}", 1);
    has(&r, "\"rate_minor\":100000000,");
    assert_int_equal(sum_of(w, &all_days).amount,
                     amount_of(sum_of(w, &all_days).seconds, RATE_MINOR_MAX));
    assert_int_equal(amount_of(86400, INT64_MAX), AMOUNT_MINOR_MAX);
    sums_are_right(w);
}

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
            "2026-03-02,09:00:00,01:00:00,\"a, b\",90.00,Europe/Berlin,toggl,"
            "2026-03-02T07:00:00.000Z,");
    r = expect(w, 200, GET, "/time/export.json", w->owner, NULL);
    has(&r, "\"project_name\":\"Quay\"");
    r = expect(w, 200, GET, "/time/export.csv?from=2026-03-03", w->owner, NULL);
    has_not(&r, "Quay");
    r = expect(w, 200, GET, "/time/export.csv?note_contains=1%2B", w->owner, NULL);
    assert_int_equal(rows_of(r.body), 1);
    expect(w, 422, GET, "/time/export.csv?note_contains=", w->owner, NULL);
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

static void a_project_is_billed_as_most_of_its_time(void **state)
{
    struct staff *w = *state;
    static const char *const rows[][3] = {
        { "Harbour", "No", "01:00:00" },  { "Ferry", "Yes", "01:00:00" },
        { "harbour", "Yes", "00:40:00" }, { "Harbour", "Yes", "00:40:00" },
        { "Ferry", "No", "01:30:00" },
    };
    const char *file = TOGGL;
    for (size_t i = 0; i < LENGTH(rows); i++)
        file =
            arena_printf(&w->world->a,
                         "%sNora Lind,nora@example.org,%s,Quay,,,%s,2026-03-0%zu,08:00:00,,,%s,,\n",
                         file, rows[i][0], rows[i][1], i + 1, rows[i][2]);
    upload(w, 200, "/time/imports", w->owner, file);
    struct answer r = expect(w, 200, GET, "/projects?billable=true", w->owner, NULL);
    const char *billed = strstr(r.body, "\"client\":\"");
    assert_non_null(billed);
    assert_null(strstr(billed + 1, "\"client\":\""));
    r = expect(w, 200, GET, arena_printf(&w->world->a, "/clients/%.36s", billed + 10), w->owner,
               NULL);
    has(&r, "\"name\":\"Harbour\"");
}

static void an_import_names_columns_that_it_does_not_read(void **state)
{
    struct staff *w = *state;
    static const char file[] =
        "User,Email,Project,Mood,Start date,Start time,Duration\n"
        "Nora Lind,nora@example.org,Quay,fine,2026-03-02,08:00:00,01:00:00\n";
    struct answer r = upload(w, 200, "/time/imports?dry_run=true", w->owner, file);
    has(&r, "\"unread\":[\"Mood\"]");
    has(&r, "\"entries\":1");
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
            "2100\",\"value\":\"2026-13-02\",\"refused\":false}");
    r = upload(w, 422, "/time/imports", w->owner, broken);
    has(&r, "/problems/import-unreadable");
    has(&r, "line 3 Start date");
    has(&r, "\"1 row cannot be imported, so none was\"");
    assert_int_equal(sum_of(w, &all_days).rows, 0);
    r = expect(w, 200, GET, "/clients", w->owner, NULL);
    has(&r, "\"items\":[]");
    upload(w, 422, "/time/imports", w->owner, "hello\n");
    upload(w, 422, "/time/imports?zone=Europe/Atlantis", w->owner, toggl);
}

static void an_import_says_what_it_cannot_keep(void **state)
{
    struct staff *w = *state;
    static const char far[] = TOGGL "Nora Lind,nora@example.org,,,,far,No,2099-03-02,08:00:00,"
                                    "2099-03-02,09:00:00,01:00:00,,\n";
    static const char loose[] = TOGGL "Nora Lind,nora@example.org,Harbour,,,loose,No,2026-03-02,"
                                      "08:00:00,2026-03-02,09:00:00,01:00:00,,\n";
    struct answer r = upload(w, 422, "/time/imports", w->owner, far);
    has(&r, "is more than a year ahead");
    r = upload(w, 200, "/time/imports", w->owner, loose);
    has(&r, "{\"line\":2,\"column\":\"Client\",\"reason\":\"is left out, as the row names no "
            "project\",\"value\":\"Harbour\"");
    has(&r, "\"clients\":0");
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
    has(&r, "\"problem_count\":3,\"refused_count\":3");
    has(&r, "{\"line\":2,\"column\":\"User\",\"reason\":\"is somebody else; an admin imports other "
            "people's work\",\"value\":\"Nora Lind\",\"refused\":true}");
    has(&r,
        "{\"line\":3,\"column\":\"User\",\"reason\":\"is not in the directory; an admin adds the "
        "person first, or imports the file\",\"value\":\"Pia Roth\",\"refused\":true}");
    r = upload(w, 422, "/time/imports", w->member, own);
    has(&r, "line 2 Project");
    has(&r, "is not here yet; a manager or an admin adds it first");
    r = upload(w, 200, "/time/imports?mine=true&dry_run=true", w->member, toggl);
    has(&r,
        "\"column\":\"Client\",\"reason\":\"is not here yet; a manager or an admin adds it first, "
        "or an admin imports the file\",\"value\":\"Harbour\"");
    static const char nameless[] = "First name,Last name,Date,Project,Task,Notes,Hours\n"
                                   "Pia,Roth,2026-03-02,Quay,,,1\n";
    r = upload(w, 200, "/time/imports?dry_run=true", w->member, nameless);
    has(&r, "\"column\":\"Last name\"");
    has(&r, "\"value\":\"Pia Roth\"");
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

/* --- our own export, read back --- */

static const char *export_of(struct staff *w, const char *session)
{
    struct answer r = expect(w, 200, GET, "/time/export.csv", session, NULL);
    return arena_string(&w->world->a, r.body);
}

/* The same as an earlier release wrote it, without the last two columns. */
static const char *earlier_export(struct staff *w, const char *file)
{
    struct buffer out = buffer_new(&w->world->a);
    for (char *rest = arena_string(&w->world->a, file), *line; *(line = strsep(&rest, "\n"));) {
        for (int i = 0; i < 2; i++)
            *strrchr(line, ',') = 0;
        buffer_printf(&out, "%s\r\n", line);
    }
    return out.at;
}

static void creates_nothing(struct staff *w, const char *session, const char *file)
{
    struct sum before = sum_of(w, &all_days);
    struct answer r = upload(w, 200, "/time/imports", session, file);
    has(&r, "\"format\":\"vow\"");
    has(&r, "{\"clients\":0,\"projects\":0,\"tasks\":0,\"tags\":0,\"people\":0,\"entries\":0}");
    has(&r, arena_printf(&w->world->a, "\"duplicates\":%" PRId64 ",", rows_of(file)));
    assert_int_equal(sum_of(w, &all_days).seconds, before.seconds);
}

/* Entries of every kind: from a file, by hand, the timer, the week sheet, of two people. */
static void work_make(struct staff *w)
{
    struct arena *a = &w->world->a;
    const char *client = make(w, "/clients", "{\"name\":\"=Harbour\"}");
    const char *quay = make(w, "/projects",
                            arena_printf(a,
                                         "{\"name\":\"Quay\",\"client\":\"%s\",\"billable\":true,"
                                         "\"rate_minor\":9000}",
                                         client));
    make(w, "/projects", "{\"name\":\"Quay\"}"); /* another one, of nobody */
    const char *task =
        make(w, "/tasks", arena_printf(a, "{\"name\":\"-\",\"project\":\"%s\"}", quay));
    const char *tag = make(w, "/tags", "{\"name\":\"on, \\\"site\\\"\"}");
    static const char *const times[] = {
        "\"2026-03-02T22:30:00Z\",\"ended_at\":\"2026-03-03T01:00:00Z\"",
        "\"2026-10-24T23:30:00Z\",\"ended_at\":\"2026-10-25T01:30:00Z\"", /* 25 hours */
        "\"2026-10-25T00:15:00Z\",\"ended_at\":\"2026-10-25T00:45:00Z\"",
        "\"2026-10-25T01:15:00Z\",\"ended_at\":\"2026-10-25T01:45:00Z\"",
        "\"2026-10-25T01:15:00Z\",\"ended_at\":\"2026-10-25T01:45:00Z\"",
    };
    for (size_t i = 0; i < LENGTH(times); i++)
        make(w, "/time/entries",
             arena_printf(a,
                          "{\"project\":\"%s\",\"task\":\"%s\",\"tags\":[\"%s\"],"
                          "\"note\":\"'=1, \\\"2\\\"\",\"person\":\"%s\",\"started_at\":%s}",
                          quay, task, tag, i % 2 ? w->owner_id : w->member_id, times[i]));
    make(w, "/time/entries",
         "{\"started_at\":\"2026-03-04T08:00:00Z\",\"ended_at\":\"2026-03-04T08:00:01Z\"}");
    expect(
        w, 200, PUT, "/time/week", w->owner,
        arena_printf(a, "{\"date\":\"2026-03-04\",\"project\":\"%s\",\"duration_s\":5400}", quay));
    expect(w, 201, POST, "/time/timer", w->member, "{\"note\":\"Timed\"}");
    w->world->later.s += 600;
    expect(w, 200, POST, "/time/timer/stop", w->member, NULL);
    expect(w, 201, POST, "/time/timer", w->member, "{\"note\":\"Runs\"}");
    upload(w, 200, "/time/imports", w->owner, toggl);
}

static void our_own_export_is_here_already(void **state)
{
    struct staff *w = *state;
    work_make(w);
    const char *file = export_of(w, w->owner);
    has_not(&(struct answer){ .body = file }, "Runs");
    assert_int_equal(rows_of(file), 11);
    creates_nothing(w, w->owner, file);
    creates_nothing(w, w->member, export_of(w, w->member));
    creates_nothing(w, w->owner, earlier_export(w, export_of(w, w->member)));
    /* It is still the same after it was changed here; and one that was deleted comes back, once. */
    const char *path = arena_printf(&w->world->a, "/time/entries?person=%s", w->owner_id);
    struct answer r = expect(w, 200, GET, path, w->owner, NULL);
    path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    int64_t version = strtoll(strstr(r.body, "\"version\":") + 10, NULL, 10);
    r = staff_send(w, PATCH, path, w->owner, "{\"note\":\"Another\"}", version);
    assert_int_equal(r.status, 200);
    creates_nothing(w, w->owner, file);
    struct sum before = sum_of(w, &all_days);
    r = staff_send(w, DELETE, path, w->owner, NULL, version + 1);
    assert_int_equal(r.status, 204);
    r = upload(w, 200, "/time/imports", w->owner, file);
    has(&r, "\"tags\":0,\"people\":0,\"entries\":1}");
    assert_int_equal(sum_of(w, &all_days).seconds, before.seconds);
    creates_nothing(w, w->owner, file);
    sums_are_right(w);
}

static void our_own_export_goes_elsewhere(void **state)
{
    struct staff *w = *state;
    work_make(w);
    const char *file = export_of(w, w->owner);
    struct sum sum = sum_of(w, &all_days);
    w->owner = world_sign_up(w->world, "Tim Berg", "tim@example.org");
    w->organisation = world_id(world_self(w->world, w->owner, "organisation"));
    struct answer r = expect(w, 200, GET, "/organisation", w->owner, NULL);
    world_ask(w->world, w->owner, PATCH, "/organisation",
              "{\"zone\":\"Pacific/Auckland\",\"currency\":\"EUR\",\"overlap\":\"allow\"}",
              strtoll(r.etag, NULL, 10), 200);
    r = upload(w, 200, "/time/imports", w->owner, file);
    has(&r, "{\"clients\":2,\"projects\":2,\"tasks\":2,\"tags\":3,\"people\":3,\"entries\":11}");
    assert_int_equal(sum_of(w, &all_days).seconds, sum.seconds);
    assert_int_equal(sum_of(w, &all_days).amount, sum.amount);
    sums_are_right(w);
    creates_nothing(w, w->owner, file);
    creates_nothing(w, w->owner, earlier_export(w, file));
    /* What stands in its rows is the same but for where they come from and which entry they are. */
    file = export_of(w, w->owner);
    r = (struct answer){ .body = file };
    has(&r,
        ",'=Harbour,Quay,'-,\"''=1, "
        "\"\"2\"\"\",Yes,2026-10-25,02:15:00,2026-10-25,02:45:00,00:30:00,"
        "\"\"\"on, \"\"\"\"site\"\"\"\"\"\"\",45.00,Europe/Berlin,vow,2026-10-25T01:15:00.000Z,");
    has(&r, ",01:30:00,,135.00,Europe/Berlin,week,");
    creates_nothing(w, w->owner, file);
}

/* An erased person's hours stay, without the person, and nobody else gets them. */
static void hours_of_nobody_stay_nobodys(void **state)
{
    struct staff *w = *state;
    static const char row[] =
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start "
        "time,End date,End time,Duration,Tags,Amount (EUR),Time zone,Source\n"
        ",,,,,,No,2026-03-02,08:00:00,2026-03-02,09:00:00,01:00:00,,,UTC,"
        "timer\n";
    struct answer r = upload(w, 200, "/time/imports", w->owner, row);
    has(&r, "\"entries\":0}");
    has(&r, "\"column\":\"User\",\"reason\":\"is nobody, as of a person who was erased; the row is "
            "left "
            "out\"");
    r = upload(w, 200, "/time/imports?mine=true", w->owner, row);
    has(&r, "\"entries\":1}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAFF_TEST(sums_of_large_amounts_hold),
        STAFF_TEST(an_import_is_tried_then_done_once),
        STAFF_TEST(an_export_is_named_after_its_period),
        STAFF_TEST(an_import_tells_hours_without_a_rate),
        STAFF_TEST(an_import_names_both_currencies),
        STAFF_TEST(a_project_is_billed_as_most_of_its_time),
        STAFF_TEST(an_import_names_columns_that_it_does_not_read),
        STAFF_TEST(an_import_is_all_or_nothing),
        STAFF_TEST(an_import_says_what_it_cannot_keep),
        STAFF_TEST(members_import_their_own),
        STAFF_TEST(the_erased_import_nothing),
        STAFF_TEST(a_name_is_one_person),
        STAFF_TEST(our_own_export_is_here_already),
        STAFF_TEST(our_own_export_goes_elsewhere),
        STAFF_TEST(hours_of_nobody_stay_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
