/* io_fault_test.c: the n-th write or read fails, once or from then on, for every n: statements fail
   clearly, what was acknowledged stays, and the database goes on when the disk does. */
#include "db/sealed/sealed_fixture.h"
#include "fault_vfs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { COMMITS = 12, LIMIT = 2000 };

static sqlite3 *fault_db(void)
{
    sqlite3 *db = NULL;
    struct error err = { 0 };
    fault_register();
    assert_true(sealed_register("sealed-fault", "fault"));
    if (!sealed_open_over("sealed-fault", in_folder("a.db"), &key, id,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db, &err))
        fail_msg("%s", err.detail);
    run(db, "PRAGMA cache_size = 6; PRAGMA wal_autocheckpoint = 8");
    return db;
}

/* Commits what it can; a bit per commit that was acknowledged. */
static unsigned work(sqlite3 *db)
{
    unsigned acked = 0;
    for (int i = 0; i < COMMITS; i++) {
        char sql[300];
        snprintf(sql, sizeof sql,
                 "BEGIN; INSERT INTO t VALUES (%d, hex(zeroblob(%d))); INSERT INTO u VALUES (%d);"
                 "COMMIT",
                 i, i % 4 ? 100 : 9000, i);
        if (try_run(db, sql) == SQLITE_OK)
            acked |= 1u << i;
        else
            try_run(db, "ROLLBACK");
        int rc = SQLITE_OK;
        free(rows(db, "SELECT count(*), sum(length(pad)) FROM t", &rc));
    }
    return acked;
}

static unsigned kept(sqlite3 *db)
{
    unsigned bits = 0;
    for (int i = 0; i < COMMITS; i++) {
        char sql[200];
        snprintf(sql, sizeof sql,
                 "SELECT (SELECT count(*) FROM t WHERE id = %d), (SELECT count(*) FROM u WHERE"
                 " id = %d)",
                 i, i);
        char *got = rows(db, sql, NULL);
        assert_true(strcmp(got, "1|1\n") == 0 || strcmp(got, "0|0\n") == 0);
        bits |= (unsigned)(got[0] == '1') << i;
        free(got);
    }
    return bits;
}

/* One run in which the n-th operation fails, and all after it if that is to last; false when it
   never came to that. */
static bool one(int n, bool reads, bool lasting)
{
    sqlite3 *db = fault_db();
    run(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, pad TEXT); CREATE TABLE u (id INT)");
    trace.fail_reads = reads;
    trace.fail_once = !lasting;
    trace.fail_with = n % 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    trace.fail_in = n;
    unsigned acked = work(db);
    bool came = trace.failed;
    trace.fail_in = 0;
    trace.failed = false;

    /* The disk is well again: the same connection goes on, and so does a new process. */
    assert_int_equal(kept(db) & acked, acked);
    run(db, "INSERT INTO u VALUES (1000); DELETE FROM u WHERE id = 1000");
    assert_rows(db, "PRAGMA integrity_check", "ok\n");
    sqlite3_close(db);
    db = fault_db();
    assert_int_equal(kept(db) & acked, acked);
    assert_rows(db, "PRAGMA integrity_check", "ok\n");
    run(db, "DROP TABLE t; DROP TABLE u; VACUUM");
    sqlite3_close(db);
    return came;
}

static void each(bool reads, bool lasting)
{
    int n = 1;
    while (n < LIMIT && one(n, reads, lasting))
        n++;
    assert_in_range(n, 50, LIMIT - 1);
    print_message("%d faults\n", n - 1);
    trace_clear();
}

static void test_each_write_fails_once(void **state)
{
    (void)state;
    each(false, false);
}

static void test_no_write_from_the_nth_on(void **state)
{
    (void)state;
    each(false, true);
}

static void test_each_read_fails_once(void **state)
{
    (void)state;
    each(true, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_each_write_fails_once),
        IN_FOLDER(test_no_write_from_the_nth_on),
        IN_FOLDER(test_each_read_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
