/* outline.c: JSON with line breaks. */
#include "outline.h"

#include "base/json.h"

static void line_begin(struct outline *o, const char *key)
{
    if (o->depth)
        buffer_string(&o->out, o->fresh ? "\n" : ",\n");
    for (int i = 0; i < o->depth; i++)
        buffer_string(&o->out, "  ");
    if (key) {
        json_text(&o->out, key);
        buffer_string(&o->out, ": ");
    }
    o->fresh = false;
}

void outline_open(struct outline *o, const char *key, char bracket)
{
    line_begin(o, key);
    buffer_char(&o->out, bracket);
    o->depth++;
    o->fresh = true;
}

void outline_close(struct outline *o, char bracket)
{
    o->depth--;
    if (!o->fresh) {
        buffer_char(&o->out, '\n');
        for (int i = 0; i < o->depth; i++)
            buffer_string(&o->out, "  ");
    }
    buffer_char(&o->out, bracket);
    o->fresh = false;
}

void outline_text(struct outline *o, const char *key, const char *text)
{
    line_begin(o, key);
    json_text(&o->out, text);
}

void outline_int(struct outline *o, const char *key, int64_t value)
{
    line_begin(o, key);
    buffer_printf(&o->out, "%lld", (long long)value);
}

void outline_bool(struct outline *o, const char *key, bool value)
{
    line_begin(o, key);
    buffer_string(&o->out, value ? "true" : "false");
}
