/* reason.c: why an answer did not come, in the words of reasons.def. */
#include "client.h"

static const struct {
    enum problem problem;
    const char *name, *sentence;
} reasons[EGRESS_REASONS] = {
    [EGRESS_OK] = { NO_PROBLEM, "OK", "" },
#define REASON(name, problem, sentence) [EGRESS_##name] = { problem, #name, sentence },
#include "reasons.def"
#undef REASON
};

enum problem egress_problem(enum egress_reason reason)
{
    return reasons[reason].problem;
}

const char *egress_sentence(enum egress_reason reason)
{
    return reasons[reason].sentence;
}

const char *egress_reason_name(enum egress_reason reason)
{
    return reasons[reason].name;
}
