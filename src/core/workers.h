/* workers.h: a bounded pool of threads with a bounded queue, shared fairly by parties: each has at
   most as many threads, and as much of the queue, as are left free for others. So one alone has
   half, two have a third each, and there is room for who comes next (dynamic thresholds after
   Choudhury and Hahne). */
#ifndef VOW_WORKERS_H
#define VOW_WORKERS_H

#include "base/base.h"

struct workers;

struct workers *workers_new(int threads, size_t queue_max);
void workers_free(struct workers *w); /* runs what is queued, then joins; NULL is accepted */

/* Waits until as much work has been done as was queued before, at most a twentieth of a second:
   work that never ends does not hold anybody up. With several threads some of it may have been
   queued since, and some of what was queued before may still run. */
void workers_settle(struct workers *w);

/* Queues work of a party, such as an account; 0 is nobody in particular and takes what there is.
   False when the queue is full, or the party's share of it. */
MUST_USE bool workers_add(struct workers *w, uint64_t party, void (*run)(void *with), void *with);

#endif
