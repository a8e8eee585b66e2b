/* packed.h: what one person did on one day, per project and set of tags, in one value.

   Reports of any grouping read these: a year of a large organisation is some ten thousand values
   instead of a million entries. A value is a run of parts; a part is the count of its tags in one
   byte, the project and the tags (16 bytes each, all zero for no project), and five numbers of 8
   bytes in the order of the machine: seconds, billable seconds, those of them without a rate,
   amount, entries. */
#ifndef VOW_TIME_PACKED_H
#define VOW_TIME_PACKED_H

#include "base/id.h"
#include "base/text.h"

struct packed_sums {
    int64_t duration_s, billable_s, unrated_s, amount_minor, entries;
};

struct packed_part {
    struct id project;
    const struct id *tags; /* points into the value */
    size_t tag_count;
    struct packed_sums sums;
};

/* Reads the part at *at and moves *at behind it; false at the end, or when what is left is no part.
   Starts with *at 0. */
bool packed_next(struct blob value, size_t *at, struct packed_part *ret);

/* A value that grows in memory of its own; free(at) ends it. Zeroed it is empty. */
struct packed {
    char *at;
    size_t len, room;
};

/* Makes it a copy of a value. */
void packed_set(struct packed *p, struct blob value);

/* Adds to the part with that project and those tags, a new one if need be; parts without entries
   go away. False when they would have had fewer than none. */
bool packed_add(struct packed *p, const struct packed_part *part);

/* Whether both have the same parts, in any order. */
bool packed_equal(struct blob a, struct blob b);

#endif
