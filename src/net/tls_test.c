/* tls_test.c: what changes under TLS: versions, the cookie's name, strict transport security. */
#include "server_fixture.h"

#include <gnutls/gnutls.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* One conversation; NULL when the handshake fails. The certificate is our own, so not checked. */
static char *talk_tls(struct fixture *h, const char *priorities, const char *text)
{
    static char answer[1 << 16];
    gnutls_session_t session;
    gnutls_certificate_credentials_t credentials;
    size_t n = 0;
    ssize_t k;
    int fd = dial(h);
    gnutls_certificate_allocate_credentials(&credentials);
    gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL);
    gnutls_priority_set_direct(session, priorities, NULL);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
    gnutls_transport_set_int(session, fd);
    bool ok = gnutls_handshake(session) == GNUTLS_E_SUCCESS;
    if (ok)
        gnutls_record_send(session, text, strlen(text));
    while (ok && n < sizeof answer - 1 &&
           ((k = gnutls_record_recv(session, answer + n, sizeof answer - 1 - n)) > 0 ||
            k == GNUTLS_E_AGAIN))
        n += k > 0 ? (size_t)k : 0;
    answer[n] = 0;
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(credentials);
    close(fd);
    return ok ? answer : NULL;
}

static void modern_clients_are_answered(void **state)
{
    static const char *const versions[] = { "NORMAL:-VERS-ALL:+VERS-TLS1.3",
                                            "NORMAL:-VERS-ALL:+VERS-TLS1.2" };
    for (size_t i = 0; i < LENGTH(versions); i++) {
        char *r = talk_tls(*state, versions[i],
                           "GET /api/v1/things HTTP/1.1\r\nHost: localhost\r\n"
                           "Cookie: vow=plain; __Host-vow=secure\r\nConnection: close\r\n\r\n");
        assert_non_null(r);
        assert_status(r, 200);
        assert_has(r, "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n");
        assert_has(r, "\"secure\"");
    }
}

static void old_clients_are_refused(void **state)
{
    static const char *const versions[] = {
        "NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CBC",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA",
    };
    for (size_t i = 0; i < LENGTH(versions); i++)
        assert_null(talk_tls(*state, versions[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
}

static void cookies_are_bound_to_the_host(void **state)
{
    char *r = talk_tls(*state, "NORMAL",
                       "POST /api/v1/things HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                       "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n"
                       "{\"name\":\"x\"}");
    assert_status(r, 201);
    assert_has(r, "Set-Cookie: __Host-vow=token; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; "
                  "Secure\r\n");
}

static void plain_origins_are_foreign(void **state)
{
    char *r = talk_tls(*state, "NORMAL",
                       "GET /api/v1/things HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                       "Origin: http://localhost\r\n\r\n");
    assert_lacks(r, "\"same\"");
    r = talk_tls(*state, "NORMAL",
                 "GET /api/v1/things HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                 "Origin: https://localhost\r\n\r\n");
    assert_has(r, "\"same\"");
}

static void a_wrong_key_is_told(void **state)
{
    (void)state;
    struct server_config config = { .tls_cert = "no certificate", .tls_key = "no key" };
    struct server *server;
    struct error err = { 0 };
    assert_false(server_start(&config, &server, &err));
    assert_has(err.detail, "certificate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modern_clients_are_answered),
        cmocka_unit_test(old_clients_are_refused),
        cmocka_unit_test(cookies_are_bound_to_the_host),
        cmocka_unit_test(plain_origins_are_foreign),
        cmocka_unit_test(a_wrong_key_is_told),
    };
    return cmocka_run_group_tests(tests, fixture_open_tls, fixture_close);
}
