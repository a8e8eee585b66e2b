/* zones.c: the zones of a folder, each read when it is first asked for. */
#include "zone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 65536, NAME_MAX_LENGTH = 64 };

struct cached {
    struct cached *next;
    struct zone *zone;
    char name[NAME_MAX_LENGTH + 1];
};

struct zones {
    char *dir;
    pthread_mutex_t lock;
    struct cached *first;
};

struct zones *zones_new(const char *dir)
{
    struct zones *zones = calloc(1, sizeof *zones);
    if (!zones)
        abort();
    zones->dir = strdup(dir ? dir : "/usr/share/zoneinfo");
    if (!zones->dir)
        abort();
    pthread_mutex_init(&zones->lock, NULL);
    return zones;
}

void zones_free(struct zones *zones)
{
    if (!zones)
        return;
    for (struct cached *c = zones->first, *next; c; c = next) {
        next = c->next;
        zone_free(c->zone);
        free(c);
    }
    pthread_mutex_destroy(&zones->lock);
    free(zones->dir);
    free(zones);
}

/* Names are paths below the folder: nothing that could lead out of it, and no hidden file. */
static bool name_is_plain(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t n = strspn(name, allowed);
    return n && !name[n] && n <= NAME_MAX_LENGTH && name[0] != '/' && name[n - 1] != '/' &&
           !strstr(name, "//");
}

static struct zone *zone_load(const char *dir, const char *name)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    unsigned char *bytes = malloc(FILE_MAX);
    if (!bytes)
        abort();
    size_t n = 0;
    ssize_t got;
    while (n < FILE_MAX &&
           ((got = read(fd, bytes + n, FILE_MAX - n)) > 0 || (got < 0 && errno == EINTR)))
        n += got > 0 ? (size_t)got : 0;
    close(fd);
    struct zone *z = n < FILE_MAX ? zone_read(bytes, n) : NULL;
    free(bytes);
    return z;
}

static struct cached *cached_find(struct zones *zones, const char *name)
{
    for (struct cached *c = zones->first; c; c = c->next)
        if (!strcmp(c->name, name))
            return c;
    return NULL;
}

const struct zone *zone_find(struct zones *zones, const char *name)
{
    if (!name || !name_is_plain(name))
        return NULL;
    pthread_mutex_lock(&zones->lock);
    struct cached *c = cached_find(zones, name);
    struct zone *z = c ? c->zone : zone_load(zones->dir, name);
    if (!c && z) {
        c = calloc(1, sizeof *c);
        if (!c)
            abort();
        strcpy(c->name, name);
        c->zone = z;
        c->next = zones->first;
        zones->first = c;
    }
    pthread_mutex_unlock(&zones->lock);
    return z;
}
