/* send.c: step 7: out through egress, and the pieces of the answer on their way back. */
#include "run.h"

#include "core/app.h"
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

/* Whether the switches still say yes; asked when any switch of this installation has changed. */
static bool still_on(struct ai_run *run)
{
    const struct ai_policy *first = run->policy; /* the run goes on with what it began with */
    if (!ai_policy_overtaken(run->c->app, run->changes))
        return true;
    if (!ai_policy_take(run->c, &run->policy)) {
        run->policy = first;
        return false;
    }
    bool on = ai_switches(run);
    run->changes = run->policy->changes;
    ai_policy_release(run->c->app, run->policy);
    run->policy = first;
    return on;
}

/* Nobody computes, and pays, for a reader who has gone. */
static bool is_awaited(struct ai_run *run)
{
    return !run->c->x || exchange_alive(run->c->x) ||
           ai_fail(run, PROVIDER_FAILED, "CLIENT_GONE", "The reader has gone");
}

/* One piece: masked names are put back. */
static bool piece(struct ai_run *run, struct buffer *answer, struct mask_text text, bool last)
{
    buffer_add(answer, text.at, text.len);
    if (!run->in->text || run->in->output != AI_TEXT)
        return true;
    return ai_answer_part(run, answer, last);
}

/* Takes one attempt's events to their end. */
static bool receive(struct ai_run *run, struct egress_call *call, struct buffer *answer)
{
    struct mask_stream *stream = mask_stream_new(run->map);
    struct egress_event event;
    for (;;) {
        if (!egress_next(call, LOOK_MS, &event)) {
            if (!still_on(run) || !is_awaited(run))
                return false;
            continue;
        }
        if (event.kind == EGRESS_END)
            break;
        if (!still_on(run) ||
            !piece(run, answer, mask_stream_feed(stream, event.text, event.len), false))
            return false;
    }
    run->end = event.end;
    run->ended = true;
    return event.end.reason == EGRESS_OK && piece(run, answer, mask_stream_end(stream), true);
}

static bool attempt(struct ai_run *run, const struct egress_request *request, struct buffer *answer)
{
    struct egress_call *call = egress_call_new(run->c->app->egress, request, run->c->err);
    if (!call) {
        run->reason = "NOT_SENT";
        return false;
    }
    run->leaves = true;
    bool ok = receive(run, call, answer);
    egress_call_free(call);
    return ok;
}

/* Egress died under the request before any of the answer was here: its successor may try. */
static bool is_interrupted(const struct ai_run *run, const struct buffer *answer)
{
    return run->ended && !run->reason && run->end.reason == EGRESS_INTERRUPTED && !answer->len;
}

/* What egress says, unless the run has ended for a reason of its own. */
static bool end_tell(struct ai_run *run)
{
    const struct egress_end *end = &run->end;
    if (run->reason || !run->ended || end->reason == EGRESS_OK)
        return false;
    if (run->c->x && end->retry_after_s > 0)
        run->c->x->retry_after_s = end->retry_after_s;
    return ai_fail(run, egress_problem(end->reason), egress_reason_name(end->reason),
                   egress_sentence(end->reason));
}

/* An answer that is not one in full says so in its receipt. */
static const char *finish_reason(enum egress_finish finish)
{
    return finish == EGRESS_FINISH_LENGTH     ? "LENGTH"
           : finish == EGRESS_FINISH_FILTERED ? "FILTERED"
           : finish == EGRESS_FINISH_REFUSAL  ? "REFUSAL"
                                              : NULL;
}

/* The receipt is kept before anything leaves; should this process end at once, it says SENT. */
static bool receipt_first(struct ai_run *run)
{
    run->reason = "SENT";
    run->leaves = true;
    bool kept = ai_receipt_keep(run);
    run->leaves = false;
    run->reason = kept ? NULL : "NO_RECEIPT";
    return kept;
}

bool ai_send(struct ai_run *run)
{
    struct ctx *c = run->c;
    struct buffer answer = buffer_new(c->arena);
    struct egress_request request = {
        .url = url_of(run),
        .key = run->provider.api_key,
        .dialect = EGRESS_OPENAI_CHAT,
        .body = { run->ret->disclosure, (size_t)run->ret->bytes },
        .stream = true,
        .local = run->provider.local,
        .retries = 2,
    };
    if (!c->app->egress)
        return ai_fail(run, PROVIDER_FAILED, "NO_EGRESS", "This process cannot reach providers");
    if (!receipt_first(run))
        return false;
    bool ok = attempt(run, &request, &answer);
    if (!ok && is_interrupted(run, &answer)) {
        run->ended = false;
        ok = attempt(run, &request, &answer);
    }
    if (!ok)
        return end_tell(run);
    run->reason = finish_reason(run->end.finish);
    return ai_answer_check(run, answer.at, &run->ret->text);
}
