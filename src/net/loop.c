/* loop.c: the I/O threads. Each runs a daemon of its own, lets connections go on whose exchange
   others have finished, and one of them at a time reads the source that is beside them. */
#include "connection.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { TURNS = 4 }; /* of a daemon that is not done, before its thread looks at what else came */

struct loop {
    struct server *server;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    int epoll, wake;
    bool quiet;   /* takes no more connections; the loop's own, as the next */
    bool resumed; /* a connection, which the daemon looks at when it is run next */
    atomic_bool stopping;
    pthread_mutex_t lock;
    struct connection *finished; /* under the lock: suspended until this thread resumes them */
};

static _Thread_local struct loop *here; /* of an I/O thread */

static void loop_wake(struct loop *l)
{
    uint64_t one = 1;
    if (write(l->wake, &one, sizeof one) != sizeof one)
        abort();
}

void loop_resume(struct connection *c)
{
    struct loop *l = c->loop;
    if (l == here) {
        MHD_resume_connection(c->mhd);
        l->resumed = true;
        return;
    }
    pthread_mutex_lock(&l->lock);
    bool first = !l->finished;
    c->finished_next = l->finished;
    l->finished = c;
    pthread_mutex_unlock(&l->lock);
    if (first)
        loop_wake(l);
}

static void finished_resume(struct loop *l)
{
    pthread_mutex_lock(&l->lock);
    struct connection *c = l->finished;
    l->finished = NULL;
    pthread_mutex_unlock(&l->lock);
    for (struct connection *next; c; c = next) {
        next = c->finished_next;
        MHD_resume_connection(c->mhd);
    }
}

static bool is_watched(const struct loop *l, int fd)
{
    struct epoll_event want = { .events = EPOLLIN, .data.fd = fd };
    return !epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &want);
}

/* ---- the source ---- */

static void source_leave(struct server *s)
{
    if (s->reader)
        epoll_ctl(s->reader->epoll, EPOLL_CTL_DEL, s->config.source.fd, NULL);
    atomic_store(&s->reader, NULL);
}

bool server_source_here(struct server *s)
{
    if (!here || here->server != s)
        return false;
    if (atomic_load(&s->reader) == here)
        return true;
    pthread_mutex_lock(&s->lock);
    source_leave(s);
    bool ours = is_watched(here, s->config.source.fd);
    if (ours)
        atomic_store(&s->reader, here);
    pthread_mutex_unlock(&s->lock);
    return ours;
}

static void source_read(struct server *s)
{
    if (s->config.source.read(s->config.source.with))
        return;
    pthread_mutex_lock(&s->lock);
    source_leave(s);
    pthread_mutex_unlock(&s->lock);
}

/* ---- running ---- */

static void wake_take(struct loop *l)
{
    uint64_t count;
    if (read(l->wake, &count, sizeof count) != sizeof count)
        abort();
    if (atomic_load(&l->server->stopping) && !l->quiet) {
        MHD_quiesce_daemon(l->daemon);
        l->quiet = true;
    }
    finished_resume(l);
}

static int timeout_of(const struct loop *l)
{
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(l->daemon, &ms) != MHD_YES)
        return -1;
    return ms < INT_MAX ? (int)ms : INT_MAX;
}

static void *loop_run(void *with)
{
    struct loop *l = here = with;
    while (!atomic_load(&l->stopping)) {
        struct epoll_event event[3];
        int n = epoll_wait(l->epoll, event, LENGTH(event), timeout_of(l));
        for (int i = 0; i < n; i++) {
            if (event[i].data.fd == l->wake)
                wake_take(l);
            else if (event[i].data.fd == l->server->config.source.fd)
                source_read(l->server);
        }
        int turns = 0;
        do {
            l->resumed = false;
            MHD_run(l->daemon);
        } while (l->resumed || (!timeout_of(l) && ++turns < TURNS));
        if (l->server->config.round)
            l->server->config.round(l->server->config.with);
        wipe_stack();
    }
    return NULL;
}

/* ---- starting and stopping ---- */

static void loop_free(struct loop *l)
{
    if (!l->quiet)
        MHD_quiesce_daemon(l->daemon); /* the listening socket is not ours to close */
    MHD_stop_daemon(l->daemon);
    if (l->epoll >= 0)
        close(l->epoll);
    if (l->wake >= 0)
        close(l->wake);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

struct loop *loop_new(struct server *s, struct MHD_Daemon *daemon)
{
    struct loop *l = calloc(1, sizeof *l);
    if (!l)
        abort();
    pthread_mutex_init(&l->lock, NULL);
    l->server = s;
    l->daemon = daemon;
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->wake = eventfd(0, EFD_CLOEXEC);
    if (l->epoll >= 0 && l->wake >= 0 && is_watched(l, l->wake) &&
        is_watched(l, MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd) &&
        !pthread_create(&l->thread, NULL, loop_run, l))
        return l;
    loop_free(l);
    return NULL;
}

void loop_quiesce(struct loop *l)
{
    loop_wake(l);
}

void loop_stop(struct loop *l)
{
    atomic_store(&l->stopping, true);
    loop_wake(l);
    pthread_join(l->thread, NULL);
    pthread_mutex_lock(&l->server->lock);
    if (l->server->reader == l)
        source_leave(l->server);
    pthread_mutex_unlock(&l->server->lock);
    finished_resume(l);
    loop_free(l);
}

struct loop *loop_here(void)
{
    return here;
}
