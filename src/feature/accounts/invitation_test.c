/* invitation_test.c: links with which somebody makes an account or sets a new password. */
#include "feature/accounts/accounts_fixture.h"

#include "feature/accounts/accounts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void an_invitation_works_once(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *bo = person_new(w, ada, "bo@example.org"), *path = invitation_for(w, ada, bo);
    const char *token = strrchr(path, '/') + 1, *where;
    assert_non_null(strstr(world_get(w, NULL, path, 200).body, "House of Ada"));
    assert_int_equal(world_traces(w, (struct id){ 0 }, token, &where), 0);
    world_post(w, NULL, path, "{\"password\":\"" WORLD_PASSWORD "\",\"of_age\":false}", 422);
    world_post(w, NULL, path, "{\"password\":\"short\",\"of_age\":true}", 422);
    world_post(w, NULL, path, ACCEPT, 201);
    world_get(w, NULL, path, 404);
    world_post(w, NULL, path, ACCEPT, 404);
    sign_in(w, "bo@example.org", 201);
}

/* Who comes second is refused, and has changed nothing. */
static void one_of_many_sets_the_password_of_a_link(void **state)
{
    struct world *w = *state;
    struct racer r[RACERS] = { 0 };
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *bo = world_invite(w, ada, "Bo", "bo@example.org", "member");
    const char *path = invitation_for(w, ada, world_self(w, bo, "person"));
    for (int i = 0; i < RACERS; i++)
        r[i] = (struct racer){
            .w = w,
            .path = path,
            .json = arena_printf(&w->a, "{\"password\":\"password number %d\",\"of_age\":true}", i)
        };
    const struct racer *won = race_run(r, 404);
    world_get(w, won->answer.session, "/session", 200);
    for (int i = 0; i < RACERS; i++) {
        w->later.s += 60; /* so that nobody is told to wait */
        world_post(w, NULL, "/session",
                   sign_in_json(w, "bo@example.org", arena_printf(&w->a, "password number %d", i)),
                   &r[i] == won ? 201 : 401);
    }
    race_end(r);
}

static void a_link_works_after_a_crash_while_accepting(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *bo = person_new(w, ada, "bo@example.org"), *path = invitation_for(w, ada, bo);
    const char *entry = arena_printf(&w->a, "/people/%s", bo);
    account_left(w, world_id(world_self(w, ada, "organisation")), world_id(bo), "bo@example.org");
    assert_non_null(strstr(world_get(w, NULL, path, 200).body, "\"has_account\":true"));
    world_post(w, NULL, path, ACCEPT, 201);
    sign_in(w, "bo@example.org", 201);
    assert_null(strstr(world_get(w, ada, entry, 200).body, "\"joined_at\":null"));
    world_post(w, NULL, invitation_for(w, ada, bo), ACCEPT, 201);
}

static void a_link_sets_a_new_password(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *bo = world_invite(w, ada, "Bo", "bo@example.org", "admin");
    const char *id = world_self(w, bo, "person"), *owner = world_self(w, ada, "person");
    const char *path = invitation_for(w, ada, id);
    assert_non_null(strstr(world_get(w, NULL, path, 200).body, "\"has_account\":true"));
    world_post(w, NULL, path, "{\"password\":\"a new password\",\"of_age\":true}", 201);
    world_get(w, bo, "/session", 401); /* whoever had the old one is out */
    sign_in(w, "bo@example.org", 401);
    bo = world_post(w, NULL, "/session", sign_in_json(w, "bo@example.org", "a new password"), 201)
             .session;
    world_post(w, bo, arena_printf(&w->a, "/people/%s/invitation", owner), "{}", 403);
}

/* A link that an admin made for a member opens nothing once the member is an owner. */
static void an_older_link_of_an_admin_is_not_for_an_owner(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *ann = world_invite(w, ada, "Ann", "ann@example.org", "admin");
    const char *bo = world_invite(w, ada, "Bo", "bo@example.org", "member");
    const char *id = world_self(w, bo, "person");
    const char *path = arena_printf(&w->a, "/people/%s", id), *link = invitation_for(w, ann, id);
    world_get(w, NULL, link, 200);
    world_ask(w, ada, PATCH, path, "{\"role\":\"owner\"}", 2, 200);
    world_get(w, NULL, link, 404);
    world_post(w, NULL, link, ACCEPT, 404);
    world_get(w, bo, "/session", 200);
    world_post(w, ann, arena_printf(&w->a, "%s/invitation", path), "{}", 403);
    world_post(w, NULL, invitation_for(w, ada, id), ACCEPT, 201);
}

/* Who has such a link may be whom the change is against. */
static void a_changed_password_ends_older_links(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *bo = world_invite(w, ada, "Bo", "bo@example.org", "member");
    const char *other = person_new(w, ada, "cy@example.org");
    const char *link = invitation_for(w, ada, world_self(w, bo, "person"));
    const char *others = invitation_for(w, ada, other);
    world_ask(w, bo, PUT, "/session/password",
              "{\"password\":\"" WORLD_PASSWORD "\",\"new_password\":\"a new password\"}", 0, 204);
    world_get(w, NULL, link, 404);
    world_post(w, NULL, link, ACCEPT, 404);
    world_get(w, NULL, others, 200);
    world_get(w, bo, "/session", 200);
}

static void an_invitation_can_be_wrong_late_or_taken_back(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *bo = person_new(w, ada, "bo@example.org"), *path = invitation_for(w, ada, bo);
    world_get(w, NULL, "/invitations/0123456789abcdef0123456789abcdef", 404);
    world_post(w, NULL, "/invitations/0123456789abcdef0123456789abcdef", ACCEPT, 404);
    const char *again = invitation_for(w, ada, bo);
    world_post(w, NULL, path, ACCEPT, 404); /* a newer link takes the older one back */
    w->later = (struct span){ 8 * DAY_S };
    world_post(w, NULL, again, ACCEPT, 404);
    w->later = (struct span){ 0 };
    world_ask(w, ada, PATCH, arena_printf(&w->a, "/people/%s", bo), "{\"role\":\"none\"}", 1, 200);
    world_post(w, NULL, again, ACCEPT, 404);
    world_post(w, ada, arena_printf(&w->a, "/people/%s/invitation", bo), "{}", 422);
    world_ask(w, ada, DELETE, arena_printf(&w->a, "/people/%s", bo), NULL, 2, 204);
    world_post(w, NULL, again, ACCEPT, 404);
    sign_in(w, "bo@example.org", 401);
}

static void an_invitation_takes_nobody_elses_account(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *eve = world_sign_up(w, "Eve", "eve@example.org");
    const char *path = invitation_for(w, ada, person_new(w, ada, "eve@example.org"));
    world_post(w, NULL, path, "{\"password\":\"another password\",\"of_age\":true}", 409);
    world_get(w, eve, "/session", 200);
    sign_in(w, "eve@example.org", 201);
}

static void the_operator_makes_an_organisation_and_lets_its_owner_in(void **state)
{
    struct world *w = *state;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "operator");
    struct organisation_new in = { "Quay", "Ada", "Ada@Example.org", "Europe/Oslo" };
    struct owner_link first, second;
    assert_true(organisation_make(&c, &in, &first));
    assert_true(owner_invite(&c, first.organisation, "ADA@example.org", &second));
    assert_true(id_equal(first.organisation, second.organisation));
    world_post(w, NULL, arena_printf(&w->a, "/invitations/%s", first.token), ACCEPT, 404);
    struct answer r =
        world_post(w, NULL, arena_printf(&w->a, "/invitations/%s", second.token), ACCEPT, 201);
    assert_string_equal(world_text(w, r.body, "role"), "owner");
    assert_string_equal(world_text(w, r.body, "zone"), "Europe/Oslo");
    world_post(w, r.session, "/teams", "{\"name\":\"Crane\"}", 201);

    assert_false(organisation_make(&c, &in, &first));
    assert_int_equal(err.problem, ALREADY_EXISTS);
    static const char *const wrong[] = { "", "two\nlines", "\xff" };
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        struct organisation_new bad = { wrong[i], "Bo", "bo@example.org", NULL };
        error_clear(&err);
        assert_false(organisation_make(&c, &bad, &first));
        assert_int_equal(err.problem, INVALID);
    }
    error_clear(&err);
    assert_false(owner_invite(&c, second.organisation, "bo@example.org", &first));
    assert_int_equal(err.problem, NOT_FOUND);
    assert_int_equal(organisations(w), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, accounts_setup, accounts_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_invitation_works_once),
        TEST(one_of_many_sets_the_password_of_a_link),
        TEST(a_link_works_after_a_crash_while_accepting),
        TEST(a_link_sets_a_new_password),
        TEST(an_older_link_of_an_admin_is_not_for_an_owner),
        TEST(a_changed_password_ends_older_links),
        TEST(an_invitation_can_be_wrong_late_or_taken_back),
        TEST(an_invitation_takes_nobody_elses_account),
        TEST(the_operator_makes_an_organisation_and_lets_its_owner_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
