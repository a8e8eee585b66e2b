/* hook_checks.c: the promises about interaction points: nothing runs that was not configured, the
   author chooses, and without AI everything else goes on. */
#include "checks.h"
#include "lab.h"

#include "core/app.h"
#include "core/runner.h"

#include <stdlib.h>
#include <string.h>

#define FORM                                                                  \
    "{\"title\":\"Probe\",\"status\":\"open\",\"fields\":["                   \
    "{\"key\":\"open_to_ai\",\"label\":\"A\",\"kind\":\"text\",\"ai\":true}," \
    "{\"key\":\"closed_to_ai\",\"label\":\"B\",\"kind\":\"text\"}]}"

static const char *form_make(struct proof *p, const char *owner)
{
    struct answer r;
    return lab_call(p, owner, POST, "/forms", FORM, &r) == 201 ? lab_member(p, &r, "id") : NULL;
}

static size_t receipts_count(struct proof *p, const char *owner)
{
    struct answer r;
    size_t n = 0;
    lab_call(p, owner, GET, "/ai/receipts?limit=500", NULL, &r);
    for (const char *at = r.body; (at = strstr(at, "\"capability\":")); at++)
        n++;
    return n;
}

enum { ANSWERS = 3 };

/* Answers the form; whether that led to no AI request. */
static bool answers_rest(struct proof *p, const char *owner, const char *form, const char *which,
                         enum promise_result *ret)
{
    const struct lab *lab = p->with;
    size_t before = receipts_count(p, owner);
    const char *path = arena_printf(p->arena, "/forms/%s/submissions", form);
    for (int i = 0; i < ANSWERS; i++)
        if (lab_call(p, owner, POST, path, "{\"open_to_ai\":\"x\"}", NULL) != 201) {
            *ret = lab_unknown(p, "The form took no answer.");
            return false;
        }
    runner_wait(p->app->runner, lab->organisation[0]);
    size_t after = receipts_count(p, owner);
    if (after != before)
        *ret =
            lab_broken(p, "%zu AI requests followed answers to a form %s.", after - before, which);
    return after == before;
}

/* A prompt of the form that lacks nothing but being switched on. */
static bool prompt_make(struct proof *p, const char *owner, const char *form)
{
    const char *provider = lab_provider_outside(p, owner, LAB_EVIDENCE("9999-12-31"));
    struct answer r;
    if (!provider ||
        lab_call(
            p, owner, POST, "/hooks",
            arena_printf(p->arena,
                         "{\"form\":\"%s\",\"name\":\"Probe\",\"output\":\"text\",\"on\":false,"
                         "\"provider\":\"%s\",\"template\":\"Say hello to {{open_to_ai}}\"}",
                         form, provider),
            &r) != 201)
        return false;
    const char *preview = arena_printf(p->arena, "/hooks/%s/preview", lab_member(p, &r, "id"));
    return lab_call(p, owner, POST, preview, "{}", NULL) == 200;
}

/* AI is on all the while, so that nothing but the prompt keeps it from acting. */
static enum promise_result rest_check(struct proof *p)
{
    const char *owner = lab_owner(p, 0), *form = owner ? form_make(p, owner) : NULL;
    enum promise_result result;
    if (!form || !lab_ai_on(p, owner, "hook"))
        return lab_unknown(p, "A form could not be made in the scratch organisation.");
    if (!answers_rest(p, owner, form, "without a prompt", &result))
        return result;
    if (!prompt_make(p, owner, form))
        return lab_unknown(p, "A prompt could not be made and previewed.");
    if (!answers_rest(p, owner, form, "whose prompt is off", &result))
        return result;
    return lab_held(p,
                    "With AI on, %d answers to a form without a prompt led to no AI request, nor "
                    "did %d to one whose prompt is off.",
                    ANSWERS, ANSWERS);
}

static enum promise_result check_pl_3_a(struct proof *p)
{
    return lab_own(p, rest_check);
}

static const struct promise promise_pl_3_a = {
    "PL-3.a",
    "AI acts only at an interaction point that the organisation configured with a prompt.",
    "Hooks are the only subscribers that reach the gate; without one nothing is called.",
    PROMISE_LIVE,
    check_pl_3_a,
};

static enum promise_result check_pl_3_b(struct proof *p)
{
    const char *owner = lab_owner(p, 0), *form = owner ? form_make(p, owner) : NULL;
    struct answer r;
    if (!form)
        return lab_unknown(p, "A form could not be made in the scratch organisation.");
    const char *json = "{\"form\":\"%s\",\"name\":\"Probe\",\"output\":\"text\",\"on\":%s,"
                       "\"template\":\"Say hello to {{%s}}\"}";
    int closed = lab_call(p, owner, POST, "/hooks",
                          arena_printf(p->arena, json, form, "false", "closed_to_ai"), NULL);
    if (closed != 422)
        return lab_broken(p, "A prompt that names a question not open to AI answered %d.", closed);
    int unseen = lab_call(p, owner, POST, "/hooks",
                          arena_printf(p->arena, json, form, "true", "open_to_ai"), NULL);
    if (unseen != 422)
        return lab_broken(p, "A prompt was switched on before its payload was seen (%d).", unseen);
    if (lab_call(p, owner, POST, "/hooks",
                 arena_printf(p->arena, json, form, "false", "open_to_ai"), &r) != 201)
        return lab_unknown(p, "A prompt could not be made (%d).", r.status);
    const char *path = arena_printf(p->arena, "/hooks/%s", lab_member(p, &r, "id"));
    int later = lab_change(p, owner, PATCH, path, "{\"on\":true}", 1, NULL);
    if (later != 422)
        return lab_broken(p, "A prompt was switched on later without a preview (%d).", later);
    return lab_held(p,
                    "A prompt naming a question that is not open to AI was refused, and so was "
                    "switching one on, at once or later, before its exact payload was previewed.");
}

static const struct promise promise_pl_3_b = {
    "PL-3.b",
    "The author of a prompt chooses the data and the model.",
    "A template names its fields one by one; only fields open to AI can be named; what was not "
    "previewed cannot be switched on.",
    PROMISE_LIVE,
    check_pl_3_b,
};

static enum promise_result pass_check(struct proof *p)
{
    struct answer r;
    const char *owner = lab_owner(p, 0);
    if (!owner)
        return lab_unknown(p, "A scratch organisation could not be made.");
    const struct {
        enum method method;
        const char *path, *json;
        int status;
    } pass[] = {
        { POST, "/clients", "{\"name\":\"Probe\"}", 201 },
        { POST, "/projects", "{\"name\":\"Probe\"}", 201 },
        { POST, "/tags", "{\"name\":\"probe\"}", 201 },
        { POST, "/time/timer", "{}", 201 },
        { POST, "/time/timer/stop", "{}", 200 },
        { GET, "/time/entries", NULL, 200 },
        { GET, "/reports/time?by=day&then=project&from=2026-01-01&to=2026-12-31", NULL, 200 },
        { POST, "/people", "{\"name\":\"Probe\"}", 201 },
        { POST, "/forms", FORM, 201 },
        { GET, "/forms", NULL, 200 },
        { GET, "/privacy/data-map", NULL, 200 },
        { GET, "/privacy/export", NULL, 200 },
        { GET, "/audit", NULL, 200 },
    };
    for (size_t i = 0; i < LENGTH(pass); i++)
        if (lab_call(p, owner, pass[i].method, pass[i].path, pass[i].json, &r) != pass[i].status)
            return lab_broken(p, "With AI off, %s %s answered %d.", method_name(pass[i].method),
                              pass[i].path, r.status);
    return lab_held(p,
                    "With AI off, %zu acts of tracking, reporting, forms, people and privacy all "
                    "worked.",
                    LENGTH(pass));
}

static enum promise_result check_pl_3_c(struct proof *p)
{
    return lab_own(p, pass_check);
}

static const struct promise promise_pl_3_c = {
    "PL-3.c",
    "Switching AI off changes nothing else.",
    "No rule but those of AI asks the switch.",
    PROMISE_LIVE,
    check_pl_3_c,
};

const struct promise *const hook_promises[] = { &promise_pl_3_a, &promise_pl_3_b, &promise_pl_3_c,
                                                NULL };
