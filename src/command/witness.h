/* witness.h: what `vow prove` does from outside the sandbox, while core checks: receives as a
   provider on loopback, fetches and posts as a browser, tries what the kernel refuses. */
#ifndef VOW_COMMAND_WITNESS_H
#define VOW_COMMAND_WITNESS_H

#include "base/error.h"

struct witness_desk;

/* NULL after noting why. */
struct witness_desk *witness_open(const char *data, struct error *err);
void witness_close(struct witness_desk *d); /* stops what it started; NULL is accepted */

/* A connection to the running installation; starts one on a free loopback port when none runs. */
MUST_USE bool witness_admin(struct witness_desk *d, int *fd, struct error *err);

const char *witness_provider(const struct witness_desk *d); /* URL, or NULL */
MUST_USE bool witness_captured(struct witness_desk *d, char ret[65]);

/* Answer with lines to core; false when it is gone. What comes back from the server is read to its
   end, but of a post the headers alone are passed on: the canary must not get into core again. */
MUST_USE bool witness_canary(struct witness_desk *d, int fd);
MUST_USE bool witness_received(struct witness_desk *d, int fd);
MUST_USE bool witness_post(struct witness_desk *d, int fd, const char *question);
MUST_USE bool witness_fetch(struct witness_desk *d, int fd, const char *question);
MUST_USE bool witness_attempts(struct witness_desk *d, int fd, bool relayed);

#endif
