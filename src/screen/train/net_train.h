/* net_train.h: trains the guard's network over words. */
#ifndef VOW_SCREEN_NET_TRAIN_H
#define VOW_SCREEN_NET_TRAIN_H

#include "screen/guard_model.h"

/* The vectors of one word, the first `letters` of them parts of it. */
struct net_train_word {
    const uint16_t *at;
    uint8_t count, letters;
};

struct net_sample {
    const struct net_train_word *words;
    size_t count;
    const struct model_concepts *concepts;
    unsigned class;
};

/* Reads words to choose from, with their first vectors, from "word hexadecimal" lines. */
bool net_vectors_read(const char *path);

/* Counts the words of a text that is trained on. */
void net_words_count(const struct guard_view *v, const struct concept_word *facts);

/* Makes the vocabulary of the words counted most, then of others in the order of the list. */
void net_words_choose(struct net_weights *ret);

/* The words of a view, as many as `count`. */
const struct net_train_word *net_words_read(struct arena *a, const struct net_index *index,
                                            const struct guard_view *v,
                                            const struct concept_word *facts, size_t count);

/* Trains on top of what net_words_choose gave; the same samples give the same bytes. */
void net_train(const struct net_sample *samples, size_t count, struct net_weights *ret);

#endif
