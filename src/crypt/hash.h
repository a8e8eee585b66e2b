/* hash.h: SHA-256 (FIPS 180-4), HMAC-SHA256 (RFC 2104) and comparison without a clock. */
#ifndef VOW_CRYPT_HASH_H
#define VOW_CRYPT_HASH_H

#include "key.h"

enum { HASH_SIZE = 32 };

void hash_sha256(const void *at, size_t n, uint8_t ret[HASH_SIZE]);

void hash_hmac(const struct secret_key *key, const void *at, size_t n, uint8_t ret[HASH_SIZE]);

/* Whether `n` bytes are equal, in a time that depends on `n` alone. */
bool hash_equal(const void *a, const void *b, size_t n);

#endif
