/* platform_checks.c: the promises about accounts, tenants, sealing, rights and the browser. */
#include "checks.h"
#include "lab.h"

#include "core/app.h"
#include "core/tenant.h"
#include "core/workers.h"
#include "crypt/crypt.h"
#include "process/sandbox.h"

#include <string.h>
#include <sys/stat.h>

static enum promise_result check_pl_1_a(struct proof *p)
{
    static const char *const allowed[] = { "name", "email", "organisation", "password", "of_age" };
    for (size_t i = 0; i < p->app->route_count; i++) {
        const struct route *r = p->app->routes[i];
        if (r->method != POST || strcmp(r->path, "/accounts"))
            continue;
        EACH_FIELD (f, r->in) {
            bool known = false;
            for (size_t k = 0; k < LENGTH(allowed); k++)
                known = known || !strcmp(f->name, allowed[k]);
            if (!known)
                return lab_broken(p, "Signing up also asks for %s.", f->name);
        }
        return lab_held(p, "Signing up takes name, email, organisation, password and the "
                           "affirmation of age; anything else is refused.");
    }
    return lab_broken(p, "There is no way to sign up.");
}

/* What a connection of an organisation is logged in as, and how many tables of others it could
   read. */
struct place {
    const char *role;
    int64_t beyond;
};
static const struct field place_fields[] = {
    FIELD(struct place, role, .privacy = OPERATIONAL, .doc = "Login, and schema of the same name"),
    FIELD(struct place, beyond, .privacy = OPERATIONAL, .doc = "Tables of others in reach"),
    { 0 },
};

static bool place_read(struct ctx *c, void *with)
{
    static const struct query q = {
        "SELECT CASE WHEN session_user = current_user AND current_user = current_schema()"
        " THEN current_user::text END, (SELECT count(*) FROM pg_catalog.pg_class c"
        " WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND c.relnamespace NOT IN"
        " (current_schema()::regnamespace, 'pg_catalog'::regnamespace,"
        " 'information_schema'::regnamespace) AND has_schema_privilege(c.relnamespace, 'USAGE')"
        " AND has_table_privilege(c.oid, 'SELECT'))"
    };
    bool found;
    return tx_row(c->tx, &q, NO_ARGS, place_fields, with, &found);
}

static enum promise_result schemas_check(struct proof *p)
{
    const struct lab *lab = p->with;
    struct place place[2] = { 0 };
    for (int i = 0; i < 2; i++) {
        struct error err = { 0 };
        struct ctx c = app_ctx(p->app, p->arena, &err, "prove");
        if (!organisation_read(&c, lab->organisation[i], place_read, &place[i]))
            return lab_unknown(p, "The database server did not say whose connection it is.");
        if (!place[i].role)
            return lab_broken(p, "An organisation has no schema and login of its own.");
        if (place[i].beyond)
            return lab_broken(p, "An organisation's login can read tables of others.");
    }
    if (!strcmp(place[0].role, place[1].role))
        return lab_broken(p, "Two organisations share a login.");
    return lab_held(p, "Each organisation is a schema with a login of its own, which can read no "
                       "table of others.");
}

static enum promise_result places_check(struct proof *p)
{
    const struct lab *lab = p->with;
    struct stat s;
    char text[ID_TEXT];
    if (p->app->config->store_url)
        return schemas_check(p);
    for (int i = 0; i < 2; i++) {
        id_format(lab->organisation[i], text);
        if (stat(arena_printf(p->arena, "%s/org/%s.db", p->app->config->data_dir, text), &s))
            return lab_broken(p, "An organisation has no file of its own.");
    }
    return lab_held(p, "Each organisation is a file of its own with its own key.");
}

static const struct promise promise_pl_1_a = {
    "PL-1.a",
    "An account needs a name, an email, an organisation and a password, and no more.",
    "The declared input of signing up; unknown fields are refused.",
    PROMISE_DATA,
    check_pl_1_a,
};

/* What one organisation has, of its own database and of the one that all share. */
static const struct {
    const char *what;
    enum method method;
    const char *path, *json;
} probes[] = {
    { "client", POST, "/clients", "{\"name\":\"Tenant probe\"}" },
    { "person", POST, "/people", "{\"name\":\"Tenant probe\",\"role\":\"member\"}" },
    { "session", GET, "/sessions?limit=1", NULL },
};

/* Every route that takes an id, asked for this one by another organisation. */
static enum promise_result row_try(struct proof *p, const char *two, const char *what,
                                   const char *id, int *tried)
{
    struct answer r;
    for (size_t i = 0; i < p->app->route_count; i++) {
        const struct route *route = p->app->routes[i];
        const char *open = strchr(route->path, '{');
        if (!open || route->who == WHO_ANYONE || strchr(open + 1, '{'))
            continue;
        int status = lab_change(p, two, route->method, lab_path(p, route, id),
                                route->method == GET ? NULL : "{}", 1, &r);
        ++*tried;
        if (status < 300 && route->method != GET)
            return lab_broken(p, "%s %s changed another organisation's %s.",
                              method_name(route->method), route->path, what);
        if (status < 300 && strstr(r.body, id))
            return lab_broken(p, "%s %s gave another organisation's %s.",
                              method_name(route->method), route->path, what);
    }
    return PROMISE_HELD;
}

static enum promise_result tenants_check(struct proof *p)
{
    const char *one = lab_owner(p, 0), *two = lab_owner(p, 1);
    struct answer r;
    int tried = 0;
    if (!one || !two)
        return PROMISE_UNKNOWN;
    for (size_t i = 0; i < LENGTH(probes); i++) {
        if (lab_call(p, one, probes[i].method, probes[i].path, probes[i].json, &r) >= 300)
            return lab_unknown(p, "The scratch organisation has no %s.", probes[i].what);
        enum promise_result result =
            row_try(p, two, probes[i].what, lab_member(p, &r, "id"), &tried);
        if (result != PROMISE_HELD)
            return result;
    }
    enum promise_result place = places_check(p);
    return place == PROMISE_HELD
               ? lab_held(p,
                          "%d times another organisation's row was asked for, by each route that "
                          "takes one: none gave or changed it.",
                          tried)
               : place;
}

static enum promise_result check_pl_1_c(struct proof *p)
{
    return lab_own(p, tenants_check);
}

static const struct promise promise_pl_1_c = {
    "PL-1.c",
    "An organisation's data sits in a tenant of its own.",
    "One file, or one schema with a login, per organisation, sealed with its own key; a request "
    "has "
    "one organisation's database and no other.",
    PROMISE_LIVE,
    check_pl_1_c,
};

static const struct promise promise_pl_6_b = {
    "PL-6.b",
    "Every organisation has a schema of its own.",
    "A file of its own, or a schema with a login of its own, with the organisation's key; no "
    "statement reaches two.",
    PROMISE_LIVE,
    check_pl_1_c,
};

/* What a client outside sees: TLS of today, none of yesterday's. */
static enum promise_result in_transit(struct proof *p)
{
    struct buffer answer = buffer_new(p->arena);
    if (!p->app->config->tls)
        return lab_held(p, "Served in clear, on a loopback address alone, where no network carries "
                           "it.");
    if (!p->witness || !p->witness->fetch)
        return lab_alone(p, "try a handshake with itself");
    if (p->witness->fetch(p->witness->with, "/healthz", true, &answer))
        return lab_broken(p, "A handshake with TLS 1.1 was accepted.");
    if (!p->witness->fetch(p->witness->with, "/healthz", false, &answer))
        return lab_broken(p, "No TLS handshake succeeded.");
    return lab_held(p, "A handshake with TLS 1.1 was refused, one of today succeeded.");
}

static enum promise_result at_rest(struct proof *p)
{
    const char *owner = lab_owner(p, 0);
    struct canary_print print;
    char canary[CANARY_TEXT];
    if (!owner)
        return PROMISE_UNKNOWN;
    canary_make(canary, &print);
    /* On a server what is declared operational, such as a client's name, lies in clear. */
    bool server = p->app->config->store_url != NULL;
    const char *json = arena_printf(p->arena, "{\"name\":\"%s\"}", canary);
    if (server)
        json = arena_printf(p->arena,
                            "{\"name\":\"%s\",\"role\":\"member\",\"email\":\"%s@vow.invalid\"}",
                            canary, canary);
    if (lab_call(p, owner, POST, server ? "/people" : "/clients", json, NULL) != 201)
        return lab_unknown(p, "A row with a canary could not be written.");
    if (server)
        lab_say(p, "Names of projects, clients, teams and forms are declared operational: they lie "
                   "on the database server in clear.");
    lab_say(p, "A canary was stored%s:", server ? " as a person's name and address" : "");
    return lab_stored(p, &print);
}

static enum promise_result check_encrypted(struct proof *p)
{
    enum promise_result rest = at_rest(p);
    enum promise_result transit = rest == PROMISE_BROKEN ? rest : in_transit(p);
    return rest == PROMISE_UNKNOWN ? rest : transit;
}

static const struct promise promise_ai_4_a = {
    "AI-4.a",
    "Data is encrypted in transit and at rest.",
    "TLS 1.2 or newer, or loopback alone; every page of every file, or every protected "
    "value on the database server, sealed with AES-256.",
    PROMISE_LIVE,
    check_encrypted,
};

static const struct promise promise_pl_6_a = {
    "PL-6.a",
    "TLS 1.2 or newer, AES-256 at rest.",
    "TLS 1.2 or newer, or loopback alone; XAES-256-GCM for every page of every file, or for every "
    "protected value on the database server.",
    PROMISE_LIVE,
    check_encrypted,
};

static enum promise_result check_ai_10_b(struct proof *p)
{
    const struct sandbox_report *report = p->app->config->sandbox;
    struct buffer possible = buffer_new(p->arena);
    if (!report)
        return lab_unknown(p, "This process does not run in its sandbox.");
    for (size_t i = 0; i < report->count; i++)
        if (!report->control[i].enforced)
            lab_say(p, "Not enforced by this kernel: %s (%s).", report->control[i].name,
                    report->control[i].text);
    const struct sandbox_control *seccomp = sandbox_control(report, "seccomp");
    if (!seccomp || !seccomp->enforced)
        return lab_broken(p, "Core may call what it likes.");
    if (!p->witness || !p->witness->attempts)
        return lab_alone(p, "try what the kernel forbids it");
    if (!p->witness->attempts(p->witness->with, &possible))
        return lab_unknown(p, "A process like core could not be tried.");
    if (possible.len)
        return lab_broken(p, "A process like core could: %s.", possible.at);
    return lab_held(p,
                    "A process in core's sandbox tried to connect, to listen, to run a "
                    "program, to look into another process and read outside its folder: the kernel "
                    "refused each.");
}

static const struct promise promise_ai_10_b = {
    "AI-10.b",
    "Models are reached through a secure gateway.",
    "The process that has data and keys cannot open a connection; the one that can has neither.",
    PROMISE_KERNEL,
    check_ai_10_b,
};

/* Whether there is a file, or on a server a schema, of the organisation. */
static bool stored(struct proof *p, struct id organisation)
{
    struct error err = { 0 };
    struct stat s;
    struct id *ids;
    size_t n;
    char text[ID_TEXT];
    id_format(organisation, text);
    if (!p->app->config->store_url)
        return !stat(arena_printf(p->arena, "%s/org/%s.db", p->app->config->data_dir, text), &s);
    bool found = !store_ids(p->app->store, p->arena, &ids, &n, &err);
    for (size_t i = 0; !found && i < n; i++)
        found = id_equal(ids[i], organisation);
    return found;
}

static bool stored_no_more(struct proof *p, struct id organisation)
{
    for (int i = 0; i < 100 && stored(p, organisation); i++)
        workers_settle(p->app->slow);
    return !stored(p, organisation);
}

static enum promise_result deletion_check(struct proof *p)
{
    const struct lab *lab = p->with;
    struct secret_key key;
    struct error err = { 0 };
    const char *owner = lab_owner(p, 0);
    if (!owner)
        return PROMISE_UNKNOWN;
    if (!stored(p, lab->organisation[0]))
        return lab_unknown(p, "The scratch organisation is stored nowhere.");
    const char *json = arena_printf(p->arena, "{\"confirm\":\"%s\"}", lab->name[0]);
    int status = lab_call(p, owner, POST, "/organisation/deletion", json, NULL);
    if (status != 204)
        return lab_broken(p, "Deleting it answered %d.", status);
    if (tenant_key(p->app, lab->organisation[0], &key, &err)) {
        secret_key_wipe(&key);
        return lab_broken(p, "The key of the deleted organisation is still there.");
    }
    if (lab_call(p, owner, GET, "/session", NULL, NULL) != 401)
        return lab_broken(p, "Its owner is still signed in.");
    bool server = p->app->config->store_url != NULL;
    if (!stored_no_more(p, lab->organisation[0]))
        return lab_broken(p, "Its %s is still there.", server ? "schema" : "file");
    return lab_held(
        p,
        "A scratch organisation was deleted: its key is gone, so that no copy of it can "
        "be read but with a backup of control from before; so are its %s and sessions.",
        server ? "schema, login" : "file");
}

static enum promise_result check_pl_5_a(struct proof *p)
{
    return lab_own(p, deletion_check);
}

static const struct promise promise_pl_5_a = {
    "PL-5.a",
    "After deletion an organisation's data is erased for good within 30 days.",
    "Deleting destroys the key at once and the files right after. Backups of control hold it for "
    "as long as the operator keeps them: 30 days at most, as the operations page says.",
    PROMISE_LIVE,
    check_pl_5_a,
};

/* Rows of a table as the API lists them, but for the columns that name the organisation itself. */
static enum promise_result export_check(struct proof *p)
{
    const char *from = lab_owner(p, 0), *to = lab_owner(p, 1);
    static const char *const lists[] = { "/clients", "/projects", "/tags", "/forms",
                                         "/time/entries" };
    struct answer archive, r, back;
    if (!from || !to)
        return PROMISE_UNKNOWN;
    lab_call(p, from, POST, "/clients", "{\"name\":\"Export probe\"}", NULL);
    lab_entry(p, from, "export probe");
    if (lab_call(p, from, GET, "/privacy/export", NULL, &archive) != 200)
        return lab_broken(p, "The export answered %d.", archive.status);
    struct call call = { .method = POST,
                         .path = "/privacy/import",
                         .session = to,
                         .body = { archive.body, archive.length },
                         .type = "application/zip" };
    app_call(p->app, p->arena, &call, &r);
    if (r.status != 200)
        return lab_broken(p, "Another organisation could not take the archive in (%d).", r.status);
    for (size_t i = 0; i < LENGTH(lists); i++) {
        lab_call(p, from, GET, lists[i], NULL, &r);
        lab_call(p, to, GET, lists[i], NULL, &back);
        if (r.status != 200 || strcmp(r.body, back.body) != 0)
            return lab_broken(p, "After export and import, %s differs.", lists[i]);
    }
    return lab_held(p,
                    "A scratch organisation was exported (%zu bytes) and imported into another: "
                    "%zu lists are equal, byte for byte.",
                    archive.length, LENGTH(lists));
}

/* The organisation that takes an archive in is not the same afterwards: no other check may use it.
 */
static enum promise_result check_pl_5_b(struct proof *p)
{
    return lab_own(p, export_check);
}

static const struct promise promise_pl_5_b = {
    "PL-5.b",
    "Everything can be exported at any time.",
    "The archive is made from the declarations of all tables and can be imported without loss.",
    PROMISE_LIVE,
    check_pl_5_b,
};

static bool foreign_origin(const char *page)
{
    static const char *const marks[] = { "src=\"http", "src=\"//", "href=\"http", "href=\"//" };
    for (size_t i = 0; i < LENGTH(marks); i++)
        if (strstr(page, marks[i]))
            return true;
    return false;
}

/* What the page itself says and loads. */
static enum promise_result page_check(struct proof *p)
{
    struct buffer page = buffer_new(p->arena);
    if (!p->witness->fetch(p->witness->with, "/", false, &page))
        return lab_unknown(p, "The page did not answer.");
    if (strcasestr(page.at, "\nset-cookie:"))
        return lab_broken(p, "The page sets a cookie before anybody has signed in.");
    const char *policy = strcasestr(page.at, "\ncontent-security-policy:");
    if (!policy)
        return lab_broken(p, "The page has no content security policy.");
    const char *text = arena_text(p->arena, policy + 1, strcspn(policy + 1, "\r\n"));
    if (strstr(text, "http:") || strstr(text, "https:") || strstr(text, "unsafe") ||
        strstr(text, "*"))
        return lab_broken(p, "The content security policy lets foreign or inline code in.");
    if (foreign_origin(page.at))
        return lab_broken(p, "The page loads something from another origin.");
    return lab_held(p, "The page sets no cookie, loads from its own origin alone, and its content "
                       "security policy forbids the rest.");
}

/* The one cookie: out of reach of scripts and of other sites. */
static enum promise_result cookie_check(struct proof *p)
{
    const struct lab *lab = p->with;
    struct buffer head = buffer_new(p->arena);
    int status = 0;
    if (!lab_owner(p, 0))
        return PROMISE_UNKNOWN;
    const char *json = arena_printf(p->arena, "{\"email\":\"%s\",\"password\":\"%s\"}",
                                    lab->email[0], lab->password[0]);
    struct witness_post in = { "/api/v1/session", json, NULL, false, NULL };
    if (!p->witness->post(p->witness->with, &in, &status, &head) || status != 201)
        return lab_unknown(p, "Signing in answered %d.", status);
    const char *at = strcasestr(head.at, "\nset-cookie:");
    if (!at)
        return lab_broken(p, "Signing in sets no cookie.");
    if (strcasestr(at + 1, "\nset-cookie:"))
        return lab_broken(p, "Signing in sets more than one cookie.");
    const char *cookie = arena_text(p->arena, at + 1, strcspn(at + 1, "\r\n"));
    bool tls = p->app->config->tls;
    if (!strcasestr(cookie, "; httponly") || strcasestr(cookie, "; domain=") ||
        !(strcasestr(cookie, "; samesite=lax") || strcasestr(cookie, "; samesite=strict")))
        return lab_broken(p, "The cookie can be read by scripts or is sent from other sites.");
    if (tls && (!strcasestr(cookie, "; secure") || !strcasestr(cookie, ": __Host-")))
        return lab_broken(p, "Under TLS the cookie is not bound to this host and to TLS.");
    return lab_held(p, "Signing in sets one cookie, HttpOnly, SameSite%s.",
                    tls ? ", Secure and bound to this host" : "");
}

static enum promise_result check_pl_7(struct proof *p)
{
    if (!p->witness || !p->witness->fetch || !p->witness->post)
        return lab_alone(p, "open its own page as a browser does");
    enum promise_result page = page_check(p);
    return page == PROMISE_HELD ? cookie_check(p) : page;
}

static const struct promise promise_pl_7 = {
    "PL-7",
    "Essential cookies only; no trackers, no foreign origin.",
    "One session cookie, set by signing in; the content security policy names no other origin.",
    PROMISE_LIVE,
    check_pl_7,
};

static enum promise_result age_check(struct proof *p)
{
    struct answer r;
    const char *up = lab_sign_up(p, 0, "long enough password");
    const char *json = arena_printf(p->arena, "%.*sfalse}", (int)(strlen(up) - 5), up);
    int status = lab_call(p, NULL, POST, "/accounts", json, &r);
    if (status == 201)
        (void)!lab_adopt(p, 0, r.session);
    if (status != 422)
        return lab_broken(p, "Signing up without affirming to be of age answered %d.", status);
    struct lab_invitation invitation;
    if (!lab_invitation(p, "member", &invitation))
        return lab_unknown(p, "Nobody could be invited into a scratch organisation.");
    status = lab_call(p, NULL, POST, invitation.path,
                      "{\"password\":\"long enough password\",\"of_age\":false}", NULL);
    if (status != 422)
        return lab_broken(p, "An invitation accepted without affirming to be of age answered %d.",
                          status);
    return lab_held(p, "Signing up without affirming to be 16 or older was refused (422), and so "
                       "was accepting an invitation.");
}

static enum promise_result check_pl_10(struct proof *p)
{
    return lab_own(p, age_check);
}

static const struct promise promise_pl_10 = {
    "PL-10",
    "Nobody under 16.",
    "Signing up and accepting an invitation ask for the affirmation.",
    PROMISE_LIVE,
    check_pl_10,
};

const struct promise *const platform_promises[] = { &promise_pl_1_a,
                                                    &promise_pl_1_c,
                                                    &promise_pl_6_b,
                                                    &promise_ai_4_a,
                                                    &promise_pl_6_a,
                                                    &promise_ai_10_b,
                                                    &promise_pl_5_a,
                                                    &promise_pl_5_b,
                                                    &promise_pl_7,
                                                    &promise_pl_10,
                                                    NULL };
