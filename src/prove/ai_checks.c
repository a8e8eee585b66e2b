/* ai_checks.c: the promises about AI: who, what, where to, and that nothing of it stays. */
#include "checks.h"
#include "lab.h"

#include "core/app.h"
#include "feature/ai/ai.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUN(capability) \
    "{\"capability\":\"" capability "\",\"from\":\"2026-01-01\",\"to\":\"2026-12-31\"}"

/* How many rows the feedback of a session was made of; -1: there was none. */
static int feedback_rows(struct proof *p, const char *session)
{
    struct answer r;
    if (!session || lab_call(p, session, POST, "/ai/run", RUN("feedback.me"), &r) != 200)
        return -1;
    const char *at = strstr(r.body, "\"rows\":");
    return at ? atoi(at + 7) : -1;
}

/* A colleague has worked and the owner, who may see that, has not. */
static enum promise_result others_check(struct proof *p)
{
    const char *owner = lab_owner(p, 0);
    const char *colleague = owner ? lab_colleague(p, "member") : NULL;
    if (!colleague || !lab_ai_on(p, owner, "feedback.me") || !lab_entry(p, colleague, "Probe"))
        return lab_unknown(p, "The scratch organisation could not be prepared.");
    int own = feedback_rows(p, colleague), others = feedback_rows(p, owner);
    if (own != 1 || others < 0)
        return lab_unknown(p, "The capability did not answer for everybody.");
    if (others)
        return lab_broken(p, "An owner's feedback was made of a colleague's hours.");
    return lab_held(p, "An owner's feedback had nothing of what a colleague had worked.");
}

static enum promise_result check_ai_2_c(struct proof *p)
{
    for (const struct feature *const *f = p->app->features; *f; f++)
        for (const struct capability *const *k = (*f)->capabilities; k && *k; k++) {
            const char *name = (*k)->name;
            if (!text_ends(name, ".me"))
                continue;
            for (int role = 0; role < ROLE_COUNT; role++)
                if ((*k)->can && (*k)->can->of[role] > SCOPE_OWN)
                    return lab_broken(p, "%s reaches beyond one's own data for the role %s.", name,
                                      role_names[role]);
            lab_say(p, "%s has the scope own for every role that can use it.", name);
        }
    const char *owner = lab_owner(p, 0);
    struct answer r;
    if (!owner || !lab_ai_on(p, owner, "feedback.me"))
        return lab_unknown(p, "AI could not be switched on in the scratch organisation.");
    /* The request has no way to name a person. */
    int status = lab_call(p, owner, POST, "/ai/run",
                          "{\"capability\":\"feedback.me\",\"from\":\"2026-01-01\",\"to\":"
                          "\"2026-12-31\",\"person\":\"0198c0de-0000-7000-8000-000000000000\"}",
                          &r);
    if (status != 422)
        return lab_broken(p, "Asking for another person's feedback answered %d.", status);
    lab_say(p, "Asking for another person's feedback was refused (422): the request cannot name "
               "anybody.");
    return lab_own(p, others_check);
}

static const struct promise promise_ai_2_c = {
    "AI-2.c",
    "Personal feedback goes to the person alone.",
    "The capability reads the rows of the person who asks, whatever the role; the request cannot "
    "name anybody else.",
    PROMISE_LIVE,
    check_ai_2_c,
};

/* The status of a request to a provider outside with such evidence; 0: it could not be made. */
static int evidence_try(struct proof *p, const char *owner, const char *evidence)
{
    struct answer r;
    const char *id = lab_provider_outside(p, owner, evidence);
    if (!id)
        return 0;
    int status = lab_call(p, owner, POST, "/ai/run",
                          arena_printf(p->arena,
                                       "{\"capability\":\"feedback.me\",\"provider\":\"%s\","
                                       "\"preview\":true,\"from\":\"2026-01-01\",\"to\":"
                                       "\"2026-12-31\"}",
                                       id),
                          &r);
    return status == 403 && !strstr(r.body, "provider-not-allowed") ? -status : status;
}

static enum promise_result check_ai_3_1_a(struct proof *p)
{
    const char *owner = lab_owner(p, 0);
    if (!owner || !lab_ai_on(p, owner, "feedback.me"))
        return lab_unknown(p, "AI could not be switched on in the scratch organisation.");
    int without = evidence_try(p, owner, ""),
        over = evidence_try(p, owner, LAB_EVIDENCE("2000-01-01"));
    int with = evidence_try(p, owner, LAB_EVIDENCE("9999-12-31"));
    if (!without || !over || !with)
        return lab_unknown(p, "A provider could not be registered.");
    if (without != 403)
        return lab_broken(p, "A provider without evidence answered %d.", without);
    if (over != 403)
        return lab_broken(p, "A provider whose evidence is over answered %d.", over);
    if (with != 200)
        return lab_unknown(p, "A provider with evidence answered %d.", with);
    return lab_held(p, "A provider without evidence that it does not train was refused (403), and "
                       "so was one whose evidence is over; with evidence one was taken.");
}

static const struct promise promise_ai_3_1_a = {
    "AI-3.1.a",
    "Nobody's data trains a model.",
    "No code here trains on an organisation's data; a provider is used only with evidence, with a "
    "date that is not over, that it does not train.",
    PROMISE_LIVE,
    check_ai_3_1_a,
};

static enum promise_result check_ai_3_1_b(struct proof *p)
{
    struct canary_print prints[2];
    char canaries[2][CANARY_TEXT];
    struct answer r[2];
    for (int i = 0; i < 2; i++) {
        const char *owner = lab_owner(p, i);
        canary_make(canaries[i], &prints[i]);
        if (!owner || !lab_ai_on(p, owner, "feedback.me") || !lab_entry(p, owner, canaries[i]))
            return lab_unknown(p, "The scratch organisations could not be prepared.");
    }
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 2; i++) {
            if (lab_call(p, lab_owner(p, i), POST, "/ai/run", RUN("feedback.me"), &r[i]) != 200)
                return lab_unknown(p, "The capability did not answer (%d).", r[i].status);
            if (canary_count(&prints[!i], r[i].body, r[i].length))
                return lab_broken(p, "The answer of one organisation held the other's canary.");
            if (lab_call(p, lab_owner(p, i), GET, "/time/entries", NULL, &r[i]) != 200 ||
                !canary_count(&prints[i], r[i].body, r[i].length) ||
                canary_count(&prints[!i], r[i].body, r[i].length))
                return lab_broken(p, "The rows of one organisation held the other's canary.");
        }
    return lab_held(p, "Two organisations with a canary each asked in turn, 3 times; no answer and "
                       "no list held the other's.");
}

static const struct promise promise_ai_3_1_b = {
    "AI-3.1.b",
    "Data is processed only inside the organisation that asked; never combined.",
    "A request has the database of one organisation, opened with that organisation's key.",
    PROMISE_LIVE,
    check_ai_3_1_b,
};

/* A name that only who knows the people of the organisation takes for one. */
#define NAME "Amber Stone"

static enum promise_result check_ai_3_3(struct proof *p)
{
    const char *owner = lab_owner(p, 0);
    struct answer preview, sent;
    char captured[65];
    if (!p->witness || !p->witness->provider || !p->witness->captured)
        return lab_alone(p, "be the provider that receives a request");
    if (!owner || !lab_ai_on(p, owner, "feedback.me") ||
        lab_call(p, owner, POST, "/people", "{\"name\":\"" NAME "\"}", NULL) != 201 ||
        !lab_entry(p, owner, "sorted the boxes of " NAME) ||
        !lab_entry(p, owner, "call with probe@vow.invalid"))
        return lab_unknown(p, "The scratch organisation could not be prepared.");
    const char *provider = lab_provider(p, owner, LAB_MODEL);
    if (!provider)
        return lab_unknown(p, "The loopback provider could not be registered.");
    const char *json = "{\"capability\":\"feedback.me\",\"provider\":\"%s\",%s\"question\":\"How "
                       "was March, for probe@vow.invalid?\",\"from\":\"2026-01-01\",\"to\":"
                       "\"2026-12-31\"}";
    char body[400];
    snprintf(body, sizeof body, json, provider, "\"preview\":true,");
    if (lab_call(p, owner, POST, "/ai/run", body, &preview) != 200)
        return lab_unknown(p, "The preview answered %d.", preview.status);
    snprintf(body, sizeof body, json, provider, "");
    if (lab_call(p, owner, POST, "/ai/run", body, &sent) != 200)
        return lab_unknown(p, "The request answered %d.", sent.status);
    if (!p->witness->captured(p->witness->with, captured))
        return lab_broken(p, "The provider received nothing that could be compared.");
    const char *hash = lab_member(p, &preview, "disclosure_hash");
    if (strcmp(hash, captured) != 0)
        return lab_broken(p,
                          "The provider received other bytes (SHA-256 %.16s…) than the preview "
                          "showed (%.16s…).",
                          captured, hash);
    if (strstr(preview.body, "probe@vow.invalid"))
        return lab_broken(p, "An email address left unmasked.");
    if (strstr(preview.body, NAME))
        return lab_broken(p, "The name of a person of the organisation left unmasked.");
    if (!strstr(preview.body, "sorted the boxes of"))
        return lab_unknown(p, "The note with a name was not part of what left.");
    return lab_held(p,
                    "What a loopback provider received equals the preview byte for byte (SHA-256 "
                    "%.16s…); the email address and the colleague's name in it were masked.",
                    captured);
}

static const struct promise promise_ai_3_3 = {
    "AI-3.3",
    "Nothing goes to a provider beyond what the request needs.",
    "Only declared columns, masked, within a budget; the preview is the very bytes that are sent.",
    PROMISE_LIVE,
    check_ai_3_3,
};

static enum promise_result check_ai_5_a(struct proof *p)
{
    bool accept = false;
    for (size_t i = 0; i < p->app->route_count; i++) {
        const struct route *r = p->app->routes[i];
        if (r->method == POST && text_ends(r->path, "/suggestions/{id}/accept"))
            accept = r->who == WHO_CAN;
    }
    const struct table *suggestions = NULL;
    for (const struct table *const *t = p->app->tables; *t; t++)
        if (!strcmp((*t)->name, "suggestion"))
            suggestions = *t;
    if (!suggestions || !accept)
        return lab_broken(p, "There is no act of accepting.");
    static const char *const records[] = { "decided_by", "decided_at", "edited", "state" };
    for (size_t i = 0; i < LENGTH(records); i++)
        if (!field_find(suggestions->fields, records[i]))
            return lab_broken(p, "A suggestion does not record %s.", records[i]);
    if (suggestions->ops & (OP_UPDATE | OP_CREATE) || !suggestions->ops)
        return lab_broken(p, "A suggestion can be changed without the act of accepting.");
    return lab_held(p, "A suggestion changes by the act of accepting or dismissing alone, which "
                       "needs a person and records who, when and whether edited.");
}

static const struct promise promise_ai_5_a = {
    "AI-5.a",
    "People validate what AI suggests before it counts.",
    "A suggestion stays proposed until a person accepts or dismisses it; nothing applies it by "
    "itself.",
    PROMISE_CONFIG,
    check_ai_5_a,
};

/* Whether feedback is answered once the switch was set so; 0: it could not be. */
static int switch_try(struct proof *p, const char *owner, enum method m, const char *path,
                      const char *json)
{
    struct answer r;
    lab_call(p, owner, GET, path, NULL, &r);
    if (lab_change(p, owner, m, path, json, r.etag ? atoll(r.etag) : 0, NULL) >= 300)
        return 0;
    return lab_call(p, owner, POST, "/ai/run", RUN("feedback.me"), &r);
}

/* Each switch by itself, and the way back, with all others on. */
static enum promise_result switches_check(struct proof *p)
{
    const char *owner = lab_owner(p, 0);
    struct answer r;
    if (!owner || !lab_ai_on(p, owner, "feedback.me") ||
        lab_call(p, owner, GET, "/ai/switches", NULL, &r) != 200)
        return lab_unknown(p, "AI could not be switched on in the scratch organisation.");
    const char *one = arena_printf(p->arena, "/ai/switches/%s", lab_member(p, &r, "id"));
    lab_call(p, owner, GET, "/people", NULL, &r); /* nobody else is there */
    const char *block = arena_printf(p->arena, "/people/%s/ai-block", lab_member(p, &r, "id"));
    const struct {
        const char *what;
        enum method method;
        const char *path, *off, *on;
    } switches[] = {
        { "the organisation", PATCH, "/ai/settings", "{\"on\":false}", "{\"on\":true}" },
        { "the function", PATCH, one, "{\"on\":false}", "{\"on\":true}" },
        { "the role", PATCH, one, "{\"roles\":[\"auditor\"]}", "{\"roles\":[\"owner\"]}" },
        { "the person", PUT, "/ai/objection", "{\"objected\":true}", "{\"objected\":false}" },
        { "the person by an admin", PUT, block, "{\"blocked\":true}", "{\"blocked\":false}" },
    };
    for (size_t i = 0; i < LENGTH(switches); i++) {
        int off = switch_try(p, owner, switches[i].method, switches[i].path, switches[i].off);
        int on = switch_try(p, owner, switches[i].method, switches[i].path, switches[i].on);
        if (!off || on != 200)
            return lab_unknown(p, "The switch of %s could not be tried (%d, %d).", switches[i].what,
                               off, on);
        if (off != 403)
            return lab_broken(p, "With AI off for %s a request answered %d.", switches[i].what,
                              off);
    }
    return lab_held(
        p, "Off for the organisation, the function, the role or the person, by an admin or "
           "by a no of their own: refused at once (403). On again: answered.");
}

static enum promise_result check_ai_9(struct proof *p)
{
    return lab_own(p, switches_check);
}

static const struct promise promise_ai_9 = {
    "AI-9",
    "Admins switch AI on, off, or on for some; off is off at once.",
    "Every request asks the switches of organisation, function, role and person; requests under "
    "way "
    "ask again when a switch has changed.",
    PROMISE_LIVE,
    check_ai_9,
};

static enum promise_result new_check(struct proof *p)
{
    struct answer r;
    const char *owner = lab_owner(p, 0);
    if (!owner)
        return lab_unknown(p, "A scratch organisation could not be made.");
    lab_call(p, owner, GET, "/ai/settings", NULL, &r);
    if (!strstr(r.body, "\"on\":false"))
        return lab_broken(p, "AI is on in a new organisation.");
    lab_call(p, owner, GET, "/ai/capabilities", NULL, &r);
    if (strstr(r.body, "\"enabled\":true"))
        return lab_broken(p, "An AI function is on in a new organisation.");
    lab_call(p, owner, GET, "/ai/switches", NULL, &r);
    if (!strstr(r.body, "\"items\":[]"))
        return lab_broken(p, "A new organisation has switches already.");
    return lab_held(p, "In an organisation made just now AI is off, and so is every function.");
}

static enum promise_result check_ai_11(struct proof *p)
{
    return lab_own(p, new_check);
}

static const struct promise promise_ai_11 = {
    "AI-11",
    "Transparent, minimal, fair and private by default.",
    "AI and everything that watches is off until somebody switches it on; every request can be "
    "previewed.",
    PROMISE_LIVE,
    check_ai_11,
};

const struct promise *const ai_promises[] = { &promise_ai_2_c,   &promise_ai_3_1_a,
                                              &promise_ai_3_1_b, &promise_ai_3_3,
                                              &promise_ai_5_a,   &promise_ai_9,
                                              &promise_ai_11,    NULL };
