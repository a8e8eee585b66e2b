/* zone.c: reads TZif files and answers what clocks show and when. */
#include "zone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAY = 86400, FILE_MAX = 65536, TRANSITIONS_MAX = 4096, NAME_MAX_LENGTH = 64 };

/* When one of the two yearly changes of a POSIX rule happens. */
struct change {
    char form;            /* 'M' month.week.day, 'J' day without 29 February, 'D' day from 0 */
    int month, week, day; /* day is the day of the year for J and D, the weekday (0 Sunday) for M */
    int second;           /* of that day by the clock before the change; may be negative */
};

struct rule {
    bool given, changes;
    int standard, summer; /* seconds east */
    struct change start, end;
};

struct transition {
    int64_t at; /* seconds since the epoch */
    int offset; /* from then on */
};

struct zone {
    int first; /* offset before the first transition */
    size_t count;
    struct transition *transition;
    struct rule rule; /* from the last transition on */
};

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

int zone_offset(const struct zone *z, struct instant t)
{
    return stretch_at(z, seconds_of(t)).offset;
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
    int s = zone_second(z, t), minutes = abs(zone_offset(z, t)) / 60;
    date_format(zone_date(z, t), to);
    size_t n = strlen(to);
    snprintf(to + n, INSTANT_TEXT - n, "T%02d:%02d:%02d%c%02d:%02d", s / 3600, s / 60 % 60, s % 60,
             zone_offset(z, t) < 0 ? '-' : '+', minutes / 60, minutes % 60);
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

/* --- TZif --- */

struct reader {
    const unsigned char *at, *end;
    bool bad;
};

static int64_t read_int(struct reader *r, int bytes)
{
    if (r->end - r->at < bytes) {
        r->bad = true;
        return 0;
    }
    uint64_t value = r->at[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | r->at[i];
    r->at += bytes;
    return (int64_t)value;
}

static const unsigned char *read_bytes(struct reader *r, int64_t n)
{
    if (n < 0 || n > r->end - r->at) {
        r->bad = true;
        return NULL;
    }
    const unsigned char *from = r->at;
    r->at += n;
    return from;
}

struct counts {
    int64_t utc, standard, leap, time, type, chars;
};

static bool read_header(struct reader *r, struct counts *ret)
{
    const unsigned char *magic = read_bytes(r, 20);
    if (!magic || memcmp(magic, "TZif", 4) || magic[4] < '2')
        return false;
    struct counts c;
    int64_t *each[] = { &c.utc, &c.standard, &c.leap, &c.time, &c.type, &c.chars };
    for (size_t i = 0; i < LENGTH(each); i++) {
        *each[i] = read_int(r, 4);
        if (*each[i] < 0 || *each[i] > TRANSITIONS_MAX)
            return false;
    }
    *ret = c;
    return !r->bad;
}

/* --- the footer: a POSIX TZ rule --- */

static bool skip_name(const char **at)
{
    const char *p = *at;
    if (*p == '<') {
        p = strchr(p, '>');
        if (!p)
            return false;
        *at = p + 1;
        return true;
    }
    while ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'))
        p++;
    bool named = p - *at >= 3;
    *at = p;
    return named;
}

static bool read_number(const char **at, int max, int *ret)
{
    const char *p = *at;
    int value = 0;
    for (; *p >= '0' && *p <= '9' && value <= max; p++)
        value = value * 10 + (*p - '0');
    if (p == *at || value > max)
        return false;
    *at = p;
    *ret = value;
    return true;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool read_clock(const char **at, int *ret)
{
    int sign = **at == '-' ? -1 : 1, h, m = 0, s = 0;
    if (**at == '-' || **at == '+')
        ++*at;
    if (!read_number(at, 167, &h))
        return false;
    if (**at == ':' && (++*at, !read_number(at, 59, &m)))
        return false;
    if (**at == ':' && (++*at, !read_number(at, 59, &s)))
        return false;
    *ret = sign * (h * 3600 + m * 60 + s);
    return true;
}

static bool read_change(const char **at, struct change *ret)
{
    struct change c = { .second = 7200 };
    if (*(*at)++ != ',')
        return false;
    c.form = **at == 'M' || **at == 'J' ? *(*at)++ : 'D';
    if (c.form == 'M') {
        if (!read_number(at, 12, &c.month) || *(*at)++ != '.' || !read_number(at, 5, &c.week) ||
            *(*at)++ != '.' || !read_number(at, 6, &c.day) || c.month < 1 || c.week < 1)
            return false;
    } else if (!read_number(at, 365, &c.day) || (c.form == 'J' && c.day < 1)) {
        return false;
    }
    if (**at == '/' && (++*at, !read_clock(at, &c.second)))
        return false;
    *ret = c;
    return true;
}

static bool read_rule(const char *text, struct rule *ret)
{
    struct rule r = { .given = true };
    const char *at = text;
    if (!*text)
        return true;
    if (!skip_name(&at) || !read_clock(&at, &r.standard))
        return false;
    r.standard = -r.standard; /* POSIX counts westwards */
    r.summer = r.standard + 3600;
    if (*at) {
        if (!skip_name(&at))
            return false;
        if (*at != ',') {
            if (!read_clock(&at, &r.summer))
                return false;
            r.summer = -r.summer;
        }
        if (!read_change(&at, &r.start) || !read_change(&at, &r.end) || *at)
            return false;
        r.changes = true;
    }
    *ret = r;
    return true;
}

static bool read_footer(struct reader *r, struct rule *ret)
{
    char text[256];
    size_t n = (size_t)(r->end - r->at);
    if (n < 2 || n - 2 >= sizeof text || r->at[0] != '\n' || r->at[n - 1] != '\n' ||
        memchr(r->at, 0, n))
        return false;
    memcpy(text, r->at + 1, n - 2);
    text[n - 2] = 0;
    return read_rule(text, ret);
}

static bool read_zone(struct reader *r, const struct counts *c, struct zone *z)
{
    const unsigned char *times = read_bytes(r, c->time * 8);
    const unsigned char *kinds = read_bytes(r, c->time);
    const unsigned char *types = read_bytes(r, c->type * 6);
    int offset[256];
    if (!read_bytes(r, c->chars + c->standard + c->utc) || r->bad || c->leap || c->type < 1 ||
        c->type > (int64_t)LENGTH(offset))
        return false;
    for (int64_t i = 0; i < c->type; i++) {
        struct reader one = { types + i * 6, types + i * 6 + 4, false };
        int64_t o = read_int(&one, 4);
        if (o <= -26 * 3600 || o >= 26 * 3600)
            return false;
        offset[i] = (int)o;
    }
    z->first = offset[0];
    z->transition = calloc((size_t)c->time + 1, sizeof *z->transition);
    if (!z->transition)
        abort();
    for (int64_t i = 0; i < c->time; i++) {
        struct reader one = { times + i * 8, times + i * 8 + 8, false };
        if (kinds[i] >= c->type)
            return false;
        struct transition t = { read_int(&one, 8), offset[kinds[i]] };
        if (i > 0 && t.at <= z->transition[i - 1].at)
            return false;
        z->transition[z->count++] = t;
    }
    return read_footer(r, &z->rule);
}

struct zone *zone_read(const void *bytes, size_t n)
{
    struct reader r = { bytes, (const unsigned char *)bytes + n, false };
    struct counts c;
    if (!read_header(&r, &c) ||
        !read_bytes(&r, c.time * 5 + c.type * 6 + c.chars + c.leap * 8 + c.standard + c.utc) ||
        !read_header(&r, &c))
        return NULL;
    struct zone *z = calloc(1, sizeof *z);
    if (!z)
        abort();
    if (read_zone(&r, &c, z) && !r.bad)
        return z;
    zone_free(z);
    return NULL;
}

void zone_free(struct zone *z)
{
    if (z)
        free(z->transition);
    free(z);
}

const struct zone *zone_utc(void)
{
    static const struct zone utc;
    return &utc;
}

/* --- the cache --- */

struct cached {
    struct cached *next;
    struct zone *zone;
    char name[NAME_MAX_LENGTH + 1];
};

struct zones {
    char *dir;
    pthread_mutex_t lock;
    struct cached *first;
};

struct zones *zones_new(const char *dir)
{
    struct zones *zones = calloc(1, sizeof *zones);
    if (!zones)
        abort();
    zones->dir = strdup(dir ? dir : "/usr/share/zoneinfo");
    if (!zones->dir)
        abort();
    pthread_mutex_init(&zones->lock, NULL);
    return zones;
}

void zones_free(struct zones *zones)
{
    if (!zones)
        return;
    for (struct cached *c = zones->first, *next; c; c = next) {
        next = c->next;
        zone_free(c->zone);
        free(c);
    }
    pthread_mutex_destroy(&zones->lock);
    free(zones->dir);
    free(zones);
}

/* Names are paths below the folder: nothing that could lead out of it, and no hidden file. */
static bool name_is_plain(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t n = strspn(name, allowed);
    return n && !name[n] && n <= NAME_MAX_LENGTH && name[0] != '/' && name[n - 1] != '/' &&
           !strstr(name, "//");
}

static struct zone *zone_load(const char *dir, const char *name)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    unsigned char *bytes = malloc(FILE_MAX);
    if (!bytes)
        abort();
    size_t n = 0;
    ssize_t got;
    while (n < FILE_MAX &&
           ((got = read(fd, bytes + n, FILE_MAX - n)) > 0 || (got < 0 && errno == EINTR)))
        n += got > 0 ? (size_t)got : 0;
    close(fd);
    struct zone *z = n < FILE_MAX ? zone_read(bytes, n) : NULL;
    free(bytes);
    return z;
}

static struct cached *cached_find(struct zones *zones, const char *name)
{
    for (struct cached *c = zones->first; c; c = c->next)
        if (!strcmp(c->name, name))
            return c;
    return NULL;
}

const struct zone *zone_find(struct zones *zones, const char *name)
{
    if (!name || !name_is_plain(name))
        return NULL;
    pthread_mutex_lock(&zones->lock);
    struct cached *c = cached_find(zones, name);
    struct zone *z = c ? c->zone : zone_load(zones->dir, name);
    if (!c && z) {
        c = calloc(1, sizeof *c);
        if (!c)
            abort();
        strcpy(c->name, name);
        c->zone = z;
        c->next = zones->first;
        zones->first = c;
    }
    pthread_mutex_unlock(&zones->lock);
    return z;
}
