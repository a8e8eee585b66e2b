/* generic.c: list, create, read, update and delete over HTTP for every table with a path. */
#include "generic.h"

#include "app.h"
#include "list.h"
#include "rows.h"

#include <stdlib.h>
#include <string.h>

static const struct table *table_of(const struct ctx *c)
{
    return c->x->route->with;
}

static struct field *fields_room(struct arena *a, const struct table *t)
{
    return arena_many(a, field_count(t->fields) * 3 + 8, struct field);
}

/* Lays a field behind the others of a record made at run time. */
static void field_place(struct field *list, size_t *n, size_t *size, struct field f)
{
    *size = (*size + 15) / 16 * 16;
    f.at = *size;
    *size += kind_size(f.kind);
    list[(*n)++] = f;
}

static bool is_range(enum kind k)
{
    return k == KIND_INSTANT || k == KIND_DATE || k == KIND_INT || k == KIND_SPAN || k == KIND_REAL;
}

/* What the inputs of a list are called behind the column's name, and what they say. */
static const struct {
    const char *ending, *says;
} compares[] = {
    [COMPARE_EQUAL] = { "", "Only rows with this" },
    [COMPARE_FROM] = { "_from", "At or after" },
    [COMPARE_TO] = { "_to", "Before" },
    [COMPARE_CONTAINS] = { "_contains", "Only rows with this in it, in letters of either case" },
};

static bool compares_by(const struct field *f, enum compare by)
{
    if (by == COMPARE_CONTAINS)
        return f->search;
    return f->filter && (by == COMPARE_EQUAL || is_range(f->kind));
}

static struct field filter_field(struct arena *a, const struct field *f, enum compare by)
{
    static const char *const yes_no[] = { "true", "false", NULL };
    struct field in = {
        .name = arena_printf(a, "%s%s", f->name, compares[by].ending),
        .kind = f->kind,
        .privacy = f->privacy,
        .choices = by == COMPARE_EQUAL ? f->choices : NULL,
        .nullable = f->kind == KIND_INT,
        .query = true,
        .doc = arena_printf(a, "%s: %s", compares[by].says, f->doc),
    };
    if (by == COMPARE_CONTAINS) {
        in.min = 1;
        in.max = SEARCH_TEXT_MAX;
    } else if (f->kind == KIND_BOOL) { /* absent must be told from false */
        in.kind = KIND_TEXT;
        in.choices = yes_no;
    }
    return in;
}

static const struct field page_fields[] = { PAGE_FIELDS(struct page), { 0 } };

const struct field *list_fields(struct arena *a, const struct table *t, size_t *size)
{
    struct field *list = fields_room(a, t);
    size_t n = 0;
    *size = 0;
    EACH_FIELD (f, page_fields)
        field_place(list, &n, size, *f);
    list[n - 1].doc = arena_printf(a, "%s; %s when not given. One of %s", list[n - 1].doc,
                                   list_sort(t), list_sorts(a, t));
    EACH_FIELD (f, t->fields)
        for (enum compare by = 0; by < LENGTH(compares); by++)
            if (compares_by(f, by) && f->privacy != SECRET && n + 1 < FIELDS_MAX)
                field_place(list, &n, size, filter_field(a, f, by));
    return list;
}

/* Which column and comparison an input field of a list stands for. */
static bool filter_of(const struct table *t, const struct field *in, struct row_filter *ret)
{
    for (enum compare by = 0; by < LENGTH(compares); by++) {
        char name[64];
        size_t len = strlen(in->name) - strlen(compares[by].ending);
        if (!text_ends(in->name, compares[by].ending) || len >= sizeof name)
            continue;
        memcpy(name, in->name, len);
        name[len] = 0;
        *ret = (struct row_filter){ .field = field_find(t->fields, name), .compare = by };
        if (ret->field)
            return true;
    }
    return false;
}

/* Times are told in milliseconds and kept in microseconds: one that was told names all that are
   told so. */
static size_t filter_put(const struct row_filter *filter, struct row_filter *to)
{
    enum { MILLISECOND = 1000 };
    to[0] = to[1] = *filter;
    if (filter->field->kind != KIND_INSTANT || filter->compare != COMPARE_EQUAL)
        return 1;
    to[0].compare = COMPARE_FROM;
    to[0].value.i -= to[0].value.i % MILLISECOND;
    to[1].compare = COMPARE_TO;
    to[1].value.i = to[0].value.i + MILLISECOND;
    return 2;
}

bool list_read(struct ctx *c, const struct table *t, const void *in, struct list *ret,
               const char **next)
{
    struct row_filter filters[2 * FIELDS_MAX];
    struct page page = { .filters = filters, .limit = PAGE_ROWS };
    field_set bit = 1;
    for (const struct field *f = c->x->route->in; f->name; f++, bit <<= 1) {
        struct row_filter filter;
        if (!(c->x->given & bit) || field_absent(f, in))
            continue;
        if (!strcmp(f->name, "limit")) {
            page.limit = *(const int64_t *)field_of(f, in);
        } else if (!strcmp(f->name, "cursor")) {
            page.cursor = *(const char *const *)field_of(f, in);
        } else if (!strcmp(f->name, "sort")) {
            page.sort = *(const char *const *)field_of(f, in);
        } else if (filter_of(t, f, &filter)) {
            filter.value = value_field(f, in);
            filter.value.column = filter.field;
            if (filter.field->kind == KIND_BOOL)
                filter.value = value_bool(!strcmp(*(const char *const *)field_of(f, in), "true"));
            page.filter_count += filter_put(&filter, &filters[page.filter_count]);
        }
    }
    return row_list(c, t, &page, ret, next);
}

const struct field *table_input_fields(struct arena *a, const struct table *t, enum op op)
{
    struct field *list = fields_room(a, t);
    size_t n = 0;
    if (op == OP_UPDATE && !t->singleton) {
        list[n] = t->fields[0];
        list[n].read_only = false;
        list[n++].required = true;
    }
    EACH_FIELD (f, t->fields) {
        if (f->read_only || (op == OP_UPDATE && f->write_once))
            continue;
        list[n++] = *f;
    }
    return list;
}

field_set table_given(const struct ctx *c, const struct table *t)
{
    field_set set = 0, bit = 1;
    for (const struct field *f = c->x->route->in; f->name; f++, bit <<= 1)
        if ((c->x->given & bit) && strcmp(f->name, "id") != 0 && field_find(t->fields, f->name))
            set |= row_set(t, f->name);
    return set;
}

bool version_read(struct ctx *c, int64_t *ret)
{
    char *end;
    const char *tag = c->x->if_match;
    if (!tag)
        return fail(c, VERSION_REQUIRED, NULL);
    int64_t version = strtoll(tag, &end, 10);
    if (*end || *tag < '1' || *tag > '9')
        return fail(c, VERSION_MISMATCH, NULL);
    *ret = version;
    return true;
}

static bool generic_list(struct ctx *c, const void *in, void *ret)
{
    (void)ret;
    return list_read(c, table_of(c), in, &c->x->page, &c->x->next);
}

static bool generic_create(struct ctx *c, const void *in, void *ret)
{
    const struct table *t = table_of(c);
    void *row = arena_copy(c->arena, in, t->size);
    if (!row_create(c, t, row))
        return false;
    memcpy(ret, row, t->size);
    return true;
}

static bool generic_read(struct ctx *c, const void *in, void *ret)
{
    return row_read(c, table_of(c), ((const struct row *)in)->id, ret);
}

static bool generic_update(struct ctx *c, const void *in, void *ret)
{
    const struct table *t = table_of(c);
    int64_t version;
    return version_read(c, &version) &&
           row_update(c, t, ((const struct row *)in)->id, version, in, table_given(c, t), ret);
}

static bool generic_delete(struct ctx *c, const void *in, void *ret)
{
    int64_t version;
    (void)ret;
    return version_read(c, &version) &&
           row_delete(c, table_of(c), ((const struct row *)in)->id, version);
}

static bool single_read(struct ctx *c, const void *in, void *ret)
{
    (void)in;
    return row_single(c, table_of(c), ret);
}

static bool single_update(struct ctx *c, const void *in, void *ret)
{
    const struct table *t = table_of(c);
    void *now = arena_alloc(c->arena, t->size);
    int64_t version;
    return version_read(c, &version) && row_single(c, t, now) &&
           row_update(c, t, ((struct row *)now)->id, version, in, table_given(c, t), ret);
}

static const struct field *id_fields(struct arena *a, const struct table *t)
{
    struct field *list = arena_many(a, 2, struct field);
    list[0] = t->fields[0];
    list[0].required = true;
    list[0].read_only = false;
    return list;
}

/* Whether a row that is written may be like another one. */
static bool may_be_taken(const struct table *t)
{
    bool unique = t->uniques || t->alike;
    EACH_FIELD (f, t->fields)
        unique |= f->unique && !f->read_only;
    return unique;
}

/* Whether a new row may be meant for somebody whom a role does not reach. */
static bool may_be_out_of_reach(const struct table *t)
{
    const struct field *subject = table_subject(t);
    if (!subject || subject->read_only || !t->write)
        return false;
    for (int role = 0; role < ROLE_COUNT; role++)
        if (t->write->of[role] != SCOPE_NONE && t->write->of[role] != SCOPE_ALL)
            return true;
    return false;
}

/* What the routes that write a table's rows may refuse them with. */
static const enum problem *write_fails(struct arena *a, const struct table *t, enum op op)
{
    size_t n = 0;
    enum problem *list = arena_many(a, PROBLEM_COUNT + 1, enum problem);
    for (const enum problem *p = t->fails; p && *p; p++)
        list[n++] = *p;
    if (op != OP_DELETE && may_be_taken(t))
        list[n++] = ALREADY_EXISTS;
    if (op == OP_CREATE && may_be_out_of_reach(t))
        list[n++] = NOT_FOUND;
    list[n] = NO_PROBLEM;
    return list;
}

/* What the route of one operation adds to what all of a table's have. */
static void operation_route(struct arena *a, const struct table *t, unsigned op, struct route *r)
{
    const char *one = table_one(a, t), *article = words_article(one);
    const char *with_id = t->singleton ? t->path : arena_printf(a, "%s/{id}", t->path);
    if (op == OP_CREATE) {
        r->method = POST;
        r->path = t->path;
        r->handle = generic_create;
        r->in = table_input_fields(a, t, OP_CREATE);
        r->in_size = t->size;
        r->ok = 201;
        r->doc = arena_printf(a, "Create %s %s", article, one);
    } else if (op == OP_LIST) {
        r->method = GET;
        r->path = t->path;
        r->handle = generic_list;
        r->in = list_fields(a, t, &r->in_size);
        r->list = true;
        r->doc = arena_printf(a, "List: %s", one);
    } else if (op == OP_READ) {
        r->method = GET;
        r->path = with_id;
        r->handle = t->singleton ? single_read : generic_read;
        r->in = t->singleton ? NULL : id_fields(a, t);
        r->in_size = t->singleton ? 0 : t->size;
        r->doc = arena_printf(a, "Read one %s", one);
    } else if (op == OP_UPDATE) {
        r->method = PATCH;
        r->path = with_id;
        r->handle = t->singleton ? single_update : generic_update;
        r->in = table_input_fields(a, t, OP_UPDATE);
        r->in_size = t->size;
        r->patch = r->versioned = true;
        r->doc = arena_printf(a, "Change %s %s", article, one);
    } else {
        r->method = DELETE;
        r->path = with_id;
        r->handle = generic_delete;
        r->in = id_fields(a, t);
        r->in_size = t->size;
        r->out = NULL;
        r->out_size = 0;
        r->versioned = true;
        r->doc = arena_printf(a, "Delete %s %s", article, one);
    }
}

size_t table_routes(struct arena *a, const struct table *t, const struct route **list)
{
    unsigned ops = t->ops ? t->ops : t->singleton ? OP_READ | OP_UPDATE : OP_ALL;
    size_t n = 0;
    for (unsigned op = OP_CREATE; op <= OP_DELETE; op <<= 1) {
        if (!(ops & op))
            continue;
        bool reads = op == OP_LIST || op == OP_READ;
        struct route *r = arena_new(a, struct route);
        *r = (struct route){
            .out = t->fields,
            .out_size = t->size,
            /* Where reading settles first, it runs behind the writes that were queued before. */
            .lane = reads && !t->settle ? LANE_READ : LANE_WRITE,
            .lane_given = true,
            .settle = reads ? t->settle : NULL,
            .who = WHO_CAN,
            .can = reads ? t->read : t->write,
            .fails = reads ? NULL : write_fails(a, t, (enum op)op),
            .with = t,
            .schema = t->name,
        };
        operation_route(a, t, op, r);
        list[n++] = r;
    }
    return n;
}
