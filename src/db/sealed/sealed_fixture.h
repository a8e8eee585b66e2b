/* sealed_fixture.h: what the tests of the sealed store share: a folder, a key, SQL in one line. */
#ifndef VOW_DB_SEALED_FIXTURE_H
#define VOW_DB_SEALED_FIXTURE_H

#include "vault.h"

/* The folder of the running test, and a path in it (until the next call but three). */
extern char folder[64];
const char *in_folder(const char *name);
int folder_make(void **state);
int folder_remove(void **state);

extern const struct secret_key key, other_key;
extern const struct id id, other_id;

/* Opens or makes `name` in the folder, or ends the test. */
sqlite3 *db_open(const char *name);
/* Runs statements, or ends the test. */
void run(sqlite3 *db, const char *sql);
/* SQLite's code of statements that may fail, the primary one. */
int try_run(sqlite3 *db, const char *sql);
/* All rows as one text: columns joined with '|', rows with newlines; the caller frees it. NULL,
   with the code in *rc, when it fails; `rc` NULL ends the test instead. */
char *rows(sqlite3 *db, const char *sql, int *rc);
void assert_rows(sqlite3 *db, const char *sql, const char *expected);

/* Whole files, in memory. */
struct content {
    uint8_t *at;
    size_t n;
};
struct content file_get(const char *name); /* empty when it is not there */
void file_put(const char *name, struct content c);
bool file_there(const char *name);
/* Copies database and WAL of a running process as a crash would leave them. */
void crash_copy(const char *from, const char *to);
/* Calls `each` with the name of every file in the folder. */
void folder_each(void (*each)(const char *name, void *with), void *with);

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

#endif
