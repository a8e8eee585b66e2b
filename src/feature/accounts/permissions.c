/* permissions.c: what each role may do, from the permissions that the features declare. */
#include "routes.h"

#include "core/app.h"

struct grant {
    const char *role, *reach;
};
static const struct field grant_fields[] = {
    FIELD(struct grant, role, .privacy = OPERATIONAL, .choices = role_names, .doc = "Role"),
    FIELD(struct grant, reach, .privacy = OPERATIONAL, .choices = scope_names,
          .doc = "Whose rows: the own ones, those of the own team, or all"),
    { 0 },
};

const struct field permission_row_fields[] = {
    FIELD(struct permission_row, name, .privacy = OPERATIONAL,
          .doc = "Name, as x-permission in the API description says it"),
    FIELD(struct permission_row, doc, .privacy = OPERATIONAL, .doc = "What it allows"),
    FIELD_LIST(struct permission_row, grants, struct grant, grant_fields, .privacy = OPERATIONAL,
               .doc = "Roles that have it, and how far it reaches"),
    { 0 },
};

static struct list grants_of(struct arena *a, const struct permission *p)
{
    struct grant *grant = arena_many(a, ROLE_COUNT, struct grant);
    size_t n = 0;
    for (int r = 0; r < ROLE_COUNT; r++)
        if (p->of[r] != SCOPE_NONE)
            grant[n++] = (struct grant){ role_names[r], scope_names[p->of[r]] };
    return (struct list){ grant, n };
}

bool permissions_list(struct ctx *c, const void *in, void *ret)
{
    const struct permission *const *all = c->app->permissions;
    size_t n = c->app->permission_count;
    (void)in;
    (void)ret;
    struct permission_row *row = arena_many(c->arena, n, struct permission_row);
    for (size_t i = 0; i < n; i++)
        row[i] = (struct permission_row){ all[i]->name, all[i]->doc, grants_of(c->arena, all[i]) };
    c->x->page = (struct list){ row, n };
    return true;
}
