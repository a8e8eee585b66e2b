/* reports.h: hours and amounts by any two of day, week, month, person, project, client and tag. */
#ifndef VOW_REPORTS_H
#define VOW_REPORTS_H

#include "core/feature.h"

enum { REPORT_ROWS_MAX = 200000, REPORT_DAYS_MAX = 3660 };

struct report_query {
    const char *by;       /* "day", "week", "month", "person", "project", "client", "tag" */
    const char *then;     /* the same, or NULL */
    struct date from, to; /* first and last day; absent: the year so far */
    struct id person, project, client, tag; /* absent: all */
};

/* Keys are ids, days (2026-03-02), first days of weeks, or months (2026-03); NULL stands for work
   without a project, client or tag. */
struct report_row {
    const char *key, *label, *then_key, *then_label;
    struct span duration_s, billable_s, unrated_s;
    int64_t amount_minor;
};

struct report {
    struct date from, to;
    struct list rows; /* times in order, all else by hours, the most first */
    struct span total_s, billable_s, unrated_s; /* unrated: billable, and no rate was set */
    int64_t amount_minor;
    const char *currency;
};

/* Makes a report of the time that the actor may see. Work with several tags counts for each of
   them, but once in the totals. Noted as read for every person who is named. NOT_FOUND for a person
   out of reach; INVALID for more than REPORT_DAYS_MAX days or REPORT_ROWS_MAX rows. */
MUST_USE bool report_run(struct ctx *c, const struct report_query *q, struct report *ret);

extern const struct feature reports_feature;

#endif
