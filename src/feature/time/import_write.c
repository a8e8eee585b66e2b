/* import_write.c: writing what was planned of an import: all of it, or nothing. */
#include "core/audit.h"
#include "core/rows.h"
#include "core/storage.h"
#include "importer.h"

#include <inttypes.h>
#include <stdio.h>

static bool holds(struct importer *m)
{
    uint64_t mark;
    if (!importer_mark(m, &mark))
        return false;
    m->stale = mark != m->mark;
    return !m->stale || fail(m->c, UNAVAILABLE, NULL);
}

static bool rows_make(struct importer *m)
{
    for (const struct planned_row *r = m->row; r; r = r->next)
        if (!row_create(m->c, r->table, r->row))
            return false;
    return true;
}

static bool entries_put(struct importer *m)
{
    const struct query *insert = entry_insert(m->c);
    for (size_t i = 0; i < m->entry_count; i++)
        if (!entry_put(m->c, insert, &m->entry[i]))
            return false;
    return true;
}

static bool people_audit(struct importer *m)
{
    for (size_t i = 0; i < m->person_count; i++) {
        const struct known_person *p = &m->person[i];
        char detail[80];
        snprintf(detail, sizeof detail, "source=%s entries=%" PRId64,
                 import_source_names[m->file->source], p->entries);
        if (p->entries && !audit_add(m->c, "time_entry.import", (struct id){ 0 }, p->id, detail))
            return false;
    }
    return true;
}

static bool plan_write(struct ctx *c, void *with)
{
    struct importer *m = with;
    m->stale = false;
    return holds(m) && rows_make(m) && keys_keep(m) && storage_admit_bytes(c, m->entry_bytes) &&
           entries_put(m) && rollup_batch_write(c, &m->batch) && people_audit(m);
}

static bool decide_and_write(struct ctx *c, void *with)
{
    struct importer *m = with;
    return importer_decide(m) && (!m->problems->count || fail(c, IMPORT_UNREADABLE, NULL)) &&
           plan_write(c, m);
}

bool importer_write(struct importer *m)
{
    struct ctx *c = m->c;
    bool nothing = !m->row && !m->entry_count;
    bool wrote = nothing || ctx_write(c, plan_write, m);
    if (!wrote && m->stale) {
        error_clear(c->err);
        wrote = ctx_write(c, decide_and_write, m);
    }
    m->result.committed = wrote;
    if (wrote || c->err->problem != IMPORT_UNREADABLE)
        return wrote;
    error_clear(c->err); /* there are problems by now, which tell */
    return true;
}
