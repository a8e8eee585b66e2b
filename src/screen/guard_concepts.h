/* guard_concepts.h: what the words of a text mean for the guard: "staff", "to rate", "secretly". */
#ifndef VOW_SCREEN_GUARD_CONCEPTS_H
#define VOW_SCREEN_GUARD_CONCEPTS_H

#include "guard_view.h"

enum { CONCEPTS = 128 };

/* Concepts that are no list of words. */
enum {
    CONCEPT_NAME,     /* a first or last name */
    CONCEPT_OWNER,    /* "Anna's" */
    CONCEPT_QUESTION, /* a question mark follows */
    CONCEPT_JOB,      /* a word of a job title */
    CONCEPT_NATION,   /* German, Muslim, Republican, ... */
};

struct concept_bits {
    uint64_t part[CONCEPTS / 64]; /* bit k % 64 of part k / 64 says concept k */
};

struct concept_word {
    struct concept_bits bits;
    bool name;
};

/* The table of words. Immutable, alive as long as its arena. */
struct concepts;
const struct concepts *concepts_new(struct arena *a);

/* The concepts of each word of a view; one more row than words. */
struct concept_word *concepts_find(struct arena *a, const struct concepts *c,
                                   const struct guard_view *v);

/* What a concept is called in a reason. */
const char *concept_name(unsigned concept);

#endif
