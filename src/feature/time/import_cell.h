/* import_cell.h: dates, times, durations and amounts as time trackers write them. */
#ifndef VOW_TIME_IMPORT_CELL_H
#define VOW_TIME_IMPORT_CELL_H

#include "base/instant.h"

/* Whether 03/04/2026 is 4 March or 3 April is decided for a whole file at once. */
enum date_order {
    DATES_AUTO, /* not decided */
    DATES_DAY_FIRST,
    DATES_MONTH_FIRST,
    DATES_ASKED,   /* none: those before it may be asked for */
    DATES_UNCLEAR, /* every date of the file can be read either way */
    DATES_MIXED,   /* some can only be read one way, some only the other */
};
extern const char *const date_order_names[]; /* by enum date_order; NULL for DATES_ASKED */
enum date_order
date_order_parse(const char *name); /* of one that was asked for; DATES_AUTO: none */

struct date_votes {
    bool day_first, month_first, either;
};

/* Notes what one date tells about the order. Dates that tell their order by their form
   (2026-03-04, 4.3.2026) or are not dates say nothing. */
void cell_date_vote(const char *text, struct date_votes *votes);
enum date_order cell_date_order(const struct date_votes *votes);

/* YYYY-MM-DD, YYYY/MM/DD, D.M.YYYY, and by `order` D/M/YYYY or M/D/YYYY, also with "-". Years may
   have two digits (of this century). Years 1990 to 2100 only. Stops at the first blank or "T":
   what follows is in *rest (may be NULL: then nothing may follow). */
MUST_USE bool cell_date(const char *text, enum date_order order, const char **rest,
                        struct date *ret);

/* 9:05, 09:05:30, 9.05, 9:05 AM, 3:35pm, 3:35 p. m., with or without seconds and decimals of them;
   24:00 is 86400. ret is the second of the day. */
MUST_USE bool cell_time(const char *text, int64_t *ret);

/* 1:30, 1:30:00, 26:15:00 or decimal hours as 1.5 or 1,5, with or without a final "h"; 47:06 min
   and 12 sec. `slack` (may be NULL) is by how many seconds rounding may have changed it. */
MUST_USE bool cell_duration(const char *text, struct span *ret, int64_t *slack);

/* Whether a text begins with a minus, the hyphen or the sign, and a digit. */
bool cell_is_negative(const char *text);

/* 1,234.50, 1.234,50, 1 234,50 EUR, $80, -3,5 in units of 10 to the -digits. A single separator
   with exactly three digits behind it separates thousands. At most AMOUNT_MINOR_MAX. */
MUST_USE bool cell_amount(const char *text, int digits, int64_t *ret);

/* Whether a spreadsheet would run a text: it begins with = + - @, wide or not, be it behind blanks,
   with a tab or a line break, or would but for apostrophes before it. vow's own exports guard such
   text with an apostrophe more. */
bool cell_is_formula(const char *text);

/* yes, no, true, false, 1, 0 and their forms in the languages of the headers, in any case. */
MUST_USE bool cell_yes(const char *text, bool *ret);

/* The next item of a list of names with commas between them, which is taken apart; NULL behind the
   last. With `quotes`, one that holds a comma is in quotes, and its own stand double. */
char *cell_item(char **rest, bool quotes);

#endif
