/* policy.c: a small cache of policies, and how one is read. */
#include "policy.h"

#include "core/app.h"
#include "core/rows.h"
#include "state.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { POLICIES_BYTES = 24 << 20, IDLE_US = 60 * 1000000 };

/* What tells whether the names are still those that were compiled, without reading them. */
struct names_mark {
    int64_t people, people_version, people_at, clients, clients_version, clients_at;
};
static const struct field names_mark_fields[] = {
    FIELD(struct names_mark, people, .privacy = OPERATIONAL, .doc = "How many people"),
    FIELD(struct names_mark, people_version, .privacy = OPERATIONAL, .doc = "Sum of versions"),
    FIELD(struct names_mark, people_at, .privacy = OPERATIONAL, .doc = "Sum of last changes"),
    FIELD(struct names_mark, clients, .privacy = OPERATIONAL, .doc = "How many clients"),
    FIELD(struct names_mark, clients_version, .privacy = OPERATIONAL, .doc = "Sum of versions"),
    FIELD(struct names_mark, clients_at, .privacy = OPERATIONAL, .doc = "Sum of last changes"),
    { 0 },
};

/* A directory outlives the policy it was made for when only a switch has changed. */
struct names {
    struct arena arena;
    int refs;
    struct names_mark mark;
    const struct mask *mask;
};

struct entry {
    struct ai_policy policy; /* first: a policy is its entry */
    struct arena arena;
    struct names *names;
    struct entry *next; /* most recently used first */
    struct id organisation;
    struct instant used;
    int refs; /* one is the cache's */
};

struct policies {
    pthread_mutex_t lock;
    struct entry *first;
};

struct policies *policies_new(void)
{
    struct policies *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

/* With the lock held, as all below that touch a count. */
static void names_release(struct names *n)
{
    if (!n || --n->refs)
        return;
    arena_done(&n->arena);
    free(n);
}

static void entry_release(struct entry *e)
{
    if (--e->refs)
        return;
    names_release(e->names);
    arena_done(&e->arena);
    free(e);
}

void policies_free(struct policies *s)
{
    if (!s)
        return;
    for (struct entry *e = s->first, *next; e; e = next) {
        next = e->next;
        entry_release(e);
    }
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static size_t entry_bytes(const struct entry *e)
{
    return sizeof *e + e->arena.used + (e->names ? e->names->arena.used : 0);
}

/* Takes out what has been idle or is over the budget; the newest may be over it alone. */
static void cache_trim(struct policies *s, struct instant now)
{
    size_t bytes = 0;
    for (struct entry **at = &s->first; *at;) {
        struct entry *e = *at;
        bytes += entry_bytes(e);
        bool idle = now.us - e->used.us > IDLE_US;
        if (!idle && (e == s->first || bytes <= POLICIES_BYTES)) {
            at = &e->next;
            continue;
        }
        *at = e->next;
        entry_release(e);
    }
}

/* The organisation's entry, moved to the front; NULL when there is none. */
static struct entry *cache_find(struct policies *s, struct id organisation)
{
    for (struct entry **at = &s->first; *at; at = &(*at)->next) {
        struct entry *e = *at;
        if (!id_equal(e->organisation, organisation))
            continue;
        *at = e->next;
        e->next = s->first;
        return s->first = e;
    }
    return NULL;
}

static void cache_put(struct policies *s, struct entry *e)
{
    struct entry *old = cache_find(s, e->organisation);
    if (old) {
        s->first = old->next;
        entry_release(old);
    }
    e->next = s->first;
    s->first = e;
    cache_trim(s, e->used);
}

struct name_row {
    struct id id;
    const char *name, *email;
};
static const struct field name_row_fields[] = {
    FIELD(struct name_row, id, .privacy = OPERATIONAL, .doc = "Id"),
    FIELD(struct name_row, name, .privacy = PERSONAL, .doc = "Name"),
    FIELD(struct name_row, email, .privacy = PERSONAL, .doc = "Email"),
    { 0 },
};

static uint64_t subject_of(struct id id)
{
    uint64_t subject;
    memcpy(&subject, id.byte + 8, sizeof subject);
    return subject | 1;
}

static void names_add(struct mask_name *names, size_t *n, const struct list *rows,
                      enum mask_kind kind)
{
    const struct name_row *row = rows->at;
    for (size_t i = 0; i < rows->count; i++) {
        if (text_given(row[i].name))
            names[(*n)++] = (struct mask_name){ row[i].name, kind, subject_of(row[i].id) };
        if (text_given(row[i].email))
            names[(*n)++] =
                (struct mask_name){ row[i].email, MASK_EMAIL_ADDRESS, subject_of(row[i].id) };
    }
}

/* Names stay in `c`'s arena; what is compiled of them holds hashes. */
static bool names_compile(struct ctx *c, struct names *to)
{
    static const struct query people = { "SELECT id, name, email FROM person" };
    static const struct query clients = { "SELECT id, name, NULL FROM client" };
    struct list p, k;
    size_t n = 0;
    if (!tx_rows(c->tx, &people, NO_ARGS, name_row_fields, sizeof(struct name_row), 0, &p) ||
        !tx_rows(c->tx, &clients, NO_ARGS, name_row_fields, sizeof(struct name_row), 0, &k))
        return false;
    struct mask_name *names = arena_many(c->arena, 2 * p.count + k.count + 1, struct mask_name);
    names_add(names, &n, &p, MASK_PERSON);
    names_add(names, &n, &k, MASK_ORGANIZATION);
    arena_done(&to->arena);
    to->mask = mask_new(&to->arena, names, n);
    return true;
}

/* The newest change alone says nothing where the clock is set back, or another node's is behind. A
   remainder, so that no number of rows makes a sum too large. */
#define MARK_OF(table)                                       \
    "(SELECT COUNT(*) AS n, COALESCE(SUM(version), 0) AS v," \
    " COALESCE(SUM(updated_at % 1000000007), 0) AS t FROM " table ")"

static bool mark_read(struct ctx *c, struct names_mark *ret)
{
    static const struct query q = { "SELECT p.n, p.v, p.t, k.n, k.v, k.t FROM " MARK_OF(
        "person") " AS p, " MARK_OF("client") " AS k" };
    bool found = false;
    return tx_row(c->tx, &q, NO_ARGS, names_mark_fields, ret, &found) && found;
}

static bool marks_equal(const struct names_mark *a, const struct names_mark *b)
{
    return a->people == b->people && a->people_version == b->people_version &&
           a->people_at == b->people_at && a->clients == b->clients &&
           a->clients_version == b->clients_version && a->clients_at == b->clients_at;
}

/* A policy on its way into memory, together with the names of the one before it. */
struct load {
    struct entry *entry;
    struct names *names, *made;
    struct arena scratch;
};

static bool rows_all(struct ctx *c, const struct table *t, struct list *ret)
{
    static const struct query all = { "1 = 1" };
    return rows_find(c, t, &all, NO_ARGS, ret);
}

static bool rows_load(struct ctx *c, struct ai_policy *p)
{
    return row_single(c, &ai_settings_table, &p->settings) &&
           rows_all(c, &ai_switch_table, &p->switches) &&
           rows_all(c, &ai_provider_table, &p->providers) &&
           rows_all(c, &ai_objection_table, &p->objections);
}

static bool names_load(struct ctx *c, void *with)
{
    struct load *l = with;
    struct names_mark mark;
    if (!mark_read(c, &mark))
        return false;
    if (l->names && marks_equal(&l->names->mark, &mark))
        return true;
    if (!l->made)
        l->made = calloc(1, sizeof *l->made);
    if (!l->made)
        abort();
    l->made->refs = 1;
    l->made->mark = mark;
    return names_compile(c, l->made);
}

/* Rows go to the entry's own arena, names to one that is wiped at once. */
static bool load_run(struct ctx *c, void *with)
{
    struct load *l = with;
    if (!rows_load(c, &l->entry->policy))
        return false;
    c->arena = &l->scratch;
    bool ok = names_load(c, l);
    c->arena = &l->entry->arena;
    return ok;
}

static bool policy_load(struct ctx *c, struct load *l)
{
    struct ctx own = *c;
    own.arena = &l->entry->arena;
    bool ok = ctx_read(&own, load_run, l);
    arena_done(&l->scratch);
    return ok;
}

bool ai_policy_overtaken(const struct app *app, uint64_t changes)
{
    return atomic_load(&app->settings_changes) != changes;
}

/* The cached entry when it is of now; else its names, held, when asked for. */
static struct entry *cache_take(struct ctx *c, struct names **names)
{
    struct policies *s = c->app->ai->policies;
    pthread_mutex_lock(&s->lock);
    struct entry *e = cache_find(s, c->organisation);
    bool good = e && !ai_policy_overtaken(c->app, e->policy.changes);
    if (good) {
        e->used = c->now;
        e->refs++;
        cache_trim(s, c->now);
    } else if (e && names) {
        *names = e->names;
        (*names)->refs++;
    }
    pthread_mutex_unlock(&s->lock);
    return good ? e : NULL;
}

bool ai_policy_cached(struct ctx *c, const struct ai_policy **ret)
{
    struct entry *e = cache_take(c, NULL);
    if (e)
        *ret = &e->policy;
    return e;
}

bool ai_policy_take(struct ctx *c, const struct ai_policy **ret)
{
    struct policies *s = c->app->ai->policies;
    struct load l = { 0 };
    struct entry *e = cache_take(c, &l.names);
    if (e) {
        *ret = &e->policy;
        return true;
    }
    l.entry = e = calloc(1, sizeof *e);
    if (!e)
        abort();
    e->refs = 1;
    e->organisation = c->organisation;
    e->used = c->now;
    e->policy.changes = atomic_load(&c->app->settings_changes); /* before the snapshot */
    bool ok = policy_load(c, &l);
    pthread_mutex_lock(&s->lock);
    e->names = l.made ? l.made : l.names;
    if (l.made)
        names_release(l.names);
    if (ok) {
        e->policy.mask = e->names->mask;
        e->refs++;
        cache_put(s, e);
    } else {
        entry_release(e);
    }
    pthread_mutex_unlock(&s->lock);
    if (ok)
        *ret = &e->policy;
    return ok;
}

void ai_policy_release(struct app *app, const struct ai_policy *p)
{
    struct entry *e = (struct entry *)p; /* its first member */
    if (!e)
        return;
    pthread_mutex_lock(&app->ai->policies->lock);
    entry_release(e);
    pthread_mutex_unlock(&app->ai->policies->lock);
}
