/* disclosure_test.c: what stands in the bytes that would leave, and what does not. */
#include "ai_fixture.h"

#include "feature/ai/run.h"
#include "feature/all.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int open_feedback(void **state)
{
    *state = house_open(features, "feedback.me");
    return 0;
}

static int close_house(void **state)
{
    return house_close(*state);
}

/* --- the table's declaration decides what is masked --- */

struct probe {
    const char *open, *named, *written;
};
static const struct field probe_fields[] = {
    FIELD(struct probe, open, .privacy = OPERATIONAL, .ai = true, .doc = "Says nothing of anybody"),
    FIELD(struct probe, named, .privacy = OPERATIONAL, .ai = true, .masked = true, .doc = "Name"),
    FIELD(struct probe, written, .privacy = CONTENT, .ai = true, .doc = "Free text"),
    { 0 },
};
static const struct table probe_table = { .name = "probe", .fields = probe_fields };
static const char *const probe_columns[] = { "open", "named", "written", NULL };
static const struct ai_read probe_reads[] = { { &probe_table, probe_columns }, { 0 } };

/* Laid out otherwise than the table, and without classes of its own. */
struct probe_row {
    bool unused;
    const char *first, *second, *third;
};
static const struct ai_cell probe_cells[] = {
    AI_CELL(struct probe_row, first, probe_table, "open"),
    AI_CELL(struct probe_row, second, probe_table, "named"),
    AI_CELL(struct probe_row, third, probe_table, "written"),
    { 0 },
};

static bool probe_context(struct ai_run *r)
{
    context_row(r, probe_cells, r->in->with);
    return true;
}
static const struct capability probe = { .name = "feedback.me",
                                         .doc = "Says a row",
                                         .instruction = "Repeat.",
                                         .reads = probe_reads,
                                         .context = probe_context };

static void test_the_table_decides(void **state)
{
    struct house *h = *state;
    struct probe_row row = { .first = "one@example.org",
                             .second = "two@example.org",
                             .third = "three@example.org" };
    struct ai_input in = { .preview = true, .provider = house_provider(h, ""), .with = &row };
    struct error err = { 0 };
    struct ai_answer answer;
    assert_true(house_run(h, &probe, &in, &err, &answer));
    assert_non_null(strstr(answer.disclosure, "one@example.org"));
    assert_null(strstr(answer.disclosure, "two@example.org"));
    assert_null(strstr(answer.disclosure, "three@example.org"));
    assert_int_equal(answer.rows, 1);
}

/* Names of projects are open to everybody, and may be those of people. */
static void test_names_of_projects_are_masked(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    const char *made =
        world_post(w, h->owner, "/projects", "{\"name\":\"Site of Initech GmbH\"}", 201).body;
    world_post(w, h->owner, "/clients", "{\"name\":\"Initech GmbH\"}", 201);
    world_post(w, h->owner, "/time/entries",
               arena_printf(&w->a,
                            "{\"started_at\":\"2026-03-02T08:00:00.000Z\",\"ended_at\":"
                            "\"2026-03-02T09:30:00.000Z\",\"project\":\"%s\"}",
                            world_text(w, made, "id")),
               201);
    const char *json =
        arena_printf(&w->a,
                     "{\"capability\":\"feedback.me\",\"from\":\"2026-03-01\",\"to\":"
                     "\"2026-04-01\",\"preview\":true,\"provider\":\"%s\"}",
                     house_provider(h, ""));
    const char *shown = world_post(w, h->owner, "/ai/run", json, 200).body;
    assert_non_null(strstr(shown, "Site of ORGANIZATION_1"));
    assert_null(strstr(shown, "Initech"));
}

int main(void)
{
#define WITH(name) cmocka_unit_test_setup_teardown(name, open_feedback, close_house)
    const struct CMUnitTest tests[] = {
        WITH(test_the_table_decides),
        WITH(test_names_of_projects_are_masked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
