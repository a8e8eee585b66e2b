/* backup.c: `vow backup` and `vow restore`.

   A backup is a folder: control.db, org/ID.db, key-check. All of it is sealed; it can be read with
   the master key alone, which is not part of it. */
#include "backup.h"

#include "admin.h"
#include "command.h"
#include "open.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool cannot(struct error *err, const char *what, const char *path)
{
    return error_set(err, errno == ENOSPC ? STORAGE_FULL : UNAVAILABLE, "%s %.120s: %s", what, path,
                     strerror(errno));
}

static bool folder_make(const char *path, struct error *err)
{
    return !mkdir(path, 0700) || errno == EEXIST || cannot(err, "Cannot make", path);
}

static bool file_copy(const char *from, const char *to, struct error *err)
{
    char piece[65536];
    ssize_t n = -1;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = out >= 0;
    while (ok && (n = read(in, piece, sizeof piece)) > 0)
        ok = write(out, piece, (size_t)n) == n;
    ok = ok && n == 0 && !fsync(out);
    if (!ok)
        cannot(err, "Cannot copy to", to);
    if (in >= 0)
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
    bool ok = d || cannot(err, "Cannot read", dir);
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
    return !unlink(path) || cannot(err, "Cannot remove", path);
}

static bool backup_remove(struct arena *a, const char *dir, struct error *err)
{
    struct copy c = { a, NULL, dir };
    if (access(dir, F_OK))
        return true;
    if (!files_each(a, dir, "", remove_one, &c, err))
        return false;
    rmdir(arena_printf(a, "%s/org", dir));
    return !rmdir(dir) || cannot(err, "Cannot remove", dir);
}

static bool copy_all(struct arena *a, const char *from, const char *to, struct error *err)
{
    struct copy c = { a, from, to };
    return folder_make(to, err) && folder_make(arena_printf(a, "%s/org", to), err) &&
           files_each(a, from, "", copy_one, &c, err);
}

static bool organisation_copy(struct app *app, struct arena *a, struct id id, const char *dir,
                              struct error *err)
{
    char name[ID_TEXT];
    struct db *db;
    struct error own = { 0 };
    id_format(id, name);
    if (!db_open(app->store, id, false, &db, &own)) {
        if (own.problem != NOT_FOUND) /* ended meanwhile is no failure */
            *err = own;
        return own.problem == NOT_FOUND;
    }
    bool ok = db_backup(db, arena_printf(a, "%s/org/%s.db", dir, name), err);
    db_release(db);
    return ok;
}

static bool backup_make(struct app *app, const char *dir, struct error *err)
{
    struct arena a = { 0 };
    struct id *ids;
    size_t n = 0;
    bool ok = folder_make(dir, err) && folder_make(arena_printf(&a, "%s/org", dir), err) &&
              store_ids(app->store, &a, &ids, &n, err) &&
              db_backup(app->control, arena_printf(&a, "%s/control.db", dir), err) &&
              file_copy(arena_printf(&a, "%s/key-check", app->data_dir),
                        arena_printf(&a, "%s/key-check", dir), err);
    for (size_t i = 0; ok && i < n; i++)
        ok = organisation_copy(app, &a, ids[i], dir, err);
    arena_done(&a);
    return ok;
}

bool backup_online(struct app *app, int fd, struct error *err)
{
    struct arena a = { 0 };
    const char *dir = arena_printf(&a, "%s/backup", app->data_dir);
    bool ok = backup_remove(&a, dir, err) && backup_make(app, dir, err) && admin_say(fd, dir);
    arena_done(&a);
    return ok;
}

/* Asks the running program; what it wrote inside its folder is then copied out and removed. */
static bool backup_through(int fd, struct arena *a, const char *to, struct error *err)
{
    char line[PATH_MAX], dir[PATH_MAX] = "";
    if (!admin_say(fd, "backup"))
        return error_set(err, UNAVAILABLE, "The running program does not answer");
    while (admin_hear(fd, line, sizeof line)) {
        if (!strcmp(line, "ok"))
            return copy_all(a, dir, to, err) && backup_remove(a, dir, err);
        if (text_starts(line, "error "))
            return error_set(err, UNAVAILABLE, "%.180s", line + 6);
        snprintf(dir, sizeof dir, "%s", line);
    }
    return error_set(err, UNAVAILABLE, "The running program ended in between");
}

int backup_command(int argc, char **argv)
{
    const char *data = NULL, *to = NULL;
    const struct option_row options[] = {
        { "--data", "DIR", "Data folder, in use or not", &data, .required = true },
        { "--to", "DIR", "Where the backup goes; must not exist", &to, .required = true },
        { 0 },
    };
    struct arena a = { 0 };
    struct error err = { 0 };
    struct app *app;
    int status, fd;
    if (!options_read(argc, argv, "vow backup: copies everything, sealed, while it is in use",
                      options, &status))
        return status;
    if (!access(to, F_OK))
        return complain("%s exists already", to);
    if (access(data, F_OK))
        return complain("There is no data folder %s", data);
    bool ok;
    if (admin_connect(data, &fd)) {
        ok = backup_through(fd, &a, to, &err);
        close(fd);
    } else if ((ok = installation_open(data, &a, &app, &err))) {
        ok = backup_make(app, to, &err);
        app_stop(app);
    }
    if (ok)
        printf("The backup is in %s; keep the master key somewhere else.\n", to);
    else
        complain_error(&err);
    arena_done(&a);
    return ok ? 0 : 1;
}

/* Opens everything once, so that a backup that cannot be read is known now and not in need. */
static bool restored_check(const char *data, struct arena *a, struct error *err)
{
    struct app *app;
    struct id *ids;
    size_t n = 0;
    if (!installation_open(data, a, &app, err))
        return false;
    bool ok = store_ids(app->store, a, &ids, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        struct db *db;
        ok = db_open(app->store, ids[i], false, &db, err);
        if (ok)
            db_release(db);
    }
    app_stop(app);
    return ok;
}

int restore_command(int argc, char **argv)
{
    const char *data = NULL, *from = NULL;
    const struct option_row options[] = {
        { "--from", "DIR", "A backup", &from, .required = true },
        { "--data", "DIR", "Data folder to make; must not exist", &data, .required = true },
        { 0 },
    };
    struct arena a = { 0 };
    struct error err = { 0 }, ignored = { 0 };
    int status;
    if (!options_read(argc, argv, "vow restore: makes a data folder from a backup", options,
                      &status))
        return status;
    if (!access(data, F_OK))
        return complain("%s exists already", data);
    if (access(arena_printf(&a, "%s/control.db", from), R_OK))
        return complain("%s is not a backup", from);
    bool ok = copy_all(&a, from, data, &err) && restored_check(data, &a, &err);
    if (ok) {
        printf("Restored into %s.\n", data);
    } else {
        complain_error(&err);
        (void)!backup_remove(&a, data, &ignored);
    }
    arena_done(&a);
    return ok ? 0 : 1;
}
