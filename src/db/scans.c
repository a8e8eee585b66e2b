/* scans.c: that no query reads a growing table from end to end: looked up in the engine's plan,
   until it passes once for each text, where store_config.grows is given. */
#include "engine.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

struct scans {
    pthread_mutex_t lock;
    uint64_t *seen; /* hashes of texts that passed */
    size_t count, room;
};

void scans_open(struct store *s)
{
    if (!s->config.grows)
        return;
    s->scans = calloc(1, sizeof *s->scans);
    if (!s->scans)
        abort();
    pthread_mutex_init(&s->scans->lock, NULL);
}

void scans_close(struct store *s)
{
    if (!s->scans)
        return;
    pthread_mutex_destroy(&s->scans->lock);
    free(s->scans->seen);
    free(s->scans);
}

static bool is_seen(struct scans *s, uint64_t hash)
{
    pthread_mutex_lock(&s->lock);
    size_t i = 0;
    while (i < s->count && s->seen[i] != hash)
        i++;
    bool found = i < s->count;
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* Two threads may have looked at the same text at once; twice in the list does no harm. */
static void seen_add(struct scans *s, uint64_t hash)
{
    pthread_mutex_lock(&s->lock);
    if (s->count == s->room) {
        s->room = s->room ? 2 * s->room : 256;
        s->seen = realloc(s->seen, s->room * sizeof *s->seen);
        if (!s->seen)
            abort();
    }
    s->seen[s->count++] = hash;
    pthread_mutex_unlock(&s->lock);
}

static bool has_plan(const char *sql)
{
    static const char *const verbs[] = { "SELECT", "WITH", "INSERT", "UPDATE", "DELETE" };
    for (size_t i = 0; i < LENGTH(verbs); i++)
        if (!strncmp(sql, verbs[i], strlen(verbs[i])))
            return true;
    return false;
}

bool scans_check(struct tx *tx, const struct query *q, const struct value *args, size_t n)
{
    const struct store *s = tx->db->store;
    const char **tables;
    size_t count;
    if (!s->scans || tx->ask || q->whole || !has_plan(q->sql))
        return true;
    uint64_t hash = hash_text(hash_start, q->sql);
    if (is_seen(s->scans, hash))
        return true;
    if (!s->engine->scanned(tx, q->sql, args, n, &tables, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (s->config.grows(s->config.grows_with, tables[i]))
            return error_set(tx->err, INTERNAL, "all of '%s' is read by: %s", tables[i], q->sql);
    seen_add(s->scans, hash);
    return true;
}
