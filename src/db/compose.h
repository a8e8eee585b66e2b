/* compose.h: SQL that the engine composes at run time from declared names: those of
   checked declarations; values only ever as parameters. For src/core and the few features that
   serve any table; scripts/check_includes.py names them. */
#ifndef VOW_DB_COMPOSE_H
#define VOW_DB_COMPOSE_H

#include "db.h"

#include <pthread.h>

/* A query made at run time; the same text gives the same prepared statement. Lives as long as
   the text does. */
struct query query_composed(const char *sql);

/* Whether the engine seals protected columns itself, one value at a time: they cannot be sorted or
   searched by the database then, and are compared by the columns "NAME_blind" that stand beside
   those declared for it. An engine that seals its files needs none of that. */
bool db_seals(const struct db *db);

/* Whether a column is protected: text, bytes, JSON or a list that is not OPERATIONAL, or that is
   `sealed` because its class may change while values are stored; and whether
   rows can be looked up by it all the same, because it is declared `unique` or `filter`. */
bool column_sealed(const struct field *f);
bool column_blind(const struct field *f);

/* The type of a column in the engine of this database ("INTEGER", "BLOB", "uuid" …), and of its
   blind companion. */
const char *db_column_type(const struct db *db, const struct field *f);
const char *db_blind_type(const struct db *db);

/* What stands behind a column of an index so that it serves the order of row_list, absent first. */
const char *db_index_order(const struct db *db);

/* The SQL function of the bytes that a value takes, where deleting rows does not lessen tx_size;
   NULL: it does. */
const char *db_value_size(const struct db *db);

/* From now on only what that thread asks of the database is done; all else, queued works too, fails
   with UNAVAILABLE, in this process. For other nodes: tx_lock_out, in the current transaction,
   keeps every one of them from the tables until tx_let_in, but for what opening needs; nothing
   where one process owns the files. */
void db_fence(struct db *db, pthread_t thread);
void db_unfence(struct db *db);
MUST_USE bool tx_lock_out(struct tx *tx);
MUST_USE bool tx_let_in(struct tx *tx);

/* For a work that reads all there is and takes its time: what others of its transaction have put
   off to its end (tx_last) is done now. And a server ends a writing transaction of which it hears
   nothing for half a minute, for others wait behind it; this one may be silent for five. */
MUST_USE bool tx_hold(struct tx *tx);

/* A column as it stands in the database; the type as db_column_type says it. */
struct column {
    const char *name, *type;
};

/* Whether the database has the table, and its columns in order. */
MUST_USE bool tx_table_columns(struct tx *tx, const char *table, struct column **ret,
                               size_t *count);

/* The names of the database's tables. */
MUST_USE bool tx_tables(struct tx *tx, const char ***ret, size_t *count);

#endif
