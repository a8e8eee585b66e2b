/* guard_net.h: a small network that reads words in their order.

   A word is the sum of vectors: its own, or of the letters in it when it is not in the vocabulary
   (a number is known by its length alone), of its concepts and of its marks. Filters over three
   words in a row each keep their strongest answer in a window; with the sum of the words and the
   concepts that occur they feed a hidden layer. The vocabulary starts from public word vectors and
   is trained on. */
#ifndef VOW_SCREEN_GUARD_NET_H
#define VOW_SCREEN_GUARD_NET_H

#include "guard.h"
#include "guard_concepts.h"

enum {
    NET_WORDS = 13600, /* vocabulary */
    NET_LETTERS = 1024,
    NET_MARKS = 5,
    NET_WIDE = 24, /* numbers of a vector */
    NET_FILTERS = 32,
    NET_SPAN = 3, /* words that a filter sees */
    NET_HIDDEN = 32,
    NET_POOL = NET_FILTERS + NET_WIDE,
    NET_GRAMS = 24, /* parts of a word outside the vocabulary, at most */
};

/* Where the vectors of each sort start. */
enum {
    NET_OF_LETTERS = NET_WORDS,
    NET_OF_CONCEPTS = NET_OF_LETTERS + NET_LETTERS,
    NET_OF_MARKS = NET_OF_CONCEPTS + CONCEPTS,
    NET_VECTORS = NET_OF_MARKS + NET_MARKS,
};

/* What follows the vectors. */
struct net_layers {
    float filters[NET_SPAN][NET_WIDE][NET_FILTERS], filter_bias[NET_FILTERS];
    float hide[NET_POOL][NET_HIDDEN], hide_concepts[CONCEPTS + 1][NET_HIDDEN];
    float out[NET_HIDDEN][GUARD_CLASSES], pool_out[NET_POOL][GUARD_CLASSES];
    float bias[GUARD_CLASSES];
};

struct net_weights {
    uint32_t words[NET_WORDS]; /* upper halves of their hashes */
    int8_t vectors[NET_VECTORS][NET_WIDE];
    float scale; /* of one unit of a vector */
    struct net_layers layers;
};

/* Vectors with the filters applied. Immutable, alive as long as its arena. */
struct net;
const struct net *net_new(struct arena *a, const struct net_weights *w);

/* The vectors that a word is the sum of; letters are divided by the root of their number. */
struct net_word {
    uint16_t at[NET_GRAMS + CONCEPTS + NET_MARKS + 1];
    size_t count, letters; /* the first `letters` are parts of the word */
};

/* Places of words in the vocabulary. */
struct net_index;
const struct net_index *net_index_new(struct arena *a, const uint32_t words[NET_WORDS]);
void net_word_read(const struct net_index *index, const struct guard_view *v,
                   const struct concept_word *facts, size_t i, struct net_word *ret);

/* What some words in a row give: strongest answers and sums. Two add up. */
struct net_pool {
    int16_t most[NET_FILTERS];
    int32_t sum[NET_WIDE];
};
struct net_pool net_read(const struct net *n, const struct guard_view *v,
                         const struct concept_word *facts, size_t first, size_t count);
struct net_pool net_pool_add(const struct net_pool *a, const struct net_pool *b);

/* Adds what a window of `words` words and its concepts say to each class, times its share. */
void net_judge(const struct net *n, const struct net_pool *pool, size_t words,
               const uint8_t *concepts, size_t concept_count, const float share[GUARD_CLASSES],
               float logit[GUARD_CLASSES]);

/* Adds rows, each times its number, to what speaks for each class. */
void classes_add(const float rows[][GUARD_CLASSES], const float *by, size_t count,
                 float ret[GUARD_CLASSES]);

/* The steps of net_judge: hidden units and classes, from answers and sums as numbers. */
void net_hide(const struct net_layers *l, const float pool[NET_POOL], const uint8_t *concepts,
              size_t concept_count, float ret[restrict NET_HIDDEN]);
void net_out(const struct net_layers *l, const float pool[NET_POOL], const float hidden[NET_HIDDEN],
             float ret[GUARD_CLASSES]);

#endif
