/* role_checks.c: the promises about who may do what. */
#include "checks.h"
#include "lab.h"

#include "core/app.h"

#include <stdlib.h>
#include <string.h>

static const char nobody[] = "0198c0de-0000-7000-8000-000000000000";

static enum promise_result check_ai_4_b(struct proof *p)
{
    int closed = 0, open = 0;
    for (size_t i = 0; i < p->app->route_count; i++) {
        const struct route *r = p->app->routes[i];
        if (r->who == WHO_ANYONE) {
            open++;
            continue;
        }
        int status = lab_call(p, NULL, r->method, lab_path(p, r, nobody),
                              r->method == GET ? NULL : "{}", NULL);
        if (status != 401)
            return lab_broken(p, "%s %s answered %d without a session.", method_name(r->method),
                              r->path, status);
        closed++;
    }
    return lab_held(p, "%d routes ask for a session before anything else; %d are for anyone.",
                    closed, open);
}

static const struct promise promise_ai_4_b = {
    "AI-4.b",
    "Access is by role.",
    "Every route names its permission, or it does not start; permissions have a scope per role.",
    PROMISE_LIVE,
    check_ai_4_b,
};

/* Every route that is closed to the role, tried with a session of that role. */
static enum promise_result role_try(struct proof *p, enum role role, int *tried)
{
    const char *session = lab_colleague(p, role_names[role]);
    if (!session)
        return lab_unknown(p, "A colleague with the role %s could not be made.", role_names[role]);
    for (size_t i = 0; i < p->app->route_count; i++) {
        const struct route *r = p->app->routes[i];
        if (r->who != WHO_CAN || r->can->of[role] != SCOPE_NONE)
            continue;
        int status = lab_change(p, session, r->method, lab_path(p, r, nobody),
                                r->method == GET ? NULL : "{}", 1, NULL);
        if (status != 403)
            return lab_broken(p, "%s %s, closed to the role %s, answered it %d.",
                              method_name(r->method), r->path, role_names[role], status);
        ++*tried;
    }
    return PROMISE_HELD;
}

/* How far a permission reaches: a member sees nothing of what somebody else has worked. */
static enum promise_result reach_try(struct proof *p)
{
    const char *owner = lab_owner(p, 0), *member = lab_colleague(p, "member");
    const char *id = member ? lab_entry(p, owner, "reach probe") : NULL;
    struct answer list;
    if (!id)
        return lab_unknown(p, "The scratch organisation could not be prepared.");
    const char *path = arena_printf(p->arena, "/time/entries/%s", id);
    if (lab_call(p, member, GET, "/time/entries", NULL, &list) != 200)
        return lab_unknown(p, "A member could not list time entries (%d).", list.status);
    if (strstr(list.body, id) || lab_call(p, member, GET, path, NULL, NULL) != 404)
        return lab_broken(p, "A member could read an entry of somebody else.");
    if (lab_change(p, member, PATCH, path, "{\"note\":\"taken\"}", 1, NULL) != 404 ||
        lab_change(p, member, DELETE, path, NULL, 1, NULL) != 404)
        return lab_broken(p, "A member could change an entry of somebody else.");
    return PROMISE_HELD;
}

static enum promise_result check_pl_6_d(struct proof *p)
{
    static const enum role roles[] = { ROLE_MEMBER, ROLE_MANAGER, ROLE_AUDITOR };
    int tried = 0;
    if (!lab_owner(p, 0))
        return PROMISE_UNKNOWN;
    for (size_t i = 0; i < LENGTH(roles); i++) {
        enum promise_result result = role_try(p, roles[i], &tried);
        if (result != PROMISE_HELD)
            return result;
    }
    if (!tried)
        return lab_broken(p, "Every role may do everything.");
    enum promise_result reach = reach_try(p);
    if (reach != PROMISE_HELD)
        return reach;
    return lab_held(p,
                    "A member, a manager and an auditor tried the %d routes that are closed to "
                    "them: each was refused (403). A member could neither see nor change what "
                    "somebody else has worked.",
                    tried);
}

static const struct promise promise_pl_6_d = {
    "PL-6.d",
    "Roles have the least that they need.",
    "A permission says for each role how far it reaches; what it does not say is closed.",
    PROMISE_LIVE,
    check_pl_6_d,
};

const struct promise *const role_promises[] = { &promise_ai_4_b, &promise_pl_6_d, NULL };
