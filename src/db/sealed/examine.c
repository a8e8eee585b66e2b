/* examine.c: looks at database and WAL before SQLite does, which would take a WAL under the wrong
   key for an empty one and remove it, and a damaged one for a shorter one. */
#include "vault.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

enum { PROBES = 64 }; /* pages tried before a key is called wrong */

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static bool bytes_get(int fd, void *to, size_t n, int64_t at)
{
    uint8_t *byte = to;
    while (n) {
        ssize_t got = pread(fd, byte, n, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        byte += got;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

static uint32_t number_be(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The WAL's running checksum (https://www.sqlite.org/fileformat2.html#checksum_algorithm). */
struct sum {
    uint32_t a, b;
};

static struct sum sum_add(struct sum s, bool big_endian, const uint8_t *at, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        uint32_t word[2];
        memcpy(word, at + i, sizeof word);
        s.a += (big_endian ? be32toh(word[0]) : le32toh(word[0])) + s.b;
        s.b += (big_endian ? be32toh(word[1]) : le32toh(word[1])) + s.a;
    }
    return s;
}

static bool sum_is(struct sum s, const uint8_t *at)
{
    return s.a == number_be(at) && s.b == number_be(at + 4);
}

/* What a walk through the WAL has found so far. */
struct walk {
    struct vault *vault;
    struct page_cipher *cipher;
    int fd;
    int64_t frames; /* in the file */
    bool big_endian;
    uint8_t salts[SALTS];
    struct sum sum;     /* of the chain up to its last frame, or of the frame before this one */
    bool committed;     /* the frame before this one says that it ends a transaction */
    int64_t chain;      /* frames from the start that follow each other unbroken */
    int64_t finished;   /* of those, up to the end of the last whole transaction */
    int64_t authentic;  /* frames of this log that open, anywhere */
    int64_t unfinished; /* frames of this log after the last whole transaction */
    bool damaged;
};

static bool wal_header_fits(struct walk *w)
{
    uint8_t header[WAL_HEADER];
    if (!bytes_get(w->fd, header, sizeof header, 0))
        return false;
    uint32_t magic = number_be(header);
    w->big_endian = magic & 1;
    memcpy(w->salts, header + CLEAR_AT, SALTS);
    w->sum = sum_add((struct sum){ 0 }, w->big_endian, header, 24);
    return (magic & ~1u) == 0x377f0682 && number_be(header + 8) == PAGE &&
           sum_is(w->sum, header + 24);
}

/* Takes the next frame. Transactions are synced one by one, so a power loss leaves at most one
   unreadable one, the last. An authentic frame that continues a finished transaction behind the
   break shows that the break is damage. */
static void walk_frame(struct walk *w, int64_t i)
{
    uint8_t frame[FRAME], page[PAGE], header[FRAME_HEADER];
    int64_t at = WAL_HEADER + i * FRAME;
    if (!bytes_get(w->fd, frame, sizeof frame, at))
        return;
    frame_header_open(w->cipher, frame, header);
    bool salted = memcmp(header + 8, w->salts, SALTS) == 0;
    bool opens = frame_body_open(w->cipher, at, w->salts, frame, frame + FRAME_HEADER, page);
    if (!salted && !opens) { /* of an earlier log, or nothing that could be told */
        w->committed = false;
        return;
    }
    struct sum sum = sum_add(w->sum, w->big_endian, header, 8);
    sum = sum_add(sum, w->big_endian, page, PAGE);
    bool follows = salted && opens && sum_is(sum, header + 16);
    w->authentic += opens;
    w->unfinished++;
    if (follows && w->chain == i)
        w->chain++;
    else if (follows && w->committed)
        w->damaged = true;
    w->sum = (struct sum){ number_be(header + 16), number_be(header + 20) };
    w->committed = number_be(header + 4) != 0;
    if (w->committed && w->chain == i + 1) {
        w->finished = i + 1;
        w->unfinished = 0;
    }
    wipe(page, sizeof page);
}

static bool walk_wal(struct walk *w, struct error *err)
{
    struct stat st;
    if (fstat(w->fd, &st) != 0)
        return error_set(err, INTERNAL, "The log of the database %s cannot be read.",
                         w->vault->path);
    w->frames = st.st_size < WAL_HEADER ? 0 : (st.st_size - WAL_HEADER) / FRAME;
    if (!w->frames)
        return true;
    if (!wal_header_fits(w)) {
        /* The header is on disk before the first frame is written. */
        w->damaged = true;
        return true;
    }
    for (int64_t i = 0; i < w->frames; i++)
        walk_frame(w, i);
    if (w->finished < floor_get(w->vault, w->cipher, w->salts))
        w->damaged = true;
    return true;
}

/* Whether any page behind the first opens: then the key is right and page 1 is not. */
static bool key_opens_pages(struct vault *v, struct page_cipher *c)
{
    uint8_t sealed[PAGE], page[PAGE];
    for (uint32_t number = 2; number <= v->pages && number < PROBES; number++) {
        if (!bytes_get(v->lock_fd, sealed, PAGE, (int64_t)(number - 1) * PAGE))
            return false;
        bool opens = page_open(c, number, sealed, page);
        wipe(page, sizeof page);
        if (opens)
            return true;
    }
    return false;
}

static bool examine_with(struct vault *v, struct page_cipher *c, int wal_fd, struct error *err)
{
    struct walk walk = { .vault = v, .cipher = c, .fd = wal_fd };
    if (wal_fd >= 0 && !walk_wal(&walk, err))
        return false;

    uint8_t sealed[PAGE], page[PAGE];
    bool read = v->pages && bytes_get(v->lock_fd, sealed, PAGE, 0);
    bool opens = read && page_open(c, 1, sealed, page);
    wipe(page, sizeof page);
    if (!opens && !walk.authentic && !key_opens_pages(v, c))
        return error_set(err, INTERNAL,
                         "The database %s was stored with another key, or is damaged; nothing was "
                         "changed.",
                         v->path);
    /* Page 1 may be torn where its whole copy is in the WAL. */
    if (!opens && !walk.finished)
        return error_set(err, INTERNAL, "The database %s is damaged; nothing was changed.",
                         v->path);
    if (walk.damaged)
        return error_set(err, INTERNAL,
                         "The log of the database %s is damaged; nothing was changed.", v->path);
    v->dropped = walk.unfinished;
    v->committed = v->synced = walk.finished;
    return true;
}

bool vault_examine(struct vault *v, struct error *err)
{
    struct stat st;
    char wal[PATH_MAX];
    if (fstat(v->lock_fd, &st) != 0 ||
        snprintf(wal, sizeof wal, "%s-wal", v->path) >= (int)sizeof wal)
        return error_set(err, INTERNAL, "The database %s cannot be read.", v->path);
    v->pages = (unsigned)(st.st_size / PAGE);
    autofree(fd_close) int wal_fd = open(wal, O_RDONLY | O_CLOEXEC);
    if (wal_fd < 0 && errno != ENOENT)
        return error_set(err, INTERNAL, "The log of the database %s cannot be read: %s.", v->path,
                         strerror(errno));
    struct page_cipher cipher;
    page_cipher_open(&cipher, &v->keys, v->id, FOR_PAGES | FOR_FRAMES);
    bool ok = examine_with(v, &cipher, wal_fd, err);
    page_cipher_close(&cipher);
    return ok;
}
