/* tenant.c: making and destroying organisations by making and destroying their keys. */
#include "tenant.h"

#include "app.h"
#include "crypt/crypt.h"
#include "db/compose.h"
#include "move.h"
#include "node.h"
#include "rows.h"

#include <stdlib.h>
#include <string.h>

/* Signing up takes seconds; on another node it may be under way while this one starts. */
enum { HALF_MADE_S = 3600 };

static const char *const states[] = { "creating", "active", "deleting", "deleted",
                                      "arriving", "moved",  NULL };

static const struct field tenant_fields[] = {
    ROW_FIELDS(struct tenant),
    FIELD(struct tenant, state, .privacy = OPERATIONAL, .choices = states,
          .doc = "Where the organisation is in its life"),
    FIELD(struct tenant, wrapped_key, .privacy = SECRET,
          .doc = "Data key under the master key; gone when destroyed"),
    FIELD(struct tenant, deleted_at, .privacy = OPERATIONAL, .doc = "When it was deleted"),
    FIELD(struct tenant, move, .privacy = OPERATIONAL,
          .doc = "The move that brought it to this store or took it away"),
    { 0 },
};

const struct table tenant_table = {
    .name = "tenant",
    .doc = "Organisations of this installation and their wrapped keys",
    .fields = tenant_fields,
    .size = sizeof(struct tenant),
    .indexes = (const char *const[]){ "state, deleted_at", NULL },
    .control = true,
    .log = true,
};

bool tenant_owns(const struct table *t)
{
    return !t->control || table_owner(t) || t == &tenant_table;
}

static bool tenant_insert(struct ctx *c, void *with)
{
    struct tenant t = *(struct tenant *)with;
    struct secret_key key, wrapping;
    uint8_t wrapped[WRAPPED_KEY];
    secret_key_random(&key);
    app_sub_key(c->app, "vow organisation keys 1", &wrapping);
    secret_key_wrap(&wrapping, &key, wrapped);
    secret_key_wipe(&key);
    secret_key_wipe(&wrapping);
    t.wrapped_key = (struct blob){ wrapped, sizeof wrapped };
    return row_create(c, &tenant_table, &t);
}

bool tenant_create(struct ctx *c, struct id *ret)
{
    struct id id = id_new(c->now);
    struct tenant t = { .id = id, .state = "creating" };
    struct db *db;
    if (!control_write(c, tenant_insert, &t))
        return false;
    if (!db_open(c->app->store, id, true, &db, c->err))
        return false;
    db_release(db);
    *ret = id;
    return true;
}

/* Every row in control that belongs to the organisation, but for its tenant row. */
static bool rows_clear(struct ctx *c, struct id organisation)
{
    for (const struct table *const *t = c->app->tables; *t; t++) {
        const struct field *owner = table_owner(*t);
        if (!owner)
            continue;
        struct query q = query_composed(
            arena_printf(c->arena, "DELETE FROM %s WHERE \"%s\" = $1", (*t)->name, owner->name));
        if (!tx_run(c->tx, &q, ARGS(value_id(organisation)), NULL))
            return false;
    }
    c->forget = true;
    return true;
}

static bool tenant_forget(struct ctx *c, struct id organisation)
{
    static const struct query itself = { "DELETE FROM tenant WHERE id = $1" };
    return rows_clear(c, organisation) &&
           tx_run(c->tx, &itself, ARGS(value_id(organisation)), NULL);
}

static bool tenant_replace(struct ctx *c, void *with)
{
    return tenant_forget(c, ((struct tenant *)with)->id) && tenant_insert(c, with);
}

bool tenant_arrive(struct ctx *c, struct id organisation, struct id move)
{
    struct error gone = { 0 };
    struct tenant t = { .id = organisation, .state = "arriving", .move = move };
    if (!db_destroy(c->app->store, organisation, &gone) && gone.problem != NOT_FOUND) {
        *c->err = gone;
        return false;
    }
    return control_write(c, tenant_replace, &t);
}

bool tenant_claim(struct ctx *c, struct id organisation, struct id move)
{
    struct tenant t, change = { .move = move };
    if (!row_get(c, &tenant_table, organisation, &t))
        return false;
    if (!text_equal(t.state, "active"))
        return fail(c, IN_USE, "Another command moves the organisation");
    return row_update(c, &tenant_table, organisation, 0, &change, row_set(&tenant_table, "move"),
                      &t);
}

bool tenant_leave(struct ctx *c, struct id organisation, struct id move)
{
    struct tenant t;
    if (!row_get(c, &tenant_table, organisation, &t))
        return false;
    if (!text_equal(t.state, "active") || !id_equal(t.move, move))
        return fail(c, IN_USE, "Another command moves the organisation");
    if (!tenant_forget(c, organisation))
        return false;
    t.state = "moved";
    t.move = move;
    return row_put(c, &tenant_table, &t);
}

static bool state_set(struct ctx *c, struct id id, const char *state, field_set also)
{
    struct tenant change = { .state = state, .deleted_at = c->now }, ret;
    return row_update(c, &tenant_table, id, 0, &change, row_set(&tenant_table, "state") | also,
                      &ret);
}

bool tenant_lives(struct ctx *c, struct id organisation, bool *ret)
{
    static const struct query lives = { "SELECT id FROM tenant WHERE id = $1"
                                        " AND state IN ('creating', 'active')" };
    return tx_found(c->tx, &lives, ARGS(value_id(organisation)), ret);
}

static bool condemn(struct ctx *c, void *with)
{
    return tenant_condemn(c, *(struct id *)with);
}

static bool deleted(struct ctx *c, void *with)
{
    return state_set(c, *(struct id *)with, "deleted", 0);
}

bool tenant_activate(struct ctx *c, struct id organisation)
{
    return state_set(c, organisation, "active", 0);
}

/* Other nodes close what they have open of it once they forget. */
bool tenant_condemn(struct ctx *c, struct id organisation)
{
    return rows_clear(c, organisation) &&
           state_set(c, organisation, "deleting",
                     row_set(&tenant_table, "wrapped_key") | row_set(&tenant_table, "deleted_at"));
}

bool tenant_destroy(struct ctx *c, struct id organisation)
{
    struct error gone = { 0 };
    if (!control_write(c, condemn, &organisation))
        return false;
    if (!db_destroy(c->app->store, organisation, &gone) && gone.problem != NOT_FOUND) {
        *c->err = gone;
        return false;
    }
    /* The key has left the file's pages; this lets it leave the log too. */
    return db_checkpoint(c->app->control, c->err) && control_write(c, deleted, &organisation);
}

struct key_read {
    struct id id;
    struct tenant tenant;
};

static bool key_read(struct ctx *c, void *with)
{
    struct key_read *k = with;
    return row_get(c, &tenant_table, k->id, &k->tenant);
}

bool tenant_key(void *with, struct id db, struct secret_key *ret, struct error *err)
{
    struct app *app = with;
    struct secret_key sub;
    if (!id_given(db)) {
        app_sub_key(app, "vow control database 1", ret);
        return true;
    }
    struct arena a = { 0 };
    struct ctx c = app_ctx(app, &a, err, "store");
    struct key_read k = { .id = db };
    bool ok = control_read(&c, key_read, &k);
    /* On its way from or to another store. */
    if (ok && (text_equal(k.tenant.state, "arriving") || text_equal(k.tenant.state, "moved")) &&
        !move_takes(app, db))
        ok = error_set(err, NOT_FOUND, NULL);
    if (ok && k.tenant.wrapped_key.len != WRAPPED_KEY)
        ok = error_set(err, NOT_FOUND, "The key of this organisation was destroyed");
    if (ok) {
        app_sub_key(app, "vow organisation keys 1", &sub);
        ok = secret_key_unwrap(&sub, k.tenant.wrapped_key.at, ret) ||
             error_set(err, INTERNAL, "The key of this organisation belongs to another master key");
        secret_key_wipe(&sub);
    }
    arena_done(&a);
    return ok;
}

struct unfinished {
    bool starting;
    struct list list;
};

static bool unfinished_read(struct ctx *c, void *with)
{
    static const struct query left = {
        "state = 'deleting' OR (state = 'creating' AND created_at < $1)"
    };
    struct unfinished *u = with;
    struct instant before = { 1 };
    if (u->starting && !c->app->node)
        before.us = INT64_MAX;
    else if (u->starting)
        before =
            node_first(c->app->node) ? c->now : instant_plus(c->now, (struct span){ -HALF_MADE_S });
    return rows_find(c, &tenant_table, &left, ARGS(value_instant(before)), &u->list);
}

bool tenants_sweep(struct ctx *c, bool starting)
{
    struct unfinished u = { .starting = starting };
    if (!control_read(c, unfinished_read, &u))
        return false;
    for (size_t i = 0; i < u.list.count; i++) {
        struct id organisation = ((const struct tenant *)u.list.at)[i].id;
        struct error err = { 0 }, *outer = c->err;
        char id[ID_TEXT];
        id_format(organisation, id);
        c->err = &err;
        if (!tenant_destroy(c, organisation) && err.problem != IN_USE) /* another removes it */
            app_tell(c->app, "What is left of organisation %s cannot be removed (%s)", id,
                     problem_info(err.problem)->name);
        c->err = outer;
    }
    return true;
}

bool tenants_active(struct ctx *c, void *ret)
{
    static const struct query active = { "state = 'active'", .whole = "All organisations" };
    return rows_find(c, &tenant_table, &active, NO_ARGS, ret);
}

bool tenants_look(struct ctx *c)
{
    struct list tenants;
    struct id *ids, first = { 0 };
    size_t n, missing = 0;
    char id[ID_TEXT];
    if (c->app->node) /* the list of what is there is control's own */
        return true;
    if (!store_ids(c->app->store, c->arena, &ids, &n, c->err) ||
        !control_read(c, tenants_active, &tenants))
        return false;
    qsort(ids, n, sizeof *ids, id_compare);
    for (size_t i = 0; i < tenants.count; i++) {
        struct id tenant = ((const struct tenant *)tenants.at)[i].id;
        if (!bsearch(&tenant, ids, n, sizeof *ids, id_compare) && !missing++)
            first = tenant;
    }
    id_format(first, id);
    if (missing)
        app_tell(
            c->app,
            "%zu of %zu organisations are not in the data folder, such as org/%s.db; take what "
            "is missing from a backup",
            missing, tenants.count, id);
    return true;
}
