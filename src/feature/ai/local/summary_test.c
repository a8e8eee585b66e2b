/* summary_test.c: what is found in sums of time, against a small period worked out by hand. */
#include "finding_held.h"
#include "summary.h"

static struct arena a;
static struct day_sum sums[200];
static size_t count;
static int today; /* behind everything unless a test says otherwise */

static int setup(void **state)
{
    (void)state;
    count = 0;
    today = 100;
    return 0;
}

static int done(void **state)
{
    (void)state;
    arena_done(&a);
    return 0;
}

static struct date day_of(int day) /* 0 is Monday, 2026-03-02 */
{
    return date_of(2026, 3, 2 + day);
}

static void add(int day, int project, double hours, double billable)
{
    static const char *const names[] = { NULL, "Alpha", "Beta", "Gamma" };
    sums[count++] = (struct day_sum){ day_of(day),
                                      { { (uint8_t)project } },
                                      names[project],
                                      (int64_t)(hours * 3600),
                                      (int64_t)(billable * 3600) };
}

static const struct ai_finding *find(int days, const char *kind)
{
    struct findings f = findings_new(&a);
    summary_find(sums, count, day_of(0), day_of(days), day_of(today), &f);
    for (size_t i = 0; i < f.count; i++)
        assert_held(&a, &f.at[i]);
    for (size_t i = 0; i < f.count; i++)
        if (!strcmp(f.at[i].kind, kind))
            return &f.at[i];
    return NULL;
}

#define NEAR(x, y) assert_true(fabs((x) - (y)) < 1e-6)

static void test_total_and_change(void **state)
{
    (void)state;
    add(-7, 3, 6, 0); /* the week before: 10 hours */
    add(-6, 1, 4, 4);
    add(0, 1, 6, 3);
    add(1, 2, 2, 1);
    const struct ai_finding *f = find(7, "total");
    NEAR(f->value, 8);
    /* Gamma was worked on before only */
    assert_string_equal(f->sentence, "8:00 in all, 50 % of it billable, on 2 projects.");
    f = find(7, "change");
    NEAR(f->value, -20);
    f = find(7, "biggest_change");
    assert_string_equal(f->sentence, "Gamma went from 6:00 to 0:00 (-6:00).");
    NEAR(f->value, -6);
    f = find(7, "concentration");
    /* shares 3/4 and 1/4: Herfindahl 10/16, equivalent 1.6 projects */
    NEAR(f->value, 1.6);
    assert_non_null(strstr(f->sentence, "Alpha takes 75 %"));
}

/* On Wednesday, Monday and Tuesday are compared with those of the week before. */
static void test_a_week_that_has_begun(void **state)
{
    (void)state;
    add(-7, 1, 6, 0);
    add(-6, 1, 4, 0);
    add(-5, 2, 9, 0);
    add(0, 1, 8, 0);
    add(1, 2, 3, 0);
    add(2, 2, 1, 0);
    today = 2;
    NEAR(find(7, "total")->value, 12);
    const struct ai_finding *f = find(7, "change");
    assert_string_equal(f->sentence,
                        "+10 % up to yesterday, against the same 2 days before (10:00).");
    f = find(7, "biggest_change");
    assert_string_equal(f->sentence, "Beta went from 0:00 to 3:00 (+3:00).");
    today = 0;
    assert_null(find(7, "change"));
    assert_null(find(7, "biggest_change"));
    assert_non_null(find(7, "total"));
}

/* Numbers that round: headline and sentence round in the same way. */
static void test_rounding(void **state)
{
    (void)state;
    add(-7, 1, 74 + 34.4 / 60, 0);
    add(-6, 2, 10, 0);
    add(0, 1, 59 + 12.6 / 60, 0);
    add(1, 2, 25.829, 0);
    const struct ai_finding *f = find(7, "biggest_change");
    assert_string_equal(f->sentence, "Beta went from 10:00 to 25:50 (+15:50).");
    count--;
    f = find(7, "biggest_change");
    assert_string_equal(f->sentence, "Alpha went from 74:34 to 59:13 (-15:21).");
    NEAR(f->value, -15.35);
    add(1, 2, 25.829, 0);
    f = find(7, "change");
    assert_string_equal(f->sentence, "+0.6 % against the 7 days before (84:34).");
    NEAR(f->value, 0.6);
    f = find(7, "concentration");
    assert_string_equal(f->sentence, "As if spread evenly over 1.7 projects; Alpha takes 69.6 %.");
    NEAR(f->value, 1.7);
}

static void test_one_project_only(void **state)
{
    (void)state;
    add(0, 1, 6, 0);
    assert_null(find(7, "concentration"));
    assert_null(find(7, "change"));
    assert_null(find(7, "biggest_change"));
    assert_null(find(7, "unusual_day")); /* five working days, all but one empty: the median is 0 */
}

static void test_one_of_each(void **state)
{
    (void)state;
    add(-1, 1, 4, 0);
    add(0, 1, 6, 3);
    assert_string_equal(find(1, "total")->sentence,
                        "6:00 in all, 50 % of it billable, on 1 project.");
    assert_string_equal(find(1, "change")->sentence, "+50 % against the day before (4:00).");
    add(0, 2, 0.1, 0); /* so little that the index is 1.0 */
    const struct ai_finding *f = find(1, "concentration");
    assert_non_null(strstr(f->sentence, "evenly over 1 project;"));
    assert_string_equal(f->unit, "project");
}

static void test_unusual_day(void **state)
{
    (void)state;
    static const double hours[] = { 8, 8, 8, 2, 8 };
    for (int day = 0; day < 5; day++)
        add(day, 1, hours[day], 0);
    add(5, 1, 12, 0); /* a Saturday is no working day */
    const struct ai_finding *f = find(7, "unusual_day");
    NEAR(f->value, 2);
    assert_string_equal(f->sentence, "2026-03-05 had 2:00 hours; a usual working day has 8:00.");
    assert_int_equal(f->series.count, 5);
}

static void test_level_change(void **state)
{
    (void)state;
    for (int week = 0; week < 4; week++)
        for (int day = 0; day < 5; day++)
            add(7 * week + day, 1, week < 2 ? 8 : 4, 0);
    const struct ai_finding *f = find(28, "level_change");
    NEAR(f->value, -4);
    /* K = 100, n = 20: p = 2 exp(-60000 / 8400) */
    const struct ai_number *p = f->numbers.at;
    NEAR(p->value, 2 * exp(-60000.0 / 8400));
    assert_string_equal(
        f->sentence, "From 2026-03-16 on, a working day has 4:00 hours instead of 8:00 (-4:00).");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_total_and_change, setup),
        cmocka_unit_test_setup(test_a_week_that_has_begun, setup),
        cmocka_unit_test_setup(test_rounding, setup),
        cmocka_unit_test_setup(test_one_project_only, setup),
        cmocka_unit_test_setup(test_one_of_each, setup),
        cmocka_unit_test_setup(test_unusual_day, setup),
        cmocka_unit_test_setup(test_level_change, setup),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
