/* relay.c: a process that passes bytes on, and is allowed nothing else. */
#include "relay.h"

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK = 64 << 10, STACK = 256 << 10, CONNECT_S = 10, PAUSE_MS = 50 };

static void close_kept(int fd)
{
    int kept = errno;
    close(fd);
    errno = kept;
}

/* --- in the relay --- */

static void bytes_soon(int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

static int connect_local(const struct relay_target *t)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int n = snprintf(at.sun_path, sizeof at.sun_path, "%s/.s.PGSQL.%u", t->host, t->port);
    int fd = n < (int)sizeof at.sun_path ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at)) {
        close_kept(fd);
        return -1;
    }
    return fd;
}

static int connect_remote(const struct relay_target *t)
{
    static const struct timeval patience = { CONNECT_S, 0 };
    static const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *all;
    char port[8];
    int fd = -1;
    snprintf(port, sizeof port, "%u", t->port);
    if (getaddrinfo(t->host, port, &wanted, &all))
        return -1;
    for (struct addrinfo *at = all; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
            continue;
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (connect(fd, at->ai_addr, at->ai_addrlen)) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(all);
    if (fd >= 0) {
        static const struct timeval none = { 0 };
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
        bytes_soon(fd);
    }
    return fd;
}

static bool write_all(int fd, const char *at, size_t n)
{
    for (ssize_t done; n; at += done, n -= (size_t)done) {
        done = send(fd, at, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            done = 0;
        else if (done <= 0)
            return false;
    }
    return true;
}

/* One direction, in a thread of its own: two that wait for each other would stand still. */
static void pump(int from, int to, char *room)
{
    for (;;) {
        ssize_t n = recv(from, room, CHUNK, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || !write_all(to, room, (size_t)n))
            break;
    }
    shutdown(to, SHUT_WR);
    shutdown(from, SHUT_RD);
}

struct pair {
    int near, far;
};

static void *pump_back(void *with)
{
    const struct pair *p = with;
    char *room = malloc(CHUNK);
    if (room) {
        pump(p->far, p->near, room);
    } else {
        shutdown(p->near, SHUT_RDWR);
        shutdown(p->far, SHUT_RDWR);
    }
    free(room);
    return NULL;
}

struct taken {
    const struct relay_target *target;
    int near;
};

static void carry(struct pair *p)
{
    pthread_t back;
    char *room = malloc(CHUNK);
    if (room && !pthread_create(&back, NULL, pump_back, p)) {
        pump(p->near, p->far, room);
        pthread_join(back, NULL);
    }
    free(room);
}

static void *taken_serve(void *with)
{
    struct taken *taken = with;
    struct pair p = { .near = taken->near };
    p.far = taken->target->host[0] == '/' ? connect_local(taken->target)
                                          : connect_remote(taken->target);
    free(taken);
    bytes_soon(p.near);
    if (p.far >= 0) {
        carry(&p);
        close(p.far);
    }
    close(p.near);
    return NULL;
}

/* False when there is no room for it now. */
static bool take(const struct relay_target *target, int listener)
{
    pthread_attr_t small;
    pthread_t thread;
    struct taken *taken = malloc(sizeof *taken);
    int near = taken ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
    if (near < 0) {
        bool gone = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
        free(taken);
        return gone;
    }
    *taken = (struct taken){ target, near };
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    bool served = !pthread_create(&thread, &small, taken_serve, taken);
    if (!served) {
        close(near);
        free(taken);
    }
    pthread_attr_destroy(&small);
    return served;
}

static bool listeners_receive(int channel, size_t count, int *ret)
{
    char byte;
    struct iovec data = { &byte, 1 };
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(RELAY_TARGETS * sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) != 1)
        return false;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (!head || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(count * sizeof(int)))
        return false;
    memcpy(ret, CMSG_DATA(head), count * sizeof(int));
    return true;
}

/* Without a free descriptor the connection waits, and poll says so at once: a pause, then. */
static void listeners_serve(const struct relay_target *targets, size_t count,
                            const struct pollfd *waits)
{
    bool taken = true;
    for (size_t i = 0; i < count; i++)
        if (waits[i].revents & POLLIN)
            taken = take(&targets[i], waits[i].fd) && taken;
    if (!taken)
        poll(NULL, 0, PAUSE_MS);
}

int relay_run(const struct relay_target *targets, size_t count)
{
    int listener[RELAY_TARGETS];
    struct pollfd waits[RELAY_TARGETS + 1];
    if (!listeners_receive(PROCESS_CHANNEL, count, listener))
        return 1;
    for (size_t i = 0; i < count; i++)
        waits[i] = (struct pollfd){ .fd = listener[i], .events = POLLIN };
    waits[count] = (struct pollfd){ .fd = PROCESS_CHANNEL, .events = POLLIN };
    for (;;) {
        int ready = poll(waits, count + 1, -1);
        if (ready < 0 && errno != EINTR)
            return 1;
        if (ready > 0 && waits[count].revents) /* core is gone */
            return 0;
        if (ready > 0)
            listeners_serve(targets, count, waits);
    }
}

/* --- in core --- */

/* A new network namespace has a loopback that is down. */
static bool loopback_up(void)
{
    struct ifreq lo = { .ifr_name = "lo" };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool done = !ioctl(fd, SIOCGIFFLAGS, &lo);
    if (done && !(lo.ifr_flags & IFF_UP)) {
        lo.ifr_flags |= IFF_UP;
        done = !ioctl(fd, SIOCSIFFLAGS, &lo);
    }
    close_kept(fd);
    return done;
}

static int listener_make(uint16_t *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 128) ||
        getsockname(fd, (struct sockaddr *)&at, &size)) {
        close_kept(fd);
        return -1;
    }
    *port = ntohs(at.sin_port);
    return fd;
}

static bool listeners_send(int channel, const int *listener, size_t count)
{
    char byte = 0;
    struct iovec data = { &byte, 1 };
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(RELAY_TARGETS * sizeof(int))];
    } control = { 0 };
    struct msghdr message = { .msg_iov = &data,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = CMSG_SPACE(count * sizeof(int)) };
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(head), listener, count * sizeof(int));
    return sendmsg(channel, &message, MSG_NOSIGNAL) == 1;
}

bool relay_listen(int channel, size_t count, uint16_t *ports)
{
    int listener[RELAY_TARGETS];
    size_t made = 0;
    bool done = loopback_up();
    for (; done && made < count; made += done) {
        listener[made] = listener_make(&ports[made]);
        done = listener[made] >= 0;
    }
    done = done && listeners_send(channel, listener, count);
    for (size_t i = 0; i < made; i++)
        close_kept(listener[i]);
    return done;
}
