/* import_directory.c: who and what the names in a file are; made when they are missing. */
#include "base/compose.h"
#include "core/app.h"
#include "core/audit.h"
#include "core/rows.h"
#include "core/storage.h"
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
    if (!n->name)
        return true;
    /* As what comes is compared; it may be from before. */
    const char *name = text_line(l->arena, arena_string(l->arena, n->name));
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

/* A place in an array as struct names has it; all zero would be none. */
static struct id place_id(size_t place)
{
    struct id id = { .byte = { [sizeof id.byte - 1] = 1 } };
    memcpy(id.byte, &place, sizeof place);
    return id;
}

static size_t place_of(struct id id)
{
    size_t place;
    memcpy(&place, id.byte, sizeof place);
    return place;
}

static struct id booked_id(struct importer *m, struct id parent, const char *name)
{
    struct id id = names_find(&m->booked, parent, name);
    if (!id_given(id)) {
        id = place_id(m->booked.count);
        names_add(&m->booked, parent, name, id);
    }
    return id;
}

static int64_t *billed_of(struct importer *m, const struct import_row *row)
{
    struct id client = row->client ? booked_id(m, (struct id){ 0 }, row->client) : any_client;
    return &m->billed_s[place_of(booked_id(m, client, row->project))];
}

/* A project that is made here is billed as most of its time is, whatever its first row is. */
static void billed_sum(struct importer *m)
{
    const struct import_row *row = m->file->row;
    m->billed_s = arena_many(m->c->arena, 2 * m->file->count, int64_t);
    for (size_t i = 0; i < m->file->count; i++)
        if (row[i].project)
            *billed_of(m, &row[i]) += row[i].billable ? row[i].duration.s : -row[i].duration.s;
}

/* Who and what is there: id, parent and name. */
static const struct query all_clients = { "SELECT id, NULL, name FROM client ORDER BY id" };
static const struct query all_projects = {
    "SELECT id, client, name FROM project ORDER BY archived, id"
};
static const struct query all_tasks = { "SELECT id, project, name FROM project_task ORDER BY id" };
static const struct query all_tags = { "SELECT id, NULL, name FROM tag ORDER BY id" };
static const struct query all_emails = { "SELECT id, NULL, email FROM person ORDER BY id" };
static const struct query all_people = {
    "SELECT id, NULL, name FROM person ORDER BY active DESC, id"
};

bool importer_directory(struct importer *m)
{
    struct names *all[] = { &m->clients,  &m->projects, &m->tasks, &m->tags,
                            &m->by_email, &m->by_name,  &m->known, &m->booked };
    for (size_t i = 0; i < LENGTH(all); i++)
        *all[i] = (struct names){ .arena = m->c->arena };
    billed_sum(m);
    return names_load(m, &all_clients, &m->clients, NULL) &&
           names_load(m, &all_projects, &m->projects, &m->projects) &&
           names_load(m, &all_tasks, &m->tasks, NULL) && names_load(m, &all_tags, &m->tags, NULL) &&
           names_load(m, &all_emails, &m->by_email, NULL) &&
           names_load(m, &all_people, &m->by_name, NULL);
}

/* --- whether it is as it was --- */

static void text_mark(struct siphash *mark, const char *text)
{
    siphash_add(mark, text ? text : "", text ? strlen(text) + 1 : 0);
}

static bool name_mark(void *with, const void *record)
{
    const struct named *n = record;
    siphash_add(with, &n->id, sizeof n->id);
    siphash_add(with, &n->parent, sizeof n->parent);
    text_mark(with, n->name);
    return true;
}

/* Of those who get any. A day more on either side: files of earlier releases do not say which of
   two moments it was. */
static bool people_mark(struct importer *m, struct siphash *mark)
{
    struct instant from = instant_plus(m->first_at, (struct span){ -86400 });
    struct instant until = instant_plus(m->last_at, (struct span){ 86400 });
    bool asked = m->refuses_overlap || m->file->source == IMPORT_VOW;
    for (size_t i = 0; asked && i < m->person_count; i++)
        if (m->person[i].entries && !entries_mark(m->c, m->person[i].id, from, until, mark))
            return false;
    return true;
}

bool importer_mark(struct importer *m, uint64_t *ret)
{
    static const struct query currency = { "SELECT id, NULL, currency FROM organisation" };
    static const struct query overlap = { "SELECT id, NULL, overlap FROM organisation" };
    static const struct query *const all[] = { &all_clients, &all_projects, &all_tasks, &all_tags,
                                               &all_emails,  &all_people,   &currency,  &overlap };
    struct siphash mark = siphash_start(&m->mark_key);
    for (size_t i = 0; i < LENGTH(all); i++)
        if (!tx_each(m->c->tx, all[i], NO_ARGS, named_fields, sizeof(struct named), name_mark,
                     &mark))
            return false;
    if (!people_mark(m, &mark))
        return false;
    *ret = siphash_end(&mark);
    return true;
}

/* --- what is missing --- */

/* Plans a row, of which the arena keeps a copy; NULL when it cannot be made. */
static void *row_make(struct importer *m, const struct table *t, const void *row)
{
    void *kept = arena_copy(m->c->arena, row, t->size);
    struct planned_row *planned = arena_new(m->c->arena, struct planned_row);
    if (!row_plan(m->c, t, kept))
        return NULL;
    *planned = (struct planned_row){ .table = t, .row = kept };
    *m->row_end = planned;
    m->row_end = &planned->next;
    m->row_bytes += storage_bytes(m->c, t, kept);
    return kept;
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
        import_cell_problem_add(m->c->arena, m->problems, row->line, m->file->heading[PERSON],
                                "has a name that cannot be a person's", p.name);
        return true;
    }
    const struct person *made = row_make(m, &person_table, &p);
    if (!made)
        return false;
    m->result.creates.people++;
    *ret = made->id;
    return true;
}

static void person_refuse(struct importer *m, const struct import_row *row, const char *reason)
{
    bool named = row->person && m->file->heading[PERSON];
    enum column column = named ? PERSON : row->person ? LAST_NAME : EMAIL;
    importer_refuse(m, row, column, row->person ? row->person : row->email, reason);
}

/* Who is meant by a row; stays absent, with a problem noted, when nobody can be. */
static bool person_resolve(struct importer *m, const struct import_row *row, bool *matched,
                           struct id *ret)
{
    const struct id nobody = { 0 };
    struct id id = nobody;
    if (m->in.mine || (!row->email && !row->person))
        id = m->c->actor.person;
    if (!id_given(id) && row->email)
        id = names_find(&m->by_email, nobody, row->email);
    if (!id_given(id) && row->person)
        id = names_find(&m->by_name, nobody, row->person);
    *matched = id_given(id);
    if (!*matched && !ctx_can(m->c, &people_manage))
        person_refuse(
            m, row, "is not in the directory; an admin adds the person first, or imports the file");
    else if (!*matched && !person_make(m, row, &id))
        return false;
    if (id_given(id) && m->reach != SCOPE_ALL && !id_equal(id, m->c->actor.person)) {
        person_refuse(m, row, "is somebody else; an admin imports other people's work");
        id = nobody;
    }
    *ret = id;
    return true;
}

static struct known_person *known_find(const struct importer *m, const char *key)
{
    struct id id = names_find(&m->known, (struct id){ 0 }, key);
    return id_given(id) ? &m->person[place_of(id)] : NULL;
}

/* Whose name the file has does not matter when all of it is the actor's own work. */
bool importer_person(struct importer *m, const struct import_row *row, struct known_person **ret)
{
    *ret = NULL;
    if (m->file->source == IMPORT_VOW && !m->in.mine && !row->email && !row->person) {
        import_problem_add(m->file->warnings, row->line, m->file->heading[PERSON],
                           "is nobody, as of a person who was erased; the row is left out");
        return true;
    }
    const char *key = m->in.mine ? "" : row->email ? row->email : row->person ? row->person : "";
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
    names_add(&m->known, (struct id){ 0 }, key, place_id(m->person_count));
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
                    enum column column, const char *value)
{
    if (ctx_can(m->c, p))
        return true;
    importer_refuse(m, row, column, value,
                    "is not here yet; a manager or an admin adds it first, or an admin imports the "
                    "file");
    return false;
}

/* The names are those of the row, which the whole import keeps. */
static void made_note(struct importer *m, const char *kind, const char *name, const char *of)
{
    if (m->made_count < IMPORT_MADE_MAX)
        m->made[m->made_count++] = (struct import_made){ kind, name, of };
}

static bool client_find(struct importer *m, const struct import_row *row, struct id *ret)
{
    struct id id = names_find(&m->clients, (struct id){ 0 }, row->client);
    if (!id_given(id) && may_add(m, row, &projects_manage, CLIENT, row->client)) {
        const struct client *made =
            row_make(m, &client_table, &(struct client){ .name = row->client });
        if (!made)
            return false;
        names_add(&m->clients, (struct id){ 0 }, row->client, made->id);
        m->result.creates.clients++;
        made_note(m, "client", row->client, NULL);
        id = made->id;
    }
    *ret = id;
    return true;
}

static bool project_make(struct importer *m, const struct import_row *row, struct id client,
                         struct id *ret)
{
    const struct project p = { .name = row->project,
                               .client = client,
                               .billable = *billed_of(m, row) > 0,
                               .rate_minor = INT_NONE };
    struct project *made = row_make(m, &project_table, &p);
    if (!made)
        return false;
    places_put(&m->new_projects, made->id, (struct id){ 0 }, made);
    names_add(&m->projects, client, row->project, made->id);
    names_add(&m->projects, any_client, row->project, made->id);
    m->result.creates.projects++;
    made_note(m, "project", row->project, row->client);
    *ret = made->id;
    return true;
}

/* A project without a client is meant before those of any when the file has none. */
static struct id project_named(const struct importer *m, struct id client,
                               const struct import_row *row)
{
    struct id id = names_find(&m->projects, client, row->project);
    return id_given(id) || row->client ? id : names_find(&m->projects, any_client, row->project);
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
    *ret = project_named(m, client, row);
    if (id_given(*ret) || !may_add(m, row, &projects_manage, PROJECT, row->project))
        return true;
    return project_make(m, row, client, ret);
}

static bool task_find(struct importer *m, const struct import_row *row, struct id project,
                      struct id *ret)
{
    *ret = names_find(&m->tasks, project, row->task);
    if (id_given(*ret) || !may_add(m, row, &projects_manage, TASK, row->task))
        return true;
    const struct task *made =
        row_make(m, &project_task_table, &(struct task){ .name = row->task, .project = project });
    if (!made)
        return false;
    names_add(&m->tasks, project, row->task, made->id);
    m->result.creates.tasks++;
    made_note(m, "task", row->task, row->project);
    *ret = made->id;
    return true;
}

static bool tags_find(struct importer *m, const struct import_row *row, const char **ret)
{
    struct id tags[ENTRY_TAGS_MAX];
    for (size_t i = 0; i < row->tag_count; i++) {
        tags[i] = names_find(&m->tags, (struct id){ 0 }, row->tags[i]);
        if (id_given(tags[i]))
            continue;
        if (!may_add(m, row, &tags_manage, TAGS, row->tags[i]))
            return true;
        const struct tag *made = row_make(m, &tag_table, &(struct tag){ .name = row->tags[i] });
        if (!made)
            return false;
        names_add(&m->tags, (struct id){ 0 }, row->tags[i], made->id);
        m->result.creates.tags++;
        made_note(m, "tag", row->tags[i], NULL);
        tags[i] = made->id;
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

/* --- what is here already --- */

bool importer_is_entry(struct importer *m, const struct import_row *row, bool *ret)
{
    static const struct query one = { "SELECT person FROM time_entry WHERE id = $1" };
    static const struct field fields[] = { FIELD(struct time_entry, person), { 0 } };
    struct time_entry e;
    bool found = false;
    if (id_given(row->entry) &&
        !tx_row(m->c->tx, &one, ARGS(value_id(row->entry)), fields, &e, &found))
        return false;
    *ret = found && (m->reach == SCOPE_ALL || id_equal(e.person, m->c->actor.person));
    if (*ret)
        read_note(m->c, &time_entry_table, e.person);
    return true;
}

/* Whether an entry says what a row does, once it is known what that was booked on. */
static bool is_same(const struct time_entry *e, const struct import_row *row,
                    const struct time_entry *is)
{
    return id_equal(e->project, is->project) && id_equal(e->task, is->task) &&
           e->duration_s.s == row->duration.s && text_equal(e->note, row->note) &&
           text_equal(e->tags.text, is->tags.text);
}

static int64_t same_planned(const struct importer *m, const struct import_row *row,
                            struct id person, struct instant start, const struct time_entry *is)
{
    int64_t same = 0;
    const struct planned_link *link = places_find(&m->begun, person, places_number(start.us));
    for (; link; link = link->next)
        same += is_same(link->entry, row, is);
    return same;
}

/* Finds all of what a row was booked on; nothing is made. */
static bool booking_known(struct importer *m, const struct import_row *row, struct time_entry *e)
{
    struct id tags[ENTRY_TAGS_MAX], client = { 0 };
    if (row->client && !id_given(client = names_find(&m->clients, client, row->client)))
        return false;
    if (row->project && !id_given(e->project = project_named(m, client, row)))
        return false;
    if (row->task && !id_given(e->task = names_find(&m->tasks, e->project, row->task)))
        return false;
    for (size_t i = 0; i < row->tag_count; i++) {
        tags[i] = names_find(&m->tags, (struct id){ 0 }, row->tags[i]);
        if (!id_given(tags[i]))
            return false;
    }
    e->tags.text = tags_format(m->c->arena, tags, row->tag_count);
    return true;
}

bool importer_has_same(struct importer *m, const struct import_row *row, struct id person,
                       bool *ret)
{
    static const struct query begun = {
        "SELECT id, project, task, duration_s, note, tags"
        " FROM time_entry WHERE person = $1 AND started_at IN ($2, $3)"
    };
    static const struct field fields[] = {
        FIELD(struct time_entry, id),
        FIELD(struct time_entry, project),
        FIELD(struct time_entry, task),
        FIELD(struct time_entry, duration_s),
        FIELD(struct time_entry, note),
        FIELD(struct time_entry, tags),
        { 0 },
    };
    struct time_entry is = { 0 };
    struct list list;
    int64_t same = 0;
    *ret = false;
    if (!booking_known(m, row, &is))
        return true;
    if (!tx_rows(m->c->tx, &begun,
                 ARGS(value_id(person), value_instant(row->started_at),
                      value_instant(row->or_started_at)),
                 fields, sizeof is, 0, &list))
        return false;
    const struct time_entry *e = list.at;
    for (size_t i = 0; i < list.count; i++)
        same += is_same(&e[i], row, &is);
    same += same_planned(m, row, person, row->started_at, &is);
    if (row->or_started_at.us != row->started_at.us)
        same += same_planned(m, row, person, row->or_started_at, &is);
    *ret = same > row->ordinal;
    if (same)
        read_note(m->c, &time_entry_table, person);
    return true;
}
