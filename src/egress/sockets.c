/* sockets.c: a table of sockets by number, and as few calls of epoll_ctl as it takes. */
#include "sockets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

void sockets_init(struct sockets *s, int epoll)
{
    *s = (struct sockets){ .epoll = epoll };
}

void sockets_done(struct sockets *s)
{
    free(s->at);
}

static struct watched *watched_of(struct sockets *s, int fd)
{
    size_t n = (size_t)fd;
    if (n >= s->room) {
        size_t room = 2 * n + 64;
        struct watched *at = realloc(s->at, room * sizeof *at);
        if (!at)
            abort();
        memset(at + s->room, 0, (room - s->room) * sizeof *at);
        s->at = at;
        s->room = room;
    }
    return &s->at[n];
}

void sockets_opened(struct sockets *s, int fd)
{
    *watched_of(s, fd) = (struct watched){ .ours = true };
}

void sockets_closed(struct sockets *s, int fd)
{
    *watched_of(s, fd) = (struct watched){ 0 }; /* epoll forgets what is closed */
}

/* Tells epoll what is asked for. */
static void watched_tell(const struct sockets *s, int fd, struct watched *w)
{
    struct epoll_event want = { .events = w->asked, .data.fd = fd };
    if (w->known == w->asked)
        return;
    epoll_ctl(s->epoll,
              !w->asked  ? EPOLL_CTL_DEL
              : w->known ? EPOLL_CTL_MOD
                         : EPOLL_CTL_ADD,
              fd, &want);
    w->known = w->asked;
}

void sockets_watch(struct sockets *s, int fd, uint32_t events)
{
    struct watched *w = watched_of(s, fd);
    w->asked = events;
    if (events || !w->ours)
        watched_tell(s, fd, w);
}

bool sockets_asked(struct sockets *s, int fd)
{
    struct watched *w = watched_of(s, fd);
    if (!w->asked)
        watched_tell(s, fd, w);
    return w->asked;
}
