/* time_import_fuzz.c: any file is read within its bounds: rows have a start and a length that an
   entry may have, texts are valid, and reading twice gives the same keys. */
#include "feature/time/import_rows.h"
#include "fuzz.h"

#include <string.h>

static const enum date_order orders[] = { DATES_AUTO, DATES_DAY_FIRST, DATES_MONTH_FIRST };

static void check_text(const char *text)
{
    assert(!text || (*text && text_is_utf8(text, strlen(text))));
}

static void check_row(enum import_source source, const struct import_row *row)
{
    assert(row->line >= 1 && row->started_at.us > 0 && row->tag_count <= ENTRY_TAGS_MAX);
    assert(row->duration.s > 0);
    assert(row->duration.s <= ENTRY_DAYS_MAX * 86400 || source == IMPORT_VOW);
    check_text(row->person);
    check_text(row->client);
    check_text(row->project);
    check_text(row->task);
    check_text(row->note);
    for (size_t i = 0; i < row->tag_count; i++)
        check_text(row->tags[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    struct arena a = { 0 };
    struct import_problems problems = { 0 }, again = { 0 };
    struct import_options options = { .zone = zone_utc() };
    /* The first byte says how the file is read; none is as good as zero. */
    if (n) {
        options.source = (enum import_source)(at[0] % IMPORT_SOURCES);
        options.order = orders[at[0] / IMPORT_SOURCES % 3];
        at++;
        n--;
    }
    struct import_file file = import_read(&a, (struct blob){ at, n }, &options, &problems);
    struct import_file same = import_read(&a, (struct blob){ at, n }, &options, &again);
    assert(file.count == same.count && problems.count == again.count);
    for (size_t i = 0; i < file.count; i++) {
        check_row(file.source, &file.row[i]);
        assert(!strcmp(import_row_key(&a, &file, &file.row[i]),
                       import_row_key(&a, &same, &same.row[i])));
    }
    arena_done(&a);
    return 0;
}
