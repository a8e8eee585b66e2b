/* list.h: pages of rows of any declared table. */
#ifndef VOW_LIST_H
#define VOW_LIST_H

#include "ctx.h"
#include "table.h"

/* COMPARE_FROM and COMPARE_TO: at least and below the value. COMPARE_CONTAINS: of a text, letters
   of either case being the same. */
enum compare { COMPARE_EQUAL, COMPARE_FROM, COMPARE_TO, COMPARE_CONTAINS };
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
    int64_t limit;      /* 1 to PAGE_ROWS_MAX */
};

enum { SEARCH_TEXT_MAX = 200 }; /* code points that a text is searched for */

/* What the input of a list takes of it, in a record with members of these names. */
enum { PAGE_ROWS = 50, PAGE_ROWS_MAX = 500 };
#define PAGE_FIELDS(type)                                                                        \
    FIELD(type, limit, .privacy = OPERATIONAL, .nullable = true, .min = 1, .max = PAGE_ROWS_MAX, \
          .query = true, .doc = "Rows on a page, fewer when they are large; 50 when not given"), \
        FIELD(type, cursor, .privacy = OPERATIONAL, .max = 4000, .query = true,                  \
              .doc = "The next of the page before"),                                             \
        FIELD(type, sort, .privacy = OPERATIONAL, .max = 80, .query = true,                      \
              .doc = "Column to sort by, - before it for descending")

/* Names of the columns that a list of the table is sorted by, to be told: "id, name". */
const char *list_sorts(struct arena *a, const struct table *t);

/* What a list of the table is sorted by when nothing is said. */
const char *list_sort(const struct table *t);

/* One page of rows within the actor's scope for t->read, laid out as t->fields say, in c->arena.
   *next: the cursor of the page behind, NULL on the last. What contains a text is found by reading:
   after so many rows a page ends with what was found, be it nothing. A filter, sort or cursor that
   is none of the table's is INVALID. */
MUST_USE bool row_list(struct ctx *c, const struct table *t, const struct page *page,
                       struct list *ret, const char **next);

#endif
