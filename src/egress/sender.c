/* sender.c: a queue of packets, given to the kernel many at a time. */
#include "sender.h"

#include "base/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 16, TEXT_ROOM = 1000 };

struct packet {
    struct packet *next;
    struct message message;
    size_t room; /* bytes of payload */
    char payload[];
};

void sender_init(struct sender *s, int channel)
{
    *s = (struct sender){ .channel = channel };
}

static struct packet *packet_add(struct sender *s, enum message_kind kind, uint64_t request,
                                 size_t room)
{
    struct packet *p = calloc(1, sizeof *p + room);
    if (!p)
        abort();
    p->room = room;
    p->message.head = (struct message_head){ kind, 0, s->session, request };
    p->message.payload = p->payload;
    if (s->last)
        s->last->next = p;
    else
        s->first = p;
    s->last = p;
    return p;
}

static void packet_drop(struct sender *s)
{
    struct packet *p = s->first;
    s->first = p->next;
    if (!s->first)
        s->last = NULL;
    wipe(p, sizeof *p + p->message.head.payload);
    free(p);
}

void sender_hail(struct sender *s, enum message_kind kind)
{
    packet_add(s, kind, 0, 0);
}

void sender_scanned(struct sender *s, int64_t found)
{
    packet_add(s, MESSAGE_SCANNED, 0, 0)->message.fixed.scanned.found = found;
}

/* A packet that takes `n` more bytes of text: the last of the queue, or a new one. */
static struct packet *text_packet(struct sender *s, uint64_t request, size_t n)
{
    struct packet *p = s->last;
    if (p && p->message.head.kind == MESSAGE_TEXT && p->message.head.request == request &&
        p->room - p->message.head.payload >= n)
        return p;
    size_t room = n > TEXT_ROOM ? MESSAGE_PAYLOAD : TEXT_ROOM;
    return packet_add(s, MESSAGE_TEXT, request, room);
}

void sender_text(struct sender *s, uint64_t request, const char *text, size_t n)
{
    while (n) {
        size_t piece = n < MESSAGE_PAYLOAD ? n : MESSAGE_PAYLOAD;
        while (piece < n && ((unsigned char)text[piece] & 0xC0) == 0x80)
            piece--;
        struct packet *p = text_packet(s, request, piece);
        memcpy(p->payload + p->message.head.payload, text, piece);
        p->message.head.payload += (uint32_t)piece;
        text += piece;
        n -= piece;
    }
}

void sender_end(struct sender *s, uint64_t request, const struct egress_end *end)
{
    struct packet *p = s->last; /* text that still waits goes along */
    if (!p || p->message.head.kind != MESSAGE_TEXT || p->message.head.request != request)
        p = packet_add(s, MESSAGE_END, request, 0);
    p->message.head.kind = MESSAGE_END;
    p->message.fixed.end = *end;
}

bool sender_flush(struct sender *s)
{
    while (s->first) {
        struct mmsghdr batch[BATCH] = { 0 };
        struct iovec part[BATCH][3];
        unsigned n = 0;
        for (struct packet *p = s->first; p && n < BATCH; p = p->next, n++) {
            batch[n].msg_hdr.msg_iov = part[n];
            batch[n].msg_hdr.msg_iovlen = (size_t)message_parts(&p->message, part[n]);
        }
        int sent = sendmmsg(s->channel, batch, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
            sender_clear(s);
        if (sent <= 0)
            return !s->first;
        while (sent-- && s->first)
            packet_drop(s);
    }
    return true;
}

void sender_clear(struct sender *s)
{
    while (s->first)
        packet_drop(s);
}
