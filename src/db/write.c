/* write.c: the queues of works, and the threads that take them through in batches. */
#include "engine.h"

#include "base/wait.h"

#include <string.h>

/* The list of ready databases holds each that has works queued and its writer free. */
static void ready_push(struct db *db)
{
    struct store *s = db->store;
    db->ready = NULL;
    *(s->ready_last ? &s->ready_last->ready : &s->ready_first) = db;
    s->ready_last = db;
    pthread_cond_signal(&s->work);
}

static void ready_remove(struct db *db)
{
    struct store *s = db->store;
    struct db *before = NULL;
    for (struct db *at = s->ready_first; at; before = at, at = at->ready) {
        if (at != db)
            continue;
        *(before ? &before->ready : &s->ready_first) = db->ready;
        if (s->ready_last == db)
            s->ready_last = before;
        db->ready = NULL;
        return;
    }
}

static void writer_have(struct db *db)
{
    if (db->first)
        ready_remove(db);
    db->busy = true;
    db->owner = pthread_self();
}

void writer_take(struct db *db)
{
    assert(!db->busy || !pthread_equal(db->owner, pthread_self()));
    while (db->busy)
        pthread_cond_wait(&db->store->changed, &db->store->lock);
    writer_have(db);
}

void writer_give(struct db *db)
{
    db->busy = false;
    if (db->first)
        ready_push(db);
    pthread_cond_broadcast(&db->store->changed);
}

void writer_hold(struct db *db)
{
    pthread_mutex_lock(&db->store->lock);
    writer_take(db);
    pthread_mutex_unlock(&db->store->lock);
}

void writer_let(struct db *db)
{
    pthread_mutex_lock(&db->store->lock);
    writer_give(db);
    pthread_mutex_unlock(&db->store->lock);
}

static void queue_add(struct db *db, struct work *w)
{
    *(db->last ? &db->last->next : &db->first) = w;
    db->last = w;
}

static struct work *batch_take(struct db *db)
{
    struct work *first = db->first, *last = first;
    for (int n = 1; last && last->next && n < db->store->config.batch_max; n++)
        last = last->next;
    if (!last)
        return NULL;
    db->first = last->next;
    if (!db->first)
        db->last = NULL;
    last->next = NULL;
    return first;
}

static void batch_done(struct work *batch)
{
    for (struct work *w = batch, *next; w; w = next) {
        next = w->next; /* the work may be gone once it is told */
        w->done(w->with, w->ok);
    }
}

/* Has the writer; takes one batch through, with store->lock held at both ends. */
static void batch_next(struct db *db)
{
    struct store *s = db->store;
    struct work *batch = batch_take(db);
    pthread_mutex_unlock(&s->lock);
    if (batch) {
        s->engine->batch(db, batch);
        batch_done(batch);
        s->engine->after_batch(db);
        wipe_stack();
    }
    pthread_mutex_lock(&s->lock);
}

enum { COOL_EVERY = 5, COOL_AFTER = 15 };

void *writer_thread(void *store)
{
    struct store *s = store;
    pthread_mutex_lock(&s->lock);
    while (s->ready_first || !s->stopping) {
        struct db *db = s->ready_first;
        if (db) {
            writer_have(db);
            batch_next(db);
            writer_give(db);
            continue;
        }
        if (s->open > s->config.open_max && store_evict(s))
            continue;
        struct timespec until = wait_ms(COOL_EVERY * 1000);
        pthread_cond_timedwait(&s->work, &s->lock, &until);
        if (!s->ready_first && !s->stopping)
            store_cool(s, store_clock() - COOL_AFTER);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

struct work *work_new(struct db *db, struct arena *a, db_work *work, db_done *done, void *with,
                      struct error *err)
{
    struct work *w = arena_new(a, struct work);
    *w = (struct work){ .db = db,
                        .work = work,
                        .done = done,
                        .with = with,
                        .arena = a,
                        .err = err,
                        .by = pthread_self() };
    return w;
}

void db_write(struct db *db, struct arena *a, db_work *work, db_done *done, void *with,
              struct error *err)
{
    struct work *w = work_new(db, a, work, done, with, err);
    pthread_mutex_lock(&db->store->lock);
    bool wake = !db->busy && !db->first;
    queue_add(db, w);
    if (wake)
        ready_push(db);
    pthread_mutex_unlock(&db->store->lock);
}

struct wait {
    db_work *work;
    void *with;
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool done, ok;
};

static bool wait_work(struct tx *tx, void *with, struct error *err)
{
    struct wait *wait = with;
    return wait->work(tx, wait->with, err);
}

static void wait_done(void *with, bool ok)
{
    struct wait *wait = with;
    pthread_mutex_lock(&wait->lock);
    wait->ok = ok;
    wait->done = true;
    pthread_cond_signal(&wait->told);
    pthread_mutex_unlock(&wait->lock);
}

/* When nobody has the writer the caller has it for one batch: no thread needs to be woken, and a
   store whose writer threads are all inside works can still migrate a database. */
bool db_write_wait(struct db *db, struct arena *a, db_work *work, void *with, struct error *err)
{
    struct store *s = db->store;
    struct wait wait = { .work = work,
                         .with = with,
                         .lock = PTHREAD_MUTEX_INITIALIZER,
                         .told = PTHREAD_COND_INITIALIZER };
    struct work w = { .db = db,
                      .work = wait_work,
                      .done = wait_done,
                      .with = &wait,
                      .arena = a,
                      .err = err,
                      .by = pthread_self() };
    if (must_not_wait(err))
        return false;
    pthread_mutex_lock(&s->lock);
    assert(!db->busy || !pthread_equal(db->owner, pthread_self()));
    bool lead = !db->busy;
    if (lead)
        writer_have(db);
    queue_add(db, &w);
    if (lead) {
        batch_next(db);
        writer_give(db);
    }
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_lock(&wait.lock);
    while (!wait.done)
        pthread_cond_wait(&wait.told, &wait.lock);
    pthread_mutex_unlock(&wait.lock);
    pthread_cond_destroy(&wait.told);
    pthread_mutex_destroy(&wait.lock);
    return wait.ok;
}
