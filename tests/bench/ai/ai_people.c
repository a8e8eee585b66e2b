/* ai_people.c: makes an organisation for measuring AI: many members with two weeks of time each, a
   provider on this machine, AI switched on.

   ai_people DIR COUNT ENDPOINT   prints a session token for each member

   DIR is a data folder that need not exist; the master key is as for the program itself, and
   ENDPOINT has to stand in VOW_LOCAL_PROVIDERS. Many members, because an organisation has them.
 */
#include "base/instant.h"
#include "command/open.h"
#include "core/app.h"
#include "core/rows.h"
#include "core/sessions.h"
#include "feature/accounts/accounts.h"
#include "feature/ai/settings.h"
#include "feature/all.h"
#include "feature/organisation/organisation.h"
#include "feature/time/time.h"

#include <stdio.h>
#include <stdlib.h>

enum { DAYS = 14, DAY_S = 86400 };

struct scene {
    int count;
    const char *endpoint;
    struct id *people;
};

static bool entries_make(struct ctx *c, struct id person, int64_t today)
{
    for (int day = 1; day <= DAYS; day++) {
        struct instant start = { (today - day * DAY_S + 9 * 3600) * 1000000 };
        struct time_entry e = { .person = person,
                                .started_at = start,
                                .ended_at = instant_plus(start, (struct span){ 7 * 3600 }),
                                .note = "Prepared the review with the client" };
        if (day % 7 > 1 && !row_create(c, &time_entry_table, &e))
            return false;
    }
    return true;
}

static bool people_make(struct ctx *c, void *with)
{
    struct scene *s = with;
    int64_t today = c->now.us / 1000000 / DAY_S * DAY_S;
    for (int i = 0; i < s->count; i++) {
        struct person p = { .name = arena_printf(c->arena, "Pat Example %d", i),
                            .email = arena_printf(c->arena, "pat%d@example.org", i),
                            .role = "member",
                            .active = true };
        if (!row_create(c, &person_table, &p) || !entries_make(c, p.id, today))
            return false;
        s->people[i] = p.id;
    }
    return true;
}

static bool ai_switch_on(struct ctx *c, void *with)
{
    const struct scene *s = with;
    struct ai_settings settings;
    struct ai_provider p = {
        .name = "Loopback", .endpoint = s->endpoint, .model = "m", .local = true
    };
    struct ai_switch on = { .capability = "feedback.me", .on = true };
    if (!row_create(c, &ai_provider_table, &p) || !row_create(c, &ai_switch_table, &on) ||
        !row_single(c, &ai_settings_table, &settings))
        return false;
    struct ai_settings change = { .on = true, .provider = p.id, .per_minute = 60000 };
    return row_update(c, &ai_settings_table, settings.id, 0, &change,
                      row_set(&ai_settings_table, "on") | row_set(&ai_settings_table, "provider") |
                          row_set(&ai_settings_table, "per_minute"),
                      &settings);
}

static bool sessions_make(struct ctx *c, void *with)
{
    const struct scene *s = with;
    for (int i = 0; i < s->count; i++) {
        const char *token;
        if (!session_open(c, id_new(c->now), c->organisation, s->people[i], "bench", &token))
            return false;
        puts(token);
    }
    return true;
}

static bool scene_make(struct app *app, struct scene *s, struct error *err)
{
    static const struct sign_up in = { .name = "Ann Example",
                                       .email = "ann@example.org",
                                       .organisation = "Example",
                                       .password = "correct horse battery staple",
                                       .of_age = true };
    struct arena a = { 0 };
    struct ctx c = app_ctx(app, &a, err, "bench");
    const char *token;
    bool done = account_sign_up(&c, &in, &token);
    struct id organisation = c.organisation;
    c = app_ctx(app, &a, err, "bench");
    done = done && organisation_write(&c, organisation, people_make, s) &&
           organisation_write(&c, organisation, ai_switch_on, s);
    c.organisation = organisation;
    done = done && control_write(&c, sessions_make, s);
    arena_done(&a);
    return done;
}

int main(int argc, char **argv)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct secret_key key;
    struct app *app;
    struct app_config config = { .features = features,
                                 .master_key = key.byte,
                                 .bcrypt_cost = 4,
                                 .local_providers = getenv("VOW_LOCAL_PROVIDERS") };
    if (argc != 4 || atoi(argv[2]) < 1) {
        fputs("usage: ai_people DIR COUNT ENDPOINT\n", stderr);
        return 2;
    }
    struct scene scene = { .count = atoi(argv[2]), .endpoint = argv[3] };
    scene.people = arena_array(&a, (size_t)scene.count, sizeof(struct id));
    bool done = data_folder(argv[1], &a, &config.data_dir, &err) &&
                key_open(&a, config.data_dir, NULL, &key, &err) && app_start(&config, &app, &err);
    if (done) {
        done = scene_make(app, &scene, &err);
        app_stop(app);
    }
    if (!done)
        fprintf(stderr, "ai_people: %s: %s %s\n", problem_info(err.problem)->name, err.detail,
                err.places ? err.place[0].pointer : "");
    arena_done(&a);
    return done ? 0 : 1;
}
