/* key.c: derivation and wrapping of keys. */
#include "key.h"

#include "hash.h"
#include "random.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { PURPOSE_MAX = 96 };

void secret_key_random(struct secret_key *ret)
{
    random_bytes(ret->byte, SECRET_KEY);
}

void secret_key_wipe(struct secret_key *key)
{
    OPENSSL_cleanse(key->byte, SECRET_KEY);
}

bool secret_key_equal(const struct secret_key *a, const struct secret_key *b)
{
    return hash_equal(a->byte, b->byte, SECRET_KEY);
}

/* One block of output is all a 256-bit key needs, so extract and expand are one HMAC each. */
void secret_key_derive(const struct secret_key *from, const char *purpose, struct secret_key *ret)
{
    static const struct secret_key no_salt;
    autofree(secret_key_wipe) struct secret_key extracted;
    hash_hmac(&no_salt, from->byte, SECRET_KEY, extracted.byte);

    char info[PURPOSE_MAX + 1];
    size_t n = strlen(purpose);
    assert(n && n < PURPOSE_MAX);
    memcpy(info, purpose, n);
    info[n++] = 1;
    hash_hmac(&extracted, info, n, ret->byte);
}

static void wrap_free(EVP_CIPHER_CTX **ctx)
{
    EVP_CIPHER_CTX_free(*ctx);
}

static EVP_CIPHER_CTX *wrap_new(const struct secret_key *under, int encrypt)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (!ctx)
        abort();
    EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (!EVP_CipherInit_ex(ctx, EVP_aes_256_wrap(), NULL, under->byte, NULL, encrypt))
        abort();
    return ctx;
}

void secret_key_wrap(const struct secret_key *under, const struct secret_key *key,
                     uint8_t ret[WRAPPED_KEY])
{
    autofree(wrap_free) EVP_CIPHER_CTX *ctx = wrap_new(under, 1);
    int n = 0;
    if (!EVP_CipherUpdate(ctx, ret, &n, key->byte, SECRET_KEY) || n != WRAPPED_KEY)
        abort();
}

bool secret_key_unwrap(const struct secret_key *under, const uint8_t wrapped[WRAPPED_KEY],
                       struct secret_key *ret)
{
    autofree(wrap_free) EVP_CIPHER_CTX *ctx = wrap_new(under, 0);
    autofree(secret_key_wipe) struct secret_key key;
    int n = 0;
    if (EVP_CipherUpdate(ctx, key.byte, &n, wrapped, WRAPPED_KEY) <= 0 || n != SECRET_KEY) {
        ERR_clear_error();
        return false;
    }
    *ret = key;
    return true;
}
