/* egress_fixture.h: a provider, an egress process, core's client of it, and calls through them. */
#ifndef VOW_EGRESS_FIXTURE_H
#define VOW_EGRESS_FIXTURE_H

#include "client.h"
#include "provider.h"

#include <sys/types.h>

enum { LONG_MS = 20000 };

/* One of each; `pair` stays open in this process, as in the supervisor. */
struct house {
    struct provider provider;
    int pair[2]; /* core's end, egress's end */
    pid_t egress;
    const char *extra_ca;
    struct egress_client *client;
};

/* First of all in main: becomes egress when the fixture has started this program as that. */
void egress_become(char **args);

void egress_start(struct house *h);
int egress_wait(struct house *h);
void egress_kill(struct house *h);
int house_open(void **state);
int house_close(void **state);

/* A call of that behaviour of the provider; and its end, after all of its events: gathers the text,
   to be freed. */
struct egress_call *call_new(struct house *h, const char *behaviour, const char *body, bool stream,
                             uint32_t retries);
struct egress_end call_finish(struct egress_call *call, char **text);

/* What is asked, whole and streamed, and what the provider answers when it is well. */
extern const char body_whole[], body_stream[], good_text[];

#endif
