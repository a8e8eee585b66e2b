/* guard_unwrap.h: what guard_view.c and guard_unwrap.c have of each other. */
#ifndef VOW_SCREEN_GUARD_UNWRAP_H
#define VOW_SCREEN_GUARD_UNWRAP_H

#include "guard_view.h"

/* Letters of the longest word that is read whole, and of the longest that is made of pieces. */
enum { RUN = 64, LONGEST = 16 };

/* Adds what the text says beside its own words, wrapped in rot13, base64, hexadecimal, binary,
   entities, escapes, tags or signs that nobody sees. */
void view_unwrap(struct guard_view *v, const char *text, size_t n);

/* Adds the words of a text, with disguises undone. */
void view_words_read(struct guard_view *v, const char *text, size_t n);

/* Adds one plain word. */
void view_word_add(struct guard_view *v, const char *plain, size_t n, unsigned marks);

/* Whether a list knows a plain word. */
bool view_is_word(const char *plain, size_t n);

static inline bool is_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

#endif
