/* generic.h: the routes that come from a table's declaration. */
#ifndef VOW_GENERIC_H
#define VOW_GENERIC_H

#include "ctx.h"
#include "net/route.h"
#include "table.h"

/* Appends the generic routes of a table to the list (which has room for 5 more), made in the
   arena; returns how many. */
size_t table_routes(struct arena *a, const struct table *t, const struct route **list);

/* The input fields of a table's list: limit, cursor, sort, and of its columns filters, ranges and
   texts to search for, laid out as a record of *size bytes. */
const struct field *list_fields(struct arena *a, const struct table *t, size_t *size);

/* The page of the table's rows that the request asks for, whose route takes list_fields. */
MUST_USE bool list_read(struct ctx *c, const struct table *t, const void *in, struct list *ret,
                        const char **next);

/* The version that If-Match names; VERSION_REQUIRED or VERSION_MISMATCH otherwise. */
MUST_USE bool version_read(struct ctx *c, int64_t *ret);

/* The fields of the table that the request's input gave, but for the id, which names the row. */
field_set table_given(const struct ctx *c, const struct table *t);

/* The fields that may be given when creating, or changing (then required ones may be left out, and
   are never null). */
const struct field *table_input_fields(struct arena *a, const struct table *t, enum op op);

#endif
