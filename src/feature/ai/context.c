/* context.c: step 4: what a capability may read, each text by way of step 5. */
#include "run.h"

#include "base/json.h"
#include "base/zone.h"
#include "core/app.h"

#include <string.h>
#include <strings.h>

static bool is_declared(const struct ai_run *run, const struct table *t, const char *column)
{
    for (const struct ai_read *r = run->capability->reads; r && r->table; r++)
        for (const char *const *k = r->columns; r->table == t && *k; k++)
            if (!strcmp(*k, column))
                return true;
    return !run->capability->reads;
}

void context_column(struct ai_run *run, const struct table *t, const char *column)
{
    const char *name = arena_printf(run->c->arena, "%s.%s", t->name, column);
    for (size_t i = 0; i < run->column_count; i++)
        if (!strcmp(run->columns[i], name))
            return;
    const char **columns = arena_many(run->c->arena, run->column_count + 1, const char *);
    if (run->column_count)
        memcpy(columns, run->columns, run->column_count * sizeof *columns);
    columns[run->column_count++] = name;
    run->columns = columns;
}

static void reads_note(struct ai_run *run)
{
    for (const struct ai_read *r = run->capability->reads; r && r->table; r++)
        for (const char *const *k = r->columns; *k; k++)
            context_column(run, r->table, *k);
}

static bool context_full(const struct ai_run *run)
{
    return run->elsewhere || run->ret->rows >= CONTEXT_ROWS ||
           run->context.len > CONTEXT_BYTES - 4096;
}

void context_text(struct ai_run *run, const char *text, bool mask)
{
    buffer_string(&run->context, mask ? ai_masked(run, text) : text);
}

/* Data ends neither its quotes nor the block that it is sent in. */
static void data_quote(struct ai_run *run, const char *text)
{
    struct buffer out = buffer_new(run->c->arena);
    for (; *text; text++)
        if (*text == '<' && !strncasecmp(text + 1 + strspn(text + 1, " /\t\r\n"), "data", 4))
            buffer_string(&out, "\u2039"); /* looks alike */
        else
            buffer_char(&out, *text);
    json_text(&run->context, out.at);
}

static void clock_write(struct ai_run *run, struct instant t)
{
    char text[INSTANT_TEXT];
    zone_format(ctx_zone(run->c), t, text);
    buffer_char(&run->context, '"');
    buffer_string(&run->context, text);
    buffer_char(&run->context, '"');
}

static bool is_listed(const struct field *f, const char *text)
{
    for (const char *const *choice = f->choices; choice && *choice; choice++)
        if (!strcmp(*choice, text))
            return true;
    return false;
}

/* Whoever wrote it may have meant the model, be it personal or not; a choice was written by who
   lists it. */
static void text_write(struct ai_run *run, const struct field *f, const char *text)
{
    if (!text)
        return context_text(run, "none", false);
    if (!is_listed(f, text) && ai_hostile(run, text))
        return context_text(run, "(left out: it reads like an instruction)", false);
    data_quote(run, field_masked(f) ? ai_masked(run, text) : ai_unmasked(run, text));
}

static void value_write(struct ai_run *run, const struct field *f, const void *value)
{
    if (f->kind == KIND_TEXT)
        return text_write(run, f, *(const char *const *)value);
    if (f->kind == KIND_INSTANT && instant_given(*(const struct instant *)value))
        return clock_write(run, *(const struct instant *)value);
    struct field here = *f;
    here.at = 0;
    json_value(&run->context, &here, value);
}

static bool may_leave(const struct ai_run *run, const struct table *t, const struct field *f)
{
    return f && f->ai && f->privacy != SENSITIVE && f->privacy != SECRET &&
           is_declared(run, t, f->name);
}

void context_value(struct ai_run *run, const struct table *t, const struct field *f,
                   const void *value)
{
    struct field here = *f;
    assert(may_leave(run, t, f));
    here.at = 0;
    if (field_absent(&here, value))
        return context_text(run, "none", false);
    value_write(run, f, value);
}

static void row_write(struct ai_run *run, const struct ai_cell *cells,
                      const struct field *const *fields, const char *record)
{
    for (size_t i = 0; cells[i].table; i++) {
        if (run->context.len)
            buffer_char(&run->context, ' ');
        buffer_string(&run->context, cells[i].column);
        buffer_char(&run->context, '=');
        value_write(run, fields[i], record + cells[i].at);
    }
    context_line(run);
}

void context_rows(struct ai_run *run, const struct ai_cell *cells, const void *records,
                  size_t count, size_t size)
{
    size_t n = 0;
    while (cells[n].table)
        n++;
    const struct field **fields = arena_many(run->c->arena, n, const struct field *);
    for (size_t i = 0; i < n; i++) {
        fields[i] = field_find(cells[i].table->fields, cells[i].column);
        assert(may_leave(run, cells[i].table, fields[i]) && fields[i]->kind == cells[i].kind);
    }
    for (size_t i = 0; i < count && !context_full(run); i++)
        row_write(run, cells, fields, (const char *)records + i * size);
}

void context_line(struct ai_run *run)
{
    buffer_char(&run->context, '\n');
    run->ret->rows++;
    if (run->hasty && run->ret->rows > HASTY_ROWS)
        (void)ai_elsewhere(run);
}

bool ai_context(struct ai_run *run)
{
    struct ctx *c = run->c;
    if (run->hasty && (run->local || !run->capability->quick))
        return ai_elsewhere(run);
    if (run->local && !run->capability->local(run))
        return false;
    if (run->local) {
        reads_note(run);
        return true;
    }
    run->context = buffer_room(c->arena, 4095);
    run->map = mask_map_new(c->arena);
    if (!run->capability->context(run) || run->elsewhere)
        return false;
    reads_note(run);
    if (run->context.len > CONTEXT_BYTES)
        return ai_fail(run, REASON_CONTEXT_TOO_LARGE);
    if (text_given(run->in->question))
        run->question = ai_masked(run, run->in->question);
    return !run->elsewhere;
}
