/* db_store_test.c: the data folder: which databases are open, how they go, how they come back. */
#include "compose.h"
#include "db_fixture.h"
#include "sqlite.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    char *dir;
    struct store *store;
    struct error err;
};

static int setup(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    p->dir = folder_fresh();
    p->store = store_in(p->dir);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    store_close(p->store);
    folder_remove(p->dir);
    free(p);
    return 0;
}

static void reopen(struct place *p)
{
    store_close(p->store);
    p->store = store_in(p->dir);
}

static char *path_of(const struct place *p, uint32_t n, const char *suffix)
{
    static char path[PATH_ROOM];
    char id[ID_TEXT];
    id_format(id_of(n), id);
    snprintf(path, sizeof path, "%s/org/%s.db%s", p->dir, id, suffix);
    return path;
}

/* A server keeps no files, but knows the database or not. */
static bool is_known(const struct place *p, uint32_t n)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct id *ids;
    size_t count;
    bool found = false;
    assert_true(store_ids(p->store, &a, &ids, &count, &err));
    for (size_t i = 0; i < count; i++)
        found |= id_equal(ids[i], id_of(n));
    arena_done(&a);
    return found;
}

static bool there(const struct place *p, uint32_t n, const char *suffix)
{
    if (!on_sqlite())
        return !*suffix && is_known(p, n);
    return !access(path_of(p, n, suffix), F_OK);
}

static void test_folder_belongs_to_one(void **state)
{
    struct place *p = *state;
    struct store_config config = config_plain(p->dir);
    struct store *second;
    assert_false(store_open(&config, &second, &p->err));
    assert_int_equal(p->err.problem, UNAVAILABLE);
}

static void test_files_are_private(void **state)
{
    struct place *p = *state;
    db_release(open_db(p->store, 1));
    struct stat st;
    assert_int_equal(stat(path_of(p, 1, ""), &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
    assert_int_equal(stat(p->dir, &st), 0);
}

static void test_missing_database(void **state)
{
    struct place *p = *state;
    struct db *db;
    assert_false(db_open(p->store, id_of(5), false, &db, &p->err));
    assert_int_equal(p->err.problem, NOT_FOUND);
    assert_null(strstr(p->err.detail, p->dir));
    assert_false(there(p, 5, ""));
}

static void test_rows_survive_closing(void **state)
{
    struct place *p = *state;
    struct db *db = open_db(p->store, 1);
    assert_true(id_equal(db_id(db), id_of(1)));
    assert_true(insert(db, 1, "kept", &p->err));
    db_release(db);
    reopen(p);
    assert_true(db_open(p->store, id_of(1), false, &db, &p->err));
    assert_int_equal(count(db), 1);
    db_release(db);
}

static void test_control_is_no_organisation(void **state)
{
    struct place *p = *state;
    struct db *db;
    assert_true(db_open(p->store, (struct id){ 0 }, true, &db, &p->err));
    assert_false(id_given(db_id(db)));
    db_release(db);
    db_release(open_db(p->store, 3));
    db_release(open_db(p->store, 4));
    struct arena a = { 0 };
    struct id *ids;
    size_t n;
    assert_true(store_ids(p->store, &a, &ids, &n, &p->err));
    assert_int_equal(n, 2);
    assert_true(id_equal(ids[0], id_of(3)) != id_equal(ids[0], id_of(4)));
    arena_done(&a);
}

enum { MANY = 40 };

/* Writer threads close what is too much; an opener only when it is far too much. */
static void evicted_wait(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->open > s->config.open_max)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void test_least_recently_used_close(void **state)
{
    struct place *p = *state;
    struct db *held = open_db(p->store, 1);
    assert_true(insert(held, 1, "held", &p->err));
    for (uint32_t i = 2; i <= MANY; i++) {
        struct db *db = open_db(p->store, i);
        assert_true(insert(db, i, "x", &p->err));
        db_release(db);
        assert_true(p->store->open <= p->store->config.open_max + OPEN_SLACK);
    }
    evicted_wait(p->store);
    assert_int_equal(count(held), 1);
    db_release(held);
    for (uint32_t i = 1; i <= MANY; i++) {
        struct db *db = open_db(p->store, i);
        assert_int_equal(count(db), 1);
        db_release(db);
    }
}

/* More in use than may be open: they open all the same, and the bound holds again afterwards. */
static void test_all_in_use(void **state)
{
    struct place *p = *state;
    struct db *held[MANY];
    for (uint32_t i = 0; i < MANY; i++)
        held[i] = open_db(p->store, i + 1);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(count(held[i]), 0);
        db_release(held[i]);
    }
    db_release(open_db(p->store, MANY + 1));
    evicted_wait(p->store);
}

enum { WANDERERS = 4, STEPS = 80 };

struct wanderer {
    struct store *store;
    uint32_t number;
    pthread_t thread;
};

static void *wander(void *with)
{
    struct wanderer *w = with;
    for (uint32_t i = 0; i < STEPS; i++) {
        struct error err = { 0 };
        struct db *db;
        if (!db_open(w->store, id_of(1 + (i * (w->number + 3)) % 20), true, &db, &err) ||
            !insert(db, 1 + w->number * STEPS + i, "w", &err) || count(db) < 1)
            return w;
        db_release(db);
    }
    return NULL;
}

/* Threads open, use and release twenty databases while only eight may be open. */
static void test_eviction_under_use(void **state)
{
    struct place *p = *state;
    struct wanderer ws[WANDERERS];
    for (uint32_t i = 0; i < WANDERERS; i++) {
        ws[i] = (struct wanderer){ .store = p->store, .number = i };
        pthread_create(&ws[i].thread, NULL, wander, &ws[i]);
    }
    for (int i = 0; i < WANDERERS; i++) {
        void *wrong;
        pthread_join(ws[i].thread, &wrong);
        assert_null(wrong);
    }
    int64_t rows = 0;
    for (uint32_t i = 1; i <= 20; i++) {
        struct db *db = open_db(p->store, i);
        rows += count(db);
        db_release(db);
    }
    assert_int_equal(rows, WANDERERS * STEPS);
}

static void test_cooled_database_goes_on(void **state)
{
    struct place *p = *state;
    struct db *db = open_db(p->store, 1);
    assert_true(insert(db, 1, "x", &p->err));
    assert_int_equal(count(db), 1);
    db_release(db);
    pthread_mutex_lock(&p->store->lock);
    store_cool(p->store, INT64_MAX);
    pthread_mutex_unlock(&p->store->lock);
    assert_null(db->idle);
    assert_int_equal(db->writer->statements, 0);
    db = open_db(p->store, 1);
    assert_true(insert(db, 2, "x", &p->err));
    assert_int_equal(count(db), 2);
    db_release(db);
}

static int64_t size_of(const struct place *p, const char *suffix)
{
    struct stat st;
    assert_int_equal(stat(path_of(p, 1, suffix), &st), 0);
    return st.st_size;
}

static void test_checkpoint_empties_the_log(void **state)
{
    struct place *p = *state;
    struct db *db = open_db(p->store, 1);
    for (int i = 0; i < 2; i++) {
        assert_true(insert(db, i + 1, "x", &p->err));
        assert_true(size_of(p, "-wal") > 0);
        if (i) { /* the second time because nobody uses it */
            db_release(db);
            pthread_mutex_lock(&p->store->lock);
            store_cool(p->store, INT64_MAX);
            pthread_mutex_unlock(&p->store->lock);
        } else {
            assert_true(db_checkpoint(db, &p->err));
        }
        assert_int_equal(size_of(p, "-wal"), 0);
    }
    db = open_db(p->store, 1);
    assert_int_equal(count(db), 2);
    db_release(db);
}

static void *destroy_run(void *with)
{
    struct place *p = with;
    struct error err = { 0 };
    return db_destroy(p->store, id_of(1), &err) ? NULL : p;
}

static void test_destroy_waits_and_refuses(void **state)
{
    struct place *p = *state;
    struct db *db = open_db(p->store, 1), *other;
    assert_true(insert(db, 1, "x", &p->err));
    pthread_t thread;
    pthread_create(&thread, NULL, destroy_run, p);
    struct error err = { 0 };
    while (db_open(p->store, id_of(1), true, &other, &err))
        db_release(other);
    assert_int_equal(err.problem, NOT_FOUND);
    error_clear(&err);
    assert_false(db_destroy(p->store, id_of(1), &err)); /* nobody says that it is gone */
    assert_int_equal(err.problem, IN_USE);
    assert_true(insert(db, 2, "still usable by who has it", &p->err));
    assert_int_equal(count(db), 2);
    db_release(db);
    void *wrong;
    pthread_join(thread, &wrong);
    assert_null(wrong);
    assert_false(there(p, 1, "") || there(p, 1, "-wal") || there(p, 1, "-shm"));
    db = open_db(p->store, 1);
    assert_int_equal(count(db), 0);
    db_release(db);
}

static void test_destroy_what_is_closed_or_not_there(void **state)
{
    struct place *p = *state;
    db_release(open_db(p->store, 2));
    reopen(p);
    assert_true(db_destroy(p->store, id_of(2), &p->err));
    assert_false(there(p, 2, ""));
    assert_false(db_destroy(p->store, id_of(2), &p->err));
    assert_int_equal(p->err.problem, NOT_FOUND);
}

static void test_snapshot_goes_back(void **state)
{
    struct place *p = *state;
    struct db *db = open_db(p->store, 1);
    assert_true(insert(db, 1, "before", &p->err));
    assert_true(db_snapshot(db, &p->err));
    assert_true(insert(db, 2, "after", &p->err));
    assert_true(db_snapshot_rollback(db, &p->err));
    assert_false(there(p, 1, ".before"));
    assert_int_equal(count(db), 1);
    assert_true(insert(db, 2, "again", &p->err));
    db_release(db);
    reopen(p);
    db = open_db(p->store, 1);
    assert_int_equal(count(db), 2);
    db_release(db);
}

static void test_snapshot_committed(void **state)
{
    struct place *p = *state;
    struct db *db = open_db(p->store, 1);
    assert_true(db_snapshot(db, &p->err));
    assert_true(there(p, 1, ".before"));
    assert_true(insert(db, 1, "after", &p->err));
    assert_true(db_snapshot_commit(db, &p->err));
    db_release(db);
    reopen(p);
    db = open_db(p->store, 1);
    assert_int_equal(count(db), 1);
    db_release(db);
}

/* A process makes a row, a snapshot and another row, and dies. */
static void die_after_snapshot(struct place *p)
{
    store_close(p->store);
    pid_t child = fork();
    if (!child) {
        struct store *s = store_in(p->dir);
        struct db *db = open_db(s, 1);
        struct error err = { 0 };
        _exit(insert(db, 1, "before", &err) && db_snapshot(db, &err) && insert(db, 2, "after", &err)
                  ? 0
                  : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_true(there(p, 1, ".before") && there(p, 1, "-wal"));
}

static void test_snapshot_left_behind(void **state)
{
    struct place *p = *state;
    die_after_snapshot(p);
    p->store = store_in(p->dir);
    struct db *db = open_db(p->store, 1);
    assert_int_equal(count(db), 1);
    assert_false(there(p, 1, ".before"));
    db_release(db);
}

static void touch_file(const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("half of a snapshot", f);
    fclose(f);
}

/* The process died while the snapshot was written: what came before it counts. */
static void test_snapshot_left_unfinished(void **state)
{
    struct place *p = *state;
    struct db *db = open_db(p->store, 1);
    assert_true(insert(db, 1, "before", &p->err));
    db_release(db);
    store_close(p->store);
    touch_file(path_of(p, 1, ".before-partial"));
    p->store = store_in(p->dir);
    db = open_db(p->store, 1);
    assert_int_equal(count(db), 1);
    assert_false(there(p, 1, ".before-partial"));
    db_release(db);
}

/* The next process died too, while it put the snapshot back. */
static void test_snapshot_half_put_back(void **state)
{
    struct place *p = *state;
    die_after_snapshot(p);
    unlink(path_of(p, 1, "-wal"));
    p->store = store_in(p->dir);
    struct db *db = open_db(p->store, 1);
    assert_int_equal(count(db), 1);
    db_release(db);
}

static bool other_key(void *with, struct id db, struct secret_key *ret, struct error *err)
{
    (void)with;
    (void)db;
    (void)err;
    memset(ret, 1, sizeof *ret);
    return true;
}

static bool no_key(void *with, struct id db, struct secret_key *ret, struct error *err)
{
    (void)with;
    (void)db;
    (void)ret;
    return error_set(err, FORBIDDEN, "no key");
}

static void test_wrong_or_missing_key(void **state)
{
    struct place *p = *state;
    struct db *db = open_db(p->store, 1);
    assert_true(insert(db, 1, "x", &p->err));
    db_release(db);
    struct store_config config = config_plain(p->dir);
    /* A login comes from the key as well. */
    const enum problem want[] = { on_sqlite() ? INTERNAL : UNAVAILABLE, FORBIDDEN };
    for (int i = 0; i < 2; i++) {
        store_close(p->store);
        config.key = i ? no_key : other_key;
        assert_true(store_open(&config, &p->store, &p->err));
        struct error err = { 0 };
        assert_false(db_open(p->store, id_of(1), true, &db, &err));
        assert_int_equal(err.problem, want[i]);
    }
    reopen(p);
    db = open_db(p->store, 1);
    assert_int_equal(count(db), 1);
    db_release(db);
}

static bool prepare_counted(void *with, struct db *db, struct error *err)
{
    __atomic_add_fetch((int *)with, 1, __ATOMIC_SEQ_CST);
    return note_prepare(NULL, db, err);
}

static void *open_run(void *with)
{
    struct error err = { 0 };
    struct db *db = NULL;
    return db_open(with, id_of(1), true, &db, &err) ? db : NULL;
}

static void test_opened_at_once_is_prepared_once(void **state)
{
    struct place *p = *state;
    int prepared = 0;
    store_close(p->store);
    struct store_config config = config_plain(p->dir);
    config.prepare = prepare_counted;
    config.prepare_with = &prepared;
    assert_true(store_open(&config, &p->store, &p->err));
    pthread_t threads[8];
    void *db[8];
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, open_run, p->store);
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], &db[i]);
        assert_ptr_equal(db[i], db[0]);
    }
    assert_non_null(db[0]);
    for (int i = 0; i < 8; i++)
        db_release(db[i]);
    assert_int_equal(prepared, 1);
}

static bool prepare_refused(void *with, struct db *db, struct error *err)
{
    return note_prepare(with, db, err) && error_set(err, INVALID, "refused");
}

static void test_failed_preparation_leaves_nothing(void **state)
{
    struct place *p = *state;
    store_close(p->store);
    struct store_config config = config_plain(p->dir);
    config.prepare = prepare_refused;
    assert_true(store_open(&config, &p->store, &p->err));
    struct db *db;
    assert_false(db_open(p->store, id_of(1), true, &db, &p->err));
    assert_int_equal(p->err.problem, INVALID);
    assert_false(there(p, 1, ""));
}

struct filling {
    struct db *db;
    pthread_t thread;
    bool wrong;
};

enum { FILL = 300 };

static void *fill_run(void *with)
{
    struct filling *f = with;
    struct error err = { 0 };
    for (int64_t i = 1; i <= FILL; i++)
        f->wrong = f->wrong || !insert(f->db, 1000 + i, "meanwhile", &err);
    return NULL;
}

/* The copy opens as the same organisation in another data folder, and holds a moment between the
   start and the end of the writing that went on. */
static void test_backup_while_writing(void **state)
{
    struct place *p = *state;
    struct db *db = open_db(p->store, 1);
    for (int64_t i = 1; i <= FILL; i++)
        assert_true(insert(db, i, "before", &p->err));
    struct place other = { .dir = folder_fresh() };
    other.store = store_in(other.dir);
    struct filling f = { .db = db };
    pthread_create(&f.thread, NULL, fill_run, &f);
    bool ok = db_backup(db, path_of(&other, 1, ""), &p->err);
    pthread_join(f.thread, NULL);
    assert_true(ok);
    assert_false(f.wrong);
    assert_false(there(&other, 1, "-wal") || there(&other, 1, "-journal"));
    assert_false(db_backup(db, path_of(&other, 1, ""), &p->err));
    assert_int_equal(p->err.problem, ALREADY_EXISTS);
    struct db *copy = open_db(other.store, 1);
    int64_t rows = count(copy);
    assert_true(rows >= FILL && rows <= 2 * FILL);
    assert_true(insert(copy, 5000, "own life", &other.err));
    db_release(copy);
    store_close(other.store);
    folder_remove(other.dir);
    assert_int_equal(count(db), 2 * FILL);
    db_release(db);
}

/* Whether a text is found in any file of a folder, by the system's own grep. */
static bool text_found(const char *dir, const char *text)
{
    char command[PATH_ROOM];
    snprintf(command, sizeof command, "grep -rqa -- '%s' '%s'", text, dir);
    return system(command) == 0;
}

static void test_nothing_readable_on_disk(void **state)
{
    struct place *p = *state;
    static const char canary[] = "canary-of-the-engine";
    struct db *db = open_db(p->store, 1);
    assert_true(insert(db, 1, canary, &p->err));
    assert_true(db_snapshot(db, &p->err));
    assert_true(insert(db, 2, canary, &p->err));
    assert_true(db_backup(db, path_of(p, 2, ".copy"), &p->err));
    assert_true(there(p, 1, "-wal") && there(p, 1, ".before") && there(p, 2, ".copy"));
    assert_false(text_found(p->dir, canary));
    assert_false(text_found(p->dir, "SQLite format"));
    assert_false(text_found(p->dir, "CREATE TABLE"));
    FILE *control = fopen(path_of(p, 9, ".plain"), "w");
    fputs(canary, control);
    fclose(control);
    assert_true(text_found(p->dir, canary));
    db_release(db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_missing_database),
        TEST(test_rows_survive_closing),
        TEST(test_control_is_no_organisation),
        TEST(test_least_recently_used_close),
        TEST(test_all_in_use),
        TEST(test_eviction_under_use),
        TEST(test_destroy_waits_and_refuses),
        TEST(test_destroy_what_is_closed_or_not_there),
        TEST(test_wrong_or_missing_key),
        TEST(test_opened_at_once_is_prepared_once),
        TEST(test_failed_preparation_leaves_nothing),
    };
    const struct CMUnitTest files[] = {
        TEST(test_folder_belongs_to_one),    TEST(test_files_are_private),
        TEST(test_cooled_database_goes_on),  TEST(test_checkpoint_empties_the_log),
        TEST(test_snapshot_goes_back),       TEST(test_snapshot_committed),
        TEST(test_snapshot_left_behind),     TEST(test_snapshot_left_unfinished),
        TEST(test_snapshot_half_put_back),   TEST(test_backup_while_writing),
        TEST(test_nothing_readable_on_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ||
           (on_sqlite() && cmocka_run_group_tests(files, NULL, NULL));
}
