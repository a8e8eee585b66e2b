/* world_fixture.h: the whole program in a folder of its own, called in process, for tests of
   features.

   Every function ends the test with what was answered when it is not what the test expects. */
#ifndef VOW_FEATURE_WORLD_FIXTURE_H
#define VOW_FEATURE_WORLD_FIXTURE_H

#include "core/app.h"

struct world {
    struct app *app;
    struct arena a;
    char dir[64];
    const struct feature *const *features;
    struct span later;            /* the clock of the calls is ahead by as much */
    struct egress_client *egress; /* for world_open; NULL: none */
    const char *local_providers;
    int bcrypt_cost;     /* for world_open; 0: 4 */
    int64_t org_storage; /* for world_open; 0: no limit */
};

#define WORLD_PASSWORD "correct horse battery"

struct world *world_new(const struct feature *const *features);
void world_open(struct world *w);                     /* also again, after app_stop */
bool world_start(struct world *w, struct error *err); /* the same where it may be refused */
int world_free(struct world *w);                      /* 0 when its folder is gone */

/* Calls as given, whatever is answered. */
struct answer world_call(struct world *w, struct call c);

/* Calls a route as the owner of the session token (NULL: nobody) and expects the status. `json` may
   be NULL; version 0 sends no If-Match. */
struct answer world_ask(struct world *w, const char *session, enum method m, const char *path,
                        const char *json, int64_t version, int status);
struct answer world_get(struct world *w, const char *session, const char *path, int status);
struct answer world_post(struct world *w, const char *session, const char *path, const char *json,
                         int status);

/* Session tokens of a new organisation's owner, and of somebody invited by `by`. */
const char *world_sign_up(struct world *w, const char *name, const char *email);
const char *world_invite(struct world *w, const char *by, const char *name, const char *email,
                         const char *role);

/* The text member of a JSON answer that is called `key` first; and of who is signed in. */
const char *world_text(struct world *w, const char *json, const char *key);
const char *world_self(struct world *w, const char *session, const char *key);

/* A world in which Ada Beispiel has founded an organisation; setup and teardown of tests that need
   no more. */
struct founded {
    struct world *world;
    const char *owner; /* session token */
};
int founded_open(void **state, const struct feature *const *features);
int founded_close(void **state);
struct id founded_organisation(const struct founded *f);

/* How many values of all tables of an organisation (absent: of control) hold the text, whatever
   their type; `where` names the first such column. */
size_t world_traces(struct world *w, struct id organisation, const char *text, const char **where);

struct id world_id(const char *text);

#endif
