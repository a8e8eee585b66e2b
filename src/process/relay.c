/* relay.c: a process that passes bytes on, and is allowed nothing else. */
#include "relay.h"

#include "base/wait.h"
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
    errno = ENAMETOOLONG;
    int fd = n < (int)sizeof at.sun_path ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at)) {
        close_kept(fd);
        return -1;
    }
    return fd;
}

/* `failure`: of getaddrinfo, when that failed; else errno says it. */
static int connect_remote(const struct relay_target *t, int *failure)
{
    static const struct timeval patience = { CONNECT_S, 0 };
    static const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *all;
    char port[8];
    int fd = -1;
    snprintf(port, sizeof port, "%u", t->port);
    *failure = getaddrinfo(t->host, port, &wanted, &all);
    if (*failure)
        return -1;
    for (struct addrinfo *at = all; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
            continue;
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (connect(fd, at->ai_addr, at->ai_addrlen)) {
            close_kept(fd);
            fd = -1;
        }
    }
    int why = errno;
    freeaddrinfo(all);
    errno = why;
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
    struct relay_target *target;
    relay_tell *tell;
    int near;
    uint16_t port; /* of core's end */
};

/* One message with a number and up to RELAY_TARGETS descriptors. */
struct parcel {
    uint16_t number;
    struct iovec data;
    struct msghdr message;
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(RELAY_TARGETS * sizeof(int))];
    } control;
};

static void parcel_init(struct parcel *p)
{
    *p = (struct parcel){ 0 };
    p->data = (struct iovec){ &p->number, sizeof p->number };
    p->message = (struct msghdr){ .msg_iov = &p->data,
                                  .msg_iovlen = 1,
                                  .msg_control = &p->control,
                                  .msg_controllen = sizeof p->control };
}

static bool parcel_send(int channel, uint16_t number, const int *fd, size_t count)
{
    struct parcel p;
    parcel_init(&p);
    p.number = number;
    p.message.msg_controllen = count ? CMSG_SPACE(count * sizeof(int)) : 0;
    if (count) {
        struct cmsghdr *head = CMSG_FIRSTHDR(&p.message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(head), fd, count * sizeof(int));
    }
    return sendmsg(channel, &p.message, MSG_NOSIGNAL) == sizeof p.number;
}

/* How many descriptors came; -1 when the other end is gone. */
static int parcel_receive(int channel, uint16_t *number, int fd[RELAY_TARGETS])
{
    struct parcel p;
    ssize_t n;
    do {
        parcel_init(&p);
        n = recvmsg(channel, &p.message, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n != sizeof p.number)
        return -1;
    const struct cmsghdr *head = CMSG_FIRSTHDR(&p.message);
    bool some = head && head->cmsg_type == SCM_RIGHTS;
    size_t count = some ? (head->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
    memcpy(fd, head ? CMSG_DATA(head) : (const unsigned char *)"", count * sizeof(int));
    *number = p.number;
    return (int)count;
}

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

/* What does not answer in time is EAGAIN or EINPROGRESS, in words that nobody understands. */
static const char *reason_of(int failure)
{
    if (failure < 0 && failure != EAI_SYSTEM)
        return gai_strerror(failure);
    return errno == EAGAIN || errno == EINPROGRESS ? strerror(ETIMEDOUT) : strerror(errno);
}

static int target_connect(struct relay_target *t, relay_tell *tell)
{
    int failure = 0;
    int fd = t->host[0] == '/' ? connect_local(t) : connect_remote(t, &failure);
    int now = fd >= 0 ? 0 : failure ? failure : errno;
    if (__atomic_exchange_n(&t->trouble, now, __ATOMIC_RELAXED) != now && fd < 0)
        tell(t, reason_of(failure));
    return fd;
}

static void *taken_serve(void *with)
{
    struct taken *taken = with;
    struct pair p = { .near = taken->near };
    bool local = taken->target->host[0] == '/';
    p.far = target_connect(taken->target, taken->tell);
    bytes_soon(p.near);
    if (local)
        (void)parcel_send(PROCESS_CHANNEL, taken->port, &p.far, p.far >= 0);
    else if (p.far >= 0)
        carry(&p);
    if (p.far >= 0)
        close(p.far);
    close(p.near);
    free(taken);
    return NULL;
}

/* False when there is no room for it now. */
static bool take(struct relay_target *target, relay_tell *tell, int listener)
{
    pthread_attr_t small;
    pthread_t thread;
    struct taken *taken = malloc(sizeof *taken);
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    int near = taken ? accept4(listener, (struct sockaddr *)&from, &size, SOCK_CLOEXEC) : -1;
    if (near < 0) {
        bool gone = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
        free(taken);
        return gone;
    }
    *taken = (struct taken){ target, tell, near, ntohs(from.sin_port) };
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

/* Without a free descriptor the connection waits, and poll says so at once: a pause, then. */
static void listeners_serve(struct relay_target *targets, size_t count, relay_tell *tell,
                            const struct pollfd *waits)
{
    bool taken = true;
    for (size_t i = 0; i < count; i++)
        if (waits[i].revents & POLLIN)
            taken = take(&targets[i], tell, waits[i].fd) && taken;
    if (!taken)
        poll(NULL, 0, PAUSE_MS);
}

int relay_run(struct relay_target *targets, size_t count, relay_tell *tell)
{
    int listener[RELAY_TARGETS];
    struct pollfd waits[RELAY_TARGETS + 1];
    uint16_t number;
    if (parcel_receive(PROCESS_CHANNEL, &number, listener) != (int)count)
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
            listeners_serve(targets, count, tell, waits);
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

bool relay_listen(int channel, size_t count, uint16_t *ports)
{
    int listener[RELAY_TARGETS];
    size_t made = 0;
    bool done = loopback_up();
    for (; done && made < count; made += done) {
        listener[made] = listener_make(&ports[made]);
        done = listener[made] >= 0;
    }
    done = done && parcel_send(channel, 0, listener, count);
    for (size_t i = 0; i < made; i++)
        close_kept(listener[i]);
    return done;
}

bool relay_gone(int channel)
{
    struct pollfd end = { .fd = channel };
    return poll(&end, 1, 0) == 1 && end.revents & POLLHUP;
}

struct handed {
    struct handed *next;
    uint16_t port;
    int fd; /* -1: the relay could not connect */
};

struct relay_way {
    int channel;
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct handed *first;
};

struct relay_way *relay_way_new(int channel)
{
    struct relay_way *way = calloc(1, sizeof *way);
    if (!way)
        abort();
    way->channel = channel;
    pthread_mutex_init(&way->lock, NULL);
    wait_init(&way->some);
    return way;
}

/* Takes out what was handed over for a port; false when nothing was. */
static bool handed_find(struct relay_way *way, uint16_t port, int *fd)
{
    for (struct handed **at = &way->first; *at; at = &(*at)->next) {
        struct handed *h = *at;
        if (h->port != port)
            continue;
        *at = h->next;
        *fd = h->fd;
        free(h);
        return true;
    }
    return false;
}

void relay_way_free(struct relay_way *way)
{
    if (!way)
        return;
    while (way->first) {
        int fd;
        if (handed_find(way, way->first->port, &fd) && fd >= 0)
            close(fd);
    }
    pthread_mutex_destroy(&way->lock);
    pthread_cond_destroy(&way->some);
    free(way);
}

bool relay_way_next(struct relay_way *way)
{
    uint16_t port;
    int fd[RELAY_TARGETS], old;
    int count = parcel_receive(way->channel, &port, fd);
    if (count < 0 || count > 1)
        return false;
    struct handed *h = calloc(1, sizeof *h);
    if (!h)
        abort();
    pthread_mutex_lock(&way->lock);
    if (handed_find(way, port, &old) && old >= 0)
        close(old); /* whoever wanted it has given up */
    *h = (struct handed){ way->first, port, count ? fd[0] : -1 };
    way->first = h;
    pthread_cond_broadcast(&way->some);
    pthread_mutex_unlock(&way->lock);
    return true;
}

bool relay_way_take(void *with, int fd)
{
    struct relay_way *way = with;
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    struct timespec until = wait_ms(CONNECT_S * 1000);
    int far = -1;
    if (getsockname(fd, (struct sockaddr *)&at, &size))
        return false;
    pthread_mutex_lock(&way->lock);
    int late = 0;
    while (!late && !handed_find(way, ntohs(at.sin_port), &far))
        late = pthread_cond_timedwait(&way->some, &way->lock, &until);
    pthread_mutex_unlock(&way->lock);
    if (far < 0)
        return false;
    int flags = fcntl(fd, F_GETFL);
    bool done = flags >= 0 && fcntl(far, F_SETFL, flags) >= 0 && dup3(far, fd, O_CLOEXEC) == fd;
    close(far);
    return done;
}
