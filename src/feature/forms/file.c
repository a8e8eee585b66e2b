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
    .size = sizeof(struct file),
    .read = &submissions_read,
    .write = &submissions_write,
    .erase = ERASE_ROW,
};

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
