/* vault.c: the list of sealed files that this process has open, with their keys and locks. */
#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct vault *list;

static void vault_free(struct vault *v)
{
    if (v->lock_fd >= 0)
        close(v->lock_fd);
    page_keys_wipe(&v->keys);
    pthread_mutex_destroy(&v->lock);
    free(v->path);
    free(v);
}

static struct vault *list_find(const char *path, size_t n)
{
    for (struct vault *v = list; v; v = v->next) {
        if (strncmp(v->path, path, n) == 0 && !v->path[n])
            return v;
    }
    return NULL;
}

/* Locks the file against other processes. The name may have moved to another file between open
   and lock, and a lock on a file without name protects nothing. */
static bool file_claim(struct vault *v, struct error *err)
{
    struct stat held, named;
    v->lock_fd =
        open(v->path, v->fresh ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0600);
    if (v->lock_fd < 0 && errno == ENOENT)
        return error_set(err, NOT_FOUND, "The database %s is missing.", v->path);
    if (v->lock_fd < 0 && (errno == ENOSPC || errno == EDQUOT))
        return error_set(err, STORAGE_FULL, NULL);
    if (v->lock_fd < 0 || fstat(v->lock_fd, &held) != 0)
        return error_set(err, INTERNAL, "The database %s cannot be opened: %s.", v->path,
                         strerror(errno));
    if (flock(v->lock_fd, LOCK_EX | LOCK_NB) != 0 || stat(v->path, &named) != 0 ||
        held.st_ino != named.st_ino || held.st_dev != named.st_dev)
        return error_set(err, UNAVAILABLE, "Another process has the database %s open.", v->path);
    return true;
}

static bool vault_look(struct vault *v, struct error *err)
{
    if (!file_claim(v, err))
        return false;
    if (!v->fresh)
        return vault_examine(v, err);
    /* What an earlier attempt may have left there was never given out as a database. */
    if (ftruncate(v->lock_fd, 0) != 0)
        return error_set(err, INTERNAL, "The database %s cannot be written.", v->path);
    return true;
}

static struct vault *vault_new(const char *path, const struct secret_key *key, struct id id,
                               bool fresh)
{
    struct vault *v = calloc(1, sizeof *v);
    if (!v || !(v->path = strdup(path)))
        abort();
    v->id = id;
    v->fresh = fresh;
    v->lock_fd = -1;
    pthread_mutex_init(&v->lock, NULL);
    page_keys_make(key, &v->keys);
    return v;
}

/* With the list's lock: a file that is open already takes another user who has the same key. */
static bool vault_join(struct vault *v, const struct vault *like, struct error *err)
{
    if (v->fresh || like->fresh)
        return error_set(err, ALREADY_EXISTS, "The database %s is being made.", v->path);
    if (!secret_key_equal(&v->keys.pages, &like->keys.pages) || !id_equal(v->id, like->id))
        return error_set(err, INTERNAL, "The database %s is open with another key or id.", v->path);
    v->refs++;
    return true;
}

bool vault_hold(const char *path, const struct secret_key *key, struct id id, bool fresh,
                struct vault **ret, struct error *err)
{
    struct vault *v = vault_new(path, key, id, fresh);
    pthread_mutex_lock(&list_lock);
    struct vault *open = list_find(path, strlen(path));
    bool ok = open ? vault_join(open, v, err) : vault_look(v, err);
    if (ok && !open) {
        v->refs = 1;
        v->next = list;
        list = v;
    }
    pthread_mutex_unlock(&list_lock);
    if (open || !ok)
        vault_free(v);
    if (ok)
        *ret = open ? open : v;
    return ok;
}

struct vault *vault_find(const char *path, size_t n)
{
    pthread_mutex_lock(&list_lock);
    struct vault *v = list_find(path, n);
    if (v)
        v->refs++;
    pthread_mutex_unlock(&list_lock);
    return v;
}

void vault_release(struct vault *v)
{
    if (!v)
        return;
    pthread_mutex_lock(&list_lock);
    bool last = --v->refs == 0;
    if (last) {
        struct vault **at = &list;
        while (*at != v)
            at = &(*at)->next;
        *at = v->next;
        /* Under the list's lock, for nobody may claim the file again before this claim ends. */
        vault_free(v);
    }
    pthread_mutex_unlock(&list_lock);
}
