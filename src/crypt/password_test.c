/* password_test.c: bcrypt as others know it, the pepper, and the cost. */
#include "crypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A vector of the author of crypt_blowfish: hashes made elsewhere are understood. */
static void test_known_hash(void **state)
{
    (void)state;
    struct password_policy policy;
    password_policy_make(NULL, 4, &policy);
    const char *hash = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    assert_true(password_verify(&policy, "U*U", hash));
    assert_false(password_verify(&policy, "U*V", hash));
}

static void test_hash_and_verify(void **state)
{
    (void)state;
    struct secret_key pepper;
    secret_key_random(&pepper);
    for (int peppered = 0; peppered < 2; peppered++) {
        struct password_policy policy;
        password_policy_make(peppered ? &pepper : NULL, 4, &policy);
        char hash[PASSWORD_HASH], again[PASSWORD_HASH];
        assert_true(password_hash(&policy, "correct horse", hash));
        assert_true(password_hash(&policy, "correct horse", again));
        assert_memory_equal(hash, "$2b$04$", 7);
        assert_int_equal(strlen(hash), 60);
        assert_string_not_equal(hash, again);
        assert_true(password_verify(&policy, "correct horse", hash));
        assert_false(password_verify(&policy, "correct horsf", hash));
        assert_false(password_verify(&policy, "", hash));
        assert_false(password_verify(&policy, "correct horse", NULL));
        assert_false(password_verify(&policy, "correct horse", ""));
        assert_false(password_verify(&policy, "correct horse", "$2b$04$short"));
        assert_false(password_verify(&policy, "correct horse", "*0"));
        assert_false(password_verify(&policy, "*0", "*0"));
    }
}

static void test_pepper_is_needed(void **state)
{
    (void)state;
    struct secret_key pepper;
    secret_key_random(&pepper);
    struct password_policy plain, peppered;
    password_policy_make(NULL, 4, &plain);
    password_policy_make(&pepper, 4, &peppered);
    char hash[PASSWORD_HASH];
    assert_true(password_hash(&peppered, "correct horse", hash));
    assert_false(password_verify(&plain, "correct horse", hash));
}

/* bcrypt reads 72 bytes: a longer password is refused, or counts in full with a pepper. */
static void test_long_passwords(void **state)
{
    (void)state;
    struct secret_key pepper;
    secret_key_random(&pepper);
    struct password_policy plain, peppered;
    password_policy_make(NULL, 4, &plain);
    password_policy_make(&pepper, 4, &peppered);
    char hash[PASSWORD_HASH], text[PASSWORD_MAX + 2] = { 0 };

    memset(text, 'a', PASSWORD_PLAIN_MAX);
    assert_true(password_hash(&plain, text, hash));
    strcat(text, "b");
    assert_false(password_hash(&plain, text, hash));
    assert_false(password_verify(&plain, text, hash));

    assert_true(password_hash(&peppered, text, hash));
    assert_true(password_verify(&peppered, text, hash));
    text[PASSWORD_PLAIN_MAX] = 'c';
    assert_false(password_verify(&peppered, text, hash));
    memset(text, 'a', PASSWORD_MAX);
    assert_true(password_hash(&peppered, text, hash));
    strcat(text, "a");
    assert_false(password_hash(&peppered, text, hash));
}

static void test_cost(void **state)
{
    (void)state;
    struct password_policy policy;
    password_policy_make(NULL, 0, &policy);
    assert_in_range(policy.cost, 12, 20);
    assert_true(password_outdated(&policy, "$2b$04$CCCCCCCCCCCCCCCCCCCCC."));
    assert_false(password_outdated(&policy, "$2b$20$CCCCCCCCCCCCCCCCCCCCC."));
    assert_true(password_outdated(&policy, "other"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_hash),
        cmocka_unit_test(test_hash_and_verify),
        cmocka_unit_test(test_pepper_is_needed),
        cmocka_unit_test(test_long_passwords),
        cmocka_unit_test(test_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
