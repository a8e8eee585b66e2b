/* password.h: password hashes: bcrypt `$2b$` by libxcrypt.

   Hashing takes about a quarter of a second of one core by design; callers run it on a pool of its
   own. All functions may be called from several threads at once. */
#ifndef VOW_CRYPT_PASSWORD_H
#define VOW_CRYPT_PASSWORD_H

#include "key.h"

enum {
    PASSWORD_HASH = 64,     /* bytes of a hash with its NUL, rounded up */
    PASSWORD_MAX = 1024,    /* bytes of a password with a pepper */
    PASSWORD_PLAIN_MAX = 72 /* bytes of a password without one: bcrypt would ignore the rest */
};

/* How passwords are hashed here. Without a pepper a hash is bcrypt of the password itself. With
   one it is bcrypt of base64(HMAC-SHA256(pepper, password)), which has no limit of 72 bytes and is
   worth nothing to a thief of the database alone. */
struct password_policy {
    int cost;
    bool peppered;
    struct secret_key pepper;
};

/* Makes a policy; `pepper` may be NULL and is copied. With `test_cost` 0 the cost is calibrated:
   the highest that takes at most 250 ms on this machine, and 12 at least (takes about 0.1 s).
   Any other value, 4 to 31, is taken as it is and is for tests alone. */
void password_policy_make(const struct secret_key *pepper, int test_cost,
                          struct password_policy *ret);

/* False when the password is empty or too long for the policy. */
MUST_USE bool password_hash(const struct password_policy *policy, const char *password,
                            char ret[PASSWORD_HASH]);

/* Whether the password belongs to the hash. With `hash` NULL (no such account) it works as long
   and says false, so that the time tells nothing. */
MUST_USE bool password_verify(const struct password_policy *policy, const char *password,
                              const char *hash);

/* Whether a hash is weaker than the policy asks, so that it should be made anew at sign-in. */
bool password_outdated(const struct password_policy *policy, const char *hash);

#endif
