/* workers_test.c: a party that asks for everything leaves room for others. */
#include "workers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

enum { THREADS = 8, ROOM = 64, GREEDY = 1, MODEST = 2, LATE = 3 };

static sem_t go;
static atomic_int begun[4], ended[4];

static void hold(void *with)
{
    uintptr_t party = (uintptr_t)with;
    atomic_fetch_add(&begun[party], 1);
    while (sem_wait(&go))
        ;
    atomic_fetch_add(&ended[party], 1);
}

static bool add(struct workers *w, uintptr_t party)
{
    return workers_add(w, party, hold, (void *)party);
}

static void add_all(struct workers *w, uintptr_t party, int n)
{
    for (int i = 0; i < n; i++)
        assert_true(add(w, party));
}

static void let_go(int n)
{
    for (int i = 0; i < n; i++)
        sem_post(&go);
}

static void wait_until(const atomic_int *count, int n)
{
    for (int i = 0; i < 20000 && atomic_load(count) < n; i++)
        nanosleep(&(struct timespec){ .tv_nsec = 500000 }, NULL);
    assert_int_equal(atomic_load(count), n);
}

static int fresh(void **state)
{
    *state = workers_new(THREADS, ROOM);
    sem_init(&go, 0, 0);
    for (size_t i = 0; i < 4; i++) {
        atomic_store(&begun[i], 0);
        atomic_store(&ended[i], 0);
    }
    return 0;
}

/* What is still queued runs. */
static int end(void **state)
{
    let_go(2 * ROOM + THREADS);
    workers_free(*state);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(atomic_load(&ended[i]), atomic_load(&begun[i]));
    sem_destroy(&go);
    return 0;
}

static void test_threads(void **state)
{
    struct workers *w = *state;
    add_all(w, GREEDY, 20);
    wait_until(&begun[GREEDY], THREADS / 2);
    add_all(w, MODEST, 1);
    wait_until(&begun[MODEST], 1); /* though nothing of the greedy has ended */
    add_all(w, LATE, 1);
    wait_until(&begun[LATE], 1);
    assert_int_equal(atomic_load(&begun[GREEDY]), THREADS / 2);
    let_go(3 + 19);
    wait_until(&begun[GREEDY], 20); /* its share is no limit in time */
}

static void test_share_shrinks(void **state)
{
    struct workers *w = *state;
    add_all(w, GREEDY, 20);
    wait_until(&begun[GREEDY], THREADS / 2);
    add_all(w, MODEST, 20);
    wait_until(&begun[MODEST], 2); /* 4 and 2 of 8: two stay free */
    let_go(2);
    for (int i = 0; i < 10000 && atomic_load(&ended[GREEDY]) + atomic_load(&ended[MODEST]) < 2; i++)
        nanosleep(&(struct timespec){ .tv_nsec = 500000 }, NULL);
    for (int i = 1; i < 3; i++)
        assert_in_range(atomic_load(&begun[i]) - atomic_load(&ended[i]), 1, THREADS / 2);
}

static void test_nobody(void **state)
{
    struct workers *w = *state;
    add_all(w, 0, 20);
    wait_until(&begun[0], THREADS);
}

static void test_queue(void **state)
{
    struct workers *w = *state;
    int greedy = 0, modest = 0;
    add_all(w, 0, THREADS);
    wait_until(&begun[0], THREADS); /* nothing else runs from here on */
    while (greedy <= ROOM && add(w, GREEDY))
        greedy++;
    assert_int_equal(greedy, ROOM / 2);
    while (modest <= ROOM && add(w, MODEST))
        modest++;
    assert_int_equal(modest, ROOM / 4);
    assert_false(add(w, GREEDY));
    assert_true(add(w, LATE));
    add_all(w, 0, ROOM / 4 - 1);
    assert_false(add(w, 0));
    assert_false(add(w, LATE));
}

static void test_settle(void **state)
{
    struct workers *w = *state;
    add_all(w, GREEDY, 3);
    let_go(3);
    workers_settle(w);
    wait_until(&ended[GREEDY], 3);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_threads, fresh, end),
        cmocka_unit_test_setup_teardown(test_share_shrinks, fresh, end),
        cmocka_unit_test_setup_teardown(test_nobody, fresh, end),
        cmocka_unit_test_setup_teardown(test_queue, fresh, end),
        cmocka_unit_test_setup_teardown(test_settle, fresh, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
