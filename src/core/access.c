/* access.c: the names of roles, and what they may not see. */
#include "access.h"

#include "ctx.h"

#include <string.h>

const char *const role_names[] = {
    [ROLE_NONE] = "none",   [ROLE_MEMBER] = "member", [ROLE_MANAGER] = "manager",
    [ROLE_ADMIN] = "admin", [ROLE_OWNER] = "owner",   [ROLE_AUDITOR] = "auditor",
    [ROLE_COUNT] = NULL
};

const char *const scope_names[] = {
    [SCOPE_NONE] = "none", [SCOPE_OWN] = "own", [SCOPE_TEAM] = "team", [SCOPE_ALL] = "all", NULL
};

enum role role_parse(const char *name)
{
    for (int r = 0; name && r < ROLE_COUNT; r++)
        if (!strcmp(role_names[r], name))
            return (enum role)r;
    return ROLE_NONE;
}

void unseen_clear(const struct ctx *c, const struct field *fields, void *record)
{
    EACH_FIELD (f, fields) {
        if (f->see && !ctx_can(c, f->see)) {
            field_hide(f, record);
            continue;
        }
        if (f->kind == KIND_RECORD)
            unseen_clear(c, f->fields, field_in(f, record));
        if (f->kind != KIND_LIST || !f->fields)
            continue;
        const struct list *list = field_of(f, record);
        for (size_t i = 0; i < list->count; i++)
            unseen_clear(c, f->fields, (char *)(uintptr_t)list->at + i * f->size);
    }
}
