/* floor.c: remembers, beside the database, what a checkpoint relies on.

   The file is not synced: it is there for damage that meets a killed process, and without it a
   damaged WAL is only noticed less often. */
#include "vault.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool floor_path(const char *path, size_t n, char ret[PATH_MAX])
{
    return snprintf(ret, PATH_MAX, "%.*s-floor", (int)n, path) < PATH_MAX;
}

void floor_put(struct vault *v, struct page_cipher *c)
{
    char path[PATH_MAX];
    uint8_t note[NOTE], sealed[NOTE + SEAL_ADDED];
    int64_t frames = v->synced;
    pthread_mutex_lock(&v->lock);
    memcpy(note, v->salts, SALTS);
    pthread_mutex_unlock(&v->lock);
    memcpy(note + SALTS, &frames, sizeof frames);
    note_seal(c, note, sealed);
    if (!floor_path(v->path, strlen(v->path), path))
        return;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    sealed_give(fd, path);
    /* A part of it does not open, which is as good as none. */
    if (pwrite(fd, sealed, sizeof sealed, 0) != (ssize_t)sizeof sealed)
        unlink(path);
    close(fd);
}

int64_t floor_get(const struct vault *v, struct page_cipher *c, const uint8_t salts[SALTS])
{
    char path[PATH_MAX];
    uint8_t note[NOTE], sealed[NOTE + SEAL_ADDED];
    if (!floor_path(v->path, strlen(v->path), path))
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    bool whole = pread(fd, sealed, sizeof sealed, 0) == (ssize_t)sizeof sealed;
    close(fd);
    if (!whole || !note_open(c, sealed, note) || memcmp(note, salts, SALTS) != 0)
        return 0;
    int64_t frames;
    memcpy(&frames, note + SALTS, sizeof frames);
    return frames;
}

void floor_remove(const char *path, size_t n)
{
    char floor[PATH_MAX];
    if (floor_path(path, n, floor))
        unlink(floor);
}
