/* ai_fixture.c: the processes around a test, and what most tests of AI ask for. */
#include "ai_fixture.h"

#include "egress/client.h"
#include "egress/egress.h"
#include "feature/all.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void egress_start(struct house *h)
{
    pid_t parent = getpid();
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, h->pair), 0);
    h->egress = fork();
    assert_true(h->egress >= 0);
    if (h->egress)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    close(h->pair[0]);
    _exit(egress_main(h->pair[1], &(struct egress_plan){ 0 }));
}

static void ai_switch_on(struct house *h, const char *capability)
{
    struct world *w = h->w;
    house_patch(h, "/ai/settings", "{\"on\":true,\"per_minute\":100000}", 200);
    world_post(w, h->owner, "/ai/switches",
               arena_printf(&w->a, "{\"capability\":\"%s\",\"on\":true}", capability), 201);
}

struct house *house_open(const char *capability)
{
    struct house *h = calloc(1, sizeof *h);
    char url[160];
    assert_non_null(h);
    assert_true(provider_start(&h->provider));
    egress_start(h);
    h->w = calloc(1, sizeof *h->w);
    assert_non_null(h->w);
    strcpy(h->w->dir, "/tmp/vow-world-XXXXXX");
    assert_non_null(mkdtemp(h->w->dir));
    h->w->features = features;
    h->w->egress = egress_client_new(h->pair[0]);
    assert_non_null(h->w->egress);
    provider_url(&h->provider, "", url);
    h->w->local_providers = arena_text(&h->w->a, url, (size_t)(strstr(url, "/v1") - url));
    world_open(h->w);
    h->owner = world_sign_up(h->w, "Ada Beispiel", "ada@example.org");
    if (capability)
        ai_switch_on(h, capability);
    return h;
}

void house_restart(struct house *h)
{
    app_stop(h->w->app);
    world_open(h->w);
}

int house_close(struct house *h)
{
    struct egress_client *client = h->w->egress;
    int failed = world_free(h->w);
    egress_client_free(client);
    kill(h->egress, SIGKILL);
    waitpid(h->egress, NULL, 0);
    provider_stop(&h->provider);
    close(h->pair[0]);
    close(h->pair[1]);
    free(h);
    return failed;
}

int house_setup(void **state)
{
    *state = house_open("feedback.me");
    return 0;
}

int house_setup_off(void **state)
{
    *state = house_open(NULL);
    return 0;
}

int house_teardown(void **state)
{
    return house_close(*state);
}

const char *house_provider(struct house *h, const char *behaviour)
{
    char url[160];
    const char *json = arena_printf(&h->w->a,
                                    "{\"name\":\"Loopback\",\"endpoint\":\"%s\",\"model\":\"m\","
                                    "\"local\":true,\"api_key\":\"sk-house\"}",
                                    provider_url(&h->provider, behaviour, url));
    return world_text(h->w, world_post(h->w, h->owner, "/ai/providers", json, 201).body, "id");
}

struct answer house_patch(struct house *h, const char *path, const char *json, int status)
{
    struct answer r = world_get(h->w, h->owner, path, 200);
    return world_ask(h->w, h->owner, PATCH, path, json, r.etag ? atoll(r.etag) : 0, status);
}

bool house_run(struct house *h, const struct capability *k, const struct ai_input *in,
               struct error *err, struct ai_answer *ret)
{
    struct world *w = h->w;
    struct ctx c = app_ctx(w->app, &w->a, err, "test");
    c.now = instant_plus(c.now, h->later);
    c.organisation = world_id(world_self(w, h->owner, "organisation"));
    assert_true(db_open(w->app->store, c.organisation, false, &c.db, err));
    bool ok = ai_run(&c, k, in, ret);
    db_release(c.db);
    return ok;
}

const char *house_receipt(struct house *h)
{
    return world_get(h->w, h->owner, "/ai/receipts?limit=1&sort=-created_at", 200).body;
}

double house_number(struct house *h, const char *json, const char *key)
{
    const char *at = strstr(json, arena_printf(&h->w->a, "\"%s\":", key));
    if (!at)
        fail_msg("no %s in %.400s", key, json);
    return strtod(strchr(at, ':') + 1, NULL);
}

struct answer house_ask(struct house *h, const char *session, const char *more, int status)
{
    const char *json =
        arena_printf(&h->w->a, "{\"capability\":\"feedback.me\"," HOUSE_PERIOD "%s}", more);
    return world_post(h->w, session, "/ai/run", json, status);
}

void house_note(struct house *h, const char *session, const char *note, int day)
{
    world_post(h->w, session, "/time/entries",
               arena_printf(&h->w->a,
                            "{\"started_at\":\"2026-03-%02dT08:00:00.000Z\",\"ended_at\":"
                            "\"2026-03-%02dT09:30:00.000Z\",\"note\":\"%s\"}",
                            day, day, note),
               201);
}

const char *house_through(struct house *h, const char *provider)
{
    return arena_printf(&h->w->a, ",\"provider\":\"%s\"", provider);
}
