/* import_keys.c: which rows of imported files are here already. */
#include "import_rows.h"
#include "importer.h"

#include <stdlib.h>
#include <string.h>

struct import_key {
    ROW_MEMBERS;
    struct blob key;
    struct id entry, person;
};

static const struct field import_key_fields[] = {
    ROW_FIELDS(struct import_key),
    FIELD(struct import_key, key, .privacy = SECRET, .unique = true, .max = HASH_SIZE,
          .doc = "SHA-256 of what the source said of the row"),
    FIELD(struct import_key, entry, .privacy = OPERATIONAL, .refers = &time_entry_table,
          .doc = "Entry that was made of it"),
    FIELD(struct import_key, person, .privacy = PERSONAL, .subject = true, .refers = &person_table,
          .doc = "Whose work it is"),
    { 0 },
};

const struct table time_import_table = {
    .name = "time_import",
    .doc = "Rows of imported files that are here already",
    .fields = import_key_fields,
    .one = "import",
    .size = sizeof(struct import_key),
    .erase = ERASE_PERSON, /* so that an erased person does not come back with the same file */
    .held_back = true,
};

struct keyed {
    uint8_t hash[HASH_SIZE]; /* first */
    size_t row;
};

static int compare_hash(const void *a, const void *b)
{
    return memcmp(a, b, HASH_SIZE);
}

/* In their order, so that looking for them and keeping them goes through the index once. */
void keys_make(struct importer *m)
{
    size_t count = m->file->count;
    struct arena own = { 0 };
    struct keyed *all = arena_many(&own, count, struct keyed);
    m->key = arena_many(m->c->arena, count, struct row_key);
    m->key_of = arena_many(m->c->arena, count, struct row_key *);
    for (size_t i = 0; i < count; i++) {
        const char *text = import_row_key(&m->scratch, m->file, &m->file->row[i]);
        hash_sha256(text, strlen(text), all[i].hash);
        all[i].row = i;
        arena_reset(&m->scratch);
    }
    qsort(all, count, sizeof *all, compare_hash);
    for (size_t i = 0; i < count; i++) {
        if (!i || compare_hash(all[i].hash, all[i - 1].hash) != 0)
            memcpy(m->key[m->key_count++].hash, all[i].hash, HASH_SIZE);
        m->key_of[all[i].row] = &m->key[m->key_count - 1];
    }
    arena_done(&own);
}

static struct value key_value(const struct row_key *key)
{
    return value_in(import_key_fields, "key", value_blob((struct blob){ key->hash, HASH_SIZE }));
}

enum { AT_ONCE = 16 };

static bool key_here(void *with, const void *record)
{
    const struct importer *m = with;
    const struct import_key *is = record;
    struct row_key *key = bsearch(is->key.at, m->key, m->key_count, sizeof *m->key, compare_hash);
    if (key)
        key->here = true;
    return true;
}

bool keys_look(struct importer *m)
{
    static const struct query known = { "SELECT id, key FROM time_import WHERE key IN ($1, $2, $3,"
                                        " $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
                                        " $16)" };
    static const struct field fields[] = { FIELD(struct import_key, id),
                                           FIELD(struct import_key, key),
                                           { 0 } };
    for (size_t i = 0; i < m->key_count; i++) {
        m->key[i].here = false;
        m->key[i].entry = NULL;
    }
    for (size_t from = 0; from < m->key_count; from += AT_ONCE) {
        struct value args[AT_ONCE];
        for (size_t i = 0; i < AT_ONCE; i++)
            args[i] = key_value(&m->key[from + i < m->key_count ? from + i : from]);
        if (!tx_each(m->c->tx, &known, args, AT_ONCE, fields, sizeof(struct import_key), key_here,
                     m))
            return false;
    }
    return true;
}

bool keys_keep(struct importer *m)
{
    static const struct query keep = {
        "INSERT INTO time_import (id, version, created_at, updated_at, key, entry, person)"
        " VALUES ($1, 1, $2, $2, $3, $4, $5)"
    };
    struct value now = value_instant(m->c->now);
    for (size_t i = 0; i < m->key_count; i++) {
        const struct row_key *k = &m->key[i];
        if (!k->entry || tx_run(m->c->tx, &keep,
                                ARGS(value_id(k->id), now, key_value(k), value_id(k->entry->id),
                                     value_id(k->entry->person)),
                                NULL))
            continue;
        m->stale = m->c->err->problem == ALREADY_EXISTS;
        return false;
    }
    return true;
}
