/* relay.h: the one way out of core: bytes between a port of its own loopback and one address.

   Core has no network. With its databases on a server it needs a connection to that server and to
   nothing else, so a process of its own, which the supervisor starts and which never had keys and
   data, carries bytes between a port of core's loopback and the address that the operator named.
   What goes through is encrypted from end to end but for a local socket. A connection to a local
   socket leads nowhere else, whatever is done with it; so it is not carried but handed over. One to
   an address never is: who has such a socket could connect it to another one. */
#ifndef VOW_RELAY_H
#define VOW_RELAY_H

#include "base/base.h"

enum { RELAY_TARGETS = 8 };

struct relay_target {
    const char *host; /* name, numeric address, or the folder of PostgreSQL's socket ("/run/…") */
    uint16_t port;
    int trouble; /* of the relay, atomically: what was told last; begins as 0 */
};

/* In the relay, in its sandbox: takes from PROCESS_CHANNEL the ports that relay_listen made,
   carries bytes until core is gone (0) or something fails (1), and returns the exit status. The
   targets are the caller's and must outlive the process's threads. `tell` hears, from any thread,
   why a target cannot be reached: once until that changes. */
typedef void relay_tell(const struct relay_target *target, const char *why);
int relay_run(struct relay_target *targets, size_t count, relay_tell *tell);

/* Makes one listening port per target on the loopback of the network namespace that the caller is
   in now, and hands them to the relay over `channel`, whose end of file says that the relay is
   gone. False with errno. */
MUST_USE bool relay_listen(int channel, size_t count, uint16_t *ports);

/* Whether the relay at the other end of `channel` is gone. */
bool relay_gone(int channel);

/* What the relay hands over to core by way of `channel`. */
struct relay_way;
struct relay_way *relay_way_new(int channel);
void relay_way_free(struct relay_way *way);

/* Waits for the next connection to be handed over, and keeps it for whoever takes it; false when
   the relay is gone. For a thread of its own. */
MUST_USE bool relay_way_next(struct relay_way *way);

/* Makes of `fd`, a connection to a port whose target is a local socket, the connection to that;
   waits for it, at most 10 seconds. False when there is none. `way` is a struct relay_way. */
MUST_USE bool relay_way_take(void *way, int fd);

#endif
