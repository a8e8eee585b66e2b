/* hash.c: SHA-256 and HMAC-SHA256 by OpenSSL. */
#include "hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdlib.h>

/* Looked up once: OpenSSL would search its providers for each hash. */
static EVP_MD *sha256;

static void sha256_find(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!sha256)
        abort();
}

void hash_sha256(const void *at, size_t n, uint8_t ret[HASH_SIZE])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, sha256_find);
    if (!EVP_Digest(at, n, ret, NULL, sha256, NULL))
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
