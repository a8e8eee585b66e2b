/* json_test.c: every kind as JSON, absent values, escapes, numbers that read back. */
#include "json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct part {
    int64_t n;
    const char *secret;
};

struct all {
    bool yes;
    int64_t count;
    int64_t maybe;
    double ratio;
    const char *text;
    struct id id;
    struct instant at;
    struct date day;
    struct span length;
    struct blob bytes;
    struct json any;
    struct list parts;
    struct list words;
    struct part part;
};

static const struct field part_fields[] = {
    FIELD(struct part, n),
    FIELD(struct part, secret, .privacy = SECRET),
    { 0 },
};

static const struct field all_fields[] = {
    FIELD(struct all, yes),
    FIELD(struct all, count),
    FIELD(struct all, maybe, .nullable = true),
    FIELD(struct all, ratio),
    FIELD(struct all, text),
    FIELD(struct all, id),
    FIELD(struct all, at),
    FIELD(struct all, day),
    FIELD(struct all, length),
    FIELD(struct all, bytes),
    FIELD(struct all, any),
    FIELD_LIST(struct all, parts, struct part, part_fields),
    FIELD(struct all, words, .of = KIND_TEXT),
    FIELD(struct all, part, .fields = part_fields),
    { 0 },
};

static void record_has_every_kind(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct buffer out = buffer_new(&a);
    const struct part parts[] = { { 1, "x" }, { -2, NULL } };
    const char *const words[] = { "a", "b\"c" };
    struct all r = {
        .yes = true,
        .count = INT64_MIN + 1,
        .maybe = INT_NONE,
        .ratio = 0.1,
        .text = "Zo\xc3\xab",
        .at = { INT64_C(1772352000123456) },
        .day = date_of(2026, 3, 1),
        .length = { 5400 },
        .bytes = { "Ma\xff", 3 },
        .any = { "{\"k\":[1]}" },
        .parts = { parts, 2 },
        .words = { words, 2 },
        .part = { 9, "hidden" },
    };
    assert_true(id_parse("0190a6b0-1111-7222-8333-444455556666", &r.id));
    json_record(&out, all_fields, &r);
    assert_string_equal(out.at, "{\"yes\":true,\"count\":-9223372036854775807,\"maybe\":null,"
                                "\"ratio\":0.1,\"text\":\"Zo\xc3\xab\","
                                "\"id\":\"0190a6b0-1111-7222-8333-444455556666\","
                                "\"at\":\"2026-03-01T08:00:00.123Z\",\"day\":\"2026-03-01\","
                                "\"length\":5400,\"bytes\":\"TWH/\",\"any\":{\"k\":[1]},"
                                "\"parts\":[{\"n\":1},{\"n\":-2}],\"words\":[\"a\",\"b\\\"c\"],"
                                "\"part\":{\"n\":9}}");
    arena_done(&a);
}

static void absent_is_null(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct buffer out = buffer_new(&a);
    struct all r = { 0 };
    record_clear(all_fields, &r);
    json_record(&out, all_fields, &r);
    assert_string_equal(out.at, "{\"yes\":false,\"count\":0,\"maybe\":null,\"ratio\":null,"
                                "\"text\":null,\"id\":null,\"at\":null,\"day\":null,\"length\":0,"
                                "\"bytes\":null,\"any\":null,\"parts\":[],\"words\":[],"
                                "\"part\":{\"n\":0}}");
    /* a number that is always there can be hidden all the same */
    static const struct field hidden[] = {
        FIELD(struct all, count, .see = (const struct permission *)&all_fields),
        { 0 },
    };
    out.len = 0;
    json_record(&out, hidden, &r);
    assert_string_equal(out.at, "{\"count\":0}");
    field_hide(hidden, &r);
    out.len = 0;
    json_record(&out, hidden, &r);
    assert_string_equal(out.at, "{\"count\":null}");
    out.len = 0;
    json_record(&out, NULL, NULL);
    assert_string_equal(out.at, "{}");
    arena_done(&a);
}

static void text_is_escaped(void **state)
{
    (void)state;
    static const struct {
        const char *text, *json;
    } rows[] = {
        { NULL, "null" },
        { "", "\"\"" },
        { "a/b", "\"a/b\"" },
        { "\"\\", "\"\\\"\\\\\"" },
        { "\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\"" },
        { "x\x01y\x1f\x7f", "\"x\\u0001y\\u001f\\u007f\"" },
        { "\xe2\x82\xac", "\"\xe2\x82\xac\"" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buffer out = buffer_new(&a);
        json_text(&out, rows[i].text);
        assert_string_equal(out.at, rows[i].json);
    }
    arena_done(&a);
}

static void numbers_read_back(void **state)
{
    (void)state;
    static const double reals[] = { 0,      -0.0,   1,        0.1,   1.0 / 3, 1e300,
                                    5e-324, 123456, 1e15 + 1, 2.5e7, -1e-7,   4503599627370497.5 };
    struct field f = { .name = "n", .kind = KIND_REAL };
    struct arena a = { 0 };
    for (size_t i = 0; i < LENGTH(reals); i++) {
        struct buffer out = buffer_new(&a);
        json_value(&out, &f, &reals[i]);
        assert_true(strtod(out.at, NULL) == reals[i]);
    }
    double endless = INFINITY;
    struct buffer out = buffer_new(&a);
    json_value(&out, &f, &endless);
    assert_string_equal(out.at, "null");
    arena_done(&a);
}

static void base64_pads(void **state)
{
    (void)state;
    static const char *const want[] = { "\"\"", "\"Zg==\"", "\"Zm8=\"", "\"Zm9v\"",
                                        "\"Zm9vYg==\"" };
    struct field f = { .name = "b", .kind = KIND_BLOB };
    struct arena a = { 0 };
    for (size_t n = 0; n < LENGTH(want); n++) {
        struct blob blob = { "foob", n };
        struct buffer out = buffer_new(&a);
        json_value(&out, &f, &blob);
        assert_string_equal(out.at, want[n]);
    }
    arena_done(&a);
}

/* Wherever a byte stands, it is written as it is alone. */
static void any_byte_anywhere(void **state)
{
    enum { LONG = 19 };
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        struct arena a = { 0 };
        struct buffer alone = buffer_new(&a);
        json_text(&alone, (char[]){ (char)byte, 0 });
        for (int at = 0; at < LONG; at++) {
            char text[LONG + 1] = "abcdefghijklmnopqrs";
            struct buffer out = buffer_new(&a), want = buffer_new(&a);
            buffer_printf(&want, "\"%.*s%.*s%s\"", at, text, (int)alone.len - 2, alone.at + 1,
                          text + at + 1);
            text[at] = (char)byte;
            json_text(&out, text);
            assert_string_equal(out.at, want.at);
        }
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_has_every_kind), cmocka_unit_test(absent_is_null),
        cmocka_unit_test(text_is_escaped),       cmocka_unit_test(any_byte_anywhere),
        cmocka_unit_test(numbers_read_back),     cmocka_unit_test(base64_pads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
