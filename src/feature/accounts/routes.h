/* routes.h: inputs and outputs of the routes of accounts. */
#ifndef VOW_ACCOUNTS_ROUTES_H
#define VOW_ACCOUNTS_ROUTES_H

#include "accounts.h"
#include "private.h"

struct person_ref {
    struct id id;
};
struct invitation_accept {
    const char *token, *password;
    bool of_age;
};
struct invitation_view {
    const char *organisation_name, *name, *email;
    bool has_account;
};
extern const struct field person_id_fields[], invitation_link_fields[], invitation_token_fields[],
    invitation_accept_fields[], invitation_view_fields[];

route_fn invitation_make, invitation_read, invitation_accept;

extern const struct field password_change_fields[], email_change_fields[], profile_fields[];
struct password_change {
    const char *password, *new_password;
};
struct email_change {
    const char *email, *password;
};
struct profile {
    const char *name, *zone;
};
route_fn password_change, email_change, profile_change;

extern const struct field permission_row_fields[];
struct permission_row {
    const char *name, *doc;
    struct list grants; /* of roles that have it */
};
route_fn permissions_list;

/* RATE_LIMITED and true when the bucket is empty. */
bool slowed(struct ctx *c, const struct limit *limit, const char *who);

/* Tells the organisation's audit log what the actor did with the own account, which is in control:
   "person.sign_in". */
MUST_USE bool account_note(struct ctx *c, const char *action);

/* Ends a request that signed somebody in: tells the audit log first, for whoever has a token is in
   it; sets the cookie, fills the view. */
MUST_USE bool session_answer(struct ctx *c, const char *token, struct session_view *ret);

#endif
