/* sqlite_write.c: group commit: the queued works of one database share a transaction and its
   fsync. */
#include "engine.h"

#include <string.h>
#include <time.h>

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

/* The transaction is gone, and with it what its works did. */
static void batch_lost(struct work *batch, bool full, sqlite3 *handle, int rc)
{
    for (struct work *w = batch; w; w = w->next) {
        if (w->ok)
            *w->err = (struct error){ 0 }; /* of a failure that the work had got over */
        w->ok = false;
        if (full)
            error_set(w->err, STORAGE_FULL, NULL);
        else
            sqlite_fail(w->err, handle, rc);
    }
}

/* Runs one work; returns SQLite's code when the whole transaction is lost. */
static int work_run(struct conn *conn, struct work *w, bool alone)
{
    struct tx tx = { .db = conn->db,
                     .conn = conn,
                     .arena = w->arena,
                     .err = w->err,
                     .writes = true,
                     .isolate = !alone };
    w->ok = w->work(&tx, w->with, w->err);
    if (!w->ok)
        error_set(w->err, INTERNAL, "a work failed without a reason");
    /* SQLite gives up a whole transaction when the disk is full or fails. */
    if (sqlite3_get_autocommit(conn->handle))
        return SQLITE_ABORT_ROLLBACK;
    if (!tx.dirty)
        return SQLITE_OK;
    int rc = SQLITE_OK;
    if (alone)
        return w->ok ? SQLITE_OK : SQLITE_ABORT_ROLLBACK;
    if (!w->ok)
        rc = conn_control(conn, UNDO);
    return rc == SQLITE_OK ? conn_control(conn, RELEASE) : rc;
}

static void batch_run(struct conn *conn, struct work *batch)
{
    bool alone = !batch->next, full = false;
    int rc = conn_control(conn, BEGIN_WRITE);
    for (struct work *w = batch; w && rc == SQLITE_OK; w = w->next) {
        rc = work_run(conn, w, alone);
        full = w->err->problem == STORAGE_FULL;
    }
    if (rc == SQLITE_OK)
        rc = conn_control(conn, COMMIT);
    if (rc != SQLITE_OK)
        batch_lost(batch, full, conn->handle, rc);
    if (!sqlite3_get_autocommit(conn->handle))
        conn_control(conn, ROLLBACK);
}

static void batch_done(struct work *batch)
{
    for (struct work *w = batch, *next; w; w = next) {
        next = w->next; /* the work may be gone once it is told */
        w->done(w->with, w->ok);
    }
}

/* After the answers are out. What readers keep from being written back is tried again later; only
   a WAL that has become long waits for them, and not for long. */
static void checkpoint(struct conn *conn)
{
    if (conn->wal_frames < conn->checkpoint_at)
        return;
    bool insist = conn->wal_frames >= WAL_FRAMES_LONG;
    if (insist)
        sqlite3_busy_timeout(conn->handle, INSIST_MS);
    sqlite3_wal_checkpoint_v2(conn->handle, NULL,
                              insist ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, NULL,
                              NULL);
    if (insist)
        sqlite3_busy_timeout(conn->handle, BUSY_MS);
    conn->checkpoint_at = conn->wal_frames + WAL_FRAMES;
}

bool conn_checkpoint(struct conn *conn, struct error *err)
{
    int left = 0;
    int rc = sqlite3_wal_checkpoint_v2(conn->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, &left, NULL);
    if (rc != SQLITE_OK)
        return sqlite_fail(err, conn->handle, rc);
    if (left > 0)
        return error_set(err, UNAVAILABLE, "the database is being read");
    conn->wal_frames = 0;
    conn->checkpoint_at = WAL_FRAMES;
    return true;
}

bool db_checkpoint(struct db *db, struct error *err)
{
    writer_hold(db);
    bool ok = conn_checkpoint(db->writer, err);
    writer_let(db);
    return ok;
}

/* Has the writer; takes one batch through, with store->lock held at both ends. */
static void batch_next(struct db *db)
{
    struct store *s = db->store;
    struct work *batch = batch_take(db);
    pthread_mutex_unlock(&s->lock);
    if (batch) {
        batch_run(db->writer, batch);
        batch_done(batch);
        checkpoint(db->writer);
        conn_count(db->writer);
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
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += COOL_EVERY;
        pthread_cond_timedwait(&s->work, &s->lock, &until);
        if (!s->ready_first && !s->stopping)
            store_cool(s, store_clock() - COOL_AFTER);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

void db_write(struct db *db, struct arena *a, db_work *work, db_done *done, void *with,
              struct error *err)
{
    struct work *w = arena_new(a, struct work);
    *w = (struct work){ .work = work, .done = done, .with = with, .arena = a, .err = err };
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
    struct work w = { .work = wait_work, .done = wait_done, .with = &wait, .arena = a, .err = err };
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
