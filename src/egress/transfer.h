/* transfer.h: requests to providers over libcurl: all of them in one thread, on one epoll. */
#ifndef VOW_EGRESS_TRANSFER_H
#define VOW_EGRESS_TRANSFER_H

#include "sender.h"

struct transfers;

/* Sockets are registered with `epoll`, their number as data; `extra_ca` (may be NULL) as in
   egress_main, not copied. NULL when libcurl cannot start. */
struct transfers *transfers_new(int epoll, const char *extra_ca, struct sender *out);
void transfers_free(struct transfers *all);

/* What core says. False: unexpected (an id used twice, a body longer than announced, a message for
   a request that never began). Messages for requests that have ended are ignored. */
MUST_USE bool transfers_begin(struct transfers *all, uint64_t id, const struct message_begin *in);
MUST_USE bool transfers_body(struct transfers *all, uint64_t id, const char *at, size_t n);
MUST_USE bool transfers_credit(struct transfers *all, uint64_t id, uint64_t bytes);
MUST_USE bool transfers_cancel(struct transfers *all, uint64_t id);

/* Forgets all requests without a word; ids start anew. */
void transfers_reset(struct transfers *all);

/* A registered socket is ready (EPOLLIN, EPOLLOUT ...). */
void transfers_ready(struct transfers *all, int fd, uint32_t events);

/* Does what is due: timers, deadlines, further attempts, ends. */
void transfers_tick(struct transfers *all);

/* Whether names can no longer be resolved because the resolver's configuration is a new file, which
   this process may not read. */
bool transfers_blind(const struct transfers *all);

/* Wipes what has been answered, after core was told. Whether requests have ended since this was
   last asked: nothing of theirs is needed any more. */
bool transfers_forget(struct transfers *all);

/* How long epoll may wait, in ms; -1 for ever. */
int transfers_timeout(const struct transfers *all);

#endif
