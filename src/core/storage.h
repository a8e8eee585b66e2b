/* storage.h: how much an organisation may keep, where the operator has set a limit
   (app_config.org_storage), and how much it keeps. */
#ifndef VOW_STORAGE_H
#define VOW_STORAGE_H

#include "ctx.h"
#include "table.h"

enum { ORG_STORAGE_LEAST = 10 << 20 }; /* bytes: an empty organisation has room in it */

/* Whether there is room for a row that somebody asks to add; STORAGE_USED_UP when not. Bookkeeping,
   what a person said of the own rights, and what the program adds by itself always have room, and
   so have changes and deletions. Costs no more than two numbers but for one measurement in ten
   seconds. In a transaction that writes. */
MUST_USE bool storage_admit(struct ctx *c, const struct table *t, const void *row);

/* The same for rows that are added together, by the sum of their bytes: 0 for one that always has
   room. storage_holds only looks, in a transaction that may be one that reads. */
int64_t storage_bytes(const struct ctx *c, const struct table *t, const void *row);
MUST_USE bool storage_admit_bytes(struct ctx *c, int64_t more);
MUST_USE bool storage_holds(struct ctx *c, int64_t more);

/* How many bytes the organisation's database holds, space that was freed left out. In its
   transaction, on a thread that may wait. */
MUST_USE bool storage_used(struct ctx *c, int64_t *ret);

#endif
