/* value.c: strict readers of single values. */
#include "value.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool int_parse(const char *text, int64_t *ret)
{
    const char *digits = text + (*text == '-');
    if (!*digits || digits[strspn(digits, "0123456789")] || (*digits == '0' && digits[1]))
        return false;
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno || value == INT64_MIN)
        return false;
    *ret = value;
    return true;
}

/* Numbers as JSON writes them: no hexadecimal, no infinity, no leading plus. */
static bool real_parse(const char *text, double *ret)
{
    const char *p = text + (*text == '-');
    size_t whole = strspn(p, "0123456789");
    if (!whole || (*p == '0' && whole > 1))
        return false;
    p += whole;
    if (*p == '.') {
        size_t n = strspn(p + 1, "0123456789");
        if (!n)
            return false;
        p += 1 + n;
    }
    if (*p == 'e' || *p == 'E') {
        p += 1 + (p[1] == '+' || p[1] == '-');
        size_t n = strspn(p, "0123456789");
        if (!n)
            return false;
        p += n;
    }
    double value = *p ? NAN : strtod(text, NULL);
    if (!isfinite(value))
        return false;
    *ret = value;
    return true;
}

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648 section 4, with padding and without spare bits. */
static bool base64_parse(struct arena *a, const char *text, struct blob *ret)
{
    size_t n = strlen(text);
    if (n % 4)
        return false;
    size_t pad = n && text[n - 1] == '=' ? 1 + (text[n - 2] == '=') : 0;
    unsigned char *to = arena_alloc(a, n / 4 * 3), *p = to;
    for (size_t i = 0; i < n; i += 4) {
        bool last = i + 4 == n;
        uint32_t bits = 0;
        for (size_t k = 0; k < 4; k++) {
            int six = last && k >= 4 - pad ? 0 : sextet(text[i + k]);
            if (six < 0)
                return false;
            bits = bits << 6 | (uint32_t)six;
        }
        if (last && ((pad == 1 && bits & 0xFF) || (pad == 2 && bits & 0xFFFF)))
            return false;
        *p++ = (unsigned char)(bits >> 16);
        *p++ = (unsigned char)(bits >> 8);
        *p++ = (unsigned char)bits;
    }
    *ret = (struct blob){ to, n / 4 * 3 - pad };
    return true;
}

const char *value_parse_string(struct arena *a, enum kind kind, const char *text, void *to)
{
    switch (kind) {
    case KIND_TEXT:
        *(const char **)to = text;
        return NULL;
    case KIND_ID:
        return id_parse(text, to) && id_given(*(struct id *)to) ? NULL : "must be an id";
    case KIND_INSTANT:
        return instant_parse(text, to)
                   ? NULL
                   : "must be a time from 1970 on, such as 2026-03-01T08:00:00.000Z";
    case KIND_DATE:
        return date_parse(text, to) ? NULL : "must be a date such as 2026-03-01";
    case KIND_BLOB:
        return base64_parse(a, text, to) ? NULL : "must be bytes in base64";
    default:
        return "must not be a string";
    }
}

const char *value_parse(struct arena *a, enum kind kind, const char *text, void *to)
{
    switch (kind) {
    case KIND_BOOL:
        if (strcmp(text, "true") && strcmp(text, "false"))
            return "must be true or false";
        *(bool *)to = text[0] == 't';
        return NULL;
    case KIND_INT:
        return int_parse(text, to) ? NULL : "must be a whole number";
    case KIND_SPAN:
        return int_parse(text, &((struct span *)to)->s) ? NULL
                                                        : "must be a whole number of seconds";
    case KIND_REAL:
        return real_parse(text, to) ? NULL : "must be a number";
    case KIND_JSON:
    case KIND_LIST:
    case KIND_RECORD:
        return "cannot be given here";
    default:
        return value_parse_string(a, kind, text, to);
    }
}

struct field value_element(const struct field *list)
{
    return (struct field){ .name = list->name,
                           .kind = list->of,
                           .size = kind_size(list->of),
                           .choices = list->choices,
                           .format = list->format };
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

const char *percent_decode(struct arena *a, const char *from, size_t n, bool query)
{
    char *to = arena_alloc(a, n + 1);
    size_t len = 0;
    for (size_t i = 0; i < n; i++, len++) {
        to[len] = query && from[i] == '+' ? ' ' : from[i];
        if (from[i] != '%')
            continue;
        if (n - i < 3 || hex(from[i + 1]) < 0 || hex(from[i + 2]) < 0)
            return NULL;
        to[len] = (char)(hex(from[i + 1]) << 4 | hex(from[i + 2]));
        i += 2;
    }
    to[len] = 0;
    return text_is_utf8(to, len) ? to : NULL;
}

size_t place_enter(struct place *p, const char *name)
{
    size_t before = p->len, room = sizeof p->pointer - 1;
    if (p->len < room)
        p->pointer[p->len++] = '/';
    while (*name) {
        const char *end = name;
        text_next(&end);
        size_t n = (size_t)(end - name);
        bool escape = *name == '~' || *name == '/';
        if (p->len + (escape ? 2 : n) > room)
            break;
        if (escape) {
            p->pointer[p->len++] = '~';
            p->pointer[p->len++] = *name == '~' ? '0' : '1';
        } else {
            memcpy(p->pointer + p->len, name, n);
            p->len += n;
        }
        name = end;
    }
    p->pointer[p->len] = 0;
    return before;
}

size_t place_enter_index(struct place *p, size_t index)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", index);
    return place_enter(p, text);
}

void place_leave(struct place *p, size_t before)
{
    p->len = before;
    p->pointer[before] = 0;
}
