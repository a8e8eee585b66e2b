/* rights_sabotage_fixture.c: what breaks the promises about accounts, organisations and rights. */
#include "prove/sabotage_fixture.h"

#include "core/sessions.h"
#include "feature/accounts/accounts.h"
#include "feature/ai/run.h"
#include "feature/forms/forms.h"
#include "feature/forms/hook.h"
#include "feature/time/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct curious {
    struct sign_up usual;
    const char *phone;
};

static void one_field_more(struct fixture *f)
{
    static const struct field phone =
        FIELD(struct curious, phone, .privacy = PERSONAL, .max = 40, .doc = "Phone number");
    struct route *r = route_own(f, "accounts", POST, "/accounts");
    size_t n = field_count(r->in);
    struct field *fields = arena_many(&f->a, n + 2, struct field);
    memcpy(fields, r->in, n * sizeof *fields);
    fields[n] = phone;
    r->in = fields;
    r->in_size = sizeof(struct curious);
}

static void cheap_hash(struct fixture *f)
{
    f->config.bcrypt_cost = 4;
}

struct anything {
    struct id id;
};
static const struct field anything_fields[] = {
    FIELD(struct anything, id, .privacy = OPERATIONAL, .required = true, .doc = "Row"),
    { 0 },
};

static bool client_get(struct ctx *c, void *with)
{
    struct client row;
    return row_get(c, &client_table, *(struct id *)with, &row);
}

static bool find_anywhere(struct ctx *c, const void *in, void *ret)
{
    struct id id = ((const struct anything *)in)->id, *ids;
    size_t n;
    if (!store_ids(c->app->store, c->arena, &ids, &n, c->err))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct error err = { 0 };
        struct ctx other = app_ctx(c->app, c->arena, &err, "leak");
        if (organisation_read(&other, ids[i], client_get, &id)) {
            ((struct anything *)ret)->id = id;
            return true;
        }
    }
    return error_set(c->err, NOT_FOUND, NULL);
}

static const struct route leak_routes[] = {
    { GET, "/leaks/{id}", find_anywhere, "A client, whoever has it", .who = WHO_MEMBER,
      INPUT(struct anything, anything_fields), OUTPUT(struct anything, anything_fields),
      LANE(LANE_SLOW), .schema = "leak", .fails = FAILS(NOT_FOUND) },
    { 0 },
};

static void route_across(struct fixture *f)
{
    static const struct feature leaks = { .name = "leaks", .routes = leak_routes };
    feature_add(f, &leaks);
}

static bool session_close_any(struct ctx *c, void *with)
{
    return session_close(c, *(const struct id *)with);
}

static bool session_end_any(struct ctx *c, const void *in, void *ret)
{
    (void)ret;
    return control_write(c, session_close_any, (void *)(uintptr_t)in);
}

static void sessions_of_others(struct fixture *f)
{
    handle_own(f, "accounts", DELETE, "/sessions/{id}", session_end_any);
}

static bool eager(struct ctx *c, const struct event *e)
{
    struct date today = instant_date_utc(c->now);
    struct ai_input in = { .provider = "local", .from = { today.day - 7 }, .to = today };
    struct ai_answer answer = { 0 };
    struct error err = { 0 };
    struct ctx own = *c;
    (void)e;
    own.err = &err;
    (void)!ai_run(&own, &feedback_me, &in, &answer);
    return true;
}

static void eager_subscriber(struct fixture *f)
{
    static const struct subscriber subscribers[] = { { &form_submitted, "eager", eager }, { 0 } };
    static const struct feature feature = { .name = "eager", .subscribers = subscribers };
    feature_add(f, &feature);
}

static bool hook_on(struct ctx *c, enum op op, const void *old, void *row)
{
    (void)c, (void)op, (void)old;
    ((struct hook *)row)->on = true;
    return true;
}

static void hooks_never_off(struct fixture *f)
{
    table_own(f, "forms", "hook")->check = hook_on;
}

static void hook_unchecked(struct fixture *f)
{
    table_own(f, "forms", "hook")->check = NULL;
}

/* What the check sees of a change of a prompt is the prompt as it was, but for the switch. */
static size_t unseen; /* offset of the member that it does not see */
static size_t unseen_size;

static bool hook_blind(struct ctx *c, enum op op, const void *old, void *row)
{
    char changed[sizeof(struct hook)];
    if (op != OP_UPDATE)
        return hook_table.check(c, op, old, row);
    memcpy(changed, (char *)row + unseen, unseen_size);
    memcpy((char *)row + unseen, (const char *)old + unseen, unseen_size);
    bool ok = hook_table.check(c, op, old, row);
    memcpy((char *)row + unseen, changed, unseen_size);
    return ok;
}

#define UNSEEN(member)                                     \
    static void member##_unseen(struct fixture *f)         \
    {                                                      \
        unseen = offsetof(struct hook, member);            \
        unseen_size = sizeof((struct hook){ 0 }).member;   \
        table_own(f, "forms", "hook")->check = hook_blind; \
    }
UNSEEN(template)
UNSEEN(provider)
UNSEEN(output)
UNSEEN(choices)

static void questions_unseen(struct fixture *f)
{
    (void)f;
    removed.settling = true;
}

struct due {
    struct id form;
    struct list hooks;
};

static bool due_read(struct ctx *c, void *with)
{
    static const struct query q = { "form = $1 ORDER BY id" };
    struct due *d = with;
    return rows_find(c, &hook_table, &q, ARGS(value_id(d->form)), &d->hooks);
}

/* Takes whatever runs for previewed. */
static bool preview_and_deliver(struct ctx *c, const struct event *e)
{
    struct due d = { .form = e->related };
    if (!ctx_read(c, due_read, &d))
        return false;
    for (size_t i = 0; i < d.hooks.count; i++) {
        struct hook_preview_new in = { .id = ((const struct hook *)d.hooks.at)[i].id };
        struct ai_answer answer = { 0 };
        if (!hook_preview(c, &in, &answer))
            return false;
    }
    return hooks_deliver(c, e);
}

static void previewed_by_itself(struct fixture *f)
{
    static const struct subscriber subscribers[] = {
        { &form_submitted, "forms.hooks", preview_and_deliver }, { 0 }
    };
    feature_own(f, "forms")->subscribers = subscribers;
}

static bool only_with_ai(struct ctx *c, enum op op, const void *old, void *row)
{
    struct ai_settings settings;
    (void)op, (void)old, (void)row;
    return row_single(c, &ai_settings_table, &settings) &&
           (settings.on || error_set(c->err, AI_OFF, NULL));
}

static void work_needs_ai(struct fixture *f)
{
    table_own(f, "time", "client")->check = only_with_ai;
}

static bool promise_only(struct ctx *c, const void *in, void *ret)
{
    (void)c, (void)in, (void)ret;
    return true;
}

static void deletion_forgotten(struct fixture *f)
{
    handle_own(f, "privacy", POST, "/organisation/deletion", promise_only);
}

static void client_held_back(struct fixture *f)
{
    table_own(f, "time", "client")->held_back = true;
}

static bool refuse_quickly(struct ctx *c, const void *in, void *ret)
{
    (void)in, (void)ret;
    return error_set(c->err, BAD_CREDENTIALS, NULL);
}

static void no_limit(struct fixture *f)
{
    handle_own(f, "accounts", POST, "/session", refuse_quickly);
}

#define UNLIMITED(sabotage, bucket)         \
    static void sabotage(struct fixture *f) \
    {                                       \
        (void)f;                            \
        removed.limit = (bucket).name;      \
    }
UNLIMITED(no_limit_of_addresses, sign_in_per_address)
UNLIMITED(no_limit_of_doors, sign_in_per_door)
UNLIMITED(no_limit_of_accounts, sign_in_per_account)
UNLIMITED(no_limit_of_sign_ups, sign_up_per_address)

static bool forget_password(struct ctx *c, const void *in, void *ret)
{
    (void)in, (void)ret;
    return fail_at(c, "/password", "is not the password of this account");
}

static void no_limit_of_changes(struct fixture *f)
{
    handle_own(f, "accounts", PUT, "/session/password", forget_password);
}

static void foreign_script(struct fixture *f)
{
    f->page = "HTTP/1.1 200 OK\r\nContent-Security-Policy: default-src 'self'\r\n\r\n"
              "<script src=\"https://tracker.invalid/t.js\"></script>";
}

static void inline_allowed(struct fixture *f)
{
    f->page = "HTTP/1.1 200 OK\r\nContent-Security-Policy: script-src 'unsafe-inline'\r\n\r\n";
}

static void cookie_for_scripts(struct fixture *f)
{
    f->cookie = "vow=TOKEN; Path=/; SameSite=Lax";
}

static void second_cookie(struct fixture *f)
{
    f->cookie = "vow=TOKEN; Path=/; HttpOnly; SameSite=Lax\r\nSet-Cookie: visitor=7";
}

static void cookie_in_clear(struct fixture *f)
{
    f->config.tls = true;
}

static bool age_assumed(struct ctx *c, const void *in, void *ret)
{
    const struct route *r = c->x->route;
    void *affirmed = arena_copy(c->arena, in, r->in_size);
    *(bool *)field_in(field_find(r->in, "of_age"), affirmed) = true;
    return original(c, affirmed, ret);
}

static void no_age_of_invited(struct fixture *f)
{
    handle_own(f, "accounts", POST, "/invitations/{token}", age_assumed);
}

static void no_age(struct fixture *f)
{
    handle_own(f, "accounts", POST, "/accounts", age_assumed);
}

const struct sabotage rights_sabotage[] = {
    { "PL-1.a", "one_field_more", one_field_more, 4 },
    { "PL-1.b", "cheap_hash", cheap_hash, 4 },
    { "PL-1.c", "route_across", route_across, 4 },
    { "PL-1.c", "sessions_of_others", sessions_of_others, 4 },
    { "PL-3.a", "eager_subscriber", eager_subscriber, 4 },
    { "PL-3.a", "hooks_never_off", hooks_never_off, 4 },
    { "PL-3.b", "hook_unchecked", hook_unchecked, 4 },
    { "PL-3.b", "template_unseen", template_unseen, 4 },
    { "PL-3.b", "provider_unseen", provider_unseen, 4 },
    { "PL-3.b", "output_unseen", output_unseen, 4 },
    { "PL-3.b", "choices_unseen", choices_unseen, 4 },
    { "PL-3.b", "questions_unseen", questions_unseen, 4 },
    { "PL-3.b", "previewed_by_itself", previewed_by_itself, 4 },
    { "PL-3.c", "work_needs_ai", work_needs_ai, 4 },
    { "PL-5.a", "deletion_forgotten", deletion_forgotten, 4, ON_BOTH },
    { "PL-5.b", "client_held_back", client_held_back, 4 },
    { "PL-6.b", "route_across", route_across, 4 },
    { "PL-6.c", "no_limit", no_limit, 4 },
    { "PL-6.c", "no_limit_of_addresses", no_limit_of_addresses, 4 },
    { "PL-6.c", "no_limit_of_doors", no_limit_of_doors, 4 },
    { "PL-6.c", "no_limit_of_accounts", no_limit_of_accounts, 4 },
    { "PL-6.c", "no_limit_of_changes", no_limit_of_changes, 4 },
    { "PL-6.c", "no_limit_of_sign_ups", no_limit_of_sign_ups, 4 },
    { "PL-7", "foreign_script", foreign_script, 4 },
    { "PL-7", "inline_allowed", inline_allowed, 4 },
    { "PL-7", "cookie_for_scripts", cookie_for_scripts, 4 },
    { "PL-7", "second_cookie", second_cookie, 4 },
    { "PL-7", "cookie_in_clear", cookie_in_clear, 4 },
    { "PL-10", "no_age", no_age, 4 },
    { "PL-10", "no_age_of_invited", no_age_of_invited, 4 },
    { 0 },
};
