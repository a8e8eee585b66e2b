/* readable.c: a person's rows as a page to read. */
#include "readable.h"

#include "base/buffer.h"
#include "base/money.h"
#include "core/audit.h"
#include "core/rows.h"
#include "core/sql.h"
#include "db/compose.h"
#include "feature/organisation/organisation.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct name {
    struct id id;
    const char *text;
};

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>A copy of your data</title>"
    "<style>:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem}"
    "section{overflow-x:auto}table{border-collapse:collapse}"
    "th,td{padding:.25rem .75rem;text-align:start;vertical-align:top;border-top:1px solid #8885}"
    "td{max-width:40rem;overflow-wrap:break-word}.n{white-space:nowrap}</style></"
    "head>\n<body><h1>A copy of your data</h1>"
    "<p>This is what is kept about you, made at ";

/* --- names --- */

struct naming {
    struct readable *page;
    const struct field *field;
    struct arena *a;
};

static bool name_add(void *with, const void *row)
{
    const struct naming *n = with;
    const char *text = *(const char *const *)field_of(n->field, row);
    struct name name = { ((const struct row *)row)->id, text ? arena_string(n->a, text) : "" };
    buffer_add(&n->page->names, &name, sizeof name);
    return true;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(((const struct name *)a)->id.byte, ((const struct name *)b)->id.byte,
                  sizeof(struct id));
}

/* Of all rows that have one: ids are known by themselves, whatever table they are of. */
static bool names_load(struct ctx *c, struct readable *p, const struct table *const *tables,
                       size_t count)
{
    p->names = buffer_new(c->arena);
    for (size_t i = 0; i < count; i++) {
        const char *called = tables[i]->called;
        struct naming n = { p, called ? field_find(tables[i]->fields, called) : NULL, c->arena };
        struct buffer sql = buffer_new(c->arena);
        if (!n.field || tables[i]->log)
            continue;
        select_add(&sql, tables[i]);
        struct query q = query_composed(sql.at);
        q.whole = "Any of them may be named in somebody's rows";
        if (!tx_each(c->tx, &q, NO_ARGS, tables[i]->fields, tables[i]->size, name_add, &n))
            return false;
    }
    if (p->names.len)
        qsort(p->names.at, p->names.len / sizeof(struct name), sizeof(struct name), by_id);
    return true;
}

static const char *name_of(const struct readable *p, struct id id)
{
    struct name key = { id, NULL };
    const struct name *found =
        p->names.len ? bsearch(&key, p->names.at, p->names.len / sizeof key, sizeof key, by_id)
                     : NULL;
    return found ? found->text : NULL;
}

/* --- the page --- */

static void html_text(struct buffer *b, const char *text)
{
    for (; *text; text++) {
        const char *as = *text == '<'   ? "&lt;"
                         : *text == '&' ? "&amp;"
                         : *text == '"' ? "&quot;"
                                        : NULL;
        if (as)
            buffer_string(b, as);
        else
            buffer_char(b, *text);
    }
}

/* A dash for a row that has no name, or is gone: the files for programs have its id. */
static void html_id(struct readable *p, struct id id)
{
    const char *name = name_of(p, id);
    html_text(&p->out, name ? name : "–");
}

static void html_list(struct readable *p, const struct field *f, const struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buffer_string(&p->out, ", ");
        if (f->of == KIND_ID)
            html_id(p, ((const struct id *)list->at)[i]);
        else if (f->of == KIND_TEXT)
            html_text(&p->out, ((const char *const *)list->at)[i]);
    }
}

/* A list of ids by their names, anything else as it is. */
static void html_json(struct readable *p, const char *text)
{
    enum { QUOTED = ID_TEXT - 1 + 2 };
    struct id id;
    size_t n = strlen(text), from = p->out.len;
    for (size_t at = 1; n % (QUOTED + 1) == 1 && at < n; at += QUOTED + 1) {
        const char *quoted = arena_text(p->c->arena, text + at + 1, ID_TEXT - 1);
        if (!id_parse(quoted, &id))
            break;
        if (at > 1)
            buffer_string(&p->out, ", ");
        html_id(p, id);
    }
    if (p->out.len == from)
        html_text(&p->out, text);
}

/* "2026-03-02 08:00:00" */
static void html_instant(struct buffer *b, struct instant t)
{
    char text[INSTANT_TEXT];
    instant_format(t, text);
    text[strlen("2026-03-02")] = ' ';
    text[strlen("2026-03-02 08:00:00")] = 0;
    buffer_string(b, text);
}

static bool is_amount(const struct field *f)
{
    return f->kind == KIND_INT && text_ends(f->name, "_minor");
}

static void html_value(struct readable *p, const struct field *f, const void *row)
{
    const void *at = field_of(f, row);
    struct buffer *b = &p->out;
    char day[DATE_TEXT];
    if (field_absent(f, row))
        return;
    switch (f->kind) {
    case KIND_BOOL:
        buffer_string(b, *(const bool *)at ? "yes" : "no");
        break;
    case KIND_INT:
        if (f->unknown && *(const int64_t *)at == f->unknown)
            buffer_string(b, "not known");
        else if (is_amount(f))
            buffer_string(b, money_text(p->c->arena, *(const int64_t *)at, p->currency));
        else
            buffer_printf(b, "%lld", (long long)*(const int64_t *)at);
        break;
    case KIND_REAL:
        buffer_printf(b, "%g", *(const double *)at);
        break;
    case KIND_TEXT:
        html_text(b, *(const char *const *)at);
        break;
    case KIND_ID:
        html_id(p, *(const struct id *)at);
        break;
    case KIND_INSTANT:
        html_instant(b, *(const struct instant *)at);
        break;
    case KIND_DATE:
        date_format(*(const struct date *)at, day);
        buffer_string(b, day);
        break;
    case KIND_SPAN: {
        long long s = ((const struct span *)at)->s;
        buffer_printf(b, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
        break;
    }
    case KIND_BLOB:
        buffer_printf(b, "%zu bytes", ((const struct blob *)at)->len);
        break;
    case KIND_JSON:
        html_json(p, ((const struct json *)at)->text);
        break;
    case KIND_LIST:
        html_list(p, f, at);
        break;
    case KIND_NONE:
    case KIND_RECORD:
        break;
    }
}

/* Who reads their own rows needs no ids: theirs, the rows', and those of what has no name, such as
   a request, or accounts, which stand in control. */
static bool is_shown(const struct table *t, const struct field *f)
{
    bool unnamed = (t->control && f->kind == KIND_ID) || (t->log && text_ends(f->name, "_id"));
    return f->privacy != SECRET && !f->subject && !unnamed && strcmp(f->name, "id") != 0 &&
           strcmp(f->name, "version") != 0;
}

/* "ended_at" is "Ended", "amount_minor" is "Amount (EUR)"; what people called theirs stands. */
static void html_heading(struct readable *p, const struct field *f)
{
    char *words = arena_string(p->c->arena, field_words(p->c->arena, f));
    if (!f->sealed)
        *words = (char)toupper((unsigned char)*words);
    buffer_string(&p->out, "<th title=\"");
    html_text(&p->out, f->doc ? f->doc : "");
    buffer_string(&p->out, "\">");
    html_text(&p->out, words);
    if (is_amount(f) && p->currency)
        buffer_printf(&p->out, " (%s)", p->currency);
    buffer_string(&p->out, "</th>");
}

static void table_begin(struct readable *p, const struct table *t)
{
    buffer_string(&p->out, p->table ? "</table></section>\n<section><h2>" : "<section><h2>");
    html_text(&p->out, t->doc);
    buffer_string(&p->out, "</h2><table><tr>");
    EACH_FIELD (f, t->fields)
        if (is_shown(t, f))
            html_heading(p, f);
    buffer_string(&p->out, "</tr>\n");
    p->table = t;
}

bool readable_begin(struct ctx *c, const struct table *const *tables, size_t count,
                    struct readable *p)
{
    struct organisation o = { 0 };
    if (!row_single(c, &organisation_table, &o))
        return false;
    *p = (struct readable){ .c = c, .out = buffer_new(c->arena), .currency = o.currency };
    buffer_string(&p->out, head);
    html_instant(&p->out, c->now);
    buffer_string(&p->out, ". All times are UTC. For programs the same is in <code>tables/</code>, "
                           "listed in <code>manifest.json</code>.</p>\n");
    return names_load(c, p, tables, count);
}

void readable_row(struct readable *p, const struct table *t, const void *row)
{
    struct audit_event said;
    if (t == &audit_event_table) {
        said = *(const struct audit_event *)row;
        audit_say(p->c, &said);
        row = &said;
    }
    if (p->table != t)
        table_begin(p, t);
    buffer_string(&p->out, "<tr>");
    EACH_FIELD (f, t->fields)
        if (is_shown(t, f)) {
            buffer_string(&p->out, f->kind == KIND_INSTANT ? "<td class=\"n\">" : "<td>");
            html_value(p, f, row);
            buffer_string(&p->out, "</td>");
        }
    buffer_string(&p->out, "</tr>\n");
}

struct blob readable_end(struct readable *p)
{
    buffer_string(&p->out, p->table ? "</table></section></body></html>\n" : "</body></html>\n");
    return (struct blob){ p->out.at, p->out.len };
}
