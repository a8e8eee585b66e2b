/* pg_fixture.h: what the tests of PostgreSQL share: a database of cards, whose columns are of every
   privacy class, and logins beside the store's own. */
#ifndef VOW_DB_PG_FIXTURE_H
#define VOW_DB_PG_FIXTURE_H

#include "db_fixture.h"
#include "pg.h"

struct card {
    struct id id;
    int64_t number;
    const char *name, *text;
    struct list people;
};
extern const struct field card_fields[];

/* A store with one database that has cards; cards_prepare is its store_config.prepare. */
bool cards_prepare(void *with, struct db *db, struct error *err);
int cards_setup(void **state);

struct card card_of(uint32_t n, const char *name, const char *text);
bool card_put(struct tx *tx, void *card, struct error *err); /* a work */
bool put(struct opened *p, struct card c);

struct ask {
    const char *sql;
    struct value arg;
    const struct field *fields;
    struct list rows;
};
bool ask_work(struct tx *tx, void *ask, struct error *err);

/* Cards by a statement with one parameter; the error is in `p`. */
bool ask(struct opened *p, const char *sql, struct value arg, struct list *ret);

/* As somebody who administers the database (NULL), or who has got hold of a role. */
PGconn *login(const char *user, const char *password);
PGconn *as_role_of(const struct db *db);
PGconn *as_role(struct opened *p);

bool sql_run(PGconn *c, const char *sql);
int rows_of(PGconn *c, const char *sql); /* fails the test when it cannot be asked */

#endif
