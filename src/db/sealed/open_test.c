/* open_test.c: what sealed_open and sealed_copy promise, and what the VFS refuses. */
#include "sealed_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { READ_WRITE = SQLITE_OPEN_READWRITE, CREATE = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE };

static void assert_refused(const char *name, const struct secret_key *with, struct id file,
                           int flags, enum problem p, const char *says)
{
    sqlite3 *db = NULL;
    struct error err = { 0 };
    assert_false(sealed_open(in_folder(name), with, file, flags, &db, &err));
    assert_null(db);
    assert_int_equal(err.problem, p);
    if (!strstr(err.detail, says))
        fail_msg("\"%s\" does not say \"%s\"", err.detail, says);
}

static void name_count(const char *name, void *with)
{
    (void)name;
    ++*(int *)with;
}

static int files(void)
{
    int n = 0;
    folder_each(name_count, &n);
    return n;
}

static void test_made_and_opened_again(void **state)
{
    (void)state;
    sqlite3 *db = db_open("a.db");
    assert_rows(db, "PRAGMA journal_mode", "wal\n");
    assert_rows(db, "PRAGMA synchronous", "2\n");
    assert_rows(db, "PRAGMA temp_store", "2\n");
    run(db, "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'one'), (2, 'two')");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(files(), 1);
    struct stat st;
    assert_int_equal(stat(in_folder("a.db"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    db = db_open("a.db");
    assert_rows(db, "SELECT * FROM t", "1|one\n2|two\n");
    assert_int_equal(sealed_dropped(db), 0);
    run(db, "INSERT INTO t VALUES (3, 'three')");
    assert_true(file_there("a.db-wal"));
    assert_false(file_there("a.db-shm"));
    assert_false(file_there("a.db-journal"));
    sqlite3_close(db);
}

static void test_missing_file_is_not_made(void **state)
{
    (void)state;
    assert_refused("a.db", &key, id, READ_WRITE, NOT_FOUND, "is missing");
    assert_refused("none/a.db", &key, id, CREATE, NOT_FOUND, "is missing");
    assert_int_equal(files(), 0);
}

/* With frames in the WAL, which SQLite would drop if it could not read them. */
static void test_wrong_key_changes_nothing(void **state)
{
    (void)state;
    sqlite3 *db = db_open("a.db");
    run(db, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    crash_copy("a.db", "b.db");
    sqlite3_close(db);
    struct content before = file_get("b.db"), wal_before = file_get("b.db-wal");
    assert_true(wal_before.n > FRAME);
    assert_refused("b.db", &other_key, id, READ_WRITE, INTERNAL, "stored with another key");
    assert_refused("b.db", &key, other_id, READ_WRITE, INTERNAL, "stored with another key");
    struct content after = file_get("b.db"), wal_after = file_get("b.db-wal");
    assert_int_equal(before.n, after.n);
    assert_memory_equal(before.at, after.at, before.n);
    assert_int_equal(wal_before.n, wal_after.n);
    assert_memory_equal(wal_before.at, wal_after.at, wal_before.n);
    free(before.at), free(after.at), free(wal_before.at), free(wal_after.at);

    db = db_open("b.db");
    assert_rows(db, "SELECT * FROM t", "1\n");
    assert_refused("b.db", &other_key, id, READ_WRITE, INTERNAL, "another key or id");
    assert_refused("b.db", &key, other_id, READ_WRITE, INTERNAL, "another key or id");
    sqlite3_close(db);
}

static void test_files_that_are_no_sealed_database(void **state)
{
    (void)state;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(in_folder("plain.db"), &db), SQLITE_OK);
    run(db, "CREATE TABLE t (a)");
    sqlite3_close(db);
    assert_refused("plain.db", &key, id, CREATE, INTERNAL, "another key, or is damaged");
    file_put("empty.db", (struct content){ 0 });
    assert_refused("empty.db", &key, id, CREATE, INTERNAL, "damaged");
    uint8_t noise[3 * PAGE];
    memset(noise, 'x', sizeof noise);
    file_put("noise.db", (struct content){ noise, sizeof noise });
    assert_refused("noise.db", &key, id, CREATE, INTERNAL, "damaged");
    assert_int_equal(mkdir(in_folder("sub"), 0700), 0);
    assert_refused("sub", &key, id, CREATE, INTERNAL, "damaged");
    rmdir(in_folder("sub"));
}

static void test_another_process_is_kept_out(void **state)
{
    (void)state;
    sqlite3 *db = db_open("a.db");
    run(db, "CREATE TABLE t (a)");
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    sqlite3_close(db);
    pid_t child = fork();
    if (!child) { /* opens it, says so, and waits for the end of the pipe */
        sqlite3 *mine = NULL;
        struct error err = { 0 };
        bool ok = sealed_open(in_folder("a.db"), &key, id, READ_WRITE, &mine, &err);
        _exit(!ok || write(ends[1], "x", 1) != 1 || pause() == 0);
    }
    char byte;
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_refused("a.db", &key, id, READ_WRITE, UNAVAILABLE, "Another process");
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    close(ends[0]);
    close(ends[1]);
    db = db_open("a.db");
    sqlite3_close(db);
}

/* A process that died while it made a database leaves something that was never one. */
static void test_unfinished_making_is_made_anew(void **state)
{
    (void)state;
    uint8_t noise[PAGE + 100] = { 1 };
    file_put("a.db.new", (struct content){ noise, sizeof noise });
    sqlite3 *db = db_open("a.db");
    run(db, "CREATE TABLE t (a)");
    sqlite3_close(db);
    assert_int_equal(files(), 1);
}

static void test_copy(void **state)
{
    (void)state;
    sqlite3 *db = db_open("a.db"), *copy = NULL;
    struct error err = { 0 };
    run(db,
        "CREATE TABLE t (a, b); CREATE INDEX t_a ON t (a);"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
        "INSERT INTO t SELECT i, hex(randomblob(i % 300)) FROM n; DELETE FROM t WHERE a % 3 = 0");
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3 *reader = db_open("a.db");
    run(reader, "BEGIN; SELECT count(*) FROM t");
    assert_true(sealed_copy(db, in_folder("b.db"), &other_key, other_id, &err));
    assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, -1), 0);
    run(reader, "COMMIT");
    sqlite3_close(reader);

    assert_refused("b.db", &key, id, READ_WRITE, INTERNAL, "another key");
    assert_true(sealed_open(in_folder("b.db"), &other_key, other_id, READ_WRITE, &copy, &err));
    char *expected = rows(db, "SELECT * FROM t ORDER BY a", NULL);
    assert_rows(copy, "SELECT * FROM t ORDER BY a", expected);
    assert_rows(copy, "PRAGMA integrity_check", "ok\n");
    assert_rows(copy, "PRAGMA journal_mode", "wal\n");
    run(copy, "INSERT INTO t VALUES (-1, 'writable')");
    free(expected);
    sqlite3_close(copy);

    assert_false(sealed_copy(db, in_folder("b.db"), &key, id, &err));
    assert_int_equal(err.problem, ALREADY_EXISTS);
    err = (struct error){ 0 };
    assert_false(sealed_copy(db, in_folder("none/b.db"), &key, id, &err));
    assert_int_equal(err.problem, NOT_FOUND);
    sqlite3_close(db);
    assert_int_equal(files(), 2);
}

static void test_online_backup(void **state)
{
    (void)state;
    sqlite3 *db = db_open("a.db"), *to = db_open("b.db");
    run(db, "CREATE TABLE t (a); INSERT INTO t VALUES (hex(zeroblob(20000)))");
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", db, "main");
    assert_non_null(backup);
    int rc;
    while ((rc = sqlite3_backup_step(backup, 1)) == SQLITE_OK)
        ;
    assert_int_equal(rc, SQLITE_DONE);
    assert_int_equal(sqlite3_backup_finish(backup), SQLITE_OK);
    sqlite3_close(db);
    sqlite3_close(to);
    to = db_open("b.db");
    assert_rows(to, "SELECT length(a) FROM t", "40000\n");
    assert_rows(to, "PRAGMA integrity_check", "ok\n");
    sqlite3_close(to);
}

static void test_vacuum_in_place(void **state)
{
    (void)state;
    sqlite3 *db = db_open("a.db");
    run(db, "CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(400000)), (1);"
            "DELETE FROM t WHERE a <> 1; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    assert_rows(db, "PRAGMA page_count", "2\n");
    assert_rows(db, "PRAGMA integrity_check; ", "ok\n");
    sqlite3_close(db);
    struct content c = file_get("a.db");
    assert_int_equal(c.n, 2 * PAGE);
    free(c.at);
}

static void test_refused_settings(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "PRAGMA page_size = 8192",
        "PRAGMA journal_mode = delete",
        "PRAGMA journal_mode = off",
        "PRAGMA main.journal_mode = memory",
        "PRAGMA locking_mode = exclusive",
        "PRAGMA temp_store = file",
        "PRAGMA temp_store = 0",
        "PRAGMA mmap_size = 1000000",
        "PRAGMA temp_store_directory = '/tmp'",
    };
    static const char *const allowed[] = {
        "PRAGMA page_size",     "PRAGMA journal_mode",    "PRAGMA journal_mode = WAL",
        "PRAGMA locking_mode",  "PRAGMA temp_store = 2",  "PRAGMA temp_store = MEMORY",
        "PRAGMA mmap_size = 0", "PRAGMA cache_size = 10", "PRAGMA page_size = 4096",
    };
    sqlite3 *db = db_open("a.db");
    for (size_t i = 0; i < LENGTH(refused); i++) {
        assert_int_equal(try_run(db, refused[i]), SQLITE_ERROR);
        assert_non_null(strstr(sqlite3_errmsg(db), "sealed database refuses"));
    }
    for (size_t i = 0; i < LENGTH(allowed); i++)
        run(db, allowed[i]);
    assert_rows(db, "PRAGMA journal_mode", "wal\n");
    assert_rows(db, "PRAGMA mmap_size", "0\n");
    sqlite3_close(db);
}

/* Without a key the VFS opens nothing: no attached file, no file by its path, no temporary one. */
static void test_no_file_without_a_key(void **state)
{
    (void)state;
    sqlite3 *db = db_open("a.db"), *other = NULL;
    char sql[300];
    snprintf(sql, sizeof sql, "ATTACH '%s' AS b", in_folder("b.db"));
    assert_int_equal(try_run(db, sql), SQLITE_CANTOPEN);
    assert_int_equal(sqlite3_open_v2(in_folder("c.db"), &other, CREATE, "sealed"), SQLITE_CANTOPEN);
    sqlite3_close(other);
    assert_int_equal(sqlite3_open_v2("", &other, CREATE, "sealed"), SQLITE_OK);
    run(other, "PRAGMA temp_store = file; PRAGMA cache_size = 2; BEGIN; CREATE TABLE t (a)");
    assert_int_equal(try_run(other, "INSERT INTO t VALUES (randomblob(1000000))"), SQLITE_CANTOPEN);
    sqlite3_close(other);
    sqlite3_close(db);
    assert_false(file_there("b.db"));
    assert_false(file_there("c.db"));
}

static void test_no_extension_is_loaded(void **state)
{
    (void)state;
    char *why = NULL;
    sqlite3 *db = db_open("a.db");
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
    assert_int_equal(sqlite3_load_extension(db, "libm.so.6", NULL, &why), SQLITE_ERROR);
    assert_non_null(strstr(why, "loads no extensions"));
    sqlite3_free(why);
    sqlite3_close(db);
}

static void test_read_only(void **state)
{
    (void)state;
    sqlite3 *db = db_open("a.db"), *reader = NULL;
    struct error err = { 0 };
    run(db, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    assert_true(sealed_open(in_folder("a.db"), &key, id, SQLITE_OPEN_READONLY, &reader, &err));
    assert_rows(reader, "SELECT * FROM t", "1\n");
    assert_int_equal(try_run(reader, "DELETE FROM t"), SQLITE_READONLY);
    run(db, "INSERT INTO t VALUES (2)");
    assert_rows(reader, "SELECT * FROM t", "1\n2\n");
    sqlite3_close(reader);
    sqlite3_close(db);
}

static void test_snapshots(void **state)
{
    (void)state;
    sqlite3 *writer = db_open("a.db"), *reader = db_open("a.db");
    run(writer, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    run(reader, "BEGIN");
    assert_rows(reader, "SELECT count(*) FROM t", "1\n");
    run(writer, "INSERT INTO t VALUES (2)");
    assert_rows(reader, "SELECT count(*) FROM t", "1\n");
    run(writer, "PRAGMA wal_checkpoint(PASSIVE)");
    assert_rows(reader, "SELECT count(*) FROM t", "1\n");
    run(writer, "BEGIN IMMEDIATE");
    assert_int_equal(try_run(reader, "INSERT INTO t VALUES (3)"), SQLITE_BUSY);
    run(writer, "ROLLBACK");
    run(reader, "COMMIT");
    assert_rows(reader, "SELECT count(*) FROM t", "2\n");
    sqlite3_close(reader);
    sqlite3_close(writer);
}

enum { ACCOUNTS = 50, MOVES = 150, THREADS = 4 };

/* Moves amounts between rows; the sum stays, which every reader checks in its snapshot. */
static void *mover(void *with)
{
    unsigned seed = (unsigned)(uintptr_t)with;
    sqlite3 *db = db_open("a.db");
    sqlite3_busy_timeout(db, 60000);
    for (int i = 0; i < MOVES; i++) {
        char sql[300];
        snprintf(sql, sizeof sql,
                 "BEGIN IMMEDIATE; UPDATE t SET n = n - 1 WHERE id = %d;"
                 "UPDATE t SET n = n + 1 WHERE id = %d; COMMIT",
                 rand_r(&seed) % ACCOUNTS, rand_r(&seed) % ACCOUNTS);
        run(db, sql);
        assert_rows(db, "SELECT sum(n) FROM t", "5000\n");
        if (i % 40 == 39)
            run(db, "PRAGMA wal_checkpoint(PASSIVE)");
    }
    sqlite3_close(db);
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    sqlite3 *db = db_open("a.db");
    run(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT, pad TEXT);"
            "WITH RECURSIVE i (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 49)"
            "INSERT INTO t SELECT n, 100, hex(zeroblob(400)) FROM i");
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, mover, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_rows(db, "PRAGMA integrity_check", "ok\n");
    sqlite3_close(db);
    assert_int_equal(files(), 1);
}

/* There are no holes: each page of a file opens, whether SQLite ever used it or not. */
static void test_every_page_is_sealed(void **state)
{
    (void)state;
    struct error err = { 0 };
    sqlite3 *db = db_open("a.db");
    run(db, "CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(100000))");
    run(db, "PRAGMA wal_checkpoint(TRUNCATE); DELETE FROM t");
    run(db, "INSERT INTO t VALUES (zeroblob(150000)); PRAGMA wal_checkpoint(TRUNCATE)");
    assert_true(sealed_copy(db, in_folder("b.db"), &key, id, &err));
    sqlite3_close(db);

    struct page_keys keys;
    struct page_cipher cipher;
    page_keys_make(&key, &keys);
    page_cipher_open(&cipher, &keys, id, FOR_PAGES | FOR_FRAMES);
    const char *const names[] = { "a.db", "b.db" };
    for (size_t f = 0; f < LENGTH(names); f++) {
        struct content c = file_get(names[f]);
        uint8_t page[PAGE];
        assert_int_equal(c.n % PAGE, 0);
        for (uint32_t i = 0; i < c.n / PAGE; i++)
            assert_true(page_open(&cipher, i + 1, c.at + (size_t)i * PAGE, page));
        free(c.at);
    }
    page_cipher_close(&cipher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_made_and_opened_again),
        IN_FOLDER(test_missing_file_is_not_made),
        IN_FOLDER(test_wrong_key_changes_nothing),
        IN_FOLDER(test_files_that_are_no_sealed_database),
        IN_FOLDER(test_another_process_is_kept_out),
        IN_FOLDER(test_unfinished_making_is_made_anew),
        IN_FOLDER(test_copy),
        IN_FOLDER(test_online_backup),
        IN_FOLDER(test_vacuum_in_place),
        IN_FOLDER(test_refused_settings),
        IN_FOLDER(test_no_file_without_a_key),
        IN_FOLDER(test_no_extension_is_loaded),
        IN_FOLDER(test_read_only),
        IN_FOLDER(test_snapshots),
        IN_FOLDER(test_threads),
        IN_FOLDER(test_every_page_is_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
