/* sql.c: statements with all columns of a declared table. Without printf: one is composed for each
   row that is written. */
#include "sql.h"

#include "db/compose.h"

static void columns_add(struct buffer *sql, const struct table *t)
{
    EACH_FIELD (f, t->fields) {
        buffer_string(sql, f == t->fields ? "\"" : ", \"");
        buffer_string(sql, f->name);
        buffer_char(sql, '"');
    }
}

void select_add(struct buffer *sql, const struct table *t)
{
    buffer_string(sql, "SELECT ");
    columns_add(sql, t);
    buffer_string(sql, " FROM ");
    buffer_string(sql, t->name);
}

void insert_add(struct buffer *sql, const struct table *t)
{
    size_t n = 0;
    buffer_string(sql, "INSERT INTO ");
    buffer_string(sql, t->name);
    buffer_string(sql, " (");
    columns_add(sql, t);
    buffer_string(sql, ") VALUES (");
    EACH_FIELD (f, t->fields) {
        n++;
        buffer_string(sql, n > 1 ? ", $" : "$");
        if (n > 9)
            buffer_char(sql, (char)('0' + n / 10));
        buffer_char(sql, (char)('0' + n % 10));
    }
    buffer_string(sql, ")");
}

const struct query *composed(struct ctx *c, struct buffer *sql)
{
    struct query *q = arena_new(c->arena, struct query);
    *q = query_composed(sql->at);
    return q;
}
