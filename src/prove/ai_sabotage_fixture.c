/* ai_sabotage_fixture.c: what breaks the promises about AI, sealed data and the log. */
#include "prove/sabotage_fixture.h"

#include "core/checkpoint.h"
#include "core/list.h"
#include "feature/ai/run.h"
#include "feature/organisation/organisation.h"
#include "feature/time/time.h"
#include "screen/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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

struct counted {
    int64_t rows;
};

/* Of everybody, whoever asks. */
static bool local_of_all(struct ai_run *run)
{
    static const struct query all = { "SELECT COUNT(*) FROM time_entry", .whole = "A test" };
    static const struct field fields[] = {
        FIELD(struct counted, rows, .privacy = OPERATIONAL, .doc = "How many"), { 0 }
    };
    struct counted counted = { 0 };
    bool found;
    if (!feedback_me.local(run) || !tx_row(run->c->tx, &all, NO_ARGS, fields, &counted, &found))
        return false;
    run->ret->rows = counted.rows;
    return true;
}

static void feedback_of_all(struct fixture *f)
{
    static const struct capability *list[] = { NULL, NULL };
    struct capability *loose = arena_copy(&f->a, &feedback_me, sizeof *loose);
    loose->local = local_of_all;
    list[0] = loose;
    feature_own(f, "ai")->capabilities = list;
}

static bool until_forever(struct ctx *c, enum op op, const void *old, void *row)
{
    struct ai_provider *p = row;
    (void)c, (void)op, (void)old;
    p->dialect = "openai";
    if (p->no_training_until.day)
        p->no_training_until = p->agreement_until;
    return true;
}

static void evidence_never_over(struct fixture *f)
{
    table_own(f, "ai", "ai_provider")->check = until_forever;
}

static bool roles_forget(struct ctx *c, enum op op, const void *old, void *row)
{
    (void)c, (void)op, (void)old;
    ((struct ai_switch *)row)->roles = (struct list){ 0 };
    return true;
}

static void roles_forgotten(struct fixture *f)
{
    table_own(f, "ai", "ai_switch")->check = roles_forget;
}

static bool function_stay(struct ctx *c, enum op op, const void *old, void *row)
{
    (void)c, (void)op, (void)old;
    ((struct ai_switch *)row)->on = true;
    return true;
}

static void function_stays_on(struct fixture *f)
{
    table_own(f, "ai", "ai_switch")->check = function_stay;
}

static bool objection_forget(struct ctx *c, const void *in, void *ret)
{
    (void)c, (void)in, (void)ret;
    return true;
}

static void objection_ignored(struct fixture *f)
{
    handle_own(f, "ai", PUT, "/ai/objection", objection_forget);
}

static void block_ignored(struct fixture *f)
{
    handle_own(f, "ai", PUT, "/people/{id}/ai-block", objection_forget);
}

static void names_unknown(struct fixture *f)
{
    (void)f;
    removed.names = true;
}

static void nothing_masked(struct fixture *f)
{
    (void)f;
    removed.finds = true;
}

static void signatures_unchecked(struct fixture *f)
{
    (void)f;
    removed.signatures = true;
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

static void questions_unjudged(struct fixture *f)
{
    (void)f;
    removed.guard_roles = 1u << GUARD_PROMPT;
}

static void orders_in_data_unjudged(struct fixture *f)
{
    (void)f;
    removed.guard_roles = 1u << GUARD_DATA;
}

static void answers_unjudged(struct fixture *f)
{
    (void)f;
    removed.guard_roles = 1u << GUARD_ANSWER;
}

static void prompts_unjudged(struct fixture *f)
{
    (void)f;
    removed.tasks = true;
}

static void choices_unjudged(struct fixture *f)
{
    (void)f;
    removed.choices = true;
}

static void types_unchecked(struct fixture *f)
{
    (void)f;
    removed.types = true;
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
    const char *path = arena_printf(c->arena, "%s/notes.txt", c->app->config->data_dir);
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

/* By a permission that everybody has, for all there is. */
static void members_reach_further(struct fixture *f)
{
    table_own(f, "time", "time_entry")->read = &ai_settings_read;
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

const struct sabotage ai_sabotage[] = {
    { "AI-2.c", "reach_further", reach_further, 4 },
    { "AI-2.c", "feedback_of_all", feedback_of_all, 4 },
    { "AI-2.e", "no_gate", no_gate, 4 },
    { "AI-2.e", "no_label", no_label, 4 },
    { "AI-2.e", "questions_unjudged", questions_unjudged, 4 },
    { "AI-2.e", "prompts_unjudged", prompts_unjudged, 4 },
    { "AI-2.e", "choices_unjudged", choices_unjudged, 4 },
    { "AI-2.e", "orders_in_data_unjudged", orders_in_data_unjudged, 4 },
    { "AI-2.e", "answers_unjudged", answers_unjudged, 4 },
    { "AI-2.e", "types_unchecked", types_unchecked, 4 },
    { "AI-3.1.a", "no_gate", no_gate, 4 },
    { "AI-3.1.a", "evidence_never_over", evidence_never_over, 4 },
    { "AI-3.1.b", "one_context_for_all", one_context_for_all, 4 },
    { "AI-3.2.c", "question_logged", question_logged, 4 },
    { "AI-3.2.c", "question_stored", question_stored, 4 },
    { "AI-3.2.c", "preview_kept", preview_kept, 4 },
    { "AI-3.2.c", "residue", residue, 4 },
    { "AI-3.3", "other_bytes", other_bytes, 4 },
    { "AI-3.3", "false_preview", false_preview, 4 },
    { "AI-3.3", "names_unknown", names_unknown, 4 },
    { "AI-3.3", "nothing_masked", nothing_masked, 4 },
    { "AI-4.a", "plain_file", plain_file, 4 },
    { "AI-4.a", "old_handshake", old_handshake, 4 },
    { "AI-4.b", "gate_open", gate_open, 4 },
    { "AI-5.a", "suggestion_writable", suggestion_writable, 4 },
    { "AI-9", "no_gate", no_gate, 4 },
    { "AI-9", "roles_forgotten", roles_forgotten, 4 },
    { "AI-9", "function_stays_on", function_stays_on, 4 },
    { "AI-9", "objection_ignored", objection_ignored, 4 },
    { "AI-9", "block_ignored", block_ignored, 4 },
    { "AI-10.b", "no_seccomp", no_seccomp, 4 },
    { "AI-10.b", "connection_possible", connection_possible, 4 },
    { "AI-10.d", "event_altered", event_altered, 4 },
    { "AI-10.d", "event_removed", event_removed, 4 },
    { "AI-10.d", "signatures_unchecked", signatures_unchecked, 4 },
    { "AI-11", "on_at_first", on_at_first, 4 },
    { "PL-1.b", "residue", residue, 12 },
    { "PL-6.a", "plain_file", plain_file, 4 },
    { "PL-6.a", "old_handshake", old_handshake, 4 },
    { "PL-6.d", "roles_ignored", roles_ignored, 4 },
    { "PL-6.d", "members_reach_further", members_reach_further, 4 },
    { "AI-4.a", "plain_column", plain_column, 4, ON_SERVER },
    { 0 },
};
