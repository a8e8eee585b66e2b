/* guard_view.c: undoes the ways in which people hide words from a filter. */
#include "guard_unwrap.h"

#include "base/text.h"
#include "gazetteer.h"
#include "words.h"

#include <string.h>

enum { SPELLED = 256, KNOWN = GAZETTEER_WORD | GAZETTEER_FUNCTION };

/* Cyrillic, Greek and other letters that look like Latin ones. */
static char look_alike(uint32_t p)
{
    static const struct {
        uint32_t point;
        char plain;
    } rows[] = {
        { 0x430, 'a' }, { 0x435, 'e' }, { 0x43e, 'o' }, { 0x440, 'p' },  { 0x441, 'c' },
        { 0x443, 'y' }, { 0x445, 'x' }, { 0x456, 'i' }, { 0x458, 'j' },  { 0x455, 's' },
        { 0x501, 'd' }, { 0x4bb, 'h' }, { 0x410, 'a' }, { 0x412, 'b' },  { 0x415, 'e' },
        { 0x41a, 'k' }, { 0x41c, 'm' }, { 0x41d, 'h' }, { 0x41e, 'o' },  { 0x420, 'p' },
        { 0x421, 'c' }, { 0x422, 't' }, { 0x423, 'y' }, { 0x425, 'x' },  { 0x406, 'i' },
        { 0x391, 'a' }, { 0x392, 'b' }, { 0x395, 'e' }, { 0x396, 'z' },  { 0x397, 'h' },
        { 0x399, 'i' }, { 0x39a, 'k' }, { 0x39c, 'm' }, { 0x39d, 'n' },  { 0x39f, 'o' },
        { 0x3a1, 'p' }, { 0x3a4, 't' }, { 0x3a5, 'y' }, { 0x3a7, 'x' },  { 0x3b1, 'a' },
        { 0x3b5, 'e' }, { 0x3b9, 'i' }, { 0x3bf, 'o' }, { 0x3c1, 'p' },  { 0x3c5, 'u' },
        { 0x3bd, 'v' }, { 0x3ba, 'k' }, { 0x3c4, 't' }, { 0x131, 'i' },  { 0x261, 'g' },
        { 0x26a, 'i' }, { 0x274, 'n' }, { 0x280, 'r' }, { 0x1d0f, 'o' },
    };
    if (p < 0x80)
        return 0;
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (rows[i].point == p)
            return rows[i].plain;
    return 0;
}

/* Full-width, mathematical and enclosed letters and digits are plain ones in other clothes. */
static uint32_t undress(uint32_t p)
{
    if (p >= 0xff01 && p <= 0xff5e)
        p -= 0xfee0;
    else if (p >= 0x1d400 && p <= 0x1d6a3)
        p = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(p - 0x1d400) % 52];
    else if (p >= 0x1d7ce && p <= 0x1d7ff)
        p = '0' + (p - 0x1d7ce) % 10;
    else if (p >= 0x24b6 && p <= 0x24e9)
        p = 'a' + (p - 0x24b6) % 26;
    else if (p >= 0x1f130 && p <= 0x1f189)
        p = (p & 0xff) >= 0x70 ? 'a' + (p - 0x1f170) % 26 : 'a' + (p - 0x1f130) % 32 % 26;
    return p - 'A' < 26 ? p | 0x20 : p;
}

static bool sign_of_leet(uint32_t p)
{
    return p == '@' || p == '$' || p == '!' || p == '|';
}

bool view_is_word(const char *plain, size_t n)
{
    return gazetteer_look(word_hash(plain, n)) & KNOWN;
}

void view_word_add(struct guard_view *v, const char *plain, size_t n, unsigned marks)
{
    if (!n)
        return;
    if (v->count == v->room) {
        struct view_word *more = arena_many(v->plain.arena, v->room * 2, struct view_word);
        memcpy(more, v->words, v->count * sizeof *more);
        v->words = more;
        v->room *= 2;
    }
    uint32_t start = (uint32_t)v->plain.len;
    uint64_t hash = hash_start;
    for (size_t i = 0; i < n; i++)
        hash = hash_byte(hash, (unsigned char)plain[i]);
    buffer_add(&v->plain, plain, n);
    v->words[v->count++] =
        (struct view_word){ hash, start, start + (uint32_t)n, 0, (uint16_t)marks };
    buffer_char(&v->plain, ' ');
}

/* One word, or a part of a long one, while it is read. */
struct run {
    size_t count, letters, digits, latin, foreign;
    unsigned marks;
    bool glued; /* signs that could as well stand between words were left out */
    uint32_t points[RUN];
    struct buffer before; /* the parts of a glued one before this */
};

static void run_letter(struct run *r, char c)
{
    r->points[r->count++] = (unsigned char)c;
    r->letters++;
    r->latin++;
}

static void run_put(struct run *r, uint32_t p)
{
    bool latin = p - 'a' < 26;
    r->points[r->count++] = p;
    r->letters += latin || p >= 0x80;
    r->digits += p - '0' < 10 || sign_of_leet(p);
    r->latin += latin;
    r->foreign += look_alike(p) != 0;
}

static size_t run_write(const struct run *r, bool alike, char *to, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < r->count && n + 5 < room; i++) {
        uint32_t p = r->points[i];
        char look = alike ? look_alike(p) : 0;
        if (look)
            to[n++] = look;
        else if (p < 0x80)
            to[n++] = (char)p;
        else if (*point_plain(p))
            for (const char *plain = point_plain(p); *plain; plain++)
                to[n++] = *plain;
        else
            n += text_put(to + n, p);
    }
    return n;
}

static char leet_letter(uint32_t p, char one)
{
    static const char from[] = "0134578@$!|", to[] = "oieastbasil";
    for (size_t i = 0; from[i]; i++)
        if ((uint32_t)from[i] == p)
            return p == '1' || p == '!' || p == '|' ? one : to[i];
    return (char)p;
}

/* "1gn0r3" becomes "ignore" when that is a word. */
static size_t leet_undo(const char *plain, size_t n, char *to)
{
    for (const char *one = "il"; *one; one++) {
        for (size_t i = 0; i < n; i++)
            to[i] = leet_letter((unsigned char)plain[i], *one);
        if (view_is_word(to, n))
            return n;
    }
    return 0;
}

/* Letters spaced out: kept until a word of more than one letter comes. */
struct spelled {
    char at[SPELLED];
    bool gap[SPELLED]; /* a wider gap stands before */
    size_t count;
};

/* Cuts letters without gaps into known words, so that few letters are left over. */
static void spelled_cut(struct guard_view *v, const char *at, size_t n)
{
    uint32_t *cost = arena_many(v->plain.arena, n + 1, uint32_t); /* of all from here on */
    uint8_t *first = arena_many(v->plain.arena, n + 1, uint8_t);  /* bytes of the first word */
    for (size_t i = n; i-- > 0;) {
        uint64_t hash = hash_byte(hash_start, (unsigned char)at[i]);
        cost[i] = cost[i + 1] + 2;
        first[i] = 1;
        for (uint8_t k = 2; k <= LONGEST && i + k <= n; k++) {
            hash = hash_byte(hash, (unsigned char)at[i + k - 1]);
            if (cost[i + k] < cost[i] && gazetteer_look(hash) & KNOWN) {
                cost[i] = cost[i + k] + 1;
                first[i] = k;
            }
        }
    }
    for (size_t i = 0, step; i < n; i += step) {
        step = first[i];
        while (at[i] & 0x80 && i + step < n && step < RUN && at[i + step] & 0x80)
            step++;
        view_word_add(v, at + i, step, 0);
    }
}

static void spelled_end(struct guard_view *v, struct spelled *s)
{
    if (!s->count)
        return;
    if (s->count >= 4)
        v->undone |= VIEW_SPACED;
    for (size_t i = 0; i < s->count;) {
        size_t end = i + 1;
        while (end < s->count && (s->count >= 4 && !s->gap[end]))
            end++;
        if (s->count >= 4)
            spelled_cut(v, s->at + i, end - i);
        else
            view_word_add(v, s->at + i, 1, 0);
        i = end;
    }
    s->count = 0;
}

/* Letters of other scripts and signs that stand for letters become plain ones; other signs go. */
static size_t run_undo(struct guard_view *v, struct run *r, char *plain)
{
    char undone[RUN * 4 + 8];
    bool mixed = r->latin && r->foreign;
    size_t n = run_write(r, mixed, plain, sizeof undone), out = 0;
    /* signs at the ends belong to the sentence */
    while (n && sign_of_leet((unsigned char)plain[n - 1]) && plain[n - 1] != '$')
        n--;
    if (mixed)
        v->undone |= VIEW_MIXED;
    if (r->digits && r->letters * 2 >= r->count && n > 2 && leet_undo(plain, n, undone)) {
        v->undone |= VIEW_LEET;
        memcpy(plain, undone, n);
    }
    for (size_t i = 0; i < n; i++)
        if (!sign_of_leet((unsigned char)plain[i]))
            plain[out++] = plain[i];
    r->glued = r->glued || out < n;
    return out;
}

/* Whether the run is a part of several words, which are found when all of it is there. */
static bool run_join(struct run *r, const char *plain, size_t n, bool full)
{
    if (!r->glued || !(full || r->before.len || (n > LONGEST && !view_is_word(plain, n))))
        return false;
    buffer_add(&r->before, plain, n);
    return true;
}

/* `full`: the word goes on behind it. */
static void run_end(struct guard_view *v, struct run *r, struct spelled *s, size_t gap, bool full)
{
    char plain[RUN * 4 + 8];
    size_t n = r->count;
    unsigned marks = r->marks;
    if (!n)
        return;
    if (r->latin < n)
        n = run_undo(v, r, plain);
    else
        for (size_t i = 0; i < n; i++)
            plain[i] = (char)r->points[i];
    bool joined = run_join(r, plain, n, full);
    memset(r, 0, offsetof(struct run, points));
    r->glued = joined && full;
    if (r->glued)
        return;
    if (joined) {
        spelled_end(v, s);
        spelled_cut(v, r->before.at, r->before.len);
        v->undone |= VIEW_SPACED;
        r->before.len = 0;
        return;
    }
    if (n == 1 && *plain - 'a' < 26 && *plain >= 'a' && s->count < SPELLED) {
        s->gap[s->count] = gap > 1;
        s->at[s->count++] = *plain;
        return;
    }
    spelled_end(v, s);
    view_word_add(v, plain, n, marks);
}

/* Whether an "s" and then no letter follows an apostrophe: it is left out of the word. */
static bool possessive(const char *at, size_t n)
{
    size_t step;
    if (n == 0 || (*at | 0x20) != 's')
        return false;
    return n == 1 || point_class(point_at(at + 1, n - 1, &step)) != POINT_LETTER;
}

/* What a sign or space says of the word before it. A full stop within "example.com" ends nothing.
 */
static unsigned marks_of(uint32_t p, const char *next, size_t n)
{
    if (p == '?' || p == 0x37e || p == 0x61f || p == 0xff1f)
        return VIEW_ENDS | VIEW_ASKS;
    if (p == '.' || p == '!' || p == ':')
        return !n || *next == ' ' || *next == '\n' ? VIEW_ENDS : 0;
    if (p == '\n' || p == ';' || p == 0x2026 || p == 0x3002)
        return VIEW_ENDS;
    return p == ',' ? VIEW_COMMA : 0;
}

/* Whether a word of plain letters ends before this sign, whatever follows. */
static bool is_end(char c)
{
    return c == '\n' || (c >= ' ' && c <= '~' && !is_letter(c) && !(c >= '0' && c <= '9') &&
                         c != '\'' && c != '`' && !sign_of_leet((unsigned char)c));
}

/* Adds a word that has nothing to undo, the most of them; returns its bytes, or 0. */
static size_t plain_word_read(struct guard_view *v, struct spelled *s, const char *at, size_t n)
{
    char plain[RUN];
    size_t len = 0;
    for (; len < n && len < RUN && is_letter(at[len]); len++)
        plain[len] = at[len] | 0x20;
    if (len < 2 || (len < n && !is_end(at[len])))
        return 0;
    spelled_end(v, s);
    view_word_add(v, plain, len, *at & 0x20 ? 0 : VIEW_CAPITAL);
    return len;
}

/* Reads a letter of ASCII, or all of a word that has nothing to undo; returns the bytes. */
static size_t letter_read(struct guard_view *v, struct run *r, struct spelled *s, const char *at,
                          size_t n, size_t *gap)
{
    size_t plain = r->count || r->glued ? 0 : plain_word_read(v, s, at, n);
    if (plain) {
        *gap = 0;
        return plain;
    }
    r->marks |= !r->count && !(*at & 0x20) ? VIEW_CAPITAL : 0;
    if (r->count == RUN)
        run_end(v, r, s, *gap, true);
    run_letter(r, (char)(*at | 0x20));
    return 1;
}

void view_words_read(struct guard_view *v, const char *text, size_t n)
{
    struct run r;
    struct spelled s;
    memset(&r, 0, offsetof(struct run, points));
    r.before = buffer_new(v->plain.arena);
    s.count = 0;
    size_t gap = 0;
    for (size_t i = 0, step; i < n; i += step) {
        unsigned char byte = (unsigned char)text[i];
        uint32_t point = byte, p = point - 'A' < 26 ? point | 0x20 : point;
        step = 1;
        if (is_letter(text[i])) {
            step = letter_read(v, &r, &s, text + i, n - i, &gap);
            continue;
        }
        if (byte >= 0x80)
            p = undress(point = point_at(text + i, n - i, &step));
        enum point_class class = point_class(p);
        if (class == POINT_MARK || (class == POINT_HIDDEN && p != 0)) {
            if (class == POINT_HIDDEN && r.count && p != '\t') {
                v->undone |= VIEW_HIDDEN;
                r.glued = true;
            }
            continue;
        }
        if ((p == '\'' || p == 0x2019 || p == '`') && r.count) {
            if (possessive(text + i + step, n - i - step)) {
                r.marks |= VIEW_OWNER;
                step++;
            }
            r.glued = true;
            continue;
        }
        if (class == POINT_LETTER && p >= 0x2e80 && r.count) {
            run_end(v, &r, &s, gap, false); /* scripts without spaces: a character is a word */
            gap = 0;
        }
        if (class == POINT_LETTER || class == POINT_DIGIT || sign_of_leet(p)) {
            if (!r.count && point != p)
                r.marks |= VIEW_CAPITAL;
            if (r.count == RUN)
                run_end(v, &r, &s, gap, true);
            run_put(&r, p);
            continue;
        }
        if (r.count) {
            run_end(v, &r, &s, gap, false);
            gap = 0;
        }
        if (v->count)
            v->words[v->count - 1].marks |= (uint16_t)marks_of(p, text + i + step, n - i - step);
        gap++;
    }
    run_end(v, &r, &s, gap, false);
    spelled_end(v, &s);
}

/* What the lists say of words from `from` on; in one go, so that the machine looks several up at
 * once. */
static void lists_look(struct guard_view *v, size_t from)
{
    for (size_t i = from; i < v->count; i++)
        v->words[i].lists = (uint16_t)gazetteer_look(v->words[i].hash);
}

struct guard_view guard_view(struct arena *a, const char *text, size_t n)
{
    assert(n < INT32_MAX);
    /* room for most texts at once: what is outgrown stays in the arena */
    struct guard_view v = { .plain = buffer_room(a, n + n / 8 + 64), .room = n / 5 + 16 };
    v.words = arena_many(a, v.room, struct view_word);
    buffer_char(&v.plain, ' ');
    view_words_read(&v, text, n);
    lists_look(&v, 0);
    size_t looked = v.count;
    view_unwrap(&v, text, n);
    lists_look(&v, looked);
    return v;
}
