/* schedule.c: the one row in control that says which node runs the periodic jobs. */
#include "schedule.h"

#include "app.h"
#include "node.h"
#include "rows.h"

struct schedule {
    ROW_MEMBERS;
    struct id holder;
    struct instant looked_at;
};
static const struct field schedule_fields[] = {
    ROW_FIELDS(struct schedule),
    FIELD(struct schedule, holder, .privacy = OPERATIONAL, .doc = "Node that runs them"),
    FIELD(struct schedule, looked_at, .privacy = OPERATIONAL,
          .doc = "When everything that was due had been run"),
    { 0 },
};

const struct table schedule_table = {
    .name = "schedule",
    .few = true,
    .doc = "Which node runs the periodic jobs",
    .fields = schedule_fields,
    .size = sizeof(struct schedule),
    .control = true,
    .log = true,
};

struct take {
    struct id self;
    bool mine;
    struct instant before;
};

/* Two nodes do this one after the other: there is one writer of control at a time. */
static bool take(struct ctx *c, void *with)
{
    static const struct query any = { "id IS NOT NULL" };
    struct take *t = with;
    struct schedule s = { 0 }, change = { .holder = t->self }, ret;
    bool found, lives = false;
    t->mine = false;
    if (!row_find(c, &schedule_table, &any, NO_ARGS, &s, &found))
        return false;
    t->before = s.looked_at;
    t->mine = !found || id_equal(s.holder, t->self);
    if (!found)
        return row_create(c, &schedule_table, &change);
    if (t->mine)
        return true;
    if (id_given(s.holder) && !node_lives(c, s.holder, &lives))
        return false;
    t->mine = !lives;
    return lives || row_update(c, &schedule_table, s.id, 0, &change,
                               row_set(&schedule_table, "holder"), &ret);
}

bool schedule_take(struct ctx *c, bool *mine, struct instant *before)
{
    struct take t = { .self = node_id(c->app->node) };
    *mine = false;
    if (!id_given(t.self))
        return true;
    if (!control_write(c, take, &t))
        return false;
    *mine = t.mine;
    *before = t.before;
    return true;
}

static bool done(struct ctx *c, void *with)
{
    static const struct query note = { "UPDATE schedule SET looked_at = $2 WHERE holder = $1" };
    return tx_run(c->tx, &note, ARGS(value_id(*(struct id *)with), value_instant(c->now)), NULL);
}

bool schedule_done(struct ctx *c)
{
    struct id self = node_id(c->app->node);
    return control_write(c, done, &self);
}
