/* import_plan.c: what becomes of the rows of an export, decided while nothing is written. */
#include "core/app.h"
#include "core/rows.h"
#include "core/storage.h"
#include "importer.h"
#include "routes.h"

#include <stdlib.h>

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
    m->refuses_overlap = overlap_refused(s.overlap);
    return true;
}

static void money_set(const struct importer *m, const struct import_row *row, struct time_entry *e)
{
    e->billable |= row->billable;
    if (!row->billable || !m->takes_amounts || row->amount_minor == INT_NONE ||
        row->amount_minor <= 0)
        return;
    e->amount_minor = row->amount_minor;
    if (!row->duration.s)
        return;
    e->rate_minor = (row->amount_minor * 3600 + row->duration.s / 2) / row->duration.s;
    if (e->rate_minor > RATE_MINOR_MAX) /* a fixed sum, and no rate for more of it */
        e->rate_minor = RATE_MINOR_MAX;
}

/* Few projects and people are in all of a file. */
static bool terms_find(struct importer *m, const struct time_entry *e,
                       const struct entry_terms **ret)
{
    struct entry_terms *terms = places_find(&m->terms, e->project, e->person);
    if (!terms) {
        const struct project *made = places_find(&m->new_projects, e->project, (struct id){ 0 });
        terms = arena_new(m->c->arena, struct entry_terms);
        if (!entry_terms(m->c, e->project, e->person, terms))
            return false;
        if (made)
            terms->billable = made->billable;
        places_put(&m->terms, e->project, e->person, terms);
    }
    *ret = terms;
    return true;
}

/* --- the planned entries that others are compared with --- */

static void link_add(struct importer *m, struct places *places, struct id person, int64_t number,
                     const struct time_entry *e)
{
    struct id at = places_number(number);
    struct planned_link *link = arena_new(m->c->arena, struct planned_link);
    *link = (struct planned_link){ places_find(places, person, at), e };
    places_put(places, person, at, link);
}

static int64_t day_of(struct instant t)
{
    return t.us / (86400 * INT64_C(1000000));
}

static void links_add(struct importer *m, const struct time_entry *e)
{
    if (m->file->source == IMPORT_VOW)
        link_add(m, &m->begun, e->person, e->started_at.us, e);
    if (m->refuses_overlap)
        for (int64_t day = day_of(e->started_at); day <= day_of(e->ended_at); day++)
            link_add(m, &m->on_day, e->person, day, e);
}

static bool overlaps_planned(const struct importer *m, const struct time_entry *e)
{
    for (int64_t day = day_of(e->started_at); day <= day_of(e->ended_at); day++) {
        const struct planned_link *link = places_find(&m->on_day, e->person, places_number(day));
        for (; link; link = link->next)
            if (entries_overlap(m->c, e, link->entry))
                return true;
    }
    return false;
}

static bool overlaps_any(struct importer *m, const struct time_entry *e, bool *ret)
{
    *ret = overlaps_planned(m, e);
    return *ret || entry_overlaps(m->c, e, ret);
}

/* --- rows --- */

static bool entry_plan(struct importer *m, const struct import_row *row, struct known_person *who,
                       struct row_key *key, struct time_entry *e)
{
    const struct entry_terms *terms;
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
    if (m->refuses_overlap && row->timed && !overlaps_any(m, e, &overlaps))
        return false;
    if (overlaps) {
        importer_refuse(m, row, START_TIME, NULL,
                        "overlaps other time of the person, which the organisation refuses");
        return true;
    }
    if (!terms_find(m, e, &terms))
        return false;
    entry_complete(m->c, terms, e);
    if (!rollup_batch_add(m->c, &m->batch, e))
        return false;
    struct time_entry *planned = &m->entry[m->entry_count++];
    *planned = *e;
    key->entry = planned;
    links_add(m, planned);
    m->entry_bytes += storage_bytes(m->c, &time_entry_table, e);
    m->result.creates.entries++;
    m->result.total_s.s += e->duration_s.s;
    m->result.unrated_s.s += entry_unrated(e) ? e->duration_s.s : 0;
    who->entries++;
    return true;
}

static bool is_here(struct importer *m, const struct import_row *row, const struct row_key *key,
                    struct id person, bool *ret)
{
    *ret = key->here || key->entry;
    return *ret || m->file->source != IMPORT_VOW || importer_has_same(m, row, person, ret);
}

static bool row_take(struct importer *m, const struct import_row *row, struct row_key *key)
{
    bool known = false;
    struct known_person *who = NULL;
    struct time_entry e = { .started_at = row->started_at, .note = row->note };
    size_t problems = m->problems->count;
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
    if (!row->billable_given && row->amount_minor == INT_NONE) {
        const struct entry_terms *terms;
        if (!terms_find(m, &e, &terms))
            return false;
        e.billable = terms->billable;
    }
    money_set(m, row, &e);
    if (m->problems->count > problems)
        return true;
    return entry_plan(m, row, who, key, &e);
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

/* --- all of it --- */

/* It may be decided more than once. */
static void plan_clear(struct importer *m)
{
    struct places *places[] = { &m->new_projects, &m->terms, &m->begun, &m->on_day };
    for (size_t i = 0; i < LENGTH(places); i++)
        *places[i] = (struct places){ .arena = m->c->arena };
    *m->problems = *m->parsed;
    m->file->warnings->count = m->warned;
    m->result = (struct import_result){ 0 };
    m->person_count = m->made_count = m->entry_count = 0;
    m->row_bytes = m->entry_bytes = 0;
    m->row = NULL;
    m->row_end = &m->row;
    rollup_batch_free(&m->batch);
}

/* As many new ids in their order: what is written in it goes to the end of each index. */
static struct id *ids_new(struct ctx *c, size_t count)
{
    struct id *ids = arena_many(c->arena, count, struct id);
    for (size_t i = 0; i < count; i++)
        ids[i] = id_new(c->now);
    qsort(ids, count, sizeof *ids, id_compare);
    return ids;
}

static void ids_give(struct importer *m)
{
    const struct id *id = ids_new(m->c, m->entry_count);
    for (size_t i = 0; i < m->entry_count; i++)
        m->entry[i].id = id[i];
    id = ids_new(m->c, m->entry_count);
    for (size_t i = 0; i < m->key_count; i++)
        if (m->key[i].entry)
            m->key[i].id = *id++;
}

static void lists_make(struct importer *m)
{
    struct import_person *people = arena_many(m->c->arena, m->person_count, struct import_person);
    for (size_t i = 0; i < m->person_count; i++)
        people[i] = m->person[i].view;
    m->result.people = (struct list){ people, m->person_count };
    m->result.made = (struct list){ m->made, m->made_count };
}

bool importer_decide(struct importer *m)
{
    plan_clear(m);
    bool ok = actor_is_here(m->c) && importer_directory(m) && settings_load(m) && keys_look(m);
    for (size_t i = 0; ok && i < m->file->count; i++)
        ok = row_take(m, &m->file->row[i], m->key_of[i]);
    if (!ok || !storage_holds(m->c, m->row_bytes + m->entry_bytes) || !importer_mark(m, &m->mark))
        return false;
    ids_give(m);
    lists_make(m);
    return true;
}

static bool decide(struct ctx *c, void *with)
{
    (void)c;
    return importer_decide(with);
}

bool importer_plan(struct importer *m)
{
    return ctx_read(m->c, decide, m);
}
