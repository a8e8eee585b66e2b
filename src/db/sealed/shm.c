/* shm.c: the WAL index in the process's heap: it holds page numbers and checksums of plaintext, so
   no file of it may exist. One process owns the files, so the heap is shared enough. */
#include "vault.h"

#include <stdlib.h>

#include "base/arena.h"

static struct sealed_file *file_of(sqlite3_file *f)
{
    return (struct sealed_file *)f;
}

int shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **ret)
{
    struct sealed_file *file = file_of(f);
    struct vault *v = file->vault;
    int rc = SQLITE_OK;
    *ret = NULL;
    pthread_mutex_lock(&v->lock);
    if (!file->shm) {
        file->shm = true;
        v->shm_users++;
    }
    if (size != SHM_REGION)
        rc = SQLITE_IOERR_SHMSIZE;
    else if (region >= v->shm_regions && extend) {
        uint8_t **grown = realloc(v->shm_region, (size_t)(region + 1) * sizeof *grown);
        if (grown)
            v->shm_region = grown;
        while (grown && v->shm_regions <= region) {
            uint8_t *made = calloc(1, (size_t)size);
            if (!made)
                break;
            grown[v->shm_regions++] = made;
        }
        if (v->shm_regions <= region)
            rc = SQLITE_IOERR_NOMEM;
    }
    if (region < v->shm_regions)
        *ret = v->shm_region[region];
    pthread_mutex_unlock(&v->lock);
    return rc;
}

/* Whether another connection stands in the way. */
static bool lock_taken(const struct vault *v, const struct sealed_file *file, int i, bool exclusive)
{
    bool mine = file->shm_exclusive >> i & 1, shared_by_me = file->shm_shared >> i & 1;
    if (v->shm_exclusive[i] && !mine)
        return true;
    return exclusive && v->shm_shared[i] > (shared_by_me ? 1 : 0);
}

static void lock_set(struct vault *v, struct sealed_file *file, int i, int flags)
{
    uint8_t bit = (uint8_t)(1 << i);
    if (flags & SQLITE_SHM_UNLOCK) {
        if (file->shm_exclusive & bit)
            v->shm_exclusive[i] = false;
        if (file->shm_shared & bit)
            v->shm_shared[i]--;
        file->shm_exclusive &= (uint8_t)~bit;
        file->shm_shared &= (uint8_t)~bit;
    } else if (flags & SQLITE_SHM_EXCLUSIVE) {
        v->shm_exclusive[i] = true;
        file->shm_exclusive |= bit;
    } else if (!(file->shm_shared & bit)) {
        v->shm_shared[i]++;
        file->shm_shared |= bit;
    }
}

/* The slots of a checkpoint and of walIndexRecover(), which reads the whole WAL. */
enum { CHECKPOINT_SLOT = 1, RECOVER_SLOT = 2 };

int shm_lock(sqlite3_file *f, int first, int n, int flags)
{
    struct sealed_file *file = file_of(f);
    struct vault *v = file->vault;
    int rc = SQLITE_OK;
    bool exclusive = flags & SQLITE_SHM_EXCLUSIVE;
    pthread_mutex_lock(&v->lock);
    for (int i = first; flags & SQLITE_SHM_LOCK && i < first + n; i++) {
        if (lock_taken(v, file, i, exclusive))
            rc = SQLITE_BUSY;
    }
    for (int i = first; rc == SQLITE_OK && i < first + n; i++)
        lock_set(v, file, i, flags);
    v->recovering = v->shm_exclusive[RECOVER_SLOT];
    if (rc == SQLITE_OK && flags == (SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE) &&
        first == CHECKPOINT_SLOT)
        v->floor_due = true;
    pthread_mutex_unlock(&v->lock);
    return rc;
}

void shm_barrier(sqlite3_file *f)
{
    struct vault *v = file_of(f)->vault;
    pthread_mutex_lock(&v->lock);
    pthread_mutex_unlock(&v->lock);
}

int shm_unmap(sqlite3_file *f, int remove)
{
    (void)remove;
    struct sealed_file *file = file_of(f);
    struct vault *v = file->vault;
    if (!file->shm)
        return SQLITE_OK;
    shm_lock(f, 0, SHM_LOCKS, SQLITE_SHM_UNLOCK);
    pthread_mutex_lock(&v->lock);
    file->shm = false;
    if (--v->shm_users == 0) {
        for (int i = 0; i < v->shm_regions; i++) {
            wipe(v->shm_region[i], SHM_REGION);
            free(v->shm_region[i]);
        }
        free(v->shm_region);
        v->shm_region = NULL;
        v->shm_regions = 0;
    }
    pthread_mutex_unlock(&v->lock);
    return SQLITE_OK;
}
