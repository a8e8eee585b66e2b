/* access.c: the names of roles. */
#include "access.h"

#include "ctx.h"

#include <string.h>

const char *const role_names[] = {
    [ROLE_NONE] = "none",   [ROLE_MEMBER] = "member", [ROLE_MANAGER] = "manager",
    [ROLE_ADMIN] = "admin", [ROLE_OWNER] = "owner",   [ROLE_AUDITOR] = "auditor",
    [ROLE_COUNT] = NULL
};

enum role role_parse(const char *name)
{
    for (int r = 0; name && r < ROLE_COUNT; r++)
        if (!strcmp(role_names[r], name))
            return (enum role)r;
    return ROLE_NONE;
}

enum scope ctx_scope(const struct ctx *c, const struct permission *p)
{
    if (c->actor.program)
        return SCOPE_ALL;
    return p ? p->of[c->actor.role] : SCOPE_NONE;
}

bool ctx_can(const struct ctx *c, const struct permission *p)
{
    return ctx_scope(c, p) != SCOPE_NONE;
}
