/* accounts.h: signing up, signing in, sessions and invitations. */
#ifndef VOW_ACCOUNTS_H
#define VOW_ACCOUNTS_H

#include "core/feature.h"

/* A way to sign in; name, email, organisation and password are all that is asked for. */
struct account {
    ROW_MEMBERS;
    const char *email;
    const char *password_hash;
    struct id organisation, person;
    struct instant of_age_at; /* when the person affirmed to be of age */
};
extern const struct table account_table;

struct sign_up {
    const char *name, *email, *organisation, *password;
    bool of_age;
};

/* Makes an organisation with its first owner and the account, and signs the owner in: gives the
   session's token, or opens none when `token` is NULL. For threads that can wait: hashes the
   password. ALREADY_EXISTS when the email has an account. */
MUST_USE bool account_sign_up(struct ctx *c, const struct sign_up *in, const char **token);

/* Makes an account for a person of the ctx's organisation, who then can sign in. */
MUST_USE bool account_add(struct ctx *c, struct id person, const char *email, const char *password);

/* The same by the hash of a password. NOT_FOUND when the invitation that it is made with (absent:
   none) does not stand any more. */
MUST_USE bool account_make(struct ctx *c, struct id invitation, struct id person, const char *email,
                           const char *hash);

extern const struct feature accounts_feature;

#endif
