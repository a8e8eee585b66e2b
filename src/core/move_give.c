/* move_give.c: the source of a move. Everything is sent in a snapshot first, while work goes on;
   then, as a work of the writer, so that nobody writes meanwhile, what changed since and the stamp
   of every row. That work ends when the target has verified all of it, or when it has not. */
#include "move_row.h"

#include "db/compose.h"
#include "node.h"
#include "rows.h"

#include <pthread.h>
#include <string.h>

enum { STAMPS_AT_ONCE = 1000, TABLES_MAX = 2000 };

struct give {
    struct ctx *c;
    int fd;
    pthread_t thread; /* the move's; a work of its may run on another */
    struct id move;
    struct row_stamps seen[TABLES_MAX]; /* as sent in the snapshot */
    size_t tables;
    uint8_t control[HASH_SIZE]; /* of the rows of control that were sent */
    bool ran;                   /* the last pass */
};

/* The rows of one table on their way. */
struct pass {
    struct give *give;
    const struct table *table;
    struct row_stamps *stamps;
    bool send, ok;
};

static bool row_pass(void *with, const void *record)
{
    struct pass *p = with;
    struct ctx *c = p->give->c;
    struct arena a = { 0 };
    struct buffer row = buffer_new(&a);
    struct row_stamp stamp;
    row_stamp_make(p->table, record, &row, &stamp);
    stamps_add(p->stamps, c->arena, &stamp);
    p->ok = !p->send || frame_send(p->give->fd, FRAME_ROW, row.at, row.len, c->err);
    arena_done(&a);
    return p->ok;
}

static bool table_pass(struct give *g, const struct table *t, bool send, struct row_stamps *ret)
{
    struct pass p = { g, t, ret, send, true };
    *ret = (struct row_stamps){ .table = t->name };
    return rows_each(g->c, t, table_owner(t), row_pass, &p) && p.ok;
}

static bool table_begin(struct give *g, enum frame_type type, const struct table *t)
{
    const char *text = columns_text(g->c->arena, t);
    return frame_send(g->fd, type, text, strlen(text), g->c->err);
}

static bool pass_snapshot(struct ctx *c, void *with)
{
    struct give *g = with;
    const struct table **tables;
    size_t n;
    if (g->ran)
        return fail(c, UNAVAILABLE, "The connection to the database broke; run the command again");
    g->ran = true;
    if (!tables_all(c, &tables, &n))
        return false;
    if (n > TABLES_MAX)
        return fail(c, TOO_LARGE, "The organisation has too many tables to be moved");
    for (size_t i = 0; i < n; i++)
        if (table_has_ids(tables[i]) && (!table_begin(g, FRAME_TABLE, tables[i]) ||
                                         !table_pass(g, tables[i], true, &g->seen[g->tables++])))
            return false;
    return true;
}

/* What was sent of the table, or nothing. */
static struct row_stamps *seen_find(struct give *g, const char *table)
{
    for (size_t i = 0; i < g->tables; i++)
        if (!strcmp(g->seen[i].table, table))
            return &g->seen[i];
    return NULL;
}

static bool tables_drop(struct give *g, const struct table **now, size_t n)
{
    for (size_t i = 0; i < g->tables; i++) {
        bool there = false;
        for (size_t k = 0; k < n && !there; k++)
            there = !strcmp(now[k]->name, g->seen[i].table);
        if (!there &&
            !frame_send(g->fd, FRAME_DROP, g->seen[i].table, strlen(g->seen[i].table), g->c->err))
            return false;
    }
    return true;
}

static int stamp_order(const struct row_stamps *s, size_t i, const struct row_stamps *t, size_t k)
{
    if (i == s->count || k == t->count)
        return i == s->count ? k < t->count : -1;
    return memcmp(&s->at[i].id, &t->at[k].id, sizeof s->at[i].id);
}

/* Rows that are gone, then rows that are other than before: `deleting` sends the ids of both kinds
   (so that no unique value is in the way), else the new rows. */
static bool changes_send(struct give *g, const struct table *t, const struct row_stamps *old,
                         const struct row_stamps *now, bool deleting)
{
    for (size_t i = 0, k = 0; i < old->count || k < now->count;) {
        int order = stamp_order(old, i, now, k);
        bool same = !order && !memcmp(old->at[i].hash, now->at[k].hash, HASH_SIZE);
        const struct id *before = order <= 0 ? &old->at[i++].id : NULL;
        const struct id *after = order >= 0 ? &now->at[k++].id : NULL;
        if (same)
            continue;
        if (deleting && before &&
            !frame_send(g->fd, FRAME_DELETE, before, sizeof *before, g->c->err))
            return false;
        if (deleting || !after)
            continue;
        struct buffer row = buffer_new(g->c->arena);
        void *record = arena_alloc(g->c->arena, t->size);
        bool found = false;
        if (!row_look(g->c, t, *after, record, &found))
            return false;
        row_encode(&row, g->c->arena, t, record);
        if (!frame_send(g->fd, FRAME_ROW, row.at, row.len, g->c->err))
            return false;
    }
    return true;
}

static bool stamps_send(struct give *g, const struct row_stamps *s)
{
    for (size_t i = 0; i < s->count; i += STAMPS_AT_ONCE) {
        size_t n = s->count - i < STAMPS_AT_ONCE ? s->count - i : STAMPS_AT_ONCE;
        if (!frame_send(g->fd, FRAME_STAMPS, s->at + i, n * sizeof *s->at, g->c->err))
            return false;
    }
    return true;
}

/* Rows without ids cannot be told apart: all of them anew. */
static bool sums_settle(struct give *g, const struct table *t)
{
    struct row_stamps now;
    if (!table_begin(g, FRAME_TABLE, t) || !frame_send(g->fd, FRAME_CLEAR, NULL, 0, g->c->err) ||
        !table_pass(g, t, true, &now))
        return false;
    stamps_sort(&now);
    return stamps_send(g, &now);
}

static bool table_settle(struct give *g, const struct table *t)
{
    static const struct row_stamps none;
    const struct row_stamps *old = seen_find(g, t->name);
    struct row_stamps now;
    if (!table_has_ids(t))
        return sums_settle(g, t);
    return table_begin(g, FRAME_TABLE, t) && table_pass(g, t, false, &now) &&
           changes_send(g, t, old ? old : &none, &now, true) &&
           changes_send(g, t, old ? old : &none, &now, false) && stamps_send(g, &now);
}

/* The rows of control, sent or only looked at; `ret` recognises them. */
static bool control_pass(struct give *g, bool send, uint8_t ret[HASH_SIZE])
{
    struct buffer all = buffer_new(g->c->arena);
    for (const struct table *const *t = g->c->app->tables; *t; t++) {
        struct row_stamps stamps;
        if (!table_owner(*t))
            continue;
        if ((send && !table_begin(g, FRAME_CONTROL, *t)) || !table_pass(g, *t, send, &stamps) ||
            (send && !stamps_send(g, &stamps)))
            return false;
        buffer_add(&all, stamps.at, stamps.count * sizeof *stamps.at);
    }
    hash_sha256(all.at, all.len, ret);
    return true;
}

static bool control_send(struct ctx *c, void *with)
{
    struct give *g = with;
    (void)c;
    return control_pass(g, true, g->control);
}

static bool wait_for(struct give *g, enum frame_type wanted)
{
    enum frame_type type;
    struct blob payload;
    if (!frame_read(g->fd, g->c->arena, &type, &payload, g->c->err))
        return false;
    return type == wanted || fail(g->c, BAD_REQUEST, "The move was called off");
}

static bool pass_last(struct ctx *c, void *with)
{
    struct give *g = with;
    const struct table **tables;
    size_t n;
    if (g->ran) /* what was sent cannot be taken back */
        return fail(c, UNAVAILABLE, "The connection to the database broke; run the command again");
    g->ran = true;
    if (!tx_hold(c->tx) || !tables_all(c, &tables, &n) ||
        !frame_send(g->fd, FRAME_LAST, NULL, 0, c->err) || !tables_drop(g, tables, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!table_settle(g, tables[i]))
            return false;
    if (!control_read(c, control_send, g) || !frame_send(g->fd, FRAME_END, NULL, 0, c->err) ||
        !wait_for(g, FRAME_COMMIT))
        return false;
    db_fence(c->db, g->thread); /* for works that wait behind this one */
    return tx_lock_out(c->tx);
}

static bool let_in(struct ctx *c, void *with)
{
    (void)with;
    return tx_let_in(c->tx);
}

static bool claim(struct ctx *c, void *with)
{
    const struct give *g = with;
    return tenant_claim(c, c->organisation, g->move);
}

static bool hand_over(struct ctx *c, void *with)
{
    struct give *g = with;
    uint8_t now[HASH_SIZE];
    if (!control_pass(g, false, now))
        return false;
    if (memcmp(now, g->control, sizeof now) != 0)
        return fail(c, CONFLICT, "Somebody signed in or out in the last moment");
    return tenant_leave(c, c->organisation, g->move);
}

static bool give_open(struct give *g)
{
    struct ctx *c = g->c;
    /* A fence that an interrupted move has left goes. */
    if (!control_write(c, claim, g) || !frame_send(g->fd, FRAME_DONE, NULL, 0, c->err) ||
        !ctx_write(c, let_in, NULL) || !ctx_read(c, pass_snapshot, g))
        return false;
    g->ran = false;
    c->app->moving.paused = true;
    node_gives(c->app->node, c->organisation);
    tables_settle(c);
    bool ok = ctx_write(c, pass_last, g) && control_write(c, hand_over, g);
    if (!ok) {
        struct error none = { 0 }, *outer = c->err;
        c->err = &none;
        (void)!ctx_write(c, let_in, NULL);
        c->err = outer;
        db_unfence(c->db);
    }
    return ok;
}

static bool give_all(struct give *g)
{
    struct ctx *c = g->c;
    if (!db_open(c->app->store, c->organisation, false, &c->db, c->err))
        return false;
    bool ok = give_open(g);
    db_release(c->db);
    c->db = NULL;
    c->app->moving.paused = false;
    node_gives(c->app->node, (struct id){ 0 });
    return ok && frame_send(g->fd, FRAME_DONE, NULL, 0, c->err) && wait_for(g, FRAME_DESTROY);
}

bool move_give(struct ctx *c, int fd)
{
    struct give *g = arena_new(c->arena, struct give);
    enum frame_type type;
    struct blob payload;
    g->c = c;
    g->fd = fd;
    g->thread = pthread_self();
    if (!frame_read(fd, c->arena, &type, &payload, c->err))
        return false;
    if (type == FRAME_GO && payload.len == sizeof g->move) {
        memcpy(&g->move, payload.at, sizeof g->move);
        if (!give_all(g))
            return false;
    } else if (type != FRAME_DESTROY) {
        return fail(c, BAD_REQUEST, "The move was called off");
    }
    return tenant_destroy(c, c->organisation) && frame_send(fd, FRAME_DONE, NULL, 0, c->err);
}
