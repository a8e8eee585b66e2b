/* archive_fuzz.c: any archive is read within the bounds given, and its manifest holds every file to
   what it says; what is no archive is taken for the manifest itself. */
#include "feature/privacy/manifest.h"
#include "fuzz.h"

#include <string.h>

enum { FILES = 8, BYTES = 1 << 20 };

static void check_manifest(struct arena *a, struct archive_file *files, size_t count)
{
    struct manifest m;
    struct error err = { 0 };
    const struct person self = { .id = { { 1 } }, .email = "ada@example.org" };
    if (!manifest_read(a, files, count, &m, &err)) {
        assert(err.problem == INVALID);
        return;
    }
    assert(m.tables.count == count - 1);
    for (size_t i = 0; i < m.tables.count; i++)
        assert(m.table[i].content.at && manifest_find(&m, m.table[i].table));
    if (!manifest_settle(a, &m, &(struct list){ &self, 1 }, &err))
        assert(err.problem == INVALID);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct archive_file *files, alone = { "manifest.json", { at, n } };
    size_t count, bytes = 0;
    if (archive_read(&a, (struct blob){ at, n }, FILES, BYTES, &files, &count, &err)) {
        for (size_t i = 0; i < count; i++)
            bytes += files[i].content.len;
        assert(count <= FILES && bytes <= BYTES);
        check_manifest(&a, files, count);
    } else {
        assert(err.problem == INVALID);
        check_manifest(&a, &alone, 1);
    }
    arena_done(&a);
    return 0;
}
