/* entry_add.h: entries by the thousand, as the product completes and inserts them. */
#ifndef VOW_BENCH_ENTRY_ADD_H
#define VOW_BENCH_ENTRY_ADD_H

#include "core/ctx.h"
#include "feature/time/entry.h"

static inline bool entry_add(struct ctx *c, const struct query *insert, struct time_entry *e)
{
    struct entry_terms terms;
    if (!entry_terms(c, e->project, e->person, &terms))
        return false;
    e->id = id_new(c->now);
    entry_complete(c, &terms, e);
    return entry_put(c, insert, e);
}

#endif
