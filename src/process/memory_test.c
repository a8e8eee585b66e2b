/* memory_test.c: a canary in the own memory is found as long as it is there. */
#include "memory.h"

#include "base/arena.h"
#include "canary.h"
#include "process_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include <cmocka.h>

static size_t canaries(void *with, const void *piece, size_t n)
{
    return canary_count(with, piece, n);
}

static size_t canaries_seen(const struct memory_view *v, struct canary_print *print)
{
    size_t found = SIZE_MAX;
    return memory_view_scan(v, CANARY_TEXT - 2, canaries, print, &found) ? found : SIZE_MAX;
}

/* The view stays open when the process hides itself, sees what is there, and takes its own copies
   for none. */
static int own_memory_look(void)
{
    struct memory_view v;
    struct canary_print print;
    char *text = calloc(1, CANARY_TEXT);
    if (!text || !memory_view_open(&v) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        return 1;
    canary_make(text, &print);
    if (canaries_seen(&v, &print) != 1 || canaries_seen(&v, &print) != 1)
        return 2;
    wipe(text, CANARY_TEXT);
    if (canaries_seen(&v, &print) != 0)
        return 3;
    memory_view_close(&v);
    free(text);
    return canaries_seen(&v, &print) == SIZE_MAX ? 0 : 4;
}

static void own_memory_is_seen(void **state)
{
    (void)state;
    assert_int_equal(in_child(own_memory_look), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_memory_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
