/* tamper_test.c: a database that somebody changed is refused or shows an earlier commit, and never
   a wrong row. */
#include "sealed_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char all[] = "SELECT id, name, length(note), note FROM person ORDER BY id";
static const char by_index[] = "SELECT name FROM person INDEXED BY person_name ORDER BY name";

enum seen { REFUSED, EARLIER, SAME };
enum { STATES = 5 };
static char *known[STATES]; /* what the commits left, oldest first */
static int known_count;

static void known_add(sqlite3 *db)
{
    known[known_count++] = rows(db, all, NULL);
}

static void known_clear(void)
{
    while (known_count)
        free(known[--known_count]);
}

/* What a fresh process would see of x.db. Wrong rows end the test. */
static enum seen look(int64_t *dropped)
{
    sqlite3 *db = NULL;
    struct error err = { 0 };
    int rc = SQLITE_OK;
    if (!sealed_open(in_folder("x.db"), &key, id, SQLITE_OPEN_READWRITE, &db, &err)) {
        assert_true(err.detail[0]);
        return REFUSED;
    }
    *dropped = sealed_dropped(db);
    char *names = rows(db, by_index, &rc), *got = rows(db, all, &rc);
    free(names);
    enum seen seen = REFUSED;
    for (int i = 0; got && i < known_count; i++) {
        if (strcmp(got, known[i]) == 0)
            seen = i + 1 == known_count ? SAME : EARLIER;
    }
    if (got && seen == REFUSED)
        fail_msg("wrong rows: %s", got);
    bool read_all = names && got;
    free(got);
    sqlite3_close(db);
    return read_all ? seen : REFUSED;
}

static void base_make(sqlite3 **db)
{
    *db = db_open("base.db");
    run(*db, "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, note TEXT);"
             "CREATE INDEX person_name ON person (name);"
             "INSERT INTO person VALUES (1, 'Ada', hex(zeroblob(2500))), (2, 'Ben', 'short');"
             "PRAGMA wal_checkpoint(TRUNCATE)");
}

static void test_any_byte_of_the_database(void **state)
{
    (void)state;
    sqlite3 *db;
    base_make(&db);
    known_add(db);
    sqlite3_close(db);
    struct content c = file_get("base.db");
    assert_int_equal(c.n, 4 * PAGE);
    for (size_t i = 0; i < c.n; i++) {
        int64_t dropped;
        c.at[i] ^= (uint8_t)(1 << i % 8);
        file_put("x.db", c);
        c.at[i] ^= (uint8_t)(1 << i % 8);
        if (look(&dropped) != REFUSED)
            fail_msg("byte %zu was not noticed", i);
    }
    free(c.at);
    known_clear();
}

/* Leaves base.db as a crash would, with `commits` transactions in the WAL. */
static void log_make(int commits, bool checkpoint)
{
    sqlite3 *db;
    char sql[200];
    base_make(&db);
    known_add(db);
    for (int i = 0; i < commits; i++) {
        snprintf(sql, sizeof sql,
                 "UPDATE person SET note = 'commit %d' WHERE id = 2;"
                 "INSERT INTO person VALUES (%d, 'Person %d', 'new')",
                 i, 10 + i, i);
        run(db, "BEGIN");
        run(db, sql);
        run(db, "COMMIT");
        known_add(db);
    }
    if (checkpoint)
        run(db, "PRAGMA wal_checkpoint(PASSIVE)");
    crash_copy("base.db", "crash.db");
    sqlite3_close(db);
}

/* Flips one bit of each byte of the WAL. Whatever is not refused is an earlier commit, and the
   transactions that went are counted. */
static void test_any_byte_of_the_log(void **state)
{
    (void)state;
    log_make(3, false);
    struct content wal = file_get("crash.db-wal");
    int64_t frames = (int64_t)(wal.n - WAL_HEADER) / FRAME, refused = 0, dropped = 0;
    assert_in_range(frames, 6, 12);
    for (size_t i = 0; i < wal.n; i++) {
        crash_copy("crash.db", "x.db");
        wal.at[i] ^= (uint8_t)(1 << i % 8);
        file_put("x.db-wal", wal);
        wal.at[i] ^= (uint8_t)(1 << i % 8);
        enum seen seen = look(&dropped);
        if (seen == SAME || (seen == EARLIER && dropped == 0))
            fail_msg("byte %zu was not noticed", i);
        refused += seen == REFUSED;
    }
    assert_true(refused > 0);
    crash_copy("crash.db", "x.db");
    assert_int_equal(look(&dropped), SAME);
    assert_int_equal(dropped, 0);
    free(wal.at);
    known_clear();
}

/* Once a checkpoint has copied the log, no part of it may be missing: newer pages would show. */
static void test_log_that_was_copied(void **state)
{
    (void)state;
    log_make(2, true);
    struct content wal = file_get("crash.db-wal");
    for (size_t i = 0; i < wal.n; i += 13) {
        int64_t dropped;
        crash_copy("crash.db", "x.db");
        wal.at[i] ^= 0x10;
        file_put("x.db-wal", wal);
        wal.at[i] ^= 0x10;
        assert_int_equal(look(&dropped), REFUSED);
    }
    for (size_t cut = WAL_HEADER; cut < wal.n; cut += FRAME) {
        int64_t dropped;
        crash_copy("crash.db", "x.db");
        file_put("x.db-wal", (struct content){ wal.at, cut });
        if (cut > WAL_HEADER)
            assert_int_equal(look(&dropped), REFUSED);
    }
    free(wal.at);
    known_clear();
}

/* A log that is cut anywhere is the log of an earlier moment. */
static void test_log_cut_short(void **state)
{
    (void)state;
    log_make(3, false);
    struct content wal = file_get("crash.db-wal");
    for (size_t cut = 0; cut < wal.n; cut += 97) {
        int64_t dropped;
        crash_copy("crash.db", "x.db");
        file_put("x.db-wal", (struct content){ wal.at, cut });
        assert_int_equal(look(&dropped), EARLIER);
    }
    free(wal.at);
    known_clear();
}

static void page_swap(struct content c, size_t a, size_t b)
{
    uint8_t page[PAGE];
    memcpy(page, c.at + a * PAGE, PAGE);
    memcpy(c.at + a * PAGE, c.at + b * PAGE, PAGE);
    memcpy(c.at + b * PAGE, page, PAGE);
}

static void test_swapped_pages(void **state)
{
    (void)state;
    sqlite3 *db;
    int64_t dropped;
    base_make(&db);
    known_add(db);
    sqlite3_close(db);
    struct content c = file_get("base.db");
    for (size_t a = 0; a < c.n / PAGE; a++) {
        for (size_t b = 0; b < a; b++) {
            page_swap(c, a, b);
            file_put("x.db", c);
            page_swap(c, a, b);
            assert_int_equal(look(&dropped), REFUSED);
        }
    }
    free(c.at);
    known_clear();
}

/* The same database under the same key, but another file: its pages are strangers here. */
static void test_foreign_pages(void **state)
{
    (void)state;
    sqlite3 *db;
    int64_t dropped;
    struct error err = { 0 };
    base_make(&db);
    known_add(db);
    assert_true(sealed_copy(db, in_folder("foreign.db"), &key, other_id, &err));
    sqlite3_close(db);
    struct content c = file_get("base.db"), foreign = file_get("foreign.db");
    assert_int_equal(c.n, foreign.n);
    for (size_t i = 0; i < c.n; i += PAGE) {
        uint8_t own[PAGE];
        memcpy(own, c.at + i, PAGE);
        memcpy(c.at + i, foreign.at + i, PAGE);
        file_put("x.db", c);
        memcpy(c.at + i, own, PAGE);
        assert_int_equal(look(&dropped), REFUSED);
    }
    file_put("x.db", foreign);
    assert_int_equal(look(&dropped), REFUSED);
    free(c.at);
    free(foreign.at);
    known_clear();
}

static void test_truncated_file(void **state)
{
    (void)state;
    sqlite3 *db;
    int64_t dropped;
    base_make(&db);
    known_add(db);
    sqlite3_close(db);
    struct content c = file_get("base.db");
    for (size_t cut = 0; cut < c.n; cut += 512) {
        file_put("x.db", (struct content){ c.at, cut });
        assert_int_equal(look(&dropped), REFUSED);
    }
    /* Zeros are no page, and what lies behind the last page is not looked at. */
    memset(c.at + 3 * PAGE, 0, PAGE);
    file_put("x.db", c);
    assert_int_equal(look(&dropped), REFUSED);
    free(c.at);
    known_clear();
}

/* Truncated below pages that only the WAL makes part of the database. */
static void test_truncated_under_a_log(void **state)
{
    (void)state;
    log_make(1, false);
    struct content c = file_get("crash.db");
    for (size_t cut = 0; cut < c.n; cut += PAGE) {
        int64_t dropped;
        crash_copy("crash.db", "x.db");
        file_put("x.db", (struct content){ c.at, cut });
        assert_int_equal(look(&dropped), REFUSED);
    }
    free(c.at);
    known_clear();
}

/* A frame of an earlier turn of the same log, put back where it was. */
static void test_frame_of_an_earlier_log(void **state)
{
    (void)state;
    sqlite3 *db;
    int64_t dropped;
    base_make(&db);
    known_add(db);
    run(db, "UPDATE person SET note = 'old secret' WHERE id = 2");
    struct content old = file_get("base.db-wal");
    run(db, "UPDATE person SET note = 'short' WHERE id = 2; PRAGMA wal_checkpoint(RESTART)");
    run(db, "UPDATE person SET note = 'newer' WHERE id = 2");
    known_add(db);
    crash_copy("base.db", "crash.db");
    sqlite3_close(db);
    struct content wal = file_get("crash.db-wal");
    assert_memory_not_equal(wal.at + CLEAR_AT, old.at + CLEAR_AT, SALTS);
    memcpy(wal.at + WAL_HEADER, old.at + WAL_HEADER, FRAME);
    crash_copy("crash.db", "x.db");
    file_put("x.db-wal", wal);
    assert_int_not_equal(look(&dropped), SAME);
    free(old.at);
    free(wal.at);
    known_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_any_byte_of_the_database),
        IN_FOLDER(test_any_byte_of_the_log),
        IN_FOLDER(test_log_that_was_copied),
        IN_FOLDER(test_log_cut_short),
        IN_FOLDER(test_swapped_pages),
        IN_FOLDER(test_foreign_pages),
        IN_FOLDER(test_truncated_file),
        IN_FOLDER(test_truncated_under_a_log),
        IN_FOLDER(test_frame_of_an_earlier_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
