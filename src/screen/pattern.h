/* pattern.h: finds what has a form of its own: numbers, addresses of machines, dates, ages. */
#ifndef VOW_SCREEN_PATTERN_H
#define VOW_SCREEN_PATTERN_H

#include "context.h"
#include "mask.h"

/* A span, and how strongly it is held against others that overlap it. */
struct found {
    struct mask_span span;
    float rank;
};

/* A text under search, and the list of what was found, in any order. */
struct search {
    struct arena *arena;
    const struct context *context;
    const char *text;
    size_t n;
    struct words words;
    struct found *found;
    size_t count, room;
};

/* Adds a span whose rank is its score; returns it, to be changed before the next one is added. */
struct found *search_add(struct search *s, enum mask_kind kind, size_t start, size_t end,
                         float score, const char *why);

void pattern_numbers(struct search *s); /* words that start with digits, "+" or "(" */
void pattern_marks(struct search *s);   /* signs: e-mail, web, IP, MAC */
void pattern_ids(struct search *s);     /* letters and digits mixed: IBAN, VIN, licences, keys */
void pattern_dates(struct search *s);   /* words: month names, weekdays, ages */

/* Whether word `i` exists, is the one byte `sign`, and touches the word before it. */
static inline bool word_is(const struct search *s, size_t i, char sign)
{
    return i < s->words.count && s->words.at[i].length == 1 &&
           s->text[s->words.at[i].start] == sign;
}

static inline bool word_class_is(const struct search *s, size_t i, int class)
{
    return i < s->words.count && s->words.at[i].class == class;
}

/* The number that digits word `i` says, at most 999,999,999. */
static inline uint32_t word_number(const struct search *s, size_t i)
{
    uint32_t value = 0;
    const struct word *w = &s->words.at[i];
    for (uint32_t k = w->start; k < w->end && k < w->start + 9; k++) {
        unsigned digit = (unsigned char)s->text[k] - '0';
        value = digit < 10 ? value * 10 + digit : value;
    }
    return value;
}

#endif
