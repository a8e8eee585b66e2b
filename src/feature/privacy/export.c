/* export.c: everything of an organisation, or of one person, with a manifest. */
#include "feature/privacy/privacy.h"

#include "base/json.h"
#include "core/app.h"
#include "core/rows.h"
#include "core/scope.h"
#include "crypt/crypt.h"
#include "db/compose.h"
#include "feature/privacy/archive.h"

#include <string.h>

enum { EXPORT_MAX = 512 << 20 };

struct dump {
    const struct table *table;
    struct buffer out;
    int64_t rows;
};

static bool dump_row(void *with, const void *record)
{
    struct dump *d = with;
    json_record(&d->out, d->table->fields, record);
    buffer_char(&d->out, '\n');
    d->rows++;
    return d->out.len < EXPORT_MAX;
}

static bool table_dump(struct ctx *c, struct dump *d, struct id person)
{
    const struct field *subject = table_subject(d->table);
    struct buffer sql = buffer_new(c->arena);
    struct value args[1] = { value_id(person) };
    d->out = buffer_new(c->arena);
    buffer_string(&sql, "SELECT ");
    columns_add_to(&sql, d->table);
    buffer_printf(&sql, " FROM %s", d->table->name);
    if (id_given(person))
        buffer_printf(&sql, " WHERE \"%s\" = $1", subject->name);
    buffer_string(&sql, " ORDER BY id");
    struct query q = query_composed(sql.at);
    q.whole = "All rows are handed out";
    if (!tx_each(c->tx, &q, args, id_given(person), d->table->fields, d->table->size, dump_row, d))
        return false;
    return d->out.len < EXPORT_MAX ||
           fail(c, TOO_LARGE, "The table %s is too large for one archive", d->table->name);
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

bool export_make(struct ctx *c, struct id person, struct blob *ret)
{
    const struct table **tables;
    size_t count, n = 1;
    if (!tables_all(c, &tables, &count))
        return false;
    struct archive_file *files = arena_many(c->arena, count + 1, struct archive_file);
    struct buffer m = buffer_new(c->arena);
    manifest_begin(c, &m, person);
    for (size_t i = 0; i < count; i++) {
        struct dump d = { .table = tables[i] };
        if (tables[i]->held_back || (id_given(person) && !table_subject(tables[i])))
            continue;
        if (!table_dump(c, &d, person))
            return false;
        manifest_add(&m, &d, n == 1);
        files[n++] =
            (struct archive_file){ arena_printf(c->arena, "tables/%s.jsonl", tables[i]->name),
                                   { d.out.at, d.out.len } };
    }
    buffer_string(&m, "\n  ]\n}\n");
    files[0] = (struct archive_file){ "manifest.json", { m.at, m.len } };
    return archive_write(c->arena, files, n, c->now, ret, c->err);
}
