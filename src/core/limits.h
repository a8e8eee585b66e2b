/* limits.h: token buckets, so that brute force is slowed per account and per address. In memory;
   nothing of them is stored. */
#ifndef VOW_LIMITS_H
#define VOW_LIMITS_H

#include "base/instant.h"

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

#endif
