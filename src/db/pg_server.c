/* pg_server.c: where the server is, and that nobody in between can read what is sent to it. */
#include "pg.h"

#include "base/text.h"

#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void keep(struct pg_server *s, const char *key, const char *value)
{
    s->keys[s->count] = strdup(key);
    s->values[s->count] = strdup(value);
    if (!s->keys[s->count] || !s->values[s->count])
        abort();
    s->count++;
}

static const char *option(const struct pg_server *s, const char *key)
{
    for (int i = 0; i < s->count; i++)
        if (!strcmp(s->keys[i], key))
            return s->values[i];
    return NULL;
}

static char *secret_copy(const char *from)
{
    char *copy = strdup(from);
    if (!copy)
        abort();
    return copy;
}

/* Sets an option that may be there already. */
static void replace(struct pg_server *s, const char *key, const char *value)
{
    for (int i = 0; i < s->count; i++)
        if (!strcmp(s->keys[i], key)) {
            free(s->values[i]);
            s->values[i] = secret_copy(value);
            return;
        }
    keep(s, key, value);
}

/* Whether one of the hosts is an abstract socket: whoever is first on the machine can listen there.
 */
static bool is_abstract(const char *hosts)
{
    return hosts && (*hosts == '@' || strstr(hosts, ",@"));
}

/* A comma-separated list of hosts is local when every one is a folder of sockets. */
static bool is_local(const char *hosts)
{
    if (!hosts || !*hosts)
        return false;
    for (const char *at = hosts; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (*at != '/')
            return false;
    return true;
}

static bool tls_require(struct pg_server *s, struct error *err)
{
    const char *mode = option(s, "sslmode");
    const char *address = option(s, "hostaddr");
    if (is_abstract(option(s, "host")))
        return error_set(err, INVALID,
                         "the store's host must be a name or a folder of sockets: anybody on this "
                         "machine could listen at another one");
    /* It does not matter for a socket; but the environment can say where else to go. */
    if (!mode || (is_local(option(s, "host")) && !address)) {
        replace(s, "sslmode", "verify-full");
        return true;
    }
    if (!strcmp(mode, "verify-full") || !strcmp(mode, "verify-ca") || !strcmp(mode, "require"))
        return true;
    return error_set(
        err, INVALID,
        "the store's sslmode must be verify-full (or verify-ca, require): '%.20s' lets "
        "others read along; only a local socket needs none",
        mode);
}

/* Takes an option of ours out of the URL, for libpq refuses what it does not know; whether it is
   there. */
static bool own_take(char *url, const char *key, char *ret, size_t size)
{
    char *at = strstr(url, key);
    if (!at || (at[-1] != '?' && at[-1] != '&'))
        return false;
    size_t n = strcspn(at + strlen(key), "&#");
    char *rest = at + strlen(key) + n;
    snprintf(ret, size, "%.*s", (int)n, at + strlen(key));
    memmove(at, rest + (*rest == '&'), strlen(rest + (*rest == '&')) + 1);
    size_t end = strlen(url);
    if (url[end - 1] == '?' || url[end - 1] == '&')
        url[end - 1] = 0;
    return true;
}

static bool own_options(char *url, struct pg_server *s, struct error *err)
{
    char citus[8];
    strcpy(s->prefix, "vow");
    if (own_take(url, "vow_prefix=", s->prefix, sizeof s->prefix) &&
        (strlen(s->prefix) >= 20 || !islower((unsigned char)s->prefix[0]) ||
         s->prefix[strspn(s->prefix, "abcdefghijklmnopqrstuvwxyz0123456789_")]))
        return error_set(err, INVALID, "vow_prefix must be a plain name of at most 19 letters");
    if (!own_take(url, "vow_citus=", citus, sizeof citus))
        return true;
    s->citus = !strcmp(citus, "1");
    return s->citus || !strcmp(citus, "0") ||
           error_set(err, INVALID, "the store's vow_citus must be 0 or 1");
}

static void options_keep(struct pg_server *s, const PQconninfoOption *options)
{
    for (const PQconninfoOption *o = options; o->keyword; o++) {
        if (!o->val || !*o->val)
            continue;
        char **own = !strcmp(o->keyword, "user")       ? &s->user
                     : !strcmp(o->keyword, "password") ? &s->password
                                                       : NULL;
        if (!own) {
            keep(s, o->keyword, o->val);
            continue;
        }
        free(*own);
        *own = secret_copy(o->val);
    }
}

/* The i-th of a list with commas; the last one stands for all behind it. */
static const char *listed(struct arena *a, const char *list, size_t i)
{
    for (; i && strchr(list, ','); i--)
        list = strchr(list, ',') + 1;
    return arena_text(a, list, strcspn(list, ","));
}

/* Left out, as in "a.example,b.example:5433", it is the usual one. */
static const char *port_listed(struct arena *a, const char *list, size_t i)
{
    const char *port = listed(a, list, i);
    return *port ? port : "5432";
}

static size_t servers_of(const struct pg_server *s, struct arena *a, struct store_server **ret)
{
    const char *names = option(s, "hostaddr") ? option(s, "hostaddr") : option(s, "host");
    const char *ports = option(s, "port") ? option(s, "port") : s->ports;
    size_t n = 1;
    for (const char *at = names; (at = strchr(at, ',')); at++)
        n++;
    *ret = arena_many(a, n, struct store_server);
    for (size_t i = 0; i < n; i++)
        (*ret)[i] =
            (struct store_server){ listed(a, names, i), (uint16_t)atoi(port_listed(a, ports, i)) };
    return n;
}

/* Numbers from 1 to 65535, with commas between; one that is left out is the usual one. */
static bool are_ports(const char *list)
{
    for (const char *at = list;; at++) {
        if (*at && *at != ',') {
            char *end;
            long n = strtol(at, &end, 10);
            if (n < 1 || n > 65535 || (*end && *end != ','))
                return false;
            at = end;
        }
        if (!*at)
            return true;
    }
}

/* The name stays, for the certificate is checked against it. */
static void ports_take(struct pg_server *s, const uint16_t *ports)
{
    struct arena a = { 0 };
    struct store_server *servers;
    size_t n = servers_of(s, &a, &servers);
    char *addresses = arena_string(&a, ""), *numbers = arena_string(&a, "");
    char *names = arena_string(&a, "");
    for (size_t i = 0; i < n; i++) {
        const char *comma = i ? "," : "";
        addresses = arena_printf(&a, "%s%s127.0.0.1", addresses, comma);
        numbers = arena_printf(&a, "%s%s%u", numbers, comma, ports[i]);
        names = arena_printf(&a, "%s%slocalhost", names, comma);
    }
    if (is_local(option(s, "host")) && !option(s, "hostaddr")) {
        replace(s, "sslmode", "disable"); /* from here to the socket it stays on this machine */
        replace(s, "host", names);
        s->handed = true;
    }
    replace(s, "hostaddr", addresses);
    replace(s, "port", numbers);
    arena_done(&a);
}

bool store_servers(const char *url, struct arena *a, struct list *ret, struct error *err)
{
    struct pg_server s;
    struct store_server *servers;
    if (!pg_server_parse(url, NULL, &s, err))
        return false;
    size_t n = servers_of(&s, a, &servers);
    pg_server_free(&s);
    *ret = (struct list){ servers, n };
    return true;
}

const char **store_files(const char *url, struct arena *a)
{
    static const char *const options[] = { "sslrootcert", "sslcert", "sslkey", "sslcrl",
                                           "passfile" };
    static const char *const variables[] = { "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGSSLCRL",
                                             "PGPASSFILE" };
    static_assert(LENGTH(options) == LENGTH(variables), "one for each");
    const char **files = arena_many(a, 2 * LENGTH(options) + 3, const char *);
    const char *home = getenv("HOME");
    struct pg_server s;
    size_t n = 0;
    if (!pg_server_parse(url, NULL, &s, &(struct error){ 0 }))
        return files;
    for (size_t i = 0; i < LENGTH(options); i++) {
        if (option(&s, options[i]))
            files[n++] = arena_string(a, option(&s, options[i]));
        if (getenv(variables[i]))
            files[n++] = getenv(variables[i]);
    }
    if (home) {
        files[n++] = arena_printf(a, "%s/.postgresql", home);
        files[n++] = arena_printf(a, "%s/.pgpass", home);
    }
    pg_server_free(&s);
    return files;
}

/* libpq quotes what it cannot read, which may be of the password unless it is of an option: those
   are told by their names, which nothing before them can have shifted with a single "@". */
static bool not_read(const char *url, const char *said, struct error *err)
{
    const char *at = strchr(url, '@');
    if (said && strstr(said, "URI query parameter") && !(at && strchr(at + 1, '@')))
        return error_set(err, INVALID, "the store's URL: %.*s", (int)strcspn(said, "\n"), said);
    return error_set(err, INVALID,
                     "the store's URL cannot be read; in a password write %%25 for %%, %%2F for /, "
                     "%%40 for @ and %%3A for :");
}

bool pg_server_parse(const char *url, const uint16_t *ports, struct pg_server *ret,
                     struct error *err)
{
    struct pg_server s = { 0 };
    char *said = NULL, *rest;
    if (strncmp(url, "postgres://", 11) != 0 && strncmp(url, "postgresql://", 13) != 0)
        return error_set(err, INVALID, "the store must be a URL: postgres://USER@HOST/DATABASE");
    rest = secret_copy(url);
    if (!own_options(rest, &s, err)) {
        free(rest);
        return false;
    }
    PQconninfoOption *options = PQconninfoParse(rest, &said);
    free(rest);
    if (!options) {
        bool ok = not_read(url, said, err);
        PQfreemem(said);
        return ok;
    }
    enum { OWN = 8, OPTIONS_MAX = 64 };
    s.keys = calloc(OPTIONS_MAX + OWN, sizeof *s.keys);
    s.values = calloc(OPTIONS_MAX + OWN, sizeof *s.values);
    if (!s.keys || !s.values)
        abort();
    options_keep(&s, options);
    PQconninfoFree(options);
    if (!option(&s, "host") && getenv("PGHOST"))
        keep(&s, "host", getenv("PGHOST"));
    bool ok = tls_require(&s, err);
    if (ok && !option(&s, "host"))
        ok = error_set(err, INVALID, "the store's URL names no host");
    if (ok && option(&s, "host") && strchr(option(&s, "host"), '@'))
        ok = not_read(url, NULL, err);
    s.hosts = secret_copy(option(&s, "host") ? option(&s, "host") : "");
    s.ports = secret_copy(option(&s, "port") ? option(&s, "port") : "");
    if (ok && !are_ports(s.ports))
        ok = error_set(err, INVALID, "the store's URL names a port that is none");
    if (ok && !option(&s, "dbname"))
        ok = error_set(err, INVALID, "the store's URL names no database");
    if (ok && !s.user)
        ok = error_set(err, INVALID, "the store's URL names no user");
    if (ok && ports)
        ports_take(&s, ports);
    if (!option(&s, "connect_timeout"))
        keep(&s, "connect_timeout", "10");
    if (!option(&s, "target_session_attrs"))
        keep(&s, "target_session_attrs", "read-write");
    if (!option(&s, "application_name"))
        keep(&s, "application_name", "vow");
    if (!option(&s, "gssencmode"))
        keep(&s, "gssencmode", "disable");
    if (!ok) {
        pg_server_free(&s);
        return false;
    }
    *ret = s;
    return true;
}

void pg_server_free(struct pg_server *s)
{
    for (int i = 0; i < s->count; i++) {
        free(s->keys[i]);
        free(s->values[i]);
    }
    free(s->keys);
    free(s->values);
    free(s->hosts);
    free(s->ports);
    free(s->user);
    if (s->password)
        wipe(s->password, strlen(s->password));
    free(s->password);
    *s = (struct pg_server){ 0 };
}

/* The i-th server as the operator knows it: not the port of core's loopback that leads there. */
static const char *server_name(const struct pg_server *s, struct arena *a, size_t i)
{
    return arena_printf(a, "%s:%s", listed(a, s->hosts, i), port_listed(a, s->ports, i));
}

/* The reason in libpq's words, which are of hosts, roles and files, never of a password; without
   what it tells of the way there, and without its advice in further lines. */
static const char *reason_of(struct arena *a, const PGconn *handle)
{
    static const char *const before[] = { "fe_sendauth: ", "FATAL:  " };
    static const char broke[] = "server closed the connection unexpectedly";
    const char *at = PQerrorMessage(handle), *failed = strstr(at, " failed: ");
    if (failed && text_starts(at, "connection to server"))
        at = failed + strlen(" failed: ");
    for (size_t i = 0; i < LENGTH(before); i++)
        if (text_starts(at, before[i]))
            at += strlen(before[i]);
    /* A relay that gets no connection closes the one it was asked over. */
    if (!*at || text_starts(at, broke))
        return "it cannot be reached";
    return arena_text(a, at, strcspn(at, "\n"));
}

/* "already exists, skipping" and the like are no news. */
static void notice_drop(void *with, const PGresult *notice)
{
    (void)with;
    (void)notice;
}

/* Over what is handed over in place of the connection to the port. */
static PGconn *connect_taken(const struct pg_server *server, const char *const *keys,
                             const char *const *values)
{
    PGconn *handle = PQconnectStartParams(keys, values, 0);
    int64_t until = store_clock() + PG_WAIT_S;
    PostgresPollingStatusType want = PGRES_POLLING_FAILED;
    if (PQstatus(handle) != CONNECTION_BAD && server->take(server->take_with, PQsocket(handle)))
        want = PGRES_POLLING_WRITING;
    while (want == PGRES_POLLING_READING || want == PGRES_POLLING_WRITING) {
        struct pollfd wait = { .fd = PQsocket(handle),
                               .events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT };
        if (poll(&wait, 1, 1000) > 0)
            want = PQconnectPoll(handle);
        if (store_clock() > until)
            break;
    }
    return handle;
}

/* What libpq would take from its password file, were it told where the connection really leads. It
   reads the file and then stops at an option that does not exist. */
static const char *password_filed(const struct pg_server *server, struct arena *a, size_t which,
                                  const char *user)
{
    const char *file = option(server, "passfile");
    const char *keys[] = {
        "host", "port", "dbname", "user", "target_session_attrs", file ? "passfile" : NULL, NULL
    };
    const char *values[] = { listed(a, server->hosts, which),
                             port_listed(a, server->ports, which),
                             option(server, "dbname"),
                             user,
                             "none such",
                             file,
                             NULL };
    PGconn *asked = PQconnectStartParams(keys, values, 0);
    const char *found = asked ? PQpass(asked) : NULL;
    found = found && *found ? arena_string(a, found) : NULL;
    PQfinish(asked);
    return found;
}

/* One server of the list. A list of its own is nothing for libpq here: the relay takes every
   connection and only then sees whether the server does, and libpq gives up at that. */
static PGconn *connect_to(const struct pg_server *server, struct arena *a, size_t which,
                          const char *user, const char *password, const char **reason)
{
    const char *keys[80], *values[80];
    int n = 0;
    for (; n < server->count; n++) {
        const char *key = keys[n] = server->keys[n];
        bool list = !strcmp(key, "host") || !strcmp(key, "hostaddr") || !strcmp(key, "port");
        values[n] = list ? listed(a, server->values[n], which) : server->values[n];
    }
    keys[n] = "user";
    values[n++] = user;
    if (!password)
        password = password_filed(server, a, which, user);
    if (password) {
        keys[n] = "password";
        values[n++] = password;
    }
    keys[n] = "client_encoding";
    values[n++] = "UTF8";
    keys[n] = values[n] = NULL;
    PGconn *handle = server->handed && server->take ? connect_taken(server, keys, values)
                                                    : PQconnectdbParams(keys, values, 0);
    PQsetNoticeReceiver(handle, notice_drop, NULL);
    if (PQstatus(handle) == CONNECTION_OK)
        return handle;
    *reason = reason_of(a, handle);
    PQfinish(handle);
    return NULL;
}

/* The server that took the last connection is asked first: one that is gone may keep silent. */
PGconn *pg_connect(struct pg_server *server, const char *user, const char *password,
                   struct error *err)
{
    struct arena a = { 0 };
    struct store_server *servers;
    size_t count = servers_of(server, &a, &servers);
    size_t start = __atomic_load_n(&server->last, __ATOMIC_RELAXED);
    const char *said = "";
    PGconn *handle = NULL;
    for (size_t i = 0; !handle && i < count; i++) {
        size_t which = (start + i) % count;
        const char *reason;
        handle = connect_to(server, &a, which, user, password, &reason);
        if (handle)
            __atomic_store_n(&server->last, which, __ATOMIC_RELAXED);
        else
            said = arena_printf(&a, "%s%s%s: %s", said, i ? "; " : "",
                                server_name(server, &a, which), reason);
    }
    if (!handle)
        error_set(err, UNAVAILABLE, "no connection to the database server %s", said);
    arena_done(&a);
    return handle;
}
