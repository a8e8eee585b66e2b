/* vfs.c: the VFS: which files may be opened, and as what. */
#include "vault.h"

#include <stdlib.h>
#include <string.h>

static sqlite3_vfs *parent_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

static int stored_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct sealed_file *file = (struct sealed_file *)f;
    bool wal = flags & SQLITE_OPEN_WAL;
    struct vault *v = vault_find(name, strlen(name) - (wal ? 4 : 0));
    if (!v)
        return SQLITE_CANTOPEN;
    *file = (struct sealed_file){ .real = (sqlite3_file *)(file + 1), .vault = v };
    /* The database file is there by now: one that is not must not appear empty. */
    int asked = wal ? flags : flags & ~SQLITE_OPEN_CREATE;
    int rc = parent_of(vfs)->xOpen(parent_of(vfs), name, file->real, asked, out);
    if (rc != SQLITE_OK) {
        if (file->real->pMethods)
            file->real->pMethods->xClose(file->real);
        vault_release(v);
        return rc;
    }
    page_cipher_open(&file->cipher, &v->keys, v->id, wal ? FOR_FRAMES : FOR_PAGES);
    f->pMethods = wal ? &sealed_wal_methods : &sealed_main_methods;
    return SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    f->pMethods = NULL;
    if (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_SUBJOURNAL)) {
        if (out)
            *out = flags;
        return journal_open(f);
    }
    if (!name || !(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)))
        return SQLITE_CANTOPEN;
    return stored_open(vfs, name, f, flags, out);
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    if (ends_with(name, "-journal"))
        return SQLITE_OK;
    if (ends_with(name, "-wal"))
        floor_remove(name, strlen(name) - 4);
    return parent_of(vfs)->xDelete(parent_of(vfs), name, sync);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    if (!ends_with(name, "-journal"))
        return parent_of(vfs)->xAccess(parent_of(vfs), name, flags, ret);
    *ret = 0;
    return SQLITE_OK;
}

static int vfs_path(sqlite3_vfs *vfs, const char *name, int n, char *ret)
{
    return parent_of(vfs)->xFullPathname(parent_of(vfs), name, n, ret);
}

static int vfs_randomness(sqlite3_vfs *vfs, int n, char *ret)
{
    return parent_of(vfs)->xRandomness(parent_of(vfs), n, ret);
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    return parent_of(vfs)->xSleep(parent_of(vfs), us);
}

static int vfs_time(sqlite3_vfs *vfs, double *ret)
{
    return parent_of(vfs)->xCurrentTime(parent_of(vfs), ret);
}

static int vfs_time64(sqlite3_vfs *vfs, sqlite3_int64 *ret)
{
    return parent_of(vfs)->xCurrentTimeInt64(parent_of(vfs), ret);
}

static int vfs_last_error(sqlite3_vfs *vfs, int n, char *ret)
{
    return parent_of(vfs)->xGetLastError(parent_of(vfs), n, ret);
}

/* SQLite calls these without asking whether they are there; code is loaded by nobody. */
static void *vfs_code_open(sqlite3_vfs *vfs, const char *name)
{
    (void)vfs, (void)name;
    return NULL;
}

static void vfs_code_error(sqlite3_vfs *vfs, int n, char *ret)
{
    (void)vfs;
    sqlite3_snprintf(n, ret, "a sealed database loads no extensions");
}

bool sealed_register(const char *name, const char *parent)
{
    static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&once);
    bool ok = sqlite3_vfs_find(name) != NULL;
    sqlite3_vfs *below = sqlite3_vfs_find(parent), *vfs = NULL;
    if (!ok && below && below->iVersion >= 2)
        vfs = calloc(1, sizeof *vfs);
    if (vfs) {
        int size = (int)sizeof(struct sealed_file) + below->szOsFile;
        *vfs = (sqlite3_vfs){
            .iVersion = 2,
            .szOsFile = size > journal_size() ? size : journal_size(),
            .mxPathname = below->mxPathname,
            .zName = name,
            .pAppData = below,
            .xOpen = vfs_open,
            .xDelete = vfs_delete,
            .xAccess = vfs_access,
            .xFullPathname = vfs_path,
            .xDlOpen = vfs_code_open,
            .xDlError = vfs_code_error,
            .xRandomness = vfs_randomness,
            .xSleep = vfs_sleep,
            .xCurrentTime = vfs_time,
            .xCurrentTimeInt64 = vfs_time64,
            .xGetLastError = vfs_last_error,
        };
        ok = sqlite3_vfs_register(vfs, 0) == SQLITE_OK;
    }
    pthread_mutex_unlock(&once);
    return ok;
}
