/* receipt.h: what was disclosed, by kind and count, without any of it. */
#ifndef VOW_AI_RECEIPT_H
#define VOW_AI_RECEIPT_H

#include "core/feature.h"

struct ai_receipt {
    ROW_MEMBERS;
    struct id person; /* who asked; absent: the program, for a hook */
    const char *capability, *provider, *model, *region, *reason;
    struct list columns; /* names */
    int64_t rows, bytes, prompt_tokens, completion_tokens, left_out;
    struct list masked;     /* "PERSON 2" */
    const char *commitment; /* hex SHA-256 of salt and disclosure */
    int64_t policy;
};
extern const struct table ai_receipt_table;

#endif
