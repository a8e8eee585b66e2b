/* context.h: words that say what the number beside them is. */
#ifndef VOW_SCREEN_CONTEXT_H
#define VOW_SCREEN_CONTEXT_H

#include "words.h"

enum {
    CONTEXT_PHONE = 1 << 0,
    CONTEXT_CARD = 1 << 1,
    CONTEXT_SSN = 1 << 2,
    CONTEXT_LICENSE = 1 << 3,
    CONTEXT_DRIVER = 1 << 4,
    CONTEXT_PASSPORT = 1 << 5,
    CONTEXT_MEDICAL = 1 << 6,
    CONTEXT_TAX = 1 << 7,
    CONTEXT_ZIP = 1 << 8,
    CONTEXT_ACCOUNT = 1 << 9,
    CONTEXT_VEHICLE = 1 << 10,
    CONTEXT_DEVICE = 1 << 11,
    CONTEXT_SECRET = 1 << 12,
    CONTEXT_VERSION = 1 << 13,
    CONTEXT_UNIT = 1 << 14,   /* currencies and measures: the number is an amount */
    CONTEXT_NUMBER = 1 << 15, /* "number", "no", "id", "#" */
    CONTEXT_WEEKDAY = 1 << 16,
    CONTEXT_AGE = 1 << 17,
    CONTEXT_YEARS = 1 << 18,
    CONTEXT_OLD = 1 << 19,
    CONTEXT_BORN = 1 << 20,
    CONTEXT_NPI = 1 << 21,
    CONTEXT_SEASON = 1 << 22,
    CONTEXT_PERSONNEL = 1 << 23,
    CONTEXT_HAVE = 1 << 24,   /* "ai", "tengo", ...: years that somebody has */
    CONTEXT_RECORD = 1 << 25, /* "invoice", "ticket": its number is no one's */
};

struct context;
const struct context *context_new(struct arena *a);

/* The bits of one word. */
uint32_t context_look(const struct context *c, uint64_t hash);

/* All bits of the `reach` words before `i`, not beyond a line's end but one. */
uint32_t context_before(const struct context *c, const struct words *words, size_t i, size_t reach);

#endif
