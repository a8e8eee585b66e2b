/* memory.h: looking for a text in the memory of a running process, from within.

   Children of the supervisor hide their memory from other processes of the same user; each of them
   can open a view of itself before it hides. */
#ifndef VOW_MEMORY_H
#define VOW_MEMORY_H

#include "base/base.h"

/* Counts what it looks for: it gets pieces that overlap by `overlap` bytes and counts what lies
   whole in each. */
typedef size_t memory_counter(void *with, const void *piece, size_t n);

/* A way into a process's memory that stays open, whatever the process gives up later. */
struct memory_view {
    int mem, maps; /* descriptors; 0: there is none */
    bool own;      /* of the process that looks: then the scanner passes over its own buffer */
};

/* One's own; for reading alone. False with errno. */
MUST_USE bool memory_view_open(struct memory_view *ret);
void memory_view_close(struct memory_view *v);

/* What the counter counts in the writable memory of the process: heap, data and stacks. False with
   errno when it may not be looked at or is gone; then nothing is known. */
MUST_USE bool memory_view_scan(const struct memory_view *v, size_t overlap, memory_counter *count,
                               void *with, size_t *ret);

#endif
