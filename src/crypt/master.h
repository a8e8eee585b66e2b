/* master.h: the key of the whole installation, from wherever the operator keeps it. */
#ifndef VOW_CRYPT_MASTER_H
#define VOW_CRYPT_MASTER_H

#include "base/error.h"
#include "key.h"

/* Where to look, in this order; any may be NULL. A key is written as 64 hexadecimal digits or as
   base64 of 32 bytes; white space around it is ignored. */
struct master_key_source {
    const char *value;        /* VOW_MASTER_KEY: the key itself */
    const char *file;         /* VOW_MASTER_KEY_FILE: path of the file that holds it */
    const char *credentials;  /* CREDENTIALS_DIRECTORY of systemd: its file vow-master-key */
    const char *default_file; /* path used when nothing else is given */
};

/* Reads the three environment variables; all strings stay owned by the environment and caller. */
void master_key_source_make(const char *default_file, struct master_key_source *ret);

/* Loads the key from the first place that is named. Only a file (never a value or a credential)
   that does not exist is made, and only with `may_create`: mode 0600, synced, with its folder.
   Problems, each with one clear sentence: NOT_FOUND (no key there), INVALID (unreadable or open
   to others), UNAVAILABLE (could not be written). */
MUST_USE bool master_key_load(const struct master_key_source *source, bool may_create,
                              struct secret_key *ret, struct error *err);

/* master_key_load() for the data folder whose check value is in the file `check_path`: with that
   file there, no key is made and the key must be the right one (INVALID otherwise). Without it,
   `may_create` says that the folder is new: a key may be made, and the check value is written. A
   folder with data but without the file gets none, for any key would then seem right. */
MUST_USE bool master_key_open(const struct master_key_source *source, const char *check_path,
                              bool may_create, struct secret_key *ret, struct error *err);

/* Writes the check value of a key that is known to be the right one, unless there is one. */
MUST_USE bool master_key_note(const char *check_path, const struct secret_key *key,
                              struct error *err);

#endif
