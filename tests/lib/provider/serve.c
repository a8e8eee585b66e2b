/* serve.c: a small HTTP/1.1 server on one thread and one epoll. */
#include "connection.h"
#include "provider.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KEPT = 512, IN_MAX = 16 << 20, NAMES = 64 };

struct kept {
    char path[256], authorization[600];
    char *body;
    size_t len;
};

struct server {
    int epoll, listener;
    size_t count; /* requests since the last DELETE; the newest KEPT are kept */
    struct kept kept[KEPT];
    struct {
        char name[32];
        unsigned turn;
    } turns[NAMES];
    struct connection *by_fd[65536];
    int top; /* highest descriptor seen */
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void bytes_add(struct bytes *b, const void *from, size_t n)
{
    if (b->len + n + 1 > b->room) {
        b->room = (b->len + n + 1) * 2;
        b->at = realloc(b->at, b->room);
        if (!b->at)
            abort();
    }
    if (n)
        memcpy(b->at + b->len, from, n);
    b->len += n;
    b->at[b->len] = 0;
}

void bytes_text(struct bytes *b, const char *text)
{
    bytes_add(b, text, strlen(text));
}

void bytes_format(struct bytes *b, const char *format, ...)
{
    char text[8192];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    assert(n >= 0 && (size_t)n < sizeof text);
    bytes_add(b, text, (size_t)n);
}

void answer_whole(struct connection *c, int status, const char *type, const char *headers,
                  const char *body, size_t n)
{
    bytes_format(&c->out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\n\r\n",
                 status, status == 200 ? "OK" : "No", type, headers, n);
    bytes_add(&c->out, body, n);
}

static void connection_close(struct server *s, struct connection *c)
{
    close(c->fd);
    s->by_fd[c->fd] = NULL;
    free(c->in.at);
    free(c->out.at);
    free(c);
}

static void connection_watch(struct server *s, struct connection *c, bool room)
{
    struct epoll_event want = { .events = EPOLLIN | (room ? (uint32_t)EPOLLOUT : 0),
                                .data.fd = c->fd };
    if (room != c->watching)
        epoll_ctl(s->epoll, EPOLL_CTL_MOD, c->fd, &want);
    c->watching = room;
}

/* Sends what is due; false when the connection is closed. */
static bool connection_send(struct server *s, struct connection *c)
{
    while (c->sent < c->out.len) {
        size_t left = c->out.len - c->sent;
        size_t n = c->piece && c->piece < left ? c->piece : left;
        ssize_t sent = send(c->fd, c->out.at + c->sent, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN) {
            connection_watch(s, c, true);
            return true;
        }
        if (sent < 0) {
            connection_close(s, c);
            return false;
        }
        c->sent += (size_t)sent;
        if (c->endless && c->sent == c->out.len)
            c->sent -= c->again;
        if (c->pause_ms) {
            c->next_at = now_ms() + c->pause_ms;
            return true;
        }
    }
    connection_watch(s, c, false);
    if (c->close_after) {
        connection_close(s, c);
        return false;
    }
    c->out.len = c->sent = 0;
    c->piece = 0;
    c->pause_ms = 0;
    c->next_at = 0;
    return true;
}

static void json_text(struct bytes *out, const char *at, size_t n)
{
    bytes_text(out, "\"");
    for (size_t i = 0; i < n; i++) {
        if (at[i] == '"' || at[i] == '\\')
            bytes_add(out, "\\", 1);
        if ((unsigned char)at[i] < 0x20)
            bytes_format(out, "\\u%04x", at[i]);
        else
            bytes_add(out, at + i, 1);
    }
    bytes_text(out, "\"");
}

static void requests_list(struct server *s, struct connection *c)
{
    struct bytes b = { 0 };
    size_t first = s->count > KEPT ? s->count - KEPT : 0;
    bytes_text(&b, "[");
    for (size_t i = first; i < s->count; i++) {
        const struct kept *k = &s->kept[i % KEPT];
        bytes_text(&b, i > first ? ",{\"path\":" : "{\"path\":");
        json_text(&b, k->path, strlen(k->path));
        bytes_text(&b, ",\"authorization\":");
        json_text(&b, k->authorization, strlen(k->authorization));
        bytes_text(&b, ",\"body\":");
        json_text(&b, k->body, k->len);
        bytes_text(&b, "}");
    }
    bytes_text(&b, "]");
    char count[40];
    snprintf(count, sizeof count, "X-Count: %zu\r\n", s->count);
    answer_whole(c, 200, "application/json", count, b.at, b.len);
    free(b.at);
}

static void requests_forget(struct server *s)
{
    for (size_t i = 0; i < KEPT; i++) {
        free(s->kept[i].body);
        s->kept[i] = (struct kept){ 0 };
    }
    memset(s->turns, 0, sizeof s->turns);
    s->count = 0;
}

static void request_keep(struct server *s, const char *path, const char *authorization,
                         const char *body, size_t n)
{
    struct kept *k = &s->kept[s->count++ % KEPT];
    snprintf(k->path, sizeof k->path, "%s", path);
    snprintf(k->authorization, sizeof k->authorization, "%s", authorization);
    k->body = realloc(k->body, n + 1);
    if (!k->body)
        abort();
    memcpy(k->body, body, n);
    k->len = n;
}

static unsigned turn_of(struct server *s, const char *behaviour)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (!s->turns[i].name[0])
            snprintf(s->turns[i].name, sizeof s->turns[i].name, "%s", behaviour);
        if (!strcmp(s->turns[i].name, behaviour))
            return s->turns[i].turn++;
    }
    return 0;
}

static void post(struct server *s, struct connection *c, const char *path, const char *body,
                 size_t n)
{
    char behaviour[32] = "";
    static const char rest[] = "/v1/chat/completions";
    struct request r = { .behaviour = behaviour, .body = body, .len = n };
    size_t len = strlen(path), tail = sizeof rest - 1;
    bool known = len >= tail && !strcmp(path + len - tail, rest) && len - tail < sizeof behaviour;
    if (known && len > tail)
        memcpy(behaviour, path + 1, len - tail - 1);
    r.stream = memmem(body, n, "\"stream\":true", 13);
    r.turn = behaviour[0] ? turn_of(s, behaviour) : 0;
    if (!known || !behaviour_answer(c, &r))
        answer_whole(c, 404, "application/json", "", "{}", 2);
}

static void request_handle(struct server *s, struct connection *c, const char *method,
                           const char *path, const char *authorization, const char *body, size_t n)
{
    if (!strcmp(method, "POST")) {
        request_keep(s, path, authorization, body, n);
        post(s, c, path, body, n);
    } else if (!strcmp(method, "DELETE")) {
        requests_forget(s);
        answer_whole(c, 200, "application/json", "", "{}", 2);
    } else if (!strcmp(path, "/requests/last") && s->count) {
        const struct kept *k = &s->kept[(s->count - 1) % KEPT];
        answer_whole(c, 200, "application/octet-stream", "", k->body, k->len);
    } else if (!strcmp(path, "/requests")) {
        requests_list(s, c);
    } else {
        answer_whole(c, 404, "application/json", "", "{}", 2);
    }
}

static const char *header_of(const char *head, const char *name, char *to, size_t room)
{
    size_t n = strlen(name);
    to[0] = 0;
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, n) != 0 || line[n] != ':')
            continue;
        const char *value = line + n + 1 + strspn(line + n + 1, " ");
        size_t len = strcspn(value, "\r\n");
        snprintf(to, room, "%.*s", (int)len, value);
    }
    return to;
}

/* Handles the first request in the buffer; false when it is not whole yet. */
static bool request_take(struct server *s, struct connection *c)
{
    char method[16], path[256], length[24], authorization[600];
    char *end = c->in.len ? memmem(c->in.at, c->in.len, "\r\n\r\n", 4) : NULL;
    if (!end)
        return false;
    *end = 0;
    size_t body = strtoul(header_of(c->in.at, "Content-Length", length, sizeof length), NULL, 10);
    size_t head = (size_t)(end - c->in.at) + 4;
    if (c->in.len < head + body || sscanf(c->in.at, "%15s %255s", method, path) != 2) {
        *end = '\r';
        return false;
    }
    header_of(c->in.at, "Authorization", authorization, sizeof authorization);
    request_handle(s, c, method, path, authorization, c->in.at + head, body);
    c->in.len -= head + body;
    memmove(c->in.at, c->in.at + head + body, c->in.len);
    return true;
}

static void connection_read(struct server *s, struct connection *c)
{
    char part[65536];
    ssize_t n = recv(c->fd, part, sizeof part, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0 || c->in.len > IN_MAX) {
        connection_close(s, c);
        return;
    }
    bytes_add(&c->in, part, (size_t)n);
    while (request_take(s, c)) {
        if (!connection_send(s, c))
            return;
        if (c->out.len)
            return;
    }
}

static void connection_accept(struct server *s)
{
    int one = 1;
    int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->fd = fd;
    s->by_fd[fd] = c;
    s->top = fd > s->top ? fd : s->top;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event want = { .events = EPOLLIN, .data.fd = fd };
    epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &want);
}

/* Sends what pauses have made due; returns how long to wait for the next, in ms. */
static int timers_run(struct server *s)
{
    int64_t now = now_ms(), first = INT64_MAX;
    for (int fd = 0; fd <= s->top; fd++) {
        struct connection *c = s->by_fd[fd];
        if (!c || !c->next_at)
            continue;
        if (c->next_at > now || (connection_send(s, c) && c->next_at))
            first = c->next_at < first ? c->next_at : first;
    }
    return first == INT64_MAX ? -1 : first > now ? (int)(first - now) : 0;
}

int provider_serve(int listener)
{
    struct server *s = calloc(1, sizeof *s);
    struct epoll_event event[64], want = { .events = EPOLLIN, .data.fd = listener };
    if (!s)
        abort();
    s->listener = listener;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(s->epoll, EPOLL_CTL_ADD, listener, &want);
    for (;;) {
        int n = epoll_wait(s->epoll, event, 64, timers_run(s));
        if (n < 0 && errno != EINTR)
            return 1;
        for (int i = 0; i < n; i++) {
            if (event[i].data.fd == listener) {
                connection_accept(s);
                continue;
            }
            struct connection *c = s->by_fd[event[i].data.fd];
            if (c && event[i].events & EPOLLOUT && !connection_send(s, c))
                continue;
            if (c && event[i].events & ~(uint32_t)EPOLLOUT)
                connection_read(s, c);
        }
    }
}
