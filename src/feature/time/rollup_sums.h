/* rollup_sums.h: the tables of sums as rollup.c writes them, for many entries at once. */
#ifndef VOW_TIME_ROLLUP_SUMS_H
#define VOW_TIME_ROLLUP_SUMS_H

#include "rollup.h"

/* One of the tables: how a sum is added to, first made, cleared away, and read. */
struct sums {
    struct query add, make, drop, clear, all;
    const struct field *columns;
    bool person;
};

extern const struct sums sums_of_days, sums_of_months;

/* Adds to a sum, `sign` times. *odd when there was not exactly the one row that should be: rows
   without a person can be several after people were erased. */
MUST_USE bool sum_add(struct ctx *c, const struct sums *s, const struct rollup *r, int sign,
                      bool *odd);

/* Stores the packed value of a day and person, which is known or new; an empty one goes away. */
MUST_USE bool packed_store(struct ctx *c, struct date day, struct id person, bool known,
                           struct blob value);

/* Takes parts into the stored value of their day and person, `sign` times; *before is that value as
   it was. */
MUST_USE bool packed_change(struct ctx *c, struct date day, struct id person, struct blob parts,
                            int sign, bool *odd, struct blob *before);

struct date month_of(struct date d);

/* Where sums go: into a table of sums, and packed. */
struct sink {
    bool (*sum)(struct ctx *c, const struct sums *s, const struct rollup *part, void *with);
    bool (*pack)(struct ctx *c, const struct rollup *part, const struct packed_part *packed,
                 void *with);
    void *with;
};

/* Gives every sum that the entry goes into. */
MUST_USE bool parts_give(struct ctx *c, const struct time_entry *e, const struct sink *sink);

/* Writes what was collected, `sign` times. */
MUST_USE bool batch_write(struct ctx *c, const struct rollup_batch *b, int sign, bool *odd);

#endif
