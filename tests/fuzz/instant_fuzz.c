/* instant_fuzz.c: whatever is read as a time or a day is written and read back as the same. */
#include "base/instant.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    char *text = malloc(n + 1);
    memcpy(text, at, n);
    text[n] = '\0';

    struct instant instant, same_instant;
    if (instant_parse(text, &instant)) {
        char written[INSTANT_TEXT];
        instant_format(instant, written);
        bool read = instant_parse(written, &same_instant);
        assert(read && same_instant.us / 1000 == instant.us / 1000);
    }
    struct date date, same_date;
    if (date_parse(text, &date)) {
        char written[DATE_TEXT];
        date_format(date, written);
        bool read = date_parse(written, &same_date);
        assert(read && same_date.day == date.day && strcmp(written, text) == 0);
    }
    free(text);
    return 0;
}
