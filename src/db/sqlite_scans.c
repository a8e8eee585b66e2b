/* sqlite_scans.c: which tables a statement reads from end to end, by its program: a cursor on the
   table itself that is put on the first row, on the last, or counted. */
#include "sqlite.h"

#include <string.h>

enum { CURSORS_MAX = 64, OPCODE = 1, P1 = 2, P2 = 3 };

static bool page_table(struct tx *tx, int page, const char **ret)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(
        tx->conn->handle, "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage = ?",
        -1, &s, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int(s, 1, page);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    *ret =
        rc == SQLITE_ROW ? arena_string(tx->arena, (const char *)sqlite3_column_text(s, 0)) : NULL;
    sqlite3_finalize(s);
    return rc == SQLITE_ROW || rc == SQLITE_DONE || sqlite_fail(tx->err, tx->conn->handle, rc);
}

static bool is(const char *opcode, const char *const *names)
{
    while (*names && strcmp(opcode, *names) != 0)
        names++;
    return *names;
}

bool sqlite_scanned(struct tx *tx, const char *sql, const struct value *args, size_t n,
                    const char ***ret, size_t *count)
{
    static const char *const opens[] = { "OpenRead", "OpenWrite", "ReopenIdx", NULL };
    static const char *const others[] = { "OpenEphemeral", "OpenAutoindex", "OpenPseudo",
                                          "SorterOpen",    "OpenDup",       NULL };
    static const char *const reads[] = { "Rewind", "Last", "Count", NULL };
    int page[CURSORS_MAX] = { 0 }, rc;
    sqlite3_stmt *s = NULL;
    bool ok = true;
    (void)args;
    (void)n;
    *ret = arena_many(tx->arena, CURSORS_MAX, const char *);
    *count = 0;
    rc = sqlite3_prepare_v2(tx->conn->handle, arena_printf(tx->arena, "EXPLAIN %s", sql), -1, &s,
                            NULL);
    while (ok && rc != SQLITE_ERROR && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *opcode = (const char *)sqlite3_column_text(s, OPCODE), *table = NULL;
        int cursor = sqlite3_column_int(s, P1);
        if (cursor < 0 || cursor >= CURSORS_MAX)
            continue;
        if (is(opcode, opens))
            page[cursor] = sqlite3_column_int(s, P2);
        else if (is(opcode, others))
            page[cursor] = 0;
        else if (is(opcode, reads) && page[cursor] && *count < CURSORS_MAX) {
            ok = page_table(tx, page[cursor], &table);
            if (table)
                (*ret)[(*count)++] = table;
        }
    }
    sqlite3_finalize(s);
    return ok && (rc == SQLITE_DONE || sqlite_fail(tx->err, tx->conn->handle, rc));
}
