/* sqlite_tx.c: statements in a transaction: values in, rows out. */
#include "sqlite.h"

#include <stdlib.h>
#include <string.h>

static int bind_one(sqlite3_stmt *s, int at, const struct value *v)
{
    switch (v->kind) {
    case KIND_NONE:
        return sqlite3_bind_null(s, at);
    case KIND_BOOL:
    case KIND_INT:
    case KIND_INSTANT:
    case KIND_DATE:
    case KIND_SPAN:
        return sqlite3_bind_int64(s, at, v->i);
    case KIND_REAL:
        return sqlite3_bind_double(s, at, v->real);
    case KIND_TEXT:
    case KIND_JSON:
        return sqlite3_bind_text64(s, at, v->bytes.at, v->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
    case KIND_BLOB:
        return sqlite3_bind_blob64(s, at, v->bytes.at, v->bytes.len, SQLITE_STATIC);
    case KIND_ID:
        return sqlite3_bind_blob(s, at, v->id.byte, sizeof v->id.byte, SQLITE_STATIC);
    case KIND_LIST:
    case KIND_RECORD:
        break;
    }
    return SQLITE_MISUSE;
}

/* Values are bound without a copy: every parameter is bound anew at the next use, and nothing
   looks at one between. */
static bool bind_all(struct tx *tx, struct stmt *s, const struct value *args, size_t n)
{
    for (int i = 0; i < s->parameters; i++) {
        if (s->number[i] > n)
            return error_set(tx->err, INTERNAL, "a statement lacks its parameter $%d",
                             s->number[i]);
        int rc = bind_one(s->handle, i + 1, &args[s->number[i] - 1]);
        if (rc != SQLITE_OK)
            return sqlite_fail(tx->err, tx->conn->handle, rc);
    }
    return true;
}

/* Before the first write of a work that has neighbours in its transaction. */
static bool write_start(struct tx *tx)
{
    if (!tx->writes)
        return error_set(tx->err, INTERNAL, "a reading work tried to write");
    if (tx->dirty)
        return true;
    if (tx->isolate) {
        int rc = conn_control(tx->conn, SAVE);
        if (rc != SQLITE_OK)
            return sqlite_fail(tx->err, tx->conn->handle, rc);
    }
    tx->dirty = true;
    return true;
}

/* SQLite ends the whole transaction where the file fails or is full. Whatever a work that got over
   that went on to write would be kept, each statement by itself. */
static bool start(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                  struct stmt **ret)
{
    struct stmt *s;
    if (sqlite3_get_autocommit(tx->conn->handle))
        return error_set(tx->err, UNAVAILABLE, "an earlier statement of this work failed");
    if (!stmt_get(tx->conn, q->sql, &s, tx->err))
        return false;
    if ((s->writes && !write_start(tx)) || !bind_all(tx, s, args, n)) {
        stmt_put(tx->conn, s);
        return false;
    }
    *ret = s;
    return true;
}

/* One step: SQLITE_ROW, SQLITE_DONE, or another code with the error noted. */
static int step(struct tx *tx, struct stmt *s)
{
    int rc = sqlite3_step(s->handle);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        sqlite_fail(tx->err, tx->conn->handle, rc);
    return rc;
}

bool sqlite_run(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                int64_t *changed)
{
    struct stmt *s;
    if (!start(tx, q, args, n, &s))
        return false;
    int rc;
    do
        rc = step(tx, s);
    while (rc == SQLITE_ROW);
    if (rc == SQLITE_DONE && changed)
        *changed = s->writes ? sqlite3_changes64(tx->conn->handle) : 0;
    stmt_put(tx->conn, s);
    return rc == SQLITE_DONE;
}

static bool column_id(sqlite3_stmt *s, int i, struct id *ret)
{
    const void *at = sqlite3_column_blob(s, i);
    if (sqlite3_column_type(s, i) != SQLITE_BLOB || sqlite3_column_bytes(s, i) != sizeof *ret)
        return false;
    memcpy(ret, at, sizeof *ret);
    return true;
}

static const char *column_text(sqlite3_stmt *s, int i, struct arena *a)
{
    const char *text = (const char *)sqlite3_column_text(s, i);
    if (!text)
        return NULL;
    return arena_text(a, text, (size_t)sqlite3_column_bytes(s, i));
}

static bool column_read(sqlite3_stmt *s, int i, struct arena *a, const struct field *f, void *at)
{
    switch (f->kind) {
    case KIND_BOOL:
        *(bool *)at = sqlite3_column_int64(s, i) != 0;
        return true;
    case KIND_INT:
        *(int64_t *)at = sqlite3_column_int64(s, i);
        return true;
    case KIND_REAL:
        *(double *)at = sqlite3_column_double(s, i);
        return true;
    case KIND_TEXT:
        return (*(const char **)at = column_text(s, i, a)) != NULL;
    case KIND_JSON:
        return (((struct json *)at)->text = column_text(s, i, a)) != NULL;
    case KIND_ID:
        return column_id(s, i, at);
    case KIND_INSTANT:
        ((struct instant *)at)->us = sqlite3_column_int64(s, i);
        return true;
    case KIND_DATE:
        ((struct date *)at)->day = sqlite3_column_int(s, i);
        return true;
    case KIND_SPAN:
        ((struct span *)at)->s = sqlite3_column_int64(s, i);
        return true;
    case KIND_BLOB: {
        struct blob *b = at;
        const void *from = sqlite3_column_blob(s, i);
        b->len = (size_t)sqlite3_column_bytes(s, i);
        b->at = arena_copy(a, from, from ? b->len : 0);
        return from || !b->len;
    }
    case KIND_LIST:
        return list_of_value(
            a, f, (struct blob){ sqlite3_column_blob(s, i), (size_t)sqlite3_column_bytes(s, i) },
            at);
    case KIND_NONE:
    case KIND_RECORD:
        break;
    }
    return false;
}

static bool row_read(struct tx *tx, struct stmt *s, struct arena *a, const struct field *fields,
                     void *record)
{
    int i = 0, columns = sqlite3_column_count(s->handle);
    EACH_FIELD (f, fields) {
        if (i == columns)
            return error_set(tx->err, INTERNAL, "a query has no column for '%s'", f->name);
        if (sqlite3_column_type(s->handle, i) == SQLITE_NULL)
            field_clear(f, record);
        else if (!column_read(s->handle, i, a, f, field_in(f, record)))
            return error_set(tx->err, INTERNAL, "the stored '%s' is no %s", f->name,
                             kind_name(f->kind));
        i++;
    }
    if (i != columns)
        return error_set(tx->err, INTERNAL, "a query has %d columns for %d fields", columns, i);
    return true;
}

bool sqlite_row(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                const struct field *fields, void *ret, bool *found)
{
    struct stmt *s;
    if (!start(tx, q, args, n, &s))
        return false;
    int rc = step(tx, s);
    bool row = rc == SQLITE_ROW;
    bool ok = row ? row_read(tx, s, tx->arena, fields, ret) : rc == SQLITE_DONE;
    /* A writing statement takes effect when it is stepped to its end. */
    while (ok && s->writes && rc == SQLITE_ROW) {
        rc = step(tx, s);
        ok = rc == SQLITE_ROW || rc == SQLITE_DONE;
    }
    stmt_put(tx->conn, s);
    if (ok)
        *found = row;
    return ok;
}

bool sqlite_each(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                 const struct field *fields, size_t size, row_fn *each, void *with)
{
    struct stmt *s;
    if (!start(tx, q, args, n, &s))
        return false;
    struct arena row = { 0 };
    void *record = arena_alloc(tx->arena, size);
    bool ok = true, more = true;
    int rc = SQLITE_ROW;
    while (ok && (more || s->writes) && (rc = step(tx, s)) == SQLITE_ROW) {
        if (!more)
            continue;
        memset(record, 0, size);
        ok = row_read(tx, s, &row, fields, record);
        more = ok && each(with, record);
        arena_reset(&row);
    }
    stmt_put(tx->conn, s);
    arena_done(&row);
    return ok && (rc == SQLITE_ROW || rc == SQLITE_DONE);
}

enum { ROWS_FIRST = 16 };

bool sqlite_rows(struct tx *tx, const struct query *q, const struct value *args, size_t n,
                 const struct field *fields, size_t size, size_t max, struct list *ret)
{
    struct stmt *s;
    if (!start(tx, q, args, n, &s))
        return false;
    size_t count = 0, room = 0, before = tx->arena->used;
    char *rows = NULL;
    bool ok = true;
    int rc = SQLITE_ROW;
    while (ok && (!max || count < max) && !rows_suffice(tx, q, before) &&
           (rc = step(tx, s)) == SQLITE_ROW) {
        if (count == room) {
            size_t more = room ? room * 2 : max && max < ROWS_FIRST ? max : ROWS_FIRST;
            char *larger = arena_array(tx->arena, more, size);
            if (count)
                memcpy(larger, rows, count * size);
            rows = larger;
            room = more;
        }
        ok = row_read(tx, s, tx->arena, fields, rows + count * size);
        count += ok;
    }
    while (ok && s->writes && rc == SQLITE_ROW)
        rc = step(tx, s);
    stmt_put(tx->conn, s);
    if (!ok || (rc != SQLITE_ROW && rc != SQLITE_DONE))
        return false;
    *ret = (struct list){ .at = rows, .count = count };
    return true;
}

const char *sqlite_column_type(const struct field *f)
{
    switch (f->kind) {
    case KIND_BOOL:
    case KIND_INT:
    case KIND_INSTANT:
    case KIND_DATE:
    case KIND_SPAN:
        return "INTEGER";
    case KIND_REAL:
        return "REAL";
    case KIND_TEXT:
    case KIND_JSON:
        return "TEXT";
    case KIND_ID:
    case KIND_BLOB:
    case KIND_LIST:
        return "BLOB";
    case KIND_NONE:
    case KIND_RECORD:
        break;
    }
    abort(); /* a record is no column */
}
