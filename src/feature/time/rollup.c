/* rollup.c: the tables of sums, and how entries change them. */
#include "entry.h"
#include "rollup_sums.h"

#include <stdlib.h>

#define SUM_FIELDS                                                             \
    FIELD(struct rollup, duration_s, .privacy = OPERATIONAL, .ai = true,       \
          .doc = "Seconds of work"),                                           \
        FIELD(struct rollup, billable_s, .privacy = OPERATIONAL, .ai = true,   \
              .doc = "Seconds of it that are billed"),                         \
        FIELD(struct rollup, unrated_s, .privacy = OPERATIONAL, .ai = true,    \
              .doc = "Billable seconds for which no rate was set"),            \
        FIELD(struct rollup, amount_minor, .privacy = OPERATIONAL, .ai = true, \
              .doc = "What they cost, in minor units of the organisation's currency")
#define DAY_FIELD \
    FIELD(struct rollup, day, .privacy = OPERATIONAL, .ai = true, .doc = "Day in the person's zone")
#define PERSON_FIELD                                                               \
    FIELD(struct rollup, person, .privacy = PERSONAL, .subject = true, .ai = true, \
          .doc = "Who worked")
#define PROJECT_FIELD \
    FIELD(struct rollup, project, .privacy = OPERATIONAL, .ai = true, .doc = "On what")
#define ENTRIES_FIELD \
    FIELD(struct rollup, entries, .privacy = OPERATIONAL, .doc = "Entries that touch the day")

const struct field rollup_month_fields[] = { DAY_FIELD, PROJECT_FIELD, SUM_FIELDS, { 0 } };

static const struct field day_columns[] = { DAY_FIELD,  PERSON_FIELD,  PROJECT_FIELD,
                                            SUM_FIELDS, ENTRIES_FIELD, { 0 } };
static const struct field month_columns[] = {
    DAY_FIELD, PROJECT_FIELD, SUM_FIELDS, ENTRIES_FIELD, { 0 }
};
const struct field rollup_packed_fields[] = {
    FIELD(struct rollup_packed, day, .privacy = OPERATIONAL, .doc = "Day in the person's zone"),
    FIELD(struct rollup_packed, person, .privacy = PERSONAL, .subject = true, .doc = "Who worked"),
    FIELD(struct rollup_packed, parts, .privacy = OPERATIONAL,
          .doc = "Seconds, amounts and entries per project and set of tags"),
    { 0 },
};

static const char *const day_keys[] = { "day, person, project", NULL };
static const char *const packed_keys[] = { "day, person", NULL };
static const char *const month_keys[] = { "day, project", NULL };

const struct table time_day_table = {
    .name = "time_day",
    .doc = "Work per day, person and project, summed from the entries",
    .fields = day_columns,
    .one = "hours of a day",
    .size = sizeof(struct rollup),
    .erase = ERASE_PERSON,
    .uniques = day_keys,
    .held_back = true,
};

const struct table time_day_packed_table = {
    .name = "time_day_packed",
    .doc = "All work of a day and person in one value, summed from the entries",
    .fields = rollup_packed_fields,
    .size = sizeof(struct rollup_packed),
    .erase = ERASE_PERSON,
    .uniques = packed_keys,
    .held_back = true,
};

const struct table time_month_table = {
    .name = "time_month",
    .doc = "Work per month and project, summed from the entries",
    .fields = month_columns,
    .one = "hours of a month",
    .size = sizeof(struct rollup),
    .uniques = month_keys,
    .held_back = true,
};

/* Parameters: $1 day, $2 project, $3 to $7 what is added, $8 person. Keys may be absent, so
   they are compared with IS NOT DISTINCT FROM, and no upsert would find them. */
#define SET_SUMS                                                       \
    " SET duration_s = duration_s + $3, billable_s = billable_s + $4," \
    " unrated_s = unrated_s + $5, amount_minor = amount_minor + $6,"   \
    " entries = entries + $7"                                          \
    " WHERE day = $1 AND project IS NOT DISTINCT FROM $2"
#define OF_PERSON " AND person IS NOT DISTINCT FROM $8"
#define DROP_SUMS " WHERE day = $1 AND project IS NOT DISTINCT FROM $2 AND entries = 0"

const struct sums sums_of_days = {
    .add = { "UPDATE time_day" SET_SUMS OF_PERSON },
    .make = { "INSERT INTO time_day (day, project, duration_s, billable_s, unrated_s, amount_minor,"
              " entries, person) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" },
    .drop = { "DELETE FROM time_day" DROP_SUMS OF_PERSON },
    .clear = { "DELETE FROM time_day", .whole = "All sums are made anew" },
    .all = { "SELECT day, person, project, duration_s, billable_s, unrated_s, amount_minor, entries"
             " FROM time_day",
             .whole = "All sums are compared" },
    .columns = day_columns,
    .person = true,
};

const struct sums sums_of_months = {
    .add = { "UPDATE time_month" SET_SUMS },
    .make = { "INSERT INTO time_month (day, project, duration_s, billable_s, unrated_s,"
              " amount_minor, entries) VALUES ($1, $2, $3, $4, $5, $6, $7)" },
    .drop = { "DELETE FROM time_month" DROP_SUMS },
    .clear = { "DELETE FROM time_month", .whole = "All sums are made anew" },
    .all = { "SELECT day, project, duration_s, billable_s, unrated_s, amount_minor, entries"
             " FROM time_month",
             .whole = "All sums are compared" },
    .columns = month_columns,
};

/* --- what an entry counts --- */

struct date month_of(struct date d)
{
    int year, month, day;
    date_split(d, &year, &month, &day);
    return date_of(year, month, 1);
}

static bool part_give(struct ctx *c, const struct rollup *part, const struct id *tags,
                      size_t tag_count, const struct sink *sink)
{
    struct rollup month = *part;
    struct packed_part packed = {
        .project = part->project,
        .tags = tags,
        .tag_count = tag_count,
        .sums = { part->duration_s.s, part->billable_s.s, part->unrated_s.s, part->amount_minor,
                  part->entries },
    };
    month.day = month_of(part->day);
    month.person = (struct id){ 0 };
    return sink->sum(c, &sums_of_days, part, sink->with) &&
           sink->pack(c, part, &packed, sink->with) &&
           sink->sum(c, &sums_of_months, &month, sink->with);
}

bool parts_give(struct ctx *c, const struct time_entry *e, const struct sink *sink)
{
    struct id tags[ENTRY_TAGS_MAX];
    size_t tag_count = 0;
    struct split_part part;
    bool unrated = entry_unrated(e);
    if (!instant_given(e->ended_at))
        return true;
    if (e->tags.text && !tags_parse(e->tags.text, tags, &tag_count))
        return fail(c, INTERNAL, "an entry has tags that are none");
    struct split s =
        split_start(zone_named(c, e->zone), e->started_at, e->ended_at, e->amount_minor);
    while (split_next(&s, &part)) {
        struct rollup one = {
            .day = part.day,
            .person = e->person,
            .project = e->project,
            .duration_s = part.length,
            .billable_s = { e->billable ? part.length.s : 0 },
            .unrated_s = { unrated ? part.length.s : 0 },
            .amount_minor = part.amount_minor,
            .entries = 1,
        };
        if (!part_give(c, &one, tags, tag_count, sink))
            return false;
    }
    return true;
}

/* --- one entry --- */

/* What is packed says so; it is asked all the same where no unique key would tell. */
static bool is_missing(const struct sums *s, const struct rollup *r)
{
    return s->person && !r->stored && id_given(r->person) && id_given(r->project);
}

bool sum_add(struct ctx *c, const struct sums *s, const struct rollup *r, int sign, bool *odd)
{
    const struct value args[] = {
        value_date(r->day),
        value_id(r->project),
        value_int(sign * r->duration_s.s),
        value_int(sign * r->billable_s.s),
        value_int(sign * r->unrated_s.s),
        value_int(sign * r->amount_minor),
        value_int(sign * r->entries),
        value_id(r->person),
    };
    size_t n = s->person ? 8 : 7;
    int64_t changed;
    struct query add = s->add;
    add.likely = r->stored;
    if (sign > 0 && is_missing(s, r)) {
        if (tx_run(c->tx, &s->make, args, n, NULL))
            return true;
        if (c->err->problem != ALREADY_EXISTS)
            return false;
        error_clear(c->err);
    }
    if (!tx_run(c->tx, &add, args, n, &changed))
        return false;
    *odd |= changed > 1 || (sign < 0 && changed == 0);
    if (sign < 0)
        return tx_run(c->tx, &s->drop, args, n, NULL);
    return changed || tx_run(c->tx, &s->make, args, n, NULL);
}

bool packed_store(struct ctx *c, struct date day, struct id person, bool known, struct blob value)
{
    static const struct query set = { "UPDATE time_day_packed SET parts = $3 WHERE day = $1"
                                      " AND person IS NOT DISTINCT FROM $2" };
    static const struct query make = {
        "INSERT INTO time_day_packed (day, person, parts) VALUES ($1, $2, $3)"
    };
    static const struct query drop = { "DELETE FROM time_day_packed WHERE day = $1"
                                       " AND person IS NOT DISTINCT FROM $2" };
    const struct query *q = !known ? &make : value.len ? &set : &drop;
    return (!known && !value.len) ||
           tx_run(c->tx, q, ARGS(value_date(day), value_id(person), value_blob(value)), NULL);
}

bool packed_change(struct ctx *c, struct date day, struct id person, struct blob parts, int sign,
                   bool *odd, struct blob *before)
{
    static const struct query stored = {
        "SELECT day, person, parts FROM time_day_packed WHERE day = $1"
        " AND person IS NOT DISTINCT FROM $2 LIMIT 2"
    };
    struct packed value = { 0 };
    struct packed_part part;
    struct list rows;
    if (!tx_rows(c->tx, &stored, ARGS(value_date(day), value_id(person)), rollup_packed_fields,
                 sizeof(struct rollup_packed), 2, &rows))
        return false;
    *before = rows.count ? ((const struct rollup_packed *)rows.at)->parts : (struct blob){ 0 };
    if (rows.count)
        packed_set(&value, *before);
    *odd |= rows.count > 1;
    for (size_t at = 0; packed_next(parts, &at, &part);) {
        part.sums.duration_s *= sign;
        part.sums.billable_s *= sign;
        part.sums.unrated_s *= sign;
        part.sums.amount_minor *= sign;
        part.sums.entries *= sign;
        *odd |= !packed_add(&value, &part);
    }
    bool ok = packed_store(c, day, person, rows.count, (struct blob){ value.at, value.len });
    free(value.at);
    return ok;
}

/* --- entries as they change --- */

struct change {
    struct ctx *c;
    const struct time_entry *old, *row;
};

static bool changes_write(struct ctx *c, const struct rollup_batch *less,
                          const struct rollup_batch *more)
{
    bool odd = false;
    return batch_write(c, more, 1, &odd) && batch_write(c, less, -1, &odd) &&
           (!odd || rollup_rebuild(c));
}

/* Entries of many requests mostly go into the same sums, so each is written once. */
static bool changes_sum(struct tx *tx, void *const *with, size_t n, struct error *err)
{
    struct rollup_batch less = { 0 }, more = { 0 };
    struct ctx c = *((const struct change *)with[0])->c;
    bool ok = true;
    c.tx = tx;
    c.err = err;
    c.arena = tx_arena(tx);
    for (size_t i = 0; ok && i < n; i++) {
        const struct change *one = with[i];
        ok = (!one->old || rollup_batch_add(&c, &less, one->old)) &&
             (!one->row || rollup_batch_add(&c, &more, one->row));
    }
    ok = ok && changes_write(&c, &less, &more);
    rollup_batch_free(&less);
    rollup_batch_free(&more);
    return ok;
}

bool rollup_change(struct ctx *c, const struct time_entry *old, const struct time_entry *row)
{
    struct change *one = arena_new(c->arena, struct change);
    *one = (struct change){
        .c = c,
        .old = old ? arena_copy(c->arena, old, sizeof *old) : NULL,
        .row = row ? arena_copy(c->arena, row, sizeof *row) : NULL,
    };
    tx_last(c->tx, changes_sum, one);
    return true;
}
