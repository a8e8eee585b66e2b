/* open.c: finding and opening what an installation consists of. */
#include "open.h"

#include "crypt/master.h"
#include "feature/all.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool data_folder(const char *dir, struct arena *a, const char **ret, struct error *err)
{
    char path[PATH_MAX];
    if (mkdir(dir, 0700) && errno != EEXIST)
        return error_set(err, UNAVAILABLE, "The data folder %.80s cannot be made: %s", dir,
                         strerror(errno));
    if (!realpath(dir, path))
        return error_set(err, UNAVAILABLE, "The data folder %.80s cannot be opened: %s", dir,
                         strerror(errno));
    *ret = arena_string(a, path);
    return true;
}

bool installation_told(const char *dir)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/key-check", dir);
    if (!access(path, F_OK))
        return true;
    int why = errno;
    if (access(dir, F_OK))
        return !complain("There is no data folder %s", dir);
    return why == ENOENT ? !complain("There is no installation in %s", dir)
                         : !complain("%s cannot be read: %s", path, strerror(why));
}

const char *key_file(struct arena *a, const char *dir)
{
    return arena_printf(a, "%s.key", dir);
}

static bool folder_is_new(const char *dir)
{
    DIR *d = opendir(dir);
    bool empty = true;
    for (struct dirent *e; d && (e = readdir(d));)
        if (e->d_name[0] != '.')
            empty = false;
    if (d)
        closedir(d);
    return empty;
}

static const char *key_check(struct arena *a, const char *dir)
{
    return arena_printf(a, "%s/key-check", dir);
}

static bool is_new_node(struct arena *a, const char *dir, const char *store)
{
    return store && access(key_check(a, dir), F_OK);
}

bool key_open(struct arena *a, const char *dir, const char *store, struct secret_key *ret,
              struct error *err)
{
    struct master_key_source source;
    master_key_source_make(key_file(a, dir), &source);
    if (is_new_node(a, dir, store))
        return master_key_load(&source, folder_is_new(dir), ret, err);
    return master_key_open(&source, key_check(a, dir), folder_is_new(dir), ret, err);
}

bool key_learn(struct arena *a, const char *dir, const char *store, const struct secret_key *key,
               struct error *err)
{
    return !is_new_node(a, dir, store) || master_key_note(key_check(a, dir), key, err);
}

static bool has_page(const char *dir)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/index.html", dir);
    return !access(path, R_OK);
}

const char *web_folder(struct arena *a)
{
    char exe[PATH_MAX];
    const char *named = getenv("VOW_WEB");
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (named)
        return has_page(named) ? named : NULL;
    for (exe[n > 0 ? n : 0] = 0; strrchr(exe, '/');) {
        *strrchr(exe, '/') = 0;
        const char *path = arena_printf(a, "%s/web/dist", exe);
        if (has_page(path))
            return path;
    }
    return has_page("/usr/share/vow/web") ? "/usr/share/vow/web" : NULL;
}

const char *store_named(void)
{
    const char *url = getenv("VOW_STORE");
    return url && *url ? url : NULL;
}

/* As "USER:PASSWORD@", where libpq takes any sign but "/", or as an option; "sslpassword" is one
   too. */
bool store_holds_password(const char *url)
{
    const char *user = strstr(url, "://");
    user = user ? user + 3 : url;
    size_t n = strcspn(user, "/");
    const char *at = memchr(user, '@', n), *colon = memchr(user, ':', n);
    return (at && colon && colon < at) || strstr(user, "password=");
}

bool installation_open_store(const char *dir, const char *store, const struct secret_key *key,
                             struct arena *a, struct app **ret, struct error *err)
{
    struct app_config config = { .store_url = store,
                                 .features = features,
                                 .master_key = key->byte };
    return data_folder(dir, a, &config.data_dir, err) && app_start(&config, ret, err);
}

bool installation_open(const char *dir, struct arena *a, struct app **ret, struct error *err)
{
    struct secret_key *key = arena_new(a, struct secret_key);
    const char *store = store_named();
    if (!data_folder(dir, a, &dir, err) || !key_open(a, dir, store, key, err) ||
        !installation_open_store(dir, store, key, a, ret, err))
        return false;
    bool ok = key_learn(a, dir, store, key, err);
    if (!ok)
        app_stop(*ret);
    return ok;
}
