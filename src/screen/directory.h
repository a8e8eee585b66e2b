/* directory.h: finds the names that an organisation knows, in all the ways people write them. */
#ifndef VOW_SCREEN_DIRECTORY_H
#define VOW_SCREEN_DIRECTORY_H

#include "mask.h"
#include "words.h"

struct directory;

const struct directory *directory_new(struct arena *a, const struct mask_name *names, size_t count);

struct directory_hit {
    size_t first, last; /* words, inclusive */
    enum mask_kind kind;
    float score;
    uint64_t subject; /* 0 when several fit */
    const char *why;
    bool single; /* only part of a person's name */
};

/* The longest hit that starts at word `i` in `text`; false when there is none. */
bool directory_find(const struct directory *d, const char *text, const struct words *words,
                    size_t i, struct directory_hit *ret);

#endif
