/* erasing_test.c: erasing a person, and ending an organisation. */
#include "feature/privacy/privacy_fixture.h"

#include "core/rows.h"
#include "core/tenant.h"
#include "feature/accounts/accounts.h"
#include "feature/privacy/privacy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* ---- erasing ---- */

static const char *erasure(struct house *h, const char *id)
{
    return arena_printf(&h->w->a, "/people/%s/erasure", id);
}

static void erasing_leaves_no_trace_but_the_books(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    const char *where = NULL, *path = erasure(h, h->bo_id);
    struct id organisation = world_id(h->organisation);
    struct id eve = world_id(world_self(w, h->other, "organisation"));
    world_post(w, h->other, "/notes", "{\"label\":\"about another " CANARY "\",\"mood\":1}", 201);
    assert_true(world_traces(w, organisation, CANARY, &where) > 5);
    world_post(w, h->owner, path, "{\"confirm\":\"Bo\"}", 422);
    world_post(w, h->owner, path, "{\"confirm\":\"bo " CANARY "\"}", 422);
    world_post(w, h->bo, path, "{\"confirm\":\"Bo " CANARY "\"}", 403);
    world_post(w, h->other, path, "{\"confirm\":\"Bo " CANARY "\"}", 404);
    world_get(w, h->bo, "/session", 200);
    world_post(w, h->owner, path, "{\"confirm\":\"Bo " CANARY "\"}", 200);
    if (world_traces(w, organisation, CANARY, &where))
        fail_msg("left in %s", where);
    if (world_traces(w, organisation, "zanzibar", &where))
        fail_msg("left in %s", where);
    if (world_traces(w, (struct id){ 0 }, "zanzibar", &where))
        fail_msg("left in control, %s", where);
    assert_int_equal(world_traces(w, eve, CANARY, &where), 1);
    world_get(w, h->bo, "/session", 401);
    world_post(w, NULL, "/session",
               "{\"email\":\"zanzibar@example.org\",\"password\":\"" WORLD_PASSWORD "\"}", 401);
    /* the row with an amount stays, the other is gone, and lists have one name less */
    struct answer r = world_get(w, h->owner, "/notes?limit=10", 200);
    assert_non_null(strstr(r.body, "\"amount\":42"));
    assert_non_null(strstr(r.body, arena_printf(&w->a, "\"watchers\":[\"%s\"]", h->owner_id)));
    assert_null(strstr(r.body, h->bo_id));
    assert_null(strstr(world_get(w, h->owner, "/scraps", 200).body, h->bo_id));
    r = world_get(w, h->owner, "/time/entries", 200);
    assert_non_null(strstr(r.body, "\"duration_s\":3600"));
    world_post(w, h->owner, path, "{\"confirm\":\"Bo " CANARY "\"}", 404);
    /* what was erased can still be taken elsewhere */
    import_ok(h, h->other, export_of(h, h->owner, "/privacy/export"));
}

/* An archive brings the ids of its people along, so that two houses can know a person by the same:
   what one of them does to theirs leaves the other's account, sessions and links alone. */
static void a_person_id_of_two_houses_is_two_people(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    const char *json = arena_printf(&w->a, "/people/%s/invitation", h->bo_id);
    import_ok(h, h->other, export_of(h, h->owner, "/privacy/export"));
    const char *link = world_text(w, world_post(w, h->owner, json, "{}", 201).body, "link_token");
    const char *other = world_text(w, world_post(w, h->other, json, "{}", 201).body, "link_token");
    const char *path = arena_printf(&w->a, "/invitations/%s", link);
    const char *accept = "{\"password\":\"" WORLD_PASSWORD "\",\"of_age\":true}";
    const char *sign_in =
        "{\"email\":\"zanzibar@example.org\",\"password\":\"" WORLD_PASSWORD "\"}";
    world_get(w, NULL, path, 200);
    world_post(w, NULL, arena_printf(&w->a, "/invitations/%s", other),
               "{\"password\":\"another password\",\"of_age\":true}", 409);
    world_post(w, h->other, erasure(h, h->bo_id), "{\"confirm\":\"Bo " CANARY "\"}", 200);
    world_get(w, NULL, arena_printf(&w->a, "/invitations/%s", other), 404);
    world_get(w, h->bo, "/session", 200);
    world_post(w, NULL, "/session", sign_in, 201);
    world_post(w, NULL, path, accept, 201);
    world_post(w, h->owner, erasure(h, h->bo_id), "{\"confirm\":\"Bo " CANARY "\"}", 200);
    world_post(w, NULL, "/session", sign_in, 401);
}

/* The password of an invitation is being hashed while the person goes, or the organisation. */
static void late_account_refused(struct house *h, struct id invitation, struct id person,
                                 const char *email)
{
    struct world *w = h->w;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    const char *where;
    c.organisation = world_id(h->organisation);
    assert_false(account_make(&c, invitation, person, email, "hash"));
    assert_int_equal(err.problem, NOT_FOUND);
    assert_int_equal(world_traces(w, (struct id){ 0 }, email, &where), 0);
}

static const char *invited_new(struct house *h, const char *email)
{
    struct world *w = h->w;
    const char *json =
        arena_printf(&w->a, "{\"name\":\"Late\",\"email\":\"%s\",\"role\":\"member\"}", email);
    return world_text(w, world_post(w, h->owner, "/people", json, 201).body, "id");
}

struct link {
    struct id person, id;
};
static const struct field link_fields[] = {
    FIELD(struct link, person, .privacy = PERSONAL, .doc = "Whose"),
    FIELD(struct link, id, .privacy = OPERATIONAL, .doc = "Which"),
    { 0 },
};

static bool link_read(struct ctx *c, void *with)
{
    static const struct query of_person = { "SELECT person, id FROM invitation WHERE person = $1" };
    struct link *l = with;
    bool found = false;
    return tx_row(c->tx, &of_person, ARGS(value_id(l->person)), link_fields, l, &found) && found;
}

static struct id link_new(struct house *h, const char *person)
{
    struct world *w = h->w;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    struct link l = { .person = world_id(person) };
    world_post(w, h->owner, arena_printf(&w->a, "/people/%s/invitation", person), "{}", 201);
    assert_true(control_read(&c, link_read, &l));
    return l.id;
}

static void nobody_gets_an_account_who_was_erased_meanwhile(void **state)
{
    struct house *h = *state;
    const char *person = invited_new(h, "late@example.org");
    struct id invitation = link_new(h, person);
    world_post(h->w, h->owner, erasure(h, person), "{\"confirm\":\"Late\"}", 200);
    late_account_refused(h, invitation, world_id(person), "late@example.org");
}

/* ---- who decided about an answer ---- */

static bool suggestion_put(struct ctx *c, void *with)
{
    const struct table *t = app_table(c->app, "suggestion");
    struct row *row = arena_alloc(c->arena, t->size);
    EACH_FIELD (f, t->fields)
        field_clear(f, row);
    row->id = id_new(c->now);
    row->version = 1;
    row->created_at = row->updated_at = c->now;
    *(const char **)field_in(field_find(t->fields, "state"), row) = "accepted";
    *(struct id *)field_in(field_find(t->fields, "decided_by"), row) = *(struct id *)with;
    return row_put(c, t, row);
}

static void suggestion_decided(struct house *h, struct id by)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(h->w->app, &h->w->a, &err, "test");
    assert_true(organisation_write(&c, world_id(h->organisation), suggestion_put, &by));
}

static void erasing_clears_who_decided(void **state)
{
    struct house *h = *state;
    const char *file = "tables/suggestion.jsonl";
    suggestion_decided(h, world_id(h->bo_id));
    world_post(h->w, h->owner, erasure(h, h->bo_id), "{\"confirm\":\"Bo " CANARY "\"}", 200);
    struct unpacked u = unpack(h, export_of(h, h->owner, "/privacy/export"));
    assert_non_null(strstr(file_of(h, &u, file), "\"decided_by\":null"));
    assert_null(strstr(file_of(h, &u, file), h->bo_id));
    /* as an earlier version, which left the name there, wrote its archives */
    suggestion_decided(h, world_id(h->bo_id));
    import_ok(h, h->other, export_of(h, h->owner, "/privacy/export"));
    u = unpack(h, export_of(h, h->other, "/privacy/export"));
    assert_int_equal(lines_of(file_of(h, &u, file)), 2);
    assert_null(strstr(file_of(h, &u, file), h->bo_id));
}

/* An answer that is kept for a repeated request shows the person, too. */
static void erasing_forgets_kept_answers(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    const char *where;
    struct call c = { .method = POST,
                      .path = "/people",
                      .session = h->owner,
                      .key = "once",
                      .json = "{\"name\":\"Quagga\"}" };
    struct answer first = world_call(w, c), again = world_call(w, c);
    assert_int_equal(first.status, 201);
    assert_string_equal(first.body, again.body);
    assert_int_equal(world_traces(w, world_id(h->organisation), "Quagga", &where), 2);
    world_post(w, h->owner, erasure(h, world_text(w, first.body, "id")), "{\"confirm\":\"Quagga\"}",
               200);
    assert_int_equal(world_traces(w, world_id(h->organisation), "Quagga", &where), 0);
}

static void an_owner_is_not_erased(void **state)
{
    struct house *h = *state;
    world_post(h->w, h->owner, erasure(h, h->owner_id), "{\"confirm\":\"Ada\"}", 409);
    world_get(h->w, h->owner, "/session", 200);
}

/* ---- ending an organisation ---- */

static bool is_stored(struct world *w, struct id organisation)
{
    struct error err = { 0 };
    struct id *ids;
    size_t n;
    bool found = false;
    assert_true(store_ids(w->app->store, &w->a, &ids, &n, &err));
    for (size_t i = 0; i < n; i++)
        found |= id_equal(ids[i], organisation);
    return found;
}

static void nothing_opens_an_ended_organisation(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    struct id organisation = world_id(h->organisation);
    const char *shared = arena_printf(&w->a, "/public/forms/%s", h->link), *where;
    struct secret_key key;
    struct error err = { 0 };
    assert_true(is_stored(w, organisation));
    world_post(w, h->owner, "/organisation/deletion", "{\"confirm\":\"House\"}", 422);
    world_post(w, h->bo, "/organisation/deletion", "{\"confirm\":\"House of Ada\"}", 403);
    assert_true(tenant_key(w->app, organisation, &key, &err));
    world_post(w, h->owner, "/organisation/deletion", "{\"confirm\":\"House of Ada\"}", 204);
    assert_false(tenant_key(w->app, organisation, &key, &err));
    assert_int_equal(err.problem, NOT_FOUND);
    world_get(w, h->owner, "/session", 401);
    world_get(w, h->bo, "/session", 401);
    world_get(w, NULL, shared, 404);
    world_post(w, NULL, "/session",
               "{\"email\":\"ada@example.org\",\"password\":\"" WORLD_PASSWORD "\"}", 401);
    assert_int_equal(world_traces(w, (struct id){ 0 }, "ada@example.org", &where), 0);
    app_stop(w->app); /* what is left of the sweep ends here, or at the next start */
    world_open(w);
    assert_false(is_stored(w, organisation));
    world_get(w, h->other, "/session", 200);
    world_sign_up(w, "Ada", "ada@example.org");
}

/* What comes too late for an organisation leaves nothing in control, nor keeps an email taken. */
static void nothing_is_added_to_an_ended_organisation(void **state)
{
    struct house *h = *state;
    const char *person = invited_new(h, "late@example.org");
    struct id invitation = link_new(h, person);
    world_post(h->w, h->owner, "/organisation/deletion", "{\"confirm\":\"House of Ada\"}", 204);
    late_account_refused(h, invitation, world_id(person), "late@example.org");
    late_account_refused(h, (struct id){ 0 }, world_id(person), "late@example.org");
}

static bool leave(struct ctx *c, void *with)
{
    struct id move = id_new(c->now);
    const struct id *organisation = with;
    return tenant_claim(c, *organisation, move) && tenant_leave(c, *organisation, move);
}

static void what_has_just_moved_does_not_end(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    c.organisation = world_id(h->organisation);
    assert_true(control_write(&c, leave, &c.organisation));
    assert_false(organisation_end(&c));
    assert_int_equal(err.problem, NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(erasing_leaves_no_trace_but_the_books),
        HOUSE_TEST(a_person_id_of_two_houses_is_two_people),
        HOUSE_TEST(nobody_gets_an_account_who_was_erased_meanwhile),
        HOUSE_TEST(erasing_clears_who_decided),
        HOUSE_TEST(erasing_forgets_kept_answers),
        HOUSE_TEST(an_owner_is_not_erased),
        HOUSE_TEST(nothing_opens_an_ended_organisation),
        HOUSE_TEST(nothing_is_added_to_an_ended_organisation),
        HOUSE_TEST(what_has_just_moved_does_not_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
