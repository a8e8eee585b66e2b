/* accounts.h: signing up, signing in, sessions and invitations. */
#ifndef VOW_ACCOUNTS_H
#define VOW_ACCOUNTS_H

#include "core/feature.h"
#include "core/limits.h"

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

/* How the operator makes an organisation, where nobody signs up, and lets somebody in who is its
   owner: by a link that makes the account, or sets a new password. What is wrong with the input is
   one sentence. */
struct organisation_new {
    const char *organisation, *name, *email, *zone; /* zone NULL: UTC */
};
struct owner_link {
    struct id organisation;
    const char *token; /* of /invitations/{token} */
    struct instant expires_at;
};
/* ALREADY_EXISTS when the email has an account. */
MUST_USE bool organisation_make(struct ctx *c, const struct organisation_new *in,
                                struct owner_link *ret);
/* NOT_FOUND when the organisation has no owner with this email. */
MUST_USE bool owner_invite(struct ctx *c, struct id organisation, const char *email,
                           struct owner_link *ret);

/* What slows guessing and flooding: signing in takes from the bucket of the address, of the account
   at that address ("ADDRESS EMAIL") and of the account (its email), in this order, and whatever
   else tries the password of an account from the last; signing up from that of the address. */
extern const struct limit sign_in_per_address, sign_in_per_door, sign_in_per_account,
    sign_up_per_address;

extern const struct feature accounts_feature;

#endif
