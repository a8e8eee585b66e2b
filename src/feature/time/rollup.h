/* rollup.h: sums per day, kept in the transaction that writes an entry, so that reports never have
   to read entries.

   time_day: day, person, project. time_day_packed: day and person, with everything of that day in
   one value (see packed.h), which is what reports read. time_month: month and project alone. All
   hold seconds, billable seconds, those of them without a rate, amounts and how many entries touch
   the day. */
#ifndef VOW_TIME_ROLLUP_H
#define VOW_TIME_ROLLUP_H

#include "packed.h"
#include "split.h"
#include "time.h"

struct rollup {
    struct date day; /* of a month: its first */
    struct id person, project;
    struct span duration_s, billable_s, unrated_s;
    int64_t amount_minor, entries;
    bool stored; /* what is packed of the day has it: it is added to one that is there */
};

struct rollup_packed {
    struct date day;
    struct id person;
    struct blob parts;
};

extern const struct table time_day_table, time_day_packed_table, time_month_table;

/* What is read of the tables, in this order: day, person, parts of time_day_packed; day, project,
   duration_s, billable_s, unrated_s, amount_minor of time_month. */
extern const struct field rollup_packed_fields[], rollup_month_fields[];

/* Takes away what an entry counted and adds what it counts now, when it has been written already;
   either may be NULL. Running ones count nothing. The sums are written when the transaction ends:
   who reads them in one that writes calls tx_catch_up before. */
MUST_USE bool rollup_change(struct ctx *c, const struct time_entry *old,
                            const struct time_entry *row);

/* Makes all sums anew from the entries. */
MUST_USE bool rollup_rebuild(struct ctx *c);

/* Whether the sums are those of the entries. */
MUST_USE bool rollup_check(struct ctx *c, bool *same);

/* Sums in memory, written at once: for many entries. A zeroed batch is empty. */
struct rollup_map {
    struct rollup *slot; /* open addressing; entries 0 is free */
    size_t count, room;
};
struct packed_slot {
    struct date day; /* 0: free */
    struct id person;
    struct packed value;
};
struct packed_map {
    struct packed_slot *slot;
    size_t count, room;
};
struct rollup_batch {
    struct rollup_map day, month;
    struct packed_map packed;
};
MUST_USE bool rollup_batch_add(struct ctx *c, struct rollup_batch *b,
                               const struct time_entry *entry);
MUST_USE bool rollup_batch_write(struct ctx *c, const struct rollup_batch *b);
void rollup_batch_free(struct rollup_batch *b);

extern const struct job_type rollup_job;

#endif
