/* time_test.c: tracking, reach and the week sheet, through the routes of the program. */
#include "feature/time/time_fixture.h"
#include "time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_timer_runs_once(void **state)
{
    struct staff *w = *state;
    const char *project = make(w, "/projects",
                               "{\"name\":\"Quay\",\"billable\":true,"
                               "\"rate_minor\":9000}");
    struct answer r = expect(w, 200, GET, "/time/timer", w->member, NULL);
    has(&r, "\"running\":false");
    r = expect(w, 201, POST, "/time/timer", w->member,
               arena_printf(&w->world->a, "{\"project\":\"%s\",\"note\":\"Measuring\"}", project));
    has(&r, "\"ended_at\":null");
    has(&r, "\"billable\":true");
    has(&r, "\"zone\":\"Europe/Berlin\"");
    expect(w, 409, POST, "/time/timer", w->member, "{}");
    expect(w, 409, POST, "/time/entries", w->member, "{\"started_at\":\"2026-03-02T08:00:00Z\"}");
    expect(w, 201, POST, "/time/timer", w->owner, "{}");
    r = expect(w, 200, GET, "/time/timer", w->member, NULL);
    has(&r, "\"running\":true");
    has(&r, "Measuring");
    assert_int_equal(sum_of(w, &all_days).rows, 0);
    r = world_call(w->world, (struct call){ .method = POST,
                                            .path = "/time/timer/stop",
                                            .session = w->member,
                                            .later = { 3600 } });
    assert_int_equal(r.status, 200);
    has(&r, "\"source\":\"timer\"");
    int64_t s = strtoll(strstr(r.body, "\"duration_s\":") + 13, NULL, 10);
    assert_true(s >= 3599 && s <= 3700);
    expect(w, 409, POST, "/time/timer/stop", w->member, NULL);
    assert_int_equal(sum_of(w, &all_days).seconds, s);
    sums_are_right(w);
}

static void role_set(struct staff *w, const char *change)
{
    const char *path = arena_printf(&w->world->a, "/people/%s", w->member_id);
    struct answer r = world_get(w->world, w->owner, path, 200);
    world_ask(w->world, w->owner, PATCH, path, change, strtoll(r.etag, NULL, 10), 200);
}

/* Nobody could stop it afterwards: not who has left, and not who may only read. */
static void a_timer_ends_with_the_role_that_may_stop_it(void **state)
{
    struct staff *w = *state;
    struct arena *a = &w->world->a;
    static const struct {
        const char *change, *back;
        bool ends;
    } changes[] = {
        { "{\"title\":\"Diver\"}", "{\"title\":null}", false },
        { "{\"role\":\"manager\"}", "{\"role\":\"member\"}", false },
        { "{\"active\":false}", "{\"active\":true}", true },
        { "{\"role\":\"auditor\"}", "{\"role\":\"member\"}", true },
        { "{\"role\":\"none\"}", "{\"role\":\"member\"}", true },
    };
    const char *project =
        make(w, "/projects", "{\"name\":\"Quay\",\"billable\":true,\"rate_minor\":9000}");
    const char *timer = arena_printf(a, "{\"project\":\"%s\",\"note\":\"Measuring\"}", project);
    for (size_t i = 0; i < LENGTH(changes); i++) {
        struct answer r = expect(w, 201, POST, "/time/timer", w->member, timer);
        const char *entry = arena_printf(a, "/time/entries/%s", text_of(w, &r, "id"));
        w->world->later.s += 3600;
        role_set(w, changes[i].change);
        w->world->later.s += 3600;
        role_set(w, changes[i].back);
        r = expect(w, 200, GET, entry, w->owner, NULL);
        if (changes[i].ends) {
            int64_t s = strtoll(strstr(r.body, "\"duration_s\":") + 13, NULL, 10);
            assert_true(s >= 3599 && s <= 3700);
            has(&r, arena_printf(a, "\"amount_minor\":%lld", (long long)amount_of(s, 9000)));
            has(&r, "\"reaches\":null");
            has(&r, "\"running\":null");
        }
        expect(w, changes[i].ends ? 409 : 200, POST, "/time/timer/stop", w->member, NULL);
        sums_are_right(w);
    }
}

/* An overlap that the organisation refuses by now keeps nobody from leaving. */
static void erasing_ends_a_timer(void **state)
{
    struct staff *w = *state;
    struct arena *a = &w->world->a;
    struct answer r = expect(w, 201, POST, "/time/timer", w->member, "{}");
    const char *entry = arena_printf(a, "/time/entries/%s", text_of(w, &r, "id"));
    const char *from = text_of(w, &r, "started_at");
    w->world->later.s += 1800;
    r = expect(w, 201, POST, "/time/timer", w->owner, "{}");
    expect(w, 201, POST, "/time/entries", w->owner,
           arena_printf(a, "{\"person\":\"%s\",\"started_at\":\"%s\",\"ended_at\":\"%s\"}",
                        w->member_id, from, text_of(w, &r, "started_at")));
    r = expect(w, 200, GET, "/organisation", w->owner, NULL);
    world_ask(w->world, w->owner, PATCH, "/organisation", "{\"overlap\":\"refuse\"}",
              strtoll(r.etag, NULL, 10), 200);
    w->world->later.s += 1800;
    expect(w, 409, POST, "/time/timer/stop", w->member, NULL);
    expect(w, 200, POST, arena_printf(a, "/people/%s/erasure", w->member_id), w->owner,
           "{\"confirm\":\"Ivo Marek\"}");
    r = expect(w, 200, GET, entry, w->owner, NULL);
    int64_t s = strtoll(strstr(r.body, "\"duration_s\":") + 13, NULL, 10);
    assert_true(s >= 3599 && s <= 3700);
    has(&r, "\"person\":null");
    has(&r, "\"reaches\":null");
    has_not(&r, "\"ended_at\":null");
    sums_are_right(w);
}

static void entries_are_checked(void **state)
{
    struct staff *w = *state;
    const char *project = make(w, "/projects", "{\"name\":\"Quay\"}");
    const char *other = make(w, "/projects", "{\"name\":\"Pier\"}");
    const char *task = make(
        w, "/tasks", arena_printf(&w->world->a, "{\"project\":\"%s\",\"name\":\"Dive\"}", project));
    static const char *const wrong[] = {
        "{}",
        "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":\"2026-03-02T07:00:00Z\"}",
        "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":\"2026-05-02T07:00:00Z\"}",
        "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":\"2026-03-02T09:00:00Z\","
        "\"tags\":[\"x\"]}",
        "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":\"2026-03-02T09:00:00Z\","
        "\"tags\":[\"01940000-0000-7000-8000-000000000000\"]}",
        "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":\"2026-03-02T09:00:00Z\","
        "\"project\":\"01940000-0000-7000-8000-000000000000\"}",
        "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":\"2026-03-02T09:00:00Z\","
        "\"duration_s\":5}",
        "{\"started_at\":\"2126-03-02T08:00:00Z\"}",
        "{\"started_at\":\"1970-01-01T00:00:00.5Z\",\"ended_at\":\"1970-01-01T01:00:00Z\"}",
        "{\"started_at\":\"2190-03-02T08:00:00Z\",\"ended_at\":\"2190-03-02T09:00:00Z\"}",
        "{\"started_at\":\"9999-12-31T08:00:00Z\",\"ended_at\":\"9999-12-31T09:00:00Z\"}",
    };
    for (size_t i = 0; i < LENGTH(wrong); i++)
        expect(w, 422, POST, "/time/entries", w->owner, wrong[i]);
    const char *body = "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":"
                       "\"2026-03-02T09:00:00Z\",\"project\":\"%s\",\"task\":\"%s\"}";
    char json[300];
    snprintf(json, sizeof json, body, other, task);
    expect(w, 422, POST, "/time/entries", w->owner, json);
    snprintf(json, sizeof json, body, project, task);
    expect(w, 201, POST, "/time/entries", w->owner, json);
    struct answer r = staff_send(w, DELETE, arena_printf(&w->world->a, "/projects/%s", project),
                                 w->owner, NULL, 1);
    assert_int_equal(r.status, 409);
    r = staff_send(w, PATCH, arena_printf(&w->world->a, "/projects/%s", project), w->owner,
                   "{\"archived\":true}", 1);
    assert_int_equal(r.status, 200);
    expect(w, 422, POST, "/time/entries", w->owner, json);
    expect(w, 409, POST, "/projects", w->owner, "{\"name\":\"Pier\"}");
    expect(w, 403, POST, "/projects", w->member, "{\"name\":\"Own\"}");
}

static void a_tag_of_time_stays(void **state)
{
    struct staff *w = *state;
    struct arena *a = &w->world->a;
    const char *used = make(w, "/tags", "{\"name\":\"dive\"}");
    const char *spare = make(w, "/tags", "{\"name\":\"spare\"}");
    const char *entry = arena_printf(a,
                                     "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":"
                                     "\"2026-03-02T09:00:00Z\",\"tags\":[\"%s\"]}",
                                     used);
    make(w, "/time/entries", entry);
    used = arena_printf(a, "/tags/%s", used);
    spare = arena_printf(a, "/tags/%s", spare);
    struct answer r = world_ask(w->world, w->owner, DELETE, used, NULL, 1, 409);
    has(&r, "There is time with this tag");
    world_ask(w->world, w->owner, GET, used, NULL, 0, 200);
    world_ask(w->world, w->owner, DELETE, spare, NULL, 1, 204);
}

static void people_reach_their_own_time(void **state)
{
    struct staff *w = *state;
    struct answer r = expect(w, 201, POST, "/time/entries", w->owner,
                             "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":"
                             "\"2026-03-02T09:00:00Z\",\"note\":\"secret plan\"}");
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    expect(w, 404, GET, path, w->member, NULL);
    r = staff_send(w, PATCH, path, w->member, "{\"note\":\"x\"}", 1);
    assert_int_equal(r.status, 404);
    r = expect(w, 200, GET, "/time/entries", w->member, NULL);
    has(&r, "\"items\":[]");
    r = expect(w, 200, GET, "/time/export.csv", w->member, NULL);
    has_not(&r, "secret plan");
    expect(w, 404, POST, "/time/entries", w->member,
           arena_printf(&w->world->a,
                        "{\"person\":\"%s\",\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":"
                        "\"2026-03-02T09:00:00Z\"}",
                        w->owner_id));
    expect(w, 404, GET, arena_printf(&w->world->a, "/time/week?person=%s", w->owner_id), w->member,
           NULL);
    r = expect(w, 201, POST, "/time/entries", w->owner,
               arena_printf(&w->world->a,
                            "{\"person\":\"%s\",\"started_at\":\"2026-03-02T08:00:00Z\","
                            "\"ended_at\":\"2026-03-02T09:00:00Z\"}",
                            w->member_id));
    r = expect(w, 200, GET, "/time/entries", w->member, NULL);
    has(&r, w->member_id);
    expect(w, 200, GET,
           arena_printf(&w->world->a, "/time/week?person=%s&date=2026-03-02", w->member_id),
           w->owner, NULL);
    r = expect(w, 200, GET, "/audit", w->owner, NULL);
    has(&r, "time_entry.read");
}

static size_t reads_of(struct staff *w, const char *person)
{
    const char *path =
        arena_printf(&w->world->a, "/audit?action=time_entry.read&subject=%s", person);
    struct answer r = expect(w, 200, GET, path, w->owner, NULL);
    size_t n = 0;
    for (const char *at = r.body; (at = strstr(at, "\"action\"")); at++)
        n++;
    return n;
}

/* What is told when something is refused is somebody's data as well. */
static void a_refusal_that_tells_of_another_person_is_on_record(void **state)
{
    struct staff *w = *state;
    overlaps_refuse(w);
    expect(w, 201, POST, "/time/entries", w->member,
           "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":\"2026-03-02T11:20:00Z\"}");
    struct answer r = expect(
        w, 422, PUT, "/time/week", w->owner,
        arena_printf(&w->world->a, "{\"person\":\"%s\",\"date\":\"2026-03-02\",\"duration_s\":60}",
                     w->member_id));
    has(&r, "Entries already make 3:20 that day");
    assert_int_equal(reads_of(w, w->member_id), 1);
    expect(w, 409, POST, "/time/entries", w->owner,
           arena_printf(&w->world->a,
                        "{\"person\":\"%s\",\"started_at\":\"2026-03-02T09:00:00Z\",\"ended_at\":"
                        "\"2026-03-02T09:01:00Z\"}",
                        w->member_id));
    assert_int_equal(reads_of(w, w->member_id), 2);
    /* One's own is no news, and what was refused for another reason was not read. */
    expect(w, 422, PUT, "/time/week", w->member, "{\"date\":\"2026-03-02\",\"duration_s\":60}");
    expect(w, 404, PUT, "/time/week", w->member,
           arena_printf(&w->world->a,
                        "{\"person\":\"%s\",\"date\":\"2026-03-02\",\"duration_s\":60}",
                        w->owner_id));
    assert_int_equal(reads_of(w, w->member_id), 2);
    assert_int_equal(reads_of(w, w->owner_id), 0);
}

static void overlaps_can_be_refused(void **state)
{
    struct staff *w = *state;
    static const char *const body = "{\"started_at\":\"2026-03-02T%s:00Z\",\"ended_at\":"
                                    "\"2026-03-02T%s:00Z\"}";
    static const struct {
        const char *from, *to;
        int status;
    } rows[] = {
        { "08:00", "10:00", 201 }, { "09:00", "09:30", 409 }, { "09:59", "11:00", 409 },
        { "10:00", "11:00", 201 }, { "09:30", "09:30", 201 }, { "11:30", "11:30", 201 },
        { "11:00", "12:00", 201 }, { "07:00", "12:00", 409 }, { "07:00", "08:00", 201 },
    };
    struct answer r = { 0 };
    overlaps_refuse(w);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char json[120];
        snprintf(json, sizeof json, body, rows[i].from, rows[i].to);
        r = expect(w, rows[i].status, POST, "/time/entries", w->owner, json);
    }
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    r = staff_send(w, PATCH, path, w->owner, "{\"note\":\"kept\"}", 1);
    assert_int_equal(r.status, 200);
    r = staff_send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-03-02T08:01:00Z\"}", 2);
    assert_int_equal(r.status, 409);
    char json[120];
    snprintf(json, sizeof json, body, "09:00", "09:30");
    expect(w, 201, POST, "/time/entries", w->member, json);
}

static void make_entry(struct staff *w, const char *note, const char *from, const char *to)
{
    expect(w, 201, POST, "/time/entries", w->member,
           arena_printf(&w->world->a,
                        "{\"note\":\"%s\",\"started_at\":\"%s:00Z\",\"ended_at\":\"%s:00Z\"}", note,
                        from, to));
}

/* Marks come with what a filter or another page holds back. */
static void overlaps_are_told(void **state)
{
    struct staff *w = *state;
    const char *quay = make(w, "/projects", "{\"name\":\"Quay\"}");
    static const struct {
        const char *note, *from, *to;
        bool quay;
    } rows[] = {
        { "Lamp", "08:00", "10:00", true },   { "Stairs", "09:00", "11:00", false },
        { "Rope", "11:00", "12:00", true },   { "Moment", "09:30", "09:30", true },
        { "Watch", "13:00", "14:00", false },
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        expect(w, 201, POST, "/time/entries", w->member,
               arena_printf(&w->world->a,
                            "{\"note\":\"%s\",\"started_at\":\"2026-03-02T%s:00Z\","
                            "\"ended_at\":\"2026-03-02T%s:00Z\",\"project\":%s}",
                            rows[i].note, rows[i].from, rows[i].to,
                            rows[i].quay ? arena_printf(&w->world->a, "\"%s\"", quay) : "null"));
    expect(w, 201, POST, "/time/entries", w->owner,
           "{\"started_at\":\"2026-03-02T13:30:00Z\",\"ended_at\":\"2026-03-02T15:00:00Z\"}");
    const char *path = arena_printf(&w->world->a, "/time/overlaps?project=%s", quay);
    struct answer r = expect(w, 200, GET, path, w->member, NULL);
    has(&r, "\"note\":\"Stairs\",\"started_at\":\"2026-03-02T09:00:00.000Z\"");
    assert_null(strstr(strstr(r.body, "Stairs"), "\"note\""));
    r = expect(w, 200, GET, "/time/overlaps?limit=4", w->member, NULL);
    has(&r, "\"note\":\"Lamp\"");
    has_not(&r, "\"note\":\"Stairs\"");
    r = expect(w, 200, GET, "/time/overlaps?started_at_from=2026-03-02T10:00:00Z", w->owner, NULL);
    has(&r, "\"items\":[]");
    r = expect(w, 200, GET, arena_printf(&w->world->a, "/time/overlaps?person=%s", w->owner_id),
               w->member, NULL);
    has(&r, "\"items\":[]");
    /* The first of several is told, and how many more there are. */
    make_entry(w, "Round", "2026-03-02T08:30", "2026-03-02T11:30");
    r = expect(w, 200, GET, "/time/overlaps?started_at=2026-03-02T08:30:00Z", w->member, NULL);
    has(&r, "\"note\":\"Lamp\"");
    has(&r, "\"more\":2");
    r = expect(w, 200, GET, "/time/overlaps?limit=1", w->member, NULL);
    has_not(&r, "\"next\":null");
    expect(w, 422, GET, "/time/overlaps?sort=note", w->member, NULL);
    /* However far apart the entries of a page lie, and in whatever order. */
    make_entry(w, "Far", "2026-03-20T08:00", "2026-03-20T09:00");
    make_entry(w, "Beside", "2026-03-20T08:30", "2026-03-20T09:30");
    r = expect(w, 200, GET, arena_printf(&w->world->a, "%s&sort=-started_at", path), w->member,
               NULL);
    has(&r, "\"note\":\"Round\"");
    has_not(&r, "\"note\":\"Beside\"");
    r = expect(w, 200, GET, "/time/overlaps?sort=-started_at", w->member, NULL);
    has(&r, "\"note\":\"Beside\"");
    has(&r, "\"note\":\"Far\"");
    has(&r, "\"more\":2");
}

/* Nobody chose when the hours of the week sheet were: they share no time, whatever else there is.
 */
static void hours_of_the_sheet_overlap_nothing(void **state)
{
    struct staff *w = *state;
    const char *quay = make(w, "/projects", "{\"name\":\"Quay\"}");
    const char *cell = arena_printf(
        &w->world->a, "{\"date\":\"2026-03-03\",\"project\":\"%s\",\"duration_s\":28800}", quay);
    overlaps_refuse(w);
    expect(w, 200, PUT, "/time/week", w->member, cell);
    make_entry(w, "Lamp", "2026-03-03T05:00", "2026-03-03T17:00");
    expect(w, 200, PUT, "/time/week", w->member, "{\"date\":\"2026-03-03\",\"duration_s\":57600}");
    struct answer r = expect(w, 200, GET, "/time/overlaps", w->member, NULL);
    has(&r, "\"items\":[]");
    /* Chosen, they count. */
    r = expect(w, 200, GET, "/time/entries?limit=1&sort=-created_at", w->member, NULL);
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    r = staff_send(w, PATCH, path, w->member,
                   "{\"started_at\":\"2026-03-03T06:00:00Z\","
                   "\"ended_at\":\"2026-03-03T07:00:00Z\"}",
                   1);
    assert_int_equal(r.status, 409);
}

static void a_timer_goes_on_when_the_clock_was_set_back(void **state)
{
    struct staff *w = *state;
    struct answer r = expect(w, 201, POST, "/time/timer", w->owner, "{}");
    struct call note = { .method = PATCH,
                         .path =
                             arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id")),
                         .json = "{\"note\":\"Goes on\"}",
                         .if_version = 1,
                         .session = w->owner,
                         .later = { -3600 } };
    app_call(w->world->app, &w->world->a, &note, &r);
    assert_int_equal(r.status, 200);
    note.json = "{\"started_at\":\"2190-01-01T00:00:00Z\"}";
    note.if_version = 2;
    app_call(w->world->app, &w->world->a, &note, &r);
    has(&r, "must not be in the future while the timer runs");
    struct call c = {
        .method = POST, .path = "/time/timer/stop", .session = w->owner, .later = { -3600 }
    };
    app_call(w->world->app, &w->world->a, &c, &r);
    assert_int_equal(r.status, 200);
    has(&r, "\"duration_s\":0,");
}

static void a_timer_forgotten_for_months_can_be_kept(void **state)
{
    struct staff *w = *state;
    overlaps_refuse(w);
    struct answer r = expect(w, 201, POST, "/time/entries", w->owner,
                             "{\"started_at\":\"2026-01-05T08:00:00Z\"}");
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    /* It has not run into the future. */
    r = staff_send(w, PATCH, path, w->owner, "{\"ended_at\":\"9999-12-31T00:00:00Z\"}", 1);
    assert_int_equal(r.status, 422);
    has(&r, "must be at most 31 days after the start");
    r = staff_send(w, PATCH, path, w->owner, "{\"started_at\":\"1970-01-05T08:00:00Z\"}", 1);
    assert_int_equal(r.status, 422);
    has(&r, "must be at most a year ago while the timer runs");
    expect(w, 200, POST, "/time/timer/stop", w->owner, NULL);
    r = staff_send(w, PATCH, path, w->owner, "{\"note\":\"Forgotten\"}", 2);
    assert_int_equal(r.status, 200);
    /* A time of it may change to what anybody may enter, and not to less than that. */
    r = staff_send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-04-20T08:00:00Z\"}", 3);
    assert_int_equal(r.status, 422);
    /* It covers what lies far behind its start. */
    r = expect(w, 200, GET, "/time/week?date=2026-02-18", w->owner, NULL);
    has(&r, "\"cells_s\":[86400,86400,86400,86400,86400,86400,86400]");
    expect(w, 409, POST, "/time/entries", w->owner,
           "{\"started_at\":\"2026-02-18T08:00:00Z\",\"ended_at\":\"2026-02-18T09:00:00Z\"}");
}

static void entries_that_reach_into_a_day_are_found(void **state)
{
    struct staff *w = *state;
    const char *watch = make(w, "/time/entries",
                             "{\"note\":\"Watch\",\"started_at\":\"2026-05-01T08:00:00Z\","
                             "\"ended_at\":\"2026-05-04T08:00:00Z\"}");
    make(w, "/time/entries",
         "{\"note\":\"Short\",\"started_at\":\"2026-05-03T08:00:00Z\","
         "\"ended_at\":\"2026-05-03T20:00:00Z\"}");
    const char *reach = "/time/entries?sort=reaches&reaches_from=2026-05-03T00:00:00Z"
                        "&started_at_to=2026-05-03T00:00:00Z";
    struct answer r = expect(w, 200, GET, reach, w->owner, NULL);
    has(&r, "\"note\":\"Watch\"");
    has_not(&r, "\"note\":\"Short\"");
    r = expect(w, 200, GET,
               "/time/entries?sort=reaches&reaches_from=2026-05-04T08:00:01Z"
               "&started_at_to=2026-05-05T00:00:00Z",
               w->owner, NULL);
    has_not(&r, "\"note\"");
    world_ask(w->world, w->owner, PATCH, arena_printf(&w->world->a, "/time/entries/%s", watch),
              "{\"ended_at\":\"2026-05-01T20:00:00Z\"}", 1, 200);
    r = expect(w, 200, GET, reach, w->owner, NULL);
    has_not(&r, "\"note\"");
    /* A running timer reaches into every day to come. */
    expect(w, 201, POST, "/time/timer", w->owner, "{\"note\":\"Now\"}");
    r = expect(w, 200, GET, "/time/entries?sort=reaches&reaches_from=2199-01-01T00:00:00Z",
               w->owner, NULL);
    has(&r, "\"note\":\"Now\"");
    expect(w, 200, POST, "/time/timer/stop", w->owner, NULL);
    r = expect(w, 200, GET, "/time/entries?sort=reaches&reaches_from=2199-01-01T00:00:00Z",
               w->owner, NULL);
    has_not(&r, "\"note\"");
}

static void a_week_is_a_sheet(void **state)
{
    struct staff *w = *state;
    const char *quay = make(w, "/projects",
                            "{\"name\":\"Quay\",\"billable\":true,"
                            "\"rate_minor\":6000}");
    char json[300];
    expect(w, 422, GET, "/time/week?date=0001-01-01", w->member, NULL);
    expect(w, 422, GET, "/time/week?date=9999-12-31", w->member, NULL);
    struct answer r = expect(w, 200, GET, "/time/week?date=2026-03-29", w->member, NULL);
    has(&r, "\"from\":\"2026-03-23\",\"to\":\"2026-03-29\"");
    has(&r, "{\"date\":\"2026-03-29\",\"length_s\":82800,\"total_s\":0}");
    r = expect(w, 200, GET, "/time/week?date=2026-10-25", w->member, NULL);
    has(&r, "{\"date\":\"2026-10-25\",\"length_s\":90000,\"total_s\":0}");
    snprintf(json, sizeof json,
             "{\"date\":\"2026-03-24\",\"project\":\"%s\",\"duration_s\":7200,\"note\":\"n\"}",
             quay);
    r = expect(w, 200, PUT, "/time/week", w->member, json);
    has(&r, "\"cells_s\":[0,7200,0,0,0,0,0]");
    expect(w, 201, POST, "/time/entries", w->member,
           arena_printf(&w->world->a,
                        "{\"started_at\":\"2026-03-24T12:00:00Z\",\"ended_at\":"
                        "\"2026-03-24T13:00:00Z\",\"project\":\"%s\"}",
                        quay));
    r = expect(w, 200, GET, "/time/week?date=2026-03-24", w->member, NULL);
    has(&r, "\"cells_s\":[0,10800,0,0,0,0,0],\"entries_s\":[0,3600,0,0,0,0,0]");
    snprintf(json, sizeof json, "{\"date\":\"2026-03-24\",\"project\":\"%s\",\"duration_s\":5400}",
             quay);
    r = expect(w, 200, PUT, "/time/week", w->member, json);
    has(&r, "\"cells_s\":[0,5400,0,0,0,0,0]");
    const char *clear = arena_printf(
        &w->world->a, "{\"date\":\"2026-03-24\",\"project\":\"%s\",\"duration_s\":0}", quay);
    r = expect(w, 200, PUT, "/time/week", w->member, clear);
    has(&r, "\"cells_s\":[0,3600,0,0,0,0,0]");
    r = expect(w, 422, PUT, "/time/week", w->member, clear);
    has(&r, "Entries already make 1:00 that day, and the sheet can only add to them.");
    expect(w, 200, PUT, "/time/week", w->member, json);
    snprintf(json, sizeof json, "{\"date\":\"2026-03-24\",\"project\":\"%s\",\"duration_s\":3599}",
             quay);
    r = expect(w, 422, PUT, "/time/week", w->member, json);
    has(&r,
        "Entries already make 1:00 that day, and the sheet can only add to them. Change them in "
        "Entries.");
    snprintf(json, sizeof json, "{\"date\":\"2026-03-24\",\"project\":\"%s\",\"duration_s\":3600}",
             quay);
    r = expect(w, 200, PUT, "/time/week", w->member, json);
    has(&r, "\"cells_s\":[0,3600,0,0,0,0,0]");
    assert_int_equal(sum_of(w, &all_days).amount, 6000);
    sums_are_right(w);
}

static void the_sheet_finds_free_time(void **state)
{
    struct staff *w = *state;
    const char *elsewhere = make(w, "/projects", "{\"name\":\"Elsewhere\"}");
    static const char *const cell = "{\"date\":\"2026-03-%02d\",\"duration_s\":%d}";
    static const struct {
        const char *from, *to; /* what there is already */
        int day, duration_s;
        const char *placed;
    } rows[] = {
        /* It is an hour later in Berlin. */
        { "2026-03-03T20:00", "2026-03-03T23:50", 3, 7200, "2026-03-03T08:00:00.000Z" },
        { "2026-03-04T09:00", "2026-03-04T11:00", 4, 7200, "2026-03-04T11:00:00.000Z" },
        { "2026-03-05T10:00", "2026-03-05T22:30", 5, 10800, "2026-03-05T07:00:00.000Z" },
        { "2026-03-06T18:00", "2026-03-07T13:00", 7, 3600, "2026-03-07T13:00:00.000Z" },
        /* The night comes last: there is room from 20:00 on, and then there is not. */
        { "2026-03-09T06:00", "2026-03-09T19:00", 9, 10800, "2026-03-09T19:00:00.000Z" },
        { "2026-03-10T06:00", "2026-03-10T22:00", 10, 10800, "2026-03-10T03:00:00.000Z" },
    };
    overlaps_refuse(w);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *body = arena_printf(
            &w->world->a, "{\"started_at\":\"%s:00Z\",\"ended_at\":\"%s:00Z\",\"project\":\"%s\"}",
            rows[i].from, rows[i].to, elsewhere);
        expect(w, 201, POST, "/time/entries", w->owner, body);
        expect(w, 200, PUT, "/time/week", w->owner,
               arena_printf(&w->world->a, cell, rows[i].day, rows[i].duration_s));
        struct answer entry =
            expect(w, 200, GET, "/time/entries?sort=-created_at&limit=1", w->owner, NULL);
        has(&entry, arena_printf(&w->world->a, "\"started_at\":\"%s\"", rows[i].placed));
    }
    struct answer r =
        expect(w, 422, PUT, "/time/week", w->owner, arena_printf(&w->world->a, cell, 10, 28860));
    has(&r, "With its other rows the day would have 24:01 of 24 hours");
    r = expect(w, 422, PUT, "/time/week", w->owner,
               "{\"date\":\"2150-01-01\",\"duration_s\":3600}");
    has(&r, "{\"pointer\":\"/date\",\"problem\":\"must be at most a year ahead\"}");
    expect(w, 200, PUT, "/time/week", w->owner, arena_printf(&w->world->a, cell, 10, 3600));
    sums_are_right(w);
}

/* Whoever changes the clock times of what the sheet placed has chosen them. */
static void the_sheet_leaves_chosen_times_alone(void **state)
{
    struct staff *w = *state;
    static const char *const cell = "{\"date\":\"2026-03-03\",\"duration_s\":%d}";
    expect(w, 200, PUT, "/time/week", w->owner, arena_printf(&w->world->a, cell, 3600));
    struct answer r = expect(w, 200, GET, "/time/entries", w->owner, NULL);
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    r = staff_send(w, PATCH, path, w->owner, "{\"note\":\"n\"}", 1);
    has(&r, "\"source\":\"week\"");
    r = staff_send(w, PATCH, path, w->owner, "{\"started_at\":\"2026-03-03T08:00:00Z\"}", 2);
    has(&r, "\"source\":\"week\"");
    r = staff_send(w, PATCH, path, w->owner, "{\"started_at\":\"2026-03-03T07:00:00Z\"}", 3);
    has(&r, "\"source\":\"manual\"");
    expect(w, 200, PUT, "/time/week", w->owner, arena_printf(&w->world->a, cell, 10800));
    r = expect(w, 200, GET, path, w->owner, NULL);
    has(&r, "\"started_at\":\"2026-03-03T07:00:00.000Z\"");
    r = expect(w, 200, PUT, "/time/week", w->owner, arena_printf(&w->world->a, cell, 0));
    has(&r, "\"cells_s\":[0,7200,0,0,0,0,0]");
    sums_are_right(w);
}

/* What it wrote counts on the days of the zone that the person was in, and is changed there. */
static void the_sheet_knows_its_hours_elsewhere(void **state)
{
    struct staff *w = *state;
    static const char *const cell = "{\"date\":\"2026-03-%02d\",\"duration_s\":%d}";
    static const struct {
        int day, duration_s;
        const char *cells;
    } rows[] = {
        { 2, 7200, "\"cells_s\":[7200,28800,0,0,0,0,0]" },
        { 3, 14400, "\"cells_s\":[7200,14400,0,0,0,0,0]" },
        { 3, 18000, "\"cells_s\":[7200,18000,0,0,0,0,0]" },
        { 3, 0, "\"cells_s\":[7200,0,0,0,0,0,0]" },
    };
    role_set(w, "{\"zone\":\"Pacific/Auckland\"}");
    expect(w, 200, PUT, "/time/week", w->member, arena_printf(&w->world->a, cell, 3, 28800));
    role_set(w, "{\"zone\":\"America/New_York\"}");
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct answer r = expect(w, 200, PUT, "/time/week", w->member,
                                 arena_printf(&w->world->a, cell, rows[i].day, rows[i].duration_s));
        has(&r, rows[i].cells);
    }
    sums_are_right(w);
}

/* Booked on something else since, hours of two rows of the sheet are in one. */
static void the_sheet_changes_all_that_it_wrote(void **state)
{
    struct staff *w = *state;
    struct arena *a = &w->world->a;
    static const char *const cell =
        "{\"date\":\"2026-03-03\",\"project\":\"%s\",\"duration_s\":%d}";
    const char *quay = make(w, "/projects", "{\"name\":\"Quay\"}");
    const char *pier = make(w, "/projects", "{\"name\":\"Pier\"}");
    expect(w, 200, PUT, "/time/week", w->owner, arena_printf(a, cell, quay, 3600));
    expect(w, 200, PUT, "/time/week", w->owner, arena_printf(a, cell, pier, 1800));
    struct answer r =
        expect(w, 200, GET, arena_printf(a, "/time/entries?project=%s", pier), w->owner, NULL);
    staff_send(w, PATCH, arena_printf(a, "/time/entries/%s", text_of(w, &r, "id")), w->owner,
               arena_printf(a, "{\"project\":\"%s\"}", quay), 1);
    static const struct {
        int duration_s;
        const char *rows;
    } rows[] = {
        { 6000, "\"cells_s\":[0,6000,0,0,0,0,0],\"entries_s\":[0,0,0,0,0,0,0]" },
        { 900, "\"cells_s\":[0,900,0,0,0,0,0],\"entries_s\":[0,0,0,0,0,0,0]" },
        { 0, "\"rows\":[]" },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        r = expect(w, 200, PUT, "/time/week", w->owner,
                   arena_printf(a, cell, quay, rows[i].duration_s));
        has(&r, rows[i].rows);
    }
    sums_are_right(w);
}

static bool index_make(struct ctx *c, void *with)
{
    static const struct query person = { "CREATE INDEX time_entry__person ON time_entry (person)" };
    (void)with;
    return tx_run(c->tx, &person, NO_ARGS, NULL);
}

/* Each that is there is written with every entry. */
static void no_index_is_the_beginning_of_another(void **state)
{
    assert_true(in_organisation(*state, true, index_make, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAFF_TEST(a_timer_runs_once),
        STAFF_TEST(a_timer_ends_with_the_role_that_may_stop_it),
        STAFF_TEST(erasing_ends_a_timer),
        STAFF_TEST(entries_are_checked),
        STAFF_TEST(a_tag_of_time_stays),
        STAFF_TEST(people_reach_their_own_time),
        STAFF_TEST(a_refusal_that_tells_of_another_person_is_on_record),
        STAFF_TEST(overlaps_can_be_refused),
        STAFF_TEST(overlaps_are_told),
        STAFF_TEST(hours_of_the_sheet_overlap_nothing),
        STAFF_TEST(a_timer_goes_on_when_the_clock_was_set_back),
        STAFF_TEST(a_timer_forgotten_for_months_can_be_kept),
        STAFF_TEST(entries_that_reach_into_a_day_are_found),
        STAFF_TEST(a_week_is_a_sheet),
        STAFF_TEST(the_sheet_finds_free_time),
        STAFF_TEST(the_sheet_leaves_chosen_times_alone),
        STAFF_TEST(the_sheet_knows_its_hours_elsewhere),
        STAFF_TEST(the_sheet_changes_all_that_it_wrote),
        STAFF_TEST(no_index_is_the_beginning_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
