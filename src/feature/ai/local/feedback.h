/* feedback.h: the local engine on one person's own time entries, for that person alone. Pure: no
   database, no clock. */
#ifndef VOW_AI_FEEDBACK_H
#define VOW_AI_FEEDBACK_H

#include "base/zone.h"
#include "finding.h"

struct worked {
    struct id id;
    struct instant start, end;
    struct date day;         /* local day of the start */
    const struct zone *zone; /* whose days its time counts in, as in the week sheet */
    bool placed; /* hours of the week sheet: on that day, at clock times that nobody chose */
    struct id project;
    const char *project_name; /* NULL: none */
};

/* With which a period is compared: the own days before it. */
enum { BASELINE_WEEKS = 8, BASELINE_DAYS = 7 * BASELINE_WEEKS };

/* Entries sorted by start, from BASELINE_DAYS before `from` up to `to`. Kinds: long_day,
   missing_break, late_work, forgotten_timer, overlap, baseline, trend, rhythm, where_time_went.
   `today` is no day to compare yet, nor is a period that it is in. What is read off clock times,
   which are the four from missing_break to overlap, leaves placed entries out. */
void feedback_find(const struct worked *entries, size_t count, const struct zone *zone,
                   struct date from, struct date to, struct date today, struct findings *ret);

#endif
