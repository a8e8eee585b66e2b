/* guard_model.c: features and sums of the guard's model. */
#include "guard_model.h"

#include "words.h"

#include <math.h>
#include <string.h>

extern const struct model_weights guard_begin;

const struct model_weights *model_own(void)
{
    return &guard_begin;
}

static uint32_t mix(uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ (b + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u) * 0x94d049bb133111ebu;
    return (uint32_t)(((h ^ h >> 29) >> 16 & UINT32_MAX) * MODEL_ROWS >> 32);
}

float model_exp(float x)
{
    if (x < -80)
        return 0;
    if (x > 80)
        x = 80;
    int halvings = 0;
    for (; x > 0.01f || x < -0.01f; halvings++)
        x /= 2;
    float e = 1 + x + x * x / 2 + x * x * x / 6;
    while (halvings-- > 0)
        e *= e;
    return e;
}

enum { NAME = 7, STEM = 5, STEP = 2, REACH = 10 };

/* What tells rows of different features apart. */
enum { OF_LETTERS = 3, OF_WORD = 101, OF_STEM, OF_WORD_PAIR, ALONE = 201, PAIR, NEXT };

/* Rows of a group. With weights they are added up as they come, else kept. */
struct row_list {
    struct arena *arena;
    const struct model_weights *weights;
    uint32_t *at;
    size_t n, room, count; /* at hand; room; added up */
    int32_t sum[GUARD_CLASSES];
};

enum { AT_HAND = 256 }; /* rows whose sum fits into 16 bits */

/* Sums of rows that the machine adds as a whole; a row has eight bits for each number. */
typedef int16_t sum_lanes __attribute__((vector_size(2 * GUARD_CLASSES)));
typedef int8_t row_lanes __attribute__((vector_size(sizeof(sum_lanes))));

/* Each byte of a row twice and shifted back is the number in 16 bits. */
static sum_lanes row_widen(const int8_t row[GUARD_CLASSES])
{
    typedef uint64_t word_lanes __attribute__((vector_size(sizeof(sum_lanes))));
    uint64_t bytes;
    memcpy(&bytes, row, sizeof bytes);
    row_lanes low = (row_lanes)(word_lanes){ bytes, 0 };
    low = __builtin_shufflevector(low, low, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
    return (sum_lanes)low >> 8;
}

static void rows_sum(struct row_list *r)
{
    sum_lanes part = { 0 };
    for (size_t i = 0; i < r->n; i++)
        part += row_widen(r->weights->rows[r->at[i]]);
    for (size_t k = 0; k < GUARD_CLASSES; k++)
        r->sum[k] += part[k];
    r->count += r->n;
    r->n = 0;
}

static void rows_grow(struct row_list *r)
{
    uint32_t *more = arena_many(r->arena, r->room * 2 + AT_HAND, uint32_t);
    if (r->n)
        memcpy(more, r->at, r->n * sizeof *more);
    r->at = more;
    r->room = r->room * 2 + AT_HAND;
}

/* How many rows there is room for, at least one. */
static inline size_t rows_room(struct row_list *r)
{
    if (r->n == r->room) {
        if (r->weights)
            rows_sum(r);
        else
            rows_grow(r);
    }
    return r->room - r->n;
}

static inline void row_add(struct row_list *r, uint32_t row)
{
    rows_room(r);
    r->at[r->n++] = row;
}

static void letters_read(const struct guard_view *v, size_t first, size_t count, struct row_list *r)
{
    const unsigned char *text = (const unsigned char *)v->plain.at;
    size_t from = v->words[first].start - 1, to = v->words[first + count - 1].end + 1;
    uint32_t gram = (uint32_t)text[from] << 8 | text[from + 1];
    for (size_t i = from + 2, end; i < to;) {
        size_t room = rows_room(r);
        uint32_t *at = r->at + r->n;
        end = to - i < room ? to : i + room;
        r->n += end - i;
        for (; i < end; i++) {
            gram = (gram << 8 | text[i]) & 0xffffff;
            *at++ = mix(gram, OF_LETTERS);
        }
    }
}

/* A name counts as any other name. */
static uint64_t word_of(const struct guard_view *v, const struct concept_word *facts, size_t i)
{
    return facts[i].name ? NAME : v->words[i].hash;
}

static bool has_stem(const struct guard_view *v, const struct concept_word *facts, size_t i)
{
    return !facts[i].name && v->words[i].end - v->words[i].start > STEM;
}

static uint64_t stem_of(const struct guard_view *v, size_t i)
{
    uint64_t hash = hash_start;
    for (size_t k = 0; k < STEM; k++)
        hash = hash_byte(hash, (unsigned char)v->plain.at[v->words[i].start + k]);
    return hash;
}

/* Each concept of one word before each of another. */
static void steps_read(const struct concept_bits *before, const struct concept_bits *behind,
                       struct row_list *r)
{
    for (unsigned p = 0; p < LENGTH(before->part); p++)
        for (uint64_t left = before->part[p]; left; left &= left - 1) {
            unsigned a = 64 * p + (unsigned)__builtin_ctzll(left);
            for (unsigned q = 0; q < LENGTH(behind->part); q++)
                for (uint64_t right = behind->part[q]; right; right &= right - 1) {
                    unsigned b = 64 * q + (unsigned)__builtin_ctzll(right);
                    row_add(r, mix(a * CONCEPTS + b, NEXT));
                }
        }
}

/* What goes from word to word; the words before the first one count as its neighbours. */
static void words_read(const struct guard_view *v, const struct concept_word *facts, size_t first,
                       size_t count, struct row_list groups[MODEL_CONCEPTS])
{
    uint64_t before = first ? word_of(v, facts, first - 1) : 0;
    for (size_t i = first; i < first + count; i++) {
        uint64_t word = word_of(v, facts, i);
        row_add(&groups[MODEL_WORDS], mix(word, OF_WORD));
        if (has_stem(v, facts, i))
            row_add(&groups[MODEL_STEMS], mix(stem_of(v, i), OF_STEM));
        if (i)
            row_add(&groups[MODEL_WORD_PAIRS], mix(before * 31 + word, OF_WORD_PAIR));
        for (size_t k = 1; k <= STEP && k <= i; k++)
            steps_read(&facts[i - k].bits, &facts[i].bits, &groups[MODEL_CONCEPT_STEPS]);
        before = word;
    }
}

static uint32_t row_alone(unsigned concept)
{
    return mix(concept, ALONE);
}

/* Concept `a` with each of `others` that it has not been seen with. */
static void pairs_read(unsigned a, const struct concept_bits *others, struct concept_bits *seen,
                       struct row_list *r)
{
    for (unsigned p = 0; p < LENGTH(others->part); p++) {
        uint64_t fresh = others->part[p] & ~seen[a].part[p];
        seen[a].part[p] |= fresh;
        for (; fresh; fresh &= fresh - 1) {
            unsigned b = 64 * p + (unsigned)__builtin_ctzll(fresh);
            row_add(r, a < b ? mix(a * CONCEPTS + b, PAIR) : mix(b * CONCEPTS + a, PAIR));
            seen[b].part[a / 64] |= (uint64_t)1 << a % 64;
        }
    }
}

/* Concepts alone, and in pairs within REACH words of each other; each once. */
static void concepts_read(const struct concept_word *facts, size_t count, struct row_list *r,
                          struct model_concepts *ret)
{
    struct concept_bits seen[CONCEPTS] = { 0 }, alone = { 0 }, recent[REACH] = { 0 };
    ret->count = 0;
    size_t place = 0; /* of the word in `recent` */
    for (size_t i = 0; i < count; recent[place] = facts[i].bits, i++) {
        place = place + 1 < REACH ? place + 1 : 0;
        if (!facts[i].bits.part[0] && !facts[i].bits.part[1])
            continue;
        struct concept_bits near = recent[0];
        for (size_t k = 1; k < REACH; k++)
            for (size_t p = 0; p < LENGTH(near.part); p++)
                near.part[p] |= recent[k].part[p];
        for (unsigned p = 0; p < LENGTH(near.part); p++)
            for (uint64_t left = facts[i].bits.part[p]; left; left &= left - 1) {
                unsigned a = 64 * p + (unsigned)__builtin_ctzll(left);
                if (!(alone.part[p] >> a % 64 & 1)) {
                    row_add(r, row_alone(a));
                    ret->at[ret->count++] = (uint8_t)a;
                }
                alone.part[p] |= (uint64_t)1 << a % 64;
                pairs_read(a, &near, seen, r);
            }
    }
}

struct model_features model_features(struct arena *a, const struct concepts *c,
                                     const struct guard_view *v, size_t first, size_t count)
{
    struct model_features f = { .counts = { 0 } };
    struct row_list groups[MODEL_GROUPS] = { 0 };
    if (!count)
        return f;
    for (size_t g = 0; g < MODEL_GROUPS; g++)
        groups[g].arena = a;
    const struct concept_word *facts = concepts_find(a, c, v);
    letters_read(v, first, count, &groups[MODEL_LETTERS]);
    words_read(v, facts, first, count, groups);
    concepts_read(facts + first, count, &groups[MODEL_CONCEPTS], &f.concepts);
    for (size_t g = 0; g < MODEL_GROUPS; g++) {
        f.rows[g] = groups[g].at;
        f.counts[g] = groups[g].n;
    }
    return f;
}

float model_share(size_t count)
{
    return count ? 1 / sqrtf((float)count) : 0;
}

/* What some words add to each class, group by group, and give the network. */
struct tally {
    int32_t sums[MODEL_GROUPS][GUARD_CLASSES];
    size_t counts[MODEL_GROUPS], words;
    struct net_pool pool;
};

void model_hide(const struct model_inner *in, const struct model_concepts *concepts,
                float ret[restrict MODEL_HIDDEN])
{
    float share = model_share(concepts->count);
    for (size_t j = 0; j < MODEL_HIDDEN; j++)
        ret[j] = 0;
    for (size_t i = 0; i < concepts->count; i++)
        for (size_t j = 0; j < MODEL_HIDDEN; j++)
            ret[j] += in->weights[concepts->at[i]][j];
    for (size_t j = 0; j < MODEL_HIDDEN; j++) {
        ret[j] = ret[j] * share + in->weights[CONCEPTS][j];
        ret[j] = ret[j] > 0 ? ret[j] : 0;
    }
}

/* How much the network has to say beside the rest; less of injections, where it takes harmless
   texts with the same few words for some. */
static const float net_share[GUARD_CLASSES] = {
    0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, [GUARD_INJECTION] = 0.25f, [GUARD_HARM] = 0.5f,
};

static void tally_judge(const struct model_weights *w, const struct net *net, const struct tally *t,
                        const struct model_concepts *concepts, float ret[GUARD_CLASSES])
{
    float logit[GUARD_CLASSES], hidden[MODEL_HIDDEN], sum = 0, top;
    model_hide(&w->in, concepts, hidden);
    memcpy(logit, w->bias, sizeof logit);
    for (size_t g = 0; g < MODEL_GROUPS; g++) {
        float share = model_share(t->counts[g]);
        for (size_t k = 0; k < GUARD_CLASSES; k++)
            logit[k] += w->scale * (float)t->sums[g][k] * share;
    }
    classes_add(w->out, hidden, MODEL_HIDDEN, logit);
    net_judge(net, &t->pool, t->words, concepts->at, concepts->count, net_share, logit);
    top = logit[0];
    for (size_t k = 1; k < GUARD_CLASSES; k++)
        top = logit[k] > top ? logit[k] : top;
    for (size_t k = 0; k < GUARD_CLASSES; k++)
        sum += ret[k] = model_exp(logit[k] - top);
    for (size_t k = 0; k < GUARD_CLASSES; k++)
        ret[k] /= sum;
}

static struct tally tally_add(const struct tally *a, const struct tally *b)
{
    struct tally t = *a;
    for (size_t g = 0; g < MODEL_GROUPS; g++) {
        t.counts[g] += b->counts[g];
        for (size_t k = 0; k < GUARD_CLASSES; k++)
            t.sums[g][k] += b->sums[g][k];
    }
    t.words += b->words;
    t.pool = net_pool_add(&a->pool, &b->pool);
    return t;
}

static void tally_take(struct tally *t, size_t group, struct row_list *r)
{
    rows_sum(r);
    t->counts[group] = r->count;
    memcpy(t->sums[group], r->sum, sizeof r->sum);
}

/* All but the concepts of some words in a row. */
static struct tally half_read(const struct model_weights *w, const struct net *net,
                              const struct guard_view *v, const struct concept_word *facts,
                              size_t first, size_t count)
{
    uint32_t at[MODEL_CONCEPTS][AT_HAND];
    struct row_list groups[MODEL_CONCEPTS];
    struct tally t = { .words = count };
    for (size_t g = 0; g < MODEL_CONCEPTS; g++)
        groups[g] = (struct row_list){ .weights = w, .at = at[g], .room = AT_HAND };
    letters_read(v, first, count, &groups[MODEL_LETTERS]);
    words_read(v, facts, first, count, groups);
    for (size_t g = 0; g < MODEL_CONCEPTS; g++)
        tally_take(&t, g, &groups[g]);
    t.pool = net_read(net, v, facts, first, count);
    return t;
}

enum { HALF = MODEL_WINDOW / 2 };

/* Concepts are added up once for each window, the rest once for each half. */
struct model_verdict model_judge(struct arena *a, const struct concepts *c, const struct net *net,
                                 const struct model_weights *w, const struct guard_view *v,
                                 unsigned classes)
{
    struct model_verdict worst = { .classes = { 1 } };
    float most = -1;
    const struct concept_word *facts = concepts_find(a, c, v);
    struct tally before = { 0 };
    for (size_t first = 0; first < v->count; first += HALF) {
        size_t count = v->count - first < HALF ? v->count - first : HALF;
        struct tally now = half_read(w, net, v, facts, first, count);
        struct tally window = tally_add(&before, &now);
        before = now;
        if (first == 0 && v->count > HALF)
            continue;
        size_t from = first ? first - HALF : 0;
        uint32_t at[AT_HAND];
        struct row_list concepts = { .weights = w, .at = at, .room = AT_HAND };
        struct model_verdict here;
        concepts_read(facts + from, first + count - from, &concepts, &here.concepts);
        tally_take(&window, MODEL_CONCEPTS, &concepts);
        tally_judge(w, net, &window, &here.concepts, here.classes);
        float against = 0;
        for (size_t k = 1; k < GUARD_CLASSES; k++)
            against = classes >> k & 1 && here.classes[k] > against ? here.classes[k] : against;
        if (against > most) {
            most = against;
            worst = here;
        }
    }
    return worst;
}

const char *model_reason(const struct model_weights *w, const struct model_verdict *v,
                         enum guard_class class)
{
    const char *name = NULL;
    int most = 0;
    for (size_t i = 0; i < v->concepts.count; i++) {
        int here = w->rows[row_alone(v->concepts.at[i])][class];
        if (here > most) {
            most = here;
            name = concept_name(v->concepts.at[i]);
        }
    }
    return name;
}
