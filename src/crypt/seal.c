/* seal.c: XAES-256-GCM: a key per nonce by one AES call, then AES-256-GCM with that key. */
#include "seal.h"

#include "random.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HALF = 12, POOL = 4096 };

/* Random bytes drawn in bulk. The kernel empties the page in a forked child, which makes `left`
   zero there, so that parent and child never deal out the same nonce. */
struct pool {
    size_t left;
    uint8_t byte[POOL - sizeof(size_t)];
};

struct sealer {
    EVP_CIPHER_CTX *derive; /* AES-256-ECB under the key: both halves of the derived key at once */
    EVP_CIPHER_CTX *encrypt;
    EVP_CIPHER_CTX *decrypt;
    uint8_t k1[BLOCK_SIZE]; /* the CMAC sub-key of SP 800-38B */
    struct pool *pool;      /* made at the first nonce: readers need none */
    bool pool_forks;        /* the kernel does not empty the pool: draw each nonce alone */
};

struct block_cipher {
    EVP_CIPHER_CTX *encrypt;
    EVP_CIPHER_CTX *decrypt;
};

static EVP_CIPHER_CTX *cipher_new(const EVP_CIPHER *cipher, const uint8_t *key, int encrypt)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (!ctx || !EVP_CipherInit_ex(ctx, cipher, NULL, key, NULL, encrypt) ||
        !EVP_CIPHER_CTX_set_padding(ctx, 0))
        abort();
    return ctx;
}

static void blocks(EVP_CIPHER_CTX *ctx, const uint8_t *from, uint8_t *to, int n)
{
    int done = 0;
    if (!EVP_CipherUpdate(ctx, to, &done, from, n) || done != n)
        abort();
}

struct sealer *sealer_new(const struct secret_key *key)
{
    struct sealer *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->derive = cipher_new(EVP_aes_256_ecb(), key->byte, 1);
    s->encrypt = cipher_new(EVP_aes_256_gcm(), NULL, 1);
    s->decrypt = cipher_new(EVP_aes_256_gcm(), NULL, 0);

    uint8_t l[BLOCK_SIZE] = { 0 };
    blocks(s->derive, l, l, BLOCK_SIZE);
    for (int i = 0; i < BLOCK_SIZE; i++)
        s->k1[i] = (uint8_t)(l[i] << 1 | (i + 1 < BLOCK_SIZE ? l[i + 1] >> 7 : 0));
    s->k1[BLOCK_SIZE - 1] ^= (uint8_t)(l[0] >> 7 ? 0x87 : 0);
    OPENSSL_cleanse(l, sizeof l);
    return s;
}

void sealer_free(struct sealer *s)
{
    if (!s)
        return;
    EVP_CIPHER_CTX_free(s->derive);
    EVP_CIPHER_CTX_free(s->encrypt);
    EVP_CIPHER_CTX_free(s->decrypt);
    if (s->pool)
        munmap(s->pool, sizeof *s->pool);
    OPENSSL_cleanse(s, sizeof *s);
    free(s);
}

static void pool_make(struct sealer *s)
{
    s->pool =
        mmap(NULL, sizeof *s->pool, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s->pool == MAP_FAILED)
        abort();
    s->pool_forks = madvise(s->pool, sizeof *s->pool, MADV_WIPEONFORK) != 0;
}

void sealer_nonce(struct sealer *s, uint8_t ret[SEAL_NONCE])
{
    if (!s->pool)
        pool_make(s);
    if (s->pool_forks) {
        random_bytes(ret, SEAL_NONCE);
        return;
    }
    struct pool *p = s->pool;
    if (p->left < SEAL_NONCE) {
        random_bytes(p->byte, sizeof p->byte);
        p->left = sizeof p->byte;
    }
    p->left -= SEAL_NONCE;
    memcpy(ret, p->byte + p->left, SEAL_NONCE);
}

/* Sets the key that belongs to the nonce's first half, and its second half as GCM's own nonce. */
static void message_start(struct sealer *s, EVP_CIPHER_CTX *gcm, const uint8_t nonce[SEAL_NONCE],
                          struct blob with)
{
    uint8_t key[2 * BLOCK_SIZE];
    for (int half = 0; half < 2; half++) {
        uint8_t *m = key + half * BLOCK_SIZE;
        memcpy(m, (const uint8_t[]){ 0, (uint8_t)(half + 1), 'X', 0 }, 4);
        memcpy(m + 4, nonce, HALF);
        for (int i = 0; i < BLOCK_SIZE; i++)
            m[i] ^= s->k1[i];
    }
    blocks(s->derive, key, key, sizeof key);

    int n = 0;
    assert(with.len <= INT_MAX);
    if (!EVP_CipherInit_ex(gcm, NULL, NULL, key, nonce + HALF, -1) ||
        (with.len && !EVP_CipherUpdate(gcm, NULL, &n, with.at, (int)with.len)))
        abort();
    OPENSSL_cleanse(key, sizeof key);
}

void sealer_encrypt(struct sealer *s, const uint8_t nonce[SEAL_NONCE], struct blob with,
                    const void *from, size_t n, void *to, uint8_t tag[SEAL_TAG])
{
    message_start(s, s->encrypt, nonce, with);
    int done = 0, rest = 0;
    assert(n <= INT_MAX);
    if ((n && !EVP_EncryptUpdate(s->encrypt, to, &done, from, (int)n)) ||
        !EVP_EncryptFinal_ex(s->encrypt, (uint8_t *)to + done, &rest) ||
        !EVP_CIPHER_CTX_ctrl(s->encrypt, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG, tag))
        abort();
}

bool sealer_decrypt(struct sealer *s, const uint8_t nonce[SEAL_NONCE], struct blob with,
                    const void *from, size_t n, void *to, const uint8_t tag[SEAL_TAG])
{
    message_start(s, s->decrypt, nonce, with);
    uint8_t expected[SEAL_TAG];
    memcpy(expected, tag, SEAL_TAG);
    int done = 0, rest = 0;
    assert(n <= INT_MAX);
    if ((n && !EVP_DecryptUpdate(s->decrypt, to, &done, from, (int)n)) ||
        !EVP_CIPHER_CTX_ctrl(s->decrypt, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG, expected))
        abort();
    if (EVP_DecryptFinal_ex(s->decrypt, (uint8_t *)to + done, &rest) > 0)
        return true;
    ERR_clear_error();
    if (n)
        OPENSSL_cleanse(to, n);
    return false;
}

void sealer_seal(struct sealer *s, struct blob with, const void *plain, size_t n, uint8_t *ret)
{
    sealer_nonce(s, ret);
    sealer_encrypt(s, ret, with, plain, n, ret + SEAL_NONCE, ret + SEAL_NONCE + n);
}

bool sealer_open(struct sealer *s, struct blob with, const uint8_t *sealed, size_t n, void *ret)
{
    return sealer_decrypt(s, sealed, with, sealed + SEAL_NONCE, n, ret, sealed + SEAL_NONCE + n);
}

struct block_cipher *block_cipher_new(const struct secret_key *key)
{
    struct block_cipher *b = calloc(1, sizeof *b);
    if (!b)
        abort();
    b->encrypt = cipher_new(EVP_aes_256_ecb(), key->byte, 1);
    b->decrypt = cipher_new(EVP_aes_256_ecb(), key->byte, 0);
    return b;
}

void block_cipher_free(struct block_cipher *b)
{
    if (!b)
        return;
    EVP_CIPHER_CTX_free(b->encrypt);
    EVP_CIPHER_CTX_free(b->decrypt);
    free(b);
}

void block_encrypt(struct block_cipher *b, const uint8_t from[BLOCK_SIZE], uint8_t to[BLOCK_SIZE])
{
    blocks(b->encrypt, from, to, BLOCK_SIZE);
}

void block_decrypt(struct block_cipher *b, const uint8_t from[BLOCK_SIZE], uint8_t to[BLOCK_SIZE])
{
    blocks(b->decrypt, from, to, BLOCK_SIZE);
}
