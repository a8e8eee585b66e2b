/* lab.c: scratch organisations and calls on their behalf. */
#include "lab.h"

#include "core/runner.h"
#include "core/tenant.h"
#include "core/workers.h"
#include "crypt/crypt.h"
#include "feature/privacy/privacy.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void say(struct proof *p, struct buffer *to, const char *format, va_list args)
{
    if (to->len)
        buffer_char(to, ' ');
    buffer_string(to, arena_vprintf(p->arena, format, args));
}

void lab_say(struct proof *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(p, &p->evidence, format, args);
    va_end(args);
}

void lab_tell(struct proof *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(p, &p->aside, format, args);
    va_end(args);
}

enum promise_result lab_result(struct proof *p, enum promise_result result, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(p, &p->evidence, format, args);
    va_end(args);
    return result;
}

static const char *random_hex(struct arena *a)
{
    uint8_t bytes[8];
    struct buffer b = buffer_new(a);
    random_bytes(bytes, sizeof bytes);
    buffer_hex(&b, bytes, sizeof bytes);
    return b.at;
}

const char *lab_key(struct proof *p)
{
    return random_hex(p->arena);
}

int lab_change(struct proof *p, const char *session, enum method m, const char *path,
               const char *json, int64_t version, struct answer *ret)
{
    const struct lab *lab = p->with;
    struct call call = { .method = m,
                         .path = path,
                         .json = json,
                         .session = session,
                         .if_version = version,
                         .key = m == POST && session ? lab_key(p) : NULL,
                         .address = lab->address };
    struct answer ignored;
    if (!ret)
        ret = &ignored;
    app_call(p->app, p->arena, &call, ret);
    return ret->status;
}

int lab_call(struct proof *p, const char *session, enum method m, const char *path,
             const char *json, struct answer *ret)
{
    return lab_change(p, session, m, path, json, 0, ret);
}

const char *lab_member(struct proof *p, const struct answer *from, const char *key)
{
    const char *at = strstr(from->body, arena_printf(p->arena, "\"%s\":\"", key));
    if (!at)
        return "";
    at += strlen(key) + 4;
    return arena_text(p->arena, at, strcspn(at, "\""));
}

int lab_patch(struct proof *p, const char *session, const char *path, const char *json,
              struct answer *ret)
{
    struct answer now;
    lab_call(p, session, GET, path, NULL, &now);
    return lab_change(p, session, PATCH, path, json, now.etag ? atoll(now.etag) : 0, ret);
}

/* The id of what a POST makes; NULL when it does not. */
static const char *made(struct proof *p, const char *session, const char *path, const char *json)
{
    struct answer r;
    return lab_call(p, session, POST, path, json, &r) == 201 ? lab_member(p, &r, "id") : NULL;
}

const char *lab_entry(struct proof *p, const char *session, const char *note)
{
    return made(p, session, "/time/entries",
                arena_printf(p->arena,
                             "{\"started_at\":\"2026-03-02T08:00:00.000Z\",\"ended_at\":"
                             "\"2026-03-02T09:00:00.000Z\",\"note\":\"%s\"}",
                             note));
}

bool lab_ai_on(struct proof *p, const char *owner, const char *capability)
{
    if (lab_patch(p, owner, "/ai/settings", "{\"on\":true}", NULL) != 200)
        return false;
    int status =
        lab_call(p, owner, POST, "/ai/switches",
                 arena_printf(p->arena, "{\"capability\":\"%s\",\"on\":true}", capability), NULL);
    return status == 201 || status == 409;
}

const char *lab_provider(struct proof *p, const char *owner, const char *model)
{
    const char *url = p->witness ? p->witness->provider : NULL;
    if (!url)
        return NULL;
    return made(p, owner, "/ai/providers",
                arena_printf(p->arena,
                             "{\"name\":\"%s\",\"endpoint\":\"%s\",\"model\":\"%s\",\"local\":"
                             "true}",
                             model, url, model));
}

const char *lab_provider_outside(struct proof *p, const char *owner, const char *evidence)
{
    return made(p, owner, "/ai/providers",
                arena_printf(p->arena,
                             "{\"name\":\"outside\",\"endpoint\":"
                             "\"https://provider.invalid/v1\",\"model\":\"m\"%s}",
                             evidence));
}

const char *lab_form(struct proof *p, const char *owner)
{
    return made(p, owner, "/forms", LAB_FORM);
}

const char *lab_prompt(struct proof *p, const char *owner, const char *form, const char *members)
{
    const char *id =
        made(p, owner, "/hooks",
             arena_printf(p->arena, "{\"form\":\"%s\",\"name\":\"Probe\"%s}", form, members));
    return id ? arena_printf(p->arena, "/hooks/%s", id) : NULL;
}

int lab_preview(struct proof *p, const char *owner, const char *prompt, struct answer *ret)
{
    return lab_call(p, owner, POST, arena_printf(p->arena, "%s/preview", prompt), "{}", ret);
}

bool lab_prompt_on(struct proof *p, const char *owner, const char *prompt)
{
    return lab_preview(p, owner, prompt, NULL) == 200 &&
           lab_patch(p, owner, prompt, "{\"on\":true}", NULL) == 200;
}

const char *lab_submit(struct proof *p, const char *owner, const char *form, const char *text)
{
    const struct lab *lab = p->with;
    const char *id = made(p, owner, arena_printf(p->arena, "/forms/%s/submissions", form),
                          arena_printf(p->arena, "{\"open_to_ai\":\"%s\"}", text));
    if (id)
        runner_wait(p->app->runner, lab->organisation[0]);
    return id;
}

/* "probe-TAG-CODE@vow.invalid": nobody else can make such an address, because the code is made with
   a key of this installation. */
static const char *email_of(const struct app *app, struct arena *a, const char *tag)
{
    struct secret_key key;
    uint8_t code[HASH_SIZE];
    struct buffer b = buffer_new(a);
    app_sub_key(app, "vow prove addresses 1", &key);
    hash_hmac(&key, tag, strlen(tag), code);
    secret_key_wipe(&key);
    buffer_printf(&b, "probe-%s-", tag);
    buffer_hex(&b, code, 16);
    buffer_string(&b, "@vow.invalid");
    return b.at;
}

struct left {
    struct id id;
    const char *email;
    struct id organisation;
};
static const struct field left_fields[] = {
    FIELD(struct left, id, .privacy = OPERATIONAL, .doc = "Account"),
    FIELD(struct left, email, .privacy = PERSONAL, .doc = "Address of a scratch owner"),
    FIELD(struct left, organisation, .privacy = OPERATIONAL, .doc = "Scratch organisation"),
    { 0 },
};

/* Addresses are protected, so they are looked through here and not by the database. */
struct leavings {
    struct arena *arena;
    struct left *at;
    size_t count, room;
};

static bool left_note(void *with, const void *record)
{
    static const char start[] = "probe-", end[] = "@vow.invalid";
    struct leavings *all = with;
    const struct left *l = record;
    size_t n = l->email ? strlen(l->email) : 0;
    if (n < strlen(start) + strlen(end) || strncmp(l->email, start, strlen(start)) != 0 ||
        strcmp(l->email + n - strlen(end), end) != 0)
        return true;
    if (all->count == all->room) {
        struct left *more = arena_many(all->arena, all->room = 2 * all->room + 8, struct left);
        if (all->count)
            memcpy(more, all->at, all->count * sizeof *more);
        all->at = more;
    }
    all->at[all->count] = *l;
    all->at[all->count++].email = arena_string(all->arena, l->email);
    return true;
}

static bool left_read(struct ctx *c, void *with)
{
    static const struct query q = { "SELECT id, email, organisation FROM account",
                                    .whole = "What a killed check left behind can be anywhere" };
    struct leavings *all = with;
    *all = (struct leavings){ .arena = c->arena };
    return tx_each(c->tx, &q, NO_ARGS, left_fields, sizeof(struct left), left_note, all);
}

struct tombstone {
    struct id organisation;
    int64_t removed;
};

static bool tombstone_remove(struct ctx *c, void *with)
{
    static const struct query q = { "DELETE FROM tenant WHERE id = $1 AND state = 'deleted'" };
    struct tombstone *t = with;
    return tx_run(c->tx, &q, ARGS(value_id(t->organisation)), &t->removed);
}

/* Ends it by the program's own way, which does not depend on what is checked. Its files go in the
   background; when that takes unusually long, a row without a key stays in control. */
static void scratch_end(struct app *app, struct arena *a, struct id organisation)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(app, a, &err, "prove");
    struct tombstone t = { .organisation = organisation };
    c.organisation = organisation;
    if (!organisation_end(&c))
        return;
    for (int i = 0; i < 100 && !t.removed; i++) {
        workers_settle(app->slow);
        if (!control_write(&c, tombstone_remove, &t))
            return;
    }
}

void lab_open(struct lab *lab)
{
    struct error err = { 0 };
    struct leavings all;
    struct ctx c = app_ctx(lab->app, lab->arena, &err, "prove");
    lab->address = arena_printf(lab->arena, "prove %s", random_hex(lab->arena));
    if (!control_read(&c, left_read, &all))
        return;
    for (size_t i = 0; i < all.count; i++) {
        const struct left *l = &all.at[i];
        const char *tag = arena_text(lab->arena, l->email + 6, strcspn(l->email + 6, "-@"));
        if (text_equal(l->email, email_of(lab->app, lab->arena, tag)))
            scratch_end(lab->app, lab->arena, l->organisation);
    }
}

const char *lab_sign_up(struct proof *p, int which, const char *password)
{
    struct lab *lab = p->with;
    const char *tag = random_hex(lab->arena);
    lab->name[which] = arena_printf(lab->arena, "vow prove %s", tag);
    lab->email[which] = email_of(p->app, lab->arena, tag);
    return arena_printf(lab->arena,
                        "{\"name\":\"Probe %d\",\"email\":\"%s\",\"organisation\":\"%s\","
                        "\"password\":\"%s\",\"of_age\":true}",
                        which, lab->email[which], lab->name[which], password);
}

bool lab_adopt(struct proof *p, int which, const char *session)
{
    struct lab *lab = p->with;
    struct answer r;
    if (!session || lab_call(p, session, GET, "/session", NULL, &r) != 200 ||
        !id_parse(lab_member(p, &r, "organisation"), &lab->organisation[which]))
        return false;
    lab->owner[which] = arena_string(lab->arena, session);
    return true;
}

const char *lab_owner(struct proof *p, int which)
{
    struct lab *lab = p->with;
    struct answer r;
    if (lab->owner[which])
        return lab->owner[which];
    lab->password[which] = random_hex(lab->arena);
    const char *json = lab_sign_up(p, which, lab->password[which]);
    if (lab_call(p, NULL, POST, "/accounts", json, &r) != 201 || !lab_adopt(p, which, r.session)) {
        lab_say(p, "A scratch organisation could not be made (status %d).", r.status);
        return NULL;
    }
    return lab->owner[which];
}

bool lab_invitation(struct proof *p, const char *role, struct lab_invitation *ret)
{
    const char *owner = lab_owner(p, 0);
    const char *email = email_of(p->app, p->arena, random_hex(p->arena));
    struct answer r;
    const char *json = arena_printf(
        p->arena, "{\"name\":\"Colleague\",\"email\":\"%s\",\"role\":\"%s\"}", email, role);
    if (!owner || lab_call(p, owner, POST, "/people", json, &r) != 201)
        return false;
    const char *path = arena_printf(p->arena, "/people/%s/invitation", lab_member(p, &r, "id"));
    if (lab_call(p, owner, POST, path, "{}", &r) != 201)
        return false;
    *ret = (struct lab_invitation){
        arena_printf(p->arena, "/api/v1/invitations/%s", lab_member(p, &r, "link_token")), email
    };
    return true;
}

const char *lab_colleague(struct proof *p, const char *role)
{
    struct lab_invitation i;
    struct answer r;
    const char *json =
        arena_printf(p->arena, "{\"password\":\"%s\",\"of_age\":true}", random_hex(p->arena));
    return lab_invitation(p, role, &i) && lab_call(p, NULL, POST, i.path, json, &r) == 201
               ? r.session
               : NULL;
}

const char *lab_path(struct proof *p, const struct route *r, const char *id)
{
    struct buffer b = buffer_new(p->arena);
    const char *at = r->path;
    for (const char *open; (open = strchr(at, '{'));) {
        buffer_add(&b, at, (size_t)(open - at));
        buffer_string(&b, id);
        at = strchr(open, '}') + 1;
    }
    buffer_string(&b, at);
    return b.at;
}

void lab_close(struct lab *lab)
{
    for (int i = 0; i < 2; i++)
        if (lab->owner[i])
            scratch_end(lab->app, lab->arena, lab->organisation[i]);
    for (int i = 0; i < 2; i++)
        lab->owner[i] = NULL;
}

enum promise_result lab_own(struct proof *p, enum promise_result (*check)(struct proof *p))
{
    struct lab *shared = p->with;
    struct lab own = { .app = shared->app, .arena = shared->arena, .address = shared->address };
    p->with = &own;
    enum promise_result result = check(p);
    lab_close(&own);
    p->with = shared;
    return result;
}

struct raw_search {
    const struct canary_print *print;
    int rows, found;
    const char *table; /* of the last that was found */
    struct arena *arena;
};

static bool raw_look(void *with, const char *table, struct blob row)
{
    struct raw_search *s = with;
    s->rows++;
    if (canary_count(s->print, row.at, row.len)) {
        s->found++;
        s->table = arena_string(s->arena, table);
    }
    return true;
}

static bool rows_look(struct ctx *c, void *with)
{
    return tx_raw(c->tx, raw_look, with);
}

/* Said once, however many secrets a check looks for. */
static void looked_tell(struct proof *p, int n, const char *where)
{
    if (!p->aside.len || !strstr(p->aside.at, where))
        lab_tell(p, "%d %s were looked through.", n, where);
}

enum promise_result lab_stored(struct proof *p, const struct canary_print *print)
{
    const struct lab *lab = p->with;
    struct error err = { 0 };
    struct ctx c = app_ctx(p->app, p->arena, &err, "prove");
    struct raw_search s = { .print = print, .arena = p->arena };
    int files = 0, found = canary_scan(p->app->config->data_dir, print, &files);
    if (found < 0)
        return lab_unknown(p, "The data folder could not be read.");
    looked_tell(p, files, "files under the data folder");
    if (found)
        return lab_broken(p, "%d of the files under the data folder hold it.", found);
    if (!p->app->config->store_url)
        return lab_held(p, "No file under the data folder holds it.");
    if (!control_read(&c, rows_look, &s) ||
        !organisation_read(&c, lab->organisation[0], rows_look, &s))
        return lab_unknown(p, "The rows on the database server could not be read.");
    looked_tell(p, s.rows, "rows on the database server");
    if (s.found)
        return lab_broken(p, "A row of %s on the database server holds it in clear.", s.table);
    return lab_held(p, "No file under the data folder and no row as it lies on the database server "
                       "holds it.");
}
