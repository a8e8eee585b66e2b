/* finding_held.h: for tests: a finding's headline, as the app shows it, is a number of its
 * sentence. */
#ifndef VOW_AI_FINDING_HELD_H
#define VOW_AI_FINDING_HELD_H

#include "finding.h"

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What web/src/ui/time.ts makes of a value: minutes for hours of any kind, tenths for the rest. */
static const char *headline(struct arena *a, const struct ai_finding *f)
{
    if (f->unit[0] == 'h' && strchr("/ ", f->unit[1]))
        return hours_text(a, llround(f->value * 3600));
    return arena_printf(a, "%.12g", round(f->value * 10) / 10);
}

static bool stands_in(const char *sentence, const char *number)
{
    size_t n = strlen(number);
    for (const char *at = sentence; (at = strstr(at, number)); at++) {
        bool begins = at == sentence || (!isdigit((unsigned char)at[-1]) && !strchr(".:", at[-1]));
        bool more = (at[n] == '.' || at[n] == ':') && isdigit((unsigned char)at[n + 1]);
        if (begins && !more && !isdigit((unsigned char)at[n]))
            return true;
    }
    return false;
}

static void assert_held(struct arena *a, const struct ai_finding *f)
{
    const char *number = headline(a, f);
    /* A trend downwards says so in a word. */
    bool less = number[0] == '-' && strstr(f->sentence, " less ");
    if (!stands_in(f->sentence, number + less))
        fail_msg("%s: no %s %s in “%s”", f->kind, number, f->unit, f->sentence);
}

#endif
