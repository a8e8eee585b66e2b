/* line.h: reading one JSON Lines object with text members, and writing JSON text. */
#ifndef VOW_SCREEN_LINE_H
#define VOW_SCREEN_LINE_H

#include "base/buffer.h"

#include <stdio.h>

struct line_text {
    char *at; /* UTF-8, NUL-terminated behind `len`; may hold NULs */
    size_t len;
};

/* One member that the caller wants; the last one of that name wins. */
struct line_member {
    const char *name;
    struct line_text value; /* at is NULL when absent */
};

/* Reads an object whose wanted members are strings; other members may be anything. Half a surrogate
   in an escape and ill-formed bytes become U+FFFD. False when the line is no JSON object. */
MUST_USE bool line_read(struct arena *a, const char *line, size_t n, struct line_member *members,
                        size_t count);

/* Prints the answer to one line; false when it is none that can be answered. */
typedef bool line_answer(struct arena *a, const char *line, size_t n, const void *with);

/* Answers each line of standard input at once with one on standard output: what `answer` prints, or
   {"error": `wanted`}. Each line is wiped when answered. Returns the command's exit status. */
int lines_answer(line_answer *answer, const void *with, const char *wanted);

/* Reads a whole file ("-" is standard input); false with errno set: EFBIG from 2 GB on. */
MUST_USE bool file_read(struct arena *a, const char *path, struct line_text *ret);

#endif
