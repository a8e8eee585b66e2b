/* move_take.c: the target of a move: stores what comes, reads all of it back, and compares. Until
   it is activated nobody else gets to see it. */
#include "move_row.h"

#include "audit.h"
#include "db/compose.h"
#include "rows.h"
#include "runner.h"
#include "schema.h"
#include "sql.h"

#include <pthread.h>
#include <string.h>

enum { BATCH_BYTES = 4 << 20 };

struct frame {
    enum frame_type type;
    struct blob payload;
};

/* What the source says is in a table. */
struct taken {
    const char *text; /* columns_text */
    bool control;
    struct row_stamps stamps;
};

/* The table of the rows that come. */
struct into {
    const struct table *table;
    const struct query *insert, *erase, *clear;
};

struct take {
    struct ctx *c;
    int fd;
    struct arena batch;
    struct frame *frame; /* of one batch; of control, all of them, kept until the end */
    size_t frames, room, bytes;
    bool control;
    struct into into, began; /* `began`: what it was before the batch */
    struct taken *taken;     /* in the last pass */
    size_t count, taken_room;
};

static bool is_table(const struct table *t, const char *text)
{
    size_t n = strlen(t->name);
    return !strncmp(t->name, text, n) && (!text[n] || text[n] == ' ');
}

static bool table_known(struct take *k, const char *text, bool control, const struct table **ret)
{
    const struct table **tables;
    size_t n = 0;
    for (const struct table *const *t = k->c->app->tables; *t; t++)
        if ((*t)->control == control && is_table(*t, text)) {
            *ret = *t;
            return true;
        }
    /* One that the organisation has declared in rows which came before. */
    if (control || !tables_all(k->c, &tables, &n))
        return fail(k->c, INVALID, "The source has a table that is not known here");
    for (size_t i = 0; i < n; i++)
        if (is_table(tables[i], text)) {
            *ret = tables[i];
            return !tx_writes(k->c->tx) || schema_apply(k->c, tables[i]);
        }
    return fail(k->c, INVALID, "The source has a table that is not known here");
}

static bool table_enter(struct take *k, const char *text, bool control)
{
    struct ctx *c = k->c;
    if (!table_known(k, text, control, &k->into.table))
        return false;
    if (strcmp(columns_text(c->arena, k->into.table), text) != 0)
        return fail(c, INVALID, "The table %s has other columns here: use the same version",
                    k->into.table->name);
    struct buffer insert = buffer_new(c->arena), erase = buffer_new(c->arena),
                  clear = buffer_new(c->arena);
    insert_add(&insert, k->into.table);
    buffer_printf(&erase, "DELETE FROM %s WHERE id = $1", k->into.table->name);
    buffer_printf(&clear, "DELETE FROM %s", k->into.table->name);
    k->into.insert = composed(c, &insert);
    k->into.erase = composed(c, &erase);
    struct query *all = arena_new(c->arena, struct query);
    *all = query_composed(clear.at);
    all->whole = "The moved rows take the place of all";
    k->into.clear = all;
    return true;
}

static bool row_store(struct take *k, struct blob row)
{
    struct value args[FIELDS_MAX];
    return row_decode(k->into.table, row, args, k->c->err) &&
           tx_run(k->c->tx, k->into.insert, args, field_count(k->into.table->fields), NULL);
}

static bool row_erase(struct take *k, struct blob payload)
{
    struct id id;
    memcpy(&id, payload.at, sizeof id);
    return tx_run(k->c->tx, k->into.erase, ARGS(value_id(id)), NULL);
}

static bool table_gone(struct take *k, const char *name)
{
    if (app_table(k->c->app, name))
        return fail(k->c, INVALID, "The source lost a table that belongs to the program");
    return schema_drop(k->c, &(struct table){ .name = name });
}

static bool frame_apply(struct take *k, const struct frame *f)
{
    switch (f->type) {
    case FRAME_TABLE:
    case FRAME_CONTROL:
        return table_enter(k, f->payload.at, f->type == FRAME_CONTROL);
    case FRAME_ROW:
        return (k->into.table || fail(k->c, INVALID, "A row came without a table")) &&
               row_store(k, f->payload);
    case FRAME_DELETE:
        return (k->into.table && f->payload.len == sizeof(struct id))
                   ? row_erase(k, f->payload)
                   : fail(k->c, INVALID, "A row came without a table");
    case FRAME_CLEAR:
        return (k->into.table || fail(k->c, INVALID, "A row came without a table")) &&
               tx_run(k->c->tx, k->into.clear, NO_ARGS, NULL);
    case FRAME_DROP:
        return table_gone(k, f->payload.at);
    default:
        return fail(k->c, INVALID, "The source said what is not understood");
    }
}

/* May run more than once: begins each time with the table that it began with. */
static bool batch_apply(struct ctx *c, void *with)
{
    struct take *k = with;
    bool ok = true;
    (void)c;
    k->into = k->began;
    for (size_t i = 0; i < k->frames && ok; i++)
        ok = frame_apply(k, &k->frame[i]);
    return ok;
}

static bool batch_write(struct take *k)
{
    k->began = k->into;
    bool ok = !k->frames || ctx_write(k->c, batch_apply, k);
    arena_reset(&k->batch);
    k->frame = NULL;
    k->frames = k->room = k->bytes = 0;
    return ok;
}

static void frame_keep(struct take *k, struct arena *a, enum frame_type type, struct blob payload)
{
    if (k->frames == k->room) {
        k->room = k->room ? 2 * k->room : 256;
        struct frame *more = arena_many(a, k->room, struct frame);
        if (k->frames)
            memcpy(more, k->frame, k->frames * sizeof *more);
        k->frame = more;
    }
    k->frame[k->frames++] = (struct frame){ type, payload };
    k->bytes += payload.len;
}

static void taken_add(struct take *k, const char *text)
{
    struct arena *a = k->c->arena;
    if (k->count == k->taken_room) {
        k->taken_room = k->taken_room ? 2 * k->taken_room : 128;
        struct taken *more = arena_many(a, k->taken_room, struct taken);
        if (k->count)
            memcpy(more, k->taken, k->count * sizeof *more);
        k->taken = more;
    }
    k->taken[k->count++] = (struct taken){ .text = arena_string(a, text), .control = k->control };
}

/* Stamps of the table that was begun last. */
static bool stamps_take(struct take *k, struct blob payload)
{
    struct row_stamp stamp;
    if (!k->count || payload.len % sizeof stamp)
        return fail(k->c, INVALID, "The source said what is not understood");
    for (size_t at = 0; at < payload.len; at += sizeof stamp) {
        memcpy(&stamp, (const char *)payload.at + at, sizeof stamp);
        stamps_add(&k->taken[k->count - 1].stamps, k->c->arena, &stamp);
    }
    return true;
}

/* Rows of control come last; they are kept, to be stored in one transaction. */
static bool control_begin(struct take *k)
{
    bool ok = k->control || batch_write(k);
    k->control = true;
    return ok;
}

static bool frame_take(struct take *k, bool *ended)
{
    enum frame_type type;
    struct blob payload;
    struct arena *a = k->control ? k->c->arena : &k->batch;
    if (!frame_read(k->fd, a, &type, &payload, k->c->err))
        return false;
    if (type == FRAME_STAMPS)
        return stamps_take(k, payload);
    if (type == FRAME_END || type == FRAME_LAST) {
        *ended = type == FRAME_END;
        k->count = *ended ? k->count : 0;
        return k->control || batch_write(k);
    }
    if (type == FRAME_CONTROL && !k->control) {
        payload.at = arena_text(k->c->arena, payload.at, payload.len);
        a = k->c->arena;
        if (!control_begin(k))
            return false;
    }
    if (type == FRAME_TABLE || type == FRAME_CONTROL)
        taken_add(k, payload.at);
    frame_keep(k, a, type, payload);
    return k->control || k->bytes < BATCH_BYTES || batch_write(k);
}

static bool rows_take(struct take *k)
{
    for (bool ended = false; !ended;)
        if (!frame_take(k, &ended))
            return false;
    k->began = k->into;
    bool ok = control_write(k->c, batch_apply, k);
    if (!ok && k->c->err->problem == ALREADY_EXISTS) {
        *k->c->err = (struct error){ 0 };
        return fail(
            k->c, ALREADY_EXISTS,
            "Somebody of the organisation has an account in the target with the same email");
    }
    return ok;
}

/* --- reading it all back --- */

struct check {
    const struct table *table;
    struct row_stamps stamps;
    struct arena *arena;
};

static bool row_check(void *with, const void *record)
{
    struct check *check = with;
    struct arena a = { 0 };
    struct buffer row = buffer_new(&a);
    struct row_stamp stamp;
    row_stamp_make(check->table, record, &row, &stamp);
    stamps_add(&check->stamps, check->arena, &stamp);
    arena_done(&a);
    return true;
}

/* Every row that the source has, no other, and each as it is there. */
static bool rows_compare(struct take *k, const struct taken *taken)
{
    struct check check = { .arena = &k->batch };
    if (!table_known(k, taken->text, taken->control, &check.table) ||
        !rows_each(k->c, check.table, table_owner(check.table), row_check, &check))
        return false;
    if (!table_has_ids(check.table))
        stamps_sort(&check.stamps);
    size_t n = check.stamps.count;
    bool same = n == taken->stamps.count &&
                (!n || !memcmp(check.stamps.at, taken->stamps.at, n * sizeof *check.stamps.at));
    arena_reset(&k->batch);
    return same || fail(k->c, INTERNAL, "The table %s is not in the target as it is in the source",
                        check.table->name);
}

static bool tables_check(struct take *k, bool control)
{
    const struct table **tables;
    size_t n = 0, checked = 0;
    for (size_t i = 0; i < k->count; i++) {
        if (k->taken[i].control != control)
            continue;
        if (!rows_compare(k, &k->taken[i]))
            return false;
        checked++;
    }
    if (!control && !tables_all(k->c, &tables, &n))
        return false;
    return control || n == checked ||
           fail(k->c, INTERNAL, "The target has other tables than the source");
}

static bool control_check(struct ctx *c, void *with)
{
    (void)c;
    return tables_check(with, true);
}

static bool organisation_check(struct ctx *c, void *with)
{
    (void)c;
    return tables_check(with, false);
}

static bool arrival_note(struct ctx *c, void *with)
{
    (void)with;
    return audit_add(c, "organisation.move", c->organisation, (struct id){ 0 }, NULL);
}

static bool activate(struct ctx *c, void *with)
{
    (void)with;
    return tenant_activate(c, c->organisation);
}

static bool wait_for(struct take *k, enum frame_type wanted, struct blob *ret)
{
    enum frame_type type;
    if (!frame_read(k->fd, k->c->arena, &type, ret, k->c->err))
        return false;
    return type == wanted || fail(k->c, BAD_REQUEST, "The move was called off");
}

static bool take_fenced(struct take *k, bool resumed)
{
    struct ctx *c = k->c;
    struct blob payload;
    db_fence(c->db, pthread_self());
    if (!resumed && (!rows_take(k) || !ctx_read(c, organisation_check, k) ||
                     !control_read(c, control_check, k) ||
                     !frame_send(k->fd, FRAME_VERIFIED, NULL, 0, c->err) ||
                     !wait_for(k, FRAME_ACTIVATE, &payload)))
        return false;
    if (!ctx_write(c, arrival_note, NULL) || !control_write(c, activate, NULL))
        return false;
    db_unfence(c->db);
    return true;
}

static bool take_open(struct take *k, bool resumed)
{
    struct ctx *c = k->c;
    if (!db_open(c->app->store, c->organisation, !resumed, &c->db, c->err))
        return false;
    bool ok = take_fenced(k, resumed);
    db_release(c->db);
    c->db = NULL;
    return ok;
}

/* Nobody else opens it before, when it is not what it will be, nor after it has failed; what is
   open then, because somebody else just looks at it, is fenced. */
static bool take_all(struct take *k, bool resumed)
{
    struct ctx *c = k->c;
    c->app->moving.takes = true;
    bool ok = take_open(k, resumed);
    c->app->moving.takes = false;
    if (!ok) {
        db_forget(c->app->store, c->organisation);
        return false;
    }
    runner_wake(c->app->runner, c->organisation);
    return frame_send(k->fd, FRAME_DONE, NULL, 0, c->err);
}

bool move_take(struct ctx *c, int fd)
{
    struct take k = { .c = c, .fd = fd };
    enum frame_type type;
    struct blob payload;
    struct id move;
    if (!frame_read(fd, c->arena, &type, &payload, c->err))
        return false;
    if (type == FRAME_ACTIVATE)
        return take_all(&k, true);
    if (type != FRAME_GO || payload.len != sizeof move)
        return fail(c, BAD_REQUEST, "The move was called off");
    memcpy(&move, payload.at, sizeof move);
    bool ok = tenant_arrive(c, c->organisation, move) && take_all(&k, false);
    arena_done(&k.batch);
    return ok;
}
