/* json_read.c: JSON text into records, over jansson, strictly. */
#include "json_read.h"

#include "base/json.h"
#include "value.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define ALL_FIELDS (~(field_set)0)
enum { DEPTH_MAX = 32 };

struct reader {
    struct arena *arena;
    struct error *err;
    struct place place;
};

static bool value_read(struct reader *r, const struct field *f, json_t *value, void *record);

static bool wrong(struct reader *r, const char *problem)
{
    return error_at(r->err, r->place.pointer, "%s", problem);
}

static bool can_be_absent(const struct field *f)
{
    switch (f->kind) {
    case KIND_BOOL:
    case KIND_SPAN:
    case KIND_LIST:
    case KIND_RECORD:
        return false;
    case KIND_INT:
        return f->nullable;
    default:
        return true;
    }
}

static bool null_read(struct reader *r, const struct field *f, void *record)
{
    if (f->required || !can_be_absent(f))
        return wrong(r, "must not be null");
    field_clear(f, record);
    return true;
}

static bool member_read(struct reader *r, const struct field *f, json_t *value, void *record,
                        bool patch)
{
    if (f->read_only)
        return wrong(r, "is set by the program");
    if (f->write_once && patch)
        return wrong(r, "cannot be changed");
    if (json_is_null(value))
        return null_read(r, f, record);
    return value_read(r, f, value, record) && field_check(f, record, r->place.pointer, r->err);
}

/* All members are looked at, so that a client learns of everything at once. */
static bool object_read(struct reader *r, json_t *object, const struct field *fields,
                        field_set expected, void *record, bool patch, field_set *given)
{
    size_t before = r->err->places;
    const char *name;
    json_t *value;
    *given = 0;
    json_object_foreach(object, name, value)
    {
        const struct field *f = field_find(fields, name);
        size_t up = place_enter(&r->place, name);
        if (!f || !(expected & UINT64_C(1) << (f - fields))) {
            wrong(r, "is not known here");
        } else {
            *given |= UINT64_C(1) << (f - fields);
            if (!member_read(r, f, value, record, patch) && r->err->places == before)
                wrong(r, "is not valid");
        }
        place_leave(&r->place, up);
    }
    EACH_FIELD (f, fields) {
        field_set bit = UINT64_C(1) << (f - fields);
        if (patch || !f->required || f->read_only || !(expected & bit) || *given & bit)
            continue;
        size_t up = place_enter(&r->place, f->name);
        wrong(r, "is required");
        place_leave(&r->place, up);
    }
    return r->err->places == before;
}

static bool record_read(struct reader *r, json_t *value, const struct field *fields, void *record)
{
    field_set given;
    if (!json_is_object(value))
        return wrong(r, "must be an object");
    record_clear(fields, record);
    return object_read(r, value, fields, ALL_FIELDS, record, false, &given);
}

static bool list_read(struct reader *r, const struct field *f, json_t *value, struct list *ret)
{
    struct field element = value_element(f);
    size_t n = json_array_size(value), step = f->fields ? f->size : element.size;
    if (!json_is_array(value))
        return wrong(r, "must be a list");
    if (f->max && (int64_t)n > f->max)
        return error_at(r->err, r->place.pointer, "must have at most %lld elements",
                        (long long)f->max);
    char *at = arena_array(r->arena, n, step);
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        size_t up = place_enter_index(&r->place, i);
        json_t *item = json_array_get(value, i);
        void *to = at + i * step;
        if (f->fields)
            ok &= record_read(r, item, f->fields, to);
        else if (json_is_null(item))
            ok = wrong(r, "must not be null");
        else
            ok &= value_read(r, &element, item, to) &&
                  field_check(&element, to, r->place.pointer, r->err);
        place_leave(&r->place, up);
    }
    if (ok)
        *ret = (struct list){ at, n };
    return ok;
}

static void any_write(struct buffer *out, json_t *value)
{
    static const struct field real = { .name = "real", .kind = KIND_REAL };
    static const struct field integer = { .name = "integer", .kind = KIND_INT };
    const char *name;
    json_t *item;
    size_t i;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        i = 0;
        buffer_char(out, '{');
        json_object_foreach(value, name, item)
        {
            if (i++)
                buffer_char(out, ',');
            json_text(out, name);
            buffer_char(out, ':');
            any_write(out, item);
        }
        buffer_char(out, '}');
        break;
    case JSON_ARRAY:
        buffer_char(out, '[');
        json_array_foreach(value, i, item)
        {
            if (i)
                buffer_char(out, ',');
            any_write(out, item);
        }
        buffer_char(out, ']');
        break;
    case JSON_STRING:
        json_text(out, json_string_value(value));
        break;
    case JSON_INTEGER:
        json_value(out, &integer, &(int64_t){ json_integer_value(value) });
        break;
    case JSON_REAL:
        json_value(out, &real, &(double){ json_real_value(value) });
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        buffer_string(out, json_is_true(value) ? "true" : "false");
        break;
    case JSON_NULL:
        buffer_string(out, "null");
        break;
    }
}

static bool any_read(struct reader *r, const struct field *f, json_t *value, struct json *ret)
{
    struct buffer out = buffer_new(r->arena);
    struct list items;
    if (f->of && !list_read(r, f, value, &items))
        return false;
    any_write(&out, value);
    if (f->max && !f->of && (int64_t)out.len > f->max)
        return error_at(r->err, r->place.pointer, "must have at most %lld bytes",
                        (long long)f->max);
    ret->text = out.at;
    return true;
}

/* 2.0 is a whole number too, as in JSON Schema. INT64_MIN is kept for "absent". */
static bool whole_read(json_t *value, int64_t *ret)
{
    double real = json_real_value(value);
    if (json_is_real(value) && (real != floor(real) || fabs(real) > 9007199254740991.0))
        return false;
    int64_t whole = json_is_real(value) ? (int64_t)real : json_integer_value(value);
    if (!json_is_number(value) || whole == INT64_MIN)
        return false;
    *ret = whole;
    return true;
}

static bool string_read(struct reader *r, const struct field *f, json_t *value, void *at)
{
    if (!json_is_string(value))
        return wrong(r, "must be a string");
    const char *text = json_string_value(value);
    if (f->kind == KIND_TEXT)
        text = arena_text(r->arena, text, json_string_length(value));
    text = field_text(r->arena, f, text);
    const char *problem = value_parse_string(r->arena, f->kind, text, at);
    return problem ? wrong(r, problem) : true;
}

static bool value_read(struct reader *r, const struct field *f, json_t *value, void *record)
{
    void *at = field_in(f, record);
    switch (f->kind) {
    case KIND_BOOL:
        if (!json_is_boolean(value))
            return wrong(r, "must be true or false");
        *(bool *)at = json_is_true(value);
        return true;
    case KIND_INT:
        return whole_read(value, at) ? true : wrong(r, "must be a whole number");
    case KIND_SPAN:
        return whole_read(value, &((struct span *)at)->s)
                   ? true
                   : wrong(r, "must be a whole number of seconds");
    case KIND_REAL:
        if (!json_is_number(value))
            return wrong(r, "must be a number");
        *(double *)at = json_number_value(value);
        return true;
    case KIND_JSON:
        return any_read(r, f, value, at);
    case KIND_LIST:
        return list_read(r, f, value, at);
    case KIND_RECORD:
        return record_read(r, value, f->fields, at);
    case KIND_TEXT:
    case KIND_ID:
    case KIND_INSTANT:
    case KIND_DATE:
    case KIND_BLOB:
    case KIND_NONE:
        break;
    }
    return string_read(r, f, value, at);
}

/* Nesting is counted before parsing, so that no input reaches the depth of our recursion. */
static bool is_too_deep(struct blob text)
{
    const char *p = text.at, *end = p + text.len;
    int depth = 0;
    for (bool quoted = false; p < end; p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (quoted)
            p += *p == '\\';
        else if (*p == '[' || *p == '{')
            depth++;
        else if (*p == ']' || *p == '}')
            depth--;
        if (depth > DEPTH_MAX)
            return true;
    }
    return false;
}

/* Says where, never what: the text may be personal. */
static bool syntax_error(const json_error_t *e, struct error *err)
{
    switch (json_error_code(e)) {
    case json_error_duplicate_key:
        return error_at(err, "", "has two members of the same name (line %d, column %d)", e->line,
                        e->column);
    case json_error_numeric_overflow:
        return error_at(err, "", "has a number out of range (line %d, column %d)", e->line,
                        e->column);
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return error_at(err, "", "has a NUL character (line %d, column %d)", e->line, e->column);
    case json_error_invalid_utf8:
        return error_set(err, BAD_REQUEST, "The body is not UTF-8 (line %d, column %d)", e->line,
                         e->column);
    default:
        return error_set(err, BAD_REQUEST, "The body is not JSON (line %d, column %d)", e->line,
                         e->column);
    }
}

static void json_free(json_t **value)
{
    json_decref(*value);
}

bool json_read_some(struct arena *a, struct blob text, const struct field *fields,
                    field_set expected, void *record, bool patch, field_set *given,
                    struct error *err)
{
    json_error_t e;
    struct reader r = { .arena = a, .err = err };
    *given = 0;
    if (is_too_deep(text))
        return error_set(err, BAD_REQUEST, "The body is nested deeper than %d", DEPTH_MAX);
    json_t *value autofree(json_free) =
        json_loadb(text.at ? text.at : "", text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
    if (!value)
        return syntax_error(&e, err);
    if (!json_is_object(value))
        return error_at(err, "", "must be an object");
    return object_read(&r, value, fields, expected, record, patch, given);
}

bool json_read(struct arena *a, struct blob text, const struct field *fields, void *record,
               bool patch, field_set *given, struct error *err)
{
    field_set ignored;
    return json_read_some(a, text, fields, ALL_FIELDS, record, patch, given ? given : &ignored,
                          err);
}
