/* power_loss_test.c: a power loss at any moment loses no acknowledged commit and leaves no half
   one.

   A workload is recorded once. Then, for every step of it, the disk is made as a power loss at that
   moment could leave it: without what was not synced, with all of it, with some of it in any order,
   with some sectors of some writes.

   power_loss_test [rounds [seed]] */
#include "db/sealed/sealed_fixture.h"
#include "fault_vfs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { COMMITS = 36, LOSSES = 12 };
static int rounds = 1;
static unsigned seed = 7;

static sqlite3 *fault_open_db(const char *name)
{
    sqlite3 *db = NULL;
    struct error err = { 0 };
    fault_register();
    assert_true(sealed_register("sealed-fault", "fault"));
    if (!sealed_open_over("sealed-fault", in_folder(name), &key, id,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db, &err))
        fail_msg("%s", err.detail);
    return db;
}

/* Each commit has a row in `done` and its marks in two tables, one of them with long rows. */
static void commit(sqlite3 *db, int i)
{
    char sql[600];
    snprintf(sql, sizeof sql,
             "BEGIN; INSERT INTO done VALUES (%d);"
             "INSERT INTO a VALUES (%d, hex(randomblob(%d)));"
             "UPDATE b SET n = %d WHERE id %% 3 = %d %% 3; UPDATE total SET n = n + 1; COMMIT",
             i, i, i % 5 ? i : 7000, i, i);
    run(db, sql);
    trace_ack(i);
}

static void workload(sqlite3 *db)
{
    for (int i = 1; i <= COMMITS; i++) {
        commit(db, i);
        if (i == 12)
            run(db, "PRAGMA wal_checkpoint(RESTART)");
        if (i == 20) /* rolled back after some of it was spilled into the WAL */
            run(db, "BEGIN; UPDATE a SET t = t || hex(zeroblob(3000)); ROLLBACK");
        if (i == 24)
            run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
        if (i == 30)
            run(db, "DELETE FROM a WHERE id < 20; VACUUM; INSERT INTO a SELECT n, '' FROM done "
                    "WHERE n < 20");
    }
}

/* The rows agree with each other and hold at least what was acknowledged; returns the commits. */
static int check(const char *name, int64_t acknowledged, int most)
{
    sqlite3 *db = NULL;
    struct error err = { 0 };
    char want[100];
    if (!sealed_open(in_folder(name), &key, id, SQLITE_OPEN_READWRITE, &db, &err))
        fail_msg("after commit %lld: %s", (long long)acknowledged, err.detail);
    assert_rows(db, "PRAGMA integrity_check", "ok\n");
    char *text = rows(db, "SELECT count(*) FROM done", NULL);
    int n = atoi(text);
    free(text);
    assert_in_range(n, acknowledged, most);
    snprintf(want, sizeof want, "%d|%d|%d\n", n, n, n);
    assert_rows(db,
                "SELECT (SELECT n FROM total), coalesce(max(n), 0), (SELECT max(n) FROM b)"
                " FROM done",
                want);
    assert_rows(db, "SELECT count(*) FROM done WHERE n > 19 AND n NOT IN (SELECT id FROM a)",
                "0\n");
    sqlite3_close(db);
    return n;
}

static int64_t acknowledged(size_t steps, int64_t before)
{
    int64_t n = before;
    for (size_t i = 0; i < steps; i++)
        n = trace.step[i].kind == STEP_ACK ? trace.step[i].at : n;
    return n;
}

/* A database with its companions, as they lie on the disk. */
static const char *const suffixes[] = { "", "-wal", "-floor" };
struct disk {
    struct content file[LENGTH(suffixes)];
};

static const char *companion(const char *name, size_t i)
{
    static char text[64];
    snprintf(text, sizeof text, "%s%s", name, suffixes[i]);
    return text;
}

static struct disk disk_get(const char *name)
{
    struct disk d;
    for (size_t i = 0; i < LENGTH(suffixes); i++)
        d.file[i] = file_get(companion(name, i));
    return d;
}

static void disk_free(struct disk *d)
{
    for (size_t i = 0; i < LENGTH(suffixes); i++)
        free(d->file[i].at);
}

/* Makes, as `to`, the disk that a power loss leaves of `from`, which was `before` at the start of
   the trace. */
static void lose(const char *from, const struct disk *before, size_t steps, enum loss loss,
                 const char *to)
{
    struct disk_file disk[FILES_MAX] = { 0 };
    for (size_t i = 0; i < LENGTH(suffixes); i++) {
        char path[256];
        snprintf(path, sizeof path, "%s", in_folder(companion(from, i)));
        struct disk_file *f = &disk[trace_file(path)];
        *f = (struct disk_file){ malloc(before->file[i].n + 1), before->file[i].n,
                                 before->file[i].at != NULL };
        if (f->n)
            memcpy(f->at, before->file[i].at, f->n);
    }
    trace_play(steps, loss, &seed, disk);
    for (size_t i = 0; i < LENGTH(suffixes); i++) {
        char path[256];
        snprintf(path, sizeof path, "%s", in_folder(companion(from, i)));
        struct disk_file *f = &disk[trace_file(path)];
        unlink(in_folder(companion(to, i)));
        if (f->there)
            file_put(companion(to, i), (struct content){ f->at, f->n });
    }
    for (int f = 0; f < FILES_MAX; f++)
        free(disk[f].at);
}

/* Records from here; the floor is written past the VFS. */
static void trace_start(const char *name)
{
    static char floor[256];
    trace_clear();
    snprintf(floor, sizeof floor, "%s", in_folder(companion(name, 2)));
    trace.noted = floor;
    trace.on = true;
}

static void file_restore(const char *name, struct content c)
{
    unlink(in_folder(name));
    if (c.at)
        file_put(name, c);
}

static struct disk start_make(void)
{
    sqlite3 *db = fault_open_db("a.db");
    run(db, "CREATE TABLE done (n INTEGER PRIMARY KEY); CREATE TABLE total (n);"
            "CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT); CREATE TABLE b (id, n);"
            "INSERT INTO total VALUES (0);"
            "WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 300)"
            "INSERT INTO b SELECT n, 0 FROM i");
    sqlite3_close(db);
    return disk_get("a.db");
}

static void test_power_loss_at_every_step(void **state)
{
    (void)state;
    struct disk before = start_make();
    trace_start("a.db");
    sqlite3 *db = fault_open_db("a.db");
    run(db, "PRAGMA cache_size = 6; PRAGMA wal_autocheckpoint = 15");
    workload(db);
    sqlite3_close(db);
    trace.on = false;

    for (int round = 0; round < rounds; round++) {
        for (size_t steps = 0; steps <= trace.steps; steps++) {
            for (enum loss loss = round ? LOSE_SOME : LOSE_ALL; loss <= TEAR_SOME; loss++) {
                lose("a.db", &before, steps, loss, "x.db");
                check("x.db", acknowledged(steps, 0), COMMITS);
            }
        }
    }
    print_message("%zu moments, %d rounds\n", trace.steps, rounds);
    trace_clear();
    disk_free(&before);
}

/* The power goes, the database recovers, goes on for a few commits in the same log, and the power
   goes again: what the first loss left behind the end of the log must not confuse the second
   recovery. */
static void test_power_loss_after_power_loss(void **state)
{
    (void)state;
    struct disk before = start_make();
    for (int round = 0; round < LOSSES * rounds; round++) {
        trace_start("a.db");
        sqlite3 *db = fault_open_db("a.db");
        run(db, "PRAGMA cache_size = 6; PRAGMA wal_autocheckpoint = 0");
        int acked = 1 + rand_r(&seed) % 5;
        for (int i = 1; i <= acked; i++)
            commit(db, i);
        size_t settled = trace.steps;
        commit(db, acked + 1);
        size_t steps = settled + (size_t)rand_r(&seed) % (trace.steps - settled);
        trace.on = false;
        lose("a.db", &before, steps, LOSE_SOME + rand_r(&seed) % 2, "x.db");
        sqlite3_close(db);
        for (size_t i = 0; i < LENGTH(suffixes); i++)
            file_restore(companion("a.db", i), before.file[i]);

        /* The log stays: a process that is killed leaves it. */
        struct disk first = disk_get("x.db");
        trace_start("x.db");
        db = fault_open_db("x.db");
        char *text = rows(db, "SELECT count(*) FROM done", NULL);
        int n = atoi(text);
        free(text);
        assert_in_range(n, acked, acked + 1);
        run(db, "PRAGMA cache_size = 6; PRAGMA wal_autocheckpoint = 0");
        commit(db, n + 1);
        commit(db, n + 2);
        trace.on = false;
        for (steps = 0; steps <= trace.steps; steps++) {
            for (enum loss loss = LOSE_SOME; loss <= TEAR_SOME; loss++) {
                lose("x.db", &first, steps, loss, "y.db");
                check("y.db", acknowledged(steps, n), n + 2);
            }
        }
        sqlite3_close(db);
        disk_free(&first);
    }
    print_message("%d double losses\n", LOSSES * rounds);
    trace_clear();
    disk_free(&before);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        rounds = atoi(argv[1]);
    if (argc > 2)
        seed = (unsigned)strtoul(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_power_loss_at_every_step),
        IN_FOLDER(test_power_loss_after_power_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
