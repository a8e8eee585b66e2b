/* relay.h: the one way out of core: bytes between a port of its own loopback and one address.

   Core has no network. With its databases on a server it needs a connection to that server and to
   nothing else, so a process of its own, without keys and data, carries bytes between a port of
   core's loopback and the address that the operator named. What goes through is encrypted from end
   to end but for a local socket. */
#ifndef VOW_RELAY_H
#define VOW_RELAY_H

#include "base/base.h"

enum { RELAY_TARGETS = 8 };

struct relay_target {
    const char *host; /* name, numeric address, or the folder of PostgreSQL's socket ("/run/…") */
    uint16_t port;
};

/* Starts the process, before anything secret is in memory and before the first thread. `channel`
   is this side's end: its end of file says that the relay is gone. */
MUST_USE bool relay_start(const struct relay_target *targets, size_t count, int *channel);

/* Makes one listening port per target on the loopback of the network namespace that the caller is
   in now, and hands them to the relay. False with errno. */
MUST_USE bool relay_listen(int channel, size_t count, uint16_t *ports);

#endif
