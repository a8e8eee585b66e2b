/* stats.c: medians, pairwise slopes and rank tests, by their textbook formulas. */
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double stats_median(struct arena *a, const double *x, size_t n)
{
    if (!n)
        return 0;
    double *sorted = arena_copy(a, x, n * sizeof *x);
    qsort(sorted, n, sizeof *sorted, ascending);
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double stats_mad(struct arena *a, const double *x, size_t n)
{
    double median = stats_median(a, x, n), *off = arena_many(a, n, double);
    for (size_t i = 0; i < n; i++)
        off[i] = fabs(x[i] - median);
    return 1.4826 * stats_median(a, off, n);
}

double stats_slope(struct arena *a, const double *y, size_t n)
{
    if (n < 2)
        return 0;
    double *slopes = arena_many(a, n * (n - 1) / 2, double);
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            slopes[k++] = (y[j] - y[i]) / (double)(j - i);
    return stats_median(a, slopes, k);
}

/* The variance of Mann and Kendall's S, smaller by what ties take away. */
static double kendall_variance(const double *y, size_t n)
{
    double m = (double)n, v = m * (m - 1) * (2 * m + 5);
    for (size_t i = 0; i < n; i++) {
        size_t ties = 0, before = 0;
        for (size_t j = 0; j < n; j++) {
            ties += y[j] == y[i];
            before += j < i && y[j] == y[i];
        }
        double t = (double)ties;
        if (!before)
            v -= t * (t - 1) * (2 * t + 5);
    }
    return v / 18;
}

double stats_trend_p(const double *y, size_t n)
{
    double s = 0;
    if (n < 4)
        return 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            s += (y[j] > y[i]) - (y[j] < y[i]);
    double v = kendall_variance(y, n);
    if (v <= 0 || s == 0)
        return 1;
    double z = (s - (s > 0 ? 1 : -1)) / sqrt(v);
    return erfc(fabs(z) / sqrt(2));
}

size_t stats_change(const double *y, size_t n, double *p)
{
    double u = 0, best = 0;
    size_t at = 0;
    *p = 1;
    if (n < 8)
        return 0;
    for (size_t t = 0; t + 1 < n; t++) {
        for (size_t j = 0; j < n; j++)
            u += (y[t] > y[j]) - (y[t] < y[j]);
        if (fabs(u) > best) {
            best = fabs(u);
            at = t + 1;
        }
    }
    double m = (double)n;
    *p = fmin(1, 2 * exp(-6 * best * best / (m * m * m + m * m)));
    return at;
}
