/* sandbox_test.c: the sandboxes, tried for real. */
#include "sandbox.h"

#include "process_fixture.h"
#include "sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/process-test-XXXXXX";

static void *thread_run(void *user)
{
    *(int *)user = 7;
    return user;
}

/* What core does all day must go on in its sandbox. */
static int core_life(void)
{
    struct sandbox_report report;
    char path[200], other[200];
    int seven = 0, pair[2];
    pthread_t thread;
    sandbox_core(&(struct sandbox_core){ .data = folder }, &report);
    if (!sandbox_control(&report, "seccomp")->enforced)
        return 2;
    snprintf(path, sizeof path, "%s/a", folder);
    snprintf(other, sizeof other, "%s/b", folder);
    if (pthread_create(&thread, NULL, thread_run, &seven) || pthread_join(thread, NULL) ||
        seven != 7)
        return 3;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) || ftruncate(fd, 0) ||
        fcntl(fd, F_SETLK, &lock) || rename(path, other) || unlink(other))
        return 4;
    if (mkdir(path, 0700) || rmdir(path))
        return 5;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || write(pair[0], "x", 1) != 1)
        return 6;
    if (open("/etc/hostname", O_RDONLY) >= 0 || open("/tmp/process-test", O_CREAT, 0600) >= 0)
        return 7;
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
        return 8;
    if (!SANITIZED && (fork() != -1 || kill(getppid(), 0) != -1))
        return 9;
    return 0;
}

static void core_lives_in_its_sandbox(void **state)
{
    (void)state;
    assert_int_equal(in_child(core_life), 0);
}

static int core_report(void)
{
    struct sandbox_report report;
    bool all = sandbox_core(&(struct sandbox_core){ .data = folder }, &report);
    int absent = 0;
    for (size_t i = 0; i < report.count; i++)
        absent += !report.control[i].enforced || !report.control[i].text[0];
    return all == (absent == 0) && !sandbox_control(&report, "unheard of") ? absent : 100;
}

static void reports_every_control(void **state)
{
    (void)state;
    int absent = in_child(core_report);
    if (absent > (SANITIZED ? 1 : 0))
        print_message("this kernel leaves %d controls absent\n", absent);
    assert_in_range(absent, 0, SANDBOX_CONTROLS);
}

static void probes_core(void **state)
{
    (void)state;
    struct sandbox_probe p;
    assert_true(sandbox_probe(&(struct sandbox_core){ .data = folder }, &p));
    for (enum sandbox_act act = 0; act < SANDBOX_ACTS; act++)
        if (p.possible[act] != (act == SANDBOX_WRITE_DATA) && !(SANITIZED && act == SANDBOX_TRACE))
            fail_msg("%s", sandbox_act_name(act));
}

static void probes_core_with_a_relay(void **state)
{
    (void)state;
    struct sandbox_probe p;
    skip_unless_alone();
    assert_true(sandbox_probe(&(struct sandbox_core){ .data = folder, .relays = 1 }, &p));
    for (enum sandbox_act act = 0; act < SANDBOX_ACTS; act++)
        if (p.possible[act] != (act == SANDBOX_WRITE_DATA || act == SANDBOX_OPEN_INET) &&
            !(SANITIZED && act == SANDBOX_TRACE))
            fail_msg("%s", sandbox_act_name(act));
}

static bool number_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && !close(fd);
}

/* In a namespace of users that may make none of networks, no port is opened for a relay. */
static int shared_loopback(void)
{
    struct sandbox_report report;
    uint16_t ports[1] = { 1 };
    if (unshare(CLONE_NEWUSER) || !number_write("/proc/sys/user/max_net_namespaces", "0") ||
        !number_write("/proc/sys/user/max_user_namespaces", "0"))
        return 1;
    if (sandbox_with_relay(ports, &report) || ports[0])
        return 2;
    if (sandbox_control(&report, "network_namespace")->enforced)
        return 3;
    return socket(AF_INET, SOCK_STREAM, 0) < 0 ? 0 : 4;
}

static void opens_no_port_that_others_reach(void **state)
{
    (void)state;
    skip_unless_alone();
    assert_int_equal(in_child(shared_loopback), 0);
}

static void probes_egress(void **state)
{
    (void)state;
    struct sandbox_probe p;
    assert_true(sandbox_probe(NULL, &p));
    for (enum sandbox_act act = 0; act < SANDBOX_ACTS; act++)
        if (p.possible[act] != (act == SANDBOX_OPEN_INET || act == SANDBOX_OPEN_DATAGRAM ||
                                act == SANDBOX_CONNECT) &&
            !(SANITIZED && act == SANDBOX_TRACE))
            fail_msg("%s", sandbox_act_name(act));
}

static int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int folder_remove(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(core_lives_in_its_sandbox),
        cmocka_unit_test(reports_every_control),
        cmocka_unit_test(probes_core),
        cmocka_unit_test(probes_core_with_a_relay),
        cmocka_unit_test(opens_no_port_that_others_reach),
        cmocka_unit_test(probes_egress),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
