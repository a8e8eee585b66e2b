/* client.c: who reads the channel, and the sessions on it. */
#include "client_parts.h"

#include "base/arena.h"
#include "base/wait.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    SCAN_S = 10,     /* for egress to look through its memory */
    WATCH_MS = 1000, /* between two looks for requests that egress has forgotten */
    LENT_MS = 100,   /* between two looks into a channel that somebody else should read */
};

static _Thread_local const struct egress_client *reads; /* what this thread is reading */

static bool room_wait(struct egress_client *c, int64_t until)
{
    struct pollfd want = { .fd = c->channel, .events = POLLOUT };
    int64_t wait = until - clock_ms();
    return wait > 0 && (poll(&want, 1, (int)wait) > 0 || errno == EINTR);
}

bool client_packets(struct egress_client *c, struct message *messages, size_t count, int64_t until)
{
    struct mmsghdr batch[BODY_BATCH] = { 0 };
    struct iovec part[BODY_BATCH][3];
    assert(count <= BODY_BATCH);
    for (size_t i = 0; i < count; i++) {
        batch[i].msg_hdr.msg_iov = part[i];
        batch[i].msg_hdr.msg_iovlen = (size_t)message_parts(&messages[i], part[i]);
    }
    for (size_t done = 0; done < count;) {
        int sent = sendmmsg(c->channel, batch + done, (unsigned)(count - done),
                            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0)
            done += (size_t)sent;
        else if (errno != EINTR && (errno != EAGAIN || !room_wait(c, until)))
            return false;
    }
    return true;
}

int64_t client_message_until(const struct egress_client *c)
{
    return reads == c && !pthread_equal(pthread_self(), c->thread) ? 0 : clock_ms() + WAIT_MS;
}

bool client_message(struct egress_client *c, enum message_kind kind, uint64_t session,
                    uint64_t request)
{
    struct message m = { .head = { kind, 0, session, request } };
    return client_packets(c, &m, 1, client_message_until(c));
}

/* Meets egress anew: what is under way is lost, and says so. */
static void session_start(struct egress_client *c, enum egress_reason reason)
{
    pthread_mutex_lock(&c->lock);
    uint64_t session = c->session = (uint64_t)arc4random() << 32 | arc4random() | 1;
    c->connected = false;
    pthread_mutex_unlock(&c->lock);
    (void)client_message(c, MESSAGE_HELLO, session, 0); /* client_look tries again until WELCOME */
    if (reason)
        requests_end(c, INT64_MAX, reason);
}

static void message_handle(struct egress_client *c, const struct message *m)
{
    if (m->head.kind == MESSAGE_STARTED) {
        session_start(c, EGRESS_INTERRUPTED);
        return;
    }
    if (m->head.session != c->session)
        return;
    if (m->head.kind == MESSAGE_TEXT) {
        request_text(c, m);
    } else if (m->head.kind == MESSAGE_END) {
        if (m->head.payload)
            request_text(c, m);
        request_end(c, m);
    } else {
        pthread_mutex_lock(&c->lock);
        c->connected = true;
        if (m->head.kind == MESSAGE_SCANNED) {
            c->scanned = true;
            c->found = m->fixed.scanned.found;
        }
        pthread_cond_broadcast(&c->joined);
        pthread_mutex_unlock(&c->lock);
    }
}

/* Takes what is there; false when the channel is closed. */
static bool channel_read(struct egress_client *c)
{
    struct mmsghdr batch[PACKETS] = { 0 };
    struct iovec part[PACKETS];
    for (size_t i = 0; i < PACKETS; i++) {
        part[i] = (struct iovec){ c->packet[i], MESSAGE_PACKET };
        batch[i].msg_hdr.msg_iov = &part[i];
        batch[i].msg_hdr.msg_iovlen = 1;
    }
    int n = recvmmsg(c->channel, batch, PACKETS, MSG_DONTWAIT, NULL);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    for (int i = 0; i < n; i++) {
        struct message m;
        size_t len = batch[i].msg_len;
        if (!len)
            return false;
        c->packet[i][len] = 0;
        if (!(batch[i].msg_hdr.msg_flags & MSG_TRUNC) &&
            message_read(c->packet[i], len, MESSAGE_EGRESS, &m))
            message_handle(c, &m);
        else
            session_start(c, EGRESS_INTERRUPTED);
        wipe(c->packet[i], len);
    }
    return n > 0;
}

static void client_close(struct egress_client *c)
{
    pthread_mutex_lock(&c->lock);
    c->closed = true;
    c->connected = false;
    pthread_cond_broadcast(&c->joined);
    pthread_mutex_unlock(&c->lock);
}

bool egress_client_read(struct egress_client *c)
{
    const struct egress_client *before = reads;
    pthread_mutex_lock(&c->reading);
    reads = c;
    bool open = channel_read(c);
    reads = before;
    pthread_mutex_unlock(&c->reading);
    return open;
}

/* Looks for requests that egress has forgotten, and for a session that is long in coming. */
static void client_look(struct egress_client *c, int64_t now)
{
    pthread_mutex_lock(&c->reading);
    requests_end(c, now, EGRESS_SLOW);
    if (!c->connected)
        session_start(c, EGRESS_OK);
    pthread_mutex_unlock(&c->reading);
}

/* Waits for something to read, or to do; false when the client is stopping. A channel that is lent
   stays so until for a while nothing has been sent and nothing is under way. */
static bool client_wait(struct egress_client *c)
{
    struct pollfd want[2] = { { .fd = c->wake, .events = POLLIN },
                              { .fd = c->channel, .events = POLLIN } };
    uint64_t count;
    pthread_mutex_lock(&c->lock);
    bool lent = c->lent;
    uint64_t turn = c->turn;
    pthread_mutex_unlock(&c->lock);
    int n = poll(want, lent ? 1 : 2, lent ? LENT_MS : WATCH_MS);
    if (n > 0 && want[0].revents && read(c->wake, &count, sizeof count) != sizeof count)
        abort();
    pthread_mutex_lock(&c->lock);
    if (turn == c->turn && c->free_count == EGRESS_CALLS)
        c->lent = false;
    bool goes_on = !c->stopping;
    pthread_mutex_unlock(&c->lock);
    return goes_on;
}

static void *client_run(void *user)
{
    struct egress_client *c = user;
    int64_t looked = clock_ms();
    bool open = true;
    reads = c;
    pthread_mutex_lock(&c->reading);
    session_start(c, EGRESS_OK);
    pthread_mutex_unlock(&c->reading);
    while (client_wait(c) && (open = egress_client_read(c))) {
        wipe_stack();
        int64_t now = clock_ms();
        if (now - looked < WATCH_MS)
            continue;
        looked = now;
        client_look(c, now);
    }
    client_close(c);
    pthread_mutex_lock(&c->reading);
    if (open)
        session_start(c, EGRESS_CANCELLED); /* egress forgets what it was doing for us */
    else
        requests_end(c, INT64_MAX, EGRESS_INTERRUPTED);
    pthread_mutex_unlock(&c->reading);
    return NULL;
}

static void client_wake(struct egress_client *c)
{
    uint64_t one = 1;
    if (write(c->wake, &one, sizeof one) != sizeof one)
        abort();
}

void egress_client_lend(struct egress_client *c, bool (*lend)(void *with), void *with)
{
    pthread_mutex_lock(&c->lock);
    c->lend = lend;
    c->lend_with = with;
    c->lent = false;
    pthread_mutex_unlock(&c->lock);
    client_wake(c);
}

void client_lend(struct egress_client *c)
{
    pthread_mutex_lock(&c->lock);
    bool (*lend)(void *with) = c->free_count == EGRESS_CALLS - 1 ? c->lend : NULL;
    void *with = c->lend_with;
    pthread_mutex_unlock(&c->lock);
    if (!lend || !lend(with))
        return;
    pthread_mutex_lock(&c->lock);
    c->lent = c->lend != NULL;
    pthread_mutex_unlock(&c->lock);
}

struct egress_client *egress_client_new(int channel)
{
    struct egress_client *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->channel = channel;
    for (size_t i = 0; i < EGRESS_CALLS; i++)
        c->free_slot[c->free_count++] = (uint16_t)(EGRESS_CALLS - 1 - i);
    wait_init(&c->joined);
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_init(&c->reading, NULL);
    c->wake = eventfd(0, EFD_CLOEXEC);
    if (c->wake >= 0 && !pthread_create(&c->thread, NULL, client_run, c))
        return c;
    if (c->wake >= 0)
        close(c->wake);
    free(c);
    return NULL;
}

void egress_client_free(struct egress_client *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_mutex_unlock(&c->lock);
    client_wake(c);
    pthread_join(c->thread, NULL);
    close(c->wake);
    pthread_cond_destroy(&c->joined);
    pthread_mutex_destroy(&c->reading);
    pthread_mutex_destroy(&c->lock);
    wipe(c, sizeof *c);
    free(c);
}

bool client_session_wait(struct egress_client *c, bool patient)
{
    struct timespec until = wait_ms(WAIT_MS);
    while (patient && !c->connected && !c->closed && reads != c)
        if (pthread_cond_timedwait(&c->joined, &c->lock, &until))
            break;
    return c->connected;
}

int64_t egress_scan(struct egress_client *c, uint64_t print)
{
    struct message m = { .head = { .kind = MESSAGE_SCAN }, .fixed.scan.print = print };
    struct timespec until = wait_ms(SCAN_S * 1000);
    pthread_mutex_lock(&c->lock);
    bool good = client_session_wait(c, true);
    m.head.session = c->session;
    c->scanned = false;
    pthread_mutex_unlock(&c->lock);
    good = good && client_packets(c, &m, 1, clock_ms() + WAIT_MS);
    pthread_mutex_lock(&c->lock);
    while (good && !c->scanned && !c->closed && m.head.session == c->session)
        if (pthread_cond_timedwait(&c->joined, &c->lock, &until))
            break;
    int64_t found = good && c->scanned ? c->found : -1;
    pthread_mutex_unlock(&c->lock);
    return found;
}
