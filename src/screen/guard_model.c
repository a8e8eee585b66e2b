/* guard_model.c: features and sums of the guard's linear model. */
#include "guard_model.h"

#include "gazetteer.h"

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

/* What the features need of a word, looked up once. */
struct fact {
    uint64_t key, bits; /* the word, or NAME; its concepts */
};

enum { NAME = 7 };

/* A name that is no word counts as any other name, and as a person. */
static struct fact *facts_find(struct arena *a, const struct concepts *c,
                               const struct guard_view *v)
{
    struct fact *facts = arena_many(a, v->count + 1, struct fact);
    for (size_t i = 0; i < v->count; i++) {
        uint64_t hash = v->words[i].hash;
        unsigned lists = gazetteer_look(hash);
        bool name = lists & (GAZETTEER_FIRST | GAZETTEER_LAST) &&
                    !(lists & (GAZETTEER_WORD | GAZETTEER_FUNCTION));
        uint64_t bits = concept_look(c, hash);
        facts[i] = (struct fact){ name ? NAME : hash, bits || !name ? bits : CONCEPT_PERSON };
    }
    return facts;
}

static size_t characters_read(const struct guard_view *v, size_t first, size_t count,
                              uint32_t *rows)
{
    const unsigned char *text = (const unsigned char *)v->plain.at;
    size_t n = 0, from = v->words[first].start - 1, to = v->words[first + count - 1].end + 1;
    for (size_t i = from; i + 3 <= to; i++) {
        uint64_t gram = (uint64_t)text[i] << 16 | (uint64_t)text[i + 1] << 8 | text[i + 2];
        rows[n++] = mix(gram, 3);
        for (size_t k = 3; k < 5 && i + k < to; k++) {
            gram = gram << 8 | text[i + k];
            rows[n++] = mix(gram, k + 1);
        }
    }
    return n;
}

static size_t words_read(const struct fact *facts, size_t count, uint32_t *rows)
{
    for (size_t i = 0; i < count; i++)
        rows[i] = mix(facts[i].key, 101);
    return count;
}

enum { REACH = 10, CONCEPTS = 64 };

/* Concepts alone, and in pairs within REACH words of each other; each once. */
static size_t concepts_read(const struct fact *facts, size_t count, uint32_t *rows)
{
    uint64_t seen[CONCEPTS] = { 0 }, alone = 0, recent[REACH] = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t near = 0;
        for (size_t k = 0; k < REACH; k++)
            near |= recent[k];
        for (uint64_t left = facts[i].bits; left; left &= left - 1) {
            unsigned a = (unsigned)__builtin_ctzll(left);
            if (!(alone >> a & 1))
                rows[n++] = mix(a, 201);
            alone |= (uint64_t)1 << a;
            for (uint64_t other = near & ~seen[a]; other; other &= other - 1) {
                unsigned b = (unsigned)__builtin_ctzll(other);
                rows[n++] = a < b ? mix(a * 64u + b, 202) : mix(b * 64u + a, 202);
                seen[a] |= (uint64_t)1 << b;
                seen[b] |= (uint64_t)1 << a;
            }
        }
        recent[i % REACH] = facts[i].bits;
    }
    return n;
}

/* Alone, with itself, and with each other one. */
enum { CONCEPT_ROWS = CONCEPTS * (CONCEPTS + 3) / 2 };

struct model_features model_features(struct arena *a, const struct concepts *c,
                                     const struct guard_view *v, size_t first, size_t count)
{
    struct model_features f = { { 0 }, { 0 } };
    if (!count)
        return f;
    size_t bytes = v->words[first + count - 1].end - v->words[first].start + 2;
    f.rows[0] = arena_many(a, bytes * 3, uint32_t);
    f.rows[1] = arena_many(a, count, uint32_t);
    f.rows[2] = arena_many(a, CONCEPT_ROWS, uint32_t);
    f.counts[0] = characters_read(v, first, count, f.rows[0]);
    const struct fact *facts = facts_find(a, c, v) + first;
    f.counts[1] = words_read(facts, count, f.rows[1]);
    f.counts[2] = concepts_read(facts, count, f.rows[2]);
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

static void tally_judge(const struct model_weights *w, const struct tally *t,
                        float ret[GUARD_CLASSES])
{
    float logit[GUARD_CLASSES], sum = 0, top;
    memcpy(logit, w->bias, sizeof logit);
    for (size_t g = 0; g < MODEL_GROUPS; g++) {
        float share = model_share(t->counts[g]);
        for (size_t k = 0; k < GUARD_CLASSES; k++)
            logit[k] += w->scale * (float)t->sums[g][k] * share;
    }
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

/* Room for the rows of the longest half window and of a window's concepts. */
static uint32_t *rows_room(struct arena *a, const struct guard_view *v)
{
    size_t most = CONCEPT_ROWS;
    for (size_t first = 0; first < v->count; first += HALF) {
        size_t last = first + HALF < v->count ? first + HALF - 1 : v->count - 1;
        size_t need = (v->words[last].end - v->words[first].start + 2) * 3;
        most = need > most ? need : most;
    }
    return arena_many(a, most, uint32_t);
}

/* Letters and words are added up once for each half window, concepts for each whole one. */
void model_judge(struct arena *a, const struct concepts *c, const struct model_weights *w,
                 const struct guard_view *v, unsigned classes, float ret[GUARD_CLASSES])
{
    float most = -1;
    uint32_t *rows = rows_room(a, v);
    const struct fact *facts = facts_find(a, c, v);
    struct tally before = { 0 };
    memset(ret, 0, sizeof *ret * GUARD_CLASSES);
    ret[0] = 1;
    for (size_t first = 0; first < v->count; first += HALF) {
        size_t count = v->count - first < HALF ? v->count - first : HALF;
        struct tally now = { 0 };
        now.counts[0] = characters_read(v, first, count, rows);
        rows_sum(w, rows, now.counts[0], now.sums[0]);
        now.counts[1] = words_read(facts + first, count, rows);
        rows_sum(w, rows, now.counts[1], now.sums[1]);
        struct tally window = tally_add(&before, &now);
        before = now;
        if (first == 0 && v->count > HALF)
            continue;
        size_t from = first ? first - HALF : 0;
        window.counts[2] = concepts_read(facts + from, first + count - from, rows);
        rows_sum(w, rows, window.counts[2], window.sums[2]);
        float here[GUARD_CLASSES], against = 0;
        tally_judge(w, &window, here);
        for (size_t k = 1; k < GUARD_CLASSES; k++)
            against = classes >> k & 1 && here[k] > against ? here[k] : against;
        if (against > most) {
            most = against;
            memcpy(ret, here, sizeof here);
        }
    }
}
