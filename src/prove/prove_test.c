/* prove_test.c: every check sees its promise held by the product as it is, and broken as soon as
   its control is taken away. */
#include "prove/sabotage_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void broken(void **state)
{
    const struct sabotage *row = *state;
    struct fixture *f = fixture_new();
    f->config.bcrypt_cost = row->cost;
    removed = (struct removed){ 0 };
    row->damage(f);
    fixture_prove(f, row->id, true);
    enum promise_result result = f->result;
    char evidence[1000];
    snprintf(evidence, sizeof evidence, "%s", f->evidence);
    removed = (struct removed){ 0 };
    assert_int_equal(fixture_free(f), 0); /* first: only one program at a time talks to egress */
    if (result != PROMISE_BROKEN)
        fail_msg("%s with %s is %s: %s", row->id, row->name, promise_result_names[result],
                 evidence);
}

static bool breaks(const struct sabotage *row, const char *id)
{
    while (row->id && strcmp(row->id, id) != 0)
        row++;
    return row->id;
}

/* A check without a sabotage would never have been seen red. */
static void every_promise_can_break(void **state)
{
    (void)state;
    for (const struct promise *const *const *file = promises; *file; file++)
        for (const struct promise *const *p = *file; *p; p++)
            if (!breaks(ai_sabotage, (*p)->id) && !breaks(rights_sabotage, (*p)->id))
                fail_msg("nothing breaks %s", (*p)->id);
}

static size_t organisations_left(struct fixture *f)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct id *ids;
    size_t n = 0;
    if (!store_ids(f->app->store, &a, &ids, &n, &err))
        fail_msg("%s", err.detail);
    arena_done(&a);
    return n;
}

static void held(void **state)
{
    struct fixture *f = fixture_new();
    (void)state;
    f->config.bcrypt_cost = 12;
    char other[2000];
    fixture_prove(f, NULL, true);
    snprintf(other, sizeof other, "%s", f->not_held.at);
    size_t left = organisations_left(f);
    assert_int_equal(fixture_free(f), 0);
    assert_string_equal(other, "");
    assert_int_equal(left, 0);
}

static struct promise_state state_of(struct fixture *f, const char *id)
{
    for (size_t i = 0; f->app->promised[i]; i++)
        if (!strcmp(f->app->promised[i]->id, id))
            return promise_book_get(f->app->promises, &f->a, i);
    fail_msg("no promise %s", id);
    return (struct promise_state){ 0 };
}

/* Without a witness, what only a witness can see stays as it was last seen. */
static void inside_keeps_what_was_seen(void **state)
{
    struct fixture *f = fixture_new();
    struct error err = { 0 };
    (void)state;
    fixture_prove(f, "PL-7", false);
    assert_int_equal(state_of(f, "PL-7").result, PROMISE_UNKNOWN);
    fixture_prove(f, "PL-7", true);
    struct promise_state seen = state_of(f, "PL-7");
    assert_int_equal(seen.result, PROMISE_HELD);
    assert_true(prove_inside(f->app, "PL-7", &err));
    struct promise_state kept = state_of(f, "PL-7");
    assert_int_equal(kept.result, PROMISE_HELD);
    assert_true(kept.checked_at.us == seen.checked_at.us);
    assert_true(prove_inside(f->app, "PL-10", &err));
    assert_int_equal(state_of(f, "PL-10").result, PROMISE_HELD);
    assert_int_equal(fixture_free(f), 0);
}

static void organisation_add(struct fixture *f, int i)
{
    struct answer r;
    struct call call = { .method = POST,
                         .path = "/accounts",
                         .json = arena_printf(
                             &f->a,
                             "{\"name\":\"Nora\",\"email\":\"nora%d@example.org\",\"organisation\":"
                             "\"Quay\",\"password\":\"correct horse %d\",\"of_age\":true}",
                             i, i) };
    app_call(f->app, &f->a, &call, &r);
    assert_int_equal(r.status, 201);
}

/* Whoever reads the book is of one organisation: what it says is the same however many there are.
   The operator gets to know. */
static void the_book_tells_nothing_of_others(void **state)
{
    static const char *const ids[] = { "AI-10.d", "AI-4.a", "PL-1.b" };
    struct fixture *f = fixture_new();
    (void)state;
    f->config.bcrypt_cost = 12;
    fixture_start(f);
    for (size_t i = 0; i < LENGTH(ids); i++) {
        fixture_prove(f, ids[i], true);
        struct promise_state before = state_of(f, ids[i]);
        const char *told = f->evidence;
        organisation_add(f, (int)i);
        fixture_prove(f, ids[i], true);
        assert_int_equal(f->result, PROMISE_HELD);
        assert_string_equal(state_of(f, ids[i]).evidence, before.evidence);
        assert_string_not_equal(f->evidence, told);
    }
    assert_int_equal(fixture_free(f), 0);
}

/* A restart forgets nothing of what was seen, and when. */
static void results_survive_a_restart(void **state)
{
    struct fixture *f = fixture_new();
    struct error err = { 0 };
    (void)state;
    fixture_prove(f, "PL-10", true);
    struct promise_state before = state_of(f, "PL-10");
    assert_int_equal(before.result, PROMISE_HELD);
    app_stop(f->app);
    if (!app_start(&f->config, &f->app, &err))
        fail_msg("%s", err.detail);
    struct promise_state after = state_of(f, "PL-10");
    assert_int_equal(after.result, PROMISE_HELD);
    assert_true(after.checked_at.us == before.checked_at.us);
    assert_string_equal(after.evidence, before.evidence);
    assert_int_equal(state_of(f, "AI-9").result, PROMISE_UNKNOWN);
    assert_int_equal(fixture_free(f), 0);
}

static void one_check_at_a_time(void **state)
{
    struct fixture *f = fixture_new();
    struct error err = { 0 };
    (void)state;
    fixture_start(f);
    assert_true(promise_book_begin(f->app->promises, 0));
    assert_false(prove_inside(f->app, NULL, &err));
    assert_int_equal(err.problem, UNAVAILABLE);
    promise_book_end(f->app->promises);
    err = (struct error){ 0 };
    assert_false(prove_inside(f->app, "XX-1", &err));
    assert_int_equal(err.problem, NOT_FOUND);
    assert_int_equal(fixture_free(f), 0);
}

static void other_ends(void *with)
{
    struct fixture *f = with;
    f->waited = true;
    promise_book_end(f->app->promises);
}

static void a_command_waits_for_the_check_of_a_page(void **state)
{
    struct fixture *f = fixture_new();
    (void)state;
    f->witness.waits = other_ends;
    fixture_start(f);
    assert_true(promise_book_begin(f->app->promises, 0));
    fixture_prove(f, "PL-10", true);
    assert_true(f->waited);
    assert_int_equal(f->result, PROMISE_HELD);
    assert_true(promise_book_begin(f->app->promises, 0));
    assert_false(promise_book_begin(f->app->promises, 1));
    assert_int_equal(fixture_free(f), 0);
}

enum { SABOTAGES_MAX = 90, OTHERS_MAX = 7 };

/* Adds the sabotages that are tried on this store. */
static void sabotages_add(const struct sabotage *row, bool server, struct arena *a,
                          struct CMUnitTest *tests, size_t *n)
{
    for (; row->id; row++) {
        if (row->store != ON_BOTH && server != (row->store == ON_SERVER))
            continue;
        assert(*n < SABOTAGES_MAX);
        const char *name = arena_printf(a, "%s breaks with %s", row->id, row->name);
        tests[(*n)++] = (struct CMUnitTest){ name, broken, NULL, NULL, (void *)(uintptr_t)row };
    }
}

int main(void)
{
    static const struct CMUnitTest others[] = {
        cmocka_unit_test(every_promise_can_break),
        cmocka_unit_test(inside_keeps_what_was_seen),
        cmocka_unit_test(the_book_tells_nothing_of_others),
        cmocka_unit_test(results_survive_a_restart),
        cmocka_unit_test(one_check_at_a_time),
        cmocka_unit_test(a_command_waits_for_the_check_of_a_page),
    };
    struct CMUnitTest tests[SABOTAGES_MAX + OTHERS_MAX];
    struct arena a = { 0 };
    bool server = getenv("VOW_TEST_STORE");
    size_t n = 0;
    if (!fixture_share())
        return 1;
    sabotages_add(ai_sabotage, server, &a, tests, &n);
    sabotages_add(rights_sabotage, server, &a, tests, &n);
    for (size_t i = 0; !server && i < LENGTH(others); i++)
        tests[n++] = others[i];
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(held);
    int failed = _cmocka_run_group_tests("prove", tests, n, NULL, NULL);
    arena_done(&a);
    fixture_unshare();
    return failed;
}
