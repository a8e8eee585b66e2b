/* entry.c: time entries: what they hold, what is checked, and what follows from them. */
#include "entry.h"

#include "base/money.h"
#include "core/app.h"
#include "core/audit.h"
#include "core/rows.h"
#include "core/sql.h"
#include "feature/organisation/organisation.h"
#include "rollup.h"

#include <stdlib.h>
#include <string.h>

const struct permission time_read = {
    "time.read",
    "See time",
    { [ROLE_MEMBER] = SCOPE_OWN,
      [ROLE_MANAGER] = SCOPE_TEAM,
      [ROLE_ADMIN] = SCOPE_ALL,
      [ROLE_OWNER] = SCOPE_ALL,
      [ROLE_AUDITOR] = SCOPE_ALL },
};
const struct permission time_write = {
    "time.write",
    "Track, change and remove time",
    { [ROLE_MEMBER] = SCOPE_OWN,
      [ROLE_MANAGER] = SCOPE_OWN,
      [ROLE_ADMIN] = SCOPE_ALL,
      [ROLE_OWNER] = SCOPE_ALL },
};

const struct permission time_import = {
    "time.import",
    "Take over time from other trackers",
    { [ROLE_MEMBER] = SCOPE_OWN,
      [ROLE_MANAGER] = SCOPE_OWN,
      [ROLE_ADMIN] = SCOPE_ALL,
      [ROLE_OWNER] = SCOPE_ALL },
};

static const char *const entry_sources[] = { "manual",   "timer",   "week",  "import", "toggl",
                                             "clockify", "harvest", "kimai", "vow",    NULL };

const struct field time_entry_fields[] = {
    ROW_FIELDS(struct time_entry),
    FIELD(struct time_entry, person, .privacy = PERSONAL, .subject = true, .write_once = true,
          .refers = &person_table, .filter = true, .ai = true,
          .doc = "Who worked; a new one is the caller's unless said otherwise"),
    FIELD(struct time_entry, project, .privacy = OPERATIONAL, .refers = &project_table,
          .filter = true, .ai = true, .doc = "Project it is booked on"),
    FIELD(struct time_entry, task, .privacy = OPERATIONAL, .refers = &project_task_table,
          .filter = true, .ai = true, .doc = "Task of that project"),
    FIELD(struct time_entry, started_at, .label = "start", .privacy = OPERATIONAL, .required = true,
          .filter = true, .ai = true, .doc = "When the work began, in whole seconds"),
    FIELD(struct time_entry, ended_at, .label = "end", .privacy = OPERATIONAL, .ai = true,
          .after = "started_at", .max = ENTRY_DAYS_MAX * 86400,
          .doc = "When it ended; absent while the timer runs"),
    FIELD(struct time_entry, duration_s, .privacy = OPERATIONAL, .read_only = true, .ai = true,
          .doc = "Seconds from start to end; 0 while the timer runs"),
    FIELD(struct time_entry, note, .privacy = CONTENT, .max = ENTRY_NOTE_MAX, .ai = true,
          .search = true, .doc = "What the time went into"),
    FIELD(struct time_entry, billable, .privacy = OPERATIONAL, .ai = true,
          .doc = "Whether it is billed; when not given, as the project says"),
    FIELD(struct time_entry, tags, .of = KIND_ID, .max = ENTRY_TAGS_MAX, .privacy = OPERATIONAL,
          .doc = "Ids of tags as a list, at most 20; absent when there are none"),
    FIELD(struct time_entry, source, .privacy = OPERATIONAL, .read_only = true,
          .choices = entry_sources, .ai = true,
          .doc = "How it came here; the clock times of one from the week sheet were chosen for it, "
                 "until somebody changes them"),
    FIELD(struct time_entry, running, .privacy = PERSONAL, .read_only = true, .unique = true,
          .refers = &person_table,
          .doc = "The person while the timer runs; no two entries share it"),
    FIELD(struct time_entry, rate_minor, .label = "rate per hour", .privacy = OPERATIONAL,
          .read_only = true, .see = &rates_read,
          .doc = "Billed per hour when it was written, in minor units; 0 when free or not billed"),
    FIELD(struct time_entry, amount_minor, .privacy = OPERATIONAL, .read_only = true,
          .see = &rates_read,
          .doc = "What it costs, in minor units of the organisation's currency"),
    FIELD(struct time_entry, rated, .privacy = OPERATIONAL, .read_only = true,
          .doc = "Whether a rate for it was known when it was written, be it 0"),
    FIELD(struct time_entry, zone, .label = "time zone", .privacy = OPERATIONAL, .read_only = true,
          .doc = "Time zone whose days it counts in: the person's when it was written"),
    FIELD(struct time_entry, reaches, .privacy = OPERATIONAL, .read_only = true, .filter = true,
          .doc = "Its end when it is longer than 12 hours, 2200 while it runs, else absent; "
                 "reaches_from finds what began long before a day and covers it"),
    { 0 },
};

int64_t amount_of(int64_t seconds, int64_t rate_minor)
{
    __int128 amount = ((__int128)seconds * rate_minor + 1800) / 3600;
    return amount < AMOUNT_MINOR_MAX ? (int64_t)amount : AMOUNT_MINOR_MAX;
}

const struct zone *zone_named(const struct ctx *c, const char *name)
{
    const struct zone *z = zone_find(c->app->zones, name);
    return z ? z : zone_utc();
}

/* --- tags --- */

static void skip_blank(const char **at)
{
    *at += strspn(*at, " \t\r\n");
}

bool tags_parse(const char *json, struct id ret[ENTRY_TAGS_MAX], size_t *count)
{
    const char *at = json;
    size_t n = 0;
    skip_blank(&at);
    if (*at++ != '[')
        return false;
    skip_blank(&at);
    while (*at != ']') {
        char text[ID_TEXT] = "";
        if (n == ENTRY_TAGS_MAX || (n && *at++ != ','))
            return false;
        skip_blank(&at);
        if (*at++ != '"' || strlen(at) < ID_TEXT)
            return false;
        memcpy(text, at, ID_TEXT - 1);
        at += ID_TEXT - 1;
        if (*at++ != '"' || !id_parse(text, &ret[n++]))
            return false;
        skip_blank(&at);
    }
    at++;
    skip_blank(&at);
    *count = n;
    return !*at;
}

const char *tags_format(struct arena *a, struct id *tags, size_t count)
{
    char text[ID_TEXT];
    if (!count)
        return NULL;
    char *to = arena_alloc(a, count * (ID_TEXT + 2) + 2), *end = to;
    qsort(tags, count, sizeof *tags, id_compare);
    for (size_t i = 0; i < count; i++) {
        if (i && id_equal(tags[i], tags[i - 1]))
            continue;
        id_format(tags[i], text);
        *end = end == to ? '[' : ',';
        end++;
        *end++ = '"';
        memcpy(end, text, ID_TEXT - 1);
        end += ID_TEXT - 1;
        *end++ = '"';
    }
    *end++ = ']';
    *end = 0;
    return to;
}

static bool tags_check(struct ctx *c, struct time_entry *e)
{
    static const struct query known = { "SELECT id FROM tag WHERE id = $1" };
    struct id tags[ENTRY_TAGS_MAX];
    size_t n = 0;
    if (!e->tags.text)
        return true;
    if (!tags_parse(e->tags.text, tags, &n))
        return fail_at(c, "/tags", "must be a list of at most %d ids of tags", ENTRY_TAGS_MAX);
    for (size_t i = 0; i < n; i++) {
        bool found;
        if (!tx_found(c->tx, &known, ARGS(value_id(tags[i])), &found))
            return false;
        if (!found)
            return fail_at(c, "/tags", "names a tag that does not exist here");
    }
    e->tags.text = tags_format(c->arena, tags, n);
    return true;
}

/* --- what it is booked on, and what else is asked for each --- */

struct booked {
    struct id whose, organisation;
    const char *zone, *common, *overlap;
    bool billable;
    int64_t rate_minor; /* of the project, INT_NONE when it has none */
    int64_t person_rate;
    bool archived;
};
static const struct field booked_fields[] = {
    FIELD(struct booked, whose),
    FIELD(struct booked, zone),
    FIELD(struct booked, organisation),
    FIELD(struct booked, common),
    FIELD(struct booked, overlap),
    FIELD(struct booked, billable),
    FIELD(struct booked, rate_minor, .nullable = true),
    FIELD(struct booked, person_rate, .nullable = true),
    FIELD(struct booked, archived),
    { 0 },
};

static bool booked_find(struct ctx *c, const struct time_entry *e, struct booked *ret)
{
    static const struct query all = {
        "SELECT h.id, h.zone, o.id, o.zone, o.overlap,"
        " COALESCE(p.billable, 0), p.rate_minor, r.rate_minor, COALESCE(p.archived, 0)"
        " FROM (SELECT 1) AS one LEFT JOIN project p ON p.id = $1"
        " LEFT JOIN person_rate r ON r.person = $2 LEFT JOIN person h ON h.id = $2"
        " LEFT JOIN organisation o ON 1 = 1",
        .again = true
    };
    bool found;
    return tx_row(c->tx, &all, ARGS(value_id(e->project), value_id(e->person)), booked_fields, ret,
                  &found);
}

bool entry_unrated(const struct time_entry *e)
{
    return e->billable && !e->rated && !e->rate_minor && !e->amount_minor;
}

static int64_t booked_rate(const struct booked *b)
{
    return b->rate_minor != INT_NONE ? b->rate_minor : b->person_rate;
}

static void rate_set(struct time_entry *e, int64_t rate)
{
    e->rated = e->billable && rate != INT_NONE;
    e->rate_minor = e->rated ? rate : 0;
    e->amount_minor = amount_of(e->duration_s.s, e->rate_minor);
}

bool entry_terms(struct ctx *c, struct id project, struct id person, struct entry_terms *ret)
{
    struct time_entry e = { .project = project, .person = person };
    struct booked booked;
    if (!booked_find(c, &e, &booked))
        return false;
    *ret = (struct entry_terms){ booked.billable, booked_rate(&booked) };
    return true;
}

bool entry_rate(struct ctx *c, struct time_entry *e)
{
    struct booked booked;
    if (!booked_find(c, e, &booked))
        return false;
    if (!booked.archived)
        rate_set(e, booked_rate(&booked));
    return true;
}

static bool task_check(struct ctx *c, const struct time_entry *e)
{
    static const struct query known = {
        "SELECT id FROM project_task WHERE id = $1 AND project = $2"
    };
    bool found;
    if (!id_given(e->task))
        return true;
    if (!tx_found(c->tx, &known, ARGS(value_id(e->task), value_id(e->project)), &found))
        return false;
    return found || fail_at(c, "/task", "is not a task of the project");
}

/* --- when --- */

static struct instant whole_seconds(struct instant t)
{
    return (struct instant){ t.us - t.us % 1000000 };
}

static void reaches_set(struct time_entry *e)
{
    bool runs = !instant_given(e->ended_at);
    e->reaches = runs                                ? (struct instant){ TIME_END_US }
                 : e->duration_s.s > ENTRY_REACHES_S ? e->ended_at
                                                     : (struct instant){ 0 };
}

bool entries_reach(struct ctx *c)
{
    static const struct query set = {
        "UPDATE time_entry SET reaches = COALESCE(ended_at, $1)"
        " WHERE started_at IS NOT NULL AND (ended_at IS NULL OR duration_s > $2)",
        .whole = "All entries are looked at"
    };
    return tx_run(c->tx, &set,
                  ARGS(value_instant((struct instant){ TIME_END_US }), value_int(ENTRY_REACHES_S)),
                  NULL);
}

bool entries_rate(struct ctx *c)
{
    static const struct query set = { "UPDATE time_entry SET rated = $1 WHERE rated = $2 AND "
                                      "(rate_minor > 0 OR amount_minor > 0)",
                                      .whole = "All entries are looked at" };
    return tx_run(c->tx, &set, ARGS(value_bool(true), value_bool(false)), NULL);
}

static bool times_differ(const struct time_entry *old, const struct time_entry *e)
{
    return !old || old->started_at.us != e->started_at.us || old->ended_at.us != e->ended_at.us;
}

bool entry_is_far(const struct ctx *c, struct instant start)
{
    return instant_minus(start, c->now).s > ENTRY_YEAR_DAYS * 86400;
}

bool ahead_check(struct ctx *c, struct instant start, const char *pointer)
{
    return !entry_is_far(c, start) || fail_at(c, pointer, "must be at most a year ahead");
}

static bool times_check(struct ctx *c, const struct time_entry *old, struct time_entry *e)
{
    e->started_at = whole_seconds(e->started_at);
    e->ended_at = whole_seconds(e->ended_at);
    if (e->started_at.us <= 0 || e->started_at.us >= TIME_END_US)
        return fail_at(c, "/started_at", "must be between 1970 and 2199");
    bool runs = !instant_given(e->ended_at);
    e->running = runs ? e->person : (struct id){ 0 };
    e->duration_s = runs ? (struct span){ 0 } : instant_minus(e->ended_at, e->started_at);
    reaches_set(e);
    bool begins = !old || old->started_at.us != e->started_at.us;
    /* One that runs goes on, though the clock was set back, or is another node's. */
    bool starts = runs && (begins || !id_given(old->running));
    if (starts && e->started_at.us > c->now.us)
        return fail_at(c, "/started_at", "must not be in the future while the timer runs");
    if (begins && !ahead_check(c, e->started_at, "/started_at"))
        return false;
    if (begins && runs && instant_minus(c->now, e->started_at).s > ENTRY_YEAR_DAYS * 86400)
        return fail_at(c, "/started_at", "must be at most a year ago while the timer runs");
    if (e->duration_s.s < 0)
        return fail_at(c, "/ended_at", "must not be before the start");
    /* A forgotten timer can be stopped however long it ran, though not ahead of now, and what it
       left be changed: every day of an entry is summed. */
    bool stopped = old && id_given(old->running) && e->ended_at.us <= c->now.us;
    if (times_differ(old, e) && !stopped && e->duration_s.s > ENTRY_DAYS_MAX * 86400)
        return fail_at(c, "/ended_at", "must be at most %d days after the start", ENTRY_DAYS_MAX);
    return true;
}

/* Refuses an entry for another one of the person, which tells that there is one. */
static bool taken(struct ctx *c, const struct time_entry *e, enum problem p)
{
    read_note(c, &time_entry_table, e->person);
    return fail(c, p, NULL);
}

static bool one_runs(struct ctx *c, const struct time_entry *e)
{
    static const struct query running = {
        "SELECT id FROM time_entry WHERE running = $1 AND id <> $2"
    };
    bool found;
    if (!id_given(e->running))
        return true;
    if (!tx_found(c->tx, &running, ARGS(value_id(e->person), value_id(e->id)), &found))
        return false;
    return !found || taken(c, e, TIMER_RUNNING);
}

static bool overlap_check(struct ctx *c, const struct time_entry *old, const struct time_entry *e,
                          const struct booked *booked)
{
    bool overlaps;
    if (!times_differ(old, e) || !overlap_refused(booked->overlap))
        return true;
    return entry_overlaps(c, e, &overlaps) && (!overlaps || taken(c, e, ENTRY_OVERLAPS));
}

/* --- around every write --- */

/* The books of an archive stay as they are; but every day of an entry is summed, and there must be
   an end to them. */
static bool entry_take(struct ctx *c, const struct time_entry *e)
{
    bool erased = !instant_given(e->started_at), runs = !instant_given(e->ended_at);
    if (e->started_at.us < 0 || e->started_at.us >= TIME_END_US || e->ended_at.us >= TIME_END_US)
        return fail_at(c, "/started_at", "must be between 1970 and 2199");
    return erased || runs || e->ended_at.us >= e->started_at.us ||
           fail_at(c, "/ended_at", "must not be before the start");
}

static bool entry_check(struct ctx *c, enum op op, const void *old_row, void *new_row)
{
    const struct time_entry *old = old_row;
    struct time_entry *e = new_row;
    struct booked booked;
    if (op == OP_DELETE)
        return true;
    if (op == OP_TAKE)
        return entry_take(c, e);
    if (!id_given(e->person))
        e->person = old ? old->person : c->actor.person;
    if (!id_given(e->person) && !old)
        return fail_at(c, "/person", "is required");
    if (!e->source)
        e->source = "manual";
    if (!booked_find(c, e, &booked))
        return false;
    if (!e->zone)
        e->zone = zone_of(booked.zone, booked.common);
    if (!tags_check(c, e) || !task_check(c, e) || !times_check(c, old, e) || !one_runs(c, e))
        return false;
    if (booked.archived && (!old || !id_equal(old->project, e->project)))
        return fail_at(c, "/project", "is archived");
    if (!old && !ctx_given(c, "billable"))
        e->billable = booked.billable;
    /* Clock times that a person chose: from then on the sheet leaves them where they are. */
    if (old && entry_placed(e->source) && times_differ(old, e) &&
        (ctx_given(c, "started_at") || ctx_given(c, "ended_at")))
        e->source = "manual";
    bool kept = old && old->billable == e->billable && id_equal(old->project, e->project);
    if (!kept)
        rate_set(e, booked_rate(&booked));
    else
        e->rated = e->billable && !entry_unrated(old);
    if (kept && old->duration_s.s != e->duration_s.s)
        e->amount_minor = amount_of(e->duration_s.s, e->rate_minor);
    return overlap_check(c, old, e, &booked);
}

/* An imported row whose entry is gone may come again. */
static bool entry_after(struct ctx *c, enum op op, const void *old, const void *row)
{
    static const struct query forget = { "DELETE FROM time_import WHERE entry = $1" };
    if (op == OP_DELETE &&
        !tx_run(c->tx, &forget, ARGS(value_id(((const struct time_entry *)old)->id)), NULL))
        return false;
    return rollup_change(c, old, row);
}

static const char *const entry_indexes[] = { "person, started_at", NULL };

const struct table time_entry_table = {
    .name = "time_entry",
    .doc = "Who worked on what, from when to when",
    .fields = time_entry_fields,
    .size = sizeof(struct time_entry),
    .path = "/time/entries",
    .sort = "-started_at",
    .read = &time_read,
    .write = &time_write,
    .erase = ERASE_PERSON,
    .indexes = entry_indexes,
    .check = entry_check,
    .fails = FAILS(TIMER_RUNNING, ENTRY_OVERLAPS),
    .after = entry_after,
};

bool entry_stop(struct ctx *c, const struct time_entry *running)
{
    static const struct query set = {
        "UPDATE time_entry SET ended_at = $2, duration_s = $3, amount_minor = $4, reaches = $5,"
        " updated_at = $6, running = NULL, version = version + 1 WHERE id = $1"
    };
    struct time_entry e = *running;
    e.running = (struct id){ 0 };
    e.ended_at = whole_seconds(c->now);
    if (e.ended_at.us < e.started_at.us) /* the clock was set back */
        e.ended_at = e.started_at;
    e.duration_s = instant_minus(e.ended_at, e.started_at);
    e.amount_minor = amount_of(e.duration_s.s, e.rate_minor);
    reaches_set(&e);
    return tx_run(c->tx, &set,
                  ARGS(value_id(e.id), value_instant(e.ended_at), value_int(e.duration_s.s),
                       value_int(e.amount_minor),
                       value_field(field_find(time_entry_fields, "reaches"), &e),
                       value_instant(c->now)),
                  NULL) &&
           audit_add(c, "time_entry.update", e.id, e.person, "ended_at") &&
           rollup_change(c, running, &e);
}

const struct query *entry_insert(struct ctx *c)
{
    struct buffer sql = buffer_new(c->arena);
    insert_add(&sql, &time_entry_table);
    return composed(c, &sql);
}

void entry_complete(const struct ctx *c, const struct entry_terms *terms, struct time_entry *e)
{
    e->version = 1;
    e->created_at = e->updated_at = c->now;
    e->started_at = whole_seconds(e->started_at);
    e->ended_at = whole_seconds(e->ended_at);
    e->duration_s = instant_minus(e->ended_at, e->started_at);
    reaches_set(e);
    e->rated = e->amount_minor != 0;
    if (!e->rated)
        rate_set(e, terms->rate_minor);
}

bool entry_put(struct ctx *c, const struct query *insert, const struct time_entry *e)
{
    struct value args[FIELDS_MAX];
    size_t n = 0;
    EACH_FIELD (f, time_entry_fields)
        args[n++] = value_field(f, e);
    return tx_run(c->tx, insert, args, n, NULL);
}
