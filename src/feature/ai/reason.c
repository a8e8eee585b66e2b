/* reason.c: why a run was refused or failed, in the words of reasons.def. */
#include "run.h"

static const struct {
    enum problem problem;
    const char *name, *sentence;
} reasons[] = {
#define REASON(name, problem, sentence) [REASON_##name] = { problem, #name, sentence },
#include "reasons.def"
#undef REASON
};

const char *ai_reason_name(enum ai_reason reason)
{
    return reasons[reason].name;
}

const char *ai_reason_note(enum ai_reason reason, struct error *err)
{
    const char *sentence = reasons[reason].sentence;
    if (reasons[reason].problem)
        error_set(err, reasons[reason].problem, sentence ? "%s" : NULL, sentence);
    return reasons[reason].name;
}

bool ai_fail(struct ai_run *run, enum ai_reason reason)
{
    run->reason = ai_reason_note(reason, run->c->err);
    return false;
}

bool ai_fail_as(struct ai_run *run, enum problem p, const char *reason, const char *sentence)
{
    run->reason = reason;
    return fail(run->c, p, "%s", sentence);
}
