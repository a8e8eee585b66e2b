/* differential_test.c: random statements give the same rows through the sealed VFS as without it.

   differential_test [steps [seed]] */
#include "sealed_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int steps = 5000;
static unsigned seed = 20261121;

enum { PLAIN, SEALED, SIDES };
static sqlite3 *side[SIDES];

static int pick(int n)
{
    return rand_r(&seed) % n;
}

static void side_open(int which)
{
    if (which == SEALED) {
        side[which] = db_open("sealed.db");
    } else {
        assert_int_equal(sqlite3_open(in_folder("plain.db"), &side[which]), SQLITE_OK);
        run(side[which], "PRAGMA journal_mode = wal; PRAGMA temp_store = memory");
    }
    run(side[which], "PRAGMA cache_size = 10; PRAGMA wal_autocheckpoint = 50");
}

static void both(const char *sql)
{
    int plain = try_run(side[PLAIN], sql), sealed = try_run(side[SEALED], sql);
    if (plain != sealed)
        fail_msg("%s: %s, but %s", sql, sqlite3_errstr(plain), sqlite3_errstr(sealed));
}

static void same(const char *sql)
{
    char *expected = rows(side[PLAIN], sql, NULL);
    assert_rows(side[SEALED], sql, expected);
    free(expected);
}

/* Content that depends on the numbers alone, from a few bytes to several overflow pages. */
static void step(int i)
{
    char sql[600];
    int id_ = pick(400), size = pick(10) ? pick(200) : pick(20000);
    switch (pick(14)) {
    case 0:
        both("BEGIN");
        break;
    case 1:
        both(pick(3) ? "COMMIT" : "ROLLBACK");
        break;
    case 2:
        both(pick(2) ? "SAVEPOINT s" : "ROLLBACK TO s");
        break;
    case 3:
        both("RELEASE s");
        break;
    case 4:
        snprintf(sql, sizeof sql, "DELETE FROM t WHERE id BETWEEN %d AND %d", id_, id_ + pick(40));
        both(sql);
        break;
    case 5:
        snprintf(sql, sizeof sql, "UPDATE t SET b = b || '%d', a = a + %d WHERE a %% %d = 0", i,
                 pick(9), 2 + pick(30));
        both(sql);
        break;
    case 6:
        both(pick(2) ? "CREATE TABLE more AS SELECT * FROM t" : "DROP TABLE more");
        break;
    case 7:
        both(pick(2) ? "CREATE INDEX t_b ON t (b, a)" : "DROP INDEX t_b");
        break;
    case 8:
        both(pick(4) ? "PRAGMA wal_checkpoint(RESTART)" : "VACUUM");
        break;
    case 9:
        snprintf(sql, sizeof sql, "SELECT count(*), sum(a), sum(length(b)) FROM t WHERE id > %d",
                 id_);
        same(sql);
        break;
    default:
        snprintf(sql, sizeof sql,
                 "INSERT OR REPLACE INTO t VALUES (%d, %d, hex(zeroblob(%d)) || '%d')", id_, i,
                 size, i);
        both(sql);
    }
}

static void test_same_rows(void **state)
{
    (void)state;
    unsigned start = seed;
    for (int s = 0; s < SIDES; s++)
        side_open(s);
    both("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT); CREATE INDEX t_a ON t (a)");
    for (int i = 0; i < steps; i++) {
        step(i);
        if (i % 100 == 99)
            same("SELECT * FROM t ORDER BY a, id");
        if (i % 400 == 399) {
            for (int s = 0; s < SIDES; s++) {
                sqlite3_close(side[s]);
                side_open(s);
            }
        }
    }
    both("ROLLBACK");
    same("SELECT * FROM t ORDER BY id");
    same("SELECT type, name, sql FROM sqlite_schema ORDER BY name");
    assert_rows(side[SEALED], "PRAGMA integrity_check", "ok\n");
    print_message("%d steps from seed %u\n", steps, start);
    for (int s = 0; s < SIDES; s++)
        sqlite3_close(side[s]);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        steps = atoi(argv[1]);
    if (argc > 2)
        seed = (unsigned)strtoul(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = { IN_FOLDER(test_same_rows) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
