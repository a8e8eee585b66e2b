/* web.c: reads the web app's folder once; afterwards a path is a name in a sorted list. */
#include "web.h"

#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 8, FILES_MAX = 4096 };
#define FILE_MAX ((off_t)64 << 20)

struct web {
    struct web_file *file;
    size_t count;
    const struct web_file *index, *sign_in;
};

static const struct {
    const char *end, *type;
} types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".mjs", "text/javascript; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".json", "application/json" },
    { ".map", "application/json" },
    { ".webmanifest", "application/manifest+json" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".webp", "image/webp" },
    { ".ico", "image/x-icon" },
    { ".woff2", "font/woff2" },
    { ".txt", "text/plain; charset=utf-8" },
    { ".md", "text/plain; charset=utf-8" },
    { ".csv", "text/csv; charset=utf-8" },
    { ".pdf", "application/pdf" },
    { ".wasm", "application/wasm" },
};

static const char *type_of(const char *path)
{
    for (size_t i = 0; i < LENGTH(types); i++)
        if (text_ends(path, types[i].end))
            return types[i].type;
    return "application/octet-stream";
}

/* Whether the name has the builder's hash: a dash and 8 or more letters and digits before a dot. */
static bool is_hashed(const char *path)
{
    const char *name = strrchr(path, '/');
    for (const char *dash = strchr(name, '-'); dash; dash = strchr(dash + 1, '-')) {
        size_t n = strspn(dash + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        if (n >= 8 && dash[1 + n] == '.')
            return true;
    }
    return false;
}

static const char *etag_of(struct arena *a, struct blob bytes)
{
    uint64_t hash = hash_bytes(hash_start, bytes.at, bytes.len);
    return arena_printf(a, "\"%016llx\"", (unsigned long long)hash);
}

static bool file_read(struct arena *a, int fd, struct blob *ret)
{
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
        return false;
    size_t size = (size_t)st.st_size, have = 0;
    char *at = arena_alloc(a, size);
    while (have < size) {
        ssize_t n = read(fd, at + have, size - have);
        if (n <= 0)
            return false;
        have += (size_t)n;
    }
    *ret = (struct blob){ at, size };
    return true;
}

static bool folder_read(struct arena *a, struct web *w, int dir, const char *below, int depth,
                        struct error *err);

static bool entry_read(struct arena *a, struct web *w, int dir, const char *below, const char *name,
                       int depth, struct error *err)
{
    char *path = arena_printf(a, "%s/%s", below, name);
    struct web_file *f = &w->file[w->count];
    struct stat st;
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st)) {
        if (fd >= 0)
            close(fd);
        return error_set(err, INTERNAL, "The web app's %s cannot be read", path);
    }
    if (S_ISDIR(st.st_mode))
        return folder_read(a, w, fd, path, depth + 1, err);
    bool ok = w->count < FILES_MAX && file_read(a, fd, &f->plain);
    close(fd);
    if (!ok)
        return error_set(err, INTERNAL, "The web app's %s cannot be read", path);
    f->path = path;
    w->count++;
    return true;
}

/* Takes over `dir`. */
static bool folder_read(struct arena *a, struct web *w, int dir, const char *below, int depth,
                        struct error *err)
{
    DIR *folder = depth < DEPTH_MAX ? fdopendir(dir) : NULL;
    bool ok = true;
    if (!folder) {
        close(dir);
        return error_set(err, INTERNAL, "The web app's folder %s cannot be read", below);
    }
    for (struct dirent *e; ok && (e = readdir(folder));)
        if (e->d_name[0] != '.')
            ok = entry_read(a, w, dir, below, e->d_name, depth, err);
    closedir(folder);
    return ok;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct web_file *)a)->path, ((const struct web_file *)b)->path);
}

static const struct web_file *sibling(const struct web *w, const char *path, const char *end)
{
    char name[512];
    int n = snprintf(name, sizeof name, "%s%s", path, end);
    return n > 0 && (size_t)n < sizeof name ? web_find(w, name, (size_t)n) : NULL;
}

bool web_open(struct arena *a, const char *dir, struct web **ret, struct error *err)
{
    struct web *w = arena_new(a, struct web);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, INTERNAL, "The web app's folder cannot be opened: %s",
                         strerror(errno));
    w->file = arena_many(a, FILES_MAX + 1, struct web_file);
    if (!folder_read(a, w, fd, "", 0, err))
        return false;
    qsort(w->file, w->count, sizeof *w->file, by_path);
    for (size_t i = 0; i < w->count; i++) {
        struct web_file *f = &w->file[i];
        const struct web_file *gzip = sibling(w, f->path, ".gz"), *br = sibling(w, f->path, ".br");
        f->type = type_of(f->path);
        f->etag = etag_of(a, f->plain);
        f->immutable = is_hashed(f->path);
        f->gzip = gzip ? gzip->plain : (struct blob){ 0 };
        f->brotli = br ? br->plain : (struct blob){ 0 };
    }
    w->index = web_find(w, "/index.html", 11);
    if (!w->index)
        return error_set(err, INTERNAL, "The web app's folder has no index.html");
    w->sign_in = web_find(w, "/sign-in.html", 13);
    *ret = w;
    return true;
}

const struct web_file *web_find(const struct web *w, const char *path, size_t len)
{
    size_t low = 0, high = w->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *at = w->file[middle].path;
        int order = strncmp(path, at, len);
        if (!order && at[len])
            order = -1;
        if (!order)
            return &w->file[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static const struct web_file *stranger_page(const struct web *w, const char *path)
{
    char name[32];
    path += strspn(path, "/");
    int word = (int)strcspn(path, "/?");
    int n = snprintf(name, sizeof name, "/%.*s.html", word, path);
    const struct web_file *own = (size_t)n < sizeof name ? web_find(w, name, (size_t)n) : NULL;
    return own ? own : w->sign_in;
}

/* The nearest mark from `at` on, which becomes what is said for it; NULL when there is none. */
static const char *mark_next(const char *at, size_t left, const struct web_said *said,
                             const struct web_said **ret)
{
    const char *nearest = NULL;
    for (; said->mark; said++) {
        const char *hit = memmem(at, left, said->mark, strlen(said->mark));
        if (hit && (!nearest || hit < nearest)) {
            nearest = hit;
            *ret = said;
        }
    }
    return nearest;
}

void web_page(const struct web *w, const char *path, bool is_stranger, const struct web_said *said,
              struct buffer *ret)
{
    const struct web_file *page = is_stranger ? stranger_page(w, path) : NULL;
    page = page ? page : w->index;
    const char *at = page->plain.at, *end = at + page->plain.len;
    const struct web_said *now;
    for (const char *hit; (hit = mark_next(at, (size_t)(end - at), said, &now));) {
        buffer_add(ret, at, (size_t)(hit - at));
        buffer_string(ret, now->text);
        at = hit + strlen(now->mark);
    }
    buffer_add(ret, at, (size_t)(end - at));
}
