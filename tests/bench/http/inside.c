/* inside.c: the program's own rules without HTTP around them, for benchmarks.

   inside create DIR COUNT   makes COUNT entries in one organisation, by one thread, one commit for
                             every 16; prints entries per second
   inside fill DIR COUNT     makes COUNT organisations; prints a session token for each

   DIR is a data folder that need not exist; the master key is in DIR.key, or as VOW_MASTER_KEY_FILE
   says, as for the program itself. */
#include "base/instant.h"
#include "command/open.h"
#include "core/app.h"
#include "core/rows.h"
#include "feature/accounts/accounts.h"
#include "feature/all.h"
#include "feature/time/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 16 };

static bool sign_up(struct ctx *c, int number, const char **token)
{
    struct sign_up in = {
        .name = "Ann Example",
        .email = arena_printf(c->arena, "ann%d@example.org", number),
        .organisation = arena_printf(c->arena, "Organisation %d", number),
        .password = "correct horse battery staple",
        .of_age = true,
    };
    return account_sign_up(c, &in, token);
}

static int complain_of(const struct error *err)
{
    fprintf(stderr, "inside: %s: %s\n", problem_info(err->problem)->name, err->detail);
    return 1;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

struct batch {
    struct id person;
    int64_t first; /* number of the batch's first entry */
};

/* Entries of a minute each, one after the other. */
static bool batch_create(struct ctx *c, void *with)
{
    const struct batch *b = with;
    for (int64_t i = b->first; i < b->first + BATCH; i++) {
        struct instant start = { (1700000000 + 60 * i) * 1000000 };
        struct time_entry e = {
            .person = b->person,
            .started_at = start,
            .ended_at = instant_plus(start, (struct span){ 60 }),
            .note = "measured",
        };
        if (!row_create(c, &time_entry_table, &e))
            return false;
    }
    return true;
}

static int create(struct app *app, int count)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(app, &a, &err, "bench");
    const char *token;
    if (!sign_up(&c, 1, &token))
        return complain_of(&err);
    struct batch batch = { .person = c.actor.person };
    struct id organisation = c.organisation;
    arena_reset(&a);
    double start = seconds_now();
    for (; batch.first < count; batch.first += BATCH) {
        c = app_ctx(app, &a, &err, "bench");
        if (!organisation_write(&c, organisation, batch_create, &batch))
            return complain_of(&err);
        arena_reset(&a);
    }
    printf("%.1f\n", (double)batch.first / (seconds_now() - start));
    arena_done(&a);
    return 0;
}

static int fill(struct app *app, int count)
{
    for (int i = 0; i < count; i++) {
        struct arena a = { 0 };
        struct error err = { 0 };
        struct ctx c = app_ctx(app, &a, &err, "bench");
        const char *token;
        if (!sign_up(&c, i, &token))
            return complain_of(&err);
        puts(token);
        arena_done(&a);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct secret_key key;
    struct app *app;
    struct app_config config = { .features = features, .master_key = key.byte, .bcrypt_cost = 4 };
    if (argc != 4) {
        fputs("usage: inside create|fill DIR COUNT\n", stderr);
        return 2;
    }
    if (!data_folder(argv[2], &a, &config.data_dir, &err) ||
        !key_open(&a, config.data_dir, &key, &err) || !app_start(&config, &app, &err))
        return complain_of(&err);
    int status = strcmp(argv[1], "fill") ? create(app, atoi(argv[3])) : fill(app, atoi(argv[3]));
    app_stop(app);
    arena_done(&a);
    return status;
}
