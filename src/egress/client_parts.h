/* client_parts.h: what a client consists of: client.c reads the channel, request.c has the requests
   under way. */
#ifndef VOW_EGRESS_CLIENT_PARTS_H
#define VOW_EGRESS_CLIENT_PARTS_H

#include "client.h"
#include "message.h"

#include <pthread.h>

enum {
    PACKETS = 8,
    BODY_BATCH = 4, /* packets given to the kernel at once */
    WAIT_MS = 2000, /* for a new egress, and for room in the channel */
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

/* Sends all, waiting for room until then; false when the channel is closed or stays full. */
bool client_packets(struct egress_client *c, struct message *messages, size_t count, int64_t until);

/* Until when a message may wait for room: whoever reads a lent channel must not wait. */
int64_t client_message_until(const struct egress_client *c);
bool client_message(struct egress_client *c, enum message_kind kind, uint64_t session,
                    uint64_t request);

/* Whether a session stands, waiting for one a while; with the lock held. The reading thread cannot
   wait for itself. */
bool client_session_wait(struct egress_client *c, bool patient);

/* For the only request under way: its own thread reads the answer, when it can. */
void client_lend(struct egress_client *c);

/* Ends every request that has passed its limit, or all. */
void requests_end(struct egress_client *c, int64_t now, enum egress_reason reason);

/* Give the request of the message a piece of its answer, and its end. */
void request_text(struct egress_client *c, const struct message *m);
void request_end(struct egress_client *c, const struct message *m);

#endif
