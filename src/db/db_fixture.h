/* db_fixture.h: what the tests of this folder share: a store in a folder of its own. */
#ifndef VOW_DB_FIXTURE_H
#define VOW_DB_FIXTURE_H

#include "db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct note {
    struct id id;
    int64_t number;
    const char *text;
};

extern const struct field note_fields[];
extern const struct query note_insert, note_all, note_one, note_count;

/* Makes the table `note` when it is missing; a store_config.prepare. */
bool note_prepare(void *with, struct db *db, struct error *err);

/* A fresh folder, removed by folder_remove. */
char *folder_fresh(void);
void folder_remove(char *dir);

/* Whether the tests run on the SQLite engine; else on the server that VOW_TEST_STORE names. */
bool on_sqlite(void);

/* The URL of a store of its own for the folder, on that server; NULL on SQLite. */
const char *store_url(const char *dir);

struct store_config config_plain(const char *dir);
struct store *store_in(const char *dir); /* two writers, with note_prepare */
struct id id_of(uint32_t n);             /* never absent */
struct db *open_db(struct store *s, uint32_t n);

/* A store in a fresh folder with one database that is open: what a test may begin with. */
struct opened {
    char *dir;
    struct store *store;
    struct db *db;
    struct arena a;
    struct error err;
};
int opened_setup(void **state); /* with notes */
int opened_prepared(void **state, bool (*prepare)(void *with, struct db *db, struct error *err));
int opened_teardown(void **state);

/* A work that inserts the note. */
bool insert_work(struct tx *tx, void *note, struct error *err);
bool insert(struct db *db, int64_t number, const char *text, struct error *err);
int64_t count(struct db *db);

#endif
