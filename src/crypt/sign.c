/* sign.c: Ed25519 by OpenSSL. */
#include "sign.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>

static void key_free(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void ctx_free(EVP_MD_CTX **ctx)
{
    EVP_MD_CTX_free(*ctx);
}

static EVP_PKEY *private_key(const struct secret_key *key)
{
    EVP_PKEY *pkey =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->byte, sizeof key->byte);
    if (!pkey)
        abort();
    return pkey;
}

void sign_public(const struct secret_key *key, uint8_t ret[SIGN_PUBLIC])
{
    autofree(key_free) EVP_PKEY *pkey = private_key(key);
    size_t n = SIGN_PUBLIC;
    if (!EVP_PKEY_get_raw_public_key(pkey, ret, &n) || n != SIGN_PUBLIC)
        abort();
}

void sign_message(const struct secret_key *key, const void *at, size_t n,
                  uint8_t ret[SIGN_SIGNATURE])
{
    autofree(key_free) EVP_PKEY *pkey = private_key(key);
    autofree(ctx_free) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t size = SIGN_SIGNATURE;
    if (!ctx || EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) <= 0 ||
        EVP_DigestSign(ctx, ret, &size, at, n) <= 0 || size != SIGN_SIGNATURE)
        abort();
}

bool sign_verify(const uint8_t public_key[SIGN_PUBLIC], const void *at, size_t n,
                 const uint8_t signature[SIGN_SIGNATURE])
{
    autofree(key_free) EVP_PKEY *pkey =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, SIGN_PUBLIC);
    autofree(ctx_free) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = pkey && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) > 0 &&
              EVP_DigestVerify(ctx, signature, SIGN_SIGNATURE, at, n) > 0;
    ERR_clear_error();
    return ok;
}
