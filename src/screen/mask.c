/* mask.c: runs the finders over a text and settles where they disagree. */
#include "mask.h"

#include "directory.h"
#include "gazetteer.h"
#include "pattern.h"
#include "tagger.h"

#include <string.h>

static const char *const names[MASK_KINDS] = {
    [MASK_PERSON] = "PERSON",
    [MASK_STREET_ADDRESS] = "STREET_ADDRESS",
    [MASK_GPE] = "GPE",
    [MASK_ORGANIZATION] = "ORGANIZATION",
    [MASK_NRP] = "NRP",
    [MASK_TITLE] = "TITLE",
    [MASK_ZIP_CODE] = "ZIP_CODE",
    [MASK_DATE_TIME] = "DATE_TIME",
    [MASK_AGE] = "AGE",
    [MASK_PHONE_NUMBER] = "PHONE_NUMBER",
    [MASK_EMAIL_ADDRESS] = "EMAIL_ADDRESS",
    [MASK_DOMAIN_NAME] = "DOMAIN_NAME",
    [MASK_CREDIT_CARD] = "CREDIT_CARD",
    [MASK_IBAN_CODE] = "IBAN_CODE",
    [MASK_US_SSN] = "US_SSN",
    [MASK_US_DRIVER_LICENSE] = "US_DRIVER_LICENSE",
    [MASK_IP_ADDRESS] = "IP_ADDRESS",
    [MASK_MAC_ADDRESS] = "MAC_ADDRESS",
    [MASK_NATIONAL_ID] = "NATIONAL_ID",
    [MASK_PASSPORT] = "PASSPORT",
    [MASK_MEDICAL_ID] = "MEDICAL_ID",
    [MASK_VEHICLE_ID] = "VEHICLE_ID",
    [MASK_DEVICE_ID] = "DEVICE_ID",
    [MASK_ACCOUNT_NUMBER] = "ACCOUNT_NUMBER",
    [MASK_CRYPTO_ADDRESS] = "CRYPTO_ADDRESS",
    [MASK_SECRET] = "SECRET",
    [MASK_TEXT] = "TEXT",
};

struct mask {
    const struct directory *directory;
    const struct context *context;
    const struct tagger_weights *weights;
    int bias;
};

const char *mask_kind_name(enum mask_kind kind)
{
    return names[kind];
}

enum mask_kind mask_kind_of(const char *name)
{
    for (size_t i = 0; i < MASK_KINDS; i++)
        if (!strcmp(names[i], name))
            return (enum mask_kind)i;
    return MASK_KINDS;
}

const struct mask *mask_new(struct arena *a, const struct mask_name *directory, size_t count)
{
    return mask_new_with(a, directory, count, tagger_own(), TAGGER_BIAS);
}

const struct mask *mask_new_with(struct arena *a, const struct mask_name *directory, size_t count,
                                 const struct tagger_weights *weights, int bias)
{
    struct mask *m = arena_new(a, struct mask);
    m->directory = directory_new(a, directory, count);
    m->context = context_new(a);
    m->weights = weights;
    m->bias = bias;
    return m;
}

struct found *search_add(struct search *s, enum mask_kind kind, size_t start, size_t end,
                         float score, const char *why)
{
    assert(start < end && end <= s->n);
    if (s->count == s->room) {
        size_t room = s->room ? s->room * 2 : 32;
        struct found *found = arena_many(s->arena, room, struct found);
        if (s->count)
            memcpy(found, s->found, s->count * sizeof *found);
        s->found = found;
        s->room = room;
    }
    s->found[s->count] = (struct found){ { kind, start, end, score, why, 0 }, score };
    return &s->found[s->count++];
}

static void search_directory(struct search *s, const struct directory *d)
{
    for (size_t i = 0; i < s->words.count; i++) {
        struct directory_hit hit;
        if (!directory_find(d, s->text, &s->words, i, &hit))
            continue;
        struct found *f = search_add(s, hit.kind, s->words.at[hit.first].start,
                                     s->words.at[hit.last].end, hit.score, hit.why);
        f->span.subject = hit.subject;
        /* a lone first name gives way to a longer name that is not the directory's person */
        f->rank = hit.kind == MASK_KEEP ? 3 : hit.single ? 0.92f : 2;
        i = hit.last;
    }
}

static bool sign_at(const struct search *s, size_t i, const char *signs)
{
    const struct word *w = &s->words.at[i];
    return w->class == WORD_SIGN && w->length == 1 && strchr(signs, s->text[w->start]);
}

/* A small word between names: "and", "de", "w". */
static bool word_between(const struct word *w, const struct tagger_hit *h)
{
    return h->kind <= MASK_ORGANIZATION && h->kind != MASK_STREET_ADDRESS &&
           w->class == WORD_LETTERS && w->shape == CASE_LOWER &&
           gazetteer_look_wide(w->hash) & GAZETTEER_FUNCTION;
}

/* A small word behind a name with a capital that can be no part of it: a verb, a noun. */
static bool word_behind(const struct word *w, const struct tagger_hit *h)
{
    unsigned lists = w->class == WORD_LETTERS ? gazetteer_look_wide(w->hash) : 0;
    return h->kind == MASK_PERSON && w->class == WORD_LETTERS && w->shape == CASE_LOWER &&
           w->length > 1 &&
           (lists & GAZETTEER_WORD || !(lists & (GAZETTEER_FIRST | GAZETTEER_LAST)));
}

/* "van" before a first name is a small word before the name: "klacht van Gerrit". */
static bool word_before(const struct word *w, const struct tagger_hit *h)
{
    return h->kind == MASK_PERSON && w->class == WORD_LETTERS && w->shape == CASE_LOWER &&
           gazetteer_look_wide(w->hash) & (GAZETTEER_FUNCTION | GAZETTEER_PARTICLE) &&
           w[1].class == WORD_LETTERS && w[1].shape == CASE_TITLE &&
           gazetteer_look_wide(w[1].hash) & GAZETTEER_FIRST;
}

/* "invoice 2024-118", "80-100%" and a small word alone are no postal codes. */
static bool hit_postal(const struct search *s, const struct tagger_hit *h)
{
    const struct word *w = s->words.at;
    if (h->first > 0 && context_look(s->context, w[h->first - 1].hash) & CONTEXT_RECORD)
        return false;
    if (h->last + 1 < s->words.count && sign_at(s, h->last + 1, "%"))
        return false;
    return h->first < h->last || w[h->first].class != WORD_LETTERS ||
           w[h->first].shape != CASE_LOWER;
}

/* Takes off what no name starts or ends with; false when no name is left. */
static bool hit_trim(const struct search *s, struct tagger_hit *h, bool small)
{
    const struct word *w = s->words.at;
    while (!small && h->first < h->last && word_behind(&w[h->last], h))
        h->last--;
    if (!small && h->first < h->last && word_before(&w[h->first], h))
        h->first++;
    bool opened = false;
    while (h->first < h->last &&
           (w[h->first].class == WORD_NEWLINE || sign_at(s, h->first, ".,;:!?\"'()[]<>*-/|_")))
        h->first++;
    for (size_t i = h->first; i <= h->last; i++)
        opened |= sign_at(s, i, "(");
    while (h->first < h->last &&
           (w[h->last].class == WORD_NEWLINE || word_between(&w[h->last], h) ||
            sign_at(s, h->last, ",;:!?\"'([]<>*-/|_") || (!opened && sign_at(s, h->last, ")"))))
        h->last--;
    const struct word *only = &w[h->first];
    if (h->kind == MASK_ZIP_CODE && !hit_postal(s, h))
        return false;
    if (h->first < h->last)
        return true;
    /* "10th", "501(c)" */
    bool glued = h->first > 0 && !only->space && w[h->first - 1].class == WORD_DIGITS;
    bool letter = only->length == 1 && only->shape == CASE_LOWER && h->kind != MASK_STREET_ADDRESS;
    return only->class == WORD_DIGITS || (only->class == WORD_LETTERS && !glued && !letter);
}

/* A text that writes names small, too. */
static bool text_small(const struct search *s)
{
    for (size_t i = 0; i < s->words.count; i++)
        if (s->words.at[i].class == WORD_LETTERS && s->words.at[i].shape == CASE_TITLE &&
            s->words.at[i].length > 1)
            return false;
    return true;
}

/* "@max" is written small by everybody. */
static bool hit_handle(const struct search *s, const struct tagger_hit *h)
{
    return h->first > 0 && !s->words.at[h->first].space && sign_at(s, h->first - 1, "@");
}

/* Small letters, or capitals but for the first, by a slip: "aTM". */
static bool word_small(const struct search *s, const struct word *w)
{
    if (w->shape != CASE_MIXED)
        return w->shape == CASE_LOWER;
    bool small = s->text[w->start] >= 'a' && s->text[w->start] <= 'z';
    for (size_t i = w->start + 1; small && i < w->end; i++)
        small = s->text[i] >= 'A' && s->text[i] <= 'Z';
    return small;
}

/* Small letters in a text that has capitals, and no word of it is known as a name alone. */
static bool hit_common(const struct search *s, const struct tagger_hit *h)
{
    unsigned wanted = h->kind == MASK_NRP ? GAZETTEER_NATION
                                          : GAZETTEER_FIRST | GAZETTEER_LAST | GAZETTEER_COUNTRY |
                                                GAZETTEER_COMPANY;
    if (h->kind != MASK_PERSON && h->kind != MASK_GPE && h->kind != MASK_ORGANIZATION &&
        h->kind != MASK_NRP)
        return false;
    for (size_t i = h->first; i <= h->last; i++) {
        const struct word *w = &s->words.at[i];
        unsigned lists = w->class == WORD_LETTERS ? gazetteer_look_wide(w->hash) : 0;
        bool name = lists & wanted &&
                    (lists & GAZETTEER_NATION || !(lists & (GAZETTEER_WORD | GAZETTEER_FUNCTION)));
        if (w->class == WORD_DIGITS || (w->class == WORD_LETTERS && !word_small(s, w)) || name)
            return false;
    }
    return true;
}

/* A month or a weekday that is no first name. */
static bool hit_calendar(const struct search *s, const struct tagger_hit *h)
{
    const struct word *w = &s->words.at[h->first];
    unsigned lists = gazetteer_look_wide(w->hash);
    return h->first == h->last && w->class == WORD_LETTERS && !(lists & GAZETTEER_FIRST) &&
           (lists & GAZETTEER_MONTH || context_look(s->context, w->hash) & CONTEXT_WEEKDAY);
}

/* Words of a dictionary that are no names, all in capitals: "GROUP BY". */
static bool hit_shouted(const struct search *s, const struct tagger_hit *h)
{
    const unsigned name =
        GAZETTEER_FIRST | GAZETTEER_LAST | GAZETTEER_PLACE | GAZETTEER_COUNTRY | GAZETTEER_COMPANY;
    for (size_t i = h->first; i <= h->last; i++) {
        const struct word *w = &s->words.at[i];
        unsigned lists = w->class == WORD_LETTERS ? gazetteer_look_wide(w->hash) : 0;
        if (w->shape != CASE_UPPER || !(lists & GAZETTEER_WORD) || lists & name)
            return false;
    }
    return true;
}

static bool hit_digits(const struct search *s, const struct tagger_hit *h)
{
    for (size_t i = h->first; i <= h->last; i++)
        if (s->words.at[i].class == WORD_LETTERS)
            return false;
    return true;
}

/* Digits alone are part of an address only beside a part or a place that has letters: one of the
   last two that were kept, or one of the next two. */
static bool hit_stray(const struct search *s, const struct tagger_hit *hits, size_t count,
                      size_t kept, size_t i)
{
    enum { NEAR = 6 };
    const struct tagger_hit *h = &hits[kept];
    if ((h->kind != MASK_STREET_ADDRESS && h->kind != MASK_ZIP_CODE) || !hit_digits(s, h))
        return false;
    const size_t near[] = { kept - 2, kept - 1, i + 1, i + 2 };
    for (size_t k = kept < 2 ? 2 - kept : 0; k < LENGTH(near) && near[k] < count; k++) {
        const struct tagger_hit *x = &hits[near[k]];
        bool site = x->kind == MASK_GPE || x->kind == MASK_STREET_ADDRESS;
        if (site && !hit_digits(s, x) && x->first <= h->last + NEAR && h->first <= x->last + NEAR)
            return false;
    }
    return true;
}

/* Words of a dictionary without a capital or a word of streets or places: "total 48". */
static bool hit_no_address(const struct search *s, const struct tagger_hit *h)
{
    const unsigned site =
        GAZETTEER_STREET | GAZETTEER_PLACE | GAZETTEER_PLACE_PART | GAZETTEER_COUNTRY;
    for (size_t i = h->first; i <= h->last; i++) {
        const struct word *w = &s->words.at[i];
        unsigned lists = w->class == WORD_LETTERS ? gazetteer_look_wide(w->hash) : GAZETTEER_WORD;
        if (!(lists & GAZETTEER_WORD) || lists & site ||
            (w->class == WORD_LETTERS && w->shape != CASE_LOWER))
            return false;
    }
    return h->kind == MASK_STREET_ADDRESS && h->last > h->first;
}

/* Whether a capital may stand at word `i` only because a line or a sentence starts there. */
static bool capital_due(const struct search *s, size_t i)
{
    if (i == 0 || s->words.at[i - 1].class == WORD_NEWLINE)
        return true;
    bool title = i > 1 && sign_at(s, i - 1, ".") && s->words.at[i - 2].class == WORD_LETTERS &&
                 gazetteer_look_wide(s->words.at[i - 2].hash) & GAZETTEER_HONORIFIC;
    return !title && sign_at(s, i - 1, ".!?:-*\"");
}

/* A word of a dictionary that is no first name, with a capital because a line or a sentence
   starts with it, and nothing but small words of it behind, needs strong signs around it. The
   limit was chosen on held-out texts. */
static bool hit_weak(const struct search *s, const struct tagger_hit *h)
{
    const struct word *w = &s->words.at[h->first];
    for (size_t i = h->first + 1; i <= h->last; i++)
        if (s->words.at[i].class != WORD_LETTERS || s->words.at[i].shape != CASE_LOWER ||
            !(gazetteer_look_wide(s->words.at[i].hash) & GAZETTEER_WORD))
            return false;
    if (w->class != WORD_LETTERS || w->shape != CASE_TITLE ||
        (h->kind != MASK_PERSON && h->kind != MASK_GPE && h->kind != MASK_ORGANIZATION))
        return false;
    unsigned lists = gazetteer_look_wide(w->hash);
    return lists & GAZETTEER_WORD && !(lists & GAZETTEER_FIRST) && h->score < 0.86f &&
           capital_due(s, h->first);
}

/* A word that is a name wherever it stands, once one place has shown it to be one. */
static bool name_always(const struct word *w)
{
    return w->class == WORD_LETTERS && w->length > 2 && w->shape == CASE_TITLE &&
           !(gazetteer_look_wide(w->hash) &
             (GAZETTEER_WORD | GAZETTEER_FUNCTION | GAZETTEER_MONTH | GAZETTEER_PLACE |
              GAZETTEER_COUNTRY | GAZETTEER_NATION));
}

struct names {
    uint64_t *at;
    size_t mask; /* a power of two less one */
};

static uint64_t *names_slot(const struct names *n, uint64_t hash)
{
    size_t i = (hash * 0x9e3779b97f4a7c15u) >> 32 & n->mask;
    while (n->at[i] && n->at[i] != hash)
        i = (i + 1) & n->mask;
    return &n->at[i];
}

/* The words of the tagger's persons: of all, or of those with several words. */
static struct names names_read(const struct search *s, const struct tagger_hit *hits, size_t count,
                               bool several)
{
    size_t room = 1, slots = 8;
    for (size_t i = 0; i < count; i++)
        room += hits[i].kind == MASK_PERSON ? hits[i].last - hits[i].first + 1 : 0;
    while (slots < room * 2)
        slots *= 2;
    struct names n = { arena_many(s->arena, slots, uint64_t), slots - 1 };
    for (size_t i = 0; i < count; i++)
        for (size_t k = hits[i].first; hits[i].kind == MASK_PERSON && k <= hits[i].last; k++) {
            const struct word *w = &s->words.at[k];
            bool named = w->class == WORD_LETTERS && w->shape == CASE_TITLE && w->length > 2;
            if (several ? named && hits[i].first < hits[i].last : name_always(w))
                *names_slot(&n, w->hash) = w->hash;
        }
    return n;
}

/* Whether a flat is named behind other words of its line, from word `i` to `last`:
   "Mill Lane 61 Apt. 263". */
static bool flat_behind(const struct search *s, size_t i, size_t last)
{
    static const char *const flats[] = { "apt", "suite", "flat", "unit" };
    for (; i <= last; i++)
        for (size_t k = 0; k < LENGTH(flats); k++)
            if (!strcmp(s->words.at[i].plain, flats[k]) &&
                s->words.at[i - 1].class != WORD_NEWLINE && !sign_at(s, i - 1, ","))
                return true;
    return false;
}

/* Whether at most `room` words stand between word `last` and a hit: line ends, commas, capitals of
   a place that was not seen. */
static bool hits_touch(const struct search *s, size_t last, const struct tagger_hit *b, size_t room)
{
    if (b->first - last - 1 > room)
        return false;
    for (size_t i = last + 1; i < b->first; i++) {
        const struct word *w = &s->words.at[i];
        if (w->class == WORD_LETTERS ? w->shape == CASE_LOWER
                                     : w->class != WORD_NEWLINE && !sign_at(s, i, ",-()"))
            return false;
    }
    return true;
}

static bool hit_site(const struct tagger_hit *h)
{
    return h->kind == MASK_STREET_ADDRESS || h->kind == MASK_GPE || h->kind == MASK_ZIP_CODE;
}

/* Whether a place and a country follow in the line of a street: "Mill Lane 61, Bath, England". */
static bool country_behind(const struct search *s, size_t behind, const struct tagger_hit *country)
{
    size_t commas = 0;
    for (size_t i = behind; i < country->first; i++) {
        if (s->words.at[i].class == WORD_NEWLINE)
            return false;
        commas += sign_at(s, i, ",");
    }
    const struct word *last = &s->words.at[country->last];
    return commas > 1 && country->kind == MASK_GPE && last->class == WORD_LETTERS &&
           last->length > 2 && gazetteer_look_wide(last->hash) & GAZETTEER_COUNTRY;
}

/* Whether a part of an address ends where another hit starts. */
static bool hit_before(const struct search *s, const struct tagger_hit *a,
                       const struct tagger_hit *b)
{
    return hit_site(a) && hits_touch(s, a->last, b, 0);
}

/* An address with its flat or its country in the line of the street is one, with what stands around
   it; one whose parts have lines of their own is several. Returns how many hits are left. */
static size_t hits_join(const struct search *s, struct tagger_hit *hits, size_t count)
{
    enum { APART = 6, AHEAD = 8 };
    size_t kept = 0;
    for (size_t i = 0, next; i < count; i = next) {
        struct tagger_hit h = hits[i];
        next = i + 1;
        if (h.kind == MASK_STREET_ADDRESS) {
            size_t end = next;
            bool beside = kept && hit_before(s, &hits[kept - 1], &h);
            bool one = flat_behind(s, h.first + !beside, h.last);
            for (; end < count && end < i + AHEAD && hit_site(&hits[end]) &&
                   hits_touch(s, hits[end - 1].last, &hits[end], APART);
                 end++)
                one |= country_behind(s, h.last + 1, &hits[end]);
            while (one && kept && hit_before(s, &hits[kept - 1], &h))
                h.first = hits[--kept].first;
            next = one ? end : next;
            h.last = hits[next - 1].last;
        }
        hits[kept++] = h;
    }
    return kept;
}

/* A place or an organisation whose words are all of persons' names in the same text is a person. */
static void hits_agree(const struct search *s, struct tagger_hit *hits, size_t count)
{
    struct names n = names_read(s, hits, count, true);
    for (size_t i = 0; i < count; i++) {
        bool named = hits[i].kind == MASK_GPE || hits[i].kind == MASK_ORGANIZATION;
        for (size_t k = hits[i].first; named && k <= hits[i].last; k++)
            named = *names_slot(&n, s->words.at[k].hash) != 0;
        if (named)
            hits[i].kind = MASK_PERSON;
    }
}

/* Finds the words of persons again where the tagger saw nothing in their surroundings. */
static void search_again(struct search *s, const struct tagger_hit *hits, size_t count)
{
    struct names n = names_read(s, hits, count, false);
    for (size_t i = 0; i < s->words.count; i++) {
        const struct word *w = &s->words.at[i];
        if (w->class == WORD_LETTERS && w->shape == CASE_TITLE && *names_slot(&n, w->hash))
            search_add(s, MASK_PERSON, w->start, w->end, 0.35f, "a person's name elsewhere here");
    }
}

static void search_tagger(struct search *s, const struct mask *m)
{
    static const char *const whys[] = {
        [MASK_PERSON] = "reads like a person's name",
        [MASK_STREET_ADDRESS] = "reads like a street address",
        [MASK_GPE] = "reads like a place",
        [MASK_ORGANIZATION] = "reads like an organisation",
        [MASK_NRP] = "a nationality, religion or political group",
        [MASK_TITLE] = "a title or an occupation beside a name",
        [MASK_ZIP_CODE] = "reads like a postal code",
    };
    size_t count, kept = 0;
    struct tagger_hit *hits =
        tagger_find(s->arena, m->weights, s->text, &s->words, m->bias, &count);
    bool small = text_small(s);
    count = hits_join(s, hits, count);
    hits_agree(s, hits, count);
    for (size_t i = 0; i < count; i++) {
        struct tagger_hit *h = &hits[kept];
        *h = hits[i];
        if (!hit_trim(s, h, small) || hit_no_address(s, h) || hit_calendar(s, h) ||
            hit_stray(s, hits, count, kept, i) ||
            (!small && (hit_weak(s, h) || hit_shouted(s, h))) ||
            ((!small || hit_handle(s, h)) && hit_common(s, h)))
            continue;
        kept++;
        struct found *f = search_add(s, h->kind, s->words.at[h->first].start,
                                     s->words.at[h->last].end, h->score, whys[h->kind]);
        bool several = h->last > h->first;
        f->rank = several && h->kind == MASK_STREET_ADDRESS ? 0.88f
                  : several && h->kind == MASK_PERSON       ? 0.93f
                                                            : 0.4f + h->score / 4;
    }
    search_again(s, hits, kept);
}

/* Each word goes to the strongest span over it; what is left of a weaker span stays masked, for a
   name inside an address must not uncover the address. Finders give disjoint spans, so that the
   whole is linear but for the search of their places. */
static struct mask_spans spans_settle(struct search *s, unsigned kinds)
{
    uint32_t *owner = arena_many(s->arena, s->words.count + 1, uint32_t); /* 1 + place in found */
    const struct word *w = s->words.at;
    for (size_t f = 0; f < s->count; f++) {
        const struct mask_span *x = &s->found[f].span;
        size_t at = 0, high = s->words.count; /* the first word that ends behind the start */
        while (at < high) {
            size_t middle = (at + high) / 2;
            if (w[middle].end <= x->start)
                at = middle + 1;
            else
                high = middle;
        }
        for (size_t i = at; i < s->words.count && w[i].start < x->end; i++)
            if (!owner[i] || s->found[owner[i] - 1].rank < s->found[f].rank)
                owner[i] = (uint32_t)f + 1;
    }
    size_t room = 0;
    for (size_t i = 0; i < s->words.count; i++)
        room += owner[i] && (i == 0 || owner[i] != owner[i - 1]);
    struct mask_spans ret = { arena_many(s->arena, room, struct mask_span), 0 };
    for (size_t i = 0, last; i < s->words.count; i = last) {
        size_t first = i;
        for (last = i + 1; last < s->words.count && owner[last] == owner[i]; last++)
            ;
        if (!owner[i])
            continue;
        struct mask_span x = s->found[owner[i] - 1].span;
        if (x.kind == MASK_KEEP || !(kinds >> x.kind & 1))
            continue;
        bool whole = w[first].start <= x.start && w[last - 1].end >= x.end;
        size_t end = last;
        while (!whole && first < end && w[first].class != WORD_LETTERS &&
               w[first].class != WORD_DIGITS)
            first++;
        while (!whole && end > first && w[end - 1].class != WORD_LETTERS &&
               w[end - 1].class != WORD_DIGITS)
            end--;
        if (first == end)
            continue;
        x.start = w[first].start > x.start ? w[first].start : x.start;
        x.end = w[end - 1].end < x.end ? w[end - 1].end : x.end;
        x.subject = whole ? x.subject : 0;
        ret.at[ret.count++] = x;
    }
    return ret;
}

struct mask_spans mask_find(struct arena *a, const struct mask *m, const char *text, size_t n,
                            unsigned kinds)
{
    struct search s = { .arena = a, .context = m->context, .text = text, .n = n };
    s.words = words_cut(a, text, n);
    search_directory(&s, m->directory);
    pattern_marks(&s);
    pattern_numbers(&s);
    pattern_ids(&s);
    pattern_dates(&s);
    search_tagger(&s, m);
    return spans_settle(&s, kinds);
}
