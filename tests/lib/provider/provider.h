/* provider.h: a loopback stand-in for a provider of models that speaks OpenAI Chat Completions,
   misbehaves on demand and keeps the exact bodies it was sent.

   POST /v1/chat/completions answers well; POST /BEHAVIOUR/v1/chat/completions does as the table in
   behaviour.c says. GET /requests lists what came in ([{"path","authorization","body"}], the body
   as a JSON string), GET /requests/last is the last body byte for byte, DELETE /requests forgets.
 */
#ifndef VOW_TEST_PROVIDER_H
#define VOW_TEST_PROVIDER_H

#include "base/base.h"

#include <sys/types.h>

/* Serves a listening socket until the process ends; returns only when epoll fails. */
int provider_serve(int listener);

/* Runs provider_serve in a child that dies with this process. */
struct provider {
    pid_t pid;
    uint16_t port;
};
MUST_USE bool provider_start(struct provider *ret);
void provider_stop(struct provider *p);

/* The address of a behaviour ("" for the good one): "http://127.0.0.1:PORT/BEHAVIOUR/v1/...". */
const char *provider_url(const struct provider *p, const char *behaviour, char to[160]);

/* The last body that came in, with its length; to be freed. NULL when none. */
char *provider_last(const struct provider *p, size_t *n);

/* How many requests came in since the last provider_forget. */
size_t provider_count(const struct provider *p);
void provider_forget(const struct provider *p);

#endif
