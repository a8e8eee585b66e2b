/* words.h: text cut into words, numbers and signs, each with its plain form.

   The plain form of a word is lower-case ASCII: diacritics dropped, Greek and Cyrillic
   transliterated, combining marks and invisible characters left out, so that "Müller", "MÜLLER"
   and "Mu" + combining diaeresis + "ller" have the same hash. Other scripts keep their bytes. */
#ifndef VOW_SCREEN_WORDS_H
#define VOW_SCREEN_WORDS_H

#include "base/arena.h"
#include "base/hash.h"

enum word_class { WORD_LETTERS, WORD_DIGITS, WORD_SIGN, WORD_NEWLINE };

enum word_case { CASE_LOWER, CASE_TITLE, CASE_UPPER, CASE_MIXED };

struct word {
    uint64_t hash;       /* of the plain form */
    uint32_t start, end; /* bytes in the text */
    uint8_t class;       /* enum word_class */
    uint8_t shape;       /* enum word_case; letters only */
    uint8_t length;      /* of the plain form, at most 255 */
    bool space;          /* whether white space stands before it */
    char plain[12];      /* the first bytes of the plain form; zeroed behind it */
};

struct words {
    struct word *at;
    size_t count;
};

/* Cuts `n` bytes (less than 2^31) of valid UTF-8. A word is a run of letters of at most 64
   characters; digits form runs likewise; any other visible character stands alone. */
struct words words_cut(struct arena *a, const char *text, size_t n);

/* The hash of the plain form of `n` bytes that words_cut would give as one word. */
uint64_t word_hash(const char *text, size_t n);

/* The plain form of the whole of `text`, at most `room` - 1 bytes and a NUL; returns its length. */
size_t word_plain(const char *text, size_t n, char *to, size_t room);

/* What one code point is: a letter, a digit, white space, nothing visible, or a sign. */
enum point_class { POINT_LETTER, POINT_DIGIT, POINT_SPACE, POINT_HIDDEN, POINT_MARK, POINT_SIGN };
enum point_class point_class(uint32_t point);

/* The plain ASCII letters of a letter beyond ASCII; "" when there are none. */
const char *point_plain(uint32_t point);

/* Decodes one code point at `at` of `n` > 0 bytes; ill-formed bytes give U+FFFD one by one.
   Writes the number of bytes read. */
uint32_t point_at(const char *at, size_t n, size_t *ret);

#endif
