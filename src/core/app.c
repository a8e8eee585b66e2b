/* app.c: collecting what the features declare, and starting and stopping what serves it. */
#include "app.h"

#include "base/zone.h"
#include "core_feature.h"
#include "crypt/crypt.h"
#include "generic.h"
#include "limits.h"
#include "net/router.h"
#include "node.h"
#include "runner.h"
#include "schema.h"
#include "sessions.h"
#include "tenant.h"
#include "workers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct feature *const *features_with_core(struct arena *a,
                                                       const struct feature *const *features)
{
    size_t n = 0;
    while (features[n])
        n++;
    const struct feature **all = arena_many(a, n + 2, const struct feature *);
    all[0] = &core_feature;
    memcpy(all + 1, features, n * sizeof *features);
    return all;
}

const struct table *app_table(const struct app *app, const char *name)
{
    for (const struct table *const *t = app->tables; t && *t; t++)
        if (!strcmp((*t)->name, name))
            return *t;
    return NULL;
}

static bool tables_collect(struct app *app, struct error *err)
{
    size_t n = 0, at = 0;
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct table *const *t = (*f)->tables; t && *t; t++)
            n++;
    const struct table **all = arena_many(&app->arena, n + 1, const struct table *);
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct table *const *t = (*f)->tables; t && *t; t++) {
            if (!table_check(*t, err))
                return false;
            for (size_t i = 0; i < at; i++)
                if (!strcmp(all[i]->name, (*t)->name))
                    return error_set(err, INTERNAL, "two tables are named %s", (*t)->name);
            all[at++] = *t;
        }
    app->tables = all;
    return true;
}

static bool routes_collect(struct app *app, struct error *err)
{
    size_t n = 0, at = 0;
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct route *r = (*f)->routes; r && r->path; r++)
            n++;
    for (const struct table *const *t = app->tables; *t; t++)
        n += (*t)->path ? 5 : 0;
    const struct route **all = arena_many(&app->arena, n + 1, const struct route *);
    for (const struct feature *const *f = app->features; *f; f++) {
        for (const struct table *const *t = (*f)->tables; t && *t; t++)
            if ((*t)->path)
                at += table_routes(&app->arena, *t, all + at);
        for (const struct route *r = (*f)->routes; r && r->path; r++) {
            struct route *own = arena_copy(&app->arena, r, sizeof *r);
            if (own->can)
                own->who = WHO_CAN;
            if (own->lists)
                own->in = list_fields(&app->arena, own->lists, &own->in_size);
            all[at++] = own;
        }
    }
    app->routes = all;
    app->route_count = at;
    if (!routes_check(all, at, err))
        return false;
    app->router = router_new(&app->arena, all, at);
    return true;
}

/* What a route asks for must be among them: else nobody is told that they have it. */
static bool permissions_collect(struct app *app, struct error *err)
{
    size_t n = 0, at = 0;
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct permission *const *p = (*f)->permissions; p && *p; p++)
            n++;
    const struct permission **all = arena_many(&app->arena, n, const struct permission *);
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct permission *const *p = (*f)->permissions; p && *p; p++)
            all[at++] = *p;
    app->permissions = all;
    app->permission_count = n;
    for (size_t i = 0; i < app->route_count; i++) {
        const struct permission *can = app->routes[i]->can;
        for (at = 0; can && at < n && all[at] != can; at++)
            ;
        if (can && at == n)
            return error_set(err, INTERNAL, "no feature lists the permission %s", can->name);
    }
    return true;
}

bool app_declare(const struct feature *const *features, struct app **ret, struct error *err)
{
    struct app *app = calloc(1, sizeof *app);
    if (!app)
        abort();
    app->zones = zones_new(NULL);
    app->features = features_with_core(&app->arena, features);
    bool ok = tables_collect(app, err) && routes_collect(app, err) && permissions_collect(app, err);
    for (const struct feature *const *f = app->features; ok && *f; f++)
        ok = !(*f)->check || (*f)->check(app, err);
    if (!ok) {
        app_stop(app);
        return false;
    }
    *ret = app;
    return true;
}

static bool prepare(void *with, struct db *db, struct error *err)
{
    return schema_prepare(with, db, err);
}

void app_sub_key(const struct app *app, const char *purpose, struct secret_key *ret)
{
    struct secret_key master;
    memcpy(master.byte, app->config->master_key, sizeof master.byte);
    secret_key_derive(&master, purpose, ret);
    secret_key_wipe(&master);
}

static void passwords_make(struct app *app)
{
    struct secret_key pepper;
    app_sub_key(app, "vow password pepper 1", &pepper);
    app->passwords = calloc(1, sizeof *app->passwords);
    if (!app->passwords)
        abort();
    password_policy_make(&pepper, app->config->bcrypt_cost, app->passwords);
    secret_key_wipe(&pepper);
}

#ifndef __OPTIMIZE__
static bool table_grows(void *with, const char *name)
{
    const struct table *t = app_table(with, name);
    return t && !t->singleton && !t->directory && !t->few;
}
#endif

/* Where control is missing, what it had the keys of is not buried under a new one. */
static bool control_open(struct app *app, struct error *err)
{
    struct arena a = { 0 };
    struct error missing = { 0 };
    struct id *ids;
    size_t n = 0;
    bool ok = app->config->store_url || store_ids(app->store, &a, &ids, &n, err);
    arena_done(&a);
    if (!ok || db_open(app->store, (struct id){ 0 }, !n, &app->control, &missing))
        return ok;
    if (n && missing.problem == NOT_FOUND)
        return error_set(err, UNAVAILABLE,
                         "control.db is missing, and with it the keys of what is in org; restore a "
                         "backup");
    *err = missing;
    return false;
}

static bool store_start(struct app *app, struct error *err)
{
    const struct app_config *config = app->config;
    struct store_config store = {
        .dir = config->data_dir,
        .url = config->store_url,
        .ports = config->store_ports,
        .take = config->store_take,
        .take_with = config->store_take_with,
        /* Over a network a writer mostly waits. */
        .writers = config->writers     ? config->writers
                   : config->store_url ? 8
                                       : 2,
        .open_max = config->open_max ? config->open_max : 200,
        .batch_max = 64,
        .key = tenant_key,
        .key_with = app,
        .prepare = prepare,
        .prepare_with = app,
#ifndef __OPTIMIZE__ /* looking at every plan is for builds that look for mistakes */
        .grows = table_grows,
        .grows_with = app,
#endif
    };
    return store_open(&store, &app->store, err) && control_open(app, err);
}

static bool unfinished_end(struct app *app, struct error *err)
{
    struct arena a = { 0 };
    struct ctx c = app_ctx(app, &a, err, "start");
    bool ok = tenants_sweep(&c, true) && tenants_look(&c);
    arena_done(&a);
    return ok;
}

static bool promises_load(struct app *app, struct error *err)
{
    struct arena a = { 0 };
    struct ctx c = app_ctx(app, &a, err, "start");
    bool ok = promise_book_load(&c);
    arena_done(&a);
    return ok;
}

static int clause_compare(const void *a, const void *b)
{
    const struct promise *const *one = a, *const *two = b;
    return strverscmp((*one)->id, (*two)->id);
}

static void promises_collect(struct app *app)
{
    size_t n = 0, at = 0;
    const struct promise *const *const *lists = app->config->promises;
    for (const struct promise *const *const *l = lists; l && *l; l++)
        for (const struct promise *const *p = *l; *p; p++)
            n++;
    const struct promise **all = arena_many(&app->arena, n + 1, const struct promise *);
    for (const struct promise *const *const *l = lists; l && *l; l++)
        for (const struct promise *const *p = *l; *p; p++)
            all[at++] = *p;
    qsort(all, n, sizeof *all, clause_compare);
    app->promised = all;
    app->promises = promise_book_new(n);
}

bool app_start(const struct app_config *config, struct app **ret, struct error *err)
{
    struct app *app;
    int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (!app_declare(config->features, &app, err))
        return false;
    app->config = arena_copy(&app->arena, config, sizeof *config);
    promises_collect(app);
    app->run = id_new(instant_now());
    app->sessions = sessions_new();
    app->limits = limits_new();
    if (!store_start(app, err) || !node_join(app, &app->node, err) || !unfinished_end(app, err) ||
        !promises_load(app, err)) {
        app_stop(app);
        return false;
    }
    passwords_make(app);
    for (const struct feature *const *f = app->features; *f; f++)
        if ((*f)->start && !(*f)->start(app, err)) {
            app_stop(app);
            return false;
        }
    app->slow = workers_new(config->slow_threads ? config->slow_threads : 16, 4096);
    app->password = workers_new(config->password_threads ? config->password_threads
                                : cores > 2              ? cores / 2
                                                         : 1,
                                256);
    if (store_waits(app->store))
        app->readers = workers_new(16, 4096);
    app->runner = runner_new(app, 2);
    node_settles(app->node, true);
    *ret = app;
    return true;
}

void app_stop(struct app *app)
{
    if (!app)
        return;
    app->stopping = true;
    workers_free(app->readers);
    workers_free(app->slow);
    workers_free(app->password);
    runner_free(app->runner);
    node_settles(app->node, false);
    for (const struct feature *const *f = app->features; app->features && *f; f++)
        if ((*f)->stop)
            (*f)->stop(app);
    node_leave(app->node);
    if (app->control)
        db_release(app->control);
    if (app->store)
        store_close(app->store);
    sessions_free(app->sessions);
    limits_free(app->limits);
    promise_book_free(app->promises);
    zones_free(app->zones);
    if (app->passwords) {
        wipe(app->passwords, sizeof *app->passwords);
        free(app->passwords);
    }
    arena_done(&app->arena);
    free(app);
}

struct ctx app_ctx(struct app *app, struct arena *a, struct error *err, const char *name)
{
    return (struct ctx){ .app = app,
                         .arena = a,
                         .err = err,
                         .now = instant_now(),
                         .actor = { .program = true, .name = name } };
}

void app_tell(const struct app *app, const char *format, ...)
{
    char sentence[300];
    va_list args;
    if (!app->config || !app->config->tell)
        return;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    app->config->tell(sentence);
}

bool tables_all(struct ctx *c, const struct table ***ret, size_t *count)
{
    size_t n = 0;
    for (const struct table *const *t = c->app->tables; *t; t++)
        n += !(*t)->control;
    const struct table **all = arena_many(c->arena, n + 1, const struct table *);
    n = 0;
    for (const struct table *const *t = c->app->tables; *t; t++)
        if (!(*t)->control)
            all[n++] = *t;
    for (const struct feature *const *f = c->app->features; *f; f++)
        if ((*f)->declared && !(*f)->declared(c, &all, &n))
            return false;
    *ret = all;
    *count = n;
    return true;
}

void tables_settle(struct ctx *c)
{
    for (const struct table *const *t = c->app->tables; *t; t++)
        if ((*t)->settle)
            (*t)->settle(c);
}
