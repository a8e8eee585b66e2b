/* instant.c: the calendar and RFC 3339. */
#include "instant.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_US INT64_C(86400000000)
enum { EPOCH_DAY = 719163 }; /* 1970-01-01 */

struct instant instant_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (struct instant){ (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 };
}

bool instant_given(struct instant t)
{
    return t.us != 0;
}

struct instant instant_plus(struct instant t, struct span by)
{
    return (struct instant){ t.us + by.s * 1000000 };
}

struct span instant_minus(struct instant a, struct instant b)
{
    int64_t us = a.us - b.us;
    return (struct span){ us / 1000000 - (us % 1000000 < 0) };
}

bool date_given(struct date d)
{
    return d.day != 0;
}

/* After H. Hinnant, "chrono-compatible low-level date algorithms": years start in March. */
struct date date_of(int year, int month, int day)
{
    int y = year - (month <= 2);
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return (struct date){ era * 146097 + doe - 305 };
}

void date_split(struct date d, int *year, int *month, int *day)
{
    int z = d.day + 305;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

int date_weekday(struct date d)
{
    int w = (d.day - 1) % 7;
    return w < 0 ? w + 7 : w;
}

struct date instant_date_utc(struct instant t)
{
    int64_t days = t.us / DAY_US - (t.us % DAY_US < 0);
    return (struct date){ (int32_t)(days + EPOCH_DAY) };
}

struct instant date_start_utc(struct date d)
{
    return (struct instant){ ((int64_t)d.day - EPOCH_DAY) * DAY_US };
}

/* Exactly n digits; printf is too slow for what every answer holds several of. */
static char *digits_write(char *to, int n, int value)
{
    for (int i = n; i--; value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + n;
}

static char *date_write(char *to, struct date d)
{
    int y, m, day;
    date_split(d, &y, &m, &day);
    if (y < 0 || y > 9999)
        return to + sprintf(to, "%04d-%02d-%02d", y, m, day);
    to = digits_write(to, 4, y);
    *to++ = '-';
    to = digits_write(to, 2, m);
    *to++ = '-';
    return digits_write(to, 2, day);
}

void date_format(struct date d, char to[DATE_TEXT])
{
    *date_write(to, d) = 0;
}

void instant_format(struct instant t, char to[INSTANT_TEXT])
{
    struct date d = instant_date_utc(t);
    int ms = (int)((t.us - date_start_utc(d).us) / 1000), s = ms / 1000;
    to = date_write(to, d);
    *to++ = 'T';
    to = digits_write(to, 2, s / 3600);
    *to++ = ':';
    to = digits_write(to, 2, s / 60 % 60);
    *to++ = ':';
    to = digits_write(to, 2, s % 60);
    *to++ = '.';
    to = digits_write(to, 3, ms % 1000);
    *to++ = 'Z';
    *to = 0;
}

/* Reads exactly n digits at *at. */
static bool digits(const char **at, int n, int *ret)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        char c = (*at)[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *at += n;
    *ret = value;
    return true;
}

static bool literal(const char **at, char c)
{
    if (**at != c)
        return false;
    ++*at;
    return true;
}

static bool date_read(const char **at, struct date *ret)
{
    static const int length[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int y, m, d;
    if (!digits(at, 4, &y) || !literal(at, '-') || !digits(at, 2, &m) || !literal(at, '-') ||
        !digits(at, 2, &d))
        return false;
    if (y < 1 || m < 1 || m > 12 || d < 1 || d > length[m - 1])
        return false;
    bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    if (m == 2 && d == 29 && !leap)
        return false;
    *ret = date_of(y, m, d);
    return true;
}

bool date_parse(const char *text, struct date *ret)
{
    struct date d;
    if (!text || !date_read(&text, &d) || *text)
        return false;
    *ret = d;
    return true;
}

/* Reads Z or +hh:mm into seconds east of UTC. */
static bool offset_read(const char **at, int *ret)
{
    char sign = **at;
    int h, m;
    ++*at;
    if (sign == 'Z' || sign == 'z') {
        *ret = 0;
        return true;
    }
    if ((sign != '+' && sign != '-') || !digits(at, 2, &h) || !literal(at, ':') ||
        !digits(at, 2, &m) || h > 23 || m > 59)
        return false;
    *ret = (sign == '-' ? -1 : 1) * (h * 3600 + m * 60);
    return true;
}

bool instant_parse(const char *text, struct instant *ret)
{
    struct date d;
    int h, m, s, east;
    if (!text || !date_read(&text, &d) || (*text != 'T' && *text != 't'))
        return false;
    text++;
    if (!digits(&text, 2, &h) || !literal(&text, ':') || !digits(&text, 2, &m) ||
        !literal(&text, ':') || !digits(&text, 2, &s) || h > 23 || m > 59 || s > 59)
        return false;
    int64_t us = 0;
    if (*text == '.') {
        int64_t unit = 100000;
        text++;
        if (*text < '0' || *text > '9')
            return false;
        for (; *text >= '0' && *text <= '9'; text++, unit /= 10)
            us += (*text - '0') * unit;
    }
    if (!*text || !offset_read(&text, &east) || *text)
        return false;
    us += date_start_utc(d).us + (INT64_C(3600) * h + 60 * m + s - east) * 1000000;
    if (us < 1000) /* would be written as 0, which means absent */
        return false;
    *ret = (struct instant){ us };
    return true;
}
