/* egress_bench.c: what the way through the egress process adds to a call to a provider: the same
   body to the same loopback provider, directly over one kept connection and through egress. */
#include "client.h"
#include "egress.h"
#include "provider.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WARM = 2000, ONE = 10000, MANY = 60000, MOST = 16 };

static const char body_whole[] =
    "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"You summarise time data in "
    "two "
    "sentences, kindly, without judging people.\"},{\"role\":\"user\",\"content\":\"Monday 8.5 h, "
    "Tuesday 7 h, Wednesday 9 h, Thursday 6.5 h, Friday 7 h on PROJECT_1 and PROJECT_2.\"}],"
    "\"store\":false,\"max_completion_tokens\":300}";
static const char body_stream[] =
    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Monday 8.5 h, Tuesday 7 h\"}],"
    "\"store\":false,\"stream\":true,\"stream_options\":{\"include_usage\":true}}";

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times, size_t n)
{
    qsort(times, n, sizeof *times, compare);
    return times[n / 2];
}

/* ---- directly ---- */

static void direct_once(int s, const char *request, size_t n, bool stream)
{
    static char answer[65536];
    size_t have = 0;
    if (send(s, request, n, MSG_NOSIGNAL) != (ssize_t)n)
        abort();
    for (;;) {
        ssize_t got = recv(s, answer + have, sizeof answer - have - 1, 0);
        if (got <= 0)
            abort();
        have += (size_t)got;
        answer[have] = 0;
        if (stream && have > 5 && !strcmp(answer + have - 5, "0\r\n\r\n"))
            return;
        const char *end = stream ? NULL : strstr(answer, "\r\n\r\n");
        const char *length = end ? strstr(answer, "Content-Length: ") : NULL;
        if (length && have >= (size_t)(end + 4 - answer) + strtoul(length + 16, NULL, 10))
            return;
    }
}

static double direct_p50(const struct provider *p, const char *body, bool stream)
{
    static double times[ONE];
    char request[2000];
    int one = 1, s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(p->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int n = snprintf(request, sizeof request,
                     "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: "
                     "application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     strlen(body), body);
    if (s < 0 || connect(s, (struct sockaddr *)&at, sizeof at))
        abort();
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (size_t i = 0; i < WARM; i++)
        direct_once(s, request, (size_t)n, stream);
    for (size_t i = 0; i < ONE; i++) {
        double from = now_us();
        direct_once(s, request, (size_t)n, stream);
        times[i] = now_us() - from;
    }
    close(s);
    return median(times, ONE);
}

/* ---- through egress ---- */

struct load {
    struct egress_client *client;
    struct egress_request request;
    pthread_mutex_t lock;
    pthread_cond_t done;
    size_t left, under_way;
};

static void request_next(struct load *l);

static void on_event(void *user, const struct egress_event *e)
{
    struct load *l = user;
    if (e->kind != EGRESS_END)
        return;
    if (e->end.reason != EGRESS_OK)
        abort();
    pthread_mutex_lock(&l->lock);
    bool more = l->left > 0;
    if (more)
        l->left--;
    else if (!--l->under_way)
        pthread_cond_signal(&l->done);
    pthread_mutex_unlock(&l->lock);
    if (more)
        request_next(l);
}

static void request_next(struct load *l)
{
    struct error err = { 0 };
    uint64_t id;
    if (!egress_send(l->client, &l->request, on_event, l, &err, &id))
        abort();
}

/* `count` requests, `width` at a time; returns requests per second. */
static double load_run(struct load *l, size_t count, size_t width)
{
    double from = now_us();
    l->left = count - width;
    l->under_way = width;
    for (size_t i = 0; i < width; i++)
        request_next(l);
    pthread_mutex_lock(&l->lock);
    while (l->under_way)
        pthread_cond_wait(&l->done, &l->lock);
    pthread_mutex_unlock(&l->lock);
    return (double)count * 1e6 / (now_us() - from);
}

static void call_once(struct load *l)
{
    struct error err = { 0 };
    struct egress_event e;
    struct egress_call *call = egress_call_new(l->client, &l->request, &err);
    do
        if (!call || !egress_next(call, 10000, &e))
            abort();
    while (e.kind != EGRESS_END);
    if (e.end.reason != EGRESS_OK)
        abort();
    egress_call_free(call);
}

static double call_p50(struct load *l)
{
    static double times[ONE];
    for (size_t i = 0; i < WARM; i++)
        call_once(l);
    for (size_t i = 0; i < ONE; i++) {
        double from = now_us();
        call_once(l);
        times[i] = now_us() - from;
    }
    return median(times, ONE);
}

static void request_set(struct load *l, const char *url, const char *body, bool stream)
{
    l->request = (struct egress_request){ .url = url,
                                          .key = "sk-bench",
                                          .stream = stream,
                                          .body = { body, strlen(body) },
                                          .local = true };
}

int main(void)
{
    struct provider p;
    int pair[2];
    char url[160];
    if (!provider_start(&p) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return 1;
    pid_t parent = getpid(), egress = fork();
    if (!egress) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        close(pair[0]);
        _exit(egress_main(pair[1], &(struct egress_plan){ 0 }));
    }
    struct load l = { .client = egress_client_new(pair[0]),
                      .lock = PTHREAD_MUTEX_INITIALIZER,
                      .done = PTHREAD_COND_INITIALIZER };
    if (egress < 0 || !l.client)
        return 1;
    provider_url(&p, "", url);

    double direct = direct_p50(&p, body_whole, false);
    request_set(&l, url, body_whole, false);
    double through = call_p50(&l);
    printf("{\"name\":\"egress.added_p50_us\",\"value\":%.1f,\"detail\":\"%.1f us through egress, "
           "%.1f us directly\"}\n",
           through - direct, through, direct);
    double rate = load_run(&l, MANY, MOST);
    printf("{\"name\":\"egress.rate_16\",\"value\":%.0f}\n", rate);
    double direct_stream = direct_p50(&p, body_stream, true);
    request_set(&l, url, body_stream, true);
    through = call_p50(&l);
    printf("{\"name\":\"egress.added_stream_p50_us\",\"value\":%.1f,\"detail\":\"%.1f us through "
           "egress, %.1f us directly\"}\n",
           through - direct_stream, through, direct_stream);
    printf("{\"name\":\"egress.stream_rate_16\",\"value\":%.0f}\n", load_run(&l, MANY / 2, MOST));

    egress_client_free(l.client);
    kill(egress, SIGKILL);
    waitpid(egress, NULL, 0);
    provider_stop(&p);
    return 0;
}
