/* fault_vfs.c: records, fails and replays what goes to the disk. */
#include "fault_vfs.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct trace trace;

struct fault_file {
    sqlite3_file base;
    sqlite3_file *real;
    int file;
};

static sqlite3_vfs *below;

int trace_file(const char *name)
{
    for (int i = 0; i < trace.files; i++) {
        if (strcmp(trace.name[i], name) == 0)
            return i;
    }
    assert(trace.files < FILES_MAX && strlen(name) < sizeof trace.name[0]);
    strcpy(trace.name[trace.files], name);
    return trace.files++;
}

static void step_add(enum step_kind kind, int file, int64_t at, const void *data, size_t n)
{
    if (trace.steps == trace.room) {
        trace.room = 2 * trace.room + 64;
        trace.step = realloc(trace.step, trace.room * sizeof *trace.step);
    }
    struct step *s = &trace.step[trace.steps++];
    *s = (struct step){ .kind = kind, .file = file, .at = at, .n = n };
    if (n) {
        s->data = malloc(n);
        memcpy(s->data, data, n);
    }
}

/* Notes the file that changes outside the VFS, if it did. */
static void note(void)
{
    static uint8_t last[256];
    static size_t last_n;
    uint8_t now[256];
    if (!trace.noted)
        return;
    int fd = open(trace.noted, O_RDONLY);
    ssize_t n = fd < 0 ? 0 : read(fd, now, sizeof now);
    if (fd >= 0)
        close(fd);
    if (n < 0 || ((size_t)n == last_n && memcmp(now, last, last_n) == 0))
        return;
    memcpy(last, now, (size_t)n);
    last_n = (size_t)n;
    step_add(STEP_NOTE, trace_file(trace.noted), 0, now, (size_t)n);
}

static void record(enum step_kind kind, int file, int64_t at, const void *data, size_t n)
{
    if (!trace.on)
        return;
    note();
    step_add(kind, file, at, data, n);
}

static bool fails(bool read)
{
    if (read != trace.fail_reads)
        return false;
    if (trace.fail_in && --trace.fail_in == 0) {
        trace.failed = true;
        return true;
    }
    return trace.failed && !trace.fail_once;
}

void trace_ack(int64_t number)
{
    record(STEP_ACK, 0, number, NULL, 0);
}

void trace_clear(void)
{
    for (size_t i = 0; i < trace.steps; i++)
        free(trace.step[i].data);
    free(trace.step);
    trace = (struct trace){ 0 };
}

static sqlite3_file *real_of(sqlite3_file *f)
{
    return ((struct fault_file *)f)->real;
}

static int index_of(sqlite3_file *f)
{
    return ((struct fault_file *)f)->file;
}

static int f_close(sqlite3_file *f)
{
    return real_of(f)->pMethods->xClose(real_of(f));
}

static int f_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    if (fails(true))
        return SQLITE_IOERR_READ;
    return real_of(f)->pMethods->xRead(real_of(f), to, n, at);
}

static int f_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    if (fails(false))
        return trace.fail_with;
    int rc = real_of(f)->pMethods->xWrite(real_of(f), from, n, at);
    if (rc == SQLITE_OK)
        record(STEP_WRITE, index_of(f), at, from, (size_t)n);
    return rc;
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    if (fails(false))
        return SQLITE_IOERR_TRUNCATE;
    int rc = real_of(f)->pMethods->xTruncate(real_of(f), size);
    if (rc == SQLITE_OK)
        record(STEP_TRUNCATE, index_of(f), size, NULL, 0);
    return rc;
}

/* The real sync is left out: no real power is lost. */
static int f_sync(sqlite3_file *f, int flags)
{
    (void)flags;
    if (fails(false))
        return SQLITE_IOERR_FSYNC;
    record(STEP_SYNC, index_of(f), 0, NULL, 0);
    return SQLITE_OK;
}

static int f_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), ret);
}

static int f_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int f_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int f_check_reserved(sqlite3_file *f, int *ret)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret);
}

static int f_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int f_sector(sqlite3_file *f)
{
    (void)f;
    return SECTOR;
}

static int f_characteristics(sqlite3_file *f)
{
    (void)f;
    return 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_check_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_characteristics,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    (void)vfs;
    struct fault_file *file = (struct fault_file *)f;
    *file = (struct fault_file){ .real = (sqlite3_file *)(file + 1), .file = trace_file(name) };
    int rc = below->xOpen(below, name, file->real, flags, out);
    f->pMethods = rc == SQLITE_OK ? &methods : NULL;
    return rc;
}

static int fault_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    int rc = below->xDelete(below, name, sync);
    if (rc == SQLITE_OK)
        record(STEP_DELETE, trace_file(name), 0, NULL, 0);
    return rc;
}

void fault_register(void)
{
    static sqlite3_vfs vfs;
    if (vfs.zName)
        return;
    below = sqlite3_vfs_find(NULL);
    vfs = *below;
    vfs.zName = "fault";
    vfs.szOsFile = (int)sizeof(struct fault_file) + below->szOsFile;
    vfs.xOpen = fault_open;
    vfs.xDelete = fault_delete;
    vfs.pNext = NULL;
    sqlite3_vfs_register(&vfs, 0);
}

static void disk_resize(struct disk_file *f, size_t n)
{
    f->at = realloc(f->at, n + 1);
    if (n > f->n)
        memset(f->at + f->n, 0, n - f->n);
    f->n = n;
}

/* Part of a write: all of it, or each sector as the dice say. */
static void disk_write(struct disk_file *f, const struct step *s, bool torn, unsigned *seed)
{
    size_t at = (size_t)s->at;
    if (at + s->n > f->n)
        disk_resize(f, at + s->n);
    for (size_t i = 0; i < s->n;) {
        size_t part = SECTOR - (at + i) % SECTOR;
        part = part > s->n - i ? s->n - i : part;
        if (!torn || rand_r(seed) % 2)
            memcpy(f->at + at + i, s->data + i, part);
        i += part;
    }
    f->there = true;
}

static void disk_apply(struct disk_file *f, const struct step *s, bool torn, unsigned *seed)
{
    switch (s->kind) {
    case STEP_WRITE:
        disk_write(f, s, torn, seed);
        break;
    case STEP_TRUNCATE:
        disk_resize(f, (size_t)s->at);
        break;
    case STEP_DELETE:
        disk_resize(f, 0);
        f->there = false;
        break;
    case STEP_NOTE:
        disk_resize(f, 0);
        disk_write(f, s, false, seed);
        f->there = s->n > 0;
        break;
    default:
        break;
    }
}

static bool survives(enum loss loss, unsigned *seed)
{
    return loss == KEEP_ALL || (loss != LOSE_ALL && rand_r(seed) % 2);
}

void trace_play(size_t steps, enum loss loss, unsigned *seed, struct disk_file disk[FILES_MAX])
{
    /* A step is safe when its file is synced after it, before the power goes. */
    for (size_t i = 0; i < steps; i++) {
        const struct step *s = &trace.step[i];
        bool safe = false;
        for (size_t j = i + 1; !safe && j < steps; j++)
            safe = trace.step[j].kind == STEP_SYNC && trace.step[j].file == s->file;
        if (safe)
            disk_apply(&disk[s->file], s, false, seed);
        else if (survives(loss, seed))
            disk_apply(&disk[s->file], s, loss == TEAR_SOME && rand_r(seed) % 2, seed);
    }
}
