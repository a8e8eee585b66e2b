/* rollup_batch.c: sums of many entries: collected in memory, written at once, made anew, compared.
 */
#include "rollup_sums.h"

#include <stdlib.h>
#include <string.h>

static uint64_t key_hash(const struct rollup *r)
{
    uint64_t word[2], h = (uint64_t)(uint32_t)r->day.day * UINT64_C(0x9E3779B97F4A7C15);
    const struct id *ids[] = { &r->person, &r->project };
    for (size_t i = 0; i < LENGTH(ids); i++) {
        memcpy(word, ids[i], sizeof word);
        h = (h ^ word[0] ^ (word[1] << 1)) * UINT64_C(0xD6E8FEB86659FD93);
        h ^= h >> 32;
    }
    return h;
}

static bool key_equal(const struct rollup *a, const struct rollup *b)
{
    return a->day.day == b->day.day && id_equal(a->person, b->person) &&
           id_equal(a->project, b->project);
}

static struct rollup *map_slot(const struct rollup_map *m, const struct rollup *key)
{
    size_t i = key_hash(key) & (m->room - 1);
    while (m->slot[i].entries && !key_equal(&m->slot[i], key))
        i = (i + 1) & (m->room - 1);
    return &m->slot[i];
}

static void map_grow(struct rollup_map *m)
{
    struct rollup_map larger = { .room = m->room ? m->room * 2 : 16, .count = m->count };
    larger.slot = calloc(larger.room, sizeof *larger.slot);
    if (!larger.slot)
        abort();
    for (size_t i = 0; i < m->room; i++)
        if (m->slot[i].entries)
            *map_slot(&larger, &m->slot[i]) = m->slot[i];
    free(m->slot);
    *m = larger;
}

static void map_add(struct rollup_map *m, const struct rollup *part)
{
    if (m->count * 2 >= m->room)
        map_grow(m);
    struct rollup *slot = map_slot(m, part);
    if (!slot->entries) {
        *slot = *part;
        m->count++;
        return;
    }
    slot->duration_s.s += part->duration_s.s;
    slot->billable_s.s += part->billable_s.s;
    slot->unrated_s.s += part->unrated_s.s;
    slot->amount_minor += part->amount_minor;
    slot->entries += part->entries;
}

static struct packed_slot *packed_slot(const struct packed_map *m, struct date day,
                                       struct id person)
{
    struct rollup key = { .day = day, .person = person };
    size_t i = key_hash(&key) & (m->room - 1);
    while (date_given(m->slot[i].day) &&
           (m->slot[i].day.day != day.day || !id_equal(m->slot[i].person, person)))
        i = (i + 1) & (m->room - 1);
    return &m->slot[i];
}

static void packed_map_grow(struct packed_map *m)
{
    struct packed_map larger = { .room = m->room ? m->room * 2 : 16, .count = m->count };
    larger.slot = calloc(larger.room, sizeof *larger.slot);
    if (!larger.slot)
        abort();
    for (size_t i = 0; i < m->room; i++)
        if (date_given(m->slot[i].day))
            *packed_slot(&larger, m->slot[i].day, m->slot[i].person) = m->slot[i];
    free(m->slot);
    *m = larger;
}

static bool part_collect(struct ctx *c, const struct sums *s, const struct rollup *part, void *with)
{
    struct rollup_batch *b = with;
    (void)c;
    map_add(s->person ? &b->day : &b->month, part);
    return true;
}

static bool packed_collect(struct ctx *c, const struct rollup *part,
                           const struct packed_part *packed, void *with)
{
    struct packed_map *m = &((struct rollup_batch *)with)->packed;
    (void)c;
    if (m->count * 2 >= m->room)
        packed_map_grow(m);
    struct packed_slot *slot = packed_slot(m, part->day, part->person);
    if (!date_given(slot->day)) {
        slot->day = part->day;
        slot->person = part->person;
        m->count++;
    }
    return packed_add(&slot->value, packed);
}

bool rollup_batch_add(struct ctx *c, struct rollup_batch *b, const struct time_entry *entry)
{
    struct sink sink = { part_collect, packed_collect, b };
    return parts_give(c, entry, &sink);
}

static int compare_key(const void *left, const void *right)
{
    const struct rollup *a = *(const struct rollup *const *)left;
    const struct rollup *b = *(const struct rollup *const *)right;
    int c = (a->day.day > b->day.day) - (a->day.day < b->day.day);
    c = c ? c : memcmp(&a->person, &b->person, sizeof a->person);
    return c ? c : memcmp(&a->project, &b->project, sizeof a->project);
}

/* In the order of the key, so that the tables and their indexes grow at their ends. */
static bool map_write(struct ctx *c, const struct sums *s, const struct rollup_map *m, int sign,
                      bool *odd)
{
    const struct rollup **order = malloc((m->count + 1) * sizeof(const struct rollup *));
    size_t n = 0;
    bool ok = true;
    if (!order)
        abort();
    for (size_t i = 0; i < m->room; i++)
        if (m->slot[i].entries)
            order[n++] = &m->slot[i];
    qsort(order, n, sizeof(const struct rollup *), compare_key);
    for (size_t i = 0; i < n && ok; i++)
        ok = sum_add(c, s, order[i], sign, odd);
    free(order);
    return ok;
}

static int compare_packed(const void *left, const void *right)
{
    const struct packed_slot *a = *(const struct packed_slot *const *)left;
    const struct packed_slot *b = *(const struct packed_slot *const *)right;
    int c = (a->day.day > b->day.day) - (a->day.day < b->day.day);
    return c ? c : memcmp(&a->person, &b->person, sizeof a->person);
}

static void stored_note(const struct rollup_map *m, const struct rollup *key)
{
    struct rollup *slot = m->room ? map_slot(m, key) : NULL;
    if (slot && slot->entries)
        slot->stored = true;
}

/* What is packed for a day is in the sums of that day and of its month. */
static void parts_note(const struct rollup_batch *b, const struct packed_slot *slot,
                       struct blob stored)
{
    struct packed_part part;
    for (size_t at = 0; packed_next(stored, &at, &part);) {
        struct rollup day = { .day = slot->day, .person = slot->person, .project = part.project };
        struct rollup month = { .day = month_of(slot->day), .project = part.project };
        stored_note(&b->day, &day);
        stored_note(&b->month, &month);
    }
}

/* Adds all parts of a slot to what is stored for its day and person, `sign` times; 0: nothing is.
 */
static bool slot_write(struct ctx *c, const struct rollup_batch *b, const struct packed_slot *slot,
                       int sign, bool *odd)
{
    struct blob value = { slot->value.at, slot->value.len }, before;
    if (!sign)
        return packed_store(c, slot->day, slot->person, false, value);
    if (!packed_change(c, slot->day, slot->person, value, sign, odd, &before))
        return false;
    if (id_given(slot->person)) /* without one there may be several rows */
        parts_note(b, slot, before);
    return true;
}

static bool packed_write(struct ctx *c, const struct rollup_batch *b, int sign, bool *odd)
{
    const struct packed_map *m = &b->packed;
    const struct packed_slot **order = malloc((m->count + 1) * sizeof(const struct packed_slot *));
    size_t n = 0;
    bool ok = true;
    if (!order)
        abort();
    for (size_t i = 0; i < m->room; i++)
        if (date_given(m->slot[i].day))
            order[n++] = &m->slot[i];
    qsort(order, n, sizeof(const struct packed_slot *), compare_packed);
    for (size_t i = 0; i < n && ok; i++)
        ok = slot_write(c, b, order[i], sign, odd);
    free(order);
    return ok;
}

/* What is packed first: that says which sums there are. */
bool batch_write(struct ctx *c, const struct rollup_batch *b, int sign, bool *odd)
{
    return packed_write(c, b, sign, odd) && map_write(c, &sums_of_days, &b->day, sign, odd) &&
           map_write(c, &sums_of_months, &b->month, sign, odd);
}

bool rollup_batch_write(struct ctx *c, const struct rollup_batch *b)
{
    bool odd = false;
    return batch_write(c, b, 1, &odd) &&
           (!odd || fail(c, INTERNAL, "sums of time entries are not unique"));
}

void rollup_batch_free(struct rollup_batch *b)
{
    for (size_t i = 0; i < b->packed.room; i++)
        free(b->packed.slot[i].value.at);
    free(b->packed.slot);
    free(b->day.slot);
    free(b->month.slot);
    *b = (struct rollup_batch){ 0 };
}

/* --- all entries --- */

static const struct field counted_fields[] = {
    FIELD(struct time_entry, person),
    FIELD(struct time_entry, project),
    FIELD(struct time_entry, started_at),
    FIELD(struct time_entry, ended_at),
    FIELD(struct time_entry, billable),
    FIELD(struct time_entry, tags),
    FIELD(struct time_entry, rate_minor),
    FIELD(struct time_entry, amount_minor),
    FIELD(struct time_entry, rated),
    FIELD(struct time_entry, zone),
    { 0 },
};

struct collecting {
    struct ctx *c;
    struct rollup_batch batch;
    bool ok;
};

static bool entry_collect(void *with, const void *record)
{
    struct collecting *w = with;
    w->ok = rollup_batch_add(w->c, &w->batch, record);
    return w->ok;
}

static bool collect_all(struct collecting *w)
{
    static const struct query all = {
        "SELECT person, project, started_at, ended_at, billable, tags, rate_minor,"
        " amount_minor, rated, zone FROM time_entry WHERE ended_at IS NOT NULL",
        .whole = "All sums are made anew"
    };
    w->ok = true;
    return tx_each(w->c->tx, &all, NO_ARGS, counted_fields, sizeof(struct time_entry),
                   entry_collect, w) &&
           w->ok;
}

bool rollup_rebuild(struct ctx *c)
{
    static const struct query clear = { "DELETE FROM time_day_packed",
                                        .whole = "All sums are made anew" };
    struct collecting w = { .c = c };
    bool odd = false;
    bool ok = tx_catch_up(c->tx) && tx_run(c->tx, &sums_of_days.clear, NO_ARGS, NULL) &&
              tx_run(c->tx, &clear, NO_ARGS, NULL) &&
              tx_run(c->tx, &sums_of_months.clear, NO_ARGS, NULL) && collect_all(&w) &&
              map_write(c, &sums_of_days, &w.batch.day, 1, &odd) &&
              packed_write(c, &w.batch, 0, &odd) &&
              map_write(c, &sums_of_months, &w.batch.month, 1, &odd);
    rollup_batch_free(&w.batch);
    return ok && (!odd || fail(c, INTERNAL, "sums of time entries are not unique"));
}

struct comparing {
    const struct rollup_map *map;
    size_t found;
    bool same;
};

static bool sum_compare(void *with, const void *record)
{
    struct comparing *w = with;
    const struct rollup *r = record;
    const struct rollup *is = w->map->room ? map_slot(w->map, r) : NULL;
    w->found++;
    w->same = is && is->entries == r->entries && is->duration_s.s == r->duration_s.s &&
              is->billable_s.s == r->billable_s.s && is->unrated_s.s == r->unrated_s.s &&
              is->amount_minor == r->amount_minor;
    return w->same;
}

static bool sums_compare(struct ctx *c, const struct sums *s, const struct rollup_map *m,
                         bool *same)
{
    struct comparing w = { .map = m, .same = true };
    if (!tx_each(c->tx, &s->all, NO_ARGS, s->columns, sizeof(struct rollup), sum_compare, &w))
        return false;
    *same = *same && w.same && w.found == m->count;
    return true;
}

struct comparing_packed {
    const struct packed_map *map;
    size_t found;
    bool same;
};

static bool value_compare(void *with, const void *record)
{
    struct comparing_packed *w = with;
    const struct rollup_packed *row = record;
    w->found++;
    w->same = w->map->room;
    if (w->same) {
        const struct packed *is = &packed_slot(w->map, row->day, row->person)->value;
        w->same = packed_equal(row->parts, (struct blob){ is->at, is->len });
    }
    return w->same;
}

static bool packed_compare(struct ctx *c, const struct packed_map *m, bool *same)
{
    static const struct query all = { "SELECT day, person, parts FROM time_day_packed",
                                      .whole = "All sums are compared" };
    struct comparing_packed w = { .map = m, .same = true };
    if (!tx_each(c->tx, &all, NO_ARGS, rollup_packed_fields, sizeof(struct rollup_packed),
                 value_compare, &w))
        return false;
    *same = *same && w.same && w.found == m->count;
    return true;
}

bool rollup_check(struct ctx *c, bool *same)
{
    struct collecting w = { .c = c };
    bool is = true;
    bool ok = collect_all(&w) && sums_compare(c, &sums_of_days, &w.batch.day, &is) &&
              packed_compare(c, &w.batch.packed, &is) &&
              sums_compare(c, &sums_of_months, &w.batch.month, &is);
    rollup_batch_free(&w.batch);
    if (ok)
        *same = is;
    return ok;
}

static bool check_work(struct ctx *c, void *with)
{
    return rollup_check(c, with);
}

static bool rebuild_work(struct ctx *c, void *with)
{
    (void)with;
    return rollup_rebuild(c);
}

static bool rollup_run(struct ctx *c)
{
    bool same;
    return ctx_read(c, check_work, &same) && (same || ctx_write(c, rebuild_work, NULL));
}

const struct job_type rollup_job = {
    .name = "time.rollup",
    .doc =
        "Compares the sums that reports read with the entries and makes them anew if they differ",
    .run = rollup_run,
    .every = { 7 * 86400 },
};
