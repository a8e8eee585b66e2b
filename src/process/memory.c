/* memory.c: reading /proc/PID/mem piece by piece. */
#include "memory.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

static int proc_open(const char *pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool view_open(const char *pid, bool own, struct memory_view *ret)
{
    struct memory_view v = { .mem = proc_open(pid, "mem"), .own = own };
    if (v.mem < 0)
        return false;
    v.maps = proc_open(pid, "maps");
    if (v.maps < 0) {
        int problem = errno;
        close(v.mem);
        errno = problem;
        return false;
    }
    *ret = v;
    return true;
}

bool memory_view_open(struct memory_view *ret)
{
    return view_open("self", true, ret);
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

struct needle {
    const void *at;
    size_t n;
};

static size_t needle_count(void *with, const void *piece, size_t len)
{
    const struct needle *needle = with;
    size_t found = 0;
    const char *at = piece, *end = at + len;
    while ((at = memmem(at, (size_t)(end - at), needle->at, needle->n))) {
        found++;
        at++;
    }
    return found;
}

bool memory_count(pid_t pid, const void *needle, size_t n, size_t *ret)
{
    struct needle with = { needle, n };
    struct memory_view v;
    char text[16];
    assert(n > 0);
    snprintf(text, sizeof text, "%d", (int)pid);
    if (!view_open(text, pid == getpid(), &v))
        return false;
    bool done = memory_view_scan(&v, n - 1, needle_count, &with, ret);
    memory_view_close(&v);
    return done;
}

static bool same_program(pid_t a, pid_t b)
{
    char path[64];
    struct stat x, y;
    snprintf(path, sizeof path, "/proc/%d/exe", (int)a);
    if (stat(path, &x))
        return false;
    snprintf(path, sizeof path, "/proc/%d/exe", (int)b);
    return !stat(path, &y) && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

size_t memory_family(pid_t pid, pid_t ret[MEMORY_FAMILY])
{
    size_t count = 0;
    ret[count++] = pid;
    for (size_t i = 0; i < count; i++) {
        char path[80];
        int child;
        snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)ret[i], (int)ret[i]);
        FILE *children = fopen(path, "re");
        while (children && count < MEMORY_FAMILY && fscanf(children, "%d", &child) == 1)
            if (same_program(pid, child))
                ret[count++] = child;
        if (children)
            fclose(children);
    }
    return count;
}
