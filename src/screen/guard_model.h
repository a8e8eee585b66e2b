/* guard_model.h: the linear model: how much the words and letters of a text speak for each class.

   Three groups of features, each divided by the root of its size: character 3- to 5-grams; words,
   where a name counts as "a name"; and concepts ("staff", "to rate", "secretly") alone and in
   pairs. Long texts are judged in overlapping windows, so that a sentence can't hide. */
#ifndef VOW_SCREEN_GUARD_MODEL_H
#define VOW_SCREEN_GUARD_MODEL_H

#include "guard.h"
#include "guard_view.h"

enum {
    MODEL_ROWS = 1 << 16,
    MODEL_WINDOW = 64, /* words */
    MODEL_GROUPS = 3,
};

struct model_weights {
    int8_t rows[MODEL_ROWS][GUARD_CLASSES];
    float bias[GUARD_CLASSES];
    float scale; /* of one unit of the rows */
};

struct concepts;
const struct concepts *concepts_new(struct arena *a);

/* The concept of a person who is spoken of. */
#define CONCEPT_PERSON ((uint64_t)1 << 1)

/* The bits of a word: bit k says concept k. */
uint64_t concept_look(const struct concepts *c, uint64_t hash);

/* What a concept is called in a reason. */
const char *concept_name(unsigned concept);

/* The rows of words first .. first + count of a view. */
struct model_features {
    uint32_t *rows[MODEL_GROUPS];
    size_t counts[MODEL_GROUPS];
};
struct model_features model_features(struct arena *a, const struct concepts *c,
                                     const struct guard_view *v, size_t first, size_t count);

/* Probabilities of the classes, which add up to 1, in the window that speaks most against the text.
 */
void model_judge(struct arena *a, const struct concepts *c, const struct model_weights *w,
                 const struct guard_view *v, unsigned classes, float ret[GUARD_CLASSES]);

/* The weight of each feature of a group of `count`. */
float model_share(size_t count);

/* e to the x, the same on every machine; good to about 1e-6. */
float model_exp(float x);

const struct model_weights *model_own(void);

/* guard_new with other weights, for training and measuring. */
const struct guard *guard_new_with(struct arena *a, const struct model_weights *weights);

#endif
