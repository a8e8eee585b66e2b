/* context.c: steps 4 and 5: what a capability may read, masked cell by cell on the way. */
#include "run.h"

#include "base/json.h"
#include "core/app.h"
#include "feature/organisation/organisation.h"
#include "feature/time/time.h"
#include "screen/guard.h"
#include "state.h"

#include <string.h>
#include <strings.h>

/* Dates are how time is told here; everything else that identifies a person is masked. */
#define CONTEXT_KINDS (MASK_ALL & ~(1u << MASK_DATE_TIME))

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
    assert(is_declared(run, t, column));
    for (size_t i = 0; i < run->column_count; i++)
        if (!strcmp(run->columns[i], name))
            return;
    const char **columns = arena_many(run->c->arena, run->column_count + 1, const char *);
    if (run->column_count)
        memcpy(columns, run->columns, run->column_count * sizeof *columns);
    columns[run->column_count++] = name;
    run->columns = columns;
}

bool context_zone(struct ai_run *run)
{
    const char *name;
    if (!person_zone(run->c, run->c->actor.person, &name))
        return false;
    run->zone = zone_named(run->c, name);
    return true;
}

bool ai_elsewhere(struct ai_run *run)
{
    run->elsewhere = true;
    return false;
}

/* Counts what is screened; a hasty run stops at what takes long. */
static bool screen(struct ai_run *run, size_t n)
{
    run->screened += n;
    return !run->hasty || run->screened <= HASTY_BYTES || ai_elsewhere(run);
}

bool context_full(const struct ai_run *run)
{
    return run->elsewhere || run->ret->rows >= CONTEXT_ROWS ||
           run->context.len > CONTEXT_BYTES - 4096;
}

/* Notes repeat themselves: what was found out of a text is kept for the run. */
struct seen {
    struct seen *next;
    const char *text, *masked;
    bool judged, hostile;
};

static struct seen *seen_of(struct ai_run *run, const char *text, size_t n)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    struct seen **bucket = &run->seen[hash % LENGTH(run->seen)];
    for (struct seen *s = *bucket; s; s = s->next)
        if (!strcmp(s->text, text))
            return s;
    struct seen *s = arena_new(run->c->arena, struct seen);
    *s = (struct seen){ .next = *bucket, .text = arena_text(run->c->arena, text, n) };
    return *bucket = s;
}

static const char *masked(struct ai_run *run, const char *text)
{
    size_t n = strlen(text);
    struct seen *s = seen_of(run, text, n);
    if (s->masked)
        return s->masked;
    if (!screen(run, n))
        return "";
    struct mask_spans spans = mask_find(&run->scratch, run->policy->mask, text, n, CONTEXT_KINDS);
    s->masked = mask_apply(run->map, text, n, &spans).at;
    arena_reset(&run->scratch);
    return s->masked;
}

void context_text(struct ai_run *run, const char *text, bool mask)
{
    buffer_string(&run->context, mask ? masked(run, text) : text);
}

/* Text that people wrote may try to be an instruction; such a cell does not leave. */
static bool hostile(struct ai_run *run, const char *text)
{
    size_t n = strlen(text);
    struct seen *s = seen_of(run, text, n);
    if (!s->judged && screen(run, n)) {
        const struct guard *guard = run->c->app->ai->guard;
        s->hostile = guard_judge(&run->scratch, guard, text, n, GUARD_DATA).class != GUARD_NONE;
        s->judged = true;
        arena_reset(&run->scratch);
    }
    run->left_out += s->hostile;
    return s->hostile;
}

/* What is given as it is may look like a token, and would be taken for what that stands for. */
static const char *unmasked(struct ai_run *run, const char *text)
{
    static const struct mask_spans none = { 0 };
    return mask_apply(run->map, text, strlen(text), &none).at;
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

void context_value(struct ai_run *run, const struct table *t, const char *column, enum kind kind,
                   const void *value)
{
    const struct field *f = field_find(t->fields, column);
    assert(f && f->ai && f->privacy != SENSITIVE && f->privacy != SECRET && f->kind == kind);
    assert(is_declared(run, t, column));
    bool mask = field_masked(f);
    struct field here = *f;
    here.at = 0;
    if (kind == KIND_INSTANT && instant_given(*(const struct instant *)value)) {
        char text[INSTANT_TEXT];
        assert(run->zone);
        zone_format(run->zone, *(const struct instant *)value, text);
        return buffer_printf(&run->context, "\"%s\"", text);
    }
    if (kind != KIND_TEXT)
        return json_value(&run->context, &here, value);
    const char *text = *(const char *const *)value;
    if (!text)
        return context_text(run, "none", false);
    if (mask && hostile(run, text))
        return context_text(run, "(left out: it reads like an instruction)", false);
    data_quote(run, mask ? masked(run, text) : unmasked(run, text));
}

/* The same with its label before it. */
static void context_cell(struct ai_run *run, const struct table *t, const char *column,
                         enum kind kind, const void *value)
{
    if (run->context.len)
        buffer_char(&run->context, ' ');
    buffer_string(&run->context, column);
    buffer_char(&run->context, '=');
    context_value(run, t, column, kind, value);
}

void context_row(struct ai_run *run, const struct ai_cell *cells, const void *record)
{
    for (const struct ai_cell *k = cells; k->table; k++)
        context_cell(run, k->table, k->column, k->kind, (const char *)record + k->at);
    context_line(run);
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
    if (run->local)
        return run->capability->local(run);
    run->context = buffer_room(c->arena, 4095);
    run->map = mask_map_new(c->arena);
    if (!run->capability->context(run) || run->elsewhere)
        return false;
    if (run->context.len > CONTEXT_BYTES)
        return ai_fail(run, DISCLOSURE_TOO_LARGE, "CONTEXT_TOO_LARGE", NULL);
    if (text_given(run->in->question))
        run->question = masked(run, run->in->question);
    return !run->elsewhere;
}
