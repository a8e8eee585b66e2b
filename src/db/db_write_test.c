/* db_write_test.c: group commit: who shares a transaction, who fails alone, and what happens when
   the disk does not take it. */
#include "db_fixture.h"
#include "sqlite.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Works that are queued while another one holds the writer go into one batch. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool held, open;
};

static bool gate_work(struct tx *tx, void *with, struct error *err)
{
    (void)tx;
    (void)err;
    struct gate *g = with;
    pthread_mutex_lock(&g->lock);
    g->held = true;
    pthread_cond_broadcast(&g->moved);
    while (!g->open)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
    return true;
}

static void gate_set(struct gate *g, bool *what)
{
    pthread_mutex_lock(&g->lock);
    *what = true;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

static void gate_wait(struct gate *g, const bool *what)
{
    pthread_mutex_lock(&g->lock);
    while (!*what)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

enum { JOBS = 24, COUNT = 1000 /* number of a work, and beside it how many */ };

enum trick {
    GOOD,
    REFUSE_EARLY,
    REFUSE_LATE,
    TWICE,
    RECOVERS,
    HOLDS,
    SEES,
    TRUSTS,
    TRUSTS_IN_VAIN,
    CHANGES,
    CHANGES_IN_VAIN,
    COUNTED,
    COUNTED_REFUSED,
    COUNT_FAILS
};

struct counted {
    int64_t works;
};

struct batch;
struct job {
    struct batch *batch;
    struct arena arena;
    struct error err;
    struct note note;
    enum trick trick;
    int order; /* in which it was told; 0 not yet */
    bool ok;
};

struct batch {
    struct gate gate;
    struct job job[JOBS];
    int told;
    bool all;
};

/* How many works it is called for, as a note. */
static bool counted_last(struct tx *tx, void *const *with, size_t n, struct error *err)
{
    const struct job *first = with[0];
    struct note note = { id_of(1000 + (uint32_t)first->note.number),
                         first->note.number * COUNT + (int64_t)n, "counted" };
    for (size_t i = 0; i < n; i++)
        if (((const struct job *)with[i])->trick == COUNT_FAILS)
            return error_set(err, TOO_LARGE, NULL);
    return insert_work(tx, &note, err);
}

static bool counted_read(struct tx *tx, void *with, struct error *err)
{
    static const struct query sum = {
        "SELECT SUM(number % 1000) FROM note WHERE text = 'counted'"
    };
    static const struct field fields[] = { FIELD(struct counted, works), { 0 } };
    bool found;
    (void)err;
    return tx_row(tx, &sum, NO_ARGS, fields, with, &found);
}

/* Sees what the works before it count, which they have put off. */
static bool hold_work(struct tx *tx, const struct job *j, struct error *err)
{
    struct counted before = { 0 };
    if (!tx_hold(tx) || !counted_read(tx, &before, err))
        return false;
    return before.works == j->note.number - 1 || error_set(err, INTERNAL, "not all is counted");
}

/* Sees every row of the works before it, however they were sent. */
static bool sees_work(struct tx *tx, const struct job *j, struct error *err)
{
    static const struct query sum = { "SELECT COUNT(*) FROM note WHERE number < $1" };
    static const struct field fields[] = { FIELD(struct counted, works), { 0 } };
    struct counted before = { 0 };
    bool found;
    return tx_row(tx, &sum, ARGS(value_int(j->note.number)), fields, &before, &found) &&
           (before.works == j->note.number - 1 || error_set(err, INTERNAL, "not all are there"));
}

/* Takes for granted that the first work's note is there; one asks for a note that is not. */
static bool trusts_work(struct tx *tx, const struct job *j, struct error *err)
{
    static const struct query there = { "SELECT id FROM note WHERE number = $1", .likely = true };
    bool found;
    if (!tx_found(tx, &there, ARGS(value_int(j->trick == TRUSTS ? 1 : 777)), &found))
        return false;
    return found || error_set(err, NOT_FOUND, NULL);
}

static bool changes_work(struct tx *tx, const struct job *j, struct error *err)
{
    static const struct query set = { "UPDATE note SET text = 'changed' WHERE number = $1",
                                      .likely = true };
    int64_t changed;
    if (!tx_run(tx, &set, ARGS(value_int(j->trick == CHANGES ? 1 : 777)), &changed))
        return false;
    return changed == 1 || error_set(err, NOT_FOUND, NULL);
}

static bool job_work(struct tx *tx, void *with, struct error *err)
{
    struct job *j = with;
    if (j->trick == REFUSE_EARLY)
        return error_set(err, NOT_FOUND, NULL);
    if (j->trick == HOLDS)
        return hold_work(tx, j, err);
    if (j->trick >= COUNTED)
        tx_last(tx, counted_last, j);
    if (j->trick == COUNTED_REFUSED)
        return error_set(err, NOT_FOUND, NULL);
    if (j->trick == SEES && !sees_work(tx, j, err))
        return false;
    if (!insert_work(tx, &j->note, err))
        return false;
    if (j->trick == TRUSTS || j->trick == TRUSTS_IN_VAIN)
        return trusts_work(tx, j, err);
    if (j->trick == CHANGES || j->trick == CHANGES_IN_VAIN)
        return changes_work(tx, j, err);
    if (j->trick == REFUSE_LATE)
        return error_set(err, INVALID, "no");
    if (j->trick == TWICE)
        return insert_work(tx, &j->note, err);
    if (j->trick == RECOVERS && insert_work(tx, &j->note, err))
        return false;
    return true;
}

static void job_done(void *with, bool ok)
{
    struct job *j = with;
    struct batch *b = j->batch;
    pthread_mutex_lock(&b->gate.lock);
    j->ok = ok;
    j->order = ++b->told;
    b->all = b->told == JOBS;
    pthread_cond_broadcast(&b->gate.moved);
    pthread_mutex_unlock(&b->gate.lock);
}

static void gate_done(void *with, bool ok)
{
    (void)with;
    assert_true(ok);
}

/* Runs all jobs in one transaction, or in one each. */
static struct batch *batch_run(struct db *db, const enum trick tricks[JOBS])
{
    struct batch *b = calloc(1, sizeof *b);
    struct arena a = { 0 };
    struct error err = { 0 };
    pthread_mutex_init(&b->gate.lock, NULL);
    pthread_cond_init(&b->gate.moved, NULL);
    db_write(db, &a, gate_work, gate_done, &b->gate, &err);
    gate_wait(&b->gate, &b->gate.held);
    for (int i = 0; i < JOBS; i++) {
        struct job *j = &b->job[i];
        *j = (struct job){ .batch = b, .trick = tricks[i], .note = { id_of(i + 1), i + 1, "x" } };
        db_write(db, &j->arena, job_work, job_done, j, &j->err);
    }
    gate_set(&b->gate, &b->gate.open);
    gate_wait(&b->gate, &b->all);
    for (int i = 0; i < JOBS; i++)
        arena_done(&b->job[i].arena);
    arena_done(&a);
    return b;
}

static void test_neighbours_of_a_failed_work_stay(void **state)
{
    struct opened *p = *state;
    enum trick tricks[JOBS] = { [0] = REFUSE_LATE, [3] = REFUSE_EARLY, [4] = TWICE,
                                [5] = RECOVERS,    [9] = REFUSE_LATE,  [JOBS - 1] = TWICE };
    struct batch *b = batch_run(p->db, tricks);
    static const enum problem want[] = { [GOOD] = NO_PROBLEM,
                                         [REFUSE_EARLY] = NOT_FOUND,
                                         [REFUSE_LATE] = INVALID,
                                         [TWICE] = ALREADY_EXISTS,
                                         [RECOVERS] = NO_PROBLEM };
    int good = 0;
    for (int i = 0; i < JOBS; i++) {
        const struct job *j = &b->job[i];
        bool ok = tricks[i] == GOOD || tricks[i] == RECOVERS;
        assert_int_equal(j->ok, ok);
        if (!ok)
            assert_int_equal(j->err.problem, want[tricks[i]]);
        assert_int_equal(j->order, i + 1);
        good += ok;
    }
    assert_int_equal(count(p->db), good);
    free(b);
}

/* All are kept, but for those whose own tricks are refused. */
static void batch_check(struct opened *p, const enum trick tricks[JOBS])
{
    struct batch *b = batch_run(p->db, tricks);
    int good = 0;
    for (int i = 0; i < JOBS; i++) {
        const struct job *j = &b->job[i];
        bool vain = tricks[i] == TRUSTS_IN_VAIN || tricks[i] == CHANGES_IN_VAIN;
        assert_int_equal(j->ok, !vain);
        assert_int_equal(j->err.problem, vain ? NOT_FOUND : NO_PROBLEM);
        good += !vain;
    }
    assert_int_equal(count(p->db), good);
    free(b);
}

static void test_rows_that_go_together_are_seen(void **state)
{
    enum trick tricks[JOBS] = { [1] = SEES, [8] = SEES, [9] = SEES, [JOBS - 1] = SEES };
    batch_check(*state, tricks);
}

static void test_what_is_taken_for_granted_holds(void **state)
{
    enum trick tricks[JOBS] = { [0] = CHANGES, [2] = TRUSTS, [3] = TRUSTS, [9] = CHANGES };
    batch_check(*state, tricks);
}

static bool clear_work(struct tx *tx, void *with, struct error *err)
{
    static const struct query clear = { "DELETE FROM note" };
    (void)with;
    (void)err;
    return tx_run(tx, &clear, NO_ARGS, NULL);
}

/* One batch in whose middle something is not so, and one where it is the last: by then everything
   is prepared, and nothing but the commit is waited for. */
static void vain_check(struct opened *p, enum trick vain)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    batch_check(p, (enum trick[JOBS]){ [1] = TRUSTS, [4] = vain, [6] = CHANGES });
    assert_true(db_write_wait(p->db, &a, clear_work, NULL, &err));
    batch_check(p, (enum trick[JOBS]){ [1] = TRUSTS, [6] = CHANGES, [JOBS - 1] = vain });
    arena_done(&a);
}

static void test_what_was_taken_for_granted_in_vain(void **state)
{
    vain_check(*state, TRUSTS_IN_VAIN);
}

static void test_what_was_to_be_changed_in_vain(void **state)
{
    vain_check(*state, CHANGES_IN_VAIN);
}

static int64_t counted(struct db *db)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct counted sum = { 0 };
    assert_true(db_read(db, &a, counted_read, &sum, &err));
    arena_done(&a);
    return sum.works;
}

/* Works that share a transaction share what comes last in it; one that failed has no part in that.
 */
static void test_what_comes_last_is_shared(void **state)
{
    struct opened *p = *state;
    enum trick tricks[JOBS];
    for (int i = 0; i < JOBS; i++)
        tricks[i] = i % 4 == 3 ? COUNTED_REFUSED : COUNTED;
    struct batch *b = batch_run(p->db, tricks);
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(b->job[i].ok, tricks[i] == COUNTED);
    assert_int_equal(counted(p->db), JOBS * 3 / 4);
    int64_t calls = count(p->db) - JOBS * 3 / 4;
    assert_int_equal(calls, on_sqlite() ? JOBS * 3 / 4 : 1); /* files: each work by itself */
    free(b);
}

static void test_what_is_put_off_is_there_for_who_holds(void **state)
{
    struct opened *p = *state;
    enum trick tricks[JOBS];
    for (int i = 0; i < JOBS; i++)
        tricks[i] = i == 7 ? HOLDS : COUNTED;
    struct batch *b = batch_run(p->db, tricks);
    for (int i = 0; i < JOBS; i++)
        if (!b->job[i].ok)
            fail_msg("%d: %s", i, b->job[i].err.detail);
    assert_int_equal(counted(p->db), JOBS - 1);
    free(b);
}

/* When it fails, that is told to the work whose part fails, and to no other. */
static void test_what_comes_last_fails_with_its_own(void **state)
{
    struct opened *p = *state;
    enum trick tricks[JOBS];
    for (int i = 0; i < JOBS; i++)
        tricks[i] = i == 7 ? COUNT_FAILS : COUNTED;
    struct batch *b = batch_run(p->db, tricks);
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(b->job[i].ok, i != 7);
        assert_int_equal(b->job[i].err.problem, i == 7 ? TOO_LARGE : NO_PROBLEM);
    }
    assert_int_equal(counted(p->db), JOBS - 1);
    free(b);
}

/* Asked again and again, a question has the answer that holds at that moment. */
static bool ask_again(struct tx *tx, void *with, struct error *err)
{
    static const struct query all = { "SELECT COUNT(*) FROM note", .again = true,
                                      .whole = "A test" };
    static const struct query rename = { "UPDATE note SET text = $1 WHERE number = $2" };
    static const struct field fields[] = { FIELD(struct counted, works), { 0 } };
    struct counted *n = with;
    bool found;
    for (int i = 0; i < 3; i++) {
        struct note note = { id_of(50 + (uint32_t)i), 50 + i, "x" };
        if (!tx_row(tx, &all, NO_ARGS, fields, &n[2 * i], &found) ||
            !tx_row(tx, &all, NO_ARGS, fields, &n[2 * i + 1], &found) ||
            !insert_work(tx, &note, err))
            return false;
    }
    return tx_run(tx, &rename, ARGS(value_text("y"), value_int(50)), NULL);
}

static void test_what_is_asked_again_is_not_stale(void **state)
{
    struct opened *p = *state;
    struct arena a = { 0 };
    struct error err = { 0 };
    struct counted n[6];
    assert_true(db_write_wait(p->db, &a, ask_again, n, &err));
    for (int i = 0; i < 6; i++)
        assert_int_equal(n[i].works, i / 2);
    arena_done(&a);
}

/* The disk. SQLite has a switch for its system calls, but none for the sync, whose symbol this
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

/* Eight threads write and read at once; every reader sees both rows of a pair or none. */
enum { THREADS = 8, PAIRS = 60 };

struct hand {
    struct db *db;
    int number;
    pthread_t thread;
};

static bool pair_work(struct tx *tx, void *with, struct error *err)
{
    const struct note *n = with;
    struct note minus = *n;
    minus.id.byte[1] = 1;
    minus.number = -n->number;
    return insert_work(tx, with, err) && insert_work(tx, &minus, err);
}

static bool balance_row(void *with, const void *record)
{
    *(int64_t *)with += ((const struct note *)record)->number;
    return true;
}

static bool balance_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    return tx_each(tx, &note_all, NO_ARGS, note_fields, sizeof(struct note), balance_row, with);
}

static void *hand_run(void *with)
{
    struct hand *h = with;
    struct arena a = { 0 };
    struct error err = { 0 };
    for (int i = 0; i < PAIRS; i++) {
        int64_t number = 1 + h->number * PAIRS + i, balance = 0;
        struct note n = { id_of((uint32_t)number), number, "pair" };
        if (!db_write_wait(h->db, &a, pair_work, &n, &err) ||
            !db_read(h->db, &a, balance_work, &balance, &err) || balance)
            return h;
        arena_reset(&a);
    }
    arena_done(&a);
    return NULL;
}

static void test_many_threads(void **state)
{
    struct opened *p = *state;
    struct hand hands[THREADS];
    for (int i = 0; i < THREADS; i++) {
        hands[i] = (struct hand){ .db = p->db, .number = i };
        pthread_create(&hands[i].thread, NULL, hand_run, &hands[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(hands[i].thread, &wrong);
        assert_null(wrong);
    }
    assert_int_equal(count(p->db), THREADS * PAIRS * 2);
}

/* A reader keeps its snapshot while a writer goes on, and neither waits for the other. */
static bool reading_work(struct tx *tx, void *with, struct error *err)
{
    struct db *db = with;
    bool found;
    struct note n;
    if (!tx_row(tx, &note_one, ARGS(value_int(7)), note_fields, &n, &found) || found)
        return error_set(err, INVALID, "before");
    struct error inner = { 0 };
    if (!insert(db, 7, "meanwhile", &inner))
        return error_set(err, INVALID, "write");
    if (!tx_row(tx, &note_one, ARGS(value_int(7)), note_fields, &n, &found) || found)
        return error_set(err, INVALID, "after");
    return true;
}

static void test_reader_keeps_its_snapshot(void **state)
{
    struct opened *p = *state;
    struct arena a = { 0 };
    struct error err = { 0 };
    assert_true(db_read(p->db, &a, reading_work, p->db, &err));
    assert_int_equal(count(p->db), 1);
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
        TEST(test_neighbours_of_a_failed_work_stay),
        TEST(test_rows_that_go_together_are_seen),
        TEST(test_what_is_taken_for_granted_holds),
        TEST(test_what_was_taken_for_granted_in_vain),
        TEST(test_what_was_to_be_changed_in_vain),
        TEST(test_what_comes_last_is_shared),
        TEST(test_what_is_put_off_is_there_for_who_holds),
        TEST(test_what_comes_last_fails_with_its_own),
        TEST(test_what_is_asked_again_is_not_stale),
        TEST(test_many_threads),
        TEST(test_reader_keeps_its_snapshot),
    };
    const struct CMUnitTest files[] = {
        TEST(test_full_disk_fails_the_batch_and_no_more),
        TEST(test_full_disk_is_read),
        TEST(test_full_disk_makes_no_database),
        TEST(test_failing_sync_acknowledges_nothing),
        TEST(test_any_write_may_fail),
        TEST(test_full_disk_within_a_work),
        TEST(test_nothing_is_written_behind_a_lost_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ||
           (on_sqlite() && cmocka_run_group_tests(files, NULL, NULL));
}
