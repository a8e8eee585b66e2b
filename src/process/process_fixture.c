/* process_fixture.c: children that try what cannot be undone. */
#include "process_fixture.h"

#include "process.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

int in_child(int (*act)(void))
{
    int status;
    pid_t pid = fork();
    if (!pid)
        _exit(act());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int alone(void)
{
    return unshare(CLONE_NEWUSER | CLONE_NEWNET);
}

void skip_unless_alone(void)
{
    if (!in_child(alone))
        return;
    print_message("this kernel does not permit a network namespace\n");
    skip();
}

bool sandbox_with_relay(uint16_t ports[1], struct sandbox_report *report)
{
    struct sandbox_core core = {
        .data = "/tmp", .relay = PROCESS_RELAYED, .relays = 1, .ports = ports
    };
    sandbox_core(&core, report);
    return ports[0];
}
