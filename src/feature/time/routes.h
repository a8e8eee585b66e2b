/* routes.h: what goes in and out over HTTP, and the rules behind it; time.c lists the routes. */
#ifndef VOW_TIME_ROUTES_H
#define VOW_TIME_ROUTES_H

#include "import.h"
#include "time.h"

struct timer_new {
    struct id project, task;
    const char *note;
    struct json tags;
};

struct timer_view {
    bool running;
    struct time_entry entry;
};
extern const struct field timer_new_fields[], timer_view_fields[];
route_fn timer_get, timer_post, timer_stop_post;

/* Stops the timer of a person whose role may not stop it any more. */
MUST_USE bool timer_leave(struct ctx *c, struct id person, enum role role);

struct week_in {
    struct date date;
    struct id person;
};
struct week_day {
    struct date date;
    struct span length_s, total_s;
};
struct week_row {
    struct id project, task;
    struct list cells_s;   /* struct span, one per day */
    struct list entries_s; /* the same, without what the sheet wrote */
    struct span total_s;
};
struct week {
    struct id person;
    struct date from, to;
    const char *zone;
    struct list days, rows; /* struct week_day, struct week_row */
    struct span total_s;
};
struct week_cell {
    struct date date;
    struct id person, project, task;
    struct span duration_s;
    const char *note;
};
extern const struct field week_in_fields[], week_fields[], week_cell_fields[];
route_fn week_get, week_put;

struct overlap {
    struct id entry, other;
    const char *note;
    struct instant started_at, ended_at;
    int64_t more;
};
extern const struct field overlap_fields[];
route_fn overlaps_get;

extern const struct field import_in_fields[], import_result_fields[];
route_fn import_post;

struct rating_in {
    struct date from, to;
    bool dry_run;
};
struct rating {
    int64_t entries;
    struct span duration_s;
    int64_t amount_minor, left;
};
extern const struct field rating_in_fields[], rating_fields[];
route_fn rating_post;

struct export_in {
    struct date from, to;
    struct id person, project;
    const char *note_contains;
};
extern const struct field export_in_fields[];
route_fn export_csv_get, export_json_get;

#endif
