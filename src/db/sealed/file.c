/* file.c: what database file and WAL leave to the parent, and what they refuse. */
#include "vault.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct sealed_file *file_of(sqlite3_file *f)
{
    return (struct sealed_file *)f;
}

static sqlite3_file *real_of(sqlite3_file *f)
{
    return file_of(f)->real;
}

int sealed_close(sqlite3_file *f)
{
    struct sealed_file *file = file_of(f);
    int rc = file->real->pMethods ? file->real->pMethods->xClose(file->real) : SQLITE_OK;
    page_cipher_close(&file->cipher);
    vault_release(file->vault);
    file->vault = NULL;
    return rc;
}

int sealed_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), ret);
}

int sealed_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

int sealed_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

int sealed_check_reserved(sqlite3_file *f, int *ret)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret);
}

/* Settings that would leave the format, the WAL or the heap. An empty list takes no argument:
   asking is always allowed. A fresh file may leave the rollback journal for the WAL. */
static const struct {
    const char *name, *allowed[4];
} settings[] = {
    { "page_size", { "4096" } },
    { "journal_mode", { "wal" } },
    { "locking_mode", { "normal" } },
    { "temp_store", { "2", "memory" } },
    { "mmap_size", { "0" } },
    { "temp_store_directory", { NULL } },
    { "data_store_directory", { NULL } },
};

static int pragma(char **arg)
{
    const char *name = arg[1], *value = arg[2];
    for (size_t i = 0; i < LENGTH(settings); i++) {
        if (strcasecmp(name, settings[i].name) != 0 || !value)
            continue;
        for (const char *const *ok = settings[i].allowed; *ok; ok++) {
            if (strcasecmp(value, *ok) == 0)
                return SQLITE_NOTFOUND;
        }
        arg[0] = sqlite3_mprintf("a sealed database refuses this %s", settings[i].name);
        return SQLITE_ERROR;
    }
    return SQLITE_NOTFOUND;
}

int sealed_control(sqlite3_file *f, int op, void *arg)
{
    switch (op) {
    case SQLITE_FCNTL_PRAGMA:
        return pragma(arg);
    case SQLITE_FCNTL_MMAP_SIZE:
        *(sqlite3_int64 *)arg = 0;
        return SQLITE_OK;
    case SQLITE_FCNTL_SIZE_HINT:
    case SQLITE_FCNTL_CHUNK_SIZE:
    case SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
    case SQLITE_FCNTL_COMMIT_ATOMIC_WRITE:
    case SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE:
        return SQLITE_NOTFOUND;
    case SQLITE_FCNTL_VFSNAME:
        *(char **)arg = sqlite3_mprintf("sealed");
        return SQLITE_OK;
    default:
        return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
    }
}

int sealed_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

/* SQLite writes whole pages, and never splits one around a sync, only if a write that is cut short
   by a power loss is said to leave its neighbours alone. Nothing is read below a page. */
int sealed_characteristics(sqlite3_file *f)
{
    int parent = real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE | (parent & SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN);
}
