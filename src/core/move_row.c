/* move_row.c: rows as bytes and back, without the engine's ways of storing them. */
#include "move_row.h"

#include "db/compose.h"
#include "rows.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

static bool is_bytes(enum kind k)
{
    return k == KIND_TEXT || k == KIND_BLOB || k == KIND_JSON;
}

void row_encode(struct buffer *to, struct arena *a, const struct table *t, const void *record)
{
    EACH_FIELD (f, t->fields) {
        struct value v = f->kind == KIND_LIST ? value_list(a, f, record) : value_field(f, record);
        buffer_char(to, (char)v.kind);
        if (v.kind == KIND_NONE)
            continue;
        if (is_bytes(v.kind)) {
            uint32_t n = (uint32_t)v.bytes.len;
            buffer_add(to, &n, sizeof n);
            buffer_add(to, v.bytes.at, v.bytes.len);
        } else if (v.kind == KIND_ID) {
            buffer_add(to, &v.id, sizeof v.id);
        } else if (v.kind == KIND_REAL) {
            buffer_add(to, &v.real, sizeof v.real);
        } else {
            buffer_add(to, &v.i, sizeof v.i);
        }
    }
}

void row_stamp_make(const struct table *t, const void *record, struct buffer *encoded,
                    struct row_stamp *ret)
{
    row_encode(encoded, encoded->arena, t, record);
    ret->id = table_has_ids(t) ? ((const struct row *)record)->id : (struct id){ 0 };
    hash_sha256(encoded->at, encoded->len, ret->hash);
}

static bool part_take(struct blob *from, void *to, size_t n)
{
    if (from->len < n)
        return false;
    memcpy(to, from->at, n);
    from->at = (const char *)from->at + n;
    from->len -= n;
    return true;
}

static bool value_take(struct blob *from, const struct field *f, struct value *ret)
{
    uint8_t kind;
    uint32_t n;
    *ret = (struct value){ .column = f };
    if (!part_take(from, &kind, 1))
        return false;
    if (kind == KIND_NONE)
        return true;
    if (kind != (f->kind == KIND_LIST ? KIND_BLOB : f->kind))
        return false;
    ret->kind = kind;
    if (kind == KIND_ID)
        return part_take(from, &ret->id, sizeof ret->id);
    if (kind == KIND_REAL)
        return part_take(from, &ret->real, sizeof ret->real);
    if (!is_bytes(kind))
        return part_take(from, &ret->i, sizeof ret->i);
    if (!part_take(from, &n, sizeof n) || from->len < n)
        return false;
    ret->bytes = (struct blob){ from->at, n };
    from->at = (const char *)from->at + n;
    from->len -= n;
    return true;
}

bool row_decode(const struct table *t, struct blob from, struct value *ret, struct error *err)
{
    size_t n = 0;
    EACH_FIELD (f, t->fields)
        if (!value_take(&from, f, &ret[n++]))
            return error_set(err, INVALID, "A row of %s came damaged", t->name);
    return !from.len || error_set(err, INVALID, "A row of %s came damaged", t->name);
}

const char *columns_text(struct arena *a, const struct table *t)
{
    struct buffer text = buffer_new(a);
    buffer_string(&text, t->name);
    EACH_FIELD (f, t->fields)
        buffer_printf(&text, " %s:%s", f->name, kind_name(f->kind));
    return text.at;
}

bool table_has_ids(const struct table *t)
{
    return field_find(t->fields, "id") != NULL;
}

static int by_hash(const void *a, const void *b)
{
    return memcmp(((const struct row_stamp *)a)->hash, ((const struct row_stamp *)b)->hash,
                  HASH_SIZE);
}

void stamps_sort(struct row_stamps *s)
{
    if (s->count)
        qsort(s->at, s->count, sizeof *s->at, by_hash);
}

void stamps_add(struct row_stamps *s, struct arena *a, const struct row_stamp *stamp)
{
    if (s->count == s->room) {
        size_t room = s->room ? 2 * s->room : 64;
        struct row_stamp *more = arena_many(a, room, struct row_stamp);
        if (s->count)
            memcpy(more, s->at, s->count * sizeof *more);
        s->at = more;
        s->room = room;
    }
    s->at[s->count++] = *stamp;
}

bool rows_each(struct ctx *c, const struct table *t, const struct field *owner, row_fn *each,
               void *with)
{
    struct buffer sql = buffer_new(c->arena);
    struct value args[1] = { value_id(c->organisation) };
    select_add(&sql, t);
    if (owner)
        buffer_printf(&sql, " WHERE \"%s\" = $1", owner->name);
    buffer_string(&sql, table_has_ids(t) ? " ORDER BY id" : "");
    struct query q = query_composed(sql.at);
    q.whole = "All of an organisation moves";
    return tx_each(c->tx, &q, args, owner ? 1 : 0, t->fields, t->size, each, with);
}

bool tenant_find(struct ctx *c, struct id id, struct tenant *ret, bool *found)
{
    return row_look(c, &tenant_table, id, ret, found);
}
