/* account.c: what an account is, and how one is made and removed. */
#include "accounts.h"

#include "core/app.h"
#include "core/rows.h"
#include "core/sessions.h"
#include "core/tenant.h"
#include "crypt/crypt.h"
#include "feature/organisation/organisation.h"
#include "private.h"

#include <string.h>

static const struct field account_fields[] = {
    ROW_FIELDS(struct account),
    FIELD(struct account, email, .privacy = PERSONAL, .unique = true, .max = EMAIL_MAX,
          .required = true, .format = "email", .doc = "What one signs in with, in lower case"),
    FIELD(struct account, password_hash, .privacy = SECRET,
          .doc = "bcrypt of the peppered password"),
    FIELD(struct account, organisation, .privacy = OPERATIONAL, .filter = true,
          .doc = "Organisation of the account"),
    FIELD(struct account, person, .privacy = PERSONAL, .subject = true, .filter = true,
          .doc = "Person of the account, in the organisation's directory"),
    FIELD(struct account, of_age_at, .privacy = PERSONAL,
          .doc = "When the person affirmed to be 16 or older"),
    { 0 },
};

const struct table account_table = {
    .name = "account",
    .doc = "Ways to sign in",
    .fields = account_fields,
    .size = sizeof(struct account),
    .erase = ERASE_ROW,
    .control = true,
    .log = true,
};

bool account_find(struct ctx *c, struct account_search *search)
{
    static const struct query by_email = { "email = $1" };
    static const struct query by_person = { "organisation = $1 AND person = $2" };
    struct value email = value_in(account_fields, "email", value_text(search->email));
    if (!search->email)
        return row_find(c, &account_table, &by_person,
                        ARGS(value_id(search->organisation), value_id(search->person)),
                        &search->account, &search->found);
    return row_find(c, &account_table, &by_email, ARGS(email), &search->account, &search->found);
}

static bool search_run(struct ctx *c, void *with)
{
    return account_find(c, with);
}

bool account_search(struct ctx *c, struct account_search *search)
{
    return control_read(c, search_run, search);
}

/* Every singleton has its row from the start, so that it has a version to change. */
static bool singletons_make(struct ctx *c)
{
    for (const struct table *const *t = c->app->tables; *t; t++) {
        if (!(*t)->singleton || *t == &organisation_table)
            continue;
        if (!row_single(c, *t, arena_alloc(c->arena, (*t)->size)))
            return false;
    }
    return true;
}

static bool founding_make(struct ctx *c, void *with)
{
    struct founding *f = with;
    struct organisation organisation = { .name = f->organisation,
                                         .zone = f->zone ? f->zone : "UTC",
                                         .currency = "EUR",
                                         .week_start = "monday",
                                         .overlap = "allow" };
    struct person owner = { .id = f->person,
                            .name = f->name,
                            .email = f->email,
                            .role = "owner",
                            .active = true,
                            .joined_at = f->joined_at };
    return row_create(c, &organisation_table, &organisation) && singletons_make(c) &&
           row_create(c, &person_table, &owner) && (!f->invited || invitation_note(c, &f->person));
}

bool organisation_found(struct ctx *c, struct founding *f, ctx_work *open, void *with)
{
    if (!tenant_create(c, &f->made))
        return false;
    if (organisation_write(c, f->made, founding_make, f) && control_write(c, open, with))
        return true;
    struct error first = *c->err;
    *c->err = (struct error){ 0 };
    (void)!tenant_destroy(c, f->made);
    *c->err = first;
    return false;
}

struct opening {
    struct founding founding;
    struct account account;
    const char *agent;
    const char **token;
};

static bool open_account(struct ctx *c, void *with)
{
    struct opening *o = with;
    o->account.organisation = o->founding.made;
    return row_create(c, &account_table, &o->account) &&
           tenant_activate(c, o->account.organisation) &&
           (!o->token || session_open(c, o->account.id, o->account.organisation, o->account.person,
                                      o->agent, o->token));
}

bool password_make(struct ctx *c, const char *password, const char **ret)
{
    char hash[PASSWORD_HASH];
    if (!password_hash(c->app->passwords, password, hash))
        return fail_at(c, "/password", "is too long");
    *ret = arena_string(c->arena, hash);
    return true;
}

bool account_sign_up(struct ctx *c, const struct sign_up *in, const char **token)
{
    struct account_search search = { .email = email_lower(c->arena, in->email) };
    struct id person = id_new(c->now);
    struct opening o = {
        .founding = { .organisation = in->organisation,
                      .name = in->name,
                      .email = search.email,
                      .person = person,
                      .joined_at = c->now },
        .account = { .email = search.email, .person = person, .of_age_at = c->now },
        .agent = c->x ? c->x->agent : NULL,
        .token = token,
    };
    struct actor outer = c->actor;
    if (!in->of_age)
        return fail_at(c, "/of_age", "must be affirmed: accounts are for people of 16 or older");
    if (!account_search(c, &search))
        return false;
    if (search.found)
        return fail(c, ALREADY_EXISTS, "There is an account with this email; sign in instead");
    if (!password_make(c, in->password, &o.account.password_hash))
        return false;
    c->actor = (struct actor){ .program = true, .name = "sign-up" };
    bool ok = organisation_found(c, &o.founding, open_account, &o);
    c->actor = outer;
    if (ok) {
        c->organisation = o.founding.made;
        c->actor = (struct actor){ .person = person, .account = o.account.id, .role = ROLE_OWNER };
    }
    return ok;
}

static bool join(struct ctx *c, void *with)
{
    const struct account *account = with;
    struct person change = { .joined_at = c->now, .email = account->email }, ret;
    return row_update(c, &person_table, account->person, 0, &change,
                      row_set(&person_table, "joined_at") | row_set(&person_table, "email"), &ret);
}

bool account_join(struct ctx *c, const struct account *account)
{
    struct account copy = *account;
    return organisation_write(c, account->organisation, join, &copy);
}

struct adding {
    struct id invitation;
    struct account account;
};

/* Whoever was erased meanwhile has no invitation any more, and gets no account. */
static bool insert(struct ctx *c, void *with)
{
    struct adding *a = with;
    return (!id_given(a->invitation) || invitation_stands(c, a->invitation)) &&
           row_create(c, &account_table, &a->account);
}

bool account_make(struct ctx *c, struct id invitation, struct id person, const char *email,
                  const char *hash)
{
    struct adding a = { .invitation = invitation,
                        .account = { .email = email_lower(c->arena, email),
                                     .password_hash = hash,
                                     .person = person,
                                     .organisation = c->organisation,
                                     .of_age_at = c->now } };
    return control_write(c, insert, &a) && account_join(c, &a.account);
}

bool account_add(struct ctx *c, struct id person, const char *email, const char *password)
{
    const char *hash;
    return password_make(c, password, &hash) &&
           account_make(c, (struct id){ 0 }, person, email, hash);
}
