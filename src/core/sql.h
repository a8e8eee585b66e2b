/* sql.h: statements with all columns of a declared table, for the files that compose SQL. */
#ifndef VOW_SQL_H
#define VOW_SQL_H

#include "ctx.h"
#include "table.h"

/* Adds "SELECT … FROM …" and "INSERT INTO … VALUES …": the columns and the parameters in the order
   of the declaration. */
void select_add(struct buffer *sql, const struct table *t);
void insert_add(struct buffer *sql, const struct table *t);

/* The finished text as a query, in the arena. */
const struct query *composed(struct ctx *c, struct buffer *sql);

#endif
