/* schedule.h: which of several nodes runs the periodic jobs, and since when they are due. */
#ifndef VOW_SCHEDULE_H
#define VOW_SCHEDULE_H

#include "ctx.h"
#include "table.h"

extern const struct table schedule_table;

/* Takes the schedule for this node unless another that lives has it; *mine says whether it was
   taken, and *before is when jobs were last looked at, by any node (absent: never). */
MUST_USE bool schedule_take(struct ctx *c, bool *mine, struct instant *before);

/* Notes that what was due at c->now has been run. */
MUST_USE bool schedule_done(struct ctx *c);

#endif
