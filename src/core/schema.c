/* schema.c: DDL and additive migration from declarations. */
#include "schema.h"

#include "app.h"
#include "base/hash.h"
#include "db/compose.h"
#include "rows.h"

#include <string.h>

struct fingerprint {
    const char *text;
};
static const struct field fingerprint_fields[] = {
    FIELD(struct fingerprint, text, .privacy = OPERATIONAL, .doc = "Hash of the declarations"),
    { 0 },
};

static bool run(struct ctx *c, const char *sql)
{
    struct query q = query_composed(sql);
    return tx_run(c->tx, &q, NO_ARGS, NULL);
}

/* Kinds that are never absent have a default, so that a column can be added to rows. */
static void column_add(struct buffer *sql, const struct db *db, const struct field *f)
{
    buffer_printf(sql, "\"%s\" %s", f->name, db_column_type(db, f));
    if (!strcmp(f->name, "id"))
        buffer_string(sql, " PRIMARY KEY NOT NULL");
    else if (f->kind == KIND_BOOL || f->kind == KIND_SPAN || (f->kind == KIND_INT && !f->nullable))
        buffer_string(sql, " NOT NULL DEFAULT 0");
}

/* Whether rows are looked up by a companion of the column; see db_seals. */
static bool has_blind(const struct ctx *c, const struct field *f)
{
    return db_seals(c->db) && column_blind(f);
}

static void mix(uint64_t *h, const char *text)
{
    *h = hash_byte(hash_text(*h, text), 0xFF);
}

/* "person, started_at" -> time_entry__person__started_at; what is longer than a name may be is cut,
   and told apart by a hash. */
static const char *index_name(struct ctx *c, const struct table *t, const char *columns,
                              bool unique)
{
    enum { NAME_MAX_BYTES = 63, KEPT = 46 };
    struct buffer name = buffer_new(c->arena);
    buffer_string(&name, t->name);
    for (const char *at = columns; *at;) {
        size_t n = strcspn(at, ", ");
        buffer_string(&name, "__");
        buffer_add(&name, at, n);
        at += n + strspn(at + n, ", ");
    }
    buffer_string(&name, unique ? "__u" : "");
    if (name.len <= NAME_MAX_BYTES)
        return name.at;
    uint64_t h = hash_start;
    mix(&h, name.at);
    return arena_printf(c->arena, "%.*s_%016llx", KEPT, name.at, (unsigned long long)h);
}

static bool index_apply(struct ctx *c, const struct table *t, const char *columns, bool unique)
{
    struct buffer sql = buffer_new(c->arena);
    buffer_printf(&sql, "CREATE %sINDEX IF NOT EXISTS %s ON %s (", unique ? "UNIQUE " : "",
                  index_name(c, t, columns, unique), t->name);
    for (const char *at = columns; *at;) {
        size_t n = strcspn(at, ", ");
        const struct field *f = field_find(t->fields, arena_text(c->arena, at, n));
        if (db_seals(c->db) && column_sealed(f) && !column_blind(f))
            return fail(c, INTERNAL, "%s.%s is protected: an index needs .filter or .unique",
                        t->name, f->name);
        buffer_printf(&sql, "%s\"%s%s\"%s", at == columns ? "" : ", ", f->name,
                      has_blind(c, f) ? "_blind" : "", db_index_order(c->db));
        at += n + strspn(at + n, ", ");
    }
    buffer_string(&sql, ")");
    return run(c, sql.at);
}

/* Whether an index of several columns begins with this one: it finds by that alone as well. */
static bool leads(const struct table *t, const struct field *f)
{
    for (const char *const *i = t->indexes; i && *i; i++)
        if (strcspn(*i, ",") == strlen(f->name) && text_starts(*i, f->name))
            return true;
    return false;
}

/* What an earlier release has made stays, needed or not. */
static bool indexes_apply(struct ctx *c, const struct table *t)
{
    EACH_FIELD (f, t->fields) {
        if (f->unique && !index_apply(c, t, f->name, true))
            return false;
        bool key = (f->filter || f->subject || f->refers) && !leads(t, f);
        if (db_seals(c->db) && column_sealed(f) && !column_blind(f))
            continue;
        if (key && !f->unique && !index_apply(c, t, f->name, false))
            return false;
    }
    for (const char *const *i = t->indexes; i && *i; i++)
        if (!index_apply(c, t, *i, false))
            return false;
    for (const char *const *u = t->uniques; u && *u; u++)
        if (!index_apply(c, t, *u, true))
            return false;
    return true;
}

static bool table_create(struct ctx *c, const struct table *t)
{
    struct buffer sql = buffer_new(c->arena);
    buffer_printf(&sql, "CREATE TABLE %s (", t->name);
    EACH_FIELD (f, t->fields) {
        if (f != t->fields)
            buffer_string(&sql, ", ");
        column_add(&sql, c->db, f);
        if (has_blind(c, f))
            buffer_printf(&sql, ", \"%s_blind\" %s", f->name, db_blind_type(c->db));
    }
    buffer_string(&sql, ")");
    return run(c, sql.at);
}

static const struct column *column_of(const struct column *have, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(have[i].name, name))
            return &have[i];
    return NULL;
}

/* Migrations add: what is stored otherwise than it is declared now would be misread. Kinds that are
   stored alike (a date and a moment) are not told apart here; the samples of releases do that. */
static bool types_hold(const struct db *db, const struct table *t, const struct column *have,
                       size_t n, struct error *err)
{
    EACH_FIELD (f, t->fields) {
        const struct column *c = column_of(have, n, f->name);
        const char *type = db_column_type(db, f);
        if (c && strcmp(c->type, type) != 0)
            return error_set(err, INTERNAL,
                             "This release does not fit the data: %s.%s is stored as %s there, and"
                             " here it would be %s. Nothing was changed.",
                             t->name, f->name, c->type, type);
    }
    return true;
}

static bool column_append(struct ctx *c, const struct table *t, const struct field *f)
{
    struct buffer sql = buffer_new(c->arena);
    buffer_printf(&sql, "ALTER TABLE %s ADD COLUMN ", t->name);
    column_add(&sql, c->db, f);
    return run(c, sql.at);
}

struct stored {
    struct id id;
    union {
        const char *text;
        struct blob blob;
        struct json json;
        struct list list;
    } value;
};

/* A column that is looked up from now on: its companion, filled by storing every value anew. */
static bool blind_append(struct ctx *c, const struct table *t, const struct field *f)
{
    struct field id = { .name = "id", .kind = KIND_ID, .at = offsetof(struct stored, id) };
    struct field value = *f;
    value.at = offsetof(struct stored, value);
    const struct field fields[] = { id, value, { 0 } };
    struct query all =
        query_composed(arena_printf(c->arena, "SELECT id, \"%s\" FROM %s", f->name, t->name));
    all.whole = "A column is filled";
    struct query set = query_composed(
        arena_printf(c->arena, "UPDATE %s SET \"%s\" = $2 WHERE id = $1", t->name, f->name));
    struct list rows;
    if (!run(c, arena_printf(c->arena, "ALTER TABLE %s ADD COLUMN \"%s_blind\" %s", t->name,
                             f->name, db_blind_type(c->db))) ||
        !tx_rows(c->tx, &all, NO_ARGS, fields, sizeof(struct stored), 0, &rows))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct stored *row = (const struct stored *)rows.at + i;
        struct value v =
            f->kind == KIND_LIST ? value_list(c->arena, &value, row) : value_field(&value, row);
        if (!tx_run(c->tx, &set, ARGS(value_id(row->id), v), NULL))
            return false;
    }
    return true;
}

static bool columns_add(struct ctx *c, const struct table *t, const struct column *have, size_t n)
{
    if (!types_hold(c->db, t, have, n, c->err))
        return false;
    EACH_FIELD (f, t->fields) {
        if (!column_of(have, n, f->name) && !column_append(c, t, f))
            return false;
        const char *blind = arena_printf(c->arena, "%s_blind", f->name);
        if (has_blind(c, f) && !column_of(have, n, blind) && !blind_append(c, t, f))
            return false;
    }
    return true;
}

/* Whether a table of the feature stands without a column that is declared now. */
static bool lacks_columns(struct ctx *c, const struct feature *f, bool control, bool *ret)
{
    *ret = false;
    for (const struct table *const *t = f->tables; t && *t; t++) {
        struct column *have;
        size_t n;
        if ((*t)->control != control)
            continue;
        if (!tx_table_columns(c->tx, (*t)->name, &have, &n))
            return false;
        EACH_FIELD (field, (*t)->fields)
            *ret |= n && !column_of(have, n, field->name);
    }
    return true;
}

bool schema_apply(struct ctx *c, const struct table *t)
{
    struct column *have;
    size_t n;
    if (!tx_table_columns(c->tx, t->name, &have, &n))
        return false;
    if (!(n ? columns_add(c, t, have, n) : table_create(c, t)))
        return false;
    return indexes_apply(c, t);
}

bool schema_drop(struct ctx *c, const struct table *t)
{
    return run(c, arena_printf(c->arena, "DROP TABLE IF EXISTS %s", t->name));
}

/* Of everything that shapes the database. */
static const char *declarations_hash(const struct app *app, struct arena *a, const struct db *db)
{
    bool control = !id_given(db_id(db));
    uint64_t h = hash_start;
    for (const struct table *const *t = app->tables; *t; t++) {
        if ((*t)->control != control)
            continue;
        mix(&h, (*t)->name);
        EACH_FIELD (f, (*t)->fields) {
            mix(&h, f->name);
            mix(&h, kind_name(f->kind));
            if (db_seals(db) && column_sealed(f))
                mix(&h, column_blind(f) ? "blind" : "sealed");
            mix(&h, f->unique ? "u" : f->filter || f->subject || f->refers ? "i" : "-");
        }
        for (const char *const *i = (*t)->indexes; i && *i; i++)
            mix(&h, *i);
        for (const char *const *u = (*t)->uniques; u && *u; u++)
            mix(&h, *u);
    }
    return arena_printf(a, "%016llx", (unsigned long long)h);
}

struct prepare {
    struct app *app;
    const char *hash;
    bool control;
    bool found, current; /* whether there is a schema at all, and whether it has all of this one */
};

static bool state_read(struct tx *tx, void *with, struct error *err)
{
    static const struct query state = {
        "SELECT fingerprint FROM schema_state WHERE fingerprint = $1"
    };
    struct prepare *p = with;
    struct fingerprint stored;
    struct column *columns;
    size_t n;
    (void)err;
    if (!tx_table_columns(tx, "schema_state", &columns, &n))
        return false;
    p->found = n > 0;
    p->current = false;
    return !n ||
           tx_row(tx, &state, ARGS(value_text(p->hash)), fingerprint_fields, &stored, &p->current);
}

/* Before a snapshot is taken, which is a copy of all that there is. */
static bool types_check(struct tx *tx, void *with, struct error *err)
{
    const struct prepare *p = with;
    for (const struct table *const *t = p->app->tables; *t; t++) {
        struct column *have;
        size_t n;
        if ((*t)->control == p->control && (!tx_table_columns(tx, (*t)->name, &have, &n) ||
                                            !types_hold(tx_db(tx), *t, have, n, err)))
            return false;
    }
    return true;
}

/* The one row of a singleton that this release adds: sign-up made those that there were. */
static bool single_make(struct ctx *c, const struct table *t)
{
    return !t->singleton || row_single(c, t, arena_alloc(c->arena, t->size));
}

/* Applies all tables of the database; `found`: that it had some before. */
static bool tables_apply(struct ctx *c, bool control, bool found)
{
    for (const struct table *const *t = c->app->tables; *t; t++) {
        struct column *have;
        size_t n;
        if ((*t)->control != control)
            continue;
        if (!tx_table_columns(c->tx, (*t)->name, &have, &n) || !schema_apply(c, *t) ||
            (found && !n && !single_make(c, *t)))
            return false;
    }
    return true;
}

/* Nothing is ever taken away, so what was once applied holds for good: each fingerprint stays, and
   of two versions that serve side by side neither does again what the other has done. */
static bool migrate(struct tx *tx, void *with, struct error *err)
{
    static const struct query note = { "INSERT INTO schema_state (fingerprint) VALUES ($1)" };
    struct prepare *p = with;
    struct ctx c = { .app = p->app,
                     .arena = tx_arena(tx),
                     .err = err,
                     .tx = tx,
                     .db = tx_db(tx),
                     .now = instant_now(),
                     .organisation = db_id(tx_db(tx)),
                     .actor = { .program = true, .name = "schema" } };
    if (!state_read(tx, p, err))
        return false;
    if (p->current) /* another node was faster */
        return true;
    size_t count = 0;
    while (p->app->features[count])
        count++;
    bool *grows = arena_many(c.arena, count, bool);
    for (size_t i = 0; i < count; i++)
        if (!lacks_columns(&c, p->app->features[i], p->control, &grows[i]))
            return false;
    if (!run(&c, "CREATE TABLE IF NOT EXISTS schema_state (fingerprint TEXT NOT NULL)"))
        return false;
    if (!tables_apply(&c, p->control, p->found))
        return false;
    for (size_t i = 0; i < count; i++)
        if (grows[i] && !p->control && p->app->features[i]->derive &&
            !p->app->features[i]->derive(&c))
            return false;
    return tx_run(tx, &note, ARGS(value_text(p->hash)), NULL);
}

bool schema_prepare(struct app *app, struct db *db, struct error *err)
{
    struct arena a = { 0 };
    struct prepare p = { .app = app, .control = !id_given(db_id(db)) };
    p.hash = declarations_hash(app, &a, db);
    bool ok = db_read(db, &a, state_read, &p, err);
    if (ok && !p.current)
        ok = !p.found || db_read(db, &a, types_check, &p, err);
    if (ok && !p.current) {
        bool snapshot = p.found;
        ok = (!snapshot || db_snapshot(db, err)) && db_write_wait(db, &a, migrate, &p, err);
        struct error second = { 0 };
        if (snapshot && ok)
            ok = db_snapshot_commit(db, err);
        else if (snapshot && !db_snapshot_rollback(db, &second))
            *err = second;
    }
    arena_done(&a);
    return ok;
}
