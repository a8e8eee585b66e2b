/* pending_test.c: what is kept outlives the process, and nothing else does. */
#include "pending.h"

#include "base/arena.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
    int count;
    char last[PENDING_RECORD_MAX + 1];
    size_t len;
    bool done;
};

static bool see(void *with, struct blob record)
{
    struct seen *s = with;
    s->count++;
    memcpy(s->last, record.at, record.len);
    s->len = record.len;
    return s->done;
}

static const struct secret_key key = { { 1, 2, 3 } };
static char path[64];

static struct pending *open_file(struct seen *s, const struct secret_key *k)
{
    struct pending *p;
    struct error err = { 0 };
    assert_true(pending_open(path, k, see, s, &p, &err));
    return p;
}

static int setup(void **state)
{
    (void)state;
    strcpy(path, "/tmp/vow-pending-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return unlink(path);
}

static void test_found_again(void **state)
{
    struct seen s = { .done = false };
    struct error err = { 0 };
    char big[PENDING_RECORD_MAX];
    int slot;
    (void)state;
    memset(big, 'x', sizeof big);
    struct pending *p = open_file(&s, &key);
    assert_int_equal(s.count, 0);
    assert_true(pending_put(p, (struct blob){ "canary one", 10 }, &slot, &err));
    pending_done(p, slot);
    assert_true(pending_put(p, (struct blob){ big, sizeof big }, &slot, &err));
    pending_close(p);
    p = open_file(&s, &key); /* kept for the next start */
    assert_int_equal(s.count, 1);
    assert_int_equal(s.len, sizeof big);
    assert_memory_equal(s.last, big, sizeof big);
    pending_close(p);
    s = (struct seen){ .done = true };
    p = open_file(&s, &key);
    assert_int_equal(s.count, 1);
    pending_close(p);
    s = (struct seen){ .done = true };
    p = open_file(&s, &key);
    assert_int_equal(s.count, 0);
    pending_close(p);
}

static void test_sealed_and_cleared(void **state)
{
    struct seen s = { .done = true };
    struct error err = { 0 };
    struct stat st;
    char bytes[32768];
    int slot;
    (void)state;
    struct pending *p = open_file(&s, &key);
    assert_true(pending_put(p, (struct blob){ "canary two", 10 }, &slot, &err));
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, bytes, sizeof bytes);
    assert_true(n > 10);
    assert_null(memmem(bytes, (size_t)n, "canary", 6));
    pending_done(p, slot);
    n = pread(fd, bytes, sizeof bytes, 0);
    for (ssize_t i = 0; i < n; i++)
        assert_int_equal(bytes[i], 0);
    assert_int_equal(fstat(fd, &st), 0);
    close(fd);
    pending_close(p);
}

static void test_damage_is_dropped(void **state)
{
    struct seen s = { .done = true };
    struct error err = { 0 };
    int slot;
    (void)state;
    struct pending *p = open_file(&s, &key);
    assert_true(pending_put(p, (struct blob){ "canary three", 12 }, &slot, &err));
    pending_close(p);
    int fd = open(path, O_RDWR);
    char byte;
    assert_int_equal(pread(fd, &byte, 1, 30), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 30), 1);
    close(fd);
    p = open_file(&s, &key);
    assert_int_equal(s.count, 0);
    assert_true(pending_put(p, (struct blob){ "four", 4 }, &slot, &err));
    pending_close(p);
    const struct secret_key other = { { 9 } };
    p = open_file(&s, &other);
    assert_int_equal(s.count, 0);
    pending_close(p);
}

static void test_too_large(void **state)
{
    struct seen s = { .done = true };
    struct error err = { 0 };
    static char big[PENDING_RECORD_MAX + 1];
    int slot;
    (void)state;
    struct pending *p = open_file(&s, &key);
    assert_false(pending_put(p, (struct blob){ big, sizeof big }, &slot, &err));
    assert_int_equal(err.problem, DISCLOSURE_TOO_LARGE);
    pending_close(p);
    p = open_file(&s, &key);
    assert_int_equal(s.count, 0);
    pending_close(p);
}

static void test_all_slots(void **state)
{
    struct seen s = { .done = true };
    struct error err = { 0 };
    int slot;
    (void)state;
    struct pending *p = open_file(&s, &key);
    for (int i = 0; i < PENDING_SLOTS; i++)
        assert_true(pending_put(p, (struct blob){ &i, sizeof i }, &slot, &err));
    pending_close(p);
    p = open_file(&s, &key);
    assert_int_equal(s.count, PENDING_SLOTS);
    pending_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_found_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sealed_and_cleared, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damage_is_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_large, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_slots, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
