/* routes.c: AI over HTTP: what there is, running it, and the person's own no. */
#include "receipt.h"
#include "run.h"
#include "state.h"

#include "base/json.h"
#include "core/app.h"
#include "core/limits.h"
#include "core/rows.h"
#include "feature/organisation/organisation.h"

#include <math.h>
#include <string.h>

struct run_new {
    const char *capability, *provider, *question, *expect;
    bool preview;
    struct date from, to;
};
static const struct field run_new_fields[] = {
    FIELD(struct run_new, capability, .privacy = OPERATIONAL, .required = true, .max = 60,
          .doc = "Name of the AI function"),
    FIELD(struct run_new, preview, .privacy = OPERATIONAL,
          .doc = "Only show what would be disclosed"),
    FIELD(struct run_new, provider, .privacy = OPERATIONAL, .max = 40,
          .doc = "local, or the id of a provider; the organisation's when absent"),
    FIELD(struct run_new, question, .privacy = CONTENT, .max = QUESTION_MAX,
          .doc = "What the person wants to know in own words"),
    FIELD(struct run_new, expect, .privacy = OPERATIONAL, .max = 64,
          .doc = "The preview's disclosure_hash: send exactly that or nothing"),
    FIELD(struct run_new, from, .privacy = OPERATIONAL, .required = true, .doc = "First day"),
    FIELD(struct run_new, to, .privacy = OPERATIONAL, .required = true,
          .doc = "Day after the last"),
    { 0 },
};

static const struct field number_fields[] = {
    FIELD(struct ai_number, name, .privacy = CONTENT, .doc = "What the number is"),
    FIELD(struct ai_number, value, .privacy = CONTENT, .doc = "The number"),
    FIELD(struct ai_number, unit, .privacy = OPERATIONAL, .doc = "Its unit"),
    { 0 },
};

static const struct field finding_fields[] = {
    FIELD(struct ai_finding, kind, .privacy = OPERATIONAL, .doc = "Kind of finding"),
    FIELD(struct ai_finding, title, .privacy = OPERATIONAL, .doc = "A few words"),
    FIELD(struct ai_finding, sentence, .privacy = CONTENT,
          .doc = "What was found; days stand in it as 2026-03-05"),
    FIELD(struct ai_finding, method, .privacy = OPERATIONAL, .doc = "How it was found"),
    FIELD(struct ai_finding, value, .privacy = CONTENT, .doc = "The number it is about"),
    FIELD(struct ai_finding, unit, .privacy = OPERATIONAL, .doc = "Unit of the value"),
    FIELD_LIST(struct ai_finding, numbers, struct ai_number, number_fields, .privacy = CONTENT,
               .doc = "What went into it, to check by hand"),
    FIELD(struct ai_finding, rows, .of = KIND_ID, .privacy = OPERATIONAL,
          .doc = "Rows it rests on, at most 50"),
    FIELD_LIST(struct ai_finding, series, struct ai_number, number_fields, .privacy = CONTENT,
               .doc = "A small chart"),
    { 0 },
};

static const struct field masked_fields[] = {
    FIELD(struct ai_masked, kind, .privacy = OPERATIONAL, .doc = "Kind of personal data"),
    FIELD(struct ai_masked, count, .privacy = OPERATIONAL, .doc = "How many were masked"),
    { 0 },
};

const struct field ai_answer_fields[] = {
    FIELD(struct ai_answer, disclosure, .privacy = CONTENT,
          .doc = "The exact bytes that leave; empty with the local engine"),
    FIELD(struct ai_answer, disclosure_hash, .privacy = OPERATIONAL,
          .doc = "SHA-256 of the disclosure, for expect"),
    FIELD(struct ai_answer, bytes, .privacy = OPERATIONAL, .doc = "Bytes of the disclosure"),
    FIELD_LIST(struct ai_answer, masked, struct ai_masked, masked_fields, .privacy = OPERATIONAL,
               .doc = "What was masked, by kind"),
    FIELD(struct ai_answer, columns, .of = KIND_TEXT, .privacy = OPERATIONAL,
          .doc = "Columns that were read"),
    FIELD(struct ai_answer, from, .privacy = OPERATIONAL,
          .doc = "First day that was looked at; absent where no period was asked for"),
    FIELD(struct ai_answer, to, .privacy = OPERATIONAL, .doc = "Day after the last of them"),
    FIELD(struct ai_answer, rows, .privacy = OPERATIONAL, .doc = "Rows that were read"),
    FIELD(struct ai_answer, compared_from, .privacy = OPERATIONAL,
          .doc = "First of the days before from that were read to compare with; absent: none"),
    FIELD(struct ai_answer, compared_rows, .privacy = OPERATIONAL,
          .doc = "How many of the rows are of those days"),
    FIELD(struct ai_answer, left_out, .privacy = OPERATIONAL,
          .doc = "Texts left out because they read like instructions"),
    FIELD(struct ai_answer, provider, .privacy = OPERATIONAL, .doc = "Who answers"),
    FIELD(struct ai_answer, model, .privacy = OPERATIONAL, .doc = "Model"),
    FIELD(struct ai_answer, evidence, .privacy = OPERATIONAL,
          .doc = "Under which evidence the provider is used"),
    FIELD(struct ai_answer, text, .privacy = CONTENT,
          .doc = "The answer; absent in a preview, and when nothing was found"),
    FIELD_LIST(struct ai_answer, findings, struct ai_finding, finding_fields, .privacy = CONTENT,
               .doc = "Findings of the local engine"),
    FIELD(struct ai_answer, advisory, .privacy = OPERATIONAL,
          .doc = "Always true: advice, never a decision"),
    FIELD(struct ai_answer, receipt, .privacy = OPERATIONAL, .doc = "Id of the receipt"),
    FIELD(struct ai_answer, salt, .privacy = PERSONAL,
          .doc = "With it, the receipt's commitment can be checked; given only once"),
    FIELD(struct ai_answer, commitment, .privacy = OPERATIONAL,
          .doc = "The receipt's: SHA-256 of the salt's bytes and the disclosure behind them"),
    { 0 },
};

static bool event_text(void *with, const char *piece)
{
    struct ctx *c = with;
    struct buffer b = buffer_new(c->arena);
    json_text(&b, piece);
    return exchange_event(c->x, "text", b.at);
}

/* The last event: the whole answer, or the problem document of a run that has failed (NULL). */
static void stream_end(struct ctx *c, const struct ai_answer *answer)
{
    struct buffer b = buffer_new(c->arena);
    struct reply reply;
    if (answer) {
        json_record(&b, ai_answer_fields, answer);
        (void)!exchange_event(c->x, "done", b.at);
        return;
    }
    exchange_reply(c->x, &reply);
    buffer_add(&b, reply.body.at, reply.body.len);
    (void)!exchange_event(c->x, "problem", b.at);
}

/* Half a minute's requests may come at once; as many previews, which are work as well. */
static bool may_run(struct ctx *c, bool preview)
{
    const struct ai_policy *policy;
    char who[2 * ID_TEXT]; /* organisation and person */
    if (c->counted)
        return true;
    if (c->hasty && !ai_policy_cached(c, &policy))
        return ctx_elsewhere(c);
    if (!c->hasty && !ai_policy_take(c, &policy))
        return false;
    c->counted = true;
    int64_t per_minute = policy->settings.per_minute;
    ai_policy_release(c->app, policy);
    double rate = (double)(per_minute == INT_NONE ? AI_PER_MINUTE : per_minute);
    struct limit limit = { preview ? "ai preview" : "ai", rate, fmax(1, rate / 2) };
    id_format(c->organisation, who);
    who[ID_TEXT - 1] = ' ';
    id_format(c->actor.person, who + ID_TEXT);
    c->x->retry_after_s = limit_take(c->app->limits, &limit, who, c->now);
    return !c->x->retry_after_s || fail(c, RATE_LIMITED, NULL);
}

bool ai_preview_admit(struct ctx *c)
{
    return may_run(c, true);
}

static bool run_admit(struct ctx *c)
{
    return may_run(c, ((const struct run_new *)c->x->in)->preview);
}

static void run_done(void *with, bool ok)
{
    ctx_finish(with, ok);
}

/* The input outlives the rule. */
static bool run_hasty(struct ctx *c, const struct capability *capability, struct ai_input input,
                      void *ret)
{
    const struct ai_input *in = arena_copy(c->arena, &input, sizeof input);
    ctx_keep(c);
    return ai_run_hasty(c, capability, in, ret, run_done, c) || ctx_elsewhere(c);
}

static bool run_post(struct ctx *c, const void *in_record, void *ret)
{
    const struct run_new *in = in_record;
    const struct capability *capability = capability_find(c->app, in->capability);
    struct ai_input input = { .preview = in->preview,
                              .provider = in->provider,
                              .question = in->question,
                              .expect = in->expect,
                              .from = in->from,
                              .to = in->to };
    if (!capability || !capability->context)
        return fail_at(c, "/capability", "is not an AI function that can be asked for");
    if (in->to.day <= in->from.day || in->to.day - in->from.day > 400)
        return fail_at(c, "/to", "must be 1 to 400 days after from");
    bool stream = !in->preview && c->x->accept && strstr(c->x->accept, "text/event-stream");
    if (c->hasty)
        return stream ? ctx_elsewhere(c) : run_hasty(c, capability, input, ret);
    if (stream) {
        input.text = event_text;
        input.text_with = c;
        c->x->advisory = "";
        if (!exchange_stream(c->x))
            return fail(c, BAD_REQUEST, NULL);
    }
    bool ok = ai_run(c, capability, &input, ret);
    if (stream)
        stream_end(c, ok ? ret : NULL);
    return ok;
}

struct capability_row {
    const char *name, *doc;
    bool enabled, local;
    struct list roles, reads;
};
static const struct field capability_row_fields[] = {
    FIELD(struct capability_row, name, .privacy = OPERATIONAL, .doc = "Name"),
    FIELD(struct capability_row, doc, .privacy = OPERATIONAL, .doc = "What it does"),
    FIELD(struct capability_row, enabled, .privacy = OPERATIONAL,
          .doc = "Whether it is on for the person who asks"),
    FIELD(struct capability_row, local, .privacy = OPERATIONAL,
          .doc = "Whether the local engine can answer it"),
    FIELD(struct capability_row, roles, .of = KIND_TEXT, .privacy = OPERATIONAL,
          .doc = "Roles that can use it, where it is on for them"),
    FIELD(struct capability_row, reads, .of = KIND_TEXT, .privacy = OPERATIONAL,
          .doc = "Columns it may read"),
    { 0 },
};

static struct list reads_names(struct arena *a, const struct capability *k)
{
    size_t n = 0;
    for (const struct ai_read *r = k->reads; r && r->table; r++)
        for (const char *const *column = r->columns; *column; column++)
            n++;
    const char **names = arena_many(a, n, const char *);
    n = 0;
    for (const struct ai_read *r = k->reads; r && r->table; r++)
        for (const char *const *column = r->columns; *column; column++)
            names[n++] = arena_printf(a, "%s.%s", r->table->name, *column);
    return (struct list){ names, n };
}

static struct list roles_able(struct arena *a, const struct capability *k)
{
    const char **names = arena_many(a, ROLE_COUNT, const char *);
    size_t n = 0;
    for (enum role r = ROLE_NONE + 1; r < ROLE_COUNT; r++)
        if (!k->can || k->can->of[r] != SCOPE_NONE)
            names[n++] = role_names[r];
    return (struct list){ names, n };
}

static bool is_on(struct ctx *c, const struct ai_policy *policy, const struct capability *k)
{
    struct error err = { 0 };
    struct ctx own = *c;
    struct ai_answer answer;
    struct ai_input in = { 0 };
    struct ai_run run = { .c = &own, .capability = k, .in = &in, .ret = &answer, .policy = policy };
    own.err = &err;
    return ai_switches(&run);
}

static bool capabilities_list(struct ctx *c, const void *in, void *ret)
{
    const struct ai_policy *policy;
    size_t n = 0;
    (void)in;
    (void)ret;
    if (!ai_policy_take(c, &policy))
        return false;
    for (const struct feature *const *f = c->app->features; *f; f++)
        for (const struct capability *const *k = (*f)->capabilities; k && *k; k++)
            n++;
    struct capability_row *rows = arena_many(c->arena, n, struct capability_row);
    n = 0;
    for (const struct feature *const *f = c->app->features; *f; f++)
        for (const struct capability *const *k = (*f)->capabilities; k && *k; k++)
            rows[n++] = (struct capability_row){ (*k)->name,
                                                 (*k)->doc,
                                                 is_on(c, policy, *k),
                                                 (*k)->local,
                                                 roles_able(c->arena, *k),
                                                 reads_names(c->arena, *k) };
    ai_policy_release(c->app, policy);
    c->x->page = (struct list){ rows, n };
    return true;
}

struct objection_view {
    bool objected, blocked;
};
static const struct field objection_view_fields[] = {
    FIELD(struct objection_view, objected, .privacy = PERSONAL,
          .doc = "The person's own no to any AI processing"),
    FIELD(struct objection_view, blocked, .privacy = PERSONAL, .read_only = true,
          .doc = "Whether an admin has switched AI off for the person"),
    { 0 },
};
static const struct field objection_new_fields[] = {
    FIELD(struct objection_view, objected, .privacy = PERSONAL, .required = true,
          .doc = "The person's own no to any AI processing"),
    { 0 },
};
struct block_new {
    struct id id;
    bool blocked;
};
static const struct field block_new_fields[] = {
    FIELD(struct block_new, id, .privacy = OPERATIONAL, .required = true, .doc = "Person"),
    FIELD(struct block_new, blocked, .privacy = PERSONAL, .required = true,
          .doc = "Whether AI is off for this person"),
    { 0 },
};

static bool objection_find(struct ctx *c, struct id person, struct ai_objection *ret, bool *found)
{
    static const struct query of_person = { "person = $1" };
    return row_find(c, &ai_objection_table, &of_person, ARGS(value_id(person)), ret, found);
}

static bool objection_get(struct ctx *c, const void *in, void *ret)
{
    struct ai_objection row = { 0 };
    bool found = false;
    (void)in;
    if (!objection_find(c, c->actor.person, &row, &found))
        return false;
    *(struct objection_view *)ret = (struct objection_view){ row.objected, row.blocked };
    return true;
}

static bool objection_store(struct ctx *c, struct id person, const struct ai_objection *change,
                            const char *column, struct objection_view *ret)
{
    struct ai_objection row = { 0 };
    bool found = false;
    if (!objection_find(c, person, &row, &found))
        return false;
    if (!found) {
        row = *change;
        row.person = person;
        if (!row_create(c, &ai_objection_table, &row))
            return false;
    } else if (!row_update(c, &ai_objection_table, row.id, 0, change,
                           row_set(&ai_objection_table, column), &row)) {
        return false;
    }
    *ret = (struct objection_view){ row.objected, row.blocked };
    return true;
}

static bool objection_put(struct ctx *c, const void *in, void *ret)
{
    struct ai_objection change = { .objected = ((const struct objection_view *)in)->objected };
    return objection_store(c, c->actor.person, &change, "objected", ret);
}

static bool block_put(struct ctx *c, const void *in, void *ret)
{
    const struct block_new *b = in;
    struct ai_objection change = { .blocked = b->blocked };
    struct person person;
    return row_get(c, &person_table, b->id, &person) &&
           objection_store(c, b->id, &change, "blocked", ret);
}

static const struct route routes[] = {
    { GET, "/ai/capabilities", capabilities_list, "AI functions, and whether they are on",
      .who = WHO_MEMBER, OUTPUT(struct capability_row, capability_row_fields), .list = true,
      .schema = "ai_capability" },
    { POST, "/ai/run", run_post, "Run an AI function, or preview what it would disclose",
      .can = &ai_use, INPUT(struct run_new, run_new_fields),
      OUTPUT(struct ai_answer, ai_answer_fields), .ok = 200, LANE(LANE_SLOW), .eager = true,
      .stream = true, .admit = run_admit, .schema = "ai_answer", .fails = FAILS(AI_RUN_FAILS) },
    { GET, "/ai/objection", objection_get, "The own no to AI processing", .who = WHO_MEMBER,
      OUTPUT(struct objection_view, objection_view_fields), .schema = "ai_objection" },
    { PUT, "/ai/objection", objection_put, "Object to AI processing, or withdraw the objection",
      .who = WHO_MEMBER, INPUT(struct objection_view, objection_new_fields),
      OUTPUT(struct objection_view, objection_view_fields), LANE(LANE_WRITE),
      .schema = "ai_objection" },
    { PUT, "/people/{id}/ai-block", block_put, "Switch AI off or on for one person",
      .can = &ai_manage, INPUT(struct block_new, block_new_fields),
      OUTPUT(struct objection_view, objection_view_fields), LANE(LANE_WRITE),
      .schema = "ai_objection", .fails = FAILS(NOT_FOUND) },
    { 0 },
};

static const struct table *const tables[] = {
    &ai_settings_table,  &ai_switch_table,  &ai_provider_table,
    &ai_objection_table, &ai_receipt_table, NULL,
};

static const struct permission *const permissions[] = { &ai_use,           &ai_feedback,
                                                        &ai_manage,        &ai_settings_read,
                                                        &ai_receipts_read, NULL };

static const struct capability *const capabilities[] = { &feedback_me, &summary_report, NULL };

const struct feature ai_feature = {
    .name = "ai",
    .tables = tables,
    .routes = routes,
    .permissions = permissions,
    .capabilities = capabilities,
    .check = capabilities_check,
    .start = ai_start,
    .stop = ai_stop,
};
