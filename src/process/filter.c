/* filter.c: tables of system calls. */
#include "filter.h"

#include "sanitized.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALL(name) SCMP_SYS(name)

/* What any program with threads needs that serves descriptors it already has. */
static const int allowed[] = {
    /* descriptors */
    CALL(read),
    CALL(write),
    CALL(readv),
    CALL(writev),
    CALL(pread64),
    CALL(pwrite64),
    CALL(preadv),
    CALL(pwritev),
    CALL(preadv2),
    CALL(pwritev2),
    CALL(lseek),
    CALL(close),
    CALL(close_range),
    CALL(dup),
    CALL(dup2),
    CALL(dup3),
    CALL(fcntl),
    CALL(poll),
    CALL(ppoll),
    CALL(select),
    CALL(pselect6),
    CALL(epoll_create),
    CALL(epoll_create1),
    CALL(epoll_ctl),
    CALL(epoll_wait),
    CALL(epoll_pwait),
    CALL(epoll_pwait2),
    CALL(eventfd2),
    CALL(pipe),
    CALL(pipe2),
    CALL(timerfd_create),
    CALL(timerfd_settime),
    CALL(timerfd_gettime),
    CALL(signalfd4),
    CALL(sendfile),
    /* sockets it was given */
    CALL(accept),
    CALL(accept4),
    CALL(getsockopt),
    CALL(setsockopt),
    CALL(getsockname),
    CALL(getpeername),
    CALL(recvfrom),
    CALL(recvmsg),
    CALL(recvmmsg),
    CALL(sendto),
    CALL(sendmsg),
    CALL(sendmmsg),
    CALL(shutdown),
    /* files, as far as Landlock allows */
    CALL(open),
    CALL(openat),
    CALL(openat2),
    CALL(stat),
    CALL(fstat),
    CALL(lstat),
    CALL(newfstatat),
    CALL(statx),
    CALL(statfs),
    CALL(fstatfs),
    CALL(access),
    CALL(faccessat),
    CALL(faccessat2),
    CALL(readlink),
    CALL(readlinkat),
    CALL(getcwd),
    CALL(getdents),
    CALL(getdents64),
    CALL(fadvise64),
    CALL(readahead),
    /* memory */
    CALL(mmap),
    CALL(mprotect),
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL(brk),
    CALL(msync),
    CALL(mincore),
    CALL(mlock),
    CALL(mlock2),
    CALL(munlock),
    CALL(membarrier),
    CALL(pkey_alloc),
    CALL(pkey_free),
    CALL(pkey_mprotect),
    CALL(get_mempolicy),
    /* threads, signals and the end */
    CALL(futex),
    CALL(futex_waitv),
    CALL(set_robust_list),
    CALL(get_robust_list),
    CALL(rseq),
    CALL(set_tid_address),
    CALL(exit),
    CALL(exit_group),
    CALL(gettid),
    CALL(getpid),
    CALL(getppid),
    CALL(sched_yield),
    CALL(sched_getaffinity),
    CALL(sched_setaffinity),
    CALL(sched_getparam),
    CALL(sched_getscheduler),
    CALL(sched_setscheduler),
    CALL(sched_get_priority_max),
    CALL(sched_get_priority_min),
    CALL(getpriority),
    CALL(setpriority),
    CALL(rt_sigaction),
    CALL(rt_sigprocmask),
    CALL(rt_sigreturn),
    CALL(rt_sigtimedwait),
    CALL(rt_sigsuspend),
    CALL(rt_sigpending),
    CALL(sigaltstack),
    CALL(restart_syscall),
    CALL(arch_prctl),
    CALL(getcpu),
    /* time, limits, identity, chance */
    CALL(clock_gettime),
    CALL(clock_getres),
    CALL(clock_nanosleep),
    CALL(nanosleep),
    CALL(gettimeofday),
    CALL(time),
    CALL(times),
    CALL(getitimer),
    CALL(setitimer),
    CALL(alarm),
    CALL(getrandom),
    CALL(uname),
    CALL(sysinfo),
    CALL(getrlimit),
    CALL(getrusage),
    CALL(umask),
    CALL(capget),
    CALL(getuid),
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(getgroups),
    CALL(getresuid),
    CALL(getresgid),
    CALL(getpgid),
    CALL(getpgrp),
    CALL(getsid),
};

/* Changing files: core alone. */
static const int core_allowed[] = {
    CALL(fsync),     CALL(fdatasync), CALL(sync_file_range), CALL(ftruncate),   CALL(truncate),
    CALL(fallocate), CALL(flock),     CALL(copy_file_range), CALL(mkdir),       CALL(mkdirat),
    CALL(rename),    CALL(renameat),  CALL(renameat2),       CALL(unlink),      CALL(unlinkat),
    CALL(link),      CALL(linkat),    CALL(rmdir),           CALL(chmod),       CALL(fchmod),
    CALL(fchmodat),  CALL(fchown),    CALL(utimensat),       CALL(ftruncate64),
};

/* LeakSanitizer stops the program's threads from a process of its own. */
static const int sanitizer_allowed[] = {
    CALL(ptrace), CALL(wait4),     CALL(waitid),      CALL(clone),  CALL(prctl), CALL(kill),
    CALL(tgkill), CALL(prlimit64), CALL(personality), CALL(unlink), CALL(vfork), CALL(setrlimit),
};

static const int supervisor_refused[] = {
    CALL(process_vm_readv),
    CALL(process_vm_writev),
    CALL(process_madvise),
    CALL(pidfd_getfd),
    CALL(kcmp),
    CALL(bpf),
    CALL(perf_event_open),
    CALL(userfaultfd),
    CALL(io_uring_setup),
    CALL(io_uring_enter),
    CALL(io_uring_register),
    CALL(keyctl),
    CALL(add_key),
    CALL(request_key),
    CALL(mount),
    CALL(umount2),
    CALL(pivot_root),
    CALL(chroot),
    CALL(move_mount),
    CALL(fsopen),
    CALL(fsmount),
    CALL(fspick),
    CALL(open_tree),
    CALL(mount_setattr),
    CALL(setns),
    CALL(swapon),
    CALL(swapoff),
    CALL(reboot),
    CALL(kexec_load),
    CALL(kexec_file_load),
    CALL(init_module),
    CALL(finit_module),
    CALL(delete_module),
    CALL(open_by_handle_at),
    CALL(name_to_handle_at),
    CALL(fanotify_init),
    CALL(acct),
    CALL(quotactl),
    CALL(settimeofday),
    CALL(clock_settime),
    CALL(clock_adjtime),
    CALL(adjtimex),
    CALL(iopl),
    CALL(ioperm),
    CALL(sethostname),
    CALL(setdomainname),
    CALL(syslog),
    CALL(vhangup),
    CALL(lookup_dcookie),
    CALL(nfsservctl),
    CALL(modify_ldt),
};

/* A call that this kernel or architecture does not have cannot be made either. */
static bool rules_add(scmp_filter_ctx f, uint32_t action, const int *calls, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int problem = calls[i] < 0 ? 0 : seccomp_rule_add(f, action, calls[i], 0);
        if (problem && problem != -EEXIST) {
            errno = -problem;
            return false;
        }
    }
    return true;
}

static bool rule_add(scmp_filter_ctx f, uint32_t action, int call, struct scmp_arg_cmp arg)
{
    int problem = seccomp_rule_add_array(f, action, call, 1, &arg);
    if (problem && problem != -EEXIST) {
        errno = -problem;
        return false;
    }
    return true;
}

/* Calls that are allowed with certain arguments only. */
static bool rules_add_narrow(scmp_filter_ctx f)
{
    static const int options[] = { PR_SET_NAME,         PR_GET_NAME,    PR_GET_DUMPABLE,
                                   PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP, PR_SET_VMA,
                                   PR_GET_PDEATHSIG };
    static const unsigned long controls[] = { FIONBIO, FIONREAD, FIOCLEX, TCGETS, TIOCGWINSZ };
    bool good = true;
    for (size_t i = 0; i < LENGTH(options); i++)
        good = good && rule_add(f, SCMP_ACT_ALLOW, CALL(prctl),
                                SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)options[i]));
    for (size_t i = 0; i < LENGTH(controls); i++)
        good = good && rule_add(f, SCMP_ACT_ALLOW, CALL(ioctl), SCMP_A1(SCMP_CMP_EQ, controls[i]));
    /* threads, not processes; clone3 hides its flags from us, so the C library must do without */
    return good &&
           rule_add(f, SCMP_ACT_ALLOW, CALL(clone),
                    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) &&
           rule_add(f, SCMP_ACT_ALLOW, CALL(tgkill),
                    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) &&
           rule_add(f, SCMP_ACT_ALLOW, CALL(prlimit64), SCMP_A0(SCMP_CMP_EQ, 0)) &&
           rule_add(f, SCMP_ACT_ALLOW, CALL(socketpair), SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
}

static bool clone3_absent(scmp_filter_ctx f)
{
    return !seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);
}

/* TCP over IPv4 and nothing else: no datagrams, no raw packets, no other protocol. */
static bool connect_add(scmp_filter_ctx f)
{
    static const int calls[] = { CALL(connect) };
    const struct scmp_arg_cmp tcp[] = {
        SCMP_A0(SCMP_CMP_EQ, AF_INET),
        SCMP_A1(SCMP_CMP_MASKED_EQ, ~(uint32_t)(SOCK_CLOEXEC | SOCK_NONBLOCK), SOCK_STREAM),
        SCMP_A2(SCMP_CMP_EQ, 0),
    };
    int problem = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, CALL(socket), LENGTH(tcp), tcp);
    if (problem)
        errno = -problem;
    return !problem && rules_add(f, SCMP_ACT_ALLOW, calls, LENGTH(calls));
}

static bool sockets_add(scmp_filter_ctx f, bool local)
{
    static const int families[] = { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX };
    static const int calls[] = { CALL(connect), CALL(bind) };
    bool good = rules_add(f, SCMP_ACT_ALLOW, calls, LENGTH(calls));
    for (size_t i = 0; i < LENGTH(families) - !local; i++)
        good = good && rule_add(f, SCMP_ACT_ALLOW, CALL(socket),
                                SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
    return good;
}

static bool filter_fill(scmp_filter_ctx f, enum filter which)
{
    if (which == FILTER_SUPERVISOR)
        return rules_add(f, SCMP_ACT_ERRNO(EPERM), supervisor_refused, LENGTH(supervisor_refused));
    if (SANITIZED && !rules_add(f, SCMP_ACT_ALLOW, sanitizer_allowed, LENGTH(sanitizer_allowed)))
        return false;
    if (!rules_add(f, SCMP_ACT_ALLOW, allowed, LENGTH(allowed)) || !clone3_absent(f) ||
        !rules_add_narrow(f))
        return false;
    if (which == FILTER_EGRESS || which == FILTER_RELAY)
        return sockets_add(f, which == FILTER_RELAY);
    return rules_add(f, SCMP_ACT_ALLOW, core_allowed, LENGTH(core_allowed)) &&
           (which == FILTER_CORE || connect_add(f));
}

bool filter_enter(enum filter which)
{
    scmp_filter_ctx f =
        seccomp_init(which == FILTER_SUPERVISOR ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
    if (!f)
        return false;
    int problem = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
    if (!problem)
        problem = seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list */
    bool good = !problem && filter_fill(f, which);
    if (good) {
        problem = seccomp_load(f);
        good = !problem;
    }
    if (problem)
        errno = -problem;
    int kept = errno;
    seccomp_release(f);
    errno = kept;
    return good;
}
