/* pg_batch.c: transactions: a reading one in a snapshot, and group commit of queued works; both
   are run again when they meet a conflict.

   A reading work that asks one thing alone needs no transaction: a statement has a snapshot of its
   own. Which those are is learned: where the statement was all that a work asked, the next time
   it goes without. If another follows after all, the work is run again.

   Works run swiftly first: without savepoints, and nobody waits for a statement whose result nobody
   asks for. When any of them fails after it has written, or a statement fails, all that is kept of
   the batch is taken back, and it is run again with a savepoint around each work, waiting for each
   statement, so that a failure is told to the work whose it is and touches no other.

   A statement that fails takes its transaction along, but works may go on after one. A work that
   did is run again, carefully: with a savepoint around each statement. Few works ever do, so none
   pays for it beforehand. */
#include "pg.h"

#include "crypt/random.h"

#include <string.h>
#include <time.h>

static const char begin_read[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
static const char begin_write[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
static const char save[] = "SAVEPOINT work", release[] = "RELEASE work",
                  undo[] = "ROLLBACK TO work";

/* Longer with each attempt, and not the same for two that met. */
static void wait_some(int attempt)
{
    uint8_t dice;
    random_bytes(&dice, 1);
    int64_t us = (int64_t)(500 + 8 * dice) << (attempt < 8 ? attempt : 8);
    struct timespec pause = { us / 1000000, us % 1000000 * 1000 };
    nanosleep(&pause, NULL);
}

/* What it puts off waits in `off`; else, where it writes, only for its own end. */
static bool work_call(struct pg_conn *conn, struct work *w, bool writes, struct put_off **off)
{
    struct put_off *own = NULL;
    struct tx tx = { .db = conn->db,
                     .pg = conn,
                     .arena = w->arena,
                     .err = w->err,
                     .writes = writes,
                     .off = off ? off : &own };
    w->ok = db_admits(conn->db, w->by, w->err) && w->work(&tx, w->with, w->err) &&
            (off || tx_catch_up(&tx));
    if (!w->ok)
        error_set(w->err, INTERNAL, "a work failed without a reason");
    return w->ok;
}

/* Whether the work went on after a statement that had failed. */
static bool went_on(const struct pg_conn *conn, const struct work *w)
{
    return conn->failed && !conn->lost && (w->ok || conn->after);
}

static void lone_learn(struct pg_conn *conn, const struct work *w)
{
    if (conn->more || (w->ok && conn->asked == 1))
        pg_lone_learn(conn->db, conn->first->hash, !conn->more);
}

bool pg_read(struct db *db, struct arena *a, db_work *work, void *with, struct error *err)
{
    struct work w = {
        .db = db, .work = work, .with = with, .arena = a, .err = err, .by = pthread_self()
    };
    bool careful = false, more = false;
    if (must_not_wait(err))
        return false;
    for (int attempt = 0;; attempt++) {
        struct pg_conn *conn;
        if (!pg_conn_get(db, &conn, err))
            return false;
        conn->careful = careful;
        conn->lone = !careful && !more;
        pg_ahead(conn, begin_read);
        work_call(conn, &w, false, NULL);
        lone_learn(conn, &w);
        more |= conn->more;
        bool lost = conn->lost && !conn->waited, after = !conn->more && went_on(conn, &w);
        bool again = conn->more || after;
        pg_close(conn);
        pg_conn_put(conn);
        if (!again && (!lost || attempt == PG_ATTEMPTS))
            break;
        careful |= after;
        error_clear(err);
        if (lost) {
            pg_conns_close(db);
            wait_some(attempt);
        }
    }
    return w.ok;
}

/* Takes back what the work did, or what of it was not sent yet. */
static void work_undo(struct pg_conn *conn)
{
    int kept = 0;
    for (int i = 0; i < conn->ahead_count; i++) {
        if (conn->ahead[i] == save) {
            conn->ahead_count = kept;
            return; /* nothing of it was sent */
        }
        conn->ahead[kept++] = conn->ahead[i];
    }
    conn->ahead_count = 0;
    conn->failed = conn->after = false;
    pg_ahead(conn, undo);
    pg_ahead(conn, release);
}

static void work_keep(struct pg_conn *conn)
{
    if (conn->ahead_count && conn->ahead[conn->ahead_count - 1] == save)
        conn->ahead_count--;
    else
        pg_ahead(conn, release);
}

/* Runs one work in a savepoint; false when the whole transaction is lost. */
static bool work_run(struct pg_conn *conn, struct work *w)
{
    for (int pass = 0; pass < 2; pass++) {
        conn->careful = pass;
        pg_ahead(conn, save);
        work_call(conn, w, true, NULL);
        if (conn->lost)
            return false;
        bool again = went_on(conn, w);
        if (w->ok && !again)
            work_keep(conn);
        else
            work_undo(conn);
        if (!again)
            break;
        if (pass)
            w->ok = error_set(w->err, INTERNAL, "a work went on after the connection had failed");
        else
            error_clear(w->err);
    }
    conn->careful = false;
    return true;
}

static void batch_failed(struct work *batch, const struct error *err)
{
    for (struct work *w = batch; w; w = w->next) {
        if (w->ok) {
            error_clear(w->err); /* of a failure that the work had got over */
            error_set(w->err, err->problem, "%s", err->detail);
        }
        w->ok = false;
    }
}

/* What was begun is taken back; the connection may begin anew. */
static void batch_undo(struct pg_conn *conn)
{
    /* What its statements say is nothing to those of the next run. */
    (void)!pg_land(conn, &(struct error){ 0 });
    pg_close(conn);
    conn->swift = conn->careful = conn->failed = conn->after = conn->dirty = false;
    conn->wrote = false;
    pg_known_forget(conn, NULL);
}

static void batch_begin(struct pg_conn *conn)
{
    pg_ahead(conn, begin_write);
    pg_ahead(conn, conn->db->pg->lock);
}

static void batch_reset(struct work *batch)
{
    for (struct work *w = batch; w; w = w->next) {
        w->ok = true;
        error_clear(w->err);
    }
}

/* False when that will not do. */
static bool batch_swift(struct pg_conn *conn, struct work *batch, struct error *err)
{
    struct put_off *off = NULL, **end = &off;
    struct tx tx = {
        .db = conn->db, .pg = conn, .arena = batch->arena, .err = err, .writes = true, .off = &off
    };
    batch_begin(conn);
    conn->swift = true;
    for (struct work *w = batch; w; w = w->next) {
        conn->dirty = false;
        work_call(conn, w, true, &off);
        if (conn->failed || (!w->ok && conn->dirty))
            return false;
        if (!w->ok)
            *end = NULL; /* nothing of a work that failed */
        for (end = &off; *end;)
            end = &(*end)->next;
    }
    return tx_catch_up(&tx) && pg_commit(conn, err);
}

static bool batch_patient(struct pg_conn *conn, struct work *batch, struct error *err)
{
    batch_begin(conn);
    for (struct work *w = batch; w; w = w->next)
        if (!work_run(conn, w))
            return error_set(err, UNAVAILABLE, "the database is busy");
    return pg_commit(conn, err);
}

/* A work that is alone and fails by itself needs no second run, if all that it has sent went well.
 */
static bool alone_failed(struct pg_conn *conn, const struct work *w)
{
    struct error err = { 0 };
    return !w->next && !w->ok && !conn->failed && pg_rows_send(conn, NULL, &err) &&
           pg_land(conn, &err);
}

/* False when all of it should be run again. */
static bool batch_try(struct pg_conn *conn, struct work *batch, bool last)
{
    struct error err = { 0 };
    bool ok = batch_swift(conn, batch, &err);
    if (!ok && alone_failed(conn, batch)) {
        pg_close(conn);
        return true;
    }
    if (!ok && !conn->lost) {
        batch_undo(conn);
        batch_reset(batch);
        error_clear(&err);
        ok = batch_patient(conn, batch, &err);
    }
    if (ok)
        return true;
    pg_close(conn);
    if (conn->unsure || (conn->lost && !last && !conn->waited))
        return false;
    error_set(&err, UNAVAILABLE, "the database is busy");
    batch_failed(batch, &err);
    return true;
}

/* The connection broke during the commit. True when the batch has its end: it was kept, or nobody
   can tell in time. */
static bool batch_settled(struct db *db, struct work *batch)
{
    int64_t until = store_clock() + PG_WAIT_S;
    bool kept, known = pg_kept(db, &kept);
    for (int attempt = 0; !known && store_clock() < until; attempt++) {
        wait_some(attempt);
        known = pg_kept(db, &kept);
    }
    if (!known) {
        struct error err = { 0 };
        error_set(&err, UNAVAILABLE, "the connection to the database server broke");
        batch_failed(batch, &err);
    }
    return !known || kept;
}

void pg_batch(struct db *db, struct work *batch)
{
    for (int attempt = 0; attempt <= PG_ATTEMPTS; attempt++) {
        struct error err = { 0 };
        struct pg_conn *conn;
        batch_reset(batch);
        if (!pg_conn_get(db, &conn, &err)) {
            batch_failed(batch, &err);
            return;
        }
        bool done = batch_try(conn, batch, attempt == PG_ATTEMPTS);
        bool unsure = conn->unsure, broke = conn->stale || PQstatus(conn->handle) == CONNECTION_BAD;
        pg_conn_put(conn);
        if (done)
            return;
        if (broke)
            pg_conns_close(db);
        if (unsure && batch_settled(db, batch))
            return;
        wait_some(attempt);
    }
    batch_failed(batch,
                 &(struct error){ .problem = UNAVAILABLE, .detail = "the database is busy" });
}
