/* attempt.c: libcurl's options and callbacks for one HTTP exchange. */
#include "attempt.h"

#include "address.h"
#include "base/arena.h"
#include "base/wait.h"
#include "sender.h"
#include "sockets.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { CONNECT_MS = 10000 };

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
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0)
        return CURL_SOCKET_BAD;
    sockets_opened(t->sockets, fd);
    return fd;
}

static int on_close(void *user, curl_socket_t fd)
{
    sockets_closed(user, fd);
    return close(fd);
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
    t->quiet_at = clock_ms() + t->begin.first_byte_ms;
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
    curl_easy_getinfo(t->handle->easy, CURLINFO_CONTENT_TYPE, &type);
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
    t->quiet_at = clock_ms() + t->begin.first_byte_ms;
    t->answer_bytes += n;
    t->end.received += n;
    curl_easy_getinfo(t->handle->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return failure_add(t, at, n) ? n : 0;
    if (!t->reader)
        t->reason = answer_open(t);
    if (!t->reason)
        t->reason = openai_reader_feed(t->reader, at, n);
    return t->reason ? 0 : n;
}

static void options_set(CURL *easy, const char *extra_ca, struct sockets *sockets)
{
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
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, sockets);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
}

struct handle *handle_new(const char *extra_ca, struct sockets *sockets)
{
    struct handle *h = calloc(1, sizeof *h);
    if (!h)
        abort();
    h->easy = curl_easy_init();
    h->url = curl_url();
    if (!h->easy || !h->url) {
        handle_free(h);
        return NULL;
    }
    options_set(h->easy, extra_ca, sockets);
    return h;
}

void handle_free(struct handle *h)
{
    if (!h)
        return;
    curl_easy_cleanup(h->easy);
    curl_url_cleanup(h->url);
    free(h);
}

bool handle_knows(const struct handle *h, const struct message_begin *in)
{
    return h->local == in->local && !strcmp(h->address, in->url);
}

static void handle_forget(struct handle *h)
{
    curl_easy_setopt(h->easy, CURLOPT_URL, NULL);
    curl_easy_setopt(h->easy, CURLOPT_CURLU, NULL);
    curl_url_set(h->url, CURLUPART_URL, NULL, 0);
    h->address[0] = 0;
}

/* The address is taken apart once, not for every request. */
static bool handle_aim(struct handle *h, const struct message_begin *in)
{
    if (handle_knows(h, in))
        return true;
    handle_forget(h);
    if (curl_url_set(h->url, CURLUPART_URL, in->url, 0))
        return false;
    curl_easy_setopt(h->easy, CURLOPT_CURLU, h->url);
    curl_easy_setopt(h->easy, CURLOPT_PROTOCOLS_STR, in->local ? "http,https" : "https");
    h->local = in->local;
    strcpy(h->address, in->url);
    return true;
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

enum egress_reason attempt_start(struct transfer *t, CURLM *multi, struct handle *h)
{
    uint32_t patience = t->begin.first_byte_ms;
    CURL *easy = h->easy;
    t->handle = h;
    t->reason = EGRESS_OK;
    t->address_refused = t->paused = false;
    t->header_bytes = t->answer_bytes = t->failure_len = 0;
    t->quiet_at = clock_ms() + patience;
    t->retry_at = INT64_MAX;
    t->headers = headers_new(&t->begin);
    t->end.status = 0;
    t->end.retry_after_s = -1;
    if (!handle_aim(h, &t->begin))
        return EGRESS_UNSENDABLE;
    t->end.attempts++;
    t->end.sent += t->begin.body;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(patience < CONNECT_MS ? patience : CONNECT_MS));
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, t->body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)t->begin.body);
    return curl_multi_add_handle(multi, easy) == CURLM_OK ? EGRESS_OK : EGRESS_BUSY;
}

struct handle *attempt_stop(struct transfer *t, CURLM *multi)
{
    struct handle *h = t->handle;
    if (!h)
        return NULL;
    curl_multi_remove_handle(multi, h->easy);
    curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, NULL);
    if (strpbrk(h->address, "@?")) /* it may hold a secret */
        handle_forget(h);
    for (struct curl_slist *line = t->headers; line; line = line->next)
        wipe(line->data, strlen(line->data));
    curl_slist_free_all(t->headers);
    openai_reader_free(t->reader);
    if (t->failure)
        wipe(t->failure, t->failure_len);
    free(t->failure);
    t->handle = NULL;
    t->headers = NULL;
    t->reader = NULL;
    t->failure = NULL;
    return h;
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
    curl_easy_getinfo(t->handle->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->handle->easy, CURLINFO_RETRY_AFTER, &wait);
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
