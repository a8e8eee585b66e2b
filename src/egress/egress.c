/* egress.c: the event loop between the channel to core and the transfers. */
#include "egress.h"

#include "base/arena.h"
#include "transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { PACKETS = 8, EVENTS = 64 };

struct egress {
    const struct egress_plan *plan;
    int channel, epoll;
    bool blocked; /* the channel takes no more for now */
    struct sender out;
    struct transfers *transfers;
    char packet[PACKETS][MESSAGE_PACKET];
};

static bool session_start(struct egress *e, uint64_t session)
{
    transfers_reset(e->transfers);
    sender_clear(&e->out);
    e->out.session = session;
    sender_hail(&e->out, MESSAGE_WELCOME);
    return true;
}

static void memory_scan(struct egress *e, const struct message_scan *in)
{
    sender_scanned(&e->out, e->plan->scan ? e->plan->scan(e->plan->scan_with, in->print) : -1);
}

/* False ends the process. */
static bool message_handle(struct egress *e, const struct message *m)
{
    if (m->head.kind == MESSAGE_HELLO)
        return session_start(e, m->head.session);
    if (m->head.session != e->out.session)
        return true; /* meant for a predecessor of this process */
    switch (m->head.kind) {
    case MESSAGE_BEGIN:
        return transfers_begin(e->transfers, m->head.request, &m->fixed.begin) &&
               transfers_body(e->transfers, m->head.request, m->payload, m->head.payload);
    case MESSAGE_BODY:
        return transfers_body(e->transfers, m->head.request, m->payload, m->head.payload);
    case MESSAGE_CREDIT:
        return transfers_credit(e->transfers, m->head.request, m->fixed.credit.bytes);
    case MESSAGE_CANCEL:
        return transfers_cancel(e->transfers, m->head.request);
    case MESSAGE_SCAN:
        memory_scan(e, &m->fixed.scan);
        return true;
    default:
        return false;
    }
}

static bool packet_handle(struct egress *e, char *packet, const struct mmsghdr *got)
{
    struct message m;
    bool good = !(got->msg_hdr.msg_flags & MSG_TRUNC) &&
                message_read(packet, got->msg_len, MESSAGE_CORE, &m) && message_handle(e, &m);
    wipe(packet, got->msg_len);
    wipe(&m, sizeof m);
    return good;
}

/* Returns the exit status, or -1 to go on. */
static int channel_read(struct egress *e)
{
    struct mmsghdr batch[PACKETS] = { 0 };
    struct iovec part[PACKETS];
    for (size_t i = 0; i < PACKETS; i++) {
        part[i] = (struct iovec){ e->packet[i], sizeof e->packet[i] };
        batch[i].msg_hdr.msg_iov = &part[i];
        batch[i].msg_hdr.msg_iovlen = 1;
    }
    int n = recvmmsg(e->channel, batch, PACKETS, MSG_DONTWAIT, NULL);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? -1 : EGRESS_EXIT_BROKEN;
    for (int i = 0; i < n; i++) {
        if (!batch[i].msg_len) /* no message is empty: the other end is closed */
            return EGRESS_EXIT_CLOSED;
        if (!packet_handle(e, e->packet[i], &batch[i]))
            return EGRESS_EXIT_UNEXPECTED;
    }
    return n ? -1 : EGRESS_EXIT_CLOSED;
}

static void channel_watch(struct egress *e, bool blocked)
{
    if (blocked == e->blocked)
        return;
    struct epoll_event want = { .events = EPOLLIN | (blocked ? (uint32_t)EPOLLOUT : 0),
                                .data.fd = e->channel };
    epoll_ctl(e->epoll, EPOLL_CTL_MOD, e->channel, &want);
    e->blocked = blocked;
}

static int egress_turn(struct egress *e)
{
    struct epoll_event event[EVENTS];
    int n = epoll_wait(e->epoll, event, EVENTS, transfers_timeout(e->transfers));
    for (int i = 0; i < n; i++) {
        if (event[i].data.fd != e->channel) {
            transfers_ready(e->transfers, event[i].data.fd, event[i].events);
            continue;
        }
        int status = event[i].events & ~(uint32_t)EPOLLOUT ? channel_read(e) : -1;
        if (status >= 0)
            return status;
    }
    transfers_tick(e->transfers);
    channel_watch(e, !sender_flush(&e->out));
    return transfers_blind(e->transfers) ? EGRESS_EXIT_BLIND : -1;
}

static int egress_loop(struct egress *e)
{
    struct epoll_event want = { .events = EPOLLIN, .data.fd = e->channel };
    if (epoll_ctl(e->epoll, EPOLL_CTL_ADD, e->channel, &want))
        return EGRESS_EXIT_BROKEN;
    sender_init(&e->out, e->channel);
    e->transfers = transfers_new(e->epoll, e->plan->extra_ca, &e->out);
    if (!e->transfers)
        return EGRESS_EXIT_BROKEN;
    sender_hail(&e->out, MESSAGE_STARTED);
    channel_watch(e, !sender_flush(&e->out));
    if (e->plan->ready)
        e->plan->ready();
    int status;
    do {
        status = egress_turn(e);
        if (transfers_forget(e->transfers))
            wipe_stack();
    } while (status < 0);
    sender_clear(&e->out);
    transfers_free(e->transfers);
    return status;
}

int egress_main(int channel, const struct egress_plan *plan)
{
    signal(SIGPIPE, SIG_IGN);
    struct egress *e = calloc(1, sizeof *e);
    if (!e || curl_global_init(CURL_GLOBAL_DEFAULT))
        abort();
    e->plan = plan;
    e->channel = channel;
    e->epoll = epoll_create1(EPOLL_CLOEXEC);
    int status = e->epoll < 0 ? EGRESS_EXIT_BROKEN : egress_loop(e);
    if (e->epoll >= 0)
        close(e->epoll);
    wipe(e, sizeof *e);
    free(e);
    curl_global_cleanup();
    return status;
}
