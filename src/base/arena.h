/* arena.h: memory that lives and dies together (one request, one job, one command).

   Allocation never fails: inputs are bounded at the edge, so running out of memory aborts the
   process and the supervisor restarts it. Every block is zeroed when handed out, poisoned under
   AddressSanitizer when not handed out, and wiped at reset, so nothing outlives its request. */
#ifndef VOW_ARENA_H
#define VOW_ARENA_H

#include "base.h"

#include <stdarg.h>

struct arena_block;
struct arena {
    struct arena_block *block; /* newest first */
    size_t used;               /* bytes handed out since the last reset */
};

/* A zeroed struct arena is ready for use; there is no init. */

/* `size` zeroed bytes, aligned for any type. Size 0 gives a unique pointer. */
void *arena_alloc(struct arena *a, size_t size)
    __attribute__((alloc_size(2), malloc, returns_nonnull));

/* `count` zeroed elements of `size` bytes; aborts when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));

/* One zeroed object, or an array of them, of the named type. */
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_many(a, count, type) ((type *)arena_array((a), (count), sizeof(type)))

/* Copies: `n` bytes; `n` bytes plus a terminating NUL; a C string (NULL gives NULL). */
void *arena_copy(struct arena *a, const void *from, size_t n);
char *arena_text(struct arena *a, const char *from, size_t n);
char *arena_string(struct arena *a, const char *from);

char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Wipes everything handed out; keeps one small block for the next request. */
void arena_reset(struct arena *a);

/* Wipes and gives all memory back. The arena is empty and usable again. */
void arena_done(struct arena *a);

/* Overwrites memory in a way that the compiler may not leave out. */
void wipe(void *at, size_t n);

/* Overwrites what functions that have returned left on this thread's stack, as deep as they usually
   go; for threads before they wait for their next work. */
void wipe_stack(void);

#endif
