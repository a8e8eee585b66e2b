/* sealed_fuzz.c: a sealed database and its log that somebody edits are refused or show an earlier
   commit. The input is a list of edits of 6 bytes: what, where (3), how much, with what. */
#include "db/sealed/sealed.h"
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EDIT = 6, EDITS_MAX = 16, IMAGES = 3, ROOM = 1 << 17, STATES = 4, UNIT = 256 };
enum image { MAIN, LOG, FOREIGN };

static const struct secret_key key = { { 1 } };
static const struct id id = { { 2 } }, foreign_id = { { 3 } };
static const char all[] = "SELECT group_concat(id || name || length(note)) FROM"
                          " (SELECT * FROM person ORDER BY id)";
static char folder[64], *known[STATES];
static struct {
    uint8_t at[ROOM];
    size_t n;
} image[IMAGES], edited[2];

static const char *path_of(const char *name)
{
    static char path[2][128];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static sqlite3 *opened(const char *name, struct id as, int flags)
{
    sqlite3 *db = NULL;
    struct error err = { 0 };
    return sealed_open(path_of(name), &key, as, flags, &db, &err) ? db : NULL;
}

static char *seen(sqlite3 *db)
{
    sqlite3_stmt *s = NULL;
    char *text = NULL;
    if (sqlite3_prepare_v2(db, all, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        text = strdup((const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    return text;
}

static void image_get(enum image which, const char *name)
{
    int fd = open(path_of(name), O_RDONLY);
    ssize_t n = read(fd, image[which].at, ROOM);
    close(fd);
    if (n <= 0 || n == ROOM)
        abort();
    image[which].n = (size_t)n;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        abort();
}

static void folder_remove(void)
{
    static const char *const names[] = { "x.db", "x.db-wal", "x.db-floor" };
    for (size_t i = 0; i < LENGTH(names); i++)
        unlink(path_of(names[i]));
    rmdir(folder);
}

static void setup(void)
{
    strcpy(folder, "/dev/shm/vow-fuzz-XXXXXX");
    if (!mkdtemp(folder) && !mkdtemp(strcpy(folder, "/tmp/vow-fuzz-XXXXXX")))
        abort();
    atexit(folder_remove);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3 *db = opened("base.db", id, flags);
    struct error err = { 0 };
    run(db, "CREATE TABLE person (id INTEGER PRIMARY KEY, name, note);"
            "CREATE INDEX person_name ON person (name);"
            "INSERT INTO person VALUES (1, 'Ada', zeroblob(9000)), (2, 'Ben', 'b');"
            "PRAGMA wal_checkpoint(TRUNCATE)");
    known[0] = seen(db);
    for (int i = 1; i < STATES; i++) {
        run(db, "INSERT INTO person (name, note) VALUES ('new', zeroblob(5000))");
        known[i] = seen(db);
    }
    image_get(MAIN, "base.db");
    image_get(LOG, "base.db-wal");
    if (!sealed_copy(db, path_of("foreign.db"), &key, foreign_id, &err))
        abort();
    image_get(FOREIGN, "foreign.db");
    sqlite3_close(db);
    unlink(path_of("base.db"));
    unlink(path_of("foreign.db"));
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void edit(const uint8_t e[EDIT])
{
    int which = e[0] & 1, from = (e[0] >> 1) % IMAGES;
    size_t at = ((size_t)e[1] << 16 | (size_t)e[2] << 8 | e[3]) % ROOM;
    size_t n = least((size_t)e[4] * UNIT, ROOM - at);
    uint8_t *to = edited[which].at;
    switch (e[0] >> 4) {
    case 0: /* a block of another place or file */
        n = least(n, image[from].n - least(image[from].n, (size_t)e[5] * UNIT));
        memcpy(to + at, image[from].at + (size_t)e[5] * UNIT, n);
        break;
    case 1:
        memset(to + at, e[5], n);
        break;
    case 2:
        edited[which].n = at;
        break;
    default:
        to[at] ^= e[5];
    }
}

static void edited_put(int which, const char *name)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (write(fd, edited[which].at, edited[which].n) != (ssize_t)edited[which].n)
        abort();
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    if (!folder[0])
        setup();
    memcpy(&edited[MAIN], &image[MAIN], sizeof image[MAIN]);
    memcpy(&edited[LOG], &image[LOG], sizeof image[LOG]);
    for (size_t i = 0; i + EDIT <= n && i < EDITS_MAX * EDIT; i += EDIT)
        edit(at + i);
    edited_put(MAIN, "x.db");
    edited_put(LOG, "x.db-wal");
    unlink(path_of("x.db-floor"));
    sqlite3 *db = opened("x.db", id, SQLITE_OPEN_READWRITE);
    char *got = db ? seen(db) : NULL;
    bool fine = !got;
    for (int i = 0; got && i < STATES; i++)
        fine |= strcmp(got, known[i]) == 0;
    if (!fine)
        abort();
    free(got);
    sqlite3_close(db);
    return 0;
}
