/* export.c: time entries as CSV, in the layout that other trackers import and import_format.h reads
   back, and as JSON for programs. */
#include "base/json.h"
#include "base/money.h"
#include "core/app.h"
#include "core/limits.h"
#include "core/list.h"
#include "core/rows.h"
#include "csv_write.h"
#include "feature/organisation/organisation.h"
#include "routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPORT_ROWS_MAX = 100000, PAGE = 500, FILTERS_MAX = 5 };

const struct field export_in_fields[] = {
    FIELD(struct export_in, from, .privacy = OPERATIONAL, .query = true,
          .doc = "First day; from the beginning when not given"),
    FIELD(struct export_in, to, .privacy = OPERATIONAL, .query = true,
          .doc = "Last day; to the end when not given"),
    FIELD(struct export_in, person, .privacy = PERSONAL, .query = true,
          .doc = "Only this person's time"),
    FIELD(struct export_in, project, .privacy = OPERATIONAL, .query = true,
          .doc = "Only time on this project"),
    FIELD(struct export_in, note_contains, .privacy = CONTENT, .min = 1, .max = SEARCH_TEXT_MAX,
          .query = true, .doc = "Only time with this in its note, in letters of either case"),
    { 0 },
};

/* Something that entries refer to by id. */
struct label {
    struct id id, parent;
    const char *name, *more;
};
static const struct field label_fields[] = {
    FIELD(struct label, id),
    FIELD(struct label, parent),
    FIELD(struct label, name),
    FIELD(struct label, more),
    { 0 },
};

struct labels {
    const struct label *at;
    size_t count;
};

struct exporter {
    struct ctx *c;
    const struct export_in *in;
    struct labels clients, projects, tasks, tags, people;
    const char *currency;
    int64_t rows;
    struct buffer out;
};

static int compare_label(const void *a, const void *b)
{
    return memcmp(&((const struct label *)a)->id, &((const struct label *)b)->id,
                  sizeof(struct id));
}

static bool labels_load(struct ctx *c, const struct query *q, struct labels *ret)
{
    struct list list;
    if (!tx_rows(c->tx, q, NO_ARGS, label_fields, sizeof(struct label), 0, &list))
        return false;
    struct label *copy = arena_copy(c->arena, list.at, list.count * sizeof *copy);
    qsort(copy, list.count, sizeof *copy, compare_label);
    *ret = (struct labels){ copy, list.count };
    return true;
}

static const struct label *label_of(const struct labels *labels, struct id id)
{
    static const struct label none;
    struct label key = { .id = id };
    const struct label *found =
        labels->count ? bsearch(&key, labels->at, labels->count, sizeof key, compare_label) : NULL;
    return found ? found : &none;
}

static bool all_load(struct exporter *x)
{
    static const struct query clients = { "SELECT id, NULL, name, NULL FROM client" };
    static const struct query projects = { "SELECT id, client, name, NULL FROM project" };
    static const struct query tasks = { "SELECT id, project, name, NULL FROM project_task" };
    static const struct query tags = { "SELECT id, NULL, name, NULL FROM tag" };
    static const struct query people = { "SELECT id, NULL, name, email FROM person" };
    struct organisation o = { 0 };
    if (!row_single(x->c, &organisation_table, &o))
        return false;
    x->currency = o.currency ? o.currency : "";
    return labels_load(x->c, &clients, &x->clients) && labels_load(x->c, &projects, &x->projects) &&
           labels_load(x->c, &tasks, &x->tasks) && labels_load(x->c, &tags, &x->tags) &&
           labels_load(x->c, &people, &x->people);
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* As import_format.h reads it back: a name that would read as several, or as one in quotes, is in
   quotes. */
static void tag_add(struct buffer *b, const char *name)
{
    if (!strchr(name, ',') && *name != '"') {
        buffer_string(b, name);
        return;
    }
    buffer_char(b, '"');
    for (; *name; name++) {
        if (*name == '"')
            buffer_char(b, '"');
        buffer_char(b, *name);
    }
    buffer_char(b, '"');
}

static const char *tag_names(struct exporter *x, const struct time_entry *e)
{
    struct id tags[ENTRY_TAGS_MAX];
    const char *name[ENTRY_TAGS_MAX];
    size_t n = 0;
    if (!e->tags.text || !tags_parse(e->tags.text, tags, &n) || !n)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        name[i] = label_of(&x->tags, tags[i])->name;
        name[i] = name[i] ? name[i] : "";
    }
    qsort(name, n, sizeof *name, compare_text);
    struct buffer b = buffer_new(x->c->arena);
    for (size_t i = 0; i < n; i++) {
        buffer_string(&b, i ? ", " : "");
        tag_add(&b, name[i]);
    }
    return b.at;
}

/* The date and the time that the wall of the entry's zone showed. */
static void wall(const struct zone *z, struct instant t, char day[DATE_TEXT], char clock[16])
{
    int s = zone_second(z, t);
    date_format(zone_date(z, t), day);
    snprintf(clock, 16, "%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
}

static void csv_row(struct exporter *x, const struct time_entry *e)
{
    const struct zone *z = zone_named(x->c, e->zone);
    const struct label *project = label_of(&x->projects, e->project);
    const struct label *person = label_of(&x->people, e->person);
    char day[DATE_TEXT], clock[16], number[40], start[INSTANT_TEXT], id[ID_TEXT];
    struct buffer *out = &x->out;
    csv_text(out, person->name);
    csv_text(out, person->more);
    csv_text(out, label_of(&x->clients, project->parent)->name);
    csv_text(out, project->name);
    csv_text(out, label_of(&x->tasks, e->task)->name);
    csv_text(out, e->note);
    csv_plain(out, e->billable ? "Yes" : "No");
    wall(z, e->started_at, day, clock);
    csv_plain(out, day);
    csv_plain(out, clock);
    wall(z, e->ended_at, day, clock);
    csv_plain(out, day);
    csv_plain(out, clock);
    snprintf(number, sizeof number, "%02lld:%02d:%02d", (long long)(e->duration_s.s / 3600),
             (int)(e->duration_s.s / 60 % 60), (int)(e->duration_s.s % 60));
    csv_plain(out, number);
    csv_text(out, tag_names(x, e));
    csv_plain(out, ctx_can(x->c, &rates_read)
                       ? money_text(x->c->arena, e->amount_minor, x->currency)
                       : "");
    csv_text(out, e->zone); /* an archive may have brought anything */
    csv_plain(out, e->source ? e->source : "");
    instant_format(e->started_at, start);
    csv_plain(out, start);
    id_format(e->id, id);
    csv_plain(out, id);
    csv_end(out);
}

static void json_member(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, ",\"%s\":", name);
    if (text)
        json_text(out, text);
    else
        buffer_string(out, "null");
}

static void json_row(struct exporter *x, const struct time_entry *e)
{
    const struct label *project = label_of(&x->projects, e->project);
    struct buffer *out = &x->out;
    buffer_string(out, x->rows ? ",\n" : "\n");
    struct time_entry seen = *e;
    unseen_clear(x->c, time_entry_fields, &seen);
    json_record(out, time_entry_fields, &seen);
    out->at[--out->len] = 0; /* the names go into the same object */
    json_member(out, "person_name", label_of(&x->people, e->person)->name);
    json_member(out, "client_name", label_of(&x->clients, project->parent)->name);
    json_member(out, "project_name", project->name);
    json_member(out, "task_name", label_of(&x->tasks, e->task)->name);
    json_member(out, "tag_names", tag_names(x, e));
    buffer_char(out, '}');
}

static size_t filters_make(struct exporter *x, struct row_filter filters[FILTERS_MAX])
{
    const struct export_in *in = x->in;
    const struct field *f = time_entry_fields;
    const struct zone *z = ctx_zone(x->c);
    size_t n = 0;
    if (date_given(in->from))
        filters[n++] = (struct row_filter){ field_find(f, "started_at"), COMPARE_FROM,
                                            value_instant(zone_day_start(z, in->from)) };
    if (date_given(in->to))
        filters[n++] = (struct row_filter){ field_find(f, "started_at"), COMPARE_TO,
                                            value_instant(zone_day_start(
                                                z, (struct date){ in->to.day + 1 })) };
    if (id_given(in->person))
        filters[n++] =
            (struct row_filter){ field_find(f, "person"), COMPARE_EQUAL, value_id(in->person) };
    if (id_given(in->project))
        filters[n++] =
            (struct row_filter){ field_find(f, "project"), COMPARE_EQUAL, value_id(in->project) };
    if (in->note_contains)
        filters[n++] = (struct row_filter){ field_find(f, "note"), COMPARE_CONTAINS,
                                            value_text(in->note_contains) };
    return n;
}

static bool each_entry(struct exporter *x,
                       void (*write)(struct exporter *, const struct time_entry *))
{
    struct row_filter filters[FILTERS_MAX];
    struct page page = { .filters = filters, .limit = PAGE, .sort = "started_at" };
    struct list list;
    page.filter_count = filters_make(x, filters);
    do {
        if (!row_list(x->c, &time_entry_table, &page, &list, &page.cursor))
            return false;
        const struct time_entry *e = list.at;
        for (size_t i = 0; i < list.count; i++) {
            if (!instant_given(e[i].ended_at))
                continue;
            if (x->rows == EXPORT_ROWS_MAX)
                return fail(x->c, INVALID, "More than %d entries; narrow the period down",
                            EXPORT_ROWS_MAX);
            write(x, &e[i]);
            x->rows++;
        }
    } while (page.cursor);
    return true;
}

static bool csv_work(struct ctx *c, void *with)
{
    struct exporter *x = with;
    if (!all_load(x))
        return false;
    x->rows = 0;
    x->out = buffer_new(c->arena);
    buffer_printf(&x->out,
                  "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,"
                  "End date,End time,Duration,Tags,Amount (%s),Time zone,Source,Start UTC,"
                  "Entry\r\n",
                  x->currency);
    return each_entry(x, csv_row);
}

static bool json_work(struct ctx *c, void *with)
{
    struct exporter *x = with;
    if (!all_load(x))
        return false;
    x->rows = 0;
    x->out = buffer_new(c->arena);
    buffer_string(&x->out, "{\"currency\":");
    json_text(&x->out, x->currency);
    buffer_string(&x->out, ",\"entries\":[");
    if (!each_entry(x, json_row))
        return false;
    buffer_string(&x->out, "]}\n");
    return true;
}

const char *time_file_name(struct arena *a, const char *what, struct date from, struct date to,
                           const char *ending)
{
    char first[DATE_TEXT], last[DATE_TEXT];
    date_format(from, first);
    date_format(to, last);
    if (!date_given(from) && !date_given(to))
        return arena_printf(a, "%s.%s", what, ending);
    if (!date_given(to))
        return arena_printf(a, "%s-from-%s.%s", what, first, ending);
    if (!date_given(from))
        return arena_printf(a, "%s-to-%s.%s", what, last, ending);
    if (from.day == to.day)
        return arena_printf(a, "%s-%s.%s", what, first, ending);
    return arena_printf(a, "%s-%s-to-%s.%s", what, first, last, ending);
}

static bool export_answer(struct ctx *c, const struct export_in *in, ctx_work *work,
                          const char *type, const char *ending)
{
    struct exporter x = { .c = c, .in = in };
    if (!limit_claim(c) || !ctx_read(c, work, &x))
        return false;
    c->x->bytes = (struct blob){ x.out.at, x.out.len };
    c->x->type = type;
    c->x->filename = time_file_name(c->arena, "time", in->from, in->to, ending);
    return true;
}

bool export_csv_get(struct ctx *c, const void *in, void *ret)
{
    (void)ret;
    return export_answer(c, in, csv_work, "text/csv; charset=utf-8", "csv");
}

bool export_json_get(struct ctx *c, const void *in, void *ret)
{
    (void)ret;
    return export_answer(c, in, json_work, "application/json", "json");
}
