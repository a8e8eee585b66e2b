/* siphash.h: SipHash-2-4 (Aumasson and Bernstein, 2012, https://www.aumasson.jp/siphash/): 64 bits
   of a short text under a secret key, for tables of what others choose. Who does not know the key
   cannot choose two that fall together, however many he tries beforehand. */
#ifndef VOW_CRYPT_SIPHASH_H
#define VOW_CRYPT_SIPHASH_H

#include "base/base.h"

struct siphash_key {
    uint64_t a, b;
};

struct siphash {
    uint64_t v[4], word; /* word: the bytes since the last whole eight */
    size_t size;
};

/* A key for as long as a table lives. */
void siphash_key_random(struct siphash_key *ret);

/* The bytes may come in pieces of any size. */
struct siphash siphash_start(const struct siphash_key *key);
void siphash_add(struct siphash *s, const void *at, size_t n);
uint64_t siphash_end(struct siphash *s);

#endif
