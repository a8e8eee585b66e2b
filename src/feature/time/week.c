/* week.c: the week as a sheet: a row per project and task, a cell per day. */
#include "core/app.h"
#include "core/audit.h"
#include "core/rows.h"
#include "core/scope.h"
#include "entry.h"
#include "feature/organisation/organisation.h"
#include "routes.h"
#include "split.h"

#include <inttypes.h>

const struct field week_in_fields[] = {
    FIELD(struct week_in, date, .privacy = OPERATIONAL, .query = true,
          .doc = "A day of the week; today when not given"),
    FIELD(struct week_in, person, .privacy = PERSONAL, .query = true, .refers = &person_table,
          .doc = "Whose week; the caller's when not given"),
    { 0 },
};

static const struct field week_day_fields[] = {
    FIELD(struct week_day, date, .privacy = OPERATIONAL, .doc = "The day"),
    FIELD(struct week_day, length_s, .privacy = OPERATIONAL,
          .doc = "Seconds that the day has: 23, 24 or 25 hours"),
    FIELD(struct week_day, total_s, .privacy = OPERATIONAL, .doc = "Seconds of work on it"),
    { 0 },
};

static const struct field week_row_fields[] = {
    FIELD(struct week_row, project, .privacy = OPERATIONAL, .doc = "Project, if any"),
    FIELD(struct week_row, task, .privacy = OPERATIONAL, .doc = "Task, if any"),
    FIELD(struct week_row, cells_s, .privacy = OPERATIONAL, .of = KIND_SPAN,
          .doc = "Seconds of work on each of the seven days"),
    FIELD(struct week_row, entries_s, .privacy = OPERATIONAL, .of = KIND_SPAN,
          .doc = "Of these, seconds of entries that were not written in the sheet, which it can "
                 "only add to"),
    FIELD(struct week_row, total_s, .privacy = OPERATIONAL, .doc = "Their sum"),
    { 0 },
};

const struct field week_fields[] = {
    FIELD(struct week, person, .privacy = PERSONAL, .doc = "Whose week it is"),
    FIELD(struct week, from, .privacy = OPERATIONAL, .doc = "First day of the week"),
    FIELD(struct week, to, .privacy = OPERATIONAL, .doc = "Last day of the week"),
    FIELD(struct week, zone, .privacy = PERSONAL, .doc = "Time zone whose days these are"),
    FIELD_LIST(struct week, days, struct week_day, week_day_fields, .privacy = OPERATIONAL,
               .doc = "The seven days"),
    FIELD_LIST(struct week, rows, struct week_row, week_row_fields, .privacy = OPERATIONAL,
               .doc = "What was worked on, the most first"),
    FIELD(struct week, total_s, .privacy = OPERATIONAL, .doc = "Seconds of work in the week"),
    { 0 },
};

enum { WEEK_ROWS_MAX = 500 };

/* The person that a request is about: the caller when none is named; NOT_FOUND beyond reach. */
static bool person_of(struct ctx *c, const struct permission *p, struct id asked, struct id *ret)
{
    bool reached;
    struct id person = id_given(asked) ? asked : c->actor.person;
    if (!id_given(person))
        return fail_at(c, "person", "is required");
    if (!scope_reaches(c, ctx_scope(c, p), person, &reached))
        return false;
    struct person there;
    if (!reached)
        return fail(c, NOT_FOUND, NULL);
    if (!row_get(c, &person_table, person, &there))
        return false;
    *ret = person;
    return true;
}

struct setting {
    const char *week_start;
};
static const struct field setting_fields[] = {
    FIELD(struct setting, week_start),
    { 0 },
};

static bool week_first(struct ctx *c, struct date d, struct date *ret)
{
    static const struct query setting = { "SELECT week_start FROM organisation" };
    struct setting s = { 0 };
    bool found;
    if (!tx_row(c->tx, &setting, NO_ARGS, setting_fields, &s, &found))
        return false;
    int back = date_weekday(d);
    if (found && text_equal(s.week_start, "sunday"))
        back = (back + 1) % 7;
    *ret = (struct date){ d.day - back };
    return true;
}

struct filling {
    struct ctx *c;
    struct week *week;
    struct week_row *rows;
    struct week_day *days;
    size_t count;
    bool full;
};

static struct week_row *row_of(struct filling *f, const struct time_entry *e)
{
    for (size_t i = 0; i < f->count; i++)
        if (id_equal(f->rows[i].project, e->project) && id_equal(f->rows[i].task, e->task))
            return &f->rows[i];
    if (f->count == WEEK_ROWS_MAX)
        return NULL;
    struct week_row *row = &f->rows[f->count++];
    row->project = e->project;
    row->task = e->task;
    row->cells_s = (struct list){ arena_many(f->c->arena, 7, struct span), 7 };
    row->entries_s = (struct list){ arena_many(f->c->arena, 7, struct span), 7 };
    return row;
}

/* The cells were made here; a list only shows them as constant. */
static void cell_add(const struct list *cells, int day, struct span length)
{
    ((struct span *)(uintptr_t)cells->at)[day].s += length.s;
}

static void entry_fill(struct filling *f, const struct time_entry *e)
{
    struct split_part part;
    if (!instant_given(e->ended_at))
        return;
    struct split s = split_start(zone_named(f->c, e->zone), e->started_at, e->ended_at, 0);
    while (split_next(&s, &part)) {
        int i = part.day.day - f->week->from.day;
        if (i < 0 || i > 6)
            continue;
        struct week_row *row = row_of(f, e);
        f->full = !row;
        if (!row)
            return;
        cell_add(&row->cells_s, i, part.length);
        if (!entry_placed(e->source))
            cell_add(&row->entries_s, i, part.length);
        row->total_s.s += part.length.s;
        f->days[i].total_s.s += part.length.s;
        f->week->total_s.s += part.length.s;
    }
}

static void rows_sort(struct week_row *rows, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct week_row row = rows[i];
        size_t k = i;
        for (; k && rows[k - 1].total_s.s < row.total_s.s; k--)
            rows[k] = rows[k - 1];
        rows[k] = row;
    }
}

static bool week_fill(struct ctx *c, struct id person, struct date date, struct week *ret)
{
    struct week week = { .person = person };
    if (!person_zone(c, person, &week.zone))
        return false;
    const struct zone *z = zone_named(c, week.zone);
    if (!week_first(c, date_given(date) ? date : zone_date(z, c->now), &week.from))
        return false;
    week.to = (struct date){ week.from.day + 6 };
    if (date_start_utc(week.from).us <= 0 || date_start_utc(week.to).us >= TIME_END_US)
        return fail_at(c, c->x->route->method == GET ? "date" : "/date",
                       "must be between 1970 and 2199");
    struct week_day *days = arena_many(c->arena, 7, struct week_day);
    for (int i = 0; i < 7; i++) {
        days[i].date = (struct date){ week.from.day + i };
        days[i].length_s = zone_day_length(z, days[i].date);
    }
    struct filling f = { .c = c, .week = &week, .days = days };
    f.rows = arena_many(c->arena, WEEK_ROWS_MAX, struct week_row);
    /* More on either side: entries count in the zone they were written in, and zones lie up to 26
       hours apart. */
    struct instant from = instant_plus(zone_day_start(z, week.from), (struct span){ -2 * 86400 });
    struct instant to = instant_plus(zone_day_start(z, week.to), (struct span){ 3 * 86400 });
    struct list entries;
    if (!entries_within(c, person, from, to, &entries))
        return false;
    for (size_t i = 0; i < entries.count && !f.full; i++)
        entry_fill(&f, (const struct time_entry *)entries.at + i);
    if (f.full)
        return fail(c, INVALID, "The week has more than %d rows", WEEK_ROWS_MAX);
    rows_sort(f.rows, f.count);
    week.days = (struct list){ days, 7 };
    week.rows = (struct list){ f.rows, f.count };
    *ret = week;
    return true;
}

static bool week_read(struct ctx *c, void *ret)
{
    const struct week_in *in = c->x->in;
    struct id person;
    if (!person_of(c, &time_read, in->person, &person))
        return false;
    read_note(c, &time_entry_table, person);
    return week_fill(c, person, in->date, ret);
}

bool week_get(struct ctx *c, const void *in, void *ret)
{
    (void)in;
    return ctx_read(c, week_read, ret);
}

/* --- setting a cell --- */

const struct field week_cell_fields[] = {
    FIELD(struct week_cell, date, .privacy = OPERATIONAL, .required = true, .doc = "The day"),
    FIELD(struct week_cell, person, .privacy = PERSONAL, .refers = &person_table,
          .doc = "Whose cell; the caller's when not given"),
    FIELD(struct week_cell, project, .privacy = OPERATIONAL, .refers = &project_table,
          .doc = "Project"),
    FIELD(struct week_cell, task, .privacy = OPERATIONAL, .refers = &project_task_table,
          .doc = "Task of that project"),
    FIELD(struct week_cell, duration_s, .privacy = OPERATIONAL, .required = true, .min = 0,
          .max = 90000,
          .doc = "Seconds of work that the cell is to hold; 0 takes out what was written "
                 "here and leaves other entries alone"),
    FIELD(struct week_cell, note, .privacy = CONTENT, .max = ENTRY_NOTE_MAX,
          .doc = "What the time went into; not given leaves the note alone"),
    { 0 },
};

static const struct field sheet_entry_fields[] = {
    FIELD(struct time_entry, id),
    FIELD(struct time_entry, started_at),
    FIELD(struct time_entry, ended_at),
    FIELD(struct time_entry, zone),
    { 0 },
};

/* What the sheet itself has written for a cell: one entry, or several when they were booked on
   something else since. Each counts on its day in the zone that it was written in, which may begin
   half a day and more before that of UTC, or behind it. */
static bool sheet_entries_find(struct ctx *c, const struct week_cell *in, struct id person,
                               struct list *ret)
{
    static const struct query own = {
        "SELECT id, started_at, ended_at, zone FROM time_entry WHERE person = $1"
        " AND source = 'week' AND started_at >= $2 AND started_at < $3"
        " AND project IS NOT DISTINCT FROM $4 AND task IS NOT DISTINCT FROM $5"
        " AND ended_at IS NOT NULL ORDER BY started_at"
    };
    struct instant from = date_start_utc((struct date){ in->date.day - 1 });
    struct instant until = date_start_utc((struct date){ in->date.day + 2 });
    struct list near;
    size_t n = 0;
    if (!tx_rows(c->tx, &own,
                 ARGS(value_id(person), value_instant(from), value_instant(until),
                      value_id(in->project), value_id(in->task)),
                 sheet_entry_fields, sizeof(struct time_entry), 0, &near))
        return false;
    struct time_entry *e = arena_copy(c->arena, near.at, near.count * sizeof *e);
    for (size_t i = 0; i < near.count; i++)
        if (zone_date(zone_named(c, e[i].zone), e[i].started_at).day == in->date.day)
            e[n++] = e[i];
    *ret = (struct list){ e, n };
    return true;
}

/* The start of the first gap between entries that holds the length, or of the length at the end of
   the last one; the entry `but` takes no room. */
static bool gap_find(const struct list *entries, struct id but, struct instant from,
                     struct instant until, struct span length, bool last, struct instant *ret)
{
    bool found = false;
    const struct time_entry *e = entries->at, *end = e + entries->count;
    for (;; e++) {
        if (e < end && id_equal(e->id, but))
            continue;
        bool more = e < end && e->started_at.us < until.us;
        struct instant limit = more ? e->started_at : until;
        if (limit.us - from.us >= length.s * 1000000) {
            *ret = last ? instant_plus(limit, (struct span){ -length.s }) : from;
            found = true;
        }
        if (!more || (found && !last))
            return found;
        struct instant free = instant_given(e->ended_at) ? e->ended_at : until;
        if (free.us > from.us)
            from = free;
    }
}

/* Where on a day room is looked for, one after the other: by day, from nine on or else before, then
   in the evening, then anywhere; today first in what has passed of it. */
static const struct {
    int from_s, until_s; /* clock times */
    bool last, passed;
} windows[] = {
    { 9 * 3600, 20 * 3600, false, true },  { 6 * 3600, 20 * 3600, true, true },
    { 9 * 3600, 20 * 3600, false, false }, { 6 * 3600, 20 * 3600, true, false },
    { 9 * 3600, 86400, false, false },     { 0, 86400, true, false },
};

/* Where work of that length goes on the day: where nothing else is. On a day without room it lies
   over other work, from nine on. */
static bool place_find(struct ctx *c, struct id person, const struct zone *z, struct date day,
                       struct id but, struct span length, struct instant *ret)
{
    struct instant start = zone_day_start(z, day);
    struct instant end = zone_day_start(z, (struct date){ day.day + 1 });
    struct instant latest = instant_plus(end, (struct span){ -length.s });
    struct instant at = zone_instant(z, day, 9 * 3600, false, NULL);
    struct list all;
    if (!entries_within(c, person, start, end, &all))
        return false;
    at = at.us < latest.us ? at : latest;
    for (size_t i = 0; i < LENGTH(windows); i++) {
        struct instant from = zone_instant(z, day, windows[i].from_s, false, NULL);
        struct instant until = zone_instant(z, day, windows[i].until_s, false, NULL);
        if (windows[i].passed && until.us > c->now.us)
            until = c->now;
        if (gap_find(&all, but, from, until, length, windows[i].last, &at))
            break;
    }
    if (at.us < start.us)
        at = start;
    ret->us = at.us - at.us % 1000000;
    return true;
}

static int64_t cell_of(const struct week *week, const struct week_cell *in)
{
    const struct week_row *rows = week->rows.at;
    for (size_t i = 0; i < week->rows.count; i++)
        if (id_equal(rows[i].project, in->project) && id_equal(rows[i].task, in->task))
            return ((const struct span *)rows[i].cells_s.at)[in->date.day - week->from.day].s;
    return 0;
}

/* A day holds what all its rows say, or the cell makes it no longer than it is. */
static bool day_check(struct ctx *c, const struct week_cell *in, const struct week *week)
{
    int64_t day = in->date.day - week->from.day, total = in->duration_s.s - cell_of(week, in);
    int64_t length = ((const struct week_day *)week->days.at)[day].length_s.s;
    const struct week_row *rows = week->rows.at;
    if (total <= 0)
        return true;
    for (size_t i = 0; i < week->rows.count; i++)
        total += ((const struct span *)rows[i].cells_s.at)[day].s;
    int64_t minutes = (total + 59) / 60;
    return total <= length || fail_at(c, "/duration_s",
                                      "With its other rows the day would have %" PRId64
                                      ":%02" PRId64 " of %" PRId64 " hours",
                                      minutes / 60, minutes % 60, length / 3600);
}

static bool entry_make(struct ctx *c, const struct week_cell *in, struct id person,
                       struct instant at, struct span length)
{
    struct time_entry e = {
        .person = person,
        .project = in->project,
        .task = in->task,
        .started_at = at,
        .ended_at = instant_plus(at, length),
        .note = in->note,
        .source = "week",
    };
    return row_create(c, &time_entry_table, &e);
}

static int64_t length_of(const struct time_entry *e)
{
    return instant_minus(e->ended_at, e->started_at).s;
}

/* An entry of the sheet stays in the zone it was written in, and so on its day there. */
static bool entry_resize(struct ctx *c, const struct week_cell *in, struct id person,
                         const struct time_entry *own, struct span length)
{
    const struct table *t = &time_entry_table;
    struct time_entry row, change = { .note = in->note };
    field_set given = row_set(t, "started_at") | row_set(t, "ended_at");
    if (!place_find(c, person, zone_named(c, own->zone), in->date, own->id, length,
                    &change.started_at) ||
        !ahead_check(c, change.started_at, "/date"))
        return false;
    change.ended_at = instant_plus(change.started_at, length);
    if (in->note)
        given |= row_set(t, "note");
    return row_update(c, t, own->id, 0, &change, given, &row);
}

/* Makes the sheet's own entries as long as that together: the first goes, or is changed, first. */
static bool own_set(struct ctx *c, const struct week_cell *in, struct id person,
                    const struct zone *z, const struct list *own, int64_t length)
{
    const struct time_entry *e = own->at;
    int64_t behind = 0;
    struct instant at;
    for (size_t i = 0; i < own->count; i++)
        behind += length_of(&e[i]);
    for (size_t i = 0; i < own->count; i++) {
        behind -= length_of(&e[i]);
        if (length > behind)
            return entry_resize(c, in, person, &e[i], (struct span){ length - behind });
        if (!row_delete(c, &time_entry_table, e[i].id, 0))
            return false;
    }
    struct span wanted = { length };
    return !length || (place_find(c, person, z, in->date, (struct id){ 0 }, wanted, &at) &&
                       ahead_check(c, at, "/date") && entry_make(c, in, person, at, wanted));
}

static bool cell_set(struct ctx *c, const struct week_cell *in, struct id person,
                     const struct week *week)
{
    struct list own;
    int64_t others = cell_of(week, in);
    if (!sheet_entries_find(c, in, person, &own))
        return false;
    for (size_t i = 0; i < own.count; i++)
        others -= length_of((const struct time_entry *)own.at + i);
    int64_t wanted = in->duration_s.s - others, minutes = (others + 59) / 60;
    if (own.count && !in->duration_s.s)
        wanted = 0;
    if (wanted < 0)
        return fail_at(c, "/duration_s",
                       "Entries already make %" PRId64 ":%02" PRId64
                       " that day, and the sheet can only add to them. Change them in Entries.",
                       minutes / 60, minutes % 60);
    return (!wanted || day_check(c, in, week)) &&
           own_set(c, in, person, zone_named(c, week->zone), &own, wanted);
}

bool week_put(struct ctx *c, const void *in_record, void *ret)
{
    const struct week_cell *in = in_record;
    struct week week;
    struct id person;
    if (!person_of(c, &time_write, in->person, &person))
        return false;
    read_note(c, &time_entry_table, person); /* a refusal tells of the day, too */
    return week_fill(c, person, in->date, &week) && cell_set(c, in, person, &week) &&
           week_fill(c, person, in->date, ret);
}
