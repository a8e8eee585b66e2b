/* summary.h: the local engine on sums of time per day and project; never on single people. Pure. */
#ifndef VOW_AI_SUMMARY_H
#define VOW_AI_SUMMARY_H

#include "finding.h"

struct day_sum {
    struct date day;
    struct id project;
    const char *project_name; /* NULL: none */
    int64_t seconds, billable_s;
};

/* Sums sorted by day, from as many days before `from` as the period has, up to `to`. Kinds: total,
   change, concentration, biggest_change, unusual_day, level_change. `today` and what comes after
   it are compared with nothing yet. */
void summary_find(const struct day_sum *sums, size_t count, struct date from, struct date to,
                  struct date today, struct findings *ret);

#endif
