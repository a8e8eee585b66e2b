/* audit_checks.c: the promise about the audit log: nobody rewrites it unseen. */
#include "checks.h"
#include "lab.h"

#include "core/checkpoint.h"

#include <string.h>

static bool proof_work(struct ctx *c, void *with)
{
    return audit_verify(c, with);
}

/* Whether the log of an organisation is whole; it is unknown when it cannot be read. */
static enum promise_result log_check(struct proof *p, struct id organisation,
                                     struct audit_proof *ret)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(p->app, p->arena, &err, "prove");
    if (!organisation_read(&c, organisation, proof_work, ret))
        return PROMISE_UNKNOWN;
    return ret->whole ? PROMISE_HELD : PROMISE_BROKEN;
}

/* Every organisation's log, in arenas of their own. One that was deleted meanwhile has none. */
static enum promise_result all_check(struct proof *p)
{
    struct error err = { 0 };
    struct id *ids;
    size_t n, whole = 0;
    int64_t events = 0;
    if (!store_ids(p->app->store, p->arena, &ids, &n, &err))
        return lab_unknown(p, "The organisations could not be listed.");
    for (size_t i = 0; i < n; i++) {
        struct arena a = { 0 };
        struct proof one = { .app = p->app, .arena = &a };
        struct audit_proof proof = { 0 };
        char id[ID_TEXT];
        enum promise_result result = log_check(&one, ids[i], &proof);
        id_format(ids[i], id);
        whole += result == PROMISE_HELD;
        events += result == PROMISE_HELD ? proof.events : 0;
        if (result == PROMISE_BROKEN)
            lab_tell(p, "In organisation %s checkpoint %lld %s.", id, (long long)proof.broken,
                     proof.problem);
        arena_done(&a);
        if (result == PROMISE_BROKEN)
            return lab_broken(p, "The log of an organisation is not as it was written.");
    }
    lab_tell(p,
             "%zu logs were looked at, with those of organisations that this check made for "
             "itself, and %lld events under signed checkpoints.",
             whole, (long long)events);
    return lab_held(p, "The log of every organisation is as it was written, under signed "
                       "checkpoints.");
}

static bool checkpoints_make(struct proof *p, struct id organisation)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(p->app, p->arena, &err, "prove");
    c.organisation = organisation;
    if (!db_open(p->app->store, organisation, false, &c.db, &err))
        return false;
    bool ok = audit_checkpoint_job.run(&c);
    db_release(c.db);
    return ok;
}

static bool query_run(struct ctx *c, void *with)
{
    return tx_run(c->tx, with, NO_ARGS, NULL);
}

static const struct query alter_event = {
    "UPDATE audit_event SET action = 'nothing.happened' WHERE id ="
    " (SELECT id FROM audit_event WHERE checkpoint = 1 ORDER BY id LIMIT 1)"
};

/* As by who computes a new chain over other events, and cannot sign it. */
static const struct query alter_signature = { "UPDATE audit_checkpoint SET signature = head || head"
                                              " WHERE number = 1" };

/* In a scratch organisation something is altered behind the program's back. */
static enum promise_result altered_try(struct proof *p, int which, const struct query *alter,
                                       const char *what)
{
    const struct lab *lab = p->with;
    struct audit_proof proof = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(p->app, p->arena, &err, "prove");
    if (!lab_owner(p, which))
        return PROMISE_UNKNOWN;
    struct id organisation = lab->organisation[which];
    if (!checkpoints_make(p, organisation))
        return lab_unknown(p, "No checkpoint could be made.");
    if (log_check(p, organisation, &proof) != PROMISE_HELD || !proof.checkpoints || proof.open)
        return lab_broken(p, "A new checkpoint does not cover the log of a scratch organisation.");
    if (!organisation_write(&c, organisation, query_run, (void *)(uintptr_t)alter))
        return lab_unknown(p, "%s could not be altered.", what);
    if (log_check(p, organisation, &proof) != PROMISE_BROKEN)
        return lab_broken(p, "%s that was altered went unnoticed.", what);
    return PROMISE_HELD;
}

static enum promise_result altered_check(struct proof *p)
{
    enum promise_result result = altered_try(p, 0, &alter_event, "An event");
    if (result == PROMISE_HELD)
        result = altered_try(p, 1, &alter_signature, "A signature");
    if (result != PROMISE_HELD)
        return result;
    return lab_held(p, "In two scratch organisations one event and one signature were altered, and "
                       "were found.");
}

static enum promise_result check_ai_10_d(struct proof *p)
{
    enum promise_result result = all_check(p);
    return result == PROMISE_HELD ? lab_own(p, altered_check) : result;
}

static const struct promise promise_ai_10_d = {
    "AI-10.d",
    "A comprehensive audit log that cannot be rewritten unseen.",
    "Every hour the events of an organisation are chained by SHA-256 and the head is signed with "
    "the installation's Ed25519 key.",
    PROMISE_LIVE,
    check_ai_10_d,
};

const struct promise *const audit_promises[] = { &promise_ai_10_d, NULL };
