/* idempotency.c: answers kept beside the change they belong to. */
#include "idempotency.h"

#include "app.h"
#include "crypt/crypt.h"
#include "node.h"
#include "rows.h"

#include <string.h>

struct kept {
    ROW_MEMBERS;
    struct blob key;     /* SHA-256 of actor and key */
    struct blob request; /* SHA-256 of method, path and body */
    int64_t status;      /* 0: claimed, and not answered yet */
    struct id claimant;  /* run of the program that claims it */
    bool committed;      /* by a claim: there is something that a repetition would do again */
    const char *type, *etag, *location;
    struct blob body;
};

static const struct field kept_fields[] = {
    ROW_FIELDS(struct kept),
    FIELD(struct kept, key, .privacy = SECRET, .unique = true, .doc = "Hash of actor and key"),
    FIELD(struct kept, request, .privacy = SECRET, .doc = "Hash of the request"),
    FIELD(struct kept, status, .privacy = OPERATIONAL, .doc = "Status of the answer"),
    FIELD(struct kept, claimant, .privacy = OPERATIONAL,
          .doc = "Run of the program, or node, that is at it, while there is no answer"),
    FIELD(struct kept, committed, .privacy = OPERATIONAL,
          .doc = "Whether something of it was done, while there is no answer"),
    FIELD(struct kept, type, .privacy = OPERATIONAL, .doc = "Media type of the answer"),
    FIELD(struct kept, etag, .privacy = OPERATIONAL, .doc = "ETag of the answer"),
    FIELD(struct kept, location, .privacy = OPERATIONAL, .doc = "Where what was made is"),
    FIELD(struct kept, body, .privacy = SECRET, .doc = "The answer, to be given again"),
    { 0 },
};

const struct table idempotency_table = {
    .name = "idempotency",
    .doc = "Answers kept for a day, so that a repeated request is not done twice",
    .fields = kept_fields,
    .size = sizeof(struct kept),
    .retention_days = 1,
    .log = true,
    .held_back = true,
};

enum { KEPT_MAX = 64 << 10 };
#define CLAIM_US INT64_C(600000000)

static void hashes(struct ctx *c, uint8_t key[HASH_SIZE], uint8_t request[HASH_SIZE])
{
    const struct exchange *x = c->x;
    struct buffer k = buffer_new(c->arena), r = buffer_new(c->arena);
    buffer_add(&k, &c->actor.person, sizeof c->actor.person);
    buffer_string(&k, x->idempotency_key);
    buffer_printf(&r, "%s %s\n", method_name(x->route->method), x->path);
    buffer_add(&r, x->body.at, x->body.len);
    hash_sha256(k.at, k.len, key);
    hash_sha256(r.at, r.len, request);
}

/* Who claims a key now; absent: a node that may be held for dead. */
static struct id claimant(const struct app *app)
{
    return app->node ? node_id(app->node) : app->run;
}

/* Whether what claimed the key may still answer. */
static bool claim_lives(struct ctx *c, const struct kept *claim, bool *ret)
{
    struct id by = claim->claimant;
    *ret = c->now.us - claim->created_at.us < CLAIM_US;
    if (!*ret || !id_given(by) || id_equal(by, claimant(c->app)))
        return true;
    *ret = false;
    return !c->app->node || node_lives(c, by, ret);
}

/* What died before it had done anything may be done again; what died behind that is neither done
   twice nor answered for. */
static bool claim_inherit(struct ctx *c, const struct kept *claim)
{
    static const struct query forget = {
        "DELETE FROM idempotency WHERE id = $1 AND status = 0 AND committed = $2"
    };
    bool lives;
    int64_t gone = 0;
    if (!claim_lives(c, claim, &lives))
        return false;
    if (!lives && claim->committed)
        return fail(c, CONFLICT,
                    "The same request was cut off behind a part of its work, or all "
                    "of it: look what was done before you ask under another key");
    if (!lives && !tx_run(c->tx, &forget, ARGS(value_id(claim->id), value_bool(false)), &gone))
        return false;
    return gone || fail(c, CONFLICT, "The same request is still under way");
}

bool idempotency_find(struct ctx *c, bool *replayed)
{
    static const struct query by_key = { "key = $1 AND created_at > $2" };
    static const struct query forget = { "DELETE FROM idempotency WHERE key = $1" };
    uint8_t key[HASH_SIZE], request[HASH_SIZE];
    struct kept kept;
    bool found = false;
    hashes(c, key, request);
    struct value v = value_in(kept_fields, "key", value_blob((struct blob){ key, sizeof key }));
    struct instant day_ago = instant_plus(c->now, (struct span){ -86400 });
    if (!row_find(c, &idempotency_table, &by_key, ARGS(v, value_instant(day_ago)), &kept, &found))
        return false;
    if (!found)
        return tx_run(c->tx, &forget, ARGS(v), NULL);
    if (kept.request.len != HASH_SIZE || memcmp(kept.request.at, request, HASH_SIZE))
        return fail(c, IDEMPOTENCY_MISMATCH, NULL);
    if (!kept.status)
        return claim_inherit(c, &kept);
    c->x->status = (int)kept.status;
    c->x->bytes = kept.body.at ? kept.body : (struct blob){ "", 0 };
    c->x->type = kept.type;
    c->x->etag = kept.etag;
    c->x->location = kept.location;
    *replayed = true;
    return true;
}

bool idempotency_keep(struct ctx *c)
{
    uint8_t key[HASH_SIZE], request[HASH_SIZE];
    struct reply reply;
    exchange_reply(c->x, &reply);
    hashes(c, key, request);
    if (reply.body.len > KEPT_MAX)
        return true;
    struct kept kept = {
        .key = { key, sizeof key },
        .request = { request, sizeof request },
        .status = reply.status,
        .type = reply.type,
        .etag = reply.etag,
        .location = c->x->location,
        .body = reply.body,
    };
    return row_create(c, &idempotency_table, &kept);
}

bool idempotency_claim(struct ctx *c, struct id *claim, bool *replayed)
{
    uint8_t key[HASH_SIZE], request[HASH_SIZE];
    *replayed = false;
    if (!idempotency_find(c, replayed) || *replayed)
        return *replayed;
    hashes(c, key, request);
    struct kept kept = { .key = { key, sizeof key },
                         .request = { request, sizeof request },
                         .claimant = claimant(c->app) };
    if (!row_create(c, &idempotency_table, &kept))
        return false;
    *claim = kept.id;
    return true;
}

bool idempotency_commits(struct ctx *c)
{
    static const struct query note = { "UPDATE idempotency SET committed = $2 WHERE id = $1" };
    static const struct query other = { "SELECT id FROM idempotency WHERE key = $1" };
    uint8_t key[HASH_SIZE], request[HASH_SIZE];
    int64_t noted = 0;
    bool taken = false;
    hashes(c, key, request);
    struct value v = value_in(kept_fields, "key", value_blob((struct blob){ key, sizeof key }));
    if (!tx_run(c->tx, &note, ARGS(value_id(c->claim), value_bool(true)), &noted) ||
        (!noted && !tx_found(c->tx, &other, ARGS(v), &taken)))
        return false;
    return !taken || fail(c, CONFLICT, "The same request was begun again meanwhile");
}

bool idempotency_settle(struct ctx *c, struct id claim, bool answered)
{
    static const struct query forget = { "DELETE FROM idempotency WHERE id = $1 AND status = 0" };
    int64_t claims = 0;
    return tx_run(c->tx, &forget, ARGS(value_id(claim)), &claims) &&
           (!answered || !claims || idempotency_keep(c));
}

bool idempotency_forget(struct ctx *c)
{
    static const struct query all = { "DELETE FROM idempotency", .whole = "All are forgotten" };
    return tx_run(c->tx, &all, NO_ARGS, NULL);
}
