/* session_view.c: who is signed in and what they may do. */
#include "private.h"

#include "core/app.h"
#include "core/rows.h"
#include "feature/organisation/organisation.h"

const struct field session_view_fields[] = {
    FIELD(struct session_view, person, .privacy = PERSONAL, .doc = "The person who is signed in"),
    FIELD(struct session_view, name, .privacy = PERSONAL, .doc = "Name"),
    FIELD(struct session_view, email, .privacy = PERSONAL, .doc = "Email address"),
    FIELD(struct session_view, role, .privacy = PERSONAL, .choices = role_names, .doc = "Role"),
    FIELD(struct session_view, team, .privacy = PERSONAL, .doc = "Team"),
    FIELD(struct session_view, organisation, .privacy = OPERATIONAL, .doc = "Organisation"),
    FIELD(struct session_view, organisation_name, .privacy = OPERATIONAL, .doc = "Its name"),
    FIELD(struct session_view, zone, .privacy = PERSONAL, .doc = "Time zone of the person"),
    FIELD(struct session_view, currency, .privacy = OPERATIONAL, .doc = "Currency of amounts"),
    FIELD(struct session_view, week_start, .privacy = OPERATIONAL, .doc = "First day of the week"),
    FIELD(struct session_view, permissions, .of = KIND_TEXT, .privacy = OPERATIONAL,
          .doc = "Names of the permissions that the role has"),
    FIELD(struct session_view, reaches, .of = KIND_TEXT, .choices = scope_names,
          .privacy = OPERATIONAL,
          .doc = "How far each of them reaches, in the same order: the own, those of the own team, "
                 "or all"),
    { 0 },
};

static void permissions_held(struct ctx *c, struct session_view *ret)
{
    const struct app *app = c->app;
    const char **names = arena_many(c->arena, app->permission_count, const char *);
    const char **reaches = arena_many(c->arena, app->permission_count, const char *);
    size_t n = 0;
    for (size_t i = 0; i < app->permission_count; i++) {
        enum scope reach = ctx_scope(c, app->permissions[i]);
        if (reach == SCOPE_NONE)
            continue;
        names[n] = app->permissions[i]->name;
        reaches[n++] = scope_names[reach];
    }
    ret->permissions = (struct list){ names, n };
    ret->reaches = (struct list){ reaches, n };
}

static bool view(struct ctx *c, void *with)
{
    struct session_view *ret = with;
    struct person person;
    struct organisation organisation;
    const char *zone;
    if (!row_get(c, &person_table, c->actor.person, &person) ||
        !row_single(c, &organisation_table, &organisation) ||
        !person_zone(c, c->actor.person, &zone))
        return false;
    *ret = (struct session_view){
        .person = person.id,
        .name = person.name,
        .email = person.email,
        .role = person.role,
        .team = person.team,
        .organisation = c->organisation,
        .organisation_name = organisation.name,
        .zone = zone,
        .currency = organisation.currency,
        .week_start = organisation.week_start,
    };
    permissions_held(c, ret);
    return true;
}

bool session_view(struct ctx *c, struct session_view *ret)
{
    return c->tx ? view(c, ret) : organisation_read(c, c->organisation, view, ret);
}
