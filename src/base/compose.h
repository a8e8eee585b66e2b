/* compose.h: one spelling for what Unicode can write in several ways that look alike. */
#ifndef VOW_COMPOSE_H
#define VOW_COMPOSE_H

#include "arena.h"

/* Valid UTF-8 with accents joined to their letters (Unicode's normalization form C, UAX #15), as
   keyboards write it; macOS takes them apart in names of files and what is made of them. The text
   itself when it is so already, or has more than COMPOSE_MARKS_MAX marks on one letter. */
enum { COMPOSE_MARKS_MAX = 30 };
const char *text_compose(struct arena *a, const char *text);

/* Valid UTF-8 of one line without the signs that turn the direction of the text behind them (marks,
   embeddings, overrides and isolates; UAX #9, 2): they come along when text is copied, nobody sees
   them, two names that differ in nothing else look the same, and one with an override reads
   as another. Joiners stay, for Persian, Hindi and emoji need them. The text itself when it has
   none. */
const char *text_unturned(struct arena *a, const char *text);

/* As texts of one line are kept: both of it. */
const char *text_line(struct arena *a, const char *text);

#endif
