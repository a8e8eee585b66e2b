/* names.h: finding rows by their name, whatever its case, below a parent row. */
#ifndef VOW_TIME_NAMES_H
#define VOW_TIME_NAMES_H

#include "base/arena.h"
#include "base/id.h"
#include "crypt/siphash.h"

struct name_slot {
    struct id parent, id;
    const char *name; /* NULL: free */
};

/* A zeroed set but for the arena is empty. The first of two equal names stays. */
struct names {
    struct arena *arena;
    struct name_slot *slot;
    size_t count, room;
    struct siphash_key key; /* so that nobody can choose names that fall together */
};

/* Names are kept, not copied. Letters of either case are the same, and so is any number of blanks
   between words, no-break spaces too. */
void names_add(struct names *n, struct id parent, const char *name, struct id id);

/* The id of a name; absent when there is none. */
struct id names_find(const struct names *n, struct id parent, const char *name);

#endif
