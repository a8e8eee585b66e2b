/* egress.h: the process that may open outgoing connections, and the only one.

   It holds no data and no keys of ours, and stores nothing: a request with its key comes in over
   the channel, goes out to the provider, and is wiped when its last event has been sent back. */
#ifndef VOW_EGRESS_H
#define VOW_EGRESS_H

#include <stdint.h>

/* Exit statuses of the process. */
enum {
    EGRESS_EXIT_CLOSED = 0,      /* nobody is left at the other end of the channel */
    EGRESS_EXIT_UNEXPECTED = 70, /* a message that is not of the table, or out of order */
    EGRESS_EXIT_BROKEN = 71,     /* the system refuses what the process needs */
    EGRESS_EXIT_BLIND = 72,      /* the resolver's configuration was replaced behind Landlock's
                                    back: a new process can read it again */
};

/* How often a canary (by its print) is in the memory of this process; -1 when it cannot be told. */
typedef int64_t egress_scanner(void *with, uint64_t print);

struct egress_plan {
    const char *extra_ca; /* PEM file of further certificate authorities; may be NULL */
    void (*ready)(void);  /* called once, when requests are taken; may be NULL */
    egress_scanner *scan; /* may be NULL: then nothing can be told */
    void *scan_with;
};

/* Serves the channel until its other end is closed; returns the exit status. Besides the system's
   certificate authorities those of the plan are trusted. */
int egress_main(int channel, const struct egress_plan *plan);

#endif
