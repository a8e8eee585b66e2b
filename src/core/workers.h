/* workers.h: a bounded pool of threads with a bounded queue. */
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

/* Queues work; false when the queue is full. */
MUST_USE bool workers_add(struct workers *w, void (*run)(void *with), void *with);

#endif
