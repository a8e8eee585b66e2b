/* attempt.h: one HTTP exchange of a request, and what the request keeps between attempts. */
#ifndef VOW_EGRESS_ATTEMPT_H
#define VOW_EGRESS_ATTEMPT_H

#include "message.h"
#include "openai.h"

#include <curl/curl.h>

struct sender;

struct transfer {
    uint64_t id;
    struct sender *out;
    struct message_begin begin;
    char *body;
    size_t body_have;

    CURL *easy; /* NULL between attempts */
    struct curl_slist *headers;
    struct openai_reader *reader;
    char *failure; /* the body of an answer with an error status, cut to ATTEMPT_FAILURE */
    size_t failure_len;
    size_t header_bytes, answer_bytes; /* of this attempt */
    enum egress_reason reason;         /* why we broke the attempt off */
    bool address_refused, paused;
    bool told;       /* text went to core: no further attempt */
    size_t underway; /* bytes of text sent to core and not yet consumed there */

    int64_t quiet_at, total_at, retry_at; /* ms, monotonic; INT64_MAX: never */
    struct egress_end end;
};

enum {
    ATTEMPT_FAILURE = 16 << 10, /* bytes looked at to find an error code */
    ATTEMPT_HEADERS = 64 << 10, /* bytes of response headers */
};

/* Monotonic milliseconds. */
int64_t attempt_clock(void);

/* A handle with everything that is the same for all requests; NULL when libcurl has none. */
CURL *attempt_handle(const char *extra_ca);

/* Gives the request to `multi` with `easy`, which it keeps until attempt_stop. */
MUST_USE bool attempt_start(struct transfer *t, CURLM *multi, CURL *easy);

/* Ends the exchange and forgets all of it; returns the handle, which holds nothing of it. */
CURL *attempt_stop(struct transfer *t, CURLM *multi);

/* How the exchange ended; sets the sums in t->end. */
enum egress_reason attempt_result(struct transfer *t, CURLcode code);

/* Whether the request's URL may be used at all. */
enum egress_reason attempt_allowed(const struct message_begin *in);

#endif
