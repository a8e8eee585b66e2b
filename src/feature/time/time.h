/* time.h: what people work on and when: clients, projects, tasks, tags, entries, the timer, the
   week sheet, imports and exports. */
#ifndef VOW_TIME_H
#define VOW_TIME_H

#include "base/zone.h"
#include "core/feature.h"

struct client {
    ROW_MEMBERS;
    const char *name;
    bool archived;
};
extern const struct table client_table;

struct project {
    ROW_MEMBERS;
    const char *name;
    struct id client; /* absent: work for nobody in particular */
    const char *colour;
    bool billable;
    int64_t rate_minor; /* per hour; INT_NONE: what the person is billed at */
    bool archived;
};
extern const struct table project_table;

struct task {
    ROW_MEMBERS;
    struct id project;
    const char *name;
    bool archived;
};
extern const struct table project_task_table;

struct tag {
    ROW_MEMBERS;
    const char *name;
};
extern const struct table tag_table;

enum {
    LABEL_NAME_MAX = 200, /* characters of a client's, a project's or a task's name */
    TAG_NAME_MAX = 100,
    ENTRY_NOTE_MAX = 2000,
    ENTRY_TAGS_MAX = 20,
    ENTRY_DAYS_MAX = 31,
    ENTRY_YEAR_DAYS = 366,
    ENTRY_REACHES_S = 12 * 3600
};
#define TIME_END_US INT64_C(7258118400000000) /* 2200-01-01: nothing is booked from then on */

/* Whole seconds. The rate and the zone are those of the time when the entry was written, so that
   books do not change afterwards. */
struct time_entry {
    ROW_MEMBERS;
    struct id person, project, task;
    struct instant started_at, ended_at; /* not ended: the timer runs */
    struct span duration_s;
    const char *note;
    bool billable;
    struct json tags; /* ids in order, none twice; NULL when there are none */
    const char *source;
    struct id running; /* the person while the timer runs; unique, so that only one can */
    int64_t rate_minor, amount_minor;
    bool rated;       /* whether a rate was known; one of 0 is, and means free */
    const char *zone; /* whose days the entry counts in */
    /* The end of an entry that is longer than ENTRY_REACHES_S, TIME_END_US while it runs, else
       absent: few have one, so that what reaches into a day is found without looking at all that
       began before it. */
    struct instant reaches;
};
extern const struct table time_entry_table;
extern const struct field time_entry_fields[];

/* Whether an entry of that source has clock times that nobody chose: hours of the week sheet, which
   put them where there was room. */
bool entry_placed(const char *source);

extern const struct permission time_read, time_write, time_import, projects_read, projects_manage,
    tags_manage, rates_read;

extern const struct feature time_feature;

/* The ids in a value of time_entry.tags, at most ENTRY_TAGS_MAX; false when it is no such list. */
MUST_USE bool tags_parse(const char *json, struct id ret[ENTRY_TAGS_MAX], size_t *count);
/* The other way round, in canonical order. */
const char *tags_format(struct arena *a, struct id *tags, size_t count);

/* What so many seconds cost at a rate per hour, rounded half up; at most AMOUNT_MINOR_MAX. */
int64_t amount_of(int64_t seconds, int64_t rate_minor);

/* What a file of time is called: `what`, its first and last day as far as they are given, and the
   ending: "time-2026-03-02-to-2026-03-08.csv". */
const char *time_file_name(struct arena *a, const char *what, struct date from, struct date to,
                           const char *ending);

/* The zone of that name, or UTC. */
const struct zone *zone_named(const struct ctx *c, const char *name);

#endif
