/* rating.c: hours that were recorded before there was a rate get the one that is set now. */
#include "core/app.h"
#include "core/audit.h"
#include "core/rows.h"
#include "entry.h"
#include "rollup.h"
#include "routes.h"

#include <inttypes.h>
#include <stdio.h>

enum { AT_ONCE = 20000 };

const struct field rating_in_fields[] = {
    FIELD(struct rating_in, from, .privacy = OPERATIONAL,
          .doc = "First day, as the entries begin; from the first on when not given"),
    FIELD(struct rating_in, to, .privacy = OPERATIONAL,
          .doc = "Last day; to the last when not given"),
    FIELD(struct rating_in, dry_run, .privacy = OPERATIONAL,
          .doc = "Nothing is stored: the answer tells what it would come to"),
    { 0 },
};

const struct field rating_fields[] = {
    FIELD(struct rating, entries, .privacy = OPERATIONAL, .doc = "Entries that have a rate now"),
    FIELD(struct rating, duration_s, .privacy = OPERATIONAL, .doc = "Their time"),
    FIELD(struct rating, amount_minor, .privacy = OPERATIONAL, .see = &rates_read,
          .doc = "What it comes to"),
    FIELD(struct rating, left, .privacy = OPERATIONAL,
          .doc = "Entries that still have none: nothing is set for them, their project is put "
                 "away, or there are too many for one request"),
    { 0 },
};

struct work {
    const struct rating_in *in;
    struct rating *ret;
};

static bool is_asked(struct ctx *c, const struct rating_in *in, const struct time_entry *e)
{
    struct date day = zone_date(zone_named(c, e->zone), e->started_at);
    return (!date_given(in->from) || day.day >= in->from.day) &&
           (!date_given(in->to) || day.day <= in->to.day);
}

static bool entry_store(struct ctx *c, const struct time_entry *e)
{
    static const struct query set = {
        "UPDATE time_entry SET rate_minor = $2, amount_minor = $3, rated = $4, updated_at = $5,"
        " version = version + 1 WHERE id = $1"
    };
    return tx_run(c->tx, &set,
                  ARGS(value_id(e->id), value_int(e->rate_minor), value_int(e->amount_minor),
                       value_bool(e->rated), value_instant(c->now)),
                  NULL);
}

static bool entry_take(struct ctx *c, const struct time_entry *old, const struct work *w)
{
    struct time_entry e = *old;
    struct rating *ret = w->ret;
    if (ret->entries == AT_ONCE) {
        ret->left++;
        return true;
    }
    if (!entry_rate(c, &e))
        return false;
    if (!e.rated) {
        ret->left++;
        return true;
    }
    ret->entries++;
    ret->duration_s.s += e.duration_s.s;
    ret->amount_minor += e.amount_minor;
    return w->in->dry_run || (entry_store(c, &e) && rollup_change(c, old, &e));
}

/* One event for each person; the entries come in the order of persons. */
static bool person_audit(struct ctx *c, struct id person, int64_t entries)
{
    char detail[40];
    snprintf(detail, sizeof detail, "entries=%" PRId64, entries);
    return !entries || audit_add(c, "time_entry.rate", (struct id){ 0 }, person, detail);
}

static bool rate_all(struct ctx *c, void *with)
{
    static const struct query unrated = {
        "billable = $1 AND rated = $2 AND rate_minor = 0 AND amount_minor = 0"
        " AND started_at IS NOT NULL ORDER BY person, id",
        .whole = "Entries without a rate are found nowhere else",
    };
    const struct work *w = with;
    struct list list;
    int64_t before = 0;
    *w->ret = (struct rating){ 0 };
    if (!rows_find(c, &time_entry_table, &unrated, ARGS(value_bool(true), value_bool(false)),
                   &list))
        return false;
    const struct time_entry *e = list.at;
    for (size_t i = 0; i < list.count; i++) {
        if (is_asked(c, w->in, &e[i]) && !entry_take(c, &e[i], w))
            return false;
        if (w->in->dry_run || (i + 1 < list.count && id_equal(e[i].person, e[i + 1].person)))
            continue;
        if (!person_audit(c, e[i].person, w->ret->entries - before))
            return false;
        before = w->ret->entries;
    }
    return true;
}

bool rating_post(struct ctx *c, const void *in, void *ret)
{
    struct work w = { in, ret };
    if (date_given(w.in->from) && date_given(w.in->to) && w.in->to.day < w.in->from.day)
        return fail_at(c, "/to", "must not be before from");
    return w.in->dry_run ? ctx_read(c, rate_all, &w) : ctx_write(c, rate_all, &w);
}
