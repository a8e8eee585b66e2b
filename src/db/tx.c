/* tx.c: what db.h offers on a database or in a transaction, handed to the engine that holds it. */
#include "engine.h"

#include <string.h>

struct arena *tx_arena(struct tx *tx)
{
    return tx->arena;
}

struct db *tx_db(struct tx *tx)
{
    return tx->db;
}

bool tx_writes(const struct tx *tx)
{
    return tx->writes;
}

bool tx_run(struct tx *tx, const struct query *q, const struct value *args, size_t n,
            int64_t *changed)
{
    return scans_check(tx, q, args, n) && tx->db->store->engine->run(tx, q, args, n, changed);
}

bool tx_row(struct tx *tx, const struct query *q, const struct value *args, size_t n,
            const struct field *fields, void *ret, bool *found)
{
    return scans_check(tx, q, args, n) &&
           tx->db->store->engine->row(tx, q, args, n, fields, ret, found);
}

bool tx_found(struct tx *tx, const struct query *q, const struct value *args, size_t n, bool *ret)
{
    static const struct field fields[] = { { .name = "id", .kind = KIND_ID }, { 0 } };
    struct id id;
    return tx_row(tx, q, args, n, fields, &id, ret);
}

bool tx_each(struct tx *tx, const struct query *q, const struct value *args, size_t n,
             const struct field *fields, size_t size, row_fn *each, void *with)
{
    return scans_check(tx, q, args, n) &&
           tx->db->store->engine->each(tx, q, args, n, fields, size, each, with);
}

bool tx_rows(struct tx *tx, const struct query *q, const struct value *args, size_t n,
             const struct field *fields, size_t size, size_t max, struct list *ret)
{
    return scans_check(tx, q, args, n) &&
           tx->db->store->engine->rows(tx, q, args, n, fields, size, max, ret);
}

void tx_last(struct tx *tx, tx_last_work *last, void *with)
{
    assert(tx->writes);
    struct put_off **end = tx->off;
    while (*end)
        end = &(*end)->next;
    *end = arena_new(tx->arena, struct put_off);
    **end = (struct put_off){ .last = last, .with = with };
}

/* Takes those with the same function out of the list; how many. */
static size_t off_take(struct put_off **list, tx_last_work *last, void **ret)
{
    size_t n = 0;
    while (*list) {
        struct put_off *one = *list;
        if (one->last != last) {
            list = &one->next;
            continue;
        }
        *list = one->next;
        ret[n++] = one->with;
    }
    return n;
}

bool tx_catch_up(struct tx *tx)
{
    while (tx->off && *tx->off) {
        tx_last_work *last = (*tx->off)->last;
        size_t count = 0;
        for (const struct put_off *one = *tx->off; one; one = one->next)
            count++;
        void **with = arena_many(tx->arena, count, void *);
        count = off_take(tx->off, last, with);
        if (!last(tx, with, count, tx->err))
            return error_set(tx->err, INTERNAL, "a work failed without a reason");
    }
    return true;
}

struct query query_composed(const char *sql)
{
    return (struct query){ .sql = sql };
}

bool db_seals(const struct db *db)
{
    return db->store->engine->seals;
}

const char *db_column_type(const struct db *db, const struct field *f)
{
    return db->store->engine->column_type(f);
}

const char *db_blind_type(const struct db *db)
{
    return db->store->engine->blind_type;
}

const char *db_index_order(const struct db *db)
{
    return db->store->engine->index_order;
}

const char *db_value_size(const struct db *db)
{
    return db->store->engine->value_size;
}

void db_fence(struct db *db, pthread_t thread)
{
    pthread_mutex_lock(&db->store->lock);
    db->fenced_for = thread;
    __atomic_store_n(&db->fenced, true, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&db->store->lock);
}

void db_unfence(struct db *db)
{
    pthread_mutex_lock(&db->store->lock);
    __atomic_store_n(&db->fenced, false, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&db->store->lock);
}

bool db_admits(struct db *db, pthread_t thread, struct error *err)
{
    if (!__atomic_load_n(&db->fenced, __ATOMIC_ACQUIRE))
        return true;
    pthread_mutex_lock(&db->store->lock);
    bool ok = !db->fenced || pthread_equal(db->fenced_for, thread);
    pthread_mutex_unlock(&db->store->lock);
    return ok || error_set(err, UNAVAILABLE, NULL);
}

bool tx_lock_out(struct tx *tx)
{
    const struct engine *engine = tx->db->store->engine;
    return !engine->lock_out || engine->lock_out(tx);
}

bool tx_let_in(struct tx *tx)
{
    const struct engine *engine = tx->db->store->engine;
    return !engine->let_in || engine->let_in(tx);
}

bool tx_hold(struct tx *tx)
{
    const struct engine *engine = tx->db->store->engine;
    return tx_catch_up(tx) && (!engine->hold || engine->hold(tx));
}

bool tx_table_columns(struct tx *tx, const char *table, struct column **ret, size_t *count)
{
    static const struct field fields[] = { FIELD(struct column, name),
                                           FIELD(struct column, type),
                                           { 0 } };
    const struct engine *engine = tx->db->store->engine;
    struct query q = query_composed(engine->columns);
    struct list rows;
    if (!engine->rows(tx, &q, ARGS(value_text(table)), fields, sizeof(struct column), 0, &rows))
        return false;
    *ret = arena_many(tx->arena, rows.count, struct column);
    for (size_t i = 0; i < rows.count; i++)
        (*ret)[i] = ((const struct column *)rows.at)[i];
    *count = rows.count;
    return true;
}

struct name {
    const char *text;
};

bool tx_tables(struct tx *tx, const char ***ret, size_t *count)
{
    static const struct field fields[] = { FIELD(struct name, text), { 0 } };
    const struct engine *engine = tx->db->store->engine;
    struct query q = query_composed(engine->tables);
    struct list rows;
    if (!engine->rows(tx, &q, NO_ARGS, fields, sizeof(struct name), 0, &rows))
        return false;
    *ret = arena_many(tx->arena, rows.count, const char *);
    for (size_t i = 0; i < rows.count; i++)
        (*ret)[i] = ((const struct name *)rows.at)[i].text;
    *count = rows.count;
    return true;
}

struct size {
    int64_t bytes;
};

bool tx_size(struct tx *tx, int64_t *ret)
{
    static const struct field fields[] = { FIELD(struct size, bytes), { 0 } };
    const struct engine *engine = tx->db->store->engine;
    struct query q = query_composed(engine->size);
    struct size size = { 0 };
    bool found;
    if (!engine->row(tx, &q, NO_ARGS, fields, &size, &found))
        return false;
    *ret = size.bytes;
    return true;
}

struct db_room *db_room(struct db *db)
{
    return &db->room;
}

bool db_read(struct db *db, struct arena *a, db_work *work, void *with, struct error *err)
{
    return db_admits(db, pthread_self(), err) && db->store->engine->read(db, a, work, with, err);
}

bool store_waits(const struct store *s)
{
    return s->engine->waits;
}

bool store_ids(struct store *s, struct arena *a, struct id **ret, size_t *count, struct error *err)
{
    return s->engine->ids(s, a, ret, count, err);
}

bool db_checkpoint(struct db *db, struct error *err)
{
    return db->store->engine->checkpoint(db, err);
}

bool db_check(struct db *db, struct error *err)
{
    return db->store->engine->check(db, err);
}

bool db_backup(struct db *db, const char *path, struct error *err)
{
    return db->store->engine->backup(db, path, err);
}

bool db_snapshot(struct db *db, struct error *err)
{
    return db->store->engine->snapshot(db, err);
}

bool db_snapshot_commit(struct db *db, struct error *err)
{
    return db->store->engine->snapshot_commit(db, err);
}

bool db_snapshot_rollback(struct db *db, struct error *err)
{
    return db->store->engine->snapshot_rollback(db, err);
}

bool tx_raw(struct tx *tx, raw_fn *each, void *with)
{
    const struct engine *engine = tx->db->store->engine;
    if (!engine->raw)
        return error_set(tx->err, INVALID, "the databases are files");
    return engine->raw(tx, each, with);
}
