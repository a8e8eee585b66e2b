/* form.c: defining forms: their rows, and editing a form with all its fields at once. */
#include "forms.h"

#include "core/app.h"
#include "core/generic.h"
#include "core/rows.h"
#include "core/schema.h"
#include "crypt/crypt.h"
#include "private.h"
#include "public.h"

#include <stdio.h>
#include <string.h>

const struct permission forms_manage = {
    "forms.manage",
    "Make and change forms and their prompts",
    { [ROLE_MANAGER] = SCOPE_ALL, [ROLE_ADMIN] = SCOPE_ALL, [ROLE_OWNER] = SCOPE_ALL },
};
const struct permission forms_fill = {
    "forms.fill",
    "See open forms and answer them",
    EVERYBODY(SCOPE_ALL),
};
const struct permission submissions_read = {
    "submissions.read",
    "Read answers to forms",
    { [ROLE_MEMBER] = SCOPE_OWN,
      [ROLE_MANAGER] = SCOPE_ALL,
      [ROLE_ADMIN] = SCOPE_ALL,
      [ROLE_OWNER] = SCOPE_ALL },
};
const struct permission submissions_write = {
    "submissions.write",
    "Give and delete answers to forms",
    { [ROLE_MEMBER] = SCOPE_OWN,
      [ROLE_MANAGER] = SCOPE_ALL,
      [ROLE_ADMIN] = SCOPE_ALL,
      [ROLE_OWNER] = SCOPE_ALL,
      [ROLE_AUDITOR] = SCOPE_OWN },
};

/* Not for who gave the answer: it may be a request of theirs. */
const struct permission suggestions_decide = {
    "suggestions.decide",
    "Accept or dismiss what is suggested about answers",
    { [ROLE_MANAGER] = SCOPE_ALL, [ROLE_ADMIN] = SCOPE_ALL, [ROLE_OWNER] = SCOPE_ALL },
};

const char *const form_statuses[] = { "draft", "open", "closed", NULL };

static const struct field form_row_fields[] = {
    ROW_FIELDS(struct form),
    FORM_MEMBERS(struct form, true),
    FIELD(struct form, link, .privacy = OPERATIONAL, .unique = true, .read_only = true,
          .doc = "Token of the public link"),
    { 0 },
};

static const char *link_new(struct ctx *c)
{
    uint8_t bytes[16];
    struct buffer link = buffer_new(c->arena);
    random_bytes(bytes, sizeof bytes);
    buffer_hex(&link, bytes, sizeof bytes);
    return link.at;
}

/* Only a link that control lists for this very form comes back with an archive: any other might be
   one that people know as somebody else's. */
static bool form_check(struct ctx *c, enum op op, const void *old, void *row)
{
    struct form *form = row;
    bool listed = false;
    (void)old;
    if (form && !form->status)
        form->status = "draft";
    if (op != OP_TAKE)
        return true;
    if (!public_link_listed(c, form, &listed))
        return false;
    if (!listed) {
        form->public = false;
        form->link = link_new(c);
    }
    return true;
}

const struct table form_table = {
    .name = "form",
    .doc = "Forms that people of the organisation have made",
    .fields = form_row_fields,
    .called = "title",
    .answers = "answer to a form",
    .size = sizeof(struct form),
    .read = &forms_fill,
    .write = &forms_manage,
    .check = form_check,
};

static const struct field form_field_fields[] = {
    ROW_FIELDS(struct form_field),
    FIELD(struct form_field, form, .privacy = OPERATIONAL, .required = true, .refers = &form_table,
          .doc = "Form it belongs to"),
    FIELD(struct form_field, position, .privacy = OPERATIONAL, .doc = "Place in the form"),
    QUESTION_KEY(struct form_field, .required = true, .doc = "Name of the column; never changes"),
    QUESTION_MEMBERS(struct form_field),
    FIELD(struct form_field, hidden, .label = "taken out", .privacy = OPERATIONAL,
          .doc = "Taken out of the form; answers already given are kept"),
    { 0 },
};

static bool is_open_sensitive(const char *privacy, bool ai)
{
    return ai && text_equal(privacy, "SENSITIVE");
}

/* What an archive says a question is becomes a column, as what a request says does. */
static bool form_field_check(struct ctx *c, enum op op, const void *old, void *row)
{
    const struct form_field *f = row;
    (void)old;
    bool taken = !field_find(submission_head, f->key) && column_name_free(f->key) &&
                 !is_open_sensitive(f->privacy, f->ai);
    return op != OP_TAKE || taken ||
           fail(c, INVALID, "A question of the archive is none that a form can have");
}

static const char *const form_field_uniques[] = { "form, key", NULL };

const struct table form_field_table = {
    .name = "form_field",
    .doc = "The questions of forms, each with its privacy class",
    .fields = form_field_fields,
    .one = "question",
    .called = "label",
    .part_of = "form",
    .size = sizeof(struct form_field),
    .uniques = form_field_uniques,
    .read = &forms_fill,
    .write = &forms_manage,
    .check = form_field_check,
};

const struct field form_field_view_fields[] = {
    QUESTION_KEY(struct form_field_view,
                 .doc = "Name of the column; made from the label when absent; never changes"),
    QUESTION_MEMBERS(struct form_field_view),
    { 0 },
};

#define VIEW_FIELDS                                                                    \
    FIELD(struct form_view, id, .privacy = OPERATIONAL, .read_only = true,             \
          .doc = "Id of the form"),                                                    \
        FIELD(struct form_view, version, .privacy = OPERATIONAL, .read_only = true,    \
              .doc = "Counts the changes; the ETag"),                                  \
        FIELD(struct form_view, created_at, .privacy = OPERATIONAL, .read_only = true, \
              .doc = "When it was made"),                                              \
        FIELD(struct form_view, updated_at, .privacy = OPERATIONAL, .read_only = true, \
              .doc = "When it was last changed"),                                      \
        FIELD(struct form_view, link, .privacy = OPERATIONAL, .read_only = true,       \
              .doc = "Token of the public link"),                                      \
        VIEW_MEMBERS

const struct field form_view_fields[] = {
    VIEW_FIELDS,
    FIELD_LIST(struct form_view, hidden_fields, struct form_field_view, form_field_view_fields,
               .privacy = OPERATIONAL, .read_only = true,
               .doc =
                   "Questions taken out of the form; listed again, one is back with its answers"),
    FIELD(struct form_view, answers, .privacy = OPERATIONAL, .read_only = true, .nullable = true,
          .see = &submissions_read,
          .doc = "How many answers to it the caller may read; told in the list of forms alone"),
    { 0 },
};
const struct field public_form_fields[] = {
    VIEW_FIELDS,
    FIELD(struct form_view, organisation_name, .privacy = OPERATIONAL,
          .doc = "Name of the organisation that asks"),
    FIELD(struct form_view, ai_reads, .of = KIND_TEXT, .privacy = OPERATIONAL,
          .doc = "Keys of the questions whose answers AI is given now"),
    FIELD(struct form_view, ai_masked, .of = KIND_TEXT, .privacy = OPERATIONAL,
          .doc = "Those of them whose answers it is given masked"),
    { 0 },
};

bool form_view(struct ctx *c, const struct form *form, struct form_view *ret)
{
    struct list rows;
    if (!form_fields_of(c, form->id, &rows))
        return false;
    const struct form_field *from = rows.at;
    struct form_field_view *to = arena_many(c->arena, rows.count, struct form_field_view);
    size_t shown = 0, hidden = 0; /* from the front, and from the back */
    for (size_t i = 0; i < rows.count; i++)
        to[from[i].hidden ? rows.count - ++hidden : shown++] = (struct form_field_view){
            .key = from[i].key,
            .label = from[i].label,
            .help = from[i].help,
            .kind = from[i].kind,
            .privacy = from[i].privacy,
            .required = from[i].required,
            .ai = from[i].ai &&
                  !text_equal(question_ai_given(from[i].kind, from[i].privacy), "never"),
            .choices = from[i].choices,
            .max = from[i].max,
        };
    *ret = (struct form_view){
        .id = form->id,
        .version = form->version,
        .created_at = form->created_at,
        .updated_at = form->updated_at,
        .title = form->title,
        .description = form->description,
        .status = form->status,
        .link = form->public ? form->link : NULL,
        .public = form->public,
        .retention_days = form->retention_days,
        .answers = INT_NONE,
        .fields = { to, shown },
        .hidden_fields = { to + shown, hidden },
    };
    return true;
}

/* "How did you hear of us?" -> how_did_you_hear_of_us; never one of the names every row has. */
static const char *key_make(struct ctx *c, const char *label, size_t at)
{
    char key[32];
    size_t n = 0;
    for (const char *p = label; *p && n < sizeof key - 1; p++) {
        char k = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        bool plain = (k >= 'a' && k <= 'z') || (k >= '0' && k <= '9' && n);
        if (plain)
            key[n++] = k;
        else if (n && key[n - 1] != '_')
            key[n++] = '_';
    }
    while (n && key[n - 1] == '_')
        n--;
    key[n] = 0;
    return n ? arena_printf(c->arena, "%s_%zu", key, at + 1)
             : arena_printf(c->arena, "question_%zu", at + 1);
}

bool texts_repeat(const struct list *texts)
{
    const char *const *at = texts->at;
    for (size_t i = 1; i < texts->count; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(at[i], at[j]))
                return true;
    return false;
}

static bool choices_fit(const struct form_field_view *v)
{
    const char *const *at = v->choices.at;
    for (size_t i = 0; i < v->choices.count; i++)
        if (!*at[i] || text_points(at[i]) > CHOICE_MAX)
            return false;
    return true;
}

static bool view_check(struct ctx *c, const struct form_field_view *v, size_t i)
{
    char pointer[60];
    snprintf(pointer, sizeof pointer, "/fields/%zu/%s", i, "key");
    if (v->key && field_find(submission_head, v->key))
        return fail_at(c, pointer, "is a name that every answer has already");
    snprintf(pointer, sizeof pointer, "/fields/%zu/%s", i, "choices");
    if (text_equal(v->kind, "choice") && v->choices.count < 2)
        return fail_at(c, pointer, "must have at least two");
    if (texts_repeat(&v->choices))
        return fail_at(c, pointer, "names one twice");
    if (!choices_fit(v))
        return fail_at(c, pointer, "must each have 1 to %d characters", CHOICE_MAX);
    snprintf(pointer, sizeof pointer, "/fields/%zu/%s", i, "ai");
    if (is_open_sensitive(v->privacy, v->ai))
        return fail_at(c, pointer, "is never possible for a SENSITIVE field");
    return true;
}

static bool key_single(struct ctx *c, const struct form_field_view *v, size_t i)
{
    char pointer[60];
    snprintf(pointer, sizeof pointer, "/fields/%zu/key", i);
    for (size_t j = 0; v[i].key && j < i; j++)
        if (text_equal(v[j].key, v[i].key))
            return fail_at(c, pointer, "is the key of another question");
    return true;
}

static void field_fill(struct form_field *to, const struct form_field_view *v, size_t position)
{
    to->position = (int64_t)position;
    to->label = v->label;
    to->help = v->help;
    to->privacy = v->privacy ? v->privacy : "CONTENT";
    to->required = v->required;
    to->ai = v->ai;
    to->hidden = false;
    to->choices = text_equal(v->kind, "choice") ? v->choices : (struct list){ 0 };
    to->max = v->max;
}

static const struct form_field *field_named(const struct list *rows, const char *key)
{
    const struct form_field *at = rows->at;
    for (size_t i = 0; key && i < rows->count; i++)
        if (!strcmp(at[i].key, key))
            return &at[i];
    return NULL;
}

/* All columns but those that a row keeps for itself. */
static field_set columns_own(void)
{
    field_set set = 0, bit = 1;
    for (const struct field *f = form_field_fields; f->name; f++, bit <<= 1)
        set |= f->read_only ? 0 : bit;
    return set;
}

static bool field_store(struct ctx *c, struct id form, const struct list *old,
                        const struct form_field_view *v, size_t i)
{
    const struct form_field *now = field_named(old, v->key);
    struct form_field row, ret;
    char pointer[60];
    if (now) {
        snprintf(pointer, sizeof pointer, "/fields/%zu/kind", i);
        if (!text_equal(now->kind, v->kind))
            return fail_at(c, pointer,
                           "cannot change once there is a column; add a question instead");
        row = *now;
        field_fill(&row, v, i);
        return !row_differs(c, &form_field_table, now, &row) ||
               row_update(c, &form_field_table, now->id, 0, &row, columns_own(), &ret);
    }
    snprintf(pointer, sizeof pointer, "/fields/%zu/key", i);
    if (!column_name_free(v->key))
        return fail_at(c, pointer, "is a name that databases use themselves");
    row = (struct form_field){ .form = form, .kind = v->kind, .key = v->key };
    field_fill(&row, v, i);
    return row_create(c, &form_field_table, &row);
}

static bool key_listed(const struct form_field_view *v, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (text_equal(v[i].key, key))
            return true;
    return false;
}

/* Gives the questions without a key one that no other has or had. */
static void keys_make(struct ctx *c, const struct list *old, struct form_field_view *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t at = i; !v[i].key; at++) {
            const char *key = key_make(c, v[i].label, at);
            if (!field_named(old, key) && !key_listed(v, n, key))
                v[i].key = key;
        }
}

/* Every question that there ever was is a column of the answers. */
static bool fields_fit(struct ctx *c, const struct list *old, const struct list *views)
{
    const struct form_field_view *v = views->at;
    size_t most = FIELDS_MAX - field_count(submission_head), n = old->count;
    char pointer[60];
    for (size_t i = 0; i < views->count; i++) {
        if (field_named(old, v[i].key) || ++n <= most)
            continue;
        snprintf(pointer, sizeof pointer, "/fields/%zu", i);
        return fail_at(c, pointer,
                       "is one too many: with those taken out, a form has at most %zu questions; "
                       "make a new form",
                       most);
    }
    return true;
}

/* Questions that are no longer listed are hidden; what was answered to them stays. */
static bool fields_store(struct ctx *c, struct id form, const struct list *views)
{
    struct list old;
    struct form_field_view *v = arena_copy(c->arena, views->at, views->count * sizeof *v);
    if (!form_fields_of(c, form, &old))
        return false;
    for (size_t i = 0; i < views->count; i++)
        if (!view_check(c, &v[i], i) || !key_single(c, v, i))
            return false;
    if (!fields_fit(c, &old, views))
        return false;
    keys_make(c, &old, v, views->count);
    const struct form_field *at = old.at;
    for (size_t i = 0; i < old.count; i++) {
        struct form_field change = { .hidden = true }, ret;
        bool kept = false;
        for (size_t j = 0; j < views->count; j++)
            kept = kept || text_equal(v[j].key, at[i].key);
        if (!kept && !at[i].hidden &&
            !row_update(c, &form_field_table, at[i].id, 0, &change,
                        row_set(&form_field_table, "hidden"), &ret))
            return false;
    }
    for (size_t i = 0; i < views->count; i++)
        if (!field_store(c, form, &old, &v[i], i))
            return false;
    return true;
}

static bool table_apply(struct ctx *c, const struct form *form)
{
    const struct table *t;
    return submission_table(c, form, &t) && schema_apply(c, t);
}

/* One edit of a form: within the organisation's transaction, then its link in control. */
struct edit {
    const struct form_view *in;
    struct form form;
    struct form_view *ret;
};

static bool create(struct ctx *c, void *with)
{
    struct edit *e = with;
    const struct form_view *v = e->in;
    e->form = (struct form){ .title = v->title,
                             .description = v->description,
                             .status = v->status,
                             .public = v->public,
                             .link = link_new(c),
                             .retention_days = v->retention_days };
    return row_create(c, &form_table, &e->form) && fields_store(c, e->form.id, &v->fields) &&
           table_apply(c, &e->form) && form_view(c, &e->form, e->ret);
}

bool form_create(struct ctx *c, const void *in, void *ret)
{
    struct edit e = { .in = in, .ret = ret };
    return ctx_write(c, create, &e) && public_link_set(c, &e.form);
}

bool form_read(struct ctx *c, const void *in, void *ret)
{
    struct form form;
    if (!row_read(c, &form_table, ((const struct id_ref *)in)->id, &form))
        return false;
    if (!ctx_can(c, &forms_manage) && !text_equal(form.status, "open"))
        return fail(c, NOT_FOUND, NULL);
    return form_view(c, &form, ret);
}

static bool update(struct ctx *c, void *with)
{
    struct edit *e = with;
    const struct form_view *v = e->in;
    struct form change = { .title = v->title,
                           .description = v->description,
                           .status = v->status,
                           .public = v->public,
                           .retention_days = v->retention_days };
    int64_t version;
    return version_read(c, &version) &&
           row_update(c, &form_table, v->id, version, &change, table_given(c, &form_table),
                      &e->form) &&
           (!ctx_given(c, "fields") || fields_store(c, e->form.id, &v->fields)) &&
           table_apply(c, &e->form) && hooks_settle(c, &e->form) && form_view(c, &e->form, e->ret);
}

bool form_update(struct ctx *c, const void *in, void *ret)
{
    struct edit e = { .in = in, .ret = ret };
    return ctx_write(c, update, &e) && public_link_set(c, &e.form);
}

static bool delete (struct ctx *c, void *with)
{
    static const struct query fields = { "DELETE FROM form_field WHERE form = $1" };
    static const struct query hooks = { "DELETE FROM hook WHERE form = $1" };
    struct form *form = with;
    struct id id = form->id;
    const struct table *t;
    struct list files;
    int64_t version;
    return version_read(c, &version) && form_open(c, id, form, &t) &&
           answers_part(c, t, "1 = 1", NO_ARGS, &files) &&
           row_delete(c, &form_table, id, version) &&
           tx_run(c->tx, &fields, ARGS(value_id(id)), NULL) &&
           tx_run(c->tx, &hooks, ARGS(value_id(id)), NULL) && schema_drop(c, t) &&
           files_forget(c, &files);
}

bool form_delete(struct ctx *c, const void *in, void *ret)
{
    struct form form = { .id = ((const struct id_ref *)in)->id };
    (void)ret;
    if (!ctx_write(c, delete, &form))
        return false;
    form.public = false;
    return public_link_set(c, &form);
}

static bool list(struct ctx *c, void *with)
{
    struct list forms;
    size_t n = 0;
    (void)with;
    if (!forms_all(c, &forms))
        return false;
    const struct form *at = forms.at;
    struct form_view *views = arena_many(c->arena, forms.count, struct form_view);
    for (size_t i = 0; i < forms.count; i++) {
        struct form_view *v = &views[n];
        if (!ctx_can(c, &forms_manage) && !text_equal(at[i].status, "open"))
            continue;
        if (!form_view(c, &at[i], v) ||
            (ctx_can(c, &submissions_read) && !answers_count(c, v->id, &v->answers)))
            return false;
        n++;
    }
    c->x->page = (struct list){ views, n };
    return true;
}

bool form_list(struct ctx *c, const void *in, void *ret)
{
    (void)in;
    (void)ret;
    return ctx_read(c, list, NULL);
}
