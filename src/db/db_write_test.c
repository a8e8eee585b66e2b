/* db_write_test.c: group commit: who shares a transaction, and who fails alone. */
#include "db_batch_fixture.h"

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
    return cmocka_run_group_tests(tests, NULL, NULL);
}
