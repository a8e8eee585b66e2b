/* stats_test.c: the statistics against numbers worked out by hand. */
#include "stats.h"

#include "base/base.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena a;

#define NEAR(x, y) assert_true(fabs((x) - (y)) < 1e-6)

static void test_median(void **state)
{
    (void)state;
    NEAR(stats_median(&a, (double[]){ 0 }, 0), 0);
    NEAR(stats_median(&a, (double[]){ 7 }, 1), 7);
    NEAR(stats_median(&a, (double[]){ 9, 1, 5 }, 3), 5);
    NEAR(stats_median(&a, (double[]){ 4, 1, 3, 2 }, 4), 2.5);
    const double same[] = { 3, 1, 2 };
    NEAR(stats_median(&a, same, 3), 2);
    NEAR(same[0], 3); /* left as it was */
}

static void test_mad(void **state)
{
    (void)state;
    /* median 3; distances 2 1 0 1 97: their median 1 */
    NEAR(stats_mad(&a, (double[]){ 1, 2, 3, 4, 100 }, 5), 1.4826);
    NEAR(stats_mad(&a, (double[]){ 5, 5, 5 }, 3), 0);
}

static void test_slope(void **state)
{
    (void)state;
    NEAR(stats_slope(&a, (double[]){ 1 }, 1), 0);
    NEAR(stats_slope(&a, (double[]){ 1, 3, 5, 7 }, 4), 2);
    /* pairs: 1, 1, 33, 1, 48.5, 96; sorted 1 1 1 33 48.5 96: median 17 */
    NEAR(stats_slope(&a, (double[]){ 1, 2, 3, 100 }, 4), (1 + 33) / 2.0);
    NEAR(stats_slope(&a, (double[]){ 4, 4, 4, 4 }, 4), 0);
}

static void test_trend(void **state)
{
    (void)state;
    NEAR(stats_trend_p((double[]){ 1, 2, 3 }, 3), 1); /* too few */
    NEAR(stats_trend_p((double[]){ 2, 2, 2, 2 }, 4), 1);
    /* rising 1..8: S = 28, variance 8*7*21/18 = 65.333, z = 27/8.08290 = 3.34038, p = 0.00083665 */
    double up = stats_trend_p((double[]){ 1, 2, 3, 4, 5, 6, 7, 8 }, 8);
    assert_true(fabs(up - 0.00083665) < 1e-6);
    NEAR(stats_trend_p((double[]){ 8, 7, 6, 5, 4, 3, 2, 1 }, 8), up);
    /* 1 1 2 2: S = 4, variance (4*3*13 - 2*(2*1*9))/18 = 120/18, z = 3/2.58199, p = 0.24528 */
    assert_true(fabs(stats_trend_p((double[]){ 1, 1, 2, 2 }, 4) - 0.245278) < 1e-5);
}

static void test_change(void **state)
{
    double p;
    (void)state;
    assert_int_equal(stats_change((double[]){ 1, 2, 3, 4, 5, 6, 7 }, 7, &p), 0); /* too few */
    NEAR(p, 1);
    /* five of one level, five of another: K = 25, p = 2 exp(-6*625/1100) = 0.0661 */
    size_t at = stats_change((double[]){ 2, 2, 2, 2, 2, 6, 6, 6, 6, 6 }, 10, &p);
    assert_int_equal(at, 5);
    NEAR(p, 2 * exp(-6.0 * 625 / 1100));
    stats_change((double[]){ 3, 3, 3, 3, 3, 3, 3, 3 }, 8, &p);
    NEAR(p, 1);
}

static int done(void **state)
{
    (void)state;
    arena_done(&a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_median), cmocka_unit_test(test_mad),    cmocka_unit_test(test_slope),
        cmocka_unit_test(test_trend),  cmocka_unit_test(test_change),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
