/* wait.h: waiting for a while, by a clock that nobody sets. */
#ifndef VOW_WAIT_H
#define VOW_WAIT_H

#include "base.h"

#include <pthread.h>
#include <time.h>

/* Milliseconds on that clock (CLOCK_MONOTONIC); only differences mean something. */
int64_t clock_ms(void);

/* Makes a condition whose timed waits go by that clock; pthread_cond_destroy ends it. */
void wait_init(pthread_cond_t *ret);

/* The moment so many milliseconds from now, for pthread_cond_timedwait. */
struct timespec wait_ms(int64_t ms);

#endif
