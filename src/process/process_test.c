/* process_test.c: the supervisor with children that do as they are told. Run with --core, --egress
   or --relay this program is such a child. */
#include "process.h"

#include "base/arena.h"
#include "process_fixture.h"
#include "relay.h"
#include "sandbox.h"
#include "sanitized.h"

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
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the children ---- */

/* core: answers each connection with its pid; a connection that sends "x" makes it crash. */
static int core_serve(void)
{
    signal(SIGTERM, SIG_DFL);
    for (;;) {
        struct pollfd want = { .fd = PROCESS_LISTEN, .events = POLLIN };
        if (poll(&want, 1, -1) < 0)
            return 1;
        int s = accept(PROCESS_LISTEN, NULL, NULL);
        char line[32], got = 0;
        int n = snprintf(line, sizeof line, "%d", (int)getpid());
        if (s < 0)
            continue;
        if (send(s, line, (size_t)n, MSG_NOSIGNAL) != n || recv(s, &got, 1, 0) < 0 || got == 'x')
            abort();
        close(s);
    }
}

/* core: says its pid once it is asked to stop, and ends when it is let go. */
static int core_serve_slowly(void)
{
    sigset_t term;
    int got, pid = getpid();
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    process_ready();
    struct pollfd want = { .fd = PROCESS_LISTEN, .events = POLLIN };
    if (poll(&want, 1, -1) < 0)
        return 1;
    int s = accept(PROCESS_LISTEN, NULL, NULL);
    while (sigwait(&term, &got))
        ;
    return send(s, &pid, sizeof pid, MSG_NOSIGNAL) != sizeof pid || recv(s, &pid, 1, 0) != 1 ||
           send(s, "!", 1, MSG_NOSIGNAL) != 1;
}

/* egress: sends its pid to core's end of the channel and waits. */
static int egress_serve(void)
{
    int pid = getpid();
    if (send(PROCESS_CHANNEL, &pid, sizeof pid, MSG_NOSIGNAL) != sizeof pid)
        return 1;
    process_ready();
    for (;;)
        pause();
}

static bool descriptor_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* Whether the socket is a local one now, and leads to one place for good. */
static bool handed_over(int s)
{
    struct sockaddr_un at;
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    socklen_t size = sizeof at;
    struct relay_way *way = relay_way_new(PROCESS_RELAYED);
    bool ok = relay_way_next(way) && relay_way_take(way, s) &&
              !getpeername(s, (struct sockaddr *)&at, &size) && at.sun_family == AF_UNIX &&
              connect(s, &none, sizeof none) && connect(s, (struct sockaddr *)&at, size);
    relay_way_free(way);
    return ok;
}

/* core with a relay: is ready when bytes came back through it, and ends when it is gone. */
static int relayed_serve(bool handed)
{
    struct sandbox_report report;
    uint16_t ports[1];
    char got[4];
    if (!sandbox_with_relay(ports, &report))
        return 95;
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(ports[0]),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(s, (struct sockaddr *)&at, sizeof at) || (handed && !handed_over(s)) ||
        send(s, "ping", 4, MSG_NOSIGNAL) != 4 || recv(s, got, 4, MSG_WAITALL) != 4 ||
        memcmp(got, "ping", 4) != 0)
        return 96;
    process_ready();
    return read(PROCESS_RELAYED, got, 1) == 0 ? 1 : 97;
}

static void unreached(const struct relay_target *target, const char *why)
{
    fprintf(stderr, "%s:%u: %s\n", target->host, target->port, why);
}

static int relay_main(char *port)
{
    struct sandbox_report report;
    struct relay_target target = { .host = "127.0.0.1", .port = (uint16_t)atoi(port) };
    if (port[0] == '/')
        target = (struct relay_target){ .host = port, .port = 1 };
    if (!process_child("vow-relay") || getenv("VOW_MASTER_KEY_FILE") || getenv("VOW_STORE"))
        return 90;
    for (int fd = 3; fd < 20; fd++)
        if (descriptor_open(fd) != (fd == PROCESS_CHANNEL || fd == PROCESS_READY))
            return 91;
    sandbox_relay(&report);
    process_ready();
    return relay_run(&target, 1, unreached);
}

static int child_main(bool core, const char *how)
{
    if (!process_child(core ? "vow-core" : "vow-egress"))
        return 90;
    if (descriptor_open(PROCESS_LISTEN) != core || descriptor_open(PROCESS_MEMORY) != core ||
        descriptor_open(PROCESS_MAPS) != core ||
        descriptor_open(PROCESS_RELAYED) !=
            (core && (!strcmp(how, "relayed") || !strcmp(how, "handed"))) ||
        descriptor_open(PROCESS_RELAYED + 1) || getpgrp() != getpid())
        return 91;
    char name[16];
    if (prctl(PR_GET_NAME, name) || strcmp(name, core ? "vow-core" : "vow-egress") != 0)
        return 94;
    if (!getenv("VOW_MASTER_KEY_FILE") == core || !getenv("VOW_EGRESS_CA"))
        return 93; /* egress must not inherit what is core's */
    if (!strcmp(how, "refuse"))
        return PROCESS_REFUSED;
    if (!strcmp(how, "die"))
        return 1;
    if (!core)
        return egress_serve();
    if (!strcmp(how, "pid-of-egress")) { /* what the first egress sent is still there */
        int pid = 0;
        if (recv(PROCESS_CHANNEL, &pid, sizeof pid, 0) != sizeof pid || !pid)
            return 92;
    }
    if (!strcmp(how, "relayed") || !strcmp(how, "handed"))
        return relayed_serve(!strcmp(how, "handed"));
    if (!strcmp(how, "slow"))
        return core_serve_slowly();
    process_ready();
    return core_serve();
}

/* ---- the supervisor, in a child of the test ---- */

struct run {
    pid_t pid;
    int events; /* "READY text\n" ... */
    char line[400];
    uint16_t port;
    int open; /* controls that were told not to be enforced */
};

static void event_write(void *user, enum supervisor_event event, const char *text)
{
    dprintf(*(int *)user, "%d %s\n", event, text);
}

static struct run run_start_relayed(const char *core_how, const char *egress_how,
                                    const char *address, uint16_t port, const char *relay_port)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t parent = getpid(), pid = fork();
    if (!pid) {
        const char *core[] = { core_how, NULL }, *egress[] = { egress_how, NULL };
        const char *relay[] = { relay_port, NULL };
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(99);
        _exit(supervisor_run(&(struct supervisor_plan){ .address = address,
                                                        .port = port,
                                                        .core_args = core,
                                                        .egress_args = egress,
                                                        .relay_args = relay_port ? relay : NULL,
                                                        .grace_ms = 5000,
                                                        .event = event_write,
                                                        .user = &ends[1] }));
    }
    close(ends[1]);
    return (struct run){ .pid = pid, .events = ends[0] };
}

static struct run run_start(const char *core_how, const char *egress_how, const char *address,
                            uint16_t port)
{
    return run_start_relayed(core_how, egress_how, address, port, NULL);
}

static size_t run_line(struct run *r)
{
    size_t n = 0;
    while (read(r->events, r->line + n, 1) == 1 && r->line[n] != '\n')
        n++;
    r->line[n] = 0;
    return n;
}

/* The next event but those of what this kernel lacks, which must be of that kind. */
static const char *run_event(struct run *r, enum supervisor_event event)
{
    size_t n = run_line(r);
    for (; n && r->line[0] - '0' == SUPERVISOR_OPEN; n = run_line(r))
        r->open++;
    if (n < 2 || r->line[0] - '0' != (int)event)
        fail_msg("event %d expected, not \"%s\"", event, r->line);
    return r->line + 2;
}

static void run_ready(struct run *r)
{
    const char *text = run_event(r, SUPERVISOR_READY);
    r->port = (uint16_t)atoi(strrchr(text, ':') + 1);
    assert_int_not_equal(r->port, 0);
}

static int run_end(struct run *r, int signal)
{
    int status;
    if (signal)
        kill(r->pid, signal);
    assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
    close(r->events);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int core_connect(const struct run *r)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(r->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(s, (struct sockaddr *)&at, sizeof at), 0);
    return s;
}

/* The pid of core, asked over its socket; says `what` then. */
static pid_t core_ask(const struct run *r, const char *what)
{
    char line[32] = "";
    int s = core_connect(r);
    assert_true(recv(s, line, sizeof line - 1, 0) > 0);
    assert_int_equal(send(s, what, 1, MSG_NOSIGNAL), 1);
    close(s);
    return atoi(line);
}

static bool proc_line(pid_t pid, const char *file, const char *key, char line[200])
{
    char path[80];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    FILE *f = fopen(path, "re");
    bool found = false;
    while (f && !found && fgets(line, 200, f))
        found = !strncmp(line, key, strlen(key));
    if (f)
        fclose(f);
    return found;
}

static void serves_and_stops(void **state)
{
    (void)state;
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
    signal(SIGHUP, SIG_DFL);
    for (size_t i = 0; i < LENGTH(signals); i++) {
        struct run r = run_start("pid-of-egress", "serve", i ? "::1" : "127.0.0.1", 0);
        run_ready(&r);
        if (!i)
            assert_int_not_equal(core_ask(&r, "."), 0);
        if (SANITIZED) /* which leave out that nobody may look into the process */
            assert_true(r.open > 0);
        assert_int_equal(run_end(&r, signals[i]), 0);
    }
}

/* Bash and the kernel each send one when a terminal is closed. */
static void a_second_hangup_hurries_nobody(void **state)
{
    (void)state;
    char got[4], line[200];
    struct run r = run_start("slow", "serve", "127.0.0.1", 0);
    run_ready(&r);
    int s = core_connect(&r);
    kill(r.pid, SIGHUP);
    assert_int_equal(recv(s, got, 4, MSG_WAITALL), 4);
    kill(r.pid, SIGHUP);
    do
        assert_true(proc_line(r.pid, "status", "ShdPnd:", line));
    while (strtoull(line + 7, NULL, 16));
    assert_int_equal(send(s, ".", 1, MSG_NOSIGNAL), 1);
    assert_int_equal(recv(s, got, 1, 0), 1);
    close(s);
    assert_int_equal(run_end(&r, 0), 0);
}

static void outlives_the_terminal_when_told_to(void **state)
{
    (void)state;
    signal(SIGHUP, SIG_IGN); /* as nohup does */
    struct run r = run_start("serve", "serve", "127.0.0.1", 0);
    signal(SIGHUP, SIG_DFL);
    run_ready(&r);
    kill(r.pid, SIGHUP);
    assert_int_not_equal(core_ask(&r, "."), 0);
    assert_int_equal(run_end(&r, SIGTERM), 0);
}

static void restarts_core_that_is_killed(void **state)
{
    (void)state;
    struct run r = run_start("serve", "serve", "127.0.0.1", 0);
    run_ready(&r);
    pid_t last = core_ask(&r, ".");
    for (int i = 0; i < 12; i++) { /* more often than it gives up when it is not ready */
        kill(last, SIGKILL);
        /* a connection made now waits in the supervisor's socket */
        run_event(&r, SUPERVISOR_RESTARTED);
        pid_t now = core_ask(&r, ".");
        assert_int_not_equal(now, last);
        run_ready(&r);
        last = now;
    }
    (void)core_ask(&r, "x");
    assert_non_null(strstr(run_event(&r, SUPERVISOR_RESTARTED), "core was ended by signal 6"));
    run_ready(&r);
    assert_int_equal(run_end(&r, SIGTERM), 0);
}

static void gives_up_on_what_never_gets_ready(void **state)
{
    (void)state;
    struct run r = run_start("die", "serve", "127.0.0.1", 0);
    for (int i = 0; i < 4; i++)
        assert_string_equal(run_event(&r, SUPERVISOR_RESTARTED),
                            "core ended with status 1 and is started again");
    assert_string_equal(run_event(&r, SUPERVISOR_GAVE_UP),
                        "core ended with status 1 5 times before it was ready");
    assert_int_equal(run_end(&r, 0), 1);
}

static void passes_on_a_refusal(void **state)
{
    (void)state;
    struct run r = run_start("refuse", "serve", "127.0.0.1", 0);
    assert_int_equal(run_end(&r, 0), PROCESS_REFUSED);
}

static void says_why_it_cannot_listen(void **state)
{
    (void)state;
    struct run first = run_start("serve", "serve", "127.0.0.1", 0);
    run_ready(&first);
    struct run r = run_start("serve", "serve", "127.0.0.1", first.port);
    assert_non_null(strstr(run_event(&r, SUPERVISOR_GAVE_UP), "Address already in use"));
    assert_int_equal(run_end(&r, 0), 1);
    r = run_start("serve", "serve", "localhost", 0);
    assert_string_equal(run_event(&r, SUPERVISOR_GAVE_UP),
                        "cannot listen on localhost: it is not a numeric IPv4 or IPv6 address");
    assert_int_equal(run_end(&r, 0), 1);
    assert_int_equal(run_end(&first, SIGTERM), 0);
}

/* Nobody is left when the supervisor is killed: nothing accepts connections any more. */
static void children_die_with_it(void **state)
{
    (void)state;
    struct run r = run_start("serve", "serve", "127.0.0.1", 0);
    run_ready(&r);
    (void)core_ask(&r, ".");
    assert_int_equal(run_end(&r, SIGKILL), -1);
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(r.port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int refused = -1;
    for (int i = 0; i < 100000 && refused; i++) { /* until the kernel has closed its socket */
        int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        refused = connect(s, (struct sockaddr *)&at, sizeof at) && errno == ECONNREFUSED ? 0 : 1;
        close(s);
        sched_yield();
    }
    assert_int_equal(refused, 0);
}

/* ---- the relay ---- */

/* What the relay carries to: says back what it hears, to one connection after the other. */
static pid_t echo_serve(int listener)
{
    pid_t pid = fork();
    if (pid) {
        close(listener);
        return pid;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (char got[64];;) {
        struct pollfd want = { .fd = listener, .events = POLLIN };
        poll(&want, 1, -1);
        int s = accept(listener, NULL, NULL);
        for (ssize_t n; (n = recv(s, got, sizeof got, 0)) > 0;)
            if (send(s, got, (size_t)n, MSG_NOSIGNAL) != n)
                break;
        close(s);
    }
}

static pid_t echo_start(char port[8])
{
    char why[200];
    int listener;
    uint16_t at;
    assert_true(process_listen("127.0.0.1", 0, why, &listener, &at));
    snprintf(port, 8, "%u", at);
    return echo_serve(listener);
}

/* The same on a socket in the folder, where PostgreSQL would have it. */
static pid_t echo_start_local(const char *dir)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    snprintf(at.sun_path, sizeof at.sun_path, "%s/.s.PGSQL.1", dir);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(chmod(at.sun_path, 0777), 0);
    assert_int_equal(listen(listener, 8), 0);
    return echo_serve(listener);
}

/* The relay among the supervisor's children. */
static pid_t relay_find(const struct run *r)
{
    char path[80], line[200];
    int pid, found = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)r->pid, (int)r->pid);
    FILE *children = fopen(path, "re");
    assert_non_null(children);
    while (!found && fscanf(children, "%d", &pid) == 1)
        if (proc_line(pid, "comm", "vow-relay", line))
            found = pid;
    fclose(children);
    assert_int_not_equal(found, 0);
    return found;
}

static void carries_for_core_and_comes_again(void **state)
{
    (void)state;
    char port[8], line[200];
    skip_unless_alone();
    setenv("VOW_STORE", "postgres://vow:secret@db.example/vow", 1);
    pid_t echo = echo_start(port);
    struct run r = run_start_relayed("relayed", "serve", "127.0.0.1", 0, port);
    run_ready(&r);
    for (int i = 0; i < 3; i++) {
        pid_t relay = relay_find(&r);
        assert_true(proc_line(relay, "status", "Uid:", line));
        assert_true(geteuid() || !strncmp(line, "Uid:\t65534\t65534\t65534\t65534", 28));
        kill(relay, SIGKILL);
        assert_string_equal(run_event(&r, SUPERVISOR_RESTARTED),
                            "core ended with status 1 and is started again");
        run_ready(&r);
    }
    assert_int_equal(run_end(&r, SIGTERM), 0);
    kill(echo, SIGKILL);
    waitpid(echo, NULL, 0);
    unsetenv("VOW_STORE");
}

/* A connection to a local socket is core's own; one to an address is carried. */
static void hands_over_what_is_local(void **state)
{
    (void)state;
    char dir[] = "/tmp/process-relay-XXXXXX", path[60];
    skip_unless_alone();
    assert_non_null(mkdtemp(dir));
    assert_int_equal(chmod(dir, 0755), 0);
    setenv("VOW_STORE", "postgres://vow:secret@db.example/vow", 1);
    pid_t echo = echo_start_local(dir);
    struct run r = run_start_relayed("handed", "serve", "127.0.0.1", 0, dir);
    run_ready(&r);
    assert_int_equal(run_end(&r, SIGTERM), 0);
    kill(echo, SIGKILL);
    waitpid(echo, NULL, 0);
    snprintf(path, sizeof path, "%s/.s.PGSQL.1", dir);
    unlink(path);
    rmdir(dir);
    unsetenv("VOW_STORE");
}

int main(int count, char **args)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serves_and_stops),
        cmocka_unit_test(a_second_hangup_hurries_nobody),
        cmocka_unit_test(outlives_the_terminal_when_told_to),
        cmocka_unit_test(restarts_core_that_is_killed),
        cmocka_unit_test(gives_up_on_what_never_gets_ready),
        cmocka_unit_test(passes_on_a_refusal),
        cmocka_unit_test(says_why_it_cannot_listen),
        cmocka_unit_test(children_die_with_it),
        cmocka_unit_test(carries_for_core_and_comes_again),
        cmocka_unit_test(hands_over_what_is_local),
    };
    if (count > 2 && (!strcmp(args[1], PROCESS_CORE) || !strcmp(args[1], PROCESS_EGRESS)))
        return child_main(!strcmp(args[1], PROCESS_CORE), args[2]);
    if (count > 2 && !strcmp(args[1], PROCESS_RELAY))
        return relay_main(args[2]);
    setenv("VOW_MASTER_KEY_FILE", "/nowhere", 1);
    setenv("VOW_EGRESS_CA", "/nowhere", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
