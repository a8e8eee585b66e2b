/* import_cell_test.c: values as people have them. */
#include "import_cell.h"

#include "base/field.h"
#include "base/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void dates_are_read_in_every_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum date_order order;
        const char *is; /* NULL: not a date */
    } rows[] = {
        { "2026-03-04", DATES_AUTO, "2026-03-04" },
        { "2026/3/4", DATES_AUTO, "2026-03-04" },
        { "4.3.2026", DATES_MONTH_FIRST, "2026-03-04" },
        { "04.03.26", DATES_AUTO, "2026-03-04" },
        { "03/04/2026", DATES_DAY_FIRST, "2026-04-03" },
        { "03/04/2026", DATES_MONTH_FIRST, "2026-03-04" },
        { "03-04-2026", DATES_MONTH_FIRST, "2026-03-04" },
        { "31/04/2026", DATES_DAY_FIRST, NULL },
        { "13/13/2026", DATES_DAY_FIRST, NULL },
        { "2026-02-29", DATES_AUTO, NULL },
        { "2028-02-29", DATES_AUTO, "2028-02-29" },
        { "1989-12-31", DATES_AUTO, NULL },
        { "2101-01-01", DATES_AUTO, NULL },
        { "2026-03-04 10:00", DATES_AUTO, NULL },
        { "2026-03", DATES_AUTO, NULL },
        { "", DATES_AUTO, NULL },
        { "yesterday", DATES_AUTO, NULL },
        { "20260-1-1", DATES_AUTO, NULL },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct date d;
        char is[DATE_TEXT];
        bool ok = cell_date(rows[i].text, rows[i].order, NULL, &d);
        assert_int_equal(ok, rows[i].is != NULL);
        if (ok) {
            date_format(d, is);
            assert_string_equal(is, rows[i].is);
        }
    }
}

static void the_order_of_dates_is_decided_by_all(void **state)
{
    (void)state;
    static const struct {
        const char *text[3];
        enum date_order is;
    } rows[] = {
        { { "03/04/2026", "13/04/2026" }, DATES_DAY_FIRST },
        { { "03/04/2026", "04/13/2026" }, DATES_MONTH_FIRST },
        { { "03/04/2026", "05/06/2026" }, DATES_UNCLEAR },
        { { "13/04/2026", "04/13/2026" }, DATES_MIXED },
        { { "2026-03-04", "1.2.2026" }, DATES_DAY_FIRST },
        { { "5/5/2026" }, DATES_DAY_FIRST },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct date_votes votes = { 0 };
        for (size_t k = 0; k < 3 && rows[i].text[k]; k++)
            cell_date_vote(rows[i].text[k], &votes);
        assert_int_equal(cell_date_order(&votes), rows[i].is);
    }
}

static void times_are_read_in_every_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int is; /* -1: not a time */
    } rows[] = {
        { "09:05", 32700 },
        { "9:05:30", 32730 },
        { "9.05", 32700 },
        { "12:00 AM", 0 },
        { "12:00 PM", 43200 },
        { "3:35pm", 56100 },
        { "11:59:59 p.m.", 86399 },
        { "24:00", 86400 },
        { "09:05:30.125", 32730 },
        { "24:01", -1 },
        { "13:00 PM", -1 },
        { "0:30 AM", -1 },
        { "9", -1 },
        { "9:5", -1 },
        { "9:60", -1 },
        { "9:05 XM", -1 },
        { "9:05 AMM", -1 },
        { "", -1 },
        { "9:05\xE2\x80\xAF"
          "AM",
          32700 },
        { "9:05\u00A0a.\u00A0m.", 32700 },
        { "3:35:00 p.\u202Fm.", 56100 },
        { "-1:00", -1 },
        { "123:00", -1 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t s = -1;
        assert_int_equal(cell_time(rows[i].text, &s), rows[i].is >= 0);
        assert_int_equal(s, rows[i].is);
    }
}

static void durations_are_read_in_every_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int is;
    } rows[] = {
        { "1:30", 5400 },      { "01:30:15", 5415 },
        { "26:15:00", 94500 }, { "1.5", 5400 },
        { "1,5", 5400 },       { "0.58", 2088 },
        { "7,5 h", 27000 },    { "1:30 h", 5400 },
        { "8", 28800 },        { "0", 0 },
        { "1:3", -1 },         { "1:60", -1 },
        { "-1:00", -1 },       { "1.", -1 },
        { "one", -1 },         { "", -1 },
        { "1:30:61", -1 },     { "1h30", -1 },
        { "12345678", -1 },    { "47:06 min", 2826 },
        { "12 sec", 12 },      { "1:02:03 min", -1 },
        { "1:02 sec", -1 },    { "1.5 min", -1 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct span s = { -1 };
        assert_int_equal(cell_duration(rows[i].text, &s, NULL), rows[i].is >= 0);
        assert_int_equal(s.s, rows[i].is);
    }
}

static void amounts_are_read_in_every_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int digits;
        int64_t is; /* INT_NONE: not an amount */
    } rows[] = {
        { "315.00", 2, 31500 },
        { "1,234.50", 2, 123450 },
        { "1.234,50", 2, 123450 },
        { "1 234,5 EUR", 2, 123450 },
        { "\xE2\x82\xAC 80,00", 2, 8000 },
        { "$1,234", 2, 123400 },
        { "1.234.567", 2, 123456700 },
        { "-3,5", 2, -350 },
        { "\u22123.50 EUR", 2, -350 },
        { "0.005", 3, 5 },
        { "2.345", 2, 234500 },
        { "1,999.999", 2, 200000 },
        { "1200", 0, 1200 },
        { "1'200.00 CHF", 2, 120000 },
        { "EUR", 2, INT_NONE },
        { "", 2, INT_NONE },
        { "=1+1", 2, INT_NONE },
        { "10000000000.00", 2, AMOUNT_MINOR_MAX },
        { "10000000000.01", 2, INT_NONE },
        { "10000000000000000000000", 0, INT_NONE },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t is = INT_NONE;
        cell_amount(rows[i].text, rows[i].digits, &is) ? (void)0 : (void)(is = INT_NONE);
        assert_int_equal(is, rows[i].is);
    }
}

static void lists_of_names_are_taken_apart(void **state)
{
    static const struct {
        const char *text;
        bool quotes;
        const char *is; /* with | between them */
    } rows[] = {
        { "a, b", false, "a| b|" },
        { "a, b", true, "a| b|" },
        { "\"a, b\", c", false, "\"a| b\"| c|" },
        { "\"a, b\", c", true, "a, b| c|" },
        { "c, \"a, \"\"b\"\"\" ", true, "c|a, \"b\"|" },
        { "\"\"\"\"", true, "\"|" },
        { "\"big\" job, x", true, "\"big\" job| x|" },
        { "\"open, x", true, "\"open| x|" },
        { "\"", true, "\"|" },
        { "", true, "|" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[40], is[40] = "", *rest = text, *item;
        strcpy(text, rows[i].text);
        while ((item = cell_item(&rest, rows[i].quotes)))
            strcat(strcat(is, item), "|");
        assert_string_equal(is, rows[i].is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_in_every_form),
        cmocka_unit_test(the_order_of_dates_is_decided_by_all),
        cmocka_unit_test(times_are_read_in_every_form),
        cmocka_unit_test(durations_are_read_in_every_form),
        cmocka_unit_test(amounts_are_read_in_every_form),
        cmocka_unit_test(lists_of_names_are_taken_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
