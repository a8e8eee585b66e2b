/* import.c: from the rows of an export to clients, projects, tasks, tags, people and entries. */
#include "import.h"

#include "core/app.h"
#include "core/audit.h"
#include "core/rows.h"
#include "crypt/hash.h"
#include "entry.h"
#include "feature/organisation/organisation.h"
#include "import_format.h"
#include "names.h"
#include "rollup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct import_key {
    ROW_MEMBERS;
    struct blob key;
    struct id entry, person;
};

static const struct field import_key_fields[] = {
    ROW_FIELDS(struct import_key),
    FIELD(struct import_key, key, .privacy = SECRET, .unique = true, .max = HASH_SIZE,
          .doc = "SHA-256 of what the source said of the row"),
    FIELD(struct import_key, entry, .privacy = OPERATIONAL, .refers = &time_entry_table,
          .doc = "Entry that was made of it"),
    FIELD(struct import_key, person, .privacy = PERSONAL, .subject = true, .refers = &person_table,
          .doc = "Whose work it is"),
    { 0 },
};

const struct table time_import_table = {
    .name = "time_import",
    .doc = "Rows of imported files that are here already",
    .fields = import_key_fields,
    .size = sizeof(struct import_key),
    .erase = ERASE_PERSON, /* so that an erased person does not come back with the same file */
    .held_back = true,
};

/* A person as the file names one. */
struct known_person {
    struct id id;
    const char *zone;
    int64_t entries;
    struct import_person view;
};

struct importer {
    struct ctx *c;
    const struct import_in *in;
    const struct import_file *file;
    struct import_problems *problems;
    const struct import_problems *parsed; /* what was wrong before any row was looked at */
    struct import_result result;
    struct names clients, projects, tasks, tags, by_email, by_name;
    struct known_person *person;
    size_t person_count;
    struct names known; /* of a name or an e-mail address as the file has it: see known_id */
    const struct query *entry_insert;
    struct rollup_batch batch;
    struct arena scratch; /* for what one row alone needs */
    bool refuses_overlap, takes_amounts, done;
    enum scope reach;
};

/* Projects of any client are also found below this parent, for files without clients. */
static const struct id any_client = { .byte = { 0xFF } };

struct named {
    struct id id, parent;
    const char *name;
};
static const struct field named_fields[] = {
    FIELD(struct named, id),
    FIELD(struct named, parent),
    FIELD(struct named, name),
    { 0 },
};

struct loading {
    struct arena *arena;
    struct names *names, *any;
};

static bool name_load(void *with, const void *record)
{
    struct loading *l = with;
    const struct named *n = record;
    const char *name = n->name ? arena_string(l->arena, n->name) : NULL;
    if (!name)
        return true;
    names_add(l->names, n->parent, name, n->id);
    if (l->any)
        names_add(l->any, any_client, name, n->id);
    return true;
}

static bool names_load(struct importer *m, const struct query *q, struct names *names,
                       struct names *any)
{
    struct loading l = { m->c->arena, names, any };
    return tx_each(m->c->tx, q, NO_ARGS, named_fields, sizeof(struct named), name_load, &l);
}

struct settings {
    const char *currency;
};
static const struct field settings_fields[] = {
    FIELD(struct settings, currency),
    { 0 },
};

static bool directory_load(struct importer *m)
{
    static const struct query clients = { "SELECT id, NULL, name FROM client" };
    static const struct query projects = {
        "SELECT id, client, name FROM project ORDER BY archived, id"
    };
    static const struct query tasks = { "SELECT id, project, name FROM project_task" };
    static const struct query tags = { "SELECT id, NULL, name FROM tag" };
    static const struct query emails = { "SELECT id, NULL, email FROM person" };
    static const struct query people = {
        "SELECT id, NULL, name FROM person ORDER BY active DESC, id"
    };
    static const struct query settings = { "SELECT currency FROM organisation" };
    struct settings s = { 0 };
    struct names *all[] = { &m->clients,  &m->projects, &m->tasks, &m->tags,
                            &m->by_email, &m->by_name,  &m->known };
    bool found;
    for (size_t i = 0; i < LENGTH(all); i++)
        *all[i] = (struct names){ .arena = m->c->arena };
    if (!names_load(m, &clients, &m->clients, NULL) ||
        !names_load(m, &projects, &m->projects, &m->projects) ||
        !names_load(m, &tasks, &m->tasks, NULL) || !names_load(m, &tags, &m->tags, NULL) ||
        !names_load(m, &emails, &m->by_email, NULL) || !names_load(m, &people, &m->by_name, NULL) ||
        !tx_row(m->c->tx, &settings, NO_ARGS, settings_fields, &s, &found))
        return false;
    m->takes_amounts = !m->file->currency || text_equal(m->file->currency, s.currency);
    if (m->file->currencies_mixed)
        m->result.notice = arena_printf(m->c->arena,
                                        "The amounts are in several currencies. Only those in %s, "
                                        "the organisation's, count; for the rest, rates do.",
                                        s.currency);
    if (!m->takes_amounts)
        m->result.notice =
            arena_printf(m->c->arena,
                         "The amounts are in %s, and the organisation's currency is %s. They are "
                         "left out; rates set here count instead.",
                         m->file->currency, s.currency);
    m->reach = ctx_scope(m->c, &time_import);
    m->entry_insert = entry_insert(m->c);
    return overlap_refused(m->c, &m->refuses_overlap);
}

/* Notes a problem of a row; the row is left out. */
static void row_wrong(struct importer *m, const struct import_row *row, const char *reason)
{
    import_problem_add(m->problems, row->line, NULL, reason);
}

/* --- people --- */

static bool fits(const struct table *t, const char *field, const void *row)
{
    struct error ignored = { 0 };
    return field_check(field_find(t->fields, field), row, field, &ignored);
}

static bool person_make(struct importer *m, const struct import_row *row, struct id *ret)
{
    struct person p = { .name = row->person ? row->person : row->email,
                        .email = row->email,
                        .role = "none",
                        .active = true };
    if (p.email && !fits(&person_table, "email", &p))
        p.email = NULL;
    if (!fits(&person_table, "name", &p)) {
        row_wrong(m, row, "has a name that cannot be a person's");
        return true;
    }
    if (!row_create(m->c, &person_table, &p))
        return false;
    m->result.creates.people++;
    *ret = p.id;
    return true;
}

/* Who is meant by a row; stays absent, with a problem noted, when nobody can be. */
static bool person_resolve(struct importer *m, const struct import_row *row, bool *matched,
                           struct id *ret)
{
    const struct id nobody = { 0 };
    struct id id = nobody;
    if (m->in->mine || (!row->email && !row->person))
        id = m->c->actor.person;
    if (!id_given(id) && row->email)
        id = names_find(&m->by_email, nobody, row->email);
    if (!id_given(id) && row->person)
        id = names_find(&m->by_name, nobody, row->person);
    *matched = id_given(id);
    if (!*matched && !ctx_can(m->c, &people_manage))
        row_wrong(m, row, "is the work of a person who is not in the directory");
    else if (!*matched && !person_make(m, row, &id))
        return false;
    if (id_given(id) && m->reach != SCOPE_ALL && !id_equal(id, m->c->actor.person)) {
        row_wrong(m, row, "is somebody else's work, which only admins import");
        id = nobody;
    }
    *ret = id;
    return true;
}

/* The place of a known person as struct names has it; all zero would be none. */
static struct id known_id(size_t place)
{
    struct id id = { .byte = { [sizeof id.byte - 1] = 1 } };
    memcpy(id.byte, &place, sizeof place);
    return id;
}

static struct known_person *known_find(const struct importer *m, const char *key)
{
    struct id id = names_find(&m->known, (struct id){ 0 }, key);
    size_t place;
    memcpy(&place, id.byte, sizeof place);
    return id_given(id) ? &m->person[place] : NULL;
}

/* Whose name the file has does not matter when all of it is the actor's own work. */
static bool person_find(struct importer *m, const struct import_row *row, struct known_person **ret)
{
    const char *key = m->in->mine ? "" : row->email ? row->email : row->person ? row->person : "";
    *ret = known_find(m, key);
    if (*ret)
        return true;
    bool matched;
    struct id id;
    const char *zone;
    if (!person_resolve(m, row, &matched, &id))
        return false;
    if (!id_given(id))
        return true;
    if (!person_zone(m->c, id, &zone))
        return false;
    names_add(&m->known, (struct id){ 0 }, key, known_id(m->person_count));
    *ret = &m->person[m->person_count++];
    **ret = (struct known_person){
        .id = id,
        .zone = zone,
        .view = { row->person  ? row->person
                  : row->email ? row->email
                               : "",
                  matched },
    };
    return true;
}

/* --- what it was booked on --- */

static bool may_add(struct importer *m, const struct import_row *row, const struct permission *p,
                    const char *reason)
{
    if (ctx_can(m->c, p))
        return true;
    row_wrong(m, row, reason);
    return false;
}

static bool client_find(struct importer *m, const struct import_row *row, struct id *ret)
{
    struct id id = names_find(&m->clients, (struct id){ 0 }, row->client);
    if (!id_given(id) &&
        may_add(m, row, &projects_manage, "names a client that does not exist here")) {
        struct client made = { .name = row->client };
        if (!row_create(m->c, &client_table, &made))
            return false;
        names_add(&m->clients, (struct id){ 0 }, row->client, made.id);
        m->result.creates.clients++;
        id = made.id;
    }
    *ret = id;
    return true;
}

static bool project_make(struct importer *m, const struct import_row *row, struct id client,
                         struct id *ret)
{
    struct project made = {
        .name = row->project, .client = client, .billable = row->billable, .rate_minor = INT_NONE
    };
    if (!row_create(m->c, &project_table, &made))
        return false;
    names_add(&m->projects, client, row->project, made.id);
    names_add(&m->projects, any_client, row->project, made.id);
    m->result.creates.projects++;
    *ret = made.id;
    return true;
}

static bool project_find(struct importer *m, const struct import_row *row, struct id *ret)
{
    struct id client = { 0 };
    if (row->client) {
        if (!client_find(m, row, &client))
            return false;
        if (!id_given(client))
            return true;
    }
    *ret = names_find(&m->projects, row->client ? client : any_client, row->project);
    if (id_given(*ret) ||
        !may_add(m, row, &projects_manage, "names a project that does not exist here"))
        return true;
    return project_make(m, row, client, ret);
}

static bool task_find(struct importer *m, const struct import_row *row, struct id project,
                      struct id *ret)
{
    *ret = names_find(&m->tasks, project, row->task);
    if (id_given(*ret) ||
        !may_add(m, row, &projects_manage, "names a task that does not exist here"))
        return true;
    struct task made = { .name = row->task, .project = project };
    if (!row_create(m->c, &project_task_table, &made))
        return false;
    names_add(&m->tasks, project, row->task, made.id);
    m->result.creates.tasks++;
    *ret = made.id;
    return true;
}

static bool tags_find(struct importer *m, const struct import_row *row, const char **ret)
{
    struct id tags[IMPORT_TAGS_MAX];
    static_assert((int)IMPORT_TAGS_MAX <= (int)ENTRY_TAGS_MAX, "an entry holds a row's tags");
    for (size_t i = 0; i < row->tag_count; i++) {
        tags[i] = names_find(&m->tags, (struct id){ 0 }, row->tags[i]);
        if (id_given(tags[i]))
            continue;
        if (!may_add(m, row, &tags_manage, "has a tag that does not exist here"))
            return true;
        struct tag made = { .name = row->tags[i] };
        if (!row_create(m->c, &tag_table, &made))
            return false;
        names_add(&m->tags, (struct id){ 0 }, row->tags[i], made.id);
        m->result.creates.tags++;
        tags[i] = made.id;
    }
    *ret = tags_format(m->c->arena, tags, row->tag_count);
    return true;
}

/* --- rows --- */

static void key_make(struct importer *m, const struct import_row *row, uint8_t ret[HASH_SIZE])
{
    const char *text = import_row_key(&m->scratch, m->file, row);
    hash_sha256(text, strlen(text), ret);
    arena_reset(&m->scratch);
}

static bool key_known(struct importer *m, const uint8_t key[HASH_SIZE], bool *ret)
{
    static const struct query known = { "SELECT id, NULL, NULL FROM time_import WHERE key = $1" };
    struct named row;
    struct value v =
        value_in(import_key_fields, "key", value_blob((struct blob){ key, HASH_SIZE }));
    return tx_row(m->c->tx, &known, ARGS(v), named_fields, &row, ret);
}

static bool key_keep(struct importer *m, const uint8_t key[HASH_SIZE], const struct time_entry *e)
{
    static const struct query keep = {
        "INSERT INTO time_import (id, version, created_at, updated_at, key, entry, person)"
        " VALUES ($1, 1, $2, $2, $3, $4, $5)"
    };
    return tx_run(
        m->c->tx, &keep,
        ARGS(value_id(id_new(m->c->now)), value_instant(m->c->now),
             value_in(import_key_fields, "key", value_blob((struct blob){ key, HASH_SIZE })),
             value_id(e->id), value_id(e->person)),
        NULL);
}

static void money_set(const struct importer *m, const struct import_row *row, struct time_entry *e)
{
    e->billable = row->billable;
    if (!row->billable || !m->takes_amounts || row->amount_minor == INT_NONE ||
        row->amount_minor <= 0)
        return;
    e->amount_minor = row->amount_minor;
    if (row->duration.s)
        e->rate_minor = (row->amount_minor * 3600 + row->duration.s / 2) / row->duration.s;
}

static bool entry_store(struct importer *m, const struct import_row *row, struct known_person *who,
                        const uint8_t key[HASH_SIZE], struct time_entry *e)
{
    bool overlaps = false;
    if (m->refuses_overlap && row->timed && !entry_overlaps(m->c, e, &overlaps))
        return false;
    if (overlaps) {
        row_wrong(m, row, "overlaps other time of the person, which the organisation refuses");
        return true;
    }
    if (!entry_put(m->c, m->entry_insert, e) || !rollup_batch_add(m->c, &m->batch, e) ||
        !key_keep(m, key, e))
        return false;
    m->result.creates.entries++;
    m->result.total_s.s += e->duration_s.s;
    m->result.unrated_s.s += entry_unrated(e) ? e->duration_s.s : 0;
    who->entries++;
    return true;
}

static bool row_take(struct importer *m, const struct import_row *row)
{
    uint8_t key[HASH_SIZE];
    bool known;
    struct known_person *who;
    struct time_entry e = { .started_at = row->started_at, .note = row->note };
    size_t problems = m->problems->count;
    key_make(m, row, key);
    if (!person_find(m, row, &who))
        return false;
    if (!who)
        return true;
    if (!key_known(m, key, &known))
        return false;
    if (known) {
        m->result.duplicates++;
        return true;
    }
    e.person = who->id;
    e.zone = who->zone;
    e.ended_at = instant_plus(row->started_at, row->duration);
    e.source = import_source_names[m->file->source];
    money_set(m, row, &e);
    if ((row->project && !project_find(m, row, &e.project)) ||
        (row->task && id_given(e.project) && !task_find(m, row, e.project, &e.task)) ||
        !tags_find(m, row, &e.tags.text))
        return false;
    if (m->problems->count > problems)
        return true;
    return entry_store(m, row, who, key, &e);
}

static bool people_audit(struct importer *m)
{
    struct import_person *people = arena_many(m->c->arena, m->person_count, struct import_person);
    for (size_t i = 0; i < m->person_count; i++) {
        const struct known_person *p = &m->person[i];
        char detail[80];
        people[i] = p->view;
        snprintf(detail, sizeof detail, "source=%s entries=%" PRId64,
                 import_source_names[m->file->source], p->entries);
        if (p->entries && !audit_add(m->c, "time_entry.import", (struct id){ 0 }, p->id, detail))
            return false;
    }
    m->result.people = (struct list){ people, m->person_count };
    return true;
}

static bool import_rows(struct ctx *c, void *with)
{
    struct importer *m = with;
    *m->problems = *m->parsed; /* the work may run more than once */
    m->result = (struct import_result){ 0 };
    m->person_count = 0;
    m->done = false;
    rollup_batch_free(&m->batch);
    bool ok = directory_load(m);
    for (size_t i = 0; ok && i < m->file->count; i++)
        ok = row_take(m, &m->file->row[i]);
    if (!ok || !rollup_batch_write(c, &m->batch) || !people_audit(m))
        return false;
    m->done = true;
    m->result.committed = !m->in->dry_run && !m->problems->count;
    return m->result.committed || fail(c, IMPORT_UNREADABLE, NULL);
}

struct zone_asking {
    const char *zone;
};

static bool zone_ask(struct ctx *c, void *with)
{
    return person_zone(c, c->actor.person, &((struct zone_asking *)with)->zone);
}

static struct list places_of(struct arena *a, const struct import_problems *problems)
{
    size_t kept = problems->count < IMPORT_PROBLEMS_MAX ? problems->count : IMPORT_PROBLEMS_MAX;
    struct import_place *places = arena_many(a, kept, struct import_place);
    for (size_t i = 0; i < kept; i++)
        places[i] = (struct import_place){ problems->at[i].line, problems->at[i].column,
                                           problems->at[i].reason, problems->at[i].value };
    return (struct list){ places, kept };
}

static void result_complete(struct ctx *c, const struct import_file *file,
                            const struct import_problems *problems, struct import_result *r)
{
    static const char *const orders[] = { "auto", "day_first", "month_first", "unclear", "mixed" };
    r->format = import_source_names[file->source];
    r->dates = orders[file->order];
    r->rows = (int64_t)file->count;
    r->problem_count = (int64_t)problems->count;
    r->problems = places_of(c->arena, problems);
    r->warning_count = (int64_t)file->warnings->count;
    r->warnings = places_of(c->arena, file->warnings);
    for (size_t i = 0; i < file->count; i++) {
        struct instant start = file->row[i].started_at;
        struct instant end = instant_plus(start, file->row[i].duration);
        if (!i || start.us < r->first_at.us)
            r->first_at = start;
        if (!i || end.us > r->last_at.us)
            r->last_at = end;
    }
}

bool import_run(struct ctx *c, const struct import_in *given, struct import_result *ret)
{
    struct import_in in = *given;
    struct zone_asking asking = { in.zone };
    struct import_problems *problems = arena_new(c->arena, struct import_problems);
    if (in.zone && !zone_find(c->app->zones, in.zone))
        return fail_at(c, "zone", "is not a time zone that is known here");
    if (!in.zone && !ctx_read(c, zone_ask, &asking))
        return false;
    struct import_options options = {
        .source = import_source_parse(in.format),
        .order = text_equal(in.dates, "day_first")     ? DATES_DAY_FIRST
                 : text_equal(in.dates, "month_first") ? DATES_MONTH_FIRST
                                                       : DATES_AUTO,
        .zone = zone_named(c, asking.zone),
    };
    struct import_file file = import_read(c->arena, in.body, &options, problems);
    struct import_problems parsed = *problems;
    struct importer m = {
        .c = c, .in = &in, .file = &file, .problems = problems, .parsed = &parsed
    };
    m.person = arena_many(c->arena, file.count + 1, struct known_person);
    bool wrote = ctx_write(c, import_rows, &m);
    rollup_batch_free(&m.batch);
    arena_done(&m.scratch);
    if (!wrote && (!m.done || m.result.committed))
        return false;
    if (!wrote)
        *c->err = (struct error){ 0 }; /* taking everything back is no failure */
    result_complete(c, &file, problems, &m.result);
    *ret = m.result;
    return true;
}
