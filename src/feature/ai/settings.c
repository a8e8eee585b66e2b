/* settings.c: the tables of the switches; the default of each is no. */
#include "settings.h"

#include "ai.h"
#include "core/app.h"
#include "core/rows.h"
#include "feature/organisation/organisation.h"

#include <string.h>

const struct permission ai_manage = { "ai.manage",
                                      "Switch AI on and off, choose providers, block people",
                                      ADMINS(SCOPE_ALL) };
const struct permission ai_use = {
    "ai.use",
    "Use the AI functions that are switched on",
    EVERYBODY(SCOPE_OWN),
};
const struct permission ai_settings_read = {
    "ai.settings",
    "See what AI is switched on for and who provides it",
    EVERYBODY(SCOPE_ALL),
};

/* Whatever changes here reaches requests that are under way. */
static bool switch_changed(struct ctx *c, enum op op, const void *old, const void *row)
{
    (void)op;
    (void)old;
    (void)row;
    c->settings = true;
    return true;
}

static const struct field ai_settings_fields[] = {
    ROW_FIELDS(struct ai_settings),
    FIELD(struct ai_settings, on, .label = "switched on", .privacy = OPERATIONAL,
          .doc = "Whether AI is on at all; off at first"),
    FIELD(struct ai_settings, provider, .privacy = OPERATIONAL, .refers = &ai_provider_table,
          .doc = "Provider that is used; the local engine when absent"),
    FIELD(struct ai_settings, per_minute, .label = "requests per minute", .privacy = OPERATIONAL,
          .nullable = true, .min = 1, .max = 100000,
          .doc = "Requests, and as many previews, that one person may make in a minute; "
                 "60 when absent"),
    { 0 },
};

const struct table ai_settings_table = {
    .name = "ai_settings",
    .doc = "The organisation's AI switch",
    .fields = ai_settings_fields,
    .one = "AI settings",
    .size = sizeof(struct ai_settings),
    .path = "/ai/settings",
    .singleton = true,
    .read = &ai_settings_read,
    .write = &ai_manage,
    .after = switch_changed,
};

static const struct field ai_switch_fields[] = {
    ROW_FIELDS(struct ai_switch),
    FIELD(struct ai_switch, capability, .label = "function", .privacy = OPERATIONAL,
          .required = true, .unique = true, .max = 60, .write_once = true, .filter = true,
          .doc = "Name of the AI function"),
    FIELD(struct ai_switch, on, .label = "switched on", .privacy = OPERATIONAL,
          .doc = "Whether it is on"),
    FIELD(struct ai_switch, roles, .of = KIND_TEXT, .privacy = OPERATIONAL, .max = 8,
          .doc = "Roles it is on for; every role when empty"),
    { 0 },
};

static bool switch_check(struct ctx *c, enum op op, const void *old, void *row)
{
    const struct ai_switch *s = row;
    (void)old;
    if (op == OP_DELETE || op == OP_TAKE) /* one of another version switches nothing */
        return true;
    if (!capability_find(c->app, s->capability))
        return fail_at(c, "/capability", "is not an AI function of this program");
    for (size_t i = 0; i < s->roles.count; i++)
        if (role_parse(((const char *const *)s->roles.at)[i]) == ROLE_NONE)
            return fail_at(c, "/roles", "names something that is no role");
    return true;
}

const struct table ai_switch_table = {
    .name = "ai_switch",
    .few = true,
    .doc = "AI functions that are switched on, and for which roles",
    .fields = ai_switch_fields,
    .one = "AI function",
    .called = "capability",
    .size = sizeof(struct ai_switch),
    .path = "/ai/switches",
    .sort = "capability",
    .read = &ai_settings_read,
    .write = &ai_manage,
    .check = switch_check,
    .after = switch_changed,
};

static const char *const dialects[] = { "openai", NULL };

/* Nobody's key goes to an address that it was not given for, and evidence is about one service. */
static const char *const on_address[] = { "endpoint", NULL };
static const char *const on_service[] = { "endpoint", "model", NULL };

const struct field ai_provider_fields[] = {
    ROW_FIELDS(struct ai_provider),
    FIELD(struct ai_provider, name, .privacy = OPERATIONAL, .required = true, .min = 1, .max = 80,
          .format = "line", .filter = true, .doc = "What people see"),
    FIELD(struct ai_provider, dialect, .label = "protocol", .privacy = OPERATIONAL,
          .choices = dialects, .doc = "How the provider is spoken to"),
    FIELD(struct ai_provider, endpoint, .label = "address", .privacy = OPERATIONAL,
          .required = true, .min = 8, .max = 400, .format = "line",
          .doc = "Address of its API, such as https://api.openai.com/v1"),
    FIELD(struct ai_provider, model, .privacy = OPERATIONAL, .required = true, .min = 1, .max = 120,
          .format = "line", .doc = "Name of the model"),
    FIELD(struct ai_provider, api_key, .label = "API key", .privacy = SECRET, .max = 400,
          .format = "line", .rests_on = on_address, .doc = "Key of its API; never shown again"),
    FIELD(struct ai_provider, region, .privacy = OPERATIONAL, .max = 60, .format = "line",
          .rests_on = on_address, .doc = "Where it computes"),
    FIELD(struct ai_provider, local, .label = "on this machine or network", .privacy = OPERATIONAL,
          .doc =
              "Runs on this machine or network, and the operator allows it: data does not leave"),
    FIELD(struct ai_provider, agreement_until, .label = "agreement in force until",
          .privacy = OPERATIONAL, .rests_on = on_service,
          .doc = "Data processing agreement in force until"),
    FIELD(struct ai_provider, no_training_until, .label = "no training until",
          .privacy = OPERATIONAL, .rests_on = on_service,
          .doc = "Promised not to train on what it receives, until"),
    FIELD(struct ai_provider, zero_retention_until, .label = "nothing kept until",
          .privacy = OPERATIONAL, .rests_on = on_service, .doc = "Promised to keep nothing, until"),
    { 0 },
};

static bool is_allowed_here(const struct app *app, const char *endpoint)
{
    const char *list = app->config ? app->config->local_providers : NULL;
    if (app->witness_provider && text_equal(endpoint, app->witness_provider))
        return true;
    for (size_t n; list && *list; list += n + strspn(list + n, " ")) {
        n = strcspn(list, " ");
        if (n && !strncmp(endpoint, list, n) && (!endpoint[n] || endpoint[n] == '/'))
            return true;
    }
    return false;
}

bool ai_endpoint_allowed(const struct app *app, const struct ai_provider *p)
{
    return p->endpoint &&
           (p->local ? is_allowed_here(app, p->endpoint) : text_starts(p->endpoint, "https://"));
}

/* One from an archive has neither evidence nor the operator's word, so that nothing goes there
   until somebody confirms it here. */
static void provider_take(struct ai_provider *p)
{
    p->local = false;
    p->agreement_until = p->no_training_until = p->zero_retention_until = (struct date){ 0 };
}

/* Says how an address that is refused could be taken. */
static bool endpoint_refuse(struct ctx *c, const struct ai_provider *p)
{
    if (p->local)
        return fail_at(c, "/local",
                       "only for an address that the operator lists in VOW_LOCAL_PROVIDERS, "
                       "which this one is not");
    if (text_starts(p->endpoint, "http://"))
        return fail_at(c, "/endpoint",
                       "must begin with https://. Plain http is only for a provider on a machine "
                       "of the operator, at an address listed in VOW_LOCAL_PROVIDERS");
    return fail_at(c, "/endpoint", "must begin with https://");
}

static bool provider_check(struct ctx *c, enum op op, const void *old, void *row)
{
    struct ai_provider *p = row;
    (void)old;
    if (op == OP_DELETE)
        return true;
    if (!p->dialect)
        p->dialect = "openai";
    if (op == OP_TAKE)
        provider_take(p);
    else if (!ai_endpoint_allowed(c->app, p))
        return endpoint_refuse(c, p);
    return true;
}

static bool provider_changed(struct ctx *c, enum op op, const void *old, const void *row)
{
    static const struct query leave = {
        "UPDATE ai_settings SET provider = NULL WHERE provider = $1"
    };
    (void)row;
    c->settings = true;
    return op != OP_DELETE ||
           tx_run(c->tx, &leave, ARGS(value_id(((const struct ai_provider *)old)->id)), NULL);
}

const struct table ai_provider_table = {
    .name = "ai_provider",
    .few = true,
    .doc = "Providers of models, with the evidence that lets them be used",
    .fields = ai_provider_fields,
    .one = "AI provider",
    .called = "name",
    .size = sizeof(struct ai_provider),
    .path = "/ai/providers",
    .sort = "name",
    .read = &ai_settings_read,
    .write = &ai_manage,
    .check = provider_check,
    .after = provider_changed,
};

static const struct field ai_objection_fields[] = {
    ROW_FIELDS(struct ai_objection),
    FIELD(struct ai_objection, person, .privacy = PERSONAL, .required = true, .subject = true,
          .unique = true, .refers = &person_table, .write_once = true, .filter = true,
          .doc = "Person concerned"),
    FIELD(struct ai_objection, objected, .label = "the person's objection", .privacy = PERSONAL,
          .doc = "The person's own no to any AI processing"),
    FIELD(struct ai_objection, blocked, .label = "an admin's block", .privacy = PERSONAL,
          .read_only = true, .doc = "An admin's no for this person"),
    { 0 },
};

/* Held as a table so that it is exported and erased like any other; the routes are in routes.c,
   because the person decides `objected` and admins `blocked`. */
const struct table ai_objection_table = {
    .name = "ai_objection",
    .few = true,
    .doc = "People whose data no AI function touches",
    .fields = ai_objection_fields,
    .one = "objection to AI",
    .size = sizeof(struct ai_objection),
    .erase = ERASE_ROW,
    .stands = true,
    .after = switch_changed,
};
