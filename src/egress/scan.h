/* scan.h: reading single values out of one JSON text (RFC 8259) without building anything.

   scan_value checks the whole text once; the other functions rely on that. Keys are compared as
   they are written: a key spelled with escapes is not found. Of equal keys the first counts. */
#ifndef VOW_SCAN_H
#define VOW_SCAN_H

#include "base/base.h"

/* One value within a checked text. */
struct scan {
    const char *at, *end;
};

enum { SCAN_DEPTH = 64 }; /* arrays and objects within each other */

/* Whether the `n` bytes are one JSON value in valid UTF-8 and nothing else. */
MUST_USE bool scan_value(const char *at, size_t n, struct scan *ret);

/* Several members of an object in one pass; `.at` of those that are absent is NULL, of all when
   `in` is no object. */
void scan_members(struct scan in, const char *const *keys, size_t n, struct scan *ret);

/* A member of an object; an element of an array. False when absent or `in` is of another kind. */
MUST_USE bool scan_member(struct scan in, const char *key, struct scan *ret);
MUST_USE bool scan_element(struct scan in, size_t i, struct scan *ret);

bool scan_is_text(struct scan in);
bool scan_is_array(struct scan in);

/* Whether it is exactly this string, which needs no escapes. */
bool scan_equal(struct scan in, const char *text);

/* The string's text, at most scan_room(in) bytes, not terminated; returns its length. Lone
   surrogates and NUL become U+FFFD, so the result is valid UTF-8 without NUL. `in` must be a
   string. */
size_t scan_room(struct scan in);
size_t scan_text(struct scan in, char *to);

/* A whole number from 0 to 2^53. */
MUST_USE bool scan_count(struct scan in, int64_t *ret);

#endif
