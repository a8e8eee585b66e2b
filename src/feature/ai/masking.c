/* masking.c: step 5: what leaves of a text: names of people and the like are replaced by tokens,
   and what reads like an instruction does not leave at all. */
#include "run.h"

#include "base/hash.h"
#include "core/app.h"
#include "screen/guard.h"
#include "state.h"

#include <string.h>

/* Dates are how time is told here; everything else that identifies a person is masked. */
#define CONTEXT_KINDS (MASK_ALL & ~(1u << MASK_DATE_TIME))

/* Counts what is screened; a hasty run stops at what takes long. */
static bool screen(struct ai_run *run, size_t n)
{
    run->screened += n;
    return !run->hasty || run->screened <= HASTY_BYTES || ai_elsewhere(run);
}

/* Notes repeat themselves: what was found out of a text is kept for the run. */
struct seen {
    struct seen *next;
    const char *text, *masked;
    bool judged, hostile;
};

static struct seen *seen_of(struct ai_run *run, const char *text, size_t n)
{
    struct seen **bucket = &run->seen[hash_bytes(hash_start, text, n) % LENGTH(run->seen)];
    for (struct seen *s = *bucket; s; s = s->next)
        if (!strcmp(s->text, text))
            return s;
    struct seen *s = arena_new(run->c->arena, struct seen);
    *s = (struct seen){ .next = *bucket, .text = arena_text(run->c->arena, text, n) };
    return *bucket = s;
}

const char *ai_masked(struct ai_run *run, const char *text)
{
    size_t n = strlen(text);
    struct seen *s = seen_of(run, text, n);
    if (s->masked)
        return s->masked;
    if (!screen(run, n))
        return "";
    struct mask_spans spans = mask_find(&run->scratch, run->policy->mask, text, n, CONTEXT_KINDS);
    s->masked = mask_apply(run->map, text, n, &spans).at;
    arena_reset(&run->scratch);
    return s->masked;
}

bool ai_hostile(struct ai_run *run, const char *text)
{
    size_t n = strlen(text);
    struct seen *s = seen_of(run, text, n);
    if (!s->judged && screen(run, n)) {
        const struct guard *guard = run->c->app->ai->guard;
        s->hostile = guard_judge(&run->scratch, guard, text, n, GUARD_DATA).class != GUARD_NONE;
        s->judged = true;
        arena_reset(&run->scratch);
    }
    run->left_out += s->hostile;
    return s->hostile;
}

const char *ai_unmasked(struct ai_run *run, const char *text)
{
    static const struct mask_spans none = { 0 };
    return mask_apply(run->map, text, strlen(text), &none).at;
}
