/* tls.h: a loopback provider behind TLS with a certificate made for the occasion. It answers every
   request with what came in last as "content", so that a canary goes both ways. */
#ifndef VOW_TEST_TLS_H
#define VOW_TEST_TLS_H

#include "base/base.h"

#include <sys/types.h>

struct tls_provider {
    pid_t pid;
    uint16_t port;
};

/* Serves https://localhost:PORT/ (any path) from a child that dies with this process; the
   self-signed certificate is written to `ca`. */
MUST_USE bool tls_provider_start(struct tls_provider *ret, const char *ca);
void tls_provider_stop(struct tls_provider *p);

#endif
