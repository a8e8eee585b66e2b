/* import_rows.h: what only all rows of a file together tell of one. */
#ifndef VOW_TIME_IMPORT_ROWS_H
#define VOW_TIME_IMPORT_ROWS_H

#include "import_format.h"

/* Gives work that has only a day its place on the clock: a person's one behind the other, from nine
   on where that leaves room. More than the day holds is among the problems. */
void import_rows_place(struct arena *a, const struct zone *zone, struct import_problems *problems,
                       struct import_row *rows, size_t count);

/* Counts rows that are the same in everything, into .ordinal. */
void import_rows_number(struct arena *a, struct import_row *rows, size_t count);

/* What makes a row the same in a second import of the same or a longer file: a text of everything
   that the source says of it, or of which entry it is, for hashing. */
const char *import_row_key(struct arena *a, const struct import_file *file,
                           const struct import_row *row);

#endif
