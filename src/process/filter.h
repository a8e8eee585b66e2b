/* filter.h: which system calls a process may still make (seccomp, by libseccomp). */
#ifndef VOW_FILTER_H
#define VOW_FILTER_H

#include "base/base.h"

enum filter {
    FILTER_CORE,       /* a list of what is allowed: files, memory, threads, sockets it was given */
    FILTER_CORE_RELAY, /* the same with TCP sockets, which only reach the relay */
    FILTER_RELAY,      /* as egress, and local sockets */
    FILTER_EGRESS,     /* as core with sockets of its own, without changing files */
    FILTER_SUPERVISOR, /* a list of what is refused; its children inherit it */
};

/* Enters the filter for all threads; refused calls fail with EPERM. False with errno. */
MUST_USE bool filter_enter(enum filter which);

#endif
