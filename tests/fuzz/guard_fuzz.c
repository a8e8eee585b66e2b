/* guard_fuzz.c: a verdict is in range, repeatable, and the same in every role's terms. */
#include "fuzz.h"
#include "screen/guard.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    struct arena a = { 0 };
    const struct guard *guard = guard_new(&a);
    for (enum guard_role role = GUARD_PROMPT; role <= GUARD_ANSWER; role++) {
        struct guard_verdict v = guard_judge(&a, guard, (const char *)at, n, role);
        struct guard_verdict again = guard_judge(&a, guard, (const char *)at, n, role);
        assert(v.score >= 0 && v.score <= 1 && v.nearest < GUARD_CLASSES);
        assert(v.class == (v.score >= 0.5f ? v.nearest : GUARD_NONE));
        assert(v.reason_count <= GUARD_REASONS && again.class == v.class);
        assert(role != GUARD_DATA || v.class == GUARD_NONE || v.class == GUARD_INJECTION);
        assert(role != GUARD_ANSWER || v.class != GUARD_INJECTION);
    }
    arena_done(&a);
    return 0;
}
