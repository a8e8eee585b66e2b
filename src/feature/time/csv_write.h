/* csv_write.h: rows as comma-separated text that spreadsheets take for data, never for formulas. */
#ifndef VOW_TIME_CSV_WRITE_H
#define VOW_TIME_CSV_WRITE_H

#include "base/buffer.h"

/* One cell of user text (NULL is empty), quoted where RFC 4180 asks for it. Text that a spreadsheet
   would run (it begins with = + - @, wide or not, be it behind blanks, with a tab or a line break)
   gets an apostrophe before it. */
void csv_text(struct buffer *out, const char *text);

/* One cell of text that the program itself made, such as a number. */
void csv_plain(struct buffer *out, const char *text);

/* Ends the row. */
void csv_end(struct buffer *out);

#endif
