/* manifest.h: what an archive says of itself, and whether it is true. */
#ifndef VOW_PRIVACY_MANIFEST_H
#define VOW_PRIVACY_MANIFEST_H

#include "core/table.h"
#include "feature/organisation/organisation.h"
#include "feature/privacy/archive.h"

struct manifest_table {
    const char *table, *doc, *sha256;
    int64_t rows;
    struct json columns;
    struct blob content; /* of its file */
    bool taken;          /* for import: its rows are in */
};

struct manifest {
    const char *format, *of;
    struct instant made_at;
    struct id id;
    struct list tables;
    struct manifest_table *table; /* the same, for changing */
};

/* Finds the manifest among the files of an archive and compares every file with it: each is listed
   once, is there, and has the hash that is said. INVALID otherwise, and for anything but an
   archive of a whole organisation. */
MUST_USE bool manifest_read(struct arena *a, struct archive_file *files, size_t count,
                            struct manifest *ret, struct error *err);

/* NULL when it has no such table. */
struct manifest_table *manifest_find(const struct manifest *m, const char *table);

/* When the archive knows somebody of these (struct person) by email, under another id, then that id
   is the one here in all rows from here on. */
MUST_USE bool manifest_settle(struct arena *a, struct manifest *m, const struct list *here,
                              struct error *err);

/* Whether every table was taken, but for the bookkeeping among those that are known: INVALID for
   one that nobody here knows. */
MUST_USE bool manifest_used(const struct manifest *m, const struct table **known, size_t count,
                            struct error *err);

#endif
