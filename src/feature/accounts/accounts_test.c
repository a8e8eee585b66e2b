/* accounts_test.c: signing up, in and out, sessions, and who stays out. */
#include "feature/accounts/accounts_fixture.h"

#include "core/rows.h"
#include "core/runner.h"
#include "core/tenant.h"
#include "feature/accounts/private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *account_json(struct world *w, const char *email, const char *password,
                                const char *of_age)
{
    return arena_printf(&w->a,
                        "{\"name\":\"Ada\",\"email\":\"%s\",\"organisation\":\"House\","
                        "\"password\":\"%s\",\"of_age\":%s}",
                        email, password, of_age);
}

static const char *repeated(struct world *w, const char *text, int times)
{
    struct buffer b = buffer_new(&w->a);
    for (int i = 0; i < times; i++)
        buffer_string(&b, text);
    return b.at;
}

static void sign_up_is_for_the_grown(void **state)
{
    struct world *w = *state;
    const char *good = account_json(w, "ada@example.org", WORLD_PASSWORD, "true");
    struct answer r = world_post(w, NULL, "/accounts",
                                 account_json(w, "ada@example.org", WORLD_PASSWORD, "false"), 422);
    assert_non_null(strstr(r.body, "/of_age"));
    world_post(w, NULL, "/accounts", account_json(w, "ada@example.org", WORLD_PASSWORD, "null"),
               422);
    world_post(w, NULL, "/accounts", account_json(w, "ada@example.org", WORLD_PASSWORD, "\"yes\""),
               422);
    assert_int_equal(organisations(w), 0);
    world_post(w, NULL, "/accounts", good, 201);
    world_post(w, NULL, "/accounts", good, 409);
    assert_int_equal(organisations(w), 1);
}

/* Bounds count characters; every byte of a long password counts too. */
static void passwords_have_bounds(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *piece;
        int times, status;
    } rows[] = {
        { "a", 9, 422 },  { "ü", 9, 422 },   { "💡", 9, 422 },   { "a", 10, 201 },
        { "ü", 10, 201 }, { "💡", 200, 201 }, { "💡", 201, 422 }, { "a", 201, 422 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *email = arena_printf(&w->a, "p%zu@example.org", i);
        const char *password = repeated(w, rows[i].piece, rows[i].times);
        world_post(w, NULL, "/accounts", account_json(w, email, password, "true"), rows[i].status);
        if (rows[i].status != 201)
            continue;
        world_post(w, NULL, "/session", sign_in_json(w, email, password), 201);
        const char *almost = repeated(w, rows[i].piece, rows[i].times - 1);
        world_post(w, NULL, "/session", sign_in_json(w, email, arena_printf(&w->a, "%sx", almost)),
                   401);
    }
    world_post(w, NULL, "/accounts", account_json(w, "n@example.org", "0123456\\u00009", "true"),
               422);
}

static void the_case_of_an_email_does_not_matter(void **state)
{
    struct world *w = *state;
    world_sign_up(w, "Ada", "Ada.Beispiel@Example.ORG");
    sign_in(w, "ada.beispiel@example.org", 201);
    sign_in(w, "ADA.BEISPIEL@EXAMPLE.ORG", 201);
    world_post(w, NULL, "/accounts",
               account_json(w, "aDa.beispiel@example.org", WORLD_PASSWORD, "true"), 409);
}

static void one_of_many_sign_ups_wins(void **state)
{
    struct world *w = *state;
    struct racer r[RACERS] = { 0 };
    for (int i = 0; i < RACERS; i++)
        r[i] = (struct racer){ .w = w,
                               .path = "/accounts",
                               .json = account_json(w, "ada@example.org", WORLD_PASSWORD, "true") };
    race_run(r, 409);
    race_end(r);
    app_stop(w->app);
    world_open(w);
    assert_int_equal(organisations(w), 1);
    sign_in(w, "ada@example.org", 201);
}

/* As a kill -9 between the first and the last step of signing up leaves it. */
static void a_half_made_organisation_goes_at_the_start(void **state)
{
    struct world *w = *state;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    struct id id;
    world_sign_up(w, "Ada", "ada@example.org");
    assert_true(tenant_create(&c, &id));
    assert_int_equal(organisations(w), 2);
    app_stop(w->app);
    world_open(w);
    assert_int_equal(organisations(w), 1);
    sign_in(w, "ada@example.org", 201);
}

/* What happens while the password that was sent is hashed, and found right. */
static void a_password_that_was_changed_meanwhile_opens_nothing(void **state)
{
    struct world *w = *state;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    struct account_search search = { .email = "ada@example.org" };
    const char *session = world_sign_up(w, "Ada", "ada@example.org"), *token;
    assert_true(account_search(&c, &search));
    assert_true(session_begin(&c, &search.account, WORLD_PASSWORD, &token));
    world_get(w, token, "/session", 200);
    world_ask(w, session, PUT, "/session/password",
              "{\"password\":\"" WORLD_PASSWORD "\",\"new_password\":\"another good one\"}", 0,
              204);
    world_get(w, token, "/session", 401);
    assert_false(session_begin(&c, &search.account, WORLD_PASSWORD, &token));
    assert_int_equal(err.problem, BAD_CREDENTIALS);
}

/* One that got as far as the account: the email is free again. */
static void a_half_made_account_goes_with_its_organisation(void **state)
{
    struct world *w = *state;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    struct id id;
    assert_true(tenant_create(&c, &id));
    account_left(w, id, id_new(c.now), "ada@example.org");
    app_stop(w->app);
    world_open(w);
    assert_int_equal(organisations(w), 0);
    world_sign_up(w, "Ada", "ada@example.org");
    app_stop(w->app);
    world_open(w);
    assert_int_equal(organisations(w), 1);
}

/* Nothing tells an unknown email from a wrong password, or from somebody who was shut out. */
static void refusals_look_alike(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *bo = world_invite(w, ada, "Bo", "bo@example.org", "member");
    const char *path = arena_printf(&w->a, "/people/%s", world_self(w, bo, "person"));
    world_ask(w, ada, PATCH, path, "{\"active\":false}", 2, 200);
    struct answer r[3] = {
        world_post(w, NULL, "/session", sign_in_json(w, "ada@example.org", "wrong password"), 401),
        sign_in(w, "nobody@example.org", 401),
        sign_in(w, "bo@example.org", 401),
    };
    for (int i = 1; i < 3; i++) {
        size_t same = (size_t)(strstr(r[0].body, "\"instance\"") - r[0].body);
        assert_memory_equal(r[0].body, r[i].body, same);
    }
}

static void a_change_of_standing_counts_at_once(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *bo = world_invite(w, ada, "Bo", "bo@example.org", "member");
    const char *path = arena_printf(&w->a, "/people/%s", world_self(w, bo, "person"));
    world_get(w, bo, "/audit", 403);
    world_ask(w, ada, PATCH, path, "{\"role\":\"admin\"}", 2, 200);
    world_get(w, bo, "/audit", 200);
    world_ask(w, ada, PATCH, path, "{\"role\":\"member\"}", 3, 200);
    world_get(w, bo, "/audit", 403);
    world_ask(w, ada, PATCH, path, "{\"active\":false}", 4, 200);
    world_get(w, bo, "/session", 401);
    sign_in(w, "bo@example.org", 401);
    world_ask(w, ada, PATCH, path, "{\"active\":true}", 5, 200);
    world_get(w, bo, "/session", 200);
    world_ask(w, ada, PATCH, path, "{\"role\":\"none\"}", 6, 200);
    world_get(w, bo, "/session", 401);
}

/* ---- sessions ---- */

static void sessions_are_listed_and_ended(void **state)
{
    struct world *w = *state;
    const char *first = world_sign_up(w, "Ada", "ada@example.org");
    const char *eve = world_sign_up(w, "Eve", "eve@example.org");
    const char *second = sign_in(w, "ada@example.org", 201).session;
    struct answer list = world_get(w, first, "/sessions", 200);
    assert_null(strstr(list.body, "token"));
    const char *newest = arena_printf(&w->a, "/sessions/%s", world_text(w, list.body, "id"));
    world_ask(w, eve, DELETE, newest, NULL, 0, 404);
    world_get(w, second, "/session", 200);
    world_ask(w, first, DELETE, newest, NULL, 0, 204);
    world_get(w, second, "/session", 401);
    world_get(w, first, "/session", 200);
    world_ask(w, first, DELETE, newest, NULL, 0, 404);
    world_ask(w, first, DELETE, "/session", NULL, 0, 204);
    world_get(w, first, "/session", 401);
}

static void sessions_come_in_pages(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    world_sign_up(w, "Eve", "eve@example.org");
    sign_in(w, "ada@example.org", 201);
    sign_in(w, "ada@example.org", 201);
    const char *first = world_get(w, ada, "/sessions?limit=2", 200).body;
    const char *next =
        arena_printf(&w->a, "/sessions?limit=2&cursor=%s", world_text(w, first, "next"));
    assert_null(strstr(first, "\"current\":true"));
    const char *last = world_get(w, ada, next, 200).body;
    assert_non_null(strstr(last, "\"current\":true"));
    assert_non_null(strstr(last, "\"next\":null"));
    assert_null(strstr(last, "\"current\":false"));
    world_get(w, ada, "/sessions?cursor=none", 422);
}

static void a_session_ends_by_itself(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    w->later = (struct span){ 29 * DAY_S };
    world_get(w, ada, "/session", 200);
    w->later = (struct span){ 31 * DAY_S };
    world_get(w, ada, "/session", 401);
    assert_null(
        strstr(world_get(w, sign_in(w, "ada@example.org", 201).session, "/sessions", 200).body,
               "\"current\":false"));
    w->later =
        (struct span){ -DAY_S }; /* a clock that is set back opens nothing and breaks nothing */
    world_get(w, ada, "/session", 401);
}

struct counting {
    const struct table *table;
    size_t count;
};

static bool rows_counted(struct ctx *c, void *with)
{
    static const struct query all = { "1 = 1", "A test looks everywhere" };
    struct counting *n = with;
    struct list list;
    if (!rows_find(c, n->table, &all, NO_ARGS, &list))
        return false;
    n->count = list.count;
    return true;
}

static size_t control_count(struct world *w, const char *name)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    struct counting n = { .table = app_table(w->app, name) };
    assert_true(control_read(&c, rows_counted, &n));
    return n.count;
}

/* What has ended in control is deleted by the daily job, as the tables declare. */
static void sessions_and_links_that_ended_are_deleted(void **state)
{
    struct world *w = *state;
    _Atomic bool stop = false;
    w->later = (struct span){ -40 * DAY_S };
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    invitation_for(w, ada, person_new(w, ada, "bo@example.org"));
    w->later = (struct span){ -20 * DAY_S };
    ada = sign_in(w, "ada@example.org", 201).session;
    invitation_for(w, ada, person_new(w, ada, "cy@example.org"));
    w->later = (struct span){ -DAY_S };
    invitation_for(w, ada, person_new(w, ada, "di@example.org"));
    assert_int_equal(control_count(w, "session"), 2);
    assert_int_equal(control_count(w, "invitation"), 3);
    periodic_run(w->app, (struct instant){ 0 }, instant_now(), &stop);
    assert_int_equal(control_count(w, "session"), 1);
    assert_int_equal(control_count(w, "invitation"), 1);
    w->later = (struct span){ 0 };
    world_get(w, ada, "/session", 200);
}

/* ---- guessing ---- */

static int tries_until_slowed(struct world *w, const char *email)
{
    for (int i = 0; i < 80; i++) {
        struct answer r =
            world_call(w, (struct call){ .method = POST,
                                         .path = "/session",
                                         .later = w->later,
                                         .json = sign_in_json(w, email, "wrong password") });
        if (r.status == 429)
            return i;
        assert_int_equal(r.status, 401);
    }
    return -1;
}

static void guessing_is_slowed_and_nobody_locked_out(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    assert_in_range(tries_until_slowed(w, "ada@example.org"), 1, 20);
    assert_in_range(tries_until_slowed(w, "unknown@example.org"), 1, 20);
    world_get(w, ada, "/session", 200);
    w->later = (struct span){ 60 };
    sign_in(w, "ada@example.org", 201);
    assert_in_range(tries_until_slowed(w, "ada@example.org"), 1, 20);
    w->later = (struct span){ -3600 }; /* the clock is set back: still slowed, not for an hour */
    sign_in(w, "ada@example.org", 429);
    w->later = (struct span){ -3540 };
    sign_in(w, "ada@example.org", 201);
}

/* How often the log says it of a person, by the person. */
static int told(struct world *w, const char *session, const char *action, const char *person)
{
    const char *path =
        arena_printf(&w->a, "/audit?action=person.%s&subject=%s&actor=%s", action, person, person);
    const char *body = world_get(w, session, path, 200).body;
    int count = 0;
    for (const char *at = body; (at = strstr(at, "\"action\"")) != NULL; at++)
        count++;
    return count;
}

static void the_log_tells_who_came_in(void **state)
{
    struct world *w = *state;
    const char *owner = world_sign_up(w, "Ada", "ada@example.org");
    const char *ada = world_text(w, world_get(w, owner, "/session", 200).body, "person");
    assert_int_equal(told(w, owner, "sign_in", ada), 1);
    world_post(w, NULL, "/session", sign_in_json(w, "ada@example.org", "wrong password"), 401);
    assert_int_equal(told(w, owner, "sign_in", ada), 1);
    sign_in(w, "ada@example.org", 201);
    assert_int_equal(told(w, owner, "sign_in", ada), 2);
    world_ask(w, owner, PUT, "/session/password",
              "{\"password\":\"" WORLD_PASSWORD "\",\"new_password\":\"a new password\"}", 0, 204);
    assert_int_equal(told(w, owner, "set_password", ada), 1);

    const char *bo = person_new(w, owner, "bo@example.org");
    world_post(w, NULL, invitation_for(w, owner, bo), ACCEPT, 201);
    assert_int_equal(told(w, owner, "sign_in", bo), 1);
    assert_int_equal(told(w, owner, "set_password", bo), 0);
    world_post(w, NULL, invitation_for(w, owner, bo), ACCEPT, 201); /* as one who forgot it */
    assert_int_equal(told(w, owner, "sign_in", bo), 2);
    assert_int_equal(told(w, owner, "set_password", bo), 1);
}

static void the_own_password_changes(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *other = sign_in(w, "ada@example.org", 201).session;
    const char *json = "{\"password\":\"%s\",\"new_password\":\"a new password\"}";
    world_ask(w, ada, PUT, "/session/password", arena_printf(&w->a, json, "wrong password"), 0,
              422);
    world_get(w, other, "/session", 200);
    world_ask(w, ada, PUT, "/session/password", arena_printf(&w->a, json, WORLD_PASSWORD), 0, 204);
    world_get(w, ada, "/session", 200);
    world_get(w, other, "/session", 401);
    sign_in(w, "ada@example.org", 401);
    world_ask(w, NULL, PUT, "/session/password", arena_printf(&w->a, json, "x"), 0, 401);
}

static void members_change_their_own_name_and_zone(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *bo = world_invite(w, ada, "Bo", "bo@example.org", "member");
    world_ask(w, bo, PUT, "/session/profile",
              "{\"name\":\"Bo Muster\",\"zone\":\"America/New_York\"}", 0, 200);
    assert_string_equal(world_self(w, bo, "name"), "Bo Muster");
    assert_string_equal(world_self(w, bo, "zone"), "America/New_York");
    world_ask(w, bo, PUT, "/session/profile", "{\"name\":\"\"}", 0, 422);
    world_ask(w, bo, PUT, "/session/profile", "{\"name\":\"Bo\",\"role\":\"owner\"}", 0, 422);
    assert_string_equal(world_self(w, bo, "role"), "member");
}

static void members_change_the_address_that_they_sign_in_with(void **state)
{
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *bo = world_invite(w, ada, "Bo", "bo@example.org", "member");
    const char *json = "{\"email\":\"%s\",\"password\":\"%s\"}";
    world_sign_up(w, "Cy", "cy@example.net");
    world_post(w, ada, "/people", "{\"name\":\"Di\",\"email\":\"di@example.org\"}", 201);
#define CHANGE(email, password, status) \
    world_ask(w, bo, PUT, "/session/email", arena_printf(&w->a, json, email, password), 0, status)
    CHANGE("new@example.org", "wrong password", 422);
    CHANGE("no address", WORLD_PASSWORD, 422);
    CHANGE("CY@example.net", WORLD_PASSWORD, 409); /* an account elsewhere */
    CHANGE("di@example.org", WORLD_PASSWORD, 409); /* somebody of the directory */
    sign_in(w, "bo@example.org", 201);
    assert_string_equal(world_self(w, bo, "email"), "bo@example.org");
    CHANGE("New@Example.org", WORLD_PASSWORD, 200);
    CHANGE("new@example.org", WORLD_PASSWORD, 200); /* once more */
#undef CHANGE
    assert_string_equal(world_self(w, bo, "email"), "new@example.org");
    sign_in(w, "bo@example.org", 401);
    sign_in(w, "new@example.org", 201);
    world_sign_up(w, "Another Bo", "bo@example.org");
    world_ask(w, NULL, PUT, "/session/email", arena_printf(&w->a, json, "x@example.org", "x"), 0,
              401);
}

/* A faster machine asks for more; the password is there to hash anew only when somebody signs in.
 */
static void a_cheap_hash_is_made_anew(void **state)
{
    struct world *w = *state;
    const struct id control = { 0 };
    const char *where, *ada = world_sign_up(w, "Ada", "ada@example.org");
    app_stop(w->app);
    w->bcrypt_cost = 5;
    world_open(w);
    assert_int_equal(world_traces(w, control, "$2b$04$", &where), 1);
    sign_in(w, "ada@example.org", 201);
    assert_int_equal(world_traces(w, control, "$2b$04$", &where), 0);
    assert_int_equal(world_traces(w, control, "$2b$05$", &where), 1);
    world_get(w, ada, "/session", 200);
    sign_in(w, "ada@example.org", 201);
}

/* The table of what roles may do is what they may do. */
static void roles_may_what_is_said(void **state)
{
    static const char *const role[] = { "owner", "admin", "manager", "member", "auditor" };
    struct world *w = *state;
    const char *ada = world_sign_up(w, "Ada", "ada@example.org");
    const char *all = world_get(w, ada, "/permissions", 200).body;
    assert_non_null(strstr(all,
                           "{\"name\":\"audit.read\",\"doc\":\"Read the audit log\",\"grants\":["
                           "{\"role\":\"admin\",\"reach\":\"all\"},"
                           "{\"role\":\"owner\",\"reach\":\"all\"},"
                           "{\"role\":\"auditor\",\"reach\":\"all\"}]}"));
    world_get(w, NULL, "/permissions", 401);
    for (size_t i = 0; i < sizeof role / sizeof *role; i++) {
        const char *email = arena_printf(&w->a, "%s@example.org", role[i]);
        const char *who = i ? world_invite(w, ada, role[i], email, role[i]) : ada;
        const char *has = world_get(w, who, "/session", 200).body;
        const char *granted = arena_printf(&w->a, "{\"role\":\"%s\"", role[i]);
        assert_string_equal(world_get(w, who, "/permissions", 200).body, all);
        const char *reach = strstr(has, "\"reaches\":[") + strlen("\"reaches\":[");
        size_t seen = 0;
        for (const char *at = all; (at = strstr(at, "{\"name\":\"")); seen++) {
            at += strlen("{\"name\":\"");
            const char *end = strchr(at, '"'), *next = strstr(at, "{\"name\":\"");
            const char *name = arena_printf(&w->a, "\"%.*s\"", (int)(end - at), at);
            const char *grant = strstr(at, granted);
            bool said = grant && (!next || grant < next);
            if (said != (strstr(has, name) != NULL))
                fail_msg("%s: what is said of %s is not so", role[i], name);
            if (!said)
                continue;
            const char *far = strstr(grant, "\"reach\":") + strlen("\"reach\":");
            size_t n = strcspn(far, "}");
            if (strncmp(reach, far, n) != 0)
                fail_msg("%s: how far %s reaches is not so", role[i], name);
            reach += n + 1;
        }
        assert_true(seen > 20);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, accounts_setup, accounts_teardown)
    const struct CMUnitTest tests[] = {
        TEST(sign_up_is_for_the_grown),
        TEST(passwords_have_bounds),
        TEST(the_case_of_an_email_does_not_matter),
        TEST(one_of_many_sign_ups_wins),
        TEST(a_password_that_was_changed_meanwhile_opens_nothing),
        TEST(a_half_made_organisation_goes_at_the_start),
        TEST(a_half_made_account_goes_with_its_organisation),
        TEST(refusals_look_alike),
        TEST(a_change_of_standing_counts_at_once),
        TEST(sessions_are_listed_and_ended),
        TEST(sessions_come_in_pages),
        TEST(a_session_ends_by_itself),
        TEST(sessions_and_links_that_ended_are_deleted),
        TEST(guessing_is_slowed_and_nobody_locked_out),
        TEST(the_log_tells_who_came_in),
        TEST(the_own_password_changes),
        TEST(roles_may_what_is_said),
        TEST(members_change_their_own_name_and_zone),
        TEST(members_change_the_address_that_they_sign_in_with),
        TEST(a_cheap_hash_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
