/* prohibited.c: step 3: a person's own words are judged before anything else is done with them. */
#include "run.h"

#include "screen/guard.h"
#include "state.h"

#include <string.h>

bool ai_prohibited(struct ai_run *run)
{
    const char *text = run->in->question;
    struct arena *a = run->c->arena;
    if (!text_given(text))
        return true;
    if (run->hasty && strlen(text) > HASTY_BYTES / 4)
        return ai_elsewhere(run);
    if (text_points(text) > QUESTION_MAX)
        return ai_fail(run, REASON_QUESTION_TOO_LONG);
    struct guard_verdict v =
        guard_judge(a, run->c->app->ai->guard, text, strlen(text), GUARD_PROMPT);
    if (v.class == GUARD_NONE)
        return true;
    return ai_fail_as(run, PROHIBITED_USE, guard_class_name(v.class), guard_class_refusal(v.class));
}
