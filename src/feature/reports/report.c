/* report.c: what a report is asked for, and the way from there to its rows. */
#include "core/app.h"
#include "core/audit.h"
#include "core/rows.h"
#include "feature/time/time.h"
#include "maker.h"

#include <string.h>

const char *const report_groupings[] = { "day",     "week",   "month", "person",
                                         "project", "client", "tag",   NULL };

bool maker_by(const struct maker *m, enum dimension d)
{
    return m->by == d || m->then == d;
}

bool maker_fits(const struct maker *m)
{
    return m->cells.count <= REPORT_ROWS_MAX;
}

struct date month_start(struct date d, int later)
{
    int year, month, day;
    date_split(d, &year, &month, &day);
    month += later - 1;
    return date_of(year + month / 12, month % 12 + 1, 1);
}

static enum dimension dimension_of(const char *name)
{
    for (int i = 0; name && report_groupings[i]; i++)
        if (!strcmp(report_groupings[i], name))
            return (enum dimension)(BY_DAY + i);
    return BY_NOTHING;
}

static bool period_set(struct maker *m)
{
    int year, month, day;
    struct date today = zone_date(ctx_zone(m->c), m->c->now);
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
    m->by_tag = m->tag || maker_by(m, BY_TAG);
    m->by_project = m->project || m->client || maker_by(m, BY_PROJECT) || maker_by(m, BY_CLIENT);
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

static void reads_note(struct maker *m)
{
    if (id_given(m->q->person))
        read_note(m->c, &time_entry_table, m->q->person);
    for (uint32_t i = 1; i <= m->people.count; i++)
        read_note(m->c, &time_entry_table, m->people.id[i]);
}

bool report_run(struct ctx *c, const struct report_query *q, struct report *ret)
{
    struct maker m = { .c = c, .q = q };
    struct list rows;
    if (!maker_start(&m) || !maker_read(&m) || !maker_rows(&m, &rows))
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
