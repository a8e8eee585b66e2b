/* openapi_schema.c: what a field says of itself, in the words of JSON Schema. */
#include "openapi_schema.h"

#include "base/json.h"
#include "value.h"

#include <string.h>

const char *singular(struct arena *a, const char *word)
{
    size_t n = strlen(word);
    if (n > 4 && text_ends(word, "ies"))
        return arena_printf(a, "%.*sy", (int)n - 3, word);
    if (n > 4 && (text_ends(word, "sses") || text_ends(word, "xes") || text_ends(word, "ches")))
        return arena_text(a, word, n - 2);
    if (n > 2 && text_ends(word, "s") && !text_ends(word, "ss") && !text_ends(word, "us"))
        return arena_text(a, word, n - 1);
    return word;
}

static bool is_taken(const struct schemas *s, const char *name)
{
    for (const struct schema *i = s->first; i; i = i->next)
        if (!strcmp(i->name, name))
            return true;
    return !strcmp(name, "problem"); /* the document's own */
}

const char *schema_name(struct schemas *s, const struct field *fields, field_set some, enum use use,
                        const char *name)
{
    for (struct schema *i = s->first; i; i = i->next)
        if (i->fields == fields && i->some == some && i->use == use)
            return i->name;
    const char *own = name;
    for (int n = 2; is_taken(s, own); n++)
        own = arena_printf(s->arena, "%s_%d", name, n);
    struct schema *new = arena_new(s->arena, struct schema);
    *new = (struct schema){ .name = own, .fields = fields, .some = some, .use = use };
    if (s->first)
        *s->last = new;
    else
        s->first = new;
    s->last = &new->next;
    return own;
}

void schema_ref(struct schemas *s, struct outline *o, const char *key, const char *name)
{
    outline_open(o, key, '{');
    outline_text(o, "$ref", arena_printf(s->arena, "#/components/schemas/%s", name));
    outline_close(o, '}');
}

/* A permission begins with its name; see route.h. */
const char *permission_name(const struct permission *p)
{
    return *(const char *const *)(const void *)p;
}

/* Whether null is among the values. In an answer, a required field and the id are always there, but
   for those who may not see them. */
static bool is_nullable(const struct field *f, enum use use)
{
    if (use == USE_OUT && f->see)
        return true;
    if (f->required || (use == USE_OUT && !strcmp(f->name, "id")))
        return false;
    switch (f->kind) {
    case KIND_INT:
        return f->nullable;
    case KIND_REAL:
    case KIND_TEXT:
    case KIND_ID:
    case KIND_INSTANT:
    case KIND_DATE:
    case KIND_BLOB:
        return true;
    case KIND_JSON:
        return f->of; /* where the kind is not said, null is one of any */
    default:
        return false;
    }
}

static void type_write(struct outline *o, const char *type, bool nullable)
{
    if (!nullable) {
        outline_text(o, "type", type);
        return;
    }
    outline_open(o, "type", '[');
    outline_text(o, NULL, type);
    outline_text(o, NULL, "null");
    outline_close(o, ']');
}

static void bounds_write(struct outline *o, const struct field *f, const char *min, const char *max,
                         bool both)
{
    if (f->min || (both && f->max))
        outline_int(o, min, f->min);
    if (f->max || (both && f->min))
        outline_int(o, max, f->max);
}

static void choices_write(struct outline *o, const struct field *f, bool nullable)
{
    if (!f->choices)
        return;
    outline_open(o, "enum", '[');
    for (const char *const *c = f->choices; *c; c++)
        outline_text(o, NULL, *c);
    if (nullable)
        outline_text(o, NULL, NULL);
    outline_close(o, ']');
}

static void items_write(struct outline *o, const struct field *f, bool nullable);

static void plain_write(struct outline *o, const struct field *f, bool nullable)
{
    switch (f->kind) {
    case KIND_BOOL:
        type_write(o, "boolean", nullable);
        break;
    case KIND_INT:
        type_write(o, "integer", nullable);
        outline_text(o, "format", "int64");
        bounds_write(o, f, "minimum", "maximum", true);
        break;
    case KIND_SPAN:
        type_write(o, "integer", nullable);
        outline_text(o, "format", "int64");
        outline_text(o, "x-unit", "s");
        bounds_write(o, f, "minimum", "maximum", true);
        break;
    case KIND_REAL:
        type_write(o, "number", nullable);
        bounds_write(o, f, "minimum", "maximum", true);
        break;
    case KIND_TEXT:
        type_write(o, "string", nullable);
        bounds_write(o, f, "minLength", "maxLength", false);
        choices_write(o, f, nullable);
        if (f->format)
            outline_text(o, "format", f->format);
        if (field_pattern(f))
            outline_text(o, "pattern", field_pattern(f));
        break;
    case KIND_ID:
        type_write(o, "string", nullable);
        outline_text(o, "format", "uuid");
        break;
    case KIND_INSTANT:
        type_write(o, "string", nullable);
        outline_text(o, "format", "date-time");
        if (f->after) {
            outline_text(o, "x-after", f->after);
            outline_int(o, "x-max-seconds", f->max);
        }
        break;
    case KIND_DATE:
        type_write(o, "string", nullable);
        outline_text(o, "format", "date");
        break;
    case KIND_BLOB:
        type_write(o, "string", nullable);
        outline_text(o, "contentEncoding", "base64");
        if (f->max)
            outline_int(o, "maxLength", (f->max + 2) / 3 * 4);
        break;
    case KIND_JSON:
        if (f->of)
            items_write(o, f, nullable);
        break;
    case KIND_NONE:
    case KIND_LIST:
    case KIND_RECORD:
        break;
    }
}

/* A list of values of one kind. */
static void items_write(struct outline *o, const struct field *f, bool nullable)
{
    struct field element = value_element(f);
    type_write(o, "array", nullable);
    bounds_write(o, f, "minItems", "maxItems", false);
    outline_open(o, "items", '{');
    plain_write(o, &element, false);
    outline_close(o, '}');
}

static const char *nested_name(struct schemas *s, const struct field *f, enum use use,
                               const char *parent)
{
    const char *word = f->kind == KIND_LIST ? singular(s->arena, f->name) : f->name;
    return schema_name(s, f->fields, ~(field_set)0, use == USE_CHANGE ? USE_IN : use,
                       arena_printf(s->arena, "%s_%s", parent, word));
}

static void list_write(struct schemas *s, struct outline *o, const struct field *f, enum use use,
                       const char *parent)
{
    if (!f->fields) {
        items_write(o, f, false);
        return;
    }
    outline_text(o, "type", "array");
    bounds_write(o, f, "minItems", "maxItems", false);
    schema_ref(s, o, "items", nested_name(s, f, use, parent));
}

static void rests_write(struct outline *o, const struct field *f)
{
    outline_open(o, "x-rests-on", '[');
    for (const char *const *k = f->rests_on; *k; k++)
        outline_text(o, NULL, *k);
    outline_close(o, ']');
}

static void nested_write(struct schemas *s, struct outline *o, const struct field *f,
                         const char *name)
{
    const char *ref = arena_printf(s->arena, "#/components/schemas/%s", name);
    if (!f->nullable) {
        outline_text(o, "$ref", ref);
        return;
    }
    outline_open(o, "anyOf", '[');
    outline_open(o, NULL, '{');
    outline_text(o, "$ref", ref);
    outline_close(o, '}');
    outline_open(o, NULL, '{');
    outline_text(o, "type", "null");
    outline_close(o, '}');
    outline_close(o, ']');
}

void schema_field(struct schemas *s, struct outline *o, const struct field *f, enum use use,
                  const char *parent)
{
    if (f->label)
        outline_text(o, "title", f->label);
    if (f->doc)
        outline_text(o, "description", f->doc);
    if (f->kind == KIND_LIST)
        list_write(s, o, f, use, parent);
    else if (f->kind == KIND_RECORD)
        nested_write(s, o, f, nested_name(s, f, use, parent));
    else
        plain_write(o, f, is_nullable(f, use));
    if (f->read_only && use == USE_OUT)
        outline_bool(o, "readOnly", true);
    if (f->privacy != PRIVACY_MISSING)
        outline_text(o, "x-privacy", privacy_name(f->privacy));
    if (f->see && use == USE_OUT)
        outline_text(o, "x-see", permission_name(f->see));
    if (f->rests_on && use == USE_CHANGE)
        rests_write(o, f);
    if (f->ai)
        outline_bool(o, "x-ai", true);
    if (f->subject)
        outline_bool(o, "x-subject", true);
    if (f->filter && use == USE_OUT)
        outline_bool(o, "x-filter", true);
}

static bool is_member(const struct schema *schema, const struct field *f)
{
    if (!(schema->some & UINT64_C(1) << (f - schema->fields)))
        return false;
    if (schema->use == USE_OUT)
        return f->privacy != SECRET;
    return !f->read_only && !(schema->use == USE_CHANGE && f->write_once);
}

/* Answers carry every member; requests only what must be given. */
static bool is_required(const struct schema *schema, const struct field *f)
{
    return is_member(schema, f) &&
           (schema->use == USE_OUT || (schema->use == USE_IN && f->required));
}

static void record_write(struct schemas *s, struct outline *o, const struct schema *schema)
{
    bool any = false;
    outline_open(o, schema->name, '{');
    outline_text(o, "type", "object");
    EACH_FIELD (f, schema->fields)
        any |= is_required(schema, f);
    if (any) {
        outline_open(o, "required", '[');
        EACH_FIELD (f, schema->fields)
            if (is_required(schema, f))
                outline_text(o, NULL, f->name);
        outline_close(o, ']');
    }
    outline_open(o, "properties", '{');
    EACH_FIELD (f, schema->fields) {
        if (!is_member(schema, f))
            continue;
        outline_open(o, f->name, '{');
        schema_field(s, o, f, schema->use, schema->name);
        outline_close(o, '}');
    }
    outline_close(o, '}');
    if (schema->use != USE_OUT)
        outline_bool(o, "additionalProperties", false);
    outline_close(o, '}');
}

void schemas_write(struct schemas *s, struct outline *o)
{
    for (const struct schema *i = s->first; i; i = i->next)
        record_write(s, o, i);
}
