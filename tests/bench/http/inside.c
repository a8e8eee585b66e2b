/* inside.c: the program's own rules without HTTP around them, for benchmarks.

   inside create DIR COUNT   makes COUNT entries in one organisation, by one thread, one commit for
                             every 16; prints entries per second
   inside fill DIR COUNT     makes COUNT organisations; prints a session token for each
   inside report DIR COUNT   makes COUNT entries of 500 projects in one organisation, then reports
                             them by project; prints the milliseconds of the fastest of 5

   DIR is a data folder that need not exist; the master key is in DIR.key, or as VOW_MASTER_KEY_FILE
   says, as for the program itself; so does VOW_STORE where the databases are. */
#include "../entry_add.h"

#include "base/instant.h"
#include "command/open.h"
#include "core/app.h"
#include "core/rows.h"
#include "feature/accounts/accounts.h"
#include "feature/all.h"
#include "feature/organisation/organisation.h"
#include "feature/reports/reports.h"
#include "feature/time/rollup.h"
#include "feature/time/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 16, PROJECTS = 500, REPORTED_BATCH = 10000, RUNS = 5 };
#define YEAR_START INT64_C(1735689600) /* 2025-01-01T00:00:00Z */

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

struct reported {
    struct id person, project[PROJECTS];
    int64_t first, count;
    struct report_query query;
    struct report report;
};

static bool projects_create(struct ctx *c, void *with)
{
    struct reported *r = with;
    for (int i = 0; i < PROJECTS; i++) {
        struct project p = { .name = arena_printf(c->arena, "Project %d", i),
                             .rate_minor = INT_NONE };
        if (!row_create(c, &project_table, &p))
            return false;
        r->project[i] = p.id;
    }
    return true;
}

/* Over a year, in the order of time. */
static bool reported_create(struct ctx *c, void *with)
{
    const struct reported *r = with;
    const struct query *insert = entry_insert(c);
    int64_t end = r->first + REPORTED_BATCH < r->count ? r->first + REPORTED_BATCH : r->count;
    for (int64_t i = r->first; i < end; i++) {
        struct time_entry e = {
            .person = r->person,
            .project = r->project[i * 7919 % PROJECTS],
            .started_at = { (YEAR_START + i * 365 * 86400 / r->count) * 1000000 },
            .duration_s = { 300 + i % 3000 },
            .note = "measured",
            .billable = i % 10 < 7,
            .source = "timer",
            .zone = "UTC",
        };
        e.ended_at = instant_plus(e.started_at, e.duration_s);
        if (!entry_add(c, insert, &e))
            return false;
    }
    return true;
}

static bool sums_make(struct ctx *c, void *with)
{
    (void)with;
    return rollup_rebuild(c);
}

static bool ask(struct ctx *c, void *with)
{
    struct reported *r = with;
    return report_run(c, &r->query, &r->report);
}

static bool reported_fill(struct app *app, struct id organisation, struct reported *r,
                          struct error *err)
{
    struct arena a = { 0 };
    struct ctx c = app_ctx(app, &a, err, "bench");
    bool ok = organisation_write(&c, organisation, projects_create, r);
    for (; ok && r->first < r->count; r->first += REPORTED_BATCH) {
        arena_reset(&a);
        c = app_ctx(app, &a, err, "bench");
        ok = organisation_write(&c, organisation, reported_create, r);
    }
    arena_reset(&a);
    c = app_ctx(app, &a, err, "bench");
    ok = ok && organisation_write(&c, organisation, sums_make, NULL);
    arena_done(&a);
    return ok;
}

static int report(struct app *app, int count)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(app, &a, &err, "bench");
    struct reported r = {
        .count = count,
        .query = { .by = "project", .from = date_of(2025, 1, 1), .to = date_of(2025, 12, 31) }
    };
    const char *token;
    double best = 0;
    if (!sign_up(&c, 1, &token))
        return complain_of(&err);
    r.person = c.actor.person;
    struct id organisation = c.organisation;
    if (!reported_fill(app, organisation, &r, &err))
        return complain_of(&err);
    for (int run = 0; run < RUNS; run++) {
        arena_reset(&a);
        c = app_ctx(app, &a, &err, "bench");
        double start = seconds_now();
        if (!organisation_read(&c, organisation, ask, &r))
            return complain_of(&err);
        double took = seconds_now() - start;
        best = !run || took < best ? took : best;
    }
    printf("%.3f\n", best * 1e3);
    arena_done(&a);
    return 0;
}

static int command_run(struct app *app, const char *what, int count)
{
    return !strcmp(what, "create") ? create(app, count)
           : !strcmp(what, "fill") ? fill(app, count)
                                   : report(app, count);
}

int main(int argc, char **argv)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct secret_key key;
    struct app *app;
    struct app_config config = {
        .features = features, .master_key = key.byte, .bcrypt_cost = 4, .store_url = store_named()
    };
    if (argc != 4) {
        fputs("usage: inside create|fill|report DIR COUNT\n", stderr);
        return 2;
    }
    if (!data_folder(argv[2], &a, &config.data_dir, &err) ||
        !key_open(&a, config.data_dir, store_named(), &key, &err) ||
        !app_start(&config, &app, &err))
        return complain_of(&err);
    int status = command_run(app, argv[1], atoi(argv[3]));
    app_stop(app);
    arena_done(&a);
    return status;
}
