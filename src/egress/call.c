/* call.c: sending for a thread that prefers to wait: events are kept until it takes them. */
#include "call.h"

#include "base/arena.h"
#include "base/wait.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct item {
    struct item *next;
    struct egress_event event;
    char text[];
};

struct egress_call {
    struct egress_client *client;
    uint64_t id;
    pthread_mutex_t lock;
    pthread_cond_t more;
    bool ended, left; /* by egress; by its owner */
    struct item *first, **last;
    struct item *taken;
};

static void item_free(struct item *i)
{
    if (!i)
        return;
    wipe(i, sizeof *i + i->event.len);
    free(i);
}

static void call_free(struct egress_call *call)
{
    for (struct item *i = call->first, *next; i; i = next) {
        next = i->next;
        item_free(i);
    }
    item_free(call->taken);
    pthread_cond_destroy(&call->more);
    pthread_mutex_destroy(&call->lock);
    free(call);
}

static void call_event(void *user, const struct egress_event *e)
{
    struct egress_call *call = user;
    pthread_mutex_lock(&call->lock);
    bool over = call->left && e->kind == EGRESS_END;
    if (!call->left) {
        struct item *i = calloc(1, sizeof *i + e->len + 1);
        if (!i)
            abort();
        i->event = *e;
        if (e->len)
            memcpy(i->text, e->text, e->len);
        i->event.text = i->text;
        *call->last = i;
        call->last = &i->next;
        call->ended = e->kind == EGRESS_END;
        pthread_cond_signal(&call->more);
    }
    pthread_mutex_unlock(&call->lock);
    if (over)
        call_free(call);
}

struct egress_call *egress_call_new(struct egress_client *client, const struct egress_request *in,
                                    struct error *err)
{
    struct egress_call *call = calloc(1, sizeof *call);
    if (!call)
        abort();
    call->client = client;
    call->last = &call->first;
    wait_init(&call->more);
    pthread_mutex_init(&call->lock, NULL);
    if (client_send_pulled(client, in, call_event, call, err, &call->id))
        return call;
    call_free(call);
    return NULL;
}

bool egress_next(struct egress_call *call, int timeout_ms, struct egress_event *ret)
{
    struct timespec until = wait_ms(timeout_ms);
    item_free(call->taken);
    call->taken = NULL;
    pthread_mutex_lock(&call->lock);
    while (!call->first)
        if (pthread_cond_timedwait(&call->more, &call->lock, &until))
            break;
    struct item *i = call->taken = call->first;
    if (i) {
        call->first = i->next;
        if (!call->first)
            call->last = &call->first;
    }
    pthread_mutex_unlock(&call->lock);
    if (!i)
        return false;
    *ret = i->event;
    if (ret->kind == EGRESS_TEXT)
        client_credit(call->client, call->id, ret->len);
    return true;
}

void egress_call_free(struct egress_call *call)
{
    if (!call)
        return;
    struct egress_client *client = call->client;
    uint64_t id = call->id;
    pthread_mutex_lock(&call->lock);
    bool ended = call->ended;
    call->left = true; /* from here on its end may free it */
    pthread_mutex_unlock(&call->lock);
    if (ended)
        call_free(call);
    else
        egress_cancel(client, id);
}
