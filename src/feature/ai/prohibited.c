/* prohibited.c: step 3: the words of people, of who asks and of who set up what runs, are judged
   before anything else is done with them. */
#include "run.h"

#include "screen/guard.h"
#include "state.h"

#include <string.h>

static bool words_judge(struct ai_run *run, const char *text)
{
    const struct guard *guard = run->c->app->ai->guard;
    if (!text_given(text))
        return true;
    if (run->hasty && strlen(text) > HASTY_BYTES / 4)
        return ai_elsewhere(run);
    struct guard_verdict v = guard_judge(run->c->arena, guard, text, strlen(text), GUARD_PROMPT);
    if (v.class == GUARD_NONE)
        return true;
    return ai_fail_as(run, PROHIBITED_USE, guard_class_name(v.class), guard_class_refusal(v.class));
}

bool ai_prohibited(struct ai_run *run)
{
    const char *question = run->in->question;
    if (text_given(question) && text_points(question) > QUESTION_MAX)
        return ai_fail(run, REASON_QUESTION_TOO_LONG);
    return words_judge(run, question) && words_judge(run, run->in->task);
}
