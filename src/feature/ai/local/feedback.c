/* feedback.c: work-life signals, the own baseline and rhythm, and entries that look like slips. */
#include "feedback.h"

#include "stats.h"

#include "feature/time/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MINUTE_S = 60,
    LONG_DAY_S = 10 * 3600,
    STRETCH_S = 6 * 3600, /* work without a break that is longer than this is named */
    BREAK_S = 15 * 60,
    FORGOTTEN_S = 12 * 3600,
    LATE_FROM_S = 22 * 3600,
    LATE_UNTIL_S = 6 * 3600,
};

struct look {
    const struct worked *at; /* entries of the period whose clock times say something */
    size_t count;
    const struct worked *all;
    size_t all_count;
    const struct zone *zone;
    struct date from, to;
    struct date over; /* the first day that is not, at most `to` */
    int64_t *day_s;   /* seconds of each day from the first of the baseline up to `to` */
    struct findings *out;
};

#define CLOCKED "; hours typed into the week sheet left out"

static int64_t seconds_of(const struct worked *w)
{
    return instant_minus(w->end, w->start).s;
}

/* Whether it has a length of time that somebody chose. */
static bool has_times(const struct worked *w)
{
    return !w->placed && w->start.us < w->end.us;
}

static int64_t day_seconds(const struct look *l, struct date day)
{
    return l->day_s[day.day - (l->from.day - BASELINE_DAYS)];
}

static void days_sum(struct look *l)
{
    struct split_part part;
    int first = l->from.day - BASELINE_DAYS;
    l->day_s = arena_many(l->out->arena, (size_t)(l->to.day - first), int64_t);
    for (size_t i = 0; i < l->all_count; i++) {
        const struct worked *w = &l->all[i];
        struct split s = split_start(w->zone, w->start, w->end, 0);
        while (split_next(&s, &part))
            if (part.day.day >= first && part.day.day < l->to.day)
                l->day_s[part.day.day - first] += part.length.s;
    }
}

/* Seconds of an entry on days of the period, and whether one of those is a long day. */
static int64_t seconds_within(const struct look *l, const struct worked *w, bool *on_long_day)
{
    int64_t sum = 0;
    struct split_part part;
    struct split s = split_start(w->zone, w->start, w->end, 0);
    *on_long_day = false;
    while (split_next(&s, &part)) {
        if (part.day.day < l->from.day || part.day.day >= l->to.day)
            continue;
        sum += part.length.s;
        *on_long_day |= day_seconds(l, part.day) > LONG_DAY_S;
    }
    return sum;
}

static void find_long_days(struct look *l)
{
    struct findings *f = l->out;
    struct ai_finding *to = NULL;
    int64_t longest = 0;
    int days = 0;
    struct date worst = { 0 };
    for (struct date d = l->from; d.day < l->to.day; d.day++) {
        int64_t s = day_seconds(l, d);
        days += s > LONG_DAY_S;
        if (s > longest) {
            longest = s;
            worst = d;
        }
    }
    if (!days)
        return;
    const char *sentence =
        arena_printf(f->arena, "%d %s more than 10 hours; the longest, %s, had %s.", days,
                     word_for(days, "day had", "days had"), day_text(f->arena, worst),
                     hours_text(f->arena, longest));
    to = finding_add(f, "long_day", "Long days", "Sum of entries per local day, above 10:00",
                     hours_of(longest), "h", sentence);
    finding_number(f, to, "days above 10:00", days, word_for(days, "day", "days"));
    for (size_t i = 0; i < l->all_count; i++) {
        bool on_long_day;
        seconds_within(l, &l->all[i], &on_long_day);
        if (on_long_day)
            finding_row(f, to, l->all[i].id);
    }
}

/* A stretch goes on while the next entry begins less than a break after the end so far. */
static void find_missing_breaks(struct look *l)
{
    struct findings *f = l->out;
    size_t best = 0, best_end = 0, stretches = 0;
    int64_t longest = 0;
    for (size_t i = 0; i < l->count;) {
        struct instant end = l->at[i].end;
        size_t j = i + 1;
        for (; j < l->count && l->at[j].start.us - end.us < BREAK_S * INT64_C(1000000); j++)
            if (l->at[j].end.us > end.us)
                end = l->at[j].end;
        int64_t s = (end.us - l->at[i].start.us) / 1000000;
        stretches += s > STRETCH_S;
        if (s > longest) {
            longest = s;
            best = i;
            best_end = j;
        }
        i = j;
    }
    if (!stretches)
        return;
    struct ai_finding *to = finding_add(
        f, "missing_break", "Work without a break",
        "Entries joined while gaps are under 15 minutes; stretches above 6:00" CLOCKED,
        hours_of(longest), "h",
        arena_printf(f->arena,
                     "%zu %s longer than 6 hours without a break of 15 minutes; the longest was %s "
                     "on %s.",
                     stretches, word_for((double)stretches, "stretch was", "stretches were"),
                     hours_text(f->arena, longest), day_text(f->arena, l->at[best].day)));
    finding_number(f, to, "stretches above 6:00", (double)stretches,
                   word_for((double)stretches, "stretch", "stretches"));
    for (size_t i = best; i < best_end; i++)
        finding_row(f, to, l->at[i].id);
}

/* Seconds of an entry that lie before 06:00 or after 22:00 on local clocks: clocks change, and both
   begin, at a quarter of an hour. */
static int64_t late_seconds(const struct look *l, const struct worked *w)
{
    int64_t late = 0;
    for (int64_t at = w->start.us, step; at < w->end.us; at += step * 1000000) {
        int second = zone_second(l->zone, (struct instant){ at });
        int64_t left = (w->end.us - at + 999999) / 1000000;
        step = 900 - second % 900;
        step = left < step ? left : step;
        if (second >= LATE_FROM_S || second < LATE_UNTIL_S)
            late += step;
    }
    return late;
}

static void find_late_work(struct look *l)
{
    struct findings *f = l->out;
    int64_t total = 0;
    size_t entries = 0;
    for (size_t i = 0; i < l->count; i++) {
        int64_t s = late_seconds(l, &l->at[i]);
        total += s;
        entries += s > 0;
    }
    if (!total)
        return;
    struct ai_finding *to = finding_add(
        f, "late_work", "Late work", "Time between 22:00 and 06:00 on local clocks, summed" CLOCKED,
        hours_of(total), "h",
        arena_printf(f->arena, "%s of work lay between 22:00 and 06:00, in %zu %s.",
                     hours_text(f->arena, total), entries,
                     word_for((double)entries, "entry", "entries")));
    finding_number(f, to, "entries", (double)entries,
                   word_for((double)entries, "entry", "entries"));
    for (size_t i = 0; i < l->count; i++)
        if (late_seconds(l, &l->at[i]))
            finding_row(f, to, l->at[i].id);
}

static void find_forgotten(struct look *l)
{
    struct findings *f = l->out;
    size_t n = 0;
    int64_t longest = 0;
    for (size_t i = 0; i < l->count; i++) {
        n += seconds_of(&l->at[i]) > FORGOTTEN_S;
        if (seconds_of(&l->at[i]) > longest)
            longest = seconds_of(&l->at[i]);
    }
    if (!n)
        return;
    struct ai_finding *to = finding_add(
        f, "forgotten_timer", "Possibly forgotten timers", "Single entries above 12:00" CLOCKED,
        hours_of(longest), "h",
        arena_printf(f->arena, "%zu %s longer than 12 hours, up to %s; was the timer left on?", n,
                     word_for((double)n, "entry is", "entries are"),
                     hours_text(f->arena, longest)));
    for (size_t i = 0; i < l->count; i++)
        if (seconds_of(&l->at[i]) > FORGOTTEN_S)
            finding_row(f, to, l->at[i].id);
}

/* Marks the entries that share time with another one, as lists do; the seconds of the period that
   are counted twice. Sorted by start, an entry overlaps an earlier one when it begins before the
   last end so far, and a later one when the next begins before its own. */
static int64_t overlaps_mark(const struct look *l, bool *shares)
{
    int64_t twice = 0;
    struct instant end = { 0 };
    const struct worked *last = NULL;
    for (const struct worked *w = l->all; w < l->all + l->all_count; w++) {
        if (!has_times(w))
            continue;
        int64_t until = w->end.us < end.us ? w->end.us : end.us;
        shares[w - l->all] = w->start.us < end.us;
        if (last && w->start.us < last->end.us)
            shares[last - l->all] = true;
        if (w->start.us < until && w->day.day >= l->from.day)
            twice += (until - w->start.us) / 1000000;
        if (w->end.us > end.us)
            end = w->end;
        last = w;
    }
    return twice;
}

static void find_overlaps(struct look *l)
{
    struct findings *f = l->out;
    bool *shares = arena_many(f->arena, l->all_count + 1, bool);
    int64_t twice = overlaps_mark(l, shares);
    size_t n = 0;
    for (size_t i = 0; i < l->all_count; i++)
        n += shares[i] && l->all[i].day.day >= l->from.day;
    if (!n)
        return;
    struct ai_finding *to = finding_add(
        f, "overlap", "Overlapping entries", "Entries that share time with another one" CLOCKED,
        hours_of(twice), "h",
        arena_printf(f->arena, "%zu %s; %s is counted twice.", n,
                     word_for((double)n, "entry overlaps another", "entries overlap others"),
                     hours_text(f->arena, twice)));
    finding_number(f, to, "entries", (double)n, word_for((double)n, "entry", "entries"));
    for (size_t i = 0; i < l->all_count; i++)
        if (shares[i] && l->all[i].day.day >= l->from.day)
            finding_row(f, to, l->all[i].id);
}

static const char *weeks_before(struct arena *a, size_t n)
{
    return arena_printf(a, "%zu %s before", n, word_for((double)n, "week", "weeks"));
}

/* Hours of the weeks before that have any; too few say nothing. */
static size_t weeks_worked(const struct look *l, double weeks[BASELINE_WEEKS])
{
    size_t n = 0;
    for (int w = BASELINE_WEEKS; w > 0; w--) {
        int64_t s = 0;
        for (int d = 0; d < 7; d++)
            s += day_seconds(l, (struct date){ l->from.day - 7 * w + d });
        if (s)
            weeks[n++] = hours_of(s);
    }
    return n < 4 ? 0 : n;
}

/* The period against the own weeks before it: hours per week, median and MAD. What has only begun
   is no week yet. */
static void find_baseline(struct look *l)
{
    struct findings *f = l->out;
    double weeks[BASELINE_WEEKS];
    size_t n = weeks_worked(l, weeks);
    if (!n || l->over.day < l->to.day)
        return;
    int64_t total = 0;
    for (struct date d = l->from; d.day < l->to.day; d.day++)
        total += day_seconds(l, d);
    int64_t now_s = seconds_of_hours((double)total / 3600 * 7 / (double)(l->to.day - l->from.day));
    double now = hours_of(now_s);
    double median = stats_median(f->arena, weeks, n), mad = stats_mad(f->arena, weeks, n);
    double spread = fmax(mad, 1);
    bool unusual = fabs(now - median) > 3 * spread;
    struct ai_finding *to = finding_add(
        f, "baseline", unusual ? "Not a usual week" : "A usual week",
        "Hours per week against the median of your weeks before; unusual beyond 3 x MAD", now,
        "h/week",
        arena_printf(f->arena,
                     "%s hours a week, against a usual %s (half of the weeks are within %s of it).",
                     hours_text(f->arena, now_s), hours_text(f->arena, seconds_of_hours(median)),
                     hours_text(f->arena, seconds_of_hours(mad / 1.4826))));
    finding_number(f, to, "median of the weeks before", median, "h");
    finding_number(f, to, "MAD x 1.4826", mad, "h");
    finding_number(f, to, "weeks", (double)n, "weeks");
    for (size_t i = 0; i < n; i++)
        finding_point(f, to, weeks_before(f->arena, n - i), weeks[i], "h");
    finding_point(f, to, "now", now, "h");
}

static void find_trend(struct look *l)
{
    struct findings *f = l->out;
    double weeks[BASELINE_WEEKS];
    size_t n = weeks_worked(l, weeks);
    if (!n)
        return;
    double slope = stats_slope(f->arena, weeks, n), p = stats_trend_p(weeks, n);
    if (p >= 0.05)
        return;
    int64_t slope_s = seconds_of_hours(slope);
    struct ai_finding *to = finding_add(
        f, "trend", slope > 0 ? "Hours a week are rising" : "Hours a week are falling",
        "Theil-Sen slope of hours per week; Mann-Kendall test", hours_of(slope_s), "h each week",
        arena_printf(f->arena,
                     "Over the %zu weeks before, each week had about %s hours %s than the one "
                     "before.",
                     n, hours_text(f->arena, llabs(slope_s)), slope > 0 ? "more" : "less"));
    finding_number(f, to, "p", p, "");
    for (size_t i = 0; i < n; i++)
        finding_point(f, to, weeks_before(f->arena, n - i), weeks[i], "h");
}

static void find_rhythm(struct look *l)
{
    static const char *const names[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                         "Friday", "Saturday", "Sunday" };
    struct findings *f = l->out;
    int64_t sum[7] = { 0 };
    int days[7] = { 0 }, top = 0, used = 0;
    double mean[7];
    for (struct date d = { l->from.day - BASELINE_DAYS }; d.day < l->over.day; d.day++) {
        int64_t s = day_seconds(l, d);
        int w = date_weekday(d);
        sum[w] += s;
        days[w] += s > 0;
    }
    for (int w = 0; w < 7; w++) {
        mean[w] = days[w] ? (double)sum[w] / 3600 / days[w] : 0;
        used += days[w];
        if (mean[w] > mean[top])
            top = w;
    }
    if (used < 5)
        return;
    int64_t top_s = seconds_of_hours(mean[top]);
    struct ai_finding *to = finding_add(
        f, "rhythm", "The rhythm of the week", "Mean hours of the days worked, per weekday",
        hours_of(top_s), "h",
        arena_printf(f->arena, "%s is the fullest day: %s hours on average, over %d %s worked.",
                     names[top], hours_text(f->arena, top_s), days[top],
                     word_for(days[top], "day", "days")));
    for (int w = 0; w < 7; w++)
        finding_point(f, to, names[w], mean[w], "h");
}

struct share {
    struct id project;
    const char *name;
    int64_t seconds;
};

static int by_seconds(const void *a, const void *b)
{
    int64_t x = ((const struct share *)a)->seconds, y = ((const struct share *)b)->seconds;
    return (x < y) - (x > y);
}

static void find_where_time_went(struct look *l)
{
    struct findings *f = l->out;
    struct share *shares = arena_many(f->arena, l->all_count, struct share);
    size_t n = 0, entries = 0;
    int64_t total = 0;
    for (size_t i = 0; i < l->all_count; i++) {
        const struct worked *w = &l->all[i];
        bool on_long_day;
        int64_t seconds = seconds_within(l, w, &on_long_day);
        size_t j = 0;
        if (!seconds)
            continue;
        entries++;
        while (j < n && !id_equal(shares[j].project, w->project))
            j++;
        if (j == n)
            shares[n++] = (struct share){ w->project, w->project_name, 0 };
        shares[j].seconds += seconds;
        total += seconds;
    }
    if (total < MINUTE_S)
        return;
    qsort(shares, n, sizeof *shares, by_seconds);
    double percent = 100 * (double)shares[0].seconds / (double)total;
    const char *name = shares[0].name ? shares[0].name : "(no project)";
    struct ai_finding *to = finding_add(
        f, "where_time_went", "Where the time went",
        "Sum of entries per project, share of the total", hours_of(total), "h",
        arena_printf(f->arena, "%s in all; the most, %s %%, on %s.", hours_text(f->arena, total),
                     tenths_text(f->arena, percent), name));
    finding_number(f, to, "entries", (double)entries,
                   word_for((double)entries, "entry", "entries"));
    for (size_t i = 0; i < n && i < 8; i++)
        finding_point(f, to, shares[i].name ? shares[i].name : "(no project)",
                      hours_of(shares[i].seconds), "h");
}

void feedback_find(const struct worked *entries, size_t count, const struct zone *zone,
                   struct date from, struct date to, struct date today, struct findings *ret)
{
    size_t first = 0, last;
    while (first < count && entries[first].day.day < from.day)
        first++;
    struct worked *at = arena_many(ret->arena, count + 1, struct worked);
    size_t n = 0;
    for (last = first; last < count && entries[last].day.day < to.day; last++)
        if (has_times(&entries[last]))
            at[n++] = entries[last];
    struct look l = { .at = at,
                      .count = n,
                      .all = entries,
                      .all_count = last,
                      .zone = zone,
                      .from = from,
                      .to = to,
                      .over = today.day < to.day ? today : to,
                      .out = ret };
    days_sum(&l);
    find_where_time_went(&l);
    find_baseline(&l);
    find_trend(&l);
    find_rhythm(&l);
    find_long_days(&l);
    find_missing_breaks(&l);
    find_late_work(&l);
    find_forgotten(&l);
    find_overlaps(&l);
}
