/* attempt.h: one HTTP exchange of a request, and what the request keeps between attempts. */
#ifndef VOW_EGRESS_ATTEMPT_H
#define VOW_EGRESS_ATTEMPT_H

#include "message.h"
#include "openai.h"

#include <curl/curl.h>

struct sender;
struct sockets;

/* What libcurl needs for a request, kept for the next one with the address it went to. */
struct handle {
    CURL *easy;
    CURLU *url;
    bool local;
    char address[EGRESS_URL_MAX]; /* what `url` says; "": nothing */
};

struct transfer {
    struct transfer *next; /* of those that are over */
    uint64_t id;
    struct sender *out;
    struct sockets *sockets;
    struct message_begin begin;
    char *body;
    size_t body_have;

    struct handle *handle; /* NULL between attempts */
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

/* A handle with everything that is the same for all requests; NULL when libcurl has none. Its
   connections' sockets are noted in `sockets`. */
struct handle *handle_new(const char *extra_ca, struct sockets *sockets);
void handle_free(struct handle *h); /* accepts NULL */

/* Whether its last request went where this one goes to. */
bool handle_knows(const struct handle *h, const struct message_begin *in);

/* Gives the request to `multi` with `h`, which it keeps until attempt_stop. EGRESS_OK, or why it
   cannot be sent. */
MUST_USE enum egress_reason attempt_start(struct transfer *t, CURLM *multi, struct handle *h);

/* Ends the exchange and forgets all of it; returns the handle, which holds nothing of it but the
   address. */
struct handle *attempt_stop(struct transfer *t, CURLM *multi);

/* How the exchange ended; sets the sums in t->end. */
enum egress_reason attempt_result(struct transfer *t, CURLcode code);

/* Whether the request's URL may be used at all. */
enum egress_reason attempt_allowed(const struct message_begin *in);

#endif
