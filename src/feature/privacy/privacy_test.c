/* privacy_test.c: what a copy, an export and the data map show. */
#include "feature/privacy/privacy_fixture.h"

#include "crypt/crypt.h"
#include "feature/privacy/privacy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void export_holds_all_but_secrets(void **state)
{
    struct house *h = *state;
    struct unpacked u = unpack(h, export_of(h, h->owner, "/privacy/export"));
    const char *manifest = file_of(h, &u, "manifest.json");
    assert_int_equal(lines_of(file_of(h, &u, "tables/note.jsonl")), 2);
    assert_int_equal(lines_of(file_of(h, &u, "tables/person.jsonl")), 2);
    assert_non_null(strstr(file_of(h, &u, "tables/note.jsonl"), "WmFuemliYXI="));
    assert_true(says(&u, "soup for " CANARY));
    assert_false(says(&u, PIN));
    assert_false(says(&u, "\"pin\""));
    for (size_t i = 0; i < u.count; i++) {
        uint8_t hash[HASH_SIZE];
        char hex[2 * HASH_SIZE + 1];
        hash_sha256(u.files[i].content.at, u.files[i].content.len, hash);
        hex_format(hash, sizeof hash, hex);
        assert_true(!strcmp(u.files[i].name, "manifest.json") || strstr(manifest, hex));
    }
    for (const struct table *const *t = h->w->app->tables; *t; t++) {
        const char *name = arena_printf(&h->w->a, "\"table\": \"%s\"", (*t)->name);
        assert_int_equal(!(*t)->control && !(*t)->held_back, strstr(manifest, name) != NULL);
    }
}

/* All of an archive is in memory at once, so that its tables share one bound. */
static void tables_share_the_bound_of_an_archive(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    size_t total = 0, largest = 0;
    struct blob zip;
    c.organisation = world_id(h->organisation);
    assert_true(db_open(w->app->store, c.organisation, false, &c.db, &err));
    assert_true(export_make(&c, (struct id){ 0 }, ARCHIVE_BYTES, &zip));
    struct unpacked u = unpack(h, zip);
    for (size_t i = 1; i < u.count; i++) {
        size_t n = u.files[i].content.len;
        total += n;
        largest = n > largest ? n : largest;
    }
    assert_true(largest < total - 1);
    bool fits = export_make(&c, (struct id){ 0 }, total, &zip);
    bool more = export_make(&c, (struct id){ 0 }, total - 1, &zip);
    db_release(c.db);
    assert_true(fits);
    assert_false(more);
    assert_int_equal(err.problem, TOO_LARGE);
}

static void a_copy_holds_own_rows_alone(void **state)
{
    struct house *h = *state;
    struct unpacked u = unpack(h, export_of(h, h->bo, "/privacy/me"));
    assert_int_equal(lines_of(file_of(h, &u, "tables/note.jsonl")), 1);
    assert_int_equal(lines_of(file_of(h, &u, "tables/person.jsonl")), 1);
    assert_int_equal(lines_of(file_of(h, &u, "tables/time_entry.jsonl")), 1);
    assert_true(says(&u, "soup for " CANARY));
    assert_false(says(&u, "the owner's"));
    assert_false(says(&u, "ada@example.org"));
    assert_false(says(&u, PIN));
    const char *account = file_of(h, &u, "tables/account.jsonl");
    assert_int_equal(lines_of(account), 1);
    assert_non_null(strstr(account, "zanzibar@example.org"));
    assert_int_equal(lines_of(file_of(h, &u, "tables/session.jsonl")), 1);
    assert_false(says(&u, "password_hash"));
    assert_false(says(&u, "token_hash"));
    world_get(h->w, h->bo, "/privacy/export", 403);
    world_get(h->w, NULL, "/privacy/me", 401);
}

static void a_copy_can_be_read(void **state)
{
    struct house *h = *state;
    const char *scrap = arena_printf(
        &h->w->a, "{\"person\":\"%s\",\"label\":\"<b>R&D</b> \\\"x\\\"\",\"weight\":-1}", h->bo_id);
    world_post(h->w, h->bo, "/scraps", scrap, 201);
    const char *rate = arena_printf(&h->w->a, "{\"person\":\"%s\",\"rate_minor\":7550}", h->bo_id);
    world_post(h->w, h->owner, "/people/rates", rate, 201);
    struct unpacked u = unpack(h, export_of(h, h->bo, "/privacy/me"));
    static const char *const parts[] = {
        "<h2>Notes that stay for the books</h2>",
        "<td>Bo " CANARY ", Ada</td>", /* names for ids */
        "<td>" CANARY ", b</td>",
        "<th title=\"Wish\">Wish</th>",
        "<td>soup for " CANARY "</td>",
        "<td>yes</td>",
        "<td>1990-02-03</td>",
        "<td>1:00:00</td>",
        "Amount (EUR)</th>",
        "<td>75.50</td>",
        "<td class=\"n\">2026-03-02 08:00:00</td>",
        "<td>8 bytes</td>",
        "<td>not known</td>",
        "<td>&lt;b>R&amp;D&lt;/b> &quot;x&quot;</td>",
        "<td>zanzibar@example.org</td>",
    };
    const char *page = file_of(h, &u, "copy.html");
    for (size_t i = 0; i < LENGTH(parts); i++)
        if (!strstr(page, parts[i]))
            fail_msg("%s is not in %s", parts[i], page);
    for (const char *at = strchr(page, '>'); at; at = strchr(at + 1, '>')) {
        struct id id;
        if (strcspn(at + 1, "<") == ID_TEXT - 1 &&
            id_parse(arena_text(&h->w->a, at + 1, ID_TEXT - 1), &id))
            fail_msg("an id stands in %.200s", at - 100);
    }
    u = unpack(h, export_of(h, h->owner, "/privacy/export"));
    for (size_t i = 0; i < u.count; i++)
        assert_string_not_equal(u.files[i].name, "copy.html");
}

/* Who is asked for a copy learns who has looked, and of nobody else's rows. */
static void a_copy_tells_who_read_and_changed(void **state)
{
    struct house *h = *state;
    struct arena *a = &h->w->a;
    world_get(h->w, h->owner, "/time/entries", 200);
    const char *path = arena_printf(a, "/people/%s", h->bo_id);
    const char *tag = world_get(h->w, h->owner, path, 200).etag;
    world_ask(h->w, h->owner, PATCH, path, "{\"zone\":\"Europe/Rome\",\"title\":\"Cook\"}",
              strtoll(tag, NULL, 10), 200);
    struct unpacked u = unpack(h, export_of(h, h->bo, "/privacy/me"));
    const char *log = file_of(h, &u, "tables/audit_event.jsonl");
    const char *page = file_of(h, &u, "copy.html");
    assert_non_null(strstr(log, "\"action\":\"time_entry.read\""));
    assert_null(strstr(log, arena_printf(a, "\"subject\":\"%s\"", h->owner_id)));
    assert_non_null(strstr(page, "<h2>Who did what to which row, and who read whose data</h2>"));
    assert_non_null(strstr(page, "<td>Ada</td><td></td><td>time entry: read</td>"));
    assert_non_null(strstr(page, "<td>person: update</td>"));
    assert_non_null(strstr(page, "<td>title, time zone</td>"));
}

static void the_data_map_shows_ways_in(void **state)
{
    struct house *h = *state;
    const char *map = world_get(h->w, h->bo, "/privacy/data-map", 200).body;
    static const char *const rows[][4] = {
        { "account", "email", "PERSONAL", "\"exported\":true,\"erase\":\"row\"" },
        { "account", "password_hash", "SECRET", "\"exported\":false,\"erase\":\"row\"" },
        { "session", "agent", "PERSONAL", "\"retention_days\":30" },
        { "invitation", "expires_at", "OPERATIONAL", "\"retention_days\":7" },
        { "audit_event", "actor", "PERSONAL", "\"erase\":\"none\"" },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *start = arena_printf(&h->w->a, "{\"table\":\"%s\"", rows[i][0]);
        const char *column = arena_printf(&h->w->a, "\"column\":\"%s\"", rows[i][1]);
        bool found = false;
        for (const char *at = map; !found && (at = strstr(at, start)); at++) {
            const char *row = arena_text(&h->w->a, at, strcspn(at, "}"));
            found = strstr(row, column) && strstr(row, rows[i][2]) && strstr(row, rows[i][3]);
        }
        if (!found)
            fail_msg("%s.%s is not in the map with %s", rows[i][0], rows[i][1], rows[i][3]);
    }
    assert_null(strstr(map, "\"table\":\"rate_limit\"")); /* of the store, not of anybody */
}

/* Who cannot open a form that is still made does not find its questions elsewhere. */
static void a_draft_is_known_to_who_makes_it(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    static const char draft[] = "{\"title\":\"Who shall go\",\"fields\":[{\"label\":\"Whose desk\","
                                "\"key\":\"desk\",\"kind\":\"text\"}]}";
    struct answer form = world_post(w, h->owner, "/forms", draft, 201);
    const char *path = arena_printf(&w->a, "/forms/%s", world_text(w, form.body, "id"));
    world_get(w, h->bo, path, 404);
    assert_non_null(strstr(world_get(w, h->owner, "/privacy/data-map", 200).body, "Whose desk"));
    assert_null(strstr(world_get(w, h->bo, "/privacy/data-map", 200).body, "Whose desk"));
    struct unpacked copy = unpack(h, export_of(h, h->bo, "/privacy/me"));
    assert_false(says(&copy, "Who shall go"));
    /* Once somebody has answered, everybody may know what is kept. */
    world_ask(w, h->owner, PATCH, path, "{\"status\":\"open\"}", 1, 200);
    world_post(w, h->bo, arena_printf(&w->a, "%s/submissions", path), "{\"desk\":\"mine\"}", 201);
    world_ask(w, h->owner, PATCH, path, "{\"status\":\"draft\"}", 2, 200);
    assert_non_null(strstr(world_get(w, h->bo, "/privacy/data-map", 200).body, "Whose desk"));
    copy = unpack(h, export_of(h, h->bo, "/privacy/me"));
    assert_true(says(&copy, "Who shall go"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(export_holds_all_but_secrets),
        HOUSE_TEST(tables_share_the_bound_of_an_archive),
        HOUSE_TEST(a_copy_holds_own_rows_alone),
        HOUSE_TEST(a_copy_can_be_read),
        HOUSE_TEST(a_copy_tells_who_read_and_changed),
        HOUSE_TEST(the_data_map_shows_ways_in),
        HOUSE_TEST(a_draft_is_known_to_who_makes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
