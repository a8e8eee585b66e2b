/* mask_train.c: trains the tagger: a structured perceptron with a margin, weights averaged.

   mask_train TEXTS OUT [EPOCHS]

   A line of TEXTS is "start end KIND;start end KIND;<tab>text" with offsets in bytes and \n, \t, \\
   escaped in the text. All arithmetic is in whole numbers but for the last scaling, so that the
   same texts give the same weights everywhere. */
#include "screen/tagger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = TAGGER_PIECE, MARGIN = 24, MARGIN_MISSED = 40, UNIT = 16 };

struct sample {
    uint32_t *rows; /* count * features */
    uint8_t *labels;
    size_t count, features;
};

struct model {
    int32_t rows[TAGGER_ROWS][TAGGER_LABELS];
    int32_t steps[TAGGER_LABELS][TAGGER_LABELS];
    int64_t rows_sum[TAGGER_ROWS][TAGGER_LABELS]; /* of change times time */
    int64_t steps_sum[TAGGER_LABELS][TAGGER_LABELS];
    int64_t time;
};

static uint64_t random_state = 0x853c49e6748fea9bu;

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

struct span {
    size_t start, end;
    enum mask_kind kind;
};

/* Whether nothing but blanks and line marks stands between two spans. */
static bool beside(const char *text, const struct span *a, const struct span *b)
{
    if (b->start < a->end || b->start - a->end > 8)
        return false;
    for (size_t i = a->end; i < b->start; i++)
        if (!strchr(" ,\n>?*", text[i]))
            return false;
    return true;
}

static bool place_like(enum mask_kind kind)
{
    return kind == MASK_GPE || kind == MASK_ZIP_CODE || kind == MASK_STREET_ADDRESS;
}

/* Labels of the words that lie inside the spans of the tagger's kinds. */
static void labels_read(char *line, const char *text, const struct words *words, uint8_t *labels)
{
    struct span spans[256];
    size_t count = 0;
    for (char *save, *one = strtok_r(line, ";", &save); one && count < 256;
         one = strtok_r(NULL, ";", &save)) {
        char kind[32];
        struct span *x = &spans[count];
        if (sscanf(one, "%zu %zu %31s", &x->start, &x->end, kind) == 3) {
            x->kind = mask_kind_of(kind);
            count += x->kind <= MASK_ZIP_CODE;
        }
    }
    for (size_t s = 0; s < count; s++) {
        unsigned label = 1 + 2 * (unsigned)spans[s].kind;
        bool part =
            (s > 0 && place_like(spans[s - 1].kind) && beside(text, &spans[s - 1], &spans[s])) ||
            (s + 1 < count && place_like(spans[s + 1].kind) &&
             beside(text, &spans[s], &spans[s + 1]));
        if (spans[s].kind == MASK_STREET_ADDRESS && part)
            label = TAGGER_PART;
        bool first = true;
        for (size_t i = 0; i < words->count; i++)
            if (words->at[i].start >= spans[s].start && words->at[i].end <= spans[s].end) {
                labels[i] =
                    (uint8_t)(first || spans[s].kind == MASK_NRP ? label : tagger_on(label));
                first = false;
            }
    }
}

static struct sample *samples_read(const char *path, struct arena *a, size_t *ret)
{
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        exit(1);
    }
    char *line = NULL;
    size_t size = 0, count = 0, room = 0;
    struct sample *samples = NULL;
    while (getline(&line, &size, f) > 0) {
        char *tab = strchr(line, '\t');
        if (!tab)
            continue;
        *tab = 0;
        text_unescape(tab + 1);
        struct arena scratch = { 0 };
        struct words words = words_cut(&scratch, tab + 1, strlen(tab + 1));
        if (count == room) {
            room = room ? room * 2 : 1024;
            samples = realloc(samples, room * sizeof *samples);
        }
        struct sample *s = &samples[count++];
        s->count = words.count < WORDS ? words.count : WORDS;
        words.count = s->count;
        s->labels = arena_many(a, s->count + 1, uint8_t);
        labels_read(line, tab + 1, &words, s->labels);
        struct tagger_text t = tagger_text(&scratch, tab + 1, &words);
        uint32_t rows[TAGGER_FEATURES];
        for (size_t i = 0; i < s->count; i++) {
            s->features = tagger_features(&t, i, rows);
            if (!s->rows)
                s->rows = arena_many(a, s->count * s->features, uint32_t);
            memcpy(s->rows + i * s->features, rows, s->features * sizeof *rows);
        }
        arena_done(&scratch);
    }
    free(line);
    fclose(f);
    *ret = count;
    return samples;
}

/* The best labels, where wrong ones get a head start of the margin. */
static void decode(const struct model *m, const struct sample *s, const uint64_t *dropped,
                   uint8_t *out)
{
    enum { LABELS = TAGGER_LABELS };
    static int64_t best[WORDS][LABELS];
    static uint8_t from[WORDS][LABELS];
    for (size_t i = 0; i < s->count; i++) {
        int64_t score[LABELS];
        for (size_t k = 0; k < LABELS; k++)
            score[k] = k == s->labels[i] ? 0 : (k == 0 ? MARGIN_MISSED : MARGIN) * UNIT;
        for (size_t f = 0; f < s->features; f++)
            if (!(dropped[i] >> f & 1))
                for (size_t k = 0; k < LABELS; k++)
                    score[k] += m->rows[s->rows[i * s->features + f]][k];
        for (unsigned k = 0; k < LABELS; k++) {
            int64_t top = INT64_MIN;
            uint8_t arg = 0;
            for (unsigned p = 0; p < (i ? LABELS : 1); p++) {
                int64_t value = (i ? best[i - 1][p] : 0) + m->steps[p][k];
                if (tagger_follows(p, k) && value > top) {
                    top = value;
                    arg = (uint8_t)p;
                }
            }
            best[i][k] = top == INT64_MIN ? INT64_MIN / 2 : top + score[k];
            from[i][k] = arg;
        }
    }
    uint8_t label = 0;
    for (uint8_t k = 1; k < LABELS; k++)
        label = best[s->count - 1][k] > best[s->count - 1][label] ? k : label;
    for (size_t i = s->count; i-- > 0;) {
        out[i] = label;
        label = from[i][label];
    }
}

static void model_add(struct model *m, const struct sample *s, const uint64_t *dropped, size_t i,
                      unsigned label, unsigned before, int sign)
{
    for (size_t f = 0; f < s->features; f++) {
        if (dropped[i] >> f & 1)
            continue;
        uint32_t row = s->rows[i * s->features + f];
        m->rows[row][label] += sign * UNIT;
        m->rows_sum[row][label] += sign * UNIT * m->time;
    }
    m->steps[before][label] += sign * UNIT;
    m->steps_sum[before][label] += sign * UNIT * m->time;
}

/* Leaves out a word's own features now and then, or the lists', so that neither is relied on alone.
 */
static uint64_t drop_some(void)
{
    uint32_t r = random_next() % 100;
    if (r < 25)
        return 0x3f;
    if (r < 70)
        return 0x3fc0 | (uint64_t)1 << 29;
    if (r < 85)
        return 0x3f | 0x3fc0 | (uint64_t)1 << 29;
    return 0;
}

static size_t sample_learn(struct model *m, const struct sample *s)
{
    uint8_t out[WORDS];
    uint64_t dropped[WORDS];
    size_t wrong = 0;
    for (size_t i = 0; i < s->count; i++)
        dropped[i] = drop_some();
    decode(m, s, dropped, out);
    for (size_t i = 0; i < s->count; i++) {
        unsigned gold_before = i ? s->labels[i - 1] : 0, out_before = i ? out[i - 1] : 0;
        if (out[i] == s->labels[i] && gold_before == out_before)
            continue;
        wrong += out[i] != s->labels[i];
        model_add(m, s, dropped, i, s->labels[i], gold_before, 1);
        model_add(m, s, dropped, i, out[i], out_before, -1);
    }
    m->time++;
    return wrong;
}

static int magnitude(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double average(int64_t now, int64_t sum, int64_t time)
{
    return (double)now - (double)sum / (double)time;
}

/* Scales so that all but the largest few of 10,000 weights fit in a byte. */
static bool model_write(const struct model *m, const char *path)
{
    double *all = malloc(sizeof(double) * TAGGER_ROWS * TAGGER_LABELS);
    size_t n = 0;
    for (size_t r = 0; r < TAGGER_ROWS; r++)
        for (size_t k = 0; k < TAGGER_LABELS; k++) {
            double w = average(m->rows[r][k], m->rows_sum[r][k], m->time);
            if (w < -0.01 || w > 0.01)
                all[n++] = w < 0 ? -w : w;
        }
    qsort(all, n, sizeof *all, magnitude);
    double scale = n ? 127 / all[n - 1 - n / 10000] : 1;
    struct tagger_weights *w = calloc(1, sizeof *w);
    for (size_t r = 0; r < TAGGER_ROWS; r++)
        for (size_t k = 0; k < TAGGER_LABELS; k++) {
            double v = average(m->rows[r][k], m->rows_sum[r][k], m->time) * scale;
            v = v > 127 ? 127 : v < -127 ? -127 : v;
            w->rows[r][k] = (int8_t)(v < 0 ? v - 0.5 : v + 0.5);
        }
    for (size_t p = 0; p < TAGGER_LABELS; p++)
        for (size_t k = 0; k < TAGGER_LABELS; k++) {
            double v = average(m->steps[p][k], m->steps_sum[p][k], m->time) * scale;
            w->steps[p][k] = (int16_t)(v < 0 ? v - 0.5 : v + 0.5);
        }
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(w, sizeof *w, 1, f) == 1 && fclose(f) == 0;
    free(all);
    free(w);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    int epochs = argc > 3 ? atoi(argv[3]) : 8;
    struct arena a = { 0 };
    size_t count;
    struct sample *samples = samples_read(argv[1], &a, &count);
    size_t *order = malloc(sizeof *order * (count + 1));
    struct model *m = calloc(1, sizeof *m);
    if (!m || !order)
        return 1;
    m->time = 1;
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (int e = 0; e < epochs; e++) {
        size_t wrong = 0, words = 0;
        for (size_t i = count; i > 1; i--) {
            size_t k = random_next() % i, x = order[i - 1];
            order[i - 1] = order[k];
            order[k] = x;
        }
        for (size_t i = 0; i < count; i++) {
            const struct sample *s = &samples[order[i]];
            if (s->count)
                wrong += sample_learn(m, s);
            words += s->count;
        }
        printf("round %d: %zu of %zu words within the margin or wrong\n", e + 1, wrong, words);
        fflush(stdout);
    }
    bool ok = model_write(m, argv[2]);
    arena_done(&a);
    free(samples);
    free(order);
    free(m);
    return ok ? 0 : 1;
}
