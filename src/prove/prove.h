/* prove.h: the promises of the policy, each with its check. README.md says how to add one. */
#ifndef VOW_PROVE_H
#define VOW_PROVE_H

#include "core/app.h"
#include "process/canary.h"

extern const struct promise *const *const promises[]; /* app_config.promises */

/* A request of somebody outside. "CANARY" in the body stands for the witness's canary. */
struct witness_post {
    const char *path, *json;
    const char *session; /* NULL: none */
    bool stream;         /* asks for the answer piece by piece */
    const char *key;     /* Idempotency-Key; NULL: none */
};

/* Somebody outside the sandbox who can do what core cannot: be a client and a provider, and look
   where core must not. Each act is false (or -1) when it could not be done: then nothing is known.
   Any may be NULL. */
struct witness {
    const char *provider; /* URL of a provider on loopback; it repeats a canary that it receives */
    /* SHA-256 (hex) of the last body that the provider received. */
    bool (*captured)(void *with, char ret[65]);
    /* Makes a new canary and gives its print: core never holds the canary itself but in what it is
       sent. */
    bool (*canary)(void *with, struct canary_print *ret);
    /* Whether the provider has received the canary. */
    bool (*received)(void *with);
    /* Posts to the running server and reads the answer to its end; gives its status and headers. */
    bool (*post)(void *with, const struct witness_post *in, int *status, struct buffer *head);
    /* How often a canary is in the memory of all processes of the installation. */
    int (*in_memory)(void *with, const struct canary_print *print);
    /* GETs a path of the running server, as a browser would, with at most TLS 1.1 when `old_tls`;
       the answer with its headers as text. */
    bool (*fetch)(void *with, const char *path, bool old_tls, struct buffer *ret);
    /* What the kernel let a process like core do when it really tried: names of the acts that were
       possible. */
    bool (*attempts)(void *with, struct buffer *ret);
    void *with;
    /* Hears that the check of somebody else is waited for. */
    void (*waits)(void *with);
};

/* Checks one promise, or all (id NULL), and writes the results into app->promises. `each` is called
   after each, with the evidence and what is for the operator; false ends the run early; may be
   NULL. What stays unknown because nobody was there to look keeps the result that it had before.
   NOT_FOUND when there is no such promise; UNAVAILABLE while promises are being checked already:
   with a witness, who is a command's, only when that takes longer than any check does. */
typedef bool prove_each(void *with, const struct promise *p, enum promise_result result,
                        const char *evidence);
MUST_USE bool prove_run(struct app *app, const char *id, const struct witness *witness,
                        prove_each *each, void *with, struct error *err);

/* app_config.prove: what can be checked without a witness. */
bool prove_inside(struct app *app, const char *id, struct error *err);

#endif
