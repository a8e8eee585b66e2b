/* words.c: cuts text into words and folds them. */
#include "words.h"

#include "fold_table.h"

#include <string.h>

enum { WORD_MAX = 64 };

__attribute__((noinline)) static uint32_t long_point_at(const char *at, size_t n, size_t *ret)
{
    const unsigned char *b = (const unsigned char *)at;
    *ret = 1;
    size_t need = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : b[0] >= 0xc2 ? 2 : 0;
    if (!need || need > n || b[0] > 0xf4)
        return 0xfffd;
    uint32_t point = b[0] & (0xffu >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if ((b[i] & 0xc0) != 0x80)
            return 0xfffd;
        point = point << 6 | (b[i] & 0x3f);
    }
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (point < least[need] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return 0xfffd;
    *ret = need;
    return point;
}

uint32_t point_at(const char *at, size_t n, size_t *ret)
{
    *ret = 1;
    return (unsigned char)*at < 0x80 ? (unsigned char)*at : long_point_at(at, n, ret);
}

static bool point_hidden(uint32_t p)
{
    return p == 0xad || p == 0x34f || p == 0x61c || (p >= 0x200b && p <= 0x200f) ||
           (p >= 0x202a && p <= 0x202e) || (p >= 0x2060 && p <= 0x206f) || p == 0xfeff ||
           (p >= 0xfe00 && p <= 0xfe0f) || (p >= 0xe0000 && p <= 0xe0fff);
}

static enum point_class ascii_class(uint32_t p)
{
    if ((p | 0x20) - 'a' < 26)
        return POINT_LETTER;
    if (p - '0' < 10)
        return POINT_DIGIT;
    return p == ' ' || (p >= 9 && p <= 13) ? POINT_SPACE : p < 32 ? POINT_HIDDEN : POINT_SIGN;
}

/* Apart, so that what ASCII takes is short enough to be inlined. */
__attribute__((noinline)) static enum point_class long_point_class(uint32_t p)
{
    if (point_hidden(p))
        return POINT_HIDDEN;
    if ((p >= 0x300 && p <= 0x36f) || (p >= 0x1ab0 && p <= 0x1aff) || (p >= 0x20d0 && p <= 0x20ff))
        return POINT_MARK;
    if (p == 0x85 || p == 0xa0 || p == 0x1680 || (p >= 0x2000 && p <= 0x200a) || p == 0x2028 ||
        p == 0x2029 || p == 0x202f || p == 0x205f || p == 0x3000)
        return POINT_SPACE;
    if (p < 0xc0)
        return p == 0xaa || p == 0xba || p == 0xb5 ? POINT_LETTER : POINT_SIGN;
    if (p == 0xd7 || p == 0xf7 || (p >= 0x2000 && p <= 0x2bff) || (p >= 0x3001 && p <= 0x3020) ||
        (p >= 0xff00 && p <= 0xff0f) || (p >= 0xff1a && p <= 0xff20) || p >= 0x1f000 || p == 0xfffd)
        return POINT_SIGN;
    return POINT_LETTER;
}

enum point_class point_class(uint32_t p)
{
    return p < 0x80 ? ascii_class(p) : long_point_class(p);
}

const char *point_plain(uint32_t p)
{
    if (p < FOLD_FIRST || p > FOLD_LAST)
        return "";
    for (size_t i = 0; i < LENGTH(fold_ranges); i++)
        if (p >= fold_ranges[i].first && p <= fold_ranges[i].last)
            return fold_table[fold_ranges[i].at + p - fold_ranges[i].first];
    return "";
}

/* Upper case matters for Latin, Greek and Cyrillic only; pairs alternate in Latin Extended. */
static bool point_upper(uint32_t p)
{
    if (p < 0x80)
        return p - 'A' < 26;
    if (p >= 0xc0 && p <= 0xde)
        return true;
    if (p >= 0x100 && p <= 0x177)
        return (p >= 0x139 && p <= 0x148) ? p & 1 : !(p & 1);
    if (p == 0x178 || p == 0x179 || p == 0x17b || p == 0x17d)
        return true;
    if ((p >= 0x1cd && p <= 0x1dc) || (p >= 0x139 && p <= 0x148))
        return p & 1;
    if ((p >= 0x1de && p <= 0x233) || (p >= 0x1e00 && p <= 0x1eff) || (p >= 0x460 && p <= 0x52f))
        return !(p & 1);
    return (p >= 0x386 && p <= 0x3ab && p != 0x390) || (p >= 0x400 && p <= 0x42f);
}

struct folder {
    uint64_t hash;
    size_t length;
    char *plain;
    size_t room;
};

static void folder_add(struct folder *f, unsigned char c)
{
    f->hash = hash_byte(f->hash, c);
    if (f->length < f->room)
        f->plain[f->length] = (char)c;
    f->length++;
}

static void folder_point(struct folder *f, uint32_t point, const char *at, size_t n)
{
    if (point < 0x80) {
        folder_add(f, (unsigned char)(point - 'A' < 26 ? point | 0x20 : point));
        return;
    }
    const char *plain = point_plain(point);
    if (*plain)
        for (; *plain; plain++)
            folder_add(f, (unsigned char)*plain);
    else
        for (size_t i = 0; i < n; i++)
            folder_add(f, (unsigned char)at[i]);
}

uint64_t word_hash(const char *text, size_t n)
{
    struct folder f = { .hash = hash_start };
    for (size_t i = 0, step; i < n; i += step) {
        uint32_t p = point_at(text + i, n - i, &step);
        enum point_class class = point_class(p);
        if (class != POINT_HIDDEN && class != POINT_MARK)
            folder_point(&f, p, text + i, step);
    }
    return f.hash;
}

size_t word_plain(const char *text, size_t n, char *to, size_t room)
{
    struct folder f = { .hash = hash_start, .plain = to, .room = room - 1 };
    for (size_t i = 0, step; i < n; i += step) {
        uint32_t p = point_at(text + i, n - i, &step);
        enum point_class class = point_class(p);
        if (class != POINT_HIDDEN && class != POINT_MARK)
            folder_point(&f, p, text + i, step);
    }
    size_t length = f.length < room - 1 ? f.length : room - 1;
    to[length] = 0;
    return length;
}

static struct word *words_room(struct arena *a, struct words *w, size_t *room)
{
    if (w->count == *room) {
        size_t more = *room * 2;
        struct word *at = arena_many(a, more, struct word);
        memcpy(at, w->at, w->count * sizeof *at);
        w->at = at;
        *room = more;
    }
    return &w->at[w->count++];
}

/* Reads a run of letters or of digits; marks and hidden characters inside belong to it. */
static size_t run_read(const char *text, size_t n, enum point_class class, struct word *ret)
{
    struct folder f = { .hash = hash_start, .plain = ret->plain, .room = sizeof ret->plain };
    size_t i = 0, end = 0, count = 0, upper = 0;
    bool first = false;
    while (i < n && count < WORD_MAX) {
        size_t step;
        uint32_t p = point_at(text + i, n - i, &step);
        enum point_class here = point_class(p);
        if (here == POINT_HIDDEN || here == POINT_MARK) {
            i += step;
            if (here == POINT_MARK)
                end = i;
            if (i - end > 64)
                break;
            continue;
        }
        if (here != class)
            break;
        bool big = class == POINT_LETTER && point_upper(p);
        first = count == 0 ? big : first;
        upper += big;
        count++;
        folder_point(&f, p, text + i, step);
        i += step;
        end = i;
    }
    ret->hash = f.hash;
    ret->length = (uint8_t)(f.length < 255 ? f.length : 255);
    ret->shape = upper == 0            ? CASE_LOWER
                 : upper == count      ? (count == 1 ? CASE_TITLE : CASE_UPPER)
                 : first && upper == 1 ? CASE_TITLE
                                       : CASE_MIXED;
    return end;
}

static size_t word_read(const char *text, size_t n, enum point_class class, size_t step,
                        struct word *ret)
{
    if (class == POINT_LETTER || class == POINT_DIGIT) {
        ret->class = class == POINT_LETTER ? WORD_LETTERS : WORD_DIGITS;
        return run_read(text, n, class, ret);
    }
    ret->class = text[0] == '\n' ? WORD_NEWLINE : WORD_SIGN;
    ret->hash = hash_start;
    for (size_t i = 0; i < step && i < sizeof ret->plain; i++) {
        ret->hash = hash_byte(ret->hash, (unsigned char)text[i]);
        ret->plain[i] = text[i];
    }
    ret->length = (uint8_t)step;
    return step;
}

struct words words_cut(struct arena *a, const char *text, size_t n)
{
    assert(n < INT32_MAX);
    size_t room = n / 4 + 16; /* most texts need no more */
    struct words ret = { .at = arena_many(a, room, struct word) };
    bool space = true;
    for (size_t i = 0, step; i < n; i += step) {
        uint32_t p = point_at(text + i, n - i, &step);
        enum point_class class = point_class(p);
        if (class == POINT_HIDDEN || class == POINT_MARK || (class == POINT_SPACE && p != '\n')) {
            space = space || class == POINT_SPACE;
            continue;
        }
        struct word *w = words_room(a, &ret, &room);
        step = word_read(text + i, n - i, class, step, w);
        w->start = (uint32_t)i;
        w->end = (uint32_t)(i + step);
        w->space = space;
        space = w->class == WORD_NEWLINE;
    }
    return ret;
}
