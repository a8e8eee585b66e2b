/* certificate_test.c: the certificate that the program makes for itself. */
#include "certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], tls[80];
static struct arena arena;

static const char *in_tls(const char *name)
{
    return arena_printf(&arena, "%s/%s", tls, name);
}

static int setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/vow-certificate-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(tls, sizeof tls, "%s/tls", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(in_tls("cert.pem"));
    unlink(in_tls("key.pem"));
    rmdir(tls);
    arena_done(&arena);
    return rmdir(folder);
}

static X509 *cert_of(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(cert);
    return cert;
}

static EVP_PKEY *key_of(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(key);
    return key;
}

static void test_made_and_kept(void **state)
{
    (void)state;
    struct error err = { 0 };
    const char *cert_pem, *key_pem, *cert_again, *key_again;
    assert_true(certificate_own(&arena, tls, &cert_pem, &key_pem, &err));
    X509 *cert = cert_of(cert_pem);
    EVP_PKEY *key = key_of(key_pem);
    assert_int_equal(X509_check_private_key(cert, key), 1);
    assert_int_equal(X509_verify(cert, key), 1);
    assert_int_equal(X509_check_host(cert, "localhost", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(cert, "127.0.0.1", 0), 1);
    assert_int_equal(X509_check_ip_asc(cert, "::1", 0), 1);
    assert_int_equal(X509_check_host(cert, "example.org", 0, 0, NULL), 0);
    assert_true(X509_cmp_current_time(X509_get0_notAfter(cert)) > 0);
    X509_free(cert);
    EVP_PKEY_free(key);

    struct stat st;
    assert_int_equal(stat(in_tls("key.pem"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(tls, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);

    assert_true(certificate_own(&arena, tls, &cert_again, &key_again, &err));
    assert_string_equal(cert_pem, cert_again);
    assert_string_equal(key_pem, key_again);
}

/* Died between key and certificate: both are made anew, and belong together. */
static void test_half_made(void **state)
{
    (void)state;
    struct error err = { 0 };
    const char *cert_pem, *key_pem;
    assert_true(certificate_own(&arena, tls, &cert_pem, &key_pem, &err));
    unlink(in_tls("cert.pem"));
    assert_true(certificate_own(&arena, tls, &cert_pem, &key_pem, &err));
    X509 *cert = cert_of(cert_pem);
    EVP_PKEY *key = key_of(key_pem);
    assert_int_equal(X509_check_private_key(cert, key), 1);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static void test_failures(void **state)
{
    (void)state;
    struct error err = { 0 };
    const char *cert, *key;
    assert_false(certificate_own(&arena, "/nowhere/tls", &cert, &key, &err));
    assert_int_equal(err.problem, UNAVAILABLE);
    err = (struct error){ 0 };
    assert_false(pem_file_read(&arena, in_tls("none"), &cert, &err));
    assert_int_equal(err.problem, UNAVAILABLE);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_made_and_kept),
        IN_FOLDER(test_half_made),
        IN_FOLDER(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
