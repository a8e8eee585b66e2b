/* archive.h: ZIP archives in memory, over libarchive. */
#ifndef VOW_PRIVACY_ARCHIVE_H
#define VOW_PRIVACY_ARCHIVE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/instant.h"
#include "base/text.h"

/* The most that is put into an archive or taken out of one: all of it is in memory at once. */
enum { ARCHIVE_BYTES = 512 << 20 };

struct archive_file {
    const char *name;
    struct blob content;
};

/* The files as a ZIP archive, in order, dated `at`. INTERNAL when it cannot be made. */
MUST_USE bool archive_write(struct arena *a, const struct archive_file *files, size_t count,
                            struct instant at, struct blob *ret, struct error *err);

/* Reads a ZIP archive of at most `files_max` files and `bytes_max` bytes once unpacked. INVALID
   when it is none, or larger. */
MUST_USE bool archive_read(struct arena *a, struct blob zip, size_t files_max, size_t bytes_max,
                           struct archive_file **ret, size_t *count, struct error *err);

#endif
