/* routes.c: signing up, in and out over HTTP. */
#include "routes.h"

#include "core/app.h"
#include "core/audit.h"
#include "core/limits.h"
#include "core/list.h"
#include "core/rows.h"
#include "core/sessions.h"
#include "crypt/crypt.h"
#include "feature/organisation/organisation.h"

/* Who guesses from one place empties the small bucket of that place and leaves the owner's
   elsewhere alone. */
const struct limit sign_in_per_address = { "sign-in address", 60, 60 };
const struct limit sign_in_per_door = { "sign-in account at address", 6, 12 };
const struct limit sign_in_per_account = { "sign-in account", 60, 60 };
const struct limit sign_up_per_address = { "sign-up address", 30, 30 };

static const struct field sign_up_fields[] = {
    FIELD(struct sign_up, name, .privacy = PERSONAL, .required = true, .min = 1,
          .max = PERSON_NAME_MAX, .format = "line", .doc = "Name of the person"),
    FIELD(struct sign_up, email, .privacy = PERSONAL, .required = true, .max = EMAIL_MAX,
          .format = "email", .doc = "Email address to sign in with"),
    FIELD(struct sign_up, organisation, .privacy = OPERATIONAL, .required = true, .min = 1,
          .max = ORGANISATION_NAME_MAX, .format = "line", .doc = "Name of the organisation"),
    PASSWORD_FIELD(struct sign_up),
    OF_AGE_FIELD(struct sign_up),
    { 0 },
};

struct sign_in {
    const char *email, *password;
};
static const struct field sign_in_fields[] = {
    FIELD(struct sign_in, email, .privacy = PERSONAL, .required = true, .max = EMAIL_MAX,
          .format = "email", .doc = "Email address of the account"),
    FIELD(struct sign_in, password, .privacy = SECRET, .required = true, .max = 200,
          .doc = "Password"),
    { 0 },
};

struct session_row {
    struct id id;
    struct instant created_at, seen_at, expires_at;
    const char *agent;
    bool current;
};
static const struct field session_row_fields[] = {
    FIELD(struct session_row, id, .privacy = OPERATIONAL, .doc = "Id of the session"),
    FIELD(struct session_row, created_at, .privacy = PERSONAL, .doc = "When it was opened"),
    FIELD(struct session_row, seen_at, .privacy = PERSONAL,
          .doc = "When it was last used, noted every ten minutes"),
    FIELD(struct session_row, expires_at, .privacy = OPERATIONAL, .doc = "When it ends by itself"),
    FIELD(struct session_row, agent, .privacy = PERSONAL, .doc = "What the browser calls itself"),
    FIELD(struct session_row, current, .privacy = OPERATIONAL, .doc = "Whether it is this one"),
    { 0 },
};

struct session_page {
    int64_t limit;
    const char *cursor;
};
static const struct field session_page_fields[] = {
    FIELD(struct session_page, limit, .privacy = OPERATIONAL, .nullable = true, .min = 1,
          .max = PAGE_ROWS_MAX, .doc = "Sessions on a page; 100 when not given"),
    FIELD(struct session_page, cursor, .privacy = OPERATIONAL, .max = ID_TEXT - 1,
          .doc = "The next of the page before"),
    { 0 },
};

bool slowed(struct ctx *c, const struct limit *limit, const char *who)
{
    int64_t wait;
    if (!limit_take_shared(c, limit, who, &wait))
        return true;
    if (!wait)
        return false;
    c->x->retry_after_s = wait;
    fail(c, RATE_LIMITED, NULL);
    return true;
}

struct account_act {
    const char *action;
};

static bool account_act_add(struct ctx *c, void *with)
{
    const struct account_act *act = with;
    return audit_add(c, act->action, c->actor.person, c->actor.person, NULL);
}

bool account_note(struct ctx *c, const char *action)
{
    struct account_act act = { action };
    return organisation_write(c, c->organisation, account_act_add, &act);
}

bool session_answer(struct ctx *c, const char *token, struct session_view *ret)
{
    if (!account_note(c, "person.sign_in"))
        return false;
    c->x->set_cookie = token;
    c->x->cookie_age_s = SESSION_DAYS * 86400;
    return session_view(c, ret);
}

static bool sign_up(struct ctx *c, const void *in, void *ret)
{
    const char *token;
    if (c->app->config->invited_only && c->x->connection)
        return fail(c, SIGN_UP_CLOSED,
                    "Here people come by invitation: ask who runs this server, or an admin of your "
                    "organisation");
    if (slowed(c, &sign_up_per_address, c->x->address))
        return false;
    return account_sign_up(c, in, &token) && session_answer(c, token, ret);
}

struct opening {
    const struct account *account;
    const char *hash; /* of the same password, when it is made anew */
    const char *token;
};

static bool open_session(struct ctx *c, void *with)
{
    struct opening *o = with;
    bool stands;
    if (!password_stands(c, o->account, &stands))
        return false;
    if (!stands)
        return fail(c, BAD_CREDENTIALS, NULL);
    return (!o->hash || password_put(c, o->account->id, o->hash)) &&
           session_open(c, o->account->id, o->account->organisation, o->account->person,
                        c->x ? c->x->agent : NULL, &o->token);
}

bool session_begin(struct ctx *c, const struct account *account, const char *password,
                   const char **token)
{
    struct opening o = { .account = account };
    if (password_outdated(c->app->passwords, account->password_hash) &&
        !password_make(c, password, &o.hash))
        return false;
    if (!control_write(c, open_session, &o))
        return false;
    *token = o.token;
    return true;
}

struct standing {
    struct id id;
    struct person person;
};

static bool standing_read(struct ctx *c, void *with)
{
    struct standing *s = with;
    return row_get(c, &person_table, s->id, &s->person);
}

static bool sign_in(struct ctx *c, const void *in_record, void *ret)
{
    const struct sign_in *in = in_record;
    struct account_search search = { .email = email_lower(c->arena, in->email) };
    const char *door = arena_printf(c->arena, "%s %s", c->x->address, search.email);
    if (slowed(c, &sign_in_per_address, c->x->address) || slowed(c, &sign_in_per_door, door) ||
        slowed(c, &sign_in_per_account, search.email))
        return false;
    if (!account_search(c, &search))
        return false;
    const char *hash = search.found ? search.account.password_hash : NULL;
    if (!password_verify(c->app->passwords, in->password, hash))
        return fail(c, BAD_CREDENTIALS, NULL);
    struct standing s = { .id = search.account.person };
    bool read = organisation_read(c, search.account.organisation, standing_read, &s);
    if (!read && c->err->problem != NOT_FOUND)
        return false;
    *c->err = (struct error){ 0 };
    if (!read || !s.person.active || role_parse(s.person.role) == ROLE_NONE)
        return fail(c, BAD_CREDENTIALS, NULL);
    const char *token;
    if (!session_begin(c, &search.account, in->password, &token))
        return false;
    c->organisation = search.account.organisation;
    c->actor = (struct actor){ .person = s.person.id,
                               .account = search.account.id,
                               .team = s.person.team,
                               .role = role_parse(s.person.role) };
    return session_answer(c, token, ret);
}

static bool who_am_i(struct ctx *c, const void *in, void *ret)
{
    (void)in;
    return session_view(c, ret);
}

static bool close_session(struct ctx *c, void *with)
{
    return session_close(c, *(struct id *)with);
}

static bool sign_out(struct ctx *c, const void *in, void *ret)
{
    (void)in;
    (void)ret;
    c->x->set_cookie = "";
    return control_write(c, close_session, &c->actor.session);
}

struct sessions_wanted {
    struct id before;
    int64_t limit;
    struct list list;
};

static bool sessions_read(struct ctx *c, void *with)
{
    struct sessions_wanted *w = with;
    return session_list(c, c->actor.account, w->before, w->limit + 1, &w->list); /* whether more */
}

static bool sessions_own(struct ctx *c, const void *in, void *ret)
{
    const struct session_page *page = in;
    struct sessions_wanted w = { .limit = page->limit == INT_NONE ? 100 : page->limit };
    (void)ret;
    if (page->cursor && !id_parse(page->cursor, &w.before))
        return fail_at(c, "cursor", "is not a cursor of this list");
    if (!control_read(c, sessions_read, &w))
        return false;
    const struct session *from = w.list.at;
    bool more = w.list.count > (size_t)w.limit;
    size_t count = more ? (size_t)w.limit : w.list.count;
    struct session_row *rows = arena_many(c->arena, count, struct session_row);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct session_row){
            .id = from[i].id,
            .created_at = from[i].created_at,
            .seen_at = from[i].seen_at,
            .expires_at = from[i].expires_at,
            .agent = from[i].agent,
            .current = id_equal(from[i].id, c->actor.session),
        };
    c->x->page = (struct list){ rows, count };
    if (more) {
        char *cursor = arena_alloc(c->arena, ID_TEXT);
        id_format(rows[count - 1].id, cursor);
        c->x->next = cursor;
    }
    return true;
}

static bool session_own_end(struct ctx *c, void *with)
{
    struct id id = *(struct id *)with;
    struct session s;
    if (!row_get(c, &session_table, id, &s))
        return false;
    if (!id_equal(s.account, c->actor.account))
        return fail(c, NOT_FOUND, NULL);
    return session_close(c, id);
}

static bool session_end(struct ctx *c, const void *in, void *ret)
{
    struct id id = ((const struct person_ref *)in)->id;
    (void)ret;
    return control_write(c, session_own_end, &id);
}

static const struct field session_id_fields[] = {
    FIELD(struct person_ref, id, .privacy = OPERATIONAL, .required = true,
          .doc = "Id of the session"),
    { 0 },
};

static const struct route routes[] = {
    { POST, "/accounts", sign_up, "Sign up: an organisation, its owner and a session",
      .who = WHO_ANYONE, INPUT(struct sign_up, sign_up_fields),
      OUTPUT(struct session_view, session_view_fields), .ok = 201, LANE(LANE_PASSWORD),
      .schema = "session", .fails = FAILS(SIGN_UP_CLOSED, ALREADY_EXISTS, RATE_LIMITED) },
    { POST, "/session", sign_in, "Sign in", .who = WHO_ANYONE,
      INPUT(struct sign_in, sign_in_fields), OUTPUT(struct session_view, session_view_fields),
      .ok = 201, LANE(LANE_PASSWORD), .schema = "session",
      .fails = FAILS(BAD_CREDENTIALS, RATE_LIMITED) },
    { GET, "/session", who_am_i, "Who is signed in, and what they may do", .who = WHO_MEMBER,
      OUTPUT(struct session_view, session_view_fields), .schema = "session" },
    { GET, "/permissions", permissions_list, "What each role may do", .who = WHO_MEMBER,
      OUTPUT(struct permission_row, permission_row_fields), .list = true, .schema = "permission" },
    { DELETE, "/session", sign_out, "Sign out", .who = WHO_MEMBER, LANE(LANE_SLOW) },
    { PUT, "/session/password", password_change, "Change your password; every other session ends",
      .who = WHO_MEMBER, INPUT(struct password_change, password_change_fields), LANE(LANE_PASSWORD),
      .fails = FAILS(RATE_LIMITED) },
    { PUT, "/session/email", email_change, "Change the email address that you sign in with",
      .who = WHO_MEMBER, INPUT(struct email_change, email_change_fields),
      OUTPUT(struct session_view, session_view_fields), .ok = 200, LANE(LANE_PASSWORD),
      .schema = "session", .fails = FAILS(ALREADY_EXISTS, RATE_LIMITED) },
    { PUT, "/session/profile", profile_change, "Change your name and time zone", .who = WHO_MEMBER,
      INPUT(struct profile, profile_fields), OUTPUT(struct session_view, session_view_fields),
      .ok = 200, LANE(LANE_SLOW), .schema = "session" },
    { GET, "/sessions", sessions_own, "Own open sessions", .who = WHO_MEMBER,
      INPUT(struct session_page, session_page_fields),
      OUTPUT(struct session_row, session_row_fields), .list = true, LANE(LANE_SLOW),
      .schema = "open_session" },
    { DELETE, "/sessions/{id}", session_end, "End one of your sessions", .who = WHO_MEMBER,
      INPUT(struct person_ref, session_id_fields), LANE(LANE_SLOW), .fails = FAILS(NOT_FOUND) },
    { POST, "/people/{id}/invitation", invitation_make,
      "Make a link with which the person makes an account, or sets a new password",
      .can = &people_manage, INPUT(struct person_ref, person_id_fields),
      OUTPUT(struct invitation_link, invitation_link_fields), .ok = 201, LANE(LANE_SLOW),
      .unkept = true, .schema = "invitation_link", .fails = FAILS(NOT_FOUND, FORBIDDEN) },
    { GET, "/invitations/{token}", invitation_read, "Who invites whom", .who = WHO_ANYONE,
      INPUT(struct invitation_accept, invitation_token_fields),
      OUTPUT(struct invitation_view, invitation_view_fields), LANE(LANE_SLOW),
      .schema = "invitation", .fails = FAILS(NOT_FOUND) },
    { POST, "/invitations/{token}", invitation_accept, "Accept: make the account and sign in",
      .who = WHO_ANYONE, INPUT(struct invitation_accept, invitation_accept_fields),
      OUTPUT(struct session_view, session_view_fields), .ok = 201, LANE(LANE_PASSWORD),
      .schema = "session", .fails = FAILS(NOT_FOUND, ALREADY_EXISTS) },
    { 0 },
};

static const struct table *const tables[] = { &account_table, &invitation_table, NULL };

const struct feature accounts_feature = {
    .name = "accounts",
    .tables = tables,
    .routes = routes,
};
