/* fetch.h: one request by libcurl, for the command line asking its own server; no part of the
   process that reaches providers. */
#ifndef VOW_FETCH_H
#define VOW_FETCH_H

#include "base/buffer.h"

struct fetch {
    const char *url;
    const char *json;    /* the body of a POST; NULL: a GET */
    const char *session; /* bearer token; NULL: none */
    const char *key;     /* Idempotency-Key; NULL: none */
    bool stream;         /* asks for server-sent events */
    bool old_tls;        /* offers at most TLS 1.1 */
};

/* Status, headers and body of the answer. The certificate is not judged: it is our own. False: no
   answer came. */
MUST_USE bool fetch_run(const struct fetch *in, int *status, struct buffer *head,
                        struct buffer *body);

#endif
