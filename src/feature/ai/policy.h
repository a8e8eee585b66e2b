/* policy.h: what AI keeps of an organisation between requests: its switches and providers, and its
   directory compiled for masking.

   Immutable once made, shared by requests, looked at anew when app.settings_changes has moved on: a
   change of any switch, provider, objection, person or client moves it, after its commit and before
   its answer. So what somebody has been told is switched off is off. Kept in memory only, the least
   recently used go first, and what nobody asked for in a minute goes too. */
#ifndef VOW_AI_POLICY_H
#define VOW_AI_POLICY_H

#include "screen/mask.h"
#include "settings.h"

struct ai_policy {
    struct ai_settings settings;
    struct list switches;   /* struct ai_switch */
    struct list providers;  /* struct ai_provider */
    struct list objections; /* struct ai_objection */
    const struct mask *mask;
    uint64_t changes; /* app.settings_changes from before it was read */
};

/* The policy of the ctx's organisation, held until ai_policy_release. */
MUST_USE bool ai_policy_take(struct ctx *c, const struct ai_policy **ret);
/* The same when it is in memory and of now; for threads that must not wait. */
MUST_USE bool ai_policy_cached(struct ctx *c, const struct ai_policy **ret);
void ai_policy_release(struct app *app, const struct ai_policy *p); /* NULL is fine */

/* Whether something has changed since app.settings_changes was that. */
bool ai_policy_overtaken(const struct app *app, uint64_t changes);

struct policies;
struct policies *policies_new(void);
void policies_free(struct policies *s); /* all must have been released; NULL is accepted */

#endif
