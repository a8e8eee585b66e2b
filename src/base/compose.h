/* compose.h: one spelling for letters that Unicode spells in two ways. */
#ifndef VOW_COMPOSE_H
#define VOW_COMPOSE_H

#include "arena.h"

/* Valid UTF-8 with accents joined to their letters (Unicode's normalization form C, UAX #15), as
   keyboards write it; macOS takes them apart in names of files and what is made of them. The text
   itself when it is so already, or has more than COMPOSE_MARKS_MAX marks on one letter. */
enum { COMPOSE_MARKS_MAX = 30 };
const char *text_compose(struct arena *a, const char *text);

#endif
