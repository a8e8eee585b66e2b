/* pattern_dates.c: dates that are written in words, and weekdays. */
#include "pattern.h"

#include "gazetteer.h"

#include <string.h>

static bool month_at(const struct search *s, size_t i)
{
    return word_class_is(s, i, WORD_LETTERS) && s->words.at[i].length >= 3 &&
           gazetteer_look_wide(s->words.at[i].hash) & GAZETTEER_MONTH;
}

/* "7 de março": without its neighbours, a man's name. */
static bool march_at(const struct search *s, size_t i)
{
    return i > 1 && !strcmp(s->words.at[i].plain, "marco") && s->words.at[i].shape == CASE_LOWER &&
           !strcmp(s->words.at[i - 1].plain, "de") && s->words.at[i - 2].class == WORD_DIGITS;
}

static bool day_at(const struct search *s, size_t i)
{
    bool glued = i > 0 && i < s->words.count && !s->words.at[i].space &&
                 s->words.at[i - 1].class == WORD_LETTERS;
    return !glued && word_class_is(s, i, WORD_DIGITS) && s->words.at[i].length <= 2 &&
           word_number(s, i) >= 1 && word_number(s, i) <= 31;
}

static bool year_at(const struct search *s, size_t i)
{
    return word_class_is(s, i, WORD_DIGITS) && s->words.at[i].length == 4 &&
           word_number(s, i) >= 1800 && word_number(s, i) < 2200;
}

static bool plain_is(const struct search *s, size_t i, const char *plain)
{
    return i < s->words.count && !strcmp(s->words.at[i].plain, plain);
}

static bool ordinal_at(const struct search *s, size_t i)
{
    return plain_is(s, i, "st") || plain_is(s, i, "nd") || plain_is(s, i, "rd") ||
           plain_is(s, i, "th");
}

/* The day before the month: "12", "12th", "12.", "12 de", "12th of"; its word, or the month's. */
static size_t day_before(const struct search *s, size_t month)
{
    size_t i = month;
    if (i > 0 && (plain_is(s, i - 1, "de") || plain_is(s, i - 1, "of")))
        i--;
    if (i > 0 && (word_is(s, i - 1, '.') || word_is(s, i - 1, '-') || ordinal_at(s, i - 1)))
        i--;
    return i > 0 && day_at(s, i - 1) &&
                   !(i > 1 && word_is(s, i - 2, '.') && !s->words.at[i - 1].space)
               ? i - 1
               : month;
}

/* The last word of the date after the month: day, year, or both; or the month itself. */
static size_t date_last(const struct search *s, size_t month, bool day_seen)
{
    size_t last = month, i = month + 1;
    i += word_is(s, i, '.') && !s->words.at[i].space;
    i += word_is(s, i, '-') && !s->words.at[i].space;
    if (!day_seen && day_at(s, i) && !word_is(s, i + 1, ':') && !word_is(s, i + 1, '%')) {
        last = i++;
        if (ordinal_at(s, i) && !s->words.at[i].space)
            last = i++;
    }
    i += word_is(s, i, ',') || plain_is(s, i, "de") || plain_is(s, i, "del");
    if (year_at(s, i))
        last = i;
    return last;
}

static void month_found(struct search *s, size_t month)
{
    const struct word *w = s->words.at;
    size_t first = day_before(s, month), last = date_last(s, month, first != month);
    if (first == last)
        return;
    /* "may 3 people": a word that is also a month needs its capital, or a day before it */
    if (w[month].shape == CASE_LOWER && first == month && !year_at(s, last) &&
        gazetteer_look_wide(w[month].hash) & GAZETTEER_FUNCTION)
        return;
    search_add(s, MASK_DATE_TIME, w[first].start, w[last].end, 0.9f, "a date in words");
}

static bool plain_among(const struct search *s, size_t i, const char *const *list, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (plain_is(s, i, list[k]))
            return true;
    return false;
}

/* English weekdays have a capital; without it, they need a word beside them that goes with days. */
static bool weekday_small(const struct search *s, size_t i)
{
    static const char *const before[] = { "on", "this", "by", "until" };
    static const char *const after[] = { "morning", "afternoon", "evening", "night" };
    const struct word *w = &s->words.at[i];
    return memcmp(s->text + w->end - 3, "day", 3) != 0 ||
           (i > 0 && plain_among(s, i - 1, before, LENGTH(before))) ||
           plain_among(s, i + 1, after, LENGTH(after));
}

/* A weekday that people meet on; "last Sunday", "every Monday" and plurals say nothing of anyone.
 */
static void weekday_found(struct search *s, size_t i)
{
    static const char *const never[] = { "last",    "every",  "each",  "next",  "jeden",
                                         "letzten", "chaque", "cada",  "ogni",  "elke",
                                         "kazdy",   "kazda",  "black", "cyber", "good" };
    const struct word *w = &s->words.at[i], *next = i + 1 < s->words.count ? w + 1 : NULL;
    if (i > 0 && plain_among(s, i - 1, never, LENGTH(never)))
        return;
    if (w->shape == CASE_LOWER && !weekday_small(s, i))
        return;
    if (next && next->class == WORD_LETTERS && next->shape != CASE_LOWER &&
        w->shape == CASE_TITLE && !gazetteer_look_wide(next->hash))
        return;
    search_add(s, MASK_DATE_TIME, w->start, w->end, 0.6f, "a weekday");
}

void pattern_dates(struct search *s)
{
    for (size_t i = 0; i < s->words.count; i++) {
        const struct word *w = &s->words.at[i];
        if (w->class != WORD_LETTERS || w->length < 3)
            continue;
        if (month_at(s, i) || march_at(s, i))
            month_found(s, i);
        else if (w->length > 4 && context_look(s->context, w->hash) & CONTEXT_WEEKDAY)
            weekday_found(s, i);
    }
}
