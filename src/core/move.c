/* move.c: frames, and what a side says of itself. */
#include "move.h"

#include "move_row.h"
#include "node.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static bool gone(struct error *err)
{
    return error_set(err, UNAVAILABLE, "The other side of the move is gone; run the command again");
}

static bool bytes_send(int fd, const void *at, size_t n)
{
    for (size_t sent = 0; sent < n;) {
        ssize_t now = send(fd, (const char *)at + sent, n - sent, MSG_NOSIGNAL);
        if (now <= 0 && errno != EINTR)
            return false;
        sent += now > 0 ? (size_t)now : 0;
    }
    return true;
}

static bool bytes_read(int fd, void *to, size_t n)
{
    for (size_t have = 0; have < n;) {
        ssize_t now = recv(fd, (char *)to + have, n - have, 0);
        if (!now || (now < 0 && errno != EINTR))
            return false;
        have += now > 0 ? (size_t)now : 0;
    }
    return true;
}

bool frame_send(int fd, enum frame_type type, const void *at, size_t n, struct error *err)
{
    uint8_t head[5] = { (uint8_t)type };
    uint32_t size = (uint32_t)n;
    if (n > FRAME_MAX)
        return error_set(err, TOO_LARGE, "A row is too large to be moved");
    memcpy(head + 1, &size, sizeof size);
    return (bytes_send(fd, head, sizeof head) && bytes_send(fd, at, n)) || gone(err);
}

static bool error_take(struct blob from, struct error *err)
{
    uint8_t problem = from.len ? *(const uint8_t *)from.at : 0;
    return error_set(err, problem && problem < PROBLEM_COUNT ? (enum problem)problem : INTERNAL,
                     "%s", from.len ? (const char *)from.at + 1 : "");
}

bool frame_read(int fd, struct arena *a, enum frame_type *type, struct blob *ret, struct error *err)
{
    uint8_t head[5];
    uint32_t size;
    if (!bytes_read(fd, head, sizeof head))
        return gone(err);
    memcpy(&size, head + 1, sizeof size);
    if (size > FRAME_MAX)
        return gone(err);
    char *at = arena_alloc(a, (size_t)size + 1);
    if (!bytes_read(fd, at, size))
        return gone(err);
    *type = head[0];
    *ret = (struct blob){ at, size };
    return *type != FRAME_ERROR || error_take(*ret, err);
}

bool move_pauses(const struct app *app, struct id organisation)
{
    return (app->moving.paused && id_equal(app->moving.organisation, organisation)) ||
           node_leaves(app->node, organisation);
}

bool move_takes(const struct app *app, struct id organisation)
{
    return app->moving.takes && id_equal(app->moving.organisation, organisation);
}

static void declarations_hash(struct ctx *c, uint8_t ret[HASH_SIZE])
{
    struct buffer all = buffer_new(c->arena);
    for (const struct table *const *t = c->app->tables; *t; t++)
        if (tenant_owns(*t))
            buffer_printf(&all, "%s\n", columns_text(c->arena, *t));
    hash_sha256(all.at, all.len, ret);
}

struct own {
    struct tenant row;
    bool found;
};

static bool own_find(struct ctx *c, void *with)
{
    struct own *own = with;
    return tenant_find(c, c->organisation, &own->row, &own->found);
}

static bool hello(struct ctx *c, int fd)
{
    struct move_hello h = { .server = c->app->config->store_url };
    struct own own = { 0 };
    struct secret_key key;
    if (!control_read(c, own_find, &own))
        return false;
    app_sub_key(c->app, "vow move check 1", &key);
    hash_sha256(key.byte, sizeof key.byte, h.key);
    secret_key_wipe(&key);
    declarations_hash(c, h.declarations);
    if (own.found) {
        h.move = own.row.move;
        strncat(h.state, own.row.state, sizeof h.state - 1);
    }
    return frame_send(fd, FRAME_HELLO, &h, sizeof h, c->err);
}

static void error_tell(int fd, const struct error *err)
{
    char text[ERROR_TEXT + 80];
    const struct problem_info *info = problem_info(err->problem ? err->problem : INTERNAL);
    text[0] = (char)(err->problem ? err->problem : INTERNAL);
    strcpy(text + 1, err->detail[0] ? err->detail : info->title);
    (void)!frame_send(fd, FRAME_ERROR, text, 1 + strlen(text + 1), &(struct error){ 0 });
}

void move_side(struct app *app, int fd, bool gives, struct id organisation)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(app, &a, &err, "move");
    c.organisation = organisation;
    app->moving.organisation = organisation;
    if (!hello(&c, fd) || !(gives ? move_give(&c, fd) : move_take(&c, fd)))
        error_tell(fd, &err);
    arena_done(&a);
}
