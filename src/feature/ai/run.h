/* run.h: one run of ai_run on its way through the steps; for the files of this folder and for
   the capabilities of other features. */
#ifndef VOW_AI_RUN_H
#define VOW_AI_RUN_H

#include "ai.h"
#include "egress/client.h"
#include "policy.h"
#include "screen/mask.h"

enum { CONTEXT_ROWS = 400, CONTEXT_BYTES = 48 << 10, QUESTION_MAX = 4000 };

/* What a thread that must not wait screens at most, in bytes, of context and of an answer. */
enum { HASTY_BYTES = 4096, HASTY_ANSWER = 2048, HASTY_ROWS = 64 };

struct ai_run {
    struct ctx *c;
    const struct capability *capability;
    const struct ai_input *in;
    struct ai_answer *ret;

    const struct ai_policy *policy;
    uint64_t changes;            /* app.settings_changes when the switches were last looked at */
    struct ai_provider provider; /* of a run that leaves */
    bool local;                  /* the local engine: nothing leaves */
    bool hasty;                  /* on a thread that must not wait */
    bool elsewhere;              /* and it would have had to */

    struct mask_map *map;
    struct arena scratch;  /* of one cell */
    struct seen *seen[64]; /* texts that were screened before, by hash */
    struct buffer context;
    const char *question; /* masked */
    const char **columns; /* names, as they are used */
    size_t column_count;
    int64_t left_out; /* cells that looked like instructions to a model */
    size_t screened;  /* bytes */

    struct egress_request request;
    struct mask_stream *stream; /* of the attempt under way */
    struct buffer text;         /* what came back */
    bool leaves;                /* handed to egress */
    bool ended;                 /* and egress has told how it ended: */
    struct egress_end end;
    size_t shown; /* bytes of a streamed answer */
    bool kept;    /* a receipt of it outlives this process, in this slot: */
    int slot;
    const char *reason; /* "OK", or why it was refused or failed; for the receipt */
};

/* The steps; each false after noting a problem and run->reason. */
MUST_USE bool ai_switches(struct ai_run *run);        /* 1 */
MUST_USE bool ai_provider_choose(struct ai_run *run); /* 2 */
MUST_USE bool ai_prohibited(struct ai_run *run);      /* 3 */
MUST_USE bool ai_context(struct ai_run *run);         /* 4 by way of 5, in a transaction */
MUST_USE bool ai_disclosure(struct ai_run *run);      /* 6 */
MUST_USE bool ai_send(struct ai_run *run);            /* 7 and the text part of 8 */

/* Before anything else: steps 1 to 6. Notes run->elsewhere, and no problem, when a hasty run would
   have to wait. */
MUST_USE bool ai_prepare(struct ai_run *run);

/* 5: a text with tokens for whatever identifies a person; whether one reads like an instruction,
   and does not leave; a text as it is, which may look like a token and must not be taken for one.
 */
const char *ai_masked(struct ai_run *run, const char *text);
MUST_USE bool ai_hostile(struct ai_run *run, const char *text);
const char *ai_unmasked(struct ai_run *run, const char *text);

/* After everything else: the receipt, whatever came of it; gives back what the run holds and, when
   it is ok, fills `ret`. */
MUST_USE bool ai_over(struct ai_run *run, bool ok, struct ai_answer *ret);

/* The parts of ai_send, for who does not wait: what goes out, with its receipt kept; sending it and
   waiting for its end; one piece, or the last, of what comes back; what came of it all. */
MUST_USE bool ai_send_prepare(struct ai_run *run);
MUST_USE bool ai_send_wait(struct ai_run *run);
MUST_USE bool ai_send_piece(struct ai_run *run, const char *text, size_t n);
MUST_USE bool ai_send_last(struct ai_run *run);
MUST_USE bool ai_send_over(struct ai_run *run, bool ok);

/* Whether egress died under the request before any of the answer was here: its successor may try.
 */
bool ai_send_interrupted(const struct ai_run *run);

/* Whether a run that is out may go on with the provider it was sent to, as its row is now. */
MUST_USE bool ai_provider_still(struct ai_run *run);

/* Whether who asked may still, and the switches still say yes, and the provider may still be used;
   looked up when any session, role, switch or provider of this installation has changed. */
MUST_USE bool ai_still_on(struct ai_run *run);

/* Notes that a hasty run has to be one of a thread that may wait. */
bool ai_elsewhere(struct ai_run *run);

/* 9: keeps the receipt as the run stands, before anything leaves; and writes it as it ended. */
MUST_USE bool ai_receipt_keep(struct ai_run *run);
void ai_receipt_write(struct ai_run *run);

/* 10: gives back what the run holds. */
void ai_forget(struct ai_run *run);

/* 8: what a run answers is looked at before a person sees it: prohibited use, hidden signs, remote
   images, HTML. Gives the text to show; false with PROHIBITED_USE or ANSWER_INVALID. */
MUST_USE bool ai_answer_check(struct ai_run *run, const char *text, const char **ret);

/* Of a streamed answer, shows what may be shown by now: whole sentences, each judged together with
   what came before, so that what was shown has passed the guard. */
MUST_USE bool ai_answer_part(struct ai_run *run, const struct buffer *answer, bool last);

/* A text without zero-width and bidirectional control characters without images that would be
   fetched from elsewhere, HTML, and links that lead to scripts or data. */
const char *ai_text_clean(struct arena *a, const char *text);

/* Lower-case hexadecimal digits. */
const char *ai_hex(struct arena *a, const uint8_t *at, size_t n);

/* Context for capabilities. Notes a column as read, where the capability does not declare its own.
 */
void context_column(struct ai_run *run, const struct table *t, const char *column);

/* A value of a table's column, at `value`, where its label stands already: masked when its table
   says so, left out when it looks like an instruction; asserts that the capability declared it. */
void context_value(struct ai_run *run, const struct table *t, const struct field *f,
                   const void *value);

/* A row of several: where the record has a value, and the column that it is of; ends with one
   without a table. */
struct ai_cell {
    const struct table *table;
    const char *column;
    enum kind kind;
    size_t at;
};
#define AI_CELL(type, member, table, column)                                   \
    {                                                                          \
        &(table), column, KIND_OF(((type *)0)->member), offsetof(type, member) \
    }
/* As many of `count` records of `size` bytes as have room. */
void context_rows(struct ai_run *run, const struct ai_cell *cells, const void *records,
                  size_t count, size_t size);
void context_text(struct ai_run *run, const char *text, bool mask);
void context_line(struct ai_run *run); /* ends a row; counts it */

/* Why a run ended, for its receipt. */
enum ai_reason {
#define REASON(name, problem, sentence) REASON_##name,
#include "reasons.def"
#undef REASON
};
const char *ai_reason_name(enum ai_reason reason);

/* Notes the reason's problem, unless it has none or one is noted already; gives its name. */
const char *ai_reason_note(enum ai_reason reason, struct error *err);

/* Fails a run for a reason of ours, or for one of the guard's or of egress. */
bool ai_fail(struct ai_run *run, enum ai_reason reason);
bool ai_fail_as(struct ai_run *run, enum problem p, const char *reason, const char *sentence);

#endif
