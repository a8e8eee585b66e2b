/* client.c: who reads the channel, and a table of the requests under way. */
#include "client.h"

#include "base/arena.h"
#include "base/wait.h"
#include "call.h"
#include "message.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    PACKETS = 8,
    BODY_BATCH = 4,  /* packets given to the kernel at once */
    SCAN_S = 10,     /* for egress to look through its memory */
    WAIT_MS = 2000,  /* for a new egress, and for room in the channel */
    WATCH_MS = 1000, /* between two looks for requests that egress has forgotten */
    LENT_MS = 100,   /* between two looks into a channel that somebody else should read */
    LATE_MS = 5000,  /* beyond a request's own limit */
    FIRST_BYTE_MS = 60000,
    TOTAL_MS = 300000,
    ANSWER_MAX = 1 << 20,
};

static const struct {
    enum problem problem;
    const char *name, *sentence;
} reasons[EGRESS_REASONS] = {
    [EGRESS_OK] = { NO_PROBLEM, "OK", "" },
#define REASON(name, problem, sentence) [EGRESS_##name] = { problem, #name, sentence },
#include "reasons.def"
#undef REASON
};

struct slot {
    uint64_t id; /* 0: free */
    egress_callback *event;
    void *user;
    bool pulled;       /* credit is given by egress_next, not by the callback's return */
    uint64_t consumed; /* bytes not yet credited */
    uint64_t left;     /* bytes of text that may still come */
    int64_t late_at;
};

struct egress_client {
    int channel, wake;
    pthread_t thread;
    pthread_mutex_t reading; /* held by who reads; taken before the other lock */
    pthread_mutex_t lock;    /* over all that follows */
    pthread_cond_t joined;
    bool connected, closed; /* connected, session: changed while reading only */
    bool stopping;
    bool (*lend)(void *with); /* whether the calling thread will read */
    void *lend_with;
    bool lent;
    bool scanned; /* egress has answered: */
    int64_t found;
    uint64_t session, turn; /* turn: how often an id was given */
    size_t free_count;
    uint16_t free_slot[EGRESS_CALLS];
    struct slot slot[EGRESS_CALLS];
    char packet[PACKETS][MESSAGE_PACKET + 1]; /* the reading thread's own */
};

static _Thread_local const struct egress_client *reads; /* what this thread is reading */

static bool room_wait(struct egress_client *c, int64_t until)
{
    struct pollfd want = { .fd = c->channel, .events = POLLOUT };
    int64_t wait = until - clock_ms();
    return wait > 0 && (poll(&want, 1, (int)wait) > 0 || errno == EINTR);
}

/* Sends all, waiting for room `until`; false when the channel is closed or stays full. */
static bool packets_send(struct egress_client *c, struct message *messages, size_t count,
                         int64_t until)
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

/* Until when a message may wait for room: whoever reads a lent channel must not wait. */
static int64_t message_until(const struct egress_client *c)
{
    return reads == c && !pthread_equal(pthread_self(), c->thread) ? 0 : clock_ms() + WAIT_MS;
}

static bool message_send(struct egress_client *c, enum message_kind kind, uint64_t session,
                         uint64_t request)
{
    struct message m = { .head = { kind, 0, session, request } };
    return packets_send(c, &m, 1, message_until(c));
}

static void slot_free(struct egress_client *c, struct slot *s)
{
    *s = (struct slot){ 0 };
    c->free_slot[c->free_count++] = (uint16_t)(s - c->slot);
}

static struct slot *slot_find(struct egress_client *c, uint64_t id)
{
    struct slot *s = &c->slot[id % EGRESS_CALLS];
    return id && s->id == id ? s : NULL;
}

static void end_call(const struct slot *s, enum egress_reason reason)
{
    struct egress_event e = { .kind = EGRESS_END,
                              .end = { .reason = reason,
                                       .prompt_tokens = -1,
                                       .completion_tokens = -1,
                                       .retry_after_s = -1 } };
    s->event(s->user, &e);
}

/* Ends every request that has passed its limit, or all. */
static void calls_end(struct egress_client *c, int64_t now, enum egress_reason reason)
{
    for (size_t i = 0; i < EGRESS_CALLS; i++) {
        pthread_mutex_lock(&c->lock);
        struct slot s = c->slot[i];
        uint64_t session = c->session;
        bool ends = s.id && s.late_at <= now;
        if (ends)
            slot_free(c, &c->slot[i]);
        pthread_mutex_unlock(&c->lock);
        if (!ends)
            continue;
        if (reason == EGRESS_SLOW)
            (void)message_send(c, MESSAGE_CANCEL, session, s.id);
        end_call(&s, reason);
    }
}

/* Meets egress anew: what is under way is lost, and says so. */
static void session_start(struct egress_client *c, enum egress_reason reason)
{
    pthread_mutex_lock(&c->lock);
    uint64_t session = c->session = (uint64_t)arc4random() << 32 | arc4random() | 1;
    c->connected = false;
    pthread_mutex_unlock(&c->lock);
    (void)message_send(c, MESSAGE_HELLO, session, 0); /* client_look tries again until WELCOME */
    if (reason)
        calls_end(c, INT64_MAX, reason);
}

void client_credit(struct egress_client *c, uint64_t id, size_t n)
{
    struct message m = { .head = { MESSAGE_CREDIT, 0, 0, id } };
    pthread_mutex_lock(&c->lock);
    struct slot *s = slot_find(c, id);
    if (s)
        s->consumed += n;
    bool due = s && s->consumed >= MESSAGE_WINDOW / 2;
    if (due) {
        m.head.session = c->session;
        m.fixed.credit.bytes = s->consumed;
        s->consumed = 0;
    }
    pthread_mutex_unlock(&c->lock);
    if (due)
        (void)packets_send(c, &m, 1, message_until(c));
}

static void text_take(struct egress_client *c, const struct message *m)
{
    struct egress_event e = { .kind = EGRESS_TEXT, .text = m->payload, .len = m->head.payload };
    pthread_mutex_lock(&c->lock);
    struct slot *s = slot_find(c, m->head.request);
    struct slot copy = s ? *s : (struct slot){ 0 };
    bool over = s && s->left < e.len;
    if (over)
        slot_free(c, s);
    else if (s)
        s->left -= e.len;
    pthread_mutex_unlock(&c->lock);
    if (!s)
        return;
    if (over) {
        (void)message_send(c, MESSAGE_CANCEL, m->head.session, m->head.request);
        end_call(&copy, EGRESS_OVERSIZE);
        return;
    }
    copy.event(copy.user, &e);
    if (!copy.pulled)
        client_credit(c, copy.id, e.len);
}

static void end_take(struct egress_client *c, const struct message *m)
{
    struct egress_event e = { .kind = EGRESS_END, .end = m->fixed.end };
    pthread_mutex_lock(&c->lock);
    struct slot *s = slot_find(c, m->head.request);
    struct slot copy = s ? *s : (struct slot){ 0 };
    if (s)
        slot_free(c, s);
    pthread_mutex_unlock(&c->lock);
    if (copy.id)
        copy.event(copy.user, &e);
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
        text_take(c, m);
    } else if (m->head.kind == MESSAGE_END) {
        if (m->head.payload)
            text_take(c, m);
        end_take(c, m);
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
    wipe_stack();
    return open;
}

/* Looks for requests that egress has forgotten, and for a session that is long in coming. */
static void client_look(struct egress_client *c, int64_t now)
{
    pthread_mutex_lock(&c->reading);
    calls_end(c, now, EGRESS_SLOW);
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
        calls_end(c, INT64_MAX, EGRESS_INTERRUPTED);
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

/* For the only request under way: its own thread reads the answer, when it can. */
static void channel_lend(struct egress_client *c)
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

static bool begin_fill(const struct egress_request *in, struct message_begin *ret)
{
    const char *key = in->key ? in->key : "";
    if (!in->body.len || in->body.len > EGRESS_BODY_MAX || !in->url || !in->url[0] ||
        !message_plain(in->url, EGRESS_URL_MAX) || !message_plain(key, EGRESS_KEY_MAX))
        return false;
    *ret = (struct message_begin){
        .dialect = in->dialect,
        .stream = in->stream,
        .local = in->local,
        .first_byte_ms = in->first_byte_ms ? in->first_byte_ms : FIRST_BYTE_MS,
        .total_ms = in->total_ms ? in->total_ms : TOTAL_MS,
        .answer_max = in->answer_max ? in->answer_max : ANSWER_MAX,
        .retries = in->retries < 5 ? in->retries : 5,
        .body = (uint32_t)in->body.len,
    };
    if (ret->total_ms > 3600 * 1000)
        ret->total_ms = 3600 * 1000;
    if (ret->answer_max > EGRESS_ANSWER_MAX)
        ret->answer_max = EGRESS_ANSWER_MAX;
    strcpy(ret->url, in->url);
    strcpy(ret->key, key);
    return true;
}

/* Whether a session stands, waiting for one a while; with the lock held. The reading thread cannot
   wait for itself. */
static bool session_wait(struct egress_client *c, bool patient)
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
    bool good = session_wait(c, true);
    m.head.session = c->session;
    c->scanned = false;
    pthread_mutex_unlock(&c->lock);
    good = good && packets_send(c, &m, 1, clock_ms() + WAIT_MS);
    pthread_mutex_lock(&c->lock);
    while (good && !c->scanned && !c->closed && m.head.session == c->session)
        if (pthread_cond_timedwait(&c->joined, &c->lock, &until))
            break;
    int64_t found = good && c->scanned ? c->found : -1;
    pthread_mutex_unlock(&c->lock);
    return found;
}

static bool body_send(struct egress_client *c, uint64_t session, uint64_t id,
                      const struct egress_request *in, const struct message_begin *begin,
                      bool patient)
{
    struct message batch[BODY_BATCH];
    enum message_kind kind = MESSAGE_BEGIN;
    size_t n = 0, sent = 0;
    bool good = true;
    batch[0].fixed.begin = *begin;
    while (good && sent < in->body.len) {
        size_t left = in->body.len - sent;
        size_t piece = left < MESSAGE_PAYLOAD ? left : MESSAGE_PAYLOAD;
        batch[n].head = (struct message_head){ kind, (uint32_t)piece, session, id };
        batch[n++].payload = (const char *)in->body.at + sent;
        kind = MESSAGE_BODY;
        sent += piece;
        if (n < BODY_BATCH && sent < in->body.len)
            continue;
        good = packets_send(c, batch, n, patient ? clock_ms() + WAIT_MS : 0);
        n = 0;
    }
    wipe(&batch[0].fixed.begin, sizeof *begin);
    return good;
}

/* How a call is made. */
struct manner {
    bool pulled;  /* credit is given by egress_next */
    bool patient; /* waits for a session, and for room in the channel */
};

/* Gives the request a slot; 0 when there is none. */
static uint64_t slot_take(struct egress_client *c, const struct message_begin *begin,
                          struct manner how, egress_callback *event, void *user,
                          enum egress_reason *why, uint64_t *session)
{
    uint64_t id = 0;
    pthread_mutex_lock(&c->lock);
    *why = !session_wait(c, how.patient) ? EGRESS_INTERRUPTED
           : !c->free_count              ? EGRESS_BUSY
                                         : EGRESS_OK;
    if (*why == EGRESS_OK) {
        size_t slot = c->free_slot[--c->free_count];
        id = ++c->turn * EGRESS_CALLS + slot;
        *session = c->session;
        c->slot[slot] = (struct slot){ .id = id,
                                       .event = event,
                                       .user = user,
                                       .pulled = how.pulled,
                                       .left = begin->answer_max,
                                       .late_at = clock_ms() + begin->total_ms + LATE_MS };
    }
    pthread_mutex_unlock(&c->lock);
    return id;
}

/* What can be had by waiting is no problem yet for who did not want to. */
static bool call_refuse(struct error *err, struct manner how, enum egress_reason reason)
{
    if (!how.patient && reason == EGRESS_INTERRUPTED)
        return false;
    return error_set(err, egress_problem(reason), "%s", egress_sentence(reason));
}

static bool call_start(struct egress_client *c, const struct egress_request *in, struct manner how,
                       egress_callback *event, void *user, struct error *err, uint64_t *ret)
{
    struct message_begin begin;
    enum egress_reason why;
    uint64_t session;
    if (!begin_fill(in, &begin))
        return call_refuse(err, how, EGRESS_UNSENDABLE);
    uint64_t id = slot_take(c, &begin, how, event, user, &why, &session);
    if (id)
        channel_lend(c);
    bool sent = id && body_send(c, session, id, in, &begin, how.patient);
    wipe(&begin, sizeof begin);
    if (!id)
        return call_refuse(err, how, why);
    if (!sent) {
        pthread_mutex_lock(&c->lock);
        struct slot *s = slot_find(c, id);
        if (s)
            slot_free(c, s);
        pthread_mutex_unlock(&c->lock);
        if (s) /* else its end was told already */
            return call_refuse(err, how, EGRESS_INTERRUPTED);
    }
    *ret = id;
    return true;
}

enum problem egress_problem(enum egress_reason reason)
{
    return reasons[reason].problem;
}

const char *egress_sentence(enum egress_reason reason)
{
    return reasons[reason].sentence;
}

const char *egress_reason_name(enum egress_reason reason)
{
    return reasons[reason].name;
}

bool egress_send(struct egress_client *c, const struct egress_request *in, egress_callback *event,
                 void *user, struct error *err, uint64_t *ret)
{
    return call_start(c, in, (struct manner){ .patient = true }, event, user, err, ret);
}

bool egress_offer(struct egress_client *c, const struct egress_request *in, egress_callback *event,
                  void *user, struct error *err, uint64_t *ret)
{
    return in->body.len <= EGRESS_OFFER_MAX &&
           call_start(c, in, (struct manner){ 0 }, event, user, err, ret);
}

bool client_send_pulled(struct egress_client *c, const struct egress_request *in,
                        egress_callback *event, void *user, struct error *err, uint64_t *ret)
{
    struct manner how = { .pulled = true, .patient = true };
    return call_start(c, in, how, event, user, err, ret);
}

void egress_cancel(struct egress_client *c, uint64_t request)
{
    pthread_mutex_lock(&c->lock);
    uint64_t session = c->session;
    bool live = slot_find(c, request);
    pthread_mutex_unlock(&c->lock);
    if (live)
        (void)message_send(c, MESSAGE_CANCEL, session, request);
}
