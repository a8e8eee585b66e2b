/* places.c: a hash table of pairs of ids. */
#include "places.h"

#include <string.h>

static struct place *place_of(const struct places *p, struct id first, struct id second)
{
    struct siphash s = siphash_start(&p->key);
    siphash_add(&s, first.byte, sizeof first.byte);
    siphash_add(&s, second.byte, sizeof second.byte);
    size_t i = siphash_end(&s) & (p->room - 1);
    while (p->slot[i].what &&
           (!id_equal(p->slot[i].first, first) || !id_equal(p->slot[i].second, second)))
        i = (i + 1) & (p->room - 1);
    return &p->slot[i];
}

static void grow(struct places *p)
{
    struct places larger = { .arena = p->arena, .room = p->room ? p->room * 2 : 64 };
    larger.slot = arena_many(p->arena, larger.room, struct place);
    larger.count = p->count;
    larger.key = p->key;
    if (!p->room)
        siphash_key_random(&larger.key);
    for (size_t i = 0; i < p->room; i++)
        if (p->slot[i].what)
            *place_of(&larger, p->slot[i].first, p->slot[i].second) = p->slot[i];
    *p = larger;
}

void *places_find(const struct places *p, struct id first, struct id second)
{
    return p->room ? place_of(p, first, second)->what : NULL;
}

void places_put(struct places *p, struct id first, struct id second, void *what)
{
    if (p->count * 2 >= p->room)
        grow(p);
    struct place *place = place_of(p, first, second);
    p->count += !place->what;
    *place = (struct place){ first, second, what };
}

struct id places_number(int64_t number)
{
    struct id id = { 0 };
    memcpy(id.byte, &number, sizeof number);
    return id;
}
