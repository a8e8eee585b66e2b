/* egress_fixture.c: starting and ending egress, and taking what comes of a call. */
#include "egress_fixture.h"

#include "egress.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>

const char body_whole[] = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
                          "\"content\":\"Hi \\\"PERSON_1\\\" \\u00e9\"}]}";
const char body_stream[] = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
                           "\"content\":\"Hi \\\"PERSON_1\\\" \\u00e9\"}],\"stream\":true}";
const char good_text[] = "Gr\xc3\xbc\xc3\x9f"
                         "e: steady week, 38 hours \xf0\x9f\x93\x88.";

void egress_become(char **args)
{
    if (!strcmp(args[0], "egress"))
        _exit(egress_main(atoi(args[1]), &(struct egress_plan){ .extra_ca = args[2] }));
}

/* A program of its own: the threads of this one may hold locks of the allocator when it forks. */
void egress_start(struct house *h)
{
    char channel[16];
    pid_t parent = getpid();
    snprintf(channel, sizeof channel, "%d", h->pair[1]);
    const char *args[] = { "egress", channel, h->extra_ca, NULL };
    h->egress = fork();
    assert_true(h->egress >= 0);
    if (h->egress)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    if (fcntl(h->pair[1], F_SETFD, 0))
        _exit(1);
    execv("/proc/self/exe", (char **)(uintptr_t)args);
    _exit(1);
}

int egress_wait(struct house *h)
{
    int status;
    assert_int_equal(waitpid(h->egress, &status, 0), h->egress);
    return status;
}

void egress_kill(struct house *h)
{
    kill(h->egress, SIGKILL);
    (void)egress_wait(h);
}

int house_open(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    assert_true(provider_start(&h->provider));
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, h->pair), 0);
    egress_start(h);
    h->client = egress_client_new(h->pair[0]);
    assert_non_null(h->client);
    *state = h;
    return 0;
}

int house_close(void **state)
{
    struct house *h = *state;
    egress_client_free(h->client);
    egress_kill(h);
    provider_stop(&h->provider);
    close(h->pair[0]);
    close(h->pair[1]);
    free(h);
    return 0;
}

struct egress_call *call_new(struct house *h, const char *behaviour, const char *body, bool stream,
                             uint32_t retries)
{
    char url[160];
    struct error err = { 0 };
    struct egress_request in = {
        .url = provider_url(&h->provider, behaviour, url),
        .key = "sk-test",
        .body = { body, strlen(body) },
        .stream = stream,
        .local = true,
        .first_byte_ms = 300,
        .total_ms = LONG_MS,
        .retries = retries,
    };
    if (strcmp(behaviour, "silent") != 0 && strcmp(behaviour, "stall") != 0)
        in.first_byte_ms = LONG_MS;
    struct egress_call *call = egress_call_new(h->client, &in, &err);
    assert_non_null(call);
    return call;
}

struct egress_end call_finish(struct egress_call *call, char **text)
{
    struct egress_event e;
    size_t len = 0;
    *text = calloc(1, 1);
    for (;;) {
        assert_true(egress_next(call, LONG_MS, &e));
        if (e.kind == EGRESS_END)
            break;
        *text = realloc(*text, len + e.len + 1);
        memcpy(*text + len, e.text, e.len + 1);
        len += e.len;
    }
    egress_call_free(call);
    return e.end;
}
