/* client.h: core's side of the channel to egress, the process that may open connections.

   Thread-safe. One thread at a time reads the channel and calls back: the client's own, or one that
   it was lent to. When egress dies, the requests under way end at once with EGRESS_INTERRUPTED; new
   ones wait for its successor (at most two seconds). Bytes of provider answers arrive as typed
   events only, already parsed and checked in egress: text is valid UTF-8 without NUL. Nothing is
   logged. */
#ifndef VOW_EGRESS_CLIENT_H
#define VOW_EGRESS_CLIENT_H

#include "base/error.h"
#include "base/text.h"

enum egress_reason {
    EGRESS_OK,
#define REASON(name, problem, sentence) EGRESS_##name,
#include "reasons.def"
#undef REASON
    EGRESS_REASONS
};

/* Why the provider stopped. */
enum egress_finish {
    EGRESS_FINISH_NONE,     /* it did not finish */
    EGRESS_FINISH_STOP,     /* answered in full */
    EGRESS_FINISH_LENGTH,   /* max_tokens reached */
    EGRESS_FINISH_FILTERED, /* the provider's own content filter */
    EGRESS_FINISH_REFUSAL,  /* the model refuses; the text is its refusal */
    EGRESS_FINISH_OTHER,    /* a tool call, or a word we do not know */
};

enum egress_dialect {
    EGRESS_OPENAI_CHAT, /* Chat Completions; body by openai_compose, POST to .url */
    EGRESS_DIALECTS
};

enum {
    EGRESS_URL_MAX = 512,        /* bytes with NUL */
    EGRESS_KEY_MAX = 512,        /* bytes with NUL */
    EGRESS_BODY_MAX = 8 << 20,   /* bytes of a request body */
    EGRESS_ANSWER_MAX = 8 << 20, /* bytes of an answer on the wire, at most */
    EGRESS_CALLS = 512,          /* requests under way */
};

/* What to send where. Copied before egress_send returns; the key is wiped everywhere after use. */
struct egress_request {
    const char *url; /* whole, as "https://api.openai.com/v1/chat/completions"; printable ASCII */
    const char *key; /* sent as Authorization: Bearer; NULL or "" sends none */
    enum egress_dialect dialect;
    struct blob body;       /* the very bytes that go out */
    bool stream;            /* the body asks for an event stream */
    bool local;             /* the operator registered the provider as local: plain HTTP and private
                               addresses are allowed */
    uint32_t first_byte_ms; /* silence allowed before and between bytes; 0: 60 s */
    uint32_t total_ms;      /* for everything, retries included; 0: 300 s */
    uint32_t answer_max;    /* bytes on the wire; 0: 1 MiB */
    uint32_t retries;       /* further attempts before the first byte; at most 5 */
};

struct egress_end {
    enum egress_reason reason; /* EGRESS_OK: the answer is complete */
    enum egress_finish finish;
    int64_t prompt_tokens;     /* as the provider counts; -1: it did not say */
    int64_t completion_tokens; /* the same */
    int32_t status;            /* HTTP status of the last attempt; 0: none */
    int32_t retry_after_s;     /* the provider asks to wait that long; -1: it did not say */
    uint32_t attempts;
    uint64_t sent, received; /* bytes of bodies, over all attempts */
};

enum egress_event_kind {
    EGRESS_TEXT, /* a further piece of the answer's text, whole code points */
    EGRESS_END,  /* the last event; comes exactly once, also after cancelling */
};

struct egress_event {
    enum egress_event_kind kind;
    const char *text; /* of EGRESS_TEXT; NUL-terminated; only until the callback returns */
    size_t len;
    struct egress_end end; /* of EGRESS_END */
};

/* The problem and the sentence to answer with; EGRESS_OK gives NO_PROBLEM and "". */
enum problem egress_problem(enum egress_reason reason);
const char *egress_sentence(enum egress_reason reason);
const char *egress_reason_name(enum egress_reason reason); /* "RATE"; a reason code for receipts */

struct egress_client;

/* Starts the client on its end of the channel, which stays the caller's to close after
   egress_client_free. NULL when no thread can be made. */
struct egress_client *egress_client_new(int channel);

/* Ends all requests with EGRESS_CANCELLED and waits for running callbacks. Calls must have been
   freed before. NULL is accepted. */
void egress_client_free(struct egress_client *client);

/* Offers the channel to threads that wait for something anyway: one that sends the only request
   under way is asked by `lend` whether it will call egress_client_read from now on, whenever the
   channel has something to read, instead of whom did before. The client still looks ten times a
   second, in case that thread is busy. NULL: nobody else any more. */
void egress_client_lend(struct egress_client *client, bool (*lend)(void *with), void *with);

/* Takes what is there, without waiting, and calls back; false when the channel is closed. */
MUST_USE bool egress_client_read(struct egress_client *client);

/* Callbacks run on the thread that reads, one at a time; they must be quick, must not call
   egress_client_free, and may call egress_send and egress_cancel. */
typedef void egress_callback(void *user, const struct egress_event *event);

/* Sends; the events go to `event`, perhaps before this returns. The id is for egress_cancel. On
   false nothing was sent, no event will come, and `err` says why. */
MUST_USE bool egress_send(struct egress_client *client, const struct egress_request *in,
                          egress_callback *event, void *user, struct error *err, uint64_t *ret);

/* The same for a thread that must not wait, and for a body of at most EGRESS_OFFER_MAX bytes. When
   it would have to wait (no egress, a full channel) it returns false with no problem in `err`. */
enum { EGRESS_OFFER_MAX = 32 << 10 };
MUST_USE bool egress_offer(struct egress_client *client, const struct egress_request *in,
                           egress_callback *event, void *user, struct error *err, uint64_t *ret);

/* Ends a request early; its EGRESS_END still comes, with EGRESS_CANCELLED unless it had ended
   already. Ids of ended requests are ignored. */
void egress_cancel(struct egress_client *client, uint64_t request);

/* How often the canary of that print (process/canary.h) is in the memory of egress; -1 when that
   cannot be told. One at a time. */
int64_t egress_scan(struct egress_client *client, uint64_t print);

/* Sending for a thread that prefers to wait: a call holds its events until they are taken. */
struct egress_call;

/* NULL on failure, and `err` says why. */
struct egress_call *egress_call_new(struct egress_client *client, const struct egress_request *in,
                                    struct error *err);

/* Waits for the next event, at most `timeout_ms`; false when that passed. Text is valid until the
   next call on `call`. Nothing comes after EGRESS_END: do not wait for it. */
MUST_USE bool egress_next(struct egress_call *call, int timeout_ms, struct egress_event *ret);

/* Cancels when it has not ended; wipes what was not taken. NULL is accepted. */
void egress_call_free(struct egress_call *call);

#endif
