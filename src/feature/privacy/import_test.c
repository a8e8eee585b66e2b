/* import_test.c: taking an archive in, and refusing what is not one. */
#include "feature/privacy/privacy_fixture.h"

#include "crypt/crypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool may_differ(const char *file)
{
    return !strcmp(file, "manifest.json") || !strcmp(file, "tables/audit_event.jsonl") ||
           !strcmp(file, "tables/audit_checkpoint.jsonl") || !strcmp(file, "tables/person.jsonl") ||
           !strcmp(file, "tables/form.jsonl"); /* the link is of one house alone */
}

static void same_rows(struct house *h, const struct unpacked *a, const struct unpacked *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        if (!may_differ(a->files[i].name) &&
            strcmp(file_of(h, a, a->files[i].name), file_of(h, b, a->files[i].name)) != 0)
            fail_msg("%s differs:\n%s\n%s", a->files[i].name, file_of(h, a, a->files[i].name),
                     file_of(h, b, a->files[i].name));
}

static void an_import_equals_what_was_exported(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    struct blob zip = export_of(h, h->owner, "/privacy/export");
    struct unpacked from = unpack(h, zip);
    const char *report = "/reports/time?from=2026-03-01&to=2026-03-31&by=person";
    world_post(w, h->other, "/notes", "{\"label\":\"replaced\",\"mood\":1}", 201);
    world_post(w, h->other, "/time/entries",
               "{\"started_at\":\"2026-03-05T08:00:00Z\",\"ended_at\":\"2026-03-05T17:00:00Z\"}",
               201);
    world_post(w, h->other, "/forms",
               "{\"title\":\"Old\",\"status\":\"open\",\"fields\":[{\"label\":\"Q\",\"key\":\"q\","
               "\"kind\":\"text\"}]}",
               201);
    import_ok(h, h->other, zip);
    struct unpacked to = unpack(h, export_of(h, h->other, "/privacy/export"));
    same_rows(h, &from, &to);
    const char *people = file_of(h, &to, "tables/person.jsonl");
    assert_int_equal(lines_of(people), 3);
    assert_non_null(strstr(people, "zanzibar@example.org"));
    assert_non_null(strstr(people, "eve@example.org"));
    /* derived sums are made anew */
    struct answer before = world_get(w, h->owner, report, 200);
    struct answer after = world_get(w, h->other, report, 200);
    assert_string_equal(before.body, after.body);
    /* who came along can be invited, and nobody can sign in who could not before */
    world_post(w, h->other, arena_printf(&w->a, "/people/%s/invitation", h->bo_id), "{}", 201);
    assert_string_equal(world_self(w, h->bo, "organisation"), h->organisation);
    /* twice changes nothing */
    import_ok(h, h->other, zip);
    to = unpack(h, export_of(h, h->other, "/privacy/export"));
    same_rows(h, &from, &to);
}

/* What was answered stays as it was when the form asks something else. */
static void an_archive_holds_answers_of_before(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    struct answer form = world_post(
        w, h->owner, "/forms",
        "{\"title\":\"Dinner\",\"status\":\"open\",\"fields\":["
        "{\"label\":\"Dish\",\"key\":\"dish\",\"kind\":\"choice\",\"choices\":[\"fish\",\"soup\"]},"
        "{\"label\":\"Wish\",\"key\":\"wish\",\"kind\":\"text\"},"
        "{\"label\":\"Seats\",\"key\":\"seats\",\"kind\":\"number\"}]}",
        201);
    const char *path = arena_printf(&w->a, "/forms/%s", world_text(w, form.body, "id"));
    const char *answers = arena_printf(&w->a, "%s/submissions", path);
    world_post(w, h->bo, answers, "{\"dish\":\"fish\",\"wish\":\"without bones\"}", 201);
    world_post(w, h->bo, answers, "{\"seats\":2}", 201);
    world_ask(
        w, h->owner, PATCH, path,
        "{\"fields\":[{\"label\":\"Dish\",\"key\":\"dish\",\"kind\":\"choice\",\"required\":true,"
        "\"choices\":[\"soup\",\"stew\"]},"
        "{\"label\":\"Wish\",\"key\":\"wish\",\"kind\":\"text\",\"required\":true,\"max\":5},"
        "{\"label\":\"Seats\",\"key\":\"seats\",\"kind\":\"number\",\"required\":true}]}",
        1, 200);
    struct blob zip = export_of(h, h->owner, "/privacy/export");
    struct unpacked from = unpack(h, zip);
    import_ok(h, h->other, zip);
    struct unpacked to = unpack(h, export_of(h, h->other, "/privacy/export"));
    same_rows(h, &from, &to);
    world_post(w, h->other, answers, "{\"dish\":\"fish\",\"wish\":\"none\",\"seats\":1}", 422);
    world_post(w, h->other, answers, "{\"dish\":\"stew\",\"wish\":\"none\",\"seats\":1}", 201);
}

/* A question that came after the archive leaves nothing behind, so that its key is free again. */
static void questions_go_with_the_rows(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    static const char *const asked =
        "{\"fields\":[{\"label\":\"Wish\",\"key\":\"wish_id\",\"kind\":\"text\"},"
        "{\"label\":\"Seat\",\"key\":\"seat\",\"kind\":\"%s\"}]}";
    const char *form = world_text(w, world_get(w, h->owner, "/forms", 200).body, "id");
    const char *path = arena_printf(&w->a, "/forms/%s", form);
    const char *answers = arena_printf(&w->a, "%s/submissions", path);
    struct blob before = export_of(h, h->owner, "/privacy/export");
    world_ask(w, h->owner, PATCH, path, arena_printf(&w->a, asked, "text"), 1, 200);
    world_post(w, h->bo, answers, "{\"seat\":\"by the door\"}", 201);
    struct blob behind = export_of(h, h->owner, "/privacy/export");
    import_ok(h, h->owner, before);
    world_ask(w, h->owner, PATCH, path, arena_printf(&w->a, asked, "number"), 1, 200);
    world_post(w, h->bo, answers, "{\"seat\":4}", 201);
    assert_non_null(strstr(world_get(w, h->owner, answers, 200).body, "\"seat\":4"));
    import_ok(h, h->owner, behind);
    assert_non_null(strstr(world_get(w, h->owner, answers, 200).body, "\"seat\":\"by the door\""));
}

static void one_can_go_back_to_an_own_archive(void **state)
{
    struct house *h = *state;
    struct blob zip = export_of(h, h->owner, "/privacy/export");
    struct unpacked from = unpack(h, zip);
    world_post(h->w, h->owner, "/notes", "{\"label\":\"a mistake\",\"mood\":1}", 201);
    import_ok(h, h->owner, zip);
    struct unpacked to = unpack(h, export_of(h, h->owner, "/privacy/export"));
    same_rows(h, &from, &to);
    assert_string_equal(world_self(h->w, h->owner, "role"), "owner");
    world_get(h->w, NULL, arena_printf(&h->w->a, "/public/forms/%s", h->link), 200);
}

/* Else nobody could end their accounts, and their addresses were taken for ever. */
static void who_has_an_account_stays(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    const char *bo = arena_printf(&w->a, "/people/%s", h->bo_id);
    struct blob zip = export_of(h, h->owner, "/privacy/export");
    const char *cy = world_invite(w, h->owner, "Cy", "cy@example.org", "manager");
    const char *cy_id = world_self(w, cy, "person");
    const char *joined = world_text(w, world_get(w, h->owner, bo, 200).body, "joined_at");
    world_ask(w, h->owner, PATCH, bo, "{\"role\":\"auditor\"}",
              atoll(world_get(w, h->owner, bo, 200).etag), 200);
    import_ok(h, h->owner, zip);
    assert_string_equal(world_self(w, h->bo, "role"), "auditor");
    assert_string_equal(world_text(w, world_get(w, h->owner, bo, 200).body, "joined_at"), joined);
    assert_string_equal(world_self(w, cy, "role"), "manager");
    world_post(w, h->owner, arena_printf(&w->a, "/people/%s/erasure", cy_id),
               "{\"confirm\":\"Cy\"}", 200);
    world_get(w, cy, "/session", 401);
    world_invite(w, h->owner, "Cy", "cy@example.org", "member");
}

/* The same person elsewhere: known by email, under another id. */
static void the_importer_is_recognised_by_email(void **state)
{
    struct house *h = *state, there = { 0 };
    struct blob zip = export_of(h, h->owner, "/privacy/export");
    there.w = world_new(h->w->features);
    there.owner = world_sign_up(there.w, "Ada", "Ada@Example.org");
    there.owner_id = world_self(there.w, there.owner, "person");
    import_ok(&there, there.owner, zip);
    struct unpacked u = unpack(&there, export_of(&there, there.owner, "/privacy/export"));
    assert_int_equal(lines_of(file_of(&there, &u, "tables/person.jsonl")), 2);
    assert_false(says(&u, h->owner_id));
    const char *own = arena_printf(&there.w->a, "/notes?person=%s", there.owner_id);
    assert_non_null(strstr(world_get(there.w, there.owner, own, 200).body, "the owner's"));
    assert_int_equal(world_free(there.w), 0);
}

/* ---- hostile archives ---- */

static struct blob pack(struct house *h, const struct unpacked *u)
{
    struct blob zip;
    struct error err = { 0 };
    assert_true(archive_write(&h->w->a, u->files, u->count, instant_now(), &zip, &err));
    return zip;
}

static size_t index_of(const struct unpacked *u, const char *name)
{
    size_t i = 0;
    while (i < u->count && strcmp(u->files[i].name, name) != 0)
        i++;
    assert_true(i < u->count);
    return i;
}

/* Replaces the first `from` in a file, and the file's hash in the manifest. */
static struct blob forge(struct house *h, const char *file, const char *from, const char *to)
{
    struct arena *a = &h->w->a;
    struct unpacked u = unpack(h, export_of(h, h->owner, "/privacy/export"));
    const char *old = file_of(h, &u, file), *at = strstr(old, from);
    assert_non_null(at);
    const char *new = arena_printf(a, "%.*s%s%s", (int)(at - old), old, to, at + strlen(from));
    char hex[2][2 * HASH_SIZE + 1];
    for (int k = 0; k < 2; k++) {
        uint8_t hash[HASH_SIZE];
        hash_sha256(k ? new : old, strlen(k ? new : old), hash);
        hex_format(hash, sizeof hash, hex[k]);
    }
    u.files[index_of(&u, file)].content = (struct blob){ new, strlen(new) };
    if (strcmp(file, "manifest.json") != 0) {
        const char *m = file_of(h, &u, "manifest.json"), *said = strstr(m, hex[0]);
        assert_non_null(said);
        m = arena_printf(a, "%.*s%s%s", (int)(said - m), m, hex[1], said + 2 * HASH_SIZE);
        u.files[index_of(&u, "manifest.json")].content = (struct blob){ m, strlen(m) };
    }
    return pack(h, &u);
}

/* Of a release that kept them. */
static void signs_that_turn_a_line_stay_behind(void **state)
{
    static const char turned[] = "\"name\":\"\u202E\u200F";
    struct house *h = *state;
    import_ok(h, h->other, forge(h, "tables/person.jsonl", "\"name\":\"", turned));
    struct unpacked u = unpack(h, export_of(h, h->other, "/privacy/export"));
    assert_false(says(&u, "\u202E"));
    assert_false(says(&u, "\u200F"));
    assert_int_equal(lines_of(file_of(h, &u, "tables/person.jsonl")), 3);
}

static struct blob renamed(struct house *h, const char *file, const char *name)
{
    struct unpacked u = unpack(h, export_of(h, h->owner, "/privacy/export"));
    u.files[index_of(&u, file)].name = name;
    return pack(h, &u);
}

static struct blob bomb(struct house *h)
{
    enum { SIZE = 60 << 20 };
    char *zeros = calloc(1, SIZE);
    struct unpacked u = unpack(h, export_of(h, h->owner, "/privacy/export"));
    u.files[index_of(&u, "tables/note.jsonl")].content = (struct blob){ zeros, SIZE };
    struct blob zip = pack(h, &u);
    assert_true(zip.len < 1 << 20);
    free(zeros);
    return zip;
}

/* An archive of one file, whose LZMA wants a GiB of memory for 25 bytes. */
static const char greedy[] =
    "\x50\x4b\x03\x04\x3f\x00\x00\x00\x0e\x00\x00\x00\x21\x00\x6a\x24\x5b\x3b\x2d\x00\x00\x00"
    "\x19\x00\x00\x00\x0d\x00\x00\x00\x6d\x61\x6e\x69\x66\x65\x73\x74\x2e\x6a\x73\x6f\x6e\x09"
    "\x14\x05\x00\x5d\x00\x00\x00\x40\x00\x3d\x88\x88\xc7\x34\x2b\x6d\xcd\x64\x27\x98\x60\x4b"
    "\xca\x27\xa0\xc1\x5c\x76\x91\x81\x9d\xd6\xb4\x5b\x30\x08\x6a\x27\xff\xff\xe6\x54\x00\x00"
    "\x50\x4b\x01\x02\x3f\x00\x3f\x00\x00\x00\x0e\x00\x00\x00\x21\x00\x6a\x24\x5b\x3b\x2d\x00"
    "\x00\x00\x19\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x6d\x61\x6e\x69\x66\x65\x73\x74\x2e\x6a\x73\x6f\x6e\x50\x4b\x05\x06\x00\x00\x00"
    "\x00\x01\x00\x01\x00\x3b\x00\x00\x00\x58\x00\x00\x00\x00\x00";

static void refused(struct house *h, struct blob zip, const char *why)
{
    struct unpacked before = unpack(h, export_of(h, h->other, "/privacy/export"));
    struct answer r = import_as(h, h->other, zip);
    if (r.status != 422 || !strstr(r.body, why))
        fail_msg("wanted \"%s\", got %d %s", why, r.status, r.body);
    struct unpacked after = unpack(h, export_of(h, h->other, "/privacy/export"));
    same_rows(h, &before, &after);
}

static void hostile_archives_change_nothing(void **state)
{
    struct house *h = *state;
    static const char note[] = "tables/note.jsonl", person[] = "tables/person.jsonl";
    struct blob whole = export_of(h, h->owner, "/privacy/export");
    world_post(h->w, h->other, "/notes", "{\"label\":\"stays\",\"mood\":1}", 201);
    refused(h, (struct blob){ "no archive", 10 }, "not an archive");
    refused(h, (struct blob){ whole.at, whole.len / 2 }, "not an archive");
    refused(h, bomb(h), "not an archive");
    refused(h, (struct blob){ greedy, sizeof greedy - 1 }, "not an archive");
    refused(h, renamed(h, note, "../../etc/passwd"), "a file that its manifest does not");
    refused(h, renamed(h, note, "/tables/note.jsonl"), "a file that its manifest does not");
    refused(h, renamed(h, note, person), "manifest");
    refused(h, renamed(h, "manifest.json", "manifest.txt"), "not an archive");
    refused(h, export_of(h, h->bo, "/privacy/me"), "whole organisation");
    refused(h, forge(h, "manifest.json", "\"note\", \"rows\": 2", "\"note\", \"rows\": 3"),
            "not as many rows");
    refused(h, forge(h, "manifest.json", "vow-export-1", "vow-export-2"), "whole organisation");
    refused(h, forge(h, "manifest.json", "\"table\": \"note\"", "\"table\": \"nota\""), "manifest");
    refused(h, forge(h, "manifest.json", "{", "["), "manifest");
    refused(h, forge(h, note, "\"label\"", "\"libel\""), "libel");
    refused(h, forge(h, note, "\"label\"", "\"pin\":\"1\",\"label\""), "pin");
    refused(h, forge(h, note, "\"mood\":7", "\"mood\":\"seven\""), "mood");
    refused(h, forge(h, note, "\"mood\":7", "\"mood\":10"), "mood");
    refused(h, forge(h, note, "\"version\":1", "\"version\":0"), "no id or no version");
    refused(h, forge(h, note, h->bo_id, "00000000-0000-7000-8000-000000000001"), "not there");
    refused(h, forge(h, note, "{", "{{"), "not JSON");
    refused(h, forge(h, note, "}\n", "}"), "not JSON");
}

/* What no request could bring does not come with an archive that was written by hand. */
static void an_archive_brings_no_more_than_requests_could(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    static const char provider[] = "tables/ai_provider.jsonl", hook[] = "tables/hook.jsonl";
    const char *form = world_text(w, world_get(w, h->owner, "/forms", 200).body, "id");
    world_post(w, h->owner, "/ai/providers",
               "{\"name\":\"P\",\"endpoint\":\"http://127.0.0.1:9/v1\",\"model\":\"m\","
               "\"local\":true}",
               422);
    world_post(w, h->owner, "/ai/providers",
               "{\"name\":\"P\",\"endpoint\":\"https://example.org/v1\",\"model\":\"m\","
               "\"local\":false,\"agreement_until\":\"2199-01-01\"}",
               201);
    world_post(w, h->owner, "/hooks",
               arena_printf(&w->a, "{\"form\":\"%s\",\"name\":\"H\",\"template\":\"Hello\"}", form),
               201);
    /* neither the operator's word nor evidence */
    import_ok(h, h->other, forge(h, provider, "\"local\":false", "\"local\":true"));
    struct answer r = world_get(w, h->other, "/ai/providers", 200);
    assert_non_null(strstr(r.body, "\"local\":false"));
    assert_null(strstr(r.body, "2199"));
    /* nor a prompt that is on without having been looked at */
    import_ok(
        h, h->other,
        forge(h, hook, "\"on\":false,\"previewed\":null", "\"on\":true,\"previewed\":\"00\""));
    r = world_get(w, h->other, "/hooks", 200);
    assert_non_null(strstr(r.body, "\"on\":false"));
    assert_null(strstr(r.body, "\"previewed\":\"00\""));
    /* nor the link of another house, nor an end to it */
    r = world_get(w, h->other, "/forms", 200);
    assert_null(strstr(r.body, h->link));
    const char *path = arena_printf(&w->a, "/forms/%s", form);
    r = world_get(w, h->other, path, 200);
    world_ask(w, h->other, PATCH, path, "{\"public\":true}", atoll(r.etag), 200);
    world_get(w, NULL, arena_printf(&w->a, "/public/forms/%s", h->link), 200);
    /* nor questions that no form has */
    static const char question[] = "tables/form_field.jsonl";
    refused(h, forge(h, question, "\"key\":\"wish_id\"", "\"key\":\"submitter\""), "question");
    refused(h,
            forge(h, question, "\"privacy\":\"CONTENT\",\"required\":false,\"ai\":false",
                  "\"privacy\":\"SENSITIVE\",\"required\":false,\"ai\":true"),
            "question");
    refused(h, forge(h, question, "\"kind\":\"text\"", "\"kind\":null"), "lacks");
}

/* A no to AI is the person's own: an archive does not take it back. */
static void an_objection_outlives_an_import(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    struct blob before = export_of(h, h->owner, "/privacy/export");
    world_ask(w, h->bo, PUT, "/ai/objection", "{\"objected\":true}", 0, 200);
    import_ok(h, h->owner, before);
    assert_non_null(strstr(world_get(w, h->bo, "/ai/objection", 200).body, "\"objected\":true"));
    import_ok(h, h->owner,
              forge(h, "tables/ai_objection.jsonl", "\"objected\":true", "\"objected\":false"));
    assert_non_null(strstr(world_get(w, h->bo, "/ai/objection", 200).body, "\"objected\":true"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(an_import_equals_what_was_exported),
        HOUSE_TEST(an_archive_holds_answers_of_before),
        HOUSE_TEST(questions_go_with_the_rows),
        HOUSE_TEST(one_can_go_back_to_an_own_archive),
        HOUSE_TEST(who_has_an_account_stays),
        HOUSE_TEST(the_importer_is_recognised_by_email),
        HOUSE_TEST(signs_that_turn_a_line_stay_behind),
        HOUSE_TEST(hostile_archives_change_nothing),
        HOUSE_TEST(an_archive_brings_no_more_than_requests_could),
        HOUSE_TEST(an_objection_outlives_an_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
