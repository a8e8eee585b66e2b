/* dispatch.c: from a request that was read to the rule behind its route: who asks, may they, in
   which lane, and what goes back. */
#include "app.h"
#include "audit.h"
#include "base/hash.h"
#include "idempotency.h"
#include "limits.h"
#include "move.h"
#include "rows.h"
#include "sessions.h"
#include "workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One request on its way; lives in the exchange's arena. */
struct request {
    struct app *app;
    struct exchange *x;
    struct ctx c;
    struct db *db;
    struct error asked;    /* what was wrong with the input */
    struct error *refused; /* what is told once the reads of a refusal are noted */
    bool hurried;          /* on a thread that must not wait for the store */
    bool kept, elsewhere;  /* what a hasty rule asked for */
    atomic_int holds; /* what must end before the exchange may: the answer, a reading thread, and
                         the one that took what is kept */
};

/* The answer lies in the arena: how long its client takes it must keep nobody from closing or
   removing the database. */
static void let_go(struct request *r)
{
    if (r->db)
        db_release(r->db);
    r->db = r->c.db = NULL;
}

static void answered(struct request *r)
{
    if (atomic_fetch_sub(&r->holds, 1) != 1)
        return;
    let_go(r);
    exchange_finish(r->x);
}

static const char *token_of(const struct exchange *x)
{
    return x->bearer ? x->bearer : x->cookie;
}

static bool authenticate(struct request *r)
{
    struct exchange *x = r->x;
    struct ctx *c = &r->c;
    const char *token = token_of(x);
    if (!token)
        return x->route->who == WHO_ANYONE || fail(c, UNAUTHENTICATED, NULL);
    if (session_find(c, token))
        return true;
    if (x->route->who != WHO_ANYONE || c->err->problem != UNAUTHENTICATED)
        return false;
    *c->err = (struct error){ 0 }; /* an old cookie does not keep anybody from signing in */
    return true;
}

static bool refuse_without(struct ctx *c)
{
    return fail(c, FORBIDDEN, "The permission %s is needed", c->can->name);
}

static bool permitted(struct request *r)
{
    const struct route *route = r->x->route;
    struct ctx *c = &r->c;
    if (r->x->cookie && !r->x->bearer && route->method != GET && !r->x->same_origin)
        return fail(c, CROSS_SITE,
                    "With the session's cookie a change needs an Origin header with this server's "
                    "own address, as browsers send; a program sends the cookie's value as "
                    "Authorization: Bearer instead");
    c->can = route->can;
    c->scope = ctx_scope(c, route->can);
    if (route->can && c->scope == SCOPE_NONE)
        return refuse_without(c);
    return true;
}

bool ctx_overtaken(const struct ctx *c)
{
    return c->x && id_given(c->actor.session) && sessions_forgotten(c->app->sessions) != c->known;
}

bool ctx_still_admitted(struct ctx *c)
{
    struct ctx now = *c;
    if (!ctx_overtaken(c))
        return true;
    if (!session_find(&now, token_of(c->x)))
        return false;
    if (c->can && ctx_scope(&now, c->can) < c->scope)
        return refuse_without(c);
    c->actor = now.actor;
    c->known = now.known;
    return true;
}

static void answer_hide(struct request *r)
{
    const struct route *route = r->x->route;
    if (r->x->out && !route->list)
        unseen_clear(&r->c, route->out, r->x->out);
    for (size_t i = 0; route->list && i < r->x->page.count; i++)
        unseen_clear(&r->c, route->out, (char *)(uintptr_t)r->x->page.at + i * route->out_size);
}

static bool rule_end(struct request *r, bool ok)
{
    if (!ok) {
        if (!r->x->err.problem)
            error_set(&r->x->err, INTERNAL, NULL);
        return false;
    }
    answer_hide(r);
    return true;
}

static bool rule_call(struct request *r)
{
    const struct route *route = r->x->route;
    return (!route->admit || route->admit(&r->c)) && route->handle(&r->c, r->x->in, r->x->out);
}

static bool rule_run(struct request *r)
{
    return rule_end(r, rule_call(r));
}

/* Effects of an earlier run of the same work must not show in the answer. */
static void answer_reset(struct request *r)
{
    struct exchange *x = r->x;
    if (x->out)
        record_clear(x->route->out, x->out);
    x->etag = x->location = x->next = x->set_cookie = NULL;
    x->bytes = (struct blob){ 0 };
    x->made = (struct id){ 0 };
    r->c.reads = NULL;
    r->c.wake = r->c.forget = false;
}

static bool work_read(struct tx *tx, void *with, struct error *err)
{
    struct request *r = with;
    (void)err;
    answer_reset(r);
    r->c.tx = tx;
    bool ok = rule_run(r);
    r->c.tx = NULL;
    return ok;
}

static bool is_keyed(const struct request *r)
{
    return r->x->idempotency_key && r->db && route_repeatable(r->x->route);
}

static bool work_write(struct tx *tx, void *with, struct error *err)
{
    struct request *r = with;
    bool keyed = is_keyed(r), replayed = false;
    (void)err;
    answer_reset(r);
    r->c.tx = tx;
    bool ok =
        session_stands(&r->c) && (!keyed || idempotency_find(&r->c, &replayed)) &&
        (replayed || (rule_run(r) && audit_reads(&r->c) && (!keyed || idempotency_keep(&r->c))));
    r->c.tx = NULL;
    return ok;
}

static bool work_audit(struct tx *tx, void *with, struct error *err)
{
    struct request *r = with;
    (void)err;
    r->c.tx = tx;
    bool ok = audit_reads(&r->c);
    r->c.tx = NULL;
    return ok;
}

static void refusal_keep(struct request *r)
{
    if (!r->x->err.problem)
        return;
    r->refused = arena_copy(&r->x->arena, &r->x->err, sizeof r->x->err);
    error_clear(&r->x->err);
}

static void refusal_tell(struct request *r, bool noted)
{
    if (noted && r->refused)
        r->x->err = *r->refused;
}

static void reads_noted(void *with, bool ok)
{
    struct request *r = with;
    refusal_tell(r, ok);
    answered(r);
}

/* Reads of other people's data are on disk in the audit log before the answer leaves, be it a
   refusal, which can tell of them, too. Whether it may leave now. */
static bool read_answers(struct request *r)
{
    if (!r->c.reads || !r->db)
        return true;
    refusal_keep(r);
    db_write(r->db, &r->x->arena, work_audit, reads_noted, r, &r->x->err);
    return false;
}

/* What was refused has left no row behind, nor that of what it read. */
static void written(void *with, bool ok)
{
    struct request *r = with;
    ctx_after_write(&r->c);
    if (ok || read_answers(r))
        answered(r);
}

static bool in_write_lane(struct request *r)
{
    if (r->x->route->settle)
        r->x->route->settle(&r->c);
    db_write(r->db, &r->x->arena, work_write, written, r, &r->x->err);
    return false;
}

static void read_end(void *with, bool ok)
{
    struct request *r = with;
    (void)ok; /* the error says it */
    if (read_answers(r))
        answered(r);
}

/* What the store says of its files is for the operator, not for a client. */
static bool refused_by_store(struct exchange *x)
{
    if (problem_info(x->err.problem)->status >= 500)
        x->err.detail[0] = 0;
    return true;
}

/* Work may have waited long for a thread: who asked may be nobody by now, or may no more. */
static bool still_admitted(struct request *r)
{
    if (authenticate(r))
        return permitted(r);
    refused_by_store(r->x);
    return false;
}

static bool in_pool(struct request *r, struct workers *pool, uint64_t party,
                    void (*run)(void *request))
{
    if (workers_add(pool, party, run, r))
        return false;
    r->x->retry_after_s = 1;
    fail(&r->c, UNAVAILABLE, NULL);
    return true;
}

static bool read_here(struct request *r)
{
    (void)!db_read(r->db, &r->x->arena, work_read, r, &r->x->err);
    return read_answers(r);
}

static void in_long_read(void *with)
{
    struct request *r = with;
    if (!still_admitted(r) || read_here(r))
        answered(r);
}

/* On the thread that took the request, unless that turns out to take long. */
static bool read_briefly(struct request *r)
{
    struct exchange *x = r->x;
    db_hurry();
    (void)!db_read(r->db, &x->arena, work_read, r, &x->err);
    if (!db_hurry_end())
        return read_answers(r);
    error_clear(&x->err);
    return in_pool(r, r->app->slow, ctx_party(&r->c), in_long_read);
}

static bool in_read_lane(struct request *r)
{
    struct exchange *x = r->x;
    if (!r->db)
        return rule_run(r), true;
    if (!r->hurried)
        return r->app->readers ? read_here(r) : read_briefly(r);
    db_read_later(r->db, &x->arena, work_read, read_end, r, &x->err);
    return false;
}

static bool reads_write(struct ctx *c, void *with)
{
    (void)with;
    return audit_reads(c);
}

/* A key that is claimed while a rule runs that opens its own transactions. */
struct claim {
    struct id id;
    bool replayed, answered;
};

static bool key_claim(struct ctx *c, void *with)
{
    struct claim *claim = with;
    return idempotency_claim(c, &claim->id, &claim->replayed);
}

static bool key_settle(struct ctx *c, void *with)
{
    const struct claim *claim = with;
    return idempotency_settle(c, claim->id, claim->answered);
}

/* The answer stands, whether or not it could be kept. */
static void answer_settle(struct request *r, struct claim *claim)
{
    struct error none = { 0 };
    r->c.err = &none;
    (void)!ctx_write(&r->c, key_settle, claim);
    r->c.err = &r->x->err;
}

static void in_worker(void *with)
{
    struct request *r = with;
    bool keyed = is_keyed(r);
    struct claim claim = { 0 };
    if (!still_admitted(r)) {
        answered(r);
        return;
    }
    if (keyed && (!ctx_write(&r->c, key_claim, &claim) || claim.replayed)) {
        answered(r);
        return;
    }
    r->c.claim = claim.id;
    bool ok = rule_run(r);
    r->c.claim = (struct id){ 0 };
    if (r->c.reads && r->db) {
        refusal_keep(r);
        bool noted = ctx_write(&r->c, reads_write, NULL);
        refusal_tell(r, noted);
        ok = ok && noted;
    }
    claim.answered = ok;
    if (keyed)
        answer_settle(r, &claim);
    answered(r);
}

bool ctx_elsewhere(struct ctx *c)
{
    struct request *r = c->x->owner;
    r->elsewhere = true;
    *c->err = (struct error){ 0 };
    return false;
}

void ctx_keep(struct ctx *c)
{
    struct request *r = c->x->owner;
    r->kept = true;
    atomic_fetch_add(&r->holds, 1);
}

void ctx_finish(struct ctx *c, bool ok)
{
    struct request *r = c->x->owner;
    read_end(r, rule_end(r, ok));
}

/* On the thread that took the request as long as that need not wait. A rule that was kept may have
   ended by now, but its arena is this thread's to give back. */
static bool in_slow_lane(struct request *r)
{
    if (!r->x->route->eager || is_keyed(r))
        return in_pool(r, r->app->slow, ctx_party(&r->c), in_worker);
    r->c.hasty = true;
    bool ok = rule_call(r);
    if (r->elsewhere) {
        r->c.hasty = false;
        atomic_fetch_sub(&r->holds, r->kept); /* it was not kept after all */
        r->kept = false;
        return in_pool(r, r->app->slow, ctx_party(&r->c), in_worker);
    }
    if (r->kept) {
        answered(r);
        return false;
    }
    rule_end(r, ok);
    return read_answers(r);
}

static bool refuse_moving(struct exchange *x)
{
    error_set(&x->err, UNAVAILABLE,
              "The organisation is being moved; it takes changes again in some seconds");
    return true;
}

/* Whether the answer stands already. */
static bool request_run(struct request *r)
{
    struct app *app = r->app;
    struct exchange *x = r->x;
    if (!authenticate(r))
        return refused_by_store(x);
    if (!permitted(r))
        return true;
    x->err = r->asked; /* told only to who may ask */
    if (r->asked.problem)
        return true;
    if (id_given(r->c.organisation)) {
        if (x->route->method != GET && move_pauses(app, r->c.organisation)) {
            x->retry_after_s = 2;
            return refuse_moving(x);
        }
        if (!r->db && !db_open(app->store, r->c.organisation, false, &r->db, &x->err))
            return refused_by_store(x);
        r->c.db = r->db;
    }
    switch (x->route->lane) {
    case LANE_READ:
        return in_read_lane(r);
    case LANE_WRITE:
        return in_write_lane(r);
    case LANE_SLOW:
        return in_slow_lane(r);
    case LANE_PASSWORD:
        return in_pool(r, app->password, 0, in_worker);
    }
    return true;
}

static void in_reader(void *with)
{
    struct request *r = with;
    if (request_run(r))
        answered(r);
    answered(r);
}

/* Who asks, before that is looked up. */
static uint64_t token_party(const struct exchange *x)
{
    const char *token = token_of(x);
    return token ? hash_text(hash_start, token) : 0;
}

/* Whether that is done without waiting as long as session and database are in memory: what is
   written waits in its queue. */
static bool is_brief(const struct route *route)
{
    return route->lane == LANE_READ || (route->lane == LANE_WRITE && !route->settle);
}

/* Where reading waits for a server: a request that reads one thing waits for it beside others, and
   any other has a thread to wait. */
static bool request_run_waiting(struct request *r)
{
    if (is_brief(r->x->route)) {
        db_hurry();
        r->hurried = true;
        bool answers = request_run(r);
        if (!db_hurry_end())
            return answers;
        r->hurried = false;
        error_clear(&r->x->err);
    }
    atomic_store(&r->holds, 2);
    return in_pool(r, r->app->readers, token_party(r->x), in_reader);
}

bool app_handle(void *with, struct exchange *x)
{
    struct app *app = with;
    struct request *r = arena_new(&x->arena, struct request);
    r->app = app;
    r->x = x;
    r->asked = x->err;
    x->owner = r;
    x->err = (struct error){ 0 };
    r->c = (struct ctx){ .app = app,
                         .arena = &x->arena,
                         .err = &x->err,
                         .now = x->at,
                         .x = x,
                         .request_id = x->request_id };
    atomic_init(&r->holds, 1);
    bool stands = app->readers ? request_run_waiting(r) : request_run(r);
    if (stands)
        let_go(r);
    return stands;
}

void app_round(void *with)
{
    struct app *app = with;
    if (app->readers)
        store_go(app->store);
}

void app_ended(void *with, struct exchange *x)
{
    struct request *r = x->owner;
    struct app *app = with;
    limit_release(app->limits, x);
    if (r)
        let_go(r);
}

/* Calls within the program: the answer of an exchange that finished on another thread. */
struct waiting {
    struct exchange x;
    pthread_mutex_t lock;
    pthread_cond_t ready;
    bool finished;
};

static void call_finish(struct exchange *x)
{
    struct waiting *w = (struct waiting *)x; /* the exchange is its first member */
    pthread_mutex_lock(&w->lock);
    w->finished = true;
    pthread_cond_signal(&w->ready);
    pthread_mutex_unlock(&w->lock);
}

static void call_run(struct app *app, const struct call *call, struct waiting *w)
{
    struct exchange *x = &w->x;
    bool whole = text_starts(call->path, "/api/v1/");
    const char *path = whole ? call->path : arena_printf(&x->arena, "/api/v1%s", call->path);
    if (!exchange_route(x, app->router, call->method, path))
        return;
    exchange_input(x,
                   call->type   ? call->type
                   : call->json ? "application/json"
                                : NULL,
                   call->body.at
                       ? call->body
                       : (struct blob){ call->json, call->json ? strlen(call->json) : 0 });
    if (app_handle(app, x))
        return;
    app_round(app);
    pthread_mutex_lock(&w->lock);
    while (!w->finished)
        pthread_cond_wait(&w->ready, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

void app_call(struct app *app, struct arena *a, const struct call *call, struct answer *ret)
{
    struct waiting w = { .lock = PTHREAD_MUTEX_INITIALIZER, .ready = PTHREAD_COND_INITIALIZER };
    struct exchange *x = &w.x;
    struct reply reply;
    x->at = instant_plus(instant_now(), call->later);
    x->bearer = call->session;
    x->idempotency_key = call->key;
    x->address = call->address ? call->address : "127.0.0.1";
    x->finish = call_finish;
    x->if_match = call->if_version ? arena_printf(a, "%lld", (long long)call->if_version) : NULL;
    id_format(id_new(x->at), x->request_id);
    call_run(app, call, &w);
    exchange_reply(x, &reply);
    *ret = (struct answer){
        .status = reply.status,
        .body = arena_text(a, reply.body.at, reply.body.len),
        .length = reply.body.len,
        .type = arena_string(a, reply.type),
        .session = arena_string(a, x->set_cookie),
        .etag = arena_string(a, reply.etag),
        .filename = arena_string(a, x->filename),
    };
    app_ended(app, x);
    arena_done(&x->arena);
    wipe_stack(); /* this thread did what an I/O thread does */
}
