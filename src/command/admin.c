/* admin.c: lines over a local socket. */
#include "admin.h"

#include "backup.h"
#include "base/wait.h"
#include "core/move.h"
#include "org_create.h"
#include "org_list.h"
#include "prove_online.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CALLERS = 16, PATIENCE_S = 120 };

/* Who has connected and not yet said what for. */
struct caller {
    int fd;
    int64_t until; /* by clock_ms, how long that is waited for */
    size_t n;
    char line[ADMIN_REQUEST];
};

struct admin {
    struct app *app;
    const struct residues *residues;
    int fd;
    pthread_t thread;
    struct caller caller[CALLERS]; /* in the order in which they came */
    size_t callers;
};

static bool address_of(const char *data, struct sockaddr_un *ret)
{
    ret->sun_family = AF_UNIX;
    int n = snprintf(ret->sun_path, sizeof ret->sun_path, "%s/admin.sock", data);
    return n > 0 && (size_t)n < sizeof ret->sun_path;
}

bool admin_listen(const char *data, int *ret, struct error *err)
{
    struct sockaddr_un at = { 0 };
    if (!address_of(data, &at))
        return error_set(err, UNAVAILABLE, "The path of the data folder is too long for a socket");
    int fd;
    if (admin_connect(data, &fd)) { /* whose socket this is serves on */
        close(fd);
        return error_set(err, UNAVAILABLE, "the data folder is in use by another process");
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(at.sun_path);
    mode_t mask = umask(0177);
    bool ok = fd >= 0 && !bind(fd, (struct sockaddr *)&at, sizeof at) && !listen(fd, SOMAXCONN);
    umask(mask);
    if (!ok) {
        error_set(err, UNAVAILABLE, "%.100s cannot be made: %s", at.sun_path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    *ret = fd;
    return true;
}

bool admin_connect(const char *data, int *ret)
{
    struct sockaddr_un at = { 0 };
    int fd = address_of(data, &at) ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at)) {
        close(fd);
        fd = -1;
    }
    *ret = fd;
    return fd >= 0;
}

bool admin_say(int fd, const char *line)
{
    size_t n = strlen(line);
    for (size_t at = 0; at < n;) {
        ssize_t sent = send(fd, line + at, n - at, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += (size_t)sent;
    }
    return send(fd, "\n", 1, MSG_NOSIGNAL) == 1;
}

bool admin_hear(int fd, char *to, size_t room)
{
    size_t n = 0;
    char c;
    while (recv(fd, &c, 1, 0) == 1) {
        if (c == '\n') {
            to[n] = 0;
            return true;
        }
        if (n + 1 < room)
            to[n++] = c;
    }
    return false;
}

bool admin_ask(int fd, const char *request, admin_line *each, void *with, struct error *err)
{
    static char line[64 << 10];
    if (!admin_say(fd, request))
        return error_set(err, UNAVAILABLE, "The running program does not answer");
    while (admin_hear(fd, line, sizeof line)) {
        if (!strcmp(line, "ok"))
            return true;
        if (text_starts(line, "error "))
            return error_set(err, UNAVAILABLE, "%.180s", line + 6);
        if (!each(with, line))
            break;
    }
    return error_set(err, UNAVAILABLE, "The running program ended in between");
}

/* "from ID" or "to ID"; what follows is frames. */
static bool move_online(struct app *app, int fd, const char *how, struct error *err)
{
    struct id id;
    bool gives = text_starts(how, "from ");
    const char *text = strchr(how, ' ');
    if (!text || !id_parse(text + 1, &id))
        return error_set(err, BAD_REQUEST, "That is not a request of this program");
    move_side(app, fd, gives, id);
    return true;
}

static bool answer(const struct admin *a, int fd, const char *line, struct error *err)
{
    if (!strcmp(line, "backup"))
        return backup_online(a->app, fd, err);
    if (!strcmp(line, "orgs"))
        return org_list_online(a->app, fd, err);
    if (text_starts(line, "org "))
        return org_create_online(a->app, fd, line, err);
    if (text_starts(line, "prove"))
        return prove_online(a->app, a->residues, fd, line + 5, err);
    if (text_starts(line, "move "))
        return move_online(a->app, fd, line + 5, err);
    return error_set(err, BAD_REQUEST, "That is not a request of this program");
}

static void serve_one(const struct admin *a, const struct caller *caller)
{
    char last[ERROR_TEXT + 16];
    struct error err = { 0 };
    bool ok = answer(a, caller->fd, caller->line, &err);
    snprintf(last, sizeof last, "error %s",
             err.detail[0] ? err.detail
                           : problem_info(err.problem ? err.problem : INTERNAL)->title);
    (void)!admin_say(caller->fd, ok ? "ok" : last);
}

static void caller_drop(struct admin *a, size_t i)
{
    close(a->caller[i].fd);
    memmove(a->caller + i, a->caller + i + 1, (--a->callers - i) * sizeof a->caller[0]);
}

/* One more than there is room for takes the place of the one that has been silent the longest. */
static void caller_add(struct admin *a, int fd)
{
    struct timeval patience = { .tv_sec = PATIENCE_S };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (a->callers == CALLERS)
        caller_drop(a, 0);
    struct caller *caller = &a->caller[a->callers++];
    caller->fd = fd;
    caller->until = clock_ms() + PATIENCE_S * 1000;
    caller->n = 0;
}

enum hearing { HEARD_PART, HEARD_ALL, HEARD_LAST };

/* No byte beyond the request: what follows is the answer's to read. */
static enum hearing caller_hear(struct caller *caller)
{
    ssize_t got;
    char c;
    while ((got = recv(caller->fd, &c, 1, MSG_DONTWAIT)) == 1 && c != '\n')
        if (caller->n + 1 < sizeof caller->line)
            caller->line[caller->n++] = c;
    caller->line[caller->n] = 0;
    if (got == 1)
        return HEARD_ALL;
    bool waits = got < 0 && (errno == EAGAIN || errno == EINTR);
    return waits && clock_ms() < caller->until ? HEARD_PART : HEARD_LAST;
}

static void callers_hear(struct admin *a)
{
    for (size_t i = 0; i < a->callers;) {
        enum hearing heard = caller_hear(&a->caller[i]);
        if (heard == HEARD_ALL)
            serve_one(a, &a->caller[i]);
        if (heard == HEARD_PART)
            i++;
        else
            caller_drop(a, i);
    }
}

static void callers_wait(struct admin *a, bool *called)
{
    struct pollfd want[1 + CALLERS] = { { .fd = a->fd, .events = POLLIN } };
    for (size_t i = 0; i < a->callers; i++)
        want[1 + i] = (struct pollfd){ .fd = a->caller[i].fd, .events = POLLIN };
    int64_t wait = a->callers ? a->caller[0].until - clock_ms() : -1;
    (void)poll(want, 1 + a->callers, a->callers && wait < 0 ? 0 : (int)wait);
    *called = want[0].revents;
}

/* What admin_stop has done, or a bug, ends it. All else passes: a process that has too many files
   open, or too little memory, has less of it a moment later. */
static void *admin_thread(void *with)
{
    static const struct timespec moment = { .tv_nsec = 100000000 };
    struct admin *a = with;
    for (bool called;; callers_hear(a)) {
        callers_wait(a, &called);
        int fd = called ? accept4(a->fd, NULL, NULL, SOCK_CLOEXEC) : -1;
        if (called && fd < 0 && (errno == EINVAL || errno == EBADF))
            break;
        if (fd >= 0)
            caller_add(a, fd);
        else if (called)
            nanosleep(&moment, NULL);
    }
    while (a->callers)
        caller_drop(a, 0);
    return NULL;
}

struct admin *admin_start(struct app *app, const struct residues *residues, int fd)
{
    struct admin *a = calloc(1, sizeof *a);
    if (!a)
        abort();
    a->app = app;
    a->residues = residues;
    a->fd = fd;
    if (pthread_create(&a->thread, NULL, admin_thread, a))
        abort();
    return a;
}

void admin_stop(struct admin *a)
{
    shutdown(a->fd, SHUT_RDWR);
    pthread_join(a->thread, NULL);
    close(a->fd);
    struct sockaddr_un at = { 0 };
    if (address_of(a->app->config->data_dir, &at))
        unlink(at.sun_path);
    free(a);
}
