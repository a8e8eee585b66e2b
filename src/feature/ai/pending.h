/* pending.h: a small sealed file of receipts that are not in their database yet.

   A record is with the kernel when pending_put returns, so it outlives the end of every process of
   ours at any moment; the disk has it within PENDING_SYNC_MS. Slots are used anew, so the file
   never grows. Thread-safe. */
#ifndef VOW_AI_PENDING_H
#define VOW_AI_PENDING_H

#include "base/error.h"
#include "base/text.h"
#include "crypt/key.h"

enum { PENDING_SLOTS = 4096, PENDING_RECORD_MAX = 16384 - 64, PENDING_SYNC_MS = 50 };

struct pending;

/* What an earlier process left; true gives the slot free, false keeps it for the next start. */
typedef bool pending_found(void *with, struct blob record);

/* Opens the file, or makes it. A record that does not open under the key (a torn write of a power
   loss) is dropped. */
MUST_USE bool pending_open(const char *path, const struct secret_key *key, pending_found *found,
                           void *with, struct pending **ret, struct error *err);
void pending_close(struct pending *p); /* records stay for the next open; NULL is accepted */

/* Keeps a record of at most PENDING_RECORD_MAX bytes and gives its slot; waits when all are taken.
   STORAGE_FULL when the disk refuses it, DISCLOSURE_TOO_LARGE when it is larger than that. */
MUST_USE bool pending_put(struct pending *p, struct blob record, int *ret, struct error *err);

/* Shows every record that was kept before, and whose slot is not given free meanwhile; they stay.
 */
void pending_each(struct pending *p, pending_found *found, void *with);

/* Whether pending_put would hardly wait. */
bool pending_has_room(struct pending *p);

/* Overwrites the record with zeros and gives its slot free. */
void pending_done(struct pending *p, int slot);

#endif
