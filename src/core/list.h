/* list.h: pages of rows of any declared table. */
#ifndef VOW_LIST_H
#define VOW_LIST_H

#include "ctx.h"
#include "table.h"

/* COMPARE_FROM and COMPARE_TO: at least and below the value. */
enum compare { COMPARE_EQUAL, COMPARE_FROM, COMPARE_TO };
struct row_filter {
    const struct field *field;
    enum compare compare;
    struct value value;
};
struct page {
    const struct row_filter *filters;
    size_t filter_count;
    const char *sort;   /* NULL: the table's */
    const char *cursor; /* NULL: the first page */
    int64_t limit;      /* 1 to 500 */
};

/* Names of the columns that a list of the table is sorted by, to be told: "id, name". */
const char *list_sorts(struct arena *a, const struct table *t);

/* One page of rows within the actor's scope for t->read, laid out as t->fields say, in c->arena.
   *next: the cursor of the page behind, NULL on the last. A filter, sort or cursor that is none of
   the table's is INVALID. */
MUST_USE bool row_list(struct ctx *c, const struct table *t, const struct page *page,
                       struct list *ret, const char **next);

#endif
