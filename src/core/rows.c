/* rows.c: one row of any declared table: create, read, update, delete. */
#include "rows.h"

#include "audit.h"
#include "db/compose.h"
#include "feature.h"
#include "scope.h"
#include "sql.h"
#include "storage.h"
#include "tenant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct id row_id(const void *row)
{
    return ((const struct row *)row)->id;
}

static struct id row_subject(const struct table *t, const void *row)
{
    const struct field *subject = table_subject(t);
    return subject ? *(const struct id *)field_of(subject, row) : (struct id){ 0 };
}

field_set row_set(const struct table *t, const char *field)
{
    field_set bit = 1;
    EACH_FIELD (f, t->fields) {
        if (!strcmp(f->name, field))
            return bit;
        bit <<= 1;
    }
    abort(); /* our bug: no such field */
}

/* Every id that names a row must name one of this organisation. */
static bool check_refers(struct ctx *c, const struct table *t, const void *row, field_set given)
{
    field_set bit = 1;
    for (const struct field *f = t->fields; f->name; f++, bit <<= 1) {
        if (f->kind != KIND_ID || !f->refers || !(given & bit) || field_absent(f, row))
            continue;
        struct buffer sql = buffer_new(c->arena);
        bool found;
        buffer_printf(&sql, "SELECT id FROM %s WHERE id = $1", f->refers->name);
        struct query there = query_composed(sql.at);
        there.likely = true;
        if (!tx_found(c->tx, &there, ARGS(value_field(f, row)), &found))
            return false;
        if (!found) {
            char pointer[80];
            snprintf(pointer, sizeof pointer, "/%s", f->name);
            fail_at(c, pointer, "names nothing that exists here");
        }
    }
    return !c->err->problem;
}

static bool fields_fit(struct ctx *c, const struct table *t, const void *row, field_set given)
{
    field_set bit = 1;
    for (const struct field *f = t->fields; f->name; f++, bit <<= 1) {
        char pointer[80] = "/";
        if (!(given & bit))
            continue;
        strncat(pointer, f->name, sizeof pointer - 2);
        if (!ctx_field_check(c, f, row, pointer, c->err))
            continue;
    }
    return !c->err->problem;
}

static bool check_fields(struct ctx *c, const struct table *t, const void *row, field_set given)
{
    return fields_fit(c, t, row, given) && check_refers(c, t, row, given);
}

/* A row that the actor writes for somebody must be within the actor's reach. */
static bool check_reach(struct ctx *c, const struct table *t, const void *row)
{
    const struct field *subject = table_subject(t);
    bool reached = true;
    if (!subject || !t->write || field_absent(subject, row))
        return true;
    if (!scope_reaches(c, ctx_scope(c, t->write), row_subject(t, row), &reached))
        return false;
    return reached || fail(c, NOT_FOUND, NULL);
}

static bool audit_row(struct ctx *c, const struct table *t, const char *verb, struct id id,
                      struct id subject, const char *detail)
{
    char action[96];
    if (t->log)
        return true;
    snprintf(action, sizeof action, "%s.%s", t->name, verb);
    return audit_add(c, action, id, subject, detail);
}

static struct value row_value(struct ctx *c, const struct field *f, const void *row)
{
    return f->kind == KIND_LIST ? value_list(c->arena, f, row) : value_field(f, row);
}

/* Whether the columns that the database named, "team.name, team.place", have the field. */
static bool is_among(struct ctx *c, const char *columns, const struct table *t,
                     const struct field *f)
{
    const char *name = arena_printf(c->arena, "%s.%s, ", t->name, f->name);
    return !f->read_only && strstr(arena_printf(c->arena, "%s, ", columns), name);
}

/* What no two rows may share is told in words, and at its fields. */
static bool taken_tell(struct ctx *c, const struct table *t)
{
    struct error *err = c->err;
    const char *columns = arena_string(c->arena, err->detail);
    struct buffer what = buffer_new(c->arena);
    if (err->problem != ALREADY_EXISTS)
        return false;
    err->detail[0] = 0;
    EACH_FIELD (f, t->fields)
        if (is_among(c, columns, t, f))
            buffer_printf(&what, "%s%s", what.len ? " and " : "", field_words(c->arena, f));
    if (!what.len)
        return false;
    const char *one = table_one(c->arena, t);
    snprintf(err->detail, sizeof err->detail, "%s %s of this %s exists", words_article(one), one,
             what.at);
    *err->detail = 'A';
    EACH_FIELD (f, t->fields)
        if (is_among(c, columns, t, f))
            fail_at(c, arena_printf(c->arena, "/%s", f->name), "%s", err->detail);
    return false;
}

/* A text, and whether one like it was found. */
struct alike {
    const char *text;
    bool found;
};

static bool alike_look(void *with, const void *record)
{
    struct alike *own = with;
    own->found = text_alike(((const struct alike *)record)->text, own->text);
    return !own->found;
}

/* Refuses a row that is alike another one. The case of a letter does not change how many there are,
   so that no more than the texts of one length are read. */
static bool check_alike(struct ctx *c, const struct table *t, const void *row)
{
    static const struct field fields[] = {
        FIELD(struct alike, text, .privacy = OPERATIONAL, .doc = "The text"), { 0 }
    };
    const char *name = t->alike[0];
    struct alike own = { *(const char *const *)field_of(field_find(t->fields, name), row), false };
    struct value args[FIELDS_MAX] = { value_id(row_id(row)),
                                      value_int((int64_t)text_points(own.text)) };
    size_t n = 2;
    struct buffer sql = buffer_new(c->arena), columns = buffer_new(c->arena);
    buffer_printf(&sql, "SELECT \"%s\" FROM %s WHERE id <> $1 AND length(\"%s\") = $2", name,
                  t->name, name);
    buffer_printf(&columns, "%s.%s", t->name, name);
    for (const char *const *k = t->alike + 1; *k; k++) {
        args[n++] = value_field(field_find(t->fields, *k), row);
        buffer_printf(&sql, " AND \"%s\" IS NOT DISTINCT FROM $%zu", *k, n);
        buffer_printf(&columns, ", %s.%s", t->name, *k);
    }
    if (!tx_each(c->tx, composed(c, &sql), args, n, fields, sizeof own, alike_look, &own))
        return false;
    return !own.found || fail(c, ALREADY_EXISTS, "%s", columns.at) || taken_tell(c, t);
}

static bool row_insert(struct ctx *c, const struct table *t, const void *row)
{
    struct buffer sql = buffer_new(c->arena);
    struct value args[FIELDS_MAX];
    size_t n = 0;
    EACH_FIELD (f, t->fields)
        args[n++] = row_value(c, f, row);
    insert_add(&sql, t);
    return tx_run(c->tx, composed(c, &sql), args, n, NULL);
}

/* Absent, or as erasing leaves what cannot be absent. */
static bool is_blank(const struct field *f, const void *row)
{
    static const char zeros[32];
    return field_absent(f, row) || !memcmp(field_of(f, row), zeros, kind_size(f->kind));
}

bool row_put(struct ctx *c, const struct table *t, const void *row)
{
    EACH_FIELD (f, t->fields) {
        struct field held = field_held(f);
        char pointer[140] = "/";
        strncat(pointer, t->name, 64);
        strcat(pointer, "/");
        strncat(pointer, f->name, 64);
        if (!is_blank(f, row) && !field_check(&held, row, pointer, c->err))
            return false;
    }
    return row_insert(c, t, row);
}

bool row_admit(struct ctx *c, const struct table *t, void *row)
{
    return (!t->check || t->check(c, OP_TAKE, NULL, row)) && storage_admit(c, t, row) &&
           row_put(c, t, row);
}

/* In control no row is left for an organisation that has ended, or moved, since it was read. */
static bool check_owner(struct ctx *c, const struct table *t, const void *row)
{
    const struct field *owner = table_owner(t);
    bool lives;
    if (!owner)
        return true;
    return tenant_lives(c, *(const struct id *)field_of(owner, row), &lives) &&
           (lives || fail(c, NOT_FOUND, NULL));
}

bool row_plan(struct ctx *c, const struct table *t, void *row)
{
    struct row *head = row;
    if (!id_given(head->id))
        head->id = id_new(c->now);
    head->version = 1;
    head->created_at = head->updated_at = c->now;
    return fields_fit(c, t, row, ~(field_set)0);
}

bool row_create(struct ctx *c, const struct table *t, void *row)
{
    const struct row *head = row;
    if (!row_plan(c, t, row) || !check_refers(c, t, row, ~(field_set)0) ||
        !check_reach(c, t, row) || !check_owner(c, t, row))
        return false;
    if (t->check && !t->check(c, OP_CREATE, NULL, row))
        return false;
    if (t->alike && !check_alike(c, t, row))
        return false;
    if (!storage_admit(c, t, row))
        return false;
    if (!row_insert(c, t, row))
        return taken_tell(c, t);
    if (!audit_row(c, t, "create", head->id, row_subject(t, row), NULL))
        return false;
    return !t->after || t->after(c, OP_CREATE, NULL, row);
}

/* A table without a permission is reached by the program's own rules alone. */
static enum scope reach(const struct ctx *c, const struct permission *p)
{
    return p ? ctx_scope(c, p) : SCOPE_ALL;
}

static struct buffer rows_where(struct ctx *c, const struct table *t, const char *condition)
{
    struct buffer sql = buffer_new(c->arena);
    select_add(&sql, t);
    buffer_printf(&sql, " WHERE %s", condition);
    return sql;
}

bool row_find(struct ctx *c, const struct table *t, const struct query *where,
              const struct value *args, size_t n, void *ret, bool *found)
{
    struct buffer sql = rows_where(c, t, where->sql);
    struct query q = { sql.at, where->whole };
    return tx_row(c->tx, &q, args, n, t->fields, ret, found);
}

bool row_look(struct ctx *c, const struct table *t, struct id id, void *ret, bool *found)
{
    static const struct query by_id = { "id = $1" };
    return row_find(c, t, &by_id, ARGS(value_id(id)), ret, found);
}

bool rows_find(struct ctx *c, const struct table *t, const struct query *where,
               const struct value *args, size_t n, struct list *ret)
{
    struct buffer sql = rows_where(c, t, where->sql);
    struct query q = { sql.at, where->whole };
    return tx_rows(c->tx, &q, args, n, t->fields, t->size, 0, ret);
}

static bool row_fetch(struct ctx *c, const struct table *t, enum scope scope, struct id id,
                      void *ret)
{
    struct buffer sql = rows_where(c, t, "id = $1");
    struct value args[4] = { value_id(id) };
    size_t n = 1;
    bool found = false;
    scope_add(c, &sql, t, scope, args, &n);
    if (!tx_row(c->tx, composed(c, &sql), args, n, t->fields, ret, &found))
        return false;
    return found || fail(c, NOT_FOUND, NULL);
}

bool row_get(struct ctx *c, const struct table *t, struct id id, void *ret)
{
    return row_fetch(c, t, SCOPE_ALL, id, ret);
}

bool row_read(struct ctx *c, const struct table *t, struct id id, void *ret)
{
    enum scope scope = reach(c, t->read);
    if (scope == SCOPE_NONE)
        return fail(c, NOT_FOUND, NULL);
    if (!row_fetch(c, t, scope, id, ret))
        return false;
    read_note(c, t, row_subject(t, ret));
    return true;
}

static bool row_store(struct ctx *c, const struct table *t, const void *row)
{
    struct buffer sql = buffer_new(c->arena);
    struct value args[FIELDS_MAX + 1];
    size_t n = 0;
    buffer_printf(&sql, "UPDATE %s SET ", t->name);
    EACH_FIELD (f, t->fields) {
        args[n++] = row_value(c, f, row);
        buffer_printf(&sql, n > 1 ? ", \"%s\" = $%zu" : "\"%s\" = $%zu", f->name, n);
    }
    buffer_string(&sql, " WHERE id = $1");
    return tx_run(c->tx, composed(c, &sql), args, n, NULL);
}

static bool is_changed(struct ctx *c, const struct field *f, const void *old, const void *row)
{
    struct value a = row_value(c, f, old), b = row_value(c, f, row);
    if (a.kind != b.kind)
        return true;
    if (a.kind == KIND_TEXT || a.kind == KIND_BLOB || a.kind == KIND_JSON)
        return a.bytes.len != b.bytes.len ||
               (a.bytes.len && memcmp(a.bytes.at, b.bytes.at, a.bytes.len) != 0);
    return memcmp(field_of(f, old), field_of(f, row), kind_size(f->kind)) != 0;
}

bool row_differs(struct ctx *c, const struct table *t, const void *old, const void *row)
{
    EACH_FIELD (f, t->fields)
        if (is_changed(c, f, old, row))
            return true;
    return false;
}

/* The names of those of the given fields that have changed, for the audit log. */
static const char *changed_names(struct ctx *c, const struct table *t, field_set given,
                                 const void *old, const void *row)
{
    struct buffer names = buffer_new(c->arena);
    field_set bit = 1;
    for (const struct field *f = t->fields; f->name; f++, bit <<= 1)
        if ((given & bit) && is_changed(c, f, old, row))
            buffer_printf(&names, names.len ? " %s" : "%s", f->name);
    return names.at;
}

/* What was alike before can be changed in all else. */
static bool is_alike_asked(struct ctx *c, const struct table *t, const void *old, const void *row)
{
    for (const char *const *k = t->alike; k && *k; k++)
        if (is_changed(c, field_find(t->fields, *k), old, row))
            return true;
    return false;
}

/* Some code of a feature may have changed fields beyond those given; they are stored alike. */
static bool row_change(struct ctx *c, const struct table *t, const void *old, field_set given,
                       void *row)
{
    struct row *head = row;
    if (!check_fields(c, t, row, given) || !check_reach(c, t, row))
        return false;
    if (t->check && !t->check(c, OP_UPDATE, old, row))
        return false;
    if (is_alike_asked(c, t, old, row) && !check_alike(c, t, row))
        return false;
    head->version++;
    head->updated_at = c->now;
    if (!row_store(c, t, row))
        return taken_tell(c, t);
    if (!audit_row(c, t, "update", head->id, row_subject(t, row),
                   changed_names(c, t, given, old, row)))
        return false;
    return !t->after || t->after(c, OP_UPDATE, old, row);
}

static void fields_copy(const struct table *t, field_set given, const void *from, void *to)
{
    field_set bit = 1;
    for (const struct field *f = t->fields; f->name; f++, bit <<= 1)
        if (given & bit)
            memcpy(field_in(f, to), field_of(f, from), kind_size(f->kind));
}

/* Clears what rests on something that has changed and was not given with it; the set of both. */
static field_set fallen_clear(struct ctx *c, const struct table *t, const void *old,
                              field_set given, void *row)
{
    field_set bit = 1, all = given;
    for (const struct field *f = t->fields; f->name; f++, bit <<= 1)
        for (const char *const *k = f->rests_on; k && *k && !(all & bit); k++)
            if (is_changed(c, field_find(t->fields, *k), old, row)) {
                field_clear(f, row);
                all |= bit;
            }
    return all;
}

bool row_update(struct ctx *c, const struct table *t, struct id id, int64_t version,
                const void *change, field_set given, void *ret)
{
    void *old = arena_alloc(c->arena, t->size), *row = arena_alloc(c->arena, t->size);
    if (!row_fetch(c, t, reach(c, t->write), id, old))
        return false;
    if (version && ((struct row *)old)->version != version)
        return fail(c, VERSION_MISMATCH, NULL);
    memcpy(row, old, t->size);
    fields_copy(t, given, change, row);
    given = fallen_clear(c, t, old, given, row);
    if (!row_change(c, t, old, given, row))
        return false;
    memcpy(ret, row, t->size);
    return true;
}

bool row_named(struct ctx *c, const struct table *const *tables, size_t count,
               const struct table *t, struct id id, bool *ret)
{
    *ret = false;
    for (size_t i = 0; i < count && !*ret; i++) {
        if (tables[i]->held_back || tables[i]->log)
            continue;
        EACH_FIELD (f, tables[i]->fields) {
            struct buffer sql = buffer_new(c->arena);
            if (*ret || f->refers != t || f->kind != KIND_ID)
                continue;
            buffer_printf(&sql, "SELECT \"%s\" FROM %s WHERE \"%s\" = $1 LIMIT 1", f->name,
                          tables[i]->name, f->name);
            if (!tx_found(c->tx, composed(c, &sql), ARGS(value_id(id)), ret))
                return false;
        }
    }
    return true;
}

bool row_unused(struct ctx *c, const struct table *t, struct id id)
{
    const struct table **tables;
    size_t count;
    bool named;
    if (!tables_all(c, &tables, &count) || !row_named(c, tables, count, t, id, &named))
        return false;
    return !named || fail(c, IN_USE, NULL);
}

bool table_told(struct ctx *c, const struct table *t, bool *ret)
{
    *ret = !t->known_to || ctx_can(c, t->known_to);
    if (*ret)
        return true;
    struct buffer sql = buffer_new(c->arena);
    buffer_printf(&sql, "SELECT id FROM %s LIMIT 1", t->name);
    return tx_found(c->tx, composed(c, &sql), NO_ARGS, ret);
}

bool row_delete(struct ctx *c, const struct table *t, struct id id, int64_t version)
{
    void *old = arena_alloc(c->arena, t->size);
    struct buffer sql = buffer_new(c->arena);
    if (!row_fetch(c, t, reach(c, t->write), id, old))
        return false;
    if (version && ((struct row *)old)->version != version)
        return fail(c, VERSION_MISMATCH, NULL);
    if (t->check && !t->check(c, OP_DELETE, old, NULL))
        return false;
    buffer_printf(&sql, "DELETE FROM %s WHERE id = $1", t->name);
    if (!tx_run(c->tx, composed(c, &sql), ARGS(value_id(id)), NULL) ||
        !audit_row(c, t, "delete", row_id(old), row_subject(t, old), NULL))
        return false;
    return !t->after || t->after(c, OP_DELETE, old, NULL);
}

bool row_single(struct ctx *c, const struct table *t, void *ret)
{
    struct buffer sql = buffer_new(c->arena);
    bool found = false;
    select_add(&sql, t);
    buffer_string(&sql, " LIMIT 1");
    if (!tx_row(c->tx, composed(c, &sql), NO_ARGS, t->fields, ret, &found))
        return false;
    if (found)
        return true;
    record_clear(t->fields, ret);
    return tx_writes(c->tx) ? row_create(c, t, ret) : true;
}
