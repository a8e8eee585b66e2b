/* stats.h: robust statistics on small arrays: few numbers, outliers expected, no assumption of a
   normal distribution. Inputs are not changed; `a` is for scratch. */
#ifndef VOW_AI_STATS_H
#define VOW_AI_STATS_H

#include "base/arena.h"

/* The median; 0 of nothing. */
double stats_median(struct arena *a, const double *x, size_t n);

/* The median absolute deviation, times 1.4826 so that it estimates a standard deviation. */
double stats_mad(struct arena *a, const double *x, size_t n);

/* Theil and Sen's slope per step: the median of all pairwise slopes; 0 of fewer than 2. */
double stats_slope(struct arena *a, const double *y, size_t n);

/* Mann and Kendall's test of a monotone trend, two-sided, with the correction for ties: the
   probability of such a sequence without a trend; 1 of fewer than 4. */
double stats_trend_p(const double *y, size_t n);

/* Pettitt's test: where a sequence changes its level; *p is the approximate probability without a
   change. Returns the index of the first value of the new level; 0 of fewer than 8. */
size_t stats_change(const double *y, size_t n, double *p);

#endif
