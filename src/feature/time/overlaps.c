/* overlaps.c: which entries of a page of the list overlap another one. */
#include "core/app.h"
#include "core/generic.h"
#include "entry.h"
#include "routes.h"

#include <stdlib.h>
#include <string.h>

const struct field overlap_fields[] = {
    FIELD(struct overlap, entry, .privacy = OPERATIONAL, .doc = "An entry of the page"),
    FIELD(struct overlap, other, .privacy = OPERATIONAL,
          .doc = "The first other entry that shares time with it"),
    FIELD(struct overlap, note, .privacy = CONTENT, .doc = "What the other's time went into"),
    FIELD(struct overlap, started_at, .privacy = OPERATIONAL, .doc = "When the other began"),
    FIELD(struct overlap, ended_at, .privacy = OPERATIONAL,
          .doc = "When it ended; absent while its timer runs"),
    FIELD(struct overlap, more, .privacy = OPERATIONAL,
          .doc = "How many further entries share time with it"),
    { 0 },
};

/* How far the entries of a page may lie apart for what is between them to be read, too. */
enum { APART_S = 24 * 3600 };

static int entry_order(const void *a, const void *b)
{
    const struct time_entry *const *x = a, *const *y = b;
    int by_person = memcmp(&(*x)->person, &(*y)->person, sizeof(struct id));
    if (by_person)
        return by_person;
    return (*x)->started_at.us < (*y)->started_at.us ? -1
                                                     : (*x)->started_at.us > (*y)->started_at.us;
}

/* What each entry of the page may overlap: read once for those of a person that lie close together.
 */
static bool within_read(struct ctx *c, const struct list *page, struct list *within)
{
    const struct time_entry *first = page->at;
    const struct time_entry **e = arena_many(c->arena, page->count + 1, const struct time_entry *);
    for (size_t i = 0; i < page->count; i++)
        e[i] = &first[i];
    qsort(e, page->count, sizeof *e, entry_order);
    for (size_t i = 0, next; i < page->count; i = next) {
        struct instant until = entry_end(c, e[i]);
        for (next = i + 1;
             next < page->count && id_equal(e[next]->person, e[i]->person) &&
             e[next]->started_at.us < instant_plus(until, (struct span){ APART_S }).us;
             next++) {
            struct instant end = entry_end(c, e[next]);
            until = end.us > until.us ? end : until;
        }
        struct list among;
        if (!entries_within(c, e[i]->person, e[i]->started_at, until, &among))
            return false;
        for (size_t k = i; k < next; k++)
            within[e[k] - first] = among;
    }
    return true;
}

/* Whoever may see an entry may see all of that person. */
bool overlaps_get(struct ctx *c, const void *in, void *ret)
{
    struct list page;
    size_t n = 0;
    (void)ret;
    if (!list_read(c, &time_entry_table, in, &page, &c->x->next))
        return false;
    const struct time_entry *e = page.at;
    struct list *within = arena_many(c->arena, page.count + 1, struct list);
    if (!within_read(c, &page, within))
        return false;
    struct overlap *to = arena_many(c->arena, page.count + 1, struct overlap);
    for (size_t i = 0; i < page.count; i++) {
        struct time_entry first;
        size_t count = overlaps_count(c, &e[i], &within[i], &first);
        if (count)
            to[n++] = (struct overlap){ e[i].id,          first.id,       first.note,
                                        first.started_at, first.ended_at, (int64_t)count - 1 };
    }
    c->x->page = (struct list){ to, n };
    return true;
}
