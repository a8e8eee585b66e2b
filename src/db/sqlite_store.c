/* sqlite_store.c: the data folder and which of its databases are open. */
#include "engine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CACHE_DEFAULT = 64 << 20 };

bool store_full(const struct store *s)
{
    return (int64_t)__atomic_load_n(&s->cached, __ATOMIC_RELAXED) > s->config.cache;
}

int64_t store_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec;
}

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

static void store_free(struct store *s)
{
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    pthread_cond_destroy(&s->work);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s->threads);
    free(s->dir);
    free(s);
}

static void threads_join(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < s->thread_count; i++)
        pthread_join(s->threads[i], NULL);
}

bool store_open(const struct store_config *config, struct store **ret, struct error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, sqlite_once);
    assert(config->writers > 0 && config->open_max > 0 && config->batch_max > 0);
    struct store *s = calloc(1, sizeof *s);
    pthread_t *threads = calloc((size_t)config->writers, sizeof *threads);
    char *dir = strdup(config->dir);
    if (!s || !threads || !dir)
        abort();
    *s = (struct store){ .config = *config, .dir = dir, .threads = threads, .lock_fd = -1 };
    s->config.dir = dir;
    if (!s->config.cache)
        s->config.cache = CACHE_DEFAULT;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->work, &monotonic);
    pthread_cond_init(&s->changed, NULL);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&s->lock, NULL);
    char org[PATH_ROOM];
    path_with(org, dir, "/org");
    if (!folder_make(dir, err) || !folder_lock(s, err) || !folder_make(org, err)) {
        store_free(s);
        return false;
    }
    for (; s->thread_count < config->writers; s->thread_count++)
        if (pthread_create(&threads[s->thread_count], NULL, writer_thread, s)) {
            error_set(err, INTERNAL, "no thread for writing");
            threads_join(s);
            store_free(s);
            return false;
        }
    *ret = s;
    return true;
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

/* The list by last use. Its functions need store->lock. */
static void list_push(struct store *s, struct db *db)
{
    db->newer = NULL;
    db->older = s->newest;
    *(s->newest ? &s->newest->newer : &s->oldest) = db;
    s->newest = db;
}

static void list_remove(struct store *s, struct db *db)
{
    *(db->older ? &db->older->newer : &s->oldest) = db->newer;
    *(db->newer ? &db->newer->older : &s->newest) = db->older;
}

static struct db *list_find(const struct store *s, struct id id)
{
    for (struct db *db = s->newest; db; db = db->older)
        if (id_equal(db->id, id))
            return db;
    return NULL;
}

static struct db *db_new(struct store *s, struct id id)
{
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        abort();
    db->store = s;
    db->id = id;
    db->path = file_path(s, id);
    pthread_mutex_init(&db->lock, NULL);
    return db;
}

static void db_free(struct db *db)
{
    pthread_mutex_destroy(&db->lock);
    free(db->path);
    free(db);
}

static bool unused(const struct db *db)
{
    return db->state == OPEN && !db->refs && !db->busy && !db->first;
}

static bool closable(const struct db *db)
{
    return unused(db) && !db->doomed; /* a doomed one is closed by who destroys it */
}

static void connections_close(struct db *db)
{
    readers_close(db);
    conn_close(db->writer);
    db->writer = NULL;
}

/* Closes a database that nobody uses. Lets go of the lock meanwhile. */
static void db_close(struct store *s, struct db *db)
{
    db->state = CLOSING;
    pthread_mutex_unlock(&s->lock);
    connections_close(db);
    pthread_mutex_lock(&s->lock);
    list_remove(s, db);
    s->open--;
    db_free(db);
    pthread_cond_broadcast(&s->changed);
}

bool store_evict(struct store *s)
{
    for (struct db *db = s->oldest; db; db = db->newer)
        if (closable(db)) {
            db_close(s, db);
            return true;
        }
    return false;
}

static bool db_prepare(struct db *db, bool create, struct error *err)
{
    const struct store_config *c = &db->store->config;
    if (!snapshot_recover(db->path, err))
        return false;
    bool exists = !access(db->path, F_OK);
    if (!exists && !create)
        return error_set(err, NOT_FOUND, NULL); /* without its path: people may see this one */
    if (!conn_open(db, WRITER, create, &db->writer, err))
        return false;
    if (c->prepare && !c->prepare(c->prepare_with, db, err)) {
        error_set(err, INTERNAL, "a database could not be prepared");
        connections_close(db);
        if (!exists)
            files_remove(db->path);
        return false;
    }
    /* What a migration prepared is not needed again. */
    readers_close(db);
    conn_cool(db->writer);
    return true;
}

static bool db_open_new(struct store *s, struct id id, bool create, struct db **ret,
                        struct error *err)
{
    struct db *db = db_new(s, id);
    db->state = OPENING;
    db->refs = 1;
    db->warm = true;
    db->used = store_clock();
    list_push(s, db);
    s->open++;
    pthread_mutex_unlock(&s->lock);
    bool ok = db_prepare(db, create, err);
    pthread_mutex_lock(&s->lock);
    if (ok) {
        db->state = OPEN;
        *ret = db;
    } else {
        list_remove(s, db);
        s->open--;
        db_free(db);
    }
    pthread_cond_broadcast(&s->changed);
    return ok;
}

static void touch(struct store *s, struct db *db)
{
    db->refs++;
    db->used = store_clock();
    db->warm = true;
    if (db->newer) {
        list_remove(s, db);
        list_push(s, db);
    }
}

bool db_open(struct store *s, struct id id, bool create, struct db **ret, struct error *err)
{
    pthread_mutex_lock(&s->lock);
    struct db *db;
    bool ok = true;
    for (;;) {
        db = list_find(s, id);
        if (db && db->doomed) {
            ok = error_set(err, NOT_FOUND, NULL);
            break;
        }
        if (db && db->state == OPEN) {
            touch(s, db);
            *ret = db;
            break;
        }
        if (db) {
            pthread_cond_wait(&s->changed, &s->lock);
            continue;
        }
        if (s->open >= s->config.open_max + OPEN_SLACK && store_evict(s))
            continue; /* the lock was free meanwhile: look again */
        ok = db_open_new(s, id, create, ret, err);
        if (s->open > s->config.open_max)
            pthread_cond_signal(&s->work);
        break;
    }
    if (store_full(s))
        store_cool(s, 0);
    pthread_mutex_unlock(&s->lock);
    return ok;
}

void db_release(struct db *db)
{
    struct store *s = db->store;
    pthread_mutex_lock(&s->lock);
    assert(db->refs > 0);
    db->refs--;
    if (!db->refs)
        pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

struct id db_id(const struct db *db)
{
    return db->id;
}

void store_cool(struct store *s, int64_t before)
{
    bool any = false;
    for (struct db *db = s->oldest, *next; db; db = next) {
        next = db->newer;
        if (db->used >= before && !store_full(s))
            break;
        if (!db->warm || !closable(db))
            continue;
        db->warm = false;
        db->refs++; /* keeps it in the list while the lock is free */
        writer_take(db);
        pthread_mutex_unlock(&s->lock);
        readers_close(db);
        if (before && db->writer->wal_frames) /* idle: what was deleted leaves the WAL as well */
            (void)!conn_checkpoint(db->writer, &(struct error){ 0 });
        conn_cool(db->writer);
        pthread_mutex_lock(&s->lock);
        writer_give(db);
        db->refs--;
        next = db->newer;
        any = true;
    }
    if (any && before)
        malloc_trim(0);
}

bool db_destroy(struct store *s, struct id id, struct error *err)
{
    pthread_mutex_lock(&s->lock);
    struct db *db = list_find(s, id);
    while (db && db->state != OPEN) {
        pthread_cond_wait(&s->changed, &s->lock);
        db = list_find(s, id);
    }
    if (db && db->doomed) {
        pthread_mutex_unlock(&s->lock);
        return error_set(err, NOT_FOUND, NULL);
    }
    if (!db) { /* takes its place in the list, so that nobody opens it meanwhile */
        db = db_new(s, id);
        db->state = OPEN;
        list_push(s, db);
        s->open++;
    }
    db->doomed = true;
    while (!unused(db))
        pthread_cond_wait(&s->changed, &s->lock);
    db->state = CLOSING;
    pthread_mutex_unlock(&s->lock);
    bool exists = !access(db->path, F_OK);
    connections_close(db);
    files_remove(db->path);
    bool ok = exists ? folder_sync(db->path, err) : error_set(err, NOT_FOUND, NULL);
    pthread_mutex_lock(&s->lock);
    list_remove(s, db);
    s->open--;
    db_free(db);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return ok;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    threads_join(s);
    pthread_mutex_lock(&s->lock);
    while (s->newest) {
        assert(unused(s->newest));
        db_close(s, s->newest);
    }
    pthread_mutex_unlock(&s->lock);
    store_free(s);
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

bool store_ids(struct store *s, struct arena *a, struct id **ret, size_t *count, struct error *err)
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
