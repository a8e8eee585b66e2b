/* process.h: the supervisor and its children, all from one binary.

   The supervisor makes the listening socket and the channel between the children, starts both,
   and starts whichever dies again; it keeps both ends of the channel and the listening socket, so
   neither connections that wait to be accepted nor the other child notice. With the databases on a
   server there is a third child, the relay (relay.h), which begins and ends with core: they talk
   over a pair of their own. The supervisor reads no data, holds no keys and prints nothing: what
   there is to say goes to the plan's callbacks. Core inherits its environment; egress and the relay
   get variables named VOW_EGRESS_... and a few harmless ones only. */
#ifndef VOW_PROCESS_H
#define VOW_PROCESS_H

#include "base/base.h"

#include <signal.h>

/* What a child finds open besides standard input (/dev/null), output and error. */
enum process_fd {
    PROCESS_LISTEN = 3,  /* core: the listening TCP socket, non-blocking */
    PROCESS_CHANNEL = 4, /* core, egress: their end of the SOCK_SEQPACKET channel; the relay: its
                            end of the one with core */
    PROCESS_READY = 5,   /* all: see process_ready */
    PROCESS_MEMORY = 6,  /* core: the supervisor's memory, for reading, so that a check can look */
    PROCESS_MAPS = 7,    /* core: where in it there is something; see memory.h */
    PROCESS_RELAYED = 8, /* core: its end of the channel with the relay, when there is one */
};

/* A child that ends with this status has said itself, in one sentence, why it cannot serve (a
   wrong key, say). When it was never ready, the supervisor ends with the same status instead of
   starting it again. EX_CONFIG of sysexits.h. */
enum { PROCESS_REFUSED = 78 };

/* Flags by which main() recognises the children: argv[1]. */
#define PROCESS_CORE "--core"
#define PROCESS_EGRESS "--egress"
#define PROCESS_RELAY "--relay"

enum supervisor_event {
    SUPERVISOR_READY,     /* core takes connections; `text` is "ADDRESS:PORT"; comes again each
                             time core was restarted */
    SUPERVISOR_RESTARTED, /* a child died and is started again; `text` says which and why */
    SUPERVISOR_OPEN,      /* the kernel does not enforce a control on the supervisor itself; `text`
                             is its name and why; once each, at the start */
    SUPERVISOR_GAVE_UP,   /* a child keeps dying before it is ready; one sentence */
};

struct supervisor_plan {
    const char *address;            /* numeric IPv4 or IPv6 */
    uint16_t port;                  /* 0: a free one */
    const char *const *core_args;   /* behind PROCESS_CORE; ends with NULL; NULL is none */
    const char *const *egress_args; /* behind PROCESS_EGRESS */
    const char *const *relay_args;  /* behind PROCESS_RELAY; NULL: there is none */
    const char *program;            /* NULL: this program, /proc/self/exe */
    int grace_ms;                   /* between SIGTERM and SIGKILL when stopping; 0: 10 s */
    void (*event)(void *user, enum supervisor_event event, const char *text); /* may be NULL */
    void *user;
};

/* Serves until one of the signals of process_stops, then stops core (so that it can finish what it
   has begun) and then egress. Returns the exit status for main: 0 after a stop that was asked for,
   1 when it could not start or gave up (the event SUPERVISOR_GAVE_UP says why), PROCESS_REFUSED as
   above. Must be called before the program has threads. Blocks those signals and SIGCHLD. */
int supervisor_run(const struct supervisor_plan *plan);

/* The signals that ask to stop: SIGTERM, SIGINT and, unless whoever started the program ignores it
   (nohup), SIGHUP. */
void process_stops(sigset_t *ret);

/* In a child, first thing: asks to be killed with the supervisor, takes its name (at most 15
   bytes) for ps and top, and checks that the descriptors above are there. The supervisor has
   unblocked its signals and given it a process group of its own, so that the terminal's Ctrl-C
   reaches the supervisor alone. False: not started by a supervisor. */
MUST_USE bool process_child(const char *name);

/* In a child: tells the supervisor, once, that it is ready to serve. Closes PROCESS_READY. */
void process_ready(void);

/* Makes a listening TCP socket (non-blocking, SO_REUSEADDR) and says its port. On failure `why`
   holds one sentence. */
MUST_USE bool process_listen(const char *address, uint16_t port, char why[200], int *fd,
                             uint16_t *ret);

#endif
