/* sandbox.c: the profiles of core, egress and supervisor, control by control. */
#include "sandbox.h"

#include "filter.h"
#include "landlock.h"
#include "relay.h"
#include "sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534, PATHS = 40 };

/* Programs' own files: libraries that are loaded late, and what the C library looks at. */
static const char *const system_read[] = {
    "/usr/lib",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/ssl/openssl.cnf",
    "/dev/urandom",
    "/dev/null",
    "/etc/localtime",
    "/sys/devices/system/cpu",
    NULL,
};

static const char *const resolver_read[] = {
    "/etc/resolv.conf",
    "/run/systemd/resolve",
    "/run/NetworkManager",
    "/run/resolvconf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/ssl",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/etc/pki/tls",
    "/etc/pki/ca-trust",
    NULL,
};

static const char *const sanitizer_read[] = { "/proc", NULL };

static void note(struct sandbox_report *r, const char *name, bool enforced, const char *format, ...)
    PRINTF_LIKE(4, 5);

static void note(struct sandbox_report *r, const char *name, bool enforced, const char *format, ...)
{
    assert(r->count < SANDBOX_CONTROLS);
    struct sandbox_control *c = &r->control[r->count++];
    va_list args;
    c->name = name;
    c->enforced = enforced;
    va_start(args, format);
    vsnprintf(c->text, sizeof c->text, format, args);
    va_end(args);
}

static bool all_enforced(const struct sandbox_report *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (!r->control[i].enforced)
            return false;
    return true;
}

static void limit_privileges(struct sandbox_report *r)
{
    bool done = !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    note(r, "no_new_privileges", done, "%s",
         done ? "no program it could start gains rights" : strerror(errno));
}

static void limit_dumps(struct sandbox_report *r)
{
    static const struct rlimit none = { 0, 0 };
    bool limited = !setrlimit(RLIMIT_CORE, &none);
    if (SANITIZED) {
        note(r, "no_core_dump", limited, "a crash leaves no core file");
        note(r, "no_trace", false, "left out: sanitizers look into their own process");
        return;
    }
    bool hidden = !prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    note(r, "no_core_dump", limited && hidden, "%s",
         limited && hidden ? "a crash leaves no memory behind" : strerror(errno));
    note(r, "no_trace", hidden, "%s",
         hidden ? "other processes of the same user cannot read its memory" : strerror(errno));
}

static bool capabilities_keep(uint32_t keep)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[2] = { { 0 } }, have[2] = { { 0 } };
    if (syscall(SYS_capget, &head, have))
        return false;
    for (int cap = 0; cap <= 63; cap++)
        if (!(cap < 32 && keep & (1u << cap)))
            (void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0); /* refused when it has none to drop */
    data[0].effective = data[0].permitted = have[0].permitted & keep;
    return !syscall(SYS_capset, &head, data);
}

static void limit_capabilities(struct sandbox_report *r, uint32_t keep)
{
    bool done = capabilities_keep(keep);
    note(r, "capabilities", done, "%s",
         !done  ? strerror(errno)
         : keep ? "none but writing its own data folder whoever owns it"
                : "none of the rights of root");
}

static bool file_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return done;
}

/* Without root a namespace of users comes first; the same user is mapped into it, so that files
   look as before. */
static bool network_leave_as_user(void)
{
    char uids[40], gids[40];
    snprintf(uids, sizeof uids, "%u %u 1", geteuid(), geteuid());
    snprintf(gids, sizeof gids, "%u %u 1", getegid(), getegid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
        return false;
    return file_write("/proc/self/uid_map", uids) && file_write("/proc/self/setgroups", "deny") &&
           file_write("/proc/self/gid_map", gids);
}

static bool limit_network(struct sandbox_report *r, const char *what)
{
    bool done = !unshare(CLONE_NEWNET) || (errno == EPERM && network_leave_as_user());
    note(r, "network_namespace", done, "%s%s",
         done ? what : "the kernel does not permit a network namespace: ",
         done ? "" : strerror(errno));
    return done;
}

static void paths_add(const char *to[PATHS], const char *const *from)
{
    size_t n = 0;
    while (to[n])
        n++;
    for (size_t i = 0; from && from[i]; i++) {
        assert(n < PATHS - 1);
        to[n++] = from[i];
    }
}

static void limit_files(struct sandbox_report *r, const struct landlock_plan *plan,
                        const char *what)
{
    int version = landlock_version();
    bool done = version && landlock_restrict(plan);
    const char *why = version ? strerror(errno) : "the kernel has no Landlock, or it is off";
    note(r, "landlock_files", done && version >= 3, "%s",
         !done         ? why
         : version < 3 ? "partly: this kernel's Landlock does not cover renaming or truncating"
                       : what);
    note(r, "landlock_network", done && version >= 4, "%s",
         !done           ? why
         : version < 4   ? "this kernel's Landlock does not cover TCP"
         : plan->connect ? "it cannot take connections"
         : plan->ports   ? "it can connect to the relay's ports only"
                         : "it can neither take nor make further connections");
    note(r, "landlock_scope", done && version >= 6, "%s",
         !done         ? why
         : version < 6 ? "this kernel's Landlock does not cover signals"
                       : "it cannot signal other processes");
}

static void limit_calls(struct sandbox_report *r, enum filter which, const char *what)
{
    bool done = filter_enter(which);
    note(r, "seccomp", done, "%s", done ? what : strerror(errno));
}

bool sandbox_core(const struct sandbox_core *in, struct sandbox_report *ret)
{
    const char *read[PATHS] = { NULL }, *write[PATHS] = { NULL };
    const char *const data[] = { in->data, NULL };
    paths_add(read, system_read);
    paths_add(read, in->read_only);
    if (SANITIZED)
        paths_add(read, sanitizer_read);
    paths_add(write, data);
    paths_add(write, in->read_write);
    *ret = (struct sandbox_report){ 0 };
    bool alone =
        limit_network(ret, in->relays ? "it has no network but the way to its database"
                                      : "it has no network, only the sockets it was given");
    /* On a loopback that others share, they could take the way as well. */
    bool way = in->relays && alone && relay_listen(in->relay, in->relays, in->ports);
    if (in->relays && !way)
        memset(in->ports, 0, in->relays * sizeof *in->ports);
    limit_capabilities(ret, 1u << CAP_DAC_OVERRIDE);
    limit_privileges(ret);
    limit_dumps(ret);
    limit_files(ret,
                &(struct landlock_plan){ .read = read,
                                         .write = write,
                                         .ports = way ? in->ports : NULL,
                                         .port_count = way ? in->relays : 0 },
                "it can change its data folder and read what it serves, nothing else");
    if (way)
        limit_calls(ret, FILTER_CORE_RELAY,
                    "no socket but TCP, no program started, no process looked into");
    else
        limit_calls(ret, FILTER_CORE,
                    "no outgoing socket, no program started, no process looked into");
    return all_enforced(ret);
}

/* Changing the user makes the kernel forget that we want to die with our parent. */
static void limit_user(struct sandbox_report *r)
{
    int with_parent = 0;
    if (geteuid()) {
        note(r, "user", true, "it runs as the user who started the program");
        return;
    }
    (void)prctl(PR_GET_PDEATHSIG, &with_parent, 0, 0, 0);
    bool done = !setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
                !setresuid(NOBODY, NOBODY, NOBODY);
    (void)prctl(PR_SET_PDEATHSIG, with_parent, 0, 0, 0);
    note(r, "user", done, "%s", done ? "it runs as nobody" : strerror(errno));
}

/* For one that connects and answers, and has nothing to keep. */
static bool limit_connector(const char *extra_ca, const char *reads, enum filter calls,
                            struct sandbox_report *ret)
{
    const char *read[PATHS] = { NULL };
    const char *const extra[] = { extra_ca, NULL };
    paths_add(read, system_read);
    paths_add(read, resolver_read);
    paths_add(read, extra);
    if (SANITIZED)
        paths_add(read, sanitizer_read);
    *ret = (struct sandbox_report){ 0 };
    limit_user(ret);
    limit_capabilities(ret, 0);
    limit_privileges(ret);
    limit_dumps(ret);
    limit_files(ret, &(struct landlock_plan){ .read = read, .connect = true }, reads);
    limit_calls(ret, calls, "no listening, no program started, no process looked into");
    return all_enforced(ret);
}

bool sandbox_egress(const char *extra_ca, struct sandbox_report *ret)
{
    return limit_connector(
        extra_ca, "it reads certificates, resolver files and libraries, and writes nothing",
        FILTER_EGRESS, ret);
}

bool sandbox_relay(struct sandbox_report *ret)
{
    return limit_connector(NULL, "it reads resolver files and libraries, and writes nothing",
                           FILTER_RELAY, ret);
}

bool sandbox_supervisor(struct sandbox_report *ret)
{
    *ret = (struct sandbox_report){ 0 };
    limit_privileges(ret);
    limit_dumps(ret);
    limit_calls(ret, FILTER_SUPERVISOR, "no system call that neither it nor its children need");
    return all_enforced(ret);
}

const struct sandbox_control *sandbox_control(const struct sandbox_report *in, const char *name)
{
    for (size_t i = 0; i < in->count; i++)
        if (!strcmp(in->control[i].name, name))
            return &in->control[i];
    return NULL;
}
