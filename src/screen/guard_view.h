/* guard_view.h: a text as the guard sees it: plain words, with evasions undone. */
#ifndef VOW_SCREEN_GUARD_VIEW_H
#define VOW_SCREEN_GUARD_VIEW_H

#include "base/buffer.h"

/* What had to be undone. */
enum {
    VIEW_HIDDEN = 1 << 0,  /* invisible characters inside words */
    VIEW_MIXED = 1 << 1,   /* look-alike letters of another script */
    VIEW_LEET = 1 << 2,    /* digits and signs for letters */
    VIEW_SPACED = 1 << 3,  /* letters spaced out */
    VIEW_ENCODED = 1 << 4, /* base64, hexadecimal, binary */
    VIEW_ROTATED = 1 << 5, /* rot13 */
    VIEW_WRAPPED = 1 << 6, /* entities, escapes, tags within words, signs that nobody sees */
};

/* What the plain form of a word lost. */
enum {
    VIEW_CAPITAL = 1 << 0, /* its first letter was a capital */
    VIEW_OWNER = 1 << 1,   /* an apostrophe and "s" followed */
    VIEW_ENDS = 1 << 2,    /* a sentence or line ends behind it */
    VIEW_ASKS = 1 << 3,    /* with a question mark */
    VIEW_COMMA = 1 << 4,   /* a comma stands behind it */
};

struct view_word {
    uint64_t hash;
    uint32_t start, end; /* bytes in `plain` */
    uint16_t lists;      /* what gazetteer_look says */
    uint16_t marks;
};

struct guard_view {
    struct buffer plain; /* words of lower-case ASCII, one space around each */
    struct view_word *words;
    size_t count, room;
    unsigned undone;
};

struct guard_view guard_view(struct arena *a, const char *text, size_t n);

#endif
