/* promise.h: a sentence of the privacy policy with the control that makes it true and a check that
   can fail. The rows are in src/prove; the promises room shows them. */
#ifndef VOW_PROMISE_H
#define VOW_PROMISE_H

#include "base/buffer.h"
#include "base/instant.h"

struct app;

enum promise_kind { PROMISE_CONFIG, PROMISE_DATA, PROMISE_LIVE, PROMISE_KERNEL };
enum promise_result { PROMISE_UNKNOWN, PROMISE_HELD, PROMISE_BROKEN };

/* What one check has to work with, and where it writes what it saw. */
struct proof {
    struct app *app;
    struct arena *arena;
    struct buffer evidence;        /* sentences: what was done and seen; no personal data */
    struct buffer aside;           /* more of them, for the operator alone: lab_tell */
    const struct witness *witness; /* NULL: nobody outside is there to look */
    void *with;                    /* the checks' own */
};

struct promise {
    const char *id;       /* "AI-3.1.b" */
    const char *sentence; /* the promise, in plain words */
    const char *control;  /* what makes it true */
    enum promise_kind kind;
    enum promise_result (*check)(struct proof *p);
};

struct promise_state {
    enum promise_result result;
    const char *evidence; /* owned by the app */
    struct instant checked_at;
};

struct ctx;
struct table;
extern const struct table promise_result_table; /* in control: the book, for after a restart */

extern const char *const promise_kind_names[]; /* by enum, end with NULL */
extern const char *const promise_result_names[];

/* The last result of each promise, in the order of app.promised, for everybody to read. */
struct promise_book;
struct promise_book *promise_book_new(size_t count);
void promise_book_free(struct promise_book *b);
void promise_book_set(struct promise_book *b, size_t i, enum promise_result result,
                      const char *evidence, struct instant at);
/* Promises are checked by one at a time: false while another does, and still does so many
   milliseconds later. */
MUST_USE bool promise_book_begin(struct promise_book *b, int64_t patience_ms);
void promise_book_end(struct promise_book *b);
/* A copy of one; unknown when it was never checked. */
struct promise_state promise_book_get(struct promise_book *b, struct arena *a, size_t i);

/* Reads what earlier runs kept into the book of the ctx's app; and keeps what the book says of one
   promise. Outside a transaction. */
MUST_USE bool promise_book_load(struct ctx *c);
MUST_USE bool promise_book_keep(struct ctx *c, size_t i);

#endif
