/* crypt_test.c: published vectors and the promises of the headers. */
#include "crypt.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static size_t hex(const char *text, uint8_t *to)
{
    size_t n = strlen(text) / 2;
    for (size_t i = 0; i < n; i++) {
        char pair[3] = { text[2 * i], text[2 * i + 1], 0 };
        to[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return n;
}

static void assert_hex(const uint8_t *got, const char *expected)
{
    uint8_t bytes[256];
    size_t n = hex(expected, bytes);
    assert_memory_equal(got, bytes, n);
}

static struct secret_key key_of(uint8_t byte)
{
    struct secret_key key;
    memset(key.byte, byte, sizeof key.byte);
    return key;
}

/* The two vectors of c2sp.org/XAES-256-GCM. */
static void test_xaes_vectors(void **state)
{
    (void)state;
    static const struct {
        uint8_t key;
        const char *with, *expected;
    } vectors[] = {
        { 1, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271" },
        { 3, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d" },
    };
    const uint8_t *nonce = (const uint8_t *)"ABCDEFGHIJKLMNOPQRSTUVWX";
    for (size_t i = 0; i < LENGTH(vectors); i++) {
        struct secret_key key = key_of(vectors[i].key);
        struct sealer *s = sealer_new(&key);
        struct blob with = { vectors[i].with, strlen(vectors[i].with) };
        uint8_t sealed[12 + SEAL_TAG], opened[12];
        sealer_encrypt(s, nonce, with, "XAES-256-GCM", 12, sealed, sealed + 12);
        assert_hex(sealed, vectors[i].expected);
        assert_true(sealer_decrypt(s, nonce, with, sealed, 12, opened, sealed + 12));
        assert_memory_equal(opened, "XAES-256-GCM", 12);
        sealer_free(s);
    }
}

/* The accumulated test of the same page: 10,000 messages drawn from SHAKE-128. */
static void test_xaes_accumulated(void **state)
{
    (void)state;
    enum { ROUNDS = 10000, LONGEST = SECRET_KEY + SEAL_NONCE + 2 * 256 };
    uint8_t *stream = malloc(ROUNDS * LONGEST), *at = stream, sealed[256 + SEAL_TAG], hash[32];
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    assert_true(EVP_DigestInit_ex(md, EVP_shake128(), NULL));
    assert_true(EVP_DigestFinalXOF(md, stream, ROUNDS * LONGEST));
    assert_true(EVP_DigestInit_ex(md, EVP_shake128(), NULL));
    for (int i = 0; i < ROUNDS; i++) {
        struct secret_key key;
        memcpy(key.byte, at, SECRET_KEY);
        const uint8_t *nonce = at + SECRET_KEY, *plain = nonce + SEAL_NONCE + 1;
        size_t n = plain[-1];
        struct blob with = { plain + n + 1, plain[n] };
        at = (uint8_t *)with.at + with.len;
        struct sealer *s = sealer_new(&key);
        sealer_encrypt(s, nonce, with, plain, n, sealed, sealed + n);
        EVP_DigestUpdate(md, sealed, n + SEAL_TAG);
        sealer_free(s);
    }
    assert_true(EVP_DigestFinalXOF(md, hash, sizeof hash));
    assert_hex(hash, "e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939");
    EVP_MD_CTX_free(md);
    free(stream);
}

static void test_seal_refuses_any_change(void **state)
{
    (void)state;
    struct secret_key key = key_of(7), other = key_of(8);
    struct sealer *s = sealer_new(&key), *stranger = sealer_new(&other);
    struct blob with = { "row 1", 5 };
    uint8_t sealed[11 + SEAL_ADDED], opened[11], zero[11] = { 0 };
    sealer_seal(s, with, "hello world", 11, sealed);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        memset(opened, 'x', sizeof opened);
        assert_false(sealer_open(s, with, sealed, 11, opened));
        assert_memory_equal(opened, zero, sizeof opened);
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_false(sealer_open(s, (struct blob){ "row 2", 5 }, sealed, 11, opened));
    assert_false(sealer_open(stranger, with, sealed, 11, opened));
    assert_true(sealer_open(s, with, sealed, 11, opened));
    assert_memory_equal(opened, "hello world", 11);

    uint8_t empty[SEAL_ADDED];
    sealer_seal(s, with, NULL, 0, empty);
    assert_true(sealer_open(s, with, empty, 0, NULL));
    empty[0] ^= 1;
    assert_false(sealer_open(s, with, empty, 0, NULL));
    sealer_free(s);
    sealer_free(stranger);
    sealer_free(NULL);
}

static int nonce_order(const void *a, const void *b)
{
    return memcmp(a, b, SEAL_NONCE);
}

/* A child must not deal out the nonces that its parent has in stock. */
static void test_nonces_differ_after_fork(void **state)
{
    (void)state;
    enum { EACH = 500 };
    static uint8_t nonces[2 * EACH][SEAL_NONCE];
    struct secret_key key = key_of(9);
    struct sealer *s = sealer_new(&key);
    sealer_nonce(s, nonces[0]);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    for (int i = 0; i < EACH; i++)
        sealer_nonce(s, nonces[i]);
    size_t half = sizeof nonces / 2;
    if (!child)
        _exit(write(ends[1], nonces, half) != (ssize_t)half);
    close(ends[1]);
    size_t n = 0;
    for (ssize_t got; (got = read(ends[0], nonces[EACH] + n, half - n)) > 0;)
        n += (size_t)got;
    int status;
    waitpid(child, &status, 0);
    close(ends[0]);
    assert_int_equal(n, half);
    qsort(nonces, 2 * EACH, SEAL_NONCE, nonce_order);
    for (int i = 1; i < 2 * EACH; i++)
        assert_true(nonce_order(nonces[i - 1], nonces[i]) < 0);
    sealer_free(s);
}

/* FIPS 197, C.3. */
static void test_block_vector(void **state)
{
    (void)state;
    struct secret_key key;
    uint8_t block[BLOCK_SIZE];
    hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", key.byte);
    hex("00112233445566778899aabbccddeeff", block);
    struct block_cipher *b = block_cipher_new(&key);
    block_encrypt(b, block, block);
    assert_hex(block, "8ea2b7ca516745bfeafc49904b496089");
    block_decrypt(b, block, block);
    assert_hex(block, "00112233445566778899aabbccddeeff");
    block_cipher_free(b);
}

static void test_hash_vectors(void **state)
{
    (void)state;
    uint8_t hash[HASH_SIZE];
    hash_sha256("abc", 3, hash);
    assert_hex(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    /* RFC 4231, case 1: HMAC fills a shorter key with zeros. */
    struct secret_key key = { { 0 } };
    memset(key.byte, 0x0b, 20);
    hash_hmac(&key, "Hi There", 8, hash);
    assert_hex(hash, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_true(hash_equal("abc", "abd", 2));
    assert_false(hash_equal("abc", "abd", 3));
}

/* RFC 3394, 4.6. */
static void test_wrap_vector(void **state)
{
    (void)state;
    struct secret_key under, key, got = key_of(0);
    uint8_t wrapped[WRAPPED_KEY];
    hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", under.byte);
    hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f", key.byte);
    secret_key_wrap(&under, &key, wrapped);
    assert_hex(wrapped, "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326"
                        "cbc7f0e71a99f43bfb988b9b7a02dd21");
    assert_true(secret_key_unwrap(&under, wrapped, &got));
    assert_true(secret_key_equal(&got, &key));
    assert_false(secret_key_unwrap(&key, wrapped, &got));
    for (size_t i = 0; i < sizeof wrapped; i++) {
        wrapped[i] ^= 1;
        assert_false(secret_key_unwrap(&under, wrapped, &got));
        wrapped[i] ^= 1;
    }
    assert_true(secret_key_equal(&got, &key));
}

/* Against OpenSSL's own HKDF. */
static void test_derive_is_hkdf(void **state)
{
    (void)state;
    struct secret_key key, sub, again, other, expected;
    secret_key_random(&key);
    secret_key_derive(&key, "columns", &sub);
    secret_key_derive(&key, "columns", &again);
    secret_key_derive(&key, "sessions", &other);
    assert_true(secret_key_equal(&sub, &again));
    assert_false(secret_key_equal(&sub, &other));

    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    size_t n = SECRET_KEY;
    assert_true(EVP_PKEY_derive_init(ctx) > 0 && EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) > 0 &&
                EVP_PKEY_CTX_set1_hkdf_key(ctx, key.byte, SECRET_KEY) > 0 &&
                EVP_PKEY_CTX_add1_hkdf_info(ctx, (const uint8_t *)"columns", 7) > 0 &&
                EVP_PKEY_derive(ctx, expected.byte, &n) > 0);
    assert_true(secret_key_equal(&sub, &expected));
    EVP_PKEY_CTX_free(ctx);
    secret_key_wipe(&key);
    assert_true(secret_key_equal(&key, &(struct secret_key){ { 0 } }));
}

/* RFC 8032, 7.1, test 2. */
static void test_sign_vector(void **state)
{
    (void)state;
    struct secret_key key;
    uint8_t public_key[SIGN_PUBLIC], signature[SIGN_SIGNATURE];
    hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", key.byte);
    sign_public(&key, public_key);
    assert_hex(public_key, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    sign_message(&key, "\x72", 1, signature);
    assert_hex(signature, "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    assert_true(sign_verify(public_key, "\x72", 1, signature));
    assert_false(sign_verify(public_key, "\x73", 1, signature));
    for (size_t i = 0; i < sizeof signature; i++) {
        signature[i] ^= 1;
        assert_false(sign_verify(public_key, "\x72", 1, signature));
        signature[i] ^= 1;
    }
    sign_message(&key, NULL, 0, signature);
    assert_true(sign_verify(public_key, NULL, 0, signature));
}

static uint64_t siphash_of(const struct siphash_key *key, const uint8_t *at, size_t n)
{
    struct siphash s = siphash_start(key);
    siphash_add(&s, at, n);
    return siphash_end(&s);
}

/* What OpenSSL says of it, as eight bytes with the lowest first. */
static uint64_t siphash_elsewhere(const uint8_t key[16], const uint8_t *at, size_t n)
{
    size_t size = 8;
    uint8_t bytes[8];
    uint64_t ret = 0;
    OSSL_PARAM params[] = { OSSL_PARAM_size_t(OSSL_MAC_PARAM_SIZE, &size), OSSL_PARAM_END };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    assert_true(EVP_MAC_init(ctx, key, 16, params));
    assert_true(EVP_MAC_update(ctx, at, n));
    assert_true(EVP_MAC_final(ctx, bytes, &size, sizeof bytes));
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    for (int i = 7; i >= 0; i--)
        ret = ret << 8 | bytes[i];
    return ret;
}

/* The vector of appendix A of the paper, and the first of those that came with it: the key is the
   bytes 0 to 15, the text those from 0 on. Every other length as OpenSSL has it, in pieces. */
static void test_siphash_vectors(void **state)
{
    (void)state;
    const struct siphash_key key = { UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908) };
    uint8_t bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    assert_int_equal(siphash_of(&key, bytes, 15), UINT64_C(0xa129ca6149be45e5));
    assert_int_equal(siphash_of(&key, bytes, 0), UINT64_C(0x726fdb47dd0e0e31));
    assert_int_equal(siphash_of(&key, bytes, 1), UINT64_C(0x74f839c593dc67fd));
    assert_int_equal(siphash_of(&key, bytes, 8), UINT64_C(0x93f5f5799a932462));
    for (size_t n = 0; n <= sizeof bytes; n++) {
        struct siphash s = siphash_start(&key);
        siphash_add(&s, bytes, n / 3);
        siphash_add(&s, bytes + n / 3, n - n / 3);
        assert_int_equal(siphash_end(&s), siphash_elsewhere(bytes, bytes, n));
    }
}

static void test_random_differs(void **state)
{
    (void)state;
    struct secret_key a, b;
    secret_key_random(&a);
    secret_key_random(&b);
    assert_false(secret_key_equal(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xaes_vectors),
        cmocka_unit_test(test_xaes_accumulated),
        cmocka_unit_test(test_seal_refuses_any_change),
        cmocka_unit_test(test_nonces_differ_after_fork),
        cmocka_unit_test(test_block_vector),
        cmocka_unit_test(test_hash_vectors),
        cmocka_unit_test(test_wrap_vector),
        cmocka_unit_test(test_derive_is_hkdf),
        cmocka_unit_test(test_sign_vector),
        cmocka_unit_test(test_siphash_vectors),
        cmocka_unit_test(test_random_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
