/* directory.c: compiles names into hashed word sequences and looks them up word by word. */
#include "directory.h"

#include "gazetteer.h"

#include <string.h>

enum { NAME_WORDS = 8, NAME_BYTES = 96 };

enum form { FORM_FULL, FORM_INITIAL, FORM_SINGLE, FORM_JOINED };

struct variant {
    uint64_t hash; /* 0: empty slot */
    uint64_t subject;
    uint8_t kind, form;
    bool ambiguous;
};

struct directory {
    struct variant *slots;
    size_t mask, used;
    uint64_t *starts; /* a Bloom filter over the first words */
    size_t longest;
};

enum { START_BITS = 18 };

static uint64_t sequence_add(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return (hash ^ hash >> 29) | 1;
}

static void start_set(struct directory *d, uint64_t word)
{
    size_t bit = (word * 0x9e3779b97f4a7c15u) >> (64 - START_BITS);
    d->starts[bit / 64] |= (uint64_t)1 << bit % 64;
}

static bool start_has(const struct directory *d, uint64_t word)
{
    size_t bit = (word * 0x9e3779b97f4a7c15u) >> (64 - START_BITS);
    return d->starts[bit / 64] >> bit % 64 & 1;
}

static struct variant *slot_of(struct variant *slots, size_t mask, uint64_t hash)
{
    size_t i = (size_t)(hash >> 20) & mask;
    while (slots[i].hash && slots[i].hash != hash)
        i = (i + 1) & mask;
    return &slots[i];
}

static void directory_grow(struct arena *a, struct directory *d)
{
    size_t mask = d->mask * 2 + 1;
    struct variant *slots = arena_many(a, mask + 1, struct variant);
    for (size_t i = 0; i <= d->mask; i++)
        if (d->slots[i].hash)
            *slot_of(slots, mask, d->slots[i].hash) = d->slots[i];
    d->slots = slots;
    d->mask = mask;
}

/* A fuller form of a name wins over a looser one; equal forms of two subjects are ambiguous. */
static void variant_add(struct arena *a, struct directory *d, const struct mask_name *name,
                        enum form form, const uint64_t *words, size_t count)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < count; i++)
        hash = sequence_add(hash, words[i]);
    if (d->used * 2 > d->mask)
        directory_grow(a, d);
    struct variant *v = slot_of(d->slots, d->mask, hash);
    start_set(d, words[0]);
    d->longest = count > d->longest ? count : d->longest;
    if (v->hash && v->form == form) {
        v->ambiguous = v->ambiguous || v->subject != name->subject || !name->subject;
        return;
    }
    if (v->hash && v->form < form)
        return;
    d->used += !v->hash;
    *v = (struct variant){
        .hash = hash, .subject = name->subject, .kind = (uint8_t)name->kind, .form = (uint8_t)form
    };
}

/* One spelling of a name, in words of plain letters. */
struct spelling {
    char bytes[NAME_WORDS][NAME_BYTES];
    size_t lengths[NAME_WORDS];
    uint64_t words[NAME_WORDS];
    size_t count;
};

static uint64_t initial_of(const struct spelling *s, size_t i)
{
    return word_hash(s->bytes[i], 1);
}

static void joined_add(struct arena *a, struct directory *d, const struct mask_name *name,
                       const struct spelling *s, size_t first, size_t second)
{
    char joined[NAME_BYTES * 2];
    size_t n = s->lengths[first] + s->lengths[second];
    if (n < 8)
        return;
    memcpy(joined, s->bytes[first], s->lengths[first]);
    memcpy(joined + s->lengths[first], s->bytes[second], s->lengths[second]);
    uint64_t hash = word_hash(joined, n);
    variant_add(a, d, name, FORM_JOINED, &hash, 1);
}

static void person_add(struct arena *a, struct directory *d, const struct mask_name *name,
                       const struct spelling *s)
{
    size_t last = s->count - 1;
    const uint64_t *w = s->words;
    uint64_t first_initial = initial_of(s, 0), last_initial = initial_of(s, last);
    variant_add(a, d, name, FORM_FULL, (uint64_t[]){ w[0], w[last] }, 2);
    variant_add(a, d, name, FORM_FULL, (uint64_t[]){ w[last], w[0] }, 2);
    variant_add(a, d, name, FORM_INITIAL, (uint64_t[]){ first_initial, w[last] }, 2);
    variant_add(a, d, name, FORM_INITIAL, (uint64_t[]){ w[last], first_initial }, 2);
    variant_add(a, d, name, FORM_INITIAL, (uint64_t[]){ w[0], last_initial }, 2);
    joined_add(a, d, name, s, 0, last);
    joined_add(a, d, name, s, last, 0);
    if (s->count > 2) {
        uint64_t turned[NAME_WORDS] = { w[last] };
        memcpy(turned + 1, w, last * sizeof *w);
        variant_add(a, d, name, FORM_FULL, turned, s->count);
        variant_add(a, d, name, FORM_FULL, w + 1, last);
        uint64_t middle[3] = { w[0], initial_of(s, 1), w[last] };
        variant_add(a, d, name, FORM_FULL, middle, 3);
        middle[0] = first_initial;
        variant_add(a, d, name, FORM_INITIAL, middle, 3);
    }
    for (size_t i = 0; i < s->count; i++)
        if (s->lengths[i] > 1 && !(gazetteer_look(w[i]) & GAZETTEER_PARTICLE))
            variant_add(a, d, name, FORM_SINGLE, &w[i], 1);
}

static void spelling_add(struct arena *a, struct directory *d, const struct mask_name *name,
                         struct spelling *s)
{
    for (size_t i = 0; i < s->count; i++)
        s->words[i] = word_hash(s->bytes[i], s->lengths[i]);
    variant_add(a, d, name, FORM_FULL, s->words, s->count);
    if (name->kind == MASK_PERSON && s->count > 1)
        person_add(a, d, name, s);
    if (name->kind != MASK_ORGANIZATION || s->count < 2)
        return;
    /* without the legal form, when what is left is a name of its own */
    uint64_t last = s->words[s->count - 1];
    unsigned flags = gazetteer_look(s->words[0]);
    if (gazetteer_look(last) & GAZETTEER_LEGAL_FORM)
        variant_add(a, d, name, s->count == 2 && flags & GAZETTEER_WORD ? FORM_SINGLE : FORM_FULL,
                    s->words, s->count - 1);
}

/* Turns ae, oe, ue into a, o, u (the fold of ä, ö, ü). Returns whether anything changed. */
static bool spelling_contract(struct spelling *s)
{
    bool changed = false;
    for (size_t i = 0; i < s->count; i++) {
        char *b = s->bytes[i];
        size_t n = 0;
        for (size_t k = 0; k < s->lengths[i]; k++) {
            b[n++] = b[k];
            if (k + 1 < s->lengths[i] && b[k + 1] == 'e' && strchr("aou", b[k])) {
                k++;
                changed = true;
            }
        }
        s->lengths[i] = n;
    }
    return changed;
}

/* Reads a name's words; `expand` writes ä, ö, ü, ø, å as two letters. */
static bool spelling_read(const char *name, bool expand, struct spelling *ret)
{
    static const struct {
        uint32_t point;
        const char *pair;
    } pairs[] = {
        { 0xe4, "ae" }, { 0xf6, "oe" }, { 0xfc, "ue" }, { 0xf8, "oe" }, { 0xe5, "aa" },
        { 0xc4, "ae" }, { 0xd6, "oe" }, { 0xdc, "ue" }, { 0xd8, "oe" }, { 0xc5, "aa" },
    };
    bool inside = false, changed = false;
    *ret = (struct spelling){ 0 };
    for (size_t n = strlen(name), i = 0, step; i < n; i += step) {
        uint32_t p = point_at(name + i, n - i, &step);
        enum point_class class = point_class(p);
        if (class == POINT_HIDDEN || class == POINT_MARK)
            continue;
        if (class != POINT_LETTER && class != POINT_DIGIT) {
            inside = false;
            continue;
        }
        if (!inside && ret->count == NAME_WORDS)
            return false;
        ret->count += !inside;
        inside = true;
        char *to = ret->bytes[ret->count - 1];
        size_t *length = &ret->lengths[ret->count - 1], room = NAME_BYTES - *length;
        const char *pair = NULL;
        for (size_t k = 0; expand && k < LENGTH(pairs); k++)
            if (pairs[k].point == p)
                pair = pairs[k].pair;
        changed = changed || pair;
        if (room > 8)
            *length += pair ? word_plain(pair, 2, to + *length, room)
                            : word_plain(name + i, step, to + *length, room);
    }
    return ret->count > 0 && (!expand || changed);
}

/* "Müller, Anna" is read as "Anna Müller". */
static const char *name_order(struct arena *a, const struct mask_name *name)
{
    const char *comma = strchr(name->name, ',');
    if (name->kind != MASK_PERSON || !comma || strchr(comma + 1, ','))
        return name->name;
    return arena_printf(a, "%s %.*s", comma + 1, (int)(comma - name->name), name->name);
}

const struct directory *directory_new(struct arena *a, const struct mask_name *names, size_t count)
{
    struct directory *d = arena_new(a, struct directory);
    d->mask = 63;
    d->slots = arena_many(a, d->mask + 1, struct variant);
    d->starts = arena_many(a, ((size_t)1 << START_BITS) / 64, uint64_t);
    for (size_t i = 0; i < count; i++) {
        struct spelling s;
        const char *name = name_order(a, &names[i]);
        if (spelling_read(name, false, &s)) {
            spelling_add(a, d, &names[i], &s);
            if (names[i].kind == MASK_PERSON && spelling_contract(&s))
                spelling_add(a, d, &names[i], &s);
        }
        if (spelling_read(name, true, &s))
            spelling_add(a, d, &names[i], &s);
    }
    return d;
}

static bool is_word(const struct word *w)
{
    return w->class == WORD_LETTERS || w->class == WORD_DIGITS;
}

/* The next word of a name: at most two of . , - ' _ / may stand before it, no line end. */
static bool name_next(const char *text, const struct words *words, size_t *at)
{
    size_t i = *at + 1;
    for (size_t signs = 0; i < words->count && !is_word(&words->at[i]); i++, signs++)
        if (words->at[i].class == WORD_NEWLINE || signs == 2 ||
            words->at[i].end - words->at[i].start > 3 ||
            (words->at[i].length == 1 && !strchr(".,-'_/&", text[words->at[i].start])))
            return false;
    if (i >= words->count)
        return false;
    *at = i;
    return true;
}

static bool sentence_start(const char *text, const struct words *words, size_t i)
{
    if (i == 0 || words->at[i - 1].class == WORD_NEWLINE)
        return true;
    const struct word *w = &words->at[i - 1];
    return w->class == WORD_SIGN && w->length == 1 && strchr(".!?:;\"(>*-", text[w->start]);
}

static bool word_among(const struct word *w, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(w->plain, list[i]))
            return true;
    return false;
}

/* "in May" is a month, "talk to May" a person. */
static bool month_lead(const struct word *w)
{
    static const char *const both[] = { "of", "by", "to", "around", "between", "before", "after" };
    return gazetteer_look(w->hash) & GAZETTEER_DATE_LEAD && !word_among(w, both, LENGTH(both));
}

static bool month_like(const struct words *words, size_t i)
{
    return (i > 0 && (words->at[i - 1].class == WORD_DIGITS || month_lead(&words->at[i - 1]))) ||
           (i + 1 < words->count && words->at[i + 1].class == WORD_DIGITS);
}

/* Whether what follows word `i` is what people do or own: "Rose said", "May's". */
static bool person_does(const char *text, const struct words *words, size_t i)
{
    static const char *const does[] = {
        "said",   "says",  "told", "asked", "asks",   "called", "calls", "wrote",
        "thinks", "wants", "sagt", "sagte", "fragt",  "meint",  "dit",   "demande",
        "dice",   "pide",  "dijo", "zegt",  "vraagt", "mowi",   "pyta",  "disse",
    };
    if (i + 1 == words->count)
        return false;
    const struct word *next = &words->at[i + 1];
    bool owner = next->class == WORD_SIGN && !next->space && i + 2 < words->count &&
                 (text[next->start] == '\'' || next->length == 3) && /* or a curly one */
                 !words->at[i + 2].space && !strcmp(words->at[i + 2].plain, "s");
    return owner || word_among(next, does, LENGTH(does));
}

/* Lone names that are also words ("May", "Will", "Koch") must look like a name where they stand. */
static bool single_fits(const char *text, const struct words *words, size_t i)
{
    const struct word *w = &words->at[i];
    unsigned flags = gazetteer_look(w->hash);
    bool known = flags & (GAZETTEER_WORD | GAZETTEER_FUNCTION);
    if (w->shape == CASE_LOWER)
        return !known && w->length >= 4;
    if (!known)
        return w->length >= 3 || w->shape == CASE_TITLE;
    if (w->shape == CASE_UPPER || (sentence_start(text, words, i) && !person_does(text, words, i)))
        return false;
    return !(flags & GAZETTEER_MONTH && month_like(words, i));
}

static bool form_fits(const struct variant *v, const char *text, const struct words *words,
                      size_t first, size_t last)
{
    const struct word *a = &words->at[first], *b = &words->at[last];
    if (first == last && v->kind != MASK_PERSON && v->form == FORM_FULL)
        return a->shape != CASE_LOWER || !(gazetteer_look(a->hash) & GAZETTEER_WORD);
    if (first == last && v->form != FORM_JOINED)
        return single_fits(text, words, first);
    if (v->form == FORM_INITIAL)
        return (a->length > 1 || a->shape != CASE_LOWER) &&
               (b->length > 1 || b->shape != CASE_LOWER) &&
               (a->shape != CASE_LOWER || b->shape != CASE_LOWER);
    if (v->kind != MASK_PERSON || a->shape != CASE_LOWER || b->shape != CASE_LOWER)
        return true;
    return !(gazetteer_look(a->hash) & GAZETTEER_WORD && gazetteer_look(b->hash) & GAZETTEER_WORD);
}

static const char *form_why(const struct variant *v)
{
    if (v->kind == MASK_KEEP)
        return "a name the directory calls harmless";
    if (v->kind != MASK_PERSON)
        return "in the organisation's directory";
    return v->form == FORM_FULL      ? "a person in the directory"
           : v->form == FORM_INITIAL ? "a person in the directory, abbreviated"
           : v->form == FORM_JOINED  ? "a person in the directory, in one word"
                                     : "part of a person's name in the directory";
}

bool directory_find(const struct directory *d, const char *text, const struct words *words,
                    size_t i, struct directory_hit *ret)
{
    static const float scores[] = { 1.0f, 0.95f, 0.9f, 0.95f };
    const struct word *w = &words->at[i];
    if (!is_word(w) || !start_has(d, w->hash))
        return false;
    bool found = false;
    uint64_t hash = 0;
    size_t at = i;
    for (size_t k = 0; k < d->longest; k++) {
        hash = sequence_add(hash, words->at[at].hash);
        const struct variant *v = slot_of(d->slots, d->mask, hash);
        if (v->hash && form_fits(v, text, words, i, at)) {
            *ret = (struct directory_hit){
                .first = i,
                .last = at,
                .kind = v->kind,
                .score = scores[v->form],
                .subject = v->ambiguous ? 0 : v->subject,
                .why = form_why(v),
                .single = v->form == FORM_SINGLE,
            };
            found = true;
        }
        if (!name_next(text, words, &at))
            break;
    }
    return found;
}
