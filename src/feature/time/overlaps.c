/* overlaps.c: when entries of one person overlap, and which of a page of their list do. */
#include "core/app.h"
#include "core/generic.h"
#include "entry.h"
#include "routes.h"

#include <stdlib.h>
#include <string.h>

bool overlap_refused(const char *policy)
{
    return text_equal(policy, "refuse");
}

/* Few reach far: those are found by their ends, the others by their starts. */
#define WITHIN                                                   \
    " FROM time_entry WHERE id IN (SELECT id FROM time_entry"    \
    " WHERE person = $1 AND reaches > $2 AND started_at <= $3"   \
    " UNION ALL SELECT id FROM time_entry"                       \
    " WHERE person = $1 AND started_at > $3 AND started_at < $4" \
    " AND (ended_at > $2 OR ended_at IS NULL)) ORDER BY started_at"

static struct instant within_first(struct instant from)
{
    return instant_plus(from, (struct span){ -ENTRY_REACHES_S });
}

bool entries_within(struct ctx *c, struct id person, struct instant from, struct instant until,
                    struct list *ret)
{
    static const struct query within = {
        "SELECT id, project, task, started_at, ended_at, zone, note, source" WITHIN
    };
    static const struct field fields[] = {
        FIELD(struct time_entry, id),
        FIELD(struct time_entry, project),
        FIELD(struct time_entry, task),
        FIELD(struct time_entry, started_at),
        FIELD(struct time_entry, ended_at),
        FIELD(struct time_entry, zone),
        FIELD(struct time_entry, note),
        FIELD(struct time_entry, source),
        { 0 },
    };
    return tx_rows(c->tx, &within,
                   ARGS(value_id(person), value_instant(from), value_instant(within_first(from)),
                        value_instant(until)),
                   fields, sizeof(struct time_entry), 0, ret);
}

static bool entry_mark(void *with, const void *record)
{
    const struct row *row = record;
    siphash_add(with, &row->id, sizeof row->id);
    siphash_add(with, &row->version, sizeof row->version);
    return true;
}

bool entries_mark(struct ctx *c, struct id person, struct instant from, struct instant until,
                  struct siphash *mark)
{
    static const struct query within = { "SELECT id, version" WITHIN ", id" };
    static const struct field fields[] = { FIELD(struct row, id),
                                           FIELD(struct row, version),
                                           { 0 } };
    return tx_each(c->tx, &within,
                   ARGS(value_id(person), value_instant(from), value_instant(within_first(from)),
                        value_instant(until)),
                   fields, sizeof(struct row), entry_mark, mark);
}

bool entry_placed(const char *source)
{
    return text_equal(source, "week");
}

/* The end of an entry, or now while its timer runs. */
static struct instant entry_end(const struct ctx *c, const struct time_entry *e)
{
    return instant_given(e->ended_at) ? e->ended_at : c->now;
}

/* Whether it has a length of time that somebody chose. */
static bool has_times(const struct ctx *c, const struct time_entry *e)
{
    return !entry_placed(e->source) && e->started_at.us < entry_end(c, e).us;
}

/* Hours of the week sheet overlap nothing, as nobody chose their clock times, and nor does what has
   no length, such as a timer stopped at once. A running entry has lasted until now. */
bool entries_overlap(const struct ctx *c, const struct time_entry *e,
                     const struct time_entry *other)
{
    return has_times(c, e) && has_times(c, other) && other->started_at.us < entry_end(c, e).us &&
           entry_end(c, other).us > e->started_at.us;
}

/* How many of the person's entries within a stretch overlap one of them; *first is the first to
   begin. */
static size_t overlaps_count(const struct ctx *c, const struct time_entry *e,
                             const struct list *within, struct time_entry *first)
{
    const struct time_entry *other = within->at;
    struct instant end = entry_end(c, e);
    size_t n = 0, most = has_times(c, e) ? within->count : 0;
    for (size_t i = 0; i < most && other[i].started_at.us < end.us; i++) {
        if (id_equal(other[i].id, e->id) || !entries_overlap(c, e, &other[i]))
            continue;
        if (!n++)
            *first = other[i];
    }
    return n;
}

bool entry_overlaps(struct ctx *c, const struct time_entry *e, bool *ret)
{
    struct list within;
    struct time_entry first;
    if (!entries_within(c, e->person, e->started_at, entry_end(c, e), &within))
        return false;
    *ret = overlaps_count(c, e, &within, &first) > 0;
    return true;
}

/* --- of a page --- */

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
static bool overlaps_read(struct ctx *c, void *with)
{
    struct list page;
    size_t n = 0;
    (void)with;
    if (!list_read(c, &time_entry_table, c->x->in, &page, &c->x->next))
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

bool overlaps_get(struct ctx *c, const void *in, void *ret)
{
    (void)in;
    (void)ret;
    return ctx_read(c, overlaps_read, NULL);
}
