/* seal_bench.c: the sealed store against plain SQLite: the same statements on the same rows, turn
   by turn in one process, so that whatever disturbs the machine disturbs both.

   seal_bench [--rows N] [--dir DIR] [FIGURE...] */
#include "crypt/key.h"
#include "db/sealed/sealed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PLAIN, SEALED, SIDES };
enum { SCANS = 9, REPORTS = 15, ROUNDS = 21, COMMITS = 400 };

static char folder[200];
static const struct secret_key key = { { 1, 2, 3 } };
static const struct id file_id = { { 4, 5, 6 } };

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "seal_bench: %s: %s\n", what, why);
    exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(sql, sqlite3_errmsg(db));
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void path_of(int side, const char *suffix, char to[256])
{
    snprintf(to, 256, "%s/%s.db%s", folder, side == SEALED ? "sealed" : "plain", suffix);
}

static sqlite3 *db_open(int side)
{
    char path[256];
    sqlite3 *db = NULL;
    struct error err = { 0 };
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    path_of(side, "", path);
    if (side == SEALED && !sealed_open(path, &key, file_id, flags, &db, &err))
        fail(path, err.detail);
    if (side == PLAIN && sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK)
        fail(path, sqlite3_errmsg(db));
    run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=memory");
    return db;
}

static void fill(int side, int rows)
{
    char sql[800];
    sqlite3 *db = db_open(side);
    snprintf(sql, sizeof sql,
             "CREATE TABLE entry (id INTEGER PRIMARY KEY, person INT, project INT, day INT,"
             "  seconds INT, note TEXT);"
             "BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             "INSERT INTO entry SELECT i, i %% 200, (i * 7919) %% 500, i / 2740, (i * 31) %% 28800,"
             "  'worked on item ' || i FROM n; COMMIT;"
             "CREATE INDEX entry_day ON entry (day, person); PRAGMA wal_checkpoint(TRUNCATE)",
             rows);
    run(db, sql);
    sqlite3_close(db);
}

/* The turn that was disturbed least: anything else on the machine makes a turn slower only. */
static double best(const double *times, int n)
{
    double least = times[0];
    for (int i = 1; i < n; i++)
        least = times[i] < least ? times[i] : least;
    return least;
}

static double timed(sqlite3 *db, const char *sql)
{
    double start = now();
    run(db, sql);
    return now() - start;
}

static const char report[] =
    "SELECT project, day / 30, sum(seconds), count(*) FROM entry GROUP BY 1, 2";

/* The whole report over pages that SQLite has in its cache. */
static void report_warm(double times[SIDES][ROUNDS], int *n)
{
    sqlite3 *db[SIDES];
    for (int side = 0; side < SIDES; side++) {
        db[side] = db_open(side);
        run(db[side], "PRAGMA cache_size=-1000000");
        run(db[side], report);
    }
    for (int i = 0; i < REPORTS; i++) {
        for (int side = 0; side < SIDES; side++)
            times[side][i] = timed(db[side], report);
    }
    sqlite3_close(db[PLAIN]);
    sqlite3_close(db[SEALED]);
    *n = REPORTS;
}

/* Every row by a connection that has nothing in its cache; the kernel has, which is the harder
   case: a slower disk would hide the cost of opening pages. */
static void scan_cold(double times[SIDES][ROUNDS], int *n)
{
    for (int i = 0; i < SCANS; i++) {
        for (int side = 0; side < SIDES; side++) {
            sqlite3 *db = db_open(side);
            times[side][i] = timed(db, "SELECT sum(seconds), sum(length(note)) FROM entry");
            sqlite3_close(db);
        }
    }
    *n = SCANS;
}

/* Rows committed one by one, each with its sync. */
static double commits(sqlite3 *db)
{
    sqlite3_stmt *insert = NULL;
    sqlite3_prepare_v2(db,
                       "INSERT INTO entry (person, project, day, seconds, note)"
                       " VALUES (?1, 7, 365, 3600, 'one more entry')",
                       -1, &insert, NULL);
    double start = now();
    for (int i = 0; i < COMMITS; i++) {
        sqlite3_bind_int(insert, 1, i % 200);
        if (sqlite3_step(insert) != SQLITE_DONE || sqlite3_reset(insert) != SQLITE_OK)
            fail("insert", sqlite3_errmsg(db));
    }
    double took = now() - start;
    sqlite3_finalize(insert);
    return took / COMMITS;
}

static void insert(double times[SIDES][ROUNDS], int *n)
{
    sqlite3 *db[SIDES] = { db_open(PLAIN), db_open(SEALED) };
    for (int side = 0; side < SIDES; side++)
        commits(db[side]);
    for (int i = 0; i < ROUNDS; i++) {
        for (int side = 0; side < SIDES; side++)
            times[side][i] = commits(db[side]);
    }
    sqlite3_close(db[PLAIN]);
    sqlite3_close(db[SEALED]);
    *n = ROUNDS;
}

static const struct {
    const char *name, *unit;
    double scale;
    void (*measure)(double times[SIDES][ROUNDS], int *n);
} figures[] = {
    { "seal.report_warm", "ms", 1e-3, report_warm },
    { "seal.scan_cold", "ms", 1e-3, scan_cold },
    { "seal.insert", "us", 1, insert },
};

static void measure(size_t i)
{
    double times[SIDES][ROUNDS];
    int n = 0;
    figures[i].measure(times, &n);
    double plain = best(times[PLAIN], n), sealed = best(times[SEALED], n);
    printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"ratio\", "
           "\"detail\": \"%.1f %s sealed, %.1f %s plain\"}\n",
           figures[i].name, sealed / plain, sealed * figures[i].scale, figures[i].unit,
           plain * figures[i].scale, figures[i].unit);
    fflush(stdout);
}

static bool asked(const char *name, char **names, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return n == 0;
}

int main(int argc, char **argv)
{
    int rows = 1000000, at = 1;
    const char *under = getenv("TMPDIR");
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
        if (strcmp(argv[at], "--rows") == 0)
            rows = atoi(argv[at + 1]);
        else if (strcmp(argv[at], "--dir") == 0)
            under = argv[at + 1];
        else
            fail(argv[at], "is no option");
    }
    if (rows < 1)
        fail("--rows", "wants a number above 0");
    snprintf(folder, sizeof folder, "%s/vow-seal-XXXXXX", under ? under : "/tmp");
    if (!mkdtemp(folder))
        fail(folder, "cannot be made");
    for (int side = 0; side < SIDES; side++)
        fill(side, rows);
    for (size_t i = 0; i < LENGTH(figures); i++) {
        if (asked(figures[i].name, argv + at, argc - at))
            measure(i);
    }
    for (int side = 0; side < SIDES; side++) {
        for (int i = 0; i < 3; i++) {
            char path[256];
            path_of(side, (const char *[]){ "", "-wal", "-shm" }[i], path);
            unlink(path);
        }
    }
    return rmdir(folder) != 0;
}
