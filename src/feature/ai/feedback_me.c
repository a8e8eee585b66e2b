/* feedback_me.c: the capability feedback.me: a person's own time, for that person alone. */
#include "local/feedback.h"
#include "run.h"

#include "core/app.h"
#include "feature/time/time.h"

#include <string.h>

enum { ENTRIES_MAX = 5000 };

static const char *const entry_columns[] = { "started_at", "ended_at", "duration_s", "note",
                                             "billable",   "project",  "source",     NULL };
static const char *const project_columns[] = { "name", NULL };
static const struct ai_read reads[] = {
    { &time_entry_table, entry_columns },
    { &project_table, project_columns },
    { 0 },
};

/* An entry with its project's name. */
struct own_entry {
    struct id id, project;
    struct instant started_at, ended_at;
    struct span duration_s;
    const char *note, *name, *zone, *source;
    bool billable;
};
static const struct field own_entry_fields[] = {
    FIELD(struct own_entry, id),
    FIELD(struct own_entry, project),
    FIELD(struct own_entry, started_at),
    FIELD(struct own_entry, ended_at),
    FIELD(struct own_entry, duration_s),
    FIELD(struct own_entry, note),
    FIELD(struct own_entry, name),
    FIELD(struct own_entry, zone),
    FIELD(struct own_entry, billable),
    FIELD(struct own_entry, source),
    { 0 },
};

static const struct ai_cell own_entry_cells[] = {
    AI_CELL(struct own_entry, started_at, time_entry_table, "started_at"),
    AI_CELL(struct own_entry, ended_at, time_entry_table, "ended_at"),
    AI_CELL(struct own_entry, duration_s, time_entry_table, "duration_s"),
    AI_CELL(struct own_entry, note, time_entry_table, "note"),
    AI_CELL(struct own_entry, name, project_table, "name"),
    AI_CELL(struct own_entry, billable, time_entry_table, "billable"),
    AI_CELL(struct own_entry, source, time_entry_table, "source"),
    { 0 },
};

static bool own_entries(struct ai_run *run, struct date from, int64_t limit, struct list *ret)
{
    /* The person is a parameter that comes from the session, so nobody else's rows can come. */
    static const struct query q = {
        "SELECT e.id, e.project, e.started_at, e.ended_at, e.duration_s, e.note, p.name, e.zone,"
        " e.billable, e.source"
        " FROM time_entry e LEFT JOIN project p ON p.id = e.project"
        " WHERE e.person = $1 AND e.started_at >= $2 AND e.started_at < $3"
        " AND e.ended_at IS NOT NULL ORDER BY e.started_at LIMIT $4"
    };
    struct ctx *c = run->c;
    const struct zone *zone = ctx_zone(c);
    return tx_rows(c->tx, &q,
                   ARGS(value_id(c->actor.person), value_instant(zone_day_start(zone, from)),
                        value_instant(zone_day_start(zone, run->in->to)), value_int(limit)),
                   own_entry_fields, sizeof(struct own_entry), 0, ret);
}

static bool context(struct ai_run *run)
{
    struct list rows;
    if (!own_entries(run, run->in->from, CONTEXT_ROWS, &rows))
        return false;
    context_rows(run, own_entry_cells, rows.at, rows.count, sizeof(struct own_entry));
    return true;
}

static bool local(struct ai_run *run)
{
    struct list rows;
    struct arena *a = run->c->arena;
    struct findings found = findings_new(a);
    struct date from = { run->in->from.day - BASELINE_DAYS };
    if (!own_entries(run, from, ENTRIES_MAX, &rows))
        return false;
    const struct zone *zone = ctx_zone(run->c);
    struct worked *worked = arena_many(a, rows.count, struct worked);
    for (size_t i = 0; i < rows.count; i++) {
        const struct own_entry *e = (const struct own_entry *)rows.at + i;
        worked[i] = (struct worked){ .id = e->id,
                                     .start = e->started_at,
                                     .end = e->ended_at,
                                     .day = zone_day(zone, e->started_at),
                                     .zone = zone_named(run->c, e->zone),
                                     .placed = entry_placed(e->source),
                                     .project = e->project,
                                     .project_name = e->name };
        run->ret->compared_rows += worked[i].day.day < run->in->from.day;
    }
    run->ret->compared_from = from;
    feedback_find(worked, rows.count, zone, run->in->from, run->in->to, zone_day(zone, run->c->now),
                  &found);
    run->ret->rows = (int64_t)rows.count;
    run->ret->findings = (struct list){ found.at, found.count };
    run->ret->text = findings_text(&found, "your own time");
    return true;
}

/* Whoever tracks no time has none to be told about. */
const struct permission ai_feedback = {
    "ai.feedback",
    "Get feedback on your own time",
    { [ROLE_MEMBER] = SCOPE_OWN,
      [ROLE_MANAGER] = SCOPE_OWN,
      [ROLE_ADMIN] = SCOPE_OWN,
      [ROLE_OWNER] = SCOPE_OWN },
};

const struct capability feedback_me = {
    .name = "feedback.me",
    .doc = "Feedback on your own time, for you alone",
    .can = &ai_feedback,
    .quick = true,
    .reads = reads,
    .instruction = "Give the person kind, concrete feedback on their own time entries below, with "
                   "times as the person's clock showed them: what stands out, long days, missing "
                   "breaks, where focus was lost, and one thing to try. Entries whose source is "
                   "week are hours of a day: nobody chose their clock times, so read nothing off "
                   "those. At most 200 words.",
    .context = context,
    .local = local,
};
