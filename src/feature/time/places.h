/* places.h: finding what two ids together stand for. */
#ifndef VOW_TIME_PLACES_H
#define VOW_TIME_PLACES_H

#include "base/arena.h"
#include "base/id.h"
#include "crypt/siphash.h"

struct place {
    struct id first, second;
    void *what; /* NULL: free */
};

/* A zeroed set but for the arena is empty. */
struct places {
    struct arena *arena;
    struct place *slot;
    size_t count, room;
    struct siphash_key key; /* so that nobody can choose numbers that fall together */
};

/* NULL when nothing was put there. */
void *places_find(const struct places *p, struct id first, struct id second);

/* Puts something there, or something else. */
void places_put(struct places *p, struct id first, struct id second, void *what);

/* A number as one of the ids. */
struct id places_number(int64_t number);

#endif
