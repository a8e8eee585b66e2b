/* imports_test.c: imports beside other changes: the plan of one, and what comes before it is
   written. */
#include "feature/time/importer.h"
#include "feature/time/time_fixture.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEADER "User,Email,Project,Start date,Start time,End date,End time,Duration\n"
#define NORA_LIND "Nora Lind,nora@example.org"
#define WORK(who, from, to, length) who ",Quay," from "," to "," length "\n"
#define NORA(day, from, to, length) \
    WORK(NORA_LIND, "2026-03-" day "," from, "2026-03-" day "," to, length)

static const char two[] = HEADER NORA("02", "08:00:00", "09:00:00", "01:00:00")
    NORA("03", "08:00:00", "10:00:00", "02:00:00");

/* --- beside who writes --- */

struct beside {
    struct staff *staff;
    const char *path, *file;
    struct answer tried;
};

static bool try_beside(struct ctx *c, void *with)
{
    struct beside *b = with;
    (void)c;
    b->tried = world_call(b->staff->world, (struct call){ .method = POST,
                                                          .path = b->path,
                                                          .session = b->staff->owner,
                                                          .type = "text/csv",
                                                          .body = { b->file, strlen(b->file) } });
    return true;
}

/* It would wait for ever. */
static void a_dry_run_leaves_the_writer_to_others(void **state)
{
    struct staff *w = *state;
    struct buffer file = buffer_new(&w->world->a);
    buffer_string(&file, HEADER);
    for (int i = 0; i < 600; i++)
        buffer_printf(&file,
                      "Pia Roth,pia@example.org,Quay %d,2026-03-02,%02d:%02d:00,,,00:01:00\n",
                      i % 7, i / 60, i % 60);
    struct beside b = { .staff = w, .path = "/time/imports?dry_run=true", .file = file.at };
    assert_true(in_organisation(w, true, try_beside, &b));
    assert_int_equal(b.tried.status, 200);
    has(&b.tried, "{\"clients\":0,\"projects\":7,\"tasks\":0,\"tags\":0,\"people\":1,"
                  "\"entries\":600}");
    assert_int_equal(sum_of(w, &all_days).rows, 0);
}

static void an_import_of_what_is_here_leaves_it_too(void **state)
{
    struct staff *w = *state;
    struct beside b = { .staff = w, .path = "/time/imports", .file = two };
    upload(w, 200, b.path, w->owner, two);
    assert_true(in_organisation(w, true, try_beside, &b));
    assert_int_equal(b.tried.status, 200);
    has(&b.tried, "\"duplicates\":2,");
    has(&b.tried, "\"committed\":true");
}

/* --- what a dry run tells --- */

static const char *uncommitted(struct staff *w, const struct answer *r)
{
    char *body = arena_string(&w->world->a, r->body), *at = strstr(body, "\"committed\":");
    assert_non_null(at);
    *at = 0;
    return body;
}

/* Tries a file, then imports it: both tell the same, and what was to be made is there. */
static struct answer tried_and_done(struct staff *w, const char *query, const char *file)
{
    struct arena *a = &w->world->a;
    struct answer tried =
        upload(w, 200, arena_printf(a, "/time/imports?dry_run=true%s", query), w->owner, file);
    struct answer done =
        upload(w, 200, arena_printf(a, "/time/imports?dry_run=false%s", query), w->owner, file);
    assert_string_equal(uncommitted(w, &tried), uncommitted(w, &done));
    has(&tried, "\"committed\":false");
    has(&done, "\"committed\":true");
    sums_are_right(w);
    return done;
}

static void a_row_that_stands_twice_is_taken_once(void **state)
{
    struct staff *w = *state;
    static const char twice[] = HEADER NORA("02", "08:00:00", "09:00:00", "01:00:00")
        WORK("N. Lind,nora@example.org", "2026-03-02,08:00:00", "2026-03-02,09:00:00", "01:00:00");
    struct answer r = tried_and_done(w, "", twice); /* known by the address alone */
    has(&r, "\"entries\":1},");
    has(&r, "\"duplicates\":1,");
    /* Two people's rows are one's own. */
    static const char own[] =
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End "
        "time,Duration,Tags,Amount (EUR),Time zone,Source\n"
        "Pia,,,Mole,,x,No,2026-03-05,08:00:00,2026-03-05,09:00:00,01:00:00,,,UTC,manual\n"
        "Ivo,,,Mole,,x,No,2026-03-05,08:00:00,2026-03-05,09:00:00,01:00:00,,,UTC,manual\n"
        "Ivo,,,Mole,,x,No,2026-03-05,08:00:00,2026-03-05,09:00:00,01:00:00,,,UTC,manual\n";
    r = tried_and_done(w, "&mine=true", own);
    has(&r, "\"format\":\"vow\"");
    has(&r, "\"entries\":2},");
    has(&r, "\"duplicates\":1,");
}

static void what_is_made_is_billed_as_it_will_be(void **state)
{
    struct staff *w = *state;
    make(w, "/people/rates",
         arena_printf(&w->world->a, "{\"person\":\"%s\",\"rate_minor\":6000}", w->owner_id));
    struct answer r = tried_and_done(w, "",
                                     "Date,From,To,Duration,Rate,User,Customer,Project,Activity\n"
                                     "2026-03-02,09:00,10:00,1:00,80,Nora Lind,Elm,Site,x\n"
                                     "2026-03-03,09:00,10:00,1:00,,Nora Lind,Elm,Site,x\n"
                                     "2026-03-04,09:00,10:00,1:00,,Pia Roth,Elm,Site,y\n");
    has(&r, "{\"clients\":1,\"projects\":1,\"tasks\":2,\"tags\":0,\"people\":1,\"entries\":3}");
    r = expect(w, 200, GET, "/time/entries", w->owner, NULL);
    has(&r, "\"amount_minor\":8000");
}

static void rows_that_overlap_are_refused(void **state)
{
    struct staff *w = *state;
    overlaps_refuse(w);
    static const char rows[] = HEADER NORA("02", "08:00:00", "10:00:00", "02:00:00")
        NORA("02", "09:30:00", "10:30:00", "01:00:00") /* with the first */
        NORA("02", "10:00:00", "11:00:00", "01:00:00") /* it begins as the first ends */
        WORK(NORA_LIND, "2026-03-02,23:30:00", "2026-03-03,00:30:00", "01:00:00")
            NORA("03", "00:15:00", "00:45:00", "00:30:00"); /* with one that began the day before */
    struct answer r = upload(w, 200, "/time/imports?dry_run=true", w->owner, rows);
    has(&r, "\"problem_count\":2,\"refused_count\":2");
    has(&r, "{\"line\":3,\"column\":\"Start time\",\"reason\":\"overlaps other time of the person, "
            "which the organisation refuses\",");
    has(&r, "{\"line\":6,\"column\":\"Start time\",");
    upload(w, 422, "/time/imports", w->owner, rows);
    assert_int_equal(sum_of(w, &all_days).rows, 0);
    tried_and_done(w, "", two);
}

/* --- what comes between the plan and its writing --- */

struct import {
    struct ctx c;
    struct error err;
    struct importer m;
};

static void import_begin(struct staff *w, const char *file, struct import *ret)
{
    struct import_in in = { .body = { file, strlen(file) } };
    *ret = (struct import){ .c = app_ctx(w->world->app, &w->world->a, &ret->err, "test") };
    ret->c.organisation = w->organisation;
    ret->c.actor = (struct actor){ .person = world_id(w->owner_id), .role = ROLE_OWNER };
    assert_true(db_open(w->world->app->store, w->organisation, false, &ret->c.db, &ret->err));
    assert_true(importer_open(&ret->c, &in, &ret->m));
    assert_true(importer_plan(&ret->m));
    assert_int_equal(ret->m.problems->count, 0);
}

static struct import_result import_end(struct staff *w, struct import *i)
{
    assert_true(importer_write(&i->m));
    struct import_result r = i->m.result;
    importer_close(&i->m);
    db_release(i->c.db);
    assert_int_equal(i->err.problem, 0);
    sums_are_right(w);
    return r;
}

/* Whether what they are booked on is new, or nothing but their rows is. */
static void two_at_once_bring_each_row_once(void **state)
{
    struct staff *w = *state;
    static const char three[] = HEADER NORA("03", "08:00:00", "10:00:00", "02:00:00")
        NORA("04", "08:00:00", "10:00:00", "02:00:00");
    struct import one, other;
    import_begin(w, two, &one);
    import_begin(w, two, &other);
    assert_int_equal(import_end(w, &one).creates.entries, 2);
    struct import_result r = import_end(w, &other);
    assert_true(r.committed);
    assert_int_equal(r.duplicates, 2);
    assert_int_equal(r.creates.projects, 0);
    assert_int_equal(r.creates.entries, 0);
    assert_int_equal(sum_of(w, &all_days).seconds, 3 * 3600);

    import_begin(w, three, &one);
    import_begin(w, three, &other);
    assert_int_equal(one.m.result.duplicates, 1);
    assert_int_equal(import_end(w, &other).creates.entries, 1);
    r = import_end(w, &one);
    assert_int_equal(r.duplicates, 2);
    assert_int_equal(r.creates.entries, 0);
    assert_int_equal(sum_of(w, &all_days).seconds, 5 * 3600);
}

static void a_project_that_came_meanwhile_is_found(void **state)
{
    struct staff *w = *state;
    struct import i;
    import_begin(w, two, &i);
    assert_int_equal(i.m.result.creates.projects, 1);
    make(w, "/projects", "{\"name\":\"quay\"}");
    struct import_result r = import_end(w, &i);
    assert_true(r.committed);
    assert_int_equal(r.creates.projects, 0);
    assert_int_equal(r.creates.entries, 2);
}

static void what_overlaps_by_now_is_refused(void **state)
{
    struct staff *w = *state;
    struct import i;
    overlaps_refuse(w);
    import_begin(w, two, &i);
    make(w, "/time/entries",
         "{\"started_at\":\"2026-03-03T08:30:00Z\",\"ended_at\":\"2026-03-03T10:30:00Z\"}");
    struct import_result r = import_end(w, &i);
    assert_false(r.committed);
    assert_int_equal(i.m.problems->count, 1);
    assert_int_equal(i.m.problems->at[0].line, 3);
    assert_int_equal(sum_of(w, &all_days).seconds, 2 * 3600);
    /* Somebody else's time is none of it. */
    import_begin(w, HEADER NORA("05", "08:00:00", "09:00:00", "01:00:00"), &i);
    expect(w, 201, POST, "/time/entries", w->member,
           "{\"started_at\":\"2026-03-05T07:30:00Z\",\"ended_at\":\"2026-03-05T10:30:00Z\"}");
    assert_true(import_end(w, &i).committed);
    assert_false(i.m.stale);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAFF_TEST(a_dry_run_leaves_the_writer_to_others),
        STAFF_TEST(an_import_of_what_is_here_leaves_it_too),
        STAFF_TEST(a_row_that_stands_twice_is_taken_once),
        STAFF_TEST(what_is_made_is_billed_as_it_will_be),
        STAFF_TEST(rows_that_overlap_are_refused),
        STAFF_TEST(two_at_once_bring_each_row_once),
        STAFF_TEST(a_project_that_came_meanwhile_is_found),
        STAFF_TEST(what_overlaps_by_now_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
