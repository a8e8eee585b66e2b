/* answers.c: how many answers there are to a form, and what goes with them: suggestions about them,
   and files that they name. */
#include "forms.h"

#include "core/rows.h"
#include "core/scope.h"
#include "db/compose.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum { FILES_AT_ONCE = 50, UNNAMED_S = 86400 };

struct answers {
    int64_t count;
};
static const struct field answers_fields[] = {
    FIELD(struct answers, count, .privacy = OPERATIONAL, .doc = "Answers"),
    { 0 },
};

bool answers_count(struct ctx *c, struct id form, int64_t *ret)
{
    struct buffer sql = buffer_new(c->arena);
    struct value args[2];
    struct answers answers;
    size_t n = 0;
    bool found;
    buffer_printf(&sql, "SELECT COUNT(*) FROM %s WHERE 1 = 1",
                  table_declared(c->arena, &form_table, form));
    scope_add_column(c, &sql, "submitter", ctx_scope(c, &submissions_read), args, &n);
    struct query q = query_composed(sql.at);
    q.whole = "All answers to a form are counted";
    if (!tx_row(c->tx, &q, args, n, answers_fields, &answers, &found))
        return false;
    *ret = answers.count;
    return true;
}

struct file_id {
    struct id id;
};
static const struct field file_id_fields[] = {
    FIELD(struct file_id, id, .privacy = OPERATIONAL, .doc = "File"),
    { 0 },
};

static bool id_note(void *with, const void *record)
{
    buffer_add(with, record, sizeof(struct file_id));
    return true;
}

/* Appends the files that the table's rows under the condition name. */
static bool files_of(struct ctx *c, const struct table *t, const char *where,
                     const struct value *args, size_t n, struct buffer *ids)
{
    EACH_FIELD (f, t->fields) {
        if (f->refers != &file_table || f->kind != KIND_ID)
            continue;
        struct query q = query_composed(
            arena_printf(c->arena, "SELECT \"%s\" FROM %s WHERE \"%s\" IS NOT NULL AND %s", f->name,
                         t->name, f->name, where));
        q.whole = "Files that answers name are looked for in all of them";
        if (!tx_each(c->tx, &q, args, n, file_id_fields, sizeof(struct file_id), id_note, ids))
            return false;
    }
    return true;
}

bool answers_part(struct ctx *c, const struct table *t, const char *where, const struct value *args,
                  size_t n, struct list *files)
{
    struct buffer ids = buffer_new(c->arena);
    struct query q = query_composed(
        arena_printf(c->arena,
                     "DELETE FROM suggestion WHERE submission IN (SELECT id FROM %s WHERE"
                     " %s)",
                     t->name, where));
    q.whole = "All answers to a form may go";
    if (!files_of(c, t, where, args, n, &ids) || !tx_run(c->tx, &q, args, n, NULL))
        return false;
    *files = (struct list){ ids.at, ids.len / sizeof(struct file_id) };
    return true;
}

bool files_forget(struct ctx *c, const struct list *files)
{
    static const struct query q = { "DELETE FROM file WHERE id = $1" };
    const struct file_id *at = files->at;
    const struct table **tables;
    size_t count;
    if (!files->count)
        return true;
    if (!tables_all(c, &tables, &count))
        return false;
    for (size_t i = 0; i < files->count; i++) {
        bool named;
        if (!row_named(c, tables, count, &file_table, at[i].id, &named) ||
            (!named && !tx_run(c->tx, &q, ARGS(value_id(at[i].id)), NULL)))
            return false;
    }
    return true;
}

bool answers_expire(struct ctx *c, const struct table *t, struct instant before, int64_t *gone)
{
    static const char *const where = "created_at < $1";
    struct query q =
        query_composed(arena_printf(c->arena, "DELETE FROM %s WHERE %s", t->name, where));
    struct list files;
    return answers_part(c, t, where, ARGS(value_instant(before)), &files) &&
           tx_run(c->tx, &q, ARGS(value_instant(before)), gone) && files_forget(c, &files);
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct file_id));
}

/* Files that have had time to be named in an answer and are not. */
static bool unnamed_find(struct ctx *c, void *with)
{
    static const struct query old = { "SELECT id FROM file WHERE created_at < $1" };
    struct list *files = with;
    struct buffer named = buffer_new(c->arena);
    const struct table **tables;
    size_t count, n = 0;
    struct instant before = instant_plus(c->now, (struct span){ -UNNAMED_S });
    if (!tx_rows(c->tx, &old, ARGS(value_instant(before)), file_id_fields, sizeof(struct file_id),
                 0, files) ||
        !tables_all(c, &tables, &count))
        return false;
    for (size_t i = 0; files->count && i < count; i++)
        if (!files_of(c, tables[i], "1 = 1", NO_ARGS, &named))
            return false;
    if (!named.len)
        return true;
    qsort(named.at, named.len / sizeof(struct file_id), sizeof(struct file_id), by_id);
    struct file_id *at = arena_copy(c->arena, files->at, files->count * sizeof *at);
    for (size_t i = 0; i < files->count; i++)
        if (!bsearch(&at[i], named.at, named.len / sizeof *at, sizeof *at, by_id))
            at[n++] = at[i];
    *files = (struct list){ at, n };
    return true;
}

static bool unnamed_forget(struct ctx *c, void *with)
{
    return files_forget(c, with);
}

static bool files_sweep(struct ctx *c)
{
    struct list files = { 0 };
    if (!ctx_read(c, unnamed_find, &files))
        return false;
    for (size_t i = 0; i < files.count; i += FILES_AT_ONCE) {
        size_t left = files.count - i;
        struct list some = { (const struct file_id *)files.at + i,
                             left < FILES_AT_ONCE ? left : FILES_AT_ONCE };
        if (!ctx_write(c, unnamed_forget, &some))
            return false;
    }
    return true;
}

const struct job_type files_job = {
    .name = "forms.files",
    .doc = "Deletes files older than a day that no answer names",
    .run = files_sweep,
    .every = { 86400 },
};
