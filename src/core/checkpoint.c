/* checkpoint.c: chaining and signing the events of the audit log, and computing it again.

   Events are written without a thought of this: a write costs nothing more. The job chains what has
   come since, in pieces, so that no writer waits for long. */
#include "checkpoint.h"

#include "app.h"
#include "audit.h"
#include "base/json.h"
#include "crypt/crypt.h"
#include "db/compose.h"
#include "rows.h"
#include "sql.h"

#include <string.h>

enum {
    EVENTS_AT_ONCE = 2000,
    HEX_HASH = 2 * HASH_SIZE + 1,
    HEX_SIGNATURE = 2 * SIGN_SIGNATURE + 1,
    EVERY_S = 3600,
    DAY_S = 86400,
};

static const struct field audit_checkpoint_fields[] = {
    ROW_FIELDS(struct audit_checkpoint),
    FIELD(struct audit_checkpoint, number, .privacy = OPERATIONAL, .unique = true,
          .doc = "1 is the first"),
    FIELD(struct audit_checkpoint, events, .privacy = OPERATIONAL,
          .doc = "How many events it covers"),
    FIELD(struct audit_checkpoint, before, .privacy = OPERATIONAL,
          .doc = "Head of the checkpoint before it; empty for the first"),
    FIELD(struct audit_checkpoint, head, .privacy = OPERATIONAL,
          .doc = "SHA-256 over its number, time, events and the head before, in hex"),
    FIELD(struct audit_checkpoint, signature, .privacy = OPERATIONAL,
          .doc = "Ed25519 signature of the head by the installation, in hex"),
    { 0 },
};

const struct table audit_checkpoint_table = {
    .name = "audit_checkpoint",
    .doc = "Signed heads of the chain of audit events",
    .fields = audit_checkpoint_fields,
    .size = sizeof(struct audit_checkpoint),
    .path = "/audit/checkpoints",
    .ops = OP_LIST,
    .read = &audit_read,
    .log = true,
};

/* What is covered of an event, format 1: columns that are added later are not. */
static const struct field covered[] = {
    FIELD(struct audit_event, id),         FIELD(struct audit_event, created_at),
    FIELD(struct audit_event, actor),      FIELD(struct audit_event, actor_name),
    FIELD(struct audit_event, action),     FIELD(struct audit_event, object),
    FIELD(struct audit_event, subject),    FIELD(struct audit_event, detail),
    FIELD(struct audit_event, request_id), { 0 },
};

/* The events of one checkpoint, hashed one behind the other. */
struct chain {
    uint8_t hash[HASH_SIZE];
    int64_t events;
};

static void chain_add(struct chain *chain, const struct audit_event *e)
{
    struct arena a = { 0 };
    struct buffer b = buffer_new(&a);
    buffer_add(&b, chain->hash, sizeof chain->hash);
    json_record(&b, covered, e);
    hash_sha256(b.at, b.len, chain->hash);
    chain->events++;
    arena_done(&a);
}

/* The head as hex, from everything that the checkpoint says. */
static void head_make(const struct ctx *c, const struct audit_checkpoint *p,
                      const struct chain *chain, char ret[HEX_HASH])
{
    char organisation[ID_TEXT], at[INSTANT_TEXT], hash[HEX_HASH];
    uint8_t head[HASH_SIZE];
    id_format(c->organisation, organisation);
    instant_format(p->created_at, at);
    hex_format(chain->hash, sizeof chain->hash, hash);
    const char *text =
        arena_printf(c->arena, "vow audit checkpoint 1\n%s\n%lld\n%s\n%lld\n%s\n%s\n", organisation,
                     (long long)p->number, at, (long long)chain->events, p->before, hash);
    hash_sha256(text, strlen(text), head);
    hex_format(head, sizeof head, ret);
}

static void signing_key(const struct app *app, struct secret_key *ret)
{
    app_sub_key(app, "vow audit signatures 1", ret);
}

static const char *sign_head(const struct ctx *c, const char *head)
{
    struct secret_key key;
    uint8_t signature[SIGN_SIGNATURE];
    char *hex = arena_alloc(c->arena, HEX_SIGNATURE);
    signing_key(c->app, &key);
    sign_message(&key, head, strlen(head), signature);
    secret_key_wipe(&key);
    hex_format(signature, sizeof signature, hex);
    return hex;
}

/* ---- making ---- */

struct piece {
    struct id from;        /* absent: where look_from says */
    struct id first, last; /* what is between them is looked through again when writing */
    size_t count;
};

static bool last_find(struct ctx *c, struct audit_checkpoint *ret)
{
    static const struct query last = { "number > 0 ORDER BY number DESC LIMIT 1" };
    bool found;
    return row_find(c, &audit_checkpoint_table, &last, NO_ARGS, ret, &found);
}

/* Ids sort by time, so that what is new is looked for behind the last checkpoint; once a day
   everywhere, for what was written while the clock was behind. */
static struct id look_from(const struct ctx *c, const struct audit_checkpoint *last)
{
    struct id from = { { [15] = 1 } }; /* all zero would be none */
    int64_t day = INT64_C(1000000) * DAY_S;
    if (last->number && last->created_at.us / day == c->now.us / day) {
        from = id_new(instant_plus(last->created_at, (struct span){ -DAY_S }));
        memset(from.byte + 6, 0, sizeof from.byte - 6);
    }
    return from;
}

static bool piece_find(struct ctx *c, void *with)
{
    static const struct query open = { "checkpoint IS NULL AND id >= $1 ORDER BY id LIMIT $2" };
    struct piece *piece = with;
    struct audit_checkpoint last = { 0 };
    if (!last_find(c, &last))
        return false;
    struct id from = id_given(piece->from) ? piece->from : look_from(c, &last);
    struct list events;
    if (!rows_find(c, &audit_event_table, &open, ARGS(value_id(from), value_int(EVENTS_AT_ONCE)),
                   &events))
        return false;
    const struct audit_event *event = events.at;
    piece->count = events.count;
    if (events.count) {
        piece->first = event[0].id;
        piece->last = event[events.count - 1].id;
    }
    return true;
}

static bool piece_cover(struct ctx *c, void *with)
{
    static const struct query open = { "checkpoint IS NULL AND id >= $1 AND id <= $2 ORDER BY id" };
    static const struct query cover = { "UPDATE audit_event SET checkpoint = $1"
                                        " WHERE checkpoint IS NULL AND id >= $2 AND id <= $3" };
    const struct piece *piece = with;
    struct value first = value_id(piece->first), end = value_id(piece->last);
    struct list events;
    struct audit_checkpoint last = { 0 }, next = { .created_at = c->now };
    struct chain chain = { 0 };
    char head[HEX_HASH];
    if (!last_find(c, &last) || !rows_find(c, &audit_event_table, &open, ARGS(first, end), &events))
        return false;
    if (!events.count) /* another has been here */
        return true;
    const struct audit_event *event = events.at;
    for (size_t i = 0; i < events.count; i++)
        chain_add(&chain, &event[i]);
    next.number = last.number + 1;
    next.events = chain.events;
    next.before = last.head ? last.head : "";
    head_make(c, &next, &chain, head);
    next.head = head;
    next.signature = sign_head(c, head);
    return tx_run(c->tx, &cover, ARGS(value_int(next.number), first, end), NULL) &&
           row_create(c, &audit_checkpoint_table, &next);
}

static bool checkpoints_make(struct ctx *c)
{
    struct piece piece = { 0 };
    for (;;) {
        if (!ctx_read(c, piece_find, &piece))
            return false;
        if (!piece.count)
            return true;
        piece.from = piece.last;
        if (!ctx_write(c, piece_cover, &piece))
            return false;
    }
}

const struct job_type audit_checkpoint_job = {
    .name = "audit.checkpoint",
    .doc = "Chains and signs the audit events that no checkpoint covers yet",
    .run = checkpoints_make,
    .every = { EVERY_S },
};

/* ---- verifying ---- */

struct verify {
    struct chain *chain; /* of checkpoint i + 1 */
    size_t count;
    int64_t open, stray; /* stray: events of checkpoints that are not there */
};

static bool event_count(void *with, const void *record)
{
    struct verify *v = with;
    const struct audit_event *e = record;
    if (e->checkpoint == INT_NONE)
        v->open++;
    else if (e->checkpoint < 1 || (uint64_t)e->checkpoint > v->count)
        v->stray++;
    else
        chain_add(&v->chain[e->checkpoint - 1], e);
    return true;
}

static bool events_count(struct ctx *c, struct verify *v)
{
    struct buffer sql = buffer_new(c->arena);
    select_add(&sql, &audit_event_table);
    buffer_string(&sql, " ORDER BY id");
    struct query q = query_composed(sql.at);
    q.whole = "The chain runs through all events";
    return tx_each(c->tx, &q, NO_ARGS, audit_event_table.fields, sizeof(struct audit_event),
                   event_count, v);
}

/* Whether the hex is a signature of the head. */
static bool signature_good(const char *hex, const char *head, const uint8_t public_key[SIGN_PUBLIC])
{
    uint8_t signature[SIGN_SIGNATURE];
    return hex && strlen(hex) == HEX_SIGNATURE - 1 && hex_parse(hex, sizeof signature, signature) &&
           sign_verify(public_key, head, strlen(head), signature);
}

/* What is not right with the checkpoint, or NULL. */
static const char *checkpoint_problem(struct ctx *c, const struct audit_checkpoint *p,
                                      const struct chain *chain, int64_t number, const char *before,
                                      const uint8_t public_key[SIGN_PUBLIC])
{
    char head[HEX_HASH];
    if (p->number != number)
        return "is missing";
    if (!text_equal(p->before, before))
        return "does not follow the one before it";
    if (chain->events != p->events)
        return chain->events < p->events ? "lacks events" : "has events too many";
    head_make(c, p, chain, head);
    if (!text_equal(p->head, head))
        return "covers events that were altered";
    if (!signature_good(p->signature, head, public_key))
        return "is not signed by this installation";
    return NULL;
}

static void proof_make(struct ctx *c, const struct list *points, const struct verify *v,
                       const uint8_t public_key[SIGN_PUBLIC], struct audit_proof *proof)
{
    const struct audit_checkpoint *p = points->at;
    const char *before = "";
    for (size_t i = 0; i < points->count && !proof->problem; i++) {
        proof->problem =
            checkpoint_problem(c, &p[i], &v->chain[i], (int64_t)i + 1, before, public_key);
        if (proof->problem)
            proof->broken = (int64_t)i + 1;
        proof->events += p[i].events;
        proof->head = before = p[i].head;
    }
    if (!proof->problem && v->stray) {
        proof->problem = "is missing";
        proof->broken = (int64_t)points->count + 1;
    }
    proof->whole = !proof->problem;
}

bool audit_verify(struct ctx *c, struct audit_proof *ret)
{
    static const struct query all = { "number > 0 ORDER BY number" };
    struct secret_key key;
    struct list points;
    uint8_t public_key[SIGN_PUBLIC];
    char *hex = arena_alloc(c->arena, 2 * SIGN_PUBLIC + 1);
    if (!rows_find(c, &audit_checkpoint_table, &all, NO_ARGS, &points))
        return false;
    struct verify v = { .chain = arena_many(c->arena, points.count + 1, struct chain),
                        .count = points.count };
    if (!events_count(c, &v))
        return false;
    signing_key(c->app, &key);
    sign_public(&key, public_key);
    secret_key_wipe(&key);
    hex_format(public_key, sizeof public_key, hex);
    *ret = (struct audit_proof){
        .checkpoints = (int64_t)points.count, .open = v.open, .broken = INT_NONE, .public_key = hex
    };
    proof_make(c, &points, &v, public_key, ret);
    return true;
}
