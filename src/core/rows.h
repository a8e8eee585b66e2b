/* rows.h: create, read, update and delete for any declared table.

   The generic routes and the rules of features come through here, so that validation, access,
   versions and audit cannot be forgotten; events are the rules' own. Rows that the actor's scope
   does not reach are NOT_FOUND, never FORBIDDEN, which would reveal them. */
#ifndef VOW_ROWS_H
#define VOW_ROWS_H

#include "ctx.h"
#include "table.h"

/* Checks the record against its fields (bounds, formats, that referred rows exist), runs the
   table's rules, inserts it with a new id (unless row has one) and version 1, notes it in the
   audit. */
MUST_USE bool row_create(struct ctx *c, const struct table *t, void *row);

/* The beginning of that, for one that is created later: id, version and times, and the checks of
   the fields. Reads and writes nothing. */
MUST_USE bool row_plan(struct ctx *c, const struct table *t, void *row);

/* Inserts a row exactly as it is (id, version and times too), checked by its fields alone, of which
   any may have been erased; for what the program itself wrote before. */
MUST_USE bool row_put(struct ctx *c, const struct table *t, const void *row);

/* The same for a row of an archive, which the table's check looks at first, with OP_TAKE. */
MUST_USE bool row_admit(struct ctx *c, const struct table *t, void *row);

/* Reads one row within the actor's scope for t->read; the read of another person's personal data
   is audited. */
MUST_USE bool row_read(struct ctx *c, const struct table *t, struct id id, void *ret);

/* Reads one row for the program's own use: no scope, no audit. NOT_FOUND when there is none. */
MUST_USE bool row_get(struct ctx *c, const struct table *t, struct id id, void *ret);

/* The same for a row that may be gone: *found says whether it is there. */
MUST_USE bool row_look(struct ctx *c, const struct table *t, struct id id, void *ret, bool *found);

/* The row, or all rows, that a condition holds for, for the program's own use: no scope, no audit.
   `where` is what stands behind WHERE ("email = $1"; ORDER BY and LIMIT may follow); the columns
   come from the declaration. */
MUST_USE bool row_find(struct ctx *c, const struct table *t, const struct query *where,
                       const struct value *args, size_t n, void *ret, bool *found);
MUST_USE bool rows_find(struct ctx *c, const struct table *t, const struct query *where,
                        const struct value *args, size_t n, struct list *ret);

/* Sets the given fields of a row within the actor's scope for t->write and clears what rests on
   them (.rests_on) and is not given. `version` 0 does not ask; else VERSION_MISMATCH when it
   differs. ret is the whole new row. */
MUST_USE bool row_update(struct ctx *c, const struct table *t, struct id id, int64_t version,
                         const void *change, field_set given, void *ret);

/* Whether any column of a row is other than it was; for rules that write many rows and leave out
   those that stay. */
bool row_differs(struct ctx *c, const struct table *t, const void *old, const void *row);

/* Whether a row of these tables (see tables_all) refers to the row. Derived tables do not count. */
MUST_USE bool row_named(struct ctx *c, const struct table *const *tables, size_t count,
                        const struct table *t, struct id id, bool *ret);

/* That none of the organisation's does; IN_USE otherwise. */
MUST_USE bool row_unused(struct ctx *c, const struct table *t, struct id id);

/* Whether the actor may know that there is such a table (.known_to). */
MUST_USE bool table_told(struct ctx *c, const struct table *t, bool *ret);

MUST_USE bool row_delete(struct ctx *c, const struct table *t, struct id id, int64_t version);

/* The one row of a singleton table, made with its defaults when there is none yet. */
MUST_USE bool row_single(struct ctx *c, const struct table *t, void *ret);

/* The set bit of a field of the table by name, for `given`. */
field_set row_set(const struct table *t, const char *field);

#endif
