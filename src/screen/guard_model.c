/* guard_model.c: features and sums of the guard's model. */
#include "guard_model.h"

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
    return (uint32_t)(h >> 37) & (MODEL_ROWS - 1);
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

enum { NAME = 7 };

static size_t characters_read(const struct guard_view *v, size_t first, size_t count,
                              uint32_t *rows)
{
    const unsigned char *text = (const unsigned char *)v->plain.at;
    size_t n = 0, from = v->words[first].start - 1, to = v->words[first + count - 1].end + 1;
    for (size_t i = from; i + 3 <= to; i++) {
        uint64_t gram = (uint64_t)text[i] << 16 | (uint64_t)text[i + 1] << 8 | text[i + 2];
        rows[n++] = mix(gram, 3);
        if (i + 5 <= to)
            rows[n++] = mix(gram << 16 | (uint64_t)text[i + 3] << 8 | text[i + 4], 5);
    }
    return n;
}

/* A name counts as any other name. */
static size_t words_read(const struct guard_view *v, const struct concept_word *facts, size_t first,
                         size_t count, uint32_t *rows)
{
    for (size_t i = 0; i < count; i++)
        rows[i] = mix(facts[first + i].name ? NAME : v->words[first + i].hash, 101);
    return count;
}

enum { REACH = 10, ALONE = 201, PAIR = 202 };

static uint32_t row_alone(unsigned concept)
{
    return mix(concept, ALONE);
}

/* Concept `a` with each of `others` that it has not been seen with. */
static size_t pairs_read(unsigned a, const struct concept_bits *others, struct concept_bits *seen,
                         uint32_t *rows)
{
    size_t n = 0;
    for (unsigned p = 0; p < LENGTH(others->part); p++) {
        uint64_t fresh = others->part[p] & ~seen[a].part[p];
        seen[a].part[p] |= fresh;
        for (; fresh; fresh &= fresh - 1) {
            unsigned b = 64 * p + (unsigned)__builtin_ctzll(fresh);
            rows[n++] = a < b ? mix(a * CONCEPTS + b, PAIR) : mix(b * CONCEPTS + a, PAIR);
            seen[b].part[a / 64] |= (uint64_t)1 << a % 64;
        }
    }
    return n;
}

/* Concepts alone, and in pairs within REACH words of each other; each once. */
static size_t concepts_read(const struct concept_word *facts, size_t count, uint32_t *rows,
                            struct model_concepts *ret)
{
    struct concept_bits seen[CONCEPTS] = { 0 }, alone = { 0 }, recent[REACH] = { 0 };
    size_t n = 0;
    ret->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct concept_bits near = recent[0];
        for (size_t k = 1; k < REACH; k++)
            for (size_t p = 0; p < LENGTH(near.part); p++)
                near.part[p] |= recent[k].part[p];
        for (unsigned p = 0; p < LENGTH(near.part); p++)
            for (uint64_t left = facts[i].bits.part[p]; left; left &= left - 1) {
                unsigned a = 64 * p + (unsigned)__builtin_ctzll(left);
                if (!(alone.part[p] >> a % 64 & 1)) {
                    rows[n++] = row_alone(a);
                    ret->at[ret->count++] = (uint8_t)a;
                }
                alone.part[p] |= (uint64_t)1 << a % 64;
                n += pairs_read(a, &near, seen, rows + n);
            }
        recent[i % REACH] = facts[i].bits;
    }
    return n;
}

/* Room for the rows of all concepts of some words: alone, with itself, and with each other one. */
static size_t concept_rows(const struct concept_word *facts, size_t count)
{
    struct concept_bits any = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t p = 0; p < LENGTH(any.part); p++)
            any.part[p] |= facts[i].bits.part[p];
    for (size_t p = 0; p < LENGTH(any.part); p++)
        n += (size_t)__builtin_popcountll(any.part[p]);
    return n * (n + 3) / 2;
}

struct model_features model_features(struct arena *a, const struct concepts *c,
                                     const struct guard_view *v, size_t first, size_t count)
{
    struct model_features f = { .counts = { 0 } };
    if (!count)
        return f;
    size_t bytes = v->words[first + count - 1].end - v->words[first].start + 2;
    f.rows[0] = arena_many(a, bytes * 2, uint32_t);
    f.rows[1] = arena_many(a, count, uint32_t);
    const struct concept_word *facts = concepts_find(a, c, v);
    f.rows[2] = arena_many(a, concept_rows(facts + first, count), uint32_t);
    f.counts[0] = characters_read(v, first, count, f.rows[0]);
    f.counts[1] = words_read(v, facts, first, count, f.rows[1]);
    f.counts[2] = concepts_read(facts + first, count, f.rows[2], &f.concepts);
    return f;
}

float model_share(size_t count)
{
    return count ? 1 / sqrtf((float)count) : 0;
}

/* Adds up rows; 256 of them fit into 16 bits, which the machine adds eight at a time. */
static void rows_sum(const struct model_weights *w, const uint32_t *rows, size_t n,
                     int32_t sum[GUARD_CLASSES])
{
    for (size_t i = 0; i < n;) {
        int16_t part[GUARD_CLASSES] = { 0 };
        for (size_t end = n - i < 256 ? n : i + 256; i < end; i++)
            for (size_t k = 0; k < GUARD_CLASSES; k++)
                part[k] = (int16_t)(part[k] + w->rows[rows[i]][k]);
        for (size_t k = 0; k < GUARD_CLASSES; k++)
            sum[k] += part[k];
    }
}

/* What some words add to each class, group by group. */
struct tally {
    int32_t sums[MODEL_GROUPS][GUARD_CLASSES];
    size_t counts[MODEL_GROUPS];
};

void model_hide(const struct model_inner *in, const struct model_concepts *concepts,
                float ret[MODEL_HIDDEN])
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

static void tally_judge(const struct model_weights *w, const struct tally *t,
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
    for (size_t j = 0; j < MODEL_HIDDEN; j++)
        for (size_t k = 0; k < GUARD_CLASSES; k++)
            logit[k] += hidden[j] * w->out[j][k];
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
    return t;
}

enum { HALF = MODEL_WINDOW / 2 };

/* Room for the rows of the longest half window and of a window's concepts; most texts have few. */
static uint32_t *rows_room(struct arena *a, const struct guard_view *v,
                           const struct concept_word *facts)
{
    size_t most = concept_rows(facts, v->count);
    for (size_t first = 0; first < v->count; first += HALF) {
        size_t last = first + HALF < v->count ? first + HALF - 1 : v->count - 1;
        size_t need = (v->words[last].end - v->words[first].start + 2) * 2;
        most = need > most ? need : most;
    }
    return arena_many(a, most, uint32_t);
}

/* Letters and words are added up once for each half window, concepts for each whole one. */
struct model_verdict model_judge(struct arena *a, const struct concepts *c,
                                 const struct model_weights *w, const struct guard_view *v,
                                 unsigned classes)
{
    struct model_verdict worst = { .classes = { 1 } };
    float most = -1;
    const struct concept_word *facts = concepts_find(a, c, v);
    uint32_t *rows = rows_room(a, v, facts);
    struct tally before = { 0 };
    for (size_t first = 0; first < v->count; first += HALF) {
        size_t count = v->count - first < HALF ? v->count - first : HALF;
        struct tally now = { 0 };
        now.counts[0] = characters_read(v, first, count, rows);
        rows_sum(w, rows, now.counts[0], now.sums[0]);
        now.counts[1] = words_read(v, facts, first, count, rows);
        rows_sum(w, rows, now.counts[1], now.sums[1]);
        struct tally window = tally_add(&before, &now);
        before = now;
        if (first == 0 && v->count > HALF)
            continue;
        size_t from = first ? first - HALF : 0;
        struct model_verdict here;
        window.counts[2] = concepts_read(facts + from, first + count - from, rows, &here.concepts);
        rows_sum(w, rows, window.counts[2], window.sums[2]);
        tally_judge(w, &window, &here.concepts, here.classes);
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
