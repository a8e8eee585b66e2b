/* own.c: what a person changes about the own account: password, name, time zone. */
#include "routes.h"

#include "core/app.h"
#include "core/rows.h"
#include "core/sessions.h"
#include "crypt/crypt.h"
#include "feature/organisation/organisation.h"

const struct field password_change_fields[] = {
    FIELD(struct password_change, password, .privacy = SECRET, .required = true, .max = 200,
          .doc = "The password so far"),
    FIELD(struct password_change, new_password, .privacy = SECRET, .required = true, .min = 10,
          .max = 200, .doc = "The new one, 10 characters or more"),
    { 0 },
};

const struct field profile_fields[] = {
    FIELD(struct profile, name, .privacy = PERSONAL, .required = true, .min = 1, .max = 120,
          .format = "line", .doc = "Name"),
    FIELD(struct profile, zone, .privacy = PERSONAL, .max = 60, .format = "zone",
          .doc = "Time zone; the organisation's when absent"),
    { 0 },
};

struct change {
    struct account account;
    const char *hash;
    struct id keep; /* the session that stays; absent: none */
};

static bool account_read(struct ctx *c, void *with)
{
    struct change *change = with;
    return row_get(c, &account_table, c->actor.account, &change->account);
}

static bool hash_set(struct ctx *c, void *with)
{
    struct change *change = with;
    struct account row = { .password_hash = change->hash }, ret;
    return row_update(c, &account_table, change->account.id, 0, &row,
                      row_set(&account_table, "password_hash"), &ret);
}

static bool hash_store(struct ctx *c, void *with)
{
    static const struct query others = { "DELETE FROM session WHERE account = $1 AND id <> $2" };
    static const struct query all = { "DELETE FROM session WHERE account = $1" };
    struct change *change = with;
    struct value id = value_id(change->account.id);
    c->forget = true;
    if (!hash_set(c, change))
        return false;
    return id_given(change->keep) ? tx_run(c->tx, &others, ARGS(id, value_id(change->keep)), NULL)
                                  : tx_run(c->tx, &all, ARGS(id), NULL);
}

bool password_change(struct ctx *c, const void *in, void *ret)
{
    const struct password_change *p = in;
    struct change change = { .keep = c->actor.session };
    (void)ret;
    if (!control_read(c, account_read, &change) ||
        slowed(c, &sign_in_per_account, change.account.email))
        return false;
    if (!password_verify(c->app->passwords, p->password, change.account.password_hash))
        return fail_at(c, "/password", "is not the password of this account");
    return password_make(c, p->new_password, &change.hash) && control_write(c, hash_store, &change);
}

bool password_reset(struct ctx *c, const struct account *account, const char *password)
{
    struct change change = { .account = *account };
    return password_make(c, password, &change.hash) && control_write(c, hash_store, &change);
}

bool password_renew(struct ctx *c, const struct account *account, const char *password)
{
    struct change change = { .account = *account };
    return !password_outdated(c->app->passwords, account->password_hash) ||
           (password_make(c, password, &change.hash) && control_write(c, hash_set, &change));
}

/* The own entry of the directory is one's own to change, in these columns, whatever the role. */
static bool profile_store(struct ctx *c, void *with)
{
    const struct profile *p = with;
    struct person change = { .name = p->name, .zone = p->zone }, ret;
    bool program = c->actor.program;
    c->actor.program = true;
    bool ok = row_update(c, &person_table, c->actor.person, 0, &change,
                         row_set(&person_table, "name") | row_set(&person_table, "zone"), &ret);
    c->actor.program = program;
    return ok;
}

bool profile_change(struct ctx *c, const void *in, void *ret)
{
    struct profile p = *(const struct profile *)in;
    return ctx_write(c, profile_store, &p) && session_view(c, ret);
}
