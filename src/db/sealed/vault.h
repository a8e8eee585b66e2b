/* vault.h: what the files of the sealed VFS share; nobody outside this folder and its tests
   includes it. */
#ifndef VOW_DB_SEALED_VAULT_H
#define VOW_DB_SEALED_VAULT_H

#include "crypt/seal.h"
#include "sealed.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    PAGE = 4096,
    BODY = PAGE - SEAL_ADDED, /* what SQLite may use of a page */
    WAL_HEADER = 32,
    FRAME_HEADER = 24,
    FRAME = FRAME_HEADER + PAGE,
    SALTS = 8,
    CLEAR_AT = 16, /* the bytes of page 1 that stay readable */
    CLEAR = 8,
    HEAD = 100, /* SQLite's database header */
    SHM_LOCKS = SQLITE_SHM_NLOCK,
    SHM_REGION = 32768, /* bytes; what SQLite always asks for */
};

/* Page and frame format (page.c). One cipher belongs to one file handle and one thread at a time.
 */
enum cipher_use { FOR_PAGES = 1, FOR_FRAMES = 2 };
struct page_cipher {
    struct id id;
    struct sealer *pages, *frames;
    struct block_cipher *salts;
};

struct page_keys {
    struct secret_key pages, frames, salts;
};

void page_keys_make(const struct secret_key *key, struct page_keys *ret);
void page_keys_wipe(struct page_keys *keys);
/* Makes it ready for pages and notes, for frames, or for both; the rest must not be used. */
void page_cipher_open(struct page_cipher *c, const struct page_keys *keys, struct id id, int use);
void page_cipher_close(struct page_cipher *c);

/* Whether SQLite's page fits the format: nothing in the reserved bytes and, for page 1, the
   header values that a sealed file has. */
bool page_fits(uint32_t number, const uint8_t page[PAGE]);
/* Seals page `number` (from 1) of the database file; `to` is not `page`. */
void page_seal(struct page_cipher *c, uint32_t number, const uint8_t page[PAGE], uint8_t to[PAGE]);
/* Opens it; `to` is not `sealed`. False, with `to` wiped, when it is not what was sealed. */
MUST_USE bool page_open(struct page_cipher *c, uint32_t number, const uint8_t sealed[PAGE],
                        uint8_t to[PAGE]);

/* A short note about the file as a whole, as if it were page 0. */
enum { NOTE = 16 };
void note_seal(struct page_cipher *c, const uint8_t note[NOTE], uint8_t to[NOTE + SEAL_ADDED]);
MUST_USE bool note_open(struct page_cipher *c, const uint8_t sealed[NOTE + SEAL_ADDED],
                        uint8_t to[NOTE]);

/* The header of a WAL frame: page number and database size stay readable, salts and checksums
   are encrypted. `to` may be the same. */
void frame_header_seal(struct page_cipher *c, const uint8_t header[FRAME_HEADER],
                       uint8_t to[FRAME_HEADER]);
void frame_header_open(struct page_cipher *c, const uint8_t sealed[FRAME_HEADER],
                       uint8_t to[FRAME_HEADER]);
/* The page in the frame at offset `at` of the WAL with these salts. `start` are the first 8 bytes
   of the frame's header, which are bound to it. */
void frame_body_seal(struct page_cipher *c, int64_t at, const uint8_t salts[SALTS],
                     const uint8_t start[8], const uint8_t page[PAGE], uint8_t to[PAGE]);
MUST_USE bool frame_body_open(struct page_cipher *c, int64_t at, const uint8_t salts[SALTS],
                              const uint8_t start[8], const uint8_t sealed[PAGE], uint8_t to[PAGE]);

/* What the process knows of one sealed file while anybody has it open. */
struct vault {
    struct vault *next;
    int refs;   /* under the list's lock */
    char *path; /* as SQLite's xFullPathname gives it */
    struct id id;
    struct page_keys keys;
    int lock_fd; /* holds the file against other processes; -1 for a file being made */
    bool fresh;  /* a file being made: it may be empty */
    int64_t dropped;

    atomic_uint pages;      /* in the database file; each of them has been sealed */
    atomic_bool recovering; /* a connection rebuilds the WAL index */
    atomic_bool floor_due;  /* a checkpoint has begun and not written a page yet */
    atomic_llong committed; /* WAL frames up to the end of the last transaction written */
    atomic_llong synced;    /* and of the last one on disk */

    pthread_mutex_t lock; /* for all below */
    bool salted;
    uint8_t salts[SALTS]; /* of the WAL's header */
    int shm_users, shm_regions;
    uint8_t **shm_region;
    int shm_shared[SHM_LOCKS];
    bool shm_exclusive[SHM_LOCKS];
};

/* Finds the vault of a path or makes it, after looking at the file: with `fresh` the file must not
   be there or be empty; otherwise it must be a database of this key. */
MUST_USE bool vault_hold(const char *path, const struct secret_key *key, struct id id, bool fresh,
                         struct vault **ret, struct error *err);
/* The vault that somebody holds for `n` bytes of a path, held once more; NULL if there is none. */
struct vault *vault_find(const char *path, size_t n);
void vault_release(struct vault *v); /* the last one wipes it */

/* The floor (floor.c): how many frames of the WAL a checkpoint may have begun to copy into the
   database. They must all be there after a crash: database pages that are newer than the WAL would
   mix two states. A floor that is missing or of an earlier WAL says nothing. */
void floor_put(struct vault *v, struct page_cipher *c);
int64_t floor_get(const struct vault *v, struct page_cipher *c, const uint8_t salts[SALTS]);
void floor_remove(const char *path, size_t n);

/* Looks at a file on disk before SQLite does (examine.c). */
MUST_USE bool vault_examine(struct vault *v, struct error *err);

/* An open file of the VFS. The parent's own file follows it in memory. */
struct sealed_file {
    sqlite3_file base;
    sqlite3_file *real; /* the parent's */
    struct vault *vault;
    struct page_cipher cipher;
    int64_t frame_at;                  /* WAL: where the header written last lies, 0 for none */
    uint8_t start[8];                  /* WAL: and how it begins */
    bool shm;                          /* main: counted in shm_users */
    uint8_t shm_shared, shm_exclusive; /* main: locks held, by bit */
};

extern const sqlite3_io_methods sealed_main_methods, sealed_wal_methods;

/* Shared memory in the heap (shm.c). */
int shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **ret);
int shm_lock(sqlite3_file *f, int first, int n, int flags);
void shm_barrier(sqlite3_file *f);
int shm_unmap(sqlite3_file *f, int remove);

/* What main file and WAL have in common (file.c). */
int sealed_close(sqlite3_file *f);
int sealed_size(sqlite3_file *f, sqlite3_int64 *ret);
int sealed_lock(sqlite3_file *f, int level);
int sealed_unlock(sqlite3_file *f, int level);
int sealed_check_reserved(sqlite3_file *f, int *ret);
int sealed_control(sqlite3_file *f, int op, void *arg);
int sealed_sector(sqlite3_file *f);
int sealed_characteristics(sqlite3_file *f);

/* A file that lives in memory alone (journal.c): rollback journals never reach the disk. */
int journal_size(void);
int journal_open(sqlite3_file *f);

/* Registers the VFS under a name of its own over the named parent (NULL: the default one), once
   per name; sealed_open uses "sealed". */
MUST_USE bool sealed_register(const char *name, const char *parent);
MUST_USE bool sealed_open_over(const char *vfs, const char *path, const struct secret_key *key,
                               struct id id, int flags, sqlite3 **ret, struct error *err);

#endif
