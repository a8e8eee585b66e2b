/* submission_table.c: from the stored fields of a form to a table like those declared in C. */
#include "forms.h"

#include "core/app.h"
#include "core/rows.h"
#include "core/schema.h"
#include "feature/organisation/organisation.h"
#include "private.h"

#include <string.h>

/* What each kind of question is as a field. */
static const struct {
    char name[12]; /* in here, so that form_kinds can point to it */
    enum kind kind;
    const char *format;
    int64_t max;
} kinds[] = {
    { "text", KIND_TEXT, "line", 500 }, { "long_text", KIND_TEXT, NULL, 20000 },
    { "number", KIND_REAL, NULL, 0 },   { "choice", KIND_TEXT, NULL, CHOICE_MAX },
    { "date", KIND_DATE, NULL, 0 },     { "email", KIND_TEXT, "email", 254 },
    { "file", KIND_ID, NULL, 0 },
};
const char *const form_kinds[] = { kinds[0].name, kinds[1].name, kinds[2].name, kinds[3].name,
                                   kinds[4].name, kinds[5].name, kinds[6].name, NULL };
static_assert(LENGTH(form_kinds) == LENGTH(kinds) + 1, "every kind of question can be chosen");

/* SECRET is not for people to choose: nothing could ever show it. */
const char *const form_privacies[] = { "OPERATIONAL", "PERSONAL", "CONTENT", "SENSITIVE", NULL };

static enum privacy form_privacy(const char *name)
{
    for (enum privacy p = OPERATIONAL; p <= SENSITIVE; p++)
        if (text_equal(name, privacy_name(p)))
            return p;
    return CONTENT;
}

static size_t kind_at(const char *name)
{
    size_t k = 0;
    while (k + 1 < LENGTH(kinds) && !text_equal(kinds[k].name, name))
        k++;
    return k;
}

const char *const ai_givens[] = { "never", "masked", "clear", NULL };

const char *question_ai_given(const char *kind, const char *privacy)
{
    struct field f = { .kind = kinds[kind_at(kind)].kind, .privacy = form_privacy(privacy) };
    if (f.privacy == SENSITIVE || f.kind == KIND_ID) /* an id says nothing of what is in the file */
        return "never";
    return field_masked(&f) ? "masked" : "clear";
}

bool question_kinds(struct ctx *c, const void *in, void *ret)
{
    struct question_kind *rows =
        arena_many(c->arena, LENGTH(form_kinds) * LENGTH(form_privacies), struct question_kind);
    size_t n = 0;
    (void)in;
    (void)ret;
    for (const char *const *kind = form_kinds; *kind; kind++)
        for (const char *const *privacy = form_privacies; *privacy; privacy++)
            rows[n++] =
                (struct question_kind){ *kind, *privacy, question_ai_given(*kind, *privacy) };
    c->x->page = (struct list){ rows, n };
    return true;
}

const struct field submission_head[] = {
    ROW_FIELDS(struct submission),
    FIELD(struct submission, submitter, .privacy = PERSONAL, .read_only = true, .subject = true,
          .refers = &person_table, .filter = true,
          .doc = "Who answered; absent through the public link"),
    { 0 },
};

bool form_fields_of(struct ctx *c, struct id form, struct list *ret)
{
    static const struct query of_form = { "form = $1 ORDER BY position, id" };
    return rows_find(c, &form_field_table, &of_form, ARGS(value_id(form)), ret);
}

static struct field field_of_row(struct ctx *c, const struct form_field *row)
{
    size_t k = kind_at(row->kind);
    struct field f = {
        .name = row->key,
        .label = row->label,
        .doc = row->label,
        .kind = kinds[k].kind,
        .size = kind_size(kinds[k].kind),
        .format = kinds[k].format,
        .max = kinds[k].max,
        .held_max = kinds[k].max,
        .privacy = form_privacy(row->privacy),
        .sealed = true,
        .required = row->required && !row->hidden,
        .read_only = row->hidden,
        .ai = row->ai && !text_equal(question_ai_given(row->kind, row->privacy), "never"),
        .filter = kinds[k].kind != KIND_ID && !text_equal(row->kind, "long_text"),
    };
    if (f.kind == KIND_TEXT && !row->choices.count && row->max > 0 && row->max < f.max)
        f.max = row->max;
    if (f.kind == KIND_ID)
        f.refers = &file_table;
    if (row->choices.count) {
        const char **choices = arena_many(c->arena, row->choices.count + 1, const char *);
        memcpy(choices, row->choices.at, row->choices.count * sizeof *choices);
        f.choices = choices;
    }
    return f;
}

bool submission_table(struct ctx *c, const struct form *form, const struct table **ret)
{
    struct list rows;
    if (!form_fields_of(c, form->id, &rows))
        return false;
    enum { ALIGN = 16 }; /* of members, and of records: they stand one behind the other in lists */
    size_t n = field_count(submission_head), size = sizeof(struct submission);
    struct field *fields = arena_many(c->arena, n + rows.count + 1, struct field);
    memcpy(fields, submission_head, n * sizeof *fields);
    for (size_t i = 0; i < rows.count; i++) {
        struct field f = field_of_row(c, (const struct form_field *)rows.at + i);
        size = (size + ALIGN - 1) / ALIGN * ALIGN;
        f.at = size;
        size += f.size;
        fields[n++] = f;
    }
    struct table *t = arena_new(c->arena, struct table);
    *t = (struct table){
        .name = table_declared(c->arena, &form_table, form->id),
        .one = form_table.answers,
        .doc = arena_printf(c->arena, "Answers to the form: %s", form->title),
        .fields = fields,
        .size = (size + ALIGN - 1) / ALIGN * ALIGN,
        .read = &submissions_read,
        .write = &submissions_write,
        .known_to = text_equal(form->status, "draft") ? &forms_manage : NULL,
        .erase = ERASE_ROW,
        .strangers = true,
        .retention_days = (int)form->retention_days,
        .expire = answers_expire,
    };
    *ret = t;
    return table_check(t, c->err);
}

bool form_open(struct ctx *c, struct id id, struct form *form, const struct table **table)
{
    return row_get(c, &form_table, id, form) && submission_table(c, form, table);
}

bool forms_all(struct ctx *c, struct list *ret)
{
    static const struct query all = { "1 = 1 ORDER BY id" };
    return rows_find(c, &form_table, &all, NO_ARGS, ret);
}

bool forms_declared(struct ctx *c, const struct table ***list, size_t *count)
{
    struct list forms;
    if (!forms_all(c, &forms))
        return false;
    const struct table **all = arena_many(c->arena, *count + forms.count + 1, const struct table *);
    /* They are pointers that are copied. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    memcpy(all, *list, *count * sizeof *all);
    for (size_t i = 0; i < forms.count; i++)
        if (!submission_table(c, (const struct form *)forms.at + i, &all[(*count)++]))
            return false;
    *list = all;
    return true;
}
