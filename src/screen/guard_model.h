/* guard_model.h: the model: how much the words and letters of a text speak for each class.

   Groups of features speak for a class each by itself, divided by the root of the group's size:
   three letters in a row; words, where a name counts as "a name"; beginnings of words; two words
   in a row; and concepts ("staff", "to rate", "secretly"): alone and in pairs that stand near each
   other, and one behind the other in their order. A small hidden layer over the concepts that
   occur adds what no pair says: "to rate" and "staff", but "one's own". A network that reads the
   words in their order (guard_net.h), trained by itself, has a smaller say. Long texts are judged
   in overlapping windows, so that a sentence can't hide. */
#ifndef VOW_SCREEN_GUARD_MODEL_H
#define VOW_SCREEN_GUARD_MODEL_H

#include "guard.h"
#include "guard_concepts.h"
#include "guard_net.h"

enum {
    MODEL_ROWS = 72 << 10,
    MODEL_WINDOW = 64, /* words */
    MODEL_HIDDEN = 24,
};

/* Groups of features; the first ones are added up word by word. */
enum {
    MODEL_LETTERS,
    MODEL_WORDS,
    MODEL_STEMS,
    MODEL_WORD_PAIRS,
    MODEL_CONCEPT_STEPS,
    MODEL_CONCEPTS,
    MODEL_GROUPS,
};

/* What turns the concepts that occur into hidden units; the last row is there without any. */
struct model_inner {
    float weights[CONCEPTS + 1][MODEL_HIDDEN];
};

struct model_weights {
    int8_t rows[MODEL_ROWS][GUARD_CLASSES];
    struct model_inner in;
    float out[MODEL_HIDDEN][GUARD_CLASSES];
    float bias[GUARD_CLASSES];
    float scale; /* of one unit of the rows */
    struct net_weights net;
};
_Static_assert(sizeof(struct model_weights) <= 1 << 20, "weights are at most 1 MiB");

/* Concepts that occur in a stretch of text, each once. */
struct model_concepts {
    uint8_t at[CONCEPTS];
    size_t count;
};

/* The rows of words first .. first + count of a view, and their concepts. */
struct model_features {
    uint32_t *rows[MODEL_GROUPS];
    size_t counts[MODEL_GROUPS];
    struct model_concepts concepts;
};
struct model_features model_features(struct arena *a, const struct concepts *c,
                                     const struct guard_view *v, size_t first, size_t count);

/* The window that speaks most against a text, of `classes` (bit k for class k): probabilities of
   all classes, which add up to 1, and its concepts. */
struct model_verdict {
    float classes[GUARD_CLASSES];
    struct model_concepts concepts;
};
struct model_verdict model_judge(struct arena *a, const struct concepts *c, const struct net *net,
                                 const struct model_weights *w, const struct guard_view *v,
                                 unsigned classes);

/* The concept of a verdict that speaks most for a class, by its name; NULL when none does. */
const char *model_reason(const struct model_weights *w, const struct model_verdict *v,
                         enum guard_class class);

/* The hidden units of some concepts. */
void model_hide(const struct model_inner *in, const struct model_concepts *concepts,
                float ret[restrict MODEL_HIDDEN]);

/* The weight of each feature of a group of `count`. */
float model_share(size_t count);

/* e to the x, the same on every machine; good to about 1e-6. */
float model_exp(float x);

const struct model_weights *model_own(void);

/* guard_new with other weights, for training and measuring. */
const struct guard *guard_new_with(struct arena *a, const struct model_weights *weights);

#endif
