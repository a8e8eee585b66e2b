/* request.c: the requests under way: their slots, what is sent for them and what comes back. */
#include "base/arena.h"
#include "base/wait.h"
#include "call.h"
#include "client_parts.h"

#include <string.h>

enum {
    LATE_MS = 5000, /* beyond a request's own limit */
    FIRST_BYTE_MS = 60000,
    TOTAL_MS = 300000,
    ANSWER_MAX = 1 << 20,
};

static void slot_free(struct egress_client *c, struct slot *s)
{
    *s = (struct slot){ 0 };
    c->free_slot[c->free_count++] = (uint16_t)(s - c->slot);
}

static struct slot *slot_find(struct egress_client *c, uint64_t id)
{
    struct slot *s = &c->slot[id % EGRESS_CALLS];
    return id && s->id == id ? s : NULL;
}

static void end_call(const struct slot *s, enum egress_reason reason)
{
    struct egress_event e = { .kind = EGRESS_END,
                              .end = { .reason = reason,
                                       .prompt_tokens = -1,
                                       .completion_tokens = -1,
                                       .retry_after_s = -1 } };
    s->event(s->user, &e);
}

void requests_end(struct egress_client *c, int64_t now, enum egress_reason reason)
{
    for (size_t i = 0; i < EGRESS_CALLS; i++) {
        pthread_mutex_lock(&c->lock);
        struct slot s = c->slot[i];
        uint64_t session = c->session;
        bool ends = s.id && s.late_at <= now;
        if (ends)
            slot_free(c, &c->slot[i]);
        pthread_mutex_unlock(&c->lock);
        if (!ends)
            continue;
        if (reason == EGRESS_SLOW)
            (void)client_message(c, MESSAGE_CANCEL, session, s.id);
        end_call(&s, reason);
    }
}

void client_credit(struct egress_client *c, uint64_t id, size_t n)
{
    struct message m = { .head = { MESSAGE_CREDIT, 0, 0, id } };
    pthread_mutex_lock(&c->lock);
    struct slot *s = slot_find(c, id);
    if (s)
        s->consumed += n;
    bool due = s && s->consumed >= MESSAGE_WINDOW / 2;
    if (due) {
        m.head.session = c->session;
        m.fixed.credit.bytes = s->consumed;
        s->consumed = 0;
    }
    pthread_mutex_unlock(&c->lock);
    if (due)
        (void)client_packets(c, &m, 1, client_message_until(c));
}

void request_text(struct egress_client *c, const struct message *m)
{
    struct egress_event e = { .kind = EGRESS_TEXT, .text = m->payload, .len = m->head.payload };
    pthread_mutex_lock(&c->lock);
    struct slot *s = slot_find(c, m->head.request);
    struct slot copy = s ? *s : (struct slot){ 0 };
    bool over = s && s->left < e.len;
    if (over)
        slot_free(c, s);
    else if (s)
        s->left -= e.len;
    pthread_mutex_unlock(&c->lock);
    if (!s)
        return;
    if (over) {
        (void)client_message(c, MESSAGE_CANCEL, m->head.session, m->head.request);
        end_call(&copy, EGRESS_OVERSIZE);
        return;
    }
    copy.event(copy.user, &e);
    if (!copy.pulled)
        client_credit(c, copy.id, e.len);
}

void request_end(struct egress_client *c, const struct message *m)
{
    struct egress_event e = { .kind = EGRESS_END, .end = m->fixed.end };
    pthread_mutex_lock(&c->lock);
    struct slot *s = slot_find(c, m->head.request);
    struct slot copy = s ? *s : (struct slot){ 0 };
    if (s)
        slot_free(c, s);
    pthread_mutex_unlock(&c->lock);
    if (copy.id)
        copy.event(copy.user, &e);
}

static bool begin_fill(const struct egress_request *in, struct message_begin *ret)
{
    const char *key = in->key ? in->key : "";
    if (!in->body.len || in->body.len > EGRESS_BODY_MAX || !in->url || !in->url[0] ||
        !message_plain(in->url, EGRESS_URL_MAX) || !message_plain(key, EGRESS_KEY_MAX))
        return false;
    *ret = (struct message_begin){
        .dialect = in->dialect,
        .stream = in->stream,
        .local = in->local,
        .first_byte_ms = in->first_byte_ms ? in->first_byte_ms : FIRST_BYTE_MS,
        .total_ms = in->total_ms ? in->total_ms : TOTAL_MS,
        .answer_max = in->answer_max ? in->answer_max : ANSWER_MAX,
        .retries = in->retries < 5 ? in->retries : 5,
        .body = (uint32_t)in->body.len,
    };
    if (ret->total_ms > 3600 * 1000)
        ret->total_ms = 3600 * 1000;
    if (ret->answer_max > EGRESS_ANSWER_MAX)
        ret->answer_max = EGRESS_ANSWER_MAX;
    strcpy(ret->url, in->url);
    strcpy(ret->key, key);
    return true;
}

static bool body_send(struct egress_client *c, uint64_t session, uint64_t id,
                      const struct egress_request *in, const struct message_begin *begin,
                      bool patient)
{
    struct message batch[BODY_BATCH];
    enum message_kind kind = MESSAGE_BEGIN;
    size_t n = 0, sent = 0;
    bool good = true;
    batch[0].fixed.begin = *begin;
    while (good && sent < in->body.len) {
        size_t left = in->body.len - sent;
        size_t piece = left < MESSAGE_PAYLOAD ? left : MESSAGE_PAYLOAD;
        batch[n].head = (struct message_head){ kind, (uint32_t)piece, session, id };
        batch[n++].payload = (const char *)in->body.at + sent;
        kind = MESSAGE_BODY;
        sent += piece;
        if (n < BODY_BATCH && sent < in->body.len)
            continue;
        good = client_packets(c, batch, n, patient ? clock_ms() + WAIT_MS : 0);
        n = 0;
    }
    wipe(&batch[0].fixed.begin, sizeof *begin);
    return good;
}

/* How a call is made. */
struct manner {
    bool pulled;  /* credit is given by egress_next */
    bool patient; /* waits for a session, and for room in the channel */
};

/* Gives the request a slot; 0 when there is none. */
static uint64_t slot_take(struct egress_client *c, const struct message_begin *begin,
                          struct manner how, egress_callback *event, void *user,
                          enum egress_reason *why, uint64_t *session)
{
    uint64_t id = 0;
    pthread_mutex_lock(&c->lock);
    *why = !client_session_wait(c, how.patient) ? EGRESS_INTERRUPTED
           : !c->free_count                     ? EGRESS_BUSY
                                                : EGRESS_OK;
    if (*why == EGRESS_OK) {
        size_t slot = c->free_slot[--c->free_count];
        id = ++c->turn * EGRESS_CALLS + slot;
        *session = c->session;
        c->slot[slot] = (struct slot){ .id = id,
                                       .event = event,
                                       .user = user,
                                       .pulled = how.pulled,
                                       .left = begin->answer_max,
                                       .late_at = clock_ms() + begin->total_ms + LATE_MS };
    }
    pthread_mutex_unlock(&c->lock);
    return id;
}

/* What can be had by waiting is no problem yet for who did not want to. */
static bool call_refuse(struct error *err, struct manner how, enum egress_reason reason)
{
    if (!how.patient && reason == EGRESS_INTERRUPTED)
        return false;
    return error_set(err, egress_problem(reason), "%s", egress_sentence(reason));
}

static bool call_start(struct egress_client *c, const struct egress_request *in, struct manner how,
                       egress_callback *event, void *user, struct error *err, uint64_t *ret)
{
    struct message_begin begin;
    enum egress_reason why;
    uint64_t session;
    if (!begin_fill(in, &begin))
        return call_refuse(err, how, EGRESS_UNSENDABLE);
    uint64_t id = slot_take(c, &begin, how, event, user, &why, &session);
    if (id)
        client_lend(c);
    bool sent = id && body_send(c, session, id, in, &begin, how.patient);
    wipe(&begin, sizeof begin);
    if (!id)
        return call_refuse(err, how, why);
    if (!sent) {
        pthread_mutex_lock(&c->lock);
        struct slot *s = slot_find(c, id);
        if (s)
            slot_free(c, s);
        pthread_mutex_unlock(&c->lock);
        if (s) /* else its end was told already */
            return call_refuse(err, how, EGRESS_INTERRUPTED);
    }
    *ret = id;
    return true;
}

bool egress_send(struct egress_client *c, const struct egress_request *in, egress_callback *event,
                 void *user, struct error *err, uint64_t *ret)
{
    return call_start(c, in, (struct manner){ .patient = true }, event, user, err, ret);
}

bool egress_offer(struct egress_client *c, const struct egress_request *in, egress_callback *event,
                  void *user, struct error *err, uint64_t *ret)
{
    return in->body.len <= EGRESS_OFFER_MAX &&
           call_start(c, in, (struct manner){ 0 }, event, user, err, ret);
}

bool client_send_pulled(struct egress_client *c, const struct egress_request *in,
                        egress_callback *event, void *user, struct error *err, uint64_t *ret)
{
    struct manner how = { .pulled = true, .patient = true };
    return call_start(c, in, how, event, user, err, ret);
}

void egress_cancel(struct egress_client *c, uint64_t request)
{
    pthread_mutex_lock(&c->lock);
    uint64_t session = c->session;
    bool live = slot_find(c, request);
    pthread_mutex_unlock(&c->lock);
    if (live)
        (void)client_message(c, MESSAGE_CANCEL, session, request);
}
