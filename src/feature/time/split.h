/* split.h: a stretch of time cut into the local days it falls on. */
#ifndef VOW_TIME_SPLIT_H
#define VOW_TIME_SPLIT_H

#include "base/zone.h"

struct split {
    const struct zone *zone;
    struct instant at, until;
    int64_t amount_minor, total; /* of the whole */
    int64_t seconds;             /* given out so far; -1 before the first part */
};

struct split_part {
    struct date day;
    struct span length;
    int64_t amount_minor;
};

/* Starts to cut. The days are those of the zone; the amounts of the parts add up to that of the
   whole. */
struct split split_start(const struct zone *z, struct instant from, struct instant until,
                         int64_t amount_minor);

/* The next part; false when there is none. A stretch of no length has one part of no length. */
bool split_next(struct split *s, struct split_part *ret);

#endif
