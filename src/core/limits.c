/* limits.c: a fixed table of buckets, keyed by hash; two keys that collide share a bucket. */
#include "limits.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

enum { BUCKETS = 4096 };

struct bucket {
    double left;
    struct instant at;
};

struct limits {
    pthread_mutex_t lock;
    uint64_t seed; /* so that nobody outside can choose to collide */
    struct bucket bucket[BUCKETS];
};

struct limits *limits_new(void)
{
    struct limits *l = calloc(1, sizeof *l);
    if (!l || getrandom(&l->seed, sizeof l->seed, 0) != sizeof l->seed)
        abort();
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void limits_free(struct limits *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static uint64_t mix(uint64_t h, const char *text)
{
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    h ^= h >> 29;
    return h * UINT64_C(0xbf58476d1ce4e5b9);
}

int64_t limit_take(struct limits *l, const struct limit *limit, const char *who, struct instant now)
{
    uint64_t h = mix(mix(l->seed, limit->name), who);
    int64_t wait = 0;
    pthread_mutex_lock(&l->lock);
    struct bucket *b = &l->bucket[h % BUCKETS];
    double minutes = (double)(now.us - b->at.us) / 60e6;
    if (!instant_given(b->at) || minutes < 0)
        b->left = instant_given(b->at) ? b->left : limit->burst;
    else
        b->left = fmin(limit->burst, b->left + minutes * limit->per_minute);
    b->at = now;
    if (b->left >= 1)
        b->left -= 1;
    else
        wait = (int64_t)ceil((1 - b->left) * 60 / limit->per_minute);
    pthread_mutex_unlock(&l->lock);
    return wait;
}
