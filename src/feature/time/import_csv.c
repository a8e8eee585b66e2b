/* import_csv.c: bytes to text, text to rows. */
#include "import_csv.h"

#include "base/compose.h"

#include <inttypes.h>
#include <string.h>

void import_problem_add(struct import_problems *problems, int64_t line, const char *column,
                        const char *reason)
{
    if (problems->count < IMPORT_PROBLEMS_MAX)
        problems->at[problems->count] =
            (struct import_problem){ .line = line, .column = column, .reason = reason };
    problems->count++;
}

/* The first characters of a text, with a sign where more follows. */
static const char *beginning(struct arena *a, const char *text)
{
    size_t n = 0, points = 0;
    for (; text[n]; n++)
        if ((text[n] & 0xC0) != 0x80 && ++points > IMPORT_VALUE_MAX - 1 &&
            text_points(text + n) > 1)
            return arena_printf(a, "%.*s\xe2\x80\xa6", (int)n, text);
    return arena_string(a, text);
}

void import_cell_problem_add(struct arena *a, struct import_problems *problems, int64_t line,
                             const char *column, const char *reason, const char *value)
{
    import_problem_add(problems, line, column, reason);
    if (value && problems->count <= IMPORT_PROBLEMS_MAX)
        problems->at[problems->count - 1].value = beginning(a, value);
}

/* --- bytes to UTF-8 --- */

static const char *decode_utf16(struct arena *a, const unsigned char *at, size_t n, bool big,
                                struct import_problems *problems)
{
    char *to = arena_alloc(a, n / 2 * 3 + 1), *end = to;
    int64_t line = 1;
    for (size_t i = 0; i + 1 < n; i += 2) {
        uint32_t point = big ? (uint32_t)at[i] << 8 | at[i + 1] : (uint32_t)at[i + 1] << 8 | at[i];
        if (point >= 0xD800 && point < 0xDC00 && i + 3 < n) {
            uint32_t low =
                big ? (uint32_t)at[i + 2] << 8 | at[i + 3] : (uint32_t)at[i + 3] << 8 | at[i + 2];
            if (low >= 0xDC00 && low < 0xE000) {
                point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        line += point == '\n';
        if (!point || (point >= 0xD800 && point < 0xE000)) {
            import_problem_add(problems, line, NULL, "is not valid UTF-16");
            break;
        }
        end += text_put(end, point);
    }
    return to;
}

/* Windows-1252 from 0x80 to 0x9F; 0 where it has no character. Above, it is as Unicode. */
static const uint16_t windows[] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static uint32_t windows_point(unsigned char c)
{
    return c >= 0x80 && c < 0xA0 ? windows[c - 0x80] : c;
}

/* Length of the well-formed character of several bytes that begins there, or 0. */
static size_t wide_length(const char *at, const char *end)
{
    for (size_t n = 2; n <= 4 && n <= (size_t)(end - at); n++)
        if (text_is_utf8(at, n))
            return n;
    return 0;
}

/* Whether bytes that are not UTF-8 are what spreadsheets in western Europe save: more letters with
   accents of Windows-1252 than of UTF-8, which a damaged file would have. */
static bool is_windows(const char *at, size_t n)
{
    size_t wide = 0, single = 0;
    for (const char *end = at + n; at < end;) {
        unsigned char c = (unsigned char)*at;
        size_t length = c < 0x80 ? 1 : wide_length(at, end);
        if (!windows_point(c) && !length)
            return false;
        if (c < ' ' && !(c && strchr("\t\r\n", c)))
            return false;
        wide += length > 1;
        single += !length;
        at += length ? length : 1;
    }
    return single > wide;
}

static const char *decode_windows(struct arena *a, const char *at, size_t n)
{
    char *to = arena_alloc(a, n * 3 + 1), *end = to;
    for (size_t i = 0; i < n; i++)
        end += text_put(end, windows_point((unsigned char)at[i]));
    return to;
}

/* What stands before the first line that is not text. */
static const char *decode_start(struct arena *a, const char *at, size_t n,
                                struct import_problems *problems)
{
    const char *end = at + n, *from = at;
    for (int64_t line = 1; from < end; line++) {
        const char *lf = memchr(from, '\n', (size_t)(end - from));
        size_t length = (size_t)((lf ? lf : end) - from);
        if (!text_is_utf8(from, length)) {
            import_problem_add(
                problems, 0, NULL,
                arena_printf(a,
                             "the file is neither UTF-8 nor Windows-1252 from line %" PRId64
                             " on; save it as UTF-8, which spreadsheets call \"CSV UTF-8\"",
                             line));
            break;
        }
        from += length + (lf != NULL);
    }
    return arena_text(a, at, (size_t)(from - at));
}

static const char *decode(struct arena *a, struct blob file, bool *in_windows,
                          struct import_problems *problems)
{
    const unsigned char *at = file.at;
    const char *text = file.at;
    size_t n = file.len;
    if (n >= 2 && ((at[0] == 0xFF && at[1] == 0xFE) || (at[0] == 0xFE && at[1] == 0xFF)))
        return decode_utf16(a, at + 2, n - 2, at[0] == 0xFE, problems);
    if (n >= 4 && !memcmp(at, "PK\x03\x04", 4)) {
        import_problem_add(problems, 0, NULL,
                           "the file is a workbook or an archive; save its sheet as CSV");
        return "";
    }
    if (n >= 3 && !memcmp(at, "\xEF\xBB\xBF", 3))
        return decode_start(a, text + 3, n - 3, problems);
    *in_windows = !text_is_utf8(text, n) && is_windows(text, n);
    return *in_windows ? decode_windows(a, text, n) : decode_start(a, text, n, problems);
}

/* --- text to rows --- */

struct scanner {
    struct arena *arena;
    const char *at;
    char *to; /* cells are written here; they never take more room than the text itself */
    int64_t line;
    char delimiter;
    const char *cells[CSV_CELLS_MAX];
    size_t count; /* of cells; may go beyond the limit */
    struct import_problems *problems;
};

/* The delimiter that is most frequent outside quotes in the first line. */
static char delimiter_of(const char *text)
{
    static const char marks[] = ",;\t";
    size_t seen[sizeof marks] = { 0 };
    bool quoted = false;
    for (const char *p = text; *p && (quoted || (*p != '\n' && *p != '\r')); p++) {
        const char *mark = quoted ? NULL : strchr(marks, *p);
        if (mark)
            seen[mark - marks]++;
        quoted ^= *p == '"';
    }
    size_t best = seen[1] > seen[0] ? 1 : 0;
    return marks[seen[2] > seen[best] ? 2 : best];
}

static void skip_break(struct scanner *s)
{
    if (*s->at == '\r')
        s->at++;
    if (*s->at == '\n')
        s->at++;
    s->line++;
}

static bool at_end_of_cell(const struct scanner *s)
{
    return !*s->at || *s->at == s->delimiter || *s->at == '\n' || *s->at == '\r';
}

/* The text of a cell between quotes, s->at behind the opening one. */
static void scan_quoted(struct scanner *s)
{
    int64_t opened = s->line;
    for (; *s->at; s->at++) {
        if (*s->at == '"' && *++s->at != '"')
            return;
        if (*s->at == '\n' || (*s->at == '\r' && s->at[1] != '\n'))
            s->line++;
        *s->to++ = *s->at;
    }
    import_problem_add(s->problems, opened, NULL, "has a quotation mark that is never closed");
}

static size_t blank_or_break(const char *text)
{
    return *text == '\r' || *text == '\n' ? 1 : text_blank(text);
}

/* Without blanks at either end. */
static char *trim(char *text)
{
    for (size_t n; (n = blank_or_break(text));)
        text += n;
    char *end = text;
    for (char *at = text; *at;) {
        size_t n = blank_or_break(at);
        at += n ? n : 1;
        end = n ? end : at;
    }
    *end = 0;
    return text;
}

static void scan_cell(struct scanner *s)
{
    char *cell = s->to;
    while (*s->at == ' ' && s->delimiter != ' ')
        s->at++;
    if (*s->at == '"') {
        s->at++;
        scan_quoted(s);
    }
    /* Some programs write on behind the closing quote; the text is kept. */
    for (; !at_end_of_cell(s); s->at++)
        *s->to++ = *s->at;
    *s->to++ = 0;
    if (s->count < CSV_CELLS_MAX)
        s->cells[s->count] = text_compose(s->arena, trim(cell));
    s->count++;
}

/* Reads one line into s->cells; false when it is blank. */
static bool scan_row(struct scanner *s)
{
    s->count = 0;
    scan_cell(s);
    while (*s->at == s->delimiter) {
        s->at++;
        scan_cell(s);
    }
    if (*s->at)
        skip_break(s);
    for (size_t i = 0; i < s->count && i < CSV_CELLS_MAX; i++)
        if (*s->cells[i])
            return true;
    return false;
}

static size_t lines_of(const char *text)
{
    size_t n = 1;
    for (; *text; text++)
        n += *text == '\n' || (*text == '\r' && text[1] != '\n');
    return n;
}

struct csv csv_read(struct arena *a, struct blob file, struct import_problems *problems)
{
    bool in_windows = false;
    const char *text = decode(a, file, &in_windows, problems);
    struct scanner s = { .arena = a, .at = text, .line = 1, .problems = problems };
    s.to = arena_alloc(a, strlen(text) + 1);
    s.delimiter = delimiter_of(text);
    if (text_starts(text, "sep=") && text[4] && strchr("\r\n", text[5])) {
        s.delimiter = text[4];
        s.at += 5;
        if (*s.at)
            skip_break(&s);
    }
    size_t room = lines_of(text);
    struct csv_row *rows = arena_many(a, room < CSV_ROWS_MAX ? room : CSV_ROWS_MAX, struct csv_row);
    struct csv csv = { .delimiter = s.delimiter, .in_windows = in_windows, .row = rows };
    while (*s.at) {
        int64_t line = s.line;
        if (!scan_row(&s))
            continue;
        if (s.count > CSV_CELLS_MAX) {
            import_problem_add(problems, line, NULL, "has more than 100 cells");
            continue;
        }
        if (csv.count == CSV_ROWS_MAX) {
            import_problem_add(problems, line, NULL,
                               "is beyond the 200000 rows that one file may have");
            break;
        }
        rows[csv.count++] = (struct csv_row){
            .line = line,
            .count = s.count,
            .cell = arena_copy(a, s.cells, s.count * sizeof *s.cells),
        };
    }
    return csv;
}
