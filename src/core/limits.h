/* limits.h: token buckets, so that brute force is slowed per account and per address. In memory;
   with several nodes, those that must hold over all of them are rows in control as well. */
#ifndef VOW_LIMITS_H
#define VOW_LIMITS_H

#include "ctx.h"
#include "table.h"

struct limits;
struct limits *limits_new(void);
void limits_free(struct limits *l);

struct limit {
    const char *name;  /* part of the key */
    double per_minute; /* refill */
    double burst;      /* size of the bucket */
};

/* Takes one token from the bucket of `who` (an address, an email …). 0 when there was one, else
   the seconds until there will be. */
int64_t limit_take(struct limits *l, const struct limit *limit, const char *who,
                   struct instant now);

/* The same over all nodes, for what keeps people from guessing or from flooding: writes to control
   when there are several, so not on an I/O thread, nor in a transaction of control. Of `who` only
   a keyed hash is stored, for as long as it matters (burst / per_minute). False when control
   cannot say. */
MUST_USE bool limit_take_shared(struct ctx *c, const struct limit *limit, const char *who,
                                int64_t *wait);

/* Claims room for what takes a lot of memory until the exchange is over, however slowly its client
   takes the answer: a person has one such at a time. Waits a second for the one before to end, then
   RATE_LIMITED; on a thread that may wait. */
MUST_USE bool limit_claim(struct ctx *c);

/* The exchange is over. */
void limit_release(struct limits *l, const struct exchange *x);

extern const struct table rate_limit_table;

/* Deletes the rows that no longer matter. */
void limits_sweep(struct ctx *c);

#endif
