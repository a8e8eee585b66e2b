/* access.h: roles, permissions and how far each reaches. */
#ifndef VOW_ACCESS_H
#define VOW_ACCESS_H

#include "base/field.h"

/* The default roles. ROLE_NONE is a person of the directory without an account. */
enum role {
    ROLE_NONE,
    ROLE_MEMBER,
    ROLE_MANAGER,
    ROLE_ADMIN,
    ROLE_OWNER,
    ROLE_AUDITOR,
    ROLE_COUNT
};

/* Whose rows a permission reaches. Rows of a table without a subject are reached by any scope but
   none; one whose subject is absent by SCOPE_ALL alone. */
enum scope {
    SCOPE_NONE,
    SCOPE_OWN,  /* rows whose subject is the actor */
    SCOPE_TEAM, /* and rows of people in the actor's team */
    SCOPE_ALL,  /* every row of the organisation */
};

struct ctx;

/* A permission is a row: its name, what it allows, and the scope it has for each role. The name
   is first so that layers below can print it. */
struct permission {
    const char *name; /* "time.track" */
    const char *doc;
    enum scope of[ROLE_COUNT];
};

/* For the common cases: `.of = EVERYBODY(SCOPE_OWN)` and the like. */
#define EVERYBODY(s)                                                                       \
    {                                                                                      \
        [ROLE_MEMBER] = (s), [ROLE_MANAGER] = (s), [ROLE_ADMIN] = (s), [ROLE_OWNER] = (s), \
        [ROLE_AUDITOR] = (s)                                                               \
    }
#define ADMINS(s)                              \
    {                                          \
        [ROLE_ADMIN] = (s), [ROLE_OWNER] = (s) \
    }

extern const char *const scope_names[]; /* by enum scope; ends with NULL */
extern const char *const role_names[];  /* by enum role; ends with NULL; serves as .choices */
enum role role_parse(const char *name); /* ROLE_NONE when unknown */

/* Hides in a record what the actor's role may not see (field.see), in nested records and lists
   too: it is absent then. Every JSON answer goes through it; code that writes answers itself calls
   it. */
void unseen_clear(const struct ctx *c, const struct field *fields, void *record);

#endif
