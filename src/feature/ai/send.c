/* send.c: step 7: out through egress, and the pieces of the answer on their way back. */
#include "run.h"

#include "core/app.h"
#include "core/move.h"
#include "net/server.h"

#include <string.h>

enum { LOOK_MS = 100 };

static const char *url_of(struct ai_run *run)
{
    const char *e = run->provider.endpoint;
    if (text_ends(e, "/chat/completions"))
        return e;
    return arena_printf(run->c->arena, "%s%schat/completions", e, text_ends(e, "/") ? "" : "/");
}

bool ai_still_on(struct ai_run *run)
{
    const struct ai_policy *first = run->policy; /* the run goes on with what it began with */
    if (!ctx_still_admitted(run->c))
        return ai_fail(run, REASON_ASKER_GONE);
    if (!ai_policy_overtaken(run->c->app, run->changes))
        return true;
    if (!ai_policy_take(run->c, &run->policy)) {
        run->policy = first;
        return false;
    }
    bool on = ai_switches(run) && ai_provider_still(run);
    run->changes = run->policy->changes;
    ai_policy_release(run->c->app, run->policy);
    run->policy = first;
    return on;
}

/* Nobody computes, and pays, for a reader who has gone. */
static bool is_awaited(struct ai_run *run)
{
    return !run->c->x || exchange_alive(run->c->x) || ai_fail(run, REASON_CLIENT_GONE);
}

/* Masked names have been put back. */
static bool text_add(struct ai_run *run, struct mask_text text, bool last)
{
    buffer_add(&run->text, text.at, text.len);
    if (!run->in->text || run->in->output != AI_TEXT)
        return true;
    return ai_answer_part(run, &run->text, last);
}

bool ai_send_piece(struct ai_run *run, const char *text, size_t n)
{
    return text_add(run, mask_stream_feed(run->stream, text, n), false);
}

bool ai_send_last(struct ai_run *run)
{
    return text_add(run, mask_stream_end(run->stream), true);
}

/* Takes one attempt's events to their end. */
static bool receive(struct ai_run *run, struct egress_call *call)
{
    struct egress_event event;
    run->stream = mask_stream_new(run->map);
    for (;;) {
        if (!egress_next(call, LOOK_MS, &event)) {
            if (!ai_still_on(run) || !is_awaited(run))
                return false;
            continue;
        }
        if (event.kind == EGRESS_END)
            break;
        if (!ai_still_on(run) || !ai_send_piece(run, event.text, event.len))
            return false;
    }
    run->end = event.end;
    run->ended = true;
    return event.end.reason == EGRESS_OK && ai_send_last(run);
}

/* It may have waited long for its turn, or for a new egress. */
static bool attempt(struct ai_run *run)
{
    run->ended = false;
    if (!ai_still_on(run))
        return false;
    struct egress_call *call =
        egress_call_new(run->c->app->config->egress, &run->request, run->c->err);
    if (!call)
        return ai_fail(run, REASON_NOT_SENT);
    run->leaves = true;
    bool ok = receive(run, call);
    egress_call_free(call);
    return ok;
}

bool ai_send_interrupted(const struct ai_run *run)
{
    return run->ended && !run->reason && run->end.reason == EGRESS_INTERRUPTED && !run->text.len;
}

/* What egress says, unless the run has ended for a reason of its own. */
static bool end_tell(struct ai_run *run)
{
    const struct egress_end *end = &run->end;
    if (run->reason || !run->ended || end->reason == EGRESS_OK)
        return false;
    if (run->c->x && end->retry_after_s > 0)
        run->c->x->retry_after_s = end->retry_after_s;
    return ai_fail_as(run, egress_problem(end->reason), egress_reason_name(end->reason),
                      egress_sentence(end->reason));
}

/* An answer that is not one in full says so in its receipt. */
static const char *finish_reason(enum egress_finish finish)
{
    return finish == EGRESS_FINISH_LENGTH     ? ai_reason_name(REASON_LENGTH)
           : finish == EGRESS_FINISH_FILTERED ? ai_reason_name(REASON_FILTERED)
           : finish == EGRESS_FINISH_REFUSAL  ? ai_reason_name(REASON_REFUSAL)
                                              : NULL;
}

/* The receipt is kept before anything leaves; should this process end at once, it says SENT. The
   look at the move is behind it: either that finds the receipt, or nothing leaves. */
static bool receipt_first(struct ai_run *run)
{
    struct ctx *c = run->c;
    run->reason = ai_reason_name(REASON_SENT);
    run->leaves = true;
    bool kept = ai_receipt_keep(run);
    run->leaves = false;
    run->reason = NULL;
    if (!kept)
        return ai_fail(run, REASON_NO_RECEIPT);
    if (!move_pauses(c->app, c->organisation))
        return true;
    fail(c, UNAVAILABLE, "The organisation is being moved");
    return ai_fail(run, REASON_NOT_SENT);
}

bool ai_send_prepare(struct ai_run *run)
{
    run->text = buffer_new(run->c->arena);
    run->request = (struct egress_request){
        .url = url_of(run),
        .key = run->provider.api_key,
        .dialect = EGRESS_OPENAI_CHAT,
        .body = { run->ret->disclosure, (size_t)run->ret->bytes },
        .stream = true,
        .local = run->provider.local,
        .retries = 2,
    };
    if (!run->c->app->config->egress)
        return ai_fail(run, REASON_NO_EGRESS);
    return receipt_first(run);
}

bool ai_send_wait(struct ai_run *run)
{
    bool ok = attempt(run);
    if (!ok && ai_send_interrupted(run))
        ok = attempt(run);
    return ok;
}

bool ai_send_over(struct ai_run *run, bool ok)
{
    if (!ok)
        return end_tell(run);
    run->reason = finish_reason(run->end.finish);
    return ai_answer_check(run, run->text.at, &run->ret->text);
}

bool ai_send(struct ai_run *run)
{
    return ai_send_prepare(run) && ai_send_over(run, ai_send_wait(run));
}
