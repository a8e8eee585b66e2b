/* guard.h: judging whether a text asks a model for something that is prohibited here.

   A model over letters, words and concepts judges; rules over words name reasons, and decide where
   orders are given to the model itself. Both look at plain forms: invisible characters,
   homoglyphs, leetspeak, letters s p a c e d out, base64, hexadecimal, binary and rot13 wrappings
   are undone first. Time is linear in the length.
   A verdict never holds any of the text. */
#ifndef VOW_SCREEN_GUARD_H
#define VOW_SCREEN_GUARD_H

#include "base/arena.h"

enum guard_class {
    GUARD_NONE,
    GUARD_EVALUATION,   /* rating or ranking a person's performance */
    GUARD_EMPLOYMENT,   /* deciding on hiring, firing, promotion or pay */
    GUARD_SURVEILLANCE, /* watching people beyond the settings */
    GUARD_INFERENCE,    /* inferring protected or sensitive traits, moods or health */
    GUARD_EXTRACTION,   /* getting at other people's private data */
    GUARD_INJECTION,    /* overriding instructions, extracting the system prompt */
    GUARD_HARM,         /* harmful content */
    GUARD_CLASSES,
};

/* Whose words they are. */
enum guard_role {
    GUARD_PROMPT, /* a person's own request: every class */
    GUARD_DATA,   /* text from notes, documents, forms: only injection, more strictly */
    GUARD_ANSWER, /* a model's answer: every class but injection */
};

enum { GUARD_REASONS = 4 };

struct guard_verdict {
    enum guard_class class;             /* GUARD_NONE: it passes */
    float score;                        /* of the likeliest class, 0 to 1; refused from 0.5 */
    enum guard_class nearest;           /* the likeliest class, also when it passes */
    const char *reasons[GUARD_REASONS]; /* static text */
    size_t reason_count;
};

/* Compiled rules. Immutable, to be shared by threads, alive as long as its arena. */
struct guard;
const struct guard *guard_new(struct arena *a);

/* Judges `n` bytes (less than 2^31); ill-formed UTF-8 counts as signs. */
struct guard_verdict guard_judge(struct arena *a, const struct guard *g, const char *text, size_t n,
                                 enum guard_role role);

/* "performance_evaluation", "prompt_injection", ...; "none" for GUARD_NONE. */
const char *guard_class_name(enum guard_class class);

/* A sentence for the person: what is refused, why, and what would be fine. */
const char *guard_class_refusal(enum guard_class class);

#endif
