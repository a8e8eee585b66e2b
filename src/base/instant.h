/* instant.h: points in time, lengths of time and calendar days, each a type of its own. */
#ifndef VOW_INSTANT_H
#define VOW_INSTANT_H

#include "base.h"

/* Microseconds since 1970-01-01T00:00:00Z, no leap seconds. 0 means absent. */
struct instant {
    int64_t us;
};

/* A length of time in whole seconds. */
struct span {
    int64_t s;
};

/* A calendar day: days since 0000-12-31 in the proleptic Gregorian calendar, so that
   0001-01-01 is day 1 (a Monday). 0 means absent. */
struct date {
    int32_t day;
};

enum { INSTANT_TEXT = 64, DATE_TEXT = 32 }; /* room that suffices for any value */

/* The wall clock of the machine. Only the edge calls it; rules take the time from their ctx. */
struct instant instant_now(void);

bool instant_given(struct instant t);
struct instant instant_plus(struct instant t, struct span by);
struct span instant_minus(struct instant a, struct instant b); /* rounds down to seconds */

/* RFC 3339 in UTC with milliseconds: 2026-03-01T08:00:00.000Z. */
void instant_format(struct instant t, char to[INSTANT_TEXT]);

/* Reads RFC 3339 with any offset and up to six decimals, years 1970 to 9999. */
MUST_USE bool instant_parse(const char *text, struct instant *ret);

bool date_given(struct date d);
struct date date_of(int year, int month, int day); /* month 1..12; day may overflow the month */
void date_split(struct date d, int *year, int *month, int *day);
int date_weekday(struct date d); /* 0 is Monday */
struct date instant_date_utc(struct instant t);
struct instant date_start_utc(struct date d);

/* YYYY-MM-DD, years 0001 to 9999. */
void date_format(struct date d, char to[DATE_TEXT]);
MUST_USE bool date_parse(const char *text, struct date *ret);

#endif
