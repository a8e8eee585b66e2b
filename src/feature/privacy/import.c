/* import.c: an exported organisation into another one, without loss. */
#include "feature/privacy/privacy.h"

#include "core/app.h"
#include "core/idempotency.h"
#include "core/rows.h"
#include "core/schema.h"
#include "db/compose.h"
#include "feature/organisation/organisation.h"
#include "feature/privacy/archive.h"
#include "feature/privacy/manifest.h"
#include "net/json_read.h"

#include <string.h>

enum { IMPORT_FILES = 2000, IMPORT_LEAST = 16 << 20, SHRINK_MAX = 100 };

struct import {
    struct manifest manifest;
    struct list here; /* struct person: who have an account, and so who imports, keep it with the
                         role and the way to sign in */
    struct import_result *ret;
    struct arena row;
};

static bool unreadable(struct ctx *c, const struct table *t, const char *why)
{
    return fail(c, INVALID, "The table %s of this archive cannot be taken in: %s", t->name, why);
}

/* What somebody said who is still here stands, whatever the archive says instead. */
static bool table_clear(struct ctx *c, const struct table *t)
{
    struct query q = query_composed(
        t->stands
            ? arena_printf(c->arena, "DELETE FROM %s WHERE \"%s\" NOT IN (SELECT id FROM person)",
                           t->name, table_subject(t)->name)
            : arena_printf(c->arena, "DELETE FROM %s", t->name));
    q.whole = "The archive takes the place of all rows";
    return tx_run(c->tx, &q, NO_ARGS, NULL);
}

static bool is_said(struct ctx *c, const struct table *t, const void *row, bool *ret)
{
    const struct field *subject = table_subject(t);
    *ret = false;
    if (!t->stands)
        return true;
    struct query q = query_composed(
        arena_printf(c->arena, "SELECT id FROM %s WHERE \"%s\" = $1", t->name, subject->name));
    return tx_found(c->tx, &q, ARGS(value_field(subject, row)), ret);
}

/* What the program sets itself in daily work comes from the archive here, and what was erased is
   not asked for; what is never exported is not taken either. */
static const struct field *fields_of_archive(struct ctx *c, const struct table *t)
{
    struct field *fields = arena_many(c->arena, field_count(t->fields) + 1, struct field);
    size_t n = 0;
    EACH_FIELD (f, t->fields) {
        if (f->privacy == SECRET)
            continue;
        fields[n] = field_held(f);
        fields[n].read_only = fields[n].write_once = fields[n].required = false;
        if (f->kind != KIND_TEXT && f->min > 0)
            fields[n].min = 0;
        n++;
    }
    return fields;
}

/* A text that every row has, unless it was erased, is there. */
static bool texts_are_there(const struct table *t, const void *row)
{
    EACH_FIELD (f, t->fields) {
        bool erased = t->erase == ERASE_PERSON && f->privacy != OPERATIONAL;
        if (f->kind == KIND_TEXT && field_held(f).required && f->privacy != SECRET && !erased &&
            field_absent(f, row))
            return false;
    }
    return true;
}

/* Who has an account here stays who that is; all others have none until they are invited. */
static void person_settle(const struct import *i, struct person *p)
{
    const struct person *here = i->here.at, *end = here + i->here.count;
    while (here < end && !id_equal(p->id, here->id))
        here++;
    if (here == end) {
        p->joined_at = (struct instant){ 0 };
        return;
    }
    p->email = here->email;
    p->role = here->role;
    p->active = here->active;
    p->joined_at = here->joined_at;
}

static bool row_read_and_put(struct ctx *c, struct import *i, const struct table *t,
                             const struct field *fields, struct blob line)
{
    struct row *row = arena_alloc(c->arena, t->size);
    struct error own = { 0 };
    record_clear(t->fields, row);
    if (!json_read(c->arena, line, fields, row, true, NULL, &own))
        return unreadable(
            c, t,
            own.places ? arena_printf(c->arena, "%s %s", own.place[0].pointer, own.place[0].problem)
                       : "a line is not JSON");
    if (!id_given(row->id) || row->version < 1)
        return unreadable(c, t, "a row has no id or no version");
    if (!texts_are_there(t, row))
        return unreadable(c, t, "a row lacks what every row has");
    if (t == &person_table)
        person_settle(i, (struct person *)row);
    bool said;
    return is_said(c, t, row, &said) && (said || row_admit(c, t, row));
}

/* Each row in an arena of its own, so that a million of them need no more memory than one. */
static bool line_take(struct ctx *c, struct import *i, const struct table *t,
                      const struct field *fields, struct blob line)
{
    struct arena *outer = c->arena;
    c->arena = &i->row;
    bool ok = row_read_and_put(c, i, t, fields, line);
    c->arena = outer;
    arena_reset(&i->row);
    return ok;
}

/* Who has an account here is in the directory, whether the archive knows them or not: else nobody
   could erase it. */
static bool here_keep(struct ctx *c, const struct import *i)
{
    for (size_t k = 0; k < i->here.count; k++) {
        struct person p = ((const struct person *)i->here.at)[k], now;
        bool there = false;
        p.team = (struct id){ 0 }; /* which may be gone */
        if (!row_look(c, &person_table, p.id, &now, &there) ||
            (!there && !row_put(c, &person_table, &p)))
            return false;
    }
    return true;
}

static bool table_take(struct ctx *c, struct import *i, const struct table *t)
{
    struct manifest_table *file = manifest_find(&i->manifest, t->name);
    if (!file)
        return true;
    if (!table_clear(c, t))
        return false;
    const struct field *fields = fields_of_archive(c, t);
    const char *at = file->content.at, *end = at + file->content.len;
    int64_t rows = 0;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t n = (size_t)((stop ? stop : end) - at);
        if (n && !line_take(c, i, t, fields, (struct blob){ at, n }))
            return false;
        rows += n > 0;
        at += n + 1;
    }
    if (rows != file->rows || (t->singleton && rows != 1))
        return unreadable(c, t, "it has not as many rows as it should");
    file->taken = true;
    i->ret->tables++;
    i->ret->rows += rows;
    return t != &person_table || here_keep(c, i);
}

/* Every id that names a row names one that is there now. */
static bool refers_check(struct ctx *c, const struct table *t)
{
    EACH_FIELD (f, t->fields) {
        bool found;
        if (f->kind != KIND_ID || !f->refers)
            continue;
        struct query q = query_composed(arena_printf(
            c->arena,
            "SELECT id FROM %s WHERE \"%s\" IS NOT NULL AND \"%s\" NOT IN (SELECT id FROM"
            " %s) LIMIT 1",
            t->name, f->name, f->name, f->refers->name));
        q.whole = "All rows came from outside";
        if (!tx_found(c->tx, &q, NO_ARGS, &found))
            return false;
        if (found)
            return unreadable(c, t, arena_printf(c->arena, "%s names what is not there", f->name));
    }
    return true;
}

/* What is derived from the rows, and what remembers how they came, begins anew. */
static bool derived_make(struct ctx *c)
{
    for (const struct table *const *t = c->app->tables; *t; t++)
        if (!(*t)->control && (*t)->held_back && !(*t)->log && !table_clear(c, *t))
            return false;
    for (const struct feature *const *f = c->app->features; *f; f++)
        if ((*f)->derive && !(*f)->derive(c))
            return false;
    return idempotency_forget(c);
}

/* The same people elsewhere: known by email, under other ids. */
static bool here_find(struct ctx *c, struct import *i)
{
    static const struct query joined = { "joined_at IS NOT NULL ORDER BY id",
                                         .whole = "All who have an account stay" };
    return rows_find(c, &person_table, &joined, NO_ARGS, &i->here) &&
           manifest_settle(c->arena, &i->manifest, &i->here, c->err);
}

static bool archive_open(struct ctx *c, struct import *i, struct blob archive)
{
    struct archive_file *files;
    size_t count, most = IMPORT_LEAST + archive.len * SHRINK_MAX;
    return archive_read(c->arena, archive, IMPORT_FILES,
                        most < ARCHIVE_BYTES ? most : ARCHIVE_BYTES, &files, &count, c->err) &&
           manifest_read(c->arena, files, count, &i->manifest, c->err) && here_find(c, i);
}

static bool declared_take(struct ctx *c, struct import *i)
{
    for (const struct table *const *t = c->app->tables; *t; t++)
        if (!(*t)->control && !(*t)->held_back && !(*t)->log && !table_take(c, i, *t))
            return false;
    return true;
}

static bool is_declared_in_c(const struct app *app, const struct table *t)
{
    for (const struct table *const *at = app->tables; *at; at++)
        if (*at == t)
            return true;
    return false;
}

static bool is_listed(const struct table **list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i]->name, name))
            return true;
    return false;
}

/* Tables that the organisation had declared itself, and that the archive declares otherwise, or not
   at all. */
static bool others_drop(struct ctx *c, struct import *i, const struct table **before, size_t n,
                        const struct table **now, size_t count)
{
    for (size_t k = 0; k < n; k++) {
        const char *name = before[k]->name;
        bool goes = manifest_find(&i->manifest, name) || !is_listed(now, count, name);
        if (goes && !is_declared_in_c(c->app, before[k]) && !schema_drop(c, before[k]))
            return false;
    }
    return true;
}

static bool others_take(struct ctx *c, struct import *i, const struct table **now, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (!is_declared_in_c(c->app, now[k]) &&
            (!schema_apply(c, now[k]) || !table_take(c, i, now[k])))
            return false;
    for (size_t k = 0; k < count; k++)
        if (!now[k]->held_back && !now[k]->log && !refers_check(c, now[k]))
            return false;
    return manifest_used(&i->manifest, now, count, c->err);
}

/* Tables of the program first: with their rows there, the tables they declare in turn are known. */
static bool import_run(struct ctx *c, struct import *i, struct blob archive)
{
    const struct table **before, **now;
    size_t n, count;
    return archive_open(c, i, archive) && tables_all(c, &before, &n) && declared_take(c, i) &&
           tables_all(c, &now, &count) && others_drop(c, i, before, n, now, count) &&
           others_take(c, i, now, count) && derived_make(c);
}

bool import_take(struct ctx *c, struct blob archive, struct import_result *ret)
{
    struct import_result result = { 0 };
    struct import i = { .ret = &result };
    bool ok = import_run(c, &i, archive);
    arena_done(&i.row);
    if (!ok)
        return false;
    c->forget = c->settings = true;
    *ret = result;
    return true;
}
