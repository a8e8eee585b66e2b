/* audit.h: who did what to which row, and who read whose data. Content-free: rows are named by
   id, changed columns by name. */
#ifndef VOW_AUDIT_H
#define VOW_AUDIT_H

#include "ctx.h"
#include "table.h"

struct audit_event {
    ROW_MEMBERS;
    struct id actor;        /* person; absent for the program itself */
    const char *actor_name; /* of what is no person: "job", "public form" */
    const char *action;     /* "time_entry.create", "person.read", "time_entry.rate" */
    struct id object;
    struct id subject;  /* the person whose data it concerns */
    const char *detail; /* names of columns, counts, reason codes */
    const char *request_id;
    int64_t checkpoint; /* see checkpoint.h; INT_NONE: none yet */
};
extern const struct table audit_event_table;
extern const struct permission audit_read;
extern const struct permission *const audit_permissions[];

/* Adds an audit row in the current transaction. detail may be NULL. */
MUST_USE bool audit_add(struct ctx *c, const char *action, struct id object, struct id subject,
                        const char *detail);

/* Notes that another person's data was read (for features with queries of their own). */
void read_note(struct ctx *c, const struct table *t, struct id subject);

/* Adds what was noted of reads, before the answer leaves. */
MUST_USE bool audit_reads(struct ctx *c);

#endif
