/* privacy_test.c: people's rights over tables that nobody but this test knows, and over all real
   ones beside them. */
#include "feature/privacy/archive.h"
#include "feature/privacy/privacy.h"

#include "core/rows.h"
#include "core/tenant.h"
#include "core/workers.h"
#include "crypt/crypt.h"
#include "feature/all.h"
#include "feature/organisation/organisation.h"
#include "feature/world_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- a feature made up here: one table per rule of erasure ---- */

struct note {
    ROW_MEMBERS;
    struct id person, helper;
    struct list watchers, words;
    const char *label, *health, *pin;
    int64_t mood, amount;
    bool done;
    struct date born;
    struct blob photo;
};
static const struct field note_fields[] = {
    ROW_FIELDS(struct note),
    FIELD(struct note, person, .privacy = PERSONAL, .subject = true, .refers = &person_table,
          .filter = true, .doc = "Whose it is"),
    FIELD(struct note, helper, .privacy = PERSONAL, .refers = &person_table, .doc = "Who helped"),
    FIELD(struct note, watchers, .of = KIND_ID, .privacy = PERSONAL, .refers = &person_table,
          .max = 9, .doc = "Who looks on"),
    FIELD(struct note, words, .of = KIND_TEXT, .privacy = CONTENT, .max = 9, .doc = "Words"),
    FIELD(struct note, label, .privacy = CONTENT, .required = true, .min = 1, .max = 60,
          .doc = "What it says"),
    FIELD(struct note, health, .privacy = SENSITIVE, .max = 60, .doc = "How one is"),
    FIELD(struct note, pin, .privacy = SECRET, .max = 20, .doc = "Never shown"),
    FIELD(struct note, mood, .privacy = PERSONAL, .min = 1, .max = 9, .required = true,
          .doc = "From 1 to 9"),
    FIELD(struct note, amount, .privacy = OPERATIONAL, .max = 1000, .doc = "For the books"),
    FIELD(struct note, done, .privacy = PERSONAL, .doc = "Whether it is done"),
    FIELD(struct note, born, .privacy = PERSONAL, .doc = "A day"),
    FIELD(struct note, photo, .privacy = SENSITIVE, .max = 5000, .doc = "A picture"),
    { 0 },
};
struct scrap {
    ROW_MEMBERS;
    struct id person;
    const char *label;
};
static const struct field scrap_fields[] = {
    ROW_FIELDS(struct scrap),
    FIELD(struct scrap, person, .privacy = PERSONAL, .subject = true, .refers = &person_table,
          .doc = "Whose it is"),
    FIELD(struct scrap, label, .privacy = CONTENT, .max = 60, .doc = "What it says"),
    { 0 },
};
static const struct permission note_use = {
    "note.use",
    "Use notes",
    { [ROLE_MEMBER] = SCOPE_OWN, [ROLE_OWNER] = SCOPE_ALL },
};
static const struct table note_table = {
    .name = "note",
    .doc = "Notes that stay for the books",
    .fields = note_fields,
    .size = sizeof(struct note),
    .path = "/notes",
    .read = &note_use,
    .write = &note_use,
    .erase = ERASE_PERSON,
};
static const struct table scrap_table = {
    .name = "scrap",
    .doc = "Notes that go",
    .fields = scrap_fields,
    .size = sizeof(struct scrap),
    .path = "/scraps",
    .read = &note_use,
    .write = &note_use,
    .erase = ERASE_ROW,
};
static const struct table *const note_tables[] = { &note_table, &scrap_table, NULL };
static const struct permission *const note_permissions[] = { &note_use, NULL };
static const struct feature notes = { .name = "notes",
                                      .tables = note_tables,
                                      .permissions = note_permissions };

static const struct table *table_named(const struct app *app, const char *name)
{
    for (const struct table *const *t = app->tables; *t; t++)
        if (!strcmp((*t)->name, name))
            return *t;
    fail_msg("no table %s", name);
    return NULL;
}

enum { FEATURES_MAX = 20 };
static const struct feature *all[FEATURES_MAX];

/* ---- a house with an owner, Bo whose name is Zanzibar, and somebody else's house ---- */

#define CANARY "Zanzibar"
#define PIN "9137-secret"

struct house {
    struct world *w;
    const char *owner, *bo, *other; /* sessions */
    const char *bo_id, *owner_id, *organisation, *link;
};

static void notes_write(struct house *h)
{
    struct world *w = h->w;
    const char *mine = arena_printf(
        &w->a,
        "{\"person\":\"%s\",\"watchers\":[\"%s\",\"%s\"],\"words\":[\"" CANARY "\",\"b\"],"
        "\"label\":\"of " CANARY "\",\"health\":\"" CANARY " has a cold\",\"pin\":\"" PIN
        "\",\"mood\":7,\"amount\":42,\"done\":true,\"born\":\"1990-02-03\","
        "\"photo\":\"WmFuemliYXI=\"}",
        h->bo_id, h->bo_id, h->owner_id);
    world_post(w, h->bo, "/notes", mine, 201);
    world_post(w, h->bo, "/scraps",
               arena_printf(&w->a, "{\"person\":\"%s\",\"label\":\"" CANARY "\"}", h->bo_id), 201);
    world_post(w, h->owner, "/notes",
               arena_printf(&w->a,
                            "{\"person\":\"%s\",\"helper\":\"%s\",\"watchers\":[\"%s\",\"%s\"],"
                            "\"label\":\"the owner's\",\"mood\":3,\"amount\":1}",
                            h->owner_id, h->bo_id, h->bo_id, h->owner_id),
               201);
    world_post(w, h->bo, "/time/entries",
               "{\"started_at\":\"2026-03-02T08:00:00Z\",\"ended_at\":\"2026-03-02T09:00:00Z\","
               "\"note\":\"worked as " CANARY "\"}",
               201);
}

static void form_write(struct house *h)
{
    struct world *w = h->w;
    struct answer form = world_post(
        w, h->owner, "/forms",
        "{\"title\":\"Lunch\",\"status\":\"open\",\"public\":true,\"fields\":[{\"label\":\"Wish\","
        "\"key\":\"wish\",\"kind\":\"text\",\"privacy\":\"CONTENT\"}]}",
        201);
    const char *id = world_text(w, form.body, "id");
    h->link = world_text(w, form.body, "link");
    world_post(w, h->bo, arena_printf(&w->a, "/forms/%s/submissions", id),
               "{\"wish\":\"soup for " CANARY "\"}", 201);
    world_get(w, NULL, arena_printf(&w->a, "/public/forms/%s", h->link), 200);
}

static int setup(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    size_t n = 0;
    for (; features[n]; n++)
        all[n] = features[n];
    all[n] = &notes;
    struct world *w = h->w = world_new(all);
    h->owner = world_sign_up(w, "Ada", "ada@example.org");
    h->other = world_sign_up(w, "Eve", "eve@example.org");
    h->bo = world_invite(w, h->owner, "Bo " CANARY, "zanzibar@example.org", "member");
    h->bo_id = world_self(w, h->bo, "person");
    h->owner_id = world_self(w, h->owner, "person");
    h->organisation = world_self(w, h->owner, "organisation");
    notes_write(h);
    form_write(h);
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

/* ---- archives ---- */

struct unpacked {
    struct archive_file *files;
    size_t count;
};

static struct blob export_of(struct house *h, const char *session, const char *path)
{
    struct answer r = world_get(h->w, session, path, 200);
    assert_string_equal(r.type, "application/zip");
    return (struct blob){ r.body, r.length };
}

static struct unpacked unpack(struct house *h, struct blob zip)
{
    struct unpacked u;
    struct error err = { 0 };
    assert_true(archive_read(&h->w->a, zip, 500, 10 << 20, &u.files, &u.count, &err));
    return u;
}

static const char *file_of(struct house *h, const struct unpacked *u, const char *name)
{
    for (size_t i = 0; i < u->count; i++)
        if (!strcmp(u->files[i].name, name))
            return arena_text(&h->w->a, u->files[i].content.at, u->files[i].content.len);
    fail_msg("no %s", name);
    return NULL;
}

static int lines_of(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static bool says(const struct unpacked *u, const char *text)
{
    for (size_t i = 0; i < u->count; i++)
        if (memmem(u->files[i].content.at, u->files[i].content.len, text, strlen(text)))
            return true;
    return false;
}

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

/* ---- taking in ---- */

static struct answer import_as(struct house *h, const char *session, struct blob zip)
{
    struct answer r;
    struct call c = { .method = POST,
                      .path = "/privacy/import",
                      .session = session,
                      .body = zip,
                      .type = "application/zip" };
    app_call(h->w->app, &h->w->a, &c, &r);
    return r;
}

static void import_ok(struct house *h, const char *session, struct blob zip)
{
    struct answer r = import_as(h, session, zip);
    if (r.status != 200)
        fail_msg("import: %d %s", r.status, r.body);
}

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

/* The same person elsewhere: known by email, under another id. */
static void the_importer_is_recognised_by_email(void **state)
{
    struct house *h = *state, there = { 0 };
    struct blob zip = export_of(h, h->owner, "/privacy/export");
    there.w = world_new(all);
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
    refused(h, forge(h, question, "\"key\":\"wish\"", "\"key\":\"submitter\""), "question");
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

/* ---- who decided about an answer ---- */

static bool suggestion_put(struct ctx *c, void *with)
{
    const struct table *t = table_named(c->app, "suggestion");
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
    struct answer first, again;
    struct call c = { .method = POST,
                      .path = "/people",
                      .session = h->owner,
                      .key = "once",
                      .json = "{\"name\":\"Quagga\"}" };
    app_call(w->app, &w->a, &c, &first);
    app_call(w->app, &w->a, &c, &again);
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
    assert_true(w->app->tenant_key(w->app, organisation, &key, &err));
    world_post(w, h->owner, "/organisation/deletion", "{\"confirm\":\"House of Ada\"}", 204);
    assert_false(w->app->tenant_key(w->app, organisation, &key, &err));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(export_holds_all_but_secrets, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_share_the_bound_of_an_archive, setup, teardown),
        cmocka_unit_test_setup_teardown(a_copy_holds_own_rows_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(the_data_map_shows_ways_in, setup, teardown),
        cmocka_unit_test_setup_teardown(an_import_equals_what_was_exported, setup, teardown),
        cmocka_unit_test_setup_teardown(one_can_go_back_to_an_own_archive, setup, teardown),
        cmocka_unit_test_setup_teardown(the_importer_is_recognised_by_email, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_archives_change_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(an_archive_brings_no_more_than_requests_could, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_objection_outlives_an_import, setup, teardown),
        cmocka_unit_test_setup_teardown(erasing_leaves_no_trace_but_the_books, setup, teardown),
        cmocka_unit_test_setup_teardown(a_person_id_of_two_houses_is_two_people, setup, teardown),
        cmocka_unit_test_setup_teardown(erasing_clears_who_decided, setup, teardown),
        cmocka_unit_test_setup_teardown(erasing_forgets_kept_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(an_owner_is_not_erased, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_opens_an_ended_organisation, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
