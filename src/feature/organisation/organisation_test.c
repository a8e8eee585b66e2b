/* organisation_test.c: the directory's own rules: owners, teams, who may be removed. */
#include "core/rows.h"
#include "feature/all.h"
#include "feature/organisation/organisation.h"
#include "feature/time/time_fixture.h"

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
    /* One who was sent away does not come back through an admin. */
    struct answer r =
        world_post(w, h->ada, "/people", "{\"name\":\"Cleo\",\"role\":\"owner\"}", 201);
    const char *cleo = arena_printf(&w->a, "/people/%s", world_text(w, r.body, "id"));
    world_ask(w, h->ada, PATCH, cleo, "{\"active\":false}", 1, 200);
    world_ask(w, h->bo, PATCH, cleo, "{\"active\":true}", 2, 403);
    world_ask(w, h->bo, DELETE, cleo, NULL, 2, 403);
    world_ask(w, h->ada, PATCH, cleo, "{\"active\":true}", 2, 200);
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

/* One address makes one account, however it is written. */
static void an_email_is_one_persons(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    const char *json = "{\"name\":\"Cleo\",\"email\":\"%s\",\"role\":\"member\"}";
    const char *made =
        world_post(w, h->ada, "/people", arena_printf(&w->a, json, "Cleo@Example.org"), 201).body;
    assert_string_equal(world_text(w, made, "email"), "cleo@example.org");
    world_post(w, h->ada, "/people", arena_printf(&w->a, json, "CLEO@example.org"), 409);
    const char *dora =
        world_post(w, h->ada, "/people", "{\"name\":\"Dora\",\"role\":\"member\"}", 201).body;
    const char *path = arena_printf(&w->a, "/people/%s", world_text(w, dora, "id"));
    world_ask(w, h->ada, PATCH, path, "{\"email\":\"cleO@example.org\"}", 1, 409);
    world_ask(w, h->ada, PATCH, path, "{\"email\":\"Dora@example.org\"}", 1, 200);
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

/* One name of each kind of thing that has one, in two ways to write it. */
static void a_name_in_other_letters_is_taken(void **state)
{
    struct staff *w = *state;
    const char *client = make(w, "/clients", "{\"name\":\"Quay\"}");
    const char *project = make(w, "/projects", "{\"name\":\"Quay\"}");
    const struct {
        const char *path, *more, *problem;
    } named[] = {
        { "/teams", "", "A team of this name exists" },
        { "/clients", "", "A client of this name exists" },
        { "/tags", "", "A tag of this name exists" },
        { "/projects", "", "A project of this name and client exists" },
        { "/projects", arena_printf(&w->world->a, ",\"client\":\"%s\"", client),
          "A project of this name and client exists" },
        { "/tasks", arena_printf(&w->world->a, ",\"project\":\"%s\"", project),
          "A task of this project and name exists" },
    };
    for (size_t i = 0; i < LENGTH(named); i++) {
        const char *body = "{\"name\":\"%s\"%s}";
        const char *other = arena_printf(&w->world->a, body, "Etwas", named[i].more);
        const char *id =
            make(w, named[i].path, arena_printf(&w->world->a, body, "Übersee", named[i].more));
        const char *path = arena_printf(&w->world->a, "%s/%s", named[i].path, id);
        struct answer r = expect(w, 409, POST, named[i].path, w->owner,
                                 arena_printf(&w->world->a, body, "üBERSEE", named[i].more));
        has(&r, arena_printf(&w->world->a, "\"pointer\":\"/name\",\"problem\":\"%s\"",
                             named[i].problem));
        world_ask(w->world, w->owner, PATCH, path, "{\"name\":\"ÜBERSEE\"}", 1, 200);
        id = make(w, named[i].path, other);
        path = arena_printf(&w->world->a, "%s/%s", named[i].path, id);
        world_ask(w->world, w->owner, PATCH, path, "{\"name\":\"Übersee\"}", 1, 409);
    }
}

static bool twin_put(struct ctx *c, void *id)
{
    struct team twin = { .id = id_new(c->now), .version = 1, .name = "QUAY" };
    twin.created_at = twin.updated_at = c->now;
    *(struct id *)id = twin.id;
    return row_put(c, &team_table, &twin);
}

/* As a release that told them apart, and its archives, left them. */
static void names_that_were_alike_stay(void **state)
{
    struct staff *w = *state;
    struct id id;
    char text[ID_TEXT];
    make(w, "/teams", "{\"name\":\"Quay\"}");
    assert_true(in_organisation(w, true, twin_put, &id));
    id_format(id, text);
    const char *path = arena_printf(&w->world->a, "/teams/%s", text);
    world_ask(w->world, w->owner, PATCH, path, "{\"name\":\"QUAY\"}", 1, 200);
    world_ask(w->world, w->owner, PATCH, path, "{\"name\":\"quay\"}", 2, 409);
    world_ask(w->world, w->owner, PATCH, path, "{\"name\":\"Pier\"}", 2, 200);
    world_ask(w->world, w->owner, PATCH, path, "{\"name\":\"qUAY\"}", 3, 409);
}

enum { FILE_SIZE = 4 << 20, ROOM = 10 << 20 };

static struct answer file_give(struct house *h)
{
    char *bytes = arena_alloc(&h->w->a, FILE_SIZE);
    memset(bytes, 'x', FILE_SIZE);
    return world_call(h->w, (struct call){ .method = POST,
                                           .path = "/files?name=plan",
                                           .session = h->ada,
                                           .body = { bytes, FILE_SIZE },
                                           .type = "application/octet-stream",
                                           .later = h->w->later });
}

static int64_t storage_said(struct house *h, const char *key)
{
    struct answer r = world_get(h->w, h->ada, "/organisation/storage", 200);
    const char *at = strstr(r.body, arena_printf(&h->w->a, "\"%s\":", key));
    return at ? atoll(strchr(at, ':') + 1) : -1;
}

/* What is there stays in reach, and what makes room is done. */
static void an_organisation_keeps_no_more_than_it_may(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    assert_int_equal(storage_said(h, "allowed_bytes"), 0); /* null */
    app_stop(w->app);
    w->org_storage = ROOM;
    world_open(w);
    assert_int_equal(storage_said(h, "allowed_bytes"), ROOM);
    struct answer form = world_post(
        w, h->ada, "/forms",
        "{\"title\":\"Plans\",\"status\":\"open\",\"fields\":[{\"label\":\"Plan\",\"key\":\"plan\","
        "\"kind\":\"file\"}]}",
        201);
    const char *answers =
        arena_printf(&w->a, "/forms/%s/submissions", world_text(w, form.body, "id"));
    struct answer file = file_give(h);
    assert_int_equal(file.status, 201);
    struct answer kept =
        world_post(w, h->ada, answers,
                   arena_printf(&w->a, "{\"plan\":\"%s\"}", world_text(w, file.body, "id")), 201);
    assert_int_equal(file_give(h).status, 201);
    assert_int_equal(file_give(h).status, 507);
    w->later.s += 60; /* measured anew, it is the same */
    struct answer refused = file_give(h);
    assert_int_equal(refused.status, 507);
    assert_non_null(strstr(refused.body, "/problems/storage-used-up"));
    assert_true(storage_said(h, "used_bytes") > 2 * FILE_SIZE);
    assert_true(storage_said(h, "used_bytes") <= ROOM);
    world_get(w, h->ada, "/privacy/export", 200);
    world_ask(w, h->ada, PATCH, h->bo_path, "{\"title\":\"Mate\"}", 2, 200);

    const char *own = arena_printf(&w->a, "%s/%s", answers, world_text(w, kept.body, "id"));
    world_ask(w, h->ada, DELETE, own, NULL, 1, 204);
    w->later.s += 60;
    assert_int_equal(file_give(h).status, 201);
    assert_int_equal(file_give(h).status, 507);
}

static void a_zone_is_one_that_there_is(void **state)
{
    struct house *h = *state;
    const struct {
        const char *path;
        enum method method;
    } to[] = { { "/organisation", PATCH }, { h->bo_path, PATCH }, { "/session/profile", PUT } };
    for (size_t i = 0; i < LENGTH(to); i++) {
        const char *json = "{\"name\":\"Bo\",\"zone\":\"Mars/Base\"}";
        int64_t version = to[i].path == h->bo_path ? 2 : to[i].method == PATCH;
        struct answer r = world_ask(h->w, h->ada, to[i].method, to[i].path, json, version, 422);
        assert_non_null(strstr(r.body, "\"/zone\""));
        assert_non_null(strstr(r.body, "is not a time zone that is known here"));
    }
    world_ask(h->w, h->ada, PATCH, "/organisation", "{\"zone\":\"Pacific/Auckland\"}", 1, 200);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_last_owner_stays),
        TEST(an_admin_makes_and_touches_no_owner),
        TEST(who_is_named_elsewhere_is_not_deleted),
        TEST(the_email_of_an_account_stays),
        TEST(an_email_is_one_persons),
        TEST(a_team_that_goes_leaves_its_people),
        TEST(an_organisation_keeps_no_more_than_it_may),
        TEST(a_zone_is_one_that_there_is),
        STAFF_TEST(a_name_in_other_letters_is_taken),
        STAFF_TEST(names_that_were_alike_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
