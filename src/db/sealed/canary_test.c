/* canary_test.c: no content reaches the disk readable, by whichever way SQLite writes it. */
#include "sealed_fixture.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Words of the content, of the schema and of SQLite's own. */
static const char *const canaries[] = { "CANARYBIRD", "yranac_table", "CREATE TABLE",
                                        "SQLite format 3" };

static void file_search(const char *name, void *found)
{
    struct content c = file_get(name);
    for (size_t i = 0; i < LENGTH(canaries); i++) {
        if (memmem(c.at, c.n, canaries[i], strlen(canaries[i])))
            *(const char **)found = canaries[i];
    }
    free(c.at);
}

/* The canary found in any file of the folder, or NULL. */
static const char *found_on_disk(void)
{
    const char *found = NULL;
    folder_each(file_search, &found);
    return found;
}

/* Files that this process has open without a name, or outside the folder and not ours. */
static int strange_files(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char link[300], target[300] = { 0 };
        snprintf(link, sizeof link, "/proc/self/fd/%s", e->d_name);
        if (readlink(link, target, sizeof target - 1) < 0)
            continue;
        n += strstr(target, "(deleted)") || strstr(target, "etilqs") || strstr(target, "-shm") ||
             strstr(target, "-journal");
    }
    closedir(dir);
    return n;
}

/* Looks while a statement is at work, when temporary files would exist. */
static int look(void *strange)
{
    *(int *)strange += strange_files();
    return 0;
}

static void fill(sqlite3 *db)
{
    run(db, "CREATE TABLE yranac_table (id INTEGER PRIMARY KEY, name TEXT, note TEXT, raw BLOB);"
            "CREATE INDEX by_name ON yranac_table (name, note);"
            "CREATE VIRTUAL TABLE words USING fts5 (body)");
    run(db, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
            "INSERT INTO yranac_table (name, note, raw) SELECT 'CANARYBIRD ' || i,"
            "  replace(hex(zeroblob(i % 40)), '00', 'CANARYBIRD '),"
            "  CAST('CANARYBIRD blob' AS BLOB) FROM n");
    run(db, "INSERT INTO yranac_table (name) VALUES (replace(hex(zeroblob(60000)), '00',"
            " 'CANARYBIRD'))");
    run(db, "INSERT INTO words SELECT name || ' sings CANARYBIRD' FROM yranac_table LIMIT 800");
    assert_rows(db, "SELECT count(*) > 0 FROM words WHERE words MATCH 'CANARYBIRD'", "1\n");
}

static void test_every_way_to_the_disk(void **state)
{
    (void)state;
    int strange = 0;
    struct error err = { 0 };
    sqlite3 *db = db_open("a.db");
    run(db, "PRAGMA cache_size = 20");
    sqlite3_progress_handler(db, 20000, look, &strange);
    fill(db);
    assert_null(found_on_disk());

    /* Sorts, temporary tables and indexes larger than the cache. */
    free(rows(db,
              "SELECT max(n) FROM (SELECT count(*) n, note FROM yranac_table GROUP BY note || raw"
              " ORDER BY note DESC, name)",
              NULL));
    run(db, "CREATE TEMP TABLE copy AS SELECT * FROM yranac_table ORDER BY note;"
            "CREATE INDEX temp.copy_note ON copy (note)");
    free(rows(db,
              "SELECT count(*) FROM (SELECT DISTINCT a.name || b.note FROM copy a"
              " JOIN (SELECT note FROM copy LIMIT 20) b)",
              NULL));
    /* A large transaction that spills, with a statement that fails halfway and is undone. */
    run(db, "BEGIN; UPDATE yranac_table SET note = note || ' CANARYBIRD again'");
    assert_int_equal(try_run(db, "UPDATE yranac_table SET id = CASE WHEN id > 2900 THEN 1"
                                 " ELSE id + 10000 END, note = 'CANARYBIRD undone'"),
                     SQLITE_CONSTRAINT);
    assert_null(found_on_disk());
    run(db, "SAVEPOINT s; DELETE FROM yranac_table WHERE id % 2; ROLLBACK TO s; COMMIT");
    run(db, "PRAGMA wal_checkpoint(TRUNCATE); VACUUM");
    assert_true(sealed_copy(db, in_folder("b.db"), &key, other_id, &err));
    assert_rows(db, "PRAGMA integrity_check", "ok\n");
    assert_null(found_on_disk());
    assert_int_equal(strange, 0);
    sqlite3_close(db);
    assert_null(found_on_disk());
}

/* What a killed process leaves, in the middle of a transaction. */
static void test_leftovers_of_a_crash(void **state)
{
    (void)state;
    pid_t child = fork();
    if (!child) {
        sqlite3 *db = db_open("a.db");
        run(db, "PRAGMA cache_size = 20");
        fill(db);
        run(db, "BEGIN; UPDATE yranac_table SET note = 'CANARYBIRD' || note");
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_true(file_there("a.db-wal"));
    assert_null(found_on_disk());
    sqlite3 *db = db_open("a.db");
    assert_rows(db, "SELECT count(*) FROM yranac_table; ", "3001\n");
    assert_rows(db, "SELECT count(*) FROM yranac_table WHERE note LIKE 'CANARYBIRDCANARY%'", "0\n");
    sqlite3_close(db);
}

/* The search itself finds what plain SQLite leaves. */
static void test_plain_sqlite_is_seen(void **state)
{
    (void)state;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(in_folder("plain.db"), &db), SQLITE_OK);
    int strange = 0;
    sqlite3_progress_handler(db, 1000, look, &strange);
    run(db, "PRAGMA temp_store = file; PRAGMA cache_size = 20");
    fill(db);
    run(db, "CREATE TEMP TABLE copy AS SELECT * FROM yranac_table ORDER BY note");
    sqlite3_close(db);
    assert_non_null(found_on_disk());
    assert_true(strange > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_every_way_to_the_disk),
        IN_FOLDER(test_leftovers_of_a_crash),
        IN_FOLDER(test_plain_sqlite_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
