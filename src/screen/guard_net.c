/* guard_net.c: the network that reads words in their order. */
#include "guard_net.h"

#include "words.h"

#include <math.h>
#include <string.h>

/* What a vector gives to each filter at each place of its span, and itself: fixed point, so that
   the sum of all vectors of a word fits into 16 bits. */
enum { ANSWERS = NET_SPAN * NET_FILTERS + NET_WIDE, POINT = 256 };

/* Answers that the machine adds as a whole; without a sign, so that a sum that does not fit has a
   meaning. All of them stay in registers while vectors are added. */
typedef uint16_t lanes __attribute__((vector_size(16)));
enum { LANE = sizeof(lanes) / sizeof(int16_t), LANES = ANSWERS / LANE };
_Static_assert(ANSWERS % LANE == 0, "answers fill the lanes");

enum { SLOTS = 1 << 15, GRAM = 4 };
_Static_assert(NET_WORDS * 2 < SLOTS && NET_VECTORS < UINT16_MAX, "places fit into 16 bits");

struct net_index {
    uint32_t words[SLOTS];
    uint16_t places[SLOTS];
};

struct net {
    const struct net_layers *layers;
    const struct net_index *index;
    lanes answers[NET_VECTORS][LANES];
};

static size_t slot_of(const struct net_index *index, uint32_t word)
{
    size_t i = word & (SLOTS - 1);
    while (index->words[i] && index->words[i] != word)
        i = (i + 1) & (SLOTS - 1);
    return i;
}

const struct net_index *net_index_new(struct arena *a, const uint32_t words[NET_WORDS])
{
    struct net_index *index = arena_new(a, struct net_index);
    for (size_t i = 0; i < NET_WORDS; i++) {
        size_t slot = slot_of(index, words[i]);
        index->words[slot] = words[i];
        index->places[slot] = (uint16_t)i;
    }
    return index;
}

static int16_t fixed(float x)
{
    x *= POINT;
    return (int16_t)(x > INT16_MAX   ? INT16_MAX
                     : x < INT16_MIN ? INT16_MIN
                     : x < 0         ? x - 0.5f
                                     : x + 0.5f);
}

const struct net *net_new(struct arena *a, const struct net_weights *w)
{
    struct net *n = arena_new(a, struct net);
    n->layers = &w->layers;
    n->index = net_index_new(a, w->words);
    for (size_t i = 0; i < NET_VECTORS; i++) {
        float answers[ANSWERS] = { 0 };
        for (size_t d = 0; d < NET_WIDE; d++) {
            float x = w->scale * (float)w->vectors[i][d];
            for (size_t s = 0; s < NET_SPAN; s++)
                for (size_t f = 0; f < NET_FILTERS; f++)
                    answers[s * NET_FILTERS + f] += x * w->layers.filters[s][d][f];
            answers[NET_SPAN * NET_FILTERS + d] = x;
        }
        for (size_t k = 0; k < ANSWERS; k++)
            n->answers[i][k / LANE][k % LANE] = (uint16_t)fixed(answers[k]);
    }
    return n;
}

static uint16_t letters_place(uint64_t hash)
{
    return (uint16_t)(NET_OF_LETTERS + (hash * 0x94d049bb133111ebu >> 40) % NET_LETTERS);
}

/* Four letters in a row, with the blanks around the word, and the whole word. */
static void letters_read(const char *plain, size_t n, uint64_t hash, struct net_word *ret)
{
    for (size_t i = 0; i + GRAM <= n + 2 && ret->count + 1 < NET_GRAMS; i++) {
        uint64_t gram = hash_start;
        for (size_t k = 0; k < GRAM; k++)
            gram = hash_byte(gram, (unsigned char)plain[i + k]);
        ret->at[ret->count++] = letters_place(gram);
    }
    ret->at[ret->count++] = letters_place(hash);
    ret->letters = ret->count;
}

void net_word_read(const struct net_index *index, const struct guard_view *v,
                   const struct concept_word *facts, size_t i, struct net_word *ret)
{
    const struct view_word *w = &v->words[i];
    ret->count = ret->letters = 0;
    if (!facts[i].name) {
        size_t slot = slot_of(index, (uint32_t)(w->hash >> 32));
        if (index->words[slot])
            ret->at[ret->count++] = index->places[slot];
        else if ((unsigned)v->plain.at[w->start] - '0' < 10)
            ret->at[ret->count++] = letters_place(w->end - w->start); /* a number of that length */
        else
            letters_read(v->plain.at + w->start - 1, w->end - w->start, w->hash, ret);
    }
    for (unsigned p = 0; p < LENGTH(facts->bits.part); p++)
        for (uint64_t left = facts[i].bits.part[p]; left; left &= left - 1)
            ret->at[ret->count++] =
                (uint16_t)(NET_OF_CONCEPTS + 64 * p + (unsigned)__builtin_ctzll(left));
    for (unsigned left = w->marks; left; left &= left - 1)
        ret->at[ret->count++] = (uint16_t)(NET_OF_MARKS + (unsigned)__builtin_ctz(left));
}

/* Adds what some vectors answer. */
static inline void answers_add(const struct net *n, const uint16_t *at, size_t count,
                               lanes sum[LANES])
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < LANES; k++)
            sum[k] += n->answers[at[i]][k];
}

/* Takes a share of answers, in parts of POINT, rounded towards zero; the halves of a size are
   taken one by one, so that 16 bits do. */
static inline void answers_share(uint16_t share, lanes sum[LANES])
{
    for (size_t k = 0; k < LANES; k++) {
        lanes sign = -(sum[k] >> 15), size = (sum[k] ^ sign) - sign;
        lanes part = (size / POINT) * share + (size % POINT) * share / POINT;
        sum[k] = (part ^ sign) - sign;
    }
}

/* The answers to one word of a view; none beyond its ends. */
static void word_answer(const struct net *n, const struct guard_view *v,
                        const struct concept_word *facts, size_t i, int16_t ret[ANSWERS])
{
    lanes sum[LANES] = { 0 };
    struct net_word w;
    w.count = w.letters = 0;
    if (i < v->count)
        net_word_read(n->index, v, facts, i, &w);
    if (w.letters) {
        answers_add(n, w.at, w.letters, sum);
        answers_share((uint16_t)(POINT / sqrtf((float)w.letters)), sum);
    }
    answers_add(n, w.at + w.letters, w.count - w.letters, sum);
    memcpy(ret, sum, sizeof sum);
}

struct net_pool net_read(const struct net *n, const struct guard_view *v,
                         const struct concept_word *facts, size_t first, size_t count)
{
    int16_t answers[NET_SPAN][ANSWERS], bias[NET_FILTERS];
    int16_t *before = answers[0], *here = answers[1], *behind = answers[2];
    struct net_pool pool = { .most = { 0 } };
    for (size_t f = 0; f < NET_FILTERS; f++)
        bias[f] = fixed(n->layers->filter_bias[f]);
    word_answer(n, v, facts, first - 1, before); /* before the first: beyond the end */
    word_answer(n, v, facts, first, here);
    for (size_t i = 0; i < count; i++) {
        word_answer(n, v, facts, first + i + 1, behind);
        for (size_t f = 0; f < NET_FILTERS; f++) {
            int16_t x = (int16_t)(before[f] + here[NET_FILTERS + f] + behind[2 * NET_FILTERS + f] +
                                  bias[f]);
            pool.most[f] = x > pool.most[f] ? x : pool.most[f];
        }
        for (size_t d = 0; d < NET_WIDE; d++)
            pool.sum[d] += here[NET_SPAN * NET_FILTERS + d];
        int16_t *free = before;
        before = here;
        here = behind;
        behind = free;
    }
    return pool;
}

struct net_pool net_pool_add(const struct net_pool *a, const struct net_pool *b)
{
    struct net_pool p = *a;
    for (size_t f = 0; f < NET_FILTERS; f++)
        p.most[f] = b->most[f] > p.most[f] ? b->most[f] : p.most[f];
    for (size_t d = 0; d < NET_WIDE; d++)
        p.sum[d] += b->sum[d];
    return p;
}

void net_hide(const struct net_layers *l, const float pool[NET_POOL], const uint8_t *concepts,
              size_t concept_count, float ret[restrict NET_HIDDEN])
{
    float share = concept_count ? 1 / sqrtf((float)concept_count) : 0;
    for (size_t j = 0; j < NET_HIDDEN; j++)
        ret[j] = 0;
    for (size_t i = 0; i < concept_count; i++)
        for (size_t j = 0; j < NET_HIDDEN; j++)
            ret[j] += l->hide_concepts[concepts[i]][j];
    for (size_t j = 0; j < NET_HIDDEN; j++)
        ret[j] = ret[j] * share + l->hide_concepts[CONCEPTS][j];
    for (size_t f = 0; f < NET_POOL; f++)
        for (size_t j = 0; j < NET_HIDDEN; j++)
            ret[j] += pool[f] * l->hide[f][j];
    for (size_t j = 0; j < NET_HIDDEN; j++)
        ret[j] = ret[j] > 0 ? ret[j] : 0;
}

void classes_add(const float rows[][GUARD_CLASSES], const float *by, size_t count,
                 float ret[GUARD_CLASSES])
{
    typedef float class_lanes __attribute__((vector_size(16)));
    enum { LANES_OF_CLASSES = GUARD_CLASSES * sizeof(float) / sizeof(class_lanes) };
    class_lanes sum[LANES_OF_CLASSES], row[LANES_OF_CLASSES];
    memcpy(sum, ret, sizeof sum);
    for (size_t i = 0; i < count; i++) {
        memcpy(row, rows[i], sizeof row);
        for (size_t k = 0; k < LANES_OF_CLASSES; k++)
            sum[k] += by[i] * row[k];
    }
    memcpy(ret, sum, sizeof sum);
}

void net_out(const struct net_layers *l, const float pool[NET_POOL], const float hidden[NET_HIDDEN],
             float ret[GUARD_CLASSES])
{
    memcpy(ret, l->bias, sizeof l->bias);
    classes_add(l->out, hidden, NET_HIDDEN, ret);
    classes_add(l->pool_out, pool, NET_POOL, ret);
}

void net_judge(const struct net *n, const struct net_pool *pool, size_t words,
               const uint8_t *concepts, size_t concept_count, const float share[GUARD_CLASSES],
               float logit[GUARD_CLASSES])
{
    float numbers[NET_POOL], hidden[NET_HIDDEN], said[GUARD_CLASSES];
    for (size_t f = 0; f < NET_FILTERS; f++)
        numbers[f] = (float)pool->most[f] / POINT;
    for (size_t d = 0; d < NET_WIDE; d++)
        numbers[NET_FILTERS + d] = (float)pool->sum[d] / POINT / sqrtf((float)(words + 1));
    net_hide(n->layers, numbers, concepts, concept_count, hidden);
    net_out(n->layers, numbers, hidden, said);
    for (size_t k = 0; k < GUARD_CLASSES; k++)
        logit[k] += share[k] * said[k];
}
