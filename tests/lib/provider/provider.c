/* provider.c: running the stand-in in a child and asking it what it has seen. */
#include "provider.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

bool provider_start(struct provider *ret)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&at, n) || listen(listener, 512) ||
        getsockname(listener, (struct sockaddr *)&at, &n))
        return false;
    pid_t parent = getpid(), pid = fork();
    if (!pid) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        _exit(provider_serve(listener));
    }
    close(listener);
    *ret = (struct provider){ pid, ntohs(at.sin_port) };
    return pid > 0;
}

void provider_stop(struct provider *p)
{
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
}

const char *provider_url(const struct provider *p, const char *behaviour, char to[160])
{
    snprintf(to, 160, "http://127.0.0.1:%d%s%s/v1/chat/completions", p->port,
             behaviour[0] ? "/" : "", behaviour);
    return to;
}

/* Sends a request without a body and returns the whole answer, NUL-terminated. */
static char *ask(const struct provider *p, const char *method, const char *path, size_t *ret)
{
    char line[200];
    size_t len = 0, room = 1 << 16;
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(p->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int n = snprintf(line, sizeof line, "%s %s HTTP/1.1\r\nHost: x\r\n\r\n", method, path);
    char *all = malloc(room), *body = NULL;
    if (!all || fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) ||
        send(fd, line, (size_t)n, MSG_NOSIGNAL) != n)
        abort();
    for (;;) {
        ssize_t got = recv(fd, all + len, room - len - 1, 0);
        if (got <= 0)
            abort();
        len += (size_t)got;
        all[len] = 0;
        if (room - len < 2 && !(all = realloc(all, room *= 2)))
            abort();
        body = memmem(all, len, "\r\n\r\n", 4);
        const char *length = strstr(all, "Content-Length: ");
        if (body && length && len >= (size_t)(body + 4 - all) + strtoul(length + 16, NULL, 10))
            break;
    }
    close(fd);
    *ret = len;
    return all;
}

char *provider_last(const struct provider *p, size_t *n)
{
    size_t len;
    char *all = ask(p, "GET", "/requests/last", &len);
    char *body = strstr(all, "\r\n\r\n") + 4;
    *n = len - (size_t)(body - all);
    memmove(all, body, *n + 1);
    return all;
}

size_t provider_count(const struct provider *p)
{
    size_t len;
    char *all = ask(p, "GET", "/requests", &len);
    const char *count = strstr(all, "X-Count: ");
    size_t n = count ? strtoul(count + 9, NULL, 10) : 0;
    free(all);
    return n;
}

void provider_forget(const struct provider *p)
{
    size_t len;
    free(ask(p, "DELETE", "/requests", &len));
}
