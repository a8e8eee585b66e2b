/* export.c: everything of an organisation, or of one person, with a manifest. */
#include "feature/privacy/privacy.h"

#include "base/json.h"
#include "core/app.h"
#include "core/rows.h"
#include "core/sql.h"
#include "crypt/crypt.h"
#include "db/compose.h"
#include "feature/privacy/archive.h"
#include "feature/privacy/readable.h"

#include <string.h>

struct dump {
    const struct table *table;
    size_t bytes_max;
    struct buffer out;
    int64_t rows;
    struct readable *page; /* of one person; NULL: everybody's rows */
    size_t page_from;      /* its bytes before */
};

static size_t dump_bytes(const struct dump *d)
{
    return d->out.len + (d->page ? d->page->out.len - d->page_from : 0);
}

static bool dump_row(void *with, const void *record)
{
    struct dump *d = with;
    json_record(&d->out, d->table->fields, record);
    buffer_char(&d->out, '\n');
    d->rows++;
    if (d->page)
        readable_row(d->page, d->table, record);
    return dump_bytes(d) <= d->bytes_max;
}

static bool table_dump(struct ctx *c, struct dump *d, struct id person)
{
    const struct field *subject = table_subject(d->table);
    const struct field *owner = table_owner(d->table);
    struct buffer sql = buffer_new(c->arena);
    struct value args[] = { value_id(person), value_id(c->organisation) };
    size_t n = 0;
    d->out = buffer_new(c->arena);
    select_add(&sql, d->table);
    if (id_given(person))
        buffer_printf(&sql, " WHERE \"%s\" = $%zu", subject->name, ++n);
    if (owner)
        buffer_printf(&sql, " AND \"%s\" = $%zu", owner->name, ++n);
    buffer_string(&sql, " ORDER BY id");
    struct query q = query_composed(sql.at);
    q.whole = "All rows are handed out";
    if (!tx_each(c->tx, &q, args, n, d->table->fields, d->table->size, dump_row, d))
        return false;
    return dump_bytes(d) <= d->bytes_max ||
           fail(c, TOO_LARGE,
                "This is too large for one archive; the table %s did not fit any more",
                d->table->name);
}

static void hash_add(struct buffer *out, const void *at, size_t n)
{
    uint8_t hash[HASH_SIZE];
    hash_sha256(at, n, hash);
    buffer_hex(out, hash, sizeof hash);
}

/* {"name", "rows", "sha256", "columns": {name: class}} */
static void manifest_add(struct buffer *m, const struct dump *d, bool first)
{
    buffer_printf(m, "%s\n    {\"table\": \"%s\", \"rows\": %lld, \"sha256\": \"", first ? "" : ",",
                  d->table->name, (long long)d->rows);
    hash_add(m, d->out.at, d->out.len);
    buffer_string(m, "\", \"doc\": ");
    json_text(m, d->table->doc);
    buffer_string(m, ", \"columns\": {");
    bool comma = false;
    EACH_FIELD (f, d->table->fields) {
        if (f->privacy == SECRET)
            continue;
        buffer_printf(m, "%s\"%s\": \"%s\"", comma ? ", " : "", f->name, privacy_name(f->privacy));
        comma = true;
    }
    buffer_string(m, "}}");
}

static void manifest_begin(struct ctx *c, struct buffer *m, struct id person)
{
    char at[INSTANT_TEXT], id[ID_TEXT];
    instant_format(c->now, at);
    id_format(id_given(person) ? person : c->organisation, id);
    buffer_printf(m,
                  "{\n  \"format\": \"vow-export-1\",\n  \"made_at\": \"%s\",\n  \"of\": \"%s\","
                  "\n  \"id\": \"%s\",\n  \"tables\": [",
                  at, id_given(person) ? "person" : "organisation", id);
}

struct making {
    struct id person;
    size_t bytes_max, left; /* for the rows of all tables together */
    struct buffer manifest;
    struct readable page;       /* of one person */
    struct archive_file *files; /* the first is the manifest */
    size_t count;
};

static bool table_add(struct ctx *c, struct making *m, const struct table *t)
{
    struct dump d = { .table = t,
                      .bytes_max = m->left,
                      .page = id_given(m->person) ? &m->page : NULL,
                      .page_from = m->page.out.len };
    if (!table_dump(c, &d, m->person))
        return false;
    m->left -= dump_bytes(&d);
    manifest_add(&m->manifest, &d, m->count == 1);
    m->files[m->count++] =
        (struct archive_file){ arena_printf(c->arena, "tables/%s.jsonl", t->name),
                               { d.out.at, d.out.len } };
    return true;
}

static bool organisation_add(struct ctx *c, void *with)
{
    struct making *m = with;
    const struct table **tables;
    size_t count, control = 0;
    if (!tables_all(c, &tables, &count))
        return false;
    for (const struct table *const *t = c->app->tables; *t; t++)
        control += (*t)->control;
    m->files = arena_many(c->arena, 2 + count + control, struct archive_file);
    m->count = 1;
    m->left = m->bytes_max;
    m->manifest = buffer_new(c->arena);
    manifest_begin(c, &m->manifest, m->person);
    if (id_given(m->person) && !readable_begin(c, tables, count, &m->page))
        return false;
    /* What people did comes before what was noted of it. */
    for (int log = 0; log < 2; log++)
        for (size_t i = 0; i < count; i++) {
            const struct table *t = tables[i];
            bool wanted = (!id_given(m->person) || table_subject(t)) && t->log == log, known;
            if (!wanted || t->held_back)
                continue;
            if (!table_told(c, t, &known) || (known && !table_add(c, m, t)))
                return false;
        }
    return true;
}

static bool control_add(struct ctx *c, void *with)
{
    struct making *whole = with, m = *whole; /* each try begins with what the organisation gave */
    for (const struct table *const *t = c->app->tables; *t; t++)
        if ((*t)->control && table_subject(*t) && !(*t)->held_back && !table_add(c, &m, *t))
            return false;
    *whole = m;
    return true;
}

bool export_make(struct ctx *c, struct id person, size_t bytes_max, struct blob *ret)
{
    struct making m = { .person = person, .bytes_max = bytes_max };
    if (!ctx_read(c, organisation_add, &m) ||
        (id_given(person) && !control_read(c, control_add, &m)))
        return false;
    buffer_string(&m.manifest, "\n  ]\n}\n");
    m.files[0] = (struct archive_file){ "manifest.json", { m.manifest.at, m.manifest.len } };
    if (id_given(person))
        m.files[m.count++] = (struct archive_file){ "copy.html", readable_end(&m.page) };
    return archive_write(c->arena, m.files, m.count, c->now, ret, c->err);
}
