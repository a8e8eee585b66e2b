/* readable.h: a person's rows as a page to read, beside the files for programs: derived from the
   declarations, with names in place of ids. */
#ifndef VOW_PRIVACY_READABLE_H
#define VOW_PRIVACY_READABLE_H

#include "base/buffer.h"
#include "core/table.h"

/* HTML in the ctx's arena, that fetches nothing and runs nothing. A copy of the struct keeps the
   page as it was then. */
struct readable {
    struct ctx *c;
    struct buffer out, names;
    const char *currency;
    const struct table *table; /* whose rows come now; NULL: none yet */
};

/* Begins the page; in a read transaction, for the names of what the tables refer to. */
MUST_USE bool readable_begin(struct ctx *c, const struct table *const *tables, size_t count,
                             struct readable *p);

/* The rows of each table come one after the other. */
void readable_row(struct readable *p, const struct table *t, const void *row);
struct blob readable_end(struct readable *p);

#endif
