/* import.c: from the rows of an export to entries: all of them, or none. */
#include "import.h"

#include "core/app.h"
#include "core/audit.h"
#include "core/rows.h"
#include "core/storage.h"
#include "crypt/hash.h"
#include "import_rows.h"
#include "importer.h"
#include "routes.h"

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
    .one = "import",
    .size = sizeof(struct import_key),
    .erase = ERASE_PERSON, /* so that an erased person does not come back with the same file */
    .held_back = true,
};

void importer_refuse(struct importer *m, const struct import_row *row, enum column column,
                     const char *value, const char *reason)
{
    struct import_problems *p = m->problems;
    import_cell_problem_add(m->c->arena, p, row->line, m->file->heading[column], reason, value);
    p->refused++;
    if (p->count <= IMPORT_PROBLEMS_MAX)
        p->at[p->count - 1].refused = true;
}

struct settings {
    const char *currency, *overlap;
};
static const struct field settings_fields[] = {
    FIELD(struct settings, currency),
    FIELD(struct settings, overlap),
    { 0 },
};

static bool settings_load(struct importer *m)
{
    static const struct query q = { "SELECT currency, overlap FROM organisation" };
    struct settings s = { 0 };
    bool found;
    if (!tx_row(m->c->tx, &q, NO_ARGS, settings_fields, &s, &found))
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
    m->refuses_overlap = overlap_refused(s.overlap);
    return true;
}

static void key_make(struct importer *m, const struct import_row *row, uint8_t ret[HASH_SIZE])
{
    const char *text = import_row_key(&m->scratch, m->file, row);
    hash_sha256(text, strlen(text), ret);
    arena_reset(&m->scratch);
}

static bool key_known(struct importer *m, const uint8_t key[HASH_SIZE], bool *ret)
{
    static const struct query known = { "SELECT id FROM time_import WHERE key = $1" };
    static const struct field fields[] = { FIELD(struct import_key, id), { 0 } };
    struct import_key row;
    struct value v =
        value_in(import_key_fields, "key", value_blob((struct blob){ key, HASH_SIZE }));
    return tx_row(m->c->tx, &known, ARGS(v), fields, &row, ret);
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
    e->billable |= row->billable;
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
    if (row->duration.s > ENTRY_DAYS_MAX * 86400) {
        importer_refuse(m, row, DURATION, NULL,
                        "is longer than the 31 days that an entry may have");
        return true;
    }
    if (entry_is_far(m->c, row->started_at)) {
        importer_refuse(m, row, START_DATE, NULL, "is more than a year ahead");
        return true;
    }
    if (m->refuses_overlap && row->timed && !entry_overlaps(m->c, e, &overlaps))
        return false;
    if (overlaps) {
        importer_refuse(m, row, START_TIME, NULL,
                        "overlaps other time of the person, which the organisation refuses");
        return true;
    }
    if (!storage_admit(m->c, &time_entry_table, e) || !entry_put(m->c, m->entry_insert, e) ||
        !rollup_batch_add(m->c, &m->batch, e) || !key_keep(m, key, e))
        return false;
    m->result.creates.entries++;
    m->result.total_s.s += e->duration_s.s;
    m->result.unrated_s.s += entry_unrated(e) ? e->duration_s.s : 0;
    who->entries++;
    return true;
}

static bool is_here(struct importer *m, const struct import_row *row, const uint8_t key[HASH_SIZE],
                    struct id person, bool *ret)
{
    return key_known(m, key, ret) &&
           (*ret || m->file->source != IMPORT_VOW || importer_has_same(m, row, person, ret));
}

static bool row_take(struct importer *m, const struct import_row *row)
{
    uint8_t key[HASH_SIZE];
    bool known = false;
    struct known_person *who = NULL;
    struct time_entry e = { .started_at = row->started_at, .note = row->note };
    size_t problems = m->problems->count;
    key_make(m, row, key);
    /* Entries of vow first: the person may have another name by now, or none. */
    if (!importer_is_entry(m, row, &known) || (!known && !importer_person(m, row, &who)) ||
        (who && !is_here(m, row, key, who->id, &known)))
        return false;
    m->result.duplicates += known;
    if (known || !who)
        return true;
    e.person = who->id;
    e.zone = row->zone ? row->zone : who->zone;
    e.ended_at = instant_plus(row->started_at, row->duration);
    e.source = row->placed ? "week" : import_source_names[m->file->source];
    if (!importer_booking(m, row, &e))
        return false;
    if (!row->billable_given && row->amount_minor == INT_NONE && !entry_bill(m->c, &e))
        return false;
    money_set(m, row, &e);
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
    m->result.made = (struct list){ m->made, m->made_count };
    return true;
}

/* Whose rows they may be: somebody who was erased while the file was read leaves none. */
static bool actor_is_here(struct ctx *c)
{
    struct person person;
    bool found = true;
    if (id_given(c->actor.person) && !row_look(c, &person_table, c->actor.person, &person, &found))
        return false;
    return found || fail(c, UNAUTHENTICATED, NULL);
}

static bool import_rows(struct ctx *c, void *with)
{
    struct importer *m = with;
    *m->problems = *m->parsed; /* the work may run more than once */
    m->file->warnings->count = m->warned;
    m->result = (struct import_result){ 0 };
    m->person_count = m->made_count = 0;
    m->done = false;
    rollup_batch_free(&m->batch);
    bool ok = actor_is_here(c) && importer_directory(m) && settings_load(m);
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
                                           problems->at[i].reason, problems->at[i].value,
                                           problems->at[i].refused };
    return (struct list){ places, kept };
}

static void result_complete(struct ctx *c, const struct import_file *file,
                            const struct import_problems *problems, struct import_result *r)
{
    r->format = import_source_names[file->source];
    r->dates = date_order_names[file->order];
    r->rows = (int64_t)file->count;
    r->problem_count = (int64_t)problems->count;
    r->refused_count = (int64_t)problems->refused;
    r->problems = places_of(c->arena, problems);
    r->warning_count = (int64_t)file->warnings->count;
    r->warnings = places_of(c->arena, file->warnings);
    r->unread = file->unread;
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
    if (!ctx_field_check(c, field_find(import_in_fields, "zone"), &in, "zone", c->err))
        return false;
    if (!in.zone && !ctx_read(c, zone_ask, &asking))
        return false;
    struct import_options options = {
        .source = import_source_parse(in.format),
        .order = date_order_parse(in.dates),
        .zone = zone_named(c, asking.zone),
        .zones = c->app->zones,
    };
    struct import_file file = import_read(c->arena, in.body, &options, problems);
    struct import_problems parsed = *problems;
    struct importer m = { .c = c,
                          .in = &in,
                          .file = &file,
                          .problems = problems,
                          .parsed = &parsed,
                          .warned = file.warnings->count };
    m.person = arena_many(c->arena, file.count + 1, struct known_person);
    m.made = arena_many(c->arena, IMPORT_MADE_MAX, struct import_made);
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
