/* pg_known.c: answers kept within a writing transaction. Nobody else writes meanwhile, for writers
   take the organisation's lock; so an answer holds until the transaction itself writes to a table
   that the statement names. */
#include "pg.h"

#include "base/buffer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool pg_names(const char *sql, const char *table)
{
    size_t n = strlen(table);
    for (const char *at = sql; (at = strstr(at, table)); at += n)
        if (!word_char(at[n]) && (at == sql || !word_char(at[-1])))
            return true;
    return false;
}

void pg_known_forget(struct pg_conn *conn, const char *table)
{
    for (struct pg_known **at = &conn->known; *at;) {
        struct pg_known *k = *at;
        if (table && !pg_names(k->s->sql, table)) {
            at = &k->next;
            continue;
        }
        *at = k->next;
        pg_stmt_put(conn, k->s);
        PQclear(k->result);
        free(k);
    }
}

/* The parameters as one text; false where one is not the same each time it is encoded. */
static bool key_make(struct tx *tx, const struct pg_stmt *s, const struct value *args,
                     struct buffer *ret)
{
    struct pg_values v;
    for (int i = 0; i < s->plan.params; i++)
        if (s->plan.param[i].mode == PG_SEAL)
            return false;
    if (!pg_encode(tx, &s->plan, args, &v))
        return false;
    for (int i = 0; i < s->plan.params; i++) {
        int size = v.at[i] ? v.size[i] : -1;
        buffer_add(ret, (const char *)&size, sizeof size);
        if (v.at[i])
            buffer_add(ret, v.at[i], (size_t)size);
    }
    return true;
}

static const struct pg_known *known_find(const struct pg_conn *conn, const struct pg_stmt *s,
                                         const struct buffer *key)
{
    for (const struct pg_known *k = conn->known; k; k = k->next)
        if (k->s == s && k->size == key->len && (!k->size || !memcmp(k->key, key->at, k->size)))
            return k;
    return NULL;
}

static void known_keep(struct pg_conn *conn, struct pg_stmt *s, PGresult *r,
                       const struct buffer *key)
{
    struct pg_known *k = calloc(1, sizeof *k + key->len);
    if (!k)
        abort();
    *k = (struct pg_known){ .next = conn->known, .s = s, .result = r, .size = key->len };
    if (key->len)
        memcpy(k->key, key->at, key->len);
    s->busy++; /* it stays prepared as long */
    conn->known = k;
}

PGresult *pg_stmt_run_again(struct tx *tx, struct pg_stmt *s, const struct value *args, bool *known)
{
    struct buffer key = buffer_new(tx->arena);
    *known = false;
    if (!tx->pg->swift || s->plan.writes || !key_make(tx, s, args, &key))
        return pg_stmt_run(tx, s, args);
    const struct pg_known *k = known_find(tx->pg, s, &key);
    PGresult *r = k ? k->result : NULL;
    if (!r && (r = pg_stmt_run(tx, s, args)))
        known_keep(tx->pg, s, r, &key);
    *known = r != NULL;
    return r;
}

bool pg_stmt_trust(struct tx *tx, struct pg_stmt *s, const struct value *args)
{
    struct buffer key = buffer_new(tx->arena);
    bool keyed = !s->plan.writes && key_make(tx, s, args, &key);
    if (keyed && known_find(tx->pg, s, &key))
        return true;
    if (!pg_stmt_fly(tx, s, args))
        return false;
    pg_make_sure(tx->pg);
    tx->pg->wrote |= s->plan.writes;
    if (keyed)
        known_keep(tx->pg, s, NULL, &key);
    return pg_fly_on(tx->pg, tx->err);
}
