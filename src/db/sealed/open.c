/* open.c: opens, makes and copies sealed databases. */
#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void vault_let_go(struct vault **v)
{
    vault_release(*v);
}

static void connection_close(sqlite3 **db)
{
    sqlite3_close(*db);
}

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* A page that its key does not open is a failed read to SQLite. */
static bool is_damaged(int rc)
{
    return (rc & 0xff) == SQLITE_CORRUPT || rc == SQLITE_IOERR_DATA;
}

/* The one place that turns SQLite's answer about a file into a problem. */
static bool opened(sqlite3 *db, int rc, const char *path, struct error *err)
{
    if (rc == SQLITE_OK)
        return true;
    int os = db ? sqlite3_system_errno(db) : 0;
    if (rc == SQLITE_FULL || os == ENOSPC || os == EDQUOT)
        return error_set(err, STORAGE_FULL, NULL);
    if ((rc & 0xff) == SQLITE_BUSY)
        return error_set(err, UNAVAILABLE, "The database %s is busy.", path);
    if (is_damaged(rc))
        return error_set(err, INTERNAL, "The database %s is damaged.", path);
    return error_set(err, INTERNAL, "The database %s cannot be opened: %s.", path,
                     sqlite3_errstr(rc));
}

static bool full_path(const char *vfs, const char *path, char ret[PATH_MAX], struct error *err)
{
    sqlite3_vfs *at = sqlite3_vfs_find(vfs);
    if (!at || at->xFullPathname(at, path, PATH_MAX, ret) & 0xff)
        return error_set(err, INTERNAL, "The path %s cannot be used.", path);
    return true;
}

static int text_is(void *want, int columns, char **value, char **name)
{
    (void)name;
    return columns != 1 || !value[0] || strcmp(value[0], want) != 0;
}

/* Another connection that has the WAL at this moment is waited for from the first statement on. */
enum { OPEN_BUSY_MS = 5000 };

static bool connect(const char *vfs, const char *path, int flags, sqlite3 **ret, struct error *err)
{
    autofree(connection_close) sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(path, &db, flags & ~SQLITE_OPEN_CREATE, vfs);
    int reserve = SEAL_ADDED;
    if (rc == SQLITE_OK)
        rc = sqlite3_extended_result_codes(db, 1);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(db, OPEN_BUSY_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "PRAGMA temp_store = memory; PRAGMA synchronous = full", NULL, NULL,
                          NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
    if (!opened(db, rc, path, err))
        return false;
    *ret = db;
    db = NULL;
    return true;
}

/* Turns to the WAL, or finds that the file has done so. This reads page 1. */
static bool wal_use(sqlite3 *db, const char *path, bool turn, struct error *err)
{
    char wal[] = "wal";
    int rc = sqlite3_exec(db, turn ? "PRAGMA journal_mode = wal" : "PRAGMA journal_mode", text_is,
                          wal, NULL);
    if (rc == SQLITE_ABORT)
        return error_set(err, INTERNAL, "The database %s is not in WAL mode.", path);
    return opened(db, rc, path, err);
}

static void folder_of(const char *path, char ret[PATH_MAX])
{
    snprintf(ret, PATH_MAX, "%s", path);
    char *slash = strrchr(ret, '/');
    slash[slash == ret] = 0;
}

void sealed_give(int fd, const char *path)
{
    char folder[PATH_MAX];
    struct stat at;
    if (geteuid())
        return;
    folder_of(path, folder);
    if (!stat(folder, &at))
        (void)!fchown(fd, at.st_uid, at.st_gid);
}

static bool folder_sync(const char *path, struct error *err)
{
    char folder[PATH_MAX];
    folder_of(path, folder);
    autofree(fd_close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return (fd >= 0 && fsync(fd) == 0) ||
           error_set(err, INTERNAL, "The folder %s cannot be synced.", folder);
}

static bool vacuum_into(sqlite3 *from, const char *path, struct error *err)
{
    int attached = sqlite3_limit(from, SQLITE_LIMIT_ATTACHED, 1);
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(from, "VACUUM INTO ?1", -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        sqlite3_step(statement);
    rc = statement ? sqlite3_finalize(statement) : rc;
    sqlite3_limit(from, SQLITE_LIMIT_ATTACHED, attached);
    return opened(from, rc, is_damaged(rc) ? sqlite3_db_filename(from, "main") : path, err);
}

/* A database comes into being under another name, without any protection against a crash, and
   gets its own name when it is whole and on disk. `from` is NULL for an empty one. */
static bool file_make(const char *vfs, const char *path, const struct secret_key *key, struct id id,
                      sqlite3 *from, struct error *err)
{
    char made[PATH_MAX];
    if (snprintf(made, sizeof made, "%s.new", path) >= (int)sizeof made)
        return error_set(err, INTERNAL, "The path %s is too long.", path);
    autofree(vault_let_go) struct vault *v = NULL;
    if (!vault_hold(made, key, id, true, &v, err))
        return false;
    autofree(connection_close) sqlite3 *db = NULL;
    bool ok = (!from || vacuum_into(from, made, err)) &&
              connect(vfs, made, SQLITE_OPEN_READWRITE, &db, err) && wal_use(db, made, true, err);
    sqlite3_close(db);
    db = NULL;
    if (!ok) {
        unlink(made);
        return false;
    }
    sealed_give(v->lock_fd, path);
    /* link() and not rename(): it never replaces a file that appeared meanwhile. */
    ok = fsync(v->lock_fd) == 0 && link(made, path) == 0;
    int why = errno;
    unlink(made);
    if (!ok && why == EEXIST)
        return error_set(err, ALREADY_EXISTS, "There is a file %s already.", path);
    if (!ok && (why == ENOSPC || why == EDQUOT))
        return error_set(err, STORAGE_FULL, NULL);
    if (!ok)
        return error_set(err, INTERNAL, "The database %s cannot be made: %s.", path, strerror(why));
    return folder_sync(path, err);
}

bool sealed_open_over(const char *vfs, const char *path, const struct secret_key *key, struct id id,
                      int flags, sqlite3 **ret, struct error *err)
{
    char full[PATH_MAX];
    if (!full_path(vfs, path, full, err))
        return false;
    if (flags & SQLITE_OPEN_CREATE && access(full, F_OK) != 0 &&
        !file_make(vfs, full, key, id, NULL, err))
        return false;
    autofree(vault_let_go) struct vault *v = NULL;
    if (!vault_hold(full, key, id, false, &v, err))
        return false;
    autofree(connection_close) sqlite3 *db = NULL;
    if (!connect(vfs, full, flags, &db, err) || !wal_use(db, full, false, err))
        return false;
    *ret = db;
    db = NULL;
    return true;
}

bool sealed_open(const char *path, const struct secret_key *key, struct id id, int flags,
                 sqlite3 **ret, struct error *err)
{
    if (!sealed_register("sealed", NULL))
        return error_set(err, INTERNAL, "The sealed store cannot be set up.");
    return sealed_open_over("sealed", path, key, id, flags, ret, err);
}

bool sealed_copy(sqlite3 *from, const char *path, const struct secret_key *key, struct id id,
                 struct error *err)
{
    sqlite3_vfs *vfs = NULL;
    char full[PATH_MAX];
    if (sqlite3_file_control(from, "main", SQLITE_FCNTL_VFS_POINTER, &vfs) != SQLITE_OK || !vfs)
        return error_set(err, INTERNAL, "The database has no file to copy.");
    if (!full_path(vfs->zName, path, full, err))
        return false;
    if (access(full, F_OK) == 0)
        return error_set(err, ALREADY_EXISTS, "There is a file %s already.", full);
    return file_make(vfs->zName, full, key, id, from, err);
}

int64_t sealed_dropped(sqlite3 *db)
{
    const char *path = sqlite3_db_filename(db, "main");
    struct vault *v = path ? vault_find(path, strlen(path)) : NULL;
    int64_t dropped = v ? v->dropped : 0;
    vault_release(v);
    return dropped;
}
