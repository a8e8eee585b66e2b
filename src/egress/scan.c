/* scan.c: a checker for JSON text and lookups that skip over what is not wanted. */
#include "scan.h"

#include "base/text.h"

#include <string.h>

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

static bool is_digit(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

/* Four hexadecimal digits, or -1. */
static int32_t hex_unit(const char *at, const char *end)
{
    uint8_t byte[2];
    return end - at < 4 || !hex_parse(at, 2, byte) ? -1 : byte[0] << 8 | byte[1];
}

/* Every skip function returns the byte behind what it skipped, NULL when that is malformed. */
static const char *skip_string(const char *at, const char *end)
{
    if (at >= end || *at++ != '"')
        return NULL;
    while (at < end && *at != '"') {
        if ((unsigned char)*at < 0x20)
            return NULL;
        if (*at++ != '\\')
            continue;
        if (at >= end || !*at || !strchr("\"\\/bfnrtu", *at))
            return NULL;
        if (*at++ == 'u' && hex_unit(at, end) < 0)
            return NULL;
    }
    return at < end ? at + 1 : NULL;
}

static const char *skip_number(const char *at, const char *end)
{
    if (at < end && *at == '-')
        at++;
    if (!is_digit(at, end))
        return NULL;
    if (*at++ != '0')
        while (is_digit(at, end))
            at++;
    if (at < end && *at == '.') {
        if (!is_digit(++at, end))
            return NULL;
        while (is_digit(at, end))
            at++;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        if (!is_digit(at, end))
            return NULL;
        while (is_digit(at, end))
            at++;
    }
    return at;
}

static const char *skip_word(const char *at, const char *end, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(end - at) >= n && !memcmp(at, word, n) ? at + n : NULL;
}

static const char *skip_value(const char *at, const char *end, int depth);

static const char *skip_key(const char *at, const char *end)
{
    at = skip_string(at, end);
    if (!at)
        return NULL;
    at = skip_space(at, end);
    return at < end && *at == ':' ? skip_space(at + 1, end) : NULL;
}

static const char *skip_group(const char *at, const char *end, int depth)
{
    bool object = *at == '{';
    char close = object ? '}' : ']';
    if (depth >= SCAN_DEPTH)
        return NULL;
    at = skip_space(at + 1, end);
    if (at < end && *at == close)
        return at + 1;
    while (at && at < end) {
        if (object)
            at = skip_key(at, end);
        at = at ? skip_value(at, end, depth + 1) : NULL;
        if (!at)
            return NULL;
        at = skip_space(at, end);
        if (at < end && *at == close)
            return at + 1;
        if (at >= end || *at != ',')
            return NULL;
        at = skip_space(at + 1, end);
    }
    return NULL;
}

static const char *skip_value(const char *at, const char *end, int depth)
{
    if (at >= end)
        return NULL;
    switch (*at) {
    case '{':
    case '[':
        return skip_group(at, end, depth);
    case '"':
        return skip_string(at, end);
    case 't':
        return skip_word(at, end, "true");
    case 'f':
        return skip_word(at, end, "false");
    case 'n':
        return skip_word(at, end, "null");
    default:
        return skip_number(at, end);
    }
}

bool scan_value(const char *at, size_t n, struct scan *ret)
{
    if (!text_is_utf8(at, n))
        return false;
    const char *end = at + n;
    const char *start = skip_space(at, end);
    const char *behind = skip_value(start, end, 0);
    if (!behind || skip_space(behind, end) != end)
        return false;
    *ret = (struct scan){ start, behind };
    return true;
}

/* In a text that was checked: the byte behind a value, for which its ends suffice. */
static const char *pass_string(const char *at)
{
    while (*++at != '"')
        if (*at == '\\')
            at++;
    return at + 1;
}

static const char *pass_value(const char *at, const char *end)
{
    int depth = 0;
    if (*at == '"')
        return pass_string(at);
    if (*at != '{' && *at != '[') {
        while (at < end && !strchr(",]} \t\n\r", *at))
            at++;
        return at;
    }
    do {
        if (*at == '"') {
            at = pass_string(at);
            continue;
        }
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        at++;
    } while (depth);
    return at;
}

static bool key_equal(const char *at, const char *value, const char *key)
{
    size_t n = strlen(key);
    return (size_t)(value - at) > n + 1 && !memcmp(at + 1, key, n) && at[n + 1] == '"';
}

void scan_members(struct scan in, const char *const *keys, size_t n, struct scan *ret)
{
    memset(ret, 0, n * sizeof *ret);
    if (*in.at != '{')
        return;
    const char *at = skip_space(in.at + 1, in.end);
    for (size_t found = 0; found < n && *at != '}';) {
        const char *value = skip_space(skip_space(pass_string(at), in.end) + 1, in.end);
        const char *behind = pass_value(value, in.end);
        for (size_t i = 0; i < n; i++)
            if (!ret[i].at && key_equal(at, value, keys[i])) {
                ret[i] = (struct scan){ value, behind };
                found++;
            }
        at = skip_space(behind, in.end);
        if (*at == ',')
            at = skip_space(at + 1, in.end);
    }
}

bool scan_member(struct scan in, const char *key, struct scan *ret)
{
    struct scan found;
    scan_members(in, &key, 1, &found);
    if (found.at)
        *ret = found;
    return found.at;
}

bool scan_element(struct scan in, size_t i, struct scan *ret)
{
    if (*in.at != '[')
        return false;
    const char *at = skip_space(in.at + 1, in.end);
    while (*at != ']') {
        const char *behind = pass_value(at, in.end);
        if (!i--) {
            *ret = (struct scan){ at, behind };
            return true;
        }
        at = skip_space(behind, in.end);
        if (*at == ',')
            at = skip_space(at + 1, in.end);
    }
    return false;
}

bool scan_is_text(struct scan in)
{
    return *in.at == '"';
}

bool scan_is_array(struct scan in)
{
    return *in.at == '[';
}

bool scan_equal(struct scan in, const char *text)
{
    size_t n = strlen(text);
    return scan_is_text(in) && scan_room(in) == n && !memcmp(in.at + 1, text, n);
}

size_t scan_room(struct scan in)
{
    return (size_t)(in.end - in.at) - 2;
}

/* The code point of an escape behind its "\u", and of the second half of a pair. */
static uint32_t escaped_point(const char **at, const char *end)
{
    uint32_t unit = (uint32_t)hex_unit(*at, end);
    *at += 4;
    if (unit >= 0xD800 && unit < 0xDC00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        uint32_t low = (uint32_t)hex_unit(*at + 2, end);
        if (low >= 0xDC00 && low < 0xE000) {
            *at += 6;
            return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return !unit || (unit >= 0xD800 && unit < 0xE000) ? 0xFFFD : unit;
}

static char escaped_char(char c)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *found = strchr(from, c);
    return found ? to[found - from] : c;
}

size_t scan_text(struct scan in, char *to)
{
    const char *at = in.at + 1, *end = in.end - 1;
    char *put = to;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((escape ? escape : end) - at);
        memcpy(put, at, plain);
        put += plain;
        at += plain;
        if (!escape)
            break;
        at++;
        if (*at++ == 'u')
            put += text_put(put, escaped_point(&at, end));
        else
            *put++ = escaped_char(at[-1]);
    }
    return (size_t)(put - to);
}

bool scan_count(struct scan in, int64_t *ret)
{
    int64_t n = 0;
    if (in.end - in.at > 16)
        return false;
    for (const char *at = in.at; at < in.end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        n = n * 10 + (*at - '0');
    }
    if (n > (int64_t)1 << 53)
        return false;
    *ret = n;
    return true;
}
