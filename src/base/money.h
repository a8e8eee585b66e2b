/* money.h: amounts in minor units of a currency, as text. */
#ifndef VOW_MONEY_H
#define VOW_MONEY_H

#include "arena.h"

/* The most that one entry of the books may come to, so that millions of them can be summed. */
#define AMOUNT_MINOR_MAX INT64_C(1000000000000)

/* Decimals that a currency has by ISO 4217: 2 for most, 0 for JPY, 3 for BHD. NULL: 2. */
int currency_digits(const char *code);

/* An amount of minor units as a decimal number: 1234 of EUR is 12.34, of JPY 1234. */
const char *money_text(struct arena *a, int64_t minor, const char *currency);

#endif
