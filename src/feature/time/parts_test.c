/* parts_test.c: the small parts that the room is made of: cutting at midnights, packed sums, names,
   and cells that no spreadsheet runs. */
#include "csv_write.h"
#include "names.h"
#include "packed.h"
#include "split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t chance(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static void parts_add_up_to_the_whole(void **state)
{
    static const char *const zones_of_test[] = { "Europe/Berlin", "Australia/Lord_Howe",
                                                 "America/Sao_Paulo", "Pacific/Apia", "UTC" };
    struct zones *zones = zones_new(NULL);
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < 5000; i++) {
        const struct zone *z = zone_find(zones, zones_of_test[i % 5]);
        struct instant from = { (INT64_C(1300000000) + (int64_t)chance(&seed) % 300000000) *
                                1000000 };
        int64_t length = (int64_t)chance(&seed) % (i % 2 ? 90000 : 31 * 86400);
        int64_t amount = (int64_t)chance(&seed) % 1000000;
        struct split s = split_start(z, from, instant_plus(from, (struct span){ length }), amount);
        struct split_part part, last = { 0 };
        int64_t seconds = 0, cost = 0;
        while (split_next(&s, &part)) {
            assert_true(part.day.day > last.day.day);
            assert_true(part.length.s <= zone_day_length(z, part.day).s);
            assert_true(part.amount_minor >= 0);
            seconds += part.length.s;
            cost += part.amount_minor;
            last = part;
        }
        assert_int_equal(seconds, length);
        assert_int_equal(cost, amount);
    }
    zones_free(zones);
}

static void work_of_no_length_has_one_part(void **state)
{
    struct instant at = { INT64_C(1700000000000000) };
    struct split s = split_start(zone_utc(), at, at, 500);
    struct split_part part;
    (void)state;
    assert_true(split_next(&s, &part));
    assert_int_equal(part.length.s, 0);
    assert_int_equal(part.amount_minor, 500);
    assert_false(split_next(&s, &part));
}

static struct packed_part part_make(int project, const struct id *tags, size_t n, int64_t sign)
{
    struct packed_part p = { .tags = tags, .tag_count = n };
    p.project.byte[0] = (uint8_t)project;
    p.sums =
        (struct packed_sums){ sign * (project + 1) * 60, sign * 30, sign * 10, sign * 7, sign };
    return p;
}

static void packed_sums_come_and_go(void **state)
{
    static const struct id tags[2] = { { .byte = { 1 } }, { .byte = { 2 } } };
    enum { KEYS = 30 };
    int64_t count[KEYS] = { 0 };
    struct packed p = { 0 };
    uint64_t seed = 5;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        size_t key = chance(&seed) % KEYS;
        int64_t sign = count[key] && chance(&seed) % 2 ? -1 : 1;
        struct packed_part part = part_make((int)key / 3, tags, key % 3, sign);
        assert_true(packed_add(&p, &part));
        count[key] += sign;
    }
    struct packed_part part;
    size_t parts = 0, kept = 0;
    for (size_t at = 0; packed_next((struct blob){ p.at, p.len }, &at, &part); parts++) {
        size_t key = part.project.byte[0] * 3U + part.tag_count;
        assert_int_equal(part.sums.entries, count[key]);
        assert_int_equal(part.sums.duration_s, count[key] * (part.project.byte[0] + 1) * 60);
    }
    for (int i = 0; i < KEYS; i++)
        kept += count[i] > 0;
    assert_int_equal(parts, kept);
    struct packed copy = { 0 };
    packed_set(&copy, (struct blob){ p.at, p.len });
    assert_true(packed_equal((struct blob){ p.at, p.len }, (struct blob){ copy.at, copy.len }));
    part = part_make(200, NULL, 0, -1);
    assert_false(packed_add(&copy, &part));
    free(copy.at);
    free(p.at);
}

static void damaged_values_end_early(void **state)
{
    static const struct id tag = { .byte = { 1 } };
    struct packed p = { 0 };
    struct packed_part part = part_make(1, &tag, 1, 1), read;
    (void)state;
    assert_true(packed_add(&p, &part));
    for (size_t cut = 0; cut < p.len; cut++) {
        char *exact = malloc(cut + 1);
        size_t at = 0;
        memcpy(exact, p.at, cut);
        assert_false(packed_next((struct blob){ exact, cut }, &at, &read));
        free(exact);
    }
    free(p.at);
}

static void names_are_found_whatever_their_case(void **state)
{
    struct arena a = { 0 };
    struct names names = { .arena = &a };
    const struct id none = { 0 }, parent = { .byte = { 9 } };
    (void)state;
    assert_false(id_given(names_find(&names, none, "x")));
    for (int i = 1; i <= 200; i++) {
        struct id id = { .byte = { (uint8_t)i, 1 } };
        names_add(&names, none, arena_printf(&a, "Name %d", i), id);
    }
    names_add(&names, none, "NAME 7", parent);
    assert_int_equal(names_find(&names, none, "nAmE 7").byte[0], 7);
    assert_int_equal(names_find(&names, none, "name 200").byte[0], 200);
    assert_false(id_given(names_find(&names, parent, "name 7")));
    assert_false(id_given(names_find(&names, none, "name 201")));
    names_add(&names, none, "Übung", parent);
    assert_true(id_equal(names_find(&names, none, "üBUNG"), parent));
    /* Blanks of any kind and number are one. */
    assert_int_equal(names_find(&names, none, "Name \t 7").byte[0], 7);
    assert_int_equal(names_find(&names, none, "Name\u00A0\u202F7").byte[0], 7);
    assert_false(id_given(names_find(&names, none, "Name7")));
    assert_false(id_given(names_find(&names, none, "Name 7 ")));
    arena_done(&a);
}

/* Names that fall together in one table do not in the next. */
static void names_lie_elsewhere_each_time(void **state)
{
    struct arena a = { 0 };
    struct names one = { .arena = &a }, other = { .arena = &a };
    size_t same = 0;
    (void)state;
    for (int i = 0; i < 200; i++) {
        const char *name = arena_printf(&a, "Name %d", i);
        names_add(&one, (struct id){ 0 }, name, (struct id){ 0 });
        names_add(&other, (struct id){ 0 }, name, (struct id){ 0 });
    }
    for (size_t i = 0; i < one.room; i++)
        same += one.slot[i].name && one.slot[i].name == other.slot[i].name;
    assert_true(same < 100);
    arena_done(&a);
}

static void cells_are_data(void **state)
{
    static const struct {
        const char *text, *cell;
    } rows[] = {
        { "plain", "plain" },
        { "a,b", "\"a,b\"" },
        { "a \"b\"", "\"a \"\"b\"\"\"" },
        { "two\nlines", "\"two\nlines\"" },
        { "=1+1", "'=1+1" },
        { "+49 30", "'+49 30" },
        { "-1", "'-1" },
        { "@SUM(A1)", "'@SUM(A1)" },
        { "\t=1", "\"'\t=1\"" },
        { "\r=1", "\"'\r=1\"" },
        { "\n=1", "\"'\n=1\"" },
        { " =1", "\"' =1\"" },
        { " a", "\" a\"" },
        { "\uFF1D1", "'\uFF1D1" },
        { "\uFF10", "\uFF10" },
        { "=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"" },
        { NULL, "\"\"" },
    };
    struct arena a = { 0 };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buffer b = buffer_new(&a);
        csv_text(&b, rows[i].text);
        assert_string_equal(b.at, rows[i].cell);
    }
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up_to_the_whole),
        cmocka_unit_test(work_of_no_length_has_one_part),
        cmocka_unit_test(packed_sums_come_and_go),
        cmocka_unit_test(damaged_values_end_early),
        cmocka_unit_test(names_are_found_whatever_their_case),
        cmocka_unit_test(names_lie_elsewhere_each_time),
        cmocka_unit_test(cells_are_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
