/* public.c: answering through a public link, without a session.

   The link leads to an organisation through control, where public links are listed by their hash;
   nobody outside can go from one form to another or see what was answered. */
#include "public.h"

#include "base/json.h"
#include "core/app.h"
#include "core/idempotency.h"
#include "core/limits.h"
#include "core/rows.h"
#include "crypt/crypt.h"
#include "feature/organisation/organisation.h"
#include "private.h"

#include <string.h>

static const struct field public_link_fields[] = {
    ROW_FIELDS(struct public_link),
    FIELD(struct public_link, link_hash, .privacy = SECRET, .unique = true,
          .doc = "SHA-256 of the link's token"),
    FIELD(struct public_link, organisation, .privacy = OPERATIONAL, .filter = true,
          .doc = "Where the form is"),
    FIELD(struct public_link, form, .privacy = OPERATIONAL, .filter = true, .doc = "The form"),
    { 0 },
};

const struct table public_link_table = {
    .name = "public_link",
    .doc = "Which organisation the public link of a form leads to",
    .fields = public_link_fields,
    .size = sizeof(struct public_link),
    .control = true,
    .log = true,
};

static const struct limit per_address = { "public form", 30, 30 };

struct link_search {
    const char *link;
    struct public_link row;
    bool found;
};

static bool link_find(struct ctx *c, void *with)
{
    static const struct query by_hash = { "link_hash = $1" };
    struct link_search *s = with;
    uint8_t hash[HASH_SIZE];
    hash_sha256(s->link, strlen(s->link), hash);
    struct value v = value_in(public_link_table.fields, "link_hash",
                              value_blob((struct blob){ hash, sizeof hash }));
    return row_find(c, &public_link_table, &by_hash, ARGS(v), &s->row, &s->found);
}

/* What is done with the form behind a link, within the organisation's transaction. */
struct visit {
    struct id form;
    const char *link;
    const struct public_new *in;
    void *ret;
    bool write;
    bool (*act)(struct ctx *c, struct visit *v, const struct form *form, const struct table *t);
};

static bool visit_run(struct ctx *c, void *with)
{
    struct visit *v = with;
    const struct table *t;
    struct form form;
    if (!form_open(c, v->form, &form, &t))
        return false;
    if (!form.public || !text_equal(form.link, v->link) || !form.status ||
        text_equal(form.status, "draft"))
        return fail(c, NOT_FOUND, NULL);
    if (!v->write || !c->x->idempotency_key)
        return v->act(c, v, &form, t);
    bool replayed = false;
    return idempotency_find(c, &replayed) &&
           (replayed || (v->act(c, v, &form, t) && idempotency_keep(c)));
}

/* The actor has no role: what rows it may write, the rules say here. */
static bool visit(struct ctx *c, struct visit *v)
{
    struct link_search s = { .link = v->in->link };
    int64_t wait = 0;
    if (v->write && !limit_take_shared(c, &per_address, c->x->address, &wait))
        return false;
    if (wait) {
        c->x->retry_after_s = wait;
        return fail(c, RATE_LIMITED, NULL);
    }
    if (!control_read(c, link_find, &s))
        return false;
    if (!s.found)
        return fail(c, NOT_FOUND, NULL);
    v->form = s.row.form;
    v->link = v->in->link;
    c->actor = (struct actor){ .name = "public form" };
    return v->write ? organisation_write(c, s.row.organisation, visit_run, v)
                    : organisation_read(c, s.row.organisation, visit_run, v);
}

static bool act_read(struct ctx *c, struct visit *v, const struct form *form, const struct table *t)
{
    struct organisation organisation;
    struct form_view *view = v->ret;
    if (!form_view(c, form, view) || !row_single(c, &organisation_table, &organisation) ||
        !hooks_read_now(c, form, t, &view->ai_reads, &view->ai_masked))
        return false;
    view->organisation_name = organisation.name;
    return true;
}

static bool act_post(struct ctx *c, struct visit *v, const struct form *form, const struct table *t)
{
    void *row;
    return submission_create(c, form, t, v->in->body, &row);
}

struct given {
    int64_t bytes;
};
static const struct field given_fields[] = {
    FIELD(struct given, bytes, .privacy = OPERATIONAL, .doc = "What was given"),
    { 0 },
};

/* Who has the link can give files without end, so that all of them together have a bound: as much
   in a day, after which a file that no answer names goes. */
static bool room_check(struct ctx *c, size_t more)
{
    static const struct query today = {
        "SELECT SUM(bytes) FROM file WHERE owner IS NULL AND created_at > $1"
    };
    struct given given = { 0 };
    struct instant day_ago = instant_plus(c->now, (struct span){ -86400 });
    bool found;
    if (!tx_row(c->tx, &today, ARGS(value_instant(day_ago)), given_fields, &given, &found))
        return false;
    if (given.bytes + (int64_t)more <= PUBLIC_BYTES_MAX)
        return true;
    c->x->retry_after_s = 3600;
    return fail(c, RATE_LIMITED, "Enough files were given for today");
}

static bool act_file(struct ctx *c, struct visit *v, const struct form *form, const struct table *t)
{
    (void)t;
    if (!text_equal(form->status, "open"))
        return fail(c, FORM_CLOSED, NULL);
    if (!room_check(c, v->in->body.len))
        return false;
    return file_create(c, v->in->name, v->in->type, v->in->body, v->ret);
}

bool public_read(struct ctx *c, const void *in, void *ret)
{
    struct visit v = { .in = in, .ret = ret, .act = act_read };
    return visit(c, &v);
}

bool public_post(struct ctx *c, const void *in, void *ret)
{
    struct visit v = { .in = in, .ret = ret, .write = true, .act = act_post };
    return visit(c, &v);
}

bool public_file(struct ctx *c, const void *in, void *ret)
{
    struct visit v = { .in = in, .ret = ret, .write = true, .act = act_file };
    return visit(c, &v);
}

struct link_change {
    const struct form *form;
    struct id organisation;
};

static bool link_store(struct ctx *c, void *with)
{
    static const struct query forget = { "DELETE FROM public_link WHERE form = $1"
                                         " AND organisation = $2" };
    struct link_change *l = with;
    uint8_t hash[HASH_SIZE];
    if (!tx_run(c->tx, &forget, ARGS(value_id(l->form->id), value_id(l->organisation)), NULL))
        return false;
    if (!l->form->public || !l->form->link)
        return true;
    hash_sha256(l->form->link, strlen(l->form->link), hash);
    struct public_link row = { .link_hash = { hash, sizeof hash },
                               .organisation = l->organisation,
                               .form = l->form->id };
    return row_create(c, &public_link_table, &row);
}

bool public_link_set(struct ctx *c, const struct form *form)
{
    struct link_change l = { form, c->organisation };
    return control_write(c, link_store, &l);
}

bool public_link_listed(struct ctx *c, const struct form *form, bool *ret)
{
    struct link_search s = { .link = form->link };
    *ret = false;
    if (!form->link)
        return true;
    if (!control_read(c, link_find, &s))
        return false;
    *ret =
        s.found && id_equal(s.row.form, form->id) && id_equal(s.row.organisation, c->organisation);
    return true;
}
