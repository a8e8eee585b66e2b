/* message.c: checking packets against the table of messages. */
#include "message.h"

#include <string.h>

struct row {
    enum message_side side;
    uint32_t fixed, payload;
};

static const struct row rows[MESSAGE_KINDS] = {
#define MESSAGE(name, side, fixed, payload) [MESSAGE_##name] = { MESSAGE_##side, fixed, payload },
#include "messages.def"
#undef MESSAGE
};

bool message_plain(const char *text, size_t room)
{
    size_t n = strnlen(text, room);
    for (size_t i = 0; i < n; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return n < room;
}

static bool begin_valid(const struct message_begin *b)
{
    return b->dialect < EGRESS_DIALECTS && b->stream <= 1 && b->local <= 1 && b->first_byte_ms &&
           b->total_ms && b->total_ms <= 3600 * 1000 && b->answer_max &&
           b->answer_max <= EGRESS_ANSWER_MAX && b->retries <= 5 && b->body &&
           b->body <= EGRESS_BODY_MAX && message_plain(b->url, EGRESS_URL_MAX) &&
           message_plain(b->key, EGRESS_KEY_MAX);
}

static bool end_valid(const struct egress_end *e)
{
    return (uint32_t)e->reason < EGRESS_REASONS && (uint32_t)e->finish <= EGRESS_FINISH_OTHER &&
           e->prompt_tokens >= -1 && e->completion_tokens >= -1 && e->status >= 0 &&
           e->status <= 999 && e->retry_after_s >= -1;
}

static bool fixed_valid(const struct message *m)
{
    switch (m->head.kind) {
    case MESSAGE_BEGIN:
        return m->head.request && m->head.payload && begin_valid(&m->fixed.begin);
    case MESSAGE_BODY:
        return m->head.request && m->head.payload;
    case MESSAGE_TEXT:
        return m->head.request && m->head.payload && text_is_utf8(m->payload, m->head.payload);
    case MESSAGE_CREDIT:
        return m->head.request && m->fixed.credit.bytes <= EGRESS_ANSWER_MAX;
    case MESSAGE_CANCEL:
        return m->head.request;
    case MESSAGE_END:
        return m->head.request && end_valid(&m->fixed.end) &&
               text_is_utf8(m->payload, m->head.payload);
    case MESSAGE_SCANNED:
        return !m->head.request && m->fixed.scanned.found >= -1;
    default:
        return !m->head.request;
    }
}

bool message_read(const void *packet, size_t n, enum message_side from, struct message *ret)
{
    if (n < sizeof ret->head)
        return false;
    memcpy(&ret->head, packet, sizeof ret->head);
    uint32_t kind = ret->head.kind;
    if (kind == MESSAGE_NONE || kind >= MESSAGE_KINDS || rows[kind].side != from ||
        ret->head.payload > rows[kind].payload ||
        n != sizeof ret->head + rows[kind].fixed + ret->head.payload)
        return false;
    const char *at = (const char *)packet + sizeof ret->head;
    memcpy(&ret->fixed, at, rows[kind].fixed);
    ret->payload = at + rows[kind].fixed;
    return fixed_valid(ret);
}

int message_parts(struct message *in, struct iovec part[3])
{
    const struct row *row = &rows[in->head.kind];
    int n = 0;
    part[n++] = (struct iovec){ &in->head, sizeof in->head };
    if (row->fixed)
        part[n++] = (struct iovec){ &in->fixed, row->fixed };
    if (in->head.payload)
        part[n++] = (struct iovec){ (void *)(uintptr_t)in->payload, in->head.payload };
    return n;
}
