/* invitation.c: a link with which a person of the directory makes the own account. */
#include "private.h"

#include "core/app.h"
#include "core/audit.h"
#include "core/rows.h"
#include "core/sessions.h"
#include "crypt/crypt.h"
#include "feature/organisation/organisation.h"
#include "routes.h"

#include <string.h>

struct invitation {
    ROW_MEMBERS;
    struct blob token_hash;
    struct id organisation, person;
    struct instant expires_at;
    bool by_owner;
};

static const struct field invitation_fields[] = {
    ROW_FIELDS(struct invitation),
    FIELD(struct invitation, token_hash, .privacy = SECRET, .unique = true,
          .doc = "SHA-256 of the link's token"),
    FIELD(struct invitation, organisation, .privacy = OPERATIONAL, .filter = true,
          .doc = "Organisation that invites"),
    FIELD(struct invitation, person, .privacy = PERSONAL, .subject = true, .filter = true,
          .doc = "Person invited"),
    FIELD(struct invitation, expires_at, .privacy = OPERATIONAL, .doc = "When the link ends"),
    FIELD(struct invitation, by_owner, .privacy = OPERATIONAL,
          .doc = "Whether an owner made it; no other link is for an owner"),
    { 0 },
};

enum { INVITATION_DAYS = 7 };

const struct table invitation_table = {
    .name = "invitation",
    .doc = "Links with which invited people make their accounts",
    .fields = invitation_fields,
    .one = "link",
    .size = sizeof(struct invitation),
    .erase = ERASE_ROW,
    .retention_days = INVITATION_DAYS,
    .control = true,
    .log = true,
};

const struct field person_id_fields[] = {
    FIELD(struct person_ref, id, .privacy = OPERATIONAL, .required = true,
          .doc = "Id of the person"),
    { 0 },
};

const struct field invitation_link_fields[] = {
    FIELD(struct invitation_link, link_token, .privacy = PERSONAL,
          .doc = "Goes into the link /invitations/{token}; shown once"),
    FIELD(struct invitation_link, expires_at, .privacy = OPERATIONAL, .doc = "When it ends"),
    { 0 },
};

const struct field invitation_token_fields[] = {
    FIELD(struct invitation_accept, token, .privacy = OPERATIONAL, .required = true, .max = 64,
          .doc = "Token of the link"),
    { 0 },
};

const struct field invitation_accept_fields[] = {
    FIELD(struct invitation_accept, token, .privacy = OPERATIONAL, .required = true, .max = 64,
          .doc = "Token of the link"),
    PASSWORD_FIELD(struct invitation_accept),
    OF_AGE_FIELD(struct invitation_accept),
    { 0 },
};

const struct field invitation_view_fields[] = {
    FIELD(struct invitation_view, organisation_name, .privacy = OPERATIONAL,
          .doc = "Organisation that invites"),
    FIELD(struct invitation_view, name, .privacy = PERSONAL, .doc = "Name of the person invited"),
    FIELD(struct invitation_view, email, .privacy = PERSONAL,
          .doc = "What the person signs in with"),
    FIELD(struct invitation_view, has_account, .privacy = PERSONAL,
          .doc = "Whether the link sets a new password for an account that is there"),
    { 0 },
};

bool invitation_open(struct ctx *c, void *with)
{
    static const struct query older = {
        "DELETE FROM invitation WHERE organisation = $1 AND person = $2"
    };
    struct inviting *i = with;
    uint8_t bytes[16], hash[HASH_SIZE];
    random_bytes(bytes, sizeof bytes);
    struct buffer token = buffer_new(c->arena);
    buffer_hex(&token, bytes, sizeof bytes);
    hash_sha256(token.at, token.len, hash);
    struct invitation row = {
        .token_hash = { hash, sizeof hash },
        .organisation = i->organisation,
        .person = i->person,
        .expires_at = instant_plus(c->now, (struct span){ INVITATION_DAYS * 86400 }),
        .by_owner = i->by_owner,
    };
    i->ret = (struct invitation_link){ token.at, row.expires_at };
    return tx_run(c->tx, &older, ARGS(value_id(i->organisation), value_id(i->person)), NULL) &&
           row_create(c, &invitation_table, &row);
}

/* Whoever has the link can become that person, so that making one is on record. */
bool invitation_note(struct ctx *c, void *with)
{
    struct id person = *(struct id *)with;
    return audit_add(c, "person.invite", person, person, NULL);
}

struct lookup {
    struct id id;
    struct person person;
    struct organisation organisation;
};

static bool lookup(struct ctx *c, void *with)
{
    struct lookup *l = with;
    return row_get(c, &person_table, l->id, &l->person) &&
           row_single(c, &organisation_table, &l->organisation);
}

bool invitation_make(struct ctx *c, const void *in, void *ret)
{
    struct lookup l = { .id = ((const struct person_ref *)in)->id };
    if (!ctx_read(c, lookup, &l))
        return false;
    if (text_equal(l.person.role, "owner") && c->actor.role != ROLE_OWNER)
        return fail(c, FORBIDDEN, "Only an owner makes a link for an owner");
    if (!l.person.email || text_equal(l.person.role, "none"))
        return fail(c, INVALID, "Give the person an email address and a role first");
    struct inviting i = { .organisation = c->organisation,
                          .person = l.person.id,
                          .by_owner = c->actor.role == ROLE_OWNER };
    if (!control_write(c, invitation_open, &i) || !ctx_write(c, invitation_note, &l.id))
        return false;
    *(struct invitation_link *)ret = i.ret;
    return true;
}

struct invitation_search {
    const char *token;
    struct invitation row;
    bool found;
};

static bool invitation_by_token(struct ctx *c, void *with)
{
    static const struct query by_token = { "token_hash = $1" };
    struct invitation_search *s = with;
    uint8_t hash[HASH_SIZE];
    hash_sha256(s->token, strlen(s->token), hash);
    struct value v = value_in(invitation_table.fields, "token_hash",
                              value_blob((struct blob){ hash, sizeof hash }));
    return row_find(c, &invitation_table, &by_token, ARGS(v), &s->row, &s->found);
}

struct invited {
    struct invitation row;
    struct lookup who;
    struct account_search account;
};

/* The person may have become an owner since an admin made the link. */
static bool is_open_to(const struct invitation *row, const struct person *person)
{
    bool owner = text_equal(person->role, "owner");
    return person->active && person->email && !text_equal(person->role, "none") &&
           (row->by_owner || !owner);
}

static bool invitation_find(struct ctx *c, const char *token, struct invited *ret)
{
    struct invitation_search s = { .token = token };
    struct lookup who = { 0 };
    if (!control_read(c, invitation_by_token, &s))
        return false;
    if (!s.found || s.row.expires_at.us <= c->now.us)
        return fail(c, NOT_FOUND, "This invitation is not valid any more");
    who.id = s.row.person;
    if (!organisation_read(c, s.row.organisation, lookup, &who))
        return false;
    if (!is_open_to(&s.row, &who.person))
        return fail(c, NOT_FOUND, "This invitation is not valid any more");
    struct account_search a = { .organisation = s.row.organisation, .person = s.row.person };
    if (!account_search(c, &a))
        return false;
    *ret = (struct invited){ s.row, who, a };
    return true;
}

bool invitation_stands(struct ctx *c, struct id invitation)
{
    struct invitation row;
    bool found;
    return row_look(c, &invitation_table, invitation, &row, &found) &&
           (found || fail(c, NOT_FOUND, "This invitation is not valid any more"));
}

bool invitation_read(struct ctx *c, const void *in, void *ret)
{
    struct invited i;
    if (!invitation_find(c, ((const struct invitation_accept *)in)->token, &i))
        return false;
    *(struct invitation_view *)ret = (struct invitation_view){
        .organisation_name = i.who.organisation.name,
        .name = i.who.person.name,
        .email = i.account.found ? i.account.account.email : i.who.person.email,
        .has_account = i.account.found,
    };
    return true;
}

struct opening {
    struct id invitation;
    struct account_search search;
    const char *hash; /* of the new password of an account that is there */
    const char *token;
};

/* A link that is used up sets no password. */
static bool open_session(struct ctx *c, void *with)
{
    struct opening *o = with;
    return account_find(c, &o->search) && row_delete(c, &invitation_table, o->invitation, 0) &&
           (!o->hash || password_reset(c, o->search.account.id, o->hash, (struct id){ 0 })) &&
           session_open(c, o->search.account.id, c->organisation, o->search.account.person,
                        c->x ? c->x->agent : NULL, &o->token);
}

/* The account decides, not what the directory says of it: a crash, or an archive that was taken in,
   can leave an account that the directory does not know of. */
static bool account_ready(struct ctx *c, const struct invited *i, const char *hash)
{
    const struct account *account = &i->account.account;
    if (!i->account.found)
        return account_make(c, i->row.id, i->row.person, i->who.person.email, hash);
    return instant_given(i->who.person.joined_at) || account_join(c, account);
}

bool invitation_accept(struct ctx *c, const void *in_record, void *ret)
{
    const struct invitation_accept *in = in_record;
    struct invited i;
    const char *hash;
    if (!in->of_age)
        return fail_at(c, "/of_age", "must be affirmed: accounts are for people of 16 or older");
    /* Hashing takes long: the person may have become an owner meanwhile. */
    if (!invitation_find(c, in->token, &i) || !password_make(c, in->password, &hash) ||
        !invitation_find(c, in->token, &i))
        return false;
    struct opening o = { .invitation = i.row.id,
                         .search = i.account,
                         .hash = i.account.found ? hash : NULL };
    c->organisation = i.row.organisation;
    c->actor = (struct actor){ .program = true, .name = "invitation" };
    if (!account_ready(c, &i, hash) || !control_write(c, open_session, &o))
        return false;
    c->actor = (struct actor){ .person = i.row.person,
                               .account = o.search.account.id,
                               .role = role_parse(i.who.person.role),
                               .team = i.who.person.team };
    return (!o.hash || account_note(c, "person.set_password")) && session_answer(c, o.token, ret);
}
