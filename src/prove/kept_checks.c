/* kept_checks.c: the promises that something is not kept: a canary goes through the program as a
   question, an answer or a password, and afterwards it must stand nowhere. */
#include "checks.h"
#include "lab.h"

#include "base/json.h"
#include "core/rows.h"
#include "core/runner.h"
#include "core/sql.h"
#include "feature/ai/ai.h"
#include "process/sanitized.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool outside(const struct proof *p)
{
    const struct witness *w = p->witness;
    return w && w->canary && w->post && w->received && w->in_memory;
}

static enum promise_result nobody_outside(struct proof *p)
{
    return lab_alone(p, "send itself a made-up secret from outside and look where it stays");
}

/* A connection that was closed a moment ago may still be on its way out: what is kept is there
   still a second later. */
static enum promise_result memory_scan(struct proof *p, const struct canary_print *print)
{
    static const struct timespec moment = { .tv_nsec = 250000000 };
    int found = 0;
    for (int i = 0; i < 4; i++) {
        if (i)
            nanosleep(&moment, NULL);
        found = p->witness->in_memory(p->witness->with, print);
        if (found <= 0)
            break;
    }
    if (found < 0)
        return lab_unknown(p, SANITIZED ? "This build carries sanitizers, which keep freed memory "
                                          "on purpose: its memory says nothing. A build for use "
                                          "is looked through."
                                        : "The memory of the processes could not be looked "
                                          "through.");
    if (found)
        return lab_broken(p, "%d copies stood in the memory of the processes.", found);
    return lab_held(p, "Nor does the memory of supervisor, core and egress.");
}

static enum promise_result both_scan(struct proof *p, const struct canary_print *print)
{
    enum promise_result files = lab_stored(p, print);
    return files == PROMISE_HELD ? memory_scan(p, print) : files;
}

struct search {
    const struct canary_print *print;
    bool books; /* only what the program writes for itself: there people put nothing */
    const struct table *table;
    const struct table *found;
};

static bool row_search(void *with, const void *record)
{
    struct search *s = with;
    struct arena a = { 0 };
    EACH_FIELD (f, s->table->fields) {
        struct buffer json = buffer_new(&a);
        struct blob bytes = { 0 };
        if (f->kind == KIND_BLOB)
            bytes = *(const struct blob *)field_of(f, record);
        else
            json_value(&json, f, record);
        if (canary_count(s->print, json.at, json.len) ||
            (bytes.at && canary_count(s->print, bytes.at, bytes.len)))
            s->found = s->table;
    }
    arena_done(&a);
    return !s->found;
}

static bool tables_search(struct ctx *c, void *with)
{
    struct search *s = with;
    const struct table **tables;
    size_t count;
    if (!tables_all(c, &tables, &count))
        return false;
    for (size_t i = 0; i < count && !s->found; i++) {
        struct buffer sql = buffer_new(c->arena);
        if (s->books && !tables[i]->log)
            continue;
        s->table = tables[i];
        select_add(&sql, s->table);
        struct query q = { sql.at, .whole = "A check looks everywhere" };
        if (!tx_each(c->tx, &q, NO_ARGS, s->table->fields, s->table->size, row_search, s))
            return false;
    }
    return true;
}

/* The sealed store shows nothing to a scan of files: its rows are read. */
static enum promise_result rows_scan(struct proof *p, const struct canary_print *print, bool books)
{
    const struct lab *lab = p->with;
    struct error err = { 0 };
    struct ctx c = app_ctx(p->app, p->arena, &err, "prove");
    struct search s = { .print = print, .books = books };
    if (!organisation_read(&c, lab->organisation[0], tables_search, &s))
        return lab_unknown(p, "The rows of the scratch organisation could not be read.");
    if (s.found)
        return lab_broken(p, "A row of %s holds it.", s.found->name);
    return lab_held(p, books ? "None of the program's own books holds it."
                             : "No row of the organisation holds it.");
}

static bool ask(struct proof *p, const char *capability, const char *provider, bool stream)
{
    const struct lab *lab = p->with;
    const char *json = arena_printf(p->arena,
                                    "{\"capability\":\"%s\",\"provider\":\"%s\",\"from\":"
                                    "\"2026-01-01\",\"to\":\"2026-12-31\","
                                    "\"question\":\"How did CANARY go in March?\"}",
                                    capability, provider);
    struct witness_post post = { "/api/v1/ai/run", json, lab->owner[0], stream, lab_key(p) };
    struct buffer head = buffer_new(p->arena);
    int status = 0;
    return p->witness->post(p->witness->with, &post, &status, &head) && status == 200;
}

/* Through every function that takes a question, by the local engine and by a provider, whole and
   streamed. */
static enum promise_result questions_check(struct proof *p, const char *provider)
{
    const struct lab *lab = p->with;
    struct canary_print print;
    int asked = 0;
    if (!p->witness->canary(p->witness->with, &print))
        return nobody_outside(p);
    for (const struct feature *const *f = p->app->features; *f; f++)
        for (const struct capability *const *k = (*f)->capabilities; k && *k; k++) {
            const char *name = (*k)->name;
            if (!(*k)->local)
                continue;
            if (!lab_ai_on(p, lab->owner[0], name) || !ask(p, name, "local", false) ||
                !ask(p, name, provider, false) || !ask(p, name, provider, true))
                return lab_unknown(p, "The AI function %s did not answer.", name);
            asked += 3;
        }
    if (!asked || !p->witness->received(p->witness->with))
        return lab_unknown(p, "The question did not reach the provider.");
    lab_say(p,
            "A canary was asked about %d times, by every AI function, locally and through a "
            "provider that repeated it, whole and streamed.",
            asked);
    enum promise_result rows = rows_scan(p, &print, false);
    return rows == PROMISE_HELD ? both_scan(p, &print) : rows;
}

/* A form with a prompt that is switched on: where it takes answers, and the prompt. */
static bool hook_make(struct proof *p, const char *provider, const char **answers,
                      const char **prompt)
{
    const char *owner = ((const struct lab *)p->with)->owner[0];
    const char *form = lab_ai_on(p, owner, "hook") ? lab_form(p, owner) : NULL;
    if (!form)
        return false;
    *answers = arena_printf(p->arena, "/api/v1/forms/%s/submissions", form);
    *prompt = lab_prompt(p, owner, form,
                         arena_printf(p->arena,
                                      ",\"output\":\"text\",\"provider\":\"%s\",\"template\":"
                                      "\"Say what this is about: {{open_to_ai}}\"",
                                      provider));
    return *prompt && lab_prompt_on(p, owner, *prompt);
}

/* The preview of the prompt for the answer with the canary, which it shows whole. */
static bool preview_ask(struct proof *p, const char *prompt)
{
    const struct lab *lab = p->with;
    struct witness_post post = { arena_printf(p->arena, "/api/v1%s/preview", prompt), "{}",
                                 lab->owner[0], false, lab_key(p) };
    struct buffer head = buffer_new(p->arena);
    int status = 0;
    return p->witness->post(p->witness->with, &post, &status, &head) && status == 200;
}

/* Waits until the canary has reached the provider: NULL, or why it has not. A machine with much to
   do may need another try, which would only come after a minute. */
static const char *delivery_wait(struct proof *p)
{
    const struct lab *lab = p->with;
    struct answer r;
    for (int tries = 0;; tries++) {
        runner_wait(p->app->runner, lab->organisation[0]);
        if (p->witness->received(p->witness->with))
            return NULL;
        lab_call(p, lab->owner[0], GET, "/organisation/failures", NULL, &r);
        const char *id = lab_member(p, &r, "id"), *problem = lab_member(p, &r, "problem");
        if (tries == 3 || !*id)
            return arena_printf(p->arena, "(%s)", *problem ? problem : "nothing failed");
        lab_call(p, lab->owner[0], POST,
                 arena_printf(p->arena, "/organisation/failures/%s/retry", id), NULL, NULL);
    }
}

/* What is answered in a form is the organisation's data, and so is the suggestion beside it: they
   stay in its sealed file for as long as it is there. Once it has ended, nothing is left. */
static enum promise_result hook_check(struct proof *p, const char *provider)
{
    struct lab *lab = p->with;
    struct canary_print print;
    struct buffer head = buffer_new(p->arena);
    const char *answers, *prompt;
    int status = 0;
    if (!hook_make(p, provider, &answers, &prompt) || !p->witness->canary(p->witness->with, &print))
        return lab_unknown(p, "A prompt could not be switched on.");
    struct witness_post post = { answers, "{\"open_to_ai\":\"How did CANARY go in March?\"}",
                                 lab->owner[0], false, NULL };
    if (!p->witness->post(p->witness->with, &post, &status, &head) || status != 201)
        return lab_unknown(p, "The form took no answer (%d).", status);
    const char *problem = delivery_wait(p);
    if (problem)
        return lab_unknown(p, "The prompt on a form did not reach the provider %s.", problem);
    if (!preview_ask(p, prompt))
        return lab_unknown(p, "The prompt on a form could not be previewed.");
    lab_say(p, "Another went through a prompt on a form and its preview.");
    enum promise_result books = rows_scan(p, &print, true);
    if (books != PROMISE_HELD)
        return books;
    enum promise_result files = lab_stored(p, &print);
    lab_close(lab);
    return files == PROMISE_HELD ? memory_scan(p, &print) : files;
}

static enum promise_result kept_check(struct proof *p)
{
    const char *owner = lab_owner(p, 0),
               *provider = owner ? lab_provider(p, owner, LAB_MODEL) : NULL;
    if (!provider)
        return lab_unknown(p, "The loopback provider could not be registered.");
    enum promise_result result = questions_check(p, provider);
    return result == PROMISE_HELD ? hook_check(p, provider) : result;
}

static enum promise_result check_ai_3_2_c(struct proof *p)
{
    return outside(p) ? lab_own(p, kept_check) : nobody_outside(p);
}

static const struct promise promise_ai_3_2_c = {
    "AI-3.2.c",
    "Prompts, context and answers are not kept.",
    "They live in the memory of one request, which is wiped; every freed block is wiped; no body "
    "is ever logged or queued.",
    PROMISE_LIVE,
    check_ai_3_2_c,
};

struct hash_row {
    struct id id;
    const char *hash;
};
static const struct field hash_row_fields[] = {
    FIELD(struct hash_row, id, .privacy = OPERATIONAL, .doc = "Account"),
    FIELD(struct hash_row, hash, .privacy = SECRET, .doc = "Hash"),
    { 0 },
};

static bool hashes_read(struct ctx *c, void *with)
{
    static const struct query q = {
        "SELECT id, password_hash FROM account ORDER BY id DESC LIMIT 1000"
    };
    return tx_rows(c->tx, &q, NO_ARGS, hash_row_fields, sizeof(struct hash_row), 0, with);
}

static enum promise_result hashes_check(struct proof *p)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(p->app, p->arena, &err, "prove");
    struct list list = { 0 };
    if (!lab_owner(p, 0) || !lab_owner(p, 1) || !control_read(&c, hashes_read, &list))
        return lab_unknown(p, "The accounts could not be read.");
    const struct hash_row *rows = list.at;
    for (size_t i = 0; i < list.count; i++) {
        const char *h = rows[i].hash;
        if (!h || strncmp(h, "$2b$", 4) || strlen(h) != 60)
            return lab_broken(p, "An account's password is not a bcrypt hash.");
        if (atoi(h + 4) < 12)
            return lab_broken(p, "A hash has the cost %d; 12 is the least.", atoi(h + 4));
        for (size_t k = i + 1; k < list.count; k++)
            if (!strncmp(h, rows[k].hash ? rows[k].hash : "", 29))
                return lab_broken(p, "Two accounts share a salt.");
    }
    lab_tell(p, "%zu accounts were looked at, with those that this check made for itself.",
             list.count);
    return lab_held(p, "Every password, of the newest 1,000 accounts at most, is bcrypt $2b$ of "
                       "cost 12 or more, each with its own salt.");
}

/* The token in the answer's Set-Cookie; NULL when there is none. */
static const char *session_of(struct arena *a, const char *head)
{
    const char *at = strcasestr(head, "\nset-cookie:");
    at = at ? strchr(at, '=') : NULL;
    return at ? arena_text(a, at + 1, strcspn(at + 1, ";\r\n")) : NULL;
}

static bool posted(struct proof *p, const char *path, const char *json, int *status,
                   struct buffer *head)
{
    struct witness_post post = { path, json, NULL, false, NULL };
    return p->witness->post(p->witness->with, &post, status, head) && *status == 201;
}

/* How somebody comes who has no account yet, with a canary as password: by signing up, or where
   strangers cannot, by invitation. Gives what this was, and the email. */
static bool newcomer_make(struct proof *p, const char **how, const char **email, int *status)
{
    struct lab *lab = p->with;
    struct lab_invitation i;
    struct buffer head = buffer_new(p->arena);
    *how = "a sign-up";
    if (!p->app->config->invited_only) {
        const char *up = lab_sign_up(p, 0, "CANARY");
        *email = lab->email[0];
        return posted(p, "/api/v1/accounts", up, status, &head) &&
               lab_adopt(p, 0, session_of(p->arena, head.at));
    }
    *how = "an invitation that was accepted, for strangers cannot sign up here,";
    if (!lab_invitation(p, "member", &i))
        return false;
    *email = i.email;
    return posted(p, i.path, "{\"password\":\"CANARY\",\"of_age\":true}", status, &head);
}

/* A canary is the password of whoever comes, and of a sign-in. */
static enum promise_result password_check(struct proof *p)
{
    const struct witness *w = p->witness;
    struct canary_print print;
    struct buffer head = buffer_new(p->arena);
    const char *how, *email;
    int made = 0, again = 0;
    if (!w->canary(w->with, &print) || !newcomer_make(p, &how, &email, &made))
        return lab_unknown(p, "Making an account answered %d.", made);
    const char *in = arena_printf(p->arena, "{\"email\":\"%s\",\"password\":\"CANARY\"}", email);
    if (!posted(p, "/api/v1/session", in, &again, &head))
        return lab_unknown(p, "Signing in answered %d.", again);
    lab_say(p, "A canary was the password of %s and a sign-in:", how);
    return both_scan(p, &print);
}

static enum promise_result check_pl_1_b(struct proof *p)
{
    enum promise_result hashes = hashes_check(p);
    if (hashes != PROMISE_HELD)
        return hashes;
    return outside(p) ? lab_own(p, password_check) : nobody_outside(p);
}

static const struct promise promise_pl_1_b = {
    "PL-1.b",
    "Passwords are bcrypt hashes with a salt each, never stored in clear.",
    "libxcrypt with a cost of 12 or more, calibrated, over a keyed hash; there is no other column "
    "for a password.",
    PROMISE_DATA,
    check_pl_1_b,
};

const struct promise *const kept_promises[] = { &promise_ai_3_2_c, &promise_pl_1_b, NULL };
