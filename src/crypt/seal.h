/* seal.h: authenticated encryption with XAES-256-GCM (https://c2sp.org/XAES-256-GCM).

   The 24-byte nonce is drawn at random, so one key seals any number of messages on any number of
   machines without a counter to keep. */
#ifndef VOW_CRYPT_SEAL_H
#define VOW_CRYPT_SEAL_H

#include "base/text.h"
#include "key.h"

enum { SEAL_NONCE = 24, SEAL_TAG = 16, SEAL_ADDED = SEAL_NONCE + SEAL_TAG };

/* The working state of one key, for one thread at a time. Nonces stay unique after fork(2). */
struct sealer;
struct sealer *sealer_new(const struct secret_key *key);
void sealer_free(struct sealer *s); /* wipes it */

/* Seals `n` bytes; `ret` takes nonce, ciphertext and tag: n + SEAL_ADDED bytes, and must not
   overlap `plain`. `with` is authenticated but not stored: the reader has to know it. */
void sealer_seal(struct sealer *s, struct blob with, const void *plain, size_t n, uint8_t *ret);

/* Opens what sealer_seal made of `n` bytes: ret takes the n plain bytes. False, with ret wiped,
   when one bit of it, the key or `with` differs. */
MUST_USE bool sealer_open(struct sealer *s, struct blob with, const uint8_t *sealed, size_t n,
                          void *ret);

/* The same in parts, for formats that keep the nonce and tag elsewhere. `to` may be `from`, else
   they must not overlap. A nonce must never be used for two different messages: take it from
   sealer_nonce(). */
void sealer_nonce(struct sealer *s, uint8_t ret[SEAL_NONCE]);
void sealer_encrypt(struct sealer *s, const uint8_t nonce[SEAL_NONCE], struct blob with,
                    const void *from, size_t n, void *to, uint8_t tag[SEAL_TAG]);
MUST_USE bool sealer_decrypt(struct sealer *s, const uint8_t nonce[SEAL_NONCE], struct blob with,
                             const void *from, size_t n, void *to, const uint8_t tag[SEAL_TAG]);

/* One AES-256 block (FIPS 197) under a key of its own: a permutation of 16 bytes that hides them
   and keeps their size. It authenticates nothing. */
enum { BLOCK_SIZE = 16 };
struct block_cipher;
struct block_cipher *block_cipher_new(const struct secret_key *key);
void block_cipher_free(struct block_cipher *b);
void block_encrypt(struct block_cipher *b, const uint8_t from[BLOCK_SIZE], uint8_t to[BLOCK_SIZE]);
void block_decrypt(struct block_cipher *b, const uint8_t from[BLOCK_SIZE], uint8_t to[BLOCK_SIZE]);

#endif
