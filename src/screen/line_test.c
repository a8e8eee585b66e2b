/* line_test.c: JSON lines, good and bad. */
#include "line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool read_text(struct arena *a, const char *line, struct line_text *ret)
{
    struct line_member text = { .name = "text" };
    bool ok = line_read(a, line, strlen(line), &text, 1);
    *ret = text.value;
    return ok;
}

static void reads_text(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct line_text t;
    assert_true(read_text(
        &a, " {\"x\": [1, {\"text\": 2}, null], \"text\": \"a\\n\\u00e9\\ud83d\\ude00\"}\r\n", &t));
    assert_string_equal(t.at, "a\n\xc3\xa9\xf0\x9f\x98\x80");
    assert_true(read_text(&a, "{\"text\": \"a\\ud800b\\udc00\"}", &t));
    assert_string_equal(t.at, "a\xef\xbf\xbd"
                              "b\xef\xbf\xbd");
    assert_true(read_text(&a, "{\"text\": \"\\u0000x\"}", &t));
    assert_int_equal(t.len, 2);
    assert_true(read_text(&a, "{\"text\": \"\xff\"}", &t));
    assert_string_equal(t.at, "\xef\xbf\xbd");
    assert_true(read_text(&a, "{}", &t));
    assert_null(t.at);
    arena_done(&a);
}

static void refuses_others(void **state)
{
    static const char *const lines[] = {
        "",
        "[]",
        "{",
        "{\"text\"}",
        "{\"text\": 1}",
        "{\"text\": \"a}",
        "{\"text\": \"\\x\"}",
        "{\"text\": \"\\ud8\"}",
        "{\"text\": \"a\"} x",
        "{\"text\": \"a\",}",
        "{\"a\": }",
        "{\"a\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    };
    (void)state;
    struct arena a = { 0 };
    struct line_text t;
    for (size_t i = 0; i < LENGTH(lines); i++)
        if (read_text(&a, lines[i], &t))
            fail_msg("accepted: %s", lines[i]);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reads_text),
                                        cmocka_unit_test(refuses_others) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
