/* archive.c: libarchive with memory on both ends. */
#include "feature/privacy/archive.h"

#include <archive.h>
#include <archive_entry.h>

static la_ssize_t take(struct archive *z, void *with, const void *at, size_t n)
{
    (void)z;
    buffer_add(with, at, n);
    return (la_ssize_t)n;
}

static bool file_add(struct archive *z, const struct archive_file *file, struct instant at)
{
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, file->name);
    archive_entry_set_size(e, (la_int64_t)file->content.len);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0600);
    archive_entry_set_mtime(e, (time_t)(at.us / 1000000), 0);
    bool ok =
        archive_write_header(z, e) == ARCHIVE_OK &&
        archive_write_data(z, file->content.at, file->content.len) == (la_ssize_t)file->content.len;
    archive_entry_free(e);
    return ok;
}

bool archive_write(struct arena *a, const struct archive_file *files, size_t count,
                   struct instant at, struct blob *ret, struct error *err)
{
    struct archive *z = archive_write_new();
    struct buffer out = buffer_new(a);
    bool ok = z && archive_write_set_format_zip(z) == ARCHIVE_OK &&
              archive_write_open(z, &out, NULL, take, NULL) == ARCHIVE_OK;
    for (size_t i = 0; ok && i < count; i++)
        ok = file_add(z, &files[i], at);
    ok = ok && archive_write_close(z) == ARCHIVE_OK;
    archive_write_free(z);
    if (!ok)
        return error_set(err, INTERNAL, "The archive could not be made");
    *ret = (struct blob){ out.at, out.len };
    return true;
}

static bool file_take(struct arena *a, struct archive *z, struct archive_entry *e, size_t *left,
                      struct archive_file *ret)
{
    struct buffer content = buffer_new(a);
    char piece[16384];
    la_ssize_t n;
    while ((n = archive_read_data(z, piece, sizeof piece)) > 0) {
        if ((size_t)n > *left)
            return false;
        *left -= (size_t)n;
        buffer_add(&content, piece, (size_t)n);
    }
    const char *name = archive_entry_pathname(e);
    *ret = (struct archive_file){ arena_string(a, name ? name : ""), { content.at, content.len } };
    return n == 0;
}

/* Whether the entry comes as archives are written here. Other codings that a ZIP may have ask for
   gigabytes of memory to read a few bytes. */
static bool is_deflated(struct archive *z)
{
    const char *format = archive_format_name(z);
    return format && (text_ends(format, "(deflation)") || text_ends(format, "(uncompressed)"));
}

bool archive_read(struct arena *a, struct blob zip, size_t files_max, size_t bytes_max,
                  struct archive_file **ret, size_t *count, struct error *err)
{
    struct archive *z = archive_read_new();
    struct archive_entry *e;
    struct archive_file *files = arena_many(a, files_max, struct archive_file);
    size_t n = 0;
    int got = ARCHIVE_FATAL;
    bool ok = z && archive_read_support_format_zip(z) == ARCHIVE_OK &&
              archive_read_open_memory(z, zip.at, zip.len) == ARCHIVE_OK;
    while (ok && (got = archive_read_next_header(z, &e)) == ARCHIVE_OK) {
        ok = n < files_max && is_deflated(z) && file_take(a, z, e, &bytes_max, &files[n]);
        n += ok;
    }
    archive_read_free(z);
    if (!ok || got != ARCHIVE_EOF)
        return error_set(err, INVALID, "This is not an archive that was exported here");
    *ret = files;
    *count = n;
    return true;
}
