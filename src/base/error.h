/* error.h: what went wrong, as a value that can be answered to a client (RFC 9457). */
#ifndef VOW_ERROR_H
#define VOW_ERROR_H

#include "base.h"

enum problem {
    NO_PROBLEM,
#define PROBLEM(name, status, title) name,
#include "problems.def"
#undef PROBLEM
    PROBLEM_COUNT
};

struct problem_info {
    const char *name; /* "TIMER_RUNNING" */
    const char *slug; /* "timer-running" */
    int status;       /* HTTP */
    const char *title;
};

/* What is known of a problem; never NULL for a problem of the list. */
const struct problem_info *problem_info(enum problem p);

enum { ERROR_PLACES = 16, ERROR_TEXT = 200 };

/* One input that is not right: a JSON pointer (or a query parameter's name) and why. */
struct error_place {
    char pointer[120];
    char problem[ERROR_TEXT];
};

/* A zeroed error is no error. Holds no personal data: details name fields, never their content. */
struct error {
    enum problem problem;
    char detail[ERROR_TEXT];
    size_t places; /* may count beyond ERROR_PLACES; only those are kept */
    struct error_place place[ERROR_PLACES];
};

/* Makes it no error, and touches only what was used. */
void error_clear(struct error *err);

/* Sets the problem with its detail (format may be NULL) and returns false, so that a function can
   end with it. The first problem stays when one is set already, except that any problem
   overrides none. */
bool error_set(struct error *err, enum problem p, const char *format, ...) PRINTF_LIKE(3, 4);

/* Notes one wrong input and sets INVALID; returns false. */
bool error_at(struct error *err, const char *pointer, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
