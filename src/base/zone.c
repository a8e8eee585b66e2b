/* zone.c: what clocks show, and when. */
#include "zone_parts.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

/* A stretch of time with one offset: from <= t < until. */
struct stretch {
    int64_t from, until;
    int offset;
};

static int64_t seconds_of(struct instant t)
{
    return t.us / 1000000 - (t.us % 1000000 < 0);
}

static int64_t day_seconds(struct date d)
{
    return seconds_of(date_start_utc(d));
}

static struct date date_of_seconds(int64_t s)
{
    return instant_date_utc((struct instant){ s * 1000000 });
}

/* Seconds of UTC at which a change happens in a year, given the offset before it. */
static int64_t change_at(const struct change *c, int year, int before)
{
    struct date d;
    if (c->form == 'M') {
        struct date first = date_of(year, c->month, 1);
        int sunday = (date_weekday(first) + 1) % 7;
        int next_month =
            c->month == 12 ? date_of(year + 1, 1, 1).day : date_of(year, c->month + 1, 1).day;
        d.day = first.day + (c->day - sunday + 7) % 7 + (c->week - 1) * 7;
        while (d.day >= next_month)
            d.day -= 7;
    } else {
        bool leap = date_of(year, 3, 1).day - date_of(year, 2, 1).day == 29;
        int skip = c->form == 'J' ? (leap && c->day >= 60) - 1 : 0;
        d.day = date_of(year, 1, 1).day + c->day + skip;
    }
    return day_seconds(d) + c->second - before;
}

/* The stretch of the rule that holds t, cut off at `floor`. */
static struct stretch stretch_of_rule(const struct rule *r, int64_t t, int64_t floor)
{
    struct stretch s = { floor, INT64_MAX, r->standard };
    if (!r->changes)
        return s;
    int year, month, day;
    date_split(date_of_seconds(t), &year, &month, &day);
    for (int y = year - 1; y <= year + 1; y++) {
        struct transition two[2] = { { change_at(&r->start, y, r->standard), r->summer },
                                     { change_at(&r->end, y, r->summer), r->standard } };
        int early = two[0].at <= two[1].at ? 0 : 1;
        for (int i = 0; i < 2; i++) {
            const struct transition *x = &two[i ? !early : early];
            if (x->at <= t) {
                s.from = x->at > floor ? x->at : floor;
                s.offset = x->offset;
            } else if (x->at < s.until) {
                s.until = x->at;
            }
        }
    }
    return s;
}

static struct stretch stretch_at(const struct zone *z, int64_t t)
{
    if (!z->count || t < z->transition[0].at) {
        if (!z->count && z->rule.given)
            return stretch_of_rule(&z->rule, t, INT64_MIN);
        return (struct stretch){ INT64_MIN, z->count ? z->transition[0].at : INT64_MAX, z->first };
    }
    size_t low = 0, high = z->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (z->transition[middle].at <= t)
            low = middle;
        else
            high = middle;
    }
    if (high < z->count)
        return (struct stretch){ z->transition[low].at, z->transition[high].at,
                                 z->transition[low].offset };
    if (z->rule.given)
        return stretch_of_rule(&z->rule, t, z->transition[low].at);
    return (struct stretch){ z->transition[low].at, INT64_MAX, z->transition[low].offset };
}

static int64_t local_seconds(const struct zone *z, struct instant t)
{
    int64_t s = seconds_of(t);
    return s + stretch_at(z, s).offset;
}

struct date zone_date(const struct zone *z, struct instant t)
{
    return date_of_seconds(local_seconds(z, t));
}

int zone_second(const struct zone *z, struct instant t)
{
    int64_t local = local_seconds(z, t);
    return (int)(local - day_seconds(date_of_seconds(local)));
}

void zone_format(const struct zone *z, struct instant t, char to[INSTANT_TEXT])
{
    int64_t s = seconds_of(t);
    int offset = stretch_at(z, s).offset, minutes = abs(offset) / 60;
    instant_format((struct instant){ (s + offset) * 1000000 }, to);
    char *zone = to + strlen(to) - strlen(".000Z");
    zone[0] = offset < 0 ? '-' : '+';
    zone[1] = (char)('0' + minutes / 600);
    zone[2] = (char)('0' + minutes / 60 % 10);
    zone[3] = ':';
    zone[4] = (char)('0' + minutes % 60 / 10);
    zone[5] = (char)('0' + minutes % 10);
    zone[6] = 0;
}

struct instant zone_instant(const struct zone *z, struct date d, int64_t second, bool later,
                            enum zone_times *times)
{
    int64_t local = day_seconds(d) + second, found[2] = { 0, 0 };
    int hits = 0;
    struct stretch s = stretch_at(z, local - 2 * DAY);
    int64_t gap = local - s.offset;
    for (;;) {
        int64_t t = local - s.offset;
        if (t >= s.from && t < s.until && hits < 2)
            found[hits++] = t;
        if (s.until > local + 2 * DAY)
            break;
        if (t >= s.until) /* the clock had not come so far when this offset ended */
            gap = t;
        s = stretch_at(z, s.until);
    }
    if (times)
        *times = hits == 0 ? ZONE_NEVER : hits == 1 ? ZONE_ONCE : ZONE_TWICE;
    int64_t t = hits == 0 ? gap : found[later && hits == 2];
    return (struct instant){ t * 1000000 };
}

struct instant zone_day_start(const struct zone *z, struct date d)
{
    int64_t local = day_seconds(d);
    for (struct stretch s = stretch_at(z, local - 2 * DAY);; s = stretch_at(z, s.until)) {
        int64_t t = local - s.offset;
        if (t < s.from)
            t = s.from;
        if (t < s.until)
            return (struct instant){ t * 1000000 };
    }
}

struct span zone_day_length(const struct zone *z, struct date d)
{
    return instant_minus(zone_day_start(z, (struct date){ d.day + 1 }), zone_day_start(z, d));
}

struct date zone_day(const struct zone *z, struct instant t)
{
    struct date d = zone_date(z, t);
    while (zone_day_start(z, (struct date){ d.day + 1 }).us <= t.us)
        d.day++;
    return d;
}

const struct zone *zone_utc(void)
{
    static const struct zone utc;
    return &utc;
}
