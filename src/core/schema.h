/* schema.h: tables in the database, made and extended from their declarations. */
#ifndef VOW_SCHEMA_H
#define VOW_SCHEMA_H

#include "ctx.h"
#include "table.h"

/* Creates the table or adds what it lacks (columns, indexes), in the current write transaction.
   Additive only: a column that is no longer declared stays, with its data. */
MUST_USE bool schema_apply(struct ctx *c, const struct table *t);

/* Drops a table that an organisation declared itself. */
MUST_USE bool schema_drop(struct ctx *c, const struct table *t);

/* Brings a database that was just opened up to date with all tables that belong in it: control's
   or an organisation's. Does nothing when it ever was with these declarations. Takes a snapshot
   first and puts it back when anything fails. */
MUST_USE bool schema_prepare(struct app *app, struct db *db, struct error *err);

#endif
