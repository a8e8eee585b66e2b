/* audit.c: the audit log of an organisation. */
#include "audit.h"

#include "rows.h"

#include <stdio.h>

const struct permission audit_read = {
    "audit.read",
    "Read the audit log",
    { [ROLE_ADMIN] = SCOPE_ALL, [ROLE_OWNER] = SCOPE_ALL, [ROLE_AUDITOR] = SCOPE_ALL },
};

static const struct field audit_event_fields[] = { AUDIT_EVENT_FIELDS, { 0 } };

const struct table audit_event_table = {
    .name = "audit_event",
    .doc = "Who did what to which row, and who read whose data",
    .fields = audit_event_fields,
    .size = sizeof(struct audit_event),
    .read = &audit_read,
    .log = true,
};

const struct permission *const audit_permissions[] = { &audit_read, NULL };

bool audit_add(struct ctx *c, const char *action, struct id object, struct id subject,
               const char *detail)
{
    struct audit_event e = {
        .actor = c->actor.person,
        .actor_name = id_given(c->actor.person) ? NULL : c->actor.name,
        .action = action,
        .object = object,
        .subject = subject,
        .detail = detail,
        .request_id = c->request_id,
        .checkpoint = INT_NONE,
    };
    return row_create(c, &audit_event_table, &e);
}

struct read_of {
    struct read_of *next;
    const struct table *table;
    struct id subject;
};

void read_note(struct ctx *c, const struct table *t, struct id subject)
{
    bool of_other = id_given(subject) ? !id_equal(subject, c->actor.person) : t->strangers;
    if (c->actor.program || !of_other || !table_is_personal(t))
        return;
    for (const struct read_of *r = c->reads; r; r = r->next)
        if (r->table == t && id_equal(r->subject, subject))
            return;
    struct read_of *r = arena_new(c->arena, struct read_of);
    r->next = c->reads;
    r->table = t;
    r->subject = subject;
    c->reads = r;
}

bool audit_reads(struct ctx *c)
{
    for (const struct read_of *read = c->reads; read; read = read->next) {
        char action[96];
        snprintf(action, sizeof action, "%s.read", read->table->name);
        if (!audit_add(c, action, (struct id){ 0 }, read->subject, NULL))
            return false;
    }
    return true;
}
