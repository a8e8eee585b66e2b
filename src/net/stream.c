/* stream.c: server-sent events (WHATWG HTML, 9.2): a ring between the thread that makes events and
   the one that sends them. The connection sleeps while there is nothing to send. */
#include "connection.h"

#include <poll.h>
#include <string.h>

static ssize_t stream_read(void *with, uint64_t at, char *to, size_t max)
{
    struct connection *c = with;
    struct stream *s = &c->stream;
    (void)at;
    pthread_mutex_lock(&c->lock);
    ssize_t n = (ssize_t)(s->len < max ? s->len : max);
    if (n) {
        size_t first = RING_SIZE - s->from < (size_t)n ? RING_SIZE - s->from : (size_t)n;
        memcpy(to, s->ring + s->from, first);
        memcpy(to + first, s->ring, (size_t)n - first);
        s->from = (s->from + (size_t)n) % RING_SIZE;
        s->len -= (size_t)n;
        pthread_cond_signal(&c->moved);
    } else if (s->finished) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        s->asleep = true;
        MHD_suspend_connection(c->mhd);
    }
    pthread_mutex_unlock(&c->lock);
    return n;
}

struct MHD_Response *stream_response(struct connection *c)
{
    struct MHD_Response *r =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, stream_read, c, NULL);
    if (!r)
        return NULL;
    response_common(c, r, "text/event-stream");
    response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    response_header(r, "X-Accel-Buffering", "no");
    response_advice(c, r);
    return r;
}

static void wake(struct connection *c)
{
    if (!c->stream.asleep)
        return;
    c->stream.asleep = false;
    loop_resume(c);
}

/* A sleeping connection is not watched by the daemon, so we look ourselves. */
static bool is_gone(struct connection *c)
{
    struct pollfd p = { .fd = c->socket, .events = POLLRDHUP };
    return poll(&p, 1, 0) > 0 && p.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

bool exchange_alive(struct exchange *x)
{
    struct connection *c = x->connection;
    if (!c)
        return true;
    pthread_mutex_lock(&c->lock);
    bool alive = !c->stream.gone && !is_gone(c);
    pthread_mutex_unlock(&c->lock);
    return alive;
}

bool exchange_stream(struct exchange *x)
{
    struct connection *c = x->connection;
    if (!c || !exchange_alive(x))
        return false;
    c->stream = (struct stream){ .ring = arena_alloc(&x->arena, RING_SIZE) };
    c->streaming = true;
    atomic_fetch_add(&c->holds, 1);
    connection_ready(c);
    return true;
}

/* Waits for room; the lock is held. */
static bool ring_add(struct connection *c, const char *text, size_t n)
{
    struct stream *s = &c->stream;
    while (n && !s->gone) {
        size_t at = (s->from + s->len) % RING_SIZE, room = RING_SIZE - s->len;
        size_t part = RING_SIZE - at < room ? RING_SIZE - at : room;
        part = part < n ? part : n;
        memcpy(s->ring + at, text, part);
        s->len += part;
        text += part;
        n -= part;
        if (part)
            wake(c);
        else
            pthread_cond_wait(&c->moved, &c->lock);
    }
    return !s->gone;
}

static bool line_add(struct connection *c, const char *name, const char *text, size_t n)
{
    return ring_add(c, name, strlen(name)) && ring_add(c, text, n) && ring_add(c, "\n", 1);
}

bool exchange_event(struct exchange *x, const char *event, const char *data)
{
    struct connection *c = x->connection;
    pthread_mutex_lock(&c->lock);
    bool ok = !c->stream.gone && !is_gone(c);
    if (ok && event)
        ok = line_add(c, "event: ", event, strlen(event));
    for (const char *p = data; ok && p; p = *p ? p + 1 : NULL) {
        size_t n = strcspn(p, "\r\n");
        ok = line_add(c, "data: ", p, n);
        p += n + (p[n] == '\r' && p[n + 1] == '\n');
    }
    ok = ok && ring_add(c, "\n", 1);
    pthread_mutex_unlock(&c->lock);
    return ok;
}

bool stream_abandon(struct connection *c)
{
    pthread_mutex_lock(&c->lock);
    bool owned = !c->stream.finished;
    c->stream.gone = true;
    pthread_cond_broadcast(&c->moved);
    pthread_mutex_unlock(&c->lock);
    return owned;
}

static void stream_finish(struct connection *c)
{
    pthread_mutex_lock(&c->lock);
    bool gone = c->stream.gone;
    c->stream.finished = true;
    if (!gone)
        wake(c);
    pthread_mutex_unlock(&c->lock);
    if (gone)
        connection_end(c);
    connection_release(c);
}

void exchange_finish(struct exchange *x)
{
    struct connection *c = x->connection;
    if (!c) {
        x->finish(x);
        return;
    }
    struct server *s = c->server;
    if (c->streaming)
        stream_finish(c);
    else
        connection_ready(c);
    /* Under the lock, so that the server is still there until we have left it. */
    pthread_mutex_lock(&s->lock);
    atomic_fetch_sub(&s->handled, 1);
    pthread_cond_broadcast(&s->idle);
    pthread_mutex_unlock(&s->lock);
}
