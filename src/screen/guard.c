/* guard.c: weighs rules and model, and words the refusal. */
#include "guard.h"

#include "guard_model.h"
#include "guard_rules.h"
#include "guard_view.h"

#include <string.h>

struct guard {
    const struct rules *rules;
    const struct concepts *concepts;
    const struct net *net;
    const struct model_weights *weights;
};

static const struct {
    const char *name, *refusal;
} classes[GUARD_CLASSES] = {
    [GUARD_NONE] = { "none", "" },
    [GUARD_EVALUATION] = { "performance_evaluation",
                           "Rating or ranking people by a machine is not allowed here. You may ask "
                           "for your own "
                           "summary, for a project's hours, or for help with wording feedback that "
                           "you give yourself." },
    [GUARD_EMPLOYMENT] = { "employment_decision", "Decisions on hiring, dismissal, promotion or "
                                                  "pay are made by people, not by a machine. You "
                                                  "may ask how such a process works, or for a "
                                                  "neutral summary of a policy." },
    [GUARD_SURVEILLANCE] = { "surveillance", "Watching people beyond what the organisation's "
                                             "settings allow is refused. You may ask "
                                             "what is recorded and why, or how to plan a project's "
                                             "time together." },
    [GUARD_INFERENCE] = { "sensitive_inference", "Guessing people's health, beliefs, origin, moods "
                                                 "or other sensitive traits is refused. You "
                                                 "may ask how to support colleagues in general, or "
                                                 "about policies and the law." },
    [GUARD_EXTRACTION] = { "private_data", "Other people's private data is not given out. You may "
                                           "ask for your own data, or ask the "
                                           "person or your administrator." },
    [GUARD_INJECTION] = { "prompt_injection", "The text tries to change how the assistant works or "
                                              "to see its instructions. Please ask "
                                              "for what you need directly." },
    [GUARD_HARM] = { "harmful_content", "Help with harming people, property or systems is refused. "
                                        "If you or someone else is in danger, "
                                        "please call your local emergency number." },
};

const char *guard_class_name(enum guard_class class)
{
    return classes[class].name;
}

const char *guard_class_refusal(enum guard_class class)
{
    return classes[class].refusal;
}

const struct guard *guard_new(struct arena *a)
{
    return guard_new_with(a, model_own());
}

const struct guard *guard_new_with(struct arena *a, const struct model_weights *weights)
{
    struct guard *g = arena_new(a, struct guard);
    g->rules = rules_new(a);
    g->concepts = concepts_new(a);
    g->net = net_new(a, &weights->net);
    g->weights = weights;
    return g;
}

static unsigned classes_of(enum guard_role role)
{
    unsigned all = (1u << GUARD_CLASSES) - 2;
    if (role == GUARD_DATA)
        return 1u << GUARD_INJECTION;
    return role == GUARD_PROMPT ? all : all & ~(1u << GUARD_INJECTION);
}

static void reason_add(struct guard_verdict *v, const char *why)
{
    for (size_t i = 0; i < v->reason_count; i++)
        if (v->reasons[i] == why)
            return;
    if (v->reason_count < GUARD_REASONS)
        v->reasons[v->reason_count++] = why;
}

static void reasons_find(const struct guard_view *view, const struct rule_hit *hits, size_t count,
                         float model, const char *concept, struct guard_verdict *v)
{
    for (size_t i = 0; i < count; i++)
        if (hits[i].class == v->nearest)
            reason_add(v, hits[i].why);
    if (view->undone)
        reason_add(v, view->undone & (VIEW_ENCODED | VIEW_ROTATED | VIEW_WRAPPED)
                          ? "words were wrapped in an encoding"
                          : "words were disguised");
    if (model >= 0.3f)
        reason_add(v, "reads like texts of this class");
    if (v->class && concept)
        reason_add(v, concept);
}

/* From which probability on it is refused: where held-out false alarms are rare enough. An order
   that stands in data gets less benefit of the doubt than one that a person typed. */
static const float limit_injection = 0.65f, limit_data = 0.5f, limit_other = 0.8f;

/* What is not "none" speaks for the likeliest class; 0.5 is put at its limit. */
static void scores_weigh(const float model[GUARD_CLASSES], enum guard_role role, unsigned wanted,
                         float ret[GUARD_CLASSES])
{
    enum guard_class top = GUARD_EVALUATION;
    float against = 0;
    for (enum guard_class c = top; c < GUARD_CLASSES; c++)
        if (wanted >> c & 1) {
            against += model[c];
            top = model[c] > model[top] ? c : top;
        }
    ret[0] = model[0];
    for (enum guard_class c = 1; c < GUARD_CLASSES; c++) {
        float p = role != GUARD_DATA && c == top ? against : model[c];
        float limit = role == GUARD_DATA     ? limit_data
                      : c == GUARD_INJECTION ? limit_injection
                                             : limit_other;
        ret[c] = p < limit ? 0.5f * p / limit : 0.5f + 0.5f * (p - limit) / (1 - limit);
        ret[c] = ret[c] > 1 ? 1 : ret[c];
    }
}

struct guard_verdict guard_judge(struct arena *a, const struct guard *g, const char *text, size_t n,
                                 enum guard_role role)
{
    struct guard_view view = guard_view(a, text, n);
    struct rule_hit hits[16];
    float scores[GUARD_CLASSES];
    unsigned wanted = classes_of(role);
    size_t count = rules_match(g->rules, &view, hits, LENGTH(hits));
    struct model_verdict model = model_judge(a, g->concepts, g->net, g->weights, &view, wanted);
    scores_weigh(model.classes, role, wanted, scores);
    for (size_t i = 0; i < count; i++)
        if (hits[i].score > scores[hits[i].class])
            scores[hits[i].class] = hits[i].score;
    struct guard_verdict v = { GUARD_NONE };
    for (enum guard_class c = 1; c < GUARD_CLASSES; c++)
        if (wanted >> c & 1 && scores[c] > v.score) {
            v.score = scores[c];
            v.nearest = c;
        }
    v.class = v.score >= 0.5f ? v.nearest : GUARD_NONE;
    reasons_find(&view, hits, count, model.classes[v.nearest],
                 model_reason(g->weights, &model, v.nearest), &v);
    return v;
}
