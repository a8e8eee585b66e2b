/* audit.c: the audit log of an organisation. */
#include "audit.h"

#include "rows.h"

#include <stdio.h>

const struct permission audit_read = {
    "audit.read",
    "Read the audit log",
    { [ROLE_ADMIN] = SCOPE_ALL, [ROLE_OWNER] = SCOPE_ALL, [ROLE_AUDITOR] = SCOPE_ALL },
};

static const struct field audit_event_fields[] = {
    ROW_FIELDS(struct audit_event),
    FIELD(struct audit_event, actor, .privacy = PERSONAL, .filter = true,
          .doc = "Person who acted; absent for the program itself"),
    FIELD(struct audit_event, actor_name, .privacy = OPERATIONAL,
          .doc = "What acted when it was no person"),
    FIELD(struct audit_event, action, .privacy = OPERATIONAL, .filter = true,
          .doc = "Table and verb, or the name of the act"),
    FIELD(struct audit_event, object, .privacy = OPERATIONAL, .filter = true,
          .doc = "Row that was acted on"),
    FIELD(struct audit_event, subject, .privacy = PERSONAL, .filter = true,
          .doc = "Person whose data it concerns"),
    FIELD(struct audit_event, detail, .privacy = OPERATIONAL,
          .doc = "Names of columns, counts and reason codes; never content"),
    FIELD(struct audit_event, request_id, .privacy = OPERATIONAL, .doc = "Request that caused it"),
    FIELD(struct audit_event, checkpoint, .privacy = OPERATIONAL, .nullable = true,
          .doc = "Number of the signed checkpoint that covers it; absent: the next one will"),
    { 0 },
};

const struct table audit_event_table = {
    .name = "audit_event",
    .doc = "Who did what to which row, and who read whose data",
    .fields = audit_event_fields,
    .size = sizeof(struct audit_event),
    .path = "/audit",
    .ops = OP_LIST,
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
    if (c->actor.program || !id_given(subject) || id_equal(subject, c->actor.person) ||
        !table_is_personal(t))
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
