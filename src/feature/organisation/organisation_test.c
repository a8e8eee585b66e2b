/* organisation_test.c: the directory's own rules: owners, teams, who may be removed. */
#include "feature/all.h"
#include "feature/world_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct house {
    struct world *w;
    const char *ada, *bo; /* owner, admin: sessions */
    const char *ada_path, *bo_path;
};

static int setup(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    struct world *w = h->w = world_new(features);
    h->ada = world_sign_up(w, "Ada", "ada@example.org");
    h->bo = world_invite(w, h->ada, "Bo", "bo@example.org", "admin");
    h->ada_path = arena_printf(&w->a, "/people/%s", world_self(w, h->ada, "person"));
    h->bo_path = arena_printf(&w->a, "/people/%s", world_self(w, h->bo, "person"));
    *state = h;
    return 0;
}

static int teardown(void **state)
{
    struct house *h = *state;
    int failed = world_free(h->w);
    free(h);
    return failed;
}

static void the_last_owner_stays(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    world_ask(w, h->ada, PATCH, h->ada_path, "{\"role\":\"admin\"}", 1, 409);
    world_ask(w, h->ada, PATCH, h->ada_path, "{\"active\":false}", 1, 409);
    world_ask(w, h->ada, DELETE, h->ada_path, NULL, 1, 409);
    /* somebody without an account cannot keep the house either */
    world_post(w, h->ada, "/people", "{\"name\":\"Cleo\",\"role\":\"owner\"}", 201);
    world_ask(w, h->ada, PATCH, h->ada_path, "{\"role\":\"admin\"}", 1, 409);
    world_ask(w, h->ada, PATCH, h->bo_path, "{\"role\":\"owner\"}", 2, 200);
    world_ask(w, h->ada, PATCH, h->ada_path, "{\"role\":\"admin\"}", 1, 200);
    world_ask(w, h->bo, PATCH, h->bo_path, "{\"role\":\"admin\"}", 3, 409);
}

static void an_admin_makes_and_touches_no_owner(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    world_ask(w, h->bo, PATCH, h->bo_path, "{\"role\":\"owner\"}", 2, 403);
    world_post(w, h->bo, "/people", "{\"name\":\"Cleo\",\"role\":\"owner\"}", 403);
    world_ask(w, h->bo, PATCH, h->ada_path, "{\"role\":\"member\"}", 1, 403);
    world_ask(w, h->bo, PATCH, h->ada_path, "{\"active\":false}", 1, 403);
    world_get(w, h->ada, "/session", 200);
    assert_string_equal(world_self(w, h->ada, "role"), "owner");
}

static void who_is_named_elsewhere_is_not_deleted(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    struct answer r =
        world_post(w, h->ada, "/people", "{\"name\":\"Cleo\",\"role\":\"none\"}", 201);
    const char *id = world_text(w, r.body, "id"), *path = arena_printf(&w->a, "/people/%s", id);
    const char *entry = arena_printf(&w->a,
                                     "{\"person\":\"%s\",\"started_at\":\"2026-03-02T08:00:00Z\""
                                     ",\"ended_at\":\"2026-03-02T09:00:00Z\"}",
                                     id);
    const char *worked =
        world_text(w, world_post(w, h->ada, "/time/entries", entry, 201).body, "id");
    world_ask(w, h->ada, DELETE, path, NULL, 1, 409);
    world_ask(w, h->ada, DELETE, arena_printf(&w->a, "/time/entries/%s", worked), NULL, 1, 204);
    world_ask(w, h->ada, DELETE, path, NULL, 1, 204);
    world_ask(w, h->ada, DELETE, h->bo_path, NULL, 2, 409); /* has an account */
}

static void the_email_of_an_account_stays(void **state)
{
    struct house *h = *state;
    world_ask(h->w, h->ada, PATCH, h->bo_path, "{\"email\":\"robert@example.org\"}", 2, 422);
    world_ask(h->w, h->ada, PATCH, h->bo_path, "{\"email\":null}", 2, 422);
}

static void a_team_that_goes_leaves_its_people(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    const char *team =
        world_text(w, world_post(w, h->ada, "/teams", "{\"name\":\"Design\"}", 201).body, "id");
    const char *joins = arena_printf(&w->a, "{\"team\":\"%s\"}", team);
    world_ask(w, h->ada, PATCH, h->bo_path, joins, 2, 200);
    struct answer r = world_post(w, h->ada, "/teams", "{\"name\":\"Design\"}", 409);
    assert_non_null(
        strstr(r.body, "\"pointer\":\"/name\",\"problem\":\"A team of this name exists\""));
    assert_string_equal(world_self(w, h->bo, "team"), team);
    world_ask(w, h->ada, DELETE, arena_printf(&w->a, "/teams/%s", team), NULL, 1, 204);
    assert_non_null(strstr(world_get(w, h->bo, "/session", 200).body, "\"team\":null"));
    world_ask(w, h->ada, PATCH, h->bo_path, joins, 3, 412);
    world_ask(w, h->ada, PATCH, h->bo_path, joins, 4, 422);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_last_owner_stays),
        TEST(an_admin_makes_and_touches_no_owner),
        TEST(who_is_named_elsewhere_is_not_deleted),
        TEST(the_email_of_an_account_stays),
        TEST(a_team_that_goes_leaves_its_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
