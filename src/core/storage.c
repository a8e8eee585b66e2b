/* storage.c: what an organisation keeps, measured now and then, and counted in between. */
#include "storage.h"

#include "app.h"
#include "db/compose.h"

#include <string.h>

/* Seconds for which a measurement serves: while there is room; while there is none, for room may
   have been made; and where measuring then means to read all rows. */
enum { WHILE_ROOM_S = 10, WHILE_FULL_S = 1, WHILE_FULL_ON_SERVER_S = 30 };
enum { ROW_BYTES = 100 }; /* of a row with its indexes, beside its texts */

struct sum {
    int64_t bytes;
};
static const struct field sum_fields[] = {
    FIELD(struct sum, bytes, .privacy = OPERATIONAL, .doc = "Bytes"),
    { 0 },
};

static bool is_long(const struct field *f)
{
    return f->kind == KIND_TEXT || f->kind == KIND_BLOB || f->kind == KIND_JSON ||
           f->kind == KIND_LIST;
}

/* What the rows of a table take, without what was deleted. */
static bool rows_used(struct ctx *c, const struct table *t, int64_t *ret)
{
    const char *size = db_value_size(tx_db(c->tx));
    struct buffer sql = buffer_new(c->arena);
    struct sum sum = { 0 };
    bool found;
    buffer_printf(&sql, "SELECT CAST(COUNT(*) * %d", ROW_BYTES);
    EACH_FIELD (f, t->fields)
        if (is_long(f))
            buffer_printf(&sql, " + COALESCE(SUM(%s(\"%s\")), 0)", size, f->name);
    buffer_printf(&sql, " AS bigint) FROM %s", t->name);
    struct query q = query_composed(sql.at);
    q.whole = "What is kept is all there is";
    if (!tx_row(c->tx, &q, NO_ARGS, sum_fields, &sum, &found))
        return false;
    *ret += sum.bytes;
    return true;
}

/* A server's tables do not become smaller by what is deleted from them: where they are too large as
   they lie, what is in them counts. */
static bool used_exactly(struct ctx *c, int64_t *ret)
{
    const struct table **tables;
    size_t count;
    int64_t bytes = 0;
    if (!tables_all(c, &tables, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!rows_used(c, tables[i], &bytes))
            return false;
    *ret = bytes < *ret ? bytes : *ret;
    return true;
}

/* `more`: what has to go in, too. */
static bool measure(struct ctx *c, int64_t more, int64_t *ret)
{
    int64_t limit = c->app->config->org_storage, bytes;
    if (!tx_size(c->tx, &bytes))
        return false;
    if (limit && bytes + more > limit && db_value_size(tx_db(c->tx)) && !used_exactly(c, &bytes))
        return false;
    *ret = bytes;
    return true;
}

bool storage_used(struct ctx *c, int64_t *ret)
{
    return measure(c, c->app->config->org_storage / 4, ret); /* exactly where it matters */
}

static int64_t row_bytes(const struct table *t, const void *row)
{
    int64_t bytes = ROW_BYTES;
    EACH_FIELD (f, t->fields) {
        const void *at = field_of(f, row);
        if (field_absent(f, row))
            continue;
        if (f->kind == KIND_TEXT || f->kind == KIND_JSON)
            bytes += (int64_t)strlen(*(const char *const *)at);
        else if (f->kind == KIND_BLOB)
            bytes += (int64_t)((const struct blob *)at)->len;
    }
    return bytes;
}

static bool is_asked(const struct ctx *c, const struct table *t)
{
    return c->x && !t->control && !t->log && !t->singleton && !t->stands;
}

int64_t storage_bytes(const struct ctx *c, const struct table *t, const void *row)
{
    return c->app->config->org_storage && is_asked(c, t) ? row_bytes(t, row) : 0;
}

static bool refuse_full(struct ctx *c)
{
    return fail(c, STORAGE_USED_UP,
                "Delete what is not needed, or ask who runs this server for more room");
}

bool storage_admit(struct ctx *c, const struct table *t, const void *row)
{
    return storage_admit_bytes(c, storage_bytes(c, t, row));
}

bool storage_admit_bytes(struct ctx *c, int64_t more)
{
    int64_t limit = c->app->config->org_storage;
    if (!more)
        return true;
    struct db_room *room = db_room(tx_db(c->tx));
    int64_t now = c->now.us / 1000000;
    /* What has grown may be gone again: only a measurement says that there is no room. */
    int64_t serves = room->used + room->grown + more <= limit ? WHILE_ROOM_S
                     : room->used + more <= limit             ? 0
                     : db_value_size(tx_db(c->tx))            ? WHILE_FULL_ON_SERVER_S
                                                              : WHILE_FULL_S;
    if (now < room->at || now - room->at >= serves) {
        int64_t used;
        if (!measure(c, more, &used))
            return false;
        *room = (struct db_room){ .used = used, .at = now };
    }
    if (room->used + room->grown + more > limit)
        return refuse_full(c);
    room->grown += more;
    return true;
}

bool storage_holds(struct ctx *c, int64_t more)
{
    int64_t used;
    if (!more)
        return true;
    return measure(c, more, &used) &&
           (used + more <= c->app->config->org_storage || refuse_full(c));
}
