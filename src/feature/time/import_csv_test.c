/* import_csv_test.c: files as people have them, into rows of text. */
#include "import_csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
    struct arena arena;
    struct import_problems problems;
};

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct world));
    return *state ? 0 : 1;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    arena_done(&w->arena);
    free(w);
    return 0;
}

static struct blob text_blob(const char *text)
{
    return (struct blob){ text, strlen(text) };
}

static void csv_reads_what_people_export(void **state)
{
    struct world *w = *state;
    struct csv csv = csv_read(
        &w->arena, text_blob("a;b,c;d\r\n\r\n\"x;\"\"1\"\"\nline\" tail ;  y \n;;\n1\r2;3"),
        &w->problems);
    assert_int_equal(w->problems.count, 0);
    assert_int_equal(csv.delimiter, ';');
    assert_int_equal(csv.count, 4);
    assert_int_equal(csv.row[0].count, 3);
    assert_string_equal(csv.row[0].cell[1], "b,c");
    assert_int_equal(csv.row[1].line, 3);
    assert_string_equal(csv.row[1].cell[0], "x;\"1\"\nline tail");
    assert_string_equal(csv.row[1].cell[1], "y");
    assert_int_equal(csv.row[2].line, 6);
    assert_int_equal(csv.row[3].line, 7);
    assert_string_equal(csv.row[3].cell[1], "3");
    csv = csv_read(&w->arena, text_blob("a,\u202F b\u00A0c \u00A0\u202F,\u00A0\n"), &w->problems);
    assert_string_equal(csv.row[0].cell[1], "b\u00A0c");
    assert_string_equal(csv.row[0].cell[2], "");
    csv = csv_read(&w->arena, text_blob("sep=\t\na,b\tc\n"), &w->problems);
    assert_int_equal(csv.row[0].count, 2);
    csv = csv_read(&w->arena, text_blob("a,b\n\"never,closed\n"), &w->problems);
    assert_int_equal(w->problems.count, 1);
    assert_int_equal(w->problems.at[0].line, 2);
    assert_int_equal(csv_read(&w->arena, text_blob(""), &w->problems).count, 0);
}

static void csv_tells_lines_that_are_not_text(void **state)
{
    struct world *w = *state;
    /* A letter of UTF-8, and one that is damaged. */
    struct csv csv = csv_read(&w->arena, text_blob("a,b\n\xc3\xa9,1\n1,\xff\n2,3\n"), &w->problems);
    assert_false(csv.in_windows);
    assert_int_equal(csv.count, 2);
    assert_int_equal(w->problems.count, 1);
    assert_int_equal(w->problems.at[0].line, 0);
    assert_non_null(strstr(w->problems.at[0].reason, "from line 3 on; save it as UTF-8"));
    csv_read(&w->arena, (struct blob){ "a\0b", 3 }, &w->problems);
    assert_int_equal(w->problems.count, 2);
    csv_read(&w->arena,
             (struct blob){ "\xff\xfe"
                            "a\0\n\0\x00\xd8"
                            "b\0",
                            10 },
             &w->problems);
    assert_int_equal(w->problems.count, 3);
    assert_int_equal(w->problems.at[2].line, 2);
}

static void csv_of_windows_is_read(void **state)
{
    struct world *w = *state;
    struct csv csv = csv_read(&w->arena,
                              text_blob("Preis;B\xe4"
                                        "cker\n12 \x80;\xc4rger \x96 \xdf\n"),
                              &w->problems);
    assert_int_equal(w->problems.count, 0);
    assert_true(csv.in_windows);
    assert_string_equal(csv.row[0].cell[1], "B\u00e4"
                                            "cker");
    assert_string_equal(csv.row[1].cell[0], "12 \u20ac");
    assert_string_equal(csv.row[1].cell[1], "\u00c4rger \u2013 \u00df");
    csv = csv_read(&w->arena,
                   text_blob("a\nB\u00e4"
                             "cker\n"),
                   &w->problems);
    assert_false(csv.in_windows);
    csv = csv_read(&w->arena,
                   text_blob("\xef\xbb\xbf"
                             "a\nB\xe4"
                             "cker\n"),
                   &w->problems);
    assert_false(csv.in_windows); /* it says that it is UTF-8 */
    assert_int_equal(w->problems.count, 1);
    csv = csv_read(&w->arena,
                   text_blob("a\nB\x81"
                             "cker\n"),
                   &w->problems);
    assert_false(csv.in_windows); /* which has no such character */
    assert_int_equal(w->problems.count, 2);
}

static void csv_has_bounds(void **state)
{
    struct world *w = *state;
    char wide[CSV_CELLS_MAX + 2];
    memset(wide, ',', sizeof wide - 1);
    wide[sizeof wide - 1] = 0;
    wide[0] = 'x';
    struct csv csv = csv_read(&w->arena, text_blob(wide), &w->problems);
    assert_int_equal(csv.count, 0);
    assert_int_equal(w->problems.count, 1);
    size_t n = (CSV_ROWS_MAX + 2) * 2;
    char *tall = arena_alloc(&w->arena, n + 1);
    for (size_t i = 0; i < n; i += 2)
        memcpy(tall + i, "x\n", 2);
    csv = csv_read(&w->arena, (struct blob){ tall, n }, &w->problems);
    assert_int_equal(csv.count, CSV_ROWS_MAX);
    assert_int_equal(w->problems.count, 2);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(csv_reads_what_people_export),
        TEST(csv_tells_lines_that_are_not_text),
        TEST(csv_of_windows_is_read),
        TEST(csv_has_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
