/* runner.h: the threads that run events and jobs of organisations when they are due. */
#ifndef VOW_RUNNER_H
#define VOW_RUNNER_H

#include "app.h"

struct runner *runner_new(struct app *app, int threads);
void runner_free(struct runner *r); /* lets the running task end; NULL is accepted */

/* Says that the organisation has something new to run. Cheap; from any thread. */
void runner_wake(struct runner *r, struct id organisation);

/* Runs, in every organisation in turn, the periodic jobs whose period (days and weeks count from
   1970-01-01, UTC) ended between two moments; the runner does so every minute. A minute after the
   start `before` is absent and all are due, so that a machine that is off at night runs them too.
   Ends early when *stop is set, or when the node is held for dead. Organisations that cannot be
   opened are told of and left out; false when the store cannot say which there are, or opens none,
   or while jobs are being run already: all is still due then. */
bool periodic_run(struct app *app, struct instant before, struct instant now,
                  const _Atomic bool *stop);

/* Waits until nothing is due in the organisation, for checks and tests. */
void runner_wait(struct runner *r, struct id organisation);

#endif
