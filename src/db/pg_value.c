/* pg_value.c: values in the server's binary format, sealed and blind ones among them. */
#include "pg.h"

#include "crypt/hash.h"

#include <math.h>
#include <string.h>

enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_FLOAT8 = 701,
    TYPE_UNKNOWN = 705,
    TYPE_BPCHAR = 1042,
    TYPE_VARCHAR = 1043,
    TYPE_NUMERIC = 1700,
    TYPE_UUID = 2950
};

enum { WHERE_MAX = 2 * PG_NAME + 64, BLIND_SIZE = 16 };

static void put_64(uint8_t *to, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)(v >> (56 - 8 * i));
}

static uint64_t get_n(const uint8_t *from, int n)
{
    uint64_t v = 0;
    for (int i = 0; i < n; i++)
        v = v << 8 | from[i];
    return v;
}

/* What a sealed value is bound to: table, column and row. */
static struct blob bound_to(uint8_t room[WHERE_MAX], const char *where, size_t size, const void *id)
{
    static const char purpose[] = "vow column 1";
    uint8_t *at = room;
    assert(sizeof purpose + size + sizeof(struct id) <= WHERE_MAX);
    memcpy(at, purpose, sizeof purpose);
    at += sizeof purpose;
    memcpy(at, where, size);
    at += size;
    memcpy(at, id, sizeof(struct id));
    at += sizeof(struct id);
    return (struct blob){ room, (size_t)(at - room) };
}

static bool value_seal(struct tx *tx, const struct pg_param *p, const struct value *args,
                       struct blob *ret)
{
    const struct value *v = &args[p->arg];
    uint8_t room[WHERE_MAX];
    if (p->id == NO_ID || args[p->id].kind != KIND_ID)
        return error_set(tx->err, INTERNAL,
                         "'%s' is protected: a statement that stores it must name its row by id",
                         v->column->name);
    uint8_t *sealed = arena_alloc(tx->arena, v->bytes.len + SEAL_ADDED);
    struct blob bound = bound_to(room, p->where, p->where_size, args[p->id].id.byte);
    sealer_seal(tx->pg->sealer, bound, v->bytes.at, v->bytes.len, sealed);
    *ret = (struct blob){ sealed, v->bytes.len + SEAL_ADDED };
    return true;
}

static void value_blind(struct tx *tx, const struct pg_param *p, const struct value *v,
                        uint8_t ret[BLIND_SIZE])
{
    uint8_t hash[HASH_SIZE];
    uint8_t *text = arena_alloc(tx->arena, p->where_size + v->bytes.len + 1);
    memcpy(text, p->where, p->where_size);
    if (v->bytes.len)
        memcpy(text + p->where_size, v->bytes.at, v->bytes.len);
    hash_hmac(&tx->db->pg->blind, text, p->where_size + v->bytes.len, hash);
    memcpy(ret, hash, BLIND_SIZE);
}

static void plain(const struct value *v, uint8_t room[16], struct blob *ret)
{
    uint64_t bits;
    switch (v->kind) {
    case KIND_REAL:
        memcpy(&bits, &v->real, sizeof bits);
        put_64(room, bits);
        *ret = (struct blob){ room, 8 };
        return;
    case KIND_TEXT:
    case KIND_JSON:
    case KIND_BLOB:
        *ret = v->bytes;
        return;
    case KIND_ID:
        *ret = (struct blob){ v->id.byte, sizeof v->id.byte };
        return;
    default:
        put_64(room, (uint64_t)v->i);
        *ret = (struct blob){ room, 8 };
    }
}

bool pg_encode(struct tx *tx, const struct pg_plan *plan, const struct value *args,
               struct pg_values *ret)
{
    for (int i = 0; i < plan->params; i++) {
        const struct pg_param *p = &plan->param[i];
        const struct value *v = &args[p->arg];
        struct blob b = { "", 0 };
        ret->at[i] = NULL;
        ret->size[i] = 0;
        if (v->kind == KIND_NONE)
            continue;
        if (p->mode == PG_SEAL && !value_seal(tx, p, args, &b))
            return false;
        if (p->mode == PG_BLIND) {
            value_blind(tx, p, v, ret->room[i]);
            b = (struct blob){ ret->room[i], BLIND_SIZE };
        }
        if (p->mode == PG_PLAIN)
            plain(v, ret->room[i], &b);
        if (b.len > INT32_MAX / 2)
            return error_set(tx->err, TOO_LARGE, "the database takes no value as long");
        ret->at[i] = b.len ? b.at : "";
        ret->size[i] = (int)b.len;
    }
    return true;
}

/* numeric: groups of four decimal digits; what SUM makes of integers. */
static bool numeric_int(const uint8_t *at, int size, int64_t *ret)
{
    if (size < 8)
        return false;
    int groups = (int16_t)get_n(at, 2), weight = (int16_t)get_n(at + 2, 2);
    int sign = (int)get_n(at + 4, 2);
    int64_t v = 0;
    if (groups > weight + 1 || weight > 4 || (sign != 0 && sign != 0x4000) || size < 8 + 2 * groups)
        return false;
    for (int i = 0; i <= weight; i++) {
        int64_t digits = i < groups ? (int64_t)get_n(at + 8 + 2 * i, 2) : 0;
        if (__builtin_mul_overflow(v, 10000, &v) ||
            __builtin_sub_overflow(v, digits, &v)) /* below zero, where there is one more */
            return false;
    }
    return sign ? (*ret = v, true) : !__builtin_sub_overflow(0, v, ret);
}

static bool read_int(Oid type, const uint8_t *at, int size, int64_t *ret)
{
    switch (type) {
    case TYPE_INT8:
        *ret = (int64_t)get_n(at, 8);
        return true;
    case TYPE_INT4:
        *ret = (int32_t)get_n(at, 4);
        return true;
    case TYPE_INT2:
        *ret = (int16_t)get_n(at, 2);
        return true;
    case TYPE_BOOL:
        *ret = *at != 0;
        return true;
    case TYPE_NUMERIC:
        return numeric_int(at, size, ret);
    default:
        return false;
    }
}

static bool read_real(Oid type, const uint8_t *at, int size, double *ret)
{
    int64_t i;
    if (type == TYPE_FLOAT8) {
        uint64_t bits = get_n(at, 8);
        memcpy(ret, &bits, sizeof *ret);
        return true;
    }
    if (!read_int(type, at, size, &i))
        return false;
    *ret = (double)i;
    return true;
}

static bool is_text(Oid type)
{
    return type == TYPE_TEXT || type == TYPE_VARCHAR || type == TYPE_NAME || type == TYPE_UNKNOWN ||
           type == TYPE_BPCHAR;
}

static bool read_bytes(struct arena *a, const struct field *f, struct blob b, void *to)
{
    switch (f->kind) {
    case KIND_TEXT:
        *(const char **)to = arena_text(a, b.at, b.len);
        return true;
    case KIND_JSON:
        ((struct json *)to)->text = arena_text(a, b.at, b.len);
        return true;
    case KIND_BLOB:
        *(struct blob *)to = (struct blob){ arena_copy(a, b.at, b.len), b.len };
        return true;
    default:
        return list_of_value(a, f, b, to);
    }
}

static bool read_plain(Oid type, const uint8_t *at, int size, struct arena *a,
                       const struct field *f, void *to)
{
    struct blob b = { at, (size_t)size };
    int64_t i = 0;
    switch (f->kind) {
    case KIND_BOOL:
        return read_int(type, at, size, &i) && (*(bool *)to = i != 0, true);
    case KIND_INT:
        return read_int(type, at, size, to);
    case KIND_INSTANT:
        return read_int(type, at, size, &((struct instant *)to)->us);
    case KIND_SPAN:
        return read_int(type, at, size, &((struct span *)to)->s);
    case KIND_DATE:
        return read_int(type, at, size, &i) && (((struct date *)to)->day = (int32_t)i, true);
    case KIND_REAL:
        return read_real(type, at, size, to);
    case KIND_ID:
        if (size != sizeof(struct id) || (type != TYPE_UUID && type != TYPE_BYTEA))
            return false;
        memcpy(to, at, sizeof(struct id));
        return true;
    case KIND_TEXT:
    case KIND_JSON:
        return is_text(type) && read_bytes(a, f, b, to);
    case KIND_BLOB:
    case KIND_LIST:
        return type == TYPE_BYTEA && read_bytes(a, f, b, to);
    case KIND_NONE:
    case KIND_RECORD:
        break;
    }
    return false;
}

static bool read_sealed(struct tx *tx, const struct pg_column *c, const PGresult *result, int row,
                        int i, struct arena *a, const struct field *f, void *to)
{
    int size = PQgetlength(result, row, i);
    uint8_t room[WHERE_MAX];
    if (c->id < 0 || PQgetisnull(result, row, c->id))
        return error_set(tx->err, INTERNAL, "a query reads the protected '%s' without its row's id",
                         f->name);
    if (size < SEAL_ADDED)
        return error_set(tx->err, INTERNAL, "the stored '%s' is not what was stored", f->name);
    size_t n = (size_t)size - SEAL_ADDED;
    struct blob bound = bound_to(room, c->where, c->where_size, PQgetvalue(result, row, c->id));
    uint8_t *plain_bytes = arena_alloc(a, n + 1);
    if (!sealer_open(tx->pg->sealer, bound, (const uint8_t *)PQgetvalue(result, row, i), n,
                     plain_bytes))
        return error_set(tx->err, INTERNAL, "the stored '%s' is not what was stored", f->name);
    struct blob b = { plain_bytes, n };
    switch (f->kind) {
    case KIND_TEXT:
        *(const char **)to = b.at;
        return true;
    case KIND_JSON:
        ((struct json *)to)->text = b.at;
        return true;
    case KIND_BLOB:
        *(struct blob *)to = b;
        return true;
    default:
        return read_bytes(a, f, b, to) ||
               error_set(tx->err, INTERNAL, "the stored '%s' is no list", f->name);
    }
}

bool pg_decode(struct tx *tx, const struct pg_stmt *s, const PGresult *result, int row,
               struct arena *a, const struct field *fields, void *record)
{
    int i = 0;
    EACH_FIELD (f, fields) {
        if (i == s->columns)
            return error_set(tx->err, INTERNAL, "a query has no column for '%s'", f->name);
        const struct pg_column *c = &s->column[i];
        void *to = field_in(f, record);
        const uint8_t *at = (const uint8_t *)PQgetvalue(result, row, i);
        if (PQgetisnull(result, row, i))
            field_clear(f, record);
        else if (c->where && !read_sealed(tx, c, result, row, i, a, f, to))
            return false;
        else if (!c->where && !read_plain(c->type, at, PQgetlength(result, row, i), a, f, to))
            return error_set(tx->err, INTERNAL, "the stored '%s' is no %s", f->name,
                             kind_name(f->kind));
        i++;
    }
    if (i != s->columns)
        return error_set(tx->err, INTERNAL, "a query has %d columns for %d fields", s->columns, i);
    return true;
}
