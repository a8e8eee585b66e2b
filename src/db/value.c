/* value.c: making the values that go into statements, and lists of what comes out. */
#include "compose.h"

#include "base/buffer.h"
#include "engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct value value_none(void)
{
    return (struct value){ 0 };
}

struct value value_bool(bool b)
{
    return (struct value){ .kind = KIND_BOOL, .i = b };
}

struct value value_int(int64_t i)
{
    return (struct value){ .kind = KIND_INT, .i = i };
}

struct value value_real(double r)
{
    return isnan(r) ? value_none() : (struct value){ .kind = KIND_REAL, .real = r };
}

struct value value_text(const char *text)
{
    if (!text)
        return value_none();
    return (struct value){ .kind = KIND_TEXT, .bytes = { text, strlen(text) } };
}

struct value value_blob(struct blob b)
{
    return b.at ? (struct value){ .kind = KIND_BLOB, .bytes = b } : value_none();
}

struct value value_id(struct id id)
{
    return id_given(id) ? (struct value){ .kind = KIND_ID, .id = id } : value_none();
}

struct value value_instant(struct instant t)
{
    return instant_given(t) ? (struct value){ .kind = KIND_INSTANT, .i = t.us } : value_none();
}

struct value value_date(struct date d)
{
    return date_given(d) ? (struct value){ .kind = KIND_DATE, .i = d.day } : value_none();
}

static struct value value_span(struct span s)
{
    return (struct value){ .kind = KIND_SPAN, .i = s.s };
}

static struct value value_of(const struct field *f, const void *at)
{
    switch (f->kind) {
    case KIND_BOOL:
        return value_bool(*(const bool *)at);
    case KIND_INT:
        return value_int(*(const int64_t *)at);
    case KIND_REAL:
        return value_real(*(const double *)at);
    case KIND_TEXT:
        return value_text(*(const char *const *)at);
    case KIND_ID:
        return value_id(*(const struct id *)at);
    case KIND_INSTANT:
        return value_instant(*(const struct instant *)at);
    case KIND_DATE:
        return value_date(*(const struct date *)at);
    case KIND_SPAN:
        return value_span(*(const struct span *)at);
    case KIND_BLOB:
        return value_blob(*(const struct blob *)at);
    case KIND_JSON: {
        struct value v = value_text(((const struct json *)at)->text);
        v.kind = v.kind ? KIND_JSON : KIND_NONE;
        return v;
    }
    case KIND_NONE:
    case KIND_LIST:
    case KIND_RECORD:
        break;
    }
    abort(); /* a list has value_list, a record is no column */
}

struct value value_list(struct arena *a, const struct field *f, const void *record)
{
    const struct list *list = field_of(f, record);
    struct buffer b = buffer_new(a);
    for (size_t i = 0; f->of == KIND_TEXT && i < list->count; i++) {
        const char *text = ((const char *const *)list->at)[i];
        buffer_add(&b, text, strlen(text) + 1);
    }
    if (f->of == KIND_ID)
        buffer_add(&b, list->at, list->count * sizeof(struct id));
    struct value v = value_blob((struct blob){ b.at, b.len });
    v.column = f;
    return v;
}

bool list_of_value(struct arena *a, const struct field *f, struct blob from, struct list *ret)
{
    const char *text = arena_copy(a, from.at, from.len);
    size_t count = 0;
    if (f->of == KIND_ID) {
        *ret = (struct list){ text, from.len / sizeof(struct id) };
        return from.len % sizeof(struct id) == 0;
    }
    if (from.len && text[from.len - 1])
        return false;
    for (size_t i = 0; i < from.len; i++)
        count += !text[i];
    const char **items = arena_many(a, count, const char *);
    for (size_t i = 0; i < count; text += strlen(text) + 1)
        items[i++] = text;
    *ret = (struct list){ items, count };
    return true;
}

struct value value_in(const struct field *fields, const char *name, struct value v)
{
    v.column = field_find(fields, name);
    assert(v.column);
    return v;
}

struct value value_field(const struct field *f, const void *record)
{
    struct value v = field_absent(f, record) ? value_none() : value_of(f, field_of(f, record));
    v.column = f;
    return v;
}

bool column_sealed(const struct field *f)
{
    bool bytes = f->kind == KIND_TEXT || f->kind == KIND_BLOB || f->kind == KIND_JSON ||
                 f->kind == KIND_LIST;
    return bytes && (f->privacy > OPERATIONAL || f->sealed);
}

bool column_blind(const struct field *f)
{
    return column_sealed(f) && (f->unique || f->filter);
}
