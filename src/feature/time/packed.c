/* packed.c: runs of parts. */
#include "packed.h"

#include <stdlib.h>
#include <string.h>

enum { ID = sizeof(struct id), SUMS = sizeof(struct packed_sums) };

static size_t part_size(size_t tag_count)
{
    return 1 + ID * (1 + tag_count) + SUMS;
}

bool packed_next(struct blob value, size_t *at, struct packed_part *ret)
{
    const char *from = (const char *)value.at + *at;
    if (*at >= value.len)
        return false;
    size_t n = (unsigned char)*from, size = part_size(n);
    if (value.len - *at < size)
        return false;
    memcpy(&ret->project, from + 1, ID);
    ret->tags = (const struct id *)(from + 1 + ID); /* ids are bytes: they stand anywhere */
    ret->tag_count = n;
    memcpy(&ret->sums, from + size - SUMS, SUMS);
    *at += size;
    return true;
}

static bool same_key(const struct packed_part *a, const struct packed_part *b)
{
    return a->tag_count == b->tag_count && id_equal(a->project, b->project) &&
           (!a->tag_count || !memcmp(a->tags, b->tags, a->tag_count * ID));
}

/* Where the part with that key begins; value.len when there is none. */
static size_t part_find(struct blob value, const struct packed_part *key, struct packed_part *ret)
{
    for (size_t at = 0, from = 0; packed_next(value, &at, ret); from = at)
        if (same_key(ret, key))
            return from;
    return value.len;
}

static char *room_make(struct packed *p, size_t size)
{
    if (p->room - p->len < size) {
        p->room = (p->len + size) * 3 / 2;
        p->at = realloc(p->at, p->room);
        if (!p->at)
            abort();
    }
    return p->at + p->len;
}

void packed_set(struct packed *p, struct blob value)
{
    p->len = 0;
    if (value.len)
        memcpy(room_make(p, value.len), value.at, value.len);
    p->len = value.len;
}

static void part_append(struct packed *p, const struct packed_part *part)
{
    size_t size = part_size(part->tag_count);
    char *to = room_make(p, size);
    *to = (char)part->tag_count;
    memcpy(to + 1, &part->project, ID);
    if (part->tag_count)
        memcpy(to + 1 + ID, part->tags, part->tag_count * ID);
    memcpy(to + size - SUMS, &part->sums, SUMS);
    p->len += size;
}

bool packed_add(struct packed *p, const struct packed_part *part)
{
    struct packed_part old;
    size_t from = part_find((struct blob){ p->at, p->len }, part, &old);
    if (from == p->len) {
        if (part->sums.entries < 1)
            return false;
        part_append(p, part);
        return true;
    }
    size_t size = part_size(part->tag_count);
    old.sums.duration_s += part->sums.duration_s;
    old.sums.billable_s += part->sums.billable_s;
    old.sums.unrated_s += part->sums.unrated_s;
    old.sums.amount_minor += part->sums.amount_minor;
    old.sums.entries += part->sums.entries;
    if (old.sums.entries > 0) {
        memcpy(p->at + from + size - SUMS, &old.sums, SUMS);
        return true;
    }
    memmove(p->at + from, p->at + from + size, p->len - from - size);
    p->len -= size;
    return old.sums.entries == 0;
}

bool packed_equal(struct blob a, struct blob b)
{
    struct packed_part one, other;
    if (a.len != b.len)
        return false;
    for (size_t at = 0; packed_next(a, &at, &one);) {
        if (part_find(b, &one, &other) == b.len ||
            memcmp(&one.sums, &other.sums, sizeof one.sums) != 0)
            return false;
    }
    return true;
}
