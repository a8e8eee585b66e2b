/* pg_later_test.c: reads that wait for the server together: each gets the answer to what it asked,
   and what cannot be answered like this is run as any other. */
#include "compose.h"
#include "db_fixture.h"
#include "pg.h"

#include <pthread.h>
#include <stdio.h>

enum { NOTES = 40 };

/* A work that reads a note by its number, in one of several ways. */
enum way { ONE, ONE_THEN_MORE, ANOTHER_EACH_TIME, ROW_BY_ROW, BY_DIVISION, NOTHING };
struct reading {
    enum way way;
    int64_t number;
    struct note note;
    bool found;
    int runs;
    struct arena a;
    struct error err;
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool done, ok;
};

static struct reading reading_of(enum way way, int64_t number)
{
    return (struct reading){ .way = way,
                             .number = number,
                             .lock = PTHREAD_MUTEX_INITIALIZER,
                             .told = PTHREAD_COND_INITIALIZER };
}

static bool note_take(void *with, const void *record)
{
    struct reading *r = with;
    r->note.number = ((const struct note *)record)->number;
    r->found = true;
    return true;
}

static bool read_work(struct tx *tx, void *with, struct error *err)
{
    static const struct query divided = { "SELECT id, number, text FROM note"
                                          " WHERE number = $1 AND 10 / ($1 - 5) < 20" };
    struct reading *r = with;
    (void)err;
    int64_t number = r->number + (r->way == ANOTHER_EACH_TIME ? r->runs : 0);
    r->runs++;
    r->found = false;
    if (r->way == NOTHING)
        return true;
    if (r->way == ROW_BY_ROW)
        return tx_each(tx, &note_one, ARGS(value_int(number)), note_fields, sizeof(struct note),
                       note_take, r);
    const struct query *q = r->way == BY_DIVISION ? &divided : &note_one;
    return tx_row(tx, q, ARGS(value_int(number)), note_fields, &r->note, &r->found) &&
           (r->way != ONE_THEN_MORE ||
            tx_row(tx, q, ARGS(value_int(number + 1)), note_fields, &r->note, &r->found));
}

static void read_done(void *with, bool ok)
{
    struct reading *r = with;
    pthread_mutex_lock(&r->lock);
    r->ok = ok;
    r->done = true;
    pthread_cond_signal(&r->told);
    pthread_mutex_unlock(&r->lock);
}

/* Whether it was taken; then read_wait must follow. */
static bool read_start(struct opened *p, struct reading *r)
{
    db_hurry();
    db_read_later(p->db, &r->a, read_work, read_done, r, &r->err);
    return !db_hurry_end();
}

static bool read_wait(struct opened *p, struct reading *r)
{
    store_go(p->store);
    pthread_mutex_lock(&r->lock);
    while (!r->done)
        pthread_cond_wait(&r->told, &r->lock);
    pthread_mutex_unlock(&r->lock);
    return r->ok;
}

static void reading_end(struct reading *r)
{
    arena_done(&r->a);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->told);
}

static void assert_note(const struct reading *r, int64_t number)
{
    char text[20];
    snprintf(text, sizeof text, "note %d", (int)number);
    assert_true(r->found);
    assert_int_equal(r->note.number, number);
    assert_string_equal(r->note.text, text);
}

/* Has the store learn that such a work asks nothing else. */
static void learn(struct opened *p, enum way way)
{
    struct reading r = reading_of(way, 1);
    assert_true(db_read(p->db, &r.a, read_work, &r, &r.err));
    reading_end(&r);
}

static int setup(void **state)
{
    struct opened *p;
    struct error err = { 0 };
    opened_setup(state);
    p = *state;
    for (int i = 0; i < NOTES; i++) {
        char text[20];
        snprintf(text, sizeof text, "note %d", i);
        assert_true(insert(p->db, i, text, &err));
    }
    return 0;
}

static void test_taken_once_known(void **state)
{
    struct opened *p = *state;
    struct reading first = reading_of(ONE, 3), second = reading_of(ONE, 4);
    assert_false(read_start(p, &first));
    learn(p, ONE);
    assert_true(read_start(p, &second));
    assert_true(read_wait(p, &second));
    assert_note(&second, 4);
    assert_int_equal(second.runs, 2);
    reading_end(&first);
    reading_end(&second);
}

static void test_each_its_own_answer(void **state)
{
    struct opened *p = *state;
    struct reading r[NOTES];
    learn(p, ONE);
    for (int i = 0; i < NOTES; i++) {
        r[i] = reading_of(ONE, i + 1); /* there is no last one */
        assert_true(read_start(p, &r[i]));
    }
    for (int i = 0; i < NOTES; i++) {
        assert_true(read_wait(p, &r[i]));
        if (i + 1 < NOTES)
            assert_note(&r[i], i + 1);
        else
            assert_false(r[i].found);
        reading_end(&r[i]);
    }
}

/* What the answer to one question makes it ask is answered in a transaction, and remembered. */
static void test_asks_more(void **state)
{
    struct opened *p = *state;
    struct reading r = reading_of(ONE_THEN_MORE, 6), again = reading_of(ONE_THEN_MORE, 6),
                   one = reading_of(ONE, 6);
    learn(p, ONE);
    assert_true(read_start(p, &r));
    assert_true(read_wait(p, &r));
    assert_note(&r, 7);
    assert_int_equal(r.err.problem, NO_PROBLEM);
    assert_false(read_start(p, &again));
    assert_false(read_start(p, &one));
    reading_end(&r);
    reading_end(&again);
    reading_end(&one);
}

/* An answer is only for the question that was asked. */
static void test_asks_something_else(void **state)
{
    struct opened *p = *state;
    struct reading r = reading_of(ANOTHER_EACH_TIME, 10);
    learn(p, ONE);
    assert_true(read_start(p, &r));
    assert_true(read_wait(p, &r));
    assert_note(&r, 10 + r.runs - 1);
    assert_true(r.runs > 2);
    reading_end(&r);
}

static void test_what_is_not_taken(void **state)
{
    struct opened *p = *state;
    const enum way ways[] = { ROW_BY_ROW, NOTHING };
    for (size_t i = 0; i < LENGTH(ways); i++) {
        struct reading r = reading_of(ways[i], 1);
        learn(p, ways[i]);
        assert_false(read_start(p, &r));
        reading_end(&r);
    }
}

/* One that fails takes no other along. */
static void test_one_fails(void **state)
{
    struct opened *p = *state;
    struct reading r[12];
    learn(p, BY_DIVISION);
    for (size_t i = 0; i < LENGTH(r); i++) {
        r[i] = reading_of(BY_DIVISION, (int64_t)i);
        assert_true(read_start(p, &r[i]));
    }
    for (size_t i = 0; i < LENGTH(r); i++) {
        assert_int_equal(read_wait(p, &r[i]), i != 5);
        if (i == 5)
            assert_int_equal(r[i].err.problem, INTERNAL);
        else
            assert_note(&r[i], (int64_t)i);
        reading_end(&r[i]);
    }
}

/* A pooler between may lose prepared statements; then each is prepared where it is sent. */
static void test_without_names(void **state)
{
    struct opened *p = *state;
    learn(p, ONE);
    p->store->pg->unnamed = true;
    test_each_its_own_answer(state);
    test_one_fails(state);
}

static bool others_end(struct tx *tx, void *with, struct error *err)
{
    (void)with;
    (void)err;
    struct query q = query_composed("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                    " WHERE usename = current_user AND pid <> pg_backend_pid()");
    return tx_run(tx, &q, NO_ARGS, NULL);
}

static void test_connections_break(void **state)
{
    struct opened *p = *state;
    learn(p, ONE);
    for (int round = 0; round < 3; round++) {
        struct reading r[NOTES];
        struct arena a = { 0 };
        struct error err = { 0 };
        for (int i = 0; i < NOTES; i++) {
            r[i] = reading_of(ONE, i);
            assert_true(read_start(p, &r[i]));
            if (i == NOTES / 2)
                assert_true(db_write_wait(p->db, &a, others_end, NULL, &err));
        }
        for (int i = 0; i < NOTES; i++) {
            assert_true(read_wait(p, &r[i]));
            assert_note(&r[i], i);
            reading_end(&r[i]);
        }
        arena_done(&a);
    }
}

static void *fence(void *db)
{
    db_fence(db, pthread_self());
    return NULL;
}

static void test_fenced(void **state)
{
    struct opened *p = *state;
    struct reading r = reading_of(ONE, 1);
    pthread_t other;
    learn(p, ONE);
    assert_int_equal(pthread_create(&other, NULL, fence, p->db), 0);
    pthread_join(other, NULL);
    assert_false(read_start(p, &r));
    assert_int_equal(r.runs, 0);
    db_unfence(p->db);
    reading_end(&r);
}

static void test_in_a_hurry(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    struct arena a = { 0 };
    struct reading r = reading_of(ONE, 1);
    struct db *db = NULL;
    db_hurry();
    assert_true(db_open(p->store, id_of(1), false, &db, &err)); /* it is open */
    db_release(db);
    assert_false(db_hurry_end());
    db_hurry();
    assert_false(db_open(p->store, id_of(2), true, &db, &err));
    assert_int_equal(err.problem, UNAVAILABLE);
    assert_true(db_hurry_end());
    db_hurry();
    assert_false(db_read(p->db, &a, read_work, &r, &err));
    assert_true(db_hurry_end());
    db_hurry();
    assert_false(db_write_wait(p->db, &a, read_work, &r, &err));
    assert_true(db_hurry_end());
    assert_int_equal(r.runs, 0);
    error_clear(&err);
    assert_true(db_read(p->db, &a, read_work, &r, &err));
    assert_note(&r, 1);
    arena_done(&a);
    reading_end(&r);
}

/* Who destroys a database waits for what is read of it. */
static void test_destroyed(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    struct reading r[NOTES];
    learn(p, ONE);
    for (int i = 0; i < NOTES; i++) {
        r[i] = reading_of(ONE, i);
        assert_true(read_start(p, &r[i]));
    }
    for (int i = 0; i < NOTES; i++) {
        assert_true(read_wait(p, &r[i]));
        reading_end(&r[i]);
    }
    db_release(p->db);
    assert_true(db_destroy(p->store, id_of(1), &err));
    p->db = open_db(p->store, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, opened_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_taken_once_known),    TEST(test_each_its_own_answer), TEST(test_asks_more),
        TEST(test_asks_something_else), TEST(test_what_is_not_taken),   TEST(test_one_fails),
        TEST(test_without_names),       TEST(test_connections_break),   TEST(test_fenced),
        TEST(test_in_a_hurry),          TEST(test_destroyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
