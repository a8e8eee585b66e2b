/* time.c: what the room of time declares. */
#include "time.h"

#include "entry.h"
#include "feature/organisation/organisation.h"
#include "rollup.h"
#include "routes.h"

static const struct table *const tables[] = {
    &client_table,          &project_table,
    &project_task_table,    &tag_table,
    &time_entry_table,      &time_day_table,
    &time_day_packed_table, &time_month_table,
    &time_import_table,     NULL,
};

static const struct permission *const permissions[] = {
    &time_read,       &time_write,  &time_import, &projects_read,
    &projects_manage, &tags_manage, &rates_read,  NULL,
};

static const struct job_type *const jobs[] = { &rollup_job, NULL };

static const struct route routes[] = {
    { GET, "/time/timer", timer_get, "Your own timer", .can = &time_write,
      OUTPUT(struct timer_view, timer_view_fields), .schema = "timer" },
    { POST, "/time/timer", timer_post, "Start your timer", .can = &time_write,
      INPUT(struct timer_new, timer_new_fields), OUTPUT(struct time_entry, time_entry_fields),
      .schema = "time_entry", .ok = 201, LANE(LANE_WRITE),
      .fails = FAILS(TIMER_RUNNING, NOT_FOUND, ENTRY_OVERLAPS) },
    { POST, "/time/timer/stop", timer_stop_post, "Stop your timer", .can = &time_write,
      OUTPUT(struct time_entry, time_entry_fields), .schema = "time_entry", LANE(LANE_WRITE),
      .fails = FAILS(TIMER_NOT_RUNNING, ENTRY_OVERLAPS) },
    { GET, "/time/week", week_get, "A week as a sheet", .can = &time_read,
      INPUT(struct week_in, week_in_fields), OUTPUT(struct week, week_fields), .schema = "week",
      LANE(LANE_SLOW), .fails = FAILS(NOT_FOUND) },
    { PUT, "/time/week", week_put, "Set how much was worked in one cell of the sheet",
      .can = &time_write, INPUT(struct week_cell, week_cell_fields),
      OUTPUT(struct week, week_fields), .schema = "week", LANE(LANE_WRITE),
      .fails = FAILS(NOT_FOUND) },
    { GET, "/time/overlaps", overlaps_get,
      "Which entries of a page of the list share time with another of the same person, whether or "
      "not that one is in the list",
      .can = &time_read, .lists = &time_entry_table, .list = true, LANE(LANE_SLOW),
      OUTPUT(struct overlap, overlap_fields), .schema = "time_overlap" },
    { POST, "/time/imports", import_post,
      "Import the detailed export of Toggl, Clockify, Harvest or Kimai, or vow's own",
      .can = &time_import, INPUT(struct import_in, import_in_fields),
      OUTPUT(struct import_result, import_result_fields), .schema = "time_import",
      .body = BODY_BYTES, .takes = "text/csv", .body_max = 24 << 20, LANE(LANE_SLOW),
      .fails = FAILS(IMPORT_UNREADABLE) },
    { POST, "/time/rates", rating_post, "Apply today's rates to hours that have none",
      .can = &organisation_manage, INPUT(struct rating_in, rating_in_fields),
      OUTPUT(struct rating, rating_fields), .schema = "time_rating", LANE(LANE_SLOW) },
    { GET, "/time/export.csv", export_csv_get, "Time entries as CSV, which an import reads back",
      .can = &time_read, INPUT(struct export_in, export_in_fields), .gives = "text/csv",
      LANE(LANE_SLOW) },
    { GET, "/time/export.json", export_json_get,
      "Time entries as JSON, with names, for programs; imports read the CSV", .can = &time_read,
      INPUT(struct export_in, export_in_fields), .gives = "application/json", LANE(LANE_SLOW) },
    { 0 },
};

static bool derive(struct ctx *c)
{
    return entries_reach(c) && entries_rate(c) && rollup_rebuild(c);
}

const struct feature time_feature = {
    .name = "time",
    .tables = tables,
    .routes = routes,
    .permissions = permissions,
    .jobs = jobs,
    .derive = derive,
    .role_changed = timer_leave,
};
