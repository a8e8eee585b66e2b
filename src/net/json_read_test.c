/* json_read_test.c: every kind and every bound of reading JSON. */
#include "json_read.h"

#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct part {
    int64_t n;
    const char *word;
};
struct all {
    bool yes;
    int64_t count, maybe;
    double ratio;
    const char *text, *choice, *must;
    struct id id;
    struct instant at;
    struct date day;
    struct span length;
    struct blob bytes;
    struct json any;
    struct list parts, words, numbers;
    struct part part;
    int64_t fixed, once;
};

static const char *const choices[] = { "red", "green", NULL };

static const struct field part_fields[] = {
    FIELD(struct part, n, .required = true, .min = 0, .max = 9),
    FIELD(struct part, word),
    { 0 },
};
static const struct field fields[] = {
    FIELD(struct all, yes),
    FIELD(struct all, count, .min = -5, .max = 5),
    FIELD(struct all, maybe, .nullable = true),
    FIELD(struct all, ratio),
    FIELD(struct all, text, .min = 1, .max = 3),
    FIELD(struct all, choice, .choices = choices),
    FIELD(struct all, must, .required = true),
    FIELD(struct all, id),
    FIELD(struct all, at),
    FIELD(struct all, day),
    FIELD(struct all, length, .min = 0, .max = 86400),
    FIELD(struct all, bytes, .max = 4),
    FIELD(struct all, any, .max = 20),
    FIELD_LIST(struct all, parts, struct part, part_fields, .max = 2),
    FIELD(struct all, words, .of = KIND_TEXT, .choices = choices, .min = 1),
    FIELD(struct all, numbers, .of = KIND_INT),
    FIELD(struct all, part, .fields = part_fields),
    FIELD(struct all, fixed, .read_only = true),
    FIELD(struct all, once, .write_once = true),
    { 0 },
};

static field_set bit(const char *name)
{
    return UINT64_C(1) << (field_find(fields, name) - fields);
}

/* What is read comes out again as it went in; patching needs no "must". */
static void values_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *field, *json, *back;
    } rows[] = {
        { "yes", "true", "true" },
        { "yes", "false", "false" },
        { "count", "-5", "-5" },
        { "count", "5", "5" },
        { "count", "2.0", "2" },
        { "maybe", "9223372036854775807", "9223372036854775807" },
        { "maybe", "-9223372036854775807", "-9223372036854775807" },
        { "maybe", "null", "null" },
        { "ratio", "0.1", "0.1" },
        { "ratio", "-1e300", "-1e+300" },
        { "ratio", "3", "3" },
        { "ratio", "null", "null" },
        { "text", "\"a\"", "\"a\"" },
        { "text", "\"\\u00e4\\u20ac\\ud83d\\ude00\"", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
        { "text", "null", "null" },
        { "choice", "\"green\"", "\"green\"" },
        { "id", "\"0190A6B0-1111-7222-8333-444455556666\"",
          "\"0190a6b0-1111-7222-8333-444455556666\"" },
        { "at", "\"2026-03-01T09:00:00.5+01:00\"", "\"2026-03-01T08:00:00.500Z\"" },
        { "day", "\"2024-02-29\"", "\"2024-02-29\"" },
        { "length", "86400", "86400" },
        { "bytes", "\"TWFu/w==\"", "\"TWFu/w==\"" },
        { "bytes", "\"\"", "\"\"" },
        { "any", "{\"a\": [1, 0.1, null]}", "{\"a\":[1,0.1,null]}" },
        { "any", "[true, \"\\n\"]", "[true,\"\\n\"]" },
        { "any", "null", "null" },
        { "parts", "[]", "[]" },
        { "parts", "[{\"n\":1},{\"n\":9,\"word\":\"w\"}]",
          "[{\"n\":1,\"word\":null},{\"n\":9,\"word\":\"w\"}]" },
        { "words", "[\"red\",\"red\"]", "[\"red\",\"red\"]" },
        { "numbers", "[1,-2]", "[1,-2]" },
        { "part", "{\"n\":3}", "{\"n\":3,\"word\":null}" },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena a = { 0 };
        struct error err = { 0 };
        struct all r = { 0 };
        field_set given;
        record_clear(fields, &r);
        char *text = arena_printf(&a, "{\"%s\":%s}", rows[i].field, rows[i].json);
        if (!json_read(&a, (struct blob){ text, strlen(text) }, fields, &r, true, &given, &err))
            fail_msg("%s: %s %s", text, err.detail, err.place[0].problem);
        assert_int_equal(given, bit(rows[i].field));
        struct buffer out = buffer_new(&a);
        json_value(&out, field_find(fields, rows[i].field), &r);
        assert_string_equal(out.at, rows[i].back);
        arena_done(&a);
    }
}

static const struct {
    const char *json;
    bool patch;
    const char *pointer, *problem;
} refused[] = {
    { "{}", false, "/must", "is required" },
    { "{\"must\":null}", false, "/must", "must not be null" },
    { "{\"must\":null}", true, "/must", "must not be null" },
    { "{\"yes\":1}", true, "/yes", "must be true or false" },
    { "{\"yes\":null}", true, "/yes", "must not be null" },
    { "{\"count\":6}", true, "/count", "must be between -5 and 5" },
    { "{\"count\":1.5}", true, "/count", "must be a whole number" },
    { "{\"count\":1e300}", true, "/count", "must be a whole number" },
    { "{\"count\":\"1\"}", true, "/count", "must be a whole number" },
    { "{\"count\":null}", true, "/count", "must not be null" },
    { "{\"maybe\":-9223372036854775808}", true, "/maybe", "must be a whole number" },
    { "{\"maybe\":9223372036854775808}", true, "",
      "has a number out of range (line 1, column 28)" },
    { "{\"ratio\":1e999}", true, "", "has a number out of range (line 1, column 14)" },
    { "{\"ratio\":true}", true, "/ratio", "must be a number" },
    { "{\"text\":\"\"}", true, "/text", "must not be empty" },
    { "{\"text\":\"abcd\"}", true, "/text", "must have at most 3 characters" },
    { "{\"text\":[]}", true, "/text", "must be a string" },
    { "{\"text\":\"a\\u0000\"}", true, "", "has a NUL character (line 1, column 17)" },
    { "{\"choice\":\"blue\"}", true, "/choice", "must be one of red, green" },
    { "{\"id\":\"x\"}", true, "/id", "must be an id" },
    { "{\"id\":\"00000000-0000-0000-0000-000000000000\"}", true, "/id", "must be an id" },
    { "{\"at\":\"2026-03-01\"}", true, "/at",
      "must be a time from 1970 on, such as 2026-03-01T08:00:00.000Z" },
    { "{\"at\":\"2026-03-01T08:00:00\"}", true, "/at",
      "must be a time from 1970 on, such as 2026-03-01T08:00:00.000Z" },
    { "{\"day\":\"2025-02-29\"}", true, "/day", "must be a date such as 2026-03-01" },
    { "{\"length\":86401}", true, "/length", "must be between 0 and 86400" },
    { "{\"length\":0.5}", true, "/length", "must be a whole number of seconds" },
    { "{\"bytes\":\"TWFuTWE=\"}", true, "/bytes", "must have at most 4 bytes" },
    { "{\"bytes\":\"=\"}", true, "/bytes", "must be bytes in base64" },
    { "{\"bytes\":\"TWF\"}", true, "/bytes", "must be bytes in base64" },
    { "{\"bytes\":\"TW=u\"}", true, "/bytes", "must be bytes in base64" },
    { "{\"bytes\":\"====\"}", true, "/bytes", "must be bytes in base64" },
    { "{\"bytes\":\"Zh==\"}", true, "/bytes", "must be bytes in base64" },
    { "{\"any\":\"0123456789012345678\"}", true, "/any", "must have at most 20 bytes" },
    { "{\"parts\":{}}", true, "/parts", "must be a list" },
    { "{\"parts\":[{\"n\":1},{\"n\":2},{\"n\":3}]}", true, "/parts",
      "must have at most 2 elements" },
    { "{\"parts\":[{\"n\":1},{}]}", true, "/parts/1/n", "is required" },
    { "{\"parts\":[{\"n\":1,\"x\":2}]}", true, "/parts/0/x", "is not known here" },
    { "{\"parts\":[7]}", true, "/parts/0", "must be an object" },
    { "{\"words\":[]}", true, "/words", "must have at least 1 elements" },
    { "{\"words\":[\"red\",\"blue\"]}", true, "/words/1", "must be one of red, green" },
    { "{\"words\":[null]}", true, "/words/0", "must not be null" },
    { "{\"numbers\":[1,\"2\"]}", true, "/numbers/1", "must be a whole number" },
    { "{\"part\":{\"n\":10}}", true, "/part/n", "must be between 0 and 9" },
    { "{\"part\":null}", true, "/part", "must not be null" },
    { "{\"fixed\":1}", true, "/fixed", "is set by the program" },
    { "{\"once\":1}", true, "/once", "cannot be changed" },
    { "{\"a~/b\":1}", true, "/a~0~1b", "is not known here" },
    { "{\"yes\":true,\"yes\":true}", true, "",
      "has two members of the same name (line 1, column 17)" },
    { "[]", true, "", "must be an object" },
    { "1", true, "", "must be an object" },
};

static void values_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(refused); i++) {
        struct arena a = { 0 };
        struct error err = { 0 };
        struct all r = { 0 };
        field_set given;
        record_clear(fields, &r);
        if (json_read(&a, (struct blob){ refused[i].json, strlen(refused[i].json) }, fields, &r,
                      refused[i].patch, &given, &err))
            fail_msg("taken: %s", refused[i].json);
        assert_int_equal(err.problem, INVALID);
        assert_int_equal(err.places, 1);
        assert_string_equal(err.place[0].pointer, refused[i].pointer);
        assert_string_equal(err.place[0].problem, refused[i].problem);
        arena_done(&a);
    }
}

static void what_is_not_json_is_a_bad_request(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        " ",
        "{",
        "{\"yes\":true}x",
        "{'yes':true}",
        "{\"yes\":tru}",
        "{\"text\":\"\xff\"}",
        "{\"text\":\"\xed\xa0\x80\"}",
        "{\"text\":\"\\ud800\"}",
        "{\"count\":01}",
        "{\"ratio\":NaN}",
        "{\"any\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
        "\xef\xbb\xbf{}",
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena a = { 0 };
        struct error err = { 0 };
        struct all r = { 0 };
        assert_false(
            json_read(&a, (struct blob){ rows[i], strlen(rows[i]) }, fields, &r, true, NULL, &err));
        if (err.problem != BAD_REQUEST)
            fail_msg("row %zu: %s", i, err.place[0].problem);
        arena_done(&a);
    }
}

static void everything_wrong_is_told_at_once(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct error err = { 0 };
    struct all r = { 0 };
    const char *text = "{\"yes\":1,\"count\":6,\"x\":1,\"day\":2}";
    assert_false(json_read(&a, (struct blob){ text, strlen(text) }, fields, &r, false, NULL, &err));
    assert_int_equal(err.places, 5);
    struct buffer many = buffer_new(&a);
    buffer_string(&many, "{\"numbers\":[");
    for (int i = 0; i < 100; i++)
        buffer_string(&many, i ? ",true" : "true");
    buffer_string(&many, "]}");
    err = (struct error){ 0 };
    assert_false(json_read(&a, (struct blob){ many.at, many.len }, fields, &r, true, NULL, &err));
    assert_int_equal(err.places, 100);
    arena_done(&a);
}

static void patch_leaves_the_rest_alone(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct error err = { 0 };
    struct all r = { .count = 3, .text = "old", .maybe = 4 };
    field_set given;
    const char *text = "{\"text\":null,\"maybe\":null}";
    assert_true(json_read(&a, (struct blob){ text, strlen(text) }, fields, &r, true, &given, &err));
    assert_int_equal(r.count, 3);
    assert_null(r.text);
    assert_int_equal(r.maybe, INT_NONE);
    assert_int_equal(given, bit("text") | bit("maybe"));
    arena_done(&a);
}

static void clearing_makes_absent(void **state)
{
    (void)state;
    struct all r;
    memset(&r, 0x55, sizeof r);
    record_clear(fields, &r);
    assert_true(isnan(r.ratio));
    assert_int_equal(r.maybe, INT_NONE);
    assert_int_equal(r.count, 0);
    assert_null(r.part.word);
    assert_int_equal(r.parts.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(values_are_refused),
        cmocka_unit_test(what_is_not_json_is_a_bad_request),
        cmocka_unit_test(everything_wrong_is_told_at_once),
        cmocka_unit_test(patch_leaves_the_rest_alone),
        cmocka_unit_test(clearing_makes_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
