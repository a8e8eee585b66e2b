/* db_batch_fixture.h: works that share a transaction, for the tests of this folder. */
#ifndef VOW_DB_BATCH_FIXTURE_H
#define VOW_DB_BATCH_FIXTURE_H

#include "db_fixture.h"

#include <pthread.h>

/* Works that are queued while another one holds the writer go into one batch. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool held, open;
};

enum { JOBS = 24, COUNT = 1000 /* number of a work, and beside it how many */ };

enum trick {
    GOOD,
    REFUSE_EARLY,
    REFUSE_LATE,
    TWICE,
    RECOVERS,
    HOLDS,
    SEES,
    TRUSTS,
    TRUSTS_IN_VAIN,
    CHANGES,
    CHANGES_IN_VAIN,
    COUNTED,
    COUNTED_REFUSED,
    COUNT_FAILS
};

struct counted {
    int64_t works;
};

struct batch;
struct job {
    struct batch *batch;
    struct arena arena;
    struct error err;
    struct note note;
    enum trick trick;
    int order; /* in which it was told; 0 not yet */
    bool ok;
};

struct batch {
    struct gate gate;
    struct job job[JOBS];
    int told;
    bool all;
};

/* How many works COUNTED has counted: a struct counted. */
bool counted_read(struct tx *tx, void *with, struct error *err);

/* Runs all jobs in one transaction, or in one each; the caller frees it. */
struct batch *batch_run(struct db *db, const enum trick tricks[JOBS]);

#endif
