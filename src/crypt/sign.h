/* sign.h: Ed25519 signatures (RFC 8032), for the checkpoints of the audit trail. */
#ifndef VOW_CRYPT_SIGN_H
#define VOW_CRYPT_SIGN_H

#include "key.h"

enum { SIGN_PUBLIC = 32, SIGN_SIGNATURE = 64 };

/* The public key that belongs to a private key; any 32 bytes are a private key. */
void sign_public(const struct secret_key *key, uint8_t ret[SIGN_PUBLIC]);

void sign_message(const struct secret_key *key, const void *at, size_t n,
                  uint8_t ret[SIGN_SIGNATURE]);

/* False when the signature is not of this message by this key, or the public key is no point. */
MUST_USE bool sign_verify(const uint8_t public_key[SIGN_PUBLIC], const void *at, size_t n,
                          const uint8_t signature[SIGN_SIGNATURE]);

#endif
