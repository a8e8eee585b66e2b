/* zone_test.c: clock changes of real zones, day lengths, and files that are not zones. */
#include "zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct zones *zones;

static int set_up(void **state)
{
    (void)state;
    zones = zones_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    zones_free(zones);
    return 0;
}

/* Seconds east of UTC. */
static int offset_at(const struct zone *z, struct instant t)
{
    int days = zone_date(z, t).day - instant_date_utc(t).day;
    return 86400 * days + zone_second(z, t) - zone_second(zone_utc(), t);
}

static const struct zone *find(const char *name)
{
    const struct zone *z = zone_find(zones, name);
    assert_non_null(z);
    return z;
}

static struct instant at(const char *text)
{
    struct instant t;
    assert_true(instant_parse(text, &t));
    return t;
}

static struct date day(const char *text)
{
    struct date d;
    assert_true(date_parse(text, &d));
    return d;
}

static void expect_instant(struct instant t, const char *text)
{
    char is[INSTANT_TEXT];
    instant_format(t, is);
    assert_string_equal(is, text);
}

static void offsets_follow_the_clock_changes(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *at;
        int offset;
    } rows[] = {
        { "Europe/Berlin", "2026-03-29T00:59:59Z", 3600 },
        { "Europe/Berlin", "2026-03-29T01:00:00Z", 7200 },
        { "Europe/Berlin", "2026-10-25T00:59:59Z", 7200 },
        { "Europe/Berlin", "2026-10-25T01:00:00Z", 3600 },
        { "America/New_York", "2026-03-08T06:59:59Z", -5 * 3600 },
        { "America/New_York", "2026-03-08T07:00:00Z", -4 * 3600 },
        { "Australia/Lord_Howe", "2026-07-01T00:00:00Z", 37800 },
        { "Australia/Lord_Howe", "2026-12-01T00:00:00Z", 39600 },
        { "Asia/Kathmandu", "2026-01-01T00:00:00Z", 20700 },
        { "America/Sao_Paulo", "2018-12-01T00:00:00Z", -7200 },
        { "America/Sao_Paulo", "2026-12-01T00:00:00Z", -10800 },
        { "UTC", "2026-12-01T00:00:00Z", 0 },
        /* Behind the last transition of the file: the footer's rule. */
        { "Europe/Berlin", "2061-03-27T00:59:59Z", 3600 },
        { "Europe/Berlin", "2061-03-27T01:00:00Z", 7200 },
        { "Europe/Berlin", "9999-07-01T00:00:00Z", 7200 },
        { "America/New_York", "2099-11-01T05:59:59Z", -4 * 3600 },
        { "America/New_York", "2099-11-01T06:00:00Z", -5 * 3600 },
        { "Australia/Lord_Howe", "2075-01-01T00:00:00Z", 39600 },
        { "Asia/Jerusalem", "2050-07-01T00:00:00Z", 10800 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(offset_at(find(rows[i].zone), at(rows[i].at)), rows[i].offset);
}

static void times_are_written_as_clocks_show_them(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *moment, *shown;
    } rows[] = {
        { "UTC", "2026-03-02T08:00:00.000Z", "2026-03-02T08:00:00+00:00" },
        { "Europe/Berlin", "2026-03-02T08:00:00.000Z", "2026-03-02T09:00:00+01:00" },
        { "Europe/Berlin", "2026-07-31T22:30:05.000Z", "2026-08-01T00:30:05+02:00" },
        { "America/New_York", "2026-01-01T04:59:59.000Z", "2025-12-31T23:59:59-05:00" },
        { "America/St_Johns", "2026-01-01T12:00:00.000Z", "2026-01-01T08:30:00-03:30" },
        { "Asia/Kathmandu", "2026-01-01T20:00:00.000Z", "2026-01-02T01:45:00+05:45" },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char text[INSTANT_TEXT];
        struct instant back;
        zone_format(find(rows[i].zone), at(rows[i].moment), text);
        assert_string_equal(text, rows[i].shown);
        assert_true(instant_parse(text, &back));
        assert_int_equal(back.us, at(rows[i].moment).us);
    }
}

static void days_have_23_24_or_25_hours(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *day, *start;
        int64_t minutes;
    } rows[] = {
        { "Europe/Berlin", "2026-03-28", "2026-03-27T23:00:00.000Z", 24 * 60 },
        { "Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z", 23 * 60 },
        { "Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000Z", 25 * 60 },
        { "America/New_York", "2026-11-01", "2026-11-01T04:00:00.000Z", 25 * 60 },
        { "Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00.000Z", 23 * 60 + 30 },
        { "Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00.000Z", 24 * 60 + 30 },
        /* Midnight itself was skipped: the day began at 01:00. */
        { "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z", 23 * 60 },
        /* Midnight was put off: 23:00 came twice on the day before. */
        { "America/Sao_Paulo", "2019-02-16", "2019-02-16T02:00:00.000Z", 25 * 60 },
        { "America/Sao_Paulo", "2019-02-17", "2019-02-17T03:00:00.000Z", 24 * 60 },
        /* The day that Samoa left out. */
        { "Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00.000Z", 24 * 60 },
        { "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00.000Z", 0 },
        { "Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00.000Z", 24 * 60 },
        { "Europe/Berlin", "2061-03-27", "2061-03-26T23:00:00.000Z", 23 * 60 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct zone *z = find(rows[i].zone);
        expect_instant(zone_day_start(z, day(rows[i].day)), rows[i].start);
        assert_int_equal(zone_day_length(z, day(rows[i].day)).s, rows[i].minutes * 60);
    }
}

static void local_times_resolve_as_documented(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *day;
        int second;
        bool later;
        enum zone_times times;
        const char *at;
    } rows[] = {
        { "Europe/Berlin", "2026-06-01", 9 * 3600, false, ZONE_ONCE, "2026-06-01T07:00:00.000Z" },
        { "Europe/Berlin", "2026-03-29", 9000, false, ZONE_NEVER, "2026-03-29T01:30:00.000Z" },
        { "Europe/Berlin", "2026-10-25", 9000, false, ZONE_TWICE, "2026-10-25T00:30:00.000Z" },
        { "Europe/Berlin", "2026-10-25", 9000, true, ZONE_TWICE, "2026-10-25T01:30:00.000Z" },
        { "Europe/Berlin", "2026-10-25", 10800, false, ZONE_ONCE, "2026-10-25T02:00:00.000Z" },
        { "Australia/Lord_Howe", "2026-10-04", 2 * 3600 + 900, false, ZONE_NEVER,
          "2026-10-03T15:45:00.000Z" },
        { "America/Sao_Paulo", "2018-11-04", 1800, false, ZONE_NEVER, "2018-11-04T03:30:00.000Z" },
        { "Pacific/Apia", "2011-12-30", 43200, false, ZONE_NEVER, "2011-12-30T22:00:00.000Z" },
        { "Europe/Berlin", "2026-06-01", 90000, false, ZONE_ONCE, "2026-06-01T23:00:00.000Z" },
        { "Europe/Berlin", "2500-07-01", 43200, false, ZONE_ONCE, "2500-07-01T10:00:00.000Z" },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        enum zone_times times = ZONE_ONCE;
        struct instant t = zone_instant(find(rows[i].zone), day(rows[i].day), rows[i].second,
                                        rows[i].later, &times);
        expect_instant(t, rows[i].at);
        assert_int_equal(times, rows[i].times);
    }
}

static void clocks_and_moments_agree(void **state)
{
    (void)state;
    static const char *const names[] = { "Europe/Berlin",       "America/New_York",  "Pacific/Apia",
                                         "America/Sao_Paulo",   "America/St_Johns",  "Asia/Tehran",
                                         "Australia/Lord_Howe", "Africa/Casablanca", "UTC" };
    for (size_t i = 0; i < LENGTH(names); i++) {
        const struct zone *z = find(names[i]);
        struct instant end = at("2045-01-01T00:00:00Z");
        for (struct instant t = at("1985-01-01T00:07:13Z"); t.us < end.us;
             t = instant_plus(t, (struct span){ 3 * 3600 + 17 })) {
            enum zone_times times;
            struct date d = zone_date(z, t);
            struct instant first = zone_instant(z, d, zone_second(z, t), false, &times);
            struct instant second = zone_instant(z, d, zone_second(z, t), true, NULL);
            assert_int_not_equal(times, ZONE_NEVER);
            assert_true(first.us == t.us || second.us == t.us);
            struct date of = zone_day(z, t);
            assert_true(zone_day_start(z, of).us <= t.us);
            assert_true(zone_day_start(z, (struct date){ of.day + 1 }).us > t.us);
        }
    }
}

static void only_zones_are_found(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",         "Europe/Atlantis", "../../../etc/passwd", "/etc/passwd", "Europe",
        "zone.tab", "Europe//Berlin",  "Europe/Berlin/",      "tzdata.zi"
    };
    for (size_t i = 0; i < LENGTH(names); i++)
        assert_null(zone_find(zones, names[i]));
    assert_null(zone_find(zones, NULL));
    assert_ptr_equal(find("Europe/Berlin"), find("Europe/Berlin"));
    assert_int_equal(offset_at(zone_utc(), at("2026-01-01T00:00:00Z")), 0);
}

/* A version 2 file without transitions: one type of offset 0 and a footer. */
static size_t tiny(unsigned char *to, const char *footer)
{
    static const unsigned char header[] = { 'T', 'Z', 'i', 'f', '2' };
    static const unsigned char counts[24] = { [19] = 1, [23] = 1 };
    unsigned char *p = to;
    for (int part = 0; part < 2; part++) {
        memset(p, 0, 20);
        memcpy(p, header, sizeof header);
        memcpy(p + 20, counts, sizeof counts);
        memset(p + 44, 0, 7);
        p += 51;
    }
    *p++ = '\n';
    memcpy(p, footer, strlen(footer));
    p += strlen(footer);
    *p++ = '\n';
    return (size_t)(p - to);
}

static void footers_of_all_forms_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *footer, *at;
        int offset;
    } rows[] = {
        { "UTC0", "2026-01-01T00:00:00Z", 0 },
        { "<+0330>-3:30", "2026-01-01T00:00:00Z", 12600 },
        { "AAA3BBB,J60/0,J300/0", "2024-03-01T02:59:59Z", -10800 },
        { "AAA3BBB,J60/0,J300/0", "2024-03-01T03:00:00Z", -7200 },
        { "AAA3BBB,J60/0,J300/0", "2023-03-01T03:00:00Z", -7200 },
        { "AAA3BBB,59/0,300/0", "2024-02-29T03:00:00Z", -7200 },
        { "AAA3BBB,59/0,300/0", "2023-03-01T02:59:59Z", -10800 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600 },
        { "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-01T00:00:00Z", 39600 },
        { "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-06-01T00:00:00Z", 36000 },
    };
    unsigned char file[300];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct zone *z = zone_read(file, tiny(file, rows[i].footer));
        assert_non_null(z);
        assert_int_equal(offset_at(z, at(rows[i].at)), rows[i].offset);
        zone_free(z);
    }
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    static const char *const footers[] = { "U0",
                                           "UTC",
                                           "UTC0,M3.5.0",
                                           "AA1BBB,1",
                                           "AAA1BBB,M13.1.0,M1.1.0",
                                           "AAA1BBB,M3.0.0,M1.1.0",
                                           "<UTC0",
                                           "AAA999" };
    unsigned char file[300];
    for (size_t i = 0; i < LENGTH(footers); i++)
        assert_null(zone_read(file, tiny(file, footers[i])));
    size_t n = tiny(file, "UTC0");
    for (size_t cut = 0; cut < n; cut++)
        assert_null(zone_read(file, cut));
    file[4] = '1';
    assert_null(zone_read(file, n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_follow_the_clock_changes),
        cmocka_unit_test(times_are_written_as_clocks_show_them),
        cmocka_unit_test(days_have_23_24_or_25_hours),
        cmocka_unit_test(local_times_resolve_as_documented),
        cmocka_unit_test(clocks_and_moments_agree),
        cmocka_unit_test(only_zones_are_found),
        cmocka_unit_test(footers_of_all_forms_are_read),
        cmocka_unit_test(damaged_files_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
