/* labels.c: what time is booked on: clients, projects, tasks and tags. */
#include "time.h"

#include "core/rows.h"
#include "feature/organisation/organisation.h"

const struct permission projects_read = { "projects.read", "See clients, projects, tasks and tags",
                                          EVERYBODY(SCOPE_ALL) };
const struct permission projects_manage = {
    "projects.manage",
    "Add, change and remove clients, projects and tasks",
    { [ROLE_MANAGER] = SCOPE_ALL, [ROLE_ADMIN] = SCOPE_ALL, [ROLE_OWNER] = SCOPE_ALL },
};
const struct permission rates_read = {
    "rates.read",
    "See what hours are billed at and what they come to",
    { [ROLE_MANAGER] = SCOPE_ALL,
      [ROLE_ADMIN] = SCOPE_ALL,
      [ROLE_OWNER] = SCOPE_ALL,
      [ROLE_AUDITOR] = SCOPE_ALL },
};
const struct permission tags_manage = {
    "tags.manage",
    "Add, change and remove tags",
    { [ROLE_MEMBER] = SCOPE_ALL,
      [ROLE_MANAGER] = SCOPE_ALL,
      [ROLE_ADMIN] = SCOPE_ALL,
      [ROLE_OWNER] = SCOPE_ALL },
};

/* Refuses to delete what others refer to. */
static bool unused(struct ctx *c, const struct query *q, struct id id, const char *detail)
{
    bool used;
    if (!tx_found(c->tx, q, ARGS(value_id(id)), &used))
        return false;
    return !used || fail(c, IN_USE, "%s", detail);
}

/* --- clients --- */

static const struct field client_fields[] = {
    ROW_FIELDS(struct client),
    FIELD(struct client, name, .privacy = OPERATIONAL, .required = true, .min = 1,
          .max = LABEL_NAME_MAX, .format = "line", .filter = true, .unique = true, .ai = true,
          .masked = true, .doc = "Name of the client"),
    FIELD(struct client, archived, .privacy = OPERATIONAL, .filter = true,
          .doc = "Whether it is put away: kept for the books, not offered for new work"),
    { 0 },
};

static const char *const label_alike[] = { "name", NULL };

static bool client_check(struct ctx *c, enum op op, const void *old, void *row)
{
    static const struct query projects = { "SELECT id FROM project WHERE client = $1 LIMIT 1" };
    (void)row;
    c->settings = true; /* the name is masked */
    return op != OP_DELETE || unused(c, &projects, ((const struct client *)old)->id,
                                     "There are projects of this client; archive it instead");
}

const struct table client_table = {
    .name = "client",
    .few = true,
    .doc = "Whom projects are for",
    .fields = client_fields,
    .called = "name",
    .size = sizeof(struct client),
    .path = "/clients",
    .sort = "name",
    .alike = label_alike,
    .read = &projects_read,
    .write = &projects_manage,
    .check = client_check,
    .fails = FAILS(IN_USE),
};

/* --- projects --- */

static const struct field project_fields[] = {
    ROW_FIELDS(struct project),
    FIELD(struct project, name, .privacy = OPERATIONAL, .required = true, .min = 1,
          .max = LABEL_NAME_MAX, .format = "line", .filter = true, .ai = true, .masked = true,
          .doc = "Name of the project"),
    FIELD(struct project, client, .privacy = OPERATIONAL, .refers = &client_table, .filter = true,
          .ai = true, .doc = "Client that it is for"),
    FIELD(struct project, colour, .privacy = OPERATIONAL, .max = 7, .format = "colour",
          .doc = "Colour in charts"),
    FIELD(struct project, billable, .privacy = OPERATIONAL, .filter = true,
          .doc = "Whether new work on it is billed unless said otherwise"),
    FIELD(struct project, rate_minor, .label = "rate per hour", .privacy = OPERATIONAL,
          .nullable = true, .min = 0, .see = &rates_read, .max = RATE_MINOR_MAX,
          .doc = "Billed per hour, in minor units of the organisation's currency; absent: what the "
                 "person is billed at"),
    FIELD(struct project, archived, .privacy = OPERATIONAL, .filter = true,
          .doc = "Whether it is put away: kept for the books, not offered for new work"),
    { 0 },
};

static const char *const project_alike[] = { "name", "client", NULL };

static bool project_check(struct ctx *c, enum op op, const void *old, void *row)
{
    static const struct query entries = { "SELECT id FROM time_entry WHERE project = $1 LIMIT 1" };
    static const struct query tasks = { "SELECT id FROM project_task WHERE project = $1 LIMIT 1" };
    struct id id;
    (void)row;
    if (op != OP_DELETE)
        return true;
    id = ((const struct project *)old)->id;
    return unused(c, &entries, id, "There is time booked on it; archive it instead") &&
           unused(c, &tasks, id, "It still has tasks; delete them first or archive it");
}

const struct table project_table = {
    .name = "project",
    .few = true,
    .doc = "What work is done for",
    .fields = project_fields,
    .called = "name",
    .part_of = "client",
    .size = sizeof(struct project),
    .path = "/projects",
    .sort = "name",
    .alike = project_alike,
    .read = &projects_read,
    .write = &projects_manage,
    .check = project_check,
    .fails = FAILS(IN_USE),
};

/* --- tasks --- */

static const struct field task_fields[] = {
    ROW_FIELDS(struct task),
    FIELD(struct task, project, .privacy = OPERATIONAL, .required = true, .write_once = true,
          .refers = &project_table, .filter = true, .doc = "Project that it belongs to"),
    FIELD(struct task, name, .privacy = OPERATIONAL, .required = true, .min = 1,
          .max = LABEL_NAME_MAX, .format = "line", .filter = true, .ai = true, .masked = true,
          .doc = "Name of the task"),
    FIELD(struct task, archived, .privacy = OPERATIONAL, .filter = true,
          .doc = "Whether it is put away: kept for the books, not offered for new work"),
    { 0 },
};

/* From before names alike were refused; stores have its index. */
static const char *const task_uniques[] = { "project, name", NULL };
static const char *const task_alike[] = { "name", "project", NULL };

static bool task_check(struct ctx *c, enum op op, const void *old, void *row)
{
    static const struct query entries = { "SELECT id FROM time_entry WHERE task = $1 LIMIT 1" };
    (void)row;
    return op != OP_DELETE || unused(c, &entries, ((const struct task *)old)->id,
                                     "There is time booked on it; archive it instead");
}

const struct table project_task_table = {
    .name = "project_task",
    .few = true,
    .doc = "Parts of a project that time is booked on",
    .fields = task_fields,
    .one = "task",
    .called = "name",
    .part_of = "project",
    .size = sizeof(struct task),
    .path = "/tasks",
    .sort = "name",
    .alike = task_alike,
    .read = &projects_read,
    .write = &projects_manage,
    .uniques = task_uniques,
    .check = task_check,
    .fails = FAILS(IN_USE),
};

/* --- tags --- */

static const struct field tag_fields[] = {
    ROW_FIELDS(struct tag),
    FIELD(struct tag, name, .privacy = OPERATIONAL, .required = true, .min = 1, .max = TAG_NAME_MAX,
          .format = "line", .filter = true, .unique = true, .ai = true, .masked = true,
          .doc = "Name of the tag"),
    { 0 },
};

static bool tag_check(struct ctx *c, enum op op, const void *old, void *row)
{
    static const struct query entries = { "SELECT id FROM time_entry WHERE tags LIKE $1 LIMIT 1",
                                          .whole = "A list is one value to the database" };
    char text[ID_TEXT];
    bool used;
    (void)row;
    if (op != OP_DELETE)
        return true;
    id_format(((const struct tag *)old)->id, text);
    if (!tx_found(c->tx, &entries, ARGS(value_text(arena_printf(c->arena, "%%%s%%", text))), &used))
        return false;
    return !used || fail(c, IN_USE, "There is time with this tag");
}

const struct table tag_table = {
    .name = "tag",
    .few = true,
    .doc = "Words that work is marked with, across projects",
    .fields = tag_fields,
    .called = "name",
    .size = sizeof(struct tag),
    .path = "/tags",
    .sort = "name",
    .alike = label_alike,
    .read = &projects_read,
    .write = &tags_manage,
    .check = tag_check,
    .fails = FAILS(IN_USE),
};
