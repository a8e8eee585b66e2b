/* move_row.h: rows as bytes, the same for every engine, and what both sides of a move share. */
#ifndef VOW_MOVE_ROW_H
#define VOW_MOVE_ROW_H

#include "move.h"
#include "tenant.h"

/* All columns of a row in the order of their declaration: one byte of the value's kind (none: it is
   absent), then its 8 or 16 bytes, or a length of 32 bits and the bytes. */
void row_encode(struct buffer *to, struct arena *a, const struct table *t, const void *record);
void row_stamp_make(const struct table *t, const void *record, struct buffer *encoded,
                    struct row_stamp *ret);

/* As values for a statement; texts stay where they are. INVALID when it is no row of the table. */
MUST_USE bool row_decode(const struct table *t, struct blob from, struct value *ret,
                         struct error *err);

/* "name column:kind column:kind …" */
const char *columns_text(struct arena *a, const struct table *t);

/* A growing list of stamps, in the order in which they were added. */
struct row_stamps {
    const char *table;
    struct row_stamp *at;
    size_t count, room;
};
void stamps_sort(struct row_stamps *s); /* by hash */
void stamps_add(struct row_stamps *s, struct arena *a, const struct row_stamp *stamp);

bool table_has_ids(const struct table *t);

/* Calls `each` for every row, in the order of ids if there are any. `owner`: only those of the
 * organisation. */
MUST_USE bool rows_each(struct ctx *c, const struct table *t, const struct field *owner,
                        row_fn *each, void *with);

/* The row of the organisation in control; *found says whether there is one. */
MUST_USE bool tenant_find(struct ctx *c, struct id id, struct tenant *ret, bool *found);

/* The two roles; they end with an error, or when the other end closes. */
MUST_USE bool move_give(struct ctx *c, int fd);
MUST_USE bool move_take(struct ctx *c, int fd);

#endif
