/* suggestion.c: what a hook suggests, until a person decides. */
#include "hook.h"

#include "core/rows.h"
#include "feature/organisation/organisation.h"
#include "net/value.h"
#include "private.h"

#include <string.h>

static const char *const states[] = { "proposed", "accepted", "dismissed", "failed", NULL };

const struct field suggestion_fields[] = {
    ROW_FIELDS(struct suggestion),
    FIELD(struct suggestion, hook, .privacy = OPERATIONAL, .filter = true,
          .doc = "Hook that suggests"),
    FIELD(struct suggestion, form, .privacy = OPERATIONAL, .refers = &form_table, .filter = true,
          .doc = "Form"),
    FIELD(struct suggestion, submission, .privacy = OPERATIONAL, .filter = true,
          .doc = "Answer it is about"),
    FIELD(struct suggestion, person, .privacy = PERSONAL, .subject = true, .refers = &person_table,
          .doc = "Whose answer it is about"),
    FIELD(struct suggestion, value, .label = "what is suggested", .privacy = CONTENT, .max = 20000,
          .doc = "What is suggested; advice until somebody accepts it"),
    FIELD(struct suggestion, state, .label = "decision", .privacy = OPERATIONAL, .choices = states,
          .filter = true, .doc = "Whether somebody has decided"),
    FIELD(struct suggestion, problem, .privacy = OPERATIONAL, .doc = "Why it failed"),
    FIELD(struct suggestion, decided_by, .privacy = PERSONAL, .refers = &person_table,
          .doc = "Who decided"),
    FIELD(struct suggestion, receipt, .privacy = OPERATIONAL,
          .doc = "Receipt of what was disclosed for it"),
    FIELD(struct suggestion, decided_at, .privacy = OPERATIONAL, .doc = "When"),
    FIELD(struct suggestion, edited, .privacy = OPERATIONAL,
          .doc = "Whether the person changed it while accepting"),
    FIELD(struct suggestion, left_out, .privacy = OPERATIONAL,
          .doc = "Answers left out because they read like instructions"),
    { 0 },
};

/* An archive of an earlier version can name somebody who was erased before. */
static bool suggestion_check(struct ctx *c, enum op op, const void *old, void *row)
{
    struct suggestion *s = row;
    struct person person;
    bool found = false;
    (void)old;
    if (op != OP_TAKE || !id_given(s->decided_by))
        return true;
    if (!row_look(c, &person_table, s->decided_by, &person, &found))
        return false;
    if (!found)
        s->decided_by = (struct id){ 0 };
    return true;
}

const struct table suggestion_table = {
    .name = "suggestion",
    .doc = "What hooks suggest beside answers, with who decided",
    .fields = suggestion_fields,
    .part_of = "form",
    .size = sizeof(struct suggestion),
    .path = "/suggestions",
    .ops = OP_LIST | OP_READ,
    .read = &submissions_read,
    .write = &suggestions_decide,
    .erase = ERASE_ROW,
    .check = suggestion_check,
};

/* What a person writes instead is of the hook's type, too. A hook that is gone asks nothing. */
static bool value_fits(struct ctx *c, struct id id, const char *value)
{
    struct hook hook;
    bool found = false;
    if (!row_look(c, &hook_table, id, &hook, &found))
        return false;
    if (!found)
        return true;
    if (text_equal(hook.output, "number")) {
        double number;
        const char *wrong = value_parse(c->arena, KIND_REAL, value, &number);
        return !wrong || fail_at(c, "/value", "%s", wrong);
    }
    const char *const *choices = hook.choices.at;
    for (size_t i = 0; i < hook.choices.count; i++)
        if (!strcmp(choices[i], value))
            return true;
    return !text_equal(hook.output, "choice") || fail_at(c, "/value", "is none of the choices");
}

static bool decide(struct ctx *c, struct id id, const char *state, const char *value, void *ret)
{
    struct suggestion now, change = { .state = state,
                                      .decided_by = c->actor.person,
                                      .decided_at = c->now,
                                      .value = value,
                                      .edited = true };
    field_set given = row_set(&suggestion_table, "state") |
                      row_set(&suggestion_table, "decided_by") |
                      row_set(&suggestion_table, "decided_at");
    if (!row_read(c, &suggestion_table, id, &now))
        return false;
    if (!text_equal(now.state, "proposed"))
        return fail(c, CONFLICT, "This was decided already");
    if (value && !value_fits(c, now.hook, value))
        return false;
    if (value && !text_equal(value, now.value))
        given |= row_set(&suggestion_table, "value") | row_set(&suggestion_table, "edited");
    return row_update(c, &suggestion_table, id, 0, &change, given, ret);
}

bool suggestion_accept(struct ctx *c, const void *in, void *ret)
{
    const struct suggestion_accept_new *n = in;
    return decide(c, n->id, "accepted", n->value, ret);
}

bool suggestion_dismiss(struct ctx *c, const void *in, void *ret)
{
    return decide(c, ((const struct id_ref *)in)->id, "dismissed", NULL, ret);
}
