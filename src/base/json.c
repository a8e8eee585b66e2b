/* json.c: writing JSON; on the hot path of every answer, so plain runs are copied whole and
   numbers and times are printed without printf. */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What follows the backslash for the bytes that must be escaped: 'u' means the long form. */
static const char escapes[256] = {
    [0] = 'u',  [1] = 'u',    [2] = 'u',    [3] = 'u',    [4] = 'u',   [5] = 'u',     [6] = 'u',
    [7] = 'u',  ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', [11] = 'u',  ['\f'] = 'f',  ['\r'] = 'r',
    [14] = 'u', [15] = 'u',   [16] = 'u',   [17] = 'u',   [18] = 'u',  [19] = 'u',    [20] = 'u',
    [21] = 'u', [22] = 'u',   [23] = 'u',   [24] = 'u',   [25] = 'u',  [26] = 'u',    [27] = 'u',
    [28] = 'u', [29] = 'u',   [30] = 'u',   [31] = 'u',   ['"'] = '"', ['\\'] = '\\', [127] = 'u',
};

static void literal(struct buffer *out, const char *text)
{
    buffer_add(out, text, strlen(text));
}

/* The first byte that must be escaped, or the end. Eight bytes at a time are without one when in
   none of these words the highest bit of a byte comes up. */
static const unsigned char *plain_end(const unsigned char *p, const unsigned char *end)
{
    const uint64_t each = UINT64_MAX / 255, high = each << 7;
    for (; end - p >= 8; p += 8) {
        uint64_t w;
        memcpy(&w, p, sizeof w);
        uint64_t quote = w ^ each * '"', slash = w ^ each * '\\', delete = w ^ each * 127;
        uint64_t low = (w - each * ' ') & ~w;
        if ((low | ((quote - each) & ~quote) | ((slash - each) & ~slash) |
             ((delete - each) & ~delete)) &
            high)
            break;
    }
    while (p < end && !escapes[*p])
        p++;
    return p;
}

void json_text(struct buffer *out, const char *text)
{
    static const char digit[] = "0123456789abcdef";
    if (!text) {
        literal(out, "null");
        return;
    }
    const unsigned char *p = (const unsigned char *)text, *run = p, *end = p + strlen(text);
    buffer_char(out, '"');
    while ((p = plain_end(p, end)) < end) {
        char e = escapes[*p];
        char long_form[6] = { '\\', e, '0', '0', digit[*p >> 4], digit[*p & 15] };
        buffer_add(out, run, (size_t)(p - run));
        buffer_add(out, long_form, e == 'u' ? 6 : 2);
        run = ++p;
    }
    buffer_add(out, run, (size_t)(p - run));
    buffer_char(out, '"');
}

static void write_int(struct buffer *out, int64_t value)
{
    char digits[20], *p = digits + sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--p = (char)('0' + left % 10);
    while (left /= 10);
    if (value < 0)
        *--p = '-';
    buffer_add(out, p, (size_t)(digits + sizeof digits - p));
}

/* The shortest form that reads back as the same number. */
static void write_real(struct buffer *out, double value)
{
    char text[32];
    if (!isfinite(value)) {
        literal(out, "null");
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*g", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    literal(out, text);
}

static void write_base64(struct buffer *out, struct blob blob)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = blob.at;
    size_t left = blob.len;
    buffer_char(out, '"');
    for (; left; left -= left < 3 ? left : 3, p += 3) {
        uint32_t bits =
            (uint32_t)p[0] << 16 | (left > 1 ? (uint32_t)p[1] << 8 : 0) | (left > 2 ? p[2] : 0);
        char four[4] = { digit[bits >> 18], digit[bits >> 12 & 63], digit[bits >> 6 & 63],
                         digit[bits & 63] };
        if (left < 3)
            four[3] = '=';
        if (left < 2)
            four[2] = '=';
        buffer_add(out, four, 4);
    }
    buffer_char(out, '"');
}

static void write_quoted(struct buffer *out, const char *plain)
{
    buffer_char(out, '"');
    literal(out, plain);
    buffer_char(out, '"');
}

static void write_list(struct buffer *out, const struct field *f, const struct list *list)
{
    struct field element = { .name = f->name, .kind = f->of };
    size_t step = f->fields ? f->size : kind_size(f->of);
    buffer_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        const char *at = (const char *)list->at + i * step;
        if (i)
            buffer_char(out, ',');
        if (f->fields)
            json_record(out, f->fields, at);
        else
            json_value(out, &element, at);
    }
    buffer_char(out, ']');
}

void json_value(struct buffer *out, const struct field *f, const void *record)
{
    const void *at = field_of(f, record);
    char text[INSTANT_TEXT];
    if (field_absent(f, record)) {
        literal(out, "null");
        return;
    }
    switch (f->kind) {
    case KIND_BOOL:
        literal(out, *(const bool *)at ? "true" : "false");
        break;
    case KIND_INT:
        write_int(out, *(const int64_t *)at);
        break;
    case KIND_REAL:
        write_real(out, *(const double *)at);
        break;
    case KIND_TEXT:
        json_text(out, *(const char *const *)at);
        break;
    case KIND_ID:
        id_format(*(const struct id *)at, text);
        write_quoted(out, text);
        break;
    case KIND_INSTANT:
        instant_format(*(const struct instant *)at, text);
        write_quoted(out, text);
        break;
    case KIND_DATE:
        date_format(*(const struct date *)at, text);
        write_quoted(out, text);
        break;
    case KIND_SPAN:
        write_int(out, ((const struct span *)at)->s);
        break;
    case KIND_BLOB:
        write_base64(out, *(const struct blob *)at);
        break;
    case KIND_JSON:
        literal(out, ((const struct json *)at)->text);
        break;
    case KIND_LIST:
        write_list(out, f, at);
        break;
    case KIND_RECORD:
        json_record(out, f->fields, at);
        break;
    case KIND_NONE:
        literal(out, "null");
        break;
    }
}

void json_record(struct buffer *out, const struct field *fields, const void *record)
{
    char before = '{';
    EACH_FIELD (f, fields) {
        if (f->privacy == SECRET)
            continue;
        buffer_char(out, before);
        json_text(out, f->name);
        buffer_char(out, ':');
        json_value(out, f, record);
        before = ',';
    }
    if (before == '{')
        buffer_char(out, '{');
    buffer_char(out, '}');
}
