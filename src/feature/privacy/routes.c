/* routes.c: people's rights over HTTP. */
#include "feature/privacy/privacy.h"

#include "core/app.h"
#include "core/audit.h"
#include "core/limits.h"
#include "core/rows.h"
#include "core/tenant.h"
#include "feature/organisation/organisation.h"
#include "feature/privacy/archive.h"

#include <string.h>

const struct permission privacy_export = { "privacy.export", "Export the whole organisation",
                                           ADMINS(SCOPE_ALL) };
const struct permission privacy_erase = { "privacy.erase", "Erase a person", ADMINS(SCOPE_ALL) };
const struct permission privacy_end = { "privacy.end",
                                        "End the organisation",
                                        { [ROLE_OWNER] = SCOPE_ALL } };
const struct permission privacy_map = {
    "privacy.map",
    "See what is stored about whom, why and how long",
    EVERYBODY(SCOPE_ALL),
};

struct map_row {
    const char *table, *table_one, *column, *label, *privacy, *doc, *table_doc, *erase, *read_by;
    bool subject, ai, masked, exported;
    int64_t retention_days;
};
static const struct field map_row_fields[] = {
    FIELD(struct map_row, table, .privacy = OPERATIONAL, .doc = "Table"),
    FIELD(struct map_row, table_one, .privacy = OPERATIONAL,
          .doc = "What people call one of its rows"),
    FIELD(struct map_row, table_doc, .privacy = OPERATIONAL, .doc = "What the table is for"),
    FIELD(struct map_row, column, .privacy = OPERATIONAL, .doc = "Column"),
    FIELD(struct map_row, label, .privacy = OPERATIONAL, .doc = "What people call the column"),
    FIELD(struct map_row, doc, .privacy = OPERATIONAL, .doc = "What the column holds"),
    FIELD(struct map_row, privacy, .privacy = OPERATIONAL, .doc = "Privacy class"),
    FIELD(struct map_row, subject, .privacy = OPERATIONAL,
          .doc = "Whether it names the person whose data the row is"),
    FIELD(struct map_row, ai, .privacy = OPERATIONAL, .doc = "Whether AI may read it"),
    FIELD(struct map_row, masked, .privacy = OPERATIONAL,
          .doc = "Whether personal data that is recognised in it is masked for AI"),
    FIELD(struct map_row, exported, .privacy = OPERATIONAL,
          .doc = "Whether it is exported; of accounts and sessions, with a person's own data"),
    FIELD(struct map_row, erase, .privacy = OPERATIONAL,
          .doc = "What erasing the person does: row, clear, or none"),
    FIELD(struct map_row, read_by, .privacy = OPERATIONAL, .doc = "Permission needed to read it"),
    FIELD(struct map_row, retention_days, .privacy = OPERATIONAL,
          .doc = "Days it is kept; 0 is as long as the organisation"),
    { 0 },
};

static const char *erase_of(const struct table *t)
{
    if (!table_subject(t) || t->erase == ERASE_MISSING)
        return "none";
    return t->erase == ERASE_PERSON ? "clear" : "row";
}

/* The organisation's tables, then those of control with rows of organisations. */
static bool map_tables(struct ctx *c, const struct table ***ret, size_t *count)
{
    const struct table **own, **all;
    size_t n, more = 0;
    if (!tables_all(c, &own, &n))
        return false;
    for (const struct table *const *t = c->app->tables; *t; t++)
        more++;
    all = arena_many(c->arena, n + more, const struct table *);
    memcpy(all, own, n * sizeof *all);
    for (const struct table *const *t = c->app->tables; *t; t++)
        if ((*t)->control && tenant_owns(*t))
            all[n++] = *t;
    *ret = all;
    *count = n;
    return true;
}

static bool map_read(struct ctx *c, void *with)
{
    const struct table **tables;
    size_t count, rows = 0, n = 0;
    (void)with;
    if (!map_tables(c, &tables, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        rows += field_count(tables[i]->fields);
    struct map_row *list = arena_many(c->arena, rows, struct map_row);
    for (size_t i = 0; i < count; i++) {
        const struct table *t = tables[i];
        const char *one = table_one(c->arena, t);
        bool known;
        if (!table_told(c, t, &known))
            return false;
        if (!known)
            continue;
        EACH_FIELD (f, t->fields)
            list[n++] = (struct map_row){
                .table = t->name,
                .table_one = one,
                .table_doc = t->doc,
                .column = f->name,
                .label = field_words(c->arena, f),
                .doc = f->doc,
                .privacy = privacy_name(f->privacy),
                .subject = f->subject,
                .ai = f->ai,
                .masked = field_masked(f),
                .exported =
                    !t->held_back && (!t->control || table_subject(t)) && f->privacy != SECRET,
                .erase = erase_of(t),
                .read_by = f->see    ? f->see->name
                           : t->read ? t->read->name
                                     : NULL,
                .retention_days = t->retention_days,
            };
    }
    c->x->page = (struct list){ list, n };
    return true;
}

static bool data_map(struct ctx *c, const void *in, void *ret)
{
    (void)in;
    (void)ret;
    return ctx_read(c, map_read, NULL);
}

struct export
{
    struct id person;
    struct blob zip;
};

static bool export_note(struct ctx *c, void *with)
{
    struct export *e = with;
    return audit_add(c, id_given(e->person) ? "person.copy" : "organisation.export",
                     (struct id){ 0 }, e->person, NULL);
}

static bool answer_zip(struct ctx *c, struct id person, const char *filename)
{
    struct export e = { .person = person };
    if (!limit_claim(c) || !export_make(c, person, ARCHIVE_BYTES, &e.zip) ||
        !ctx_write(c, export_note, &e))
        return false;
    c->x->bytes = e.zip;
    c->x->type = "application/zip";
    c->x->filename = filename;
    return true;
}

static bool export_get(struct ctx *c, const void *in, void *ret)
{
    (void)in;
    (void)ret;
    return answer_zip(c, (struct id){ 0 }, "organisation.zip");
}

static bool copy_get(struct ctx *c, const void *in, void *ret)
{
    (void)in;
    (void)ret;
    return answer_zip(c, c->actor.person, "my-data.zip");
}

struct import_new {
    struct blob body;
};
static const struct field import_new_fields[] = {
    FIELD(struct import_new, body, .privacy = CONTENT, .required = true,
          .doc = "An archive that was exported before"),
    { 0 },
};
static const struct field import_result_fields[] = {
    FIELD(struct import_result, tables, .privacy = OPERATIONAL, .doc = "Tables taken in"),
    FIELD(struct import_result, rows, .privacy = OPERATIONAL, .doc = "Rows taken in"),
    { 0 },
};

struct import_work {
    struct blob body;
    struct import_result *ret;
};

static bool import_run(struct ctx *c, void *with)
{
    struct import_work *w = with;
    return import_take(c, w->body, w->ret) &&
           audit_add(c, "organisation.import", (struct id){ 0 }, (struct id){ 0 }, NULL);
}

static bool import_post(struct ctx *c, const void *in, void *ret)
{
    struct import_work w = { ((const struct import_new *)in)->body, ret };
    return limit_claim(c) && ctx_write(c, import_run, &w);
}

struct erase_new {
    struct id id;
    const char *confirm;
};
static const struct field erase_new_fields[] = {
    FIELD(struct erase_new, id, .privacy = OPERATIONAL, .required = true, .doc = "Person"),
    FIELD(struct erase_new, confirm, .privacy = PERSONAL, .required = true, .max = PERSON_NAME_MAX,
          .doc = "The person's name, to be sure"),
    { 0 },
};
struct erase_result {
    int64_t rows;
};
static const struct field erase_result_fields[] = {
    FIELD(struct erase_result, rows, .privacy = OPERATIONAL, .doc = "Rows that were changed"),
    { 0 },
};

struct erase_work {
    const struct erase_new *in;
    struct erase_result *ret;
};

static bool erase_check(struct ctx *c, void *with)
{
    struct erase_work *w = with;
    struct person person;
    if (!row_read(c, &person_table, w->in->id, &person))
        return false;
    if (!text_equal(person.name, w->in->confirm))
        return fail_at(c, "/confirm", "must be the name of the person");
    if (text_equal(person.role, "owner"))
        return fail(c, OWNER_NEEDED,
                    "An owner hands the role over first, or ends the organisation");
    return true;
}

static bool erase_run(struct ctx *c, void *with)
{
    struct erase_work *w = with;
    return erase_check(c, with) && person_erase(c, w->in->id, &w->ret->rows);
}

static bool account_end(struct ctx *c, void *with)
{
    return person_shut_out(c, *(struct id *)with);
}

/* The account first: whoever is being erased must not write meanwhile, and what a crash leaves is a
   person without an account, who can be erased again. */
static bool erase_post(struct ctx *c, const void *in, void *ret)
{
    struct erase_work w = { in, ret };
    struct id person = w.in->id;
    if (!ctx_read(c, erase_check, &w) || !control_write(c, account_end, &person))
        return false;
    tables_settle(c);
    return ctx_write(c, erase_run, &w);
}

struct end_new {
    const char *confirm;
};
static const struct field end_new_fields[] = {
    FIELD(struct end_new, confirm, .privacy = OPERATIONAL, .required = true,
          .max = ORGANISATION_NAME_MAX, .doc = "The organisation's name, to be sure"),
    { 0 },
};

static bool end_check(struct ctx *c, void *with)
{
    const struct end_new *n = with;
    struct organisation o;
    if (!row_single(c, &organisation_table, &o))
        return false;
    return text_equal(o.name, n->confirm) ||
           fail_at(c, "/confirm", "must be the name of the organisation");
}

static bool end_post(struct ctx *c, const void *in, void *ret)
{
    struct end_new n = *(const struct end_new *)in;
    (void)ret;
    if (!ctx_read(c, end_check, &n) || !organisation_end(c))
        return false;
    c->x->set_cookie = "";
    return true;
}

enum { IMPORT_BODY_MAX = 128 << 20 };

static const struct route routes[] = {
    { GET, "/privacy/data-map", data_map, "What is stored, of which class, why and how long",
      .can = &privacy_map, OUTPUT(struct map_row, map_row_fields), .list = true, LANE(LANE_SLOW),
      .schema = "data_map_row" },
    { GET, "/privacy/export", export_get, "Everything of the organisation as an archive",
      .can = &privacy_export, LANE(LANE_SLOW), .gives = "application/zip" },
    { POST, "/privacy/import", import_post,
      "Take an exported organisation in, in place of what is here", .can = &privacy_end,
      INPUT(struct import_new, import_new_fields),
      OUTPUT(struct import_result, import_result_fields), .ok = 200, LANE(LANE_SLOW),
      .body = BODY_BYTES, .takes = "application/zip", .body_max = IMPORT_BODY_MAX,
      .schema = "import_result" },
    { GET, "/privacy/me", copy_get, "Everything about oneself as an archive", .who = WHO_MEMBER,
      LANE(LANE_SLOW), .gives = "application/zip" },
    { POST, "/people/{id}/erasure", erase_post, "Erase a person and the account",
      .can = &privacy_erase, INPUT(struct erase_new, erase_new_fields),
      OUTPUT(struct erase_result, erase_result_fields), .ok = 200, LANE(LANE_SLOW),
      .schema = "erase_result", .fails = FAILS(NOT_FOUND, OWNER_NEEDED) },
    { POST, "/organisation/deletion", end_post,
      "End the organisation: its key is destroyed at once", .can = &privacy_end,
      INPUT(struct end_new, end_new_fields), .ok = 204, LANE(LANE_SLOW) },
    { 0 },
};

static const struct permission *const permissions[] = { &privacy_export, &privacy_erase,
                                                        &privacy_end, &privacy_map, NULL };

const struct feature privacy_feature = {
    .name = "privacy",
    .routes = routes,
    .permissions = permissions,
};
