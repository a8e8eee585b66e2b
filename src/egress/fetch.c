/* fetch.c: a browser's eye on our own pages. */
#include "fetch.h"

#include <curl/curl.h>

static size_t take(char *at, size_t size, size_t n, void *with)
{
    buffer_add(with, at, size * n);
    return size * n;
}

static struct curl_slist *headers_of(struct arena *a, const struct fetch *in)
{
    struct curl_slist *list = NULL;
    if (in->json)
        list = curl_slist_append(list, "Content-Type: application/json");
    if (in->stream)
        list = curl_slist_append(list, "Accept: text/event-stream");
    if (in->session)
        list = curl_slist_append(list, arena_printf(a, "Authorization: Bearer %s", in->session));
    if (in->key)
        list = curl_slist_append(list, arena_printf(a, "Idempotency-Key: %s", in->key));
    return list;
}

static void options_set(CURL *c, const struct fetch *in, struct buffer *head, struct buffer *body)
{
    curl_easy_setopt(c, CURLOPT_URL, in->url);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, head);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 15000L);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
    if (in->json)
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, in->json);
    if (in->old_tls)
        curl_easy_setopt(c, CURLOPT_SSLVERSION,
                         (long)CURL_SSLVERSION_TLSv1_0 | (long)CURL_SSLVERSION_MAX_TLSv1_1);
}

bool fetch_run(const struct fetch *in, int *status, struct buffer *head, struct buffer *body)
{
    CURL *c = curl_easy_init();
    long code = 0;
    if (!c)
        return false;
    struct curl_slist *headers = headers_of(head->arena, in);
    options_set(c, in, head, body);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    bool ok = curl_easy_perform(c) == CURLE_OK &&
              curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK;
    *status = (int)code;
    curl_easy_cleanup(c);
    curl_slist_free_all(headers);
    return ok;
}
