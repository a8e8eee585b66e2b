/* house_test.c: supervisor, core and egress together, each in its real sandbox, killed at any
   moment; and egress searched for what went through it. Run with --core or --egress this program is
   a child of the house. */
#include "client.h"
#include "egress.h"
#include "memory.h"
#include "process.h"
#include "provider.h"
#include "sandbox.h"
#include "sanitized.h"
#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONG_MS = 20000, PATIENCE_S = 60 };

/* ---- core: each connection sends "URL BODY" and gets "REASON TEXT" ---- */

static void call_make(struct egress_client *client, char *line, char *to, size_t room)
{
    struct egress_event e = { 0 };
    struct error err = { 0 };
    char *body = strchr(line, ' ');
    *body++ = 0;
    struct egress_request in = { .url = line,
                                 .key = "sk-secret-key-of-this-test",
                                 .local = true,
                                 .body = { body, strlen(body) },
                                 .stream = strstr(body, "\"stream\":true") };
    struct egress_call *call = egress_call_new(client, &in, &err);
    char text[400] = "";
    while (call && e.kind != EGRESS_END && egress_next(call, LONG_MS, &e))
        if (e.kind == EGRESS_TEXT)
            strncat(text, e.text, sizeof text - strlen(text) - 1);
    snprintf(to, room, "%s %s", call ? egress_reason_name(e.end.reason) : err.detail, text);
    egress_call_free(call);
}

static int core_main(const char *folder)
{
    struct sandbox_report report;
    struct egress_client *client;
    if (!process_child("vow-core"))
        return 90;
    sandbox_core(&(struct sandbox_core){ .data = folder }, &report);
    if (!(client = egress_client_new(PROCESS_CHANNEL)))
        return 91;
    process_ready();
    for (;;) {
        struct pollfd want = { .fd = PROCESS_LISTEN, .events = POLLIN };
        char in[2000] = "", out[500];
        if (poll(&want, 1, -1) < 0)
            return 92;
        int s = accept4(PROCESS_LISTEN, NULL, NULL, SOCK_CLOEXEC);
        if (s < 0)
            continue;
        if (recv(s, in, sizeof in - 1, 0) > 0) {
            call_make(client, in, out, sizeof out);
            (void)!send(s, out, strlen(out), MSG_NOSIGNAL);
        }
        close(s);
    }
}

static int egress_start(const char *extra_ca)
{
    struct sandbox_report report;
    if (!process_child("vow-egress"))
        return 90;
    (void)sandbox_egress(extra_ca[0] ? extra_ca : NULL, &report);
    struct egress_plan plan = { .extra_ca = extra_ca[0] ? extra_ca : NULL, .ready = process_ready };
    return egress_main(PROCESS_CHANNEL, &plan);
}

/* ---- the house ---- */

struct house {
    struct provider provider;
    struct tls_provider tls;
    pid_t supervisor;
    int events;
    uint16_t port;
};

static char folder[] = "/tmp/house-test-XXXXXX", ca[] = "/tmp/house-ca-XXXXXX";

static void on_event(void *user, enum supervisor_event event, const char *text)
{
    if (event == SUPERVISOR_READY)
        dprintf(*(int *)user, "%s\n", strrchr(text, ':') + 1);
}

static int house_open(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    int ends[2];
    char line[16] = "";
    assert_non_null(mkdtemp(folder));
    close(mkstemp(ca));
    assert_true(provider_start(&h->provider) && tls_provider_start(&h->tls, ca));
    assert_int_equal(chmod(ca, 0644), 0);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t parent = getpid();
    h->supervisor = fork();
    if (!h->supervisor) {
        const char *core[] = { folder, NULL }, *egress[] = { ca, NULL };
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(99);
        _exit(supervisor_run(&(struct supervisor_plan){ .address = "127.0.0.1",
                                                        .core_args = core,
                                                        .egress_args = egress,
                                                        .event = on_event,
                                                        .user = &ends[1] }));
    }
    close(ends[1]);
    for (size_t n = 0; read(ends[0], line + n, 1) == 1 && line[n] != '\n'; n++)
        ;
    h->port = (uint16_t)atoi(line);
    assert_int_not_equal(h->port, 0);
    h->events = ends[0]; /* kept open: readiness is told again after each restart */
    *state = h;
    return 0;
}

static int house_close(void **state)
{
    struct house *h = *state;
    int status;
    kill(h->supervisor, SIGTERM);
    waitpid(h->supervisor, &status, 0);
    provider_stop(&h->provider);
    tls_provider_stop(&h->tls);
    close(h->events);
    free(h);
    unlink(ca);
    return rmdir(folder) || !WIFEXITED(status) || WEXITSTATUS(status);
}

/* Asks core for a call; false when core died over it. */
static bool house_call(const struct house *h, const char *url, const char *body, char to[500])
{
    char line[2000];
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(h->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int n = snprintf(line, sizeof line, "%s %s", url, body);
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(s, (struct sockaddr *)&at, sizeof at), 0);
    ssize_t got = send(s, line, (size_t)n, MSG_NOSIGNAL) == n ? recv(s, to, 499, 0) : -1;
    close(s);
    to[got > 0 ? got : 0] = 0;
    return got > 0;
}

/* The supervisor's child that runs with `flag`; 0 when there is none just now. */
static pid_t child_find(const struct house *h, const char *flag)
{
    char path[80], args[300];
    int pid;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", h->supervisor, h->supervisor);
    FILE *children = fopen(path, "re");
    pid_t found = 0;
    while (children && fscanf(children, "%d", &pid) == 1) {
        snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
        FILE *f = fopen(path, "re");
        size_t n = f ? fread(args, 1, sizeof args - 1, f) : 0;
        args[n] = 0;
        if (n && !strcmp(args + strlen(args) + 1, flag))
            found = pid;
        if (f)
            fclose(f);
    }
    if (children)
        fclose(children);
    return found;
}

static const char body[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"canary\"}],"
                           "\"stream\":true}";
static const char good_answer[] = "OK canary";

static void answers_over_its_two_processes(void **state)
{
    char url[160], to[500];
    struct house *h = *state;
    assert_true(house_call(h, provider_url(&h->provider, "echo", url), body, to));
    assert_string_equal(to, good_answer);
    snprintf(url, sizeof url, "https://localhost:%d/v1", h->tls.port);
    assert_true(house_call(h, url, body, to));
    assert_string_equal(to, good_answer);
    /* the name of a public provider is refused or unreachable here, but never allowed inwards */
    assert_true(house_call(h, "http://127.0.0.1:1/v1", body, to));
    assert_string_equal(to, "UNREACHABLE ");
}

/* kill -9 of either child or both while calls are under way: nothing hangs, what was under way says
   so or its connection ends, and the next calls are answered again. */
static void survives_kills(void **state)
{
    char url[160], slow[160], to[500];
    struct house *h = *state;
    provider_url(&h->provider, "echo", url);
    provider_url(&h->provider, "slow", slow);
    for (int i = 0; i < 24; i++) {
        pid_t caller = fork(); /* so that a call is under way when the kill comes */
        if (!caller)
            _exit(house_call(h, i % 2 ? slow : url, body, to) ? 0 : 1);
        for (int spin = 0; spin < i * 300; spin++)
            sched_yield();
        pid_t core = i % 3 != 1 ? child_find(h, PROCESS_CORE) : 0;
        pid_t egress = i % 3 != 0 ? child_find(h, PROCESS_EGRESS) : 0;
        if (core)
            kill(core, SIGKILL);
        if (egress)
            kill(egress, SIGKILL);
        assert_int_equal(waitpid(caller, NULL, 0), caller);
        time_t end = time(NULL) + PATIENCE_S;
        while (!house_call(h, url, body, to) || strcmp(to, good_answer) != 0)
            if (time(NULL) > end)
                fail_msg("not back after the kill: %s", to);
    }
}

/* ---- what egress remembers ---- */

struct needle {
    const void *at;
    size_t n;
};

static size_t needle_count(void *with, const void *piece, size_t len)
{
    const struct needle *needle = with;
    size_t found = 0;
    const char *at = piece, *end = at + len;
    while ((at = memmem(at, (size_t)(end - at), needle->at, needle->n))) {
        found++;
        at++;
    }
    return found;
}

static int proc_open(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* From outside, which only root may. */
static bool memory_count(pid_t pid, const void *needle, size_t n, size_t *ret)
{
    struct needle with = { needle, n };
    struct memory_view v = { .mem = proc_open(pid, "mem"), .maps = proc_open(pid, "maps") };
    bool done = memory_view_scan(&v, n - 1, needle_count, &with, ret);
    memory_view_close(&v);
    return done;
}

static void egress_forgets(void **state)
{
    struct house *h = *state;
    char url[160], tls[160], to[500], request[400];
    /* escapes keep their form in the body; the answer is long enough to be no accident */
    static const char canary[] = "quokka-7b1e-heliotrope-93ac-zanzibar";
    size_t content, key, known;
    if (SANITIZED || !memory_count(child_find(h, PROCESS_EGRESS), "x", 1, &known)) {
        print_message("needs a build without sanitizers and the right to read memory\n");
        skip();
    }
    snprintf(tls, sizeof tls, "https://localhost:%d/v1", h->tls.port);
    for (int i = 0; i < 40; i++) {
        bool stream = i % 2;
        snprintf(request, sizeof request,
                 "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}", canary,
                 stream ? ",\"stream\":true" : "");
        provider_url(&h->provider, i % 8 == 7 ? "429" : "echo", url);
        assert_true(house_call(h, i % 4 > 1 ? tls : url, request, to));
        assert_true(i % 8 == 7 || strstr(to, canary));
    }
    pid_t egress = child_find(h, PROCESS_EGRESS);
    assert_true(memory_count(egress, "certs/ca-certificates", 10, &known) && known > 0);
    assert_true(memory_count(egress, canary, 12, &content));
    assert_true(memory_count(egress, "sk-secret-key-of-this-test", 26, &key));
    assert_int_equal(content, 0);
    assert_int_equal(key, 0);
}

int main(int count, char **args)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_over_its_two_processes),
        cmocka_unit_test(survives_kills),
        cmocka_unit_test(egress_forgets),
    };
    if (count > 2 && !strcmp(args[1], PROCESS_CORE))
        return core_main(args[2]);
    if (count > 2 && !strcmp(args[1], PROCESS_EGRESS))
        return egress_start(args[2]);
    return cmocka_run_group_tests(tests, house_open, house_close);
}
