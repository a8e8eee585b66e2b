/* sessions.h: who is behind a request. Tokens are random; only their hash is stored, in control. */
#ifndef VOW_SESSIONS_H
#define VOW_SESSIONS_H

#include "app.h"

struct session {
    ROW_MEMBERS;
    struct blob token_hash; /* SHA-256 */
    struct id account, organisation, person;
    struct instant expires_at, seen_at;
    const char *agent;
};
extern const struct table session_table;

enum { SESSION_DAYS = 30 };

struct sessions *sessions_new(void);
void sessions_free(struct sessions *s);

/* Opens a session and gives its token ("vow_" and 43 characters). Within a control transaction. */
MUST_USE bool session_open(struct ctx *c, struct id account, struct id organisation,
                           struct id person, const char *agent, const char **ret);

/* Finds the session of a token and fills c->actor and c->organisation; UNAUTHENTICATED when there
   is none, it has expired, or its person may not sign in any more. Cached for a minute; every
   change that this process makes is seen at once, and one of another node as soon as that has told
   of it (see node.h). */
MUST_USE bool session_find(struct ctx *c, const char *token);

/* Whether who asked is still there and active; within a writing transaction of the organisation.
   What was found may be older: another node has told of it only some moments later, or the work has
   waited behind the one that erased the person, of whom nothing may be written then.
   UNAUTHENTICATED. Holds for who has no session. */
MUST_USE bool session_stands(struct ctx *c);

/* Ends one session; within a control transaction. */
MUST_USE bool session_close(struct ctx *c, struct id session);

/* At most so many own sessions that have not expired, newest first; those older than `before`, when
   it is given. Within a control transaction. */
MUST_USE bool session_list(struct ctx *c, struct id account, struct id before, int64_t limit,
                           struct list *ret);

/* Forgets all that is cached (sessions, roles, teams). Called after the commit of a change to any
   of them: see ctx.forget. */
void sessions_forget(struct sessions *s);

/* How often that was: what was found before it last counted on may not be so any more. */
uint64_t sessions_forgotten(const struct sessions *s);

#endif
