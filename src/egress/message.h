/* message.h: what goes over the channel between core and egress: one message a packet, each a head,
   a fixed part and perhaps a payload, in the machine's own byte order (both ends are one binary).

   A session is one core meeting one egress: core draws its number and says HELLO. Whatever carries
   another session's number is a leftover of a process that died, and is dropped. */
#ifndef VOW_EGRESS_MESSAGE_H
#define VOW_EGRESS_MESSAGE_H

#include "client.h"

#include <sys/socket.h>

enum {
    MESSAGE_PAYLOAD = EGRESS_OFFER_MAX, /* bytes of a payload at most */
    MESSAGE_WINDOW = 256 << 10, /* bytes of text that may be under way to core, per request */
};

struct message_head {
    uint32_t kind;    /* enum message_kind */
    uint32_t payload; /* bytes */
    uint64_t session;
    uint64_t request; /* 0 where a message is not about one */
};

struct message_begin {
    uint32_t dialect, stream, local;
    uint32_t first_byte_ms, total_ms, answer_max, retries;
    uint32_t body; /* bytes, here and in BODY messages that follow */
    char url[EGRESS_URL_MAX];
    char key[EGRESS_KEY_MAX];
};

struct message_credit {
    uint64_t bytes;
};

struct message_scan {
    uint64_t print; /* of a canary: process/canary.h */
};

struct message_scanned {
    int64_t found; /* -1: it could not look */
};

enum message_side { MESSAGE_CORE, MESSAGE_EGRESS };

enum message_kind {
    MESSAGE_NONE,
#define MESSAGE(name, side, fixed, payload) MESSAGE_##name,
#include "messages.def"
#undef MESSAGE
    MESSAGE_KINDS
};

union message_fixed {
    struct message_begin begin;
    struct message_credit credit;
    struct egress_end end;
    struct message_scan scan;
    struct message_scanned scanned;
};

struct message {
    struct message_head head;
    union message_fixed fixed; /* only the kind's part is meaningful */
    const char *payload;       /* in the packet */
};

enum {
    MESSAGE_PACKET = sizeof(struct message_head) + sizeof(union message_fixed) + MESSAGE_PAYLOAD
};

/* Reads a packet of `n` bytes sent by `from`. False when it is not a message of the table from
   that side, has a wrong size, or a text, number or flag in it is out of bounds. */
MUST_USE bool message_read(const void *packet, size_t n, enum message_side from,
                           struct message *ret);

/* The parts of a packet for sendmsg; returns how many of the 3 are used. They point into `in`. */
int message_parts(struct message *in, struct iovec part[3]);

/* Whether a URL or a key can be sent as it is: printable ASCII without space, shorter than `room`.
 */
bool message_plain(const char *text, size_t room);

#endif
