/* removed_fixture.c: functions of the product that stand before the real ones, and leave out what a
   sabotage has removed. */
#include "prove/sabotage_fixture.h"

#include "core/limits.h"
#include "crypt/sign.h"
#include "feature/ai/run.h"
#include "feature/forms/hook.h"
#include "screen/guard.h"
#include "screen/mask.h"

struct removed removed;

#define BEFORE(ret, name, ...)      \
    ret __real_##name(__VA_ARGS__); \
    ret __wrap_##name(__VA_ARGS__); \
    ret __wrap_##name(__VA_ARGS__)

BEFORE(struct guard_verdict, guard_judge, struct arena *a, const struct guard *g, const char *text,
       size_t n, enum guard_role role)
{
    if (removed.guard_roles & (1u << role))
        return (struct guard_verdict){ GUARD_NONE };
    return __real_guard_judge(a, g, text, n, role);
}

BEFORE(bool, ai_prohibited, struct ai_run *run)
{
    const struct ai_input *whole = run->in;
    struct ai_input in = *whole;
    in.task = removed.tasks ? NULL : in.task;
    in.output = removed.choices ? AI_TEXT : in.output;
    run->in = &in;
    bool ok = __real_ai_prohibited(run);
    run->in = whole;
    return ok;
}

BEFORE(bool, ai_answer_check, struct ai_run *run, const char *text, const char **ret)
{
    if (!removed.types || run->in->output == AI_TEXT)
        return __real_ai_answer_check(run, text, ret);
    *ret = text;
    return true;
}

BEFORE(bool, hooks_settle, struct ctx *c, const struct form *form)
{
    return removed.settling || __real_hooks_settle(c, form);
}

BEFORE(bool, limit_take_shared, struct ctx *c, const struct limit *limit, const char *who,
       int64_t *wait)
{
    if (!text_equal(removed.limit, limit->name))
        return __real_limit_take_shared(c, limit, who, wait);
    *wait = 0;
    return true;
}

BEFORE(const struct mask *, mask_new, struct arena *a, const struct mask_name *names, size_t count)
{
    return __real_mask_new(a, names, removed.names ? 0 : count);
}

BEFORE(struct mask_spans, mask_find, struct arena *a, const struct mask *m, const char *text,
       size_t n, unsigned kinds)
{
    return __real_mask_find(a, m, text, n, removed.finds ? 0 : kinds);
}

BEFORE(bool, sign_verify, const uint8_t public_key[SIGN_PUBLIC], const void *at, size_t n,
       const uint8_t signature[SIGN_SIGNATURE])
{
    return removed.signatures || __real_sign_verify(public_key, at, n, signature);
}
