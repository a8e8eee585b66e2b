/* compose.h: SQL that the engine composes at run time from declared names. Only src/core may
   include this: names come from checked declarations, values only ever as parameters. */
#ifndef VOW_DB_COMPOSE_H
#define VOW_DB_COMPOSE_H

#include "db.h"

/* A query made at run time; the same text gives the same prepared statement. Lives as long as
   the text does. */
struct query query_composed(const char *sql);

/* The column type of a kind in the engine of this database ("INTEGER", "BLOB", "uuid" …). */
const char *db_column_type(const struct db *db, enum kind kind);

/* Whether the database has the table, and its columns' names in order. */
MUST_USE bool tx_table_columns(struct tx *tx, const char *table, const char ***ret, size_t *count);

#endif
