/* sessions.c: tokens, their rows, and a small cache in front of them. */
#include "sessions.h"

#include "base/zone.h"
#include "crypt/crypt.h"
#include "rows.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const struct field session_fields[] = {
    ROW_FIELDS(struct session),
    FIELD(struct session, token_hash, .privacy = SECRET, .unique = true,
          .doc = "SHA-256 of the token"),
    FIELD(struct session, account, .privacy = OPERATIONAL, .filter = true,
          .doc = "Account that signed in"),
    FIELD(struct session, organisation, .privacy = OPERATIONAL, .filter = true,
          .doc = "Organisation of the account"),
    FIELD(struct session, person, .privacy = PERSONAL, .subject = true, .filter = true,
          .doc = "Person of the account"),
    FIELD(struct session, expires_at, .privacy = OPERATIONAL, .doc = "When it ends by itself"),
    FIELD(struct session, seen_at, .privacy = PERSONAL,
          .doc = "When it was last used, noted every ten minutes"),
    FIELD(struct session, agent, .privacy = PERSONAL, .max = 300,
          .doc = "What the browser calls itself"),
    { 0 },
};

const struct table session_table = {
    .name = "session",
    .doc = "Sign-ins that are still open",
    .fields = session_fields,
    .size = sizeof(struct session),
    .erase = ERASE_ROW,
    .retention_days = SESSION_DAYS,
    .control = true,
    .log = true,
};

enum { CACHE_SETS = 1024, CACHE_WAYS = 4, TOKEN_BYTES = 32 };
#define CACHE_US INT64_C(60000000)
#define SEEN_US INT64_C(600000000)

struct cached {
    uint8_t hash[HASH_SIZE];
    struct actor actor;
    struct id organisation;
    struct instant expires, loaded;
};

struct sessions {
    pthread_mutex_t lock;
    _Atomic uint64_t forgotten; /* how often all was; set under the lock */
    struct cached entry[CACHE_SETS][CACHE_WAYS];
};

struct sessions *sessions_new(void)
{
    struct sessions *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void sessions_free(struct sessions *s)
{
    if (!s)
        return;
    pthread_mutex_destroy(&s->lock);
    wipe(s, sizeof *s);
    free(s);
}

static struct cached *cache_set(struct sessions *s, const uint8_t hash[HASH_SIZE])
{
    return s->entry[(hash[0] | hash[1] << 8) % CACHE_SETS];
}

/* `forgotten` goes to cache_put with what is read when there is none. */
static bool cache_get(struct sessions *s, const uint8_t hash[HASH_SIZE], struct instant now,
                      struct cached *ret, uint64_t *forgotten)
{
    bool found = false;
    pthread_mutex_lock(&s->lock);
    *forgotten = s->forgotten;
    struct cached *set = cache_set(s, hash);
    for (int i = 0; i < CACHE_WAYS && !found; i++) {
        int64_t age = now.us - set[i].loaded.us;
        if (!memcmp(set[i].hash, hash, HASH_SIZE) && age >= 0 && age < CACHE_US) {
            *ret = set[i];
            found = true;
        }
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* What was read before something changed is not kept. */
static void cache_put(struct sessions *s, const struct cached *entry, uint64_t forgotten)
{
    pthread_mutex_lock(&s->lock);
    if (s->forgotten != forgotten) {
        pthread_mutex_unlock(&s->lock);
        return;
    }
    struct cached *set = cache_set(s, entry->hash), *oldest = set;
    for (int i = 0; i < CACHE_WAYS; i++) {
        if (!memcmp(set[i].hash, entry->hash, HASH_SIZE)) {
            oldest = &set[i];
            break;
        }
        if (set[i].loaded.us < oldest->loaded.us)
            oldest = &set[i];
    }
    *oldest = *entry;
    pthread_mutex_unlock(&s->lock);
}

void sessions_forget(struct sessions *s)
{
    pthread_mutex_lock(&s->lock);
    s->forgotten++;
    memset(s->entry, 0, sizeof s->entry);
    pthread_mutex_unlock(&s->lock);
}

uint64_t sessions_forgotten(const struct sessions *s)
{
    return s->forgotten;
}

/* base64url without padding, 43 characters for 32 bytes. */
static const char *token_text(struct arena *a, const uint8_t bytes[TOKEN_BYTES])
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *to = arena_alloc(a, 4 + 44), *at = to + 4;
    uint32_t bits = 0;
    int have = 0;
    memcpy(to, "vow_", 4);
    for (int i = 0; i < TOKEN_BYTES; i++) {
        bits = bits << 8 | bytes[i];
        for (have += 8; have >= 6; have -= 6)
            *at++ = digit[bits >> (have - 6) & 63];
    }
    *at = digit[bits << (6 - have) & 63];
    return to;
}

bool session_open(struct ctx *c, struct id account, struct id organisation, struct id person,
                  const char *agent, const char **ret)
{
    uint8_t bytes[TOKEN_BYTES], hash[HASH_SIZE];
    random_bytes(bytes, sizeof bytes);
    const char *token = token_text(c->arena, bytes);
    wipe(bytes, sizeof bytes);
    hash_sha256(token, strlen(token), hash);
    struct session s = {
        .token_hash = { hash, sizeof hash },
        .account = account,
        .organisation = organisation,
        .person = person,
        .expires_at = instant_plus(c->now, (struct span){ SESSION_DAYS * 86400 }),
        .seen_at = c->now,
        .agent = agent && text_points(agent) <= 300 ? agent : NULL,
    };
    static const struct query ended = {
        "DELETE FROM session WHERE account = $1 AND expires_at <= $2"
    };
    if (!tx_run(c->tx, &ended, ARGS(value_id(account), value_instant(c->now)), NULL) ||
        !row_create(c, &session_table, &s))
        return false;
    *ret = token;
    return true;
}

struct load {
    const uint8_t *hash;
    struct session session;
    bool found;
    struct actor actor;
};

static bool load_session(struct ctx *c, void *with)
{
    static const struct query by_hash = { "token_hash = $1" };
    struct load *l = with;
    struct value hash =
        value_in(session_fields, "token_hash", value_blob((struct blob){ l->hash, HASH_SIZE }));
    return row_find(c, &session_table, &by_hash, ARGS(hash), &l->session, &l->found);
}

struct standing {
    struct id id;
    const char *role, *zone, *common;
    struct id team, organisation;
    bool active;
};
static const struct field standing_fields[] = {
    FIELD(struct standing, id, .privacy = OPERATIONAL, .doc = "Person"),
    FIELD(struct standing, role, .privacy = OPERATIONAL, .doc = "Role"),
    FIELD(struct standing, team, .privacy = OPERATIONAL, .doc = "Team"),
    FIELD(struct standing, active, .privacy = OPERATIONAL, .doc = "Whether still here"),
    FIELD(struct standing, zone, .privacy = PERSONAL, .doc = "Own time zone"),
    FIELD(struct standing, organisation, .privacy = OPERATIONAL, .doc = "Organisation"),
    FIELD(struct standing, common, .privacy = OPERATIONAL, .doc = "Zone of the organisation"),
    { 0 },
};

static bool load_person(struct ctx *c, void *with)
{
    static const struct query by_id = {
        "SELECT p.id, p.role, p.team, p.active, p.zone, o.id, o.zone"
        " FROM person p LEFT JOIN organisation o ON 1 = 1 WHERE p.id = $1"
    };
    struct load *l = with;
    struct standing s = { 0 };
    if (!tx_row(c->tx, &by_id, ARGS(value_id(l->session.person)), standing_fields, &s, &l->found))
        return false;
    l->found = l->found && s.active && role_parse(s.role) != ROLE_NONE;
    l->actor = (struct actor){ .person = l->session.person,
                               .account = l->session.account,
                               .session = l->session.id,
                               .team = s.team,
                               .role = role_parse(s.role),
                               .zone = zone_find(c->app->zones, s.zone ? s.zone : s.common) };
    return true;
}

static bool seen_note(struct ctx *c, void *with)
{
    struct session *s = with, ret, change = { .seen_at = c->now };
    return row_update(c, &session_table, s->id, 0, &change, row_set(&session_table, "seen_at"),
                      &ret);
}

/* What failed, unless it is that the session is there no more. */
static bool ended_meanwhile(struct ctx *c)
{
    if (c->err->problem != NOT_FOUND)
        return false;
    *c->err = (struct error){ 0 };
    return fail(c, UNAUTHENTICATED, NULL);
}

bool session_find(struct ctx *c, const char *token)
{
    uint8_t hash[HASH_SIZE];
    struct cached hit = { 0 };
    uint64_t forgotten;
    hash_sha256(token, strlen(token), hash);
    if (!cache_get(c->app->sessions, hash, c->now, &hit, &forgotten)) {
        struct load l = { .hash = hash };
        if (!control_read(c, load_session, &l))
            return false;
        if (!l.found || l.session.expires_at.us <= c->now.us)
            return fail(c, UNAUTHENTICATED, NULL);
        if (!organisation_read(c, l.session.organisation, load_person, &l))
            return false;
        if (!l.found)
            return fail(c, UNAUTHENTICATED, NULL);
        if (c->now.us - l.session.seen_at.us > SEEN_US && !control_write(c, seen_note, &l.session))
            return ended_meanwhile(c);
        memcpy(hit.hash, hash, sizeof hash);
        hit.actor = l.actor;
        hit.organisation = l.session.organisation;
        hit.expires = l.session.expires_at;
        hit.loaded = c->now;
        cache_put(c->app->sessions, &hit, forgotten);
    }
    if (hit.expires.us <= c->now.us)
        return fail(c, UNAUTHENTICATED, NULL);
    c->actor = hit.actor;
    c->organisation = hit.organisation;
    c->known = forgotten;
    return true;
}

bool session_stands(struct ctx *c)
{
    static const struct query there = { "SELECT id FROM person WHERE id = $1 AND active = 1",
                                        .likely = true };
    bool found = true;
    if (id_given(c->actor.session) &&
        !tx_found(c->tx, &there, ARGS(value_id(c->actor.person)), &found))
        return false;
    return found || fail(c, UNAUTHENTICATED, NULL);
}

bool session_close(struct ctx *c, struct id session)
{
    c->forget = true;
    return row_delete(c, &session_table, session, 0);
}

bool session_list(struct ctx *c, struct id account, struct id before, int64_t limit,
                  struct list *ret)
{
    static const struct query own = {
        "account = $1 AND expires_at > $2 ORDER BY id DESC LIMIT $3"
    };
    static const struct query older = {
        "account = $1 AND expires_at > $2 AND id < $4 ORDER BY id DESC LIMIT $3"
    };
    struct value args[] = { value_id(account), value_instant(c->now), value_int(limit),
                            value_id(before) };
    return id_given(before) ? rows_find(c, &session_table, &older, args, 4, ret)
                            : rows_find(c, &session_table, &own, args, 3, ret);
}
