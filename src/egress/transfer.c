/* transfer.c: which requests are under way, when they are tried again and when they are given up.
 */
#include "transfer.h"

#include "attempt.h"
#include "base/arena.h"
#include "base/wait.h"
#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    SPARE = 32,           /* handles kept for the next request */
    CONNECTIONS = 128,    /* kept alive for the next request */
    BACKOFF_MS = 250,     /* before the second attempt, doubling */
    RETRY_AFTER_MAX = 10, /* seconds that we wait when asked to */
};

struct transfers {
    struct sockets sockets;
    bool blind, ended;
    const char *extra_ca;
    CURLM *multi;
    struct sender *out;
    int64_t timer_at;            /* when libcurl wants to be called */
    int64_t due;                 /* no later than the first deadline of any request */
    uint64_t last[EGRESS_CALLS]; /* newest id seen of each slot */
    struct transfer *slot[EGRESS_CALLS];
    struct transfer *over; /* core is told first, and then they are forgotten */
    struct handle *spare[SPARE];
    size_t spares;
};

static int on_watch(CURL *easy, curl_socket_t fd, int what, void *user, void *known)
{
    struct transfers *all = user;
    uint32_t events = 0;
    (void)easy;
    (void)known;
    if (what != CURL_POLL_REMOVE) {
        events |= what & CURL_POLL_IN ? EPOLLIN : 0;
        events |= what & CURL_POLL_OUT ? EPOLLOUT : 0;
    }
    sockets_watch(&all->sockets, fd, events);
    return 0;
}

static int on_timer(CURLM *multi, long ms, void *user)
{
    struct transfers *all = user;
    (void)multi;
    all->timer_at = ms < 0 ? INT64_MAX : clock_ms() + ms;
    return 0;
}

struct transfers *transfers_new(int epoll, const char *extra_ca, struct sender *out)
{
    struct transfers *all = calloc(1, sizeof *all);
    if (!all)
        abort();
    sockets_init(&all->sockets, epoll);
    all->extra_ca = extra_ca;
    all->out = out;
    all->timer_at = all->due = INT64_MAX;
    all->multi = curl_multi_init();
    if (!all->multi) {
        free(all);
        return NULL;
    }
    curl_multi_setopt(all->multi, CURLMOPT_SOCKETFUNCTION, on_watch);
    curl_multi_setopt(all->multi, CURLMOPT_SOCKETDATA, all);
    curl_multi_setopt(all->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(all->multi, CURLMOPT_TIMERDATA, all);
    curl_multi_setopt(all->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS);
    return all;
}

static void attempt_end(struct transfers *all, struct transfer *t)
{
    struct handle *h = attempt_stop(t, all->multi);
    if (h && all->spares < SPARE)
        all->spare[all->spares++] = h;
    else
        handle_free(h);
}

static void transfer_free(struct transfers *all, struct transfer *t)
{
    all->ended = true;
    attempt_end(all, t);
    wipe(t->body, t->begin.body);
    free(t->body);
    wipe(t, sizeof *t);
    free(t);
}

static void transfer_tell(struct transfers *all, struct transfer *t, enum egress_reason reason)
{
    t->end.reason = reason;
    if (reason == EGRESS_OK)
        t->end.retry_after_s = -1;
    sender_end(all->out, t->id, &t->end);
    all->slot[t->id % EGRESS_CALLS] = NULL;
}

static void transfer_end(struct transfers *all, struct transfer *t, enum egress_reason reason)
{
    transfer_tell(all, t, reason);
    transfer_free(all, t);
}

void transfers_reset(struct transfers *all)
{
    for (size_t i = 0; i < EGRESS_CALLS; i++)
        if (all->slot[i])
            transfer_free(all, all->slot[i]);
    memset(all->slot, 0, sizeof all->slot);
    memset(all->last, 0, sizeof all->last);
    all->due = INT64_MAX;
}

void transfers_free(struct transfers *all)
{
    (void)transfers_forget(all);
    transfers_reset(all);
    while (all->spares)
        handle_free(all->spare[--all->spares]);
    curl_multi_cleanup(all->multi);
    sockets_done(&all->sockets);
    free(all);
}

static int64_t earliest(const struct transfer *t)
{
    int64_t first = t->total_at;
    if (t->retry_at < first)
        first = t->retry_at;
    return t->handle && t->quiet_at < first ? t->quiet_at : first;
}

/* One that has been there before, any, or a new one. */
static struct handle *handle_take(struct transfers *all, const struct message_begin *in)
{
    if (!all->spares)
        return handle_new(all->extra_ca, &all->sockets);
    struct handle *last = all->spare[--all->spares];
    for (size_t i = all->spares; i-- > 0 && !handle_knows(last, in);) {
        struct handle *other = all->spare[i];
        if (!handle_knows(other, in))
            continue;
        all->spare[i] = last;
        last = other;
    }
    return last;
}

static void transfer_try(struct transfers *all, struct transfer *t)
{
    struct handle *h = handle_take(all, &t->begin);
    enum egress_reason reason = h ? attempt_start(t, all->multi, h) : EGRESS_BUSY;
    if (reason) {
        transfer_end(all, t, reason);
        return;
    }
    if (earliest(t) < all->due)
        all->due = earliest(t);
}

bool transfers_begin(struct transfers *all, uint64_t id, const struct message_begin *in)
{
    size_t slot = id % EGRESS_CALLS;
    if (id <= all->last[slot] || all->slot[slot])
        return false;
    all->last[slot] = id;
    struct transfer *t = calloc(1, sizeof *t);
    char *body = malloc(in->body);
    if (!t || !body)
        abort();
    t->id = id;
    t->out = all->out;
    t->sockets = &all->sockets;
    t->begin = *in;
    t->body = body;
    t->total_at = clock_ms() + in->total_ms;
    t->retry_at = INT64_MAX;
    t->end =
        (struct egress_end){ .prompt_tokens = -1, .completion_tokens = -1, .retry_after_s = -1 };
    all->slot[slot] = t;
    if (t->total_at < all->due)
        all->due = t->total_at;
    enum egress_reason refused = attempt_allowed(in);
    if (refused)
        transfer_end(all, t, refused);
    return true;
}

/* The request if it is under way; false when it never began. */
static bool transfer_find(struct transfers *all, uint64_t id, struct transfer **ret)
{
    size_t slot = id % EGRESS_CALLS;
    if (id > all->last[slot])
        return false;
    struct transfer *t = all->slot[slot];
    *ret = t && t->id == id ? t : NULL;
    return true;
}

bool transfers_body(struct transfers *all, uint64_t id, const char *at, size_t n)
{
    struct transfer *t;
    if (!transfer_find(all, id, &t))
        return false;
    if (!t)
        return true;
    if (n > t->begin.body - t->body_have)
        return false;
    memcpy(t->body + t->body_have, at, n);
    t->body_have += n;
    if (t->body_have == t->begin.body)
        transfer_try(all, t);
    return true;
}

bool transfers_credit(struct transfers *all, uint64_t id, uint64_t bytes)
{
    struct transfer *t;
    if (!transfer_find(all, id, &t))
        return false;
    if (!t)
        return true;
    if (bytes > t->underway)
        return false;
    t->underway -= bytes;
    if (t->paused && t->underway < MESSAGE_WINDOW) {
        t->paused = false;
        t->quiet_at = clock_ms() + t->begin.first_byte_ms;
        if (earliest(t) < all->due)
            all->due = earliest(t);
        curl_easy_pause(t->handle->easy, CURLPAUSE_CONT);
    }
    return true;
}

bool transfers_cancel(struct transfers *all, uint64_t id)
{
    struct transfer *t;
    if (!transfer_find(all, id, &t))
        return false;
    if (!t)
        return true;
    if (t->reader)
        openai_reader_sum(t->reader, &t->end);
    transfer_end(all, t, EGRESS_CANCELLED);
    return true;
}

void transfers_ready(struct transfers *all, int fd, uint32_t events)
{
    int running, what = 0;
    if (!sockets_asked(&all->sockets, fd))
        return;
    if (events & EPOLLIN)
        what |= CURL_CSELECT_IN;
    if (events & EPOLLOUT)
        what |= CURL_CSELECT_OUT;
    if (events & (EPOLLERR | EPOLLHUP))
        what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(all->multi, fd, what, &running);
}

/* How long to wait before another attempt, in ms; -1 when there must be none. */
static int64_t retry_wait(const struct transfer *t, enum egress_reason reason)
{
    bool worth = reason == EGRESS_RATE || reason == EGRESS_UNREACHABLE ||
                 (reason == EGRESS_SERVER && t->end.status >= 500);
    if (!worth || t->told || t->end.attempts > t->begin.retries ||
        t->end.retry_after_s > RETRY_AFTER_MAX)
        return -1;
    uint32_t most = BACKOFF_MS << (t->end.attempts - 1);
    int64_t wait = most / 2 + arc4random_uniform(most / 2 + 1);
    if (t->end.retry_after_s > 0)
        wait += t->end.retry_after_s * INT64_C(1000);
    return clock_ms() + wait < t->total_at ? wait : -1;
}

static void transfer_settle(struct transfers *all, struct transfer *t, enum egress_reason reason)
{
    int64_t wait = retry_wait(t, reason);
    if (wait < 0) {
        transfer_tell(all, t, reason);
        t->next = all->over;
        all->over = t;
        return;
    }
    attempt_end(all, t);
    t->retry_at = clock_ms() + wait;
    if (t->retry_at < all->due)
        all->due = t->retry_at;
}

static bool resolver_unreadable(void)
{
    int fd = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == EACCES;
    close(fd);
    return false;
}

static void settle_finished(struct transfers *all)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(all->multi, &left));) {
        struct transfer *t = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
        if (m->data.result == CURLE_COULDNT_RESOLVE_HOST)
            all->blind = resolver_unreadable();
        transfer_settle(all, t, attempt_result(t, m->data.result));
    }
}

static void settle_overdue(struct transfers *all, int64_t now)
{
    all->due = INT64_MAX;
    for (size_t i = 0; i < EGRESS_CALLS; i++) {
        struct transfer *t = all->slot[i];
        if (!t)
            continue;
        bool quiet = t->handle && now >= t->quiet_at;
        if (now >= t->total_at || quiet) {
            if (t->reader)
                openai_reader_sum(t->reader, &t->end);
            transfer_end(all, t, quiet ? EGRESS_SILENT : EGRESS_SLOW);
        } else if (now >= t->retry_at) {
            transfer_try(all, t);
        } else if (earliest(t) < all->due) {
            all->due = earliest(t);
        }
    }
}

void transfers_tick(struct transfers *all)
{
    int running;
    int64_t now = clock_ms();
    if (now >= all->timer_at) {
        all->timer_at = INT64_MAX;
        curl_multi_socket_action(all->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    settle_finished(all);
    if (now >= all->due)
        settle_overdue(all, now);
}

bool transfers_forget(struct transfers *all)
{
    for (struct transfer *t; (t = all->over);) {
        all->over = t->next;
        transfer_free(all, t);
    }
    bool ended = all->ended;
    all->ended = false;
    return ended;
}

bool transfers_blind(const struct transfers *all)
{
    return all->blind;
}

int transfers_timeout(const struct transfers *all)
{
    int64_t first = all->timer_at < all->due ? all->timer_at : all->due;
    if (first == INT64_MAX)
        return -1;
    int64_t wait = first - clock_ms();
    return wait < 0 ? 0 : wait > 60000 ? 60000 : (int)wait;
}
