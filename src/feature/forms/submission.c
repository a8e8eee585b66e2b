/* submission.c: answering forms, and reading what was answered. The fields are those of the form's
   own table, so JSON is read and written here instead of at the edge, by the same code. */
#include "forms.h"

#include "base/json.h"
#include "core/app.h"
#include "core/generic.h"
#include "core/list.h"
#include "core/rows.h"
#include "net/json_read.h"
#include "private.h"

#include <string.h>

const struct event_type form_submitted = { "form.submitted", "A form was answered" };

/* Whether no question is answered, or only with blanks. */
static bool is_empty(const struct field *questions, const void *row)
{
    EACH_FIELD (f, questions) {
        const char *text = f->kind == KIND_TEXT ? *(const char *const *)field_of(f, row) : NULL;
        if (!field_absent(f, row) && !(text && !text[strspn(text, " \t\r\n")]))
            return false;
    }
    return true;
}

/* A file is named by who gave it: naming it shows what it is called, and it goes with the answer.
 */
static bool files_own(struct ctx *c, const struct field *questions, const void *row)
{
    static const struct query own = {
        "SELECT id FROM file WHERE id = $1 AND owner IS NOT DISTINCT FROM $2"
    };
    EACH_FIELD (f, questions) {
        bool found;
        if (f->refers != &file_table || field_absent(f, row))
            continue;
        if (!tx_found(c->tx, &own, ARGS(value_field(f, row), value_id(c->actor.person)), &found))
            return false;
        if (!found)
            fail_at(c, arena_printf(c->arena, "/%s", f->name), "names no file that you have given");
    }
    return !c->err->problem;
}

bool submission_create(struct ctx *c, const struct form *form, const struct table *table,
                       struct blob json, void **ret)
{
    void *row = arena_alloc(c->arena, table->size);
    const struct field *in = table_input_fields(c->arena, table, OP_CREATE);
    field_set given = 0;
    if (!text_equal(form->status, "open"))
        return fail(c, FORM_CLOSED, NULL);
    record_clear(table->fields, row);
    if (!json_read(c->arena, json, in, row, false, &given, c->err))
        return false;
    if (is_empty(in, row))
        return fail(c, FORM_EMPTY, NULL);
    if (!files_own(c, in, row))
        return false;
    ((struct submission *)row)->submitter = c->actor.person;
    if (!row_create(c, table, row) ||
        !event_add(c, &form_submitted, ((struct submission *)row)->id, form->id))
        return false;
    *ret = row;
    return true;
}

static bool answer_json(struct ctx *c, const struct table *t, const void *row)
{
    struct buffer b = buffer_new(c->arena);
    json_record(&b, t->fields, row);
    c->x->bytes = (struct blob){ b.at, b.len };
    c->x->type = "application/json";
    c->x->etag = arena_printf(c->arena, "%lld", (long long)((const struct row *)row)->version);
    c->x->made = ((const struct row *)row)->id;
    return true;
}

bool submission_post(struct ctx *c, const void *in, void *ret)
{
    const struct submission_new *n = in;
    const struct table *t;
    struct form form;
    void *row = NULL;
    (void)ret;
    return form_open(c, n->form, &form, &t) && submission_create(c, &form, t, n->body, &row) &&
           answer_json(c, t, row);
}

bool submission_read(struct ctx *c, const void *in, void *ret)
{
    const struct submission_ref *ref = in;
    const struct table *t;
    struct form form;
    (void)ret;
    if (!form_open(c, ref->form, &form, &t))
        return false;
    void *row = arena_alloc(c->arena, t->size);
    return row_read(c, t, ref->id, row) && answer_json(c, t, row);
}

bool submission_delete(struct ctx *c, const void *in, void *ret)
{
    const struct submission_ref *ref = in;
    const struct table *t;
    struct form form;
    struct list files;
    int64_t version;
    (void)ret;
    return version_read(c, &version) && form_open(c, ref->form, &form, &t) &&
           answers_part(c, t, "id = $1", ARGS(value_id(ref->id)), &files) &&
           row_delete(c, t, ref->id, version) && files_forget(c, &files);
}

bool submissions_list(struct ctx *c, const void *in, void *ret)
{
    const struct submission_page *p = in;
    struct page page = { .limit = p->limit == INT_NONE ? PAGE_ROWS : p->limit,
                         .cursor = p->cursor,
                         .sort = p->sort };
    const struct table *t;
    struct form form;
    struct list rows, files;
    const char *next;
    (void)ret;
    if (!form_open(c, p->form, &form, &t) || !row_list(c, t, &page, &rows, &next) ||
        !files_named(c, t, &rows, &files))
        return false;
    struct buffer b = buffer_new(c->arena);
    buffer_string(&b, "{\"items\":[");
    for (size_t i = 0; i < rows.count; i++) {
        if (i)
            buffer_char(&b, ',');
        json_record(&b, t->fields, (const char *)rows.at + i * t->size);
    }
    buffer_string(&b, "],\"files\":[");
    for (size_t i = 0; i < files.count; i++) {
        if (i)
            buffer_char(&b, ',');
        json_record(&b, file_view_fields, (const struct file_view *)files.at + i);
    }
    buffer_string(&b, "],\"next\":");
    if (next)
        json_text(&b, next);
    else
        buffer_string(&b, "null");
    buffer_char(&b, '}');
    c->x->bytes = (struct blob){ b.at, b.len };
    c->x->type = "application/json";
    return true;
}
