/* tls.c: the smallest server that speaks TLS and Chat Completions. */
#include "tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static X509 *certificate_make(EVP_PKEY *key)
{
    X509 *x = X509_new();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_NAME *name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(x, name);
    X509_set_pubkey(x, key);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:localhost");
    X509_EXTENSION *basic = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "CA:TRUE");
    X509_add_ext(x, names, -1);
    X509_add_ext(x, basic, -1);
    X509_EXTENSION_free(names);
    X509_EXTENSION_free(basic);
    X509_sign(x, key, EVP_sha256());
    return x;
}

static SSL_CTX *context_make(const char *ca)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = certificate_make(key);
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    FILE *f = fopen(ca, "we");
    if (!f || !PEM_write_X509(f, x) || SSL_CTX_use_certificate(ctx, x) != 1 ||
        SSL_CTX_use_PrivateKey(ctx, key) != 1)
        abort();
    fclose(f);
    X509_free(x);
    EVP_PKEY_free(key);
    return ctx;
}

/* Answers one request; false when the connection is over. */
static bool answer_one(SSL *ssl)
{
    char in[8192] = "", body[9000], out[9500];
    size_t have = 0;
    const char *end, *length;
    for (;;) {
        int n = SSL_read(ssl, in + have, (int)(sizeof in - have - 1));
        if (n <= 0)
            return false;
        have += (size_t)n;
        in[have] = 0;
        end = strstr(in, "\r\n\r\n");
        length = strstr(in, "Content-Length: ");
        if (end && length && have >= (size_t)(end + 4 - in) + strtoul(length + 16, NULL, 10))
            break;
    }
    const char *content = strstr(end, "\"content\":\"");
    int n = content ? (int)strcspn(content + 11, "\"") : 0;
    int len = snprintf(body, sizeof body,
                       "{\"choices\":[{\"message\":{\"content\":\"%.*s\"},"
                       "\"finish_reason\":\"stop\"}]}",
                       n, content ? content + 11 : "");
    n = snprintf(
        out, sizeof out,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len,
        body);
    return SSL_write(ssl, out, n) == n;
}

static void serve(int listener, SSL_CTX *ctx)
{
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int s = accept(listener, NULL, NULL);
        if (s >= 0 && !fork()) {
            SSL *ssl = SSL_new(ctx);
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            SSL_set_fd(ssl, s);
            if (SSL_accept(ssl) == 1)
                while (answer_one(ssl))
                    ;
            _exit(0);
        }
        close(s);
    }
}

bool tls_provider_start(struct tls_provider *ret, const char *ca)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&at, n) || listen(listener, 64) ||
        getsockname(listener, (struct sockaddr *)&at, &n))
        return false;
    SSL_CTX *ctx = context_make(ca);
    pid_t parent = getpid(), pid = fork();
    if (!pid) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        signal(SIGPIPE, SIG_IGN);
        serve(listener, ctx);
    }
    close(listener);
    SSL_CTX_free(ctx);
    *ret = (struct tls_provider){ pid, ntohs(at.sin_port) };
    return pid > 0;
}

void tls_provider_stop(struct tls_provider *p)
{
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
}
