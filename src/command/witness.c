/* witness.c: the outside view. */
#include "witness.h"

#include "admin.h"
#include "crypt/crypt.h"
#include "egress/fetch.h"
#include "process/canary.h"
#include "process/sandbox.h"
#include "prove/lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BODY_MAX = 1 << 20 };

struct witness_desk {
    const char *data;
    char url[64];
    int listener;
    pthread_t thread;
    pthread_mutex_t lock;
    bool received;
    char last[65]; /* SHA-256 of the last body */
    char canary[CANARY_TEXT];
    struct canary_print print;
    bool canary_received;
    pid_t started; /* the installation that was started for this; 0: none */
    int out;       /* its standard output */
    struct arena arena;
};

struct request {
    char *text; /* the whole of it, freed by who asked */
    const char *body;
    size_t length;
};

/* Reads a request to its end. */
static bool request_read(int fd, struct request *r)
{
    static const char length_header[] = "content-length:";
    char *text = r->text = calloc(1, BODY_MAX + 1), *body = NULL;
    size_t n = 0, length = 0;
    ssize_t got;
    while (text && n < BODY_MAX && (got = recv(fd, text + n, BODY_MAX - n, 0)) > 0) {
        n += (size_t)got;
        text[n] = 0;
        if (!body && (body = strstr(text, "\r\n\r\n"))) {
            const char *h = strcasestr(text, length_header);
            body += 4;
            length = h ? strtoul(h + sizeof length_header - 1, NULL, 10) : 0;
        }
        if (body && n - (size_t)(body - text) >= length)
            break;
    }
    r->body = body;
    r->length = length;
    return body && n - (size_t)(body - text) >= length;
}

/* What is kept of it: its hash, and whether the canary was in it. */
static void request_note(struct witness_desk *d, const struct request *r)
{
    uint8_t hash[HASH_SIZE];
    hash_sha256(r->body, r->length, hash);
    pthread_mutex_lock(&d->lock);
    hex_format(hash, sizeof hash, d->last);
    d->received = true;
    if (canary_count(&d->print, r->body, r->length))
        d->canary_received = true;
    pthread_mutex_unlock(&d->lock);
}

/* Says something quiet, in pieces, and repeats the canary that it was asked about; but a model of
   its own says what nobody may see. */
static void request_answer(int fd, const struct request *r)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    static const char tail[] =
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        "data: [DONE]\n\n";
    const char *canary = strstr(r->body, "canary");
    char text[400];
    snprintf(text, sizeof text,
             "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"A quiet month for \"},"
             "\"finish_reason\":null}]}\n\n"
             "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%.*s.\"},"
             "\"finish_reason\":null}]}\n\n",
             canary ? CANARY_TEXT - 1 : 8, canary ? canary : "the team");
    if (strstr(r->body, "\"model\":\"" LAB_MODEL_PROHIBITED "\""))
        strcpy(text,
               "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Anna should be "
               "dismissed and the salary of the others cut.\"},\"finish_reason\":null}]}\n\n");
    const char *const parts[] = { head, text, tail };
    for (size_t i = 0; i < LENGTH(parts); i++)
        if (send(fd, parts[i], strlen(parts[i]), MSG_NOSIGNAL) < 0)
            return;
}

static void *provider_thread(void *with)
{
    struct witness_desk *d = with;
    for (;;) {
        int fd = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC);
        struct request r;
        if (fd < 0 && errno != EINTR && errno != ECONNABORTED)
            return NULL;
        if (fd < 0)
            continue;
        if (request_read(fd, &r)) {
            request_note(d, &r);
            request_answer(fd, &r);
        }
        free(r.text);
        close(fd);
    }
}

static bool provider_open(struct witness_desk *d)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    d->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (d->listener < 0 || bind(d->listener, (struct sockaddr *)&at, sizeof at) ||
        listen(d->listener, 8) || getsockname(d->listener, (struct sockaddr *)&at, &size))
        return false;
    snprintf(d->url, sizeof d->url, "http://127.0.0.1:%d/v1", ntohs(at.sin_port));
    return !pthread_create(&d->thread, NULL, provider_thread, d);
}

struct witness_desk *witness_open(const char *data, struct error *err)
{
    struct witness_desk *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    d->data = data;
    d->out = -1;
    pthread_mutex_init(&d->lock, NULL);
    if (provider_open(d))
        return d;
    error_set(err, UNAVAILABLE, "No loopback port could be opened: %s", strerror(errno));
    free(d);
    return NULL;
}

void witness_close(struct witness_desk *d)
{
    if (!d)
        return;
    shutdown(d->listener, SHUT_RDWR);
    pthread_join(d->thread, NULL);
    close(d->listener);
    if (d->started > 0) {
        kill(d->started, SIGTERM);
        waitpid(d->started, NULL, 0);
    }
    if (d->out >= 0)
        close(d->out);
    pthread_mutex_destroy(&d->lock);
    arena_done(&d->arena);
    free(d);
}

/* Starts `vow serve`, with the door shut, and waits for its line. */
static bool installation_start(struct witness_desk *d, struct error *err)
{
    int out[2];
    char line[300];
    size_t n = 0;
    if (pipe2(out, O_CLOEXEC))
        return error_set(err, UNAVAILABLE, "No pipe could be made: %s", strerror(errno));
    pid_t self = getpid();
    d->started = fork();
    if (!d->started) {
        /* It ends with us, whatever ends us. */
        if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) || getppid() != self)
            _exit(127);
        dup2(out[1], STDOUT_FILENO);
        execl("/proc/self/exe", "vow", "serve", "--data", d->data, "--listen", "127.0.0.1:0",
              "--plain-http", "--invited-only", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    d->out = out[0];
    while (n + 1 < sizeof line && read(d->out, line + n, 1) == 1 && line[n] != '\n')
        n++;
    line[n] = 0;
    return strstr(line, "ready") ||
           error_set(err, UNAVAILABLE, "The installation could not be started; see above");
}

bool witness_admin(struct witness_desk *d, int *fd, struct error *err)
{
    if (!admin_connect(d->data, fd)) {
        if (!installation_start(d, err))
            return false;
        if (!admin_connect(d->data, fd))
            return error_set(err, UNAVAILABLE, "The running installation cannot be reached");
    }
    return true;
}

const char *witness_provider(const struct witness_desk *d)
{
    return d->url;
}

bool witness_captured(struct witness_desk *d, char ret[65])
{
    pthread_mutex_lock(&d->lock);
    bool received = d->received;
    memcpy(ret, d->last, sizeof d->last);
    pthread_mutex_unlock(&d->lock);
    return received;
}

bool witness_canary(struct witness_desk *d, int fd)
{
    pthread_mutex_lock(&d->lock);
    canary_make(d->canary, &d->print);
    d->canary_received = false;
    pthread_mutex_unlock(&d->lock);
    return admin_say(fd, arena_printf(&d->arena, "%016llx", (unsigned long long)d->print.hash));
}

bool witness_received(struct witness_desk *d, int fd)
{
    pthread_mutex_lock(&d->lock);
    bool yes = d->canary_received;
    pthread_mutex_unlock(&d->lock);
    return admin_say(fd, yes ? "yes" : "no");
}

/* "lines N", then the text as N lines. */
static bool text_say(struct witness_desk *d, int fd, const char *before, const char *text)
{
    size_t lines = 1;
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    return admin_say(fd, arena_printf(&d->arena, "%slines %zu", before, lines)) &&
           admin_say(fd, text);
}

/* The next word of a question; what follows it begins at *at. */
static const char *word_next(struct arena *a, const char **at)
{
    size_t n = strcspn(*at, " ");
    const char *word = arena_text(a, *at, n);
    *at += n + ((*at)[n] == ' ');
    return word;
}

static const char *canary_filled(struct witness_desk *d, const char *json)
{
    struct buffer b = buffer_new(&d->arena);
    for (const char *at; (at = strstr(json, "CANARY")); json = at + 6) {
        buffer_add(&b, json, (size_t)(at - json));
        buffer_string(&b, d->canary);
    }
    buffer_string(&b, json);
    return b.at;
}

bool witness_post(struct witness_desk *d, int fd, const char *question)
{
    struct fetch in = { .url = word_next(&d->arena, &question) };
    struct buffer head = buffer_new(&d->arena), body = buffer_new(&d->arena);
    int status;
    const char *session = word_next(&d->arena, &question);
    in.session = strcmp(session, "-") ? session : NULL;
    in.stream = !strcmp(word_next(&d->arena, &question), "stream");
    const char *key = word_next(&d->arena, &question);
    in.key = strcmp(key, "-") ? key : NULL;
    in.json = canary_filled(d, question);
    if (!fetch_run(&in, &status, &head, &body))
        return admin_say(fd, "none");
    return text_say(d, fd, arena_printf(&d->arena, "%d ", status), head.at);
}

bool witness_fetch(struct witness_desk *d, int fd, const char *question)
{
    struct buffer head = buffer_new(&d->arena), body = buffer_new(&d->arena);
    bool old = !strcmp(word_next(&d->arena, &question), "old");
    struct fetch in = { .url = question, .old_tls = old };
    int status;
    if (!fetch_run(&in, &status, &head, &body))
        return admin_say(fd, "none");
    buffer_string(&head, body.at);
    return text_say(d, fd, "", head.at);
}

/* Core with a relay may open TCP sockets, since it connects to the relay's ports; what else it
   tries is refused all the same. */
bool witness_attempts(struct witness_desk *d, int fd, bool relayed)
{
    static const enum sandbox_act forbidden[] = { SANDBOX_OPEN_INET,    SANDBOX_OPEN_DATAGRAM,
                                                  SANDBOX_CONNECT,      SANDBOX_LISTEN,
                                                  SANDBOX_EXECUTE,      SANDBOX_TRACE,
                                                  SANDBOX_READ_OUTSIDE, SANDBOX_WRITE_OUTSIDE };
    struct sandbox_core core = { .data = d->data, .relays = relayed };
    struct sandbox_probe probe;
    struct buffer possible = buffer_new(&d->arena);
    if (!sandbox_probe(&core, &probe))
        return admin_say(fd, "none");
    buffer_string(&possible, "tried");
    for (size_t i = 0; i < LENGTH(forbidden); i++)
        if (probe.possible[forbidden[i]] && !(relayed && forbidden[i] == SANDBOX_OPEN_INET))
            buffer_printf(&possible, " %s", sandbox_act_name(forbidden[i]));
    return admin_say(fd, possible.at);
}
