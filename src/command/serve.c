/* serve.c: `vow serve`: the supervisor and its children. */
#include "admin.h"
#include "command.h"
#include "core/storage.h"
#include "crypt/certificate.h"
#include "crypt/key.h"
#include "egress/client.h"
#include "egress/egress.h"
#include "feature/all.h"
#include "open.h"
#include "process/process.h"
#include "process/relay.h"
#include "process/sandbox.h"
#include "prove/prove.h"
#include "residues.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct serve {
    const char *data, *store, *listen, *cert, *key, *contact, *storage;
    bool plain, proxy, invited;
};

static const char serve_usage[] =
    "vow serve: serves the product from a data folder, over TLS unless said otherwise";

static bool serve_options(int argc, char **argv, struct serve *s, int *status)
{
    const struct option_row options[] = {
        { "--data", "DIR", "Data folder; made when it is not there", &s->data, .required = true },
        { "--store", "URL",
          "Databases on a PostgreSQL server: postgres://USER@HOST/DATABASE (or VOW_STORE)",
          &s->store },
        { "--listen", "ADDR:PORT", "Where to listen (127.0.0.1:8443); port 0 takes a free one",
          &s->listen },
        { "--tls-cert", "FILE", "Certificate chain, PEM (a self-signed one is made otherwise)",
          &s->cert },
        { "--tls-key", "FILE", "Its private key, PEM", &s->key },
        { "--contact", "URI",
          "Whom to tell of a weakness: mailto:... or https://... (security.txt)", &s->contact },
        { "--org-storage", "SIZE",
          "How much each organisation may keep: 500M, 20G (or VOW_ORG_STORAGE; no limit)",
          &s->storage },
        { "--plain-http", NULL, "No TLS; only on a loopback address", .flag = &s->plain },
        { "--proxy", NULL, "Clients' addresses are what the proxy in front says (X-Forwarded-For)",
          .flag = &s->proxy },
        { "--invited-only", NULL,
          "Strangers make no organisations; vow org create does (or VOW_INVITED_ONLY=1)",
          .flag = &s->invited },
        { 0 },
    };
    s->listen = "127.0.0.1:8443";
    return options_read(argc, argv, serve_usage, options, status);
}

/* "127.0.0.1:8080" or "[::1]:8080" */
static bool listen_split(struct arena *a, const char *listen, const char **address, uint16_t *port)
{
    const char *colon = strrchr(listen, ':');
    char *end;
    if (!colon || colon == listen || !colon[1])
        return false;
    long n = strtol(colon + 1, &end, 10);
    if (*end || n < 0 || n > 65535)
        return false;
    size_t len = (size_t)(colon - listen);
    if (len > 1 && listen[0] == '[' && listen[len - 1] == ']')
        *address = arena_text(a, listen + 1, len - 2);
    else
        *address = arena_text(a, listen, len);
    *port = (uint16_t)n;
    return true;
}

static bool is_loopback(const char *address)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, address, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    return inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

/* What a process lives without, on this machine. */
static void open_tell(const char *who, const char *text)
{
    complain("The kernel does not enforce this on %s: %s", who, text);
}

static void report_tell(const char *who, const struct sandbox_report *report)
{
    char text[240];
    for (size_t i = 0; i < report->count; i++) {
        const struct sandbox_control *c = &report->control[i];
        snprintf(text, sizeof text, "%s: %s", c->name, c->text);
        if (!c->enforced)
            open_tell(who, text);
    }
}

/* RFC 9116: a URI; one line of printable ASCII of a kind that reaches a person. */
static bool is_contact(const char *text)
{
    static const char *const schemes[] = { "mailto:", "https://", "tel:" };
    for (const char *p = text; *p; p++)
        if (*p <= ' ' || *p > '~')
            return false;
    for (size_t i = 0; i < LENGTH(schemes); i++)
        if (text_starts(text, schemes[i]))
            return text[strlen(schemes[i])] && strlen(text) <= 200;
    return false;
}

static void tell(void *user, enum supervisor_event event, const char *text)
{
    const struct serve *s = user;
    switch (event) {
    case SUPERVISOR_READY:
        dprintf(STDOUT_FILENO, "vow is ready at %s://%s/\n", s->plain ? "http" : "https", text);
        break;
    case SUPERVISOR_RESTARTED:
        dprintf(STDOUT_FILENO, "vow started a part of itself again: %s\n", text);
        break;
    case SUPERVISOR_OPEN:
        open_tell("the supervisor", text);
        break;
    case SUPERVISOR_GAVE_UP:
        complain("%s", text);
        break;
    }
}

/* By the option or the environment, where it is said with 1 and left open with 0. */
static bool invited_only(struct serve *s)
{
    const char *said = getenv("VOW_INVITED_ONLY");
    if (said && !strcmp(said, "1"))
        s->invited = true;
    return !said || !*said || !strcmp(said, "1") || !strcmp(said, "0") ||
           !complain("VOW_INVITED_ONLY takes 1 or 0");
}

/* Addresses with spaces in between; one that is none would never be met. */
static bool local_providers_told(void)
{
    const char *at = getenv("VOW_LOCAL_PROVIDERS");
    for (; at && *(at += strspn(at, " ")); at += strcspn(at, " "))
        if (!text_starts(at, "http://") && !text_starts(at, "https://"))
            return !complain("VOW_LOCAL_PROVIDERS takes addresses such as "
                             "http://127.0.0.1:11434/v1");
    return true;
}

static bool egress_ca_told(void)
{
    const char *path = getenv("VOW_EGRESS_CA");
    FILE *file = path ? fopen(path, "re") : NULL;
    bool ok = !path || (file && (fgetc(file) != EOF || !ferror(file)));
    if (!ok)
        complain("The certificates of VOW_EGRESS_CA, %s, cannot be read: %s", path,
                 strerror(errno));
    if (file)
        fclose(file);
    return ok;
}

/* "500M", "20G", or bytes; -1 when it is none, or leaves no room for an organisation. */
static int64_t size_parse(const char *text)
{
    static const char units[] = "KMGT";
    char *end;
    long long n = strtoll(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    int shift = unit ? 10 * (int)(unit - units + 1) : 0;
    if (*text < '0' || *text > '9' || (*end && (!unit || end[1])) || n > INT64_MAX >> shift)
        return -1;
    return n << shift >= ORG_STORAGE_LEAST ? n << shift : -1;
}

static bool storage_limit(struct serve *s, struct arena *a)
{
    const char *said = getenv("VOW_ORG_STORAGE");
    if (!s->storage && said && *said)
        s->storage = said;
    if (!s->storage)
        return true;
    int64_t bytes = size_parse(s->storage);
    if (bytes < 0)
        return !complain("--org-storage takes a size of 10M or more, such as 500M or 20G");
    s->storage = arena_printf(a, "%lld", (long long)bytes);
    return true;
}

/* The servers of the store, as the relay's arguments: host and port of each; none without one. */
static bool relay_arguments(struct arena *a, const char *const **ret, struct error *err)
{
    const char *url = store_named();
    struct list servers;
    *ret = NULL;
    if (!url)
        return true;
    if (!store_servers(url, a, &servers, err))
        return false;
    if (servers.count > RELAY_TARGETS)
        return error_set(err, INVALID, "the store names more than %d servers", RELAY_TARGETS);
    const char **args = arena_many(a, 2 * servers.count + 1, const char *);
    for (size_t i = 0; i < servers.count; i++) {
        const struct store_server *s = (const struct store_server *)servers.at + i;
        args[2 * i] = s->host;
        args[2 * i + 1] = arena_printf(a, "%u", s->port);
    }
    args[2 * servers.count] = NULL;
    *ret = args;
    return true;
}

static int serve(struct serve *s, struct arena *a)
{
    struct error err = { 0 };
    struct supervisor_plan plan = { .event = tell, .user = s };
    if (!listen_split(a, s->listen, &plan.address, &plan.port))
        return complain("--listen takes an address and a port, such as 127.0.0.1:8443");
    if (s->plain && !is_loopback(plan.address))
        return complain(
            "--plain-http is for loopback addresses only, such as 127.0.0.1; %s is not one",
            plan.address);
    if (s->plain && s->cert)
        return complain("--plain-http has no use for --tls-cert");
    if (!s->cert != !s->key)
        return complain("--tls-cert and --tls-key go together");
    if (s->contact && !is_contact(s->contact))
        return complain("--contact takes a URI such as mailto:security@example.org");
    if (!invited_only(s) || !storage_limit(s, a) || !local_providers_told() || !egress_ca_told())
        return 1;
    if (!data_folder(s->data, a, &s->data, &err))
        return complain_error(&err);
    if (s->store && !store_told_rightly("--store", s->store, "VOW_STORE"))
        return 1;
    if (s->store && setenv("VOW_STORE", s->store, 1))
        return complain("The store's URL cannot be passed on");
    if (!relay_arguments(a, &plan.relay_args, &err)) {
        complain_error(&err);
        return PROCESS_REFUSED;
    }
    const char *core_args[] = { s->data,
                                s->plain ? "plain" : "tls",
                                s->cert ? s->cert : "",
                                s->key ? s->key : "",
                                s->contact ? s->contact : "",
                                s->proxy ? "proxy" : "",
                                s->invited ? "invited" : "",
                                s->storage ? s->storage : "",
                                NULL };
    plan.core_args = core_args;
    return supervisor_run(&plan);
}

int serve_command(int argc, char **argv)
{
    struct serve s = { 0 };
    struct arena a = { 0 };
    int status;
    if (!serve_options(argc, argv, &s, &status))
        return status;
    signal(SIGPIPE, SIG_IGN); /* whoever read what it says may be gone */
    status = serve(&s, &a);
    arena_done(&a);
    return status;
}

/* Ends the process at once, whatever has been started in it, for the supervisor to hear. What
   failed when the relay was gone may do well with the next one. */
__attribute__((noreturn)) static void refuse(const struct error *err)
{
    complain_error(err);
    _exit(store_named() && relay_gone(PROCESS_RELAYED) ? 1 : PROCESS_REFUSED);
}

static int core_wait(void)
{
    sigset_t stop;
    int got;
    process_stops(&stop);
    while (sigwait(&stop, &got))
        ;
    return got;
}

static void signals_block(void)
{
    sigset_t stop;
    process_stops(&stop);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* For whoever reads the log; the edge is the only place that logs. */
static void sentence_log(const char *sentence)
{
    complain("%s", sentence);
}

static bool tls_load(struct arena *a, const char *data, char **argv, struct server_config *server,
                     struct error *err)
{
    if (argv[2][0])
        return pem_file_read(a, argv[2], &server->tls_cert, err) &&
               pem_file_read(a, argv[3], &server->tls_key, err);
    return certificate_own(a, arena_printf(a, "%s/tls", data), &server->tls_cert, &server->tls_key,
                           err);
}

/* "127.0.0.1:8080", read back from the socket, because port 0 takes a free one. */
static const char *listen_text(struct arena *a)
{
    struct sockaddr_storage at;
    socklen_t size = sizeof at;
    char text[INET6_ADDRSTRLEN];
    if (getsockname(PROCESS_LISTEN, (struct sockaddr *)&at, &size))
        return NULL;
    if (at.ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)&at;
        inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
        return arena_printf(a, "%s:%d", text, ntohs(v4->sin_port));
    }
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&at;
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    return arena_printf(a, "[%s]:%d", text, ntohs(v6->sin6_port));
}

/* Ends core when the relay is gone: the supervisor starts both again. */
static void *relay_watch(void *way)
{
    while (relay_way_next(way))
        ;
    complain("The way to the database is gone");
    _exit(1);
}

static void store_watch(struct relay_way *way)
{
    pthread_t thread;
    if (store_named() && !pthread_create(&thread, NULL, relay_watch, way))
        pthread_detach(thread);
}

struct core {
    const char *data, *web, *store;
    int64_t org_storage;
    struct secret_key *key;
    struct sandbox_report *report;
    uint16_t ports[RELAY_TARGETS];
    struct residues residues;
    struct server_config server;
    int admin_fd;
};

/* What lies outside the data folder is opened here, before the sandbox closes. */
static bool core_open(struct core *core, struct arena *a, char **argv, struct error *err)
{
    bool tls = !strcmp(argv[1], "tls");
    *core = (struct core){ .data = argv[0],
                           .web = web_folder(a),
                           .store = store_named(),
                           .org_storage = atoll(argv[7]),
                           .key = arena_new(a, struct secret_key),
                           .report = arena_new(a, struct sandbox_report) };
    core->server = (struct server_config){ .listen_fd = PROCESS_LISTEN,
                                           .web_dir = core->web,
                                           .contact = argv[4][0] ? argv[4] : NULL,
                                           .proxied = argv[5][0],
                                           .invited_only = argv[6][0] };
    residues_open(&core->residues, true);
    return key_open(a, core->data, core->store, core->key, err) &&
           (!tls || tls_load(a, core->data, argv, &core->server, err)) &&
           admin_listen(core->data, &core->admin_fd, err);
}

static bool core_close_off(struct core *core, struct arena *a, struct error *err)
{
    const char *readable[20] = { "/usr/share/zoneinfo",
                                 core->web ? core->web : "/usr/share/zoneinfo" };
    struct sandbox_core sandbox = {
        .data = core->data, .read_only = readable, .relay = PROCESS_RELAYED, .ports = core->ports
    };
    if (core->store) {
        struct list servers;
        if (!store_servers(core->store, a, &servers, err))
            return false;
        sandbox.relays = servers.count;
        const char **files = store_files(core->store, a);
        for (size_t i = 2; *files && i < LENGTH(readable) - 1; i++)
            readable[i] = *files++;
    }
    sandbox_core(&sandbox, core->report);
    if (!sandbox.relays || core->ports[0])
        return true;
    const struct sandbox_control *network = sandbox_control(core->report, "network_namespace");
    return network->enforced
               ? error_set(err, INTERNAL, "no port for the way to the database")
               : error_set(err, UNAVAILABLE,
                           "a database server needs a network namespace, or others could use the "
                           "way to it: %s",
                           network->text);
}

/* An I/O thread reads the answers of egress itself, which saves waking another for it. */
static bool channel_read(void *with)
{
    return egress_client_read(with);
}

static bool channel_lend(void *with)
{
    return server_source_here(with);
}

/* argv: data folder, plain or tls, certificate, key, contact; proxy, invited or nothing each;
   bytes that an organisation may keep, or nothing */
int core_process(int argc, char **argv)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct core *core = arena_new(&a, struct core);
    if (argc != 8 || !process_child("vow-core"))
        return complain("This is a part of vow that `vow serve` starts");
    signals_block();
    if (!core_open(core, &a, argv, &err) || !core_close_off(core, &a, &err))
        refuse(&err);
    struct relay_way *way = core->store ? relay_way_new(PROCESS_RELAYED) : NULL;
    store_watch(way);

    struct egress_client *egress = core->residues.egress = egress_client_new(PROCESS_CHANNEL);
    struct app_config config = { .data_dir = core->data,
                                 .store_url = core->store,
                                 .store_ports = core->store ? core->ports : NULL,
                                 .store_take = relay_way_take,
                                 .store_take_with = way,
                                 .features = features,
                                 .master_key = core->key->byte,
                                 .promises = promises,
                                 .prove = prove_inside,
                                 .egress = egress,
                                 .sandbox = core->report,
                                 .tls = !strcmp(argv[1], "tls"),
                                 .org_storage = core->org_storage,
                                 .invited_only = core->server.invited_only,
                                 .tell = sentence_log,
                                 .listen = listen_text(&a),
                                 .local_providers = getenv("VOW_LOCAL_PROVIDERS") };
    struct app *app;
    struct server *http;
    if (!app_start(&config, &app, &err) || !key_learn(&a, core->data, core->store, core->key, &err))
        refuse(&err);
    core->server.routes = app->routes;
    core->server.route_count = app->route_count;
    core->server.handle = app_handle;
    core->server.round = app_round;
    core->server.ended = app_ended;
    core->server.with = app;
    core->server.source = (struct server_source){ PROCESS_CHANNEL, channel_read, egress };
    if (!server_start(&core->server, &http, &err))
        refuse(&err);
    egress_client_lend(egress, channel_lend, http);
    struct admin *admin = admin_start(app, &core->residues, core->admin_fd);
    report_tell("core", core->report);
    if (!core->web)
        complain("There is no web app that can be read, so only the API is served");
    process_ready();
    core_wait();
    admin_stop(admin);
    egress_client_lend(egress, NULL, NULL);
    server_stop(http);
    app_stop(app);
    egress_client_free(egress);
    arena_done(&a);
    return 0;
}

static void unreached_tell(const struct relay_target *target, const char *why)
{
    complain("The database server %s:%u cannot be reached: %s", target->host, target->port, why);
}

/* argv: host and port of each server */
int relay_process(int argc, char **argv)
{
    struct sandbox_report report;
    struct relay_target targets[RELAY_TARGETS];
    size_t count = (size_t)argc / 2;
    if (!count || argc % 2 || count > RELAY_TARGETS || !process_child("vow-relay"))
        return complain("This is a part of vow that `vow serve` starts");
    for (size_t i = 0; i < count; i++)
        targets[i] =
            (struct relay_target){ .host = argv[2 * i], .port = (uint16_t)atoi(argv[2 * i + 1]) };
    if (!sandbox_relay(&report))
        report_tell("the relay", &report);
    process_ready();
    return relay_run(targets, count, unreached_tell);
}

int egress_process(int argc, char **argv)
{
    struct sandbox_report report;
    (void)argv;
    if (argc || !process_child("vow-egress"))
        return complain("This is a part of vow that `vow serve` starts");
    struct residues residues;
    struct egress_plan plan = { .extra_ca = getenv("VOW_EGRESS_CA"),
                                .ready = process_ready,
                                .scan = residues_own,
                                .scan_with = &residues };
    residues_open(&residues, false);
    if (!sandbox_egress(plan.extra_ca, &report))
        report_tell("egress", &report);
    return egress_main(PROCESS_CHANNEL, &plan);
}
