/* core_test.c: the whole way from a request to the disk and back, with a feature made up here. */
#include "audit.h"
#include "feature/accounts/accounts.h"
#include "feature/organisation/organisation.h"
#include "feature/world_fixture.h"
#include "idempotency.h"
#include "node.h"
#include "rows.h"
#include "workers.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct gadget {
    ROW_MEMBERS;
    struct id person;
    const char *label;
    int64_t weight;
    const char *pin;
};
static const struct field gadget_fields[] = {
    ROW_FIELDS(struct gadget),
    FIELD(struct gadget, person, .privacy = PERSONAL, .subject = true, .refers = &person_table,
          .filter = true, .doc = "Whose it is"),
    FIELD(struct gadget, label, .privacy = CONTENT, .required = true, .min = 1, .max = 20,
          .filter = true, .doc = "What it is called"),
    FIELD(struct gadget, weight, .privacy = OPERATIONAL, .max = 1000, .filter = true,
          .doc = "Weight in grams"),
    FIELD(struct gadget, pin, .privacy = SECRET, .max = 10, .doc = "Never shown"),
    { 0 },
};
static const struct permission gadget_use = {
    "gadget.use",
    "Use gadgets",
    { [ROLE_MEMBER] = SCOPE_OWN, [ROLE_MANAGER] = SCOPE_TEAM, [ROLE_OWNER] = SCOPE_ALL },
};
static const struct table gadget_table = {
    .name = "gadget",
    .doc = "Things",
    .fields = gadget_fields,
    .size = sizeof(struct gadget),
    .path = "/gadgets",
    .read = &gadget_use,
    .write = &gadget_use,
    .erase = ERASE_ROW,
};
static const struct table *const gadget_tables[] = { &gadget_table, NULL };
static const struct permission *const gadget_permissions[] = { &gadget_use, NULL };
/* Reads somebody's gadget; while told so, the audit log is not there to note it. */
static _Atomic bool gadget_blind;
static bool audit_move(struct ctx *c, void *with)
{
    static const struct query away = { "ALTER TABLE audit_event RENAME TO audit_away" };
    static const struct query back = { "ALTER TABLE audit_away RENAME TO audit_event" };
    return tx_run(c->tx, *(const bool *)with ? &away : &back, NO_ARGS, NULL);
}
static bool gadget_look(struct ctx *c, const void *in, void *ret)
{
    static bool away;
    bool blind = gadget_blind;
    (void)in, (void)ret;
    read_note(c, &gadget_table, id_new(c->now));
    if (blind == away)
        return true;
    away = blind;
    return ctx_write(c, audit_move, &blind);
}
/* Takes long, within the database. */
static pthread_t gadget_counter;
static bool gadget_count(struct ctx *c, const void *in, void *ret)
{
    static const struct field fields[] = { FIELD(struct gadget, weight), { 0 } };
    static const struct query far = {
        "SELECT (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
        " WHERE i < 300000) SELECT count(*) FROM n)"
    };
    struct gadget counted = { 0 };
    bool found;
    (void)in, (void)ret;
    gadget_counter = pthread_self();
    read_note(c, &gadget_table, id_new(c->now));
    return tx_row(c->tx, &far, NO_ARGS, fields, &counted, &found) && counted.weight == 300000;
}
/* Makes a gadget in a transaction of its own, and looks what its claim says then. */
struct claim_seen {
    int64_t committed;
};
static const struct field claim_seen_fields[] = {
    FIELD(struct claim_seen, committed, .privacy = OPERATIONAL,
          .doc = "Claims that have committed"),
    { 0 },
};
static _Atomic int gadgets_slow;
static bool slow_is_taken_over;
static struct claim_seen claims_before, claims_after;
static bool claims_count(struct ctx *c, void *with)
{
    static const struct query q = {
        "SELECT COUNT(*) FROM idempotency WHERE status = 0 AND committed = $1", .whole = "A test"
    };
    bool found;
    return tx_row(c->tx, &q, ARGS(value_bool(true)), claim_seen_fields, with, &found);
}
static bool gadget_make(struct ctx *c, void *with)
{
    struct gadget row = { .label = with };
    return row_create(c, &gadget_table, &row);
}
/* As another that holds this one for dead. */
static bool claim_take_over(struct ctx *c, void *with)
{
    struct id claim;
    bool replayed;
    (void)with;
    return idempotency_forget(c) && idempotency_claim(c, &claim, &replayed);
}
static bool gadget_slow(struct ctx *c, const void *in, void *ret)
{
    static char label[] = "slow";
    (void)in, (void)ret;
    gadgets_slow++;
    struct ctx other = *c;
    other.claim = (struct id){ 0 };
    if (slow_is_taken_over && !ctx_write(&other, claim_take_over, NULL))
        return false;
    return ctx_read(c, claims_count, &claims_before) && ctx_write(c, gadget_make, label) &&
           ctx_read(c, claims_count, &claims_after);
}
/* Keeps its request, and ends it. */
static bool gadget_keep(struct ctx *c, const void *in, void *ret)
{
    (void)in, (void)ret;
    ctx_keep(c);
    ctx_finish(c, true);
    return true;
}
/* Keeps its request, and finds that it would have to wait. */
static bool gadget_leave(struct ctx *c, const void *in, void *ret)
{
    (void)in, (void)ret;
    if (!c->hasty)
        return true;
    ctx_keep(c);
    return ctx_elsewhere(c);
}
static const struct route gadget_routes[] = {
    { GET, "/gadgets/count", gadget_count, "Count far", .can = &gadget_use, .ok = 204 },
    { POST, "/gadgets/look", gadget_look, "Look at a gadget", .can = &gadget_use, .ok = 204,
      LANE(LANE_SLOW) },
    { POST, "/gadgets/keep", gadget_keep, "Keep a request", .can = &gadget_use, .ok = 204,
      LANE(LANE_SLOW), .eager = true },
    { POST, "/gadgets/leave", gadget_leave, "Leave a request to others", .can = &gadget_use,
      .ok = 204, LANE(LANE_SLOW), .eager = true },
    { POST, "/gadgets/slow", gadget_slow, "Make a gadget slowly", .can = &gadget_use, .ok = 204,
      LANE(LANE_SLOW) },
    { 0 },
};
static const struct feature gadgets = { .name = "gadgets",
                                        .tables = gadget_tables,
                                        .routes = gadget_routes,
                                        .permissions = gadget_permissions };
static const struct feature *const test_features[] = { &organisation_feature, &accounts_feature,
                                                       &gadgets, NULL };

/* What a later release adds. */
struct knob {
    ROW_MEMBERS;
    int64_t turn;
};
static const struct field knob_fields[] = {
    ROW_FIELDS(struct knob),
    FIELD(struct knob, turn, .privacy = OPERATIONAL, .max = 10, .doc = "How far it is turned"),
    { 0 },
};
static const struct table knob_table = {
    .name = "knob",
    .doc = "The knob",
    .fields = knob_fields,
    .size = sizeof(struct knob),
    .path = "/knob",
    .singleton = true,
    .read = &gadget_use,
    .write = &gadget_use,
};
static const struct table *const knob_tables[] = { &knob_table, NULL };
static const struct feature knobs = { .name = "knobs", .tables = knob_tables };
static const struct feature *const later_features[] = { &organisation_feature, &accounts_feature,
                                                        &gadgets, &knobs, NULL };

/* Releases that say of a column that it holds something else: in control, and in organisations. */
static const struct field amount_fields[] = {
    ROW_FIELDS(struct gadget),
    FIELD(struct gadget, weight, .privacy = OPERATIONAL, .doc = "Weight in grams"),
    { 0 },
};
static const struct field words_fields[] = {
    ROW_FIELDS(struct gadget),
    { .name = "weight",
      .kind = KIND_TEXT,
      .at = offsetof(struct gadget, label),
      .privacy = OPERATIONAL,
      .doc = "Weight, as people say it" },
    { 0 },
};
#define WEIGHTS(called, in_control, list)                                                    \
    {                                                                                        \
        .name = (called), .doc = "Weights", .fields = (list), .size = sizeof(struct gadget), \
        .control = (in_control), .log = true                                                 \
    }
static const struct table scale_table = WEIGHTS("scale", true, amount_fields);
static const struct table scale_words_table = WEIGHTS("scale", true, words_fields);
static const struct table gadget_words_table = WEIGHTS("gadget", false, words_fields);
#define RELEASE(release, one)                                                                \
    static const struct table *const release##_tables[] = { &(one), NULL };                  \
    static const struct feature release = { .name = #release, .tables = release##_tables };  \
    static const struct feature *const release##_features[] = { &organisation_feature,       \
                                                                &accounts_feature, &release, \
                                                                NULL };
RELEASE(scales, scale_table)
RELEASE(scale_words, scale_words_table)
RELEASE(gadget_words, gadget_words_table)

static struct answer call(struct founded *w, enum method m, const char *path, const char *session,
                          const char *json, int64_t version)
{
    return world_call(
        w->world,
        (struct call){
            .method = m, .path = path, .json = json, .session = session, .if_version = version });
}

static int setup(void **state)
{
    return founded_open(state, test_features);
}

static void test_row_life(void **state)
{
    struct founded *w = *state;
    struct answer r = call(w, POST, "/gadgets", w->owner,
                           "{\"label\":\"Lamp\",\"weight\":5,\"pin\":\"1234\"}", 0);
    assert_int_equal(r.status, 201);
    assert_null(strstr(r.body, "1234"));
    const char *path =
        arena_printf(&w->world->a, "/gadgets/%s", world_text(w->world, r.body, "id"));
    r = call(w, GET, path, w->owner, NULL, 0);
    assert_int_equal(r.status, 200);
    assert_string_equal(world_text(w->world, r.body, "label"), "Lamp");
    assert_string_equal(r.etag, "1");
    assert_null(call(w, GET, "/gadgets", w->owner, NULL, 0).etag); /* a page has no version */
    r = call(w, PATCH, path, w->owner, "{\"weight\":6}", 0);
    assert_int_equal(r.status, 428);
    r = call(w, PATCH, path, w->owner, "{\"weight\":6}", 1);
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.body, "\"weight\":6"));
    r = call(w, PATCH, path, w->owner, "{\"weight\":7}", 1);
    assert_int_equal(r.status, 412);
    r = call(w, DELETE, path, w->owner, NULL, 2);
    assert_int_equal(r.status, 204);
    r = call(w, GET, path, w->owner, NULL, 0);
    assert_int_equal(r.status, 404);
}

static void test_bad_input(void **state)
{
    struct founded *w = *state;
    static const struct {
        const char *json;
        int status;
    } rows[] = {
        { "{", 400 },
        { "{}", 422 },
        { "{\"label\":\"\"}", 422 },
        { "{\"label\":\"far too long to be a label of this\"}", 422 },
        { "{\"label\":\"x\",\"weight\":1001}", 422 },
        { "{\"label\":\"x\",\"weight\":\"heavy\"}", 422 },
        { "{\"label\":\"x\",\"colour\":\"red\"}", 422 },
        { "{\"label\":\"x\",\"person\":\"00000000-0000-7000-8000-000000000000\"}", 404 },
    };
    for (size_t i = 0; i < LENGTH(rows) - 1; i++) {
        struct answer r = call(w, POST, "/gadgets", w->owner, rows[i].json, 0);
        if (r.status != rows[i].status)
            fail_msg("%s: %d %s", rows[i].json, r.status, r.body);
    }
    struct answer r = call(w, POST, "/gadgets", w->owner, rows[LENGTH(rows) - 1].json, 0);
    assert_int_equal(r.status, 422);
    assert_int_equal(call(w, GET, "/gadgets", NULL, NULL, 0).status, 401);
    assert_int_equal(call(w, GET, "/gadgets", "vow_wrong", NULL, 0).status, 401);
    assert_int_equal(call(w, GET, "/gadgets?cursor=x", w->owner, NULL, 0).status, 422);
    assert_int_equal(call(w, GET, "/gadgets?colour=x", w->owner, NULL, 0).status, 422);
}

static void test_tenants_apart(void **state)
{
    struct founded *w = *state;
    const char *other = world_sign_up(w->world, "Eve Exempel", "eve@example.org");
    struct answer r = call(w, POST, "/gadgets", w->owner, "{\"label\":\"mine\"}", 0);
    const char *path =
        arena_printf(&w->world->a, "/gadgets/%s", world_text(w->world, r.body, "id"));
    assert_int_equal(call(w, GET, path, other, NULL, 0).status, 404);
    assert_int_equal(call(w, PATCH, path, other, "{\"label\":\"hers\"}", 1).status, 404);
    assert_int_equal(call(w, DELETE, path, other, NULL, 1).status, 404);
    assert_null(strstr(call(w, GET, "/gadgets", other, NULL, 0).body, "mine"));
    assert_non_null(strstr(call(w, GET, "/gadgets", w->owner, NULL, 0).body, "mine"));
}

static void test_scopes_and_audit(void **state)
{
    struct founded *w = *state;
    const char *bo = world_invite(w->world, w->owner, "Bo Probe", "bo@example.org", "member");
    const char *id = world_self(w->world, bo, "person");
    struct answer r =
        call(w, POST, "/gadgets", bo,
             arena_printf(&w->world->a, "{\"label\":\"bo's\",\"person\":\"%s\"}", id), 0);
    assert_int_equal(r.status, 201);
    const char *path =
        arena_printf(&w->world->a, "/gadgets/%s", world_text(w->world, r.body, "id"));
    assert_int_equal(call(w, GET, path, w->owner, NULL, 0).status, 200);
    r = call(w, GET, "/audit?action=gadget.read", w->owner, NULL, 0);
    assert_non_null(strstr(r.body, id));
    assert_int_equal(call(w, GET, "/audit", bo, NULL, 0).status, 403);
    r = call(w, PATCH, path, w->owner, "{\"label\":\"bo's\",\"weight\":7,\"pin\":null}", 1);
    assert_int_equal(r.status, 200);
    r = call(w, GET, "/audit?action=gadget.update", w->owner, NULL, 0);
    assert_non_null(strstr(r.body, "\"detail\":\"weight\"")); /* not what was only sent */
    r = call(w, POST, "/gadgets", w->owner, "{\"label\":\"boss\"}", 0);
    path = arena_printf(&w->world->a, "/gadgets/%s", world_text(w->world, r.body, "id"));
    assert_int_equal(call(w, GET, path, bo, NULL, 0).status, 404);
    assert_int_equal(call(w, PATCH, "/organisation", bo, "{\"name\":\"Mine\"}", 1).status, 403);
    r = call(w, PATCH, "/organisation", w->owner, "{\"name\":\"Acme 2\"}", 1);
    assert_int_equal(r.status, 200);
}

static void test_session_life(void **state)
{
    struct founded *w = *state;
    struct answer r =
        call(w, POST, "/session", NULL,
             "{\"email\":\"Ada@Example.org\",\"password\":\"" WORLD_PASSWORD "\"}", 0);
    assert_int_equal(r.status, 201);
    const char *second = r.session;
    r = call(w, GET, "/sessions", second, NULL, 0);
    assert_non_null(strstr(r.body, "\"current\":true"));
    assert_non_null(strstr(r.body, "\"current\":false"));
    assert_int_equal(call(w, DELETE, "/session", second, NULL, 0).status, 204);
    assert_int_equal(call(w, GET, "/session", second, NULL, 0).status, 401);
    r = call(w, POST, "/session", NULL,
             "{\"email\":\"ada@example.org\",\"password\":\"wrong horse\"}", 0);
    assert_int_equal(r.status, 401);
    int limited = 0;
    for (int i = 0; i < 15; i++)
        limited += call(w, POST, "/session", NULL,
                        "{\"email\":\"ada@example.org\",\"password\":\"wrong horse\"}", 0)
                       .status == 429;
    assert_true(limited > 0);
    assert_int_equal(call(w, GET, "/session", w->owner, NULL, 0).status, 200);
}

/* The thread that takes requests has others to take. */
static void test_a_long_read_has_its_own_thread(void **state)
{
    struct founded *w = *state;
    assert_int_equal(call(w, GET, "/gadgets/count", w->owner, NULL, 0).status, 204);
    assert_false(pthread_equal(gadget_counter, pthread_self()));
}

/* Every thread of the pool, until they are let go. */
enum { POOL = 16 };
static sem_t pool_go;
static void pool_hold(void *with)
{
    (void)with;
    while (sem_wait(&pool_go))
        ;
}

/* A request that waits in the pool when the exchange has been handled. */
static sem_t waited;
static void waited_end(struct exchange *x)
{
    (void)x;
    sem_post(&waited);
}
static bool handled(struct founded *w, const char *session, enum method m, const char *path,
                    struct exchange *x)
{
    *x = (struct exchange){
        .at = instant_now(), .bearer = session, .address = "127.0.0.1", .finish = waited_end
    };
    assert_true(exchange_route(x, w->world->app->router, m, path));
    exchange_input(x, NULL, (struct blob){ 0 });
    bool stands = app_handle(w->world->app, x);
    app_round(w->world->app);
    return stands;
}
static void wait_in_pool(struct founded *w, const char *session, struct exchange *x)
{
    assert_false(handled(w, session, POST, "/api/v1/gadgets/look", x));
}

static bool sessions_end(struct ctx *c, void *with)
{
    static const struct query of_person = { "DELETE FROM session WHERE person = $1" };
    c->forget = true;
    return tx_run(c->tx, &of_person, ARGS(value_id(*(struct id *)with)), NULL);
}

/* Who asked counts when the work begins, not when there was no thread for it yet. */
static void test_who_may_no_more_while_waiting(void **state)
{
    struct founded *w = *state;
    struct world *of = w->world;
    const char *bo = world_invite(of, w->owner, "Bo Probe", "bo@example.org", "member");
    const char *ann = world_invite(of, w->owner, "Ann Probe", "ann@example.org", "member");
    const char *path = arena_printf(&of->a, "/people/%s", world_self(of, bo, "person"));
    struct id gone = world_id(world_self(of, ann, "person"));
    struct exchange demoted, out;
    struct error err = { 0 };
    struct ctx c = app_ctx(of->app, &of->a, &err, "test");
    sem_init(&pool_go, 0, 0);
    sem_init(&waited, 0, 0);
    for (int i = 0; i < POOL; i++)
        assert_true(workers_add(of->app->slow, 0, pool_hold, NULL));
    wait_in_pool(w, bo, &demoted);
    wait_in_pool(w, ann, &out);
    world_ask(of, w->owner, PATCH, path, "{\"role\":\"auditor\"}", 2, 200);
    assert_true(control_write(&c, sessions_end, &gone));
    for (int i = 0; i < POOL; i++)
        sem_post(&pool_go);
    for (int i = 0; i < 2; i++)
        while (sem_wait(&waited))
            ;
    assert_int_equal(demoted.err.problem, FORBIDDEN);
    assert_int_equal(out.err.problem, UNAUTHENTICATED);
    app_ended(of->app, &demoted);
    app_ended(of->app, &out);
    arena_done(&demoted.arena);
    arena_done(&out.arena);
    sem_destroy(&pool_go);
    sem_destroy(&waited);
}

static void test_declarations_miss_a_person(void **state)
{
    static const struct feature *const none[] = { NULL };
    struct app *app;
    struct error err = { 0 };
    (void)state;
    assert_false(app_declare(none, &app, &err));
    assert_string_equal(err.detail, "no feature declares person.team");
}

static void test_restart_keeps(void **state)
{
    struct founded *w = *state;
    assert_int_equal(call(w, POST, "/gadgets", w->owner, "{\"label\":\"kept\"}", 0).status, 201);
    app_stop(w->world->app);
    world_open(w->world);
    assert_non_null(strstr(call(w, GET, "/gadgets", w->owner, NULL, 0).body, "kept"));
}

/* Who takes an answer slowly keeps nobody from removing the organisation, nor a thread waiting. */
static void test_an_answer_holds_no_database(void **state)
{
    static const struct {
        enum method method;
        const char *path;
    } asked[] = { { GET, "/api/v1/gadgets" },
                  { POST, "/api/v1/gadgets/look" },
                  { POST, "/api/v1/gadgets/keep" },
                  { POST, "/api/v1/gadgets/leave" } };
    struct founded *w = *state;
    struct app *app = w->world->app;
    struct id organisation = founded_organisation(w);
    sem_init(&waited, 0, 0);
    for (size_t i = 0; i < LENGTH(asked); i++) {
        struct exchange x;
        if (!handled(w, w->owner, asked[i].method, asked[i].path, &x))
            while (sem_wait(&waited))
                ;
        assert_int_equal(x.err.problem, NO_PROBLEM);
        while (!db_forget(app->store, organisation)) /* also the runner looks at it */
            sched_yield();
        app_ended(app, &x);
        arena_done(&x.arena);
    }
    sem_destroy(&waited);
}

static bool person_leave(struct ctx *c, void *with)
{
    static const struct query off = { "UPDATE person SET active = 0 WHERE id = $1" };
    return tx_run(c->tx, &off, ARGS(value_id(*(struct id *)with)), NULL);
}

/* As another node does it, which has not told of it yet. */
static void test_who_is_gone_writes_nothing(void **state)
{
    struct founded *w = *state;
    struct world *of = w->world;
    const char *ann = world_invite(of, w->owner, "Ann Probe", "ann@example.org", "member");
    struct id gone = world_id(world_self(of, ann, "person"));
    struct error err = { 0 };
    struct ctx c = app_ctx(of->app, &of->a, &err, "test");
    assert_int_equal(call(w, POST, "/gadgets", ann, "{\"label\":\"one\"}", 0).status, 201);
    assert_true(organisation_write(&c, founded_organisation(w), person_leave, &gone));
    assert_int_equal(call(w, POST, "/gadgets", ann, "{\"label\":\"two\"}", 0).status, 401);
}

/* What went wrong behind a rule is not the answer that its key keeps. */
static void test_failures_are_not_kept(void **state)
{
    struct founded *w = *state;
    struct call c = {
        .method = POST, .path = "/gadgets/look", .session = w->owner, .key = "look", .json = "{}"
    };
    gadget_blind = true;
    assert_true(world_call(w->world, c).status >= 500);
    gadget_blind = false;
    assert_int_equal(world_call(w->world, c).status, 204);
}

struct claim {
    struct id by;
    bool committed;
};

/* As if the process had ended before it could answer. */
static bool answer_lose(struct ctx *c, void *with)
{
    static const struct query q = {
        "UPDATE idempotency SET status = 0, claimant = $1, committed = $2", .whole = "A test"
    };
    const struct claim *claim = with;
    return tx_run(c->tx, &q, ARGS(value_id(claim->by), value_bool(claim->committed)), NULL);
}

static void lose(struct founded *w, struct claim claim)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(w->world->app, &w->world->a, &err, "test");
    assert_true(organisation_write(&c, founded_organisation(w), answer_lose, &claim));
}

static struct id run_of(const struct app *app)
{
    return app->node ? node_id(app->node) : app->run;
}

/* What a process that is gone had claimed is done at once, but never twice. */
static void test_claims_outlive_no_process(void **state)
{
    struct founded *w = *state;
    struct call slow = {
        .method = POST, .path = "/gadgets/slow", .session = w->owner, .key = "slow", .json = "{}"
    };
    gadgets_slow = 0;
    assert_int_equal(world_call(w->world, slow).status, 204);
    assert_int_equal(claims_before.committed, 0);
    assert_int_equal(claims_after.committed, 1);
    assert_int_equal(world_call(w->world, slow).status, 204);
    assert_int_equal(gadgets_slow, 1);

    struct id run = run_of(w->world->app);
    lose(w, (struct claim){ run, false });
    assert_int_equal(world_call(w->world, slow).status, 409); /* it lives */
    app_stop(w->world->app);
    world_open(w->world);
    assert_false(id_equal(run_of(w->world->app), run));
    assert_int_equal(world_call(w->world, slow).status, 204);
    assert_int_equal(gadgets_slow, 2);
    assert_int_equal(world_call(w->world, slow).status, 204);
    assert_int_equal(gadgets_slow, 2);

    lose(w, (struct claim){ run, true });
    struct answer r = world_call(w->world, slow);
    assert_int_equal(r.status, 409);
    assert_non_null(strstr(r.body, "cut off"));
    slow.later = (struct span){ 3600 }; /* nor later */
    assert_int_equal(world_call(w->world, slow).status, 409);
    assert_int_equal(gadgets_slow, 2);
}

/* Who was held for dead, and goes on, adds nothing to what another does under the same key. */
static void test_what_was_taken_over_commits_nothing(void **state)
{
    struct founded *w = *state;
    struct call slow = {
        .method = POST, .path = "/gadgets/slow", .session = w->owner, .key = "slow", .json = "{}"
    };
    slow_is_taken_over = true;
    struct answer r = world_call(w->world, slow);
    slow_is_taken_over = false;
    assert_int_equal(r.status, 409);
    assert_non_null(strstr(r.body, "begun again"));
    assert_null(strstr(call(w, GET, "/gadgets", w->owner, NULL, 0).body, "slow"));
    assert_int_equal(world_call(w->world, slow).status, 409); /* the other's claim stands */
}

static void test_new_singletons_can_be_changed(void **state)
{
    struct founded *w = *state;
    app_stop(w->world->app);
    w->world->features = later_features;
    world_open(w->world);
    struct answer r = call(w, GET, "/knob", w->owner, NULL, 0);
    assert_string_equal(r.etag, "1");
    assert_int_equal(call(w, PATCH, "/knob", w->owner, "{\"turn\":3}", 1).status, 200);
}

/* Nothing is converted, so that nothing is misread: refused, and all stays as it was. */
static void test_changed_kinds_are_refused(void **state)
{
    struct founded *w = *state;
    struct error err = { 0 };
    struct db *db;
    struct id organisation = founded_organisation(w);
    assert_int_equal(
        call(w, POST, "/gadgets", w->owner, "{\"label\":\"kept\",\"weight\":7}", 0).status, 201);
    app_stop(w->world->app);
    w->world->features = scales_features;
    world_open(w->world);
    app_stop(w->world->app);
    w->world->features = scale_words_features;
    assert_false(world_start(w->world, &err));
    assert_non_null(strstr(err.detail, "scale.weight is stored as "));
    error_clear(&err);
    w->world->features = gadget_words_features;
    world_open(w->world);
    assert_false(db_open(w->world->app->store, organisation, false, &db, &err));
    assert_int_equal(err.problem, INTERNAL);
    assert_non_null(strstr(err.detail, "gadget.weight is stored as "));
    app_stop(w->world->app);
    w->world->features = test_features;
    world_open(w->world);
    assert_non_null(strstr(call(w, GET, "/gadgets", w->owner, NULL, 0).body, "\"weight\":7"));
}

static bool nothing_write(struct ctx *c, void *with)
{
    (void)c, (void)with;
    return true;
}

static bool inner_write(struct ctx *c, void *with)
{
    c->forget = true;
    bool ok = control_write(c, nothing_write, NULL);
    *(bool *)with = c->forget;
    return ok;
}

/* What was changed is not committed yet when a write within the work is. */
static void test_what_follows_waits_for_the_outer_work(void **state)
{
    struct founded *w = *state;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->world->app, &w->world->a, &err, "test");
    bool waits = false;
    assert_true(organisation_write(&c, founded_organisation(w), inner_write, &waits));
    assert_true(waits);
    assert_false(c.forget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_row_life, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_bad_input, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_tenants_apart, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_scopes_and_audit, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_session_life, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_who_may_no_more_while_waiting, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_a_long_read_has_its_own_thread, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_who_is_gone_writes_nothing, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_an_answer_holds_no_database, setup, founded_close),
        cmocka_unit_test(test_declarations_miss_a_person),
        cmocka_unit_test_setup_teardown(test_restart_keeps, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_claims_outlive_no_process, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_what_was_taken_over_commits_nothing, setup,
                                        founded_close),
        cmocka_unit_test_setup_teardown(test_failures_are_not_kept, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_what_follows_waits_for_the_outer_work, setup,
                                        founded_close),
        cmocka_unit_test_setup_teardown(test_new_singletons_can_be_changed, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_changed_kinds_are_refused, setup, founded_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
