/* sqlite_copy.c: copies of a database: the online backup, and the snapshot that a migration can go
   back to. */
#include "sqlite.h"

#include "sealed/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void path_with(char to[PATH_ROOM], const char *path, const char *suffix)
{
    if (snprintf(to, PATH_ROOM, "%s%s", path, suffix) >= PATH_ROOM)
        abort();
}

/* The snapshot carries its final name only once it is whole and on disk; that name at the next
   open means that what came after was never confirmed. */
static const char snapshot_suffix[] = ".before", partial_suffix[] = ".before-partial";

static bool file_fail(struct error *err, const char *what)
{
    return error_set(err, errno == ENOSPC || errno == EDQUOT ? STORAGE_FULL : INTERNAL, "%s: %s",
                     what, strerror(errno));
}

static void companion_remove(const char *path, const char *suffix)
{
    char name[PATH_ROOM];
    path_with(name, path, suffix);
    unlink(name);
}

void files_remove(const char *path)
{
    static const char *const suffixes[] = { "",     "-wal",          "-floor",      "-journal",
                                            ".new", snapshot_suffix, partial_suffix };
    for (size_t i = 0; i < LENGTH(suffixes); i++)
        companion_remove(path, suffixes[i]);
}

bool folder_sync(const char *path, struct error *err)
{
    char folder[PATH_ROOM];
    path_with(folder, path, "");
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = 0;
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return file_fail(err, "the data folder cannot be opened");
    bool ok = !fsync(fd) || file_fail(err, "the data folder cannot be synced");
    close(fd);
    return ok;
}

static bool bytes_copy(int in, int out)
{
    static const size_t room = 1 << 18;
    char *bytes = malloc(room);
    if (!bytes)
        abort();
    ssize_t n, done = 0;
    while ((n = read(in, bytes, room)) > 0)
        for (ssize_t at = 0; at < n; at += done)
            if ((done = write(out, bytes + at, (size_t)(n - at))) < 0) {
                free(bytes);
                return false;
            }
    free(bytes);
    return n == 0;
}

static bool file_copy(const char *from, const char *to, struct error *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (out >= 0)
        sealed_give(out, to);
    bool ok = in >= 0 && out >= 0 && bytes_copy(in, out) && !fsync(out);
    if (!ok)
        file_fail(err, "the snapshot cannot be written");
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return ok;
}

static bool snapshot_make(struct db *db, struct error *err)
{
    char partial[PATH_ROOM], snapshot[PATH_ROOM];
    path_with(partial, db->path, partial_suffix);
    path_with(snapshot, db->path, snapshot_suffix);
    bool ok = conn_checkpoint(db->writer, err) && file_copy(db->path, partial, err) &&
              (!rename(partial, snapshot) || file_fail(err, "the snapshot cannot be named")) &&
              folder_sync(db->path, err);
    if (!ok) {
        unlink(partial);
        unlink(snapshot);
    }
    return ok;
}

bool sqlite_snapshot(struct db *db, struct error *err)
{
    writer_hold(db);
    bool ok = snapshot_make(db, err);
    writer_let(db);
    return ok;
}

bool sqlite_snapshot_commit(struct db *db, struct error *err)
{
    companion_remove(db->path, snapshot_suffix);
    return folder_sync(db->path, err);
}

/* The WAL goes first: it belongs to the file that is about to be replaced. Dying in between is
   fine, for the snapshot is still there and the next open does the same again. */
bool snapshot_recover(const char *path, struct error *err)
{
    char snapshot[PATH_ROOM];
    companion_remove(path, partial_suffix);
    path_with(snapshot, path, snapshot_suffix);
    if (access(snapshot, F_OK))
        return true;
    companion_remove(path, "-wal");
    companion_remove(path, "-journal");
    if (!folder_sync(path, err))
        return false;
    if (rename(snapshot, path))
        return file_fail(err, "the snapshot cannot be put back");
    return folder_sync(path, err);
}

bool sqlite_snapshot_rollback(struct db *db, struct error *err)
{
    writer_hold(db);
    readers_close(db);
    pthread_mutex_lock(&db->lock);
    bool read = db->reading;
    pthread_mutex_unlock(&db->lock);
    bool ok = !read || error_set(err, UNAVAILABLE, "the database is being read");
    if (ok) {
        conn_close(db->writer);
        db->writer = NULL;
        ok = snapshot_recover(db->path, err) && conn_open(db, WRITER, false, &db->writer, err);
    }
    writer_let(db);
    return ok;
}

/* Through a connection of its own, for a copy is a write to SQLite, which readers refuse. */
bool sqlite_backup(struct db *db, const char *path, struct error *err)
{
    const struct store_config *c = &db->store->config;
    autofree(secret_key_wipe) struct secret_key key;
    struct conn *from;
    if (!c->key(c->key_with, db->id, &key, err) || !conn_open(db, COPIER, false, &from, err))
        return false;
    bool ok = sealed_copy(from->handle, path, &key, db->id, err);
    conn_close(from);
    return ok;
}
