/* accounts_fixture.c: people who sign in, links for those who cannot yet, and many at once. */
#include "feature/accounts/accounts_fixture.h"

#include "core/rows.h"
#include "feature/accounts/private.h"
#include "feature/all.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

int accounts_setup(void **state)
{
    *state = world_new(features);
    return 0;
}

int accounts_teardown(void **state)
{
    return world_free(*state);
}

const char *sign_in_json(struct world *w, const char *email, const char *password)
{
    return arena_printf(&w->a, "{\"email\":\"%s\",\"password\":\"%s\"}", email, password);
}

struct answer sign_in(struct world *w, const char *email, int status)
{
    return world_post(w, NULL, "/session", sign_in_json(w, email, WORLD_PASSWORD), status);
}

size_t organisations(struct world *w)
{
    struct id *ids;
    size_t n;
    struct error err = { 0 };
    assert_true(store_ids(w->app->store, &w->a, &ids, &n, &err));
    return n;
}

static void *race(void *with)
{
    struct racer *r = with;
    struct call c = { .method = POST, .path = r->path, .json = r->json };
    app_call(r->w->app, &r->a, &c, &r->answer);
    return NULL;
}

const struct racer *race_run(struct racer r[RACERS], int lost)
{
    pthread_t thread[RACERS];
    const struct racer *won = NULL;
    for (int i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, race, &r[i]), 0);
    for (int i = 0; i < RACERS; i++) {
        pthread_join(thread[i], NULL);
        if (r[i].answer.status == lost)
            continue;
        assert_int_equal(r[i].answer.status, 201);
        assert_null(won);
        won = &r[i];
    }
    assert_non_null(won);
    return won;
}

void race_end(struct racer r[RACERS])
{
    for (int i = 0; i < RACERS; i++)
        arena_done(&r[i].a);
}

static bool account_put(struct ctx *c, void *with)
{
    return row_create(c, &account_table, with);
}

void account_left(struct world *w, struct id organisation, struct id person, const char *email)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    struct account left = {
        .email = email, .organisation = organisation, .person = person, .password_hash = "*"
    };
    assert_true(control_write(&c, account_put, &left));
}

const char *person_new(struct world *w, const char *by, const char *email)
{
    const char *json =
        arena_printf(&w->a, "{\"name\":\"Bo\",\"email\":\"%s\",\"role\":\"member\"}", email);
    return world_text(w, world_post(w, by, "/people", json, 201).body, "id");
}

const char *invitation_for(struct world *w, const char *by, const char *person)
{
    struct answer link =
        world_post(w, by, arena_printf(&w->a, "/people/%s/invitation", person), "{}", 201);
    return arena_printf(&w->a, "/invitations/%s", world_text(w, link.body, "link_token"));
}
