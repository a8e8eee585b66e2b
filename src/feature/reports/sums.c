/* sums.c: the daily sums, read into the cells of a report. */
#include "core/scope.h"
#include "feature/time/rollup.h"
#include "maker.h"

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

/* Adds to the cell, or to one cell per tag. */
static void cells_take(struct maker *m, const struct taken *t, const struct id *tags, size_t n)
{
    bool by_tag = maker_by(m, BY_TAG);
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

static bool day_take(void *with, const void *record)
{
    struct maker *m = with;
    const struct rollup_packed *row = record;
    struct packed_part part;
    struct taken t = { .day = row->day, .person = row->person, .sums = &part.sums };
    if (!m->by_project && !m->by_tag) {
        whole_take(m, &t, row->parts);
        return maker_fits(m);
    }
    for (size_t at = 0; packed_next(row->parts, &at, &part);)
        part_take(m, &t, part.project, part.tags, part.tag_count);
    return maker_fits(m);
}

static bool month_take(void *with, const void *record)
{
    const struct rollup *r = record;
    struct packed_sums sums = { r->duration_s.s, r->billable_s.s, r->unrated_s.s, r->amount_minor,
                                1 };
    struct taken t = { .day = r->day, .sums = &sums };
    part_take(with, &t, r->project, NULL, 0);
    return maker_fits(with);
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

bool maker_read(struct maker *m)
{
    bool finer = maker_by(m, BY_DAY) || maker_by(m, BY_WEEK) || maker_by(m, BY_PERSON) ||
                 maker_by(m, BY_TAG) || m->tag || id_given(m->q->person) || m->scope != SCOPE_ALL;
    return tx_catch_up(m->c->tx) && (finer ? days_read(m, m->from, m->until) : months_read(m));
}
