/* backup.c: `vow backup` and `vow restore`.

   A backup is a folder: control.db, org/ID.db, key-check. All of it is sealed; it can be read with
   the master key alone, which is not part of it. Both ways the new folder gets its name when it is
   whole and on disk; until then it is called NAME.unfinished, which the next try replaces. */
#include "backup.h"

#include "admin.h"
#include "command.h"
#include "core/rows.h"
#include "core/tenant.h"
#include "crypt/master.h"
#include "open.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A signal to stop, after which the command clears away what it has made. One seldom comes alone:
   from a terminal that is closed, or from timeout(1), there are two. */
static volatile sig_atomic_t stopped;

/* Again each second, for whatever began to wait just after it. */
static void stop_note(int signal)
{
    if (signal != SIGALRM)
        stopped = signal;
    alarm(1);
}

static void stops_catch(void)
{
    static const int stops[] = { SIGINT, SIGTERM, SIGHUP };
    const struct sigaction note = { .sa_handler = stop_note };
    sigaction(SIGALRM, &note, NULL);
    for (size_t i = 0; i < LENGTH(stops); i++) {
        struct sigaction was;
        if (!sigaction(stops[i], NULL, &was) && was.sa_handler != SIG_IGN)
            sigaction(stops[i], &note, NULL);
    }
}

static bool goes_on(struct error *err)
{
    return !stopped || error_set(err, UNAVAILABLE, "The command was stopped");
}

/* After what was made is cleared away: what went wrong is said, or the signal ends the command. */
static void failure_tell(const struct error *err)
{
    if (stopped) {
        signal(stopped, SIG_DFL);
        raise(stopped);
    }
    complain_error(err);
}

static bool cannot(struct error *err, const char *what, const char *path)
{
    bool full = errno == ENOSPC || errno == EDQUOT;
    return error_set(err, full ? STORAGE_FULL : UNAVAILABLE, "Cannot %s %.110s: %s%s", what, path,
                     strerror(errno), full ? "; make room and try again" : "");
}

static bool folder_make(const char *path, struct error *err)
{
    return !mkdir(path, 0700) || errno == EEXIST || cannot(err, "make", path);
}

static bool folder_sync(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = (fd >= 0 && !fsync(fd)) || cannot(err, "write", path);
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool bytes_write(int fd, const char *at, size_t n)
{
    for (ssize_t done; n; at += done, n -= (size_t)done)
        if ((done = write(fd, at, n)) < 0)
            return false;
    return true;
}

static bool file_copy(const char *from, const char *to, struct error *err)
{
    char piece[65536];
    ssize_t n = 0;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return cannot(err, "read", from);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = out >= 0;
    while (ok && !stopped && (n = read(in, piece, sizeof piece)) > 0)
        ok = bytes_write(out, piece, (size_t)n);
    if (!goes_on(err))
        ok = false;
    else if (n < 0)
        ok = cannot(err, "read", from);
    else if (!ok || fsync(out))
        ok = cannot(err, "write", to);
    close(in);
    if (out >= 0)
        close(out);
    return ok;
}

/* Calls for every regular file of a backup with its path below the folder. */
typedef bool each_file(void *with, const char *name, struct error *err);

static bool files_each(struct arena *a, const char *dir, const char *below, each_file *each,
                       void *with, struct error *err)
{
    DIR *d = opendir(arena_printf(a, "%s/%s", dir, below));
    bool ok = d || cannot(err, "read", dir);
    for (struct dirent *e; ok && d && (e = readdir(d));) {
        struct stat s;
        const char *name = arena_printf(a, "%s%s", below, e->d_name);
        if (e->d_name[0] == '.' || stat(arena_printf(a, "%s/%s", dir, name), &s))
            continue;
        ok = S_ISDIR(s.st_mode) ? files_each(a, dir, arena_printf(a, "%s/", name), each, with, err)
                                : each(with, name, err);
    }
    if (d)
        closedir(d);
    return ok;
}

struct copy {
    struct arena *a;
    const char *from, *to;
};

static bool copy_one(void *with, const char *name, struct error *err)
{
    struct copy *c = with;
    return file_copy(arena_printf(c->a, "%s/%s", c->from, name),
                     arena_printf(c->a, "%s/%s", c->to, name), err);
}

static bool remove_one(void *with, const char *name, struct error *err)
{
    struct copy *c = with;
    const char *path = arena_printf(c->a, "%s/%s", c->to, name);
    return !unlink(path) || cannot(err, "remove", path);
}

static bool backup_remove(struct arena *a, const char *dir, struct error *err)
{
    struct copy c = { a, NULL, dir };
    if (access(dir, F_OK))
        return true;
    if (!files_each(a, dir, "", remove_one, &c, err))
        return false;
    rmdir(arena_printf(a, "%s/org", dir));
    return !rmdir(dir) || cannot(err, "remove", dir);
}

static bool copy_all(struct arena *a, const char *from, const char *to, struct error *err)
{
    struct copy c = { a, from, to };
    return files_each(a, from, "", copy_one, &c, err);
}

static char *path_given(struct arena *a, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    return arena_text(a, path, n);
}

static const char *folder_around(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash ? "." : arena_text(a, path, slash == path ? 1 : (size_t)(slash - path));
}

/* Removes what a try that was interrupted has left; nothing else, and not what is being written. */
static bool unfinished_clear(struct arena *a, const char *dir, struct error *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || cannot(err, "use", dir);
    bool ok = !flock(fd, LOCK_EX | LOCK_NB) ||
              error_set(err, UNAVAILABLE, "Another command is writing to %.120s", dir);
    if (ok && rmdir(dir))
        ok = access(arena_printf(a, "%s/org", dir), F_OK)
                 ? error_set(err, UNAVAILABLE, "%.120s is in the way; move it elsewhere", dir)
                 : backup_remove(a, dir, err);
    close(fd);
    return ok;
}

/* Others leave it alone until this command ends. */
static bool unfinished_hold(const char *dir, struct error *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB)) || cannot(err, "use", dir);
}

/* Where a new folder is made. */
static bool unfinished_make(struct arena *a, const char *dir, const char **ret, struct error *err)
{
    const char *around = folder_around(a, dir);
    *ret = arena_printf(a, "%s.unfinished", dir);
    if (access(around, F_OK))
        return error_set(err, NOT_FOUND, "There is no folder %.120s; make it first", around);
    return unfinished_clear(a, *ret, err) && folder_make(*ret, err) && unfinished_hold(*ret, err) &&
           folder_make(arena_printf(a, "%s/org", *ret), err);
}

static bool unfinished_name(struct arena *a, const char *made, const char *dir, struct error *err)
{
    return folder_sync(arena_printf(a, "%s/org", made), err) && folder_sync(made, err) &&
           (!rename(made, dir) || cannot(err, "make", dir)) &&
           folder_sync(folder_around(a, dir), err);
}

struct copying {
    struct ctx c;
    const char *dir;
    struct list before, after; /* the organisations, around the copy of control */
    struct id id;              /* of one of them */
    bool lives, ended;         /* whether it does; and whether one has ended that is not copied */
};

static bool lives_read(struct ctx *c, void *with)
{
    struct copying *k = with;
    return tenant_lives(c, k->id, &k->lives);
}

/* One that ended meanwhile is no failure. */
static bool organisation_copy(struct copying *k)
{
    char name[ID_TEXT];
    struct db *db;
    struct error own = { 0 };
    id_format(k->id, name);
    const char *file = arena_printf(k->c.arena, "org/%s.db", name);
    const char *path = arena_printf(k->c.arena, "%s/%s", k->dir, file);
    if (!access(path, F_OK))
        return true;
    bool ok = db_open(k->c.app->store, k->id, false, &db, &own);
    if (ok) {
        ok = db_backup(db, path, &own);
        db_release(db);
    }
    if (!ok && own.problem == NOT_FOUND) {
        ok = control_read(&k->c, lives_read, k) &&
             (!k->lives || error_set(k->c.err, UNAVAILABLE,
                                     "%s is missing; take it from an older backup", file));
        k->ended |= !k->lives;
    } else if (!ok) {
        *k->c.err = own;
    }
    return ok;
}

static bool organisations_copy(struct copying *k, const struct list *tenants)
{
    bool ok = true;
    for (size_t i = 0; ok && i < tenants->count; i++) {
        k->id = ((const struct tenant *)tenants->at)[i].id;
        ok = goes_on(k->c.err) && organisation_copy(k);
    }
    return ok;
}

static bool control_copy(struct copying *k)
{
    const char *path = arena_printf(k->c.arena, "%s/control.db", k->dir);
    return (!unlink(path) || errno == ENOENT || cannot(k->c.err, "remove", path)) &&
           control_read(&k->c, tenants_active, &k->before) &&
           db_backup(k->c.app->control, path, k->c.err) &&
           control_read(&k->c, tenants_active, &k->after);
}

/* What control names is there: when it names one that ended before that was copied, control is
   copied once more. */
static bool backup_make(struct app *app, const char *dir, struct error *err)
{
    struct arena a = { 0 };
    struct copying k = { .c = app_ctx(app, &a, err, "backup"), .dir = dir };
    bool ok = file_copy(arena_printf(&a, "%s/key-check", app->config->data_dir),
                        arena_printf(&a, "%s/key-check", dir), err);
    do {
        k.ended = false;
        ok = ok && control_copy(&k) && organisations_copy(&k, &k.before) &&
             organisations_copy(&k, &k.after);
    } while (ok && k.ended);
    arena_done(&a);
    if (!ok && err->problem == STORAGE_FULL && !err->detail[0]) { /* whose disk */
        error_clear(err);
        error_set(err, STORAGE_FULL, "No room for the copy in %.110s; make room and try again",
                  dir);
    }
    return ok;
}

bool backup_online(struct app *app, int fd, struct error *err)
{
    struct arena a = { 0 };
    const char *dir = arena_printf(&a, "%s/backup", app->config->data_dir);
    bool ok = backup_remove(&a, dir, err) && folder_make(dir, err) &&
              folder_make(arena_printf(&a, "%s/org", dir), err) && backup_make(app, dir, err) &&
              admin_say(fd, dir);
    if (!ok)
        (void)!backup_remove(&a, dir, &(struct error){ 0 });
    arena_done(&a);
    return ok;
}

static bool folder_note(void *with, const char *line)
{
    return snprintf(with, PATH_MAX, "%s", line) < PATH_MAX;
}

/* The program has one folder for what it copies: another command asks when this one has ended. */
static bool turn_wait(const char *data, struct error *err)
{
    int fd = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (fd >= 0 && flock(fd, LOCK_EX))
        if (errno != EINTR)
            return cannot(err, "use", data);
        else if (!goes_on(err))
            return false;
    return fd >= 0 || cannot(err, "use", data);
}

/* Asks the running program; what it wrote inside its folder is then copied out and removed. */
static bool backup_through(int fd, struct arena *a, const char *to, struct error *err)
{
    char dir[PATH_MAX] = "";
    struct error ignored = { 0 };
    if (!admin_ask(fd, "backup", folder_note, dir, err))
        return false;
    bool ok = copy_all(a, dir, to, err);
    return backup_remove(a, dir, ok ? err : &ignored) && ok;
}

/* Into the folder `to`, through the running program when there is one. */
static bool backup_write(const char *data, const char *to, struct arena *a, struct error *err)
{
    struct app *app;
    int fd;
    bool ok;
    if (!turn_wait(data, err))
        return false;
    if (admin_connect(data, &fd)) {
        ok = backup_through(fd, a, to, err);
        close(fd);
        return ok;
    }
    if (!installation_open(data, a, &app, err))
        return false;
    ok = backup_make(app, to, err);
    app_stop(app);
    return ok;
}

/* A backup within the data folder would be lost with it. */
static bool is_within(struct arena *a, const char *dir, const char *to)
{
    char outer[PATH_MAX], inner[PATH_MAX];
    if (!realpath(dir, outer) || !realpath(folder_around(a, to), inner))
        return false;
    size_t n = strlen(outer);
    return text_starts(inner, outer) && (!inner[n] || inner[n] == '/');
}

int backup_command(int argc, char **argv)
{
    const char *data = NULL, *to = NULL, *made;
    const struct option_row options[] = {
        { "--data", "DIR", "Data folder, in use or not", &data, .required = true },
        { "--to", "DIR", "Where the backup goes; must not exist", &to, .required = true },
        { 0 },
    };
    struct arena a = { 0 };
    struct error err = { 0 }, ignored = { 0 };
    int status;
    if (!options_read(argc, argv, "vow backup: copies everything, sealed, while it is in use",
                      options, &status))
        return status;
    to = path_given(&a, to);
    if (!faccessat(AT_FDCWD, to, F_OK, AT_SYMLINK_NOFOLLOW))
        return complain("%s exists already; name a folder that does not", to);
    if (!installation_told(data))
        return 1;
    if (is_within(&a, data, to))
        return complain("%s is in the data folder itself; name a folder elsewhere", to);
    stops_catch();
    bool ok = unfinished_make(&a, to, &made, &err);
    if (ok && !(ok = backup_write(data, made, &a, &err) && unfinished_name(&a, made, to, &err)))
        (void)!backup_remove(&a, made, &ignored);
    if (ok)
        printf("The backup is in %s; keep the master key somewhere else.\n", to);
    else
        failure_tell(&err);
    arena_done(&a);
    return ok ? 0 : 1;
}

static bool organisation_check(struct app *app, struct id id, struct error *err)
{
    struct db *db;
    if (!db_open(app->store, id, false, &db, err))
        return false;
    bool ok = db_check(db, err);
    db_release(db);
    return ok;
}

/* Opens and reads everything once, so that a backup that cannot be read is known now and not in
   need. `what` is then what cannot be. */
static bool restored_check(const char *dir, const struct secret_key *key, struct arena *a,
                           const char **what, size_t *count, struct error *err)
{
    struct app *app;
    struct list tenants;
    *what = "control.db";
    if (!installation_open_store(dir, NULL, key, a, &app, err))
        return false;
    struct ctx c = app_ctx(app, a, err, "restore");
    bool ok = db_check(app->control, err) && control_read(&c, tenants_active, &tenants);
    *count = ok ? tenants.count : 0;
    for (size_t i = 0; ok && i < tenants.count; i++) {
        char id[ID_TEXT];
        id_format(((const struct tenant *)tenants.at)[i].id, id);
        *what = arena_printf(a, "org/%s.db", id);
        ok = !access(arena_printf(a, "%s/%s", dir, *what), F_OK) || cannot(err, "find", *what);
        ok = ok && goes_on(err) &&
             organisation_check(app, ((const struct tenant *)tenants.at)[i].id, err);
    }
    app_stop(app);
    return ok;
}

static bool is_empty(const char *dir)
{
    DIR *d = opendir(dir);
    bool empty = d;
    for (struct dirent *e; d && (e = readdir(d));)
        empty = empty && (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."));
    if (d)
        closedir(d);
    return empty;
}

/* Whether a folder can get this name. */
static bool place_told(struct arena *a, const char *data)
{
    struct stat here, around;
    if (lstat(data, &here))
        return true;
    if (S_ISLNK(here.st_mode))
        return !complain("%s is a link; name the folder that it stands for", data);
    if (!is_empty(data))
        return !complain("%s is there already; move it away, or name another folder", data);
    return stat(folder_around(a, data), &around) || here.st_dev == around.st_dev ||
           !complain("%s is where a disk is mounted; name a folder in it, such as %s/vow", data,
                     data);
}

/* Whether it is a whole backup, as far as names tell. */
static bool backup_told(struct arena *a, const char *from, const char *data)
{
    static const char *const parts[] = { "control.db", "key-check", "org" };
    if (access(from, F_OK))
        return !complain("There is no backup %s", from);
    if (is_within(a, from, data))
        return !complain("%s is in the backup itself; name a folder elsewhere", data);
    if (!access(arena_printf(a, "%s/lock", from), F_OK))
        return !complain("%s is a data folder, not a backup; make one with vow backup --data %s "
                         "--to DIR",
                         from, from);
    for (size_t i = 0; i < LENGTH(parts); i++)
        if (access(arena_printf(a, "%s/%s", from, parts[i]), R_OK))
            return !complain("%s is not a whole backup: %s in it cannot be read (%s)", from,
                             parts[i], strerror(errno));
    return true;
}

/* Says itself what is in the way. */
static bool restore(struct arena *a, const char *from, const char *data,
                    const struct secret_key *key)
{
    struct error err = { 0 }, ignored = { 0 };
    const char *made, *what = NULL;
    size_t count;
    stops_catch();
    bool ok = unfinished_make(a, data, &made, &err);
    if (!ok)
        return !complain_error(&err);
    ok = copy_all(a, from, made, &err);
    bool whole = ok && restored_check(made, key, a, &what, &count, &err);
    if (whole && unfinished_name(a, made, data, &err)) {
        printf("Restored into %s: %zu %s. Start it with the same master key.\n", data, count,
               count == 1 ? "organisation" : "organisations");
        return true;
    }
    (void)!backup_remove(a, made, &ignored);
    if (ok && !whole && !stopped && err.problem != STORAGE_FULL)
        complain("%s/%s cannot be read, so nothing was restored; take another backup (%s)", from,
                 what, err.detail[0] ? err.detail : problem_info(err.problem)->title);
    else
        failure_tell(&err);
    return false;
}

int restore_command(int argc, char **argv)
{
    const char *data = NULL, *from = NULL;
    const struct option_row options[] = {
        { "--from", "DIR", "A backup", &from, .required = true },
        { "--data", "DIR", "Data folder to make; must not exist, or be empty", &data,
          .required = true },
        { 0 },
    };
    struct arena a = { 0 };
    struct error err = { 0 };
    struct master_key_source source;
    struct secret_key *key = arena_new(&a, struct secret_key);
    int status;
    if (!options_read(argc, argv, "vow restore: makes a data folder from a backup", options,
                      &status))
        return status;
    data = path_given(&a, data);
    from = path_given(&a, from);
    master_key_source_make(key_file(&a, data), &source);
    bool ok = place_told(&a, data) && backup_told(&a, from, data) &&
              (master_key_open(&source, arena_printf(&a, "%s/key-check", from), false, key, &err) ||
               !complain_error(&err)) &&
              restore(&a, from, data, key);
    arena_done(&a);
    return ok ? 0 : 1;
}
