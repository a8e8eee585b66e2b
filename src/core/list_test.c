/* list_test.c: pages of a table made up here: sort, filters, search, cursors. */
#include "list.h"

#include "feature/accounts/accounts.h"
#include "feature/organisation/organisation.h"
#include "feature/world_fixture.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct leaf {
    ROW_MEMBERS;
    struct id person;
    const char *label, *note;
    int64_t weight;
};
static const struct field leaf_fields[] = {
    ROW_FIELDS(struct leaf),
    FIELD(struct leaf, person, .privacy = PERSONAL, .subject = true, .refers = &person_table,
          .filter = true, .doc = "Whose it is"),
    FIELD(struct leaf, label, .privacy = CONTENT, .required = true, .max = 20, .filter = true,
          .search = true, .doc = "What it is called"),
    FIELD(struct leaf, note, .privacy = CONTENT, .max = 200, .search = true, .doc = "What it is"),
    FIELD(struct leaf, weight, .privacy = OPERATIONAL, .max = 1000, .filter = true,
          .doc = "Weight in grams"),
    { 0 },
};
static const struct permission leaf_use = {
    "leaf.use", "Use leaves", { [ROLE_MEMBER] = SCOPE_OWN, [ROLE_OWNER] = SCOPE_ALL }
};
static const struct table leaf_table = {
    .name = "leaf",
    .doc = "Leaves",
    .fields = leaf_fields,
    .size = sizeof(struct leaf),
    .path = "/leaves",
    .read = &leaf_use,
    .write = &leaf_use,
    .erase = ERASE_ROW,
};
static const struct table *const leaf_tables[] = { &leaf_table, NULL };
static const struct permission *const leaf_permissions[] = { &leaf_use, NULL };
static const struct feature leaves = { .name = "leaves",
                                       .tables = leaf_tables,
                                       .permissions = leaf_permissions };
static const struct feature *const test_features[] = { &organisation_feature, &accounts_feature,
                                                       &leaves, NULL };

static int setup(void **state)
{
    return founded_open(state, test_features);
}

static void leaf_make(struct founded *w, const char *session, const char *members)
{
    world_post(w->world, session, "/leaves", arena_printf(&w->world->a, "{%s}", members), 201);
}

static int leaves_in(const char *body)
{
    int n = 0;
    for (const char *at = body; (at = strstr(at, "\"label\"")); at++)
        n++;
    return n;
}

/* Rows over all pages of a list, and how many pages. */
static int count(struct founded *w, const char *session, const char *query, int *pages)
{
    const char *cursor = "";
    int seen = 0;
    for (*pages = 1;; ++*pages) {
        const char *path =
            arena_printf(&w->world->a, "/leaves?%s%s%s", query, *cursor ? "&cursor=" : "", cursor);
        struct answer r = world_get(w->world, session, path, 200);
        seen += leaves_in(r.body);
        if (strstr(r.body, "\"next\":null"))
            return seen;
        cursor = world_text(w->world, r.body, "next");
    }
}

static void test_pages(void **state)
{
    struct founded *w = *state;
    static const char *const sorts[] = { "weight", "-weight", "label", "-label", "-created_at" };
    int pages;
    for (int i = 0; i < 25; i++)
        leaf_make(w, w->owner,
                  arena_printf(&w->world->a, "\"label\":\"g%02d\",\"weight\":%d", i, i % 3));
    for (size_t s = 0; s < LENGTH(sorts); s++) {
        const char *query = arena_printf(&w->world->a, "limit=7&sort=%s", sorts[s]);
        assert_int_equal(count(w, w->owner, query, &pages), 25);
        assert_int_equal(pages, 4);
        /* 3, 13 and 23, each on a page of its own, and then what is behind the last. */
        query = arena_printf(&w->world->a, "limit=1&label_contains=3&sort=%s", sorts[s]);
        assert_int_equal(count(w, w->owner, query, &pages), 3);
        assert_in_range(pages, 3, 4);
    }
    assert_int_equal(count(w, w->owner, "weight=2&weight_from=1&weight_to=3&limit=100", &pages), 8);
}

/* It is kept in finer units than it is told in. */
static void test_a_time_that_was_told_finds_its_row(void **state)
{
    struct founded *w = *state;
    struct arena *a = &w->world->a;
    int pages;
    for (int i = 0; i < 5; i++) {
        const char *made = world_post(w->world, w->owner, "/leaves", "{\"label\":\"g\"}", 201).body;
        const char *path =
            arena_printf(a, "/leaves?created_at=%s", world_text(w->world, made, "created_at"));
        const char *found = world_get(w->world, w->owner, path, 200).body;
        assert_non_null(strstr(found, world_text(w->world, made, "id")));
    }
    assert_int_equal(count(w, w->owner, "created_at=2026-01-01T00:00:00Z", &pages), 0);
}

static void test_search(void **state)
{
    struct founded *w = *state;
    static const struct {
        const char *query;
        int found;
    } rows[] = {
        { "note_contains=%C3%A4RGER", 1 },
        { "note_contains=%C3%84rger", 1 },
        { "note_contains=arger", 0 },
        { "note_contains=100%25", 1 },
        { "note_contains=100_", 0 },
        { "note_contains=r", 3 },
        { "note_contains=r&weight=2", 1 },
        { "note_contains=%", 422 },
        { "note_contains=r&label_contains=B", 1 },
        { "note_contains=", 422 },
        { "weight_contains=1", 422 },
        { "label=b&note_contains=of", 1 },
        { "note_contains=of%20work%21%21", 0 },
    };
    const char *member =
        world_invite(w->world, w->owner, "Bo Beispiel", "bo@example.org", "member");
    int pages;
    leaf_make(w, w->owner, "\"label\":\"a\",\"note\":\"\xC3\x84rger mit Arbeit\",\"weight\":1");
    leaf_make(w, w->owner, "\"label\":\"b\",\"note\":\"100% of work\",\"weight\":2");
    leaf_make(w, w->owner, "\"label\":\"c\"");
    leaf_make(w, w->owner,
              arena_printf(&w->world->a, "\"label\":\"d\",\"note\":\"For mine\",\"person\":\"%s\"",
                           world_self(w->world, member, "person")));
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (rows[i].found == 422)
            world_get(w->world, w->owner, arena_printf(&w->world->a, "/leaves?%s", rows[i].query),
                      422);
        else
            assert_int_equal(count(w, w->owner, rows[i].query, &pages), rows[i].found);
    }
    assert_int_equal(count(w, member, "note_contains=r", &pages), 1);
    const char *far = arena_alloc(&w->world->a, SEARCH_TEXT_MAX + 2);
    memset((char *)(uintptr_t)far, 'r', SEARCH_TEXT_MAX + 1);
    world_get(w->world, w->owner, arena_printf(&w->world->a, "/leaves?note_contains=%s", far), 422);
}

static bool many_make(struct ctx *c, void *with)
{
    const int *n = with;
    for (int i = 0; i < *n; i++) {
        struct leaf leaf = { .label = "dry", .note = "nothing" };
        if (!row_create(c, &leaf_table, &leaf))
            return false;
    }
    return true;
}

/* A page does not read for ever: it ends, and the next goes on behind it. */
static void test_a_search_ends(void **state)
{
    struct founded *w = *state;
    struct arena a = { 0 };
    struct error err = { 0 };
    int many = 10100, pages;
    leaf_make(w, w->owner, "\"label\":\"wet\",\"note\":\"needle\"");
    struct ctx c = app_ctx(w->world->app, &a, &err, "test");
    assert_true(organisation_write(&c, founded_organisation(w), many_make, &many));
    arena_done(&a);
    struct answer r = world_get(w->world, w->owner, "/leaves?note_contains=needle", 200);
    assert_int_equal(leaves_in(r.body), 0);
    assert_null(strstr(r.body, "\"next\":null"));
    assert_int_equal(count(w, w->owner, "note_contains=needle", &pages), 1);
    assert_int_equal(pages, 2);
    assert_int_equal(count(w, w->owner, "note_contains=needle&sort=created_at", &pages), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pages, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_a_time_that_was_told_finds_its_row, setup,
                                        founded_close),
        cmocka_unit_test_setup_teardown(test_search, setup, founded_close),
        cmocka_unit_test_setup_teardown(test_a_search_ends, setup, founded_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
