/* audit_view.c: the audit log as it is read: its events, with what they name in words, and whether
   it is whole. */
#include "app.h"
#include "audit.h"
#include "checkpoint.h"
#include "generic.h"
#include "scope.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

/* An event with what it names by id and by column in words, as they are now and as far as who reads
   the log may know them. Rows that are somebody's (table_is_personal) are known by that person
   alone: nothing is read of them but what they are part of, which says nothing of anybody. */
struct audit_line {
    struct audit_event event;
    const char *actor_called, *subject_called; /* NULL: gone, or not for who reads */
    const char *object_kind;                   /* "question" */
    const char *object_state;                  /* here, gone, hidden; NULL: it has no name */
    const char *object_called;                 /* "Which device?" */
    const char *object_within;                 /* "Equipment request" */
    struct list changed;                       /* const char *: "rate per hour" */
};

static const char *const states[] = { "here", "gone", "hidden", NULL };

static const struct field audit_line_fields[] = {
    AUDIT_EVENT_FIELDS,
    FIELD(struct audit_line, actor_called, .privacy = PERSONAL,
          .doc = "Name of the person who acted; absent of somebody who is gone"),
    FIELD(struct audit_line, object_kind, .privacy = OPERATIONAL,
          .doc = "What the row that was acted on is, in words, such as question"),
    FIELD(struct audit_line, object_state, .privacy = OPERATIONAL, .choices = states,
          .doc = "Whether the row is here, gone or not for the caller to see; absent where rows "
                 "have no name of their own, such as those that are somebody's"),
    FIELD(struct audit_line, object_called, .privacy = OPERATIONAL,
          .doc = "What the row is called now, while it is here"),
    FIELD(struct audit_line, object_within, .privacy = OPERATIONAL,
          .doc = "What the row is part of, such as the form of a question"),
    FIELD(struct audit_line, subject_called, .privacy = PERSONAL,
          .doc = "Name of the person whose data it concerns; absent of somebody who is gone"),
    FIELD(struct audit_line, changed, .of = KIND_TEXT, .privacy = OPERATIONAL,
          .doc = "The columns that a change changed, in words"),
    { 0 },
};

/* A row that is named somewhere on the page, and what it is called. */
struct named {
    const struct table *table;
    struct id id, part_of;
    const char *called, *state; /* NULL: rows of the table have no name */
};

static int named_compare(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int by = strcmp(x->table->name, y->table->name);
    return by ? by : memcmp(&x->id, &y->id, sizeof x->id);
}

static void named_add(struct buffer *names, const struct table *t, struct id id)
{
    struct named name = { .table = t, .id = id };
    if (t && id_given(id))
        buffer_add(names, &name, sizeof name);
}

static struct named *named_find(const struct list *names, const struct table *t, struct id id)
{
    struct named key = { .table = t, .id = id };
    if (!t || !id_given(id) || !names->count)
        return NULL;
    return bsearch(&key, names->at, names->count, sizeof key, named_compare);
}

/* What is asked of a row. */
struct called {
    struct id id, part_of;
    const char *text;
};

static bool may_see(const struct ctx *c, const struct field *f)
{
    return f && (!f->see || ctx_can(c, f->see));
}

/* Adds the column to what is asked, when there is one for who reads. */
static void column_ask(struct ctx *c, const struct table *t, const char *name, size_t at,
                       struct buffer *sql, struct field *fields, size_t *n)
{
    const struct field *f = name ? field_find(t->fields, name) : NULL;
    if (!may_see(c, f))
        return;
    fields[*n] = *f;
    fields[(*n)++].at = at;
    buffer_printf(sql, *n > 1 ? ", \"%s\"" : "\"%s\"", f->name);
}

enum { AT_ONCE = 50 };

/* Looks some rows of one table up, in one statement whatever their number. */
static bool named_look(struct ctx *c, const struct table *t, struct named *names, size_t count)
{
    bool personal = table_is_personal(t);
    enum scope scope = personal ? SCOPE_ALL : ctx_scope(c, t->read);
    struct buffer sql = buffer_new(c->arena);
    struct field *fields = arena_many(c->arena, 4, struct field);
    struct value args[AT_ONCE + 4];
    struct list rows, all = { names, count };
    size_t n = 0;
    for (size_t i = 0; i < count && !personal; i++)
        names[i].state = scope == SCOPE_ALL ? "gone" : "hidden";
    if (scope == SCOPE_NONE)
        return true;
    buffer_string(&sql, "SELECT ");
    column_ask(c, t, "id", offsetof(struct called, id), &sql, fields, &n);
    column_ask(c, t, personal ? NULL : t->called, offsetof(struct called, text), &sql, fields, &n);
    column_ask(c, t, t->part_of, offsetof(struct called, part_of), &sql, fields, &n);
    buffer_printf(&sql, " FROM %s WHERE id IN (", t->name);
    for (n = 0; n < AT_ONCE; n++) {
        args[n] = value_id(names[n < count ? n : count - 1].id);
        buffer_printf(&sql, n ? ", $%zu" : "$%zu", n + 1);
    }
    buffer_char(&sql, ')');
    scope_add(c, &sql, t, scope, args, &n);
    if (!tx_rows(c->tx, composed(c, &sql), args, n, fields, sizeof(struct called), 0, &rows))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct called *row = (const struct called *)rows.at + i;
        struct named *name = named_find(&all, t, row->id);
        name->called = row->text;
        name->part_of = row->part_of;
        name->state = personal ? NULL : "here";
    }
    return true;
}

static bool has_names(const struct table *t)
{
    bool named = t->called && !table_is_personal(t);
    return (named || t->part_of) && t->read && !t->control;
}

/* Each row once, in order, and looked up. */
static bool names_load(struct ctx *c, const struct buffer *asked, struct list *ret)
{
    struct named *names = (struct named *)asked->at;
    size_t count = asked->len / sizeof *names, n = 0;
    if (count)
        qsort(names, count, sizeof *names, named_compare);
    for (size_t i = 0; i < count; i++)
        if (!n || named_compare(&names[n - 1], &names[i]) != 0)
            names[n++] = names[i];
    for (size_t from = 0, to; from < n; from = to) {
        const struct table *t = names[from].table;
        for (to = from; to < n && to - from < AT_ONCE && names[to].table == t;)
            to++;
        if (has_names(t) && !named_look(c, t, names + from, to - from))
            return false;
    }
    *ret = (struct list){ names, n };
    return true;
}

/* What an event is about: the row, and of a row of a declared table the row that declares it. */
struct about {
    const struct table *table, *parent;
    struct id within;
};

static struct about about_of(struct ctx *c, const struct audit_event *e)
{
    const char *dot = strrchr(e->action, '.');
    const char *name = dot ? arena_text(c->arena, e->action, (size_t)(dot - e->action)) : e->action;
    struct about a = { .table = app_table(c->app, name) };
    for (const struct table *const *t = c->app->tables; *t && !a.table && !a.parent; t++)
        if (table_declares(*t, name, &a.within))
            a.parent = *t;
    return a;
}

/* What the columns are called that a change names: "title retention_days". */
static struct list changed_of(struct ctx *c, const struct audit_event *e, const struct table *t)
{
    struct buffer words = buffer_new(c->arena);
    if (!e->detail || !text_ends(e->action, ".update"))
        return (struct list){ 0 };
    for (const char *at = e->detail; *at; at += strspn(at, " ")) {
        const char *name = arena_text(c->arena, at, strcspn(at, " "));
        const struct field *f = t ? field_find(t->fields, name) : NULL;
        const char *word = f ? field_words(c->arena, f) : name_words(c->arena, name);
        buffer_add(&words, &word, sizeof word);
        at += strlen(name);
    }
    return (struct list){ words.at, words.len / sizeof(const char *) };
}

/* What people call such a row; NULL: no table that is declared has it. */
static const char *kind_of(struct ctx *c, const struct about *a)
{
    return a->table ? table_one(c->arena, a->table) : a->parent ? a->parent->answers : NULL;
}

void audit_say(struct ctx *c, struct audit_event *e)
{
    struct about a = about_of(c, e);
    struct list changed = changed_of(c, e, a.table);
    const char *const *words = changed.at, *dot = strrchr(e->action, '.'), *kind = kind_of(c, &a);
    struct buffer detail = buffer_new(c->arena);
    for (size_t i = 0; i < changed.count; i++)
        buffer_printf(&detail, i ? ", %s" : "%s", words[i]);
    if (detail.len)
        e->detail = detail.at;
    if (dot && kind)
        e->action = arena_printf(c->arena, "%s: %s", kind, dot + 1);
}

static const char *called_of(const struct list *names, const struct table *t, struct id id)
{
    const struct named *n = named_find(names, t, id);
    return n ? n->called : NULL;
}

static const struct table *whole_of(const struct table *t)
{
    return t->part_of ? field_find(t->fields, t->part_of)->refers : NULL;
}

static void line_fill(struct ctx *c, const struct list *rows, const struct list *wholes,
                      struct audit_line *line)
{
    const struct audit_event *e = &line->event;
    const struct table *person = app_table(c->app, "person");
    struct about a = about_of(c, e);
    const struct named *row = named_find(rows, a.table, e->object);
    const struct named *parent = named_find(rows, a.parent, a.within);
    line->actor_called = called_of(rows, person, e->actor);
    line->subject_called = called_of(rows, person, e->subject);
    line->changed = changed_of(c, e, a.table);
    line->object_kind = kind_of(c, &a);
    if (parent) {
        line->object_within = parent->called;
        line->object_state = parent->state;
    }
    if (row) {
        line->object_called = row->called;
        line->object_within = called_of(wholes, whole_of(a.table), row->part_of);
        line->object_state = row->state;
    }
}

/* However long the page is, a table is asked once for each AT_ONCE of its rows. */
static bool audit_list(struct ctx *c, const void *in, void *ret)
{
    struct buffer asked = buffer_new(c->arena), more = buffer_new(c->arena);
    const struct table *person = app_table(c->app, "person");
    struct list page, rows, wholes;
    (void)ret;
    if (!list_read(c, &audit_event_table, in, &page, &c->x->next))
        return false;
    const struct audit_event *e = page.at;
    struct audit_line *lines = arena_many(c->arena, page.count + 1, struct audit_line);
    for (size_t i = 0; i < page.count; i++) {
        struct about a = about_of(c, &e[i]);
        named_add(&asked, a.table, e[i].object);
        named_add(&asked, a.parent, a.within);
        named_add(&asked, person, e[i].actor);
        named_add(&asked, person, e[i].subject);
        lines[i].event = e[i];
    }
    if (!names_load(c, &asked, &rows))
        return false;
    const struct named *known = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        named_add(&more, whole_of(known[i].table), known[i].part_of);
    if (!names_load(c, &more, &wholes))
        return false;
    for (size_t i = 0; i < page.count; i++)
        line_fill(c, &rows, &wholes, &lines[i]);
    c->x->page = (struct list){ lines, page.count };
    return true;
}

static const struct field proof_fields[] = {
    FIELD(struct audit_proof, whole, .privacy = OPERATIONAL,
          .doc = "Whether every event under a checkpoint is as it was signed"),
    FIELD(struct audit_proof, checkpoints, .privacy = OPERATIONAL, .doc = "How many there are"),
    FIELD(struct audit_proof, events, .privacy = OPERATIONAL,
          .doc = "How many events they cover, up to the first that is not right"),
    FIELD(struct audit_proof, open, .privacy = OPERATIONAL,
          .doc = "Events that wait for the next checkpoint, within the hour"),
    FIELD(struct audit_proof, broken, .privacy = OPERATIONAL, .nullable = true,
          .doc = "Number of the first checkpoint that is not right"),
    FIELD(struct audit_proof, problem, .privacy = OPERATIONAL,
          .doc = "What is not right with it, in words"),
    FIELD(struct audit_proof, head, .privacy = OPERATIONAL,
          .doc = "Head of the last checkpoint; kept elsewhere, it shows later what was cut off"),
    FIELD(struct audit_proof, public_key, .privacy = OPERATIONAL,
          .doc = "Ed25519 key that signs here, in hex"),
    { 0 },
};

static bool verify_work(struct ctx *c, void *with)
{
    return audit_verify(c, with);
}

/* Reading a long log takes seconds: not for the threads that serve connections. */
static bool proof_get(struct ctx *c, const void *in, void *ret)
{
    (void)in;
    return ctx_read(c, verify_work, ret);
}

const struct route audit_routes[] = {
    { GET, "/audit", audit_list, "List: audit event, with what it names in words",
      .can = &audit_read, .lists = &audit_event_table, OUTPUT(struct audit_line, audit_line_fields),
      .list = true, .schema = "audit_event" },
    { GET, "/audit/proof", proof_get, "Compute the audit log's chain anew and compare it",
      .can = &audit_read, OUTPUT(struct audit_proof, proof_fields), .schema = "audit_proof",
      LANE(LANE_SLOW) },
    { 0 },
};
