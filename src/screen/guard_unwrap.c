/* guard_unwrap.c: what encodings, escapes, tags and unseen signs hide. */
#include "guard_unwrap.h"

#include "base/text.h"
#include "words.h"

#include <string.h>

/* Digits of base64, of both alphabets; those of hexadecimal and binary are among them. */
static bool is_code(char c)
{
    static const uint64_t set[4] = { 0x03ffa80000000000, 0x07fffffe87fffffe };
    return set[(unsigned char)c >> 6] >> ((unsigned char)c & 63) & 1;
}

static int digit_of(char c, int base)
{
    int value = -1;
    if (c >= '0' && c <= '9')
        value = base == 64 ? c - '0' + 52 : c - '0';
    else if (base == 64)
        value = c >= 'A' && c <= 'Z'   ? c - 'A'
                : c >= 'a' && c <= 'z' ? c - 'a' + 26
                : c == '+' || c == '-' ? 62
                : c == '/' || c == '_' ? 63
                                       : -1;
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        value = (c | 0x20) - 'a' + 10;
    return value < base ? value : -1;
}

/* Reads the bits of a run of digits of `base`; single spaces may stand in binary and hexadecimal.
   Returns the end of the run. */
static size_t bits_read(const char *text, size_t n, size_t at, int base, struct buffer *out)
{
    int width = base == 64 ? 6 : base == 16 ? 4 : 1, have = 0;
    unsigned bits = 0;
    for (; at < n; at++) {
        int digit = digit_of(text[at], base);
        if (digit < 0 && text[at] == ' ' && base < 64 && have == 0 && out->len)
            continue;
        if (digit < 0)
            break;
        bits = bits << width | (unsigned)digit;
        have += width;
        if (have >= 8) {
            have -= 8;
            buffer_char(out, (char)(bits >> have & 0xff));
        }
    }
    return at;
}

static bool readable(const struct buffer *b)
{
    size_t letters = 0, spaces = 0;
    for (size_t i = 0; i < b->len; i++) {
        unsigned char c = (unsigned char)b->at[i];
        if (c >= 0x7f || (c < ' ' && c != '\n' && c != '\t'))
            return false;
        letters += (unsigned char)((c | 0x20) - 'a') < 26;
        spaces += c == ' ';
    }
    return b->len >= 6 && (letters + spaces) * 10 >= b->len * 8;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Whether digits or capitals stand where a word has none; the first piece has small letters, too.
 */
static bool is_piece(const char *at, size_t n, bool first)
{
    bool odd = false, small = !first;
    for (size_t i = 0; i < n; i++) {
        bool lower = at[i] >= 'a' && at[i] <= 'z';
        small = small || lower;
        odd = odd || (i && !lower && at[i] != '-' && at[i] != '_');
    }
    return odd && small;
}

/* Where a row of base64 pieces with blanks between them ends; `end` when there is one alone. */
static size_t pieces_end(const char *text, size_t n, size_t at, size_t end)
{
    if (end - at < 4 || !is_piece(text + at, end - at, true))
        return end;
    for (size_t next = end;;) {
        while (next < n && is_blank(text[next]))
            next++;
        size_t from = next;
        while (next < n && is_code(text[next]))
            next++;
        if (next == from || !is_piece(text + from, next - from, false))
            return end;
        end = next;
    }
}

/* Reads them as one. */
static bool pieces_read(struct guard_view *v, const char *text, size_t n, struct buffer *out)
{
    struct buffer joined = buffer_room(v->plain.arena, n);
    for (size_t i = 0; i < n; i++)
        if (!is_blank(text[i]))
            buffer_char(&joined, text[i]);
    out->len = 0;
    bits_read(joined.at, joined.len, 0, 64, out);
    if (joined.len < 16 || !readable(out))
        return false;
    v->undone |= VIEW_ENCODED;
    view_words_read(v, out->at, out->len);
    return true;
}

/* Adds what base64, hexadecimal and binary runs say. A stretch is tried once for each base. */
static void encoded_read(struct guard_view *v, const char *text, size_t n)
{
    static const struct {
        int base;
        size_t least, first;
    } rows[] = {
        { 2, 48, 8 },
        { 16, 16, 2 },
        { 64, 16, 16 },
    };
    size_t tried[LENGTH(rows)] = { 0 }, joined = 0;
    struct buffer out = buffer_new(v->plain.arena);
    for (size_t i = 0, end; i < n; i = end) {
        end = i + 1;
        if (!is_code(text[i]))
            continue;
        bool odd = false; /* most words are not */
        while (end < n && is_code(text[end]))
            odd |= text[end++] < 'a';
        if (odd && i >= joined && (joined = pieces_end(text, n, i, end)) > end &&
            pieces_read(v, text + i, joined - i, &out)) {
            end = joined;
            continue;
        }
        if (end - i < rows[1].first || (end - i < rows[2].first && digit_of(text[i], 16) < 0))
            continue; /* too short for base64, and none of the others: most words */
        for (size_t k = 0; k < LENGTH(rows); k++) {
            if (i < tried[k] || end - i < rows[k].first || digit_of(text[i], rows[k].base) < 0 ||
                digit_of(text[i + 1], rows[k].base) < 0)
                continue;
            out.len = 0;
            tried[k] = bits_read(text, n, i, rows[k].base, &out);
            if (tried[k] - i < rows[k].least || !readable(&out))
                continue;
            v->undone |= VIEW_ENCODED;
            view_words_read(v, out.at, out.len);
            end = tried[k] > end ? tried[k] : end;
            break;
        }
    }
}

static void word_turn(const char *plain, size_t n, char *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = plain[i] >= 'a' && plain[i] <= 'z' ? (char)('a' + (plain[i] - 'a' + 13) % 26)
                                                   : plain[i];
}

/* Adds the text turned by 13 letters when that makes words of most that is none. */
static void rotated_read(struct guard_view *v)
{
    size_t strange = 0, turned_known = 0, from = v->count;
    char turned[RUN * 4 + 8];
    for (size_t i = 0; i < from; i++) {
        size_t n = v->words[i].end - v->words[i].start;
        if (n < 3 || n > sizeof turned || v->words[i].lists)
            continue;
        word_turn(v->plain.at + v->words[i].start, n, turned);
        strange++;
        turned_known += view_is_word(turned, n);
    }
    if (turned_known < 3 || turned_known * 3 < strange)
        return;
    v->undone |= VIEW_ROTATED;
    for (size_t i = 0; i < from; i++) {
        size_t n = v->words[i].end - v->words[i].start;
        word_turn(v->plain.at + v->words[i].start, n < sizeof turned ? n : sizeof turned, turned);
        view_word_add(v, turned, n < sizeof turned ? n : sizeof turned, v->words[i].marks);
    }
}

/* Digits of `base`, at most `most`, as a point of ASCII; their number, or 0. */
static size_t number_read(const char *at, size_t n, int base, size_t most, uint32_t *ret)
{
    uint32_t value = 0;
    size_t i = 0;
    for (int digit; i < n && i < most; i++, value = value * (uint32_t)base + (uint32_t)digit) {
        digit = at[i] >= '0' && at[i] <= '9' ? at[i] - '0' : base == 16 ? digit_of(at[i], 16) : -1;
        if (digit < 0)
            break;
    }
    *ret = value;
    return value >= ' ' && value < 0x7f ? i : 0;
}

/* The bytes that write one sign of ASCII in another way, and which: "&#102;", "&#x66;", "%66",
   "\\u0066", "\\x66"; 0 when there are none. */
static size_t escape_read(const char *at, size_t n, uint32_t *ret)
{
    static const struct {
        const char *before;
        int base;
        size_t least, most;
    } rows[] = {
        { "&#x", 16, 2, 6 }, { "&#X", 16, 2, 6 }, { "&#", 10, 2, 7 },
        { "%", 16, 2, 2 },   { "\\u", 16, 4, 4 }, { "\\x", 16, 2, 2 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        size_t head = strlen(rows[i].before);
        if (n <= head || memcmp(at, rows[i].before, head) != 0)
            continue;
        size_t digits = number_read(at + head, n - head, rows[i].base, rows[i].most, ret);
        if (digits < rows[i].least)
            continue;
        size_t end = head + digits;
        return end + (*at == '&' && end < n && at[end] == ';');
    }
    return 0;
}

/* The bytes of an HTML tag or comment, or 0. */
static size_t tag_read(const char *at, size_t n)
{
    enum { MOST = 80 };
    if (n < 3 || *at != '<' || !(is_letter(at[1]) || at[1] == '/' || at[1] == '!'))
        return 0;
    for (size_t i = 1; i < n && i < MOST; i++)
        if (at[i] == '>')
            return i + 1;
    return 0;
}

/* Whether letters that a tag stood between make a word without it. */
static bool is_cut_word(const struct buffer *b, size_t cut)
{
    char plain[LONGEST];
    size_t from = cut, n = 0;
    while (from && cut - from < LONGEST && is_letter(b->at[from - 1]))
        from--;
    while (from + n < b->len && n < LONGEST && is_letter(b->at[from + n])) {
        plain[n] = b->at[from + n] | 0x20;
        n++;
    }
    return from < cut && from + n > cut && view_is_word(plain, n);
}

static bool has_any(const char *text, size_t n, const char *signs)
{
    while (*signs && !memchr(text, *signs, n))
        signs++;
    return *signs;
}

/* Adds the text without what wrapped its letters: escapes, and tags within words. */
static void wrapped_read(struct guard_view *v, const char *text, size_t n)
{
    struct buffer open = { 0 }, cuts = { 0 }; /* cuts: where in `open` a tag was */
    size_t written = 0;
    bool wrapped = false;
    if (!has_any(text, n, "&%\\<")) /* as most texts */
        return;
    for (size_t i = 0, step; i < n; i += step) {
        uint32_t p = 0;
        step = 1;
        if (text[i] != '&' && text[i] != '%' && text[i] != '\\' && text[i] != '<')
            continue;
        size_t escape = escape_read(text + i, n - i, &p);
        size_t tag = escape ? 0 : tag_read(text + i, n - i);
        if (!escape && !tag)
            continue;
        if (!open.arena) {
            open = buffer_room(v->plain.arena, n);
            cuts = buffer_new(v->plain.arena);
        }
        buffer_add(&open, text + written, i - written);
        if (escape)
            buffer_char(&open, (char)p);
        else
            buffer_add(&cuts, &open.len, sizeof open.len);
        wrapped = wrapped || (escape && is_letter((char)p));
        step = escape + tag;
        written = i + step;
    }
    if (!written)
        return;
    buffer_add(&open, text + written, n - written);
    for (size_t i = 0, cut; !wrapped && i < cuts.len; i += sizeof cut) {
        memcpy(&cut, cuts.at + i, sizeof cut);
        wrapped = is_cut_word(&open, cut);
    }
    if (!wrapped)
        return;
    v->undone |= VIEW_WRAPPED;
    view_words_read(v, open.at, open.len);
}

/* Adds what is written in U+E0020 to U+E007E, which repeat ASCII where nobody sees it. A flag has
   a few of them. */
static void unseen_read(struct guard_view *v, const char *text, size_t n)
{
    enum { FLAG = 8 };
    const char *end = text + n;
    struct buffer unseen = { 0 };
    for (const char *at = text; (at = memchr(at, 0xf3, (size_t)(end - at))); at++) {
        size_t step;
        uint32_t p = point_at(at, (size_t)(end - at), &step);
        if (p < 0xe0020 || p > 0xe007e)
            continue;
        if (!unseen.arena)
            unseen = buffer_new(v->plain.arena);
        buffer_char(&unseen, (char)(p - 0xe0000));
    }
    if (unseen.len < FLAG)
        return;
    v->undone |= VIEW_WRAPPED;
    view_words_read(v, unseen.at, unseen.len);
}

void view_unwrap(struct guard_view *v, const char *text, size_t n)
{
    rotated_read(v);
    encoded_read(v, text, n);
    wrapped_read(v, text, n);
    unseen_read(v, text, n);
}
