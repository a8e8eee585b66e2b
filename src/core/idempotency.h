/* idempotency.h: the same write asked twice happens once (Idempotency-Key, kept for 24 hours). */
#ifndef VOW_IDEMPOTENCY_H
#define VOW_IDEMPOTENCY_H

#include "ctx.h"
#include "table.h"

extern const struct table idempotency_table;

/* Looks for an earlier answer to this key by this actor and, when there is one, makes it the answer
   of the exchange. IDEMPOTENCY_MISMATCH when the key was used for another request. */
MUST_USE bool idempotency_find(struct ctx *c, bool *replayed);

/* Keeps the answer of the exchange, in the transaction that made it. One of more than 64 KiB is not
   kept: the same request runs again then. */
MUST_USE bool idempotency_keep(struct ctx *c);

/* The same for a rule that opens its own transactions: finds the earlier answer, or claims the key
   for this request before the rule runs, so that of two at once one runs. CONFLICT while the other
   does. A claim whose process is gone is taken over, unless something was committed under it: then
   CONFLICT, too, for as long as an answer would have been kept. In a write transaction. */
MUST_USE bool idempotency_claim(struct ctx *c, struct id *claim, bool *replayed);

/* Notes with c->claim that this transaction commits something of what it is for. CONFLICT when the
   key was taken over meanwhile: then it may commit nothing. */
MUST_USE bool idempotency_commits(struct ctx *c);

/* Then puts the answer where the claim was, or gives the key back when there is none to keep. In a
   write transaction. */
MUST_USE bool idempotency_settle(struct ctx *c, struct id claim, bool answered);

/* Drops every kept answer of the organisation: they may show what is erased or replaced now. */
MUST_USE bool idempotency_forget(struct ctx *c);

#endif
