/* world_fixture.c: starting the program for a test, asking it, and looking into its databases. */
#include "feature/world_fixture.h"

#include "db/compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world *world_new(const struct feature *const *features)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    strcpy(w->dir, "/tmp/vow-world-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    w->features = features;
    world_open(w);
    return w;
}

/* A store of the world's own on the server that VOW_TEST_STORE names; NULL: files. */
static const char *store_url(struct world *w)
{
    const char *server = getenv("VOW_TEST_STORE");
    unsigned long hash = 5381;
    for (const char *at = w->dir; *at; at++)
        hash = hash * 33 + (unsigned char)*at;
    return server ? arena_printf(&w->a, "%s&vow_prefix=t%lx", server, hash) : NULL;
}

bool world_start(struct world *w, struct error *err)
{
    static const uint8_t key[32] = { 7 };
    struct app_config config = { .data_dir = w->dir,
                                 .store_url = store_url(w),
                                 .features = w->features,
                                 .master_key = key,
                                 .bcrypt_cost = w->bcrypt_cost ? w->bcrypt_cost : 4,
                                 .password_threads = 4,
                                 .org_storage = w->org_storage,
                                 .egress = w->egress,
                                 .local_providers = w->local_providers };
    return app_start(&config, &w->app, err);
}

void world_open(struct world *w)
{
    struct error err = { 0 };
    if (!world_start(w, &err))
        fail_msg("app_start: %s", err.detail);
}

int world_free(struct world *w)
{
    char command[100];
    app_stop(w->app);
    arena_done(&w->a);
    snprintf(command, sizeof command, "rm -rf %s", w->dir);
    int removed = system(command);
    free(w);
    return removed;
}

struct answer world_call(struct world *w, struct call c)
{
    struct answer r;
    app_call(w->app, &w->a, &c, &r);
    return r;
}

struct answer world_ask(struct world *w, const char *session, enum method m, const char *path,
                        const char *json, int64_t version, int status)
{
    struct answer r = world_call(w, (struct call){ .method = m,
                                                   .path = path,
                                                   .json = json,
                                                   .session = session,
                                                   .if_version = version,
                                                   .later = w->later });
    if (r.status != status)
        fail_msg("%s %s %s: %d %.400s", method_name(m), path, json ? json : "", r.status, r.body);
    return r;
}

struct answer world_get(struct world *w, const char *session, const char *path, int status)
{
    return world_ask(w, session, GET, path, NULL, 0, status);
}

struct answer world_post(struct world *w, const char *session, const char *path, const char *json,
                         int status)
{
    return world_ask(w, session, POST, path, json, 0, status);
}

const char *world_sign_up(struct world *w, const char *name, const char *email)
{
    const char *json = arena_printf(&w->a,
                                    "{\"name\":\"%s\",\"email\":\"%s\",\"organisation\":\"House of "
                                    "%s\",\"password\":\"" WORLD_PASSWORD "\",\"of_age\":true}",
                                    name, email, name);
    return world_post(w, NULL, "/accounts", json, 201).session;
}

const char *world_invite(struct world *w, const char *by, const char *name, const char *email,
                         const char *role)
{
    const char *json = arena_printf(&w->a, "{\"name\":\"%s\",\"email\":\"%s\",\"role\":\"%s\"}",
                                    name, email, role);
    const char *id = world_text(w, world_post(w, by, "/people", json, 201).body, "id");
    struct answer link =
        world_post(w, by, arena_printf(&w->a, "/people/%s/invitation", id), "{}", 201);
    return world_post(
               w, NULL,
               arena_printf(&w->a, "/invitations/%s", world_text(w, link.body, "link_token")),
               "{\"password\":\"" WORLD_PASSWORD "\",\"of_age\":true}", 201)
        .session;
}

const char *world_text(struct world *w, const char *json, const char *key)
{
    const char *start = arena_printf(&w->a, "\"%s\":\"", key), *at = strstr(json, start);
    if (!at) {
        fail_msg("no %s in %.400s", key, json);
        return NULL;
    }
    at += strlen(start);
    return arena_text(&w->a, at, strcspn(at, "\""));
}

const char *world_self(struct world *w, const char *session, const char *key)
{
    return world_text(w, world_get(w, session, "/session", 200).body, key);
}

struct id world_id(const char *text)
{
    struct id id;
    assert_true(id_parse(text, &id));
    return id;
}

struct traces {
    struct blob text;
    size_t found;
    const char *where;
};

struct count {
    int64_t n;
};
static const struct field count_fields[] = {
    FIELD(struct count, n, .privacy = OPERATIONAL, .doc = "How many"),
    { 0 },
};

static bool table_search(struct ctx *c, struct traces *t, const char *table)
{
    struct column *columns;
    size_t n;
    if (!tx_table_columns(c->tx, table, &columns, &n))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct count count = { 0 };
        bool found;
        struct query q = query_composed(arena_printf(
            c->arena,
            db_seals(c->db) ? "SELECT COUNT(*) FROM \"%s\" WHERE position($1 IN"
                              " convert_to(CAST(\"%s\" AS text), 'UTF8')) > 0"
                            : "SELECT COUNT(*) FROM \"%s\" WHERE instr(CAST(\"%s\" AS BLOB), $1)"
                              " > 0",
            table, columns[i].name));
        q.whole = "A test looks everywhere";
        if (!tx_row(c->tx, &q, ARGS(value_blob(t->text)), count_fields, &count, &found))
            return false;
        if (count.n && !t->found)
            t->where = arena_printf(c->arena, "%s.%s", table, columns[i].name);
        t->found += (size_t)count.n;
    }
    return true;
}

struct sealed_cell {
    struct id id;
    struct blob value;
};
static const struct field sealed_fields[] = {
    FIELD(struct sealed_cell, id, .privacy = OPERATIONAL, .doc = "Row"),
    FIELD(struct sealed_cell, value, .privacy = SENSITIVE, .doc = "Protected value"),
    { 0 },
};

static bool sealed_column_search(struct ctx *c, struct traces *t, const char *table,
                                 const char *column)
{
    struct list list;
    struct query q =
        query_composed(arena_printf(c->arena, "SELECT id, \"%s\" FROM \"%s\"", column, table));
    q.whole = "A test looks everywhere";
    if (!tx_rows(c->tx, &q, NO_ARGS, sealed_fields, sizeof(struct sealed_cell), 0, &list))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        struct blob value = ((const struct sealed_cell *)list.at)[i].value;
        if (!value.at || !memmem(value.at, value.len, t->text.at, t->text.len))
            continue;
        t->where = t->found ? t->where : arena_printf(c->arena, "%s.%s", table, column);
        t->found++;
    }
    return true;
}

/* What the engine has sealed value by value is opened by reading it. */
static bool sealed_search(struct ctx *c, struct traces *t)
{
    bool control = !id_given(db_id(c->db));
    const struct table **tables = (const struct table **)c->app->tables;
    size_t n;
    if (!control && !tables_all(c, &tables, &n))
        return false;
    for (const struct table *const *own = tables; *own; own++)
        EACH_FIELD (f, (*own)->fields)
            if ((*own)->control == control && column_sealed(f) &&
                !sealed_column_search(c, t, (*own)->name, f->name))
                return false;
    return true;
}

static bool search(struct ctx *c, void *with)
{
    const char **tables;
    size_t n;
    if (!tx_tables(c->tx, &tables, &n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!table_search(c, with, tables[i]))
            return false;
    return !db_seals(c->db) || sealed_search(c, with);
}

size_t world_traces(struct world *w, struct id organisation, const char *text, const char **where)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    struct traces t = { .text = { text, strlen(text) } };
    bool ok = id_given(organisation) ? organisation_read(&c, organisation, search, &t)
                                     : control_read(&c, search, &t);
    if (!ok)
        fail_msg("search: %s", err.detail);
    *where = t.where;
    return t.found;
}

int founded_open(void **state, const struct feature *const *features)
{
    struct founded *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->world = world_new(features);
    f->owner = world_sign_up(f->world, "Ada Beispiel", "ada@example.org");
    *state = f;
    return 0;
}

int founded_close(void **state)
{
    struct founded *f = *state;
    int removed = world_free(f->world);
    free(f);
    return removed;
}

struct id founded_organisation(const struct founded *f)
{
    return world_id(world_self(f->world, f->owner, "organisation"));
}
