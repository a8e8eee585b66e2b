/* child.c: what a child of the supervisor does first, and the listening socket. */
#include "process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes of free memory that each of malloc's heaps keeps. By default it keeps 128 KiB, which one
   request more or less exceeds, the more where one thread takes memory that another gives back:
   then the kernel takes pages away and gives them anew all the time.
   Setting this would turn off that the limit of what is mapped by itself adapts, so that is set to
   where it would come to. */
enum { HEAP_KEPT = 1 << 20 };

bool process_child(const char *name)
{
    (void)mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    (void)mallopt(M_MMAP_THRESHOLD, HEAP_KEPT);
    int type = 0;
    socklen_t n = sizeof type;
    if (getsockopt(PROCESS_CHANNEL, SOL_SOCKET, SO_TYPE, &type, &n) || type != SOCK_SEQPACKET)
        return false;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
        return false;
    (void)prctl(PR_SET_NAME, name, 0, 0, 0);
    /* It may have died before: then nobody reads the other end of the pipe. */
    struct pollfd ready = { .fd = PROCESS_READY };
    return poll(&ready, 1, 0) == 0;
}

void process_stops(sigset_t *ret)
{
    struct sigaction hangup;
    sigemptyset(ret);
    sigaddset(ret, SIGTERM);
    sigaddset(ret, SIGINT);
    if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler != SIG_IGN)
        sigaddset(ret, SIGHUP);
}

void process_ready(void)
{
    ssize_t n;
    do
        n = write(PROCESS_READY, "", 1);
    while (n < 0 && errno == EINTR);
    close(PROCESS_READY);
}

static socklen_t address_parse(const char *address, uint16_t port, struct sockaddr_storage *ret)
{
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    if (inet_pton(AF_INET, address, &four.sin_addr) == 1) {
        memcpy(ret, &four, sizeof four);
        return sizeof four;
    }
    if (inet_pton(AF_INET6, address, &six.sin6_addr) == 1) {
        memcpy(ret, &six, sizeof six);
        return sizeof six;
    }
    return 0;
}

static bool listen_fail(int fd, const char *address, uint16_t port, char why[200])
{
    snprintf(why, 200, "cannot listen on %s port %u: %s", address, port, strerror(errno));
    if (fd >= 0)
        close(fd);
    return false;
}

bool process_listen(const char *address, uint16_t port, char why[200], int *fd, uint16_t *ret)
{
    struct sockaddr_storage at;
    socklen_t n = address_parse(address, port, &at);
    int one = 1;
    if (!n) {
        snprintf(why, 200, "cannot listen on %s: it is not a numeric IPv4 or IPv6 address",
                 address);
        return false;
    }
    int s = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
        bind(s, (struct sockaddr *)&at, n) || listen(s, SOMAXCONN) ||
        getsockname(s, (struct sockaddr *)&at, &n))
        return listen_fail(s, address, port, why);
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    memcpy(&four, &at, sizeof four);
    memcpy(&six, &at, sizeof six);
    *fd = s;
    *ret = ntohs(at.ss_family == AF_INET ? four.sin_port : six.sin6_port);
    return true;
}
