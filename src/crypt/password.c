/* password.c: bcrypt with calibrated cost and an optional pepper. */
#include "password.h"

#include "hash.h"
#include "random.h"

#include <crypt.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COST_MIN = 12, COST_MAX = 20, COST_PROBE = 7, SALT = 16, INPUT_MAX = 128 };
static const int64_t TARGET_NS = 250 * 1000 * 1000;
static const char PREFIX[] = "$2b$";

static void data_free(struct crypt_data **data)
{
    if (*data)
        OPENSSL_cleanse(*data, sizeof **data);
    free(*data);
}

static bool bcrypt(const char *input, const char *setting, char ret[PASSWORD_HASH])
{
    autofree(data_free) struct crypt_data *data = calloc(1, sizeof *data);
    if (!data)
        abort();
    const char *hash = crypt_rn(input, setting, data, sizeof *data);
    if (!hash || strncmp(hash, PREFIX, sizeof PREFIX - 1) != 0)
        return false;
    snprintf(ret, PASSWORD_HASH, "%s", hash);
    return true;
}

static void setting_make(int cost, char ret[CRYPT_GENSALT_OUTPUT_SIZE])
{
    char salt[SALT];
    random_bytes(salt, sizeof salt);
    if (!crypt_gensalt_rn(PREFIX, (unsigned long)cost, salt, sizeof salt, ret,
                          CRYPT_GENSALT_OUTPUT_SIZE))
        abort();
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Each step of cost doubles the work, so a cheap probe tells the time of every other. The fastest
   of some probes counts: anything that disturbs a probe makes it slower, never faster. */
static int calibrate(void)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE], hash[PASSWORD_HASH];
    setting_make(COST_PROBE, setting);
    int64_t probe = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        int64_t start = now_ns();
        if (!bcrypt("calibration", setting, hash))
            abort();
        int64_t took = now_ns() - start;
        probe = took < probe ? took : probe;
    }
    int cost = COST_MIN;
    while (cost < COST_MAX && probe << (cost + 1 - COST_PROBE) <= TARGET_NS)
        cost++;
    return cost;
}

void password_policy_make(const struct secret_key *pepper, int test_cost,
                          struct password_policy *ret)
{
    *ret = (struct password_policy){ .cost = test_cost ? test_cost : calibrate() };
    if (pepper) {
        ret->peppered = true;
        ret->pepper = *pepper;
    }
}

/* What bcrypt gets to see; false when the password does not fit. */
static bool input_make(const struct password_policy *policy, const char *password,
                       char ret[INPUT_MAX])
{
    size_t n = strlen(password);
    if (!n || n > (policy->peppered ? PASSWORD_MAX : PASSWORD_PLAIN_MAX))
        return false;
    if (!policy->peppered) {
        memcpy(ret, password, n + 1);
        return true;
    }
    uint8_t mac[HASH_SIZE];
    hash_hmac(&policy->pepper, password, n, mac);
    EVP_EncodeBlock((unsigned char *)ret, mac, sizeof mac);
    OPENSSL_cleanse(mac, sizeof mac);
    return true;
}

bool password_hash(const struct password_policy *policy, const char *password,
                   char ret[PASSWORD_HASH])
{
    char input[INPUT_MAX], setting[CRYPT_GENSALT_OUTPUT_SIZE];
    if (!input_make(policy, password, input))
        return false;
    setting_make(policy->cost, setting);
    bool ok = bcrypt(input, setting, ret);
    OPENSSL_cleanse(input, sizeof input);
    if (!ok)
        abort();
    return true;
}

bool password_verify(const struct password_policy *policy, const char *password, const char *hash)
{
    char input[INPUT_MAX], setting[CRYPT_GENSALT_OUTPUT_SIZE], made[PASSWORD_HASH] = { 0 };
    bool fits = input_make(policy, password, input);
    if (!fits)
        strcpy(input, "-");
    setting_make(policy->cost, setting);
    bool known = hash && strlen(hash) < PASSWORD_HASH;
    bool ok = bcrypt(input, known ? hash : setting, made);
    OPENSSL_cleanse(input, sizeof input);

    char stored[PASSWORD_HASH] = { 0 };
    if (known)
        memcpy(stored, hash, strlen(hash));
    return hash_equal(made, stored, PASSWORD_HASH) && ok && fits && known;
}

bool password_outdated(const struct password_policy *policy, const char *hash)
{
    int cost = 0;
    return sscanf(hash, "$2b$%2d$", &cost) != 1 || cost < policy->cost;
}
