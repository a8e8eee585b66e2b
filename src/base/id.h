/* id.h: ids of rows: UUID version 7 (RFC 9562), so that they sort by time of creation. */
#ifndef VOW_ID_H
#define VOW_ID_H

#include "instant.h"

enum { ID_TEXT = 37 }; /* bytes of the textual form, with its NUL */

/* All zero means absent. */
struct id {
    uint8_t byte[16];
};

/* A new id that carries `now` in whole milliseconds and 74 random bits. */
struct id id_new(struct instant now);

bool id_given(struct id id);
bool id_equal(struct id a, struct id b);
int id_compare(const void *a, const void *b); /* of two struct id, for qsort and bsearch */

/* Lower-case text, 36 characters. */
void id_format(struct id id, char to[ID_TEXT]);

/* Accepts the 36-character form in either case; false leaves ret untouched. */
MUST_USE bool id_parse(const char *text, struct id *ret);

#endif
