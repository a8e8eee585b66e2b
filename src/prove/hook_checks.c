/* hook_checks.c: the promises about interaction points: nothing runs that was not configured, the
   author chooses, and without AI everything else goes on. */
#include "checks.h"
#include "lab.h"

#include "core/app.h"
#include "core/tenant.h"

#include <string.h>

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
    size_t before = receipts_count(p, owner);
    for (int i = 0; i < ANSWERS; i++)
        if (!lab_submit(p, owner, form, "x")) {
            *ret = lab_unknown(p, "The form took no answer.");
            return false;
        }
    size_t after = receipts_count(p, owner);
    if (after != before)
        *ret =
            lab_broken(p, "%zu AI requests followed answers to a form %s.", after - before, which);
    return after == before;
}

#define TEMPLATE "\"template\":\"Say hello to {{open_to_ai}}\""

/* A prompt of the form that lacks nothing but being switched on. */
static const char *prompt_make(struct proof *p, const char *owner, const char *form)
{
    const char *provider = lab_provider_outside(p, owner, LAB_EVIDENCE("9999-12-31"));
    if (!provider)
        return NULL;
    const char *members = arena_printf(p->arena,
                                       ",\"output\":\"choice\",\"choices\":[\"loud\",\"low\"],"
                                       "\"provider\":\"%s\"," TEMPLATE,
                                       provider);
    const char *prompt = lab_prompt(p, owner, form, members);
    return prompt && lab_preview(p, owner, prompt, NULL) == 200 ? prompt : NULL;
}

/* AI is on all the while, so that nothing but the prompt keeps it from acting. */
static enum promise_result rest_check(struct proof *p)
{
    const char *owner = lab_owner(p, 0), *form = owner ? lab_form(p, owner) : NULL;
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

/* Before anything was previewed. */
static enum promise_result unseen_check(struct proof *p, const char *owner, const char *form)
{
    static const char *const refused[] = {
        ",\"on\":false,\"template\":\"Say hello to {{closed_to_ai}}\"",
        ",\"on\":true," TEMPLATE,
    };
    for (size_t i = 0; i < LENGTH(refused); i++)
        if (lab_prompt(p, owner, form, refused[i]))
            return lab_broken(p, i ? "A prompt was switched on before its payload was seen."
                                   : "A prompt could name a question that is not open to AI.");
    const char *prompt = lab_prompt(p, owner, form, ",\"on\":false," TEMPLATE);
    if (!prompt)
        return lab_unknown(p, "A prompt could not be made.");
    int later = lab_patch(p, owner, prompt, "{\"on\":true}", NULL);
    if (later != 422)
        return lab_broken(p, "A prompt was switched on later without a preview (%d).", later);
    return PROMISE_HELD;
}

/* A prompt that is on is changed in one way: then it is off, and stays so until it is previewed. */
static enum promise_result change_try(struct proof *p, const char *owner, const char *prompt,
                                      const char *path, const char *json, const char *what)
{
    struct answer r;
    if (!lab_prompt_on(p, owner, prompt))
        return lab_unknown(p, "A prompt that was previewed could not be switched on.");
    if (lab_patch(p, owner, path, json, NULL) != 200)
        return lab_unknown(p, "The %s could not be changed.", what);
    lab_call(p, owner, GET, prompt, NULL, &r);
    if (!strstr(r.body, "\"on\":false"))
        return lab_broken(p, "A prompt whose %s changed after its preview stayed on.", what);
    int again = lab_patch(p, owner, prompt, "{\"on\":true}", NULL);
    if (again != 422)
        return lab_broken(p, "With another %s, a prompt was switched on without a preview (%d).",
                          what, again);
    return PROMISE_HELD;
}

static bool prompt_alter(struct ctx *c, void *with)
{
    static const struct query q = { "UPDATE hook SET output = 'text' WHERE id = $1" };
    return tx_run(c->tx, &q, ARGS(value_id(*(const struct id *)with)), NULL);
}

/* One that was changed past all rules and is still on does not run, either. */
static enum promise_result altered_try(struct proof *p, const char *owner, const char *form,
                                       const char *prompt)
{
    const struct lab *lab = p->with;
    struct error err = { 0 };
    struct ctx c = app_ctx(p->app, p->arena, &err, "prove");
    struct answer r;
    struct id id;
    enum promise_result result;
    if (!lab_prompt_on(p, owner, prompt) || !id_parse(strrchr(prompt, '/') + 1, &id) ||
        !organisation_write(&c, lab->organisation[0], prompt_alter, &id))
        return lab_unknown(p, "A prompt could not be altered in the store.");
    if (!answers_rest(p, owner, form, "whose prompt is another than was previewed", &result))
        return result;
    lab_call(p, owner, GET, prompt, NULL, &r);
    return strstr(r.body, "\"on\":false")
               ? PROMISE_HELD
               : lab_broken(p, "A prompt that was altered in the store stayed on.");
}

static enum promise_result author_check(struct proof *p)
{
    const char *owner = lab_owner(p, 0), *form = owner ? lab_form(p, owner) : NULL;
    if (!form || !lab_ai_on(p, owner, "hook"))
        return lab_unknown(p, "A form could not be made in the scratch organisation.");
    enum promise_result result = unseen_check(p, owner, form);
    if (result != PROMISE_HELD)
        return result;
    const char *prompt = prompt_make(p, owner, form);
    const char *other = lab_provider_outside(p, owner, LAB_EVIDENCE("9999-12-31"));
    if (!prompt || !other)
        return lab_unknown(p, "A prompt could not be made and previewed.");
    result = altered_try(p, owner, form, prompt);
    const struct {
        const char *what, *path, *json;
    } changes[] = {
        { "template", prompt, "{\"template\":\"Say goodbye to {{open_to_ai}}\"}" },
        { "provider", prompt, arena_printf(p->arena, "{\"provider\":\"%s\"}", other) },
        { "choices", prompt, "{\"choices\":[\"loud\",\"low\",\"not at all\"]}" },
        { "type of answer", prompt, "{\"output\":\"number\"}" },
        { "named question", arena_printf(p->arena, "/forms/%s", form),
          "{\"fields\":[{\"key\":\"open_to_ai\",\"label\":\"A\",\"kind\":\"text\",\"ai\":true,"
          "\"privacy\":\"OPERATIONAL\"}]}" },
    };
    for (size_t i = 0; result == PROMISE_HELD && i < LENGTH(changes); i++)
        result = change_try(p, owner, prompt, changes[i].path, changes[i].json, changes[i].what);
    if (result != PROMISE_HELD)
        return result;
    return lab_held(p,
                    "A prompt naming a question that is not open to AI was refused, and so was "
                    "switching one on, at once or later, before its exact payload was previewed. "
                    "One that was on was switched off by a change of its template, provider, "
                    "choices, type of answer or of a question that it names, and could not be "
                    "switched on again without a new preview; altered in the store, it did not "
                    "run.");
}

static enum promise_result check_pl_3_b(struct proof *p)
{
    return lab_own(p, author_check);
}

static const struct promise promise_pl_3_b = {
    "PL-3.b",
    "The author of a prompt chooses the data and the model.",
    "A template names its fields one by one; only fields open to AI can be named; what was not "
    "previewed as it is now cannot be switched on and does not run.",
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
        { POST, "/forms", LAB_FORM, 201 },
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
