/* pending.c: slots of 16 KiB, each a length and a sealed record, synced together a little later. */
#include "pending.h"

#include "base/arena.h"
#include "base/wait.h"
#include "crypt/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { SLOT = 16384, HEAD = 4 };

struct pending {
    int fd;
    struct sealer *sealer;
    pthread_t syncer;
    pthread_mutex_t lock;
    pthread_cond_t free, wake;
    bool dirty, stopping;
    size_t count;
    uint16_t free_slot[PENDING_SLOTS];
    uint16_t length[PENDING_SLOTS]; /* of its record; belongs to whoever has the slot */
};

static const struct blob purpose = { "pending receipt 1", 17 };

static void *sync_run(void *with)
{
    struct pending *p = with;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->dirty && !p->stopping)
            pthread_cond_wait(&p->wake, &p->lock);
        if (!p->dirty)
            break;
        p->dirty = false;
        pthread_mutex_unlock(&p->lock);
        fdatasync(p->fd);
        struct timespec until = wait_ms(PENDING_SYNC_MS);
        pthread_mutex_lock(&p->lock);
        while (!p->stopping && pthread_cond_timedwait(&p->wake, &p->lock, &until) != ETIMEDOUT)
            ;
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void sync_ask(struct pending *p)
{
    pthread_mutex_lock(&p->lock);
    bool wake = !p->dirty;
    p->dirty = true;
    pthread_mutex_unlock(&p->lock);
    if (wake)
        pthread_cond_signal(&p->wake);
}

/* The length goes in with the record in one write, which the kernel either has or has not. */
static bool record_write(struct pending *p, int slot, const uint8_t *bytes)
{
    size_t n = HEAD + SEAL_ADDED + p->length[slot];
    bool ok = pwrite(p->fd, bytes, n, (off_t)slot * SLOT) == (ssize_t)n;
    sync_ask(p);
    return ok;
}

/* When the disk refuses that, the next start finds the record again, and its row there. */
static void slot_clear(struct pending *p, int slot)
{
    static const uint8_t zeros[SLOT];
    (void)record_write(p, slot, zeros);
}

/* False when there is nothing in the slot. */
static bool slot_read(struct pending *p, int slot, uint8_t record[PENDING_RECORD_MAX + 1],
                      uint32_t *n, bool *whole)
{
    uint8_t bytes[SLOT];
    ssize_t got = pread(p->fd, bytes, SLOT, (off_t)slot * SLOT);
    *n = 0;
    if (got < HEAD + SEAL_ADDED)
        return false;
    memcpy(n, bytes, HEAD);
    *whole = *n && *n <= PENDING_RECORD_MAX && (size_t)got >= HEAD + SEAL_ADDED + (size_t)*n;
    pthread_mutex_lock(&p->lock);
    *whole = *whole && sealer_open(p->sealer, purpose, bytes + HEAD, *n, record);
    pthread_mutex_unlock(&p->lock);
    return *n;
}

/* Looks at one slot of an earlier process. */
static bool slot_recover(struct pending *p, int slot, pending_found *found, void *with)
{
    uint8_t record[PENDING_RECORD_MAX + 1];
    uint32_t n;
    bool whole;
    if (!slot_read(p, slot, record, &n, &whole))
        return true;
    p->length[slot] = whole ? (uint16_t)n : PENDING_RECORD_MAX;
    bool done = !whole || found(with, (struct blob){ record, n });
    if (done)
        slot_clear(p, slot);
    wipe(record, sizeof record);
    return done;
}

static struct pending *pending_new(int fd, const struct secret_key *key)
{
    struct pending *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->fd = fd;
    p->sealer = sealer_new(key);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->free, NULL);
    wait_init(&p->wake);
    return p;
}

static void pending_free(struct pending *p)
{
    close(p->fd);
    sealer_free(p->sealer);
    pthread_cond_destroy(&p->wake);
    pthread_cond_destroy(&p->free);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

bool pending_open(const char *path, const struct secret_key *key, pending_found *found, void *with,
                  struct pending **ret, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set(err, UNAVAILABLE, "The file of pending receipts cannot be opened");
    if (flock(fd, LOCK_EX | LOCK_NB)) { /* of several nodes, each has a folder of its own */
        close(fd);
        return error_set(err, UNAVAILABLE, "the data folder is in use by another process");
    }
    struct pending *p = pending_new(fd, key);
    for (int slot = PENDING_SLOTS - 1; slot >= 0; slot--)
        if (slot_recover(p, slot, found, with))
            p->free_slot[p->count++] = (uint16_t)slot;
    if (pthread_create(&p->syncer, NULL, sync_run, p)) {
        pending_free(p);
        return error_set(err, UNAVAILABLE, "A thread cannot be started");
    }
    *ret = p;
    return true;
}

void pending_close(struct pending *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->syncer, NULL);
    pending_free(p);
}

static void slot_give(struct pending *p, int slot)
{
    pthread_mutex_lock(&p->lock);
    p->free_slot[p->count++] = (uint16_t)slot;
    pthread_mutex_unlock(&p->lock);
    pthread_cond_signal(&p->free);
}

bool pending_put(struct pending *p, struct blob record, int *ret, struct error *err)
{
    uint8_t bytes[SLOT];
    uint32_t n = (uint32_t)record.len;
    assert(n);
    if (record.len > PENDING_RECORD_MAX)
        return error_set(err, DISCLOSURE_TOO_LARGE, "It would read too many columns at once");
    memcpy(bytes, &n, HEAD);
    pthread_mutex_lock(&p->lock);
    while (!p->count)
        pthread_cond_wait(&p->free, &p->lock);
    int slot = p->free_slot[--p->count];
    sealer_seal(p->sealer, purpose, record.at, n, bytes + HEAD);
    pthread_mutex_unlock(&p->lock);
    p->length[slot] = (uint16_t)n;
    if (record_write(p, slot, bytes)) {
        *ret = slot;
        return true;
    }
    slot_clear(p, slot);
    slot_give(p, slot);
    return error_set(err, STORAGE_FULL, NULL);
}

void pending_each(struct pending *p, pending_found *found, void *with)
{
    uint8_t record[PENDING_RECORD_MAX + 1];
    uint32_t n;
    bool whole;
    for (int slot = 0; slot < PENDING_SLOTS; slot++)
        if (slot_read(p, slot, record, &n, &whole) && whole)
            (void)!found(with, (struct blob){ record, n });
    wipe(record, sizeof record);
}

bool pending_has_room(struct pending *p)
{
    enum { SPARE = 64 }; /* for threads that have asked as well */
    pthread_mutex_lock(&p->lock);
    bool room = p->count > SPARE;
    pthread_mutex_unlock(&p->lock);
    return room;
}

void pending_done(struct pending *p, int slot)
{
    slot_clear(p, slot);
    slot_give(p, slot);
}
