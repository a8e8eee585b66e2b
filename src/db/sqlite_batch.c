/* sqlite_batch.c: group commit: the works of a batch share a transaction and its fsync. */
#include "sqlite.h"

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
    struct put_off *off = NULL;
    struct tx tx = { .db = conn->db,
                     .conn = conn,
                     .off = &off,
                     .arena = w->arena,
                     .err = w->err,
                     .writes = true,
                     .isolate = !alone };
    w->ok = db_admits(conn->db, w->by, w->err) && w->work(&tx, w->with, w->err) && tx_catch_up(&tx);
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

void sqlite_batch(struct db *db, struct work *batch)
{
    struct conn *conn = db->writer;
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

bool sqlite_checkpoint(struct db *db, struct error *err)
{
    writer_hold(db);
    bool ok = conn_checkpoint(db->writer, err);
    writer_let(db);
    return ok;
}

void sqlite_after_batch(struct db *db)
{
    checkpoint(db->writer);
    conn_count(db->writer);
}
