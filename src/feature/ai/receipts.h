/* receipts.h: how receipts get to their databases without holding an answer up.

   A record is an organisation's id and the receipt as JSON. It is kept in the file of pending.h
   before anything leaves, so that what left has a receipt after kill -9 at any moment; its row
   follows, together with others. What an earlier process left is written at the start. */
#ifndef VOW_AI_RECEIPTS_H
#define VOW_AI_RECEIPTS_H

#include "pending.h"
#include "receipt.h"

struct receipts;
MUST_USE bool receipts_open(struct app *app, struct receipts **ret, struct error *err);
void receipts_close(struct receipts *r); /* waits for what is queued; NULL is accepted */

/* The record of a receipt of the ctx's organisation. */
struct blob receipt_record(struct ctx *c, const struct ai_receipt *receipt);

/* Whether keeping one now would not wait. */
bool receipts_ready(struct app *app);

/* Keeps it in a slot. Nothing may leave when this is false: STORAGE_FULL. */
MUST_USE bool receipts_keep(struct ctx *c, struct blob record, int *slot);

/* Writes the row, copied, with the organisation's next ones, at most RECEIPTS_WAIT_MS from now; the
   slot is free once it is on disk. */
enum { RECEIPTS_WAIT_MS = 200 };
void receipts_write(struct ctx *c, int slot, const struct ai_receipt *row);

/* Hands what waits of the ctx's organisation to its writer now: who is queued behind sees it. For
   a move, what is still out is written as well. */
void receipts_settle(struct ctx *c);

#endif
