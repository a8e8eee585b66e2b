/* limits.c: a fixed table of buckets, found by a keyed hash; two that fall together share a bucket,
   and nobody outside can aim for that. And rows for those that all nodes share. */
#include "limits.h"

#include "app.h"
#include "base/wait.h"
#include "crypt/crypt.h"
#include "net/server.h"
#include "node.h"
#include "rows.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096 };

struct bucket {
    double left;
    struct instant at;
};

/* Room for something large, until the exchange is over. */
struct claim {
    const struct exchange *x;
    struct id organisation, person;
    struct claim *next;
};

struct limits {
    pthread_mutex_t lock;
    pthread_cond_t released;
    struct claim *claims;
    atomic_size_t claimed; /* how many, for those who have none */
    struct siphash_key key;
    struct bucket bucket[BUCKETS];
};

struct limits *limits_new(void)
{
    struct limits *l = calloc(1, sizeof *l);
    if (!l)
        abort();
    siphash_key_random(&l->key);
    pthread_mutex_init(&l->lock, NULL);
    wait_init(&l->released);
    return l;
}

void limits_free(struct limits *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->released);
    assert(!l->claims);
    free(l);
}

static struct bucket *bucket_of(struct limits *l, const char *name, const char *who)
{
    struct siphash s = siphash_start(&l->key);
    siphash_add(&s, name, strlen(name) + 1);
    siphash_add(&s, who, strlen(who));
    return &l->bucket[siphash_end(&s) % BUCKETS];
}

int64_t limit_take(struct limits *l, const struct limit *limit, const char *who, struct instant now)
{
    struct bucket *b = bucket_of(l, limit->name, who);
    int64_t wait = 0;
    pthread_mutex_lock(&l->lock);
    double minutes = (double)(now.us - b->at.us) / 60e6;
    if (!instant_given(b->at) || minutes < 0)
        b->left = instant_given(b->at) ? b->left : limit->burst;
    else
        b->left = fmin(limit->burst, b->left + minutes * limit->per_minute);
    b->at = now;
    if (b->left >= 1)
        b->left -= 1;
    else
        wait = (int64_t)ceil((1 - b->left) * 60 / limit->per_minute);
    pthread_mutex_unlock(&l->lock);
    return wait;
}

static struct claim *claim_of(struct limits *l, const struct ctx *c)
{
    struct claim *at = l->claims;
    while (at &&
           (!id_equal(at->organisation, c->organisation) || !id_equal(at->person, c->actor.person)))
        at = at->next;
    return at;
}

bool limit_claim(struct ctx *c)
{
    enum { WAIT_MS = 1000, AGAIN_S = 10 };
    struct limits *l = c->app->limits;
    struct timespec until = wait_ms(WAIT_MS);
    struct claim *claim = c->x ? calloc(1, sizeof *claim) : NULL;
    if (!c->x)
        return true;
    if (!claim)
        abort();
    *claim = (struct claim){ c->x, c->organisation, c->actor.person, NULL };
    pthread_mutex_lock(&l->lock);
    int late = 0;
    while (!late && claim_of(l, c))
        late = pthread_cond_timedwait(&l->released, &l->lock, &until);
    bool free_now = !claim_of(l, c);
    if (free_now) {
        claim->next = l->claims;
        l->claims = claim;
        atomic_fetch_add(&l->claimed, 1);
    }
    pthread_mutex_unlock(&l->lock);
    if (free_now)
        return true;
    free(claim);
    c->x->retry_after_s = AGAIN_S;
    return fail(c, RATE_LIMITED, "Another one is still being made or taken; one at a time");
}

void limit_release(struct limits *l, const struct exchange *x)
{
    struct claim *gone = NULL;
    if (!atomic_load(&l->claimed))
        return;
    pthread_mutex_lock(&l->lock);
    for (struct claim **at = &l->claims; *at && !gone;) {
        if ((*at)->x != x) {
            at = &(*at)->next;
            continue;
        }
        gone = *at;
        *at = gone->next;
        atomic_fetch_sub(&l->claimed, 1);
        pthread_cond_broadcast(&l->released);
    }
    pthread_mutex_unlock(&l->lock);
    free(gone);
}

/* A bucket that is not full, as the moment at which it will be. */
struct rate_limit {
    ROW_MEMBERS; /* id: the first half of a keyed hash of whom it is for */
    struct instant full_at;
};
static const struct field rate_limit_fields[] = {
    ROW_FIELDS(struct rate_limit),
    FIELD(struct rate_limit, full_at, .privacy = OPERATIONAL, .filter = true,
          .doc = "When all that was taken will have come back, by the store's clock"),
    { 0 },
};

const struct table rate_limit_table = {
    .name = "rate_limit",
    .doc = "Tries that all nodes count together, for minutes",
    .fields = rate_limit_fields,
    .size = sizeof(struct rate_limit),
    .control = true,
    .log = true,
};

struct taking {
    const struct limit *limit;
    struct id id;
    struct instant now;
    int64_t wait;
};

static struct id shared_id(const struct app *app, const struct limit *limit, const char *who,
                           struct arena *a)
{
    struct secret_key key;
    uint8_t hash[HASH_SIZE];
    struct id id;
    const char *text = arena_printf(a, "%s\n%s", limit->name, who);
    app_sub_key(app, "vow rate limits 1", &key);
    hash_hmac(&key, text, strlen(text), hash);
    secret_key_wipe(&key);
    memcpy(id.byte, hash, sizeof id.byte);
    return id;
}

static bool shared_take(struct ctx *c, void *with)
{
    static const struct query note = { "UPDATE rate_limit SET full_at = $2 WHERE id = $1" };
    struct taking *t = with;
    struct rate_limit row = { 0 };
    bool found;
    if (!row_look(c, &rate_limit_table, t->id, &row, &found))
        return false;
    int64_t each = (int64_t)(60e6 / t->limit->per_minute);
    int64_t empty = t->now.us + (int64_t)(t->limit->burst * (double)each);
    int64_t full = found && row.full_at.us > t->now.us ? row.full_at.us : t->now.us;
    if (full > empty) /* the clock was set back: one try, and then at its pace */
        full = empty - each;
    bool some = full + each <= empty;
    t->wait = some ? 0 : (full + each - empty + 999999) / 1000000;
    row.id = t->id;
    row.full_at.us = full + (some ? each : 0);
    if (!found)
        return row_create(c, &rate_limit_table, &row);
    return tx_run(c->tx, &note, ARGS(value_id(t->id), value_instant(row.full_at)), NULL);
}

/* Memory first: what is refused there writes nothing. */
bool limit_take_shared(struct ctx *c, const struct limit *limit, const char *who, int64_t *wait)
{
    struct app *app = c->app;
    *wait = limit_take(app->limits, limit, who, c->now);
    if (*wait || !app->node)
        return true;
    struct taking t = { .limit = limit,
                        .id = shared_id(app, limit, who, c->arena),
                        .now = node_time(app->node, c->now) };
    if (!control_write(c, shared_take, &t))
        return false;
    *wait = t.wait;
    return true;
}

static bool sweep(struct ctx *c, void *with)
{
    static const struct query full = { "DELETE FROM rate_limit WHERE full_at <= $1" };
    (void)with;
    return tx_run(c->tx, &full, ARGS(value_instant(node_time(c->app->node, c->now))), NULL);
}

void limits_sweep(struct ctx *c)
{
    (void)!control_write(c, sweep, NULL); /* else in a minute */
}
