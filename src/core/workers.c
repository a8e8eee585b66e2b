/* workers.c: a list of work behind one lock. */
#include "workers.h"

#include "base/arena.h"
#include "base/wait.h"

#include <pthread.h>
#include <stdlib.h>

struct work {
    void (*run)(void *with);
    void *with;
    uint64_t party;
    struct work *next;
};

struct thread {
    pthread_t id;
    struct workers *of;
    uint64_t party; /* whose work it does, 0 also with none */
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t some, idle;
    struct thread *thread;
    int threads, busy;
    uint64_t added, done; /* counts of work */
    struct work *all, *unused, *first, **last;
    size_t size, count;
    bool stopping;
};

static bool may_run(const struct workers *w, uint64_t party)
{
    int runs = 0;
    if (!party || w->stopping)
        return true;
    for (int i = 0; i < w->threads; i++)
        runs += w->thread[i].party == party;
    return runs < w->threads - w->busy;
}

static bool may_queue(const struct workers *w, uint64_t party)
{
    size_t queued = 0;
    if (w->count == w->size || w->stopping)
        return false;
    for (const struct work *work = w->first; party && work; work = work->next)
        queued += work->party == party;
    return queued < w->size - w->count;
}

/* The oldest work whose party may have one more thread; its place is free again. */
static bool work_take(struct workers *w, struct work *ret)
{
    struct work **at = &w->first;
    while (*at && !may_run(w, (*at)->party))
        at = &(*at)->next;
    struct work *taken = *at;
    if (!taken)
        return false;
    *ret = *taken;
    *at = taken->next;
    if (!*at)
        w->last = at;
    taken->next = w->unused;
    w->unused = taken;
    w->count--;
    return true;
}

static void *worker(void *with)
{
    struct thread *self = with;
    struct workers *w = self->of;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        struct work work;
        if (work_take(w, &work)) {
            self->party = work.party;
            w->busy++;
            pthread_mutex_unlock(&w->lock);
            work.run(work.with);
            wipe_stack();
            pthread_mutex_lock(&w->lock);
            w->busy--;
            self->party = 0;
            w->done++;
            pthread_cond_broadcast(&w->idle);
        } else if (w->stopping) {
            break;
        } else {
            pthread_cond_wait(&w->some, &w->lock);
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct workers *workers_new(int threads, size_t queue_max)
{
    struct workers *w = calloc(1, sizeof *w);
    if (!w || !(w->thread = calloc((size_t)threads, sizeof *w->thread)) ||
        !(w->all = calloc(queue_max, sizeof *w->all)))
        abort();
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->some, NULL);
    wait_init(&w->idle);
    w->size = queue_max;
    w->threads = threads;
    w->last = &w->first;
    for (size_t i = 0; i < queue_max; i++) {
        w->all[i].next = w->unused;
        w->unused = &w->all[i];
    }
    for (int i = 0; i < threads; i++) {
        w->thread[i].of = w;
        if (pthread_create(&w->thread[i].id, NULL, worker, &w->thread[i]))
            abort();
    }
    return w;
}

void workers_free(struct workers *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->some);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->threads; i++)
        pthread_join(w->thread[i].id, NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->some);
    pthread_cond_destroy(&w->idle);
    free(w->thread);
    free(w->all);
    free(w);
}

bool workers_add(struct workers *w, uint64_t party, void (*run)(void *with), void *with)
{
    pthread_mutex_lock(&w->lock);
    bool room = may_queue(w, party);
    if (room) {
        struct work *work = w->unused;
        w->unused = work->next;
        *work = (struct work){ run, with, party, NULL };
        *w->last = work;
        w->last = &work->next;
        w->count++;
        w->added++;
        pthread_cond_signal(&w->some); /* behind the lock, the work may be done and the pool gone */
    }
    pthread_mutex_unlock(&w->lock);
    return room;
}

void workers_settle(struct workers *w)
{
    struct timespec until = wait_ms(50);
    pthread_mutex_lock(&w->lock);
    uint64_t target = w->added;
    while (w->done < target && !pthread_cond_timedwait(&w->idle, &w->lock, &until))
        ;
    pthread_mutex_unlock(&w->lock);
}
