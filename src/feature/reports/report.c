/* report.c: from the daily sums to the rows of a report. */
#include "cells.h"
#include "core/app.h"
#include "core/audit.h"
#include "core/rows.h"
#include "core/scope.h"
#include "feature/organisation/organisation.h"
#include "feature/time/rollup.h"
#include "reports.h"

#include <stdlib.h>
#include <string.h>

enum dimension { BY_NOTHING, BY_DAY, BY_WEEK, BY_MONTH, BY_PERSON, BY_PROJECT, BY_CLIENT, BY_TAG };

static const char *const dimension_names[] = { "",       "day",     "week",   "month",
                                               "person", "project", "client", "tag" };

struct maker {
    struct ctx *c;
    const struct report_query *q;
    enum dimension by, then;
    enum scope scope;
    struct date from, until; /* until: behind the last day */
    struct organisation organisation;
    struct numbered people, projects, clients, tags;
    uint32_t *client_of; /* number of a project's client, by number of the project */
    size_t client_room;
    uint32_t project, client, tag; /* numbers of the filters, 0: all */
    uint32_t *week, *month;        /* key of each day of the period */
    struct cells cells;
    struct cell total;
    bool by_project, by_tag; /* they matter: grouped by or asked for, as are clients */
};

/* --- reading the sums --- */

#define DAYS "SELECT day, person, parts FROM time_day_packed WHERE "
#define BETWEEN "day >= $1 AND day < $2"
/* A plus keeps the index of days out of it: a whole table is read faster in its own order, and one
   person's rows by the index of persons. */
#define WITHIN "+day >= $1 AND +day < $2"

/* By how the people are narrowed down; everybody's either by the index of days or all through. */
enum reach { REACH_DAYS, REACH_ALL, REACH_ONE, REACH_TEAM };
static const struct query day_sums[] = {
    { DAYS BETWEEN },
    { DAYS WITHIN, .whole = "Most of it is reported" },
    { DAYS WITHIN " AND person = $3" },
    { DAYS WITHIN " AND person IN (SELECT id FROM person WHERE team = $4 OR id = $3)" },
};
static const struct query month_sums = {
    "SELECT day, project, duration_s, billable_s, unrated_s, amount_minor FROM time_month"
    " WHERE " BETWEEN
};

struct span_of_days {
    struct date first, last;
};
static const struct field span_fields[] = {
    FIELD(struct span_of_days, first),
    FIELD(struct span_of_days, last),
    { 0 },
};

/* Whether the period is most of what there is. */
static bool is_most(struct maker *m, struct date from, struct date until, bool *ret)
{
    static const struct query ends = { "SELECT (SELECT MIN(day) FROM time_day_packed),"
                                       " (SELECT MAX(day) FROM time_day_packed)" };
    struct span_of_days s = { 0 };
    bool found;
    if (!tx_row(m->c->tx, &ends, NO_ARGS, span_fields, &s, &found))
        return false;
    int32_t first = from.day > s.first.day ? from.day : s.first.day;
    int32_t last = until.day <= s.last.day ? until.day - 1 : s.last.day;
    *ret = (int64_t)(last - first + 1) * 3 > s.last.day - s.first.day + 1;
    return true;
}

static bool reach_of(struct maker *m, struct date from, struct date until, enum reach *ret)
{
    bool most;
    if (id_given(m->q->person) || m->scope == SCOPE_OWN ||
        (m->scope == SCOPE_TEAM && !id_given(m->c->actor.team))) {
        *ret = REACH_ONE;
        return true;
    }
    if (m->scope == SCOPE_TEAM) {
        *ret = REACH_TEAM;
        return true;
    }
    if (!is_most(m, from, until, &most))
        return false;
    *ret = most ? REACH_ALL : REACH_DAYS;
    return true;
}

static uint32_t client_number(const struct maker *m, uint32_t project)
{
    return project < m->client_room ? m->client_of[project] : 0;
}

/* A sum on its way into the report. */
struct taken {
    struct date day;
    struct id person;
    uint32_t project;
    const struct packed_sums *sums;
};

static uint32_t key_of(struct maker *m, enum dimension d, const struct taken *t, uint32_t tag)
{
    switch (d) {
    case BY_DAY:
        return (uint32_t)t->day.day;
    case BY_WEEK:
        return m->week[t->day.day - m->from.day];
    case BY_MONTH:
        return m->month[t->day.day - m->from.day];
    case BY_PERSON:
        return number_of(&m->people, t->person);
    case BY_PROJECT:
        return t->project;
    case BY_CLIENT:
        return client_number(m, t->project);
    case BY_TAG:
        return tag;
    case BY_NOTHING:
        break;
    }
    return 0;
}

static void sums_add(struct cell *cell, const struct packed_sums *s)
{
    cell->duration_s += s->duration_s;
    cell->billable_s += s->billable_s;
    cell->unrated_s += s->unrated_s;
    cell->amount_minor += s->amount_minor;
}

static bool is_by(const struct maker *m, enum dimension d)
{
    return m->by == d || m->then == d;
}

/* Adds to the cell, or to one cell per tag. */
static void cells_take(struct maker *m, const struct taken *t, const struct id *tags, size_t n)
{
    bool by_tag = is_by(m, BY_TAG);
    for (size_t i = 0; i < n || i == 0; i++) {
        uint32_t tag = by_tag && n ? number_of(&m->tags, tags[i]) : 0;
        if (m->tag && by_tag && tag != m->tag)
            continue;
        sums_add(cell_of(&m->cells, key_of(m, m->by, t, tag), key_of(m, m->then, t, tag)), t->sums);
        if (!by_tag)
            break;
    }
}

static bool has_tag(const struct maker *m, const struct id *tags, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (id_equal(tags[i], m->q->tag))
            return true;
    return !m->tag;
}

static void part_take(struct maker *m, struct taken *t, struct id project, const struct id *tags,
                      size_t tag_count)
{
    t->project = m->by_project ? number_of(&m->projects, project) : 0;
    if ((m->project && t->project != m->project) ||
        (m->client && client_number(m, t->project) != m->client) || !has_tag(m, tags, tag_count))
        return;
    sums_add(&m->total, t->sums);
    cells_take(m, t, tags, tag_count);
}

/* Where neither projects nor tags matter, a day is one sum. */
static void whole_take(struct maker *m, struct taken *t, struct blob parts)
{
    struct packed_sums sums = { 0 };
    struct packed_part part;
    for (size_t at = 0; packed_next(parts, &at, &part);) {
        sums.duration_s += part.sums.duration_s;
        sums.billable_s += part.sums.billable_s;
        sums.unrated_s += part.sums.unrated_s;
        sums.amount_minor += part.sums.amount_minor;
    }
    t->sums = &sums;
    part_take(m, t, (struct id){ 0 }, NULL, 0);
}

/* More are refused, and need not be counted. */
static bool fits(const struct maker *m)
{
    return m->cells.count <= REPORT_ROWS_MAX;
}

static bool day_take(void *with, const void *record)
{
    struct maker *m = with;
    const struct rollup_packed *row = record;
    struct packed_part part;
    struct taken t = { .day = row->day, .person = row->person, .sums = &part.sums };
    if (!m->by_project && !m->by_tag) {
        whole_take(m, &t, row->parts);
        return fits(m);
    }
    for (size_t at = 0; packed_next(row->parts, &at, &part);)
        part_take(m, &t, part.project, part.tags, part.tag_count);
    return fits(m);
}

static bool month_take(void *with, const void *record)
{
    const struct rollup *r = record;
    struct packed_sums sums = { r->duration_s.s, r->billable_s.s, r->unrated_s.s, r->amount_minor,
                                1 };
    struct taken t = { .day = r->day, .sums = &sums };
    part_take(with, &t, r->project, NULL, 0);
    return fits(with);
}

static bool days_read(struct maker *m, struct date from, struct date until)
{
    enum reach reach;
    if (from.day >= until.day)
        return true;
    if (!reach_of(m, from, until, &reach))
        return false;
    struct id person = id_given(m->q->person) ? m->q->person : m->c->actor.person;
    return tx_each(
        m->c->tx, &day_sums[reach],
        ARGS(value_date(from), value_date(until), value_id(person), value_id(m->c->actor.team)),
        rollup_packed_fields, sizeof(struct rollup_packed), day_take, m);
}

static struct date month_start(struct date d, int later)
{
    int year, month, day;
    date_split(d, &year, &month, &day);
    month += later - 1;
    return date_of(year + month / 12, month % 12 + 1, 1);
}

/* Whole months from the sums of months, what is left at both ends from those of days. */
static bool months_read(struct maker *m)
{
    struct date first = month_start(m->from, m->from.day != month_start(m->from, 0).day);
    struct date last = month_start(m->until, 0);
    if (first.day >= last.day)
        return days_read(m, m->from, m->until);
    return days_read(m, m->from, first) && days_read(m, last, m->until) &&
           tx_each(m->c->tx, &month_sums, ARGS(value_date(first), value_date(last)),
                   rollup_month_fields, sizeof(struct rollup), month_take, m);
}

static bool sums_read(struct maker *m)
{
    bool finer = is_by(m, BY_DAY) || is_by(m, BY_WEEK) || is_by(m, BY_PERSON) || is_by(m, BY_TAG) ||
                 m->tag || id_given(m->q->person) || m->scope != SCOPE_ALL;
    return tx_catch_up(m->c->tx) && (finer ? days_read(m, m->from, m->until) : months_read(m));
}

/* --- what is asked --- */

static enum dimension dimension_of(const char *name)
{
    for (int d = BY_DAY; name && d <= BY_TAG; d++)
        if (!strcmp(dimension_names[d], name))
            return (enum dimension)d;
    return BY_NOTHING;
}

static bool period_set(struct maker *m)
{
    const char *zone;
    int year, month, day;
    if (!person_zone(m->c, m->c->actor.person, &zone))
        return false;
    struct date today = zone_date(zone_named(m->c, zone), m->c->now);
    struct date last = date_given(m->q->to) ? m->q->to : today;
    date_split(last, &year, &month, &day);
    m->from = date_given(m->q->from) ? m->q->from : date_of(year, 1, 1);
    m->until = (struct date){ last.day + 1 };
    if (m->until.day <= m->from.day)
        return fail_at(m->c, "to", "must not be before from");
    if (m->until.day - m->from.day > REPORT_DAYS_MAX)
        return fail_at(m->c, "to", "must be at most %d days after from", REPORT_DAYS_MAX);
    return true;
}

static void days_name(struct maker *m)
{
    size_t n = (size_t)(m->until.day - m->from.day);
    bool sunday = text_equal(m->organisation.week_start, "sunday");
    m->week = arena_many(m->c->arena, n, uint32_t);
    m->month = arena_many(m->c->arena, n, uint32_t);
    for (size_t i = 0; i < n; i++) {
        struct date d = { m->from.day + (int32_t)i };
        int back = (date_weekday(d) + sunday) % 7;
        m->week[i] = (uint32_t)(d.day - back);
        m->month[i] = (uint32_t)month_start(d, 0).day;
    }
}

struct project_client {
    struct id id, client;
};
static const struct field project_client_fields[] = {
    FIELD(struct project_client, id),
    FIELD(struct project_client, client),
    { 0 },
};

static bool projects_load(struct maker *m)
{
    static const struct query all = { "SELECT id, client FROM project" };
    struct list list;
    if (!tx_rows(m->c->tx, &all, NO_ARGS, project_client_fields, sizeof(struct project_client), 0,
                 &list))
        return false;
    const struct project_client *rows = list.at;
    m->client_room = list.count + 1;
    m->client_of = arena_many(m->c->arena, m->client_room, uint32_t);
    for (size_t i = 0; i < list.count; i++)
        m->client_of[number_of(&m->projects, rows[i].id)] = number_of(&m->clients, rows[i].client);
    m->project = number_of(&m->projects, m->q->project);
    m->client = number_of(&m->clients, m->q->client);
    m->tag = number_of(&m->tags, m->q->tag);
    m->by_tag = m->tag || is_by(m, BY_TAG);
    m->by_project = m->project || m->client || is_by(m, BY_PROJECT) || is_by(m, BY_CLIENT);
    return true;
}

static bool reach_check(struct maker *m)
{
    bool reached;
    m->scope = ctx_scope(m->c, &time_read);
    if (m->scope == SCOPE_NONE)
        return fail(m->c, FORBIDDEN, NULL);
    if (!id_given(m->q->person))
        return true;
    return scope_reaches(m->c, m->scope, m->q->person, &reached) &&
           (reached || fail(m->c, NOT_FOUND, NULL));
}

static bool maker_start(struct maker *m)
{
    struct numbered none = { .arena = m->c->arena };
    m->people = m->projects = m->clients = m->tags = none;
    m->cells.arena = m->c->arena;
    m->by = dimension_of(m->q->by);
    m->then = dimension_of(m->q->then);
    if (m->by == BY_NOTHING)
        return fail_at(m->c, "by", "is required");
    if (m->by == m->then)
        return fail_at(m->c, "then", "must be another grouping than by");
    if (!reach_check(m) || !period_set(m) ||
        !row_single(m->c, &organisation_table, &m->organisation) || !projects_load(m))
        return false;
    days_name(m);
    return true;
}

/* --- rows --- */

struct name {
    struct id id;
    const char *name;
};
static const struct field name_fields[] = {
    FIELD(struct name, id),
    FIELD(struct name, name),
    { 0 },
};

/* Keys and labels of one grouping, by number. */
struct words {
    enum dimension by;
    const struct numbered *numbers;
    const char **key, **label;
    uint32_t last; /* of a time: the one that `text` is of */
    const char *text;
};

static bool words_load(struct maker *m, enum dimension d, struct words *ret)
{
    static const struct query people = { "SELECT id, name FROM person" };
    static const struct query projects = { "SELECT id, name FROM project" };
    static const struct query clients = { "SELECT id, name FROM client" };
    static const struct query tags = { "SELECT id, name FROM tag" };
    static const struct query *const all[] = {
        [BY_PERSON] = &people, [BY_PROJECT] = &projects, [BY_CLIENT] = &clients, [BY_TAG] = &tags
    };
    const struct numbered *const numbers[] = { [BY_PERSON] = &m->people,
                                               [BY_PROJECT] = &m->projects,
                                               [BY_CLIENT] = &m->clients,
                                               [BY_TAG] = &m->tags };
    struct list list;
    struct words w = { .by = d };
    *ret = w;
    if (d < BY_PERSON)
        return true;
    if (!tx_rows(m->c->tx, all[d], NO_ARGS, name_fields, sizeof(struct name), 0, &list))
        return false;
    w.numbers = numbers[d];
    w.key = arena_many(m->c->arena, w.numbers->count + 1, const char *);
    w.label = arena_many(m->c->arena, w.numbers->count + 1, const char *);
    for (uint32_t i = 1; i <= w.numbers->count; i++) {
        char text[ID_TEXT];
        id_format(w.numbers->id[i], text);
        w.key[i] = arena_string(m->c->arena, text);
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct name *n = (const struct name *)list.at + i;
        w.label[number_find(w.numbers, n->id)] = n->name;
    }
    w.label[0] = NULL;
    *ret = w;
    return true;
}

static void words_of(struct maker *m, struct words *w, uint32_t key, const char **name,
                     const char **label)
{
    if (w->by >= BY_PERSON) {
        *name = w->key[key];
        *label = w->label[key];
        return;
    }
    if (w->by == BY_NOTHING)
        return;
    if (!w->text || w->last != key) {
        char text[DATE_TEXT];
        date_format((struct date){ (int32_t)key }, text);
        if (w->by == BY_MONTH)
            text[7] = 0;
        w->text = arena_string(m->c->arena, text);
        w->last = key;
    }
    *name = *label = w->text;
}

/* Where a row stands: times in order, all else by hours; within the first grouping the second
   likewise. Work without a project and so on comes last of what is equal. */
struct place {
    uint32_t major, tie;
    int64_t minor;
    const struct cell *cell;
};

static int compare_place(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->major != b->major)
        return a->major < b->major ? -1 : 1;
    if (a->minor != b->minor)
        return a->minor < b->minor ? -1 : 1;
    return (a->tie > b->tie) - (a->tie < b->tie);
}

static struct place place_of(enum dimension d, uint32_t major, uint32_t key,
                             const struct cell *cell)
{
    return (struct place){ major, key - 1, d < BY_PERSON ? key : -cell->duration_s, cell };
}

/* All cells in order of their second grouping within `major`, which tells of the first. */
static struct place *cells_place(struct arena *a, const struct cells *cells, enum dimension d,
                                 uint32_t (*major)(void *with, const struct cell *cell), void *with,
                                 bool by_key)
{
    struct place *places = arena_many(a, cells->count, struct place);
    for (size_t i = 0; i < cells->count; i++) {
        const struct cell *cell = &cells->at[i];
        places[i] = place_of(d, major(with, cell), by_key ? cell->key : cell->then, cell);
    }
    qsort(places, cells->count, sizeof *places, compare_place);
    return places;
}

static uint32_t no_major(void *with, const struct cell *cell)
{
    (void)with;
    (void)cell;
    return 0;
}

/* The cells of the first grouping alone, and which rank each has. */
struct firsts {
    struct cells cells;
    uint32_t *rank;
};

static uint32_t *rank_at(struct firsts *f, uint32_t key)
{
    return &f->rank[cell_of(&f->cells, key, 0) - f->cells.at];
}

static uint32_t rank_of(void *with, const struct cell *cell)
{
    return *rank_at(with, cell->key);
}

static struct place *cells_sort(struct maker *m)
{
    struct arena *a = m->c->arena;
    struct firsts f = { .cells.arena = a };
    for (size_t i = 0; i < m->cells.count; i++)
        cell_of(&f.cells, m->cells.at[i].key, 0)->duration_s += m->cells.at[i].duration_s;
    struct place *ranks = cells_place(a, &f.cells, m->by, no_major, NULL, true);
    f.rank = arena_many(a, f.cells.count, uint32_t);
    for (size_t i = 0; i < f.cells.count; i++)
        *rank_at(&f, ranks[i].cell->key) = (uint32_t)i;
    return cells_place(a, &m->cells, m->then, rank_of, &f, false);
}

static void reads_note(struct maker *m)
{
    if (id_given(m->q->person))
        read_note(m->c, &time_entry_table, m->q->person);
    for (uint32_t i = 1; i <= m->people.count; i++)
        read_note(m->c, &time_entry_table, m->people.id[i]);
}

static bool rows_make(struct maker *m, struct list *ret)
{
    struct words by, then;
    size_t n = m->cells.count;
    if (!fits(m))
        return fail(m->c, INVALID, "The report has more than %d rows; narrow it down",
                    REPORT_ROWS_MAX);
    if (!words_load(m, m->by, &by) || !words_load(m, m->then, &then))
        return false;
    const struct place *places = cells_sort(m);
    struct report_row *rows = arena_many(m->c->arena, n, struct report_row);
    for (size_t i = 0; i < n; i++) {
        const struct cell *cell = places[i].cell;
        struct report_row *row = &rows[i];
        words_of(m, &by, cell->key, &row->key, &row->label);
        words_of(m, &then, cell->then, &row->then_key, &row->then_label);
        row->duration_s.s = cell->duration_s;
        row->billable_s.s = cell->billable_s;
        row->unrated_s.s = cell->unrated_s;
        row->amount_minor = cell->amount_minor;
    }
    *ret = (struct list){ rows, n };
    return true;
}

bool report_run(struct ctx *c, const struct report_query *q, struct report *ret)
{
    struct maker m = { .c = c, .q = q };
    struct list rows;
    if (!maker_start(&m) || !sums_read(&m) || !rows_make(&m, &rows))
        return false;
    reads_note(&m);
    *ret = (struct report){
        .from = m.from,
        .to = { m.until.day - 1 },
        .rows = rows,
        .total_s = { m.total.duration_s },
        .billable_s = { m.total.billable_s },
        .unrated_s = { m.total.unrated_s },
        .amount_minor = m.total.amount_minor,
        .currency = m.organisation.currency ? m.organisation.currency : "EUR",
    };
    return true;
}
