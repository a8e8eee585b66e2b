/* compose.c: Unicode's normalization form C, by utf8proc, and signs that nobody sees. */
#include "compose.h"

#include "buffer.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* What is below U+0300 is composed already: no byte of it is as large as the first of a mark. */
static bool is_plain(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at && *at < 0xCC)
        at++;
    return !*at;
}

/* Marks are sorted in the square of their number. Some without a class are made of several that
   have one. */
static bool is_heaped(const char *text)
{
    for (int marks = 0; *text;) {
        const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)text_next(&text));
        bool is_mark = p->combining_class || p->category == UTF8PROC_CATEGORY_MN;
        marks = is_mark ? marks + 1 : 0;
        if (marks > COMPOSE_MARKS_MAX)
            return true;
    }
    return false;
}

const char *text_compose(struct arena *a, const char *text)
{
    if (is_plain(text) || is_heaped(text))
        return text;
    utf8proc_uint8_t *composed = utf8proc_NFC((const utf8proc_uint8_t *)text);
    if (!composed)
        return text;
    bool same = !strcmp((const char *)composed, text);
    const char *ret = same ? text : arena_string(a, (const char *)composed);
    free(composed);
    return ret;
}

static bool turns(uint32_t point)
{
    return point == 0x061C || point == 0x200E || point == 0x200F ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

static bool has_turns(const char *text)
{
    while (*text)
        if (turns(text_next(&text)))
            return true;
    return false;
}

const char *text_unturned(struct arena *a, const char *text)
{
    if (!has_turns(text))
        return text;
    struct buffer out = buffer_new(a);
    for (const char *at = text; *at;) {
        const char *from = at;
        if (!turns(text_next(&at)))
            buffer_add(&out, from, (size_t)(at - from));
    }
    return out.at;
}

const char *text_line(struct arena *a, const char *text)
{
    return text_unturned(a, text_compose(a, text));
}
