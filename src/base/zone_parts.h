/* zone_parts.h: what a zone consists of: zone_read.c reads it, zone.c answers from it. */
#ifndef VOW_ZONE_PARTS_H
#define VOW_ZONE_PARTS_H

#include "zone.h"

/* When one of the two yearly changes of a POSIX rule happens. */
struct change {
    char form;            /* 'M' month.week.day, 'J' day without 29 February, 'D' day from 0 */
    int month, week, day; /* day is the day of the year for J and D, the weekday (0 Sunday) for M */
    int second;           /* of that day by the clock before the change; may be negative */
};

struct rule {
    bool given, changes;
    int standard, summer; /* seconds east */
    struct change start, end;
};

struct transition {
    int64_t at; /* seconds since the epoch */
    int offset; /* from then on */
};

struct zone {
    int first; /* offset before the first transition */
    size_t count;
    struct transition *transition;
    struct rule rule; /* from the last transition on */
};

#endif
