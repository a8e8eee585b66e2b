/* split.c: cuts at the midnights of a zone. */
#include "split.h"

struct split split_start(const struct zone *z, struct instant from, struct instant until,
                         int64_t amount_minor)
{
    return (struct split){ .zone = z,
                           .at = from,
                           .until = until,
                           .amount_minor = amount_minor,
                           .total = instant_minus(until, from).s,
                           .seconds = -1 };
}

/* What the first `seconds` of the whole cost, rounded half up. */
static int64_t amount_until(const struct split *s, int64_t seconds)
{
    if (seconds >= s->total)
        return s->amount_minor;
    return (int64_t)(((__int128)s->amount_minor * seconds * 2 + s->total) / (2 * s->total));
}

bool split_next(struct split *s, struct split_part *ret)
{
    bool first = s->seconds < 0;
    if (s->at.us >= s->until.us && !first)
        return false;
    struct date day = zone_day(s->zone, s->at);
    struct instant end = zone_day_start(s->zone, (struct date){ day.day + 1 });
    if (end.us > s->until.us)
        end = s->until;
    struct span length = instant_minus(end, s->at);
    int64_t done = first ? 0 : s->seconds, before = first ? 0 : amount_until(s, done);
    s->seconds = done + length.s;
    s->at = end;
    *ret = (struct split_part){ day, length, amount_until(s, s->seconds) - before };
    return true;
}
