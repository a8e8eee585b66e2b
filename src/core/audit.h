/* audit.h: who did what to which row, and who read whose data. Content-free: rows are named by
   id, changed columns by name; what they are called is looked up when the log is read. */
#ifndef VOW_AUDIT_H
#define VOW_AUDIT_H

#include "ctx.h"
#include "net/route.h"
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
/* Its fields, first in the list of what is made of it. */
#define AUDIT_EVENT_FIELDS                                                                       \
    ROW_FIELDS(struct audit_event),                                                              \
        FIELD(struct audit_event, actor, .label = "who acted", .privacy = PERSONAL,              \
              .filter = true, .doc = "Person who acted; absent for the program itself"),         \
        FIELD(struct audit_event, actor_name, .label = "what acted", .privacy = OPERATIONAL,     \
              .doc = "What acted when it was no person"),                                        \
        FIELD(struct audit_event, action, .label = "what was done", .privacy = OPERATIONAL,      \
              .filter = true, .doc = "Table and verb, or the name of the act"),                  \
        FIELD(struct audit_event, object, .label = "to what", .privacy = OPERATIONAL,            \
              .filter = true, .doc = "Row that was acted on"),                                   \
        FIELD(struct audit_event, subject, .privacy = PERSONAL, .subject = true, .filter = true, \
              .doc = "Person whose data it concerns"),                                           \
        FIELD(struct audit_event, detail, .privacy = OPERATIONAL,                                \
              .doc = "Names of columns, counts and reason codes; never content"),                \
        FIELD(struct audit_event, request_id, .privacy = OPERATIONAL,                            \
              .doc = "Request that caused it"),                                                  \
        FIELD(struct audit_event, checkpoint, .privacy = OPERATIONAL, .nullable = true,          \
              .doc = "Number of the signed checkpoint that covers it; absent: the next one will")

extern const struct table audit_event_table;
extern const struct permission audit_read;
extern const struct permission *const audit_permissions[];
extern const struct route audit_routes[];

/* Adds an audit row in the current transaction. detail may be NULL. */
MUST_USE bool audit_add(struct ctx *c, const char *action, struct id object, struct id subject,
                        const char *detail);

/* Notes that another person's data was read (for features with queries of their own); an absent
   subject is somebody outside, where a table has such rows. */
void read_note(struct ctx *c, const struct table *t, struct id subject);

/* The act and its detail in words, for people: "time entry: update", "note, rate per hour". */
void audit_say(struct ctx *c, struct audit_event *e);

/* Adds what was noted of reads, before the answer leaves. */
MUST_USE bool audit_reads(struct ctx *c);

#endif
