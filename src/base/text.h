/* text.h: questions about text, and bytes as text. All text in the program is valid UTF-8, checked
 * at the edge. */
#ifndef VOW_TEXT_H
#define VOW_TEXT_H

#include "base.h"

/* Bytes with a length; `at` may be NULL when `len` is 0. Not NUL-terminated. */
struct blob {
    const void *at;
    size_t len;
};

/* Whether both are NULL or the same string. */
bool text_equal(const char *a, const char *b);

/* Whether two texts are the same but for the case of letters. A letter with an accent is another
   one than without; of ß and ss, which Unicode's full case folding takes for the same, that holds
   too. */
bool text_alike(const char *a, const char *b);

/* The small letter of a capital, as Unicode's simple case folding has it for what languages of
   today write in Latin, Greek, Cyrillic and Armenian letters; every other code point as it is. */
uint32_t text_fold(uint32_t point);

/* Whether `text` is neither NULL nor empty. */
bool text_given(const char *text);

bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* Whether `n` bytes are UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, no NUL. */
bool text_is_utf8(const char *at, size_t n);

/* Length in Unicode code points of valid UTF-8. */
size_t text_points(const char *text);

/* Bytes of the blank that a text begins with: a space or tab, or a no-break space, the narrow one
   too; 0 when it begins with none. */
size_t text_blank(const char *text);

/* Decodes one code point of valid UTF-8 at *at and moves *at behind it. */
uint32_t text_next(const char **at);

/* Writes one code point as UTF-8; returns the 1 to 4 bytes written. */
size_t text_put(char *to, uint32_t point);

/* Bytes as lower-case hexadecimal digits, two a byte, and a NUL: 2 * n + 1 in all. */
void hex_format(const void *at, size_t n, char *to);

/* Reads `n` bytes from 2 * n hexadecimal digits in either case; false at the first that is none. */
MUST_USE bool hex_parse(const char *text, size_t n, void *ret);

/* The value of a hexadecimal digit in either case; -1 when it is none. */
int hex_digit(char c);

#endif
