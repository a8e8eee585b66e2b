/* scope.c: own, team and all. A person's team is a column of the directory. */
#include "scope.h"

void scope_add_column(struct ctx *c, struct buffer *sql, const char *column, enum scope scope,
                      struct value *args, size_t *n)
{
    if (scope == SCOPE_ALL)
        return;
    if (scope == SCOPE_NONE) {
        buffer_string(sql, " AND 1 = 0");
        return;
    }
    args[(*n)++] = value_id(c->actor.person);
    size_t person = *n;
    if (scope == SCOPE_OWN || !id_given(c->actor.team)) {
        buffer_printf(sql, " AND %s = $%zu", column, person);
        return;
    }
    args[(*n)++] = value_id(c->actor.team);
    buffer_printf(sql, " AND (%s = $%zu OR %s IN (SELECT id FROM person WHERE team = $%zu))",
                  column, person, column, *n);
}

void scope_add(struct ctx *c, struct buffer *sql, const struct table *t, enum scope scope,
               struct value *args, size_t *n)
{
    const struct field *subject = table_subject(t);
    if (subject || scope == SCOPE_NONE)
        scope_add_column(c, sql, subject ? subject->name : "", scope, args, n);
}

bool scope_reaches(struct ctx *c, enum scope scope, struct id person, bool *ret)
{
    static const struct query in_team = { "SELECT id FROM person WHERE id = $1 AND team = $2" };
    bool found = false;
    if (scope == SCOPE_ALL || (scope != SCOPE_NONE && id_equal(person, c->actor.person))) {
        *ret = true;
        return true;
    }
    if (scope == SCOPE_TEAM && id_given(c->actor.team) &&
        !tx_found(c->tx, &in_team, ARGS(value_id(person), value_id(c->actor.team)), &found))
        return false;
    *ret = found;
    return true;
}
