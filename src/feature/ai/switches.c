/* switches.c: step 1: organisation, capability, role, person; everything must say yes. */
#include "run.h"

#include "core/app.h"

#include <string.h>

static bool role_listed(const struct list *roles, enum role role)
{
    const char *const *names = roles->at;
    for (size_t i = 0; i < roles->count; i++)
        if (!strcmp(names[i], role_names[role]))
            return true;
    return !roles->count;
}

static const struct ai_switch *switch_of(const struct ai_policy *p, const char *capability)
{
    const struct ai_switch *at = p->switches.at;
    for (size_t i = 0; i < p->switches.count; i++)
        if (!strcmp(at[i].capability, capability))
            return &at[i];
    return NULL;
}

bool capability_on(struct ctx *c, const struct capability *capability, bool *ret)
{
    static const struct query named = { "capability = $1" };
    struct ai_settings settings;
    struct ai_switch row = { 0 };
    bool found;
    if (!row_single(c, &ai_settings_table, &settings) ||
        !row_find(c, &ai_switch_table, &named, ARGS(value_text(capability->name)), &row, &found))
        return false;
    *ret = settings.on && found && row.on;
    return true;
}

static bool actor_allowed(struct ai_run *run)
{
    const struct ai_switch *s = switch_of(run->policy, run->capability->name);
    const struct actor *actor = &run->c->actor;
    if (!s || !s->on)
        return ai_fail(run, REASON_CAPABILITY_OFF);
    if (!actor->program && !role_listed(&s->roles, actor->role))
        return ai_fail(run, REASON_ROLE_OFF);
    return true;
}

static bool person_allows(struct ai_run *run)
{
    const struct list *list = &run->policy->objections;
    const struct ai_objection *at = list->at;
    struct id person = id_given(run->in->subject) ? run->in->subject : run->c->actor.person;
    for (size_t i = 0; i < list->count; i++) {
        if (!id_equal(at[i].person, person))
            continue;
        if (at[i].objected)
            return ai_fail(run, REASON_OBJECTED);
        if (at[i].blocked)
            return ai_fail(run, REASON_PERSON_BLOCKED);
    }
    return true;
}

bool ai_switches(struct ai_run *run)
{
    if (!run->policy->settings.on)
        return ai_fail(run, REASON_ORGANISATION_OFF);
    if (run->capability->can && !ctx_can(run->c, run->capability->can))
        return ai_fail(run, REASON_NO_PERMISSION);
    return actor_allowed(run) && person_allows(run);
}
