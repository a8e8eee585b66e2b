/* wiping_free.c: every block of memory of the process is overwritten when it is given back.

   free and realloc of the executable stand before the C library's for every library that it loads
   too; the memory itself stays glibc's, whose own names are __libc_free and __libc_malloc.
   Sanitizer builds keep their allocators, which poison what is given back. */
#include "sanitized.h"

#if !SANITIZED

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void __libc_free(void *at);

/* Never inlined: the caller knows how much it asked for, and the fortified explicit_bzero would
   take the usable size, which may be more, for an overflow. The C library's prototypes carry
   attributes about errno and sizes that hold here too. */
__attribute__((noinline)) void free(void *at)
{
    if (!at)
        return;
    explicit_bzero(at, malloc_usable_size(at));
    __libc_free(at);
}

/* Growing may move the block, and glibc would leave the old one as it was. */
__attribute__((noinline)) void *realloc(void *at, size_t size)
{
    if (!at)
        return malloc(size);
    if (!size) {
        free(at);
        return NULL;
    }
    size_t has = malloc_usable_size(at);
    if (size <= has && size >= has / 2)
        return at;
    void *to = malloc(size);
    if (!to)
        return NULL;
    memcpy(to, at, has < size ? has : size);
    free(at);
    return to;
}

#endif
