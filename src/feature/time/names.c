/* names.c: a hash table of names. */
#include "names.h"

#include "base/text.h"

/* The next letter of a name as it counts: small, and any number of blanks as one space. */
static uint32_t letter_next(const char **at)
{
    size_t blank = text_blank(*at);
    if (!blank)
        return text_fold(text_next(at));
    for (; blank; blank = text_blank(*at))
        *at += blank;
    return ' ';
}

static bool name_equal(const char *a, const char *b)
{
    while (*a && *b)
        if (letter_next(&a) != letter_next(&b))
            return false;
    return *a == *b;
}

static size_t slot_of(const struct names *n, struct id parent, const char *name)
{
    struct siphash s = siphash_start(&n->key);
    siphash_add(&s, parent.byte, sizeof parent.byte);
    for (const char *p = name; *p;) {
        uint32_t letter = letter_next(&p);
        siphash_add(&s, &letter, sizeof letter);
    }
    size_t i = siphash_end(&s) & (n->room - 1);
    while (n->slot[i].name &&
           (!name_equal(n->slot[i].name, name) || !id_equal(n->slot[i].parent, parent)))
        i = (i + 1) & (n->room - 1);
    return i;
}

static void grow(struct names *n)
{
    struct names larger = { .arena = n->arena, .room = n->room ? n->room * 2 : 64 };
    larger.slot = arena_many(n->arena, larger.room, struct name_slot);
    larger.count = n->count;
    larger.key = n->key;
    if (!n->room)
        siphash_key_random(&larger.key);
    for (size_t i = 0; i < n->room; i++)
        if (n->slot[i].name)
            larger.slot[slot_of(&larger, n->slot[i].parent, n->slot[i].name)] = n->slot[i];
    *n = larger;
}

void names_add(struct names *n, struct id parent, const char *name, struct id id)
{
    if (n->count * 2 >= n->room)
        grow(n);
    struct name_slot *slot = &n->slot[slot_of(n, parent, name)];
    if (slot->name)
        return;
    *slot = (struct name_slot){ parent, id, name };
    n->count++;
}

struct id names_find(const struct names *n, struct id parent, const char *name)
{
    if (!n->room)
        return (struct id){ 0 };
    return n->slot[slot_of(n, parent, name)].id;
}
