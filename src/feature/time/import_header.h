/* import_header.h: the header of an export: whose it is and what its columns mean. */
#ifndef VOW_TIME_IMPORT_HEADER_H
#define VOW_TIME_IMPORT_HEADER_H

#include "import_format.h"

/* The source that a header can be of, or IMPORT_AUTO: the most known columns, those that only one
   source has counting more. */
enum import_source header_source(struct arena *a, const struct csv_row *header);

/* Where each column of a source's header stands, -1 when it is missing; sets the currency when the
   header of the amounts names one, as in "Amount (EUR)". */
void header_columns(struct arena *a, const struct csv_row *header, enum import_source source,
                    int column[COLUMNS], const char **currency);

/* What the header calls the columns that are not read, as a list of texts: those that are not known
   and those that only tell the format. */
struct list header_unread(struct arena *a, const struct csv_row *header, enum import_source source);

/* Whether it looks like a code of ISO 4217. */
bool is_currency(const char *text);

#endif
