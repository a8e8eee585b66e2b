/* landlock.h: the part of Landlock (landlock(7)) that sandboxes need, over raw system calls, so
   that the features are those of the running kernel and not of the headers we were built with. */
#ifndef VOW_LANDLOCK_H
#define VOW_LANDLOCK_H

#include "base/base.h"

/* Version of the kernel's interface; 0 when it has no Landlock or it is switched off.
   1 files, 2 renaming, 3 truncating, 4 TCP, 5 devices, 6 scopes. */
int landlock_version(void);

/* What may still be done; everything else of the kinds the version knows is refused. */
struct landlock_plan {
    const char *const *read;  /* files and folders; end with NULL; absent ones are skipped */
    const char *const *write; /* the same; read, write, make and remove */
    bool connect;             /* TCP connections out */
    const uint16_t *ports;    /* TCP connections out to these ports only; with `connect` false */
    size_t port_count;
};

/* Restricts this thread and those made later. False with errno. */
MUST_USE bool landlock_restrict(const struct landlock_plan *in);

#endif
