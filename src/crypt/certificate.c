/* certificate.c: X.509 by OpenSSL, with as little in it as browsers ask for. */
#include "certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20, DAYS = 3650 };

bool pem_file_read(struct arena *a, const char *path, const char **ret, struct error *err)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return error_set(err, UNAVAILABLE, "The file %.120s cannot be read: %s", path,
                         strerror(errno));
    char *text = arena_alloc(a, FILE_MAX + 1);
    size_t n = fread(text, 1, FILE_MAX + 1, f);
    bool ok = !ferror(f) && n <= FILE_MAX;
    fclose(f);
    if (!ok)
        return error_set(err, UNAVAILABLE, "The file %.120s cannot be read", path);
    *ret = arena_text(a, text, n);
    return true;
}

static bool extension_add(X509 *cert, int nid, const char *value)
{
    X509V3_CTX with;
    X509V3_set_ctx(&with, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &with, nid, value);
    bool ok = e && X509_add_ext(cert, e, -1) == 1;
    X509_EXTENSION_free(e);
    return ok;
}

static bool names_set(X509 *cert)
{
    char host[64] = "localhost", names[200];
    gethostname(host, sizeof host - 1);
    X509_NAME *name = X509_get_subject_name(cert);
    snprintf(names, sizeof names, "DNS:localhost,DNS:%s,IP:127.0.0.1,IP:::1", host);
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (unsigned char *)"vow", -1, -1,
                                      0) == 1 &&
           X509_set_issuer_name(cert, name) == 1 &&
           extension_add(cert, NID_subject_alt_name, names) &&
           extension_add(cert, NID_basic_constraints, "critical,CA:FALSE") &&
           extension_add(cert, NID_ext_key_usage, "serverAuth");
}

static bool certificate_fill(X509 *cert, EVP_PKEY *key)
{
    unsigned char serial[8];
    if (RAND_bytes(serial, sizeof serial) != 1)
        return false;
    BIGNUM *n = BN_bin2bn(serial, sizeof serial, NULL);
    bool ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
    BN_free(n);
    return ok && X509_set_version(cert, 2) == 1 && X509_gmtime_adj(X509_getm_notBefore(cert), 0) &&
           X509_gmtime_adj(X509_getm_notAfter(cert), 86400L * DAYS) &&
           X509_set_pubkey(cert, key) == 1 && names_set(cert) &&
           X509_sign(cert, key, EVP_sha256()) > 0;
}

/* Writes a PEM file, readable by its owner alone. It is there whole or not at all, for one that is
   cut short would be taken for ours at every later start. */
static bool pem_write(const char *path, X509 *cert, EVP_PKEY *key)
{
    char made[PATH_MAX];
    if (snprintf(made, sizeof made, "%s.new", path) >= (int)sizeof made)
        return false;
    int fd = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        return false;
    bool ok = cert ? PEM_write_X509(f, cert) == 1
                   : PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1;
    ok = ok && !fflush(f) && !fsync(fd);
    return !fclose(f) && ok && !rename(made, path);
}

static bool certificate_make(const char *cert_path, const char *key_path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    bool ok = key && cert && certificate_fill(cert, key) && pem_write(key_path, NULL, key) &&
              pem_write(cert_path, cert, NULL);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ok;
}

bool certificate_own(struct arena *a, const char *dir, const char **cert, const char **key,
                     struct error *err)
{
    const char *cert_path = arena_printf(a, "%s/cert.pem", dir);
    const char *key_path = arena_printf(a, "%s/key.pem", dir);
    if (mkdir(dir, 0700) && errno != EEXIST)
        return error_set(err, UNAVAILABLE, "The folder %.120s cannot be made: %s", dir,
                         strerror(errno));
    if (access(cert_path, R_OK) && !certificate_make(cert_path, key_path))
        return error_set(err, UNAVAILABLE, "A certificate could not be made in %.120s", dir);
    return pem_file_read(a, cert_path, cert, err) && pem_file_read(a, key_path, key, err);
}
