/* openai.h: OpenAI's Chat Completions dialect: composing the body in core, so that the bytes
   previewed are the bytes sent, and reading the answer in egress, where untrusted bytes belong.
   Follows the API reference for POST /v1/chat/completions; also spoken by Ollama, vLLM, llama.cpp
   and Azure's /openai/v1. Pure functions on memory. */
#ifndef VOW_OPENAI_H
#define VOW_OPENAI_H

#include "base/buffer.h"
#include "client.h"

struct openai_message {
    const char *role; /* "system", "developer", "user" or "assistant" */
    const char *content;
};

struct openai_request {
    const char *model;
    const struct openai_message *messages;
    size_t count;
    int64_t max_tokens;            /* of the answer; 0: not sent */
    const char *schema_name;       /* with .schema: a name for it, [a-zA-Z0-9_-] */
    const char *schema;            /* JSON Schema that the answer must follow; NULL: free text */
    const char *safety_identifier; /* NULL: not sent */
    bool stream;
    bool compatible; /* not OpenAI itself: max_tokens instead of max_completion_tokens, and no
                        safety_identifier */
};

/* Appends the body. "store":false always, never tools, never a conversation at the provider. */
void openai_compose(struct buffer *out, const struct openai_request *in);

/* Reads one answer, in pieces of any size, as they come from the wire. */
struct openai_reader;

/* Takes text of the answer: valid UTF-8, whole code points, no NUL inside, not terminated. */
typedef void openai_text(void *user, const char *text, size_t len);

/* `stream` when the answer's Content-Type is text/event-stream; `max` bounds the whole answer. */
struct openai_reader *openai_reader_new(bool stream, size_t max, openai_text *text, void *user);
void openai_reader_free(struct openai_reader *r); /* wipes; accepts NULL */

/* Feeds bytes; EGRESS_OK, or why the answer cannot be used (stays so). */
enum egress_reason openai_reader_feed(struct openai_reader *r, const void *at, size_t n);

/* The connection ended: EGRESS_OK when the answer is complete. */
enum egress_reason openai_reader_end(struct openai_reader *r);

/* What is known so far: finish and the token counts; the rest of `ret` stays. */
void openai_reader_sum(const struct openai_reader *r, struct egress_end *ret);

/* Why a provider answered with an error status; the body is looked at for its error code only. */
enum egress_reason openai_error(int status, const void *body, size_t n);

#endif
