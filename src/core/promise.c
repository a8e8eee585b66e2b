/* promise.c: the book of last results. */
#include "promise.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

const char *const promise_kind_names[] = { "config", "data", "live", "kernel", NULL };
const char *const promise_result_names[] = { "unknown", "held", "broken", NULL };

struct promise_book {
    pthread_mutex_t lock;
    bool checking;
    size_t count;
    struct promise_state *state;
};

struct promise_book *promise_book_new(size_t count)
{
    struct promise_book *b = calloc(1, sizeof *b);
    if (!b || !(b->state = calloc(count + 1, sizeof *b->state)))
        abort();
    pthread_mutex_init(&b->lock, NULL);
    b->count = count;
    return b;
}

void promise_book_free(struct promise_book *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->count; i++)
        free((char *)(uintptr_t)b->state[i].evidence);
    pthread_mutex_destroy(&b->lock);
    free(b->state);
    free(b);
}

bool promise_book_begin(struct promise_book *b)
{
    pthread_mutex_lock(&b->lock);
    bool free = !b->checking;
    b->checking = true;
    pthread_mutex_unlock(&b->lock);
    return free;
}

void promise_book_end(struct promise_book *b)
{
    pthread_mutex_lock(&b->lock);
    b->checking = false;
    pthread_mutex_unlock(&b->lock);
}

void promise_book_set(struct promise_book *b, size_t i, enum promise_result result,
                      const char *evidence, struct instant at)
{
    char *copy = strdup(evidence);
    if (!copy)
        abort();
    pthread_mutex_lock(&b->lock);
    char *old = (char *)(uintptr_t)b->state[i].evidence;
    b->state[i] = (struct promise_state){ result, copy, at };
    pthread_mutex_unlock(&b->lock);
    free(old);
}

struct promise_state promise_book_get(struct promise_book *b, struct arena *a, size_t i)
{
    pthread_mutex_lock(&b->lock);
    struct promise_state s = b->state[i];
    s.evidence = arena_string(a, s.evidence ? s.evidence : "Not checked since the start");
    pthread_mutex_unlock(&b->lock);
    return s;
}
