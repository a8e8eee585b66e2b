/* probe.c: trying what a sandbox should forbid, in a process made for it. */
#include "relay.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the acts are aimed at, made outside the sandbox. */
struct target {
    const struct sandbox_core *core;
    struct sockaddr_in listener;
    pid_t victim;
    void *memory; /* the same in the victim */
};

static const char *const act_names[SANDBOX_ACTS] = {
    [SANDBOX_OPEN_INET] = "open_inet",       [SANDBOX_OPEN_DATAGRAM] = "open_datagram",
    [SANDBOX_CONNECT] = "connect",           [SANDBOX_LISTEN] = "listen",
    [SANDBOX_EXECUTE] = "execute",           [SANDBOX_TRACE] = "trace",
    [SANDBOX_READ_OUTSIDE] = "read_outside", [SANDBOX_WRITE_OUTSIDE] = "write_outside",
    [SANDBOX_WRITE_DATA] = "write_data",     [SANDBOX_DUMP] = "dump",
};

const char *sandbox_act_name(enum sandbox_act act)
{
    return act_names[act];
}

static bool try_socket(int *ret)
{
    *ret = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return *ret >= 0;
}

static bool try_datagram(void)
{
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s >= 0)
        close(s);
    return s >= 0;
}

static bool try_connect(const struct target *t)
{
    int s;
    if (!try_socket(&s))
        return false;
    bool done = !connect(s, (const struct sockaddr *)&t->listener, sizeof t->listener);
    close(s);
    return done;
}

static bool try_listen(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int s;
    if (!try_socket(&s))
        return false;
    bool done = !bind(s, (struct sockaddr *)&at, sizeof at) && !listen(s, 1);
    close(s);
    return done;
}

static bool try_trace(const struct target *t)
{
    char byte;
    struct iovec own = { &byte, 1 }, other = { t->memory, 1 };
    if (process_vm_readv(t->victim, &own, 1, &other, 1, 0) == 1)
        return true;
    return !ptrace(PTRACE_SEIZE, t->victim, NULL, NULL);
}

static bool try_read(const char *path)
{
    char byte;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool done = fd >= 0 && read(fd, &byte, 1) == 1;
    if (fd >= 0)
        close(fd);
    return done;
}

static bool try_write(const char *folder)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/.probe-%d", folder, (int)getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    close(fd);
    unlink(path);
    return true;
}

static bool try_write_beside(const struct target *t)
{
    char folder[4096];
    if (!t->core)
        return try_write("/tmp") || try_write("/var/tmp");
    int n = snprintf(folder, sizeof folder, "%s/..", t->core->data);
    return try_write("/tmp") || (n > 0 && n < (int)sizeof folder && try_write(folder));
}

static bool can_dump(void)
{
    struct rlimit limit;
    bool limited = !getrlimit(RLIMIT_CORE, &limit) && !limit.rlim_cur && !limit.rlim_max;
    return !limited && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0;
}

static void try_all(const struct target *t, struct sandbox_probe *p)
{
    int s;
    if ((p->possible[SANDBOX_OPEN_INET] = try_socket(&s)))
        close(s);
    p->possible[SANDBOX_OPEN_DATAGRAM] = try_datagram();
    p->possible[SANDBOX_CONNECT] = try_connect(t);
    p->possible[SANDBOX_LISTEN] = try_listen();
    p->possible[SANDBOX_TRACE] = try_trace(t);
    p->possible[SANDBOX_READ_OUTSIDE] = try_read("/etc/passwd");
    p->possible[SANDBOX_WRITE_OUTSIDE] = try_write_beside(t);
    p->possible[SANDBOX_WRITE_DATA] = t->core && try_write(t->core->data);
    p->possible[SANDBOX_DUMP] = can_dump();
}

/* With a relay whose ports lead nowhere: the sandbox is what is tried. */
static bool core_enter(const struct sandbox_core *core)
{
    struct sandbox_report report;
    struct sandbox_core own = *core;
    uint16_t ports[RELAY_TARGETS];
    int way[2] = { -1, -1 };
    if (own.relays && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, way))
        return false;
    own.relay = way[0];
    own.ports = ports;
    (void)sandbox_core(&own, &report);
    return !own.relays || ports[0];
}

/* The last act replaces the process when it is possible, so the finding is sent before it and
   corrected behind it. */
static void probe_child(const struct target *t, int out)
{
    struct sandbox_report report;
    struct sandbox_probe p = { 0 };
    char name[] = "true", *const args[] = { name, NULL }, *const env[] = { NULL };
    if (!t->core)
        (void)sandbox_egress(NULL, &report);
    else if (!core_enter(t->core))
        _exit(1);
    try_all(t, &p);
    p.possible[SANDBOX_EXECUTE] = true;
    if (write(out, &p, sizeof p) != sizeof p)
        _exit(1);
    execve("/bin/true", args, env);
    p.possible[SANDBOX_EXECUTE] = false;
    _exit(write(out, &p, sizeof p) == sizeof p ? 0 : 1);
}

static bool target_open(const struct sandbox_core *core, struct target *t, int *listener)
{
    static char memory = 'm';
    socklen_t n = sizeof t->listener;
    *t = (struct target){ .core = core, .memory = &memory };
    t->listener =
        (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    *listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*listener < 0 || bind(*listener, (struct sockaddr *)&t->listener, n) ||
        listen(*listener, 1) || getsockname(*listener, (struct sockaddr *)&t->listener, &n))
        return false;
    t->victim = fork();
    if (t->victim)
        return t->victim > 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    for (;;)
        pause();
}

static bool probe_run(const struct target *t, struct sandbox_probe *ret)
{
    int ends[2], status;
    struct sandbox_probe p[2];
    if (pipe2(ends, O_CLOEXEC))
        return false;
    pid_t pid = fork();
    if (!pid)
        probe_child(t, ends[1]);
    close(ends[1]);
    size_t have = 0;
    for (ssize_t n = 1; pid > 0 && n > 0 && have<sizeof p; have += n> 0 ? (size_t)n : 0)
        n = read(ends[0], (char *)p + have, sizeof p - have);
    close(ends[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || have < sizeof p[0])
        return false;
    *ret = p[have == sizeof p];
    return true;
}

bool sandbox_probe(const struct sandbox_core *core, struct sandbox_probe *ret)
{
    struct target t = { 0 };
    int listener = -1;
    bool done = target_open(core, &t, &listener) && probe_run(&t, ret);
    if (t.victim > 0) {
        kill(t.victim, SIGKILL);
        waitpid(t.victim, NULL, 0);
    }
    if (listener >= 0)
        close(listener);
    return done;
}
