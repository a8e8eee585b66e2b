/* list.c: pages of rows by keyset: filters, ranges, sort, cursor. */
#include "list.h"

#include "audit.h"
#include "db/compose.h"
#include "scope.h"
#include "sql.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of rows on one page: a form's answers may be large. The last row may go beyond it. */
enum { PAGE_BYTES = 4 << 20 };

struct order {
    const struct field *field;
    bool down;
};

static bool is_sortable(const struct field *f)
{
    return f->filter || !strcmp(f->name, "id");
}

const char *list_sorts(struct arena *a, const struct table *t)
{
    struct buffer names = buffer_new(a);
    EACH_FIELD (f, t->fields)
        if (is_sortable(f) && f->privacy != SECRET)
            buffer_printf(&names, "%s%s", names.len ? ", " : "", f->name);
    return names.at;
}

const char *list_sort(const struct table *t)
{
    return t->sort ? t->sort : "-created_at";
}

static bool order_parse(struct ctx *c, const struct table *t, const char *sort, struct order *ret)
{
    const char *name = sort ? sort : list_sort(t);
    bool down = *name == '-';
    const struct field *f = field_find(t->fields, name + down);
    if (!f || (sort && !is_sortable(f)))
        return fail_at(c, "sort", "must be one of %s, or one of them with - before it",
                       list_sorts(c->arena, t));
    *ret = (struct order){ f, down };
    return true;
}

/* Where a page ends: the sorted value and the id of its last row.
   Text form: kind letter, value, ".", id. */
struct place {
    struct value value;
    struct id id;
};

static const char *place_format(struct ctx *c, const struct place *p)
{
    char id[ID_TEXT];
    struct value v = p->value;
    struct buffer b = buffer_new(c->arena);
    id_format(p->id, id);
    if (v.kind == KIND_NONE) {
        buffer_printf(&b, "n.%s", id);
    } else if (v.kind == KIND_TEXT) {
        buffer_char(&b, 't');
        buffer_hex(&b, v.bytes.at, v.bytes.len);
        buffer_printf(&b, ".%s", id);
    } else if (v.kind == KIND_REAL) {
        /* Without a plus, which an address that nobody escaped turns into a space. */
        for (const char *at = arena_printf(c->arena, "r%a.%s", v.real, id); *at; at++)
            if (*at != '+')
                buffer_char(&b, *at);
    } else if (v.kind == KIND_ID) {
        char other[ID_TEXT];
        id_format(v.id, other);
        buffer_printf(&b, "u%s.%s", other, id);
    } else {
        buffer_printf(&b, "i%" PRId64 ".%s", v.i, id);
    }
    return b.at;
}

static bool hex_read(struct arena *a, const char *from, size_t n, const char **ret)
{
    char *text = arena_alloc(a, n / 2 + 1);
    if (n % 2)
        return false;
    *ret = text;
    return hex_parse(from, n / 2, text) && text_is_utf8(text, n / 2);
}

/* The kind of value that the cursor's letter stands for must fit the sorted column. */
static char place_letter(enum kind k)
{
    return k == KIND_TEXT ? 't' : k == KIND_REAL ? 'r' : k == KIND_ID ? 'u' : 'i';
}

static bool place_parse(struct ctx *c, const struct order *o, const char *cursor, struct place *ret)
{
    const char *dot = strrchr(cursor, '.');
    struct place p = { 0 };
    char *end = NULL;
    if (!dot || !id_parse(dot + 1, &p.id))
        return false;
    if (cursor[0] == 'n') {
        *ret = p;
        return dot == cursor + 1;
    }
    if (cursor[0] != place_letter(o->field->kind))
        return false;
    const char *text = arena_text(c->arena, cursor + 1, (size_t)(dot - cursor - 1));
    if (cursor[0] == 't') {
        if (!hex_read(c->arena, text, strlen(text), &text))
            return false;
        p.value = value_text(text);
    } else if (cursor[0] == 'r') {
        p.value = value_real(strtod(text, &end));
    } else if (cursor[0] == 'u') {
        struct id id;
        if (!id_parse(text, &id))
            return false;
        p.value = value_id(id);
    } else {
        p.value = value_int(strtoll(text, &end, 10));
    }
    if (end && *end)
        return false;
    *ret = p;
    return true;
}

/* Columns that hold a value in every row, so that a page can be found by the index alone. */
static bool never_absent(const struct field *f)
{
    return f->required || f->kind == KIND_BOOL || f->kind == KIND_SPAN ||
           f->at < sizeof(struct row);
}

/* Absent values come first going up and last going down, on every engine. */
static void order_add(struct buffer *sql, const struct order *o, const struct place *from,
                      struct value *args, size_t *n)
{
    const char *name = o->field->name;
    if (from && from->value.kind == KIND_NONE) {
        args[(*n)++] = value_id(from->id);
        if (o->down)
            buffer_printf(sql, " AND (\"%s\" IS NULL AND id < $%zu)", name, *n);
        else
            buffer_printf(sql, " AND (\"%s\" IS NOT NULL OR id > $%zu)", name, *n);
    } else if (from) {
        args[(*n)++] = from->value;
        args[(*n)++] = value_id(from->id);
        if (o->down && !never_absent(o->field))
            buffer_printf(sql, " AND ((\"%s\", id) < ($%zu, $%zu) OR \"%s\" IS NULL)", name, *n - 1,
                          *n, name);
        else
            buffer_printf(sql, " AND (\"%s\", id) %s ($%zu, $%zu)", name, o->down ? "<" : ">",
                          *n - 1, *n);
    }
    if (o->down)
        buffer_printf(sql, " ORDER BY \"%s\" DESC NULLS LAST, id DESC", name);
    else
        buffer_printf(sql, " ORDER BY \"%s\" NULLS FIRST, id", name);
}

/* What a page is taken from: the rows that the filters and the actor's scope leave. */
static void rows_add(struct ctx *c, struct buffer *sql, const struct table *t,
                     const struct page *page, struct value *args, size_t *n)
{
    static const char *const signs[] = { "=", ">=", "<" };
    select_add(sql, t);
    buffer_string(sql, " WHERE 1 = 1");
    for (size_t i = 0; i < page->filter_count; i++) {
        const struct row_filter *f = &page->filters[i];
        if (f->compare == COMPARE_CONTAINS)
            continue;
        args[(*n)++] = f->value;
        buffer_printf(sql, " AND \"%s\" %s $%zu", f->field->name, signs[f->compare], *n);
    }
    scope_add(c, sql, t, ctx_scope(c, t->read), args, n);
}

/* How two places stand in an order: below 0 when the first comes first. */
static int place_compare(const struct order *o, const struct place *a, const struct place *b)
{
    bool none_a = a->value.kind == KIND_NONE, none_b = b->value.kind == KIND_NONE;
    int by = none_b - none_a;
    if (!none_a && !none_b) {
        size_t n = a->value.bytes.len, m = b->value.bytes.len;
        by = memcmp(a->value.bytes.at, b->value.bytes.at, n < m ? n : m);
        by = by ? by : (n > m) - (n < m);
    }
    by = by ? by : memcmp(&a->id, &b->id, sizeof a->id);
    return o->down ? -by : by;
}

static struct place place_of(const struct order *o, const void *row)
{
    return (struct place){ value_field(o->field, row), ((const struct row *)row)->id };
}

static int row_compare(const void *a, const void *b, void *order)
{
    struct place first = place_of(order, a), second = place_of(order, b);
    return place_compare(order, &first, &second);
}

/* The database cannot order by what it cannot read, so the rows are ordered here. */
static bool rows_ordered(struct ctx *c, const struct table *t, const struct page *page,
                         struct order *order, const struct place *from, struct list *ret)
{
    enum { ORDERED_MAX = 10000, ORDERED_BYTES = 32 << 20 };
    struct buffer sql = buffer_new(c->arena);
    struct value args[FIELDS_MAX * 3];
    struct list list;
    size_t n = 0, skip = 0;
    rows_add(c, &sql, t, page, args, &n);
    buffer_printf(&sql, " LIMIT %d", ORDERED_MAX + 1);
    struct query q = query_composed(sql.at);
    q.whole = "No more than the limit is read";
    q.bytes = ORDERED_BYTES;
    size_t before = c->arena->used;
    if (!tx_rows(c->tx, &q, args, n, t->fields, t->size, 0, &list))
        return false;
    if (list.count > ORDERED_MAX || c->arena->used - before >= ORDERED_BYTES)
        return fail_at(
            c, "sort",
            "names a protected column, by which at most %d rows can be sorted, and fewer "
            "large ones: filter them, or sort by another column",
            ORDERED_MAX);
    if (list.count)
        qsort_r((void *)list.at, list.count, t->size, row_compare, order);
    for (; from && skip < list.count; skip++) {
        struct place at = place_of(order, (const char *)list.at + skip * t->size);
        if (place_compare(order, &at, from) > 0)
            break;
    }
    size_t left = list.count - skip, most = (size_t)page->limit + 1;
    *ret = (struct list){ (const char *)list.at + skip * t->size, left < most ? left : most };
    return true;
}

static bool rows_page(struct ctx *c, const struct table *t, const struct page *page,
                      struct order *order, const struct place *from, struct list *ret)
{
    struct buffer sql = buffer_new(c->arena);
    struct value args[FIELDS_MAX * 3];
    size_t n = 0;
    rows_add(c, &sql, t, page, args, &n);
    order_add(&sql, order, from, args, &n);
    args[n++] = value_int(page->limit + 1);
    buffer_printf(&sql, " LIMIT $%zu", n);
    struct query q = query_composed(sql.at);
    q.bytes = PAGE_BYTES;
    return tx_rows(c->tx, &q, args, n, t->fields, t->size, 0, ret);
}

/* At most page->limit rows; *more: whether others are behind them. */
static bool rows_read(struct ctx *c, const struct table *t, const struct page *page,
                      struct order *order, const struct place *after, struct list *ret, bool *more)
{
    size_t before = c->arena->used, most = (size_t)page->limit;
    bool here = db_seals(tx_db(c->tx)) && column_sealed(order->field);
    if (!(here ? rows_ordered : rows_page)(c, t, page, order, after, ret))
        return false;
    *more = ret->count > most || (ret->count && !here && c->arena->used - before >= PAGE_BYTES);
    ret->count = *more && ret->count > most ? most : ret->count;
    return true;
}

/* --- search --- */

struct wanted {
    const struct field *field;
    struct buffer text;
};

struct search {
    struct wanted *wanted;
    size_t count;       /* 0: every row is wanted */
    struct buffer text; /* of the row that is looked at */
};

static void fold(struct buffer *to, const char *text)
{
    char point[4];
    to->len = 0;
    while (*text)
        buffer_add(to, point, text_put(point, text_fold(text_next(&text))));
}

static struct search search_of(struct ctx *c, const struct page *page)
{
    struct search s = { .wanted = arena_many(c->arena, page->filter_count, struct wanted) };
    for (size_t i = 0; i < page->filter_count; i++) {
        const struct row_filter *f = &page->filters[i];
        if (f->compare != COMPARE_CONTAINS)
            continue;
        struct wanted *w = &s.wanted[s.count++];
        *w = (struct wanted){ f->field, buffer_new(c->arena) };
        fold(&w->text, f->value.bytes.at);
    }
    if (s.count)
        s.text = buffer_new(c->arena);
    return s;
}

static bool search_hits(struct search *s, const void *row)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct wanted *w = &s->wanted[i];
        const char *text = *(const char *const *)field_of(w->field, row);
        fold(&s->text, text ? text : "");
        if (!memmem(s->text.at, s->text.len, w->text.at, w->text.len))
            return false;
    }
    return true;
}

/* The database cannot look into what it cannot read, and LIKE knows no capitals but those of ASCII,
   so the rows are read a stretch at a time and looked at here. */
static bool rows_searched(struct ctx *c, const struct table *t, const struct page *page,
                          struct order *order, struct search *search, const struct place *after,
                          struct list *ret, struct place *end, bool *more)
{
    enum { STRETCH = 2000, SEARCHED_MAX = 10000, SEARCHED_BYTES = 32 << 20 };
    char *found = arena_array(c->arena, (size_t)page->limit, t->size);
    struct page part = *page;
    size_t n = 0, seen = 0, before = c->arena->used;
    part.limit = STRETCH;
    for (*more = true; *more && n < (size_t)page->limit && seen < SEARCHED_MAX &&
                       c->arena->used - before < SEARCHED_BYTES;
         after = end) {
        struct list list;
        if (!rows_read(c, t, &part, order, after, &list, more))
            return false;
        for (size_t i = 0; i < list.count && n < (size_t)page->limit; i++, seen++) {
            const char *row = (const char *)list.at + i * t->size;
            *end = place_of(order, row);
            if (search_hits(search, row))
                memcpy(found + n++ * t->size, row, t->size);
            *more |= n == (size_t)page->limit && i + 1 < list.count;
        }
    }
    *ret = (struct list){ found, n };
    return true;
}

bool row_list(struct ctx *c, const struct table *t, const struct page *page, struct list *ret,
              const char **next)
{
    struct order order = { 0 };
    struct place from, end, *after = page->cursor ? &from : NULL;
    struct search search = search_of(c, page);
    struct list list;
    bool more;
    if (!order_parse(c, t, page->sort, &order))
        return false;
    if (page->cursor && !place_parse(c, &order, page->cursor, &from))
        return fail_at(c, "cursor", "is not a cursor of this list");
    if (!(search.count ? rows_searched(c, t, page, &order, &search, after, &list, &end, &more)
                       : rows_read(c, t, page, &order, after, &list, &more)))
        return false;
    if (more && !search.count)
        end = place_of(&order, (const char *)list.at + (list.count - 1) * t->size);
    *next = more ? place_format(c, &end) : NULL;
    const struct field *subject = table_subject(t);
    for (size_t i = 0; subject && i < list.count; i++)
        read_note(c, t, *(const struct id *)field_of(subject, (const char *)list.at + i * t->size));
    *ret = list;
    return true;
}
