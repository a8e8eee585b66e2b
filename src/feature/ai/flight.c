/* flight.c: the way of a run whose thread must not wait. The thread that asks sends it off, the one
   that reads egress' channel takes the answer and ends it; what would hold that one up is left to a
   worker. A look ten times a second ends what was switched off and what nobody waits for. */
#include "flight.h"

#include "base/wait.h"
#include "core/app.h"
#include "core/workers.h"
#include "net/server.h"
#include "run.h"
#include "state.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
    LOOK_MS = 100,
    IDLE_LOOKS = 50, /* without a flight, until the looking thread waits for one */
    MOST = 256,      /* in the air; more wait for a worker, which waits with them */
};

struct flight {
    struct ai_run run;
    struct ai_input in;
    struct ai_answer answer, *ret;
    ai_done *done;
    void *with;
    uint64_t id; /* egress's */

    /* Under the lock of all flights. */
    struct flight *next, *before;
    bool listed;
    bool looked_at; /* by the looking thread, which lands it if it ends meanwhile */
    bool ended;     /* egress has nothing more to say */

    /* The looking thread's. */
    uint64_t changes; /* app.settings_changes at its last look */
    uint64_t known;   /* ctx.known then */
    const char *stopped;
    struct error why;
};

struct flights {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool started, asleep, stopping;
    struct flight *first;
    size_t count;
};

static void list_add(struct flights *all, struct flight *f)
{
    f->listed = true;
    f->next = all->first;
    if (f->next)
        f->next->before = f;
    all->first = f;
    all->count++;
    if (all->asleep)
        pthread_cond_signal(&all->wake);
    all->asleep = false;
}

static void list_remove(struct flights *all, struct flight *f)
{
    f->listed = false;
    if (f->next)
        f->next->before = f->before;
    if (f->before)
        f->before->next = f->next;
    else
        all->first = f->next;
    all->count--;
}

/* ---- landing ---- */

static void flight_over(struct flight *f, bool ok)
{
    ok = ai_over(&f->run, ok, f->ret);
    f->done(f->with, ok);
}

static bool flight_stopped(struct flight *f)
{
    if (!f->stopped)
        return false;
    f->run.reason = f->stopped;
    *f->run.c->err = f->why;
    return true;
}

/* On a thread that may wait. */
static void flight_settle(void *with)
{
    struct flight *f = with;
    struct ai_run *run = &f->run;
    bool ok = !flight_stopped(f);
    if (ok && (!run->ended || ai_send_interrupted(run)))
        ok = ai_send_wait(run);
    else
        ok = ok && run->end.reason == EGRESS_OK && ai_still_on(run) && ai_send_last(run);
    flight_over(f, ai_send_over(run, ok));
}

/* Hands it to a worker; when all are busy, this thread has to do it. */
static void flight_hand(struct flight *f)
{
    struct ctx *c = f->run.c;
    if (!workers_add(c->app->slow, ctx_party(c), flight_settle, f))
        flight_settle(f);
}

static bool settles_quickly(const struct flight *f)
{
    const struct ai_run *run = &f->run;
    return run->text.len <= HASTY_ANSWER && !ai_send_interrupted(run) && !ctx_overtaken(run->c) &&
           !ai_policy_overtaken(run->c->app, run->changes);
}

static void flight_land(struct flight *f)
{
    if (settles_quickly(f))
        flight_settle(f);
    else
        flight_hand(f);
}

/* On the thread that reads egress' channel. */
static void on_event(void *user, const struct egress_event *e)
{
    struct flight *f = user;
    struct flights *all = f->run.c->app->ai->flights;
    if (e->kind == EGRESS_TEXT) {
        (void)!ai_send_piece(&f->run, e->text, e->len); /* nobody is shown a piece of it */
        return;
    }
    f->run.end = e->end;
    f->run.ended = true;
    pthread_mutex_lock(&all->lock);
    f->ended = true;
    bool ours = !f->looked_at;
    if (ours && f->listed)
        list_remove(all, f);
    pthread_mutex_unlock(&all->lock);
    if (ours)
        flight_land(f);
}

/* ---- looking ---- */

static void switches_look(struct flight *f, struct ctx *c)
{
    struct ai_answer answer = { 0 };
    struct ai_run run = { .c = c,
                          .capability = f->run.capability,
                          .in = &f->in,
                          .ret = &answer,
                          .provider = f->run.provider };
    if (!ai_policy_take(c, &run.policy)) {
        f->stopped = ai_reason_name(REASON_POLICY_UNREADABLE);
        return;
    }
    f->changes = run.policy->changes;
    if (!ai_switches(&run) || !ai_provider_still(&run))
        f->stopped = run.reason;
    ai_policy_release(c->app, run.policy);
}

/* In a world of its own: the flight's is that of the thread that reads. */
static void admission_look(struct flight *f)
{
    struct arena a = { 0 };
    struct ctx c = *f->run.c;
    c.arena = &a;
    c.err = &f->why;
    c.known = f->known;
    if (!ctx_still_admitted(&c))
        f->stopped = ai_reason_name(REASON_ASKER_GONE);
    else if (ai_policy_overtaken(c.app, f->changes))
        switches_look(f, &c);
    f->known = c.known;
    arena_done(&a);
}

static void flight_look(struct flight *f)
{
    struct exchange *x = f->run.c->x;
    if (f->stopped)
        return;
    if (x && !exchange_alive(x))
        f->stopped = ai_reason_note(REASON_CLIENT_GONE, &f->why);
    else
        admission_look(f);
    if (f->stopped)
        egress_cancel(f->run.c->app->config->egress, f->id);
}

/* With the lock held; a flight that is looked at stays in the list. */
static void flights_look(struct flights *all)
{
    struct flight *landed = NULL;
    for (struct flight *f = all->first, *next; f; f = next) {
        f->looked_at = true;
        pthread_mutex_unlock(&all->lock);
        flight_look(f);
        pthread_mutex_lock(&all->lock);
        f->looked_at = false;
        next = f->next;
        if (!f->ended)
            continue;
        list_remove(all, f);
        f->next = landed;
        landed = f;
    }
    pthread_mutex_unlock(&all->lock);
    for (struct flight *next; landed; landed = next) {
        next = landed->next;
        flight_hand(landed);
    }
    pthread_mutex_lock(&all->lock);
}

static void pause_wait(struct flights *all)
{
    struct timespec until = wait_ms(LOOK_MS);
    while (!all->stopping && pthread_cond_timedwait(&all->wake, &all->lock, &until) != ETIMEDOUT)
        ;
}

static void *flights_run(void *with)
{
    struct flights *all = with;
    int idle = 0;
    pthread_mutex_lock(&all->lock);
    while (!all->stopping) {
        idle = all->first ? 0 : idle + 1;
        flights_look(all);
        wipe_stack(); /* a policy that was read holds names */
        all->asleep = idle > IDLE_LOOKS;
        while (all->asleep && !all->stopping)
            pthread_cond_wait(&all->wake, &all->lock);
        pause_wait(all);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

struct flights *flights_new(void)
{
    struct flights *all = calloc(1, sizeof *all);
    if (!all)
        abort();
    pthread_mutex_init(&all->lock, NULL);
    wait_init(&all->wake);
    all->started = !pthread_create(&all->thread, NULL, flights_run, all);
    return all;
}

void flights_free(struct flights *all)
{
    if (!all)
        return;
    pthread_mutex_lock(&all->lock);
    all->stopping = true;
    pthread_cond_signal(&all->wake);
    pthread_mutex_unlock(&all->lock);
    if (all->started)
        pthread_join(all->thread, NULL);
    assert(!all->first);
    pthread_mutex_destroy(&all->lock);
    pthread_cond_destroy(&all->wake);
    free(all);
}

/* ---- taking off ---- */

static bool room(struct flights *all)
{
    pthread_mutex_lock(&all->lock);
    bool room = all->started && all->count < MOST;
    pthread_mutex_unlock(&all->lock);
    return room;
}

/* The flight may have ended when the offer returns, but its arena is this thread's yet. */
static void flight_start(struct flight *f)
{
    struct ai_run *run = &f->run;
    struct flights *all = run->c->app->ai->flights;
    if (!ai_send_prepare(run)) {
        flight_over(f, false);
        return;
    }
    run->stream = mask_stream_new(run->map);
    run->leaves = true;
    f->changes = run->changes;
    f->known = run->c->known;
    if (!egress_offer(run->c->app->config->egress, &run->request, on_event, f, run->c->err,
                      &f->id)) {
        run->leaves = false;
        /* A worker may wait for the channel, this thread may not. */
        if (!run->c->err->problem &&
            workers_add(run->c->app->slow, ctx_party(run->c), flight_settle, f))
            return;
        if (!run->c->err->problem)
            fail(run->c, UNAVAILABLE, NULL);
        flight_over(f, ai_fail(run, REASON_NOT_SENT));
        return;
    }
    pthread_mutex_lock(&all->lock);
    if (!f->ended)
        list_add(all, f);
    pthread_mutex_unlock(&all->lock);
}

bool ai_run_hasty(struct ctx *c, const struct capability *capability, const struct ai_input *in,
                  struct ai_answer *ret, ai_done *done, void *with)
{
    struct flight *f = arena_new(c->arena, struct flight);
    assert(!in->text);
    *f = (struct flight){ .in = *in, .ret = ret, .done = done, .with = with };
    f->run = (struct ai_run){
        .c = c, .capability = capability, .in = &f->in, .ret = &f->answer, .hasty = true
    };
    if (!room(c->app->ai->flights))
        return false;
    bool ok = ai_prepare(&f->run);
    if (f->run.elsewhere)
        return false;
    f->run.hasty = false; /* what follows is left to workers when it may take long */
    if (ok && !in->preview)
        flight_start(f);
    else
        flight_over(f, ok);
    return true;
}
