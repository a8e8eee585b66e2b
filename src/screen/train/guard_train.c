/* guard_train.c: trains the guard's model by logistic regression over all classes, and its network.

   guard_train TEXTS VECTORS OUT

   A line of TEXTS is "class<tab>source<tab>text" with \n, \t, \\ escaped in the text. Single
   precision in a fixed order, with no function of the mathematics library but the root, which is
   exact: the same texts give the same weights. */
#include "net_train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 3 };
static const float rate = 0.15f, decay = 2e-3f, hidden_rate = 0.05f, hidden_decay = 1e-3f;

struct sample {
    struct model_features features;
    const struct net_train_word *words;
    size_t word_count;
    unsigned class;
};

static float weights[MODEL_ROWS][GUARD_CLASSES], grown[MODEL_ROWS][GUARD_CLASSES];
static float bias[GUARD_CLASSES];
static struct model_inner in, in_grown;
static float out[MODEL_HIDDEN][GUARD_CLASSES], out_grown[MODEL_HIDDEN][GUARD_CLASSES];
static uint64_t random_state = 0x2545f4914f6cdd1du;

static uint32_t random_next(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33);
}

static void text_unescape(char *text)
{
    char *to = text;
    for (; *text; text++) {
        if (*text == '\\' && text[1]) {
            text++;
            *to++ = *text == 'n' ? '\n' : *text == 't' ? '\t' : *text;
        } else if (*text != '\n')
            *to++ = *text;
    }
    *to = 0;
}

static unsigned class_of(const char *name)
{
    for (unsigned k = 0; k < GUARD_CLASSES; k++)
        if (!strcmp(guard_class_name((enum guard_class)k), name))
            return k;
    fprintf(stderr, "no such class: %s\n", name);
    exit(1);
}

static FILE *texts_open(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

/* The text of a line, which becomes its class; NULL when there is none. */
static char *text_of(char *line)
{
    char *source = strchr(line, '\t'), *text = source ? strchr(source + 1, '\t') : NULL;
    if (!text)
        return NULL;
    *source = *text++ = 0;
    text_unescape(text);
    return text;
}

/* Counts the words of all texts for the network, so that it can choose its vocabulary. */
static void words_count(const char *path)
{
    FILE *f = texts_open(path);
    struct arena a = { 0 }, scratch = { 0 };
    const struct concepts *concepts = concepts_new(&a);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, f) > 0) {
        const char *text = text_of(line);
        if (!text)
            continue;
        struct guard_view v = guard_view(&scratch, text, strlen(text));
        net_words_count(&v, concepts_find(&scratch, concepts, &v));
        arena_reset(&scratch);
    }
    free(line);
    fclose(f);
    arena_done(&scratch);
    arena_done(&a);
}

/* A long text gives one sample for each window; only the first is certain to show its class. */
static struct sample *samples_read(const char *path, const struct net_index *index, struct arena *a,
                                   size_t *ret)
{
    FILE *f = texts_open(path);
    const struct concepts *concepts = concepts_new(a);
    struct sample *samples = NULL;
    size_t count = 0, room = 0, size = 0;
    char *line = NULL;
    while (getline(&line, &size, f) > 0) {
        const char *text = text_of(line);
        if (!text)
            continue;
        struct guard_view v = guard_view(a, text, strlen(text));
        if (!v.count)
            continue;
        if (count == room) {
            room = room ? room * 2 : 1024;
            samples = realloc(samples, room * sizeof *samples);
        }
        size_t n = v.count < 2 * MODEL_WINDOW ? v.count : 2 * MODEL_WINDOW;
        samples[count].class = class_of(line);
        samples[count].words = net_words_read(a, index, &v, concepts_find(a, concepts, &v), n);
        samples[count].word_count = n;
        samples[count++].features = model_features(a, concepts, &v, 0, n);
    }
    free(line);
    fclose(f);
    *ret = count;
    return samples;
}

static void one_learn(float *weight, float *grow, float step)
{
    step -= hidden_decay * *weight;
    *grow += step * step;
    *weight += hidden_rate * step / sqrtf(*grow + 1e-4f);
}

static void hidden_learn(const struct sample *s, const float hidden[MODEL_HIDDEN],
                         const float error[GUARD_CLASSES])
{
    float share = model_share(s->features.concepts.count);
    for (size_t j = 0; j < MODEL_HIDDEN; j++) {
        float back = 0;
        if (hidden[j] <= 0)
            continue;
        for (size_t k = 0; k < GUARD_CLASSES; k++) {
            back += error[k] * out[j][k];
            one_learn(&out[j][k], &out_grown[j][k], error[k] * hidden[j]);
        }
        for (size_t i = 0; i < s->features.concepts.count; i++) {
            unsigned a = s->features.concepts.at[i];
            one_learn(&in.weights[a][j], &in_grown.weights[a][j], back * share);
        }
        one_learn(&in.weights[CONCEPTS][j], &in_grown.weights[CONCEPTS][j], back);
    }
}

static void sample_learn(const struct sample *s)
{
    float logit[GUARD_CLASSES], sum = 0, top, hidden[MODEL_HIDDEN], errors[GUARD_CLASSES];
    model_hide(&in, &s->features.concepts, hidden);
    memcpy(logit, bias, sizeof logit);
    for (size_t g = 0; g < MODEL_GROUPS; g++) {
        float share = model_share(s->features.counts[g]);
        for (size_t i = 0; i < s->features.counts[g]; i++)
            for (size_t k = 0; k < GUARD_CLASSES; k++)
                logit[k] += share * weights[s->features.rows[g][i]][k];
    }
    for (size_t j = 0; j < MODEL_HIDDEN; j++)
        for (size_t k = 0; k < GUARD_CLASSES; k++)
            logit[k] += hidden[j] * out[j][k];
    top = logit[0];
    for (size_t k = 1; k < GUARD_CLASSES; k++)
        top = logit[k] > top ? logit[k] : top;
    for (size_t k = 0; k < GUARD_CLASSES; k++)
        sum += logit[k] = model_exp(logit[k] - top);
    for (size_t k = 0; k < GUARD_CLASSES; k++) {
        float error = (k == s->class) - logit[k] / sum;
        errors[k] = error;
        bias[k] += 0.1f * rate * error;
        if (error < 1e-3f && error > -1e-3f)
            continue;
        for (size_t g = 0; g < MODEL_GROUPS; g++) {
            float share = model_share(s->features.counts[g]);
            for (size_t i = 0; i < s->features.counts[g]; i++) {
                uint32_t row = s->features.rows[g][i];
                float step = share * error - decay * weights[row][k];
                grown[row][k] += step * step;
                weights[row][k] += rate * step / sqrtf(grown[row][k] + 1e-4f);
            }
        }
    }
    hidden_learn(s, hidden, errors);
}

/* Hidden units must differ from each other from the start. */
static float start_next(void)
{
    return ((float)(random_next() >> 7) / (1 << 24) - 0.5f) * 0.8f;
}

static void hidden_start(void)
{
    for (size_t j = 0; j < MODEL_HIDDEN; j++) {
        for (size_t a = 0; a <= CONCEPTS; a++)
            in.weights[a][j] = start_next();
        for (size_t k = 0; k < GUARD_CLASSES; k++)
            out[j][k] = start_next();
    }
}

static void rows_write(struct model_weights *w)
{
    float most = 0;
    for (size_t r = 0; r < MODEL_ROWS; r++)
        for (size_t k = 0; k < GUARD_CLASSES; k++) {
            float size = weights[r][k] < 0 ? -weights[r][k] : weights[r][k];
            most = size > most ? size : most;
        }
    w->scale = most / 127;
    w->in = in;
    memcpy(w->out, out, sizeof out);
    memcpy(w->bias, bias, sizeof bias);
    for (size_t r = 0; r < MODEL_ROWS; r++)
        for (size_t k = 0; k < GUARD_CLASSES; k++) {
            float v = weights[r][k] / w->scale;
            w->rows[r][k] = (int8_t)(v < 0 ? v - 0.5f : v + 0.5f);
        }
}

static bool model_write(const char *path, const struct model_weights *w)
{
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(w, sizeof *w, 1, f) == 1 && fclose(f) == 0;
    return ok;
}

static void net_learn(const struct sample *samples, size_t count, struct net_weights *ret)
{
    struct net_sample *rows = calloc(count + 1, sizeof *rows);
    if (!rows)
        abort();
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct net_sample){ samples[i].words, samples[i].word_count,
                                       &samples[i].features.concepts, samples[i].class };
    net_train(rows, count, ret);
    free(rows);
}

static void rows_learn(const struct sample *samples, size_t count)
{
    size_t *order = calloc(count + 1, sizeof *order);
    if (!order)
        abort();
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    hidden_start();
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = count; i > 1; i--) {
            size_t k = random_next() % i, x = order[i - 1];
            order[i - 1] = order[k];
            order[k] = x;
        }
        for (size_t i = 0; i < count; i++)
            sample_learn(&samples[order[i]]);
    }
    free(order);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    struct arena a = { 0 };
    struct model_weights *w = calloc(1, sizeof *w);
    if (!w || !net_vectors_read(argv[2])) {
        fprintf(stderr, "guard_train: %s: no vectors\n", argv[2]);
        return 1;
    }
    words_count(argv[1]);
    net_words_choose(&w->net);
    size_t count;
    struct sample *samples = samples_read(argv[1], net_index_new(&a, w->net.words), &a, &count);
    rows_learn(samples, count);
    rows_write(w);
    net_learn(samples, count, &w->net);
    bool ok = model_write(argv[3], w);
    arena_done(&a);
    free(samples);
    free(w);
    return ok ? 0 : 1;
}
