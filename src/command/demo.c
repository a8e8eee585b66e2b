/* demo.c: `vow demo` fills a data folder with an invented company, so that everything can be tried:
   12 people in 3 teams, 12 weeks of time with plausible habits and gaps, a form, AI switched on
   with the local engine. The same seed gives the same habits; what was done ends now. */
#include "command.h"

#include "core/rows.h"
#include "core/schema.h"
#include "core/tenant.h"
#include "feature/accounts/accounts.h"
#include "feature/ai/ai.h"
#include "feature/ai/settings.h"
#include "feature/forms/forms.h"
#include "feature/forms/public.h"
#include "feature/organisation/organisation.h"
#include "feature/time/time.h"
#include "open.h"

#include <stdlib.h>
#include <string.h>

#define DEMO_PASSWORD "demo password"
enum { WEEKS = 12, PEOPLE = 12, TEAMS = 3, PROJECTS = 8, TAGS = 4, ACCOUNTS = 5 };
enum { EARLY = 420, EVENING = 1290 }; /* minutes of the day */

static const char *const team_names[TEAMS] = { "Design", "Engineering", "Consulting" };

/* start: minute of the day at which the person usually begins; late: works in the evening. */
static const struct {
    const char *name, *email, *title, *role;
    int team, start;
    double hours;
    bool late;
} people[PEOPLE] = {
    { "Ada Beispiel", "ada@demo.example", "Founder", "owner", 2, 510, 8.5, true },
    { "Bo Muster", "bo@demo.example", "Head of operations", "admin", 2, 480, 8.0, false },
    { "Cleo Probe", "cleo@demo.example", "Design lead", "manager", 0, 540, 7.5, false },
    { "Dario Exempel", "dario@demo.example", "Designer", "member", 0, 570, 7.8, false },
    { "Edda Vorlage", "edda@demo.example", "Auditor", "auditor", 2, 540, 4.0, false },
    { "Finn Ejemplo", NULL, "Illustrator", "none", 0, 600, 6.0, false },
    { "Gila Esempio", NULL, "Engineering lead", "none", 1, 520, 8.2, false },
    { "Hugo Voorbeeld", NULL, "Backend engineer", "none", 1, 590, 9.2, true },
    { "Ines Exemplo", NULL, "Frontend engineer", "none", 1, 540, 7.6, false },
    { "Jaro Przyklad", NULL, "Support engineer", "none", 1, 420, 7.7, false },
    { "Kira Esimerkki", NULL, "Consultant", "none", 2, 495, 8.8, false },
    { "Leo Eksempel", NULL, "Consultant", "none", 2, 510, 8.0, false },
};

/* clang-format off */
static const struct {
    const char *name, *client, *colour;
    bool billable;
    int64_t rate_minor;
    const char *notes[4];
} projects[PROJECTS] = {
    { "Website relaunch", "Orchard Bakery", "#3b6fb6", true, 9500,
      { "Home page layout", "Review with the client", "Icons and images", "Fix on small screens" } },
    { "Shop migration", "Orchard Bakery", "#d1762b", true, 10500,
      { "Move the product data", "Payment tests", "Redirects", "Call about stock levels" } },
    { "Route planner", "Harbour Logistics", "#2f8f6b", true, 11000,
      { "Depot model", "Speed up the search", "Bug in the night shift", "Planning meeting" } },
    { "Driver app", "Harbour Logistics", "#8a5fb0", true, 10000,
      { "Offline storage", "Sign-in screen", "Field test", "Release notes" } },
    { "Annual report", "Lindgren Foundation", "#b5484c", true, 8800,
      { "Chapter layout", "Charts", "Proof reading", "Photo selection" } },
    { "Process review", "Lindgren Foundation", "#7a7f2e", true, 12000,
      { "Interviews", "Workshop", "Write-up", "Preparation" } },
    { "Internal tools", NULL, "#5b6675", false, 0,
      { "Build server", "Backup test", "Update packages", "Ticket clean-up" } },
    { "Team and meetings", NULL, "#9c8b74", false, 0,
      { "Weekly meeting", "One to one", "Interview", "Planning" } },
};
/* clang-format on */

static const char *const tag_names[TAGS] = { "on site", "remote", "urgent", "training" };

struct demo {
    struct id person[PEOPLE], team[TEAMS], project[PROJECTS], tag[TAGS];
    struct id owner;
    struct form form;
    uint64_t seed;
    int64_t entries;
    struct date until; /* the day after the week that is made */
    struct date today;
    struct instant now;
    const struct zone *zone;
};

/* xorshift64*, so that a seed means the same on every machine. */
static uint32_t next(struct demo *d)
{
    d->seed ^= d->seed >> 12;
    d->seed ^= d->seed << 25;
    d->seed ^= d->seed >> 27;
    return (uint32_t)(d->seed * UINT64_C(2685821657736338717) >> 32);
}

static int between(struct demo *d, int low, int high)
{
    return low + (int)(next(d) % (uint32_t)(high - low + 1));
}

static bool people_make(struct ctx *c, struct demo *d)
{
    for (int i = 0; i < TEAMS; i++) {
        struct team t = { .name = team_names[i] };
        if (!row_create(c, &team_table, &t))
            return false;
        d->team[i] = t.id;
    }
    for (int i = 0; i < PEOPLE; i++) {
        struct person p = { .name = people[i].name,
                            .email = people[i].email,
                            .title = people[i].title,
                            .role = people[i].role,
                            .team = d->team[people[i].team],
                            .active = true };
        struct person ret;
        bool ok =
            i ? row_create(c, &person_table, &p)
              : row_update(c, &person_table, d->owner, 0, &p,
                           row_set(&person_table, "title") | row_set(&person_table, "team"), &ret);
        if (!ok)
            return false;
        d->person[i] = i ? p.id : d->owner;
    }
    return true;
}

static bool client_make(struct ctx *c, const char *name, struct id *ret)
{
    static const struct query by_name = { "SELECT id FROM client WHERE name = $1" };
    static const struct field id_fields[] = {
        FIELD(struct row, id, .privacy = OPERATIONAL, .doc = "Id"),
        { 0 },
    };
    struct row row = { 0 };
    bool found = false;
    *ret = (struct id){ 0 };
    if (!name)
        return true;
    if (!tx_row(c->tx, &by_name, ARGS(value_text(name)), id_fields, &row, &found))
        return false;
    struct client client = { .name = name };
    if (!found && !row_create(c, &client_table, &client))
        return false;
    *ret = found ? row.id : client.id;
    return true;
}

static bool work_make(struct ctx *c, struct demo *d)
{
    for (int i = 0; i < PROJECTS; i++) {
        struct project p = { .name = projects[i].name,
                             .colour = projects[i].colour,
                             .billable = projects[i].billable,
                             .rate_minor =
                                 projects[i].billable ? projects[i].rate_minor : INT_NONE };
        if (!client_make(c, projects[i].client, &p.client) || !row_create(c, &project_table, &p))
            return false;
        d->project[i] = p.id;
    }
    for (int i = 0; i < TAGS; i++) {
        struct tag t = { .name = tag_names[i] };
        if (!row_create(c, &tag_table, &t))
            return false;
        d->tag[i] = t.id;
    }
    return true;
}

/* A team works mostly on two or three projects; everybody has meetings. */
static int project_pick(struct demo *d, int person)
{
    static const int usual[TEAMS][4] = { { 0, 4, 0, 3 }, { 2, 3, 1, 6 }, { 5, 1, 4, 5 } };
    int roll = between(d, 0, 99);
    if (roll < 12)
        return 7;
    if (roll < 17)
        return 6;
    return usual[people[person].team][between(d, 0, 3)];
}

/* Rolls the same dice whether or not its time has come: what lies ahead is not made, and what goes
   on is as long as it has been. */
static bool entry_make(struct ctx *c, struct demo *d, int person, struct date day, int from,
                       int minutes)
{
    int project = project_pick(d, person);
    struct time_entry e = {
        .person = d->person[person],
        .project = d->project[project],
        .started_at = zone_instant(d->zone, day, from * 60, false, NULL),
        .ended_at = zone_instant(d->zone, day, (from + minutes) * 60, false, NULL),
        .note = projects[project].notes[between(d, 0, 3)],
        .billable = projects[project].billable,
        .source = "manual",
    };
    if (between(d, 0, 9) < 2)
        e.tags.text = tags_format(c->arena, &d->tag[between(d, 0, TAGS - 1)], 1);
    if (e.ended_at.us > d->now.us)
        e.ended_at = d->now;
    if (instant_minus(e.ended_at, e.started_at).s < 600)
        return true;
    d->entries++;
    return row_create(c, &time_entry_table, &e);
}

static bool day_make(struct ctx *c, struct demo *d, int person, struct date day)
{
    int weekday = date_weekday(day);
    bool weekend = weekday > 4;
    /* As whom one signs in first has begun today, and early. */
    bool first = person == 0 && !weekend && day.day == d->today.day;
    int roll = between(d, 0, 99);
    if (!first && (weekend ? roll >= (people[person].late ? 12 : 2) : roll < 7))
        return true; /* away: ill, on leave, or simply forgotten */
    double hours = people[person].hours * (weekday == 4 ? 0.8 : 1) * between(d, 80, 118) / 100;
    int left = weekend ? between(d, 60, 180) : (int)(hours * 60);
    int at = (first ? EARLY : people[person].start) + between(d, -20, 30);
    bool paused = false;
    while (left > 10 && at < 22 * 60) {
        int minutes = between(d, 3, 11) * 15;
        minutes = minutes > left ? left : minutes;
        if (!entry_make(c, d, person, day, at, minutes))
            return false;
        left -= minutes;
        at += minutes + (between(d, 0, 3) ? 0 : between(d, 5, 20));
        if (!paused && at > 720 && between(d, 0, 9) < 9) {
            at += between(d, 30, 60);
            paused = true;
        }
    }
    if (!weekend && people[person].late && at <= EVENING && between(d, 0, 9) < 2)
        return entry_make(c, d, person, day, EVENING, between(d, 30, 100));
    return true;
}

static bool week_make(struct ctx *c, void *with)
{
    struct demo *d = with;
    struct date from = { d->until.day - 7 };
    for (struct date day = from; day.day < d->until.day; day.day++)
        for (int person = 0; person < PEOPLE; person++)
            if (!day_make(c, d, person, day))
                return false;
    return true;
}

static bool form_make(struct ctx *c, struct form *ret)
{
    static const struct {
        const char *key, *label, *kind, *privacy;
        bool required, ai;
    } fields[] = {
        { "what", "What do you need?", "text", "CONTENT", true, true },
        { "why", "What is it for?", "long_text", "CONTENT", true, true },
        { "cost", "About how much is it?", "number", "OPERATIONAL", false, true },
        { "needed_on", "When do you need it?", "date", "OPERATIONAL", false, true },
    };
    static const struct {
        const char *json;
    } answers[] = {
        { "{\"what\":\"A second screen\",\"why\":\"Layouts side by side\",\"cost\":240}" },
        { "{\"what\":\"A quieter keyboard\",\"why\":\"The open room is loud "
          "enough\",\"cost\":85}" },
        { "{\"what\":\"A course on accessible charts\",\"why\":\"For the annual "
          "report\",\"cost\":390}" },
    };
    struct form form = { .title = "Equipment request",
                         .status = "open",
                         .description = "Tell us what would make work easier.",
                         .public = true,
                         .link = "demo-equipment" };
    const struct table *t;
    void *row;
    if (!row_create(c, &form_table, &form))
        return false;
    for (size_t i = 0; i < LENGTH(fields); i++) {
        struct form_field f = { .form = form.id,
                                .position = (int64_t)i,
                                .key = fields[i].key,
                                .label = fields[i].label,
                                .kind = fields[i].kind,
                                .privacy = fields[i].privacy,
                                .required = fields[i].required,
                                .ai = fields[i].ai };
        if (!row_create(c, &form_field_table, &f))
            return false;
    }
    if (!submission_table(c, &form, &t) || !schema_apply(c, t))
        return false;
    for (size_t i = 0; i < LENGTH(answers); i++) {
        struct blob json = { answers[i].json, strlen(answers[i].json) };
        if (!submission_create(c, &form, t, json, &row))
            return false;
    }
    *ret = form;
    return true;
}

static bool ai_enable(struct ctx *c)
{
    static const struct capability *const shown[] = { &feedback_me, &summary_report };
    struct ai_settings now, change = { .on = true };
    if (!row_single(c, &ai_settings_table, &now) ||
        !row_update(c, &ai_settings_table, now.id, 0, &change, row_set(&ai_settings_table, "on"),
                    &now))
        return false;
    for (size_t i = 0; i < LENGTH(shown); i++) {
        struct ai_switch s = { .capability = shown[i]->name, .on = true };
        if (!row_create(c, &ai_switch_table, &s))
            return false;
    }
    return true;
}

static bool company_make(struct ctx *c, void *with)
{
    struct demo *d = with;
    struct organisation now, change = { .zone = "Europe/Berlin" };
    return row_single(c, &organisation_table, &now) &&
           row_update(c, &organisation_table, now.id, 0, &change,
                      row_set(&organisation_table, "zone"), &now) &&
           people_make(c, d) && work_make(c, d) && form_make(c, &d->form) && ai_enable(c);
}

/* Its passwords are known to everybody, so it has no place beside what is meant. */
static bool store_is_new(struct ctx *c)
{
    struct list active;
    return control_read(c, tenants_active, &active) &&
           (!active.count ||
            fail(c, ALREADY_EXISTS,
                 "There are organisations here already, such as that of a demo, whole or "
                 "interrupted; name a data folder that does not exist"));
}

static bool demo_fill(struct app *app, struct arena *a, struct demo *d, struct error *err)
{
    struct ctx c = app_ctx(app, a, err, "demo");
    struct sign_up up = { people[0].name, people[0].email, "Lantern Studio", DEMO_PASSWORD, true };
    if (!store_is_new(&c) || !account_sign_up(&c, &up, NULL))
        return false;
    d->owner = c.actor.person;
    c.actor = (struct actor){ .program = true, .name = "demo" };
    if (!organisation_write(&c, c.organisation, company_make, d) || !public_link_set(&c, &d->form))
        return false;
    d->zone = zone_named(&c, "Europe/Berlin");
    d->now.us = c.now.us - c.now.us % 60000000; /* whole minutes, as people write them */
    d->today = zone_day(d->zone, d->now);
    for (int week = WEEKS - 1; week >= 0; week--) {
        d->until.day = d->today.day + 1 - 7 * week;
        if (!organisation_write(&c, c.organisation, week_make, d))
            return false;
    }
    for (int i = 1; i < ACCOUNTS; i++)
        if (!account_add(&c, d->person[i], people[i].email, DEMO_PASSWORD))
            return false;
    return true;
}

static void demo_tell(const struct demo *d)
{
    printf("The demo has %d people, %lld time entries and these accounts, all with the password "
           "\"%s\":\n",
           PEOPLE, (long long)d->entries, DEMO_PASSWORD);
    for (int i = 0; i < ACCOUNTS; i++)
        printf("  %-20s %s\n", people[i].email, people[i].role);
}

int demo_command(int argc, char **argv)
{
    const char *data = NULL;
    const struct option_row options[] = {
        { "--data", "DIR", "Data folder to fill; must be new", &data, .required = true },
        { 0 },
    };
    struct arena a = { 0 };
    struct error err = { 0 };
    struct app *app;
    struct demo d = { .seed = 20260301 };
    int status;
    if (!options_read(argc, argv, "vow demo: fills a data folder with an invented company", options,
                      &status))
        return status;
    if (!installation_open(data, &a, &app, &err))
        return complain_error(&err);
    bool ok = demo_fill(app, &a, &d, &err);
    app_stop(app);
    if (ok)
        demo_tell(&d);
    else
        complain_error(&err);
    arena_done(&a);
    return ok ? 0 : 1;
}
