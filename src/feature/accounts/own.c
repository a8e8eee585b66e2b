/* own.c: what a person changes about the own account: password, email, name, time zone. */
#include "routes.h"

#include "core/app.h"
#include "core/rows.h"
#include "core/sessions.h"
#include "crypt/crypt.h"
#include "feature/organisation/organisation.h"

const struct field password_change_fields[] = {
    FIELD(struct password_change, password, .privacy = SECRET, .required = true, .max = 200,
          .doc = "The current password"),
    FIELD(struct password_change, new_password, .privacy = SECRET, .required = true, .min = 10,
          .max = 200, .doc = "The new one, 10 characters or more"),
    { 0 },
};

const struct field email_change_fields[] = {
    FIELD(struct email_change, email, .privacy = PERSONAL, .required = true, .max = EMAIL_MAX,
          .format = "email", .doc = "The new address to sign in with"),
    FIELD(struct email_change, password, .privacy = SECRET, .required = true, .max = 200,
          .doc = "The password, which stays as it is"),
    { 0 },
};

const struct field profile_fields[] = {
    FIELD(struct profile, name, .privacy = PERSONAL, .required = true, .min = 1,
          .max = PERSON_NAME_MAX, .format = "line", .doc = "Name"),
    FIELD(struct profile, zone, .privacy = PERSONAL, .max = 60, .format = "zone",
          .doc = "Time zone; the organisation's when absent"),
    { 0 },
};

bool password_stands(struct ctx *c, const struct account *account, bool *ret)
{
    struct account now = { 0 };
    bool found = false;
    if (!row_look(c, &account_table, account->id, &now, &found))
        return false;
    *ret = found && text_equal(now.password_hash, account->password_hash);
    return true;
}

bool password_put(struct ctx *c, struct id account, const char *hash)
{
    struct account row = { .password_hash = hash }, ret;
    return row_update(c, &account_table, account, 0, &row, row_set(&account_table, "password_hash"),
                      &ret);
}

bool password_reset(struct ctx *c, struct id account, const char *hash, struct id keep)
{
    static const struct query others = { "DELETE FROM session WHERE account = $1 AND id <> $2" };
    static const struct query all = { "DELETE FROM session WHERE account = $1" };
    static const struct query links = {
        "DELETE FROM invitation"
        " WHERE person = (SELECT person FROM account WHERE id = $1)"
        " AND organisation = (SELECT organisation FROM account WHERE id = $1)"
    };
    struct value id = value_id(account);
    c->forget = true;
    if (!password_put(c, account, hash) || !tx_run(c->tx, &links, ARGS(id), NULL))
        return false;
    return id_given(keep) ? tx_run(c->tx, &others, ARGS(id, value_id(keep)), NULL)
                          : tx_run(c->tx, &all, ARGS(id), NULL);
}

struct change {
    struct account account;
    const char *hash, *email;
};

static bool account_read(struct ctx *c, void *with)
{
    struct change *change = with;
    return row_get(c, &account_table, c->actor.account, &change->account);
}

static bool refuse_password(struct ctx *c)
{
    return fail_at(c, "/password", "is not the password of this account");
}

/* Reads the account, and finds out whether the password is its own. */
static bool change_begin(struct ctx *c, const char *password, struct change *ret)
{
    return control_read(c, account_read, ret) &&
           !slowed(c, &sign_in_per_account, ret->account.email) &&
           (password_verify(c->app->passwords, password, ret->account.password_hash) ||
            refuse_password(c));
}

/* In the transaction that changes the account: still is. */
static bool change_stands(struct ctx *c, const struct change *change)
{
    bool stands;
    return password_stands(c, &change->account, &stands) && (stands || refuse_password(c));
}

static bool password_store(struct ctx *c, void *with)
{
    const struct change *change = with;
    return change_stands(c, change) &&
           password_reset(c, change->account.id, change->hash, c->actor.session);
}

bool password_change(struct ctx *c, const void *in, void *ret)
{
    const struct password_change *p = in;
    struct change change = { 0 };
    (void)ret;
    return change_begin(c, p->password, &change) &&
           password_make(c, p->new_password, &change.hash) &&
           control_write(c, password_store, &change) && account_note(c, "person.set_password");
}

/* The own entry of the directory is one's own to change, in these columns, whatever the role. */
static bool person_store(struct ctx *c, struct person change, field_set columns)
{
    struct person ret;
    bool program = c->actor.program;
    c->actor.program = true;
    bool ok = row_update(c, &person_table, c->actor.person, 0, &change, columns, &ret);
    c->actor.program = program;
    return ok;
}

static bool profile_store(struct ctx *c, void *with)
{
    const struct profile *p = with;
    return person_store(c, (struct person){ .name = p->name, .zone = p->zone },
                        row_set(&person_table, "name") | row_set(&person_table, "zone"));
}

static bool directory_store(struct ctx *c, void *with)
{
    const struct change *change = with;
    return person_store(c, (struct person){ .email = change->email },
                        row_set(&person_table, "email"));
}

static bool email_put(struct ctx *c, const struct change *change, const char *email)
{
    struct account row = { .email = email }, ret;
    return row_update(c, &account_table, change->account.id, 0, &row,
                      row_set(&account_table, "email"), &ret);
}

static bool email_store(struct ctx *c, void *with)
{
    const struct change *change = with;
    return change_stands(c, change) && email_put(c, change, change->email);
}

static bool email_restore(struct ctx *c, void *with)
{
    const struct change *change = with;
    return email_put(c, change, change->account.email);
}

/* The account first, for with it one signs in. A crash before the directory has followed is mended
   by the same request once more; what the directory refuses puts the account back. */
bool email_change(struct ctx *c, const void *in, void *ret)
{
    const struct email_change *e = in;
    struct change change = { .email = email_lower(c->arena, e->email) };
    if (!change_begin(c, e->password, &change) || !control_write(c, email_store, &change))
        return false;
    if (!ctx_write(c, directory_store, &change)) {
        struct error refused = *c->err;
        *c->err = (struct error){ 0 };
        (void)!control_write(c, email_restore, &change);
        *c->err = refused;
        return false;
    }
    return session_view(c, ret);
}

bool profile_change(struct ctx *c, const void *in, void *ret)
{
    struct profile p = *(const struct profile *)in;
    return ctx_write(c, profile_store, &p) && session_view(c, ret);
}
