/* prove_test.c: every check sees its promise held by the product as it is, and broken as soon as
   its control is taken away. */
#include "prove/prove_fixture.h"

#include "core/checkpoint.h"
#include "core/list.h"
#include "core/rows.h"
#include "feature/accounts/accounts.h"
#include "feature/ai/run.h"
#include "feature/forms/forms.h"
#include "feature/organisation/organisation.h"
#include "feature/time/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What a wrapper calls when it has done its damage. */
static route_fn *original;

static void handle_own(struct fixture *f, const char *feature, enum method m, const char *path,
                       route_fn *instead)
{
    struct route *r = route_own(f, feature, m, path);
    original = r->handle;
    r->handle = instead;
}

/* ---- AI ---- */

static void reach_further(struct fixture *f)
{
    static const struct permission everyone = {
        "ai.use",
        "Use AI on anybody",
        { [ROLE_MEMBER] = SCOPE_OWN, [ROLE_MANAGER] = SCOPE_TEAM, [ROLE_OWNER] = SCOPE_ALL }
    };
    static const struct capability *list[] = { NULL, NULL };
    struct capability *loose = arena_copy(&f->a, &feedback_me, sizeof *loose);
    loose->can = &everyone;
    list[0] = loose;
    feature_own(f, "ai")->capabilities = list;
}

static bool answer_always(struct ctx *c, const void *in, void *ret)
{
    (void)c, (void)in;
    ((struct ai_answer *)ret)->text = "Of course";
    return true;
}

static void no_gate(struct fixture *f)
{
    handle_own(f, "ai", POST, "/ai/run", answer_always);
}

static bool run_unlabelled(struct ctx *c, const void *in, void *ret)
{
    if (!original(c, in, ret))
        return false;
    ((struct ai_answer *)ret)->advisory = false;
    return true;
}

static void no_label(struct fixture *f)
{
    handle_own(f, "ai", POST, "/ai/run", run_unlabelled);
}

static bool notes_add(struct ctx *c, void *with)
{
    struct page page = { .limit = 100 };
    struct list rows;
    const char *next;
    c->actor.program = true;
    if (!row_list(c, &time_entry_table, &page, &rows, &next))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const char *note = ((const struct time_entry *)rows.at)[i].note;
        buffer_string(with, note ? note : "");
    }
    return true;
}

/* Thinks over what everybody does, wherever they are. */
static bool answer_about_all(struct ctx *c, const void *in, void *ret)
{
    struct buffer notes = buffer_new(c->arena);
    struct id *ids;
    size_t n;
    (void)in;
    if (!store_ids(c->app->store, c->arena, &ids, &n, c->err))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct error err = { 0 };
        struct ctx other = app_ctx(c->app, c->arena, &err, "gossip");
        (void)!organisation_read(&other, ids[i], notes_add, &notes);
    }
    ((struct ai_answer *)ret)->text = notes.at;
    return true;
}

static void one_context_for_all(struct fixture *f)
{
    handle_own(f, "ai", POST, "/ai/run", answer_about_all);
}

/* The route's own input begins with these. */
struct run_head {
    const char *capability, *provider, *question;
};

static void file_write(const struct ctx *c, const char *text)
{
    const char *path = arena_printf(c->arena, "%s/notes.txt", c->app->data_dir);
    FILE *out = fopen(path, "a");
    if (out) {
        fputs(text ? text : "", out);
        fclose(out);
    }
}

static bool run_and_log(struct ctx *c, const void *in, void *ret)
{
    file_write(c, ((const struct run_head *)in)->question);
    return original(c, in, ret);
}

static void question_logged(struct fixture *f)
{
    handle_own(f, "ai", POST, "/ai/run", run_and_log);
}

static bool question_store(struct ctx *c, void *with)
{
    struct tag row = { .name = with };
    return row_create(c, &tag_table, &row);
}

static bool run_and_store(struct ctx *c, const void *in, void *ret)
{
    const char *question = ((const struct run_head *)in)->question;
    struct error err = { 0 };
    struct ctx own = *c;
    own.err = &err; /* the second time, the name is taken */
    (void)!ctx_write(&own, question_store, (void *)(uintptr_t)question);
    return original(c, in, ret);
}

static void question_stored(struct fixture *f)
{
    handle_own(f, "ai", POST, "/ai/run", run_and_store);
}

static void preview_kept(struct fixture *f)
{
    route_own(f, "forms", POST, "/hooks/{id}/preview")->unkept = false;
}

static void residue(struct fixture *f)
{
    f->in_memory = 1;
}

static void other_bytes(struct fixture *f)
{
    f->captured = "00000000000000000000000000000000000000000000000000000000000000ff";
}

static bool run_and_embellish(struct ctx *c, const void *in, void *ret)
{
    struct ai_answer *answer = ret;
    if (!original(c, in, ret))
        return false;
    answer->disclosure_hash = "a preview that shows something else";
    return true;
}

static void false_preview(struct fixture *f)
{
    handle_own(f, "ai", POST, "/ai/run", run_and_embellish);
}

static bool client_spill(struct ctx *c, enum op op, const void *old, const void *row)
{
    (void)op, (void)old;
    file_write(c, row ? ((const struct client *)row)->name : NULL);
    return true;
}

static void plain_file(struct fixture *f)
{
    table_own(f, "time", "client")->after = client_spill;
}

/* On a server: a column that is not sealed. */
static bool person_copy(struct ctx *c, enum op op, const void *old, const void *row)
{
    static const struct query make = { "CREATE TABLE IF NOT EXISTS spill (name text)" };
    static const struct query put = { "INSERT INTO spill (name) VALUES ($1)" };
    (void)op, (void)old;
    const char *name = row ? ((const struct person *)row)->name : "";
    return tx_run(c->tx, &make, NO_ARGS, NULL) && tx_run(c->tx, &put, ARGS(value_text(name)), NULL);
}

static void plain_column(struct fixture *f)
{
    table_own(f, "organisation", "person")->after = person_copy;
}

static void old_handshake(struct fixture *f)
{
    f->config.tls = true;
    f->old_tls = true;
}

/* The gate goes by other rules than those that are declared. */
static void declare_else(struct fixture *f, const char *path, enum who who,
                         const struct permission *can)
{
    fixture_start(f);
    const struct route **routes =
        arena_copy(&f->a, f->app->routes, (f->app->route_count + 1) * sizeof *routes);
    for (size_t i = 0; i < f->app->route_count; i++)
        if (routes[i]->method == GET && !strcmp(routes[i]->path, path)) {
            struct route *own = arena_copy(&f->a, routes[i], sizeof *own);
            own->who = who;
            own->can = can;
            routes[i] = own;
        }
    f->app->routes = routes;
}

static void gate_open(struct fixture *f)
{
    declare_else(f, "/promises", WHO_MEMBER, NULL);
}

static void roles_ignored(struct fixture *f)
{
    static const struct permission owners = { "owners",
                                              "For owners",
                                              { [ROLE_OWNER] = SCOPE_ALL } };
    declare_else(f, "/clients", WHO_CAN, &owners);
}

static void suggestion_writable(struct fixture *f)
{
    table_own(f, "forms", "suggestion")->ops |= OP_UPDATE;
}

static void no_seccomp(struct fixture *f)
{
    f->sandbox.control[0].enforced = false;
}

static void connection_possible(struct fixture *f)
{
    f->possible = " open_inet connect";
}

static bool query_run(struct ctx *c, void *with)
{
    return tx_run(c->tx, with, NO_ARGS, NULL);
}

/* Somebody's organisation with a signed log, which is then written to behind the program's back. */
static void log_write(struct fixture *f, const struct query *q)
{
    struct call up = { .method = POST,
                       .path = "/accounts",
                       .json = "{\"name\":\"Ada\",\"email\":\"ada@example.org\",\"organisation\":"
                               "\"Loom\",\"password\":\"correct horse battery\",\"of_age\":true}" };
    struct error err = { 0 };
    struct answer r;
    struct id *ids;
    size_t n;
    fixture_start(f);
    app_call(f->app, &f->a, &up, &r);
    struct ctx c = app_ctx(f->app, &f->a, &err, "vandal");
    assert_int_equal(r.status, 201);
    assert_true(store_ids(f->app->store, &f->a, &ids, &n, &err) && n == 1);
    c.organisation = ids[0];
    assert_true(db_open(f->app->store, ids[0], false, &c.db, &err));
    assert_true(audit_checkpoint_job.run(&c));
    assert_true(ctx_write(&c, query_run, (void *)(uintptr_t)q));
    db_release(c.db);
}

static void event_altered(struct fixture *f)
{
    static const struct query q = { "UPDATE audit_event SET detail = 'nothing'",
                                    .whole = "A test" };
    log_write(f, &q);
}

static void event_removed(struct fixture *f)
{
    static const struct query q = { "DELETE FROM audit_event WHERE id IN"
                                    " (SELECT id FROM audit_event ORDER BY id DESC LIMIT 1)" };
    log_write(f, &q);
}

static bool settings_on(struct ctx *c, enum op op, const void *old, void *row)
{
    (void)c, (void)old;
    if (op == OP_CREATE)
        ((struct ai_settings *)row)->on = true;
    return true;
}

static void on_at_first(struct fixture *f)
{
    table_own(f, "ai", "ai_settings")->check = settings_on;
}

/* ---- accounts, tenants, rights ---- */

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

static void hook_unchecked(struct fixture *f)
{
    table_own(f, "forms", "hook")->check = NULL;
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

/* Each promise with ways to break it. Hashes of the least cost that is allowed take their time, so
   they are made only where they matter. */
static const struct sabotage {
    const char *id, *name;
    void (*damage)(struct fixture *f);
    int cost;
} rows[] = {
    { "AI-2.c", "reach_further", reach_further, 4 },
    { "AI-2.e", "no_gate", no_gate, 4 },
    { "AI-2.e", "no_label", no_label, 4 },
    { "AI-3.1.a", "no_gate", no_gate, 4 },
    { "AI-3.1.b", "one_context_for_all", one_context_for_all, 4 },
    { "AI-3.2.c", "question_logged", question_logged, 4 },
    { "AI-3.2.c", "question_stored", question_stored, 4 },
    { "AI-3.2.c", "preview_kept", preview_kept, 4 },
    { "AI-3.2.c", "residue", residue, 4 },
    { "AI-3.3", "other_bytes", other_bytes, 4 },
    { "AI-3.3", "false_preview", false_preview, 4 },
    { "AI-4.a", "plain_file", plain_file, 4 },
    { "AI-4.a", "old_handshake", old_handshake, 4 },
    { "AI-4.b", "gate_open", gate_open, 4 },
    { "AI-5.a", "suggestion_writable", suggestion_writable, 4 },
    { "AI-9", "no_gate", no_gate, 4 },
    { "AI-10.b", "no_seccomp", no_seccomp, 4 },
    { "AI-10.b", "connection_possible", connection_possible, 4 },
    { "AI-10.d", "event_altered", event_altered, 4 },
    { "AI-10.d", "event_removed", event_removed, 4 },
    { "AI-11", "on_at_first", on_at_first, 4 },
    { "PL-1.a", "one_field_more", one_field_more, 4 },
    { "PL-1.b", "cheap_hash", cheap_hash, 4 },
    { "PL-1.b", "residue", residue, 12 },
    { "PL-1.c", "route_across", route_across, 4 },
    { "PL-3.a", "eager_subscriber", eager_subscriber, 4 },
    { "PL-3.b", "hook_unchecked", hook_unchecked, 4 },
    { "PL-3.c", "work_needs_ai", work_needs_ai, 4 },
    { "PL-5.a", "deletion_forgotten", deletion_forgotten, 4 },
    { "PL-5.b", "client_held_back", client_held_back, 4 },
    { "PL-6.a", "plain_file", plain_file, 4 },
    { "PL-6.a", "old_handshake", old_handshake, 4 },
    { "PL-6.b", "route_across", route_across, 4 },
    { "PL-6.c", "no_limit", no_limit, 4 },
    { "PL-6.d", "roles_ignored", roles_ignored, 4 },
    { "PL-7", "foreign_script", foreign_script, 4 },
    { "PL-7", "inline_allowed", inline_allowed, 4 },
    { "PL-7", "cookie_for_scripts", cookie_for_scripts, 4 },
    { "PL-7", "second_cookie", second_cookie, 4 },
    { "PL-7", "cookie_in_clear", cookie_in_clear, 4 },
    { "PL-10", "no_age", no_age, 4 },
    { "PL-10", "no_age_of_invited", no_age_of_invited, 4 },
};

static void broken(void **state)
{
    const struct sabotage *row = *state;
    struct fixture *f = fixture_new();
    f->config.bcrypt_cost = row->cost;
    row->damage(f);
    fixture_prove(f, row->id, true);
    enum promise_result result = f->result;
    char evidence[1000];
    snprintf(evidence, sizeof evidence, "%s", f->evidence);
    assert_int_equal(fixture_free(f), 0); /* first: only one program at a time talks to egress */
    if (result != PROMISE_BROKEN)
        fail_msg("%s with %s is %s: %s", row->id, row->name, promise_result_names[result],
                 evidence);
}

/* A check without a row above would never have been seen red. */
static void every_promise_can_break(void **state)
{
    (void)state;
    for (size_t i = 0; promises[i]; i++) {
        bool any = false;
        for (size_t k = 0; k < LENGTH(rows); k++)
            any = any || !strcmp(rows[k].id, promises[i]->id);
        if (!any)
            fail_msg("nothing breaks %s", promises[i]->id);
    }
}

static size_t organisations_left(struct fixture *f)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct id *ids;
    size_t n = 0;
    if (!store_ids(f->app->store, &a, &ids, &n, &err))
        fail_msg("%s", err.detail);
    arena_done(&a);
    return n;
}

static void held(void **state)
{
    struct fixture *f = fixture_new();
    (void)state;
    f->config.bcrypt_cost = 12;
    char other[2000];
    fixture_prove(f, NULL, true);
    snprintf(other, sizeof other, "%s", f->not_held.at);
    size_t left = organisations_left(f);
    assert_int_equal(fixture_free(f), 0);
    assert_string_equal(other, "");
    assert_int_equal(left, 0);
}

static struct promise_state state_of(struct fixture *f, const char *id)
{
    for (size_t i = 0; promises[i]; i++)
        if (!strcmp(promises[i]->id, id))
            return promise_book_get(f->app->promises, &f->a, i);
    fail_msg("no promise %s", id);
    return (struct promise_state){ 0 };
}

/* Without a witness, what only a witness can see stays as it was last seen. */
static void inside_keeps_what_was_seen(void **state)
{
    struct fixture *f = fixture_new();
    struct error err = { 0 };
    (void)state;
    fixture_prove(f, "PL-7", false);
    assert_int_equal(state_of(f, "PL-7").result, PROMISE_UNKNOWN);
    fixture_prove(f, "PL-7", true);
    struct promise_state seen = state_of(f, "PL-7");
    assert_int_equal(seen.result, PROMISE_HELD);
    assert_true(prove_inside(f->app, "PL-7", &err));
    struct promise_state kept = state_of(f, "PL-7");
    assert_int_equal(kept.result, PROMISE_HELD);
    assert_true(kept.checked_at.us == seen.checked_at.us);
    assert_true(prove_inside(f->app, "PL-10", &err));
    assert_int_equal(state_of(f, "PL-10").result, PROMISE_HELD);
    assert_int_equal(fixture_free(f), 0);
}

/* A restart forgets nothing of what was seen, and when. */
static void results_survive_a_restart(void **state)
{
    struct fixture *f = fixture_new();
    struct error err = { 0 };
    (void)state;
    fixture_prove(f, "PL-10", true);
    struct promise_state before = state_of(f, "PL-10");
    assert_int_equal(before.result, PROMISE_HELD);
    app_stop(f->app);
    if (!app_start(&f->config, &f->app, &err))
        fail_msg("%s", err.detail);
    struct promise_state after = state_of(f, "PL-10");
    assert_int_equal(after.result, PROMISE_HELD);
    assert_true(after.checked_at.us == before.checked_at.us);
    assert_string_equal(after.evidence, before.evidence);
    assert_int_equal(state_of(f, "AI-9").result, PROMISE_UNKNOWN);
    assert_int_equal(fixture_free(f), 0);
}

static void one_check_at_a_time(void **state)
{
    struct fixture *f = fixture_new();
    struct error err = { 0 };
    (void)state;
    fixture_start(f);
    assert_true(promise_book_begin(f->app->promises));
    assert_false(prove_inside(f->app, NULL, &err));
    assert_int_equal(err.problem, UNAVAILABLE);
    promise_book_end(f->app->promises);
    err = (struct error){ 0 };
    assert_false(prove_inside(f->app, "XX-1", &err));
    assert_int_equal(err.problem, NOT_FOUND);
    assert_int_equal(fixture_free(f), 0);
}

/* On a server the whole takes long, so these alone: what differs there. */
static const struct sabotage on_server[] = {
    { "AI-4.a", "plain_column", plain_column, 4 },
    { "PL-5.a", "deletion_forgotten", deletion_forgotten, 4 },
};

static int server_tests(void)
{
    struct CMUnitTest tests[LENGTH(on_server) + 1];
    size_t n = 0;
    for (; n < LENGTH(on_server); n++)
        tests[n] = (struct CMUnitTest){ on_server[n].name, broken, NULL, NULL,
                                        (void *)(uintptr_t)&on_server[n] };
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(held);
    return _cmocka_run_group_tests("prove on a server", tests, n, NULL, NULL);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + 5];
    size_t n = 0;
    char names[LENGTH(rows)][60];
    if (!fixture_share())
        return 1;
    if (getenv("VOW_TEST_STORE")) {
        int failed = server_tests();
        fixture_unshare();
        return failed;
    }
    for (size_t i = 0; i < LENGTH(rows); i++) {
        snprintf(names[i], sizeof names[i], "%s breaks with %s", rows[i].id, rows[i].name);
        tests[n++] =
            (struct CMUnitTest){ names[i], broken, NULL, NULL, (void *)(uintptr_t)&rows[i] };
    }
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(every_promise_can_break);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(inside_keeps_what_was_seen);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(results_survive_a_restart);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(one_check_at_a_time);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(held);
    int failed = _cmocka_run_group_tests("prove", tests, n, NULL, NULL);
    fixture_unshare();
    return failed;
}
