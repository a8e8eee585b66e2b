/* summary.c: what a team lead asks of a month: how much, on what, what is different. */
#include "summary.h"

#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct share {
    struct id project;
    const char *name;
    int64_t now, done, before; /* done: of now, on days that are over */
};

struct look {
    const struct day_sum *at;
    size_t count;
    struct date from, to;
    struct date over; /* the first day that is not, at most `to` */
    struct findings *out;
    struct share *shares;
    size_t share_count, used; /* used: with time in the period; they come first */
    int64_t now, done, before, billable;
};

static int by_now(const void *a, const void *b)
{
    int64_t x = ((const struct share *)a)->now, y = ((const struct share *)b)->now;
    return (x < y) - (x > y);
}

/* Days that are over are compared with the same ones of the period before. */
static void shares_make(struct look *l)
{
    int until = l->over.day - (l->to.day - l->from.day);
    l->shares = arena_many(l->out->arena, l->count, struct share);
    for (size_t i = 0; i < l->count; i++) {
        const struct day_sum *s = &l->at[i];
        size_t j = 0;
        while (j < l->share_count && !id_equal(l->shares[j].project, s->project))
            j++;
        if (j == l->share_count)
            l->shares[l->share_count++] =
                (struct share){ s->project, s->project_name ? s->project_name : "(no project)", 0,
                                0, 0 };
        if (s->day.day >= l->from.day) {
            int64_t done = s->day.day < l->over.day ? s->seconds : 0;
            l->shares[j].now += s->seconds;
            l->shares[j].done += done;
            l->now += s->seconds;
            l->done += done;
            l->billable += s->billable_s;
        } else if (s->day.day < until) {
            l->shares[j].before += s->seconds;
            l->before += s->seconds;
        }
    }
    qsort(l->shares, l->share_count, sizeof *l->shares, by_now);
    while (l->used < l->share_count && l->shares[l->used].now)
        l->used++;
}

static void find_total(struct look *l)
{
    struct findings *f = l->out;
    if (!l->now)
        return;
    double percent = 100 * (double)l->billable / (double)l->now;
    struct ai_finding *to =
        finding_add(f, "total", "The period in one line",
                    "Sum of all entries; billable share of it", hours_of(l->now), "h",
                    arena_printf(f->arena, "%s in all, %s %% of it billable, on %zu %s.",
                                 hours_text(f->arena, l->now), tenths_text(f->arena, percent),
                                 l->used, word_for((double)l->used, "project", "projects")));
    finding_number(f, to, "billable", hours_of(l->billable), "h");
    for (size_t i = 0; i < l->share_count && i < 8 && l->shares[i].now; i++)
        finding_point(f, to, l->shares[i].name, hours_of(l->shares[i].now), "h");
}

static bool is_whole(const struct look *l)
{
    return l->over.day == l->to.day;
}

static void find_change(struct look *l)
{
    struct findings *f = l->out;
    if (!l->before)
        return;
    int days = l->over.day - l->from.day;
    const char *span = days == 1 ? "day" : arena_printf(f->arena, "%d days", days);
    double change = tenths_of(100 * ((double)l->done / (double)l->before - 1));
    struct ai_finding *to = finding_add(
        f, "change", change < 0 ? "Less than before" : "More than before",
        is_whole(l) ? "Against as many days directly before"
                    : "Up to yesterday, against the same days of the period before",
        change, "%",
        arena_printf(f->arena,
                     is_whole(l) ? "%s%s %% against the %s before (%s)."
                                 : "%s%s %% up to yesterday, against the same %s before (%s).",
                     change > 0 ? "+" : "", tenths_text(f->arena, change), span,
                     hours_text(f->arena, l->before)));
    finding_number(f, to, "before", hours_of(l->before), "h");
    finding_number(f, to, "now", hours_of(l->done), "h");
}

/* Herfindahl's index: the sum of squared shares; 1 is all on one project. */
static void find_concentration(struct look *l)
{
    struct findings *f = l->out;
    double h = 0;
    if (l->used < 2)
        return;
    for (size_t i = 0; i < l->used; i++) {
        double share = (double)l->shares[i].now / (double)l->now;
        h += share * share;
    }
    const char *projects = word_for(1 / h, "project", "projects");
    double top = 100 * (double)l->shares[0].now / (double)l->now;
    struct ai_finding *to = finding_add(
        f, "concentration", "How spread the work is",
        "Herfindahl index of the projects' shares; its inverse is the equivalent number",
        tenths_of(1 / h), projects,
        arena_printf(f->arena, "As if spread evenly over %s %s; %s takes %s %%.",
                     tenths_text(f->arena, 1 / h), projects, l->shares[0].name,
                     tenths_text(f->arena, top)));
    finding_number(f, to, "Herfindahl index", h, "");
    finding_number(f, to, "largest share", top, "%");
}

static void find_biggest_change(struct look *l)
{
    struct findings *f = l->out;
    const struct share *best = NULL;
    for (size_t i = 0; i < l->share_count; i++) {
        const struct share *s = &l->shares[i];
        if (!best || llabs(s->done - s->before) > llabs(best->done - best->before))
            best = s;
    }
    if (!best || !l->before)
        return;
    int64_t shift = shift_of(best->done, best->before);
    if (!shift)
        return;
    struct ai_finding *to = finding_add(
        f, "biggest_change", "The largest shift",
        is_whole(l) ? "Largest difference of a project to the days before"
                    : "Largest difference of a project, up to yesterday, to the same days before",
        hours_of(shift), "h",
        arena_printf(f->arena, "%s went from %s to %s (%s%s).", best->name,
                     hours_text(f->arena, best->before), hours_text(f->arena, best->done),
                     shift > 0 ? "+" : "", hours_text(f->arena, shift)));
    finding_number(f, to, "before", hours_of(best->before), "h");
    finding_number(f, to, "now", hours_of(best->done), "h");
}

/* Hours of each working day (Monday to Friday) of the period that is over, in order. */
static size_t working_days(struct look *l, double *hours, struct date *days)
{
    size_t n = 0, at = 0;
    for (struct date d = l->from; d.day < l->over.day; d.day++) {
        int64_t s = 0;
        while (at < l->count && l->at[at].day.day < d.day)
            at++;
        for (size_t i = at; i < l->count && l->at[i].day.day == d.day; i++)
            s += l->at[i].seconds;
        if (date_weekday(d) < 5) {
            days[n] = d;
            hours[n++] = hours_of(s);
        }
    }
    return n;
}

static void find_days(struct look *l)
{
    struct findings *f = l->out;
    size_t room = (size_t)(l->to.day - l->from.day), far = 0;
    double *hours = arena_many(f->arena, room, double), p;
    struct date *days = arena_many(f->arena, room, struct date);
    size_t n = working_days(l, hours, days);
    if (n < 5)
        return;
    double median = stats_median(f->arena, hours, n),
           mad = fmax(stats_mad(f->arena, hours, n), 0.5);
    for (size_t i = 0; i < n; i++)
        if (fabs(hours[i] - median) > fabs(hours[far] - median))
            far = i;
    if (median > 0 && fabs(hours[far] - median) > 3 * mad) {
        struct ai_finding *to = finding_add(
            f, "unusual_day", "A day unlike the others",
            "Hours per working day against their median; unusual beyond 3 x MAD", hours[far], "h",
            arena_printf(f->arena, "%s had %s hours; a usual working day has %s.",
                         day_text(f->arena, days[far]),
                         hours_text(f->arena, seconds_of_hours(hours[far])),
                         hours_text(f->arena, seconds_of_hours(median))));
        finding_number(f, to, "median", median, "h");
        finding_number(f, to, "MAD x 1.4826", mad, "h");
        for (size_t i = n > FINDING_SERIES ? n - FINDING_SERIES : 0; i < n; i++)
            finding_point(f, to, day_text(f->arena, days[i]), hours[i], "h");
    }
    size_t change = stats_change(hours, n, &p);
    if (p >= 0.05)
        return;
    double old = stats_median(f->arena, hours, change);
    double new = stats_median(f->arena, hours + change, n - change);
    int64_t old_s = seconds_of_hours(old), new_s = seconds_of_hours(new);
    int64_t shift = shift_of(new_s, old_s);
    struct ai_finding *to = finding_add(
        f, "level_change", "The level has changed", "Pettitt's test on hours per working day",
        hours_of(shift), "h/day",
        arena_printf(f->arena, "From %s on, a working day has %s hours instead of %s (%s%s).",
                     day_text(f->arena, days[change]), hours_text(f->arena, new_s),
                     hours_text(f->arena, old_s), shift > 0 ? "+" : "",
                     hours_text(f->arena, shift)));
    finding_number(f, to, "p", p, "");
    finding_number(f, to, "median before", old, "h");
    finding_number(f, to, "median after", new, "h");
}

void summary_find(const struct day_sum *sums, size_t count, struct date from, struct date to,
                  struct date today, struct findings *ret)
{
    struct look l = { .at = sums,
                      .count = count,
                      .from = from,
                      .to = to,
                      .over = today.day < to.day ? today : to,
                      .out = ret };
    shares_make(&l);
    find_total(&l);
    find_change(&l);
    find_concentration(&l);
    find_biggest_change(&l);
    find_days(&l);
}
