/* manifest.c: reading the manifest of an archive and holding the archive to it. */
#include "feature/privacy/manifest.h"

#include "crypt/crypt.h"
#include "net/json_read.h"

#include <string.h>

static const struct field table_fields[] = {
    FIELD(struct manifest_table, table, .required = true, .max = 60, .doc = "Name"),
    FIELD(struct manifest_table, doc, .max = 1000, .doc = "What the table is for"),
    FIELD(struct manifest_table, sha256, .required = true, .max = 64, .doc = "Of its file, in hex"),
    FIELD(struct manifest_table, rows, .required = true, .doc = "Lines of its file"),
    FIELD(struct manifest_table, columns, .doc = "Class of each column"),
    { 0 },
};

static const struct field manifest_fields[] = {
    FIELD(struct manifest, format, .required = true, .max = 40, .doc = "vow-export-1"),
    FIELD(struct manifest, made_at, .required = true, .doc = "When it was exported"),
    FIELD(struct manifest, of, .required = true, .max = 20, .doc = "organisation or person"),
    FIELD(struct manifest, id, .required = true, .doc = "Of the organisation or the person"),
    FIELD_LIST(struct manifest, tables, struct manifest_table, table_fields, .required = true,
               .max = 2000, .doc = "One for each file"),
    { 0 },
};

static bool is_hash_of(const char *hex, struct blob content)
{
    uint8_t hash[HASH_SIZE];
    char is[2 * HASH_SIZE + 1];
    hash_sha256(content.at, content.len, hash);
    hex_format(hash, sizeof hash, is);
    return !strcmp(is, hex);
}

struct manifest_table *manifest_find(const struct manifest *m, const char *table)
{
    for (size_t i = 0; i < m->tables.count; i++)
        if (!strcmp(m->table[i].table, table))
            return &m->table[i];
    return NULL;
}

/* "tables/NAME.jsonl"; nothing else is ever looked for. */
static struct manifest_table *table_of(struct arena *a, const struct manifest *m, const char *file)
{
    if (!text_starts(file, "tables/") || !text_ends(file, ".jsonl"))
        return NULL;
    return manifest_find(m, arena_text(a, file + 7, strlen(file) - 7 - 6));
}

static bool files_match(struct arena *a, struct manifest *m, const struct archive_file *files,
                        size_t count, struct error *err)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(files[i].name, "manifest.json"))
            continue;
        struct manifest_table *t = table_of(a, m, files[i].name);
        if (!t || t->content.at)
            return error_set(err, INVALID, "The archive holds a file that its manifest does not");
        if (!is_hash_of(t->sha256, files[i].content))
            return error_set(err, INVALID, "The table %s was changed since it was exported",
                             t->table);
        t->content = files[i].content.at ? files[i].content : (struct blob){ "", 0 };
        found++;
    }
    return found == m->tables.count ||
           error_set(err, INVALID, "The archive lacks a file that its manifest lists");
}

bool manifest_read(struct arena *a, struct archive_file *files, size_t count, struct manifest *ret,
                   struct error *err)
{
    struct manifest m = { 0 };
    const struct archive_file *said = NULL;
    struct error own = { 0 };
    for (size_t i = 0; i < count && !said; i++)
        if (!strcmp(files[i].name, "manifest.json"))
            said = &files[i];
    if (!said)
        return error_set(err, INVALID, "This is not an archive that was exported here");
    record_clear(manifest_fields, &m);
    if (!json_read(a, said->content, manifest_fields, &m, false, NULL, &own))
        return error_set(err, INVALID, "The manifest of the archive cannot be read");
    if (!text_equal(m.format, "vow-export-1") || !text_equal(m.of, "organisation"))
        return error_set(err, INVALID, "Only an archive of a whole organisation can be taken in");
    m.table = arena_copy(a, m.tables.at, m.tables.count * sizeof *m.table);
    if (!files_match(a, &m, files, count, err))
        return false;
    *ret = m;
    return true;
}

struct known {
    struct id id;
    const char *email;
};
static const struct field known_fields[] = {
    FIELD(struct known, id, .doc = "Id"),
    FIELD(struct known, email, .doc = "Email address"),
    { 0 },
};

/* Who is on the lines, other members of them left unread. */
static struct list known_read(struct arena *a, struct blob lines)
{
    struct buffer all = buffer_new(a);
    struct arena line = { 0 };
    const char *at = lines.at, *end = at + lines.len;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t n = (size_t)((stop ? stop : end) - at);
        struct known k = { 0 };
        struct error ignored = { 0 };
        (void)!json_read(&line, (struct blob){ at, n }, known_fields, &k, true, NULL, &ignored);
        k.email = arena_string(a, k.email);
        if (id_given(k.id))
            buffer_add(&all, (const char *)&k, sizeof k);
        arena_reset(&line);
        at += n + 1;
    }
    arena_done(&line);
    return (struct list){ all.at, all.len / sizeof(struct known) };
}

static const struct known *known_by(const struct list *all, const char *email, struct id id)
{
    const struct known *at = all->at;
    for (size_t i = 0; i < all->count; i++)
        if (email ? at[i].email && !strcasecmp(at[i].email, email) : id_equal(at[i].id, id))
            return &at[i];
    return NULL;
}

/* Ids are as long as one another in text, so each is replaced where it stands. */
static struct blob id_replace(struct arena *a, struct blob in, const char *from, const char *to)
{
    size_t len = strlen(from);
    char *out = arena_copy(a, in.at, in.len), *end = out + in.len;
    for (char *at = out; (at = memmem(at, (size_t)(end - at), from, len)); at += len)
        memcpy(at, to, len);
    return (struct blob){ out, in.len };
}

static bool person_settle(struct arena *a, struct manifest *m, const struct list *known,
                          const struct person *here, struct error *err)
{
    const struct known *there = here->email ? known_by(known, here->email, (struct id){ 0 }) : NULL;
    char from[ID_TEXT], to[ID_TEXT];
    if (!there || id_equal(there->id, here->id))
        return true;
    if (known_by(known, NULL, here->id))
        return error_set(err, INVALID, "The archive knows somebody who is here as two people");
    id_format(there->id, from);
    id_format(here->id, to);
    for (size_t i = 0; i < m->tables.count; i++)
        if (m->table[i].content.len)
            m->table[i].content = id_replace(a, m->table[i].content, from, to);
    return true;
}

bool manifest_settle(struct arena *a, struct manifest *m, const struct list *here,
                     struct error *err)
{
    struct manifest_table *people = manifest_find(m, person_table.name);
    if (!people)
        return error_set(err, INVALID, "The archive lacks the directory of people");
    struct list known = known_read(a, people->content);
    for (size_t i = 0; i < here->count; i++)
        if (!person_settle(a, m, &known, (const struct person *)here->at + i, err))
            return false;
    return true;
}

bool manifest_used(const struct manifest *m, const struct table **known, size_t count,
                   struct error *err)
{
    for (size_t i = 0; i < m->tables.count; i++) {
        bool is_log = false;
        for (size_t k = 0; k < count && !is_log; k++)
            is_log = known[k]->log && !strcmp(known[k]->name, m->table[i].table);
        if (!m->table[i].taken && !is_log)
            return error_set(err, INVALID, "Nobody here knows the table %s", m->table[i].table);
    }
    return true;
}
