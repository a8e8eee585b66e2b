/* hash.c: SHA-256 and HMAC-SHA256 by OpenSSL. */
#include "hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdlib.h>

void hash_sha256(const void *at, size_t n, uint8_t ret[HASH_SIZE])
{
    if (!SHA256(at, n, ret))
        abort();
}

void hash_hmac(const struct secret_key *key, const void *at, size_t n, uint8_t ret[HASH_SIZE])
{
    if (!HMAC(EVP_sha256(), key->byte, SECRET_KEY, at, n, ret, NULL))
        abort();
}

bool hash_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}
