/* prove_fixture.c: a program with exchanged parts, and a witness within the test. */
#include "prove/prove_fixture.h"

#include "crypt/crypt.h"
#include "egress/client.h"
#include "egress/egress.h"
#include "feature/all.h"
#include "provider.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
    struct provider provider;
    int channel;
    pid_t egress;
} shared;

bool fixture_share(void)
{
    int pair[2];
    pid_t parent = getpid();
    if (!provider_start(&shared.provider) ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return false;
    shared.channel = pair[0];
    shared.egress = fork();
    if (!shared.egress) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        close(pair[0]);
        _exit(egress_main(pair[1], &(struct egress_plan){ 0 }));
    }
    close(pair[1]);
    return shared.egress > 0;
}

void fixture_unshare(void)
{
    close(shared.channel);
    waitpid(shared.egress, NULL, 0);
    provider_stop(&shared.provider);
}

static bool captured(void *with, char ret[65])
{
    struct fixture *f = with;
    uint8_t hash[HASH_SIZE];
    size_t n;
    if (f->captured) {
        strcpy(ret, f->captured);
        return true;
    }
    char *body = provider_last(&shared.provider, &n);
    if (!body)
        return false;
    hash_sha256(body, n, hash);
    free(body);
    hex_format(hash, sizeof hash, ret);
    return true;
}

static bool canary(void *with, struct canary_print *ret)
{
    struct fixture *f = with;
    canary_make(f->canary, ret);
    return true;
}

static bool received(void *with)
{
    struct fixture *f = with;
    size_t n;
    char *body = provider_last(&shared.provider, &n);
    bool yes = body && memmem(body, n, f->canary, CANARY_TEXT - 1);
    free(body);
    return yes;
}

static bool post(void *with, const struct witness_post *in, int *status, struct buffer *head)
{
    struct fixture *f = with;
    struct buffer json = buffer_new(head->arena);
    struct answer r;
    const char *from = in->json;
    for (const char *at; (at = strstr(from, "CANARY")); from = at + 6) {
        buffer_add(&json, from, (size_t)(at - from));
        buffer_string(&json, f->canary);
    }
    buffer_string(&json, from);
    struct call call = { .method = POST,
                         .path = in->path,
                         .json = json.at,
                         .session = in->session,
                         .key = in->key,
                         .address = "witness" };
    app_call(f->app, head->arena, &call, &r);
    *status = r.status;
    buffer_printf(head, "HTTP/1.1 %d\r\n", r.status);
    if (r.session && f->cookie) {
        const char *hole = strstr(f->cookie, "TOKEN");
        buffer_printf(head, "Set-Cookie: %.*s%s%s\r\n", (int)(hole - f->cookie), f->cookie,
                      r.session, hole + 5);
    }
    buffer_string(head, "\r\n");
    return true;
}

static int in_memory(void *with, const struct canary_print *print)
{
    (void)print;
    return ((struct fixture *)with)->in_memory;
}

static bool fetch(void *with, const char *path, bool old_tls, struct buffer *ret)
{
    struct fixture *f = with;
    (void)path;
    if (old_tls && !f->old_tls)
        return false;
    buffer_string(ret, f->page);
    return true;
}

static bool attempts(void *with, struct buffer *ret)
{
    buffer_string(ret, ((struct fixture *)with)->possible);
    return true;
}

/* A store of the fixture's own on the server that VOW_TEST_STORE names; NULL: files. */
static const char *store_url(struct fixture *f)
{
    const char *server = getenv("VOW_TEST_STORE");
    const char *own = strrchr(f->dir, '-') + 1;
    struct buffer url = buffer_new(&f->a);
    if (!server)
        return NULL;
    buffer_printf(&url, "%s&vow_prefix=p", server);
    buffer_hex(&url, own, strlen(own));
    return url.at;
}

struct fixture *fixture_new(void)
{
    static const uint8_t key[32] = { 7 };
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    strcpy(f->dir, "/tmp/vow-prove-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    for (size_t i = 0; features[i]; i++)
        f->features[i] = features[i];
    provider_forget(&shared.provider);
    provider_url(&shared.provider, "", f->provider);
    f->page = "HTTP/1.1 200 OK\r\nContent-Security-Policy: default-src 'self'\r\n\r\n"
              "<script src=\"/app.js\"></script>";
    f->cookie = "vow=TOKEN; Path=/; HttpOnly; SameSite=Lax";
    f->possible = "";
    f->sandbox = (struct sandbox_report){ 1, { { "seccomp", true, "a list of calls" } } };
    f->witness = (struct witness){ f->provider, captured, canary,   received, post,
                                   in_memory,   fetch,    attempts, f };
    f->config = (struct app_config){ .data_dir = f->dir,
                                     .store_url = store_url(f),
                                     .features = f->features,
                                     .promises = promises,
                                     .master_key = key,
                                     .bcrypt_cost = 4,
                                     .sandbox = &f->sandbox,
                                     .slow_threads = 2 };
    return f;
}

int fixture_free(struct fixture *f)
{
    char command[100];
    app_stop(f->app);
    egress_client_free(f->config.egress);
    arena_done(&f->a);
    snprintf(command, sizeof command, "rm -rf %s", f->dir);
    int removed = system(command);
    free(f);
    return removed;
}

struct feature *feature_own(struct fixture *f, const char *feature)
{
    for (size_t i = 0; f->features[i]; i++)
        if (!strcmp(f->features[i]->name, feature)) {
            struct feature *own = arena_copy(&f->a, f->features[i], sizeof *own);
            f->features[i] = own;
            return own;
        }
    fail_msg("no feature %s", feature);
    return NULL;
}

struct route *route_own(struct fixture *f, const char *feature, enum method m, const char *path)
{
    struct feature *own = feature_own(f, feature);
    size_t n = 0;
    while (own->routes[n].path)
        n++;
    struct route *routes = arena_copy(&f->a, own->routes, (n + 1) * sizeof *routes);
    own->routes = routes;
    for (size_t i = 0; i < n; i++)
        if (routes[i].method == m && !strcmp(routes[i].path, path))
            return &routes[i];
    fail_msg("no route %s", path);
    return NULL;
}

route_fn *original;

void handle_own(struct fixture *f, const char *feature, enum method m, const char *path,
                route_fn *instead)
{
    struct route *r = route_own(f, feature, m, path);
    original = r->handle;
    r->handle = instead;
}

struct table *table_own(struct fixture *f, const char *feature, const char *table)
{
    struct feature *own = feature_own(f, feature);
    size_t n = 0;
    while (own->tables[n])
        n++;
    const struct table **tables = arena_copy(&f->a, own->tables, (n + 1) * sizeof *tables);
    own->tables = tables;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(tables[i]->name, table)) {
            struct table *copy = arena_copy(&f->a, tables[i], sizeof *copy);
            tables[i] = copy;
            return copy;
        }
    fail_msg("no table %s", table);
    return NULL;
}

void feature_add(struct fixture *f, const struct feature *feature)
{
    size_t n = 0;
    while (f->features[n])
        n++;
    assert_true(n + 1 < LENGTH(f->features));
    f->features[n] = feature;
}

void fixture_start(struct fixture *f)
{
    struct error err = { 0 };
    if (f->app)
        return;
    if (!f->config.egress)
        f->config.egress = egress_client_new(shared.channel);
    if (!app_start(&f->config, &f->app, &err))
        fail_msg("app_start: %s", err.detail);
    f->app->witness_provider = f->provider;
}

static bool keep(void *with, const struct promise *p, enum promise_result result,
                 const char *evidence)
{
    struct fixture *f = with;
    f->result = result;
    f->evidence = arena_string(&f->a, evidence);
    if (result != PROMISE_HELD)
        buffer_printf(&f->not_held, "%s is %s: %s\n", p->id, promise_result_names[result],
                      evidence);
    return true;
}

void fixture_prove(struct fixture *f, const char *id, bool with_witness)
{
    struct error err = { 0 };
    f->not_held = buffer_new(&f->a);
    fixture_start(f);
    if (!prove_run(f->app, id, with_witness ? &f->witness : NULL, keep, f, &err))
        fail_msg("prove_run: %s", err.detail);
}
