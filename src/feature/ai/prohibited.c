/* prohibited.c: step 3: the words of people, of who asks and of who set up what runs, are judged
   before anything else is done with them. */
#include "run.h"

#include "screen/guard.h"
#include "state.h"

#include <string.h>

static struct guard_verdict judge(struct ai_run *run, const char *text)
{
    return guard_judge(run->c->arena, run->c->app->ai->guard, text, strlen(text), GUARD_PROMPT);
}

static bool passes(struct ai_run *run, struct guard_verdict v)
{
    return v.class == GUARD_NONE ||
           ai_fail_as(run, PROHIBITED_USE, guard_class_name(v.class), guard_class_refusal(v.class));
}

static bool words_judge(struct ai_run *run, const char *text)
{
    if (!text_given(text))
        return true;
    if (run->hasty && strlen(text) > HASTY_BYTES / 4)
        return ai_elsewhere(run);
    return passes(run, judge(run, text));
}

/* "accept, reject" by itself may be about a parcel, and a question with few words about anything:
   what there is to choose from is refused when it is so both alone and behind what is asked. */
static bool choices_judge(struct ai_run *run)
{
    struct list choices = run->in->choices;
    const char *const *choice = choices.at;
    struct buffer alone = buffer_new(run->c->arena), asked = buffer_new(run->c->arena);
    if (!run->in->task || run->in->output != AI_CHOICE)
        return true;
    buffer_printf(&asked, "%s\nIs it ", run->in->task);
    for (size_t i = 0; i < choices.count; i++) {
        buffer_printf(&alone, "%s%s", i ? ", " : "", choice[i]);
        buffer_printf(&asked, "%s%s", !i ? "" : i + 1 < choices.count ? ", " : " or ", choice[i]);
    }
    buffer_char(&asked, '?');
    return judge(run, alone.at).class == GUARD_NONE || passes(run, judge(run, asked.at));
}

bool ai_prohibited(struct ai_run *run)
{
    const char *question = run->in->question;
    if (text_given(question) && text_points(question) > QUESTION_MAX)
        return ai_fail(run, REASON_QUESTION_TOO_LONG);
    return words_judge(run, question) && words_judge(run, run->in->task) && choices_judge(run);
}
