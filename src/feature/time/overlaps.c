/* overlaps.c: which entries of a page of the list overlap another one. */
#include "core/app.h"
#include "core/generic.h"
#include "entry.h"
#include "routes.h"

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

/* All that the entries of one person may overlap is read once, with the first of them. */
static bool within_read(struct ctx *c, const struct list *page, size_t i, struct list *within)
{
    const struct time_entry *e = page->at;
    struct instant from = e[i].started_at, until = entry_end(c, &e[i]);
    for (size_t k = 0; k < page->count; k++) {
        if (!id_equal(e[k].person, e[i].person))
            continue;
        if (k < i) {
            within[i] = within[k];
            return true;
        }
        struct instant end = entry_end(c, &e[k]);
        from = e[k].started_at.us < from.us ? e[k].started_at : from;
        until = end.us > until.us ? end : until;
    }
    return entries_within(c, e[i].person, from, until, &within[i]);
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
    struct overlap *to = arena_many(c->arena, page.count + 1, struct overlap);
    for (size_t i = 0; i < page.count; i++) {
        struct time_entry first;
        if (!within_read(c, &page, i, within))
            return false;
        size_t count = overlaps_count(c, &e[i], &within[i], &first);
        if (count)
            to[n++] = (struct overlap){ e[i].id,          first.id,       first.note,
                                        first.started_at, first.ended_at, (int64_t)count - 1 };
    }
    c->x->page = (struct list){ to, n };
    return true;
}
