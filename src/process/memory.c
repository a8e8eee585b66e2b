/* memory.c: reading /proc/PID/mem piece by piece. */
#include "memory.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };
#define RANGE_MAX (UINT64_C(1) << 34)

struct scan {
    memory_counter *count;
    void *with;
    size_t overlap;
    int mem;
    char *piece;
};

/* Pieces overlap, so that each place is seen once. What cannot be read (a guard, a device) is
   skipped. */
static size_t range_scan(const struct scan *s, uint64_t from, uint64_t to)
{
    size_t found = 0;
    while (to > from && to - from > s->overlap) {
        size_t len = to - from < PIECE ? (size_t)(to - from) : PIECE;
        ssize_t got = pread(s->mem, s->piece, len, (off_t)from);
        if (got <= (ssize_t)s->overlap) {
            from = (from | 4095) + 1;
            continue;
        }
        found += s->count(s->with, s->piece, (size_t)got);
        from += (uint64_t)got - s->overlap;
    }
    return found;
}

/* The piece holds copies of what was read before: they do not count. */
static size_t own_range_scan(const struct scan *s, uint64_t from, uint64_t to)
{
    uint64_t piece = (uint64_t)(uintptr_t)s->piece, end = piece + PIECE;
    if (end <= from || piece >= to)
        return range_scan(s, from, to);
    return range_scan(s, from, piece) + range_scan(s, end, to);
}

static bool maps_scan(const struct scan *s, FILE *maps, bool own, size_t *ret)
{
    char line[4200];
    size_t found = 0;
    while (fgets(line, sizeof line, maps)) {
        char *end;
        uint64_t from = strtoull(line, &end, 16);
        uint64_t to = strtoull(end + 1, &end, 16);
        bool real = to - from < RANGE_MAX; /* a sanitizer's shadow is not memory anybody wrote */
        if (real && end[1] == 'r' && end[2] == 'w' && !strstr(line, "[v"))
            found += (own ? own_range_scan : range_scan)(s, from, to);
    }
    *ret = found;
    return !ferror(maps);
}

bool memory_view_open(struct memory_view *ret)
{
    struct memory_view v = { .mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), .own = true };
    if (v.mem < 0)
        return false;
    v.maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (v.maps < 0) {
        int problem = errno;
        close(v.mem);
        errno = problem;
        return false;
    }
    *ret = v;
    return true;
}

void memory_view_close(struct memory_view *v)
{
    if (v->mem > 0) {
        close(v->mem);
        close(v->maps);
    }
    *v = (struct memory_view){ 0 };
}

bool memory_view_scan(const struct memory_view *v, size_t overlap, memory_counter *count,
                      void *with, size_t *ret)
{
    struct scan s = { .count = count, .with = with, .overlap = overlap, .mem = v->mem };
    assert(overlap < PIECE / 2);
    int fd = v->mem > 0 && !lseek(v->maps, 0, SEEK_SET) ? dup(v->maps) : -1;
    FILE *maps = fd < 0 ? NULL : fdopen(fd, "re");
    if (!maps)
        return false;
    s.piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s.piece == MAP_FAILED)
        abort();
    bool done = maps_scan(&s, maps, v->own, ret);
    fclose(maps);
    wipe(s.piece, PIECE);
    munmap(s.piece, PIECE);
    return done;
}
