/* private.h: what the files of accounts share. */
#ifndef VOW_ACCOUNTS_PRIVATE_H
#define VOW_ACCOUNTS_PRIVATE_H

#include "accounts.h"

/* The account of an email in lower case; without one, that of a person of an organisation. */
struct account_search {
    const char *email;
    struct id organisation, person;
    struct account account;
    bool found;
};
MUST_USE bool account_search(struct ctx *c, struct account_search *search); /* any thread */
MUST_USE bool account_find(struct ctx *c, struct account_search *search);   /* in control */

/* Says in the directory that the person has this account, and signs in with its email. */
MUST_USE bool account_join(struct ctx *c, const struct account *account);

/* How an organisation begins: with its owner, as signing up makes it or the operator. */
struct founding {
    const char *organisation, *name, *email; /* the latter two are the owner's */
    const char *zone;                        /* NULL: UTC */
    struct id person;
    bool invited;             /* noted in the audit log */
    struct instant joined_at; /* absent: the owner has no account yet */
    struct id made;           /* the organisation, which organisation_found makes */
};

/* Makes it; `open` is run in control, in the transaction that lets it outlive a crash
   (tenant_activate). Nothing is left of it when that fails. */
MUST_USE bool organisation_found(struct ctx *c, struct founding *f, ctx_work *open, void *with);

/* Whether the account has the password that it was read with. It takes long to find one right, and
   one that was changed meanwhile must not let anybody in. In control, as are the next two. */
MUST_USE bool password_stands(struct ctx *c, const struct account *account, bool *ret);
MUST_USE bool password_put(struct ctx *c, struct id account, const char *hash);

/* A new password, which ends the account's sessions but `keep`; absent: all. And a link that would
   set another one. */
MUST_USE bool password_reset(struct ctx *c, struct id account, const char *hash, struct id keep);

/* Opens a session for an account whose password was just found right, and hashes that anew when its
   hash costs less than is asked for now. BAD_CREDENTIALS when it was changed meanwhile. For threads
   that can wait. */
MUST_USE bool session_begin(struct ctx *c, const struct account *account, const char *password,
                            const char **token);

/* Hashes a password; INVALID when it is too long. */
MUST_USE bool password_make(struct ctx *c, const char *password, const char **ret);

/* Who is signed in, and what they may do: the answer to signing in. */
struct session_view {
    struct id person, organisation;
    const char *name, *email, *role, *organisation_name, *zone, *currency, *week_start;
    struct id team;
    struct list permissions; /* names */
    struct list reaches;     /* of each */
};
extern const struct field session_view_fields[];

/* Fills the view for the ctx's actor and organisation; outside a transaction. */
MUST_USE bool session_view(struct ctx *c, struct session_view *ret);

extern const struct table invitation_table;

/* A new link for a person, whose older one ends; `by_owner`: it may be an owner's. In control. */
struct invitation_link {
    const char *link_token;
    struct instant expires_at;
};
struct inviting {
    struct id organisation, person;
    bool by_owner;
    struct invitation_link ret;
};
MUST_USE bool invitation_open(struct ctx *c, void *inviting);

/* Notes it in the organisation's audit log: `with` is the person's struct id. */
MUST_USE bool invitation_note(struct ctx *c, void *with);

/* NOT_FOUND when the link was used, or taken back. In control. */
MUST_USE bool invitation_stands(struct ctx *c, struct id invitation);

#define PASSWORD_FIELD(type)                                                          \
    FIELD(type, password, .privacy = SECRET, .required = true, .min = 10, .max = 200, \
          .doc = "Password, 10 characters or more")
#define OF_AGE_FIELD(type)                                        \
    FIELD(type, of_age, .privacy = OPERATIONAL, .required = true, \
          .doc = "The person affirms to be 16 or older")

#endif
