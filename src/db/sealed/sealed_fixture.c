/* sealed_fixture.c: folder, key and short forms for the tests of the sealed store. */
#include "sealed_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

char folder[64];
const struct secret_key key = { { 1, 2, 3, 4 } }, other_key = { { 5, 6, 7, 8 } };
const struct id id = { { 0xa1, 0xa2 } }, other_id = { { 0xb1, 0xb2 } };

const char *in_folder(const char *name)
{
    static _Thread_local char path[4][512];
    static _Thread_local int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

int folder_make(void **state)
{
    (void)state;
    /* In memory where that is possible: these tests sync often and do not depend on it. */
    strcpy(folder, "/dev/shm/vow-sealed-XXXXXX");
    if (mkdtemp(folder))
        return 0;
    strcpy(folder, "/tmp/vow-sealed-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

void folder_each(void (*each)(const char *name, void *with), void *with)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] != '.')
            each(e->d_name, with);
    }
    closedir(dir);
}

static void file_remove(const char *name, void *with)
{
    (void)with;
    unlink(in_folder(name));
}

int folder_remove(void **state)
{
    (void)state;
    folder_each(file_remove, NULL);
    return rmdir(folder);
}

sqlite3 *db_open(const char *name)
{
    sqlite3 *db = NULL;
    struct error err = { 0 };
    if (!sealed_open(in_folder(name), &key, id, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db,
                     &err))
        fail_msg("%s: %s", name, err.detail);
    return db;
}

int try_run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) & 0xff;
}

void run(sqlite3 *db, const char *sql)
{
    if (try_run(db, sql) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

char *rows(sqlite3 *db, const char *sql, int *rc)
{
    sqlite3_stmt *s = NULL;
    sqlite3_str *text = sqlite3_str_new(db);
    int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            const char *value = (const char *)sqlite3_column_text(s, i);
            sqlite3_str_appendf(text, "%s%s", i ? "|" : "", value ? value : "");
        }
        sqlite3_str_appendall(text, "\n");
        code = SQLITE_OK;
    }
    sqlite3_finalize(s);
    char *made = sqlite3_str_finish(text);
    char *copy = strdup(made ? made : "");
    sqlite3_free(made);
    if (code == SQLITE_DONE)
        return copy;
    free(copy);
    if (!rc)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    else
        *rc = code;
    return NULL;
}

void assert_rows(sqlite3 *db, const char *sql, const char *expected)
{
    char *got = rows(db, sql, NULL);
    assert_string_equal(got, expected);
    free(got);
}

struct content file_get(const char *name)
{
    struct content c = { 0 };
    struct stat st;
    int fd = open(in_folder(name), O_RDONLY);
    if (fd < 0)
        return c;
    assert_int_equal(fstat(fd, &st), 0);
    c.n = (size_t)st.st_size;
    c.at = malloc(c.n + 1);
    assert_int_equal(read(fd, c.at, c.n), c.n);
    close(fd);
    return c;
}

void file_put(const char *name, struct content c)
{
    int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, c.at, c.n), c.n);
    close(fd);
}

bool file_there(const char *name)
{
    return access(in_folder(name), F_OK) == 0;
}

void crash_copy(const char *from, const char *to)
{
    static const char *const suffixes[] = { "", "-wal", "-floor" };
    for (size_t i = 0; i < LENGTH(suffixes); i++) {
        char source[64], target[64];
        snprintf(source, sizeof source, "%s%s", from, suffixes[i]);
        snprintf(target, sizeof target, "%s%s", to, suffixes[i]);
        struct content c = file_get(source);
        unlink(in_folder(target));
        if (c.at)
            file_put(target, c);
        free(c.at);
    }
}
