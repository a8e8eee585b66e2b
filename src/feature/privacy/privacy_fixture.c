/* privacy_fixture.c: the tables made up, the people, and their archives. */
#include "feature/privacy/privacy_fixture.h"

#include "feature/all.h"
#include "feature/organisation/organisation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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
    int64_t weight;
};
static const struct field scrap_fields[] = {
    ROW_FIELDS(struct scrap),
    FIELD(struct scrap, person, .privacy = PERSONAL, .subject = true, .refers = &person_table,
          .doc = "Whose it is"),
    FIELD(struct scrap, label, .privacy = CONTENT, .max = 60, .doc = "What it says"),
    FIELD(struct scrap, weight, .privacy = OPERATIONAL, .min = -1, .max = 9, .unknown = -1,
          .doc = "In grams; -1 when nobody weighed it"),
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

enum { FEATURES_MAX = 20 };
static const struct feature *all[FEATURES_MAX];

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
        "\"key\":\"wish_id\",\"kind\":\"text\",\"privacy\":\"CONTENT\"}]}",
        201);
    const char *id = world_text(w, form.body, "id");
    h->link = world_text(w, form.body, "link");
    world_post(w, h->bo, arena_printf(&w->a, "/forms/%s/submissions", id),
               "{\"wish_id\":\"soup for " CANARY "\"}", 201);
    world_get(w, NULL, arena_printf(&w->a, "/public/forms/%s", h->link), 200);
}

int house_open(void **state)
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

int house_close(void **state)
{
    struct house *h = *state;
    int failed = world_free(h->w);
    free(h);
    return failed;
}

struct blob export_of(struct house *h, const char *session, const char *path)
{
    struct answer r = world_get(h->w, session, path, 200);
    assert_string_equal(r.type, "application/zip");
    return (struct blob){ r.body, r.length };
}

struct unpacked unpack(struct house *h, struct blob zip)
{
    struct unpacked u;
    struct error err = { 0 };
    assert_true(archive_read(&h->w->a, zip, 500, 10 << 20, &u.files, &u.count, &err));
    return u;
}

const char *file_of(struct house *h, const struct unpacked *u, const char *name)
{
    for (size_t i = 0; i < u->count; i++)
        if (!strcmp(u->files[i].name, name))
            return arena_text(&h->w->a, u->files[i].content.at, u->files[i].content.len);
    fail_msg("no %s", name);
    return NULL;
}

int lines_of(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

bool says(const struct unpacked *u, const char *text)
{
    for (size_t i = 0; i < u->count; i++)
        if (memmem(u->files[i].content.at, u->files[i].content.len, text, strlen(text)))
            return true;
    return false;
}

struct answer import_as(struct house *h, const char *session, struct blob zip)
{
    return world_call(h->w, (struct call){ .method = POST,
                                           .path = "/privacy/import",
                                           .session = session,
                                           .body = zip,
                                           .type = "application/zip" });
}

void import_ok(struct house *h, const char *session, struct blob zip)
{
    struct answer r = import_as(h, session, zip);
    if (r.status != 200)
        fail_msg("import: %d %s", r.status, r.body);
}
