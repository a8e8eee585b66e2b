/* import_rows.c: when rows are that tell only their day, and which are the same. */
#include "import_rows.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

static int compare(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int compare_who(const struct import_row *a, const struct import_row *b)
{
    int c = compare(a->email, b->email);
    return c ? c : compare(a->person, b->person);
}

static int compare_day(const void *left, const void *right)
{
    const struct import_row *a = *(const struct import_row *const *)left;
    const struct import_row *b = *(const struct import_row *const *)right;
    int c = compare_who(a, b);
    c = c ? c : (a->day.day > b->day.day) - (a->day.day < b->day.day);
    return c ? c : (a->line > b->line) - (a->line < b->line);
}

void import_rows_place(struct arena *a, const struct zone *zone, struct import_problems *problems,
                       struct import_row *rows, size_t count)
{
    struct import_row **order = arena_many(a, count + 1, struct import_row *);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!rows[i].timed)
            order[n++] = &rows[i];
    qsort(order, n, sizeof(struct import_row *), compare_day);
    for (size_t from = 0, until; from < n; from = until) {
        int64_t sum = 0;
        for (until = from; until < n && !compare_who(order[from], order[until]) &&
                           order[from]->day.day == order[until]->day.day;
             until++)
            sum += order[until]->duration.s;
        struct date d = order[from]->day;
        struct instant start = zone_day_start(zone, d);
        int64_t room = zone_day_length(zone, d).s - sum;
        if (room < 0)
            import_problem_add(problems, order[until - 1]->line, NULL,
                               "is more than one person's day holds");
        start = instant_plus(start, (struct span){ room > 9 * 3600 ? 9 * 3600
                                                   : room > 0      ? room
                                                                   : 0 });
        for (size_t i = from; i < until; i++) {
            order[i]->started_at = start;
            start = instant_plus(start, order[i]->duration);
        }
    }
}

static int compare_tags(const struct import_row *a, const struct import_row *b)
{
    if (a->tag_count != b->tag_count)
        return a->tag_count > b->tag_count ? 1 : -1;
    for (size_t i = 0; i < a->tag_count; i++) {
        int c = strcmp(a->tags[i], b->tags[i]);
        if (c)
            return c;
    }
    return 0;
}

static int compare_same(const struct import_row *a, const struct import_row *b)
{
    int c = compare_who(a, b);
    c = c ? c : (a->day.day > b->day.day) - (a->day.day < b->day.day);
    if (!c && a->timed && b->timed)
        c = (a->started_at.us > b->started_at.us) - (a->started_at.us < b->started_at.us);
    c = c ? c : (a->duration.s > b->duration.s) - (a->duration.s < b->duration.s);
    c = c ? c : compare(a->client, b->client);
    c = c ? c : compare(a->project, b->project);
    c = c ? c : compare(a->task, b->task);
    c = c ? c : compare(a->note, b->note);
    return c ? c : compare_tags(a, b);
}

static int compare_row(const void *left, const void *right)
{
    const struct import_row *a = *(const struct import_row *const *)left;
    const struct import_row *b = *(const struct import_row *const *)right;
    int c = (a->timed > b->timed) - (a->timed < b->timed);
    c = c ? c : compare_same(a, b);
    return c ? c : (a->line > b->line) - (a->line < b->line);
}

void import_rows_number(struct arena *a, struct import_row *rows, size_t count)
{
    struct import_row **order = arena_many(a, count + 1, struct import_row *);
    for (size_t i = 0; i < count; i++)
        order[i] = &rows[i];
    qsort(order, count, sizeof(struct import_row *), compare_row);
    for (size_t i = 1; i < count; i++)
        if (order[i]->timed == order[i - 1]->timed && !compare_same(order[i - 1], order[i]))
            order[i]->ordinal = order[i - 1]->ordinal + 1;
}

static void key_part(struct buffer *b, const char *text)
{
    buffer_string(b, text ? text : "");
    buffer_char(b, '\x1F');
}

const char *import_row_key(struct arena *a, const struct import_file *file,
                           const struct import_row *row)
{
    struct buffer b = buffer_new(a);
    char id[ID_TEXT];
    key_part(&b, import_source_names[file->source]);
    if (id_given(row->entry)) {
        id_format(row->entry, id);
        key_part(&b, id);
        return b.at;
    }
    key_part(&b, row->email ? row->email : row->person);
    buffer_printf(&b, "%d\x1F%lld\x1F%lld\x1F%lld\x1F", row->day.day,
                  row->timed ? (long long)row->started_at.us : -1, (long long)row->duration.s,
                  (long long)row->ordinal);
    key_part(&b, row->client);
    key_part(&b, row->project);
    key_part(&b, row->task);
    key_part(&b, row->note);
    for (size_t i = 0; i < row->tag_count; i++)
        key_part(&b, row->tags[i]);
    return b.at;
}
