/* arena.c: a chain of blocks, bump allocation, wiped at reset. */
#include "arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(at, n) ASAN_POISON_MEMORY_REGION((at), (n))
#define UNPOISON(at, n) ASAN_UNPOISON_MEMORY_REGION((at), (n))
#else
#define POISON(at, n) ((void)0)
#define UNPOISON(at, n) ((void)0)
#endif

enum { ALIGN = 16, FIRST = 8192 - 64, KEEP = 65536, STACK = 48 << 10 };

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    size_t clean; /* up to here the bytes that are not handed out are zero */
    _Alignas(16) unsigned char bytes[];
};

static struct arena_block *block_new(size_t size)
{
    struct arena_block *b = malloc(sizeof(struct arena_block) + size);
    if (!b)
        abort();
    b->next = NULL;
    b->size = size;
    b->used = b->clean = 0;
    POISON(b->bytes, size);
    return b;
}

static void block_wipe(struct arena_block *b)
{
    UNPOISON(b->bytes, b->size);
    wipe(b->bytes, b->used);
    b->clean = b->clean > b->used ? b->clean : b->used;
    b->used = 0;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 4)
        abort();
    size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (!need)
        need = ALIGN;
    if (!a->block || a->block->size - a->block->used < need) {
        size_t next = a->block ? a->block->size * 2 : FIRST;
        if (next > 1 << 20)
            next = 1 << 20;
        struct arena_block *b = block_new(need > next ? need : next);
        b->next = a->block;
        a->block = b;
    }
    struct arena_block *block = a->block;
    unsigned char *at = block->bytes + block->used, *clean = block->bytes + block->clean;
    UNPOISON(at, need);
    block->used += need;
    a->used += need;
    if (at + need > clean) {
        unsigned char *from = at > clean ? at : clean;
        memset(from, 0, (size_t)(at + need - from));
    }
    POISON(at + size, need - size);
    return at;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        abort();
    return arena_alloc(a, total);
}

void *arena_copy(struct arena *a, const void *from, size_t n)
{
    void *to = arena_alloc(a, n);
    if (n)
        memcpy(to, from, n);
    return to;
}

char *arena_text(struct arena *a, const char *from, size_t n)
{
    char *to = arena_alloc(a, n + 1);
    if (n)
        memcpy(to, from, n);
    return to;
}

char *arena_string(struct arena *a, const char *from)
{
    return from ? arena_text(a, from, strlen(from)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
    char first[256]; /* most fit, and are printed once */
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(first, sizeof first, format, args);
    if (n < 0)
        abort();
    char *to = arena_alloc(a, (size_t)n + 1);
    if ((size_t)n < sizeof first)
        memcpy(to, first, (size_t)n);
    else
        vsnprintf(to, (size_t)n + 1, format, again);
    va_end(again);
    return to;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *to = arena_vprintf(a, format, args);
    va_end(args);
    return to;
}

void arena_reset(struct arena *a)
{
    struct arena_block *keep = NULL;
    for (struct arena_block *b = a->block, *next; b; b = next) {
        next = b->next;
        block_wipe(b);
        if (!keep && b->size <= KEEP)
            keep = b;
        else
            free(b);
    }
    if (keep) {
        keep->next = NULL;
        POISON(keep->bytes, keep->size);
    }
    a->block = keep;
    a->used = 0;
}

void arena_done(struct arena *a)
{
    for (struct arena_block *b = a->block, *next; b; b = next) {
        next = b->next;
        block_wipe(b);
        free(b);
    }
    *a = (struct arena){ 0 };
}

void wipe(void *at, size_t n)
{
    if (n)
        explicit_bzero(at, n);
}

__attribute__((noinline)) void wipe_stack(void)
{
    unsigned char below[STACK];
    wipe(below, sizeof below);
}
