/* supervisor.c: starting the children, and starting them again. */
#include "process.h"

#include "base/wait.h"
#include "memory.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CORE,
    EGRESS,
    RELAY, /* begins and ends with core; not there unless the plan has its arguments */
    CHILDREN,
    ARGS = 32,            /* of a child's command line */
    FIRST_FD = 10,        /* ours begin here, so that a child's never collide with them */
    UNREADY_DEATHS = 5,   /* in a row, before giving up */
    BACKOFF_MS = 100,     /* doubled by each of them */
    SHORT_LIFE_MS = 1000, /* a child that was ready and lived less than that waits a little */
    SHORT_WAIT_MS = 50,
    GRACE_MS = 10000,
    CHANNEL_BYTES = 1 << 20,
};

struct child {
    const char *name, *flag;
    const char *const *args;
    char **env;
    int channel;    /* its end */
    int ready_pipe; /* -1 once it is ready or dead */
    pid_t pid;      /* 0: not running */
    bool ready;     /* this incarnation */
    bool ever_ready;
    int unready_deaths;
    int64_t started_at, start_at; /* ms; start_at is when to start it next */
};

struct supervisor {
    const struct supervisor_plan *plan;
    struct child child[CHILDREN];
    int listener, signals;
    int way; /* core's end of its pair with the relay, while both are started; else -1 */
    struct memory_view memory; /* its own, for core to look through */
    uint16_t port;
    bool stopping;
    int64_t kill_at; /* when stopping */
    int status;
};

static void tell(const struct supervisor *s, enum supervisor_event event, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void tell(const struct supervisor *s, enum supervisor_event event, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (s->plan->event)
        s->plan->event(s->plan->user, event, text);
}

/* In a child: `fd` becomes `as`, which is closed when there is none (-1). */
static bool give(int fd, int as)
{
    return fd >= 0 ? dup2(fd, as) >= 0 : !close(as) || errno == EBADF;
}

/* Runs in the new process; only calls that are safe behind fork. */
static void child_exec(const struct supervisor *s, const struct child *c, int ready)
{
    const char *args[ARGS + 3] = { "vow", c->flag };
    sigset_t none;
    for (size_t i = 0; c->args && c->args[i] && i < ARGS; i++)
        args[2 + i] = c->args[i];
    int null = open("/dev/null", O_RDONLY);
    sigemptyset(&none);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(c->channel, PROCESS_CHANNEL) < 0 ||
        dup2(ready, PROCESS_READY) < 0 || sigprocmask(SIG_SETMASK, &none, NULL))
        _exit(127);
    bool core = c == &s->child[CORE], view = core && s->memory.mem > 0;
    if (!give(core ? s->listener : -1, PROCESS_LISTEN) ||
        !give(view ? s->memory.mem : -1, PROCESS_MEMORY) ||
        !give(view ? s->memory.maps : -1, PROCESS_MAPS) ||
        !give(core ? s->way : -1, PROCESS_RELAYED))
        _exit(127);
    close_range(PROCESS_RELAYED + 1, ~0u, 0);
    setpgid(0, 0); /* the terminal's Ctrl-C reaches the supervisor alone */
    execve(s->plan->program ? s->plan->program : "/proc/self/exe", (char **)(uintptr_t)args,
           c->env);
    _exit(127);
}

static int fd_high(int fd)
{
    if (fd < 0)
        return fd;
    int high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD);
    close(fd);
    return high;
}

static void child_fork(struct supervisor *s, struct child *c)
{
    int ends[2];
    c->start_at = INT64_MAX;
    c->started_at = clock_ms();
    c->ready = false;
    if (pipe2(ends, O_CLOEXEC)) {
        c->start_at = c->started_at + BACKOFF_MS;
        return;
    }
    c->ready_pipe = fd_high(ends[0]);
    int ready = fd_high(ends[1]);
    c->pid = fork();
    if (!c->pid)
        child_exec(s, c, ready);
    close(ready);
    if (c->pid > 0)
        return;
    c->pid = 0;
    close(c->ready_pipe);
    c->ready_pipe = -1;
    c->start_at = c->started_at + BACKOFF_MS;
}

static void child_signal(const struct child *c, int signal)
{
    if (c->pid)
        kill(c->pid, signal);
}

/* Nobody else keeps an end of their pair, so that each notices when the other is gone: the relay
   then ends, and so does core, which is started again with a relay. */
static void core_start(struct supervisor *s)
{
    int ends[2] = { -1, -1 };
    struct child *relay = &s->child[RELAY];
    child_signal(relay, SIGKILL); /* one of an earlier core that has not noticed yet */
    if (s->plan->relay_args && !socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
        relay->channel = fd_high(ends[0]);
        s->way = fd_high(ends[1]);
        if (relay->ready_pipe >= 0)
            close(relay->ready_pipe);
        child_fork(s, relay);
        relay->start_at = INT64_MAX;
        close(relay->channel);
    }
    child_fork(s, &s->child[CORE]);
    if (s->way >= 0)
        close(s->way);
    s->way = relay->channel = -1;
}

static void child_start(struct supervisor *s, struct child *c)
{
    if (c == &s->child[CORE])
        core_start(s);
    else
        child_fork(s, c);
}

static void stop_begin(struct supervisor *s, int status)
{
    int64_t grace = s->plan->grace_ms ? s->plan->grace_ms : GRACE_MS;
    if (s->stopping) { /* asked twice: at once */
        s->kill_at = clock_ms();
        return;
    }
    s->stopping = true;
    s->status = status;
    s->kill_at = clock_ms() + grace;
    child_signal(&s->child[s->child[CORE].pid ? CORE : EGRESS], SIGTERM);
}

static void death_text(int status, char to[60])
{
    if (WIFSIGNALED(status))
        snprintf(to, 60, "was ended by signal %d", WTERMSIG(status));
    else
        snprintf(to, 60, "ended with status %d", WEXITSTATUS(status));
}

static void child_died(struct supervisor *s, struct child *c, int status)
{
    char how[60];
    int64_t now = clock_ms();
    bool refused = WIFEXITED(status) && WEXITSTATUS(status) == PROCESS_REFUSED;
    c->pid = 0;
    if (c->ready_pipe >= 0)
        close(c->ready_pipe);
    c->ready_pipe = -1;
    if (s->stopping) {
        if (c == &s->child[CORE])
            child_signal(&s->child[EGRESS], SIGTERM);
        return;
    }
    if (c == &s->child[RELAY]) /* core ends now, and says so */
        return;
    if (refused && !c->ever_ready) {
        stop_begin(s, PROCESS_REFUSED);
        return;
    }
    death_text(status, how);
    c->unready_deaths = c->ready ? 0 : c->unready_deaths + 1;
    if (c->unready_deaths >= UNREADY_DEATHS) {
        tell(s, SUPERVISOR_GAVE_UP, "%s %s %d times before it was ready", c->name, how,
             c->unready_deaths);
        stop_begin(s, 1);
        return;
    }
    c->start_at = now;
    if (c->unready_deaths > 1)
        c->start_at += BACKOFF_MS << (c->unready_deaths - 2);
    else if (c->ready && now - c->started_at < SHORT_LIFE_MS)
        c->start_at += SHORT_WAIT_MS;
    tell(s, SUPERVISOR_RESTARTED, "%s %s and is started again", c->name, how);
}

static void children_reap(struct supervisor *s)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (size_t i = 0; i < CHILDREN; i++)
            if (s->child[i].pid == pid)
                child_died(s, &s->child[i], status);
}

static void ready_read(struct supervisor *s, struct child *c)
{
    char byte;
    bool ready = read(c->ready_pipe, &byte, 1) == 1;
    close(c->ready_pipe);
    c->ready_pipe = -1;
    if (!ready) /* it died, or closed the pipe without a word: then it never counts as ready */
        return;
    c->ready = c->ever_ready = true;
    c->unready_deaths = 0;
    if (c == &s->child[CORE])
        tell(s, SUPERVISOR_READY, strchr(s->plan->address, ':') ? "[%s]:%u" : "%s:%u",
             s->plan->address, s->port);
}

static void signals_read(struct supervisor *s)
{
    struct signalfd_siginfo got;
    while (read(s->signals, &got, sizeof got) == sizeof got)
        if (got.ssi_signo != SIGCHLD && !(got.ssi_signo == SIGHUP && s->stopping))
            stop_begin(s, 0); /* a closed terminal sends more than one, and is in no hurry */
    children_reap(s);
}

static int next_ms(const struct supervisor *s)
{
    int64_t first = s->stopping ? s->kill_at : INT64_MAX;
    for (size_t i = 0; !s->stopping && i < CHILDREN; i++)
        if (!s->child[i].pid && s->child[i].start_at < first)
            first = s->child[i].start_at;
    if (first == INT64_MAX)
        return -1;
    int64_t wait = first - clock_ms();
    return wait > 0 ? (int)wait : 0;
}

static void supervise(struct supervisor *s)
{
    while (!s->stopping || s->child[CORE].pid || s->child[EGRESS].pid || s->child[RELAY].pid) {
        struct pollfd want[1 + CHILDREN] = { { .fd = s->signals, .events = POLLIN } };
        for (size_t i = 0; i < CHILDREN; i++) {
            struct child *c = &s->child[i];
            if (!s->stopping && !c->pid && c->start_at <= clock_ms())
                child_start(s, c);
            want[1 + i] = (struct pollfd){ .fd = c->ready_pipe, .events = POLLIN };
        }
        (void)poll(want, LENGTH(want), next_ms(s));
        for (size_t i = 0; i < CHILDREN; i++)
            if (want[1 + i].revents)
                ready_read(s, &s->child[i]);
        signals_read(s);
        if (s->stopping && clock_ms() >= s->kill_at)
            for (size_t i = 0; i < CHILDREN; i++)
                child_signal(&s->child[i], SIGKILL);
    }
}

static bool channel_open(struct supervisor *s)
{
    int ends[2], bytes = CHANNEL_BYTES;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return false;
    for (size_t i = CORE; i <= EGRESS; i++) {
        s->child[i].channel = fd_high(ends[i]);
        /* as far as the system's own limit goes */
        (void)setsockopt(s->child[i].channel, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    }
    return s->child[CORE].channel >= 0 && s->child[EGRESS].channel >= 0;
}

static bool signals_open(struct supervisor *s)
{
    sigset_t set;
    process_stops(&set);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL))
        return false;
    s->signals = fd_high(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    return s->signals >= 0;
}

/* Without it, a check cannot say anything of this process. */
static void memory_own_open(struct supervisor *s)
{
    if (!memory_view_open(&s->memory))
        return;
    s->memory.mem = fd_high(s->memory.mem);
    s->memory.maps = fd_high(s->memory.maps);
}

static bool supervisor_open(struct supervisor *s)
{
    char why[200];
    if (!process_listen(s->plan->address, s->plan->port, why, &s->listener, &s->port)) {
        tell(s, SUPERVISOR_GAVE_UP, "%s", why);
        return false;
    }
    s->listener = fd_high(s->listener);
    if (s->listener >= 0 && channel_open(s) && signals_open(s))
        return true;
    tell(s, SUPERVISOR_GAVE_UP, "the processes cannot be set up: %s", strerror(errno));
    return false;
}

static void supervisor_close(struct supervisor *s)
{
    const int fds[] = { s->listener, s->signals, s->child[CORE].channel, s->child[EGRESS].channel };
    memory_view_close(&s->memory);
    for (size_t i = 0; i < LENGTH(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* The environment may hold the master key and the password of the database, which are core's
   business alone. */
static void outer_env_fill(char *env[ARGS])
{
    static const char *const names[] = {
        "VOW_EGRESS_",  "LD_BIND_NOW=",  "TZ=",           "LANG=",          "RES_OPTIONS=",
        "LOCALDOMAIN=", "ASAN_OPTIONS=", "LSAN_OPTIONS=", "UBSAN_OPTIONS=", "TSAN_OPTIONS="
    };
    size_t n = 0;
    for (char **at = environ; *at && n < ARGS - 1; at++)
        for (size_t i = 0; i < LENGTH(names); i++)
            if (!strncmp(*at, names[i], strlen(names[i])))
                env[n++] = *at;
    env[n] = NULL;
}

static void own_limits(const struct supervisor *s)
{
    struct sandbox_report report;
    if (sandbox_supervisor(&report))
        return;
    for (size_t i = 0; i < report.count; i++)
        if (!report.control[i].enforced)
            tell(s, SUPERVISOR_OPEN, "%s: %s", report.control[i].name, report.control[i].text);
}

int supervisor_run(const struct supervisor_plan *plan)
{
    char *outer_env[ARGS];
    struct supervisor s = {
        .plan = plan,
        .listener = -1,
        .signals = -1,
        .way = -1,
        .status = 1,
        .child = {
            [CORE] = { .name = "core", .flag = PROCESS_CORE, .args = plan->core_args },
            [EGRESS] = { .name = "egress", .flag = PROCESS_EGRESS, .args = plan->egress_args },
            [RELAY] = { .name = "relay", .flag = PROCESS_RELAY, .args = plan->relay_args,
                        .start_at = INT64_MAX },
        },
    };
    for (size_t i = 0; i < CHILDREN; i++)
        s.child[i].channel = s.child[i].ready_pipe = -1;
    /* Binding a function late spills the vector registers to the stack, with whatever was last
       copied through them. */
    (void)setenv("LD_BIND_NOW", "1", 1);
    outer_env_fill(outer_env);
    s.child[CORE].env = environ;
    s.child[EGRESS].env = s.child[RELAY].env = outer_env;
    if (supervisor_open(&s)) {
        memory_own_open(&s);
        own_limits(&s);
        supervise(&s);
    }
    supervisor_close(&s);
    return s.status;
}
