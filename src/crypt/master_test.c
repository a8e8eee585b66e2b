/* master_test.c: every place a master key may come from, and every way it may be wrong. */
#include "crypt.h"

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], key_path[96], check_path[96];

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static int folder_make(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/vow-master-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(key_path, sizeof key_path, "%s/key", folder);
    snprintf(check_path, sizeof check_path, "%s/check", folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void file_put(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    fchmod(fd, mode);
    close(fd);
}

static void assert_fails(const struct master_key_source *source, bool may_create, enum problem p,
                         const char *says)
{
    struct error err = { 0 };
    struct secret_key key;
    assert_false(master_key_load(source, may_create, &key, &err));
    assert_int_equal(err.problem, p);
    assert_non_null(strstr(err.detail, says));
}

static void test_texts(void **state)
{
    (void)state;
    static const char *const good[] = {
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        " 000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f\n",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",
    };
    static const char *const bad[] = {
        "",
        "0001",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh88",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH==",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH!8=",
    };
    for (size_t i = 0; i < LENGTH(good); i++) {
        struct error err = { 0 };
        struct secret_key key;
        assert_true(
            master_key_load(&(struct master_key_source){ .value = good[i] }, false, &key, &err));
        for (uint8_t b = 0; b < SECRET_KEY; b++)
            assert_int_equal(key.byte[b], b);
    }
    for (size_t i = 0; i < LENGTH(bad); i++)
        assert_fails(&(struct master_key_source){ .value = bad[i] }, true, INVALID,
                     "VOW_MASTER_KEY");
}

static void test_missing_key_is_not_made(void **state)
{
    (void)state;
    assert_fails(&(struct master_key_source){ .file = key_path }, false, NOT_FOUND, "is missing");
    assert_fails(&(struct master_key_source){ 0 }, true, NOT_FOUND, "no master key");
    assert_int_equal(access(key_path, F_OK), -1);
}

static void test_made_once(void **state)
{
    (void)state;
    struct error err = { 0 };
    struct secret_key made, read;
    struct master_key_source source = { .default_file = key_path };
    assert_true(master_key_load(&source, true, &made, &err));
    struct stat st;
    assert_int_equal(stat(key_path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(master_key_load(&source, true, &read, &err));
    assert_true(secret_key_equal(&made, &read));
    assert_fails(&(struct master_key_source){ .file = "/nowhere/key" }, true, UNAVAILABLE,
                 "could not be written");
}

static void test_credential(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/vow-master-key", folder);
    struct master_key_source source = { .credentials = folder, .default_file = key_path };
    struct error err = { 0 };
    struct secret_key made, read;
    assert_true(master_key_load(&source, true, &made, &err)); /* no credential: the file */
    assert_int_equal(access(path, F_OK), -1);
    file_put(path, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 0440);
    assert_true(master_key_load(&source, true, &read, &err));
    assert_int_equal(read.byte[31], 31);
}

static void test_bad_files(void **state)
{
    (void)state;
    struct master_key_source source = { .file = key_path };
    file_put(key_path, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 0604);
    assert_fails(&source, true, INVALID, "open to others");
    file_put(key_path, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 0620);
    assert_fails(&source, true, INVALID, "open to others");
    file_put(key_path, "not a key", 0600);
    assert_fails(&source, true, INVALID, "does not hold a key");
    char large[400];
    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = 0;
    file_put(key_path, large, 0600);
    assert_fails(&source, true, INVALID, "does not hold a key");
    assert_fails(&(struct master_key_source){ .file = folder }, true, INVALID, "is not a file");
}

static void test_wrong_key_is_recognised(void **state)
{
    (void)state;
    struct master_key_source source = { .file = key_path };
    struct error err = { 0 };
    struct secret_key made, key;
    assert_false(master_key_open(&source, check_path, false, &key, &err));
    assert_int_equal(err.problem, NOT_FOUND);
    assert_int_equal(access(check_path, F_OK), -1);
    err = (struct error){ 0 };
    assert_true(master_key_open(&source, check_path, true, &made, &err));
    assert_true(master_key_open(&source, check_path, false, &key, &err));
    assert_true(secret_key_equal(&made, &key));

    file_put(key_path, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 0600);
    assert_false(master_key_open(&source, check_path, true, &key, &err));
    assert_int_equal(err.problem, INVALID);
    assert_non_null(strstr(err.detail, "not the master key"));

    /* The check is there, so a lost key is never replaced by a new one. */
    unlink(key_path);
    err = (struct error){ 0 };
    assert_false(master_key_open(&source, check_path, true, &key, &err));
    assert_int_equal(err.problem, NOT_FOUND);
    assert_int_equal(access(key_path, F_OK), -1);

    /* Data without a check value: a key that is there is taken, and not called the right one. */
    unlink(check_path);
    file_put(key_path, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 0600);
    err = (struct error){ 0 };
    assert_true(master_key_open(&source, check_path, false, &key, &err));
    assert_int_equal(access(check_path, F_OK), -1);

    file_put(check_path, "short", 0600);
    err = (struct error){ 0 };
    assert_false(master_key_open(&source, check_path, true, &key, &err));
    assert_non_null(strstr(err.detail, "damaged"));
}

struct opening {
    pthread_barrier_t *together;
    bool ok;
    struct secret_key key;
};

static void *key_open(void *with)
{
    struct opening *o = with;
    struct master_key_source source = { .default_file = key_path };
    struct error err = { 0 };
    pthread_barrier_wait(o->together);
    o->ok = master_key_open(&source, check_path, true, &o->key, &err);
    return NULL;
}

/* A key that one of them goes on with, while the file holds another's, would be lost. */
static void test_made_once_by_several(void **state)
{
    (void)state;
    enum { ROUNDS = 100, OPENERS = 4 };
    pthread_barrier_t together;
    assert_int_equal(pthread_barrier_init(&together, NULL, OPENERS), 0);
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t thread[OPENERS];
        struct opening opening[OPENERS];
        struct secret_key kept;
        struct error err = { 0 };
        for (int i = 0; i < OPENERS; i++) {
            opening[i] = (struct opening){ .together = &together };
            assert_int_equal(pthread_create(&thread[i], NULL, key_open, &opening[i]), 0);
        }
        for (int i = 0; i < OPENERS; i++)
            pthread_join(thread[i], NULL);
        assert_true(master_key_open(&(struct master_key_source){ .default_file = key_path },
                                    check_path, false, &kept, &err));
        for (int i = 0; i < OPENERS; i++)
            assert_true(opening[i].ok && secret_key_equal(&opening[i].key, &kept));
        unlink(key_path);
        unlink(check_path);
    }
    pthread_barrier_destroy(&together);
}

static void test_environment(void **state)
{
    (void)state;
    setenv("VOW_MASTER_KEY", "a", 1);
    setenv("VOW_MASTER_KEY_FILE", "b", 1);
    setenv("CREDENTIALS_DIRECTORY", "c", 1);
    struct master_key_source source;
    master_key_source_make("d", &source);
    assert_string_equal(source.value, "a");
    assert_string_equal(source.file, "b");
    assert_string_equal(source.credentials, "c");
    assert_string_equal(source.default_file, "d");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        IN_FOLDER(test_missing_key_is_not_made),
        IN_FOLDER(test_made_once),
        IN_FOLDER(test_credential),
        IN_FOLDER(test_bad_files),
        IN_FOLDER(test_wrong_key_is_recognised),
        IN_FOLDER(test_made_once_by_several),
        cmocka_unit_test(test_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
