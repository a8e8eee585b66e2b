/* db_fixture.c: a store in a folder of its own, with one table. */
#include "db_fixture.h"

#include "compose.h"

#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

const struct field note_fields[] = {
    FIELD(struct note, id),
    FIELD(struct note, number),
    FIELD(struct note, text),
    { 0 },
};

const struct query note_insert = { "INSERT INTO note (id, number, text) VALUES ($1, $2, $3)" };
const struct query note_all = { "SELECT id, number, text FROM note ORDER BY number" };
const struct query note_one = { "SELECT id, number, text FROM note WHERE number = $1" };
const struct query note_count = { "SELECT count(*) FROM note" };

bool on_sqlite(void)
{
    return !getenv("VOW_TEST_STORE");
}

const char *store_url(const char *dir)
{
    static char url[500];
    unsigned long hash = 5381;
    if (on_sqlite())
        return NULL;
    for (const char *at = dir; *at; at++)
        hash = hash * 33 + (unsigned char)*at;
    snprintf(url, sizeof url, "%s&vow_prefix=t%lx", getenv("VOW_TEST_STORE"), hash);
    return url;
}

static bool create_work(struct tx *tx, void *with, struct error *err)
{
    (void)with;
    (void)err;
    struct db *db = tx_db(tx);
    struct query q = query_composed(arena_printf(
        tx_arena(tx),
        "CREATE TABLE IF NOT EXISTS note (id %s PRIMARY KEY, number %s UNIQUE, text %s)%s",
        db_column_type(db, &note_fields[0]), db_column_type(db, &note_fields[1]),
        db_column_type(db, &note_fields[2]), on_sqlite() ? " WITHOUT ROWID" : ""));
    return tx_run(tx, &q, NO_ARGS, NULL);
}

bool note_prepare(void *with, struct db *db, struct error *err)
{
    (void)with;
    struct arena a = { 0 };
    bool ok = db_write_wait(db, &a, create_work, NULL, err);
    arena_done(&a);
    return ok;
}

char *folder_fresh(void)
{
    const char *tmp = getenv("TMPDIR");
    char path[300];
    snprintf(path, sizeof path, "%s/vow-db-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(path));
    return strdup(path);
}

void folder_remove(char *dir)
{
    pid_t child = fork();
    if (!child) {
        execlp("rm", "rm", "-rf", "--", dir, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    free(dir);
}

static bool key_of(void *with, struct id db, struct secret_key *ret, struct error *err)
{
    (void)with;
    (void)err;
    memset(ret, 7, sizeof *ret);
    memcpy(ret->byte, db.byte, sizeof db.byte);
    return true;
}

struct store_config config_plain(const char *dir)
{
    return (struct store_config){ .dir = dir,
                                  .url = store_url(dir),
                                  .writers = 2,
                                  .open_max = 8,
                                  .batch_max = 64,
                                  .key = key_of,
                                  .prepare = note_prepare };
}

static struct store *store_by(const struct store_config *config)
{
    struct error err = { 0 };
    struct store *s = NULL;
    if (!store_open(config, &s, &err))
        fail_msg("%s: %s", problem_info(err.problem)->name, err.detail);
    return s;
}

struct store *store_in(const char *dir)
{
    struct store_config config = config_plain(dir);
    return store_by(&config);
}

struct id id_of(uint32_t n)
{
    struct id id = { { 0xA0 } };
    for (int i = 0; i < 4; i++)
        id.byte[12 + i] = (uint8_t)(n >> (24 - 8 * i));
    return id;
}

struct db *open_db(struct store *s, uint32_t n)
{
    struct error err = { 0 };
    struct db *db = NULL;
    if (!db_open(s, id_of(n), true, &db, &err))
        fail_msg("%s: %s", problem_info(err.problem)->name, err.detail);
    return db;
}

int opened_prepared(void **state, bool (*prepare)(void *with, struct db *db, struct error *err))
{
    struct opened *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->dir = folder_fresh();
    struct store_config config = config_plain(p->dir);
    config.prepare = prepare;
    p->store = store_by(&config);
    p->db = open_db(p->store, 1);
    *state = p;
    return 0;
}

int opened_setup(void **state)
{
    return opened_prepared(state, note_prepare);
}

int opened_teardown(void **state)
{
    struct opened *p = *state;
    if (p->db)
        db_release(p->db);
    store_close(p->store);
    folder_remove(p->dir);
    arena_done(&p->a);
    free(p);
    return 0;
}

bool insert_work(struct tx *tx, void *note, struct error *err)
{
    (void)err;
    const struct note *n = note;
    return tx_run(tx, &note_insert,
                  ARGS(value_id(n->id), value_int(n->number), value_text(n->text)), NULL);
}

bool insert(struct db *db, int64_t number, const char *text, struct error *err)
{
    struct arena a = { 0 };
    struct note n = { .id = id_of((uint32_t)number), .number = number, .text = text };
    bool ok = db_write_wait(db, &a, insert_work, &n, err);
    arena_done(&a);
    return ok;
}

struct one {
    int64_t count;
};

static bool count_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    static const struct field fields[] = { FIELD(struct one, count), { 0 } };
    bool found;
    return tx_row(tx, &note_count, NO_ARGS, fields, with, &found);
}

int64_t count(struct db *db)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct one one = { 0 };
    if (!db_read(db, &a, count_work, &one, &err))
        fail_msg("%s: %s", problem_info(err.problem)->name, err.detail);
    arena_done(&a);
    return one.count;
}
