/* rows.c: the cells of a report as rows with names, in order. */
#include "maker.h"

#include <stdlib.h>
#include <string.h>

struct name {
    struct id id;
    const char *name;
    const char *client; /* of a project */
};
static const struct field name_fields[] = {
    FIELD(struct name, id),
    FIELD(struct name, name),
    FIELD(struct name, client),
    { 0 },
};

/* Keys and labels of one grouping, by number. */
struct words {
    enum dimension by;
    const struct numbered *numbers;
    const char **key, **label;
    uint32_t last; /* of a time: the one that `text` is of */
    const char *text;
};

static int compare_name(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    return a->name && b->name ? strcmp(a->name, b->name) : (a->name != NULL) - (b->name != NULL);
}

/* Projects of several clients may have one name; then the client tells them apart. */
static void clients_tell(struct arena *a, struct name *names, size_t count)
{
    bool same = false;
    qsort(names, count, sizeof *names, compare_name);
    for (size_t i = 0; i < count; i++) {
        bool next = i + 1 < count && names[i].name && !compare_name(&names[i], &names[i + 1]);
        if ((same || next) && names[i].client)
            names[i].client = arena_printf(a, "%s (%s)", names[i].name, names[i].client);
        else
            names[i].client = NULL;
        same = next;
    }
}

static bool words_load(struct maker *m, enum dimension d, struct words *ret)
{
    static const struct query people = { "SELECT id, name, NULL FROM person" };
    static const struct query projects = {
        "SELECT p.id, p.name, c.name"
        " FROM project p LEFT JOIN client c ON c.id = p.client"
    };
    static const struct query clients = { "SELECT id, name, NULL FROM client" };
    static const struct query tags = { "SELECT id, name, NULL FROM tag" };
    static const struct query *const all[] = {
        [BY_PERSON] = &people, [BY_PROJECT] = &projects, [BY_CLIENT] = &clients, [BY_TAG] = &tags
    };
    const struct numbered *const numbers[] = { [BY_PERSON] = &m->people,
                                               [BY_PROJECT] = &m->projects,
                                               [BY_CLIENT] = &m->clients,
                                               [BY_TAG] = &m->tags };
    struct list list;
    struct words w = { .by = d };
    *ret = w;
    if (d < BY_PERSON)
        return true;
    if (!tx_rows(m->c->tx, all[d], NO_ARGS, name_fields, sizeof(struct name), 0, &list))
        return false;
    w.numbers = numbers[d];
    w.key = arena_many(m->c->arena, w.numbers->count + 1, const char *);
    w.label = arena_many(m->c->arena, w.numbers->count + 1, const char *);
    for (uint32_t i = 1; i <= w.numbers->count; i++) {
        char text[ID_TEXT];
        id_format(w.numbers->id[i], text);
        w.key[i] = arena_string(m->c->arena, text);
    }
    struct name *names = arena_copy(m->c->arena, list.at, list.count * sizeof *names);
    clients_tell(m->c->arena, names, list.count);
    for (size_t i = 0; i < list.count; i++)
        w.label[number_find(w.numbers, names[i].id)] =
            names[i].client ? names[i].client : names[i].name;
    w.label[0] = NULL;
    *ret = w;
    return true;
}

static void words_of(struct maker *m, struct words *w, uint32_t key, const char **name,
                     const char **label)
{
    if (w->by >= BY_PERSON) {
        *name = w->key[key];
        *label = w->label[key];
        return;
    }
    if (w->by == BY_NOTHING)
        return;
    if (!w->text || w->last != key) {
        char text[DATE_TEXT];
        date_format((struct date){ (int32_t)key }, text);
        if (w->by == BY_MONTH)
            text[7] = 0;
        w->text = arena_string(m->c->arena, text);
        w->last = key;
    }
    *name = *label = w->text;
}

/* Where a row stands: times in order, all else by hours; within the first grouping the second
   likewise. Work without a project and so on comes last of what is equal. */
struct place {
    uint32_t major, tie;
    int64_t minor;
    const struct cell *cell;
};

static int compare_place(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->major != b->major)
        return a->major < b->major ? -1 : 1;
    if (a->minor != b->minor)
        return a->minor < b->minor ? -1 : 1;
    return (a->tie > b->tie) - (a->tie < b->tie);
}

static struct place place_of(enum dimension d, uint32_t major, uint32_t key,
                             const struct cell *cell)
{
    return (struct place){ major, key - 1, d < BY_PERSON ? key : -cell->duration_s, cell };
}

/* All cells in order of their second grouping within `major`, which tells of the first. */
static struct place *cells_place(struct arena *a, const struct cells *cells, enum dimension d,
                                 uint32_t (*major)(void *with, const struct cell *cell), void *with,
                                 bool by_key)
{
    struct place *places = arena_many(a, cells->count, struct place);
    for (size_t i = 0; i < cells->count; i++) {
        const struct cell *cell = &cells->at[i];
        places[i] = place_of(d, major(with, cell), by_key ? cell->key : cell->then, cell);
    }
    qsort(places, cells->count, sizeof *places, compare_place);
    return places;
}

static uint32_t no_major(void *with, const struct cell *cell)
{
    (void)with;
    (void)cell;
    return 0;
}

/* The cells of the first grouping alone, and which rank each has. */
struct firsts {
    struct cells cells;
    uint32_t *rank;
};

static uint32_t *rank_at(struct firsts *f, uint32_t key)
{
    return &f->rank[cell_of(&f->cells, key, 0) - f->cells.at];
}

static uint32_t rank_of(void *with, const struct cell *cell)
{
    return *rank_at(with, cell->key);
}

static struct place *cells_sort(struct maker *m)
{
    struct arena *a = m->c->arena;
    struct firsts f = { .cells.arena = a };
    for (size_t i = 0; i < m->cells.count; i++)
        cell_of(&f.cells, m->cells.at[i].key, 0)->duration_s += m->cells.at[i].duration_s;
    struct place *ranks = cells_place(a, &f.cells, m->by, no_major, NULL, true);
    f.rank = arena_many(a, f.cells.count, uint32_t);
    for (size_t i = 0; i < f.cells.count; i++)
        *rank_at(&f, ranks[i].cell->key) = (uint32_t)i;
    return cells_place(a, &m->cells, m->then, rank_of, &f, false);
}

bool maker_rows(struct maker *m, struct list *ret)
{
    struct words by, then;
    size_t n = m->cells.count;
    if (!maker_fits(m))
        return fail(m->c, INVALID, "The report has more than %d rows; narrow it down",
                    REPORT_ROWS_MAX);
    if (!words_load(m, m->by, &by) || !words_load(m, m->then, &then))
        return false;
    const struct place *places = cells_sort(m);
    struct report_row *rows = arena_many(m->c->arena, n, struct report_row);
    for (size_t i = 0; i < n; i++) {
        const struct cell *cell = places[i].cell;
        struct report_row *row = &rows[i];
        words_of(m, &by, cell->key, &row->key, &row->label);
        words_of(m, &then, cell->then, &row->then_key, &row->then_label);
        row->duration_s.s = cell->duration_s;
        row->billable_s.s = cell->billable_s;
        row->unrated_s.s = cell->unrated_s;
        row->amount_minor = cell->amount_minor;
    }
    *ret = (struct list){ rows, n };
    return true;
}
