/* open.h: opening an installation: its key, its data folder, the running program on it. */
#ifndef VOW_COMMAND_OPEN_H
#define VOW_COMMAND_OPEN_H

#include "command.h"
#include "crypt/key.h"

/* The data folder, made (0700) when missing; its path without links. */
MUST_USE bool data_folder(const char *dir, struct arena *a, const char **ret, struct error *err);

/* Whether there is one, on files or as a node; says why not. For commands that make none: an empty
   folder is where a disk should be mounted, or another was meant. */
bool installation_told(const char *dir);

/* Where the master key is when nothing else is said: beside the data folder, DIR.key. */
const char *key_file(struct arena *a, const char *dir);

/* Loads the master key of the data folder, or makes it when the folder is new; `store` as below. */
MUST_USE bool key_open(struct arena *a, const char *dir, const char *store, struct secret_key *ret,
                       struct error *err);

/* Notes that it is the right one, once the store has opened: the folder of a new node knows none
   before, for the store alone tells, and the folder is not to insist on a wrong one. */
MUST_USE bool key_learn(struct arena *a, const char *dir, const char *store,
                        const struct secret_key *key, struct error *err);

/* The built web app: VOW_WEB, beside the program, in the source tree around it, or installed. NULL
   when there is none. */
const char *web_folder(struct arena *a);

/* Starts the program on a data folder within this process, for commands. */
MUST_USE bool installation_open(const char *dir, struct arena *a, struct app **ret,
                                struct error *err);

/* The same with a store and a key that are given; NULL: files in the folder. The key must live as
   long as the app. */
MUST_USE bool installation_open_store(const char *dir, const char *store,
                                      const struct secret_key *key, struct arena *a,
                                      struct app **ret, struct error *err);

/* The URL of a PostgreSQL store (VOW_STORE); NULL: the databases are in the data folder. */
const char *store_named(void);

/* Whether the URL of a store holds a password, which has no place on a command line. */
bool store_holds_password(const char *url);

#endif
