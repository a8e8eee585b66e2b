/* disclosure_test.c: what stands in the bytes that would leave, and what does not. */
#include "ai_fixture.h"

#include "crypt/crypt.h"
#include "feature/ai/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
    context_rows(r, probe_cells, r->in->with, 1, sizeof(struct probe_row));
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

/* --- what is told is told on the clock of who asks, and says of which days it is --- */

static const char *asked(struct house *h, const char *provider, bool preview)
{
    const char *json = arena_printf(&h->w->a,
                                    "{\"capability\":\"feedback.me\"," HOUSE_PERIOD
                                    ",\"preview\":%s,\"provider\":\"%s\"}",
                                    preview ? "true" : "false", provider);
    return world_post(h->w, h->owner, "/ai/run", json, 200).body;
}

static void test_times_are_on_the_clock_of_who_asks(void **state)
{
    struct house *h = *state;
    const char *provider = house_provider(h, "");
    house_note(h, h->owner, "early", 2);
    house_patch(h, "/organisation", "{\"zone\":\"Europe/Berlin\"}", 200);
    const char *first = asked(h, provider, true);
    assert_non_null(strstr(first, "2026-03-02T09:00:00+01:00"));
    assert_non_null(strstr(first, "2026-03-02T10:30:00+01:00"));
    world_ask(h->w, h->owner, PUT, "/session/profile",
              "{\"name\":\"Ada Beispiel\",\"zone\":\"Asia/Tokyo\"}", 0, 200);
    const char *second = asked(h, provider, true);
    assert_non_null(strstr(second, "2026-03-02T17:00:00+09:00"));
    assert_null(strstr(second, "T08:00:00"));
}

static void test_an_answer_says_of_which_days_it_is(void **state)
{
    struct house *h = *state;
    house_note(h, h->owner, "within", 2);
    world_post(h->w, h->owner, "/time/entries",
               "{\"started_at\":\"2026-02-10T08:00:00.000Z\",\"ended_at\":"
               "\"2026-02-10T09:30:00.000Z\"}",
               201);
    for (int preview = 0; preview < 2; preview++) {
        const char *said = asked(h, "local", preview);
        assert_non_null(strstr(said, "\"from\":\"2026-03-01\",\"to\":\"2026-04-01\",\"rows\":2,"
                                     "\"compared_from\":\"2026-01-04\",\"compared_rows\":1"));
    }
    const char *sent = asked(h, house_provider(h, ""), true);
    assert_non_null(strstr(sent, "\"from\":\"2026-03-01\",\"to\":\"2026-04-01\",\"rows\":1,"
                                 "\"compared_from\":null,\"compared_rows\":0"));
}

/* --- who asks, for the provider's detection of abuse --- */

static bool nothing_context(struct ai_run *r)
{
    context_line(r);
    return true;
}
static const struct capability nothing = { .name = "feedback.me",
                                           .doc = "Says nothing",
                                           .instruction = "Repeat.",
                                           .context = nothing_context };

static const char *identifier(struct house *h, const char *provider)
{
    struct ai_input in = { .preview = true, .provider = provider };
    struct error err = { 0 };
    struct ai_answer answer;
    if (!house_run(h, &nothing, &in, &err, &answer))
        fail_msg("%s", err.detail);
    return world_text(h->w, answer.disclosure, "safety_identifier");
}

/* Far away, with evidence; nothing is sent. */
static const char *openai_add(struct house *h)
{
    static const char json[] =
        "{\"name\":\"Far\",\"endpoint\":\"https://api.openai.com/v1\",\"model\":\"m\","
        "\"agreement_until\":\"2999-01-01\",\"no_training_until\":\"2999-01-01\","
        "\"zero_retention_until\":\"2999-01-01\"}";
    return world_text(h->w, world_post(h->w, h->owner, "/ai/providers", json, 201).body, "id");
}

/* What anybody could say who knows the organisation's id. */
static const char *plain_hash(struct house *h)
{
    struct arena *a = &h->w->a;
    struct id organisation = world_id(world_self(h->w, h->owner, "organisation"));
    struct buffer b = buffer_new(a);
    uint8_t hash[HASH_SIZE];
    int y, m, d;
    date_split(instant_date_utc(instant_now()), &y, &m, &d);
    buffer_add(&b, organisation.byte, sizeof organisation.byte);
    buffer_printf(&b, "%d-%d", y, m);
    hash_sha256(b.at, b.len, hash);
    return ai_hex(a, hash, 16);
}

static void test_identifier_tells_nothing(void **state)
{
    struct house *h = *state;
    const char *ours = openai_add(h), *ada = h->owner;
    const char *first = identifier(h, ours);
    assert_int_equal(strlen(first), 32);
    assert_string_equal(identifier(h, ours), first);
    assert_string_not_equal(first, plain_hash(h));
    h->later = (struct span){ 32 * 86400 };
    assert_string_not_equal(identifier(h, ours), first);
    h->later = (struct span){ 0 };

    h->owner = world_sign_up(h->w, "Grace Hopper", "grace@example.org");
    house_patch(h, "/ai/settings", "{\"on\":true}", 200);
    world_post(h->w, h->owner, "/ai/switches", "{\"capability\":\"feedback.me\",\"on\":true}", 201);
    assert_string_not_equal(identifier(h, openai_add(h)), first);
    h->owner = ada;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(test_the_table_decides),
        HOUSE_TEST(test_names_of_projects_are_masked),
        HOUSE_TEST(test_times_are_on_the_clock_of_who_asks),
        HOUSE_TEST(test_an_answer_says_of_which_days_it_is),
        HOUSE_TEST(test_identifier_tells_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
