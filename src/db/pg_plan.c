/* pg_plan.c: how a query's text changes for protected values: stored sealed, compared blind. */
#include "pg.h"

#include "base/buffer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TOKENS_MAX = 2048 };

enum token_kind { WORD, QUOTED, PARAM, OTHER };

struct token {
    const char *at; /* without quotes */
    size_t size;
    const char *from, *to; /* with all of it */
    enum token_kind kind;
    int number;       /* of a PARAM, from 0 */
    const char *text; /* written instead; NULL: as it is */
    const char *more; /* written behind; NULL: nothing */
};

struct parse {
    struct token *token;
    size_t count;
    const struct value *args;
    size_t n;
    struct pg_plan *plan;
    size_t values; /* the token that opens the only row of an INSERT of parameters alone; or 0 */
    struct arena *a;
    struct error *err;
};

enum pg_shape pg_shape(const struct value *v)
{
    if (v->column && column_sealed(v->column))
        return SHAPE_SEALED;
    switch (v->kind) {
    case KIND_BOOL:
    case KIND_INT:
    case KIND_INSTANT:
    case KIND_DATE:
    case KIND_SPAN:
        return SHAPE_INT;
    case KIND_REAL:
        return SHAPE_REAL;
    case KIND_TEXT:
    case KIND_JSON:
        return SHAPE_TEXT;
    case KIND_BLOB:
    case KIND_LIST:
        return SHAPE_BYTES;
    case KIND_ID:
        return SHAPE_ID;
    case KIND_NONE:
    case KIND_RECORD:
        break;
    }
    return SHAPE_NONE;
}

static Oid shape_type(enum pg_shape s)
{
    static const Oid types[] = { [SHAPE_INT] = 20,   [SHAPE_REAL] = 701, [SHAPE_TEXT] = 25,
                                 [SHAPE_BYTES] = 17, [SHAPE_ID] = 2950,  [SHAPE_SEALED] = 17 };
    return types[s];
}

char *pg_where(const char *table, size_t table_size, const char *column, size_t column_size,
               size_t *size)
{
    char *where = calloc(1, table_size + column_size + 2);
    if (!where)
        abort();
    memcpy(where, table, table_size);
    memcpy(where + table_size + 1, column, column_size);
    *size = table_size + column_size + 2;
    return where;
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* One token; NULL when the text ends within it. */
static const char *token_read(const char *at, struct token *t)
{
    *t = (struct token){ .at = at, .from = at, .kind = OTHER };
    if (*at == '"' || *at == '\'') {
        const char *end = strchr(at + 1, *at);
        if (!end)
            return NULL;
        t->kind = *at == '"' ? QUOTED : OTHER;
        t->at = at + 1;
        t->size = (size_t)(end - at - 1);
        return t->to = end + 1;
    }
    if (*at == '$' && isdigit((unsigned char)at[1])) {
        char *end;
        t->kind = PARAM;
        t->number = (int)strtol(at + 1, &end, 10) - 1;
        return t->to = end;
    }
    const char *end = at + 1;
    if (word_char(*at)) {
        t->kind = isdigit((unsigned char)*at) ? OTHER : WORD;
        while (word_char(*end))
            end++;
    } else if (strchr("<>!=|", *at)) {
        while (*end && strchr("<>=|", *end))
            end++;
    }
    t->size = (size_t)(end - at);
    return t->to = end;
}

static bool tokens_read(struct parse *p, const char *sql)
{
    for (const char *at = sql; at && *at;) {
        if (isspace((unsigned char)*at)) {
            at++;
            continue;
        }
        if (p->count == TOKENS_MAX)
            return error_set(p->err, INTERNAL, "a statement is too long");
        struct token *t = &p->token[p->count++];
        at = token_read(at, t);
        if (!at)
            return error_set(p->err, INTERNAL, "a statement ends within quotes");
        if (t->kind == PARAM && (t->number < 0 || (size_t)t->number >= p->n))
            return error_set(p->err, INTERNAL, "a statement lacks its parameter $%d",
                             t->number + 1);
        if (*t->from == ';')
            return error_set(p->err, INTERNAL, "a query must be one statement");
    }
    return p->count || error_set(p->err, INTERNAL, "a query must be one statement");
}

static bool is(const struct parse *p, size_t i, const char *word)
{
    return i < p->count && p->token[i].kind != QUOTED && p->token[i].size == strlen(word) &&
           !strncasecmp(p->token[i].at, word, p->token[i].size);
}

static bool is_name(const struct parse *p, size_t i)
{
    return i < p->count && (p->token[i].kind == WORD || p->token[i].kind == QUOTED);
}

static bool same(const struct token *a, const struct token *b)
{
    return a->size == b->size && !memcmp(a->at, b->at, a->size);
}

static bool names(const struct token *t, const char *name)
{
    return t->size == strlen(name) && !memcmp(t->at, name, t->size);
}

static const struct field *sealed_arg(const struct parse *p, size_t i)
{
    if (i >= p->count || p->token[i].kind != PARAM)
        return NULL;
    const struct value *v = &p->args[p->token[i].number];
    return pg_shape(v) == SHAPE_SEALED ? v->column : NULL;
}

/* The number, from 1, of the parameter for an argument in a mode; made when there is none. */
static int param_of(struct parse *p, int arg, enum pg_mode mode, const struct token *table,
                    const struct field *column, int id)
{
    struct pg_plan *plan = p->plan;
    for (int i = 0; i < plan->params; i++)
        if (plan->param[i].arg == arg && plan->param[i].mode == mode)
            return i + 1;
    if (plan->params == PG_PARAMETERS_MAX)
        return 0;
    struct pg_param *param = &plan->param[plan->params++];
    *param =
        (struct pg_param){ .arg = (uint8_t)arg,
                           .mode = mode,
                           .id = id < 0 ? NO_ID : (uint8_t)id,
                           .type = mode == PG_PLAIN ? shape_type(pg_shape(&p->args[arg])) : 17 };
    if (mode != PG_PLAIN)
        param->where = pg_where(table->at, table->size, column->name, strlen(column->name),
                                &param->where_size);
    return plan->params;
}

static bool param_write(struct parse *p, size_t i, enum pg_mode mode, const struct token *table,
                        const struct field *column, int id)
{
    int number = param_of(p, p->token[i].number, mode, table, column, id);
    p->token[i].text = arena_printf(p->a, "$%d", number);
    return number || error_set(p->err, INTERNAL, "a statement has too many parameters");
}

static bool name_fits(struct parse *p, const struct token *name, const struct field *f)
{
    return names(name, f->name) ||
           error_set(p->err, INTERNAL, "a value of the column '%s' meets another one", f->name);
}

static const struct token *closing(struct parse *p, size_t open)
{
    int depth = 0;
    for (size_t i = open; i < p->count; i++) {
        depth += *p->token[i].from == '(' ? 1 : *p->token[i].from == ')' ? -1 : 0;
        if (!depth)
            return &p->token[i];
    }
    return NULL;
}

/* Behind the value that begins at `value`: its comma, or the list's end. */
static size_t value_end(const struct parse *p, size_t value, const struct token *values_end)
{
    for (int depth = 0; &p->token[value] < values_end; value++) {
        char c = *p->token[value].from;
        if (!depth && c == ',')
            break;
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    return value;
}

/* Seals a value that is inserted into the column of that name, and adds what it is found by. */
static bool insert_seal(struct parse *p, const struct token *table, struct token *name,
                        size_t value, const struct field *f, int id)
{
    if (!name_fits(p, name, f) || !param_write(p, value, PG_SEAL, table, f, id))
        return false;
    if (column_blind(f)) {
        int number = param_of(p, p->token[value].number, PG_BLIND, table, f, -1);
        name->more = arena_printf(p->a, ", \"%s_blind\"", f->name);
        p->token[value].more = arena_printf(p->a, ", $%d", number);
    }
    return true;
}

/* INSERT INTO table (columns) VALUES (values): which value goes where. */
static bool insert_rewrite(struct parse *p, size_t *end)
{
    const struct token *table = &p->token[2];
    struct token *columns_end = (struct token *)closing(p, 3);
    size_t first = columns_end ? (size_t)(columns_end - p->token) + 3 : 0;
    struct token *values_end =
        first && first < p->count ? (struct token *)closing(p, first - 1) : NULL;
    if (!values_end || !is(p, first - 2, "VALUES"))
        return true; /* INSERT … SELECT: its parameters are looked at below */
    int id = -1;
    bool plain = values_end == &p->token[p->count - 1];
    for (int pass = 0; pass < 2; pass++) {
        size_t name = 4, value = first;
        for (; &p->token[name] < columns_end && &p->token[value] < values_end; name += 2) {
            size_t next = value_end(p, value, values_end);
            const struct field *f = sealed_arg(p, value);
            plain = plain && next == value + 1 && p->token[value].kind == PARAM;
            if (!pass && next == value + 1 && names(&p->token[name], "id") &&
                p->token[value].kind == PARAM)
                id = p->token[value].number;
            if (pass && f && next == value + 1 &&
                !insert_seal(p, table, &p->token[name], value, f, id))
                return false;
            value = next + 1;
        }
    }
    p->values = plain ? first - 1 : 0;
    *end = (size_t)(values_end - p->token) + 1;
    return true;
}

/* "id = $N" behind WHERE names the row of an UPDATE. */
static int where_id(const struct parse *p, size_t where)
{
    for (size_t i = where; i + 2 < p->count; i++)
        if (is_name(p, i) && names(&p->token[i], "id") && is(p, i + 1, "=") &&
            p->token[i + 2].kind == PARAM)
            return p->token[i + 2].number;
    return -1;
}

/* UPDATE table SET column = value, … WHERE … */
static bool update_rewrite(struct parse *p, size_t *end)
{
    const struct token *table = &p->token[1];
    size_t where = 3;
    while (where < p->count && !is(p, where, "WHERE"))
        where++;
    int id = where_id(p, where);
    for (size_t i = 3; i + 2 < where + 1 && i + 2 < p->count; i++) {
        const struct field *f = sealed_arg(p, i + 2);
        bool assigned = is_name(p, i) && is(p, i + 1, "=") &&
                        (is(p, i - 1, "SET") || *p->token[i - 1].from == ',') &&
                        (i + 3 >= where || *p->token[i + 3].from == ',');
        if (!f || !assigned)
            continue;
        if (!name_fits(p, &p->token[i], f) || !param_write(p, i + 2, PG_SEAL, table, f, id))
            return false;
        if (column_blind(f)) {
            int number = param_of(p, p->token[i + 2].number, PG_BLIND, table, f, -1);
            p->token[i + 2].more = arena_printf(p->a, ", \"%s_blind\" = $%d", f->name, number);
        }
    }
    *end = where;
    return true;
}

/* The table that a column belongs to: by its qualifier, or the only one. */
static const struct token *table_of(struct parse *p, const struct token *qualifier)
{
    const struct token *only = NULL;
    for (size_t i = 0; i + 1 < p->count; i++) {
        if (!(is(p, i, "FROM") || is(p, i, "JOIN") || is(p, i, "INTO") ||
              (!i && is(p, i, "UPDATE"))) ||
            !is_name(p, i + 1))
            continue;
        const struct token *table = &p->token[i + 1];
        size_t alias = is(p, i + 2, "AS") ? i + 3 : i + 2;
        if (qualifier &&
            (same(table, qualifier) || (is_name(p, alias) && same(&p->token[alias], qualifier))))
            return table;
        if (only && !same(only, table))
            only = &p->token[p->count]; /* several: none is the only one */
        else if (!only)
            only = table;
    }
    return !qualifier && only != &p->token[p->count] ? only : NULL;
}

/* The name before "= $N", "<> $N", "IS [NOT] DISTINCT FROM $N" or "IN ($M, $N"; or 0. */
static size_t compared_name(const struct parse *p, size_t i)
{
    if (!i)
        return 0;
    if (is(p, i - 1, "=") || is(p, i - 1, "<>"))
        return i - 2;
    if (i > 4 && is(p, i - 1, "FROM") && is(p, i - 2, "DISTINCT"))
        return is(p, i - 3, "NOT") ? i - 5 : i - 4;
    while (i > 2 && *p->token[i - 1].from == ',' && p->token[i - 2].kind == PARAM)
        i -= 2;
    if (i > 2 && *p->token[i - 1].from == '(' && is(p, i - 2, "IN"))
        return is(p, i - 3, "NOT") ? i - 4 : i - 3;
    return 0;
}

static bool compare_rewrite(struct parse *p, size_t i)
{
    const struct field *f = sealed_arg(p, i);
    if (!f || p->token[i].text)
        return true;
    size_t at = compared_name(p, i);
    if (!at || !is_name(p, at))
        return error_set(p->err, INTERNAL,
                         "'%s' is protected: it can be stored, or compared by =", f->name);
    bool qualified = at > 1 && *p->token[at - 1].from == '.';
    const struct token *table = table_of(p, qualified ? &p->token[at - 2] : NULL);
    if (!table)
        return error_set(p->err, INTERNAL, "which table is '%s' of?", f->name);
    if (!column_blind(f))
        return error_set(p->err, INTERNAL, "'%s' is protected and not declared for look-ups",
                         f->name);
    if (!name_fits(p, &p->token[at], f))
        return false;
    p->token[at].text = arena_printf(p->a, "\"%s_blind\"", f->name);
    return param_write(p, i, PG_BLIND, table, f, -1);
}

static bool rewrite(struct parse *p)
{
    size_t done = 0;
    if (is(p, 0, "INSERT") && p->count > 4 && !insert_rewrite(p, &done))
        return false;
    if (is(p, 0, "UPDATE") && p->count > 4 && !update_rewrite(p, &done))
        return false;
    for (size_t i = 0; i < p->count; i++) {
        if (!compare_rewrite(p, i))
            return false;
        if (p->token[i].kind == PARAM && !p->token[i].text &&
            !param_write(p, i, PG_PLAIN, NULL, NULL, -1))
            return false;
    }
    return true;
}

static char *text_join(const struct parse *p, const char *sql)
{
    struct buffer b = buffer_new(p->a);
    const char *at = sql;
    for (size_t i = 0; i < p->count; i++) {
        const struct token *t = &p->token[i];
        buffer_add(&b, at, (size_t)(t->from - at));
        if (i && i == p->values)
            p->plan->values = b.len;
        if (t->text)
            buffer_string(&b, t->text);
        else
            buffer_add(&b, t->from, (size_t)(t->to - t->from));
        if (t->more)
            buffer_string(&b, t->more);
        at = t->to;
    }
    return strdup(b.at);
}

/* INSERT INTO table, UPDATE table, DELETE FROM table. */
static char *target_of(const struct parse *p)
{
    size_t at = is(p, 0, "UPDATE") ? 1 : is(p, 0, "INSERT") || is(p, 0, "DELETE") ? 2 : 0;
    return at && at < p->count ? strndup(p->token[at].at, p->token[at].size) : NULL;
}

bool pg_plan_make(const char *sql, const struct value *args, size_t n, struct pg_plan *ret,
                  struct error *err)
{
    struct arena a = { 0 };
    struct parse p = { .args = args, .n = n, .plan = ret, .a = &a, .err = err };
    p.token = arena_many(&a, TOKENS_MAX + 1, struct token);
    *ret = (struct pg_plan){ 0 };
    bool ok = tokens_read(&p, sql) && rewrite(&p);
    if (ok) {
        ret->writes = !is(&p, 0, "SELECT") && !is(&p, 0, "VALUES");
        ret->target = target_of(&p);
        ret->sql = text_join(&p, sql);
        ok = ret->sql || (abort(), false);
    } else {
        pg_plan_free(ret);
    }
    arena_done(&a);
    return ok;
}

void pg_plan_free(struct pg_plan *plan)
{
    for (int i = 0; i < plan->params; i++)
        free(plan->param[i].where);
    free(plan->sql);
    free(plan->target);
    *plan = (struct pg_plan){ 0 };
}
