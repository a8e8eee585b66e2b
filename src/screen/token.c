/* token.c: puts tokens in the place of personal data, and the data back in the place of tokens. */
#include "mask.h"

#include "base/buffer.h"
#include "base/hash.h"

#include <string.h>

/* A token is KIND_entity or, for a second way of writing the same entity, KIND_entity_form. */
struct token {
    uint64_t hash;  /* of kind and original; 0: empty slot */
    uint64_t owner; /* the entity's key: the directory's subject or the text's hash */
    const char *original;
    size_t len;
    uint32_t entity, form;
    uint8_t kind;
};

struct tokens {
    struct token **slots; /* by hash */
    size_t mask, used;
};

struct mask_map {
    struct arena *arena;
    struct tokens by_text, by_owner, by_number;
    uint32_t entities[MASK_KINDS], counts[MASK_KINDS];
    uint32_t kinds_by_letter['Z' - 'A' + 1]; /* bits: kinds whose names start with it */
};

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

static uint64_t bytes_hash(const char *text, size_t n, uint64_t seed)
{
    return mix(hash_bytes(seed ^ hash_start, text, n), n);
}

static uint64_t number_hash(unsigned kind, uint32_t entity, uint32_t form)
{
    return mix(mix(kind + 1, entity), form);
}

/* The tables hold the same tokens under three keys. */
typedef uint64_t token_key(const struct token *t);

static uint64_t key_text(const struct token *t)
{
    return t->hash;
}

static uint64_t key_owner(const struct token *t)
{
    return mix(t->kind + 1u, t->owner);
}

static uint64_t key_number(const struct token *t)
{
    return number_hash(t->kind, t->entity, t->form);
}

static void tokens_put(struct arena *a, struct tokens *table, token_key *key, struct token *t)
{
    if (table->used * 2 >= table->mask) {
        struct tokens more = { .mask = table->mask * 2 + 1 };
        more.slots = arena_many(a, more.mask + 1, struct token *);
        for (size_t i = 0; table->slots && i <= table->mask; i++)
            if (table->slots[i])
                tokens_put(a, &more, key, table->slots[i]);
        *table = more;
    }
    size_t i = key(t) & table->mask;
    while (table->slots[i])
        i = (i + 1) & table->mask;
    table->slots[i] = t;
    table->used++;
}

static void tokens_init(struct arena *a, struct tokens *table)
{
    *table = (struct tokens){ .mask = 31, .slots = arena_many(a, 32, struct token *) };
}

struct mask_map *mask_map_new(struct arena *a)
{
    struct mask_map *map = arena_new(a, struct mask_map);
    map->arena = a;
    tokens_init(a, &map->by_text);
    tokens_init(a, &map->by_owner);
    tokens_init(a, &map->by_number);
    static_assert(MASK_KINDS <= 32, "a kind is a bit");
    for (unsigned kind = 0; kind < MASK_KINDS; kind++)
        map->kinds_by_letter[mask_kind_name(kind)[0] - 'A'] |= 1u << kind;
    return map;
}

size_t mask_map_count(const struct mask_map *map, enum mask_kind kind)
{
    return map->counts[kind];
}

static struct token *text_look(const struct mask_map *map, uint64_t hash, unsigned kind,
                               const char *text, size_t n)
{
    const struct tokens *t = &map->by_text;
    for (size_t i = hash & t->mask; t->slots[i]; i = (i + 1) & t->mask)
        if (t->slots[i]->hash == hash && t->slots[i]->kind == kind && t->slots[i]->len == n &&
            !memcmp(t->slots[i]->original, text, n))
            return t->slots[i];
    return NULL;
}

/* The newest token of an entity carries its highest form; forms are put in order. */
static uint32_t owner_forms(const struct mask_map *map, unsigned kind, uint64_t owner,
                            uint32_t *entity)
{
    const struct tokens *t = &map->by_owner;
    uint32_t forms = 0;
    for (size_t i = mix(kind + 1, owner) & t->mask; t->slots[i]; i = (i + 1) & t->mask)
        if (t->slots[i]->kind == kind && t->slots[i]->owner == owner) {
            *entity = t->slots[i]->entity;
            forms = t->slots[i]->form > forms ? t->slots[i]->form : forms;
        }
    return forms;
}

static const struct token *token_of(struct mask_map *map, unsigned kind, uint64_t subject,
                                    const char *text, size_t n)
{
    uint64_t hash = bytes_hash(text, n, kind) | 1;
    struct token *t = text_look(map, hash, kind, text, n);
    if (t)
        return t;
    t = arena_new(map->arena, struct token);
    *t = (struct token){ .hash = hash,
                         .owner = subject,
                         .len = n,
                         .kind = (uint8_t)kind,
                         .original = arena_text(map->arena, text, n) };
    uint32_t forms = subject ? owner_forms(map, kind, subject, &t->entity) : 0;
    if (forms == 0)
        t->entity = ++map->entities[kind];
    t->form = forms + 1;
    map->counts[kind]++;
    tokens_put(map->arena, &map->by_text, key_text, t);
    tokens_put(map->arena, &map->by_number, key_number, t);
    if (subject)
        tokens_put(map->arena, &map->by_owner, key_owner, t);
    return t;
}

static void token_write(struct buffer *out, const struct token *t)
{
    if (t->form == 1)
        buffer_printf(out, "%s_%u", mask_kind_name(t->kind), t->entity);
    else
        buffer_printf(out, "%s_%u_%u", mask_kind_name(t->kind), t->entity, t->form);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool joins(char c)
{
    return (lower(c) >= 'a' && lower(c) <= 'z') || is_digit(c) || c == '_';
}

/* What has been read of a possible token. */
enum look { LOOK_NO, LOOK_MORE, LOOK_YES };
struct reading {
    unsigned kind;
    uint32_t entity, form; /* form 0: none written */
    size_t len;
};

/* Reads digits without leading zero; false when there are none or too many. */
static bool number_read(const char *text, size_t n, size_t *at, uint32_t *ret)
{
    uint32_t value = 0;
    size_t i = *at;
    for (; i < n && is_digit(text[i]) && i - *at < 9; i++)
        value = value * 10 + (uint32_t)(text[i] - '0');
    if (i == *at || text[*at] == '0' || (i < n && is_digit(text[i])))
        return false;
    *at = i;
    *ret = value;
    return true;
}

/* Skips "_" or "\_". LOOK_MORE when the text ends inside. */
static enum look underscore(const char *text, size_t n, size_t *at)
{
    size_t i = *at;
    if (i < n && text[i] == '\\')
        i++;
    if (i == n)
        return LOOK_MORE;
    if (text[i] != '_')
        return LOOK_NO;
    *at = i + 1;
    return LOOK_YES;
}

/* The kind's name, with its underscores. */
static enum look name_read(const char *name, const char *text, size_t n, size_t *ret)
{
    size_t i = 0;
    for (; *name; name++) {
        if (*name == '_') {
            enum look look = underscore(text, n, &i);
            if (look != LOOK_YES)
                return look;
            continue;
        }
        if (i == n)
            return LOOK_MORE;
        if (lower(text[i]) != lower(*name))
            return LOOK_NO;
        i++;
    }
    *ret = i;
    return LOOK_YES;
}

/* Is there a token of `kind` at the start of `text`? `end` says that nothing more will come. */
static enum look kind_read(unsigned kind, const char *text, size_t n, bool end, struct reading *ret)
{
    size_t i = 0;
    enum look look = name_read(mask_kind_name(kind), text, n, &i);
    if (look == LOOK_YES)
        look = underscore(text, n, &i);
    if (look != LOOK_YES)
        return look == LOOK_MORE && !end ? LOOK_MORE : LOOK_NO;
    if (i == n)
        return end ? LOOK_NO : LOOK_MORE;
    struct reading r = { .kind = kind };
    if (!number_read(text, n, &i, &r.entity))
        return LOOK_NO;
    r.len = i;
    if (i == n && !end)
        return LOOK_MORE;
    size_t form_at = i;
    look = underscore(text, n, &form_at);
    if (look == LOOK_MORE && !end)
        return LOOK_MORE;
    if (look == LOOK_YES) {
        if (form_at == n && !end)
            return LOOK_MORE;
        if (form_at < n && number_read(text, n, &form_at, &r.form)) {
            r.len = form_at;
            if (form_at == n && !end)
                return LOOK_MORE;
        }
    }
    *ret = r;
    return LOOK_YES;
}

static enum look token_read(const struct mask_map *map, const char *text, size_t n, bool end,
                            struct reading *ret)
{
    enum look all = LOOK_NO;
    unsigned letter = (unsigned char)lower(text[0]) - 'a';
    uint32_t kinds = letter < LENGTH(map->kinds_by_letter) ? map->kinds_by_letter[letter] : 0;
    for (; kinds; kinds &= kinds - 1) {
        enum look look = kind_read((unsigned)__builtin_ctz(kinds), text, n, end, ret);
        if (look == LOOK_YES)
            return look;
        if (look == LOOK_MORE && n < MASK_TOKEN_MAX)
            all = LOOK_MORE;
    }
    return all;
}

/* Digits and underscores that follow a token would be read as part of it, so they go with it. */
static size_t tail_end(const char *text, size_t at, size_t to)
{
    while (at < to && (is_digit(text[at]) || text[at] == '_' || text[at] == '\\'))
        at++;
    return at;
}

static void apply_plain(struct mask_map *map, struct buffer *out, const char *text, size_t from,
                        size_t to)
{
    size_t written = from;
    for (size_t i = from; i < to; i++) {
        struct reading r;
        if ((i > written && joins(text[i - 1])) || !joins(text[i]) ||
            token_read(map, text + i, to - i, true, &r) != LOOK_YES)
            continue;
        size_t end = tail_end(text, i + r.len, to);
        buffer_add(out, text + written, i - written);
        token_write(out, token_of(map, MASK_TEXT, 0, text + i, end - i));
        written = end;
        i = end - 1;
    }
    buffer_add(out, text + written, to - written);
}

struct mask_text mask_apply(struct mask_map *map, const char *text, size_t n,
                            const struct mask_spans *spans)
{
    struct buffer out = buffer_new(map->arena);
    size_t at = 0;
    for (size_t i = 0; i < spans->count; i++) {
        const struct mask_span *s = &spans->at[i];
        assert(s->start >= at && s->end > s->start && s->end <= n && s->kind < MASK_KINDS);
        size_t next = i + 1 < spans->count ? spans->at[i + 1].start : n;
        size_t start = s->start, end = tail_end(text, s->end, next);
        while (start > at && joins(text[start - 1]))
            start--;
        apply_plain(map, &out, text, at, start);
        token_write(&out, token_of(map, s->kind, s->subject, text + start, end - start));
        at = end;
    }
    apply_plain(map, &out, text, at, n);
    return (struct mask_text){ out.at, out.len };
}

static const struct token *number_look(const struct mask_map *map, const struct reading *r)
{
    const struct tokens *t = &map->by_number;
    uint32_t form = r->form ? r->form : 1;
    if (r->form == 1)
        return NULL;
    for (size_t i = number_hash(r->kind, r->entity, form) & t->mask; t->slots[i];
         i = (i + 1) & t->mask)
        if (t->slots[i]->kind == r->kind && t->slots[i]->entity == r->entity &&
            t->slots[i]->form == form)
            return t->slots[i];
    return NULL;
}

struct mask_stream {
    struct mask_map *map;
    char held[MASK_TOKEN_MAX + 1];
    size_t count;
    bool inside; /* the last byte let go belongs to a word */
};

struct mask_stream *mask_stream_new(struct mask_map *map)
{
    struct mask_stream *s = arena_new(map->arena, struct mask_stream);
    s->map = map;
    return s;
}

/* Lets go of all that is certain in `text`; returns how many bytes were used up. */
static size_t stream_settle(struct mask_stream *s, const char *text, size_t n, bool end,
                            struct buffer *out)
{
    size_t i = 0, written = 0;
    while (i < n) {
        struct reading r;
        enum look look =
            s->inside || !joins(text[i]) ? LOOK_NO : token_read(s->map, text + i, n - i, end, &r);
        if (look == LOOK_MORE)
            break;
        const struct token *t = look == LOOK_YES ? number_look(s->map, &r) : NULL;
        if (t) {
            buffer_add(out, text + written, i - written);
            buffer_add(out, t->original, t->len);
        }
        size_t step = look == LOOK_YES ? r.len : 1;
        i += step;
        written = t ? i : written;
        s->inside = !t && joins(text[i - 1]);
    }
    buffer_add(out, text + written, i - written);
    return i;
}

struct mask_text mask_stream_feed(struct mask_stream *s, const char *text, size_t n)
{
    struct buffer out = buffer_new(s->map->arena);
    size_t at = 0;
    /* what is held back may need bytes of the new piece to be settled */
    while (s->count && at < n) {
        s->held[s->count++] = text[at++];
        size_t used = stream_settle(s, s->held, s->count, false, &out);
        s->count -= used;
        memmove(s->held, s->held + used, s->count);
    }
    at += stream_settle(s, text + at, n - at, false, &out);
    memcpy(s->held + s->count, text + at, n - at);
    s->count += n - at;
    return (struct mask_text){ out.at, out.len };
}

struct mask_text mask_stream_end(struct mask_stream *s)
{
    struct buffer out = buffer_new(s->map->arena);
    stream_settle(s, s->held, s->count, true, &out);
    wipe(s->held, sizeof s->held);
    s->count = 0;
    s->inside = false;
    return (struct mask_text){ out.at, out.len };
}

struct mask_text mask_restore(struct mask_map *map, const char *text, size_t n)
{
    struct mask_stream s = { .map = map };
    struct buffer out = buffer_new(map->arena);
    stream_settle(&s, text, n, true, &out);
    return (struct mask_text){ out.at, out.len };
}
