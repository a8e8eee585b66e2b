/* finding.h: composing findings that can be checked by hand. */
#ifndef VOW_AI_FINDING_H
#define VOW_AI_FINDING_H

#include "feature/ai/ai.h"

/* A growing list of findings in an arena; at most FINDINGS_MAX, later ones are left out. */
enum { FINDINGS_MAX = 24, FINDING_ROWS = 50, FINDING_SERIES = 60 };
struct findings {
    struct arena *arena;
    struct ai_finding *at;
    size_t count;
};
struct findings findings_new(struct arena *a);

/* Adds one; the pointer is valid until the next. `sentence` is composed by the caller. */
struct ai_finding *finding_add(struct findings *f, const char *kind, const char *title,
                               const char *method, double value, const char *unit,
                               const char *sentence);

void finding_number(struct findings *f, struct ai_finding *to, const char *name, double value,
                    const char *unit);
void finding_row(struct findings *f, struct ai_finding *to, struct id row);
void finding_point(struct findings *f, struct ai_finding *to, const char *name, double value,
                   const char *unit);

/* Headline and sentence say the same number when both are made of the same rounded one: seconds for
   durations, which the app shows in minutes as hours_text does, and tenths for all else. */
double hours_of(int64_t seconds);
int64_t seconds_of_hours(double hours);        /* to the nearest second */
int64_t shift_of(int64_t now, int64_t before); /* seconds; the difference of the minutes shown */
double tenths_of(double x);

/* "7:30" or "-0:15" of seconds, "7.4" or "50" of a number, "2026-03-02" of a day, which the app
   shows as its reader's dates are, in the arena. */
const char *hours_text(struct arena *a, int64_t seconds);
const char *tenths_text(struct arena *a, double x);
const char *day_text(struct arena *a, struct date day);

/* The word for a number as tenths_text shows it: `one` of 1, `many` of all others. */
const char *word_for(double x, const char *one, const char *many);

/* "2 findings on the period."; NULL when there are none. */
const char *findings_text(const struct findings *f, const char *on);

#endif
