/* error.c: the table of problems and how an error is noted. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

static struct problem_info problems[] = {
    [NO_PROBLEM] = { "NO_PROBLEM", "none", 200, "" },
#define PROBLEM(name, status, title) [name] = { #name, NULL, status, title },
#include "problems.def"
#undef PROBLEM
};

/* Slugs are made from the names, so that there is no second spelling. */
__attribute__((constructor)) static void slugs_make(void)
{
    static char slugs[PROBLEM_COUNT][48];
    for (int p = 1; p < PROBLEM_COUNT; p++) {
        const char *from = problems[p].name;
        for (int i = 0; from[i] && i < 47; i++)
            slugs[p][i] = from[i] == '_' ? '-' : (char)(from[i] - 'A' + 'a');
        problems[p].slug = slugs[p];
    }
}

const struct problem_info *problem_info(enum problem p)
{
    return &problems[p];
}

void error_clear(struct error *err)
{
    err->problem = NO_PROBLEM;
    err->detail[0] = 0;
    err->places = 0;
}

bool error_set(struct error *err, enum problem p, const char *format, ...)
{
    if (err->problem)
        return false;
    err->problem = p;
    if (format) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->detail, sizeof err->detail, format, args);
        va_end(args);
    }
    return false;
}

bool error_at(struct error *err, const char *pointer, const char *format, ...)
{
    if (!err->problem)
        err->problem = INVALID;
    if (err->places < ERROR_PLACES) {
        struct error_place *place = &err->place[err->places];
        va_list args;
        snprintf(place->pointer, sizeof place->pointer, "%s", pointer);
        va_start(args, format);
        vsnprintf(place->problem, sizeof place->problem, format, args);
        va_end(args);
    }
    err->places++;
    return false;
}
