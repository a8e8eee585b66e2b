/* file.c: files that answers refer to. */
#include "forms.h"

#include "core/app.h"
#include "core/rows.h"
#include "feature/organisation/organisation.h"
#include "private.h"

#include <string.h>

static const struct field file_fields[] = {
    ROW_FIELDS(struct file),
    FIELD(struct file, owner, .privacy = PERSONAL, .subject = true, .refers = &person_table,
          .doc = "Who gave it; absent through a public link"),
    FIELD(struct file, name, .privacy = CONTENT, .required = true, .min = 1, .max = 200,
          .format = "line", .doc = "Name of the file"),
    FIELD(struct file, type, .privacy = OPERATIONAL, .max = 100, .format = "line",
          .doc = "Media type as the giver says"),
    FIELD(struct file, bytes, .privacy = OPERATIONAL, .doc = "Size"),
    FIELD(struct file, content, .privacy = SENSITIVE, .max = FILE_BYTES_MAX,
          .doc = "The file itself"),
    { 0 },
};

const struct table file_table = {
    .name = "file",
    .doc = "Files that answers to forms refer to",
    .fields = file_fields,
    .called = "name",
    .size = sizeof(struct file),
    .read = &submissions_read,
    .write = &submissions_write,
    .erase = ERASE_ROW,
};

const struct field file_view_fields[] = {
    FIELD(struct file_view, id, .privacy = OPERATIONAL, .doc = "Goes into the answer"),
    FIELD(struct file_view, name, .privacy = CONTENT, .doc = "Name of the file"),
    FIELD(struct file_view, type, .privacy = OPERATIONAL, .doc = "Its media type"),
    FIELD(struct file_view, bytes, .privacy = OPERATIONAL, .doc = "Its size"),
    { 0 },
};

/* Everything of a file but the file; one that is gone has no name any more. */
static bool file_name(struct ctx *c, struct id id, struct file_view *to, size_t *n)
{
    static const struct query name = { "SELECT id, name, type, bytes FROM file WHERE id = $1" };
    bool found = false;
    if (!tx_row(c->tx, &name, ARGS(value_id(id)), file_view_fields, &to[*n], &found))
        return false;
    *n += found;
    return true;
}

bool files_named(struct ctx *c, const struct table *t, const struct list *rows, struct list *ret)
{
    size_t columns = 0, n = 0;
    EACH_FIELD (f, t->fields)
        columns += f->refers == &file_table;
    struct file_view *names = arena_many(c->arena, columns * rows->count + 1, struct file_view);
    for (size_t i = 0; columns && i < rows->count; i++) {
        const char *row = (const char *)rows->at + i * t->size;
        EACH_FIELD (f, t->fields)
            if (f->refers == &file_table && !field_absent(f, row) &&
                !file_name(c, *(const struct id *)field_of(f, row), names, &n))
                return false;
    }
    *ret = (struct list){ names, n };
    return true;
}

bool file_create(struct ctx *c, const char *name, const char *type, struct blob body,
                 struct file_view *ret)
{
    struct file file = { .owner = c->actor.person,
                         .name = name,
                         .type = type,
                         .bytes = (int64_t)body.len,
                         .content = body };
    if (!body.len)
        return fail(c, INVALID, "The file is empty");
    if (!row_create(c, &file_table, &file))
        return false;
    *ret = (struct file_view){ file.id, file.name, file.type, file.bytes };
    return true;
}

bool file_post(struct ctx *c, const void *in, void *ret)
{
    const struct file_new *n = in;
    return file_create(c, n->name, n->type, n->body, ret);
}

/* Always a download of plain bytes: what somebody uploaded never runs in a reader's browser. */
bool file_get(struct ctx *c, const void *in, void *ret)
{
    struct file file;
    (void)ret;
    if (!row_read(c, &file_table, ((const struct id_ref *)in)->id, &file))
        return false;
    c->x->bytes = file.content;
    c->x->type = "application/octet-stream";
    c->x->filename = file.name;
    return true;
}
