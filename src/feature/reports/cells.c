/* cells.c: two small hash tables. */
#include "cells.h"

#include <string.h>

enum { ROOM_FIRST = 256, CELLS_FIRST = 1024 };

static size_t id_hash(struct id id)
{
    uint64_t word[2];
    memcpy(word, id.byte, sizeof word);
    uint64_t h =
        (word[0] ^ (word[1] * UINT64_C(0x9E3779B97F4A7C15))) * UINT64_C(0xD6E8FEB86659FD93);
    return (size_t)(h ^ h >> 32);
}

/* Where the id stands or would stand. */
static size_t number_slot(const struct numbered *n, struct id id)
{
    size_t i = id_hash(id) & (n->room - 1);
    while (n->slot[i] && !id_equal(n->id[n->slot[i]], id))
        i = (i + 1) & (n->room - 1);
    return i;
}

static void numbered_grow(struct numbered *n)
{
    struct numbered larger = *n;
    larger.room = n->room ? n->room * 2 : ROOM_FIRST;
    larger.slot = arena_many(n->arena, larger.room, uint32_t);
    larger.id = arena_many(n->arena, larger.room, struct id);
    if (n->count)
        memcpy(larger.id, n->id, (n->count + 1) * sizeof *n->id);
    *n = larger;
    for (uint32_t i = 1; i <= n->count; i++)
        n->slot[number_slot(n, n->id[i])] = i;
}

uint32_t number_find(const struct numbered *n, struct id id)
{
    if (!id_given(id) || !n->room)
        return 0;
    return n->slot[number_slot(n, id)];
}

uint32_t number_of(struct numbered *n, struct id id)
{
    if (n->last_number && id_equal(id, n->last))
        return n->last_number;
    if (!id_given(id))
        return 0;
    if ((n->count + 1) * 2 >= n->room)
        numbered_grow(n);
    size_t i = number_slot(n, id);
    if (!n->slot[i]) {
        n->slot[i] = (uint32_t)++n->count;
        n->id[n->count] = id;
    }
    n->last = id;
    n->last_number = n->slot[i];
    return n->last_number;
}

/* Where the number of the cell stands or would stand. */
static uint32_t *cell_slot(const struct cells *c, uint32_t key, uint32_t then)
{
    uint64_t h = ((uint64_t)key << 32 | then) * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(h ^ h >> 29) & (c->room * 2 - 1);
    for (; c->slot[i]; i = (i + 1) & (c->room * 2 - 1)) {
        const struct cell *cell = &c->at[c->slot[i] - 1];
        if (cell->key == key && cell->then == then)
            break;
    }
    return &c->slot[i];
}

static void cells_grow(struct cells *c)
{
    struct cell *old = c->at;
    c->room = c->room ? c->room * 2 : CELLS_FIRST;
    c->at = arena_many(c->arena, c->room, struct cell);
    c->slot = arena_many(c->arena, c->room * 2, uint32_t);
    if (c->count)
        memcpy(c->at, old, c->count * sizeof *old);
    for (size_t i = 0; i < c->count; i++)
        *cell_slot(c, old[i].key, old[i].then) = (uint32_t)i + 1;
}

struct cell *cell_of(struct cells *c, uint32_t key, uint32_t then)
{
    if (c->last && c->last->key == key && c->last->then == then)
        return c->last;
    if (c->count == c->room)
        cells_grow(c);
    uint32_t *slot = cell_slot(c, key, then);
    if (!*slot) {
        c->at[c->count] = (struct cell){ .key = key, .then = then };
        *slot = (uint32_t)++c->count;
    }
    c->last = &c->at[*slot - 1];
    return c->last;
}
