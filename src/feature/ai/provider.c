/* provider.c: step 2: which engine answers, and whether its evidence satisfies the policy. */
#include "run.h"

#include "core/app.h"

#include <stdio.h>

/* The policy: a provider that data leaves for has an agreement, does not train and keeps nothing,
   each with a date that is not over. */
static bool evidence_checked(struct ai_run *run)
{
    const struct ai_provider *p = &run->provider;
    struct date today = instant_date_utc(run->c->now);
    const struct {
        struct date until;
        enum ai_reason without;
    } rows[] = {
        { p->agreement_until, REASON_NO_AGREEMENT },
        { p->no_training_until, REASON_NO_TRAINING_EVIDENCE },
        { p->zero_retention_until, REASON_NO_RETENTION_EVIDENCE },
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (rows[i].until.day < today.day)
            return ai_fail(run, rows[i].without);
    char until[3][DATE_TEXT];
    for (int i = 0; i < 3; i++)
        date_format(rows[i].until, until[i]);
    run->ret->evidence = arena_printf(run->c->arena,
                                      "agreement until %s, no training until %s, keeps nothing "
                                      "until %s%s%s",
                                      until[0], until[1], until[2], p->region ? ", region " : "",
                                      p->region ? p->region : "");
    return true;
}

static const struct ai_provider *provider_of(const struct ai_policy *p, struct id id)
{
    const struct ai_provider *at = p->providers.at;
    for (size_t i = 0; i < p->providers.count; i++)
        if (id_equal(at[i].id, id))
            return &at[i];
    return NULL;
}

bool ai_provider_choose(struct ai_run *run)
{
    const char *named = run->in->provider;
    struct id id = run->policy->settings.provider;
    bool local = named ? text_equal(named, "local") : !id_given(id);
    if (local) {
        run->local = true;
        run->ret->provider = "local";
        run->ret->model = "statistics";
        run->ret->evidence = "nothing leaves this program";
        if (!run->capability->local)
            return ai_fail(run, REASON_NO_LOCAL_ENGINE);
        return true;
    }
    const struct ai_provider *found =
        named && !id_parse(named, &id) ? NULL : provider_of(run->policy, id);
    if (!found)
        return ai_fail(run, REASON_UNKNOWN_PROVIDER);
    run->provider = *found;
    run->ret->provider = arena_string(run->c->arena, found->name); /* outlives the policy */
    run->ret->model = arena_string(run->c->arena, found->model);
    /* Asked again each time: the operator may have allowed it no longer since the row was written.
     */
    if (!ai_endpoint_allowed(run->c->app, found))
        return ai_fail(run, REASON_ENDPOINT_NOT_ALLOWED);
    if (!run->provider.local)
        return evidence_checked(run);
    run->ret->evidence = "runs on this machine or network; the operator allows it";
    return true;
}
