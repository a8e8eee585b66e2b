/* runner_test.c: jobs and deliveries, of a feature made up here: when they run, and what becomes of
   those that fail. */
#include "runner.h"

#include "crypt/key.h"
#include "feature/accounts/accounts.h"
#include "feature/organisation/organisation.h"
#include "feature/world_fixture.h"
#include "outbox.h"
#include "rows.h"
#include "tenant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static _Atomic int gadget_rounds; /* of all organisations */
static _Atomic bool gadget_stuck, gadget_slow;
static bool gadget_round(struct ctx *c)
{
    static const _Atomic bool stop;
    assert_true(id_given(c->organisation));
    gadget_rounds++;
    if (gadget_slow) { /* so that the next minute has come, with all still due */
        gadget_slow = false;
        assert_false(periodic_run(c->app, (struct instant){ 0 }, c->now, &stop));
    }
    return !gadget_stuck || error_set(c->err, UNAVAILABLE, "Words that nobody else is told");
}
static const struct job_type gadget_job = {
    .name = "gadget.round", .doc = "Counts itself", .run = gadget_round, .every = { 86400 }
};
static const struct job_type *const gadget_jobs[] = { &gadget_job, NULL };
static const struct event_type gadget_made = { "gadget.made", "A gadget was made" };
static const struct event_type *const gadget_events[] = { &gadget_made, NULL };
static _Atomic int got_first, got_second;
static _Atomic bool first_fails;
static bool first_get(struct ctx *c, const struct event *e)
{
    (void)e;
    got_first++;
    return !first_fails || error_set(c->err, UNAVAILABLE, NULL);
}
static bool second_get(struct ctx *c, const struct event *e)
{
    (void)c, (void)e;
    got_second++;
    return true;
}
static const struct subscriber gadget_subscribers[] = {
    { &gadget_made, "gadget.first", first_get },
    { &gadget_made, "gadget.second", second_get },
    { 0 },
};
static const struct feature gadgets = { .name = "gadgets",
                                        .events = gadget_events,
                                        .subscribers = gadget_subscribers,
                                        .jobs = gadget_jobs };
static const struct feature *const test_features[] = { &organisation_feature, &accounts_feature,
                                                       &gadgets, NULL };

static int setup(void **state)
{
    return founded_open(state, test_features);
}

/* In each organisation once a day, and after a start for the days before it. */
static void test_periodic_jobs(void **state)
{
    struct founded *w = *state;
    _Atomic bool stop = false;
    struct instant none = { 0 }, day = { INT64_C(20000) * 86400 * 1000000 };
    struct instant evening = instant_plus(day, (struct span){ -60 });
    struct instant noon = instant_plus(day, (struct span){ 43200 });
    world_sign_up(w->world, "Otto Esempio", "otto@example.org");
    gadget_rounds = 0;
    periodic_run(w->world->app, none, evening, &stop);
    assert_int_equal(gadget_rounds, 2);
    periodic_run(w->world->app, evening, day, &stop);
    assert_int_equal(gadget_rounds, 4);
    periodic_run(w->world->app, day, noon, &stop);
    assert_int_equal(gadget_rounds, 4);
    gadget_slow = true;
    assert_true(periodic_run(w->world->app, none, noon, &stop));
    assert_int_equal(gadget_rounds, 6);
    stop = true;
    periodic_run(w->world->app, none, noon, &stop);
    assert_int_equal(gadget_rounds, 6);
}

static _Atomic int told;
static void tell(const char *sentence)
{
    assert_non_null(strstr(sentence, "gadget.round failed in organisation "));
    assert_non_null(strstr(sentence, "(UNAVAILABLE)"));
    assert_null(strstr(sentence, "Words"));
    told++;
}

static struct answer failures(struct founded *w)
{
    return world_get(w->world, w->owner, "/organisation/failures", 200);
}

/* What fails is told once, kept, shown to admins and tried again until it succeeds. */
static void test_jobs_that_fail(void **state)
{
    struct founded *w = *state;
    struct app *app = w->world->app;
    _Atomic bool stop = false;
    struct instant none = { 0 }, now = instant_now();
    ((struct app_config *)(uintptr_t)app->config)->tell = tell;
    gadget_stuck = true;
    told = 0;
    periodic_run(app, none, now, &stop);
    periodic_run(app, none, now, &stop);
    assert_int_equal(told, 1);
    struct answer r = failures(w);
    assert_non_null(strstr(r.body, "\"kind\":\"job\",\"name\":\"gadget.round\""));
    assert_non_null(strstr(r.body, "\"problem\":\"UNAVAILABLE\",\"attempts\":1"));
    assert_null(strstr(r.body, "Words"));
    const char *retry = arena_printf(&w->world->a, "/organisation/failures/%s/retry",
                                     world_text(w->world, r.body, "id"));
    world_post(w->world, world_sign_up(w->world, "Otto Esempio", "otto@example.org"), retry, NULL,
               404);
    struct id organisation = founded_organisation(w);
    world_post(w->world, w->owner, retry, NULL, 204);
    runner_wait(app->runner, organisation);
    assert_non_null(strstr(failures(w).body, "\"attempts\":2"));
    gadget_stuck = false;
    world_post(w->world, w->owner, retry, NULL, 204);
    runner_wait(app->runner, organisation);
    assert_null(strstr(failures(w).body, "gadget.round"));
    gadget_stuck = true;
    periodic_run(app, none, now, &stop);
    assert_non_null(strstr(failures(w).body, "gadget.round"));
    gadget_stuck = false;
    periodic_run(app, none, now, &stop);
    assert_null(strstr(failures(w).body, "gadget.round"));
}

static bool tasks_add(struct ctx *c, void *with)
{
    struct outbox_task *task = with; /* one of now, one of an earlier release */
    return row_create(c, &outbox_task_table, &task[0]) &&
           row_create(c, &outbox_task_table, &task[1]);
}

/* A delivery that waits while a release puts subscribers into another order. */
static void test_deliveries_name_their_subscriber(void **state)
{
    struct founded *w = *state;
    struct app *app = w->world->app;
    struct error err = { 0 };
    struct ctx c = app_ctx(app, &w->world->a, &err, "test");
    struct outbox_task task = { .kind = "event", .name = gadget_made.name, .due_at = c.now };
    struct outbox_task tasks[] = { task, task };
    struct id organisation = founded_organisation(w);
    tasks[0].receiver = "gadget.second";
    tasks[1].subscriber = 1;
    got_first = got_second = 0;
    assert_true(organisation_write(&c, organisation, tasks_add, tasks));
    runner_wake(app->runner, organisation);
    runner_wait(app->runner, organisation);
    assert_int_equal(got_first, 0);
    assert_int_equal(got_second, 2);
}

/* Nobody else may ever wake the organisation again. */
static void test_what_fails_says_when_it_is_due_again(void **state)
{
    enum { TRIES = 4, APART_S = 2 }; /* the store's clock may be another */
    struct founded *w = *state;
    struct app *app = w->world->app;
    struct error err = { 0 };
    struct ctx c = app_ctx(app, &w->world->a, &err, "test");
    c.now = instant_plus(c.now, (struct span){ 3600 }); /* so that the runner leaves them */
    struct outbox_task task = {
        .kind = "event", .name = gadget_made.name, .receiver = "gadget.first", .due_at = c.now
    };
    struct outbox_task tasks[] = { task, task };
    int64_t pause_s[TRIES];
    int got[TRIES];
    c.organisation = founded_organisation(w);
    tasks[1].receiver = "gadget.second";
    c.now = instant_plus(c.now, (struct span){ APART_S });
    got_first = 0;
    assert_true(organisation_write(&c, c.organisation, tasks_add, tasks));
    assert_true(db_open(app->store, c.organisation, false, &c.db, &err));
    for (int i = 0; i < TRIES; i++) {
        first_fails = i < TRIES - 1;
        struct instant next;
        assert_true(outbox_run(&c, &next));
        got[i] = got_first;
        pause_s[i] = instant_given(next) ? (next.us - c.now.us + 500000) / 1000000 : 0;
        c.now = instant_plus(c.now, (struct span){ pause_s[i] + APART_S });
    }
    db_release(c.db);
    for (int i = 0; i < TRIES; i++) {
        int64_t wanted_s = i < TRIES - 1 ? 60 << i : 0;
        assert_int_equal(got[i], i + 1);
        assert_in_range(pause_s[i] + 1, wanted_s, wanted_s + 2);
    }
}

static bool key_spoil(struct ctx *c, void *with)
{
    static const uint8_t wrong[WRAPPED_KEY];
    struct tenant change = { .wrapped_key = { wrong, sizeof wrong } }, ret;
    return row_update(c, &tenant_table, *(struct id *)with, 0, &change,
                      row_set(&tenant_table, "wrapped_key"), &ret);
}

static void closed_tell(const char *sentence)
{
    told += strstr(sentence, "Jobs did not run in 1 of 2 organisations") != NULL;
}

static void test_jobs_where_a_database_is_closed(void **state)
{
    struct founded *w = *state;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->world->app, &w->world->a, &err, "test");
    struct id organisation = founded_organisation(w);
    struct instant none = { 0 };
    _Atomic bool stop = false;
    world_sign_up(w->world, "Otto Esempio", "otto@example.org");
    assert_true(control_write(&c, key_spoil, &organisation));
    app_stop(w->world->app);
    world_open(w->world);
    ((struct app_config *)(uintptr_t)w->world->app->config)->tell = closed_tell;
    told = gadget_rounds = 0;
    assert_true(periodic_run(w->world->app, none, c.now, &stop));
    assert_int_equal(gadget_rounds, 1);
    assert_int_equal(told, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_periodic_jobs, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_jobs_that_fail, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_jobs_where_a_database_is_closed, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_deliveries_name_their_subscriber, setup,
                                        founded_close),
        cmocka_unit_test_setup_teardown(test_what_fails_says_when_it_is_due_again, setup,
                                        founded_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
