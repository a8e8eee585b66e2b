/* server.c: the daemon, its connections, and the way of one request through its stages. */
#include "server.h"

#include "base/wait.h"
#include "connection.h"
#include "openapi.h"
#include "web.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

/* GnuTLS priorities: TLS 1.2 and up, forward secrecy, authenticated ciphers only. */
#define TLS_PRIORITIES                                                          \
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-CIPHER-ALL:+AES-256-GCM:" \
    "+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD:%SERVER_PRECEDENCE"

enum {
    TIMEOUT_S = 30,
    CONNECTIONS = 2048,
    POOL = 32 * 1024,        /* bytes that the daemon keeps per connection */
    HEADERS_MAX = 16 * 1024, /* bytes of request line and headers */
    DRAIN_MAX = 32 << 20,    /* bytes of an unwanted body that are read, to answer in peace */
    BODY_OWN = 64 * 1024,    /* bytes of a body for which every connection has room */
    BODIES_MAX = 256 << 20,  /* bytes of bodies beyond that held at the same time */
    STOP_S = 5,              /* what clients may still take to read their answers */
};

static struct connection *connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static struct peer *peer_of(struct server *s, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char name[INET6_ADDRSTRLEN];
    peer_name(info ? info->client_addr : NULL, name);
    return peer_enter(s->peers, name);
}

/* One address cannot keep all others out. */
static enum MHD_Result on_accept(void *with, const struct sockaddr *a, socklen_t size)
{
    struct server *s = with;
    char name[INET6_ADDRSTRLEN];
    (void)size;
    peer_name(a, name);
    return !s->connections_each || peer_connections(s->peers, name) < s->connections_each;
}

static struct connection *connection_new(struct server *s, struct MHD_Connection *mhd)
{
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->server = s;
    c->mhd = mhd;
    c->loop = loop_here();
    c->socket = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    c->x.connection = c;
    atomic_init(&c->holds, 1);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->moved, NULL);
    c->peer = peer_of(s, mhd);
    return c;
}

void connection_release(struct connection *c)
{
    if (atomic_fetch_sub(&c->holds, 1) > 1)
        return;
    arena_done(&c->x.arena);
    peer_leave(c->server->peers, c->peer);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->moved);
    free(c);
}

void connection_ready(struct connection *c)
{
    if (atomic_exchange(&c->phase, PHASE_READY) == PHASE_SUSPENDED)
        loop_resume(c);
}

/* Back to how a new connection is; the error is large and mostly untouched, so it is reset alone.
 */
static void exchange_clear(struct connection *c)
{
    struct exchange *x = &c->x;
    struct arena arena = x->arena;
    if (x->err.problem || x->err.places)
        x->err = (struct error){ 0 };
    x->given = 0;
    memset(&x->request_id, 0, sizeof *x - offsetof(struct exchange, request_id));
    arena_reset(&arena);
    x->arena = arena;
    x->route = NULL;
    x->in = NULL;
    x->connection = c;
    size_t rest = offsetof(struct connection, expects);
    memset((char *)c + rest, 0, offsetof(struct connection, peer) - rest);
    c->stage = STAGE_HEADERS;
    c->close = false;
    c->streaming = false;
    c->stream = (struct stream){ 0 };
}

void connection_end(struct connection *c)
{
    struct server *s = c->server;
    if (!c->counted)
        return;
    if (c->stage == STAGE_HANDLED && s->config.ended)
        s->config.ended(s->config.with, &c->x);
    atomic_fetch_sub(&s->bodies, c->charged);
    atomic_fetch_sub(&c->peer->bodies, c->charged);
    exchange_clear(c);
    watch_set(c, 0);
    c->counted = false;
    if (atomic_fetch_sub(&s->busy, 1) == 1 && atomic_load(&s->stopping)) {
        pthread_mutex_lock(&s->lock);
        pthread_cond_broadcast(&s->idle);
        pthread_mutex_unlock(&s->lock);
    }
}

static void handled_down(struct server *s)
{
    if (atomic_fetch_sub(&s->handled, 1) > 1 || !atomic_load(&s->stopping))
        return;
    pthread_mutex_lock(&s->lock);
    pthread_cond_broadcast(&s->idle);
    pthread_mutex_unlock(&s->lock);
}

/* Has the noted problem answered after the body, if one is coming: a connection closed with unread
   input may lose the answer. Only a long body, or one without a clear end, is refused at once, and
   the connection with it. */
static enum MHD_Result refuse(struct connection *c)
{
    bool now = c->close || c->length > DRAIN_MAX || (c->expects && c->length);
    c->stage = STAGE_DRAIN;
    watch_set(c, DRAIN_MAX);
    return now ? answer_send(c) : MHD_YES;
}

/* Answers what never reaches a route. */
static enum MHD_Result refused_send(struct connection *c)
{
    enum MHD_Result sent;
    return c->elsewhere && site_find(c, &sent) ? sent : answer_send(c);
}

static enum MHD_Result dispatch(struct connection *c)
{
    struct server *s = c->server;
    struct exchange *x = &c->x;
    int handling = PHASE_HANDLING;
    watch_clear(c);
    x->at = instant_now();
    exchange_input(x, c->type, (struct blob){ c->body.at, c->body.len });
    c->stage = STAGE_HANDLED;
    atomic_fetch_add(&s->handled, 1);
    atomic_store(&c->phase, PHASE_HANDLING);
    if (s->config.handle(s->config.with, x)) {
        handled_down(s);
        return answer_send(c);
    }
    if (atomic_load(&c->phase) == PHASE_READY)
        return answer_send(c);
    MHD_suspend_connection(c->mhd);
    if (!atomic_compare_exchange_strong(&c->phase, &handling, PHASE_SUSPENDED))
        loop_resume(c);
    return MHD_YES;
}

static bool headers_fit(struct connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info && info->header_size <= HEADERS_MAX;
}

/* Everything that can be said before the body. */
static bool headers_check(struct connection *c)
{
    struct exchange *x = &c->x;
    if (!headers_fit(c)) {
        c->close = true;
        return error_set(&x->err, HEADERS_TOO_LARGE, NULL);
    }
    if (!x->path || !text_is_utf8(x->path, strlen(x->path)))
        return error_set(&x->err, BAD_REQUEST, "The address is not UTF-8");
    if (!request_headers(c))
        return false;
    if (!atomic_load(&c->server->stopping))
        return true;
    c->close = true;
    x->retry_after_s = 1;
    return error_set(&x->err, UNAVAILABLE, "The server is stopping");
}

/* The methods of an address, for OPTIONS. */
static enum MHD_Result options_send(struct connection *c)
{
    struct exchange *x = &c->x;
    if (exchange_route(x, c->server->router, METHOD_COUNT, x->path) || !x->allow)
        return refuse(c);
    x->err = (struct error){ 0 };
    x->status = MHD_HTTP_NO_CONTENT;
    return refuse(c);
}

static enum MHD_Result begin(struct connection *c)
{
    struct exchange *x = &c->x;
    id_format(id_new(c->started), x->request_id);
    if (!headers_check(c))
        return refuse(c);
    enum method m = method_parse(c->method);
    if (!strcmp(c->method, "OPTIONS"))
        return options_send(c);
    if (!exchange_route(x, c->server->router, m, x->path)) {
        c->elsewhere = m == GET;
        return refuse(c);
    }
    if (c->length > (int64_t)x->match->body_max) {
        error_set(&x->err, TOO_LARGE, "The body may have at most %zu bytes", x->match->body_max);
        return refuse(c);
    }
    if (c->length > 0 || c->chunked)
        c->body = buffer_new(&x->arena);
    c->stage = STAGE_BODY;
    watch_set(c, c->chunked ? x->match->body_max : c->length > 0 ? (size_t)c->length : 0);
    return MHD_YES;
}

/* Takes what the body needs beyond the connection's own room out of that of all, of which one
   address has a part. Small bodies always have room, whoever holds large ones. */
static bool room_take(struct connection *c, size_t len)
{
    struct server *s = c->server;
    size_t more = len > BODY_OWN + c->charged ? len - BODY_OWN - c->charged : 0;
    c->charged += more;
    size_t all = atomic_fetch_add(&s->bodies, more) + more;
    size_t here = atomic_fetch_add(&c->peer->bodies, more) + more;
    return !more ||
           (all <= s->bodies_max && (!s->connections_each || here <= s->bodies_max / 8 * 5));
}

static enum MHD_Result body_add(struct connection *c, const char *at, size_t n)
{
    struct exchange *x = &c->x;
    if (!room_take(c, c->body.len + n)) {
        error_set(&x->err, UNAVAILABLE, NULL);
        c->stage = STAGE_DRAIN;
    } else if (c->body.len + n > x->match->body_max) {
        error_set(&x->err, TOO_LARGE, "The body may have at most %zu bytes", x->match->body_max);
        c->stage = STAGE_DRAIN;
    } else {
        buffer_add(&c->body, at, n);
    }
    return MHD_YES;
}

static enum MHD_Result on_request(void *with, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *size, void **request)
{
    struct connection *c = *request;
    size_t n = *size;
    (void)with, (void)mhd, (void)url, (void)version;
    *size = 0;
    switch (c->stage) {
    case STAGE_HEADERS:
        c->method = method;
        return begin(c);
    case STAGE_BODY:
        return n ? body_add(c, upload, n) : dispatch(c);
    case STAGE_DRAIN:
        c->drained += n;
        if (n)
            return c->drained > DRAIN_MAX ? MHD_NO : MHD_YES;
        return refused_send(c);
    case STAGE_HANDLED:
        break;
    }
    return answer_send(c);
}

/* What follows the authority of an absolute address, which a server has to take, too (RFC 9112,
   3.2.2). */
static const char *path_of(const char *uri)
{
    size_t scheme = !strncasecmp(uri, "http://", 7) ? 7 : !strncasecmp(uri, "https://", 8) ? 8 : 0;
    if (!scheme)
        return uri;
    uri += scheme;
    uri += strcspn(uri, "/?");
    return *uri == '/' ? uri : "/";
}

/* The request line has been read: the exchange begins. */
static void *on_line(void *with, const char *uri, struct MHD_Connection *mhd)
{
    struct connection *c = connection_of(mhd);
    struct server *s = with;
    c->counted = true;
    atomic_fetch_add(&s->busy, 1);
    c->started = instant_now();
    c->x.path = arena_string(&c->x.arena, path_of(uri));
    return c;
}

static void on_completed(void *with, struct MHD_Connection *mhd, void **request,
                         enum MHD_RequestTerminationCode code)
{
    struct connection *c = connection_of(mhd);
    (void)with, (void)request, (void)code;
    if (!c->streaming || !stream_abandon(c))
        connection_end(c);
}

static void connection_forget(struct connection *c)
{
    watch_remove(c);
    connection_release(c);
}

static void on_connection(void *with, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        watch_add(*context = connection_new(with, mhd));
    else if (*context)
        connection_forget(*context);
}

/* Escapes are undone by us, once and with checks. */
static size_t keep_escapes(void *with, struct MHD_Connection *mhd, char *text)
{
    (void)with, (void)mhd;
    return strlen(text);
}

static unsigned thread_count(const struct server_config *config)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return config->threads > 0 ? (unsigned)config->threads : cores > 0 ? (unsigned)cores : 1;
}

/* The daemon of one thread, for its share of the connections. */
static struct MHD_Daemon *daemon_start(struct server *s, unsigned connections)
{
    const struct server_config *config = &s->config;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_LISTEN_SOCKET, config->listen_fd, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, connections, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, s->timeout_s, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL, NULL },
        { MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
        { MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, s },
        { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, s },
        { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_line, s },
        { MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, s },
        { MHD_OPTION_END, 0, NULL }, /* room for those below */
        { MHD_OPTION_END, 0, NULL },
        { MHD_OPTION_END, 0, NULL },
        { MHD_OPTION_END, 0, NULL },
    };
    struct MHD_OptionItem *more = options + LENGTH(options) - 4;
    if (s->tls) {
        flags |= MHD_USE_TLS;
        *more++ = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0,
                                           (void *)(uintptr_t)config->tls_cert };
        *more++ = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0,
                                           (void *)(uintptr_t)config->tls_key };
        *more++ = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0,
                                           (void *)(uintptr_t)TLS_PRIORITIES };
    }
    return MHD_start_daemon(flags, 0, on_accept, s, on_request, s, MHD_OPTION_ARRAY, options,
                            MHD_OPTION_END);
}

static void loops_stop(struct server *s)
{
    while (s->loop_count)
        loop_stop(s->loops[--s->loop_count]);
}

static bool loops_start(struct server *s, struct error *err)
{
    unsigned threads = thread_count(&s->config);
    unsigned most = (unsigned)s->connections_max;
    s->loops = arena_many(&s->arena, threads, struct loop *);
    for (unsigned i = 0; i < threads; i++) {
        struct MHD_Daemon *daemon = daemon_start(s, most / threads + (i < most % threads));
        struct loop *loop = daemon ? loop_new(s, daemon) : NULL;
        if (loop) {
            s->loops[s->loop_count++] = loop;
            continue;
        }
        loops_stop(s);
        return error_set(err, INTERNAL,
                         s->tls ? "The server could not start; are the TLS certificate "
                                  "and key right?"
                                : "The server could not start");
    }
    return true;
}

static void server_free(struct server *s)
{
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->idle);
    peers_free(s->peers);
    arena_done(&s->arena);
    free(s);
}

static struct server *server_new(const struct server_config *config)
{
    struct server *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->config = *config;
    s->tls = config->tls_cert != NULL;
    s->timeout_s = config->timeout_s ? config->timeout_s : TIMEOUT_S;
    s->connections_max = config->connections_max ? (size_t)config->connections_max : CONNECTIONS;
    s->connections_each = config->connections_each     ? (size_t)config->connections_each
                          : s->tls && !config->proxied ? s->connections_max / 4
                                                       : 0;
    s->bodies_max = config->bodies_max ? config->bodies_max : BODIES_MAX;
    s->peers = peers_new();
    pthread_mutex_init(&s->lock, NULL);
    wait_init(&s->idle);
    return s;
}

bool server_start(const struct server_config *config, struct server **ret, struct error *err)
{
    struct server *s = server_new(config);
    json_object_seed(0); /* against chosen collisions; random, and now rather than in a sandbox */
    bool ok = routes_check(config->routes, config->route_count, err) &&
              (!config->web_dir || web_open(&s->arena, config->web_dir, &s->web, err));
    if (ok) {
        s->router = router_new(&s->arena, config->routes, config->route_count);
        s->openapi = openapi_document(&s->arena, config->routes, config->route_count);
        s->openapi_len = strlen(s->openapi);
        ok = watch_start(s) ? loops_start(s, err)
                            : error_set(err, INTERNAL, "The server could not start a thread");
    }
    if (!ok) {
        watch_stop(s);
        server_free(s);
        return false;
    }
    *ret = s;
    return true;
}

/* The owners of exchanges are waited for however long they take, since they will come back;
   clients only for a while. */
void server_stop(struct server *s)
{
    if (!s)
        return;
    atomic_store(&s->stopping, true);
    for (size_t i = 0; i < s->loop_count; i++)
        loop_quiesce(s->loops[i]);
    pthread_mutex_lock(&s->lock);
    while (atomic_load(&s->handled))
        pthread_cond_wait(&s->idle, &s->lock);
    struct timespec until = wait_ms(STOP_S * 1000);
    while (atomic_load(&s->busy) && pthread_cond_timedwait(&s->idle, &s->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&s->lock);
    loops_stop(s);
    watch_stop(s);
    server_free(s);
}
