/* db_disk_test.c: what happens when the disk does not take it, with the store in files. */
#include "db_batch_fixture.h"
#include "sqlite.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

/* SQLite has a switch for its system calls, but none for the sync, whose symbol this
   program takes over instead. */
static atomic_bool disk_full, sync_fails;

/* Counts down to the one call that fails; 0 never. */
static atomic_int until_write, until_sync;

static ssize_t pwrite_failing(int fd, const void *at, size_t n, off_t where)
{
    if (!disk_full && (!until_write || --until_write))
        return pwrite(fd, at, n, where);
    errno = ENOSPC;
    return -1;
}

int fdatasync(int fd)
{
    if (!sync_fails && (!until_sync || --until_sync))
        return (int)syscall(SYS_fdatasync, fd);
    errno = EIO;
    return -1;
}

static void test_full_disk_fails_the_batch_and_no_more(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    assert_true(insert(p->db, 100, "before", &err));
    disk_full = true;
    struct batch *b = batch_run(p->db, (const enum trick[JOBS]){ [2] = REFUSE_LATE });
    for (int i = 0; i < JOBS; i++) {
        assert_false(b->job[i].ok);
        assert_int_equal(b->job[i].err.problem, i == 2 ? INVALID : STORAGE_FULL);
    }
    assert_int_equal(count(p->db), 1);
    disk_full = false;
    free(b);
    b = batch_run(p->db, (const enum trick[JOBS]){ GOOD });
    assert_true(b->job[JOBS - 1].ok);
    assert_int_equal(count(p->db), JOBS + 1);
    free(b);
}

/* A database that is not open yet can be opened and read on a full disk. */
static void test_full_disk_is_read(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    assert_true(insert(p->db, 1, "before", &err));
    disk_full = true;
    db_release(p->db);
    store_close(p->store);
    p->store = store_in(p->dir);
    p->db = open_db(p->store, 1);
    assert_int_equal(count(p->db), 1);
    assert_false(insert(p->db, 2, "not now", &err));
    assert_int_equal(err.problem, STORAGE_FULL);
    disk_full = false;
    err = (struct error){ 0 };
    assert_true(insert(p->db, 2, "now", &err));
}

static void test_full_disk_makes_no_database(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    struct db *db;
    disk_full = true;
    assert_false(db_open(p->store, id_of(2), true, &db, &err));
    assert_int_equal(err.problem, STORAGE_FULL);
    disk_full = false;
    err = (struct error){ 0 };
    assert_false(db_open(p->store, id_of(2), false, &db, &err));
    assert_int_equal(err.problem, NOT_FOUND);
    db_release(open_db(p->store, 2));
}

static void test_failing_sync_acknowledges_nothing(void **state)
{
    struct opened *p = *state;
    sync_fails = true;
    struct batch *b = batch_run(p->db, (const enum trick[JOBS]){ GOOD });
    sync_fails = false;
    for (int i = 0; i < JOBS; i++) {
        assert_false(b->job[i].ok);
        assert_int_equal(b->job[i].err.problem, INTERNAL);
    }
    assert_int_equal(count(p->db), 0);
    free(b);
    struct error err = { 0 };
    assert_true(insert(p->db, 1, "after", &err));
    assert_int_equal(count(p->db), 1);
}

/* Makes, fills, closes and opens a database, with the n-th write or sync failing somewhere on the
   way; what was acknowledged is there, and nothing is there that was not tried. */
static bool chain_survives(struct opened *p, uint32_t id, atomic_int *until, int n)
{
    struct error err = { 0 };
    struct db *db;
    int told = 0;
    *until = n;
    if (db_open(p->store, id_of(id), true, &db, &err)) {
        for (int i = 1; i <= 3; i++) {
            err = (struct error){ 0 };
            told += insert(db, i, "x", &err);
        }
        db_release(db);
    }
    store_close(p->store);
    bool met = !*until;
    *until = 0;
    p->store = store_in(p->dir);
    db = open_db(p->store, id);
    int64_t rows = count(db);
    assert_true(rows >= told && rows <= 3);
    err = (struct error){ 0 };
    assert_true(insert(db, 9, "afterwards", &err));
    db_release(db);
    return met;
}

static void test_any_write_may_fail(void **state)
{
    struct opened *p = *state;
    atomic_int *const untils[] = { &until_write, &until_sync };
    db_release(p->db);
    uint32_t id = 100;
    for (size_t i = 0; i < LENGTH(untils); i++) {
        int n = 1;
        while (chain_survives(p, id++, untils[i], n))
            n++;
        assert_true(n > 5);
    }
    p->db = open_db(p->store, 1);
}

/* A work so large that its pages spill before the commit: SQLite itself gives the transaction
   up in the middle of the batch. */
static bool large_work(struct tx *tx, void *with, struct error *err)
{
    static const struct query q = {
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
        "INSERT INTO note (id, number, text) SELECT randomblob(16), i + 1000, "
        "hex(zeroblob(500)) FROM n"
    };
    (void)with;
    (void)err;
    return tx_run(tx, &q, NO_ARGS, NULL);
}

static void test_full_disk_within_a_work(void **state)
{
    struct opened *p = *state;
    struct arena a = { 0 };
    struct error err = { 0 };
    disk_full = true;
    assert_false(db_write_wait(p->db, &a, large_work, NULL, &err));
    assert_int_equal(err.problem, STORAGE_FULL);
    disk_full = false;
    err = (struct error){ 0 };
    assert_int_equal(count(p->db), 0);
    assert_true(db_write_wait(p->db, &a, large_work, NULL, &err));
    assert_int_equal(count(p->db), 20000);
    arena_done(&a);
}

/* Gets over that, and writes on when there is room again. */
static bool stubborn_work(struct tx *tx, void *with, struct error *err)
{
    if (large_work(tx, with, err))
        return false;
    disk_full = false;
    error_clear(err);
    return insert_work(tx, with, err);
}

static void test_nothing_is_written_behind_a_lost_transaction(void **state)
{
    struct opened *p = *state;
    struct arena a = { 0 };
    struct error err = { 0 };
    struct note note = { id_of(5), 5, "behind" };
    disk_full = true;
    assert_false(db_write_wait(p->db, &a, stubborn_work, &note, &err));
    assert_int_equal(err.problem, UNAVAILABLE);
    assert_int_equal(count(p->db), 0);
    assert_true(insert(p->db, 5, "afterwards", &err));
    arena_done(&a);
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, opened_setup, opened_teardown)

int main(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find("unix");
    int rc = vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)pwrite_failing);
    if (rc != SQLITE_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        TEST(test_full_disk_fails_the_batch_and_no_more),
        TEST(test_full_disk_is_read),
        TEST(test_full_disk_makes_no_database),
        TEST(test_failing_sync_acknowledges_nothing),
        TEST(test_any_write_may_fail),
        TEST(test_full_disk_within_a_work),
        TEST(test_nothing_is_written_behind_a_lost_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
