/* db_batch_fixture.c: what each work of a batch does, and how it is told of. */
#include "db_batch_fixture.h"

#include "engine.h"

static bool gate_work(struct tx *tx, void *with, struct error *err)
{
    (void)tx;
    (void)err;
    struct gate *g = with;
    pthread_mutex_lock(&g->lock);
    g->held = true;
    pthread_cond_broadcast(&g->moved);
    while (!g->open)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
    return true;
}

static void gate_set(struct gate *g, bool *what)
{
    pthread_mutex_lock(&g->lock);
    *what = true;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

static void gate_wait(struct gate *g, const bool *what)
{
    pthread_mutex_lock(&g->lock);
    while (!*what)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
}
/* How many works it is called for, as a note. */
static bool counted_last(struct tx *tx, void *const *with, size_t n, struct error *err)
{
    const struct job *first = with[0];
    struct note note = { id_of(1000 + (uint32_t)first->note.number),
                         first->note.number * COUNT + (int64_t)n, "counted" };
    for (size_t i = 0; i < n; i++)
        if (((const struct job *)with[i])->trick == COUNT_FAILS)
            return error_set(err, TOO_LARGE, NULL);
    return insert_work(tx, &note, err);
}

bool counted_read(struct tx *tx, void *with, struct error *err)
{
    static const struct query sum = {
        "SELECT SUM(number % 1000) FROM note WHERE text = 'counted'"
    };
    static const struct field fields[] = { FIELD(struct counted, works), { 0 } };
    bool found;
    (void)err;
    return tx_row(tx, &sum, NO_ARGS, fields, with, &found);
}

/* Sees what the works before it count, which they have put off. */
static bool hold_work(struct tx *tx, const struct job *j, struct error *err)
{
    struct counted before = { 0 };
    if (!tx_hold(tx) || !counted_read(tx, &before, err))
        return false;
    return before.works == j->note.number - 1 || error_set(err, INTERNAL, "not all is counted");
}

/* Sees every row of the works before it, however they were sent. */
static bool sees_work(struct tx *tx, const struct job *j, struct error *err)
{
    static const struct query sum = { "SELECT COUNT(*) FROM note WHERE number < $1" };
    static const struct field fields[] = { FIELD(struct counted, works), { 0 } };
    struct counted before = { 0 };
    bool found;
    return tx_row(tx, &sum, ARGS(value_int(j->note.number)), fields, &before, &found) &&
           (before.works == j->note.number - 1 || error_set(err, INTERNAL, "not all are there"));
}

/* Takes for granted that the first work's note is there; one asks for a note that is not. */
static bool trusts_work(struct tx *tx, const struct job *j, struct error *err)
{
    static const struct query there = { "SELECT id FROM note WHERE number = $1", .likely = true };
    bool found;
    if (!tx_found(tx, &there, ARGS(value_int(j->trick == TRUSTS ? 1 : 777)), &found))
        return false;
    return found || error_set(err, NOT_FOUND, NULL);
}

static bool changes_work(struct tx *tx, const struct job *j, struct error *err)
{
    static const struct query set = { "UPDATE note SET text = 'changed' WHERE number = $1",
                                      .likely = true };
    int64_t changed;
    if (!tx_run(tx, &set, ARGS(value_int(j->trick == CHANGES ? 1 : 777)), &changed))
        return false;
    return changed == 1 || error_set(err, NOT_FOUND, NULL);
}

static bool job_work(struct tx *tx, void *with, struct error *err)
{
    struct job *j = with;
    if (j->trick == REFUSE_EARLY)
        return error_set(err, NOT_FOUND, NULL);
    if (j->trick == HOLDS)
        return hold_work(tx, j, err);
    if (j->trick >= COUNTED)
        tx_last(tx, counted_last, j);
    if (j->trick == COUNTED_REFUSED)
        return error_set(err, NOT_FOUND, NULL);
    if (j->trick == SEES && !sees_work(tx, j, err))
        return false;
    if (!insert_work(tx, &j->note, err))
        return false;
    if (j->trick == TRUSTS || j->trick == TRUSTS_IN_VAIN)
        return trusts_work(tx, j, err);
    if (j->trick == CHANGES || j->trick == CHANGES_IN_VAIN)
        return changes_work(tx, j, err);
    if (j->trick == REFUSE_LATE)
        return error_set(err, INVALID, "no");
    if (j->trick == TWICE)
        return insert_work(tx, &j->note, err);
    if (j->trick == RECOVERS && insert_work(tx, &j->note, err))
        return false;
    return true;
}

static void job_done(void *with, bool ok)
{
    struct job *j = with;
    struct batch *b = j->batch;
    pthread_mutex_lock(&b->gate.lock);
    j->ok = ok;
    j->order = ++b->told;
    b->all = b->told == JOBS;
    pthread_cond_broadcast(&b->gate.moved);
    pthread_mutex_unlock(&b->gate.lock);
}

static void gate_done(void *with, bool ok)
{
    (void)with;
    assert_true(ok);
}

struct batch *batch_run(struct db *db, const enum trick tricks[JOBS])
{
    struct batch *b = calloc(1, sizeof *b);
    struct arena a = { 0 };
    struct error err = { 0 };
    pthread_mutex_init(&b->gate.lock, NULL);
    pthread_cond_init(&b->gate.moved, NULL);
    db_write(db, &a, gate_work, gate_done, &b->gate, &err);
    gate_wait(&b->gate, &b->gate.held);
    for (int i = 0; i < JOBS; i++) {
        struct job *j = &b->job[i];
        *j = (struct job){ .batch = b, .trick = tricks[i], .note = { id_of(i + 1), i + 1, "x" } };
        db_write(db, &j->arena, job_work, job_done, j, &j->err);
    }
    gate_set(&b->gate, &b->gate.open);
    gate_wait(&b->gate, &b->all);
    for (int i = 0; i < JOBS; i++)
        arena_done(&b->job[i].arena);
    arena_done(&a);
    return b;
}
