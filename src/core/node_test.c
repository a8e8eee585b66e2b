/* node_test.c: two programs on one PostgreSQL store: who holds what, and who comes after whom. */
#include "node.h"

#include "feature/accounts/accounts.h"
#include "feature/organisation/organisation.h"
#include "feature/world_fixture.h"
#include "limits.h"
#include "outbox.h"
#include "rows.h"
#include "runner.h"
#include "schedule.h"
#include "tenant.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* What is begun by the thread of the test; its node is held for dead before the first of it ends.
 */
static pthread_t thread;
static int begun;
static bool declare_dead(struct ctx *c, void *with);

static bool stand_still(struct ctx *c)
{
    struct id self = node_id(c->app->node);
    if (!pthread_equal(thread, pthread_self()) || begun++)
        return true;
    assert_true(control_write(c, declare_dead, &self));
    while (id_equal(node_id(c->app->node), self))
        usleep(1000);
    return true;
}

static bool stand_still_at(struct ctx *c, const struct event *e)
{
    (void)e;
    return stand_still(c);
}

static const struct event_type bell = { "test.bell", "A bell rang" };
static const struct event_type *const bells[] = { &bell, NULL };
static const struct subscriber subscribers[] = { { &bell, "test.bell", stand_still_at }, { 0 } };
static const struct job_type walk = { "test.walk", "Stands still", stand_still, { 86400 } };
static const struct job_type *const walks[] = { &walk, NULL };
static const struct feature still = {
    .name = "still", .events = bells, .subscribers = subscribers, .jobs = walks
};
static const struct feature *const test_features[] = { &organisation_feature, &accounts_feature,
                                                       &still, NULL };

struct pair {
    struct world *world; /* one of them, with its folder */
    char dir[80];        /* of the other, within that one */
    struct app *a, *b;
    struct arena arena;
    struct error err;
};

static struct app *second(struct pair *p)
{
    struct app_config config = *p->a->config;
    struct app *app;
    config.data_dir = p->dir;
    if (!app_start(&config, &app, &p->err))
        fail_msg("app_start: %s", p->err.detail);
    return app;
}

static int setup(void **state)
{
    struct pair *p = calloc(1, sizeof *p);
    assert_non_null(p);
    thread = pthread_self();
    begun = 0;
    p->world = world_new(test_features);
    p->a = p->world->app;
    snprintf(p->dir, sizeof p->dir, "%s/second", p->world->dir);
    assert_int_equal(mkdir(p->dir, 0700), 0);
    p->b = second(p);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct pair *p = *state;
    app_stop(p->b);
    int failed = world_free(p->world);
    arena_done(&p->arena);
    free(p);
    return failed;
}

static struct ctx of(struct pair *p, struct app *app)
{
    return app_ctx(app, &p->arena, &p->err, "test");
}

static bool lives(struct pair *p, struct app *asked, struct id id)
{
    struct ctx c = of(p, asked);
    bool found = false;
    assert_true(node_lives(&c, id, &found));
    return found;
}

static bool takes_schedule(struct pair *p, struct app *app, struct instant *before)
{
    struct ctx c = of(p, app);
    bool mine = false;
    if (!schedule_take(&c, &mine, before))
        fail_msg("%s", p->err.detail);
    return mine;
}

static void one_has_the_schedule_and_another_goes_on(void **state)
{
    struct pair *p = *state;
    struct instant before = { 1 };
    assert_true(takes_schedule(p, p->b, &before));
    assert_false(instant_given(before));
    assert_false(takes_schedule(p, p->a, &before));
    struct ctx c = of(p, p->b);
    assert_true(schedule_done(&c));
    assert_true(takes_schedule(p, p->b, &before));
    assert_int_equal(before.us, c.now.us);

    struct id gone = node_id(p->b->node);
    uint64_t inherited = node_inherited(p->a->node);
    assert_true(lives(p, p->a, gone));
    app_stop(p->b);
    p->b = NULL;
    assert_false(lives(p, p->a, gone));
    assert_true(takes_schedule(p, p->a, &before));
    assert_int_equal(before.us, c.now.us);
    while (node_inherited(p->a->node) == inherited)
        usleep(1000);
    p->b = second(p);
    assert_false(takes_schedule(p, p->b, &before));
}

static bool declare_dead(struct ctx *c, void *with)
{
    static const struct query q = { "UPDATE node SET until = 1 WHERE id = $1" };
    return tx_run(c->tx, &q, ARGS(value_id(*(struct id *)with)), NULL);
}

static void one_held_for_dead_is_another_one(void **state)
{
    struct pair *p = *state;
    struct id a = node_id(p->a->node);
    struct ctx c = of(p, p->b);
    assert_true(control_write(&c, declare_dead, &a));
    for (struct id now = a; id_equal(now, a); now = node_id(p->a->node))
        usleep(1000);
    assert_false(lives(p, p->b, a));
    assert_true(lives(p, p->b, node_id(p->a->node)));
}

static int64_t take(struct pair *p, struct app *app, const struct limit *limit, struct span later)
{
    struct ctx c = of(p, app);
    int64_t wait = -1;
    c.now = instant_plus(c.now, later);
    assert_true(limit_take_shared(&c, limit, "somebody", &wait));
    return wait;
}

static void tries_are_counted_together(void **state)
{
    static const struct limit limit = { "test", 1, 4 };
    struct pair *p = *state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(take(p, i % 2 ? p->a : p->b, &limit, (struct span){ 0 }), 0);
    assert_in_range(take(p, p->a, &limit, (struct span){ 0 }), 1, 60);
    assert_in_range(take(p, p->b, &limit, (struct span){ 0 }), 1, 60);
    assert_int_equal(take(p, p->a, &limit, (struct span){ 61 }), 0);
    assert_in_range(take(p, p->b, &limit, (struct span){ 61 }), 1, 60);
}

struct tasks {
    struct id holder;
    struct instant due; /* absent: now */
    int64_t count;
};
static const struct field count_fields[] = {
    FIELD(struct tasks, count, .privacy = OPERATIONAL, .doc = "How many"),
    { 0 },
};

static bool task_put(struct ctx *c, void *with)
{
    struct tasks *t = with;
    struct outbox_task task = { .kind = "event",
                                .name = "nothing that anybody hears of",
                                .subscriber = 1000,
                                .happened_at = c->now,
                                .due_at = instant_given(t->due) ? t->due : c->now,
                                .holder = t->holder };
    return row_create(c, &outbox_task_table, &task);
}

static bool task_count(struct ctx *c, void *with)
{
    static const struct query q = { "SELECT COUNT(*) FROM outbox_task" };
    bool found;
    return tx_row(c->tx, &q, NO_ARGS, count_fields, with, &found);
}

/* How many tasks are left once the node has run what it may. */
static int64_t run_next(struct pair *p, struct app *app, struct id organisation,
                        struct instant *next)
{
    struct ctx c = of(p, app);
    struct tasks t = { 0 };
    c.organisation = organisation;
    assert_true(db_open(app->store, organisation, false, &c.db, &p->err));
    assert_true(outbox_run(&c, next));
    assert_true(ctx_read(&c, task_count, &t));
    db_release(c.db);
    return t.count;
}

static int64_t run_left(struct pair *p, struct app *app, struct id organisation)
{
    struct instant next;
    return run_next(p, app, organisation, &next);
}

static void what_another_holds_is_left_alone_until_it_is_dead(void **state)
{
    struct pair *p = *state;
    struct ctx c = of(p, p->a);
    struct tasks held = { .holder = node_id(p->b->node) }, free = { 0 };
    const char *ada = world_sign_up(p->world, "Ada", "ada@example.org");
    struct id organisation = world_id(world_self(p->world, ada, "organisation"));
    assert_true(organisation_write(&c, organisation, task_put, &held));
    assert_true(organisation_write(&c, organisation, task_put, &free));
    assert_int_equal(run_left(p, p->a, organisation), 2);
    assert_true(control_write(&c, declare_dead, &held.holder));
    assert_int_equal(run_left(p, p->a, organisation), 0);
}

/* How far the clock of this machine is ahead of the database's. */
static _Atomic int64_t clock_ahead_s;
int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
    int failed = __real_clock_gettime(clock, ret);
    if (clock == CLOCK_REALTIME)
        ret->tv_sec += clock_ahead_s;
    return failed;
}

static void clock_set(const struct app *app, int64_t ahead_s)
{
    clock_ahead_s = ahead_s;
    int64_t off;
    do {
        usleep(1000);
        off = node_time(app->node, (struct instant){ 0 }).us / 1000000 + ahead_s;
    } while (off < -1 || off > 1); /* until it has measured that */
}

static bool bell_ring(struct ctx *c, void *with)
{
    (void)with;
    bool ok = event_add(c, &bell, (struct id){ 0 }, (struct id){ 0 });
    c->wake = false;
    return ok;
}

/* A node whose clock is ahead leaves an event behind, and one whose clock is right takes it up. */
static void what_is_due_is_so_by_one_clock(void **state)
{
    struct pair *p = *state;
    const char *ada = world_sign_up(p->world, "Ada", "ada@example.org");
    struct id organisation = world_id(world_self(p->world, ada, "organisation"));
    begun = 1;
    clock_set(p->a, 30);
    struct ctx c = of(p, p->a);
    assert_true(organisation_write(&c, organisation, bell_ring, NULL));
    clock_set(p->b, 0);
    assert_int_equal(run_left(p, p->b, organisation), 0);

    clock_set(p->a, -30);
    struct instant next, now = instant_now();
    struct tasks later = { .due = instant_plus(node_time(p->a->node, now), (struct span){ 10 }) };
    c = of(p, p->a);
    assert_true(organisation_write(&c, organisation, task_put, &later));
    assert_int_equal(run_next(p, p->a, organisation, &next), 1);
    assert_in_range(next.us - now.us, 9000000, 11000000);
    clock_set(p->a, 0);
}

static void one_that_stood_still_begins_nothing_more(void **state)
{
    struct pair *p = *state;
    struct ctx c = of(p, p->a);
    const char *ada = world_sign_up(p->world, "Ada", "ada@example.org");
    struct id organisation = world_id(world_self(p->world, ada, "organisation"));
    for (int i = 0; i < 3; i++)
        assert_true(organisation_write(&c, organisation, bell_ring, NULL));
    run_left(p, p->a, organisation);
    assert_int_equal(begun, 1);
    begun = 0;
    world_sign_up(p->world, "Bo", "bo@example.org");
    static const _Atomic bool stop;
    assert_true(periodic_run(p->a, (struct instant){ 0 }, instant_now(), &stop));
    assert_int_equal(begun, 1);
}

static void a_dropped_database_is_closed(void **state)
{
    struct pair *p = *state;
    const char *ada = world_sign_up(p->world, "Ada", "ada@example.org");
    struct id organisation = world_id(world_self(p->world, ada, "organisation"));
    struct db *db;
    assert_true(db_open(p->b->store, organisation, false, &db, &p->err));
    assert_false(db_forget(p->b->store, organisation));
    db_release(db);
    assert_true(db_forget(p->b->store, organisation));
    assert_true(db_forget(p->b->store, organisation));
}

static void what_one_destroys_another_closes(void **state)
{
    struct pair *p = *state;
    struct ctx c = of(p, p->a);
    const char *ada = world_sign_up(p->world, "Ada", "ada@example.org");
    struct id organisation = world_id(world_self(p->world, ada, "organisation"));
    struct error gone = { 0 };
    struct db *db;
    assert_true(db_open(p->b->store, organisation, false, &db, &p->err));
    db_release(db);
    assert_true(tenant_destroy(&c, organisation));
    while (db_open(p->b->store, organisation, false, &db, &gone)) {
        db_release(db);
        usleep(1000);
    }
    assert_int_equal(gone.problem, NOT_FOUND);
}

struct leaving_row {
    struct id node, organisation;
    bool found;
};

static bool leaving_put(struct ctx *c, void *with)
{
    static const struct query q = { "UPDATE node SET leaving = $2 WHERE id = $1" };
    const struct leaving_row *l = with;
    return tx_run(c->tx, &q, ARGS(value_id(l->node), value_id(l->organisation)), NULL);
}

static bool leaving_look(struct ctx *c, void *with)
{
    static const struct query q = { "SELECT id FROM node WHERE leaving = $1" };
    struct leaving_row *l = with;
    return tx_found(c->tx, &q, ARGS(value_id(l->organisation)), &l->found);
}

static void leaving_until(struct pair *p, struct leaving_row *l, bool found)
{
    struct ctx c = of(p, p->b);
    do
        assert_true(control_read(&c, leaving_look, l));
    while (l->found != found && !usleep(1000));
}

/* As when the database is away in the moment in which one ends to give an organisation away, or is
   held for dead meanwhile. */
static void what_leaves_is_what_the_mover_says(void **state)
{
    struct pair *p = *state;
    struct ctx c = of(p, p->b);
    struct leaving_row l = { .node = node_id(p->a->node), .organisation = id_new(instant_now()) };
    assert_true(control_write(&c, leaving_put, &l));
    leaving_until(p, &l, false);
    node_gives(p->a->node, l.organisation);
    assert_true(control_write(&c, declare_dead, &l.node));
    while (id_equal(node_id(p->a->node), l.node))
        usleep(1000);
    leaving_until(p, &l, true);
    while (!node_leaves(p->b->node, l.organisation))
        usleep(1000);
    node_gives(p->a->node, (struct id){ 0 });
    leaving_until(p, &l, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_has_the_schedule_and_another_goes_on, setup, teardown),
        cmocka_unit_test_setup_teardown(one_held_for_dead_is_another_one, setup, teardown),
        cmocka_unit_test_setup_teardown(tries_are_counted_together, setup, teardown),
        cmocka_unit_test_setup_teardown(what_another_holds_is_left_alone_until_it_is_dead, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_due_is_so_by_one_clock, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_stood_still_begins_nothing_more, setup, teardown),
        cmocka_unit_test_setup_teardown(a_dropped_database_is_closed, setup, teardown),
        cmocka_unit_test_setup_teardown(what_one_destroys_another_closes, setup, teardown),
        cmocka_unit_test_setup_teardown(what_leaves_is_what_the_mover_says, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
