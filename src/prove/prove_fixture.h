/* prove_fixture.h: the whole program in a folder of its own, with parts exchanged for ones that
   lack their control, and a witness that says what it is told to say. */
#ifndef VOW_PROVE_FIXTURE_H
#define VOW_PROVE_FIXTURE_H

#include "prove/prove.h"

#include "process/sandbox.h"

struct fixture {
    struct arena a;
    char dir[64];
    const struct feature *features[16];
    struct app_config config;
    struct app *app;
    struct witness witness;
    struct sandbox_report sandbox;
    /* what the witness sees */
    char provider[160], canary[CANARY_TEXT];
    const char *page, *cookie, *possible, *captured; /* captured NULL: what really arrived */
    bool old_tls, waited;
    int in_memory;
    /* what the last run gave: of the last check; and what was not held */
    enum promise_result result;
    const char *evidence;
    struct buffer not_held;
};

/* Processes that all tests share: egress and a loopback provider; before any thread is made. */
bool fixture_share(void);
void fixture_unshare(void);

/* The product as it is, with a witness who sees nothing wrong; not started. */
struct fixture *fixture_new(void);
int fixture_free(struct fixture *f);

/* Exchanges a part for a copy that the test may change. */
struct feature *feature_own(struct fixture *f, const char *feature);
struct route *route_own(struct fixture *f, const char *feature, enum method m, const char *path);
struct table *table_own(struct fixture *f, const char *feature, const char *table);
void feature_add(struct fixture *f, const struct feature *feature);

/* Exchanges what handles a route; `original` is what did, for one that calls it when it has done
   its damage. */
extern route_fn *original;
void handle_own(struct fixture *f, const char *feature, enum method m, const char *path,
                route_fn *instead);

/* Starts the program unless it runs. */
void fixture_start(struct fixture *f);

/* Checks one promise, or all (NULL); the result is in the fixture. */
void fixture_prove(struct fixture *f, const char *id, bool with_witness);

#endif
