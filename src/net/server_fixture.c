/* server_fixture.c: the routes, the server and the client of the tests. */
#include "server_fixture.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct thing_in {
    struct id id;
    int64_t limit;
    const char *name;
    int64_t count;
};
struct upload {
    struct blob body;
    const char *name;
};

static const struct field thing_fields[] = {
    FIELD(struct thing, id, .doc = "Id"),
    FIELD(struct thing, version, .doc = "Version"),
    FIELD(struct thing, name, .doc = "Name"),
    FIELD(struct thing, count, .doc = "Count"),
    { 0 },
};
static const struct field thing_in_fields[] = {
    FIELD(struct thing_in, id, .doc = "Id"),
    FIELD(struct thing_in, limit, .query = true, .min = 1, .max = 500, .doc = "Limit"),
    FIELD(struct thing_in, name, .required = true, .min = 1, .max = 20, .doc = "Name"),
    FIELD(struct thing_in, count, .doc = "Count"),
    { 0 },
};
static const struct field read_in_fields[] = {
    FIELD(struct thing_in, id, .doc = "Id"),
    FIELD(struct thing_in, limit, .doc = "Limit"),
    { 0 },
};
static const struct field list_in_fields[] = {
    FIELD(struct thing_in, limit, .min = 1, .max = 500, .doc = "Limit"),
    FIELD(struct thing_in, name, .doc = "Name"),
    { 0 },
};
static const struct field upload_fields[] = {
    FIELD(struct upload, body, .doc = "Bytes"),
    FIELD(struct upload, name, .doc = "Name"),
    { 0 },
};

static bool thing_make(struct ctx *c, const void *in, void *ret)
{
    struct exchange *x = (struct exchange *)c;
    const struct thing_in *from = in;
    struct thing *to = ret;
    *to = (struct thing){ .version = 7, .name = from->name, .count = from->count };
    if (!id_parse(ID, &to->id))
        return false;
    x->set_cookie = "token";
    x->cookie_age_s = 60;
    if (!strcmp(from->name, "out"))
        x->set_cookie = "";
    if (!strcmp(from->name, "advice"))
        x->advisory = "receipt";
    if (!strcmp(from->name, "fast")) {
        x->retry_after_s = 7;
        return error_set(&x->err, RATE_LIMITED, NULL);
    }
    return strcmp(from->name, "who") || error_set(&x->err, UNAUTHENTICATED, NULL);
}

static bool thing_read(struct ctx *c, const void *in, void *ret)
{
    const struct thing_in *from = in;
    struct thing *to = ret;
    (void)c;
    *to = (struct thing){ .id = from->id, .version = 3, .name = "n", .count = from->limit };
    return true;
}

static bool things_list(struct ctx *c, const void *in, void *ret)
{
    struct exchange *x = (struct exchange *)c;
    struct thing *items = arena_many(&x->arena, 2, struct thing);
    (void)in, (void)ret;
    items[0].name = "a";
    items[1].name = x->cookie ? x->cookie : x->same_origin ? "same" : "b";
    x->page = (struct list){ items, 2 };
    x->next = "cursor";
    return true;
}

static bool upload_take(struct ctx *c, const void *in, void *ret)
{
    struct exchange *x = (struct exchange *)c;
    const struct upload *from = in;
    (void)ret;
    x->bytes = from->body;
    x->type = "text/csv";
    x->filename = "\xc3\xa4 \"b\"/\u202e.csv";
    return true;
}

static bool nothing(struct ctx *c, const void *in, void *ret)
{
    (void)c, (void)in, (void)ret;
    return true;
}

static const struct route routes[] = {
    { GET, "/things", things_list, .doc = "List", .who = WHO_ANYONE,
      INPUT(struct thing_in, list_in_fields), OUTPUT(struct thing, thing_fields), .list = true },
    { POST, "/things", thing_make, .doc = "Make", .who = WHO_ANYONE, LANE(LANE_SLOW),
      INPUT(struct thing_in, thing_in_fields + 2), OUTPUT(struct thing, thing_fields), .ok = 201,
      .body_max = 4096, .versioned = true },
    { GET, "/things/{id}", thing_read, .doc = "Read", .who = WHO_ANYONE,
      INPUT(struct thing_in, read_in_fields), OUTPUT(struct thing, thing_fields),
      .versioned = true },
    { PATCH, "/things/{id}", nothing, .doc = "Change", .who = WHO_ANYONE, LANE(LANE_SLOW),
      INPUT(struct thing_in, thing_in_fields), OUTPUT(struct thing, thing_fields), .patch = true,
      .versioned = true },
    { POST, "/upload", upload_take, .doc = "Take", .who = WHO_ANYONE, LANE(LANE_SLOW),
      INPUT(struct upload, upload_fields), .body = BODY_BYTES, .takes = "text/csv",
      .gives = "text/csv", .body_max = 3 << 20 },
    { GET, "/slow", nothing, .doc = "Slow", .who = WHO_ANYONE, LANE(LANE_SLOW),
      OUTPUT(struct thing, thing_fields) },
    { GET, "/stream", nothing, .doc = "Stream", .who = WHO_ANYONE, LANE(LANE_SLOW),
      .stream = true },
    { DELETE, "/nothing", nothing, .doc = "Nothing", .who = WHO_ANYONE, LANE(LANE_SLOW) },
};

static bool handle(void *with, struct exchange *x)
{
    struct fixture *h = with;
    if (x->err.problem)
        return true;
    if (x->route->lane == LANE_SLOW && x->route->method == GET) {
        h->slow = x;
        h->slow_thread = pthread_self();
        assert_true(!h->sourced || server_source_here(h->server));
        sem_post(&h->arrived);
        return false;
    }
    if (!x->route->handle((struct ctx *)x, x->in, x->out) && !x->err.problem)
        error_set(&x->err, INTERNAL, NULL);
    return true;
}

static bool source_read(void *with)
{
    struct fixture *h = with;
    uint64_t count;
    if (read(h->source, &count, sizeof count) != sizeof count)
        return true;
    h->source_thread = pthread_self();
    exchange_finish(h->slow);
    return count == 1;
}

static void ended(void *with, struct exchange *x)
{
    struct fixture *h = with;
    assert_non_null(x->route);
    atomic_fetch_add(&h->ended, 1);
}

static void file_write(const char *dir, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int listen_loopback(int *port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 128), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

/* Made for these tests; for localhost, until 2126. */
static const char cert_pem[] = "-----BEGIN CERTIFICATE-----\n"
                               "MIIBgDCCASWgAwIBAgIURPoRoTnMaSIYKLRThp7G6RZ/W74wCgYIKoZIzj0EAwIw\n"
                               "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIwNTUxMloYDzIxMjYxMDI4\n"
                               "MjA1NTEyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
                               "PQMBBwNCAATyP0b4elWdzV8IH+Ujs1b1JRC7B82pwlwzAF6K85kgd02RI2E5Phhs\n"
                               "mRLTyjWPi53kJQ3XZEu3i9/fMky+TVeFo1MwUTAdBgNVHQ4EFgQU1cYp+OFwBwFw\n"
                               "0lUUMqpBY9ZRw9cwHwYDVR0jBBgwFoAU1cYp+OFwBwFw0lUUMqpBY9ZRw9cwDwYD\n"
                               "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA1ehUnAAvb6LBONSdkQ7I\n"
                               "I+yN8tPvqAAtt1R7z5ZtT6MCIQD5kqF99wtl+qvGfQkX9VyMq1mkppysd//X4ect\n"
                               "bW+SEQ==\n"
                               "-----END CERTIFICATE-----\n";
static const char key_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTEAN6MOYK5ohltdH\n"
                              "j+gFl09DJ22pzja4vvrHWnMaVvChRANCAATyP0b4elWdzV8IH+Ujs1b1JRC7B82p\n"
                              "wlwzAF6K85kgd02RI2E5PhhsmRLTyjWPi53kJQ3XZEu3i9/fMky+TVeF\n"
                              "-----END PRIVATE KEY-----\n";

static int fixture_start(void **state, struct server_config config)
{
    struct fixture *h = calloc(1, sizeof *h);
    const struct route *rows[LENGTH(routes)];
    struct error err = { 0 };
    char assets[80];
    for (size_t i = 0; i < LENGTH(routes); i++)
        rows[i] = &routes[i];
    strcpy(h->web, "/tmp/vow-web-XXXXXX");
    assert_non_null(mkdtemp(h->web));
    snprintf(assets, sizeof assets, "%s/assets", h->web);
    assert_int_equal(mkdir(assets, 0700), 0);
    file_write(h->web, "index.html", "<style nonce=\"__NONCE__\"></style>app __NONCE__");
    file_write(h->web, "sign-in.html", "way in __NONCE__ __SIGN_UP__");
    file_write(h->web, "f.html", "form __NONCE__");
    file_write(h->web, "robots.txt", "none");
    file_write(assets, "app-1A2B3C4D.js", "plain script");
    file_write(assets, "app-1A2B3C4D.js.br", "brotli");
    file_write(assets, "app-1A2B3C4D.js.gz", "gzip");
    sem_init(&h->arrived, 0, 0);
    h->source = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    config.listen_fd = listen_loopback(&h->port);
    config.threads = 2;
    config.web_dir = h->web;
    config.routes = rows;
    config.route_count = LENGTH(routes);
    config.handle = handle;
    config.ended = ended;
    config.with = h;
    config.source = (struct server_source){ h->source, source_read, h };
    config.contact = "mailto:security@example.org";
    if (!server_start(&config, &h->server, &err))
        fail_msg("%s", err.detail);
    *state = h;
    return 0;
}

int fixture_open(void **state)
{
    return fixture_start(state, (struct server_config){ .timeout_s = 2 });
}

int fixture_open_tls(void **state)
{
    return fixture_start(
        state, (struct server_config){ .timeout_s = 2, .tls_cert = cert_pem, .tls_key = key_pem });
}

int fixture_open_patient(void **state)
{
    return fixture_start(state,
                         (struct server_config){ .connections_each = 100, .bodies_max = 4 << 20 });
}

int fixture_close(void **state)
{
    struct fixture *h = *state;
    char command[128];
    server_stop(h->server);
    snprintf(command, sizeof command, "rm -r %s", h->web);
    assert_int_equal(system(command), 0);
    sem_destroy(&h->arrived);
    close(h->source);
    free(h);
    return 0;
}

int dial(struct fixture *h)
{
    return dial_from(h, 1);
}

int dial_from(struct fixture *h, int host)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_addr = { htonl(INADDR_LOOPBACK) },
                             .sin_port = htons((uint16_t)h->port) };
    struct sockaddr_in own = { .sin_family = AF_INET,
                               .sin_addr = { htonl(INADDR_LOOPBACK - 1 + (in_addr_t)host) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    struct timeval patience = { .tv_sec = 10 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

void say(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t k = send(fd, text, n, MSG_NOSIGNAL);
        if (k <= 0)
            return;
        text += k;
        n -= (size_t)k;
    }
}

/* Everything until the server closes. */
char *hear(int fd)
{
    static char text[1 << 20];
    size_t n = 0;
    ssize_t k;
    while (n < sizeof text - 1 && (k = recv(fd, text + n, sizeof text - 1 - n, 0)) > 0)
        n += (size_t)k;
    text[n] = 0;
    close(fd);
    return text;
}

/* Until the text has been seen; the connection stays open. */
char *hear_until(int fd, const char *end)
{
    static char text[1 << 16];
    size_t n = 0;
    text[0] = 0;
    while (!strstr(text, end) && n < sizeof text - 1) {
        ssize_t k = recv(fd, text + n, sizeof text - 1 - n, 0);
        if (k <= 0)
            fail_msg("the connection ended before %s: %s", end, text);
        n += (size_t)k;
        text[n] = 0;
    }
    return text;
}

char *talk(struct fixture *h, const char *text)
{
    int fd = dial(h);
    say(fd, text, strlen(text));
    return hear(fd);
}

#define ask(h, line, headers, body) \
    ask_as(h, line, headers "Content-Type: application/json\r\n", body)

char *ask_as(struct fixture *h, const char *line, const char *headers, const char *body)
{
    static char text[8192];
    char length[64] = "";
    if (body)
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(body));
    snprintf(text, sizeof text, "%s HTTP/1.1\r\nHost: here\r\nConnection: close\r\n%s%s\r\n%s",
             line, headers, length, body ? body : "");
    return talk(h, text);
}

void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in: %s", part, text);
}

void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in: %s", part, text);
}

void assert_status(const char *text, int status)
{
    char want[32];
    snprintf(want, sizeof want, "HTTP/1.1 %d ", status);
    if (strncmp(text, want, strlen(want)))
        fail_msg("not %d: %s", status, text);
}
