/* summary_report.c: the capability summary.report: sums of time by day and project, as far as the
   person who asks may see them, and without those of people who object or are blocked. */
#include "local/summary.h"
#include "run.h"

#include "core/app.h"
#include "core/scope.h"
#include "core/sql.h"
#include "db/compose.h"
#include "feature/time/rollup.h"
#include "feature/time/time.h"

#include <string.h>

static const char *const day_columns[] = { "day", "project", "duration_s", "billable_s", NULL };
static const char *const project_columns[] = { "name", NULL };
static const struct ai_read reads[] = {
    { &time_day_table, day_columns },
    { &project_table, project_columns },
    { 0 },
};

struct sum_row {
    struct date day;
    struct id project;
    const char *name;
    struct span duration_s, billable_s;
};
static const struct field sum_row_fields[] = {
    FIELD(struct sum_row, day),        FIELD(struct sum_row, project),
    FIELD(struct sum_row, name),       FIELD(struct sum_row, duration_s),
    FIELD(struct sum_row, billable_s), { 0 },
};

static const struct ai_cell sum_row_cells[] = {
    AI_CELL(struct sum_row, day, time_day_table, "day"),
    AI_CELL(struct sum_row, name, project_table, "name"),
    AI_CELL(struct sum_row, duration_s, time_day_table, "duration_s"),
    AI_CELL(struct sum_row, billable_s, time_day_table, "billable_s"),
    { 0 },
};

static bool sums(struct ai_run *run, struct date from, struct list *ret)
{
    struct ctx *c = run->c;
    struct buffer sql = buffer_new(c->arena);
    struct value args[6] = { value_date(from), value_date(run->in->to), value_bool(true) };
    size_t n = 3;
    buffer_string(&sql, "SELECT d.day, d.project, p.name, SUM(d.duration_s), SUM(d.billable_s)"
                        " FROM time_day d LEFT JOIN project p ON p.id = d.project"
                        " WHERE d.day >= $1 AND d.day < $2 AND NOT EXISTS (SELECT o.id FROM"
                        " ai_objection o WHERE o.person = d.person AND (o.objected = $3 OR"
                        " o.blocked = $3))");
    scope_add_column(c, &sql, "d.person", ctx_scope(c, &time_read), args, &n);
    buffer_string(&sql, " GROUP BY d.day, d.project, p.name ORDER BY d.day, d.project");
    return tx_catch_up(c->tx) && tx_rows(c->tx, composed(c, &sql), args, n, sum_row_fields,
                                         sizeof(struct sum_row), 0, ret);
}

/* Days are summed into weeks when there are too many rows for one request. */
static bool context(struct ai_run *run)
{
    struct list rows;
    if (!sums(run, run->in->from, &rows))
        return false;
    const struct sum_row *at = rows.at;
    bool weeks = rows.count > CONTEXT_ROWS;
    struct sum_row *out = arena_many(run->c->arena, rows.count, struct sum_row);
    size_t n = 0;
    for (size_t i = 0; i < rows.count; i++) {
        struct sum_row row = at[i];
        size_t j = n;
        if (weeks) {
            row.day.day -= date_weekday(row.day);
            for (j = n; j > 0 && out[j - 1].day.day == row.day.day; j--)
                if (id_equal(out[j - 1].project, row.project))
                    break;
            j = j > 0 && out[j - 1].day.day == row.day.day ? j - 1 : n;
        }
        if (j == n) {
            out[n++] = row;
            continue;
        }
        out[j].duration_s.s += row.duration_s.s;
        out[j].billable_s.s += row.billable_s.s;
    }
    context_rows(run, sum_row_cells, out, n, sizeof *out);
    return true;
}

static bool local(struct ai_run *run)
{
    struct list rows;
    struct arena *a = run->c->arena;
    struct findings found = findings_new(a);
    struct date from = { 2 * run->in->from.day - run->in->to.day };
    if (!sums(run, from, &rows))
        return false;
    struct day_sum *list = arena_many(a, rows.count, struct day_sum);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sum_row *r = (const struct sum_row *)rows.at + i;
        list[i] = (struct day_sum){ r->day, r->project, r->name, r->duration_s.s, r->billable_s.s };
        run->ret->compared_rows += r->day.day < run->in->from.day;
    }
    run->ret->compared_from = from;
    summary_find(list, rows.count, run->in->from, run->in->to,
                 zone_day(ctx_zone(run->c), run->c->now), &found);
    run->ret->rows = (int64_t)rows.count;
    run->ret->findings = (struct list){ found.at, found.count };
    run->ret->text = findings_text(&found, "the period");
    return true;
}

const struct capability summary_report = {
    .name = "summary.report",
    .doc =
        "A summary of a period's time by project, never by person, and without the time of people "
        "who object to AI",
    .can = &ai_use,
    .reads = reads,
    .instruction = "Summarise the time booked per day and project below for a team lead: totals, "
                   "what changed, what stands out, and one question worth asking. Durations are in "
                   "seconds; write hours. At most 200 words.",
    .context = context,
    .local = local,
};
