/* import.c: from an export to what is told of its import. */
#include "import.h"

#include "core/app.h"
#include "importer.h"
#include "routes.h"

struct zone_asking {
    const char *zone;
};

static bool zone_ask(struct ctx *c, void *with)
{
    return person_zone(c, c->actor.person, &((struct zone_asking *)with)->zone);
}

static struct list places_of(struct arena *a, const struct import_problems *problems)
{
    size_t kept = problems->count < IMPORT_PROBLEMS_MAX ? problems->count : IMPORT_PROBLEMS_MAX;
    struct import_place *places = arena_many(a, kept, struct import_place);
    for (size_t i = 0; i < kept; i++)
        places[i] = (struct import_place){ problems->at[i].line, problems->at[i].column,
                                           problems->at[i].reason, problems->at[i].value,
                                           problems->at[i].refused };
    return (struct list){ places, kept };
}

static void result_complete(const struct importer *m, struct import_result *r)
{
    const struct import_file *file = m->file;
    const struct import_problems *problems = m->problems;
    struct ctx *c = m->c;
    r->format = import_source_names[file->source];
    r->dates = date_order_names[file->order];
    r->rows = (int64_t)file->count;
    r->problem_count = (int64_t)problems->count;
    r->refused_count = (int64_t)problems->refused;
    r->problems = places_of(c->arena, problems);
    r->warning_count = (int64_t)file->warnings->count;
    r->warnings = places_of(c->arena, file->warnings);
    r->unread = file->unread;
    r->first_at = m->first_at;
    r->last_at = m->last_at;
}

static void range_find(struct importer *m)
{
    const struct import_row *row = m->file->row;
    for (size_t i = 0; i < m->file->count; i++) {
        struct instant start = row[i].started_at, end = instant_plus(start, row[i].duration);
        if (!i || start.us < m->first_at.us)
            m->first_at = start;
        if (!i || end.us > m->last_at.us)
            m->last_at = end;
    }
}

bool importer_open(struct ctx *c, const struct import_in *in, struct importer *ret)
{
    struct zone_asking asking = { in->zone };
    struct import_problems *problems = arena_new(c->arena, struct import_problems);
    if (!ctx_field_check(c, field_find(import_in_fields, "zone"), in, "zone", c->err))
        return false;
    if (!in->zone && !ctx_read(c, zone_ask, &asking))
        return false;
    struct import_options options = {
        .source = import_source_parse(in->format),
        .order = date_order_parse(in->dates),
        .zone = zone_named(c, asking.zone),
        .zones = c->app->zones,
    };
    struct import_file file = import_read(c->arena, in->body, &options, problems);
    *ret = (struct importer){
        .c = c,
        .in = *in,
        .file = arena_copy(c->arena, &file, sizeof file),
        .problems = problems,
        .parsed = arena_copy(c->arena, problems, sizeof *problems),
        .warned = file.warnings->count,
        .person = arena_many(c->arena, file.count + 1, struct known_person),
        .made = arena_many(c->arena, IMPORT_MADE_MAX, struct import_made),
        .entry = arena_many(c->arena, file.count, struct time_entry),
    };
    siphash_key_random(&ret->mark_key);
    range_find(ret);
    keys_make(ret);
    return true;
}

void importer_close(struct importer *m)
{
    rollup_batch_free(&m->batch);
    arena_done(&m->scratch);
}

bool import_run(struct ctx *c, const struct import_in *in, struct import_result *ret)
{
    struct importer m;
    if (!importer_open(c, in, &m))
        return false;
    bool ok = importer_plan(&m) && (in->dry_run || m.problems->count || importer_write(&m));
    importer_close(&m);
    if (!ok)
        return false;
    *ret = m.result;
    result_complete(&m, ret);
    return true;
}
