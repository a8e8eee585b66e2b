/* tenant.h: the organisations of this installation and their wrapped data keys, in control. */
#ifndef VOW_TENANT_H
#define VOW_TENANT_H

#include "ctx.h"
#include "table.h"

struct tenant {
    ROW_MEMBERS;             /* id: of the organisation */
    const char *state;       /* creating, active, deleting, deleted; arriving, moved: see move.h */
    struct blob wrapped_key; /* RFC 3394 under a sub-key of the master key; absent when destroyed */
    struct instant deleted_at;
    struct id move; /* the attempt that brought it here or took it away */
};
extern const struct table tenant_table;

/* Whether the table's rows belong to organisations: all but what control keeps of the store. */
bool tenant_owns(const struct table *t);

/* Makes an organisation with a fresh key and an empty database; its state is "creating" until
   tenant_activate. Outside a transaction. */
MUST_USE bool tenant_create(struct ctx *c, struct id *ret);

/* From now on it outlives a crash; in the control transaction that makes the first account. */
MUST_USE bool tenant_activate(struct ctx *c, struct id organisation);

/* The same for one that comes from another store: "arriving" until tenant_activate, and open to who
   takes it alone (move_takes). What an earlier attempt left is destroyed. */
MUST_USE bool tenant_arrive(struct ctx *c, struct id organisation, struct id move);

/* Says that the attempt is the one that counts: of several commands at once only the last can let
   go. IN_USE when it is active no more. In a control transaction. */
MUST_USE bool tenant_claim(struct ctx *c, struct id organisation, struct id move);

/* It was handed over: its rows of control are deleted, and nobody opens it any more but who moves
   it. IN_USE when another attempt has claimed it. In a control transaction. */
MUST_USE bool tenant_leave(struct ctx *c, struct id organisation, struct id move);

/* Whether the organisation is there to get rows in control; not once it has ended, or moved. */
MUST_USE bool tenant_lives(struct ctx *c, struct id organisation, bool *ret);

/* Destroys the key and deletes the organisation's rows of control: nobody enters any more, and no
   email stays taken. tenants_sweep removes the files. In a control transaction; for requests that
   have the organisation open themselves. */
MUST_USE bool tenant_condemn(struct ctx *c, struct id organisation);

/* The same, then destroys the files. A copy of a file can never be read again; a backup can for as
   long as it holds an older control.db, which has the wrapped key. */
MUST_USE bool tenant_destroy(struct ctx *c, struct id organisation);

/* The data key of a database for the store (store_config.key). `with` is the app. */
bool tenant_key(void *with, struct id db, struct secret_key *ret, struct error *err);

/* The tenants whose state is "active", as a struct list of struct tenant. In control. */
MUST_USE bool tenants_active(struct ctx *c, void *ret);

/* Removes what is left of organisations whose key is destroyed. When `starting`, also what a crash
   left half-made (an hour ago, when other nodes live); later on, such a one is somebody signing up.
   One that cannot be removed is told of and left for the next time; false when control cannot be
   read. */
MUST_USE bool tenants_sweep(struct ctx *c, bool starting);

/* Tells of those that live and whose file somebody has taken away. */
MUST_USE bool tenants_look(struct ctx *c);

#endif
