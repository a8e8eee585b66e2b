/* receipts.c: from the file of pending receipts to the organisations' databases. */
#include "receipts.h"

#include "core/app.h"
#include "core/audit.h"
#include "core/rows.h"
#include "state.h"

#include "base/json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A row on its way. */
struct late {
    struct receipts *receipts;
    struct late *next;
    struct arena arena;
    struct error err;
    struct ctx c;
    struct db *db;
    struct blob record;
    int slot;
};

struct receipts {
    struct app *app;
    struct pending *pending;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    size_t queued;
    struct late *refused; /* by the disk: tried again before anything else leaves */
};

struct blob receipt_record(struct ctx *c, const struct ai_receipt *receipt)
{
    struct buffer b = buffer_new(c->arena);
    buffer_add(&b, c->organisation.byte, sizeof c->organisation.byte);
    json_record(&b, ai_receipt_table.fields, receipt);
    return (struct blob){ b.at, b.len };
}

static struct id record_organisation(struct blob record)
{
    struct id id;
    memcpy(id.byte, record.at, sizeof id.byte);
    return id;
}

static bool record_read(struct ctx *c, struct blob record, struct ai_receipt *ret)
{
    const struct table *t = &ai_receipt_table;
    size_t head = sizeof(struct id), n = 0;
    struct field *fields = arena_many(c->arena, field_count(t->fields) + 1, struct field);
    field_set given;
    EACH_FIELD (f, t->fields) {
        fields[n] = *f;
        fields[n++].read_only = false;
    }
    record_clear(t->fields, ret);
    return json_read(c->arena, (struct blob){ (const char *)record.at + head, record.len - head },
                     fields, ret, true, &given, c->err);
}

/* A row that is there already was written just before its slot could be cleared. */
static bool row_write(struct ctx *c, void *with)
{
    const struct blob *record = with;
    struct ai_receipt r;
    if (!record_read(c, *record, &r))
        return false;
    if (row_put(c, &ai_receipt_table, &r))
        return audit_add(c, "ai_receipt.create", r.id, r.person, r.reason);
    if (c->err->problem != ALREADY_EXISTS)
        return false;
    *c->err = (struct error){ 0 };
    return true;
}

static bool late_run(struct tx *tx, void *with, struct error *err)
{
    struct late *l = with;
    (void)err;
    l->c.tx = tx;
    bool ok = row_write(&l->c, &l->record);
    l->c.tx = NULL;
    return ok;
}

static void late_free(struct late *l)
{
    arena_done(&l->arena);
    free(l);
}

/* An organisation that is gone needs no receipt. */
static bool is_settled(bool ok, const struct error *err)
{
    return ok || err->problem == NOT_FOUND;
}

static void late_done(void *with, bool ok)
{
    struct late *l = with;
    struct receipts *r = l->receipts;
    db_release(l->db);
    l->db = NULL;
    bool settled = is_settled(ok, &l->err);
    if (settled) {
        pending_done(r->pending, l->slot);
        late_free(l);
    }
    pthread_mutex_lock(&r->lock);
    if (!settled) {
        l->next = r->refused;
        r->refused = l;
    }
    if (!--r->queued)
        pthread_cond_broadcast(&r->idle);
    pthread_mutex_unlock(&r->lock);
}

void receipts_write(struct ctx *c, int slot, struct blob record)
{
    struct receipts *r = c->app->ai->receipts;
    struct late *l = calloc(1, sizeof *l);
    if (!l)
        abort();
    l->receipts = r;
    l->slot = slot;
    l->record = (struct blob){ arena_copy(&l->arena, record.at, record.len), record.len };
    l->c = (struct ctx){ .app = c->app,
                         .arena = &l->arena,
                         .err = &l->err,
                         .now = c->now,
                         .organisation = c->organisation,
                         .actor = c->actor,
                         .request_id = arena_string(&l->arena, c->request_id) };
    pthread_mutex_lock(&r->lock);
    r->queued++;
    pthread_mutex_unlock(&r->lock);
    if (db_open(c->app->store, c->organisation, false, &l->db, &l->err)) {
        l->c.db = l->db;
        db_write(l->db, &l->arena, late_run, late_done, l, &l->err);
        return;
    }
    pending_done(r->pending, slot); /* the organisation is gone */
    late_free(l);
    pthread_mutex_lock(&r->lock);
    r->queued--;
    pthread_mutex_unlock(&r->lock);
}

static bool record_store(struct app *app, struct blob record, struct error *err)
{
    struct arena a = { 0 };
    struct ctx c = app_ctx(app, &a, err, "receipt");
    bool ok = organisation_write(&c, record_organisation(record), row_write, &record);
    arena_done(&a);
    return is_settled(ok, err);
}

/* Tries those again that the disk has refused. */
static bool refused_write(struct receipts *r, struct error *err)
{
    pthread_mutex_lock(&r->lock);
    struct late *l = r->refused;
    if (l)
        r->refused = l->next;
    pthread_mutex_unlock(&r->lock);
    if (!l)
        return true;
    struct error why = { 0 };
    if (record_store(r->app, l->record, &why)) {
        pending_done(r->pending, l->slot);
        late_free(l);
        return refused_write(r, err);
    }
    pthread_mutex_lock(&r->lock);
    l->next = r->refused;
    r->refused = l;
    pthread_mutex_unlock(&r->lock);
    return error_set(err, why.problem, NULL);
}

bool receipts_keep(struct ctx *c, struct blob record, int *slot)
{
    struct receipts *r = c->app->ai->receipts;
    return refused_write(r, c->err) && pending_put(r->pending, record, slot, c->err);
}

static bool found(void *with, struct blob record)
{
    struct receipts *r = with;
    struct error err = { 0 };
    return record.len <= sizeof(struct id) || record_store(r->app, record, &err);
}

bool receipts_open(struct app *app, struct receipts **ret, struct error *err)
{
    struct receipts *r = calloc(1, sizeof *r);
    struct secret_key master, key;
    if (!r)
        abort();
    r->app = app;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->idle, NULL);
    memcpy(master.byte, app->master_key, sizeof master.byte);
    secret_key_derive(&master, "vow pending receipts 1", &key);
    const char *path = arena_printf(&app->arena, "%s/receipts-pending", app->data_dir);
    bool ok = pending_open(path, &key, found, r, &r->pending, err);
    secret_key_wipe(&master);
    secret_key_wipe(&key);
    *ret = r;
    return ok;
}

void receipts_close(struct receipts *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    while (r->queued)
        pthread_cond_wait(&r->idle, &r->lock);
    pthread_mutex_unlock(&r->lock);
    for (struct late *l = r->refused, *next; l; l = next) {
        next = l->next;
        late_free(l);
    }
    pending_close(r->pending);
    pthread_cond_destroy(&r->idle);
    pthread_mutex_destroy(&r->lock);
    free(r);
}
