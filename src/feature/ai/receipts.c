/* receipts.c: from the file of pending receipts to the organisations' databases. */
#include "receipts.h"

#include "core/app.h"
#include "core/audit.h"
#include "core/move.h"
#include "core/rows.h"
#include "state.h"

#include "base/json.h"
#include "base/wait.h"
#include "net/json_read.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 1024 };

/* A row on its way; in its batch's arena. */
struct late {
    struct late *next;
    struct ai_receipt row;
    struct instant now;
    struct actor actor;
    const char *request_id;
    int slot;
};

/* Rows of one organisation that are written by one work. */
struct batch {
    struct batch *next;
    struct receipts *receipts;
    struct id organisation;
    struct db *db;
    struct arena arena, scratch; /* scratch: of one row */
    struct error err;
    struct late *first, **last, *newest;
    size_t count;
};

struct receipts {
    struct app *app;
    struct pending *pending;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake, idle;
    bool stopping;
    struct batch *waiting; /* for more rows, at most RECEIPTS_WAIT_MS */
    size_t queued;         /* batches handed to a writer */
    struct batch *refused; /* by the disk: tried again before anything else leaves */
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

/* Whoever was erased since the answer stays erased. */
static bool asker_check(struct ctx *c, struct ai_receipt *row)
{
    static const struct query there = { "SELECT id FROM person WHERE id = $1" };
    bool found = true;
    if (id_given(row->person) && !tx_found(c->tx, &there, ARGS(value_id(row->person)), &found))
        return false;
    if (!found)
        row->person = (struct id){ 0 };
    return true;
}

/* A row that is there already was written just before its slot could be cleared. */
static bool row_write(struct ctx *c, const struct ai_receipt *kept)
{
    struct ai_receipt row = *kept;
    if (!asker_check(c, &row))
        return false;
    if (row_put(c, &ai_receipt_table, &row))
        return audit_add(c, "ai_receipt.create", row.id, row.person, row.reason);
    if (c->err->problem != ALREADY_EXISTS)
        return false;
    *c->err = (struct error){ 0 };
    return true;
}

static bool late_write(struct batch *b, const struct late *l, struct tx *tx, struct error *err)
{
    struct ctx c = { .app = b->receipts->app,
                     .arena = &b->scratch,
                     .err = err,
                     .now = l->now,
                     .organisation = b->organisation,
                     .actor = l->actor,
                     .db = b->db,
                     .tx = tx,
                     .request_id = l->request_id };
    bool ok = row_write(&c, &l->row);
    arena_reset(&b->scratch);
    return ok;
}

static bool batch_work(struct tx *tx, void *with, struct error *err)
{
    struct batch *b = with;
    for (const struct late *l = b->first; l; l = l->next)
        if (!late_write(b, l, tx, err))
            return false;
    return true;
}

static bool first_work(struct tx *tx, void *with, struct error *err)
{
    struct batch *b = with;
    return late_write(b, b->first, tx, err);
}

/* An organisation that is gone needs no receipt. */
static bool is_settled(bool ok, const struct error *err)
{
    return ok || err->problem == NOT_FOUND;
}

/* The first row is on disk. */
static void first_done(struct batch *b)
{
    pending_done(b->receipts->pending, b->first->slot);
    b->first = b->first->next;
}

static void batch_free(struct batch *b)
{
    arena_done(&b->arena);
    arena_done(&b->scratch);
    free(b);
}

static void batch_done(void *with, bool ok)
{
    struct batch *b = with;
    struct receipts *r = b->receipts;
    if (b->db)
        db_release(b->db);
    b->db = NULL;
    bool settled = is_settled(ok, &b->err);
    while (settled && b->first)
        first_done(b);
    if (settled)
        batch_free(b);
    pthread_mutex_lock(&r->lock);
    if (!settled) {
        b->next = r->refused;
        r->refused = b;
    }
    if (!--r->queued)
        pthread_cond_broadcast(&r->idle);
    pthread_mutex_unlock(&r->lock);
}

/* To the organisation's writer; counted as queued before. */
static void batch_hand(struct batch *b)
{
    if (db_open(b->receipts->app->store, b->organisation, false, &b->db, &b->err))
        db_write(b->db, &b->arena, batch_work, batch_done, b, &b->err);
    else
        batch_done(b, false);
}

/* Takes the organisation's batch, or any (NULL), out of those that wait; with the lock held. */
static struct batch *batch_take(struct receipts *r, const struct id *organisation)
{
    for (struct batch **at = &r->waiting; *at; at = &(*at)->next) {
        struct batch *b = *at;
        if (organisation && !id_equal(b->organisation, *organisation))
            continue;
        *at = b->next;
        r->queued++;
        return b;
    }
    return NULL;
}

/* What an earlier process left. */
static bool record_store(struct ctx *c, void *with)
{
    struct ai_receipt row;
    return record_read(c, *(const struct blob *)with, &row) && row_write(c, &row);
}

static bool found(void *with, struct blob record)
{
    struct receipts *r = with;
    struct arena a = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(r->app, &a, &err, "receipt");
    bool settled =
        record.len <= sizeof(struct id) ||
        is_settled(organisation_write(&c, record_organisation(record), record_store, &record),
                   &err);
    arena_done(&a);
    return settled;
}

struct moving_out {
    struct receipts *receipts;
    struct id organisation;
};

/* As if this process had died meanwhile; how it ends is told by no row then. */
static bool found_out(void *with, struct blob record)
{
    struct moving_out *out = with;
    return record.len <= sizeof(struct id) ||
           !id_equal(record_organisation(record), out->organisation) ||
           found(out->receipts, record);
}

void receipts_settle(struct ctx *c)
{
    struct receipts *r = c->app->ai ? c->app->ai->receipts : NULL;
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    struct batch *b = batch_take(r, &c->organisation);
    pthread_mutex_unlock(&r->lock);
    if (b)
        batch_hand(b);
    /* What is out has its row before the organisation leaves: later nobody could write it. A
       request for receipts does not wait for that. */
    if (!c->x && move_pauses(c->app, c->organisation))
        pending_each(r->pending, found_out, &(struct moving_out){ r, c->organisation });
}

/* The organisation's batch that waits, or a new one; with the lock held. */
static struct batch *batch_of(struct receipts *r, struct id organisation)
{
    for (struct batch *b = r->waiting; b; b = b->next)
        if (id_equal(b->organisation, organisation))
            return b;
    struct batch *b = calloc(1, sizeof *b);
    if (!b)
        abort();
    *b = (struct batch){
        .next = r->waiting, .receipts = r, .organisation = organisation, .last = &b->first
    };
    if (!r->waiting)
        pthread_cond_signal(&r->wake);
    return r->waiting = b;
}

/* Receipts of an organisation are much alike: what the one before says as well is its text. */
static const char *text_keep(struct arena *a, const char *before, const char *text)
{
    return before && text && !strcmp(before, text) ? before : arena_string(a, text);
}

static struct list texts_keep(struct arena *a, struct list before, struct list texts)
{
    const char *const *old = before.at, *const *from = texts.at;
    bool same = before.count == texts.count;
    for (size_t i = 0; same && i < texts.count; i++)
        same = !strcmp(old[i], from[i]);
    if (same)
        return before;
    const char **to = arena_many(a, texts.count, const char *);
    for (size_t i = 0; i < texts.count; i++)
        to[i] = arena_string(a, from[i]);
    return (struct list){ to, texts.count };
}

/* Into the arena, whatever the row points to. */
static void row_keep(struct arena *a, const struct ai_receipt *before, struct ai_receipt *row)
{
    EACH_FIELD (f, ai_receipt_table.fields) {
        const void *old = field_of(f, before);
        void *at = field_in(f, row);
        assert(f->kind != KIND_BLOB && f->kind != KIND_JSON && f->kind != KIND_RECORD);
        assert(f->kind != KIND_LIST || f->of == KIND_TEXT);
        if (f->kind == KIND_TEXT)
            *(const char **)at = text_keep(a, *(const char *const *)old, *(const char **)at);
        else if (f->kind == KIND_LIST)
            *(struct list *)at = texts_keep(a, *(const struct list *)old, *(struct list *)at);
    }
}

static void late_add(struct batch *b, const struct ctx *c, int slot, const struct ai_receipt *row)
{
    static const struct ai_receipt none;
    struct arena *a = &b->arena;
    struct late *l = arena_new(a, struct late);
    const struct ai_receipt *before = b->newest ? &b->newest->row : &none;
    *l = (struct late){ .row = *row,
                        .now = c->now,
                        .actor = c->actor,
                        .request_id = arena_string(a, c->request_id),
                        .slot = slot };
    row_keep(a, before, &l->row);
    b->newest = l;
    *b->last = l;
    b->last = &l->next;
    b->count++;
}

void receipts_write(struct ctx *c, int slot, const struct ai_receipt *row)
{
    struct receipts *r = c->app->ai->receipts;
    pthread_mutex_lock(&r->lock);
    struct batch *b = batch_of(r, c->organisation);
    late_add(b, c, slot, row);
    bool full = b->count == BATCH;
    if (full)
        (void)batch_take(r, &c->organisation);
    pthread_mutex_unlock(&r->lock);
    if (full)
        batch_hand(b);
}

/* Hands over what has waited long enough. */
static void *receipts_run(void *with)
{
    struct receipts *r = with;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        while (!r->waiting && !r->stopping)
            pthread_cond_wait(&r->wake, &r->lock);
        if (!r->waiting)
            break;
        struct timespec until = wait_ms(RECEIPTS_WAIT_MS);
        while (!r->stopping && pthread_cond_timedwait(&r->wake, &r->lock, &until) != ETIMEDOUT)
            ;
        for (struct batch *b; (b = batch_take(r, NULL));) {
            pthread_mutex_unlock(&r->lock);
            batch_hand(b);
            pthread_mutex_lock(&r->lock);
        }
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* Row by row, so that one that cannot be written keeps no other from its end. */
static bool batch_store(struct batch *b, struct error *err)
{
    struct app *app = b->receipts->app;
    if (!db_open(app->store, b->organisation, false, &b->db, err))
        return is_settled(false, err);
    bool ok = true;
    while (ok && b->first) {
        ok = db_write_wait(b->db, &b->arena, first_work, b, err);
        if (ok)
            first_done(b);
    }
    db_release(b->db);
    b->db = NULL;
    return ok;
}

/* Tries those again that the disk has refused. */
static bool refused_write(struct receipts *r, struct error *err)
{
    for (;;) {
        pthread_mutex_lock(&r->lock);
        struct batch *b = r->refused;
        if (b)
            r->refused = b->next;
        pthread_mutex_unlock(&r->lock);
        if (!b)
            return true;
        struct error why = { 0 };
        bool ok = batch_store(b, &why);
        while (ok && b->first)
            first_done(b);
        if (ok) {
            batch_free(b);
            continue;
        }
        pthread_mutex_lock(&r->lock);
        b->next = r->refused;
        r->refused = b;
        pthread_mutex_unlock(&r->lock);
        return error_set(err, why.problem, NULL);
    }
}

bool receipts_ready(struct app *app)
{
    struct receipts *r = app->ai->receipts;
    pthread_mutex_lock(&r->lock);
    bool refused = r->refused;
    pthread_mutex_unlock(&r->lock);
    return !refused && pending_has_room(r->pending);
}

bool receipts_keep(struct ctx *c, struct blob record, int *slot)
{
    struct receipts *r = c->app->ai->receipts;
    return refused_write(r, c->err) && pending_put(r->pending, record, slot, c->err);
}

static void locks_init(struct receipts *r)
{
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->idle, NULL);
    wait_init(&r->wake);
}

/* Nothing is added any more. */
static void receipts_finish(struct receipts *r)
{
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_mutex_lock(&r->lock);
    while (r->queued)
        pthread_cond_wait(&r->idle, &r->lock);
    pthread_mutex_unlock(&r->lock);
}

bool receipts_open(struct app *app, struct receipts **ret, struct error *err)
{
    struct receipts *r = calloc(1, sizeof *r);
    struct secret_key key;
    if (!r)
        abort();
    r->app = app;
    locks_init(r);
    app_sub_key(app, "vow pending receipts 1", &key);
    const char *path = arena_printf(&app->arena, "%s/receipts-pending", app->config->data_dir);
    bool ok = pending_open(path, &key, found, r, &r->pending, err);
    secret_key_wipe(&key);
    *ret = r;
    if (!ok || !pthread_create(&r->thread, NULL, receipts_run, r))
        return ok;
    pending_close(r->pending);
    r->pending = NULL;
    return error_set(err, UNAVAILABLE, "A thread cannot be started");
}

void receipts_close(struct receipts *r)
{
    if (!r)
        return;
    if (r->pending)
        receipts_finish(r);
    for (struct batch *b = r->refused, *next; b; b = next) {
        next = b->next;
        batch_free(b);
    }
    pending_close(r->pending);
    pthread_cond_destroy(&r->idle);
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    free(r);
}
