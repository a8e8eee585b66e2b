/* later.c: reads of threads that must not wait: what works ask of a database goes to the server
   together, as their writes go to the disk together, and threads of the store take the answers. */
#include "engine.h"

/* Works that are asked for at once, by one thread for each database: more of either kept the others
   waiting where answers are long. */
enum { BATCH = 8 };

/* Of a file in a hurry: some milliseconds' worth, and the rows of several full pages of a list. */
enum { STEPS_MAX = 100 };

static _Thread_local bool hurried, waits;
static _Thread_local int steps;

void db_hurry(void)
{
    hurried = true;
    waits = false;
    steps = 0;
}

bool db_hurry_end(void)
{
    hurried = false;
    return waits;
}

bool must_not_wait(struct error *err)
{
    if (!hurried)
        return false;
    waits = true;
    error_set(err, UNAVAILABLE, "this thread must not wait");
    return true;
}

bool must_not_last(void)
{
    if (!hurried || ++steps < STEPS_MAX)
        return false;
    return waits = true;
}

void db_read_later(struct db *db, struct arena *a, db_work *work, db_done *done, void *with,
                   struct error *err)
{
    struct store *s = db->store;
    struct work *w = work_new(db, a, work, done, with, err);
    assert(hurried);
    if (!s->engine->later(w) || waits) {
        waits = true;
        return;
    }
    pthread_mutex_lock(&s->lock);
    *s->later_end = w;
    s->later_end = &w->next;
    pthread_mutex_unlock(&s->lock);
}

/* The first in the queue for whose database no thread reads; in the queue's end when there is none.
 */
static struct work **next_find(struct store *s)
{
    struct work **at = &s->later;
    while (*at && (*at)->db->later_busy)
        at = &(*at)->next;
    return at;
}

void store_go(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    bool wake = s->later_idle && *next_find(s);
    pthread_mutex_unlock(&s->lock);
    if (wake)
        pthread_cond_signal(&s->asked);
}

/* Those of one database, which is busy from now on, in their order; NULL when there are none. */
static struct work *batch_take(struct store *s)
{
    struct work **at = next_find(s), *batch = NULL, **end = &batch;
    struct db *db = *at ? (*at)->db : NULL;
    for (int n = 0; *at && n < BATCH;) {
        struct work *w = *at;
        if (w->db != db) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        w->next = NULL;
        *end = w;
        end = &w->next;
        n++;
    }
    if (!*at)
        s->later_end = at;
    if (db)
        db->later_busy = true; /* keeps it open, too */
    return batch;
}

void *later_thread(void *store)
{
    struct store *s = store;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        struct work *batch = batch_take(s);
        if (!batch && s->stopping)
            break;
        if (!batch) {
            s->later_idle++;
            pthread_cond_wait(&s->asked, &s->lock);
            s->later_idle--;
            continue;
        }
        struct db *db = batch->db;
        if (s->later_idle && *next_find(s)) /* of another database */
            pthread_cond_signal(&s->asked);
        pthread_mutex_unlock(&s->lock);
        s->engine->answer(db, batch);
        wipe_stack();
        pthread_mutex_lock(&s->lock);
        db->later_busy = false;
        if (!db->refs)
            pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}
