/* accounts_fixture.h: what the tests of this folder share. */
#ifndef VOW_ACCOUNTS_FIXTURE_H
#define VOW_ACCOUNTS_FIXTURE_H

#include "feature/world_fixture.h"

enum { DAY_S = 86400, RACERS = 8 };

int accounts_setup(void **state); /* a world of all features */
int accounts_teardown(void **state);

const char *sign_in_json(struct world *w, const char *email, const char *password);
struct answer sign_in(struct world *w, const char *email, int status);
size_t organisations(struct world *w); /* how many there are */

/* A person without an account, by whom they are made; their id. */
const char *person_new(struct world *w, const char *by, const char *email);

/* The path of a link with which the person makes an account, or sets a new password. */
const char *invitation_for(struct world *w, const char *by, const char *person);
#define ACCEPT "{\"password\":\"" WORLD_PASSWORD "\",\"of_age\":true}"

/* As a kill -9 between the steps of making an account leaves it. */
void account_left(struct world *w, struct id organisation, struct id person, const char *email);

struct racer {
    struct world *w;
    struct arena a;
    const char *path, *json;
    struct answer answer;
};

/* Asks all at once; the one that was answered 201, where all others were with `lost`. */
const struct racer *race_run(struct racer r[RACERS], int lost);
void race_end(struct racer r[RACERS]);

#endif
