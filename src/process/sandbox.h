/* sandbox.h: giving up what a process does not need, and knowing what the kernel enforces.

   Every function takes what it can get: on a kernel without a feature the others still hold, and
   the report names the one that is absent. Nothing is ever assumed. Call before the first thread
   is made (namespaces and Landlock hold for threads made later). Sanitizer builds leave out what
   sanitizers cannot live with, and say so in the report. */
#ifndef VOW_SANDBOX_H
#define VOW_SANDBOX_H

#include "base/base.h"

enum { SANDBOX_CONTROLS = 12 };

struct sandbox_control {
    const char *name; /* "user", "no_new_privileges", "no_core_dump", "no_trace", "capabilities",
                         "network_namespace", "landlock_files", "landlock_network",
                         "landlock_scope", "seccomp" */
    bool enforced;
    char text[160]; /* what it means here, or why it is absent */
};

struct sandbox_report {
    size_t count;
    struct sandbox_control control[SANDBOX_CONTROLS];
};

struct sandbox_core {
    const char *data;             /* folder that may be read and written; must exist */
    const char *const *read_only; /* files and folders that may be read (zone data, web pages,
                                     certificate, key); ends with NULL; absent ones are skipped */
    const char *const
        *read_write; /* further ones that may be written; ends with NULL; may be NULL */
    int relay;       /* channel to it, for relay_listen */
    size_t relays;   /* ports to make for it; 0: no relay, no network at all */
    uint16_t *ports; /* they are told here; all 0 when they could not be made, or not in a network
                        namespace of its own, where nobody else reaches them: no relay then */
};

/* core: no outgoing connection by any family but to the relay's ports, no program started, no other
   process looked into, only the given files. What fails or is missing is in the report; true when
   all is enforced. */
bool sandbox_core(const struct sandbox_core *in, struct sandbox_report *ret);

/* egress: connections out, but none in; reads certificates, resolver files and shared libraries
   only, writes nothing; becomes nobody when it was root. Also limits it to reading the certificate
   file or folder `extra_ca` when given. */
bool sandbox_egress(const char *extra_ca, struct sandbox_report *ret);

/* relay: connections out, but none in but those it was given; reads resolver files, writes
   nothing; becomes nobody when it was root. */
bool sandbox_relay(struct sandbox_report *ret);

/* supervisor: no core dumps, not traceable, no new privileges, and none of the system calls that
   neither it nor its children ever need. */
bool sandbox_supervisor(struct sandbox_report *ret);

/* The control of that name; NULL when the report has none. */
const struct sandbox_control *sandbox_control(const struct sandbox_report *in, const char *name);

enum sandbox_act {
    SANDBOX_OPEN_INET,     /* a TCP socket (possible in core with a relay) */
    SANDBOX_OPEN_DATAGRAM, /* a UDP socket */
    SANDBOX_CONNECT,       /* connect() to a listening loopback socket */
    SANDBOX_LISTEN,        /* take connections on a new port */
    SANDBOX_EXECUTE,       /* execve("/bin/true") */
    SANDBOX_TRACE,         /* look into another process */
    SANDBOX_READ_OUTSIDE,  /* read /etc/passwd */
    SANDBOX_WRITE_OUTSIDE, /* make a file beside the data folder */
    SANDBOX_WRITE_DATA,    /* make a file in the data folder (must be possible in core) */
    SANDBOX_DUMP,          /* whether a crash could leave a core file */
    SANDBOX_ACTS
};

struct sandbox_probe {
    bool possible[SANDBOX_ACTS];
};

/* "execute", "read_outside" ... */
const char *sandbox_act_name(enum sandbox_act act);

/* Makes a throw-away child that enters the sandbox of core (or of egress when `core` is NULL; its
   `relay` and `ports` may be unset, the child has its own) and then really attempts each act; says
   what turned out to be possible. False: the child could not be run, nothing is known. The calling
   process may have threads, but must itself still be allowed to fork: `vow prove` runs it, not
   core. */
MUST_USE bool sandbox_probe(const struct sandbox_core *core, struct sandbox_probe *ret);

#endif
