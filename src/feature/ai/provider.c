/* provider.c: step 2: which engine answers, and whether its evidence satisfies the policy. */
#include "run.h"

#include "core/app.h"

#include <stdio.h>

/* The policy: a provider that data leaves for has an agreement, does not train and keeps nothing,
   each with a date that is not over. What it lacks, or REASON_OK. */
static enum ai_reason evidence_lacks(const struct ai_provider *p, struct instant now)
{
    struct date today = instant_date_utc(now);
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
            return rows[i].without;
    return REASON_OK;
}

/* Asked again each time: the operator may have allowed the address no longer since the row was
   written. */
static bool provider_permitted(struct ai_run *run, const struct ai_provider *p)
{
    if (!ai_endpoint_allowed(run->c->app, p))
        return ai_fail(run, REASON_ENDPOINT_NOT_ALLOWED);
    enum ai_reason lacks = p->local ? REASON_OK : evidence_lacks(p, run->c->now);
    return lacks == REASON_OK || ai_fail(run, lacks);
}

static const char *evidence_text(struct ai_run *run)
{
    const struct ai_provider *p = &run->provider;
    const struct date dates[] = { p->agreement_until, p->no_training_until,
                                  p->zero_retention_until };
    char until[LENGTH(dates)][DATE_TEXT];
    if (p->local)
        return "runs on this machine or network; the operator allows it";
    for (size_t i = 0; i < LENGTH(dates); i++)
        date_format(dates[i], until[i]);
    return arena_printf(
        run->c->arena, "agreement until %s, no training until %s, keeps nothing until %s%s%s",
        until[0], until[1], until[2], p->region ? ", region " : "", p->region ? p->region : "");
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
    if (!provider_permitted(run, found))
        return false;
    run->ret->evidence = evidence_text(run);
    return true;
}

bool ai_provider_still(struct ai_run *run)
{
    const struct ai_provider *now = provider_of(run->policy, run->provider.id);
    if (!now)
        return ai_fail(run, REASON_UNKNOWN_PROVIDER);
    if (!text_equal(now->endpoint, run->provider.endpoint))
        return ai_fail(run, REASON_ENDPOINT_NOT_ALLOWED);
    return provider_permitted(run, now);
}
