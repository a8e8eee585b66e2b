/* compose_test.c: letters and marks in one spelling. */
#include "compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base.h"

static void letters_have_one_spelling(void **state)
{
    (void)state;
    /* What stands there, and how UAX #15 composes it. */
    static const char *const spelt[][2] = {
        { "", "" },
        { "plain, Café, 李, 🎨", "plain, Café, 李, 🎨" },
        { "Cafe\u0301 Mu\u0308ller", "Café Müller" },
        { "\u0301x", "\u0301x" },
        { "e\u0301e\u0301", "éé" },
        /* Two marks, in either order, on a letter that may have one of them already. */
        { "o\u0302\u0323", "\u1ED9" },
        { "\u00F4\u0323", "\u1ED9" },
        { "o\u0323\u0302", "\u1ED9" },
        { "q\u0307\u0323", "q\u0323\u0307" },
        /* Of two marks of a class the first counts. */
        { "a\u0301\u0300", "\u00E1\u0300" },
        /* A letter that is another one; pairs that are to stay apart. */
        { "\u212B \u2126 \u1F71", "\u00C5 \u03A9 \u03AC" },
        { "\u0958 \u0344", "\u0915\u093C \u0308\u0301" },
        /* Korean, and a letter that two make which are no marks. */
        { "\u1112\u1161\u11AB\u1100\u1173\u11AF", "한글" },
        { "\uD558\u11AB", "한" },
        { "\u09C7\u09BE", "\u09CB" },
        { "\uF900", "\u8C48" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < LENGTH(spelt); i++) {
        assert_string_equal(text_compose(&a, spelt[i][0]), spelt[i][1]);
        assert_string_equal(text_compose(&a, spelt[i][1]), spelt[i][1]);
    }
    const char *composed = "Ærø, Łódź, Ελλάδα, Київ";
    assert_ptr_equal(text_compose(&a, composed), composed);
    arena_done(&a);
}

static void heaps_of_marks_stay(void **state)
{
    (void)state;
    struct arena a = { 0 };
    char text[2 * (COMPOSE_MARKS_MAX + 1) + 2] = "e";
    for (size_t i = 0; i < COMPOSE_MARKS_MAX; i++)
        memcpy(text + 1 + 2 * i, i % 2 ? "\u0301" : "\u0323", 2);
    assert_memory_equal(text_compose(&a, text), "\u1EB9", 3);
    memcpy(text + strlen(text), "\u0301", 2);
    assert_ptr_equal(text_compose(&a, text), text);
    /* One that has no class, and is made of two that have one. */
    char double_marks[3 * (COMPOSE_MARKS_MAX + 1) + 1] = "";
    for (size_t i = 0; i <= COMPOSE_MARKS_MAX; i++)
        memcpy(double_marks + 3 * i, "\u0F73", 3);
    assert_ptr_equal(text_compose(&a, double_marks), double_marks);
    arena_done(&a);
}

static void lines_keep_their_direction(void **state)
{
    (void)state;
    static const char *const turned[][2] = {
        { "", "" },
        { "invoice\u202Efdp.exe", "invoicefdp.exe" },
        { "\u202AAda\u202C \u2068Lovelace\u2069", "Ada Lovelace" },
        { "\u200Fשלום\u200E \u061Cسلام\u061C", "שלום سلام" },
        { "\u202D\u202B\u2066\u2067", "" },
        /* Joiners, what stands beside the signs, and letters that begin with their bytes. */
        { "می\u200Cخواهم 👩\u200D💻", "می\u200Cخواهم 👩\u200D💻" },
        { "\u2029\u202F\u2065\u206A\u061B\u061D€", "\u2029\u202F\u2065\u206A\u061B\u061D€" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < LENGTH(turned); i++) {
        assert_string_equal(text_unturned(&a, turned[i][0]), turned[i][1]);
        assert_ptr_equal(text_unturned(&a, turned[i][1]), turned[i][1]);
    }
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_have_one_spelling),
        cmocka_unit_test(heaps_of_marks_stay),
        cmocka_unit_test(lines_keep_their_direction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
