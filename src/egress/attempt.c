/* attempt.c: libcurl's options and callbacks for one HTTP exchange. */
#include "attempt.h"

#include "address.h"
#include "base/arena.h"
#include "sender.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { CONNECT_MS = 10000 };

int64_t attempt_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum egress_reason attempt_allowed(const struct message_begin *in)
{
    if (!strncasecmp(in->url, "https://", 8))
        return EGRESS_OK;
    if (strncasecmp(in->url, "http://", 7))
        return EGRESS_UNSENDABLE;
    return in->local ? EGRESS_OK : EGRESS_PLAIN_HTTP;
}

/* Runs behind name resolution, for every address that is tried: a name that now leads elsewhere
   than when somebody checked it gains nothing. */
static curl_socket_t on_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *t = user;
    if (purpose != CURLSOCKTYPE_IPCXN || (!t->begin.local && !address_public(&address->addr))) {
        t->address_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Runs before each request, also on a connection that is reused: a connection that was opened for
   a local provider must not serve one that is not. */
static int on_request(void *user, char *peer, char *own, int peer_port, int own_port)
{
    struct transfer *t = user;
    (void)own;
    (void)peer_port;
    (void)own_port;
    if (t->begin.local || address_public_text(peer))
        return CURL_PREREQFUNC_OK;
    t->reason = EGRESS_ADDRESS;
    return CURL_PREREQFUNC_ABORT;
}

static size_t on_header(char *at, size_t size, size_t n, void *user)
{
    struct transfer *t = user;
    (void)at;
    t->header_bytes += size * n;
    t->quiet_at = attempt_clock() + t->begin.first_byte_ms;
    if (t->header_bytes <= ATTEMPT_HEADERS)
        return size * n;
    t->reason = EGRESS_OVERSIZE;
    return 0;
}

static void on_text(void *user, const char *text, size_t n)
{
    struct transfer *t = user;
    t->told = true;
    t->underway += n;
    sender_text(t->out, t->id, text, n);
}

static bool failure_add(struct transfer *t, const char *at, size_t n)
{
    if (!t->failure && !(t->failure = malloc(ATTEMPT_FAILURE)))
        abort();
    size_t room = ATTEMPT_FAILURE - t->failure_len;
    size_t take = n < room ? n : room;
    memcpy(t->failure + t->failure_len, at, take);
    t->failure_len += take;
    return t->answer_bytes <= 4 * ATTEMPT_FAILURE;
}

static enum egress_reason answer_open(struct transfer *t)
{
    const char *type = NULL;
    curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
    bool stream = type && !strncasecmp(type, "text/event-stream", 17);
    if (!stream && (!type || strncasecmp(type, "application/json", 16)))
        return EGRESS_GARBLED;
    t->reader = openai_reader_new(stream, t->begin.answer_max, on_text, t);
    return EGRESS_OK;
}

static size_t on_body(char *at, size_t size, size_t n, void *user)
{
    struct transfer *t = user;
    long status = 0;
    n *= size;
    if (t->underway >= MESSAGE_WINDOW) {
        t->paused = true;
        t->quiet_at = INT64_MAX;
        return CURL_WRITEFUNC_PAUSE;
    }
    t->quiet_at = attempt_clock() + t->begin.first_byte_ms;
    t->answer_bytes += n;
    t->end.received += n;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return failure_add(t, at, n) ? n : 0;
    if (!t->reader)
        t->reason = answer_open(t);
    if (!t->reason)
        t->reason = openai_reader_feed(t->reader, at, n);
    return t->reason ? 0 : n;
}

CURL *attempt_handle(const char *extra_ca)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return NULL;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (extra_ca) /* the system's stay trusted by CURLOPT_CAPATH */
        curl_easy_setopt(easy, CURLOPT_CAINFO, extra_ca);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "vow");
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    return easy;
}

static struct curl_slist *headers_new(const struct message_begin *in)
{
    struct curl_slist *list = NULL;
    list = curl_slist_append(list, "Content-Type: application/json");
    list = curl_slist_append(list,
                             in->stream ? "Accept: text/event-stream" : "Accept: application/json");
    list = curl_slist_append(list, "Expect:"); /* no round trip to ask for leave */
    if (in->key[0]) {
        char line[EGRESS_KEY_MAX + 32] = "Authorization: Bearer ";
        strcat(line, in->key);
        list = curl_slist_append(list, line);
        wipe(line, sizeof line);
    }
    return list;
}

bool attempt_start(struct transfer *t, CURLM *multi, CURL *easy)
{
    uint32_t patience = t->begin.first_byte_ms;
    t->easy = easy;
    t->reason = EGRESS_OK;
    t->address_refused = t->paused = false;
    t->header_bytes = t->answer_bytes = t->failure_len = 0;
    t->quiet_at = attempt_clock() + patience;
    t->retry_at = INT64_MAX;
    t->headers = headers_new(&t->begin);
    t->end.attempts++;
    t->end.sent += t->begin.body;
    t->end.status = 0;
    t->end.retry_after_s = -1;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, t->begin.local ? "http,https" : "https");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(patience < CONNECT_MS ? patience : CONNECT_MS));
    curl_easy_setopt(easy, CURLOPT_URL, t->begin.url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, t->body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)t->begin.body);
    return curl_multi_add_handle(multi, easy) == CURLM_OK;
}

CURL *attempt_stop(struct transfer *t, CURLM *multi)
{
    CURL *easy = t->easy;
    if (!easy)
        return NULL;
    curl_multi_remove_handle(multi, easy);
    curl_easy_setopt(easy, CURLOPT_URL, NULL);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
    for (struct curl_slist *h = t->headers; h; h = h->next)
        wipe(h->data, strlen(h->data));
    curl_slist_free_all(t->headers);
    openai_reader_free(t->reader);
    if (t->failure)
        wipe(t->failure, t->failure_len);
    free(t->failure);
    t->easy = NULL;
    t->headers = NULL;
    t->reader = NULL;
    t->failure = NULL;
    return easy;
}

static enum egress_reason code_reason(const struct transfer *t, CURLcode code)
{
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return EGRESS_CERTIFICATE;
    case CURLE_URL_MALFORMAT:
        return EGRESS_UNSENDABLE;
    case CURLE_UNSUPPORTED_PROTOCOL: /* an answer that is not HTTP/1 or later */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return EGRESS_GARBLED;
    case CURLE_OPERATION_TIMEDOUT:
        return EGRESS_SILENT;
    default:
        return t->header_bytes ? EGRESS_CUT_OFF : EGRESS_UNREACHABLE;
    }
}

enum egress_reason attempt_result(struct transfer *t, CURLcode code)
{
    long status = 0;
    curl_off_t wait = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &wait);
    t->end.status = status >= 0 && status <= 999 ? (int32_t)status : 0;
    t->end.retry_after_s = wait > 0 && wait < 1 << 30 ? (int32_t)wait : -1;
    enum egress_reason read = t->reader && !code ? openai_reader_end(t->reader) : EGRESS_OK;
    if (t->reader)
        openai_reader_sum(t->reader, &t->end);
    if (t->reason)
        return t->reason;
    if (status && status != 200 && (!code || code == CURLE_WRITE_ERROR))
        return openai_error((int)status, t->failure, t->failure_len);
    if (code && t->address_refused)
        return EGRESS_ADDRESS;
    if (code)
        return code_reason(t, code);
    return t->reader ? read : EGRESS_GARBLED;
}
