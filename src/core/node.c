/* node.c: a node's row in control, what it reads in the others' rows, and what follows from that.
 */
#include "node_parts.h"

#include "app.h"
#include "base/hash.h"
#include "base/wait.h"
#include "limits.h"
#include "rows.h"
#include "sessions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct node_row {
    ROW_MEMBERS;
    struct instant until;
    int64_t forgets, settings;
    struct id leaving;
    struct instant heard;
};
static const struct field node_fields[] = {
    ROW_FIELDS(struct node_row),
    FIELD(struct node_row, until, .privacy = OPERATIONAL,
          .doc = "Until when it is held for alive, by the store's clock"),
    FIELD(struct node_row, forgets, .privacy = OPERATIONAL,
          .doc = "Counts changes of sessions, roles and teams that it has made"),
    FIELD(struct node_row, settings, .privacy = OPERATIONAL,
          .doc = "Counts changes of switches and masked names that it has made"),
    FIELD(struct node_row, leaving, .privacy = OPERATIONAL,
          .doc = "Organisation that it is about to give to another store"),
    FIELD(struct node_row, heard, .privacy = OPERATIONAL,
          .doc = "What others were giving away then is settled, by the store's clock"),
    { 0 },
};

const struct table node_table = {
    .name = "node",
    .few = true,
    .doc = "Processes that serve from this store together",
    .fields = node_fields,
    .size = sizeof(struct node_row),
    .control = true,
    .log = true,
};

enum {
    TELL_PAUSE_US = 100000,
    SKEW_TOLD_US = 2000000,
    SWEEP_S = 60,
    GONE_S = 3600,
    REFUSED_S = 60
};
int64_t up_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return t.tv_sec * S_US + t.tv_nsec / 1000;
}

struct beat {
    struct node *node;
    struct id id;
    bool forget, settings;
    int64_t gone; /* others that are held for dead from now on */
    bool joined, alone;
};

static bool join(struct ctx *c, struct beat *b)
{
    static const struct query add = {
        "INSERT INTO node (id, version, created_at, updated_at, until, forgets, settings, leaving)"
        " VALUES ($1, 1, $2, $2, " NOW " + $3, 0, 0, $4)"
    };
    static const struct query other = { "id <> $1 AND until > " NOW " LIMIT 1" };
    struct node_row row;
    bool found = false;
    b->joined = true;
    b->id = id_new(c->now);
    if (!tx_run(c->tx, &add,
                ARGS(value_id(b->id), value_instant(c->now), value_int(NODE_LEASE_S * S_US),
                     node_giving(b->node)),
                NULL) ||
        !row_find(c, &node_table, &other, ARGS(value_id(b->id)), &row, &found))
        return false;
    b->alone = !found;
    return true;
}

static bool beat_run(struct ctx *c, void *with)
{
    static const struct query live = { "UPDATE node SET until = " NOW
                                       " + $2, forgets = forgets + $3, settings = settings + $4,"
                                       " updated_at = $5, leaving = $6"
                                       " WHERE id = $1 AND until > " NOW };
    static const struct query dead = { "DELETE FROM node WHERE until <= " NOW };
    struct beat *b = with;
    int64_t lives = 0;
    b->joined = b->alone = false;
    if (id_given(b->id) &&
        !tx_run(c->tx, &live,
                ARGS(value_id(b->id), value_int(NODE_LEASE_S * S_US), value_int(b->forget),
                     value_int(b->settings), value_instant(c->now), node_giving(b->node)),
                &lives))
        return false;
    return (lives || join(c, b)) && tx_run(c->tx, &dead, NO_ARGS, &b->gone);
}

/* Says that the node lives, and what has changed; joins when it is not (or no longer) a member. */
static bool beat(struct node *n, struct ctx *c)
{
    int64_t before = up_us();
    pthread_mutex_lock(&n->lock);
    struct beat b = { .node = n, .id = n->id, .forget = n->forget, .settings = n->settings };
    n->forget = n->settings = false;
    pthread_mutex_unlock(&n->lock);
    bool ok = control_write(c, beat_run, &b);
    pthread_mutex_lock(&n->lock);
    if (ok) {
        n->id = b.id;
        n->lives_until = before + NODE_LEASE_S * S_US;
        n->beaten = before;
    } else {
        n->forget |= b.forget;
        n->settings |= b.settings;
    }
    pthread_mutex_unlock(&n->lock);
    if (ok && (b.gone || (b.joined && b.alone)))
        n->inherited++;
    return ok;
}

struct seen {
    struct id id;
    int64_t forgets, settings;
    struct id leaving;
    struct instant now, begun;
};
static const struct field seen_fields[] = {
    FIELD(struct seen, id, .privacy = OPERATIONAL, .doc = "Node"),
    FIELD(struct seen, forgets, .privacy = OPERATIONAL, .doc = "Its count"),
    FIELD(struct seen, settings, .privacy = OPERATIONAL, .doc = "Its other count"),
    FIELD(struct seen, leaving, .privacy = OPERATIONAL, .doc = "What it gives away"),
    FIELD(struct seen, now, .privacy = OPERATIONAL, .doc = "The store's clock"),
    FIELD(struct seen, begun, .privacy = OPERATIONAL, .doc = "The same, before anything was read"),
    { 0 },
};

/* All counts of the other nodes in one number each: it differs when one has counted on, and when a
   node has come or gone, whose last words may be missing. */
enum { NO_OTHERS = 1 };
struct poll {
    struct id self;
    uint64_t forgets, settings;
    struct instant now, begun;
    struct leaving leaving; /* counted beyond LEAVING_MAX */
};

static bool seen_add(void *with, const void *record)
{
    struct poll *p = with;
    const struct seen *s = record;
    p->now = s->now;
    p->begun = s->begun;
    if (id_equal(s->id, p->self))
        return true;
    if (id_given(s->leaving) && p->leaving.count++ < LEAVING_MAX)
        p->leaving.id[p->leaving.count - 1] = s->leaving;
    p->forgets =
        hash_bytes(hash_bytes(p->forgets, &s->id, sizeof s->id), &s->forgets, sizeof s->forgets);
    p->settings =
        hash_bytes(hash_bytes(p->settings, &s->id, sizeof s->id), &s->settings, sizeof s->settings);
    return true;
}

static bool poll_run(struct ctx *c, void *with)
{
    static const struct query all = { "SELECT id, forgets, settings, leaving, " NOW
                                      ", " US("now()") " FROM node ORDER BY id" };
    struct poll *p = with;
    p->forgets = p->settings = NO_OTHERS;
    p->leaving.count = 0;
    return tx_each(c->tx, &all, NO_ARGS, seen_fields, sizeof(struct seen), seen_add, p);
}

static void skew_note(struct node *n, int64_t ahead)
{
    bool skewed = llabs(ahead) > SKEW_TOLD_US;
    n->ahead_us = ahead;
    if (skewed && !n->skewed)
        app_tell(n->app, "The clock of this machine is %" PRId64 " s off the database's",
                 -ahead / S_US);
    n->skewed = skewed;
}

/* What was read while a change was on its way is not kept: see sessions_forget, ai/policy.h. */
static void news_follow(struct node *n, bool forget, bool settings)
{
    if (forget)
        sessions_forget(n->app->sessions);
    if (settings)
        atomic_fetch_add(&n->app->settings_changes, 1);
    n->dropping |= forget;
}

static bool poll(struct node *n, struct ctx *c)
{
    struct poll p = { .self = node_id(n) };
    struct instant before = instant_now();
    n->polled = up_us();
    if (!control_read(c, poll_run, &p))
        return false;
    if (instant_given(p.now))
        skew_note(n, p.now.us - (before.us + instant_now().us) / 2);
    news_follow(n, p.forgets != n->forgets_seen, p.settings != n->settings_seen);
    n->forgets_seen = p.forgets;
    n->settings_seen = p.settings;
    return node_hears(n, c, &p.leaving, p.self, p.begun);
}

struct gone {
    struct id id;
};
static const struct field gone_fields[] = {
    FIELD(struct gone, id, .privacy = OPERATIONAL, .doc = "Organisation"),
    { 0 },
};

static bool gone_read(struct ctx *c, void *with)
{
    static const struct query lately = {
        "SELECT id FROM tenant WHERE state IN ('deleting', 'deleted') AND deleted_at > $1"
    };
    struct instant since = instant_plus(c->now, (struct span){ -GONE_S });
    return tx_rows(c->tx, &lately, ARGS(value_instant(since)), gone_fields, sizeof(struct gone), 0,
                   with);
}

/* Closes the databases of organisations that another node has deleted; their keys leave memory. */
static void gone_drop(struct node *n, struct ctx *c)
{
    struct list gone;
    if (!control_read(c, gone_read, &gone))
        return;
    n->dropping = false;
    for (size_t i = 0; i < gone.count; i++)
        if (!db_forget(n->app->store, ((const struct gone *)gone.at)[i].id))
            n->dropping = true;
}

static void trouble_tell(const struct app *app, const struct error *err)
{
    char why[ERROR_TEXT];
    store_trouble(app->store, why);
    app_tell(app, "This node does not reach the database: %s",
             why[0]           ? why
             : err->detail[0] ? err->detail
                              : problem_info(err->problem)->title);
}

/* Others than the node's own, which it keeps: the server takes no more, say. Anew only when there
   was none for a while. */
static void refused_tell(struct node *n, const char *why)
{
    int64_t before = n->refused;
    n->refused = up_us();
    if (!before || n->refused - before > REFUSED_S * S_US)
        app_tell(n->app, "The database server refuses connections, so some requests fail: %s", why);
}

static void round_run(struct node *n, bool told)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    char why[ERROR_TEXT];
    struct ctx c = app_ctx(n->app, &a, &err, "node");
    bool refused = store_refused(n->app->store, why);
    bool ok = (!told && up_us() - n->beaten < NODE_BEAT_S * S_US) || beat(n, &c);
    ok = ok && poll(n, &c);
    if (!ok) { /* rather nothing from memory than what may have changed */
        news_follow(n, true, true);
        if (!n->unheard)
            trouble_tell(n->app, &err);
    } else if (n->unheard) {
        app_tell(n->app, "This node reaches the database again");
    } else if (refused) {
        refused_tell(n, why);
    }
    n->unheard = !ok;
    if (ok && n->dropping)
        gone_drop(n, &c);
    if (ok && up_us() - n->swept > SWEEP_S * S_US) {
        n->swept = up_us();
        limits_sweep(&c);
    }
    arena_done(&a);
    wipe_stack();
}

/* Waits for the next poll, or for something to tell; not more often than every TELL_PAUSE_US. */
static bool round_wait(struct node *n)
{
    int64_t now;
    while (!n->stopping && (now = up_us()) < n->polled + NODE_POLL_S * S_US) {
        bool tell = n->forget || n->settings;
        int64_t until = (tell ? n->polled + TELL_PAUSE_US : n->polled + NODE_POLL_S * S_US);
        if (now >= until)
            break;
        struct timespec t = wait_ms((until - now) / 1000 + 1);
        pthread_cond_timedwait(&n->wake, &n->lock, &t);
    }
    return n->forget || n->settings;
}

static void *node_thread(void *with)
{
    struct node *n = with;
    pthread_mutex_lock(&n->lock);
    for (;;) {
        bool told = round_wait(n);
        if (n->stopping)
            break;
        pthread_mutex_unlock(&n->lock);
        round_run(n, told);
        pthread_mutex_lock(&n->lock);
    }
    pthread_mutex_unlock(&n->lock);
    return NULL;
}

static void node_free(struct node *n)
{
    pthread_mutex_destroy(&n->lock);
    pthread_mutex_destroy(&n->settling);
    pthread_cond_destroy(&n->wake);
    free(n);
}

bool node_join(struct app *app, struct node **ret, struct error *err)
{
    struct arena a = { 0 };
    struct ctx c = app_ctx(app, &a, err, "node");
    *ret = NULL;
    if (!app->config->store_url)
        return true;
    struct node *n = calloc(1, sizeof *n);
    if (!n)
        abort();
    n->app = app;
    pthread_mutex_init(&n->lock, NULL);
    pthread_mutex_init(&n->settling, NULL);
    wait_init(&n->wake);
    bool ok = beat(n, &c) && poll(n, &c);
    n->first = n->forgets_seen == NO_OTHERS;
    arena_done(&a);
    if (!ok) {
        node_free(n);
        return false;
    }
    if (pthread_create(&n->thread, NULL, node_thread, n))
        abort();
    *ret = n;
    return true;
}

static bool goodbye(struct ctx *c, void *with)
{
    static const struct query end = { "UPDATE node SET until = " NOW " WHERE id = $1" };
    return tx_run(c->tx, &end, ARGS(value_id(*(struct id *)with)), NULL);
}

void node_leave(struct node *n)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    if (!n)
        return;
    pthread_mutex_lock(&n->lock);
    n->stopping = true;
    pthread_cond_signal(&n->wake);
    pthread_mutex_unlock(&n->lock);
    pthread_join(n->thread, NULL);
    struct ctx c = app_ctx(n->app, &a, &err, "node");
    if (n->forget || n->settings)
        (void)!beat(n, &c);
    (void)!control_write(&c, goodbye, &n->id); /* else the others wait for the lease to end */
    arena_done(&a);
    node_free(n);
}

struct id node_id(struct node *n)
{
    struct id id = { 0 };
    if (!n)
        return id;
    pthread_mutex_lock(&n->lock);
    if (up_us() < n->lives_until)
        id = n->id;
    pthread_mutex_unlock(&n->lock);
    return id;
}

bool node_is(struct node *n, struct id id)
{
    return !n || (id_given(id) && id_equal(node_id(n), id));
}

struct lives {
    struct id id;
    bool found;
};

static bool lives_read(struct ctx *c, void *with)
{
    static const struct query live = { "id = $1 AND until > " NOW };
    struct lives *l = with;
    struct node_row row;
    return row_find(c, &node_table, &live, ARGS(value_id(l->id)), &row, &l->found);
}

bool node_lives(struct ctx *c, struct id node, bool *ret)
{
    struct lives l = { .id = node };
    if (!control_read(c, lives_read, &l))
        return false;
    *ret = l.found;
    return true;
}

struct instant node_time(struct node *n, struct instant t)
{
    return n ? (struct instant){ t.us + n->ahead_us } : t;
}

void node_tell(struct node *n, bool forget, bool settings)
{
    if (!n || (!forget && !settings))
        return;
    pthread_mutex_lock(&n->lock);
    n->forget |= forget;
    n->settings |= settings;
    pthread_cond_signal(&n->wake);
    pthread_mutex_unlock(&n->lock);
}

bool node_first(const struct node *n)
{
    return n && n->first;
}

uint64_t node_inherited(const struct node *n)
{
    return n ? n->inherited : 0;
}
