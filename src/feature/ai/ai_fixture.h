/* ai_fixture.h: for tests: the whole program with a real egress process and a provider on loopback
   that behaves as asked. */
#ifndef VOW_AI_FIXTURE_H
#define VOW_AI_FIXTURE_H

#include "feature/ai/ai.h"
#include "feature/world_fixture.h"

#include "provider.h"

struct house {
    struct world *w;
    struct provider provider;
    int pair[2]; /* core's end of the channel, egress's end */
    pid_t egress;
    const char *owner; /* session token */
    const char *local; /* what the operator allows */
    struct span later; /* the clock of house_run is ahead by as much */
};

/* An organisation "House of Ada Beispiel" with AI on and `capability` on for everybody (NULL: AI
   stays off). */
struct house *house_open(const char *capability);
int house_close(struct house *h);

/* A test within one, for feedback.me, or with AI off. */
int house_setup(void **state);
int house_setup_off(void **state);
int house_teardown(void **state);
#define HOUSE_TEST(f) cmocka_unit_test_setup_teardown(f, house_setup, house_teardown)
#define HOUSE_OFF_TEST(f) cmocka_unit_test_setup_teardown(f, house_setup_off, house_teardown)

/* Ends the program as it is and starts it again on the same data. */
void house_restart(struct house *h);

/* The id of a provider with that behaviour. */
const char *house_provider(struct house *h, const char *behaviour);

/* Changes a row at `path`, whatever its version. */
struct answer house_patch(struct house *h, const char *path, const char *json, int status);

/* A run within the program, in the owner's organisation and for no person. */
bool house_run(struct house *h, const struct capability *k, const struct ai_input *in,
               struct error *err, struct ai_answer *ret);

/* Asks for feedback.me over a month, in which house_note books an hour and a half on a day; `more`:
   further members of the request, such as the choice of a provider that house_through gives. */
#define HOUSE_PERIOD "\"from\":\"2026-03-01\",\"to\":\"2026-04-01\""
struct answer house_ask(struct house *h, const char *session, const char *more, int status);
void house_note(struct house *h, const char *session, const char *note, int day);
const char *house_through(struct house *h, const char *provider);

/* The newest receipt as JSON. */
const char *house_receipt(struct house *h);

/* A number member of a JSON answer. */
double house_number(struct house *h, const char *json, const char *key);

#endif
