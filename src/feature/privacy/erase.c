/* erase.c: erasing a person by the tables' own rules, and ending an organisation. */
#include "feature/privacy/privacy.h"

#include "core/app.h"
#include "core/audit.h"
#include "core/idempotency.h"
#include "core/rows.h"
#include "core/sql.h"
#include "core/tenant.h"
#include "core/workers.h"
#include "db/compose.h"
#include "feature/organisation/organisation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool run_with(struct ctx *c, struct buffer *sql, const struct value *args, size_t n,
                     int64_t *rows)
{
    int64_t changed = 0;
    if (!tx_run(c->tx, composed(c, sql), args, n, &changed))
        return false;
    *rows += changed;
    return true;
}

static bool run(struct ctx *c, struct buffer *sql, struct id person, int64_t *rows)
{
    return run_with(c, sql, ARGS(value_id(person)), rows);
}

/* The row stays for the books: what is personal in it goes, and whose it was. */
static bool rows_clear(struct ctx *c, const struct table *t, const struct field *subject,
                       struct id person, int64_t *rows)
{
    struct buffer sql = buffer_new(c->arena);
    struct value args[FIELDS_MAX + 1] = { value_id(person) };
    size_t n = 1;
    buffer_printf(&sql, "UPDATE %s SET \"%s\" = NULL", t->name, subject->name);
    EACH_FIELD (f, t->fields) {
        bool said = f->privacy == PERSONAL || f->privacy == CONTENT || f->privacy == SENSITIVE;
        bool zero =
            f->kind == KIND_BOOL || f->kind == KIND_SPAN || (f->kind == KIND_INT && !f->nullable);
        if (f == subject || !said)
            continue;
        args[n++] = zero ? value_int(0) : value_in(t->fields, f->name, value_none());
        buffer_printf(&sql, ", \"%s\" = $%zu", f->name, n);
    }
    buffer_printf(&sql, " WHERE \"%s\" = $1", subject->name);
    return run_with(c, &sql, args, n, rows);
}

static bool rows_delete(struct ctx *c, const struct table *t, const struct field *subject,
                        struct id person, int64_t *rows)
{
    struct buffer sql = buffer_new(c->arena);
    buffer_printf(&sql, "DELETE FROM %s WHERE \"%s\" = $1", t->name, subject->name);
    return run(c, &sql, person, rows);
}

struct naming {
    struct id id;
    struct list people;
};
static const struct field naming_fields[] = {
    FIELD(struct naming, id, .privacy = OPERATIONAL, .doc = "Row"),
    FIELD(struct naming, people, .of = KIND_ID, .privacy = PERSONAL, .doc = "Whom it names"),
    { 0 },
};

static size_t id_remove(struct id *at, size_t n, struct id person)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!id_equal(at[i], person))
            at[kept++] = at[i];
    return kept;
}

/* A list is one value to the database, so it is taken apart here. */
static bool list_clear(struct ctx *c, const struct table *t, const struct field *f,
                       struct id person, int64_t *rows)
{
    struct buffer all = buffer_new(c->arena), set = buffer_new(c->arena);
    struct list list;
    buffer_printf(&all, "SELECT id, \"%s\" FROM %s WHERE \"%s\" IS NOT NULL", f->name, t->name,
                  f->name);
    buffer_printf(&set, "UPDATE %s SET \"%s\" = $2 WHERE id = $1", t->name, f->name);
    struct query q = query_composed(all.at);
    q.whole = "A list is one value to the database";
    if (!tx_rows(c->tx, &q, NO_ARGS, naming_fields, sizeof(struct naming), 0, &list))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        struct naming row = ((const struct naming *)list.at)[i];
        struct id *ids = arena_copy(c->arena, row.people.at, row.people.count * sizeof *ids);
        size_t kept = id_remove(ids, row.people.count, person);
        if (kept == row.people.count)
            continue;
        row.people = (struct list){ ids, kept };
        struct value people = value_list(c->arena, &naming_fields[1], &row);
        people.column = f;
        if (!tx_run(c->tx, composed(c, &set), ARGS(value_id(row.id), people), NULL))
            return false;
        ++*rows;
    }
    return true;
}

static bool mentions_clear(struct ctx *c, const struct table *t, struct id person, int64_t *rows)
{
    EACH_FIELD (f, t->fields) {
        struct buffer sql = buffer_new(c->arena);
        if (f->refers != &person_table || f->subject)
            continue;
        if (f->kind == KIND_LIST) {
            if (!list_clear(c, t, f, person, rows))
                return false;
            continue;
        }
        buffer_printf(&sql, "UPDATE %s SET \"%s\" = NULL WHERE \"%s\" = $1", t->name, f->name,
                      f->name);
        if (!run(c, &sql, person, rows))
            return false;
    }
    return true;
}

bool person_erase(struct ctx *c, struct id person, int64_t *rows)
{
    const struct table **tables;
    size_t count;
    *rows = 0;
    /* What that leaves to the end of the transaction would bring the person back. */
    if (!person_role_changed(c, person, ROLE_NONE) || !tx_catch_up(c->tx) ||
        !tables_all(c, &tables, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct table *t = tables[i];
        const struct field *subject = table_subject(t);
        if (t->log) /* the audit log names people by id alone and is never rewritten */
            continue;
        if (!mentions_clear(c, t, person, rows))
            return false;
        if (!subject)
            continue;
        if (!(t->erase == ERASE_PERSON ? rows_clear : rows_delete)(c, t, subject, person, rows))
            return false;
    }
    char detail[40];
    snprintf(detail, sizeof detail, "rows=%lld", (long long)*rows);
    c->forget = c->settings = true;
    return idempotency_forget(c) && audit_add(c, "person.erase", person, person, detail);
}

bool person_shut_out(struct ctx *c, struct id person)
{
    for (const struct table *const *t = c->app->tables; *t; t++) {
        const struct field *subject = table_subject(*t);
        if (!(*t)->control || !subject)
            continue;
        struct query q = query_composed(
            arena_printf(c->arena, "DELETE FROM %s WHERE \"%s\" = $1 AND \"%s\" = $2", (*t)->name,
                         table_owner(*t)->name, subject->name));
        if (!tx_run(c->tx, &q, ARGS(value_id(c->organisation), value_id(person)), NULL))
            return false;
    }
    c->forget = true;
    return true;
}

/* Nobody is told that it has ended when it has just moved, and lives on there. */
static bool condemn(struct ctx *c, void *with)
{
    const struct id *organisation = with;
    bool lives;
    if (!tenant_lives(c, *organisation, &lives))
        return false;
    return lives ? tenant_condemn(c, *organisation) : fail(c, NOT_FOUND, NULL);
}

/* The files go when the last request has let go of them; this one holds them itself. */
static void sweep(void *with)
{
    struct app *app = with;
    struct arena a = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(app, &a, &err, "end");
    (void)!tenants_sweep(&c, false);
    arena_done(&a);
}

bool organisation_end(struct ctx *c)
{
    struct id organisation = c->organisation;
    if (!control_write(c, condemn, &organisation))
        return false;
    (void)!workers_add(c->app->slow, 0, sweep, c->app); /* else the next start does it */
    return true;
}
