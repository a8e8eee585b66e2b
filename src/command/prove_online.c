/* prove_online.c: running checks with the witness at the other end of the admin socket. */
#include "prove_online.h"

#include "admin.h"
#include "base/json.h"
#include "prove/prove.h"
#include "residues.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct desk {
    struct app *app;
    const struct residues *residues;
    int fd;
};

static bool ask(struct desk *d, const char *question, char *answer, size_t room)
{
    return admin_say(d->fd, question) && admin_hear(d->fd, answer, room);
}

static bool captured(void *with, char ret[65])
{
    char line[100];
    if (!ask(with, "ask captured", line, sizeof line) || strlen(line) != 64)
        return false;
    memcpy(ret, line, 65);
    return true;
}

static bool canary(void *with, struct canary_print *ret)
{
    char line[40], *end;
    if (!ask(with, "ask canary", line, sizeof line))
        return false;
    uint64_t hash = strtoull(line, &end, 16);
    if (end != line + 16 || *end)
        return false;
    ret->hash = hash;
    return true;
}

static bool received(void *with)
{
    char line[40];
    return ask(with, "ask received", line, sizeof line) && !strcmp(line, "yes");
}

static int in_memory(void *with, const struct canary_print *print)
{
    return residues_count(((struct desk *)with)->residues, print);
}

/* "lines N" and N lines. */
static bool lines_hear(struct desk *d, const char *first, struct buffer *ret)
{
    char line[16 << 10];
    size_t lines;
    if (sscanf(first, "lines %zu", &lines) != 1)
        return false;
    for (size_t i = 0; i < lines; i++) {
        if (!admin_hear(d->fd, line, sizeof line))
            return false;
        buffer_printf(ret, "%s\n", line);
    }
    return true;
}

static const char *url_of(const struct desk *d, struct arena *a, const char *path)
{
    const struct app_config *config = d->app->config;
    return arena_printf(a, "%s://%s%s", config->tls ? "https" : "http", config->listen, path);
}

static bool post(void *with, const struct witness_post *in, int *status, struct buffer *head)
{
    struct desk *d = with;
    char line[80];
    int at = 0;
    if (!d->app->config->listen)
        return false;
    const char *question =
        arena_printf(head->arena, "ask post %s %s %s %s %s", url_of(d, head->arena, in->path),
                     in->session ? in->session : "-", in->stream ? "stream" : "whole",
                     in->key ? in->key : "-", in->json);
    return ask(d, question, line, sizeof line) && sscanf(line, "%d %n", status, &at) == 1 && at &&
           lines_hear(d, line + at, head);
}

static bool fetch(void *with, const char *path, bool old_tls, struct buffer *ret)
{
    struct desk *d = with;
    char line[80];
    if (!d->app->config->listen)
        return false;
    const char *question = arena_printf(ret->arena, "ask fetch %s %s", old_tls ? "old" : "new",
                                        url_of(d, ret->arena, path));
    return ask(d, question, line, sizeof line) && lines_hear(d, line, ret);
}

static bool attempts(void *with, struct buffer *ret)
{
    const struct desk *d = with;
    char line[400];
    const char *question = d->app->config->store_ports ? "ask attempts relayed" : "ask attempts";
    if (!ask(with, question, line, sizeof line) || !text_starts(line, "tried"))
        return false;
    buffer_string(ret, line + 5);
    return true;
}

/* False when nobody listens any more. */
static bool tell(void *with, const struct promise *p, enum promise_result result,
                 const char *evidence)
{
    struct arena a = { 0 };
    struct buffer b = buffer_new(&a);
    const struct {
        const char *key, *value;
    } members[] = {
        { "id", p->id },
        { "sentence", p->sentence },
        { "kind", promise_kind_names[p->kind] },
        { "control", p->control },
        { "result", promise_result_names[result] },
        { "evidence", evidence },
    };
    for (size_t i = 0; i < LENGTH(members); i++) {
        buffer_printf(&b, "%s\"%s\":", i ? "," : "{", members[i].key);
        json_text(&b, members[i].value);
    }
    buffer_char(&b, '}');
    bool said = admin_say(((struct desk *)with)->fd, b.at);
    arena_done(&a);
    return said;
}

static void waits(void *with)
{
    (void)!admin_say(((struct desk *)with)->fd, "wait");
}

bool prove_online(struct app *app, const struct residues *residues, int fd, const char *args,
                  struct error *err)
{
    char provider[200] = "", id[40] = "";
    sscanf(args, " %199s %39s", provider, id);
    struct desk d = { app, residues, fd };
    struct witness w = { .provider = strcmp(provider, "-") ? provider : NULL,
                         .captured = captured,
                         .canary = canary,
                         .received = received,
                         .post = post,
                         .in_memory = in_memory,
                         .fetch = fetch,
                         .attempts = attempts,
                         .with = &d,
                         .waits = waits };
    app->witness_provider = w.provider;
    bool ok = prove_run(app, id[0] ? id : NULL, &w, tell, &d, err);
    app->witness_provider = NULL;
    return ok;
}
