/* org.c: `vow org move`: carries an organisation from one store to another. It connects the two
   sides (see core/move.h), passes on what the source says, and decides from what both have stored.
 */
#include "admin.h"
#include "command.h"
#include "core/move.h"
#include "crypt/random.h"
#include "open.h"
#include "org_create.h"
#include "org_list.h"

#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SILENCE_S = 600, SILENCE_OWN_S = 120, ATTEMPTS = 5 };

struct side {
    const char *store, *dir; /* store: URL, NULL: files in the folder */
    const char *name;        /* for people; of a URL without what may be secret */
    struct secret_key *key;
    bool gives;
    struct id id;
    struct app *app; /* opened by this process; NULL: a server has it */
    const char *scratch;
    int fd, inner;
    pthread_t thread;
    bool running;
    struct move_hello hello;
};

struct org {
    struct arena a;
    struct side from, to;
    struct id id;
    const char *id_text;
    struct error err;
};

static bool is_url(const char *text)
{
    return text_starts(text, "postgres://") || text_starts(text, "postgresql://");
}

/* "postgres://HOST/DATABASE": without user, password and options. */
static const char *store_name(struct arena *a, const char *store)
{
    const char *at = strstr(store, "://") + 3, *rest = at + strcspn(at, "/"), *host = at;
    for (const char *p = at; p < rest; p++)
        if (*p == '@')
            host = p + 1;
    return arena_printf(a, "postgres://%.*s", (int)(strcspn(host, "?")), host);
}

static void *side_thread(void *with)
{
    struct side *s = with;
    move_side(s->app, s->inner, s->gives, s->id);
    shutdown(s->inner, SHUT_RDWR);
    return NULL;
}

static void patience(int fd, int seconds)
{
    struct timeval t = { .tv_sec = seconds };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
}

static bool side_ask(struct org *o, struct side *s)
{
    int pair[2];
    if (!s->app)
        return admin_connect(s->dir, &s->fd) &&
               admin_say(s->fd,
                         arena_printf(&o->a, "move %s %s", s->gives ? "from" : "to", o->id_text));
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return false;
    s->fd = pair[0];
    s->inner = pair[1];
    s->id = o->id;
    patience(s->inner, SILENCE_OWN_S);
    s->running = !pthread_create(&s->thread, NULL, side_thread, s);
    return s->running;
}

/* Begins a conversation; the other one, if there was one, has ended. */
static bool side_begin(struct org *o, struct side *s)
{
    enum frame_type type;
    struct blob payload;
    if (!side_ask(o, s))
        return error_set(&o->err, UNAVAILABLE, "The running program does not answer");
    patience(s->fd, SILENCE_S);
    if (!frame_read(s->fd, &o->a, &type, &payload, &o->err))
        return false;
    if (type != FRAME_HELLO || payload.len != sizeof s->hello)
        return error_set(&o->err, INVALID, "%.120s is served by another version", s->name);
    memcpy(&s->hello, payload.at, sizeof s->hello);
    return true;
}

static void side_end(struct side *s)
{
    if (s->fd >= 0) {
        shutdown(s->fd, SHUT_RDWR);
        close(s->fd);
    }
    if (s->running) {
        pthread_join(s->thread, NULL);
        close(s->inner);
    }
    s->fd = -1;
    s->running = false;
}

static bool is_served(const char *dir)
{
    int fd;
    if (!admin_connect(dir, &fd))
        return false;
    close(fd);
    return true;
}

/* Opens the store in this process unless a server has it. A PostgreSQL store may have servers all
   the same; its folder here is a scratch one, because theirs holds files of their own. */
static bool side_open(struct org *o, struct side *s)
{
    if (s->dir && is_served(s->dir))
        return true;
    if (!s->dir) {
        const char *place = getenv("TMPDIR");
        char *path = arena_printf(&o->a, "%s/vow-move-XXXXXX", place && *place ? place : "/tmp");
        s->dir = s->scratch = mkdtemp(path);
        if (!s->dir)
            return error_set(&o->err, UNAVAILABLE, "No temporary folder can be made");
    }
    return installation_open_store(s->dir, s->store, s->key, &o->a, &s->app, &o->err);
}

static void scratch_remove(const char *path)
{
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(dir), e->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(path);
}

static void side_close(struct side *s)
{
    side_end(s);
    app_stop(s->app);
    if (s->scratch)
        scratch_remove(s->scratch);
}

/* --- the decision --- */

static bool state_is(const struct side *s, const char *state)
{
    return !strcmp(s->hello.state, state);
}

static bool same_move(const struct org *o)
{
    return id_given(o->from.hello.move) && id_equal(o->from.hello.move, o->to.hello.move);
}

static bool sides_agree(struct org *o)
{
    const struct move_hello *from = &o->from.hello, *to = &o->to.hello;
    if (from->server != !!o->from.store)
        return error_set(&o->err, INVALID, "The program that serves %.80s has its databases in %s",
                         o->from.name, from->server ? "PostgreSQL: name it with --store" : "files");
    if (to->server != !!o->to.store)
        return error_set(&o->err, INVALID,
                         "The program that serves %.80s has its databases in PostgreSQL",
                         o->to.name);
    if (memcmp(from->key, to->key, sizeof from->key) != 0)
        return error_set(&o->err, INVALID,
                         "The target has another master key: passwords and the signatures of the "
                         "audit log hold under the key that they were made with");
    return !memcmp(from->declarations, to->declarations, sizeof from->declarations) ||
           error_set(&o->err, INVALID, "The two stores are served by different versions of vow");
}

static bool expect(struct org *o, struct side *s, enum frame_type wanted)
{
    enum frame_type type;
    struct blob payload;
    return frame_read(s->fd, &o->a, &type, &payload, &o->err) &&
           (type == wanted ||
            error_set(&o->err, INTERNAL, "%.120s said what is not understood", s->name));
}

static bool tell(struct org *o, struct side *s, enum frame_type type)
{
    return frame_send(s->fd, type, NULL, 0, &o->err);
}

/* Everything that the source says, until it has said all. A side that fails says so. */
static bool pass_on(struct org *o)
{
    struct arena a = { 0 };
    enum frame_type type = 0;
    struct blob payload;
    bool ok = true;
    while (ok && type != FRAME_END) {
        ok = frame_read(o->from.fd, &a, &type, &payload, &o->err);
        struct error failed = { 0 };
        if (ok && !frame_send(o->to.fd, type, payload.at, payload.len, &failed)) {
            ok = false; /* why is what the target has said before */
            if (frame_read(o->to.fd, &a, &type, &payload, &o->err))
                o->err = failed;
        }
        arena_reset(&a);
    }
    arena_done(&a);
    return ok;
}

static bool destroy(struct org *o)
{
    return tell(o, &o->from, FRAME_DESTROY) && expect(o, &o->from, FRAME_DONE);
}

static bool carry(struct org *o)
{
    struct id move = id_new(instant_now());
    return frame_send(o->from.fd, FRAME_GO, &move, sizeof move, &o->err) &&
           expect(o, &o->from, FRAME_DONE) &&
           frame_send(o->to.fd, FRAME_GO, &move, sizeof move, &o->err) && pass_on(o) &&
           expect(o, &o->to, FRAME_VERIFIED) && tell(o, &o->from, FRAME_COMMIT) &&
           expect(o, &o->from, FRAME_DONE) && tell(o, &o->to, FRAME_ACTIVATE) &&
           expect(o, &o->to, FRAME_DONE) && destroy(o);
}

static bool decide(struct org *o)
{
    const struct side *from = &o->from, *to = &o->to;
    if (state_is(to, "active")) {
        if (!same_move(o) || state_is(from, "active"))
            return error_set(&o->err, ALREADY_EXISTS,
                             "The target has an organisation with this id already");
        return state_is(from, "deleted") || destroy(o);
    }
    if (state_is(from, "active"))
        return carry(o);
    if (!state_is(from, "moved"))
        return error_set(&o->err, NOT_FOUND, "There is no organisation %s in %.80s", o->id_text,
                         from->name);
    if (!state_is(to, "arriving") || !same_move(o))
        return error_set(&o->err, CONFLICT,
                         "The organisation was handed over to another store: name that one");
    return tell(o, &o->to, FRAME_ACTIVATE) && expect(o, &o->to, FRAME_DONE) && destroy(o);
}

static bool converse(struct org *o)
{
    bool ok = side_begin(o, &o->from) && side_begin(o, &o->to) && sides_agree(o) && decide(o);
    side_end(&o->from);
    side_end(&o->to);
    return ok;
}

/* Again when an account was used in the very last moment. */
static bool move(struct org *o)
{
    bool ok = false;
    for (int i = 0; i < ATTEMPTS && !ok; i++) {
        o->err = (struct error){ 0 };
        ok = converse(o);
        if (!ok && (o->err.problem != CONFLICT || !state_is(&o->from, "active")))
            break;
    }
    return ok;
}

/* --- the command line --- */

static bool target_key(struct org *o, const char *dir, struct secret_key *ret)
{
    bool given = getenv("VOW_MASTER_KEY") || getenv("VOW_MASTER_KEY_FILE") ||
                 getenv("CREDENTIALS_DIRECTORY");
    if (!given && access(arena_printf(&o->a, "%s/key-check", dir), F_OK) &&
        access(key_file(&o->a, dir), F_OK))
        return error_set(&o->err, NOT_FOUND,
                         "The target needs the same master key: put a copy into %.100s",
                         key_file(&o->a, dir));
    return data_folder(dir, &o->a, &o->to.dir, &o->err) &&
           key_open(&o->a, o->to.dir, NULL, ret, &o->err);
}

static bool sides_name(struct org *o, const char *data, const char *store, const char *to)
{
    struct secret_key *key = arena_new(&o->a, struct secret_key);
    struct side *f = &o->from, *t = &o->to;
    f->gives = true;
    f->store = store;
    f->key = t->key = key;
    if (!data_folder(data, &o->a, &f->dir, &o->err) ||
        !key_open(&o->a, f->dir, store, key, &o->err))
        return false;
    f->name = store ? store_name(&o->a, store) : f->dir;
    if (is_url(to)) {
        t->store = to;
        t->name = store_name(&o->a, to);
        return !text_equal(store, to) ||
               error_set(&o->err, INVALID, "The organisation is in that store already");
    }
    t->name = to;
    t->key = arena_new(&o->a, struct secret_key);
    return target_key(o, to, t->key) &&
           (strcmp(t->dir, f->dir) != 0 ||
            error_set(&o->err, INVALID,
                      store ? "The target must be another folder than that of --data"
                            : "The organisation is in that store already"));
}

static int move_command(int argc, char **argv, const char *id)
{
    const char *data = NULL, *named = store_named(), *store = named;
    const char *target = getenv("VOW_STORE_TO"), *to = target;
    const struct option_row options[] = {
        { "--data", "DIR", "Data folder where it is now, in use or not", &data, .required = true },
        { "--store", "URL", "PostgreSQL store where it is now (or VOW_STORE)", &store },
        { "--to", "STORE",
          "postgres://USER@HOST/DATABASE or a data folder, in use or not (or VOW_STORE_TO)", &to,
          .required = true },
        { 0 },
    };
    struct org o = { .id_text = id, .from.fd = -1, .to.fd = -1 };
    int status;
    if (!options_read(
            argc, argv,
            "vow org move ID: carries an organisation to another store while it is in use", options,
            &status))
        return status;
    if ((store != named && !store_told_rightly("--store", store, "VOW_STORE")) ||
        (to != target && is_url(to) && !store_told_rightly("--to", to, "VOW_STORE_TO")))
        return 1;
    if (!id_parse(id, &o.id))
        return complain("%s is not the id of an organisation", id);
    if (!store && !installation_told(data)) /* beside a server any folder will do */
        return 1;
    if (access(data, F_OK))
        return complain("There is no data folder %s", data);
    bool ok = sides_name(&o, data, store, to) && side_open(&o, &o.from) && side_open(&o, &o.to) &&
              move(&o);
    side_close(&o.from);
    side_close(&o.to);
    if (ok)
        printf("Organisation %s is in %s.\n", id, o.to.name);
    else
        complain_error(&o.err);
    arena_done(&o.a);
    return ok ? 0 : 1;
}

enum { LIST, CREATE, INVITE, MOVE, SUBCOMMANDS };

static const struct option_row subcommands[] = {
    [LIST] = { "list", NULL, "Their ids and names; vow org list --help says more" },
    [CREATE] = { "create", NULL,
                 "Make one, with a link for its owner; vow org create --help says more" },
    [INVITE] = { "invite", "ID", "A new link for an owner; vow org invite --help says more" },
    [MOVE] = { "move", "ID",
               "Carry it to another store while it is in use; vow org move --help says more" },
    { 0 },
};

/* One that works on an organisation, which is named first. */
static int work_command(int which, int argc, char **argv)
{
    int (*const run)(int, char **, const char *) =
        which == MOVE ? move_command : org_invite_command;
    if (argc && argv[0][0] != '-')
        return run(argc - 1, argv + 1, argv[0]);
    if (argc && is_help(argv[0]))
        return run(argc, argv, "");
    return complain("Which organisation? vow org %s ID; vow org list names them",
                    subcommands[which].name),
           2;
}

int org_command(int argc, char **argv)
{
    int which = 0;
    if (argc && is_help(argv[0])) {
        options_help("vow org: lists or makes organisations, or works on one", subcommands);
        return 0;
    }
    while (argc && which < SUBCOMMANDS && strcmp(argv[0], subcommands[which].name) != 0)
        which++;
    if (!argc || which == SUBCOMMANDS)
        return complain("vow org takes: list, create, invite ID or move ID; --help says more"), 2;
    argc--, argv++;
    return which == LIST     ? org_list_command(argc, argv)
           : which == CREATE ? org_create_command(argc, argv)
                             : work_command(which, argc, argv);
}
