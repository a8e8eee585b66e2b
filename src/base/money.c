/* money.c: how many decimals currencies have. */
#include "money.h"

#include <inttypes.h>
#include <string.h>

int currency_digits(const char *code)
{
    static const char none[] =
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
    static const char three[] = "BHD IQD JOD KWD LYD OMR TND";
    if (!code || strlen(code) != 3)
        return 2;
    return strstr(none, code) ? 0 : strstr(three, code) ? 3 : 2;
}

const char *money_text(struct arena *a, int64_t minor, const char *currency)
{
    int digits = currency_digits(currency);
    int64_t unit = digits == 0 ? 1 : digits == 2 ? 100 : 1000, size = minor < 0 ? -minor : minor;
    const char *sign = minor < 0 ? "-" : "";
    if (!digits)
        return arena_printf(a, "%" PRId64, minor);
    return arena_printf(a, "%s%" PRId64 ".%0*" PRId64, sign, size / unit, digits, size % unit);
}
