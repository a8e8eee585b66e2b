/* wal.c: the write-ahead log: its header in the clear, each frame's salts and checksums hidden,
   each frame's page sealed for its place and time. */
#include "vault.h"

#include <string.h>

#include "base/arena.h"

static struct sealed_file *file_of(sqlite3_file *f)
{
    return (struct sealed_file *)f;
}

static bool frame_starts(int64_t at)
{
    return at >= WAL_HEADER && (at - WAL_HEADER) % FRAME == 0;
}

/* The salts of the WAL as it is now: of the header that was written last. */
static int salts_get(struct sealed_file *file, uint8_t ret[SALTS])
{
    struct vault *v = file->vault;
    int rc = SQLITE_OK;
    pthread_mutex_lock(&v->lock);
    if (!v->salted) {
        rc = file->real->pMethods->xRead(file->real, v->salts, SALTS, CLEAR_AT);
        v->salted = rc == SQLITE_OK;
    }
    memcpy(ret, v->salts, SALTS);
    pthread_mutex_unlock(&v->lock);
    return rc;
}

static void salts_set(struct vault *v, const uint8_t *header)
{
    pthread_mutex_lock(&v->lock);
    memcpy(v->salts, header + CLEAR_AT, SALTS);
    v->salted = true;
    v->committed = v->synced = 0;
    pthread_mutex_unlock(&v->lock);
}

static int frame_get(struct sealed_file *file, int64_t at, uint8_t sealed[FRAME])
{
    int rc = file->real->pMethods->xRead(file->real, sealed, FRAME, at);
    return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_DATA : rc;
}

static int body_read(struct sealed_file *file, int64_t at, uint8_t *to)
{
    uint8_t sealed[FRAME], salts[SALTS];
    int rc = frame_get(file, at, sealed);
    if (rc == SQLITE_OK)
        rc = salts_get(file, salts);
    if (rc != SQLITE_OK)
        memset(to, 0, PAGE);
    else if (!frame_body_open(&file->cipher, at, salts, sealed, sealed + FRAME_HEADER, to))
        rc = SQLITE_IOERR_DATA;
    return rc;
}

/* Recovery reads whole frames until one does not fit. A frame that a power loss has torn must
   look like that and not like an error, or the database could never be opened again. Anybody else
   reads frames that were whole. */
static int frame_read(struct sealed_file *file, int64_t at, uint8_t *to)
{
    uint8_t sealed[FRAME], salts[SALTS];
    int rc = frame_get(file, at, sealed);
    if (rc == SQLITE_OK)
        rc = salts_get(file, salts);
    if (rc == SQLITE_OK && !frame_body_open(&file->cipher, at, salts, sealed, sealed + FRAME_HEADER,
                                            to + FRAME_HEADER))
        rc = SQLITE_IOERR_DATA;
    if (rc == SQLITE_OK)
        frame_header_open(&file->cipher, sealed, to);
    else
        memset(to, 0, FRAME);
    return rc == SQLITE_IOERR_DATA && file->vault->recovering ? SQLITE_OK : rc;
}

/* The checksum of the frame before the first one whose checksum is made anew. */
static int checksum_read(struct sealed_file *file, int64_t at, uint8_t *to)
{
    uint8_t header[FRAME_HEADER];
    int rc = file->real->pMethods->xRead(file->real, header, FRAME_HEADER, at);
    if (rc != SQLITE_OK)
        return rc;
    frame_header_open(&file->cipher, header, header);
    memcpy(to, header + 16, 8);
    return SQLITE_OK;
}

static int wal_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    struct sealed_file *file = file_of(f);
    if (n == PAGE && frame_starts(at - FRAME_HEADER))
        return body_read(file, at - FRAME_HEADER, to);
    if (n == FRAME && frame_starts(at))
        return frame_read(file, at, to);
    if (n == 8 && frame_starts(at - 16))
        return checksum_read(file, at - 16, to);
    if (n > 0 && at >= 0 && at + n <= WAL_HEADER)
        return file->real->pMethods->xRead(file->real, to, n, at);
    return SQLITE_IOERR_READ;
}

static int header_write(struct sealed_file *file, const uint8_t *header, int64_t at)
{
    uint8_t sealed[FRAME_HEADER];
    memcpy(file->start, header, sizeof file->start);
    file->frame_at = at;
    frame_header_seal(&file->cipher, header, sealed);
    int rc = file->real->pMethods->xWrite(file->real, sealed, FRAME_HEADER, at);
    if (rc == SQLITE_OK && (header[4] | header[5] | header[6] | header[7]))
        file->vault->committed = (at - WAL_HEADER) / FRAME + 1;
    return rc;
}

static int body_write(struct sealed_file *file, const uint8_t *page, int64_t at)
{
    uint8_t sealed[PAGE], salts[SALTS];
    if (!page_fits(0, page))
        return SQLITE_IOERR_WRITE;
    int rc = salts_get(file, salts);
    /* A page that changes twice in a transaction is written again without its header. */
    if (rc == SQLITE_OK && file->frame_at != at) {
        rc = file->real->pMethods->xRead(file->real, file->start, sizeof file->start, at);
        file->frame_at = rc == SQLITE_OK ? at : 0;
    }
    if (rc != SQLITE_OK)
        return SQLITE_IOERR_WRITE;
    frame_body_seal(&file->cipher, at, salts, file->start, page, sealed);
    return file->real->pMethods->xWrite(file->real, sealed, PAGE, at + FRAME_HEADER);
}

static int wal_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    struct sealed_file *file = file_of(f);
    if (n == FRAME_HEADER && frame_starts(at))
        return header_write(file, from, at);
    if (n == PAGE && frame_starts(at - FRAME_HEADER))
        return body_write(file, from, at - FRAME_HEADER);
    if (n == WAL_HEADER && at == 0) {
        int rc = file->real->pMethods->xWrite(file->real, from, n, at);
        if (rc == SQLITE_OK)
            salts_set(file->vault, from);
        return rc;
    }
    return SQLITE_IOERR_WRITE;
}

static int wal_sync(sqlite3_file *f, int flags)
{
    struct sealed_file *file = file_of(f);
    long long committed = file->vault->committed;
    int rc = file->real->pMethods->xSync(file->real, flags);
    if (rc == SQLITE_OK)
        file->vault->synced = committed;
    return rc;
}

static int wal_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    sqlite3_file *real = file_of(f)->real;
    return real->pMethods->xTruncate(real, size);
}

const sqlite3_io_methods sealed_wal_methods = {
    .iVersion = 1,
    .xClose = sealed_close,
    .xRead = wal_read,
    .xWrite = wal_write,
    .xTruncate = wal_truncate,
    .xSync = wal_sync,
    .xFileSize = sealed_size,
    .xLock = sealed_lock,
    .xUnlock = sealed_unlock,
    .xCheckReservedLock = sealed_check_reserved,
    .xFileControl = sealed_control,
    .xSectorSize = sealed_sector,
    .xDeviceCharacteristics = sealed_characteristics,
};
