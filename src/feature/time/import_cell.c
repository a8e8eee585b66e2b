/* import_cell.c: reads single cells of exports. */
#include "import_cell.h"

#include "base/money.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

enum { YEAR_MIN = 1990, YEAR_MAX = 2100 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Up to `max` digits at *at; their count, 0 when there are none. */
static int read_digits(const char **at, int max, int64_t *ret)
{
    int n = 0;
    int64_t value = 0;
    for (; n < max && is_digit(**at); n++)
        value = value * 10 + (*(*at)++ - '0');
    *ret = value;
    return is_digit(**at) ? 0 : n;
}

/* Three numbers and the mark between them, as they stand. */
struct date_parts {
    int64_t number[3];
    int digits[3];
    char mark;
    const char *rest;
};

static bool read_parts(const char *text, struct date_parts *ret)
{
    struct date_parts p = { 0 };
    const char *at = text;
    for (int i = 0; i < 3; i++) {
        p.digits[i] = read_digits(&at, 4, &p.number[i]);
        if (!p.digits[i])
            return false;
        if (i == 0)
            p.mark = *at;
        if (i < 2 && (*at != p.mark || !*at || !strchr("-./", *at++)))
            return false;
    }
    if (*at && *at != ' ' && *at != 'T')
        return false;
    p.rest = at + (*at != 0);
    *ret = p;
    return true;
}

static bool is_year_first(const struct date_parts *p)
{
    return p->digits[0] == 4 && p->digits[1] <= 2 && p->digits[2] <= 2;
}

static bool is_year_last(const struct date_parts *p)
{
    return p->digits[0] <= 2 && p->digits[1] <= 2 && (p->digits[2] == 4 || p->digits[2] == 2);
}

void cell_date_vote(const char *text, struct date_votes *votes)
{
    struct date_parts p;
    if (!read_parts(text, &p) || !is_year_last(&p) || p.mark == '.')
        return;
    bool day = p.number[0] >= 1 && p.number[0] <= 31 && p.number[1] >= 1 && p.number[1] <= 12;
    bool month = p.number[1] >= 1 && p.number[1] <= 31 && p.number[0] >= 1 && p.number[0] <= 12;
    votes->day_first |= day && !month;
    votes->month_first |= month && !day;
    votes->either |= day && month && p.number[0] != p.number[1];
}

const char *const date_order_names[] = {
    [DATES_AUTO] = "auto", [DATES_DAY_FIRST] = "day_first", [DATES_MONTH_FIRST] = "month_first",
    [DATES_ASKED] = NULL,  [DATES_UNCLEAR] = "unclear",     [DATES_MIXED] = "mixed",
};

enum date_order date_order_parse(const char *name)
{
    for (int i = 0; name && date_order_names[i]; i++)
        if (!strcmp(date_order_names[i], name))
            return (enum date_order)i;
    return DATES_AUTO;
}

enum date_order cell_date_order(const struct date_votes *votes)
{
    if (votes->day_first && votes->month_first)
        return DATES_MIXED;
    if (votes->day_first)
        return DATES_DAY_FIRST;
    if (votes->month_first)
        return DATES_MONTH_FIRST;
    /* 5/5/2026 reads the same either way. */
    return votes->either ? DATES_UNCLEAR : DATES_DAY_FIRST;
}

static bool is_date(int64_t year, int64_t month, int64_t day, struct date *ret)
{
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    struct date d = date_of((int)year, (int)month, (int)day);
    int y, m, same;
    date_split(d, &y, &m, &same);
    if (same != day)
        return false;
    *ret = d;
    return true;
}

bool cell_date(const char *text, enum date_order order, const char **rest, struct date *ret)
{
    struct date_parts p;
    struct date d;
    if (!read_parts(text, &p) || (!rest && *p.rest))
        return false;
    const int64_t *n = p.number;
    int64_t year = p.digits[2] == 2 ? 2000 + n[2] : n[2];
    bool ok = is_year_first(&p)                             ? is_date(n[0], n[1], n[2], &d)
              : !is_year_last(&p)                           ? false
              : p.mark != '.' && order == DATES_MONTH_FIRST ? is_date(year, n[0], n[1], &d)
                                                            : is_date(year, n[1], n[0], &d);
    if (!ok)
        return false;
    if (rest)
        *rest = p.rest;
    *ret = d;
    return true;
}

/* "AM", "p.m." and so on: 1 for morning, 2 for afternoon, 0 for nothing, -1 for something else. */
static int half_of_day(const char *text)
{
    char plain[3] = "";
    size_t n = 0;
    for (; *text; text++) {
        /* Spreadsheets put no-break spaces, also narrow ones, before AM and within a. m. */
        size_t blank = text_blank(text);
        if (blank || *text == '.') {
            text += blank ? blank - 1 : 0;
            continue;
        }
        if (n == 2)
            return -1;
        plain[n++] = *text;
    }
    return !n ? 0 : !strcasecmp(plain, "am") ? 1 : !strcasecmp(plain, "pm") ? 2 : -1;
}

bool cell_time(const char *text, int64_t *ret)
{
    const char *at = text;
    int64_t h, m, s = 0, ignored;
    if (!read_digits(&at, 2, &h) || (*at != ':' && *at != '.') ||
        (at++, read_digits(&at, 2, &m) != 2))
        return false;
    if ((*at == ':' || *at == '.') && is_digit(at[1]) && (at++, read_digits(&at, 2, &s) != 2))
        return false;
    if (*at == '.' && is_digit(at[1]) && (at++, !read_digits(&at, 9, &ignored)))
        return false;
    int half = half_of_day(at);
    if (half < 0 || m > 59 || s > 59 || h > 24 || (h == 24 && (m || s || half)))
        return false;
    if (half && (h < 1 || h > 12))
        return false;
    if (half)
        h = h % 12 + (half == 2 ? 12 : 0);
    *ret = h * 3600 + m * 60 + s;
    return true;
}

/* The seconds of what stands at the end of a duration, which are hours when nothing does; 0 when
   it is something else. */
static int unit_of(const char *at)
{
    static const struct {
        const char *name;
        int seconds;
    } units[] = { { "", 3600 },      { "h", 3600 }, { "std", 3600 },
                  { "hours", 3600 }, { "min", 60 }, { "sec", 1 } };
    at += strspn(at, " ");
    for (size_t i = 0; i < LENGTH(units); i++)
        if (!strcasecmp(at, units[i].name))
            return units[i].seconds;
    return 0;
}

static bool decimal_hours(const char *at, int64_t whole, struct span *ret, int64_t *slack)
{
    double part = 0, unit = 1;
    int64_t digits = 0;
    for (at++; is_digit(*at) && digits < 12; at++, digits++)
        part += (*at - '0') * (unit /= 10);
    if (!digits || unit_of(at) != 3600)
        return false;
    *ret = (struct span){ whole * 3600 + (int64_t)(part * 3600 + 0.5) };
    if (slack)
        *slack = digits == 1 ? 360 : digits == 2 ? 36 : 4;
    return true;
}

bool cell_duration(const char *text, struct span *ret, int64_t *slack)
{
    const char *at = text;
    int64_t h, m, s = 0, ignored = 0;
    if (!read_digits(&at, 6, &h))
        return false;
    if (*at == '.' || *at == ',')
        return decimal_hours(at, h, ret, slack);
    bool clock = *at == ':';
    m = 0;
    if (clock && (at++, read_digits(&at, 2, &m) != 2))
        return false;
    bool seconds = clock && *at == ':';
    if (seconds && (at++, read_digits(&at, 2, &s) != 2))
        return false;
    if (seconds && *at == '.' && (at++, !read_digits(&at, 9, &ignored)))
        return false;
    int unit = unit_of(at);
    if (m > 59 || s > 59 || !unit || (seconds && unit != 3600) || (clock && unit == 1))
        return false;
    *ret = (struct span){ h * unit + m * unit / 60 + s };
    if (slack)
        *slack = clock ? (seconds ? 1 : unit / 60) : unit;
    return true;
}

bool cell_is_negative(const char *text)
{
    if (text_starts(text, "\u2212"))
        text += strlen("\u2212") - 1;
    else if (*text != '-')
        return false;
    return is_digit(text[1]);
}

/* Digits and separators of an amount, without currency, blanks and apostrophes. */
static bool plain_number(const char *text, char to[32], bool *negative)
{
    size_t n = 0;
    bool closed = false;
    *negative = false;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        *negative |= !n && text_starts(text, "\u2212");
        if (is_digit(*text) || ((c == '.' || c == ',') && n)) {
            if (closed || n == 31)
                return false;
            to[n++] = *text;
        } else if (c == '-' && !n) {
            *negative = true;
        } else if (((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '$') {
            closed = n > 0;
        } else if (c < 0x80 && c != ' ' && c != '\'') {
            return false;
        }
    }
    to[n] = 0;
    return n > 0;
}

bool cell_amount(const char *text, int digits, int64_t *ret)
{
    char number[32];
    bool negative;
    if (!plain_number(text, number, &negative))
        return false;
    const char *last = strrchr(number, '.'), *comma = strrchr(number, ',');
    if (!last || (comma && comma > last))
        last = comma;
    /* The same separator twice, or alone before three digits, is one of thousands. */
    if (last && (strchr(number, *last) != last ||
                 (strlen(last + 1) == 3 && digits != 3 && !(comma && comma != last) &&
                  !(strchr(number, '.') && strchr(number, '.') != last))))
        last = NULL;
    int64_t value = 0;
    for (const char *p = number; *p && p != last; p++) {
        if (is_digit(*p))
            value = value * 10 + (*p - '0');
        if (value > AMOUNT_MINOR_MAX)
            return false;
    }
    const char *p = last ? last + 1 : "";
    for (int i = 0; i < digits; i++)
        value = value * 10 + (is_digit(*p) ? *p++ - '0' : 0);
    value += *p >= '5' && is_digit(*p);
    if (value > AMOUNT_MINOR_MAX)
        return false;
    *ret = negative ? -value : value;
    return true;
}

/* Some spreadsheets look past blanks, and take the wide signs of East Asian keyboards for the plain
   ones. */
bool cell_is_formula(const char *text)
{
    static const char *const wide[] = { "\uFF0B", "\uFF0D", "\uFF1D", "\uFF20" };
    text += strspn(text, "'");
    if (*text && strchr("\t\r\n", *text))
        return true;
    text += strspn(text, " ");
    for (size_t i = 0; i < LENGTH(wide); i++)
        if (text_starts(text, wide[i]))
            return true;
    return *text && strchr("=+-@", *text);
}

bool cell_yes(const char *text, bool *ret)
{
    static const char *const words[][11] = {
        { "no", "nein", "non", "não", "false", "0", "n", "non-billable", "nicht abrechenbar",
          NULL },
        { "yes", "ja", "oui", "sí", "sim", "true", "1", "y", "billable", "abrechenbar", NULL },
    };
    for (int yes = 0; yes < 2; yes++)
        for (const char *const *w = words[yes]; *w; w++)
            if (text_alike(text, *w)) {
                *ret = yes;
                return true;
            }
    return false;
}

/* The text between quotes that stand double within it, when it ends the list or an item of it; NULL
   otherwise. *rest is then what is behind. */
static char *quoted_next(char **rest)
{
    char *start = *rest + strspn(*rest, " "), *to = start, *from = start + 1;
    if (*start != '"')
        return NULL;
    char *end = from;
    while ((end = strchr(end, '"')) && end[1] == '"')
        end += 2;
    char *behind = end ? end + 1 + strspn(end + 1, " ") : NULL;
    if (!behind || (*behind && *behind != ','))
        return NULL;
    for (; from < end; from++)
        if (*from != '"' || *++from == '"')
            *to++ = *from;
    *to = 0;
    *rest = *behind ? behind + 1 : NULL;
    return start;
}

char *cell_item(char **rest, bool quotes)
{
    char *item = *rest && quotes ? quoted_next(rest) : NULL;
    return item ? item : strsep(rest, ",");
}
