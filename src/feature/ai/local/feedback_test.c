/* feedback_test.c: what is found in a person's time, against small days worked out by hand. */
#include "feedback.h"
#include "finding_held.h"

enum { MAX = 100 };

struct scene {
    struct arena a;
    struct zones *zones;
    const struct zone *zone;
    struct worked at[MAX];
    size_t count;
    int today; /* of March; behind everything unless a test says otherwise */
};

static int setup(void **state)
{
    static struct scene s;
    memset(&s, 0, sizeof s);
    s.zones = zones_new(NULL);
    s.zone = zone_find(s.zones, "Europe/Berlin");
    assert_non_null(s.zone);
    s.today = 31;
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;
    zones_free(s->zones);
    arena_done(&s->a);
    return 0;
}

/* March 2026 in Berlin is UTC+1 until the 29th. 2026-03-02 is a Monday. */
static struct date march(int day)
{
    return date_of(2026, 3, day);
}

static void work(struct scene *s, int day, double from, double hours, int project)
{
    struct worked *w = &s->at[s->count++];
    assert_true(s->count <= MAX);
    int64_t start = date_start_utc(march(day)).us / 1000000 + (int64_t)(from * 3600) - 3600;
    *w = (struct worked){
        .id = { { 1, (uint8_t)s->count } },
        .start = { start * 1000000 },
        .end = { (start + (int64_t)(hours * 3600)) * 1000000 },
        .day = march(day),
        .zone = s->zone,
        .project = { { 2, (uint8_t)project } },
        .project_name = project == 1 ? "Alpha" : "Beta",
    };
}

static const struct ai_finding *find(struct scene *s, int from, int to, const char *kind)
{
    struct findings f = findings_new(&s->a);
    feedback_find(s->at, s->count, s->zone, march(from), march(to), march(s->today), &f);
    for (size_t i = 0; i < f.count; i++)
        assert_held(&s->a, &f.at[i]);
    for (size_t i = 0; i < f.count; i++)
        if (!strcmp(f.at[i].kind, kind))
            return &f.at[i];
    return NULL;
}

static double number(const struct ai_finding *f, const char *name)
{
    const struct ai_number *at = f->numbers.at;
    for (size_t i = 0; i < f->numbers.count; i++)
        if (!strcmp(at[i].name, name))
            return at[i].value;
    fail_msg("no %s", name);
    return 0;
}

#define NEAR(x, y) assert_true(fabs((x) - (y)) < 1e-6)

static void test_nothing(void **state)
{
    struct scene *s = *state;
    struct findings f = findings_new(&s->a);
    feedback_find(NULL, 0, s->zone, march(1), march(8), march(8), &f);
    assert_int_equal(f.count, 0);
}

static void test_where_time_went(void **state)
{
    struct scene *s = *state;
    work(s, 2, 9, 3, 1);
    work(s, 2, 13, 1, 2);
    work(s, 9, 9, 5, 2); /* after the period */
    const struct ai_finding *f = find(s, 1, 8, "where_time_went");
    NEAR(f->value, 4);
    assert_non_null(strstr(f->sentence, "4:00 in all; the most, 75 %, on Alpha."));
    assert_int_equal(f->series.count, 2);
}

static void test_long_day(void **state)
{
    struct scene *s = *state;
    work(s, 2, 8, 10, 1); /* not above ten hours */
    work(s, 3, 7, 6, 1);
    work(s, 3, 14, 4.5, 1); /* 10:30 */
    const struct ai_finding *f = find(s, 1, 8, "long_day");
    NEAR(f->value, 10.5);
    NEAR(number(f, "days above 10:00"), 1);
    assert_int_equal(f->rows.count, 2);
    assert_string_equal(((const struct ai_number *)f->numbers.at)->unit, "day");
    assert_non_null(strstr(f->sentence, "1 day had more than 10 hours; the longest, 2026-03-03"));
}

/* As in the week sheet, days end at midnight and an entry counts in the period as far as it lies
   there. */
static void test_midnight(void **state)
{
    struct scene *s = *state;
    work(s, 1, 22, 4, 1);  /* Sunday: two hours of it in the period */
    work(s, 3, 13, 9, 1);  /* 9:00 */
    work(s, 3, 23, 2, 2);  /* an hour of it makes it 10:00, which is not long */
    work(s, 5, 13, 11, 1); /* 11:00 */
    const struct ai_finding *f = find(s, 2, 9, "where_time_went");
    NEAR(f->value, 24);
    NEAR(number(f, "entries"), 4);
    f = find(s, 2, 9, "long_day");
    NEAR(f->value, 11);
    NEAR(number(f, "days above 10:00"), 1);
    assert_int_equal(f->rows.count, 1);
}

static void test_missing_break(void **state)
{
    struct scene *s = *state;
    work(s, 2, 8, 4, 1);
    work(s, 2, 12 + 14 / 60.0, 3, 1); /* 14 minutes are no break: 8:00 to 15:14 */
    work(s, 3, 8, 4, 1);
    work(s, 3, 12.25, 4, 1); /* 15 minutes are one */
    const struct ai_finding *f = find(s, 1, 8, "missing_break");
    NEAR(number(f, "stretches above 6:00"), 1);
    assert_true(fabs(f->value - (7 + 14 / 60.0)) < 0.01);
    assert_int_equal(f->rows.count, 2);
}

static void test_late_work(void **state)
{
    struct scene *s = *state;
    work(s, 2, 21.1, 2, 1); /* 66 minutes of it after 22:00 */
    work(s, 4, 5.5, 1, 1);  /* half an hour before 6:00 */
    work(s, 5, 9, 4, 1);
    const struct ai_finding *f = find(s, 1, 8, "late_work");
    NEAR(f->value, 1.6);
    NEAR(number(f, "entries"), 2);
}

/* What the sheet placed counts by its hours, and says nothing of when the work was. */
static void test_placed(void **state)
{
    struct scene *s = *state;
    static const char *const clocked[] = { "missing_break", "late_work", "forgotten_timer",
                                           "overlap" };
    work(s, 2, 0, 13, 1);
    work(s, 2, 9, 1, 1);
    work(s, 2, 9.5, 0, 1); /* a timer stopped at once shares no time */
    for (size_t i = 0; i < LENGTH(clocked); i++)
        assert_non_null(find(s, 1, 8, clocked[i]));
    assert_int_equal(find(s, 1, 8, "overlap")->rows.count, 2);
    s->at[0].placed = true;
    for (size_t i = 0; i < LENGTH(clocked); i++)
        assert_null(find(s, 1, 8, clocked[i]));
    NEAR(find(s, 1, 8, "long_day")->value, 14);
    NEAR(find(s, 1, 8, "where_time_went")->value, 14);
}

static void test_forgotten_and_overlap(void **state)
{
    struct scene *s = *state;
    work(s, 2, 8, 13, 1);
    work(s, 2, 20, 2, 2); /* 20:00 to 21:00 lies in the first */
    const struct ai_finding *f = find(s, 1, 8, "forgotten_timer");
    NEAR(f->value, 13);
    assert_int_equal(f->rows.count, 1);
    f = find(s, 1, 8, "overlap");
    NEAR(f->value, 1);
    assert_int_equal(f->rows.count, 2);
    assert_non_null(strstr(f->sentence, "2 entries overlap others; 1:00 is counted twice."));
}

/* Every entry that a list marks counts once: four in one long one are five, not four pairs; one
   that shares time with work before the period counts alone. */
static void test_overlap_counts_entries(void **state)
{
    struct scene *s = *state;
    work(s, 1, 22, 4, 1); /* Sunday, until two in the morning */
    work(s, 2, 1, 2, 1);  /* an hour of it in the one before */
    work(s, 3, 8, 8, 1);
    for (int i = 0; i < 4; i++)
        work(s, 3, 9 + i, 0.5, 2);
    work(s, 3, 16, 1, 2); /* begins where the long one ends */
    const struct ai_finding *f = find(s, 2, 9, "overlap");
    assert_non_null(strstr(f->sentence, "6 entries overlap others; 3:00 is counted twice."));
    NEAR(number(f, "entries"), 6);
    assert_int_equal(f->rows.count, 6);
}

/* Five weeks of 8 hours before, then one of 30. */
static void test_baseline(void **state)
{
    struct scene *s = *state;
    for (int week = 5; week > 0; week--)
        work(s, 2 - 7 * week, 9, 8, 1);
    for (int day = 2; day < 7; day++)
        work(s, day, 9, 6, 1);
    const struct ai_finding *f = find(s, 2, 9, "baseline");
    NEAR(f->value, 30);
    NEAR(number(f, "median of the weeks before"), 8);
    NEAR(number(f, "weeks"), 5);
    assert_string_equal(f->title, "Not a usual week");
    const struct ai_number *points = f->series.at;
    assert_string_equal(points[3].name, "2 weeks before");
    assert_string_equal(points[4].name, "1 week before");
    assert_null(find(s, 2, 9, "trend"));
    s->today = 8; /* the last day is not over */
    assert_null(find(s, 2, 9, "baseline"));
    s->today = 31;
    f = find(s, 2, 9, "rhythm");
    /* Mondays: five of 8 and one of 6: 46 / 6 */
    assert_true(fabs(f->value - 46.0 / 6) < 1e-6);
    assert_non_null(strstr(f->sentence, "Monday"));
}

static void test_trend(void **state)
{
    struct scene *s = *state;
    for (int week = 8; week > 0; week--)
        work(s, 2 - 7 * week, 9, 9 - week, 1); /* 1, 2 … 8 hours */
    const struct ai_finding *f = find(s, 2, 9, "trend");
    NEAR(f->value, 1);
    assert_true(fabs(number(f, "p") - 0.00083665) < 1e-6);
}

static void test_trend_down(void **state)
{
    struct scene *s = *state;
    for (int week = 8; week > 0; week--)
        work(s, 2 - 7 * week, 9, week, 1);
    const struct ai_finding *f = find(s, 2, 9, "trend");
    NEAR(f->value, -1);
    assert_non_null(strstr(f->sentence, "1:00 hours less"));
}

int main(void)
{
#define WITH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH(test_nothing),
        WITH(test_where_time_went),
        WITH(test_long_day),
        WITH(test_missing_break),
        WITH(test_late_work),
        WITH(test_forgotten_and_overlap),
        WITH(test_overlap_counts_entries),
        WITH(test_baseline),
        WITH(test_trend),
        WITH(test_trend_down),
        WITH(test_midnight),
        WITH(test_placed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
