/* sender.h: messages on their way from egress to core, sent in batches. */
#ifndef VOW_EGRESS_SENDER_H
#define VOW_EGRESS_SENDER_H

#include "message.h"

struct packet;

struct sender {
    int channel;
    uint64_t session;
    struct packet *first, *last;
};

void sender_init(struct sender *s, int channel);

/* Queues a message of the session; text is copied, joined with what waits already for the same
   request, and split between code points as needed. */
void sender_hail(struct sender *s, enum message_kind kind); /* STARTED or WELCOME */
void sender_text(struct sender *s, uint64_t request, const char *text, size_t n);
void sender_scanned(struct sender *s, int64_t found);
void sender_end(struct sender *s, uint64_t request, const struct egress_end *end);

/* Sends what the channel takes; true when nothing is left. */
bool sender_flush(struct sender *s);

/* Drops what is queued. */
void sender_clear(struct sender *s);

#endif
