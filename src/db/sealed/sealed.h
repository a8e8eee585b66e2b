/* sealed.h: SQLite databases whose every page is encrypted and authenticated on disk.

   A VFS named "sealed" lies between SQLite and the operating system. It refuses every file whose
   key it was not given, so a database is opened with sealed_open() alone. The format, and what it
   does and does not protect, is in the README beside this file. */
#ifndef VOW_DB_SEALED_H
#define VOW_DB_SEALED_H

#include "base/error.h"
#include "base/id.h"
#include "crypt/key.h"

#include <sqlite3.h>

/* Opens a sealed database in WAL mode, with temporary content kept in memory.

   `id` is the file's own id, bound into each page: a page of another file is refused even under
   the same key. `flags` are SQLITE_OPEN_READONLY or SQLITE_OPEN_READWRITE, with
   SQLITE_OPEN_CREATE to make a file that is not there (whole or not at all), and the threading
   flags. Any number of connections may be open in one process; the file is locked against every
   other process. The key is not kept beyond its sub-keys, which are wiped after the last
   connection is closed with sqlite3_close. Result codes are extended.

   Problems, each with one clear sentence: NOT_FOUND (no such file, nothing made), UNAVAILABLE
   (another process has it open), INTERNAL (another key, damaged, or not readable; nothing was
   changed), STORAGE_FULL. */
MUST_USE bool sealed_open(const char *path, const struct secret_key *key, struct id id, int flags,
                          sqlite3 **ret, struct error *err);

/* Writes a consistent copy of the open database `from` as a new sealed file with a key and id of
   its own (often the same), while others read and write. The copy is compact, on disk, and at
   `path` whole or not at all. ALREADY_EXISTS when there is a file. */
MUST_USE bool sealed_copy(sqlite3 *from, const char *path, const struct secret_key *key,
                          struct id id, struct error *err);

/* Gives the file that was just made at `path` to the owner of its folder: root may make one for the
   program of somebody else, as SQLite knows with its own files. */
void sealed_give(int fd, const char *path);

/* Frames at the end of the WAL that could not be read when the file was first opened in this
   process: the unfinished write of a crash, or damage. Their transaction was dropped. */
int64_t sealed_dropped(sqlite3 *db);

#endif
