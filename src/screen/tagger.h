/* tagger.h: finds names, places, organisations and addresses by what stands around them.

   A linear-chain model over hashed features: each feature of a word names a row of 16 small
   numbers, one for each label; the rows of a word are added up, and the best path of labels is
   found with the Viterbi algorithm, in pieces of at most TAGGER_PIECE words. */
#ifndef VOW_SCREEN_TAGGER_H
#define VOW_SCREEN_TAGGER_H

#include "mask.h"
#include "words.h"

enum {
    TAGGER_LABELS = 16,
    TAGGER_ROWS = 1 << 17,
    TAGGER_FEATURES = 48,
    TAGGER_PIECE = 512,
};

/* What label "none" gets added, in the weights' unit: chosen on held-out texts. */
enum { TAGGER_BIAS = -16 };

/* Label 0 is none; an odd label begins a span, an even one goes on with it. Addresses have two: one
   for whole ones ("12 Mill Lane, Bath BA1 1AA"), one for parts beside a place or a postal code of
   its own. A nationality is one word. */
enum {
    TAGGER_STREET = 1 + 2 * MASK_STREET_ADDRESS,
    TAGGER_PART_ON = 2 + 2 * MASK_NRP,
    TAGGER_PART = TAGGER_LABELS - 1,
};

static inline enum mask_kind tagger_kind(unsigned label)
{
    return label == TAGGER_PART || label == TAGGER_PART_ON ? MASK_STREET_ADDRESS
                                                           : (enum mask_kind)((label - 1) / 2);
}

/* The label that goes on with a span that `label` began. */
static inline unsigned tagger_on(unsigned label)
{
    return label == TAGGER_PART ? TAGGER_PART_ON : label + 1;
}

/* Whether label `to` may follow label `from`: going on needs a beginning. */
static inline bool tagger_follows(unsigned from, unsigned to)
{
    return to == 0 || to % 2 == 1 || from == to || (from % 2 == 1 && tagger_on(from) == to);
}

/* The weights as they are in the file. */
struct tagger_weights {
    int8_t rows[TAGGER_ROWS][TAGGER_LABELS];
    int16_t steps[TAGGER_LABELS][TAGGER_LABELS]; /* from, to */
};

/* What the features need to know of a word, once for each. */
struct tagger_word {
    uint32_t word, shape, lists, suffix, suffix_short, prefix;
    uint32_t key;    /* the word before the last colon of this line or field; 0 without */
    uint32_t layout; /* of its line: words, and how much prose stands before it */
    uint8_t coarse;
    bool line_start, line_end;
};

/* Words and two of padding on either side; at[2] is the first. */
struct tagger_text {
    struct tagger_word *at;
    size_t count;
    uint32_t manner; /* of the whole text: lower case, upper case, mixed */
};

struct tagger_text tagger_text(struct arena *a, const char *text, const struct words *words);

size_t tagger_features(const struct tagger_text *t, size_t i, uint32_t rows[TAGGER_FEATURES]);

struct tagger_hit {
    size_t first, last; /* words, inclusive */
    enum mask_kind kind;
    float score;
};

/* All hits in order; writes their number. `bias` is added to label 0: below 0 finds more. */
struct tagger_hit *tagger_find(struct arena *a, const struct tagger_weights *w, const char *text,
                               const struct words *words, int bias, size_t *ret);

/* The weights that the program carries. */
const struct tagger_weights *tagger_own(void);

/* mask_new with other weights, for training and measuring. */
const struct mask *mask_new_with(struct arena *a, const struct mask_name *names, size_t count,
                                 const struct tagger_weights *weights, int bias);

#endif
