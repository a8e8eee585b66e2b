/* import_directory.c: who and what the names in a file are; made when they are missing. */
#include "core/app.h"
#include "core/rows.h"
#include "importer.h"

#include <string.h>

/* Projects of any client are also found below this parent, for files without clients. */
static const struct id any_client = { .byte = { 0xFF } };

struct named {
    struct id id, parent;
    const char *name;
};
static const struct field named_fields[] = {
    FIELD(struct named, id),
    FIELD(struct named, parent),
    FIELD(struct named, name),
    { 0 },
};

struct loading {
    struct arena *arena;
    struct names *names, *any;
};

static bool name_load(void *with, const void *record)
{
    struct loading *l = with;
    const struct named *n = record;
    const char *name = n->name ? arena_string(l->arena, n->name) : NULL;
    if (!name)
        return true;
    names_add(l->names, n->parent, name, n->id);
    if (l->any)
        names_add(l->any, any_client, name, n->id);
    return true;
}

static bool names_load(struct importer *m, const struct query *q, struct names *names,
                       struct names *any)
{
    struct loading l = { m->c->arena, names, any };
    return tx_each(m->c->tx, q, NO_ARGS, named_fields, sizeof(struct named), name_load, &l);
}

bool importer_directory(struct importer *m)
{
    static const struct query clients = { "SELECT id, NULL, name FROM client" };
    static const struct query projects = {
        "SELECT id, client, name FROM project ORDER BY archived, id"
    };
    static const struct query tasks = { "SELECT id, project, name FROM project_task" };
    static const struct query tags = { "SELECT id, NULL, name FROM tag" };
    static const struct query emails = { "SELECT id, NULL, email FROM person" };
    static const struct query people = {
        "SELECT id, NULL, name FROM person ORDER BY active DESC, id"
    };
    struct names *all[] = { &m->clients,  &m->projects, &m->tasks, &m->tags,
                            &m->by_email, &m->by_name,  &m->known };
    for (size_t i = 0; i < LENGTH(all); i++)
        *all[i] = (struct names){ .arena = m->c->arena };
    return names_load(m, &clients, &m->clients, NULL) &&
           names_load(m, &projects, &m->projects, &m->projects) &&
           names_load(m, &tasks, &m->tasks, NULL) && names_load(m, &tags, &m->tags, NULL) &&
           names_load(m, &emails, &m->by_email, NULL) && names_load(m, &people, &m->by_name, NULL);
}

/* --- people --- */

static bool fits(const struct table *t, const char *field, const void *row)
{
    struct error ignored = { 0 };
    return field_check(field_find(t->fields, field), row, field, &ignored);
}

static bool person_make(struct importer *m, const struct import_row *row, struct id *ret)
{
    struct person p = { .name = row->person ? row->person : row->email,
                        .email = row->email,
                        .role = "none",
                        .active = true };
    if (p.email && !fits(&person_table, "email", &p))
        p.email = NULL;
    if (!fits(&person_table, "name", &p)) {
        importer_wrong(m, row, "has a name that cannot be a person's");
        return true;
    }
    if (!row_create(m->c, &person_table, &p))
        return false;
    m->result.creates.people++;
    *ret = p.id;
    return true;
}

/* Who is meant by a row; stays absent, with a problem noted, when nobody can be. */
static bool person_resolve(struct importer *m, const struct import_row *row, bool *matched,
                           struct id *ret)
{
    const struct id nobody = { 0 };
    struct id id = nobody;
    if (m->in->mine || (!row->email && !row->person))
        id = m->c->actor.person;
    if (!id_given(id) && row->email)
        id = names_find(&m->by_email, nobody, row->email);
    if (!id_given(id) && row->person)
        id = names_find(&m->by_name, nobody, row->person);
    *matched = id_given(id);
    if (!*matched && !ctx_can(m->c, &people_manage))
        importer_wrong(m, row, "is the work of a person who is not in the directory");
    else if (!*matched && !person_make(m, row, &id))
        return false;
    if (id_given(id) && m->reach != SCOPE_ALL && !id_equal(id, m->c->actor.person)) {
        importer_wrong(m, row, "is somebody else's work, which only admins import");
        id = nobody;
    }
    *ret = id;
    return true;
}

/* The place of a known person as struct names has it; all zero would be none. */
static struct id known_id(size_t place)
{
    struct id id = { .byte = { [sizeof id.byte - 1] = 1 } };
    memcpy(id.byte, &place, sizeof place);
    return id;
}

static struct known_person *known_find(const struct importer *m, const char *key)
{
    struct id id = names_find(&m->known, (struct id){ 0 }, key);
    size_t place;
    memcpy(&place, id.byte, sizeof place);
    return id_given(id) ? &m->person[place] : NULL;
}

/* Whose name the file has does not matter when all of it is the actor's own work. */
bool importer_person(struct importer *m, const struct import_row *row, struct known_person **ret)
{
    const char *key = m->in->mine ? "" : row->email ? row->email : row->person ? row->person : "";
    *ret = known_find(m, key);
    if (*ret)
        return true;
    bool matched;
    struct id id;
    const char *zone;
    if (!person_resolve(m, row, &matched, &id))
        return false;
    if (!id_given(id))
        return true;
    if (!person_zone(m->c, id, &zone))
        return false;
    names_add(&m->known, (struct id){ 0 }, key, known_id(m->person_count));
    *ret = &m->person[m->person_count++];
    **ret = (struct known_person){
        .id = id,
        .zone = zone,
        .view = { row->person  ? row->person
                  : row->email ? row->email
                               : "",
                  matched },
    };
    return true;
}

/* --- what it was booked on --- */

static bool may_add(struct importer *m, const struct import_row *row, const struct permission *p,
                    const char *reason)
{
    if (ctx_can(m->c, p))
        return true;
    importer_wrong(m, row, reason);
    return false;
}

static bool client_find(struct importer *m, const struct import_row *row, struct id *ret)
{
    struct id id = names_find(&m->clients, (struct id){ 0 }, row->client);
    if (!id_given(id) &&
        may_add(m, row, &projects_manage, "names a client that does not exist here")) {
        struct client made = { .name = row->client };
        if (!row_create(m->c, &client_table, &made))
            return false;
        names_add(&m->clients, (struct id){ 0 }, row->client, made.id);
        m->result.creates.clients++;
        id = made.id;
    }
    *ret = id;
    return true;
}

static bool project_make(struct importer *m, const struct import_row *row, struct id client,
                         struct id *ret)
{
    struct project made = {
        .name = row->project, .client = client, .billable = row->billable, .rate_minor = INT_NONE
    };
    if (!row_create(m->c, &project_table, &made))
        return false;
    names_add(&m->projects, client, row->project, made.id);
    names_add(&m->projects, any_client, row->project, made.id);
    m->result.creates.projects++;
    *ret = made.id;
    return true;
}

static bool project_find(struct importer *m, const struct import_row *row, struct id *ret)
{
    struct id client = { 0 };
    if (row->client) {
        if (!client_find(m, row, &client))
            return false;
        if (!id_given(client))
            return true;
    }
    *ret = names_find(&m->projects, row->client ? client : any_client, row->project);
    if (id_given(*ret) ||
        !may_add(m, row, &projects_manage, "names a project that does not exist here"))
        return true;
    return project_make(m, row, client, ret);
}

static bool task_find(struct importer *m, const struct import_row *row, struct id project,
                      struct id *ret)
{
    *ret = names_find(&m->tasks, project, row->task);
    if (id_given(*ret) ||
        !may_add(m, row, &projects_manage, "names a task that does not exist here"))
        return true;
    struct task made = { .name = row->task, .project = project };
    if (!row_create(m->c, &project_task_table, &made))
        return false;
    names_add(&m->tasks, project, row->task, made.id);
    m->result.creates.tasks++;
    *ret = made.id;
    return true;
}

static bool tags_find(struct importer *m, const struct import_row *row, const char **ret)
{
    struct id tags[IMPORT_TAGS_MAX];
    static_assert((int)IMPORT_TAGS_MAX <= (int)ENTRY_TAGS_MAX, "an entry holds a row's tags");
    for (size_t i = 0; i < row->tag_count; i++) {
        tags[i] = names_find(&m->tags, (struct id){ 0 }, row->tags[i]);
        if (id_given(tags[i]))
            continue;
        if (!may_add(m, row, &tags_manage, "has a tag that does not exist here"))
            return true;
        struct tag made = { .name = row->tags[i] };
        if (!row_create(m->c, &tag_table, &made))
            return false;
        names_add(&m->tags, (struct id){ 0 }, row->tags[i], made.id);
        m->result.creates.tags++;
        tags[i] = made.id;
    }
    *ret = tags_format(m->c->arena, tags, row->tag_count);
    return true;
}

bool importer_booking(struct importer *m, const struct import_row *row, struct time_entry *e)
{
    return (!row->project || project_find(m, row, &e->project)) &&
           (!row->task || !id_given(e->project) || task_find(m, row, e->project, &e->task)) &&
           tags_find(m, row, &e->tags.text);
}
