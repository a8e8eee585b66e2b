/* store.c: which databases are open, whatever engine holds them. */
#include "engine.h"

#include "base/wait.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CACHE_DEFAULT = 64 << 20, LATER_THREADS = 8 };

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

static void store_free(struct store *s)
{
    s->engine->close(s);
    scans_close(s);
    pthread_cond_destroy(&s->work);
    pthread_cond_destroy(&s->asked);
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
    pthread_cond_broadcast(&s->asked);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < s->thread_count; i++)
        pthread_join(s->threads[i], NULL);
}

static bool threads_start(struct store *s, int n, void *run(void *store))
{
    for (; n > 0; n--)
        if (pthread_create(&s->threads[s->thread_count], NULL, run, s))
            return false;
        else
            s->thread_count++;
    return true;
}

/* A data folder is where the files are, or that of a node of a server, which leaves a mark in it.
   Who forgets to name the server, or names one, must not find an empty store in place of theirs. */
static bool folder_suits(const struct store_config *config, struct error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", config->dir, config->url ? "control.db" : NODE_MARK);
    return access(path, F_OK) ||
           error_set(err, INVALID,
                     config->url ? "the data folder holds a store in files: a node of a PostgreSQL"
                                   " store needs a folder of its own"
                                 : "the data folder belongs to a node of a PostgreSQL store: name"
                                   " that store as VOW_STORE");
}

bool store_open(const struct store_config *config, struct store **ret, struct error *err)
{
    assert(config->writers > 0 && config->open_max > 0 && config->batch_max > 0);
    if (!folder_suits(config, err))
        return false;
    struct store *s = calloc(1, sizeof *s);
    pthread_t *threads = calloc((size_t)config->writers + LATER_THREADS, sizeof *threads);
    char *dir = strdup(config->dir);
    if (!s || !threads || !dir)
        abort();
    *s = (struct store){ .config = *config,
                         .dir = dir,
                         .threads = threads,
                         .lock_fd = -1,
                         .engine = config->url ? &pg_engine : &sqlite_engine };
    s->config.dir = dir;
    if (!s->config.cache)
        s->config.cache = CACHE_DEFAULT;
    s->later_end = &s->later;
    wait_init(&s->work);
    pthread_cond_init(&s->asked, NULL);
    pthread_cond_init(&s->changed, NULL);
    pthread_mutex_init(&s->lock, NULL);
    scans_open(s);
    if (!s->engine->open(s, err)) {
        store_free(s);
        return false;
    }
    if (!threads_start(s, config->writers, writer_thread) ||
        (s->engine->later && !threads_start(s, LATER_THREADS, later_thread))) {
        error_set(err, INTERNAL, "the store could not start a thread");
        threads_join(s);
        store_free(s);
        return false;
    }
    *ret = s;
    return true;
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
    s->engine->attach(db);
    return db;
}

static void db_free(struct db *db)
{
    db->store->engine->detach(db);
    free(db);
}

static bool unused(const struct db *db)
{
    return db->state == OPEN && !db->refs && !db->busy && !db->first && !db->later_busy;
}

static bool closable(const struct db *db)
{
    return unused(db) && !db->doomed; /* a doomed one is closed by who destroys it */
}

/* Closes a database that nobody uses. Lets go of the lock meanwhile. */
static void db_close(struct store *s, struct db *db)
{
    db->state = CLOSING;
    pthread_mutex_unlock(&s->lock);
    s->engine->stop(db);
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
    const struct engine *engine = db->store->engine;
    bool made = false;
    if (!engine->start(db, create, &made, err))
        return false;
    if (c->prepare && !c->prepare(c->prepare_with, db, err)) {
        error_set(err, INTERNAL, "a database could not be prepared");
        engine->stop(db);
        if (made)
            (void)!engine->remove(db, &(struct error){ 0 });
        return false;
    }
    engine->cool(db, false); /* what a migration prepared is not needed again */
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
        if (db && __atomic_load_n(&db->stale, __ATOMIC_RELAXED) && closable(db)) {
            db_close(s, db);
            continue; /* the lock was free meanwhile: look again */
        }
        if (db && db->state == OPEN) {
            touch(s, db);
            *ret = db;
            break;
        }
        if (must_not_wait(err)) {
            ok = false;
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
        s->engine->cool(db, before != 0);
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
        return error_set(err, IN_USE, "The database is being removed already");
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
    s->engine->stop(db);
    bool ok = s->engine->remove(db, err);
    pthread_mutex_lock(&s->lock);
    list_remove(s, db);
    s->open--;
    db_free(db);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return ok;
}

bool db_forget(struct store *s, struct id id)
{
    pthread_mutex_lock(&s->lock);
    struct db *db = list_find(s, id);
    bool ok = !db || db->doomed || closable(db);
    if (db && closable(db))
        db_close(s, db);
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
