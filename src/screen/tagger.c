/* tagger.c: features, best path, and spans. */
#include "tagger.h"

#include "gazetteer.h"

#include <string.h>

extern const struct tagger_weights tagger_begin;

const struct tagger_weights *tagger_own(void)
{
    return &tagger_begin;
}

static uint64_t pair_hash(uint32_t a, uint32_t b)
{
    return (((uint64_t)a << 32 | b) + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
}

static uint32_t mix(uint32_t a, uint32_t b)
{
    return (uint32_t)(pair_hash(a, b) >> 31);
}

static uint32_t row_of(uint32_t kind, uint32_t value)
{
    return pair_hash(kind, value) >> 46 & (TAGGER_ROWS - 1);
}

static uint32_t bytes_hash(const char *at, size_t n, uint32_t seed)
{
    uint32_t hash = seed;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)at[i]) * 0x01000193u;
    return hash;
}

static unsigned length_class(unsigned n)
{
    return n < 5 ? n : n < 8 ? 5 : n < 12 ? 6 : 7;
}

/* Letters: case, length, letters beyond ASCII; digits: how many; signs: which. */
static uint32_t shape_of(const struct word *w, const char *text)
{
    bool foreign = w->end - w->start != w->length;
    switch (w->class) {
    case WORD_LETTERS:
        return 0x100u + w->shape * 32u + length_class(w->length) * 2u + foreign + !w->space * 0x80u;
    case WORD_DIGITS:
        return 0x200u + (w->length < 8 ? w->length : 8u) * 2u + (text[w->start] == '0') +
               !w->space * 0x80u;
    case WORD_NEWLINE:
        return 0x300u;
    default:
        return 0x400u + (uint32_t)(w->hash & 0xffff) * 16u;
    }
}

/* A letter of an alphabet of eight, for long windows. */
static uint8_t coarse_of(const struct word *w, unsigned lists)
{
    switch (w->class) {
    case WORD_LETTERS:
        if (w->shape == CASE_LOWER)
            return lists & GAZETTEER_FUNCTION ? 1 : lists & GAZETTEER_WORD ? 2 : 3;
        return w->shape == CASE_TITLE ? 4 : 5;
    case WORD_DIGITS:
        return 6;
    case WORD_NEWLINE:
        return 7;
    default:
        return 8;
    }
}

static void word_describe(const struct word *w, const char *text, struct tagger_word *ret)
{
    unsigned lists = w->class == WORD_LETTERS ? gazetteer_look_wide(w->hash) : 0;
    size_t seen = w->length < sizeof w->plain ? w->length : sizeof w->plain;
    ret->word = (uint32_t)(w->hash ^ w->hash >> 32);
    if (w->class == WORD_DIGITS)
        ret->word = 0x1000u + w->length;
    ret->shape = shape_of(w, text);
    ret->lists = lists;
    ret->coarse = coarse_of(w, lists);
    ret->prefix = bytes_hash(w->plain, seen < 3 ? seen : 3, 1);
    /* long words end in what was not kept, so take the end from the text; it folds alike mostly */
    if (w->length > seen) {
        char plain[160];
        size_t n = word_plain(text + w->start, w->end - w->start, plain, sizeof plain);
        ret->suffix = bytes_hash(plain + n - 3, 3, 2);
        ret->suffix_short = bytes_hash(plain + n - 2, 2, 3);
        return;
    }
    ret->suffix = bytes_hash(w->plain + (seen > 3 ? seen - 3 : 0), seen > 3 ? 3 : seen, 2);
    ret->suffix_short = bytes_hash(w->plain + (seen > 2 ? seen - 2 : 0), seen > 2 ? 2 : seen, 3);
}

/* Few words, or many. */
static unsigned count_class(size_t n)
{
    return n < 4 ? (unsigned)n : n < 8 ? 4 : n < 16 ? 5 : 6;
}

/* What the words of one line have in common. `prose` counts the small words of a sentence that
   stand before in the same paragraph: a letterhead has none. */
static void line_describe(const struct words *words, struct tagger_word *at, size_t first,
                          size_t last, size_t *prose, uint32_t above)
{
    unsigned length = count_class(last - first);
    for (size_t i = first; i < last; i++) {
        const struct word *w = &words->at[i];
        unsigned much = *prose < 2 ? (unsigned)*prose : *prose < 5 ? 2 : 3;
        at[i].layout = length * 4u + much + above * 64u;
        *prose +=
            w->class == WORD_LETTERS && w->shape == CASE_LOWER && at[i].lists & GAZETTEER_FUNCTION;
    }
}

static void layout_describe(const struct words *words, struct tagger_word *at)
{
    size_t prose = 0;
    uint32_t above = 0;
    for (size_t first = 0, last; first < words->count; first = last + 1) {
        for (last = first; last < words->count && words->at[last].class != WORD_NEWLINE;)
            last++;
        line_describe(words, at, first, last, &prose, above);
        if (last < words->count)
            at[last].layout = 0x1000u + above;
        prose = last == first ? 0 : prose;
        above = count_class(last - first);
    }
}

struct tagger_text tagger_text(struct arena *a, const char *text, const struct words *words)
{
    static const struct tagger_word edge = { .word = 1, .shape = 1, .coarse = 0 };
    struct tagger_text t = { arena_many(a, words->count + 4, struct tagger_word), words->count, 0 };
    t.at[0] = t.at[1] = t.at[words->count + 2] = t.at[words->count + 3] = edge;
    size_t lower = 0, title = 0, upper = 0;
    uint32_t key = 0;
    bool start = true, open = false; /* `open`: the colon ended its line, so the field goes on */
    for (size_t i = 0; i < words->count; i++) {
        const struct word *w = &words->at[i];
        struct tagger_word *to = &t.at[i + 2];
        word_describe(w, text, to);
        if (w->class == WORD_NEWLINE) {
            key = open && !start ? key : 0;
        } else if (w->class == WORD_SIGN && text[w->start] == ':' && i > 0) {
            key = t.at[i + 1].word;
            open = i + 1 == words->count || words->at[i + 1].class == WORD_NEWLINE;
        }
        to->key = key;
        to->line_start = start;
        to->line_end = i + 1 == words->count || words->at[i + 1].class == WORD_NEWLINE;
        start = w->class == WORD_NEWLINE || (start && w->class == WORD_SIGN);
        bool letters = w->class == WORD_LETTERS && w->length > 1;
        lower += letters && w->shape == CASE_LOWER;
        title += letters && w->shape != CASE_LOWER && w->shape != CASE_UPPER;
        upper += letters && w->shape == CASE_UPPER;
    }
    layout_describe(words, t.at + 2);
    t.manner = title == 0 && upper == 0   ? 1
               : lower == 0 && title == 0 ? 2
               : lower * 2 < title        ? 3
                                          : 0;
    return t;
}

size_t tagger_features(const struct tagger_text *t, size_t i, uint32_t rows[TAGGER_FEATURES])
{
    const struct tagger_word *a = &t->at[i], *b = a + 1, *w = a + 2, *d = a + 3, *e = a + 4;
    size_t n = 0;
    uint32_t kind = 0;
    uint32_t around =
        ((((uint32_t)a->coarse * 9 + b->coarse) * 9 + w->coarse) * 9 + d->coarse) * 9 + e->coarse;
#define ROW(value) (rows[n++] = row_of(++kind, (value)))
    /* of the word itself */
    ROW(w->word);
    ROW(mix(b->word, w->word));
    ROW(mix(w->word, d->word));
    ROW(w->suffix);
    ROW(mix(w->suffix_short, w->shape));
    ROW(w->prefix);
    /* of the lists */
    ROW(w->lists);
    ROW(mix(w->lists, w->shape));
    ROW(mix(b->lists, w->lists));
    ROW(mix(w->lists, d->lists));
    ROW(mix(mix(b->lists, w->lists), d->lists));
    ROW(mix(mix(w->lists, t->manner), w->coarse));
    ROW(mix(w->lists, b->word));
    ROW(mix(w->lists, d->word));
    /* of the shape and of what stands around */
    ROW(w->shape);
    ROW(mix(b->shape, w->shape));
    ROW(mix(w->shape, d->shape));
    ROW(mix(mix(b->shape, w->shape), d->shape));
    ROW(b->word);
    ROW(d->word);
    ROW(a->word);
    ROW(e->word);
    ROW(mix(b->word, w->shape));
    ROW(mix(w->shape, d->word));
    ROW(mix(a->word, b->word));
    ROW(mix(d->word, e->word));
    ROW(mix(mix(b->word, w->coarse), d->word));
    ROW(around);
    ROW(mix(around, w->shape));
    ROW(mix(w->coarse * 4u + w->line_start * 2u + w->line_end, w->lists));
    ROW(mix(w->key, w->coarse));
    ROW(mix(mix(a->lists, b->lists), w->coarse));
    ROW(mix(mix(d->lists, e->lists), w->coarse));
    ROW(mix(b->suffix, w->coarse));
    ROW(mix(d->suffix, w->coarse));
    ROW(mix(w->layout, w->coarse));
    ROW(mix(w->layout, w->lists));
    ROW(mix(mix(w->suffix, w->coarse), w->lists));
#undef ROW
    return n;
}

/* Numbers for eight labels, which every machine that we know adds at a time; two make all labels.
 */
typedef int16_t half __attribute__((vector_size(TAGGER_LABELS)));
typedef uint16_t unsigned_half __attribute__((vector_size(TAGGER_LABELS)));
typedef int16_t all_labels[TAGGER_LABELS] __attribute__((aligned(16)));
enum { HALF = TAGGER_LABELS / 2 };

/* Scores are kept relative to label 0. Which label leads another is bounded by the weights of two
   words, and what is below FLOOR can't come back, so that 16 bits suffice. */
enum { FLOOR = -12000, STEP_MOST = 3000 };

/* Of each word of a piece; `best` has one more. Most texts are short, so only what they need is
   zeroed and wiped. */
struct path {
    half steps[TAGGER_LABELS][2]; /* from */
    all_labels *score;
    all_labels *best; /* of the paths that end before a word */
    all_labels *top;  /* and that lead to a label of it */
    uint8_t *label;
};

/* The rows of a word's features. */
struct rows {
    uint32_t at[TAGGER_FEATURES];
    size_t count;
};

/* Adds up the rows of a word, and calls those of the next one from memory meanwhile. */
static void word_score(const struct tagger_weights *w, const struct rows *rows,
                       const struct rows *next, half ret[2])
{
    half even = { 0 }, odd = { 0 };
    for (size_t f = 0; f < rows->count; f++) {
        unsigned_half row; /* an odd label's number is the upper byte of each */
        memcpy(&row, w->rows[rows->at[f]], sizeof row);
        __builtin_prefetch(w->rows[next->at[f]]);
        even += (half)(row << 8) >> 8;
        odd += (half)row >> 8;
    }
    ret[0] = __builtin_shufflevector(even, odd, 0, 8, 1, 9, 2, 10, 3, 11);
    ret[1] = __builtin_shufflevector(even, odd, 4, 12, 5, 13, 6, 14, 7, 15);
}

static struct path *path_new(struct arena *a, size_t words)
{
    size_t most = words < TAGGER_PIECE ? words : TAGGER_PIECE;
    struct path *p = arena_new(a, struct path);
    p->score = arena_many(a, most, all_labels);
    p->best = arena_many(a, most + 1, all_labels);
    p->top = arena_many(a, most, all_labels);
    p->label = arena_many(a, most, uint8_t);
    return p;
}

static void steps_read(struct path *p, const struct tagger_weights *w)
{
    for (unsigned from = 0; from < TAGGER_LABELS; from++)
        for (unsigned to = 0; to < TAGGER_LABELS; to++) {
            int16_t step = w->steps[from][to];
            step = step > STEP_MOST ? STEP_MOST : step < -STEP_MOST ? -STEP_MOST : step;
            p->steps[from][to / HALF][to % HALF] = tagger_follows(from, to) ? step : FLOOR;
        }
}

/* In this form, compilers see one instruction. */
static half half_most(half a, half b)
{
    half ret;
    for (unsigned i = 0; i < HALF; i++)
        ret[i] = a[i] > b[i] ? a[i] : b[i];
    return ret;
}

/* One step of the path: the best way to each label. */
static void path_step(const struct path *p, const all_labels best, half top[2])
{
    top[0] = best[0] + p->steps[0][0];
    top[1] = best[0] + p->steps[0][1];
    for (unsigned k = 1; k < TAGGER_LABELS; k++) {
        top[0] = half_most(top[0], best[k] + p->steps[k][0]);
        top[1] = half_most(top[1], best[k] + p->steps[k][1]);
    }
}

/* The label that the best way to `label` of word `i` comes from: the first one of the best. */
static uint8_t label_before(const struct path *p, size_t i, uint8_t label)
{
    uint8_t from = 0;
    while (p->best[i][from] + p->steps[from][label / HALF][label % HALF] != p->top[i][label])
        from++;
    return from;
}

/* Finds the best labels of `n` words from `first` on. */
static void path_find(struct path *p, const struct tagger_weights *w, const struct tagger_text *t,
                      size_t first, size_t n, int bias)
{
    for (unsigned k = 0; k < TAGGER_LABELS; k++)
        p->best[0][k] = k ? FLOOR : 0;
    struct rows rows[2], *now = rows, *next = rows + 1;
    rows[1].count = rows[0].count = tagger_features(t, first, rows[0].at);
    memcpy(rows[1].at, rows[0].at, sizeof rows[0].at);
    for (size_t i = 0; i < n; i++) {
        half score[2], top[2];
        path_step(p, p->best[i], top);
        memcpy(p->top[i], top, sizeof top);
        if (i + 1 < n)
            next->count = tagger_features(t, first + i + 1, next->at);
        word_score(w, now, next, score);
        struct rows *done = now;
        now = next;
        next = done;
        score[0][0] = (int16_t)(score[0][0] + bias);
        int16_t base = (int16_t)(top[0][0] + score[0][0]);
        for (unsigned side = 0; side < 2; side++) {
            top[side] += score[side] - base;
            half low = top[side] < FLOOR;
            top[side] = (low & FLOOR) | (~low & top[side]);
        }
        memcpy(p->best[i + 1], top, sizeof top);
        memcpy(p->score[i], score, sizeof score);
    }
    uint8_t label = 0;
    for (uint8_t k = 1; k < TAGGER_LABELS; k++)
        label = p->best[n][k] > p->best[n][label] ? k : label;
    for (size_t i = n; i-- > 0;) {
        p->label[i] = label;
        label = label_before(p, i, label);
    }
}

/* How many words the next piece has: a long text is cut behind a line or a sentence. */
static size_t piece_length(const char *text, const struct words *words, size_t first)
{
    size_t left = words->count - first;
    if (left <= TAGGER_PIECE)
        return left;
    for (size_t n = TAGGER_PIECE; n > TAGGER_PIECE / 2; n--) {
        const struct word *w = &words->at[first + n - 1];
        if (w->class == WORD_NEWLINE || (w->class == WORD_SIGN && strchr(".!?", text[w->start])))
            return n;
    }
    return TAGGER_PIECE;
}

static float path_score(const struct path *p, size_t from, size_t to)
{
    int32_t margin = 0;
    for (size_t i = from; i <= to; i++)
        margin += p->score[i][p->label[i]] - p->score[i][0];
    float each = (float)margin / (float)(to - from + 1) / 128.0f;
    float score = 0.5f + each / (1.0f + (each < 0 ? -each : each)) / 2.0f;
    return score < 0.3f ? 0.3f : score;
}

/* "83854 Mill Lane 61", "83854 61 Mill Lane": a number before a street that has its own is a part
   by itself. */
static bool number_leads(const struct words *words, const struct tagger_hit *h)
{
    const struct word *w = &words->at[h->first];
    return h->last > h->first + 1 && w->class == WORD_DIGITS &&
           (w[1].class == WORD_DIGITS ||
            (w[1].class == WORD_LETTERS && words->at[h->last].class == WORD_DIGITS));
}

struct tagger_hit *tagger_find(struct arena *a, const struct tagger_weights *w, const char *text,
                               const struct words *words, int bias, size_t *ret)
{
    struct tagger_text t = tagger_text(a, text, words);
    struct path *p = path_new(a, words->count);
    struct tagger_hit *hits = arena_many(a, words->count + 1, struct tagger_hit);
    size_t count = 0;
    steps_read(p, w);
    for (size_t first = 0, n; first < words->count; first += n) {
        n = piece_length(text, words, first);
        path_find(p, w, &t, first, n, bias);
        for (size_t i = 0; i < n; i++) {
            if (p->label[i] % 2 == 0)
                continue;
            size_t last = i;
            while (last + 1 < n && p->label[last + 1] == tagger_on(p->label[i]))
                last++;
            struct tagger_hit hit = { first + i, first + last, tagger_kind(p->label[i]),
                                      path_score(p, i, last) };
            if (p->label[i] == TAGGER_PART && number_leads(words, &hit)) {
                hits[count++] = (struct tagger_hit){ hit.first, hit.first, hit.kind, hit.score };
                hit.first++;
            }
            hits[count++] = hit;
            i = last;
        }
    }
    *ret = count;
    return hits;
}
