/* scope.h: how far an actor reaches, as SQL and as a question. Shared by rows and lists. */
#ifndef VOW_SCOPE_H
#define VOW_SCOPE_H

#include "ctx.h"
#include "table.h"

/* Adds " AND …" that keeps the rows of the table within the scope; appends parameters. */
void scope_add(struct ctx *c, struct buffer *sql, const struct table *t, enum scope scope,
               struct value *args, size_t *n);

/* The same for a query of a feature: `column` is the SQL of the subject ("e.person"). */
void scope_add_column(struct ctx *c, struct buffer *sql, const char *column, enum scope scope,
                      struct value *args, size_t *n);

/* Whether the scope reaches a person. */
MUST_USE bool scope_reaches(struct ctx *c, enum scope scope, struct id person, bool *ret);

#endif
