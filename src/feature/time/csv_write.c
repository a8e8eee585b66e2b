/* csv_write.c: quoting, and defusing formulas. */
#include "csv_write.h"

#include "import_cell.h"

#include <string.h>

static void separate(struct buffer *out)
{
    if (out->len && out->at[out->len - 1] != '\n')
        buffer_char(out, ',');
}

void csv_plain(struct buffer *out, const char *text)
{
    separate(out);
    /* A lone empty cell would look like no row at all. */
    if (!*text && (!out->len || out->at[out->len - 1] == '\n'))
        buffer_string(out, "\"\"");
    buffer_string(out, text);
}

void csv_text(struct buffer *out, const char *text)
{
    if (!text || !*text) {
        csv_plain(out, "");
        return;
    }
    bool quoted = strpbrk(text, "\",\r\n;\t") != NULL || *text == ' ';
    separate(out);
    if (quoted)
        buffer_char(out, '"');
    if (cell_is_formula(text))
        buffer_char(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buffer_char(out, '"');
        buffer_char(out, *text);
    }
    if (quoted)
        buffer_char(out, '"');
}

void csv_end(struct buffer *out)
{
    buffer_string(out, "\r\n");
}
