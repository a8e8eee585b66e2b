/* runner.c: a schedule of organisations in memory, filled by wakes, by what outbox_run says comes
   next, and at start-up by all organisations in turn. */
#include "runner.h"

#include "base/wait.h"
#include "node.h"
#include "outbox.h"
#include "rows.h"
#include "schedule.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SWEEP_US INT64_C(60000000)
#define INHERIT_US INT64_C(1000000)

/* Until it is looked again; the latter when its server is away, or its disk is full. */
enum { UNOPENED_S = 3600, AWAY_S = 60 };

struct slot {
    struct id organisation;
    struct instant due;
    bool running;
    bool woken;    /* again while it was running */
    bool unopened; /* and that has been told */
};

struct runner {
    struct app *app;
    pthread_mutex_t lock;
    pthread_cond_t change;
    pthread_t *thread;
    int threads;
    struct slot *slot;
    size_t count, room;
    struct instant
        swept; /* when all organisations were looked at, or periodic jobs; absent: never */
    struct instant looked; /* when periodic jobs were; absent: not since the start */
    uint64_t inherited;    /* of node_inherited, what was seen to */
    _Atomic bool stopping;
};

static struct slot *slot_of(struct runner *r, struct id organisation)
{
    for (size_t i = 0; i < r->count; i++)
        if (id_equal(r->slot[i].organisation, organisation))
            return &r->slot[i];
    if (r->count == r->room) {
        r->room = r->room ? r->room * 2 : 64;
        r->slot = realloc(r->slot, r->room * sizeof *r->slot);
        if (!r->slot)
            abort();
    }
    r->slot[r->count] = (struct slot){ .organisation = organisation };
    return &r->slot[r->count++];
}

void runner_wake(struct runner *r, struct id organisation)
{
    if (!id_given(organisation))
        return;
    pthread_mutex_lock(&r->lock);
    struct slot *s = slot_of(r, organisation);
    s->woken = s->running;
    s->due = instant_now();
    pthread_cond_broadcast(&r->change);
    pthread_mutex_unlock(&r->lock);
}

/* Told once, until it can be opened again; one that is deleted meanwhile is no failure. */
static struct instant unopened_tell(struct ctx *c, bool *told)
{
    char id[ID_TEXT];
    id_format(c->organisation, id);
    if (c->err->problem == NOT_FOUND)
        return (struct instant){ 0 };
    if (!*told)
        app_tell(c->app, "The database of organisation %s cannot be opened: %s", id,
                 c->err->detail[0] ? c->err->detail : problem_info(c->err->problem)->name);
    *told = true;
    bool passes = c->err->problem == UNAVAILABLE || c->err->problem == STORAGE_FULL;
    int64_t wait = passes ? AWAY_S : UNOPENED_S;
    return instant_plus(c->now, (struct span){ wait });
}

/* Runs one organisation's tasks; gives when to look again, absent for never. */
static struct instant organisation_run(struct app *app, struct id organisation, bool *unopened)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(app, &a, &err, "job");
    struct instant next = { 0 };
    c.organisation = organisation;
    if (db_open(app->store, organisation, false, &c.db, &err)) {
        *unopened = false;
        if (!outbox_run(&c, &next))
            next = instant_plus(c.now, (struct span){ AWAY_S });
        db_release(c.db);
    } else {
        next = unopened_tell(&c, unopened);
    }
    arena_done(&a);
    return next;
}

/* The slot that is due first and not running; NULL when there is none. */
static struct slot *earliest(struct runner *r)
{
    struct slot *best = NULL;
    for (size_t i = 0; i < r->count; i++) {
        struct slot *s = &r->slot[i];
        if (!s->running && instant_given(s->due) && (!best || s->due.us < best->due.us))
            best = s;
    }
    return best;
}

static void slot_run(struct runner *r, struct slot *s)
{
    struct id organisation = s->organisation;
    bool unopened = s->unopened;
    s->running = true;
    s->woken = false;
    s->due = (struct instant){ 0 };
    pthread_mutex_unlock(&r->lock);
    struct instant next = organisation_run(r->app, organisation, &unopened);
    wipe_stack();
    pthread_mutex_lock(&r->lock);
    s = slot_of(r, organisation); /* the array may have moved */
    s->running = false;
    s->unopened = unopened;
    if (s->woken)
        next = instant_now();
    if (instant_given(next) && (!instant_given(s->due) || next.us < s->due.us))
        s->due = next;
    pthread_cond_broadcast(&r->change);
}

static bool is_due(const struct job_type *j, struct instant before, struct instant now)
{
    int64_t every = j->every.s * 1000000;
    return before.us / every != now.us / every;
}

static bool any_due(const struct app *app, struct instant before, struct instant now)
{
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct job_type *const *j = (*f)->jobs; j && *j; j++)
            if (is_due(*j, before, now))
                return true;
    return false;
}

static void job_run(struct app *app, struct db *db, const struct job_type *j)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(app, &a, &err, j->name);
    c.organisation = db_id(db);
    c.db = db;
    outbox_run_periodic(&c, j);
    arena_done(&a);
}

/* All jobs of one organisation in a row, so that its database is opened once; false when it cannot
   be. One that is deleted meanwhile has none. */
static bool jobs_run(struct app *app, struct id self, struct id organisation, struct instant before,
                     struct instant now, struct error *err)
{
    struct db *db;
    if (!db_open(app->store, organisation, false, &db, err))
        return err->problem == NOT_FOUND;
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct job_type *const *j = (*f)->jobs; j && *j; j++)
            if (is_due(*j, before, now) && node_is(app->node, self))
                job_run(app, db, *j);
    db_release(db);
    return true;
}

static bool periodic_all(struct app *app, struct instant before, struct instant now,
                         const _Atomic bool *stop)
{
    struct arena a = { 0 };
    struct error why = { 0 };
    struct id *ids, first = { 0 }, self = node_id(app->node);
    size_t n = 0, closed = 0;
    char id[ID_TEXT];
    bool due = any_due(app, before, now), ok = !due || store_ids(app->store, &a, &ids, &n, &why);
    for (size_t i = 0; ok && i < n && !*stop && node_is(app->node, self); i++) {
        struct error err = { 0 };
        if (jobs_run(app, self, ids[i], before, now, &err) || closed++)
            continue;
        first = ids[i];
        why = err;
    }
    arena_done(&a);
    if (!ok || (closed && closed == n && why.problem == UNAVAILABLE)) /* the store is away */
        return false;
    id_format(first, id);
    if (closed)
        app_tell(
            app,
            "Jobs did not run in %zu of %zu organisations: the database of %s cannot be opened "
            "(%s)",
            closed, n, id, problem_info(why.problem)->name);
    return true;
}

/* A round may take longer than the minute after which another thread begins the next. */
bool periodic_run(struct app *app, struct instant before, struct instant now,
                  const _Atomic bool *stop)
{
    if (atomic_exchange(&app->periodic, true))
        return false;
    bool ok = periodic_all(app, before, now, stop);
    app->periodic = false;
    return ok;
}

/* Of several nodes one does this, and where an earlier one has left off. False: all is still due.
 */
static bool periodic_turn(struct runner *r, struct instant before, struct instant now)
{
    struct app *app = r->app;
    if (!app->node)
        return periodic_run(app, before, now, &r->stopping);
    struct arena a = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(app, &a, &err, "schedule");
    bool mine;
    c.now = node_time(app->node, now);
    if (schedule_take(&c, &mine, &before) && mine &&
        periodic_run(app, before, c.now, &r->stopping) && !r->stopping)
        (void)!schedule_done(&c); /* else it is all due again */
    arena_done(&a);
    return true; /* the schedule knows since when jobs are due */
}

/* Looks into all organisations for what is due. */
static bool sweep(struct runner *r)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct id *ids;
    size_t n;
    bool ok = store_ids(r->app->store, &a, &ids, &n, &err);
    for (size_t i = 0; ok && i < n && !r->stopping; i++)
        runner_wake(r, ids[i]);
    arena_done(&a);
    return ok;
}

/* What a node that has gone knew to be due, or a process that ended before this one began. */
static void inherit(struct runner *r)
{
    uint64_t inherited = node_inherited(r->app->node);
    if (inherited == r->inherited)
        return;
    pthread_mutex_unlock(&r->lock);
    bool ok = sweep(r);
    pthread_mutex_lock(&r->lock);
    if (ok)
        r->inherited = inherited;
}

/* By the clock that nobody sets, so that setting the other one back stops no job for long. */
static void wait_for(struct runner *r, int64_t us)
{
    struct timespec t = wait_ms(us / 1000 + 1);
    pthread_cond_timedwait(&r->change, &r->lock, &t);
}

static void *runner_thread(void *with)
{
    struct runner *r = with;
    pthread_mutex_lock(&r->lock);
    while (!r->stopping) {
        inherit(r);
        struct instant now = instant_now();
        struct slot *s = earliest(r);
        if (s && s->due.us <= now.us) {
            slot_run(r, s);
            continue;
        }
        if (now.us < r->swept.us)
            r->swept = now;
        if (now.us - r->swept.us >= SWEEP_US) {
            bool starting = !instant_given(r->swept);
            struct instant before = r->looked;
            r->swept = now;
            if (!starting)
                r->looked = now;
            pthread_mutex_unlock(&r->lock);
            bool ran = starting || periodic_turn(r, before, now);
            if (starting && !r->app->node)
                (void)!sweep(r);
            pthread_mutex_lock(&r->lock);
            if (!ran)
                r->looked = before;
            continue;
        }
        int64_t until = r->app->node ? now.us + INHERIT_US : r->swept.us + SWEEP_US;
        wait_for(r, (s && s->due.us < until ? s->due.us : until) - now.us);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

struct runner *runner_new(struct app *app, int threads)
{
    struct runner *r = calloc(1, sizeof *r);
    if (!r || !(r->thread = calloc((size_t)threads, sizeof *r->thread)))
        abort();
    r->app = app;
    pthread_mutex_init(&r->lock, NULL);
    wait_init(&r->change);
    for (; r->threads < threads; r->threads++)
        if (pthread_create(&r->thread[r->threads], NULL, runner_thread, r))
            abort();
    return r;
}

void runner_wait(struct runner *r, struct id organisation)
{
    pthread_mutex_lock(&r->lock);
    for (;;) {
        struct slot *s = slot_of(r, organisation);
        bool due = instant_given(s->due) && s->due.us <= instant_now().us;
        if (!s->running && !due)
            break;
        pthread_cond_wait(&r->change, &r->lock);
    }
    pthread_mutex_unlock(&r->lock);
}

void runner_free(struct runner *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_cond_broadcast(&r->change);
    pthread_mutex_unlock(&r->lock);
    for (int i = 0; i < r->threads; i++)
        pthread_join(r->thread[i], NULL);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->change);
    free(r->thread);
    free(r->slot);
    free(r);
}
