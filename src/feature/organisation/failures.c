/* failures.c: what the program could not do by itself in an organisation, for its admins: jobs and
   deliveries with the problem of their last attempt, and trying one again at once. */
#include "routes.h"

#include "core/app.h"
#include "core/node.h"
#include "core/outbox.h"
#include "core/rows.h"

enum { FAILURES_MAX = 200 };

const struct field failure_fields[] = {
    FIELD(struct outbox_task, id, .privacy = OPERATIONAL, .doc = "Id of the task"),
    FIELD(struct outbox_task, kind, .privacy = OPERATIONAL, .doc = "event or job"),
    FIELD(struct outbox_task, name, .privacy = OPERATIONAL, .doc = "Name of the event or the job"),
    FIELD(struct outbox_task, object, .privacy = OPERATIONAL, .doc = "Row that the event is about"),
    FIELD(struct outbox_task, problem, .privacy = OPERATIONAL,
          .doc = "Why the last attempt failed, by the problem's name"),
    FIELD(struct outbox_task, attempts, .privacy = OPERATIONAL, .doc = "How often it was tried"),
    FIELD(struct outbox_task, happened_at, .privacy = OPERATIONAL,
          .doc = "When the event happened or the job first failed"),
    FIELD(struct outbox_task, updated_at, .privacy = OPERATIONAL, .doc = "When it was last tried"),
    FIELD(struct outbox_task, due_at, .privacy = OPERATIONAL,
          .doc = "When it is tried again; a year later when it was given up"),
    { 0 },
};

bool failures_list(struct ctx *c, const void *in, void *ret)
{
    static const struct query failed = { "attempts > 0 ORDER BY updated_at DESC, id LIMIT $1",
                                         .whole = "What is done has left the queue" };
    (void)in;
    (void)ret;
    return rows_find(c, &outbox_task_table, &failed, ARGS(value_int(FAILURES_MAX)), &c->x->page);
}

const struct field failure_named_fields[] = {
    FIELD(struct failure_named, id, .privacy = OPERATIONAL, .required = true,
          .doc = "Id of the task"),
    { 0 },
};

bool failure_retry(struct ctx *c, const void *in, void *ret)
{
    const struct failure_named *named = in;
    const struct table *t = &outbox_task_table;
    struct outbox_task task, change = { .due_at = node_time(c->app->node, c->now) };
    (void)ret;
    if (!row_get(c, t, named->id, &task))
        return false;
    if (!task.attempts)
        return fail(c, NOT_FOUND, NULL);
    c->wake = true;
    return row_update(c, t, named->id, 0, &change, row_set(t, "due_at"), &task);
}
