/* forget.c: step 10: gives back what a run has held. The texts, and what the tokens stand for, are
   in its request's arena, which is wiped when that ends. */
#include "run.h"

void ai_forget(struct ai_run *run)
{
    ai_policy_release(run->c->app, run->policy);
    arena_done(&run->scratch);
}
