/* entry.h: entries, for the other files of this room. */
#ifndef VOW_TIME_ENTRY_H
#define VOW_TIME_ENTRY_H

#include "crypt/siphash.h"
#include "time.h"

/* What follows for an entry from its project and its person: whether new work is billed, and at
   which rate per hour (INT_NONE: none is known). */
struct entry_terms {
    bool billable;
    int64_t rate_minor;
};
MUST_USE bool entry_terms(struct ctx *c, struct id project, struct id person,
                          struct entry_terms *ret);

/* Sets of an entry that ended what follows from the rest: version, times of the row, duration, and
   rate and amount unless an amount is given. */
void entry_complete(const struct ctx *c, const struct entry_terms *terms, struct time_entry *e);

/* Inserts an entry as it is. Checks nothing and leaves sums and audit to the caller, who keeps
   entry_insert() for as many as there are. */
const struct query *entry_insert(struct ctx *c);
MUST_USE bool entry_put(struct ctx *c, const struct query *insert, const struct time_entry *e);

/* Whether it is billed at no known rate. A release that did not know .rated may write beside this
   one, so a rate or an amount says as much. */
bool entry_unrated(const struct time_entry *e);

/* Sets rate and amount as they are set now, unless the project is put away. */
MUST_USE bool entry_rate(struct ctx *c, struct time_entry *e);

/* Ends a running entry now, whatever else is recorded: nobody has to be able to mend it first. */
MUST_USE bool entry_stop(struct ctx *c, const struct time_entry *running);

/* Sets `reaches` of the entries that an earlier release wrote. */
MUST_USE bool entries_reach(struct ctx *c);

/* Notes of entries written before there was .rated that they have a rate. */
MUST_USE bool entries_rate(struct ctx *c);

/* Entries of a person that share time with what lies between two moments, in order of the start; a
   running one reaches on. Set is what tells them, what they are booked on, their note, when they
   were and where they come from. */
MUST_USE bool entries_within(struct ctx *c, struct id person, struct instant from,
                             struct instant until, struct list *ret);

/* Whether an organisation of that policy refuses entries of one person that overlap. */
bool overlap_refused(const char *policy);

/* Whether an entry overlaps any other of its person; and one that was given. */
MUST_USE bool entry_overlaps(struct ctx *c, const struct time_entry *e, bool *ret);
bool entries_overlap(const struct ctx *c, const struct time_entry *e,
                     const struct time_entry *other);

/* Adds to a hash which entries of the person share time with what lies between two moments, in
   which version: what was told of them holds as long as it stays the same. */
MUST_USE bool entries_mark(struct ctx *c, struct id person, struct instant from,
                           struct instant until, struct siphash *mark);

/* Whether an entry would begin more than a year ahead; that it does not: INVALID otherwise, as the
   fault of the field that the pointer names. */
bool entry_is_far(const struct ctx *c, struct instant start);
MUST_USE bool ahead_check(struct ctx *c, struct instant start, const char *pointer);

#endif
