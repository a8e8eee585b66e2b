/* sqlite_engine.c: SQLite as an engine: the data folder and the files in it. */
#include "sqlite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* SQLite is told once per process, before its first use, that every connection stays with one
   thread at a time and that it need not count memory: both would take global locks. */
static void sqlite_once(void)
{
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    sqlite3_initialize();
}

static bool folder_make(const char *path, struct error *err)
{
    if (mkdir(path, 0700) && errno != EEXIST)
        return error_set(err, errno == ENOSPC ? STORAGE_FULL : INTERNAL,
                         "the data folder cannot be made: %s", strerror(errno));
    return true;
}

static bool folder_lock(struct store *s, struct error *err)
{
    char path[PATH_ROOM];
    path_with(path, s->dir, "/lock");
    s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->lock_fd < 0)
        return error_set(err, INTERNAL, "the data folder cannot be locked: %s", strerror(errno));
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB))
        return error_set(err, UNAVAILABLE, "the data folder is in use by another process");
    return true;
}

static bool engine_open(struct store *s, struct error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, sqlite_once);
    char org[PATH_ROOM];
    path_with(org, s->dir, "/org");
    return folder_make(s->dir, err) && folder_lock(s, err) && folder_make(org, err);
}

static void engine_close(struct store *s)
{
    if (s->lock_fd >= 0)
        close(s->lock_fd);
}

static char *file_path(const struct store *s, struct id id)
{
    char name[64], text[ID_TEXT], path[PATH_ROOM];
    id_format(id, text);
    snprintf(name, sizeof name, id_given(id) ? "/org/%s.db" : "/control.db", text);
    path_with(path, s->dir, name);
    char *copy = strdup(path);
    if (!copy)
        abort();
    return copy;
}

static void engine_attach(struct db *db)
{
    db->path = file_path(db->store, db->id);
    pthread_mutex_init(&db->lock, NULL);
}

static void engine_detach(struct db *db)
{
    pthread_mutex_destroy(&db->lock);
    free(db->path);
}

static bool engine_start(struct db *db, bool create, bool *made, struct error *err)
{
    if (!snapshot_recover(db->path, err))
        return false;
    bool exists = !access(db->path, F_OK);
    if (!exists && !create)
        return error_set(err, NOT_FOUND, NULL); /* without its path: people may see this one */
    *made = !exists;
    return conn_open(db, WRITER, create, &db->writer, err);
}

static void engine_stop(struct db *db)
{
    readers_close(db);
    conn_close(db->writer);
    db->writer = NULL;
}

static bool engine_remove(struct db *db, struct error *err)
{
    bool exists = !access(db->path, F_OK);
    files_remove(db->path);
    return exists ? folder_sync(db->path, err) : error_set(err, NOT_FOUND, NULL);
}

static void engine_cool(struct db *db, bool idle)
{
    readers_close(db);
    if (idle && db->writer->wal_frames) /* what was deleted leaves the WAL as well */
        (void)!conn_checkpoint(db->writer, &(struct error){ 0 });
    conn_cool(db->writer);
}

static bool name_id(const char *name, struct id *ret)
{
    char text[ID_TEXT];
    size_t n = strlen(name);
    if (n != sizeof text - 1 + 3 || strcmp(name + n - 3, ".db"))
        return false;
    memcpy(text, name, sizeof text - 1);
    text[sizeof text - 1] = 0;
    return id_parse(text, ret);
}

static bool engine_ids(struct store *s, struct arena *a, struct id **ret, size_t *count,
                       struct error *err)
{
    char path[PATH_ROOM];
    path_with(path, s->dir, "/org");
    DIR *dir = opendir(path);
    if (!dir)
        return error_set(err, INTERNAL, "the data folder cannot be read: %s", strerror(errno));
    size_t n = 0, room = 64;
    struct id *ids = arena_many(a, room, struct id);
    for (struct dirent *e; (e = readdir(dir));) {
        struct id id;
        if (!name_id(e->d_name, &id))
            continue;
        if (n == room) {
            struct id *larger = arena_many(a, room *= 2, struct id);
            memcpy(larger, ids, n * sizeof *ids);
            ids = larger;
        }
        ids[n++] = id;
    }
    closedir(dir);
    *ret = ids;
    *count = n;
    return true;
}

struct check_said {
    const char *text;
};
static const struct field check_said_fields[] = { FIELD(struct check_said, text), { 0 } };

static bool pages_check(struct tx *tx, void *with, struct error *err)
{
    static const struct query check = { "SELECT quick_check FROM pragma_quick_check(1)" };
    struct check_said said = { 0 };
    bool found;
    (void)with;
    return tx_row(tx, &check, NO_ARGS, check_said_fields, &said, &found) &&
           (text_equal(said.text, "ok") || error_set(err, INTERNAL, "some of it is damaged"));
}

/* Each page is opened with its key. */
static bool engine_check(struct db *db, struct error *err)
{
    struct arena a = { 0 };
    bool ok = sqlite_read(db, &a, pages_check, NULL, err);
    arena_done(&a);
    return ok;
}

const struct engine sqlite_engine = {
    .open = engine_open,
    .close = engine_close,
    .attach = engine_attach,
    .detach = engine_detach,
    .start = engine_start,
    .stop = engine_stop,
    .remove = engine_remove,
    .cool = engine_cool,
    .ids = engine_ids,
    .read = sqlite_read,
    .batch = sqlite_batch,
    .after_batch = sqlite_after_batch,
    .run = sqlite_run,
    .row = sqlite_row,
    .each = sqlite_each,
    .rows = sqlite_rows,
    .scanned = sqlite_scanned,
    .column_type = sqlite_column_type,
    .blind_type = "BLOB",
    .index_order = "",
    .columns = "SELECT name, type FROM pragma_table_info($1) ORDER BY cid",
    .tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
    .size = "SELECT (p.page_count - f.freelist_count) * s.page_size FROM pragma_page_count AS p,"
            " pragma_freelist_count AS f, pragma_page_size AS s",
    .checkpoint = sqlite_checkpoint,
    .check = engine_check,
    .backup = sqlite_backup,
    .snapshot = sqlite_snapshot,
    .snapshot_commit = sqlite_snapshot_commit,
    .snapshot_rollback = sqlite_snapshot_rollback,
};
