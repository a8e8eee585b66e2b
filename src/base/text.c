/* text.c: UTF-8 by the book, hexadecimal digits, and small comparisons. */
#include "text.h"

#include <string.h>

bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

bool text_given(const char *text)
{
    return text && *text;
}

bool text_starts(const char *text, const char *prefix)
{
    return !strncmp(text, prefix, strlen(prefix));
}

bool text_ends(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n >= m && !memcmp(text + n - m, suffix, m);
}

/* Bytes of the sequence that starts at p, or 0. Bounds follow table 3-7 of the Unicode standard. */
static size_t sequence(const unsigned char *p, const unsigned char *end)
{
    size_t left = (size_t)(end - p);
    unsigned char c = *p;
    if (c && c < 0x80)
        return 1;
    if (c >= 0xC2 && c <= 0xDF)
        return left >= 2 && (p[1] & 0xC0) == 0x80 ? 2 : 0;
    if (c >= 0xE0 && c <= 0xEF) {
        if (left < 3 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
            return 0;
        return (c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F) ? 0 : 3;
    }
    if (c >= 0xF0 && c <= 0xF4) {
        if (left < 4 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80 || (p[3] & 0xC0) != 0x80)
            return 0;
        return (c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] > 0x8F) ? 0 : 4;
    }
    return 0;
}

bool text_is_utf8(const char *at, size_t n)
{
    const unsigned char *p = (const unsigned char *)at, *end = p + n;
    while (p < end) {
        size_t step = sequence(p, end);
        if (!step)
            return false;
        p += step;
    }
    return true;
}

size_t text_points(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

size_t text_blank(const char *text)
{
    if (*text == ' ' || *text == '\t')
        return 1;
    return text_starts(text, "\u00A0") ? 2 : text_starts(text, "\u202F") ? 3 : 0;
}

uint32_t text_next(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    size_t n = *p < 0x80 ? 1 : *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
    static const unsigned char first[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
    uint32_t point = p[0] & first[n];
    for (size_t i = 1; i < n; i++)
        point = point << 6 | (p[i] & 0x3F);
    *at += n;
    return point;
}

size_t text_put(char *to, uint32_t point)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        to[0] = (char)(0xC0 | point >> 6);
        to[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        to[0] = (char)(0xE0 | point >> 12);
        to[1] = (char)(0x80 | (point >> 6 & 0x3F));
        to[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | point >> 18);
    to[1] = (char)(0x80 | (point >> 12 & 0x3F));
    to[2] = (char)(0x80 | (point >> 6 & 0x3F));
    to[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

void hex_format(const void *at, size_t n, char *to)
{
    static const char digit[] = "0123456789abcdef";
    for (const uint8_t *byte = at; n--; byte++) {
        *to++ = digit[*byte >> 4];
        *to++ = digit[*byte & 15];
    }
    *to = 0;
}

int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hex_parse(const char *text, size_t n, void *ret)
{
    for (uint8_t *byte = ret; n--; text += 2) {
        int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);
        if (low < 0)
            return false;
        *byte++ = (uint8_t)(high << 4 | low);
    }
    return true;
}

uint32_t text_fold(uint32_t point)
{
    static const struct {
        uint16_t first, last, step;
        int16_t to;
    } capitals[] = {
        { 0x41, 0x5A, 1, 32 },        { 0xC0, 0xD6, 1, 32 },     { 0xD8, 0xDE, 1, 32 },
        { 0x100, 0x12E, 2, 1 },       { 0x132, 0x136, 2, 1 },    { 0x139, 0x147, 2, 1 },
        { 0x14A, 0x176, 2, 1 },       { 0x178, 0x178, 1, -121 }, { 0x179, 0x17D, 2, 1 },
        { 0x1A0, 0x1A0, 1, 1 },       { 0x1AF, 0x1AF, 1, 1 },    { 0x1CD, 0x1DB, 2, 1 },
        { 0x218, 0x21A, 2, 1 },       { 0x386, 0x386, 1, 38 },   { 0x388, 0x38A, 1, 37 },
        { 0x38C, 0x38C, 1, 64 },      { 0x38E, 0x38F, 1, 63 },   { 0x391, 0x3A1, 1, 32 },
        { 0x3A3, 0x3AB, 1, 32 },      { 0x3C2, 0x3C2, 1, 1 },    { 0x400, 0x40F, 1, 80 },
        { 0x410, 0x42F, 1, 32 },      { 0x460, 0x480, 2, 1 },    { 0x48A, 0x4BE, 2, 1 },
        { 0x4D0, 0x52E, 2, 1 },       { 0x531, 0x556, 1, 48 },   { 0x1E00, 0x1E94, 2, 1 },
        { 0x1E9E, 0x1E9E, 1, -7615 }, { 0x1EA0, 0x1EFE, 2, 1 },
    };
    for (size_t i = 0; i < LENGTH(capitals) && point >= capitals[i].first; i++)
        if (point <= capitals[i].last && (point - capitals[i].first) % capitals[i].step == 0)
            return (uint32_t)((int32_t)point + capitals[i].to);
    return point;
}

bool text_alike(const char *a, const char *b)
{
    while (*a && *b)
        if (text_fold(text_next(&a)) != text_fold(text_next(&b)))
            return false;
    return *a == *b;
}
