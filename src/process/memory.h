/* memory.h: looking for a text in the memory of a running process, from outside or from within.

   Children of the supervisor hide their memory from other processes of the same user, so that only
   root may look from outside. Each of them can open a view of itself before it hides. */
#ifndef VOW_MEMORY_H
#define VOW_MEMORY_H

#include "base/base.h"

#include <sys/types.h>

/* How often the `n` bytes stand in the writable memory of the process: heap, data and stacks. False
   with errno when it may not be looked at or is gone; then nothing is known. */
MUST_USE bool memory_count(pid_t pid, const void *needle, size_t n, size_t *ret);

/* The same with a counter of one's own, for what must not be spelled out: it gets pieces that
   overlap by `overlap` bytes and counts what lies whole in each. */
typedef size_t memory_counter(void *with, const void *piece, size_t n);

/* A way into a process's memory that stays open, whatever the process gives up later. */
struct memory_view {
    int mem, maps; /* descriptors; 0: there is none */
    bool own;      /* of the process that looks: then the scanner passes over its own buffer */
};

/* One's own; for reading alone. False with errno. */
MUST_USE bool memory_view_open(struct memory_view *ret);
void memory_view_close(struct memory_view *v);
MUST_USE bool memory_view_scan(const struct memory_view *v, size_t overlap, memory_counter *count,
                               void *with, size_t *ret);

enum { MEMORY_FAMILY = 64 };

/* The process, its children and theirs, as far as they are programs of the same file; returns how
   many, at most MEMORY_FAMILY. For the pid of a supervisor: itself, core and egress. */
size_t memory_family(pid_t pid, pid_t ret[MEMORY_FAMILY]);

#endif
