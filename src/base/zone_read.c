/* zone_read.c: zones from TZif bytes (RFC 8536) and the POSIX TZ rule at their end. */
#include "zone_parts.h"

#include <stdlib.h>
#include <string.h>

enum { TRANSITIONS_MAX = 4096 };

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
