/* time_test.c: tracking, the sheet, sums, imports and exports, through the routes of the program.
 */
#include "core/rows.h"
#include "feature/accounts/accounts.h"
#include "feature/organisation/organisation.h"
#include "feature/world_fixture.h"
#include "rollup.h"
#include "time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct feature *const test_features[] = { &organisation_feature, &accounts_feature,
                                                       &time_feature, NULL };

/* An owner and a member of an organisation in Berlin. */
struct staff {
    struct world *world;
    const char *owner, *owner_id, *member, *member_id;
    struct id organisation;
};

static struct answer send(struct staff *w, enum method m, const char *path, const char *session,
                          const char *json, int64_t version)
{
    struct call c = {
        .method = m, .path = path, .json = json, .session = session, .if_version = version
    };
    struct answer r;
    app_call(w->world->app, &w->world->a, &c, &r);
    return r;
}

static struct answer expect(struct staff *w, int status, enum method m, const char *path,
                            const char *session, const char *json)
{
    return world_ask(w->world, session, m, path, json, 0, status);
}

static struct answer upload(struct staff *w, int status, const char *path, const char *session,
                            const char *csv)
{
    struct call c = { .method = POST,
                      .path = path,
                      .session = session,
                      .type = "text/csv",
                      .body = { csv, strlen(csv) } };
    struct answer r;
    app_call(w->world->app, &w->world->a, &c, &r);
    if (r.status != status)
        fail_msg("%s: %d %s", path, r.status, r.body);
    return r;
}

static const char *text_of(struct staff *w, const struct answer *r, const char *key)
{
    return world_text(w->world, r->body, key);
}

static void has(const struct answer *r, const char *part)
{
    if (!strstr(r->body, part))
        fail_msg("no %s in %s", part, r->body);
}

static void has_not(const struct answer *r, const char *part)
{
    if (strstr(r->body, part))
        fail_msg("%s in %s", part, r->body);
}

static const char *make(struct staff *w, const char *path, const char *json)
{
    struct answer r = expect(w, 201, POST, path, w->owner, json);
    return text_of(w, &r, "id");
}

static int set_up(void **state)
{
    struct staff *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->world = world_new(test_features);
    w->owner = world_sign_up(w->world, "Nora Lind", "nora@example.org");
    w->owner_id = world_self(w->world, w->owner, "person");
    w->organisation = world_id(world_self(w->world, w->owner, "organisation"));
    struct answer r = expect(w, 200, GET, "/organisation", w->owner, NULL);
    world_ask(w->world, w->owner, PATCH, "/organisation",
              "{\"zone\":\"Europe/Berlin\",\"currency\":\"EUR\",\"week_start\":\"monday\"}",
              strtoll(r.etag, NULL, 10), 200);
    w->member = world_invite(w->world, w->owner, "Ivo Marek", "ivo@example.org", "member");
    w->member_id = world_self(w->world, w->member, "person");
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct staff *w = *state;
    int removed = world_free(w->world);
    free(w);
    return removed;
}

/* --- the sums, compared with the entries --- */

static bool check_work(struct ctx *c, void *with)
{
    return rollup_check(c, with);
}

static bool in_organisation(struct staff *w, bool write, ctx_work *work, void *with)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(w->world->app, &a, &err, "test");
    bool ok = write ? organisation_write(&c, w->organisation, work, with)
                    : organisation_read(&c, w->organisation, work, with);
    if (!ok)
        print_message("%s\n", err.detail);
    arena_done(&a);
    return ok;
}

static void sums_are_right(struct staff *w)
{
    bool same = false;
    assert_true(in_organisation(w, false, check_work, &same));
    assert_true(same);
}

struct sum {
    int64_t seconds, amount, rows;
};
static const struct field sum_fields[] = {
    FIELD(struct sum, seconds),
    FIELD(struct sum, amount),
    FIELD(struct sum, rows),
    { 0 },
};
struct asked {
    const struct query *q;
    struct sum sum;
};

static bool sum_work(struct ctx *c, void *with)
{
    struct asked *asked = with;
    bool found;
    return tx_row(c->tx, asked->q, NO_ARGS, sum_fields, &asked->sum, &found);
}

static struct sum sum_of(struct staff *w, const struct query *q)
{
    struct asked asked = { .q = q };
    assert_true(in_organisation(w, false, sum_work, &asked));
    return asked.sum;
}

static const struct query all_days = {
    "SELECT SUM(duration_s), SUM(amount_minor), COUNT(*) FROM time_day", .whole = "A test"
};

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
    struct call stop = {
        .method = POST, .path = "/time/timer/stop", .session = w->member, .later = { 3600 }
    };
    app_call(w->world->app, &w->world->a, &stop, &r);
    assert_int_equal(r.status, 200);
    has(&r, "\"source\":\"timer\"");
    int64_t s = strtoll(strstr(r.body, "\"duration_s\":") + 13, NULL, 10);
    assert_true(s >= 3599 && s <= 3700);
    expect(w, 409, POST, "/time/timer/stop", w->member, NULL);
    assert_int_equal(sum_of(w, &all_days).seconds, s);
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
    struct answer r =
        send(w, DELETE, arena_printf(&w->world->a, "/projects/%s", project), w->owner, NULL, 1);
    assert_int_equal(r.status, 409);
    r = send(w, PATCH, arena_printf(&w->world->a, "/projects/%s", project), w->owner,
             "{\"archived\":true}", 1);
    assert_int_equal(r.status, 200);
    expect(w, 422, POST, "/time/entries", w->owner, json);
    expect(w, 409, POST, "/projects", w->owner, "{\"name\":\"Pier\"}");
    expect(w, 403, POST, "/projects", w->member, "{\"name\":\"Own\"}");
}

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
    r = send(
        w, PATCH, path, w->owner,
        arena_printf(&w->world->a, "{\"project\":\"%s\",\"billable\":false,\"tags\":null}", pier),
        1);
    assert_int_equal(r.status, 200);
    assert_int_equal(sum_of(w, &all_days).amount, 0);
    sums_are_right(w);
    r = send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-03-28T22:30:00Z\"}", 2);
    assert_int_equal(r.status, 200);
    assert_int_equal(sum_of(w, &all_days).rows, 1);
    sums_are_right(w);
    r = send(w, PATCH, path, w->owner, "{\"ended_at\":null}", 3);
    assert_int_equal(r.status, 200);
    assert_int_equal(sum_of(w, &all_days).rows, 0);
    r = send(w, DELETE, path, w->owner, NULL, 4);
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
    r = send(w, PATCH, arena_printf(&w->world->a, "/projects/%s", own), w->owner,
             "{\"rate_minor\":20000}", 1);
    assert_int_equal(r.status, 200);
    r = send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-03-02T09:00:00Z\"}", 1);
    has(&r, "\"rate_minor\":10000,\"amount_minor\":10000");
    r = send(w, PATCH, path, w->owner, "{\"billable\":false}", 2);
    has(&r, "\"rate_minor\":0,\"amount_minor\":0");
    r = send(w, PATCH, path, w->owner, "{\"billable\":true}", 3);
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
    r = send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-03-02T10:00:00Z\"}", 4);
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
    r = send(w, PATCH, arena_printf(&w->world->a, "/projects/%s", pier), w->owner,
             "{\"rate_minor\":10000}", 1);
    assert_int_equal(r.status, 200);
    r = send(w, PATCH, arena_printf(&w->world->a, "/projects/%s", old), w->owner,
             "{\"rate_minor\":10000,\"archived\":true}", 1);
    assert_int_equal(r.status, 200);
    r = send(w, PATCH, arena_printf(&w->world->a, "/projects/%s", rated), w->owner,
             "{\"rate_minor\":50000}", 1);
    assert_int_equal(r.status, 200);
    expect(w, 403, POST, "/time/rates", w->member, "{}");
    expect(w, 422, POST, "/time/rates", w->owner, "{\"from\":\"soon\"}");
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
    assert_true(in_organisation(w, false, check_work, &same));
    assert_false(same);
    assert_true(in_organisation(w, true, repair, NULL));
    sums_are_right(w);
}

static void people_reach_their_own_time(void **state)
{
    struct staff *w = *state;
    struct answer r = expect(w, 201, POST, "/time/entries", w->owner,
                             "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":"
                             "\"2026-03-02T09:00:00Z\",\"note\":\"secret plan\"}");
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    expect(w, 404, GET, path, w->member, NULL);
    r = send(w, PATCH, path, w->member, "{\"note\":\"x\"}", 1);
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
        { "10:00", "11:00", 201 }, { "07:00", "12:00", 409 }, { "07:00", "08:00", 201 },
    };
    struct answer r = expect(w, 200, GET, "/organisation", w->owner, NULL);
    r = send(w, PATCH, "/organisation", w->owner, "{\"overlap\":\"refuse\"}",
             strtoll(r.etag, NULL, 10));
    assert_int_equal(r.status, 200);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char json[120];
        snprintf(json, sizeof json, body, rows[i].from, rows[i].to);
        r = expect(w, rows[i].status, POST, "/time/entries", w->owner, json);
    }
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    r = send(w, PATCH, path, w->owner, "{\"note\":\"kept\"}", 1);
    assert_int_equal(r.status, 200);
    r = send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-03-02T08:01:00Z\"}", 2);
    assert_int_equal(r.status, 409);
    char json[120];
    snprintf(json, sizeof json, body, "09:00", "09:30");
    expect(w, 201, POST, "/time/entries", w->member, json);
}

static void a_timer_forgotten_for_months_can_be_kept(void **state)
{
    struct staff *w = *state;
    struct answer r = expect(w, 200, GET, "/organisation", w->owner, NULL);
    r = send(w, PATCH, "/organisation", w->owner, "{\"overlap\":\"refuse\"}",
             strtoll(r.etag, NULL, 10));
    assert_int_equal(r.status, 200);
    r = expect(w, 201, POST, "/time/entries", w->owner,
               "{\"started_at\":\"2026-01-05T08:00:00Z\"}");
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    expect(w, 200, POST, "/time/timer/stop", w->owner, NULL);
    r = send(w, PATCH, path, w->owner, "{\"note\":\"Forgotten\"}", 2);
    assert_int_equal(r.status, 200);
    /* A time of it may change to what anybody may enter, and not to less than that. */
    r = send(w, PATCH, path, w->owner, "{\"ended_at\":\"2026-04-20T08:00:00Z\"}", 3);
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
    has(&r, "\"cells_s\":[0,10800,0,0,0,0,0]");
    snprintf(json, sizeof json, "{\"date\":\"2026-03-24\",\"project\":\"%s\",\"duration_s\":5400}",
             quay);
    r = expect(w, 200, PUT, "/time/week", w->member, json);
    has(&r, "\"cells_s\":[0,5400,0,0,0,0,0]");
    snprintf(json, sizeof json, "{\"date\":\"2026-03-24\",\"project\":\"%s\",\"duration_s\":3599}",
             quay);
    r = expect(w, 422, PUT, "/time/week", w->member, json);
    has(&r, "Other entries already make 1:00 that day. Change them in Entries.");
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
    };
    struct answer r = expect(w, 200, GET, "/organisation", w->owner, NULL);
    r = send(w, PATCH, "/organisation", w->owner, "{\"overlap\":\"refuse\"}",
             strtoll(r.etag, NULL, 10));
    assert_int_equal(r.status, 200);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *body = arena_printf(
            &w->world->a, "{\"started_at\":\"%s:00Z\",\"ended_at\":\"%s:00Z\",\"project\":\"%s\"}",
            rows[i].from, rows[i].to, elsewhere);
        expect(w, 201, POST, "/time/entries", w->owner, body);
        expect(w, 200, PUT, "/time/week", w->owner,
               arena_printf(&w->world->a, cell, rows[i].day, rows[i].duration_s));
        r = expect(w, 200, GET, "/time/entries?sort=-created_at&limit=1", w->owner, NULL);
        has(&r, arena_printf(&w->world->a, "\"started_at\":\"%s\"", rows[i].placed));
    }
    expect(w, 409, PUT, "/time/week", w->owner, arena_printf(&w->world->a, cell, 6, 80000));
    sums_are_right(w);
}

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
            "2026-03-02,09:00:00,01:00:00,\"a, b\",90.00,Europe/Berlin\r\n");
    r = expect(w, 200, GET, "/time/export.json", w->owner, NULL);
    has(&r, "\"project_name\":\"Quay\"");
    r = expect(w, 200, GET, "/time/export.csv?from=2026-03-03", w->owner, NULL);
    has_not(&r, "Quay");
    r = expect(w, 200, GET, "/time/entries", w->owner, NULL);
    const char *path = arena_printf(&w->world->a, "/time/entries/%s", text_of(w, &r, "id"));
    r = send(w, DELETE, path, w->owner, NULL, 1);
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

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_timer_runs_once),
        TEST(entries_are_checked),
        TEST(sums_follow_every_change),
        TEST(rates_are_those_of_the_time_of_writing),
        TEST(hours_without_a_rate_get_one_when_asked),
        TEST(sums_can_be_made_anew),
        TEST(people_reach_their_own_time),
        TEST(overlaps_can_be_refused),
        TEST(a_timer_forgotten_for_months_can_be_kept),
        TEST(entries_that_reach_into_a_day_are_found),
        TEST(a_week_is_a_sheet),
        TEST(the_sheet_finds_free_time),
        TEST(an_import_is_tried_then_done_once),
        TEST(an_export_is_named_after_its_period),
        TEST(an_import_tells_hours_without_a_rate),
        TEST(an_import_is_all_or_nothing),
        TEST(members_import_their_own),
        TEST(a_name_is_one_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
