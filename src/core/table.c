/* table.c: checks of declarations, so that a forgotten class or rule fails at start-up. */
#include "table.h"

#include "db/compose.h"

#include <string.h>

const struct field *table_subject(const struct table *t)
{
    EACH_FIELD (f, t->fields)
        if (f->subject)
            return f;
    return NULL;
}

const struct field *table_owner(const struct table *t)
{
    return t->control ? field_find(t->fields, "organisation") : NULL;
}

bool table_is_personal(const struct table *t)
{
    if (t->log || t->directory || !table_subject(t))
        return false;
    EACH_FIELD (f, t->fields)
        if (f->privacy == PERSONAL || f->privacy == CONTENT || f->privacy == SENSITIVE)
            return true;
    return false;
}

const char *table_one(struct arena *a, const struct table *t)
{
    return t->one ? t->one : name_words(a, t->name);
}

const char *table_declared(struct arena *a, const struct table *t, struct id row)
{
    char hex[2 * sizeof row.byte + 1];
    hex_format(row.byte, sizeof row.byte, hex);
    return arena_printf(a, "%s_%s", t->name, hex);
}

bool table_declares(const struct table *t, const char *name, struct id *row)
{
    size_t n = strlen(t->name);
    return t->answers && text_starts(name, t->name) && name[n] == '_' &&
           strlen(name + n + 1) == 2 * sizeof row->byte &&
           hex_parse(name + n + 1, sizeof row->byte, row->byte);
}

/* Names become SQL, JSON and TypeScript, so they are checked to be plain. */
static bool name_plain(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && n < 60 && !name[n] && name[0] >= 'a' && name[0] <= 'z';
}

bool column_name_free(const char *name)
{
    static const char *const system[] = { "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid" };
    for (size_t i = 0; i < LENGTH(system); i++)
        if (!strcmp(system[i], name))
            return false;
    return !text_ends(name, "_blind");
}

/* What people named before there was a rule stands: it is sealed whatever it is. */
static bool is_declared_taken(const struct field *f)
{
    return !f->sealed && !column_name_free(f->name);
}

/* People know a row by what it says, and by a row of another table. */
static bool names_check(const struct table *t, struct error *err)
{
    const struct field *called = t->called ? field_find(t->fields, t->called) : NULL;
    const struct field *part_of = t->part_of ? field_find(t->fields, t->part_of) : NULL;
    if (t->called && (!called || called->kind != KIND_TEXT || called->privacy == SECRET))
        return error_set(err, INTERNAL, "table %s: no row is called by %s", t->name, t->called);
    if (t->part_of && (!part_of || part_of->kind != KIND_ID || !part_of->refers ||
                       part_of->privacy != OPERATIONAL))
        return error_set(err, INTERNAL, "table %s: no row is part of %s", t->name, t->part_of);
    return true;
}

/* Erasing finds a person by the subject, or by what refers to the directory. */
static bool is_out_of_reach(const struct table *t, const struct field *f)
{
    bool id = f->kind == KIND_ID || (f->kind == KIND_LIST && f->of == KIND_ID);
    return id && f->privacy == PERSONAL && !f->subject && !f->refers && !t->log && !t->control;
}

static bool columns_known(const struct table *t, const char *const *lists, struct error *err)
{
    for (; lists && *lists; lists++) {
        char name[64];
        for (const char *at = *lists; *at;) {
            size_t n = strcspn(at, ", ");
            if (n >= sizeof name)
                return error_set(err, INTERNAL, "table %s: columns %s", t->name, *lists);
            memcpy(name, at, n);
            name[n] = 0;
            if (!field_find(t->fields, name))
                return error_set(err, INTERNAL, "table %s: unknown column %s", t->name, name);
            at += n + strspn(at + n, ", ");
        }
    }
    return true;
}

/* Such rows are looked for by reading all names of a length. */
static bool alike_check(const struct table *t, struct error *err)
{
    if (!columns_known(t, t->alike, err))
        return false;
    for (const char *const *name = t->alike; name && *name; name++) {
        const struct field *f = field_find(t->fields, *name);
        if (!t->few || column_sealed(f) || f->kind != (name == t->alike ? KIND_TEXT : KIND_ID))
            return error_set(err, INTERNAL, "%s.%s: rows alike in it are not found", t->name,
                             f->name);
    }
    return true;
}

bool table_check(const struct table *t, struct error *err)
{
    if (!name_plain(t->name))
        return error_set(err, INTERNAL, "table name %s is not plain", t->name);
    if (!t->doc || !*t->doc)
        return error_set(err, INTERNAL, "table %s has no doc", t->name);
    if (field_count(t->fields) > FIELDS_MAX)
        return error_set(err, INTERNAL, "table %s has more than %d fields", t->name, FIELDS_MAX);
    EACH_FIELD (f, t->fields) {
        if (!name_plain(f->name))
            return error_set(err, INTERNAL, "%s.%s is not a plain name", t->name, f->name);
        if (is_declared_taken(f))
            return error_set(err, INTERNAL, "%s.%s is a name that databases use themselves",
                             t->name, f->name);
        if (f->privacy == PRIVACY_MISSING)
            return error_set(err, INTERNAL, "%s.%s has no privacy class", t->name, f->name);
        if (!f->doc || !*f->doc)
            return error_set(err, INTERNAL, "%s.%s has no doc", t->name, f->name);
        if (f->kind == KIND_NONE || f->kind == KIND_RECORD ||
            (f->kind == KIND_LIST && f->of != KIND_ID && f->of != KIND_TEXT))
            return error_set(err, INTERNAL, "%s.%s has no storable kind", t->name, f->name);
        if (f->ai && f->privacy == SECRET)
            return error_set(err, INTERNAL, "%s.%s: AI never reads a secret", t->name, f->name);
        if (is_out_of_reach(t, f))
            return error_set(err, INTERNAL, "%s.%s names a person that erasing would not find",
                             t->name, f->name);
        if (f->see && !field_hideable(f))
            return error_set(err, INTERNAL, "%s.%s is of a kind that cannot be absent", t->name,
                             f->name);
        if (f->see && (f->filter || f->search))
            return error_set(err, INTERNAL, "%s.%s: filters and order would show what few may see",
                             t->name, f->name);
        if (f->search && (f->kind != KIND_TEXT || f->privacy == SECRET))
            return error_set(err, INTERNAL, "%s.%s is no text to search", t->name, f->name);
        if (!columns_known(t, f->rests_on, err))
            return false;
        if (f->rests_on && f->required)
            return error_set(err, INTERNAL, "%s.%s is required and cannot fall", t->name, f->name);
        if (f->at + (f->kind == KIND_RECORD ? f->size : kind_size(f->kind)) > t->size)
            return error_set(err, INTERNAL, "%s.%s lies outside its record", t->name, f->name);
    }
    if ((!t->log || t->control) && table_subject(t) && t->erase == ERASE_MISSING)
        return error_set(err, INTERNAL, "table %s has a subject and no erase rule", t->name);
    if (t->control && table_subject(t) && (!table_owner(t) || t->erase != ERASE_ROW))
        return error_set(err, INTERNAL, "table %s: a person of control is erased by row and owner",
                         t->name);
    if (t->control && t->retention_days && !table_owner(t))
        return error_set(err, INTERNAL, "table %s: rows of control expire by owner", t->name);
    if (t->path && (!t->read || (!t->write && t->ops != (OP_LIST | OP_READ) && t->ops != OP_LIST &&
                                 t->ops != OP_READ)))
        return error_set(err, INTERNAL, "table %s has routes and no permissions", t->name);
    return names_check(t, err) && columns_known(t, t->indexes, err) &&
           columns_known(t, t->uniques, err) && alike_check(t, err);
}
