/* workers.c: a ring of tasks behind one lock. */
#include "workers.h"

#include "base/arena.h"
#include "base/wait.h"

#include <pthread.h>
#include <stdlib.h>

struct work {
    void (*run)(void *with);
    void *with;
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t some;
    pthread_t *thread;
    int threads;
    pthread_cond_t idle;
    uint64_t added, done; /* counts of work */
    struct work *ring;
    size_t size, first, count;
    bool stopping;
};

static void *worker(void *with)
{
    struct workers *w = with;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->count && !w->stopping)
            pthread_cond_wait(&w->some, &w->lock);
        if (!w->count)
            break;
        struct work work = w->ring[w->first];
        w->first = (w->first + 1) % w->size;
        w->count--;
        pthread_mutex_unlock(&w->lock);
        work.run(work.with);
        wipe_stack();
        pthread_mutex_lock(&w->lock);
        w->done++;
        pthread_cond_broadcast(&w->idle);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct workers *workers_new(int threads, size_t queue_max)
{
    struct workers *w = calloc(1, sizeof *w);
    if (!w || !(w->thread = calloc((size_t)threads, sizeof *w->thread)) ||
        !(w->ring = calloc(queue_max, sizeof *w->ring)))
        abort();
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->some, NULL);
    wait_init(&w->idle);
    w->size = queue_max;
    for (; w->threads < threads; w->threads++)
        if (pthread_create(&w->thread[w->threads], NULL, worker, w))
            abort();
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
        pthread_join(w->thread[i], NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->some);
    pthread_cond_destroy(&w->idle);
    free(w->thread);
    free(w->ring);
    free(w);
}

bool workers_add(struct workers *w, void (*run)(void *with), void *with)
{
    pthread_mutex_lock(&w->lock);
    bool room = w->count < w->size && !w->stopping;
    if (room) {
        w->ring[(w->first + w->count) % w->size] = (struct work){ run, with };
        w->count++;
        w->added++;
    }
    pthread_mutex_unlock(&w->lock);
    if (room)
        pthread_cond_signal(&w->some); /* without the lock, which the woken thread wants */
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
