/* openai_test.c: bodies composed byte for byte; answers read whole, in pieces and broken. */
#include "openai.h"

#include "scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void composes_exact_body(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct buffer b = buffer_new(&a);
    const struct openai_message messages[] = {
        { "system", "Be kind." },
        { "user", "A \"quote\"\nand \xc3\xa9" },
    };
    openai_compose(&b, &(struct openai_request){ .model = "gpt-x",
                                                 .messages = messages,
                                                 .count = 2,
                                                 .max_tokens = 300,
                                                 .safety_identifier = "s1",
                                                 .stream = true });
    assert_string_equal(
        b.at, "{\"model\":\"gpt-x\",\"messages\":[{\"role\":\"system\",\"content\":\"Be kind.\"},"
              "{\"role\":\"user\",\"content\":\"A \\\"quote\\\"\\nand \xc3\xa9\"}],"
              "\"store\":false,\"max_completion_tokens\":300,\"safety_identifier\":\"s1\","
              "\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    b = buffer_new(&a);
    openai_compose(&b, &(struct openai_request){ .model = "l",
                                                 .messages = messages,
                                                 .count = 1,
                                                 .max_tokens = 5,
                                                 .schema_name = "answer",
                                                 .schema = "{\"type\":\"object\"}",
                                                 .safety_identifier = "s1",
                                                 .compatible = true });
    assert_string_equal(
        b.at, "{\"model\":\"l\",\"messages\":[{\"role\":\"system\",\"content\":\"Be kind.\"}],"
              "\"store\":false,\"max_tokens\":5,\"response_format\":{\"type\":\"json_schema\","
              "\"json_schema\":{\"name\":\"answer\",\"strict\":true,"
              "\"schema\":{\"type\":\"object\"}}}}");
    arena_done(&a);
}

struct seen {
    char text[4000];
    size_t len, pieces;
};

static void see(void *user, const char *text, size_t n)
{
    struct seen *s = user;
    assert_true(s->len + n < sizeof s->text);
    assert_true(text_is_utf8(text, n));
    memcpy(s->text + s->len, text, n);
    s->len += n;
    s->text[s->len] = 0;
    s->pieces++;
}

/* Feeds `text` in steps of `step` bytes and ends. */
static enum egress_reason read_all(bool stream, const char *text, size_t step, size_t max,
                                   struct seen *seen, struct egress_end *end)
{
    *seen = (struct seen){ 0 };
    *end = (struct egress_end){ 0 };
    struct openai_reader *r = openai_reader_new(stream, max, see, seen);
    size_t n = strlen(text);
    for (size_t at = 0; at < n; at += step) {
        char *part = malloc(step); /* of its own, so that reading beyond it is noticed */
        size_t len = n - at < step ? n - at : step;
        memcpy(part, text + at, len);
        (void)openai_reader_feed(r, part, len);
        free(part);
    }
    enum egress_reason reason = openai_reader_end(r);
    openai_reader_sum(r, end);
    openai_reader_free(r);
    return reason;
}

static const char good_stream[] =
    "\xef\xbb\xbf: a comment\n\n"
    "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"
    "event: chunk\ndata: {\"choices\":[{\"delta\":{\"content\":\"Gr\\u00fc\xc3\x9f"
    "e \\ud83d\\udcc8\"}}]}\n\n"
    "data:{\"choices\":[{\"delta\":{\"content\":\" \\\"x\\\"\\n\\ud800 \\u0000\"}}]}\r\n\r\n"
    "id: 7\rdata: {\"choices\":[\rdata: {\"delta\":{},\"finish_reason\":\"stop\"}]}\r\r"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":3}}\n\n"
    "data: [DONE]\n\n";
static const char good_text[] = "Gr\xc3\xbc\xc3\x9f"
                                "e \xf0\x9f\x93\x88 \"x\"\n\xef\xbf\xbd \xef\xbf\xbd";

static void reads_stream_in_pieces_of_any_size(void **state)
{
    (void)state;
    for (size_t step = 1; step < sizeof good_stream; step++) {
        struct seen seen;
        struct egress_end end;
        assert_int_equal(read_all(true, good_stream, step, 9999, &seen, &end), EGRESS_OK);
        assert_string_equal(seen.text, good_text);
        assert_int_equal(end.finish, EGRESS_FINISH_STOP);
        assert_int_equal(end.prompt_tokens, 12);
        assert_int_equal(end.completion_tokens, 3);
    }
}

#define DELTA "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
#define FINISH(why) "data: {\"choices\":[{\"delta\":{},\"finish_reason\":" why "}]}\n\n"

static const struct {
    const char *name, *text;
    enum egress_reason reason;
    enum egress_finish finish;
} streams[] = {
    { "no [DONE] but a finish", DELTA FINISH("\"stop\""), EGRESS_OK, EGRESS_FINISH_STOP },
    { "[DONE] without a finish", DELTA "data: [DONE]\n\n", EGRESS_OK, EGRESS_FINISH_OTHER },
    { "cut between events", DELTA DELTA, EGRESS_CUT_OFF, EGRESS_FINISH_NONE },
    { "cut within an event", DELTA "data: {\"cho", EGRESS_CUT_OFF, EGRESS_FINISH_NONE },
    { "nothing", "", EGRESS_CUT_OFF, EGRESS_FINISH_NONE },
    { "length", DELTA FINISH("\"length\""), EGRESS_OK, EGRESS_FINISH_LENGTH },
    { "filter", DELTA FINISH("\"content_filter\""), EGRESS_OK, EGRESS_FINISH_FILTERED },
    { "tool", DELTA FINISH("\"tool_calls\""), EGRESS_OK, EGRESS_FINISH_OTHER },
    { "null finish", DELTA FINISH("null"), EGRESS_CUT_OFF, EGRESS_FINISH_NONE },
    { "refusal", "data: {\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}\n\n" FINISH("\"stop\""),
      EGRESS_OK, EGRESS_FINISH_REFUSAL },
    { "not JSON", DELTA "data: hello\n\n", EGRESS_GARBLED, EGRESS_FINISH_NONE },
    { "no choices", "data: {}\n\n", EGRESS_GARBLED, EGRESS_FINISH_NONE },
    { "choices of another kind", "data: {\"choices\":{}}\n\n", EGRESS_GARBLED, EGRESS_FINISH_NONE },
    { "bad UTF-8", "data: {\"choices\":[{\"delta\":{\"content\":\"\xff\"}}]}\n\n", EGRESS_GARBLED,
      EGRESS_FINISH_NONE },
    { "error", DELTA "data: {\"error\":{\"code\":\"rate_limit_exceeded\"}}\n\n", EGRESS_RATE,
      EGRESS_FINISH_NONE },
    { "unknown error", DELTA "data: {\"error\":{\"code\":null}}\n\n", EGRESS_SERVER,
      EGRESS_FINISH_NONE },
    { "error of another kind", "data: {\"error\":null}\n\n", EGRESS_GARBLED, EGRESS_FINISH_NONE },
    { "after [DONE]", FINISH("\"stop\"") "data: [DONE]\n\ndata: junk\n\n", EGRESS_OK,
      EGRESS_FINISH_STOP },
};

static void judges_streams(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(streams); i++) {
        struct seen seen;
        struct egress_end end;
        enum egress_reason reason = read_all(true, streams[i].text, 7, 9999, &seen, &end);
        if (reason != streams[i].reason || end.finish != streams[i].finish)
            fail_msg("%s: %d, finish %d", streams[i].name, reason, end.finish);
    }
}

static const struct {
    const char *text, *answer;
    enum egress_reason reason;
} wholes[] = {
    { "{\"choices\":[{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}", "hi",
      EGRESS_OK },
    { " {\"choices\" : [ {\"message\":{\"content\":null,\"refusal\":\"no\"},"
      "\"finish_reason\":\"stop\"} ] } ",
      "no", EGRESS_OK },
    { "{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}", "hi", EGRESS_GARBLED },
    { "{\"choices\":[]}", "", EGRESS_GARBLED },
    { "{\"choices\":[{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]} x", "",
      EGRESS_GARBLED },
    { "", "", EGRESS_GARBLED },
    { "[", "", EGRESS_GARBLED },
    { "\"choices\"", "", EGRESS_GARBLED },
    { "{\"error\":{\"type\":\"insufficient_quota\"}}", "", EGRESS_QUOTA },
};

static void judges_whole_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(wholes); i++)
        for (size_t step = 1; step < 40; step += 13) {
            struct seen seen;
            struct egress_end end;
            assert_int_equal(read_all(false, wholes[i].text, step, 9999, &seen, &end),
                             wholes[i].reason);
            assert_string_equal(seen.text, wholes[i].answer);
        }
}

static void bounds_the_answer(void **state)
{
    (void)state;
    struct seen seen;
    struct egress_end end;
    size_t n = sizeof good_stream - 1;
    assert_int_equal(read_all(true, good_stream, 10, n, &seen, &end), EGRESS_OK);
    assert_int_equal(read_all(true, good_stream, 10, n - 1, &seen, &end), EGRESS_OVERSIZE);
}

static void maps_errors(void **state)
{
    (void)state;
    static const char quota[] = "{\"error\":{\"code\":\"insufficient_quota\"}}";
    static const char model[] = "{\"error\":{\"code\":\"model_not_found\"}}";
    assert_int_equal(openai_error(429, quota, sizeof quota - 1), EGRESS_QUOTA);
    assert_int_equal(openai_error(429, "x", 1), EGRESS_RATE);
    assert_int_equal(openai_error(401, NULL, 0), EGRESS_KEY_REFUSED);
    assert_int_equal(openai_error(404, NULL, 0), EGRESS_MODEL);
    assert_int_equal(openai_error(400, model, sizeof model - 1), EGRESS_MODEL);
    assert_int_equal(openai_error(400, "{", 1), EGRESS_REFUSED);
    assert_int_equal(openai_error(503, NULL, 0), EGRESS_SERVER);
    assert_int_equal(openai_error(307, NULL, 0), EGRESS_REDIRECTED);
    assert_int_equal(openai_error(204, NULL, 0), EGRESS_GARBLED);
}

static bool is_json(const char *text)
{
    struct scan ret;
    size_t n = strlen(text);
    char *copy = malloc(n + 1); /* without a NUL to run into */
    memcpy(copy, text, n);
    bool good = scan_value(copy, n, &ret);
    free(copy);
    return good;
}

static void checks_json(void **state)
{
    (void)state;
    static const char *const good[] = {
        "0", "-1.5e+9", "[]", "{}", "[1,{\"a\":[null,true,false]}]", "\"\\u00e9\\n\"", " 1 "
    };
    static const char *const bad[] = { "",        "01",          "1.",         "-",     "+1",
                                       "[1,]",    "{\"a\"}",     "{\"a\":1,}", "{1:2}", "\"a",
                                       "\"\\x\"", "\"\\u12g4\"", "\"\n\"",     "nul",   "[1 2]",
                                       "{,}",     "1 2",         "\"\\",       "\"\\u1" };
    for (size_t i = 0; i < LENGTH(good); i++)
        if (!is_json(good[i]))
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < LENGTH(bad); i++)
        if (is_json(bad[i]))
            fail_msg("accepted: %s", bad[i]);
    char nested[2 * SCAN_DEPTH + 3] = "";
    memset(nested, '[', SCAN_DEPTH);
    memset(nested + SCAN_DEPTH, ']', SCAN_DEPTH);
    assert_true(is_json(nested));
    memset(nested, '[', SCAN_DEPTH + 1);
    memset(nested + SCAN_DEPTH + 1, ']', SCAN_DEPTH + 1);
    assert_false(is_json(nested));
}

static void finds_values(void **state)
{
    (void)state;
    static const char text[] = "{\"a\" : [ 1 , \"two\" , {\"b\":[]} ] , \"ab\":\"x\", \"n\":42 , "
                               "\"a\":0}";
    struct scan root, a, v;
    int64_t n;
    assert_true(scan_value(text, sizeof text - 1, &root));
    assert_true(scan_member(root, "a", &a) && scan_is_array(a));
    assert_true(scan_element(a, 1, &v) && scan_equal(v, "two") && !scan_equal(v, "tw"));
    assert_true(scan_element(a, 2, &v) && scan_member(v, "b", &v) && !scan_element(v, 0, &v));
    assert_false(scan_element(a, 3, &v));
    assert_false(scan_member(root, "b", &v));
    assert_false(scan_member(a, "b", &v));
    assert_false(scan_element(root, 0, &v));
    assert_true(scan_member(root, "ab", &v) && scan_equal(v, "x"));
    assert_true(scan_member(root, "n", &v) && scan_count(v, &n) && n == 42);
    assert_true(scan_value("-1", 2, &v) && !scan_count(v, &n));
    assert_true(scan_value("9999999999999999999", 19, &v) && !scan_count(v, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(composes_exact_body), cmocka_unit_test(reads_stream_in_pieces_of_any_size),
        cmocka_unit_test(judges_streams),      cmocka_unit_test(judges_whole_answers),
        cmocka_unit_test(bounds_the_answer),   cmocka_unit_test(maps_errors),
        cmocka_unit_test(checks_json),         cmocka_unit_test(finds_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
