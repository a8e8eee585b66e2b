/* overlaps.c: which entries of a list share time with another one. */
#include "core/list.h"
#include "core/rows.h"
#include "entry.h"
#include "routes.h"

const struct field overlaps_in_fields[] = {
    FIELD(struct overlaps_in, started_at_from, .privacy = OPERATIONAL, .query = true,
          .doc = "As in the list of entries"),
    FIELD(struct overlaps_in, started_at_to, .privacy = OPERATIONAL, .query = true,
          .doc = "As in the list of entries"),
    FIELD(struct overlaps_in, person, .privacy = PERSONAL, .query = true,
          .doc = "Only this person's time"),
    FIELD(struct overlaps_in, project, .privacy = OPERATIONAL, .query = true,
          .doc = "Only time on this project, which others may share"),
    FIELD(struct overlaps_in, cursor, .privacy = OPERATIONAL, .max = 4000, .query = true,
          .doc = "That of the page of the list"),
    FIELD(struct overlaps_in, limit, .privacy = OPERATIONAL, .nullable = true, .min = 1, .max = 500,
          .query = true, .doc = "Entries on that page; 50 when not given"),
    { 0 },
};

static const struct field overlap_fields[] = {
    FIELD(struct overlap, entry, .privacy = OPERATIONAL, .doc = "An entry of the page"),
    FIELD(struct overlap, other, .privacy = OPERATIONAL,
          .doc = "The first other entry that shares time with it"),
    FIELD(struct overlap, note, .privacy = CONTENT, .doc = "What the other's time went into"),
    FIELD(struct overlap, started_at, .privacy = OPERATIONAL, .doc = "When the other began"),
    FIELD(struct overlap, ended_at, .privacy = OPERATIONAL,
          .doc = "When it ended; absent while its timer runs"),
    { 0 },
};

const struct field overlaps_fields[] = {
    FIELD_LIST(struct overlaps, items, struct overlap, overlap_fields, .privacy = CONTENT,
               .doc = "Of the page's entries those that share time, newest first"),
    { 0 },
};

static size_t filters_make(const struct overlaps_in *in, struct row_filter *to)
{
    const struct field *f = time_entry_fields;
    size_t n = 0;
    if (instant_given(in->started_at_from))
        to[n++] = (struct row_filter){ field_find(f, "started_at"), COMPARE_FROM,
                                       value_instant(in->started_at_from) };
    if (instant_given(in->started_at_to))
        to[n++] = (struct row_filter){ field_find(f, "started_at"), COMPARE_TO,
                                       value_instant(in->started_at_to) };
    if (id_given(in->person))
        to[n++] =
            (struct row_filter){ field_find(f, "person"), COMPARE_EQUAL, value_id(in->person) };
    if (id_given(in->project))
        to[n++] =
            (struct row_filter){ field_find(f, "project"), COMPARE_EQUAL, value_id(in->project) };
    return n;
}

/* Whoever may see an entry may see all of that person. */
bool overlaps_get(struct ctx *c, const void *in_record, void *ret)
{
    const struct overlaps_in *in = in_record;
    struct row_filter filters[4];
    struct page page = { .filters = filters,
                         .filter_count = filters_make(in, filters),
                         .cursor = in->cursor,
                         .limit = in->limit == INT_NONE ? 50 : in->limit };
    struct list entries;
    const char *next;
    size_t n = 0;
    if (!row_list(c, &time_entry_table, &page, &entries, &next))
        return false;
    struct overlap *to = arena_many(c->arena, entries.count + 1, struct overlap);
    for (size_t i = 0; i < entries.count; i++) {
        const struct time_entry *e = (const struct time_entry *)entries.at + i;
        struct time_entry other;
        bool found;
        if (!overlap_find(c, e, &other, &found))
            return false;
        if (!found)
            continue;
        if (!row_get(c, &time_entry_table, other.id, &other))
            return false;
        to[n++] = (struct overlap){ e->id, other.id, other.note, other.started_at, other.ended_at };
    }
    ((struct overlaps *)ret)->items = (struct list){ to, n };
    return true;
}
