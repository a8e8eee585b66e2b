/* watch.c: ends connections whose clients drip. The daemon closes silent ones, but a byte now and
   then keeps those open: so headers and body must arrive, and an answer must be taken, by a
   deadline. */
#include "connection.h"

#include "base/wait.h"

#include <sys/socket.h>
#include <time.h>

enum { RATE = 16 * 1024 }; /* bytes a second that a client must send or take, after a grace */

static int64_t now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return t.tv_sec;
}

void watch_set(struct connection *c, size_t bytes)
{
    atomic_store(&c->deadline_s, now_s() + 2 * c->server->timeout_s + (int64_t)(bytes / RATE));
}

void watch_clear(struct connection *c)
{
    atomic_store(&c->deadline_s, 0);
}

void watch_add(struct connection *c)
{
    struct watch *w = &c->server->watch;
    watch_set(c, 0);
    pthread_mutex_lock(&w->lock);
    c->next = w->first;
    if (c->next)
        c->next->before = c;
    w->first = c;
    pthread_mutex_unlock(&w->lock);
}

void watch_remove(struct connection *c)
{
    struct watch *w = &c->server->watch;
    pthread_mutex_lock(&w->lock);
    if (c->next)
        c->next->before = c->before;
    if (c->before)
        c->before->next = c->next;
    else
        w->first = c->next;
    pthread_mutex_unlock(&w->lock);
}

/* Only shuts down: the daemon notices, and closes in its own thread. */
static void end_late(struct watch *w)
{
    int64_t now = now_s();
    for (struct connection *c = w->first; c; c = c->next) {
        int64_t deadline = atomic_load(&c->deadline_s);
        if (deadline && deadline < now)
            shutdown(c->socket, SHUT_RDWR);
    }
}

static void *watch_run(void *with)
{
    struct server *s = with;
    struct watch *w = &s->watch;
    pthread_mutex_lock(&w->lock);
    while (!w->stopping) {
        struct timespec until = wait_ms((1 + s->timeout_s / 8) * 1000);
        pthread_cond_timedwait(&w->stop, &w->lock, &until);
        end_late(w);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

bool watch_start(struct server *s)
{
    struct watch *w = &s->watch;
    pthread_mutex_init(&w->lock, NULL);
    wait_init(&w->stop);
    w->running = !pthread_create(&w->thread, NULL, watch_run, s);
    return w->running;
}

void watch_stop(struct server *s)
{
    struct watch *w = &s->watch;
    if (!w->running)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->stop);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->stop);
}
