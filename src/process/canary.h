/* canary.h: words that stand nowhere else, and looking for them in bytes and files. */
#ifndef VOW_CANARY_H
#define VOW_CANARY_H

#include "base/base.h"

enum { CANARY_TEXT = 33 }; /* "canary" and 26 letters, with NUL */

/* How to recognise a canary without holding it: FNV-1a (64 bit) of its letters. Who asks for a
   canary must not put it where it is looked for. */
struct canary_print {
    uint64_t hash;
};

void canary_make(char ret[CANARY_TEXT], struct canary_print *print);

/* How often it stands in `n` bytes. */
size_t canary_count(const struct canary_print *print, const void *at, size_t n);

/* Files below a folder that hold the canary; -1 when the folder cannot be read. *files counts what
   was looked at. */
int canary_scan(const char *dir, const struct canary_print *print, int *files);

#endif
