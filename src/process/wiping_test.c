/* wiping_test.c: what was given back to malloc, by us or by a library, is not left in memory.
   Linked with wiping_free.c; without it the counter-test finds what it looks for. */
#include "base/base.h"
#include "sanitized.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CANARY = 24, SIZES = 12 };

/* The canary is made where it is used and never stands whole in the program's own data. */
static void canary_write(char *to, size_t n, unsigned turn)
{
    for (size_t i = 0; i + CANARY <= n; i += CANARY)
        for (size_t k = 0; k < CANARY; k++)
            to[i + k] = (char)(0x80 + (turn * 31 + k * 7) % 96);
    __asm__ volatile("" : : "r"(to) : "memory"); /* else nobody reads it before it is freed */
}

static bool canary_at(const char *at, unsigned turn)
{
    for (size_t k = 0; k < CANARY; k++)
        if (at[k] != (char)(0x80 + (turn * 31 + k * 7) % 96))
            return false;
    return true;
}

/* How often the canary stands in writable memory of this process; the stack, where registers are
   saved, is not malloc's. */
static size_t canary_count(unsigned turn)
{
    size_t found = 0;
    char line[512], *from, *to;
    FILE *maps = fopen("/proc/self/maps", "re");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        if (!strstr(line, " rw") || strstr(line, "[stack]"))
            continue;
        from = (char *)strtoul(line, &to, 16);
        to = (char *)strtoul(to + 1, NULL, 16);
        for (char *at = from; at + CANARY <= to; at++)
            found += canary_at(at, turn);
    }
    fclose(maps);
    return found;
}

static const size_t sizes[SIZES] = { 24,   48,    120,    1000,   1032,    5000,
                                     9000, 70000, 130000, 200000, 1 << 20, 3 << 20 };

static void free_wipes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SIZES; i++) {
        char *at = malloc(sizes[i]);
        canary_write(at, sizes[i], i);
        assert_true(canary_count(i) >= sizes[i] / CANARY);
        free(at);
        if (canary_count(i))
            fail_msg("%zu bytes were left as they were", sizes[i]);
    }
}

static void realloc_wipes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SIZES; i++) {
        char *at = malloc(sizes[i]), *fence = malloc(64);
        canary_write(at, sizes[i], 50 + i);
        at = realloc(at, 8 * sizes[i]);
        assert_true(canary_at(at, 50 + i));
        at = realloc(at, 1);
        free(at);
        free(fence);
        if (canary_count(50 + i))
            fail_msg("%zu bytes were left as they were", sizes[i]);
    }
}

static void library_buffers_are_wiped(void **state)
{
    (void)state;
    char *text = NULL, part[2 * CANARY];
    size_t n;
    FILE *memory = open_memstream(&text, &n); /* grows by realloc inside the C library */
    for (int i = 0; i < 5000; i++) {
        canary_write(part, sizeof part, 90);
        fwrite(part, 1, sizeof part, memory);
    }
    fclose(memory);
    explicit_bzero(part, sizeof part);
    free(text);
    assert_int_equal(canary_count(90), 0);
}

/* Out of the compiler's sight, which would otherwise take the old block for lost. */
static __attribute__((noinline)) void *resize(void *at, size_t n)
{
    return realloc(at, n);
}

static void realloc_keeps_its_contract(void **state)
{
    (void)state;
    char *at = realloc(NULL, 10);
    memcpy(at, "123456789", 10);
    for (size_t size = 10; size < 1 << 20; size *= 3) {
        at = realloc(at, size);
        assert_string_equal(at, "123456789");
    }
    at = realloc(at, 10);
    assert_string_equal(at, "123456789");
    assert_null(resize(at, SIZE_MAX / 2));
    assert_string_equal(at, "123456789");
    free(at);
    free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_wipes),
        cmocka_unit_test(realloc_wipes),
        cmocka_unit_test(library_buffers_are_wiped),
        cmocka_unit_test(realloc_keeps_its_contract),
    };
    if (SANITIZED) /* wiping_free is left out of such builds */
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
