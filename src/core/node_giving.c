/* node_giving.c: an organisation leaves the store: its node tells the others, each settles what it
   knows of it and says so. */
#include "node_parts.h"

#include "app.h"

#include <string.h>
#include <time.h>

enum { HEARD_S = 10, HEARD_PAUSE_NS = 50000000 };

struct value node_giving(struct node *n)
{
    pthread_mutex_lock(&n->lock);
    struct id giving = n->giving;
    pthread_mutex_unlock(&n->lock);
    return value_id(giving);
}

struct heard {
    struct id self;
    struct instant at;
};

static bool heard_note(struct ctx *c, void *with)
{
    static const struct query note = { "UPDATE node SET heard = $2 WHERE id = $1" };
    const struct heard *h = with;
    return tx_run(c->tx, &note, ARGS(value_id(h->self), value_instant(h->at)), NULL);
}

bool node_hears(struct node *n, struct ctx *c, const struct leaving *now, struct id self,
                struct instant begun)
{
    struct heard h = { self, begun };
    size_t count = now->count < LEAVING_MAX ? now->count : LEAVING_MAX;
    bool same =
        n->leaving.count == count && !memcmp(n->leaving.id, now->id, count * sizeof now->id[0]);
    pthread_mutex_lock(&n->lock);
    n->leaving = *now;
    n->leaving.count = count;
    n->leave = count;
    pthread_mutex_unlock(&n->lock);
    pthread_mutex_lock(&n->settling);
    n->settled &= same;
    bool settles = count && n->settles && now->count == count;
    /* Once: with what leaves locked, each takes as long as a lock is waited for. */
    for (size_t i = 0; settles && !n->settled && i < count; i++) {
        c->organisation = now->id[i];
        tables_settle(c);
    }
    n->settled = settles;
    pthread_mutex_unlock(&n->settling);
    c->organisation = (struct id){ 0 };
    return !settles || control_write(c, heard_note, &h);
}

void node_settles(struct node *n, bool settles)
{
    if (!n)
        return;
    pthread_mutex_lock(&n->settling);
    n->settles = settles;
    pthread_mutex_unlock(&n->settling);
}

bool node_leaves(struct node *n, struct id organisation)
{
    bool found = false;
    if (!n || !n->leave)
        return false;
    pthread_mutex_lock(&n->lock);
    for (size_t i = 0; i < n->leaving.count; i++)
        found |= id_equal(n->leaving.id[i], organisation);
    pthread_mutex_unlock(&n->lock);
    return found;
}

struct giving {
    struct node *node;
    struct id self;
    struct instant since;
    int64_t late;
    struct instant now;
};
static const struct field giving_fields[] = {
    FIELD(struct giving, late, .privacy = OPERATIONAL, .doc = "Nodes that have not heard yet"),
    FIELD(struct giving, now, .privacy = OPERATIONAL, .doc = "The store's clock"),
    { 0 },
};

static bool giving_note(struct ctx *c, void *with)
{
    static const struct query note = { "UPDATE node SET leaving = $2 WHERE id = $1" };
    const struct giving *g = with;
    return tx_run(c->tx, &note, ARGS(value_id(g->self), node_giving(g->node)), NULL);
}

static bool late_count(struct ctx *c, void *with)
{
    static const struct query late = { "SELECT count(*), " NOW " FROM node WHERE id <> $1"
                                       " AND until > " NOW " AND (heard IS NULL OR heard <= $2)" };
    struct giving *g = with;
    bool found;
    return tx_row(c->tx, &late, ARGS(value_id(g->self), value_instant(g->since)), giving_fields, g,
                  &found);
}

/* What cannot be noted now, the next beat notes. One that does not hear (an older version, or one
   that stands still) is not waited for long. */
void node_gives(struct node *n, struct id organisation)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct giving g = { .node = n };
    if (!n)
        return;
    pthread_mutex_lock(&n->lock);
    n->giving = organisation;
    pthread_mutex_unlock(&n->lock);
    struct ctx c = app_ctx(n->app, &a, &err, "node");
    int64_t end = up_us() + HEARD_S * S_US;
    g.self = node_id(n);
    bool ok = control_write(&c, giving_note, &g) && control_read(&c, late_count, &g);
    g.since = g.now; /* whoever had heard before that had heard of another */
    g.late = 1;
    while (ok && id_given(organisation) && g.late && up_us() < end) {
        nanosleep(&(struct timespec){ .tv_nsec = HEARD_PAUSE_NS }, NULL);
        ok = control_read(&c, late_count, &g);
    }
    arena_done(&a);
}
