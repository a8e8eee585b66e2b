/* net_train.c: trains the guard's network by gradient descent, in single precision in a fixed
 * order.
 */
#include "net_train.h"

#include "screen/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 6, LONGEST = 2 * MODEL_WINDOW, MOST = 4 };
static const float rate = 0.1f, words_left_out = 0.05f, pool_left_out = 0.1f;

/* A word is now and then read as one of the nearest to it, so that words which training hardly
   sees learn from those that it sees often. */
enum { ALIKE = 4 };
static const float words_swapped = 0.3f, alike_least = 0.7f /* cosine */;
static uint16_t alike[NET_WORDS][ALIKE];

/* Words to choose from. */
enum { LISTED = 1 << 15 };
static struct listed {
    uint32_t word; /* upper half of the hash */
    uint16_t place;
    unsigned uses; /* in texts that are trained on */
    int8_t at[NET_WIDE];
} listed[LISTED];
static size_t listed_count;

/* Weights, and how much each has been moved. */
static float vectors[NET_VECTORS][NET_WIDE], vectors_grown[NET_VECTORS][NET_WIDE];
static struct net_layers layers, grown;

static uint64_t random_state = 0x9e3779b97f4a7c15u;

/* From 0 to 1. */
static float random_next(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (float)(random_state >> 40) / (1 << 24);
}

static int by_word(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    return (x->word > y->word) - (x->word < y->word);
}

static int by_use(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    return x->uses != y->uses ? (x->uses < y->uses) - (x->uses > y->uses) : x->place - y->place;
}

bool net_vectors_read(const char *path)
{
    FILE *f = fopen(path, "r");
    char word[64], hex[2 * NET_WIDE + 1];
    while (f && listed_count < LISTED && fscanf(f, "%63s %48s", word, hex) == 2) {
        struct listed *l = &listed[listed_count];
        uint64_t hash = hash_start;
        for (const char *at = word; *at; at++)
            hash = hash_byte(hash, (unsigned char)*at);
        l->word = (uint32_t)(hash >> 32);
        l->place = (uint16_t)listed_count++;
        for (size_t d = 0; d < NET_WIDE; d++) {
            char byte[3] = { hex[2 * d], hex[2 * d + 1], 0 };
            l->at[d] = (int8_t)strtoul(byte, NULL, 16);
        }
    }
    if (f)
        fclose(f);
    qsort(listed, listed_count, sizeof *listed, by_word);
    return listed_count >= NET_WORDS;
}

void net_words_count(const struct guard_view *v, const struct concept_word *facts)
{
    for (size_t i = 0; i < v->count; i++) {
        struct listed key = { .word = (uint32_t)(v->words[i].hash >> 32) };
        struct listed *l =
            facts[i].name ? NULL : bsearch(&key, listed, listed_count, sizeof key, by_word);
        if (l)
            l->uses++;
    }
}

void net_words_choose(struct net_weights *ret)
{
    qsort(listed, listed_count, sizeof *listed, by_use);
    for (size_t i = 0; i < NET_WORDS; i++) {
        ret->words[i] = listed[i].word;
        for (size_t d = 0; d < NET_WIDE; d++)
            vectors[i][d] = (float)listed[i].at[d] * MOST / 127;
    }
}

const struct net_train_word *net_words_read(struct arena *a, const struct net_index *index,
                                            const struct guard_view *v,
                                            const struct concept_word *facts, size_t count)
{
    struct net_train_word *words = arena_many(a, count, struct net_train_word);
    for (size_t i = 0; i < count; i++) {
        struct net_word w;
        net_word_read(index, v, facts, i, &w);
        words[i] = (struct net_train_word){ arena_copy(a, w.at, w.count * sizeof *w.at),
                                            (uint8_t)w.count, (uint8_t)w.letters };
    }
    return words;
}

/* One sample on its way through the network; vectors with one more word at each end. */
struct pass {
    float words[LONGEST + NET_SPAN][NET_WIDE], back[LONGEST + NET_SPAN][NET_WIDE];
    float pool[NET_POOL], pool_back[NET_POOL], hidden[NET_HIDDEN], error[GUARD_CLASSES];
    size_t at[NET_FILTERS];           /* where a filter answered most */
    uint16_t first[LONGEST];          /* the first vector of each word */
    bool out[LONGEST], off[NET_POOL]; /* left out */
};

static float letters_share(const struct net_train_word *w)
{
    return w->letters ? 1 / sqrtf((float)w->letters) : 0;
}

/* The first vector of a word, or that of one like it. */
static uint16_t first_read(const struct net_train_word *w)
{
    if (!w->count || w->letters || w->at[0] >= NET_WORDS || random_next() >= words_swapped)
        return w->count ? w->at[0] : 0;
    return alike[w->at[0]][(size_t)(random_next() * ALIKE)];
}

static void words_sum(const struct net_sample *s, struct pass *p)
{
    memset(p->words, 0, (s->count + NET_SPAN) * sizeof *p->words);
    for (size_t i = 0; i < s->count; i++) {
        const struct net_train_word *w = &s->words[i];
        float *to = p->words[i + 1];
        p->out[i] = random_next() < words_left_out;
        p->first[i] = first_read(w);
        for (size_t k = 0; k < w->count && !p->out[i]; k++) {
            float share = k < w->letters ? letters_share(w) : 1;
            const float *vector = vectors[k ? w->at[k] : p->first[i]];
            for (size_t d = 0; d < NET_WIDE; d++)
                to[d] += share * vector[d];
        }
    }
}

static void pool_fill(const struct net_sample *s, struct pass *p)
{
    memset(p->pool, 0, sizeof p->pool);
    for (size_t i = 0; i < s->count; i++) {
        float answer[NET_FILTERS];
        memcpy(answer, layers.filter_bias, sizeof answer);
        for (size_t k = 0; k < NET_SPAN; k++)
            for (size_t d = 0; d < NET_WIDE; d++)
                for (size_t f = 0; f < NET_FILTERS; f++)
                    answer[f] += p->words[i + k][d] * layers.filters[k][d][f];
        for (size_t f = 0; f < NET_FILTERS; f++)
            if (answer[f] > p->pool[f]) {
                p->pool[f] = answer[f];
                p->at[f] = i;
            }
        for (size_t d = 0; d < NET_WIDE; d++)
            p->pool[NET_FILTERS + d] += p->words[i + 1][d];
    }
    for (size_t d = 0; d < NET_WIDE; d++)
        p->pool[NET_FILTERS + d] /= sqrtf((float)(s->count + 1));
    for (size_t f = 0; f < NET_POOL; f++) {
        p->off[f] = random_next() < pool_left_out;
        p->pool[f] = p->off[f] ? 0 : p->pool[f] / (1 - pool_left_out);
    }
}

static void sample_forward(const struct net_sample *s, struct pass *p)
{
    float sum = 0, top;
    words_sum(s, p);
    pool_fill(s, p);
    net_hide(&layers, p->pool, s->concepts->at, s->concepts->count, p->hidden);
    net_out(&layers, p->pool, p->hidden, p->error);
    top = p->error[0];
    for (size_t k = 1; k < GUARD_CLASSES; k++)
        top = p->error[k] > top ? p->error[k] : top;
    for (size_t k = 0; k < GUARD_CLASSES; k++)
        sum += p->error[k] = model_exp(p->error[k] - top);
    for (size_t k = 0; k < GUARD_CLASSES; k++)
        p->error[k] = (k == s->class) - p->error[k] / sum;
}

static void move(float *weight, float *grow, float step)
{
    *grow += step * step;
    *weight += rate * step / sqrtf(*grow + 1e-4f);
}

/* Moves what stands behind the pool; leaves in pool_back what it asks of the pool. */
static void layers_learn(const struct net_sample *s, struct pass *p)
{
    const struct model_concepts *c = s->concepts;
    float share = model_share(c->count);
    memset(p->pool_back, 0, sizeof p->pool_back);
    for (size_t k = 0; k < GUARD_CLASSES; k++)
        move(&layers.bias[k], &grown.bias[k], 0.1f * p->error[k]);
    for (size_t f = 0; f < NET_POOL; f++)
        for (size_t k = 0; k < GUARD_CLASSES && !p->off[f]; k++) {
            p->pool_back[f] += p->error[k] * layers.pool_out[f][k];
            move(&layers.pool_out[f][k], &grown.pool_out[f][k], p->error[k] * p->pool[f]);
        }
    for (size_t j = 0; j < NET_HIDDEN; j++) {
        float back = 0;
        if (p->hidden[j] <= 0)
            continue;
        for (size_t k = 0; k < GUARD_CLASSES; k++) {
            back += p->error[k] * layers.out[j][k];
            move(&layers.out[j][k], &grown.out[j][k], p->error[k] * p->hidden[j]);
        }
        for (size_t i = 0; i < c->count; i++)
            move(&layers.hide_concepts[c->at[i]][j], &grown.hide_concepts[c->at[i]][j],
                 back * share);
        move(&layers.hide_concepts[CONCEPTS][j], &grown.hide_concepts[CONCEPTS][j], back);
        for (size_t f = 0; f < NET_POOL; f++)
            if (!p->off[f]) {
                p->pool_back[f] += back * layers.hide[f][j];
                move(&layers.hide[f][j], &grown.hide[f][j], back * p->pool[f]);
            }
    }
    for (size_t f = 0; f < NET_POOL; f++)
        p->pool_back[f] /= 1 - pool_left_out;
}

static void filters_learn(struct pass *p)
{
    for (size_t f = 0; f < NET_FILTERS; f++) {
        float back = p->pool_back[f];
        if (p->off[f] || p->pool[f] <= 0)
            continue;
        move(&layers.filter_bias[f], &grown.filter_bias[f], back);
        for (size_t k = 0; k < NET_SPAN; k++)
            for (size_t d = 0; d < NET_WIDE; d++) {
                p->back[p->at[f] + k][d] += back * layers.filters[k][d][f];
                move(&layers.filters[k][d][f], &grown.filters[k][d][f],
                     back * p->words[p->at[f] + k][d]);
            }
    }
}

static void words_learn(const struct net_sample *s, struct pass *p)
{
    float root = sqrtf((float)(s->count + 1));
    for (size_t i = 0; i < s->count; i++) {
        const struct net_train_word *w = &s->words[i];
        float *back = p->back[i + 1];
        for (size_t d = 0; d < NET_WIDE; d++)
            if (!p->off[NET_FILTERS + d])
                back[d] += p->pool_back[NET_FILTERS + d] / root;
        for (size_t k = 0; k < w->count && !p->out[i]; k++) {
            float share = k < w->letters ? letters_share(w) : 1;
            size_t at = k ? w->at[k] : p->first[i];
            for (size_t d = 0; d < NET_WIDE; d++)
                move(&vectors[at][d], &vectors_grown[at][d], back[d] * share);
        }
    }
}

static void sample_learn(const struct net_sample *s)
{
    static struct pass p;
    sample_forward(s, &p);
    memset(p.back, 0, (s->count + NET_SPAN) * sizeof *p.back);
    layers_learn(s, &p);
    filters_learn(&p);
    words_learn(s, &p);
}

/* Puts a word among the nearest ones, the nearest first. */
static void alike_put(uint16_t words[ALIKE], float near[ALIKE], uint16_t word, float x)
{
    size_t k = ALIKE - 1;
    for (; k > 0 && near[k - 1] < x; k--) {
        near[k] = near[k - 1];
        words[k] = words[k - 1];
    }
    near[k] = x;
    words[k] = word;
}

/* Finds the words near each one, itself where there are fewer. */
static void alike_find(void)
{
    static float unit[NET_WIDE][NET_WORDS], cosine[NET_WORDS];
    for (size_t i = 0; i < NET_WORDS; i++) {
        float sum = 1e-9f;
        for (size_t d = 0; d < NET_WIDE; d++)
            sum += vectors[i][d] * vectors[i][d];
        for (size_t d = 0; d < NET_WIDE; d++)
            unit[d][i] = vectors[i][d] / sqrtf(sum);
    }
    for (size_t i = 0; i < NET_WORDS; i++) {
        float near[ALIKE];
        memset(cosine, 0, sizeof cosine);
        for (size_t d = 0; d < NET_WIDE; d++)
            for (size_t k = 0; k < NET_WORDS; k++)
                cosine[k] += unit[d][i] * unit[d][k];
        for (size_t k = 0; k < ALIKE; k++) {
            near[k] = alike_least;
            alike[i][k] = (uint16_t)i;
        }
        for (size_t k = 0; k < NET_WORDS; k++)
            if (cosine[k] > near[ALIKE - 1] && k != i)
                alike_put(alike[i], near, (uint16_t)k, cosine[k]);
    }
}

static void numbers_start(float *at, size_t count, float wide)
{
    for (size_t i = 0; i < count; i++)
        at[i] = (random_next() - 0.5f) * wide;
}

static void start(void)
{
    numbers_start(vectors[NET_WORDS], (NET_VECTORS - NET_WORDS) * NET_WIDE, 1);
    numbers_start(layers.filters[0][0], NET_SPAN * NET_WIDE * NET_FILTERS, 0.35f);
    numbers_start(layers.hide[0], NET_POOL * NET_HIDDEN, 0.4f);
    numbers_start(layers.hide_concepts[0], (CONCEPTS + 1) * NET_HIDDEN, 0.8f);
    numbers_start(layers.out[0], NET_HIDDEN * GUARD_CLASSES, 0.8f);
}

static void vectors_write(struct net_weights *ret)
{
    float most = 0;
    for (size_t i = 0; i < NET_VECTORS; i++)
        for (size_t d = 0; d < NET_WIDE; d++)
            most = fabsf(vectors[i][d]) > most ? fabsf(vectors[i][d]) : most;
    ret->scale = most / 127;
    for (size_t i = 0; i < NET_VECTORS; i++)
        for (size_t d = 0; d < NET_WIDE; d++) {
            float x = vectors[i][d] / ret->scale;
            ret->vectors[i][d] = (int8_t)(x < 0 ? x - 0.5f : x + 0.5f);
        }
}

void net_train(const struct net_sample *samples, size_t count, struct net_weights *ret)
{
    size_t *order = malloc(sizeof *order * (count + 1));
    if (!order)
        abort();
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    alike_find();
    start();
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = count; i > 1; i--) {
            size_t k = (size_t)(random_next() * (float)i), x = order[i - 1];
            k = k < i ? k : i - 1;
            order[i - 1] = order[k];
            order[k] = x;
        }
        for (size_t i = 0; i < count; i++)
            sample_learn(&samples[order[i]]);
    }
    free(order);
    vectors_write(ret);
    ret->layers = layers;
}
