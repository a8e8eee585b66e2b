/* main_file.c: the database file: pages are opened as they are read and sealed as they are
   written. */
#include "vault.h"

#include <string.h>

#include "base/arena.h"

static const uint8_t magic[CLEAR_AT] = "SQLite format 3";

static int page_get(struct sealed_file *file, uint32_t number, uint8_t *to)
{
    uint8_t sealed[PAGE];
    sqlite3_file *real = file->real;
    int rc = real->pMethods->xRead(real, sealed, PAGE, (int64_t)(number - 1) * PAGE);
    if (rc == SQLITE_OK)
        return page_open(&file->cipher, number, sealed, to) ? SQLITE_OK : SQLITE_IOERR_DATA;
    memset(to, 0, PAGE);
    return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_DATA : rc;
}

/* SQLite's looks at the database header: 100@0 before it knows of a WAL, then 16@24. */
static int head_read(struct sealed_file *file, uint8_t *to, int n, int64_t at)
{
    uint8_t page[PAGE];
    sqlite3_int64 size = 0;
    int rc = page_get(file, 1, page);
    if (rc == SQLITE_OK) {
        memcpy(to, page + at, (size_t)n);
        wipe(page, sizeof page);
        return SQLITE_OK;
    }
    memset(to, 0, (size_t)n);
    if (rc != SQLITE_IOERR_DATA)
        return rc;
    if (sealed_size(&file->base, &size) == SQLITE_OK && size == 0 && file->vault->fresh)
        return SQLITE_IOERR_SHORT_READ;
    if (at != 0 || n != HEAD)
        return rc;
    /* A power loss during a checkpoint may have torn page 1; its whole copy is in the WAL, which
       SQLite opens next. All it wants to know here is the shape of a page. */
    static const uint8_t clear[CLEAR] = { PAGE >> 8, 0, 2, 2, SEAL_ADDED, 64, 32, 32 };
    memcpy(to, magic, sizeof magic);
    memcpy(to + CLEAR_AT, clear, CLEAR);
    return SQLITE_OK;
}

static int main_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    struct sealed_file *file = (struct sealed_file *)f;
    if (n == PAGE && at % PAGE == 0)
        return page_get(file, (uint32_t)(at / PAGE) + 1, to);
    if (n > 0 && at >= 0 && at + n <= HEAD)
        return head_read(file, to, n, at);
    return SQLITE_IOERR_READ;
}

static int page_put(struct sealed_file *file, uint32_t number, const uint8_t *page)
{
    uint8_t sealed[PAGE];
    sqlite3_file *real = file->real;
    page_seal(&file->cipher, number, page, sealed);
    int rc = real->pMethods->xWrite(real, sealed, PAGE, (int64_t)(number - 1) * PAGE);
    if (rc == SQLITE_OK && number > file->vault->pages)
        file->vault->pages = number;
    return rc;
}

/* Pages that SQLite skips (it never uses the one with the lock bytes) are sealed too, so that an
   unsealed page is always a forgery. */
static int gap_fill(struct sealed_file *file, uint32_t number)
{
    static const uint8_t empty[PAGE];
    int rc = SQLITE_OK;
    while (rc == SQLITE_OK && file->vault->pages + 1 < number)
        rc = page_put(file, file->vault->pages + 1, empty);
    return rc;
}

static int main_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    struct sealed_file *file = (struct sealed_file *)f;
    uint32_t number = (uint32_t)(at / PAGE) + 1;
    if (n != PAGE || at % PAGE || !page_fits(number, from))
        return SQLITE_IOERR_WRITE;
    if (!file->vault->fresh && atomic_exchange(&file->vault->floor_due, false))
        floor_put(file->vault, &file->cipher);
    int rc = gap_fill(file, number);
    return rc == SQLITE_OK ? page_put(file, number, from) : rc;
}

static int main_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct sealed_file *file = (struct sealed_file *)f;
    if (size % PAGE)
        return SQLITE_IOERR_TRUNCATE;
    int rc = file->real->pMethods->xTruncate(file->real, size);
    if (rc == SQLITE_OK && size / PAGE < file->vault->pages)
        file->vault->pages = (unsigned)(size / PAGE);
    return rc;
}

static int main_sync(sqlite3_file *f, int flags)
{
    sqlite3_file *real = ((struct sealed_file *)f)->real;
    return real->pMethods->xSync(real, flags);
}

const sqlite3_io_methods sealed_main_methods = {
    .iVersion = 2,
    .xClose = sealed_close,
    .xRead = main_read,
    .xWrite = main_write,
    .xTruncate = main_truncate,
    .xSync = main_sync,
    .xFileSize = sealed_size,
    .xLock = sealed_lock,
    .xUnlock = sealed_unlock,
    .xCheckReservedLock = sealed_check_reserved,
    .xFileControl = sealed_control,
    .xSectorSize = sealed_sector,
    .xDeviceCharacteristics = sealed_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};
