/* journal.c: a file in memory, for rollback and statement journals.

   SQLite opens a rollback journal only while a new file is made (sealed_open and sealed_copy make
   it under another name and rename it when it is whole), so no journal has to survive a crash. */
#include "vault.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct journal {
    sqlite3_file base;
    uint8_t *at;
    int64_t size, room;
};

static struct journal *journal_of(sqlite3_file *f)
{
    return (struct journal *)f;
}

static int j_close(sqlite3_file *f)
{
    struct journal *j = journal_of(f);
    wipe(j->at, (size_t)j->size);
    free(j->at);
    j->at = NULL;
    j->size = j->room = 0;
    return SQLITE_OK;
}

static int j_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    struct journal *j = journal_of(f);
    int64_t there = at < j->size ? j->size - at : 0;
    if (there > n)
        there = n;
    if (there)
        memcpy(to, j->at + at, (size_t)there);
    memset((uint8_t *)to + there, 0, (size_t)(n - there));
    return there == n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int j_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    struct journal *j = journal_of(f);
    if (at + n > j->room) {
        int64_t room = 2 * (at + n) + PAGE;
        uint8_t *grown = malloc((size_t)room);
        if (!grown)
            return SQLITE_IOERR_NOMEM;
        if (j->size)
            memcpy(grown, j->at, (size_t)j->size);
        memset(grown + j->size, 0, (size_t)(room - j->size));
        wipe(j->at, (size_t)j->size);
        free(j->at);
        j->at = grown;
        j->room = room;
    }
    memcpy(j->at + at, from, (size_t)n);
    if (at + n > j->size)
        j->size = at + n;
    return SQLITE_OK;
}

static int j_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct journal *j = journal_of(f);
    if (size < j->size) {
        wipe(j->at + size, (size_t)(j->size - size));
        j->size = size;
    }
    return SQLITE_OK;
}

static int j_sync(sqlite3_file *f, int flags)
{
    (void)f, (void)flags;
    return SQLITE_OK;
}

static int j_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    *ret = journal_of(f)->size;
    return SQLITE_OK;
}

static int j_lock(sqlite3_file *f, int level)
{
    (void)f, (void)level;
    return SQLITE_OK;
}

static int j_check_reserved(sqlite3_file *f, int *ret)
{
    (void)f;
    *ret = 0;
    return SQLITE_OK;
}

static int j_control(sqlite3_file *f, int op, void *arg)
{
    (void)f, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int j_sector(sqlite3_file *f)
{
    (void)f;
    return PAGE;
}

static int j_characteristics(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods journal_methods = {
    .iVersion = 1,
    .xClose = j_close,
    .xRead = j_read,
    .xWrite = j_write,
    .xTruncate = j_truncate,
    .xSync = j_sync,
    .xFileSize = j_size,
    .xLock = j_lock,
    .xUnlock = j_lock,
    .xCheckReservedLock = j_check_reserved,
    .xFileControl = j_control,
    .xSectorSize = j_sector,
    .xDeviceCharacteristics = j_characteristics,
};

int journal_size(void)
{
    return (int)sizeof(struct journal);
}

int journal_open(sqlite3_file *f)
{
    *journal_of(f) = (struct journal){ .base = { &journal_methods } };
    return SQLITE_OK;
}
