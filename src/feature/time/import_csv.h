/* import_csv.h: comma-separated files as people really export them, read into rows of text.

   RFC 4180 and what spreadsheets and time trackers make of it: UTF-8 with or without a byte order
   mark, UTF-16 with one, Windows-1252, lines that end in LF, CRLF or CR, cells between quotes that
   hold delimiters, doubled quotes and line breaks, the delimiters , ; and tab (told from the
   header, or from a first line "sep=;"), blank lines, rows that are shorter or longer than the
   header. */
#ifndef VOW_TIME_IMPORT_CSV_H
#define VOW_TIME_IMPORT_CSV_H

#include "base/arena.h"
#include "base/text.h"

enum {
    CSV_ROWS_MAX = 200000,
    CSV_CELLS_MAX = 100,
    IMPORT_PROBLEMS_MAX = 200,
    IMPORT_VALUE_MAX = 80
};

/* One thing that cannot be read. Reasons never repeat what stands in the file. */
struct import_problem {
    int64_t line;       /* of the file, from 1; 0 when it concerns the whole file */
    const char *column; /* as the header calls it, or NULL */
    const char *reason; /* a clause in lower case without a full stop */
    const char *value;  /* what stands there, at most IMPORT_VALUE_MAX characters; or NULL */
    bool refused;       /* the file is right; what it needs is missing here or not allowed */
};

struct import_problems {
    size_t count;   /* may go beyond IMPORT_PROBLEMS_MAX; only that many are kept */
    size_t refused; /* of them */
    struct import_problem at[IMPORT_PROBLEMS_MAX];
};

/* Notes a problem. The texts are not copied. */
void import_problem_add(struct import_problems *problems, int64_t line, const char *column,
                        const char *reason);

/* The same about one cell, whose text is copied as far as it is kept. */
void import_cell_problem_add(struct arena *a, struct import_problems *problems, int64_t line,
                             const char *column, const char *reason, const char *value);

struct csv_row {
    int64_t line; /* where it begins */
    size_t count;
    const char *const *cell; /* valid UTF-8 without surrounding blanks */
};

struct csv {
    char delimiter;
    bool in_windows; /* the file was not UTF-8 and is read as Windows-1252 */
    size_t count;
    const struct csv_row *row; /* the header first; blank lines left out */
};

/* Reads a file into rows in the arena. Problems: bytes that are not text, quotes that never end,
   too many rows or cells. The rows that could be read are returned all the same. */
struct csv csv_read(struct arena *a, struct blob file, struct import_problems *problems);

#endif
