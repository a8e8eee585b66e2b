/* text_test.c: what is UTF-8 and what is not, and bytes as hexadecimal digits and back. */
#include "buffer.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* RFC 3629, section 3 and 10: shortest forms only, no surrogates, nothing above U+10FFFF. */
static void utf8_is_told(void **state)
{
    (void)state;
    static const char *const good[] = { "",
                                        "a",
                                        "\xC3\xA4",
                                        "\xE2\x82\xAC",
                                        "\xED\x9F\xBF",
                                        "\xEE\x80\x80",
                                        "\xF0\x9F\x98\x80",
                                        "\xF4\x8F\xBF\xBF" };
    static const char *const bad[] = { "\x80",         "\xC0\x80",         "\xC1\xBF",
                                       "\xE0\x9F\xBF", "\xED\xA0\x80",     "\xF0\x8F\xBF\xBF",
                                       "\xE2\x82",     "\xF4\x90\x80\x80", "\xFF" };
    for (size_t i = 0; i < LENGTH(good); i++)
        assert_true(text_is_utf8(good[i], strlen(good[i])));
    for (size_t i = 0; i < LENGTH(bad); i++)
        assert_false(text_is_utf8(bad[i], strlen(bad[i])));
    assert_false(text_is_utf8("a\0b", 3));
    assert_int_equal(text_points("a\xE2\x82\xAC\xF0\x9F\x98\x80"), 3);
}

static void points_come_back(void **state)
{
    (void)state;
    static const uint32_t points[] = { 1, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF };
    for (size_t i = 0; i < LENGTH(points); i++) {
        char text[5] = { 0 };
        const char *at = text;
        size_t n = text_put(text, points[i]);
        assert_int_equal(text_next(&at), points[i]);
        assert_ptr_equal(at, text + n);
    }
}

static void bytes_are_two_digits(void **state)
{
    (void)state;
    struct arena a = { 0 };
    static const uint8_t bytes[] = { 0x00, 0x0F, 0xA9, 0xFF };
    char text[2 * sizeof bytes + 1];
    hex_format(bytes, sizeof bytes, text);
    assert_string_equal(text, "000fa9ff");
    hex_format(NULL, 0, text);
    assert_string_equal(text, "");

    uint8_t back[sizeof bytes] = { 0 };
    assert_true(hex_parse("000fA9ff", sizeof back, back));
    assert_memory_equal(back, bytes, sizeof bytes);
    assert_false(hex_parse("000fA9f", sizeof back, back));
    assert_false(hex_parse("g0", 1, back));

    struct buffer b = buffer_new(&a);
    for (int i = 0; i < 100; i++)
        buffer_hex(&b, bytes, sizeof bytes);
    assert_int_equal(b.len, 800);
    assert_int_equal(strlen(b.at), 800);
    assert_string_equal(b.at + 792, "000fa9ff");
    arena_done(&a);
}

static void digits_have_values(void **state)
{
    (void)state;
    assert_int_equal(hex_digit('0'), 0);
    assert_int_equal(hex_digit('9'), 9);
    assert_int_equal(hex_digit('a'), 10);
    assert_int_equal(hex_digit('F'), 15);
    for (const char *none = "/:@G`g \x7F"; *none; none++)
        assert_int_equal(hex_digit(*none), -1);
    assert_int_equal(hex_digit(0), -1);
}

/* Whatever was in it before: what an arena hands out is zero. */
static void arena_hands_out_zeros(void **state)
{
    (void)state;
    struct arena a = { 0 };
    unsigned seed = 7;
    for (int turn = 0; turn < 50; turn++) {
        for (int i = 0; i < 60; i++) {
            seed = seed * 1103515245u + 12345u;
            size_t n = seed >> 16 & (turn % 2 ? 4095 : 63);
            unsigned char *at = arena_alloc(&a, n);
            for (size_t k = 0; k < n; k++)
                assert_int_equal(at[k], 0);
            memset(at, 0xFF, n);
        }
        arena_reset(&a);
    }
    arena_done(&a);
}

static void letters_of_either_case_are_alike(void **state)
{
    static const char *const same[][2] = {
        { "Design", "dESIGN" }, { "Über", "üBER" }, { "Ź", "ź" }, { "Дм", "дМ" }, { "ΟΣ", "ος" },
        { "Ÿ", "ÿ" },           { "ẞ", "ß" },       { "Ơ", "ơ" }, { "", "" },     { "a-1", "A-1" },
    };
    static const char *const apart[][2] = {
        { "Design", "Designs" },
        { "Designs", "Design" },
        { "Uber", "Über" },
        { "×", "÷" },
        { "[", "{" },
        { "@", "`" },
        { "I", "ı" },
        { "", "a" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(same); i++)
        assert_true(text_alike(same[i][0], same[i][1]));
    for (size_t i = 0; i < LENGTH(apart); i++)
        assert_false(text_alike(apart[i][0], apart[i][1]));
    for (uint32_t point = 1; point < 0x3000; point++)
        assert_int_equal(text_fold(text_fold(point)), text_fold(point));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_hands_out_zeros), cmocka_unit_test(utf8_is_told),
        cmocka_unit_test(points_come_back),      cmocka_unit_test(bytes_are_two_digits),
        cmocka_unit_test(digits_have_values),    cmocka_unit_test(letters_of_either_case_are_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
