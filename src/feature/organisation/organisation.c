/* organisation.c: declarations and rules of the organisation and its people. */
#include "organisation.h"

#include "core/app.h"
#include "core/rows.h"
#include "routes.h"

#include <string.h>

const struct permission people_read = { "people.read", "Look colleagues up in the directory",
                                        EVERYBODY(SCOPE_ALL) };
const struct permission people_manage = { "people.manage",
                                          "Add, change and remove people and teams",
                                          ADMINS(SCOPE_ALL) };
const struct permission organisation_read_permission = { "organisation.read",
                                                         "See the settings of the organisation",
                                                         EVERYBODY(SCOPE_ALL) };
const struct permission organisation_manage = { "organisation.manage",
                                                "Change the settings of the organisation",
                                                ADMINS(SCOPE_ALL) };

static const char *const week_starts[] = { "monday", "sunday", NULL };
static const char *const overlaps[] = { "allow", "refuse", NULL };

static const struct field organisation_fields[] = {
    ROW_FIELDS(struct organisation),
    FIELD(struct organisation, name, .privacy = OPERATIONAL, .required = true, .min = 1,
          .max = ORGANISATION_NAME_MAX, .format = "line", .doc = "Name of the organisation"),
    FIELD(struct organisation, zone, .label = "time zone", .privacy = OPERATIONAL, .max = 60,
          .format = "zone", .doc = "Time zone for people who have set none"),
    FIELD(struct organisation, currency, .privacy = OPERATIONAL, .max = 3, .format = "currency",
          .doc = "Currency of all amounts, ISO 4217"),
    FIELD(struct organisation, week_start, .label = "first day of the week", .privacy = OPERATIONAL,
          .choices = week_starts, .doc = "First day of the week"),
    FIELD(struct organisation, overlap, .label = "overlapping entries", .privacy = OPERATIONAL,
          .choices = overlaps, .doc = "Whether time entries of one person may overlap"),
    { 0 },
};

static bool organisation_check(struct ctx *c, enum op op, const void *old, void *row)
{
    const struct organisation *before = old, *now = row;
    c->forget |= op == OP_UPDATE && !text_equal(before->zone, now->zone);
    return true;
}

const struct table organisation_table = {
    .name = "organisation",
    .doc = "Name and settings of the organisation",
    .fields = organisation_fields,
    .called = "name",
    .size = sizeof(struct organisation),
    .path = "/organisation",
    .singleton = true,
    .read = &organisation_read_permission,
    .write = &organisation_manage,
    .check = organisation_check,
};

static const struct field team_fields[] = {
    ROW_FIELDS(struct team),
    FIELD(struct team, name, .privacy = OPERATIONAL, .required = true, .unique = true, .min = 1,
          .max = 80, .format = "line", .filter = true, .doc = "Name of the team"),
    { 0 },
};

static const char *const team_alike[] = { "name", NULL };

static bool team_check(struct ctx *c, enum op op, const void *old, void *row)
{
    static const struct query leave = {
        "UPDATE person SET team = NULL, version = version + 1 WHERE team = $1"
    };
    (void)row;
    c->forget = true;
    return op != OP_DELETE ||
           tx_run(c->tx, &leave, ARGS(value_id(((const struct team *)old)->id)), NULL);
}

const struct table team_table = {
    .name = "team",
    .few = true,
    .doc = "Teams; a manager sees the time of their team",
    .fields = team_fields,
    .called = "name",
    .size = sizeof(struct team),
    .path = "/teams",
    .sort = "name",
    .alike = team_alike,
    .read = &people_read,
    .write = &people_manage,
    .check = team_check,
};

static const struct field person_fields[] = {
    FIELD(struct person, id, .privacy = OPERATIONAL, .read_only = true, .subject = true,
          .doc = "Id of the person"),
    FIELD(struct person, version, .privacy = OPERATIONAL, .read_only = true,
          .doc = "Counts the changes; the ETag"),
    FIELD(struct person, created_at, .privacy = OPERATIONAL, .read_only = true, .filter = true,
          .doc = "When the entry was made"),
    FIELD(struct person, updated_at, .privacy = OPERATIONAL, .read_only = true,
          .doc = "When the entry was last changed"),
    FIELD(struct person, name, .privacy = PERSONAL, .required = true, .min = 1,
          .max = PERSON_NAME_MAX, .format = "line", .filter = true, .ai = true, .doc = "Name"),
    FIELD(struct person, email, .privacy = PERSONAL, .max = EMAIL_MAX, .format = "email",
          .unique = true,
          .doc = "Email address, in lower case; with an account, what one signs in with"),
    FIELD(struct person, title, .privacy = PERSONAL, .max = 120, .format = "line",
          .doc = "What the person does"),
    FIELD(struct person, team, .privacy = PERSONAL, .refers = &team_table, .filter = true,
          .doc = "Team"),
    FIELD(struct person, role, .privacy = PERSONAL, .choices = role_names, .filter = true,
          .doc = "Role; none is a person without an account"),
    FIELD(struct person, zone, .label = "time zone", .privacy = PERSONAL, .max = 60,
          .format = "zone", .doc = "Time zone; the organisation's when absent"),
    FIELD(struct person, active, .privacy = PERSONAL, .filter = true,
          .doc = "Whether the person is here; others cannot sign in"),
    FIELD(struct person, joined_at, .privacy = PERSONAL, .read_only = true,
          .doc = "When the account was made; absent without an account"),
    { 0 },
};

const char *email_lower(struct arena *a, const char *email)
{
    char *text = arena_string(a, email);
    for (char *p = text; p && *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return text;
}

/* One who can sign in: a role without an account keeps nobody's house. */
static bool other_owner(struct ctx *c, struct id but)
{
    static const struct query owners = {
        "role = $3 AND active = $1 AND id <> $2 AND joined_at IS NOT NULL LIMIT 1"
    };
    struct person p;
    bool found = false;
    struct value role = value_in(person_table.fields, "role", value_text("owner"));
    if (!row_find(c, &person_table, &owners, ARGS(value_bool(true), value_id(but), role), &p,
                  &found))
        return false;
    return found || fail(c, OWNER_NEEDED, "Make somebody else an owner first");
}

static bool person_check(struct ctx *c, enum op op, const void *old_row, void *new_row)
{
    const struct person *old = old_row;
    struct person *row = new_row;
    bool of_owner = old && text_equal(old->role, "owner");
    c->forget = c->settings = true; /* of roles; and of names that are masked */
    if (row && !row->role)
        row->role = "none";
    if (row && row->email && op != OP_TAKE && (!old || !text_equal(old->email, row->email)))
        row->email = email_lower(c->arena, row->email);
    if (row && op == OP_CREATE && !instant_given(row->joined_at))
        row->active = true;
    if (row && text_equal(row->role, "owner") && !of_owner && !c->actor.program &&
        c->actor.role != ROLE_OWNER)
        return fail(c, FORBIDDEN, "Only an owner makes another owner");
    /* Nor one who was sent away: making them active again would make another owner. */
    if (of_owner && !c->actor.program && c->actor.role != ROLE_OWNER)
        return fail(c, FORBIDDEN, "Only an owner changes an owner");
    if (old && row && instant_given(old->joined_at) && !text_equal(old->email, row->email) &&
        !c->actor.program)
        return fail_at(c, "/email", "is what the person signs in with, and theirs to change");
    if (old && !row && instant_given(old->joined_at))
        return fail(c, IN_USE, "This person has an account; erase or deactivate instead");
    if (old && !row && !row_unused(c, &person_table, old->id))
        return false;
    bool stays_owner = row && text_equal(row->role, "owner") && row->active;
    return !of_owner || !old->active || stays_owner || other_owner(c, old->id);
}

bool person_role_changed(struct ctx *c, struct id person, enum role role)
{
    for (const struct feature *const *f = c->app->features; *f; f++)
        if ((*f)->role_changed && !(*f)->role_changed(c, person, role))
            return false;
    return true;
}

static enum role role_of(const struct person *p)
{
    return p->active ? role_parse(p->role) : ROLE_NONE;
}

static bool person_after(struct ctx *c, enum op op, const void *old, const void *row)
{
    const struct person *now = row;
    return op != OP_UPDATE || role_of(old) == role_of(now) ||
           person_role_changed(c, now->id, role_of(now));
}

const struct table person_table = {
    .name = "person",
    .doc = "The directory: people of the organisation, with an account or without",
    .fields = person_fields,
    .called = "name",
    .size = sizeof(struct person),
    .path = "/people",
    .sort = "name",
    .read = &people_read,
    .write = &people_manage,
    .erase = ERASE_ROW,
    .directory = true,
    .check = person_check,
    .fails = FAILS(OWNER_NEEDED, IN_USE),
    .after = person_after,
};

static const struct field person_rate_fields[] = {
    ROW_FIELDS(struct person_rate),
    FIELD(struct person_rate, person, .privacy = PERSONAL, .required = true, .unique = true,
          .subject = true, .refers = &person_table, .write_once = true, .filter = true,
          .doc = "Person whose hours these are"),
    FIELD(struct person_rate, rate_minor, .label = "rate per hour", .privacy = SENSITIVE,
          .max = RATE_MINOR_MAX, .required = true,
          .doc = "Billed per hour, in minor units of the organisation's currency"),
    { 0 },
};

const struct table person_rate_table = {
    .name = "person_rate",
    .doc = "What an hour of a person is billed at",
    .fields = person_rate_fields,
    .one = "rate of a person",
    .size = sizeof(struct person_rate),
    .path = "/people/rates",
    .read = &organisation_manage,
    .write = &organisation_manage,
    .erase = ERASE_ROW,
};

struct zones_row {
    struct id id, organisation;
    const char *zone, *common;
};
static const struct field zones_fields[] = {
    FIELD(struct zones_row, id, .privacy = OPERATIONAL, .doc = "Person"),
    FIELD(struct zones_row, zone, .privacy = PERSONAL, .doc = "Zone of the person"),
    FIELD(struct zones_row, organisation, .privacy = OPERATIONAL, .doc = "Organisation"),
    FIELD(struct zones_row, common, .privacy = PERSONAL, .doc = "Zone of the organisation"),
    { 0 },
};

bool person_zone(struct ctx *c, struct id person, const char **ret)
{
    static const struct query zones = {
        "SELECT p.id, p.zone, o.id, o.zone FROM (SELECT 1) AS one"
        " LEFT JOIN person p ON p.id = $1 LEFT JOIN organisation o ON 1 = 1",
        .again = true
    };
    struct zones_row row = { 0 };
    bool found;
    if (!tx_row(c->tx, &zones, ARGS(value_id(person)), zones_fields, &row, &found))
        return false;
    *ret = zone_of(row.zone, row.common);
    return true;
}

static const struct table *const tables[] = {
    &organisation_table, &team_table, &person_table, &person_rate_table, NULL,
};

static const struct permission *const permissions[] = {
    &people_read, &people_manage, &organisation_read_permission, &organisation_manage, NULL,
};

const struct feature organisation_feature = {
    .name = "organisation",
    .tables = tables,
    .routes = organisation_routes,
    .permissions = permissions,
};
