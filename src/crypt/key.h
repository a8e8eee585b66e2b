/* key.h: 256-bit keys: made at random, derived for a purpose, wrapped under another key. */
#ifndef VOW_CRYPT_KEY_H
#define VOW_CRYPT_KEY_H

#include "base/base.h"

enum { SECRET_KEY = 32, WRAPPED_KEY = 40 };

/* A type of its own, so that no writer of JSON, log or SQL takes it. Its owner wipes it. */
struct secret_key {
    uint8_t byte[SECRET_KEY];
};

void secret_key_random(struct secret_key *ret);

/* Overwrites the key; fit for autofree(). */
void secret_key_wipe(struct secret_key *key);

/* Whether both are the same key, in constant time. */
bool secret_key_equal(const struct secret_key *a, const struct secret_key *b);

/* The sub-key for one purpose: HKDF-SHA256 (RFC 5869) without salt, with the text of `purpose` as
   info. A purpose is a constant text that is never reused for anything else: a changed text is a
   changed key. */
void secret_key_derive(const struct secret_key *from, const char *purpose, struct secret_key *ret);

/* AES-256 key wrap (RFC 3394, default initial value): the same input gives the same 40 bytes. */
void secret_key_wrap(const struct secret_key *under, const struct secret_key *key,
                     uint8_t ret[WRAPPED_KEY]);

/* Takes the wrapping off; false when it was made under another key or was changed. */
MUST_USE bool secret_key_unwrap(const struct secret_key *under, const uint8_t wrapped[WRAPPED_KEY],
                                struct secret_key *ret);

#endif
