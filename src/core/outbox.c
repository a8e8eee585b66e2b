/* outbox.c: writing tasks, running those that are due, and running periodic jobs. */
#include "outbox.h"

#include "app.h"
#include "node.h"
#include "rows.h"

#include <string.h>

static const struct field outbox_task_fields[] = {
    ROW_FIELDS(struct outbox_task),
    FIELD(struct outbox_task, kind, .privacy = OPERATIONAL, .doc = "event or job"),
    FIELD(struct outbox_task, name, .privacy = OPERATIONAL, .doc = "Name of the event or job type"),
    FIELD(struct outbox_task, subscriber, .privacy = OPERATIONAL,
          .doc = "Place of the subscriber that this delivery is for, where it is not named"),
    FIELD(struct outbox_task, receiver, .privacy = OPERATIONAL,
          .doc = "Name of the subscriber that this delivery is for"),
    FIELD(struct outbox_task, object, .privacy = OPERATIONAL, .doc = "Row it is about"),
    FIELD(struct outbox_task, related, .privacy = OPERATIONAL,
          .doc = "Another row that goes with it"),
    FIELD(struct outbox_task, happened_at, .privacy = OPERATIONAL,
          .doc = "When the event happened"),
    FIELD(struct outbox_task, due_at, .privacy = OPERATIONAL, .required = true, .filter = true,
          .doc = "When it is to run next"),
    FIELD(struct outbox_task, attempts, .privacy = OPERATIONAL, .doc = "How often it was tried"),
    FIELD(struct outbox_task, problem, .privacy = OPERATIONAL,
          .doc = "Why the last attempt failed"),
    FIELD(struct outbox_task, holder, .privacy = OPERATIONAL, .doc = "Node that runs it now"),
    { 0 },
};

const struct table outbox_task_table = {
    .name = "outbox_task",
    .doc = "Deliveries of events that are still to run, and jobs that failed",
    .fields = outbox_task_fields,
    .size = sizeof(struct outbox_task),
    .indexes = (const char *const[]){ "holder, due_at", NULL },
    .log = true,
    .held_back = true,
};

enum { TASKS_AT_ONCE = 16, ATTEMPTS_MAX = 12, FIRST_PAUSE_S = 60, HELD_PAUSE_S = 1 };

bool event_add(struct ctx *c, const struct event_type *type, struct id object, struct id related)
{
    int64_t index = 0;
    for (const struct feature *const *f = c->app->features; *f; f++) {
        for (const struct subscriber *s = (*f)->subscribers; s && s->type; s++, index++) {
            if (s->type != type)
                continue;
            struct outbox_task task = { .kind = "event",
                                        .name = type->name,
                                        .subscriber = index,
                                        .receiver = s->name,
                                        .object = object,
                                        .related = related,
                                        .happened_at = c->now,
                                        .due_at = node_time(c->app->node, c->now) };
            if (!row_create(c, &outbox_task_table, &task))
                return false;
            c->wake = true;
        }
    }
    return true;
}

static const struct subscriber *subscriber_of(const struct app *app, const struct outbox_task *task)
{
    int64_t index = 0;
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct subscriber *s = (*f)->subscribers; s && s->type; s++, index++)
            if (task->receiver ? text_equal(s->name, task->receiver) : index == task->subscriber)
                return s;
    return NULL;
}

static const struct job_type *job_named(const struct app *app, const char *name)
{
    for (const struct feature *const *f = app->features; *f; f++)
        for (const struct job_type *const *j = (*f)->jobs; j && *j; j++)
            if (!strcmp((*j)->name, name))
                return *j;
    return NULL;
}

static bool task_run(struct ctx *c, const struct outbox_task *task)
{
    const struct subscriber *s = subscriber_of(c->app, task);
    const struct job_type *job = job_named(c->app, task->name);
    if (!strcmp(task->kind, "job"))
        return !job || job->run(c);
    struct event e = { .id = task->id,
                       .type = task->name,
                       .object = task->object,
                       .related = task->related,
                       .at = task->happened_at };
    return !s || strcmp(s->type->name, task->name) != 0 || s->deliver(c, &e);
}

struct due {
    struct list tasks;
    struct instant now, next; /* by the store's clock */
};

static void due_note(struct due *d, struct instant at)
{
    if (!instant_given(d->next) || at.us < d->next.us)
        d->next = at;
}

static bool due_read(struct ctx *c, void *with)
{
    static const struct query due = { "due_at <= $1 ORDER BY due_at LIMIT $2" };
    static const struct query next = { "due_at > $1 ORDER BY due_at LIMIT 1" };
    struct due *d = with;
    struct outbox_task later = { 0 };
    bool found = false;
    if (!rows_find(c, &outbox_task_table, &due,
                   ARGS(value_instant(d->now), value_int(TASKS_AT_ONCE)), &d->tasks) ||
        !row_find(c, &outbox_task_table, &next, ARGS(value_instant(d->now)), &later, &found))
        return false;
    d->next = later.due_at;
    return true;
}

struct holder {
    struct id id;
};
static const struct field holder_fields[] = {
    FIELD(struct holder, id, .privacy = OPERATIONAL, .doc = "Node"),
    { 0 },
};

/* Whether a node that lives, other than this one, is at the organisation's tasks. */
static bool held_read(struct ctx *c, struct id self, bool *held)
{
    static const struct query others = {
        "SELECT DISTINCT holder FROM outbox_task WHERE holder IS NOT NULL AND holder <> $1"
    };
    struct list list;
    *held = false;
    if (!tx_rows(c->tx, &others, ARGS(value_id(self)), holder_fields, sizeof(struct holder), 0,
                 &list))
        return false;
    for (size_t i = 0; i < list.count && !*held; i++)
        if (!node_lives(c, ((const struct holder *)list.at)[i].id, held))
            return false;
    return true;
}

/* Two nodes do this one after the other: a database has one writer at a time. */
static bool due_claim(struct ctx *c, void *with)
{
    static const struct query claim = {
        "UPDATE outbox_task SET holder = $1 WHERE id IN"
        " (SELECT id FROM outbox_task WHERE due_at <= $2 ORDER BY due_at LIMIT $3)"
    };
    static const struct query mine = { "holder = $1 ORDER BY due_at" };
    struct due *d = with;
    struct id self = node_id(c->app->node);
    bool held = true;
    if (id_given(self) && !held_read(c, self, &held))
        return false;
    if (held) {
        d->tasks.count = 0;
        d->next = instant_plus(d->now, (struct span){ HELD_PAUSE_S });
        return true;
    }
    return tx_run(c->tx, &claim,
                  ARGS(value_id(self), value_instant(d->now), value_int(TASKS_AT_ONCE)), NULL) &&
           rows_find(c, &outbox_task_table, &mine, ARGS(value_id(self)), &d->tasks);
}

/* Whether the task is still there for this node to end: another may hold this one for dead. */
static bool task_kept(struct ctx *c, const struct outbox_task *task, bool *ret)
{
    struct outbox_task now = { 0 };
    *ret = true;
    if (!c->app->node)
        return true;
    if (!row_look(c, &outbox_task_table, task->id, &now, ret))
        return false;
    *ret = *ret && id_equal(now.holder, task->holder);
    return true;
}

static bool task_end(struct ctx *c, void *with)
{
    struct outbox_task *task = with;
    bool kept;
    if (!task_kept(c, task, &kept))
        return false;
    return !kept || row_delete(c, &outbox_task_table, task->id, 0);
}

/* Pauses grow: 1, 2, 4 … minutes; after that the task stays, due in a year, for people to see. */
static struct instant next_try(const struct ctx *c, int64_t attempts)
{
    int64_t pause =
        attempts < ATTEMPTS_MAX ? (int64_t)FIRST_PAUSE_S << attempts : INT64_C(366) * 86400;
    return instant_plus(node_time(c->app->node, c->now), (struct span){ pause });
}

static bool task_again(struct ctx *c, void *with)
{
    struct outbox_task *task = with, ret;
    struct outbox_task change = *task;
    bool kept;
    if (!task_kept(c, task, &kept))
        return false;
    change.attempts++;
    task->due_at = change.due_at = next_try(c, task->attempts);
    change.holder = (struct id){ 0 };
    return !kept || row_update(c, &outbox_task_table, task->id, 0, &change,
                               row_set(&outbox_task_table, "attempts") |
                                   row_set(&outbox_task_table, "due_at") |
                                   row_set(&outbox_task_table, "holder") |
                                   row_set(&outbox_task_table, "problem"),
                               &ret);
}

static const char *problem_of(const struct error *err)
{
    return problem_info(err->problem ? err->problem : INTERNAL)->name;
}

/* Told the first time and when it is given up, not each time in between. */
static void failure_tell(const struct ctx *c, const struct outbox_task *task)
{
    char id[ID_TEXT];
    id_format(c->organisation, id);
    if (!task->attempts)
        app_tell(c->app, "%s failed in organisation %s (%s) and is tried again", task->name, id,
                 task->problem);
    else if (task->attempts == ATTEMPTS_MAX)
        app_tell(c->app, "%s failed in organisation %s (%s) %d times and is given up", task->name,
                 id, task->problem, ATTEMPTS_MAX + 1);
}

struct periodic {
    struct outbox_task task; /* what an earlier failure left; its id is absent when there is none */
    const struct job_type *job;
    const char *problem; /* NULL: it succeeded */
};

static bool periodic_find(struct ctx *c, void *with)
{
    static const struct query left = { "kind = 'job' AND name = $1",
                                       .whole = "What is done has left the queue" };
    struct periodic *p = with;
    bool found;
    return row_find(c, &outbox_task_table, &left, ARGS(value_text(p->job->name)), &p->task, &found);
}

static bool periodic_settle(struct ctx *c, void *with)
{
    struct periodic *p = with;
    if (!periodic_find(c, p))
        return false;
    bool left = id_given(p->task.id);
    if (!p->problem)
        return !left || row_delete(c, &outbox_task_table, p->task.id, 0);
    if (left) /* it has its time */
        return true;
    struct outbox_task task = { .kind = "job",
                                .name = p->job->name,
                                .happened_at = c->now,
                                .due_at = next_try(c, 0),
                                .attempts = 1,
                                .problem = p->problem };
    c->wake = true;
    return row_create(c, &outbox_task_table, &task);
}

void outbox_run_periodic(struct ctx *c, const struct job_type *job)
{
    struct error none = { 0 }, *outer = c->err;
    struct periodic p = { .job = job };
    if (!job->run(c))
        p.problem = problem_of(c->err);
    c->err = &none;
    bool read = ctx_read(c, periodic_find, &p);
    if (p.problem && !id_given(p.task.id))
        failure_tell(c, &(struct outbox_task){ .name = job->name, .problem = p.problem });
    /* Where not even this can be written, what was told is all that there is. */
    if (read && !p.problem != !id_given(p.task.id))
        (void)!ctx_write(c, periodic_settle, &p);
    c->err = outer;
}

bool outbox_run(struct ctx *c, struct instant *next)
{
    struct due due = { .now = node_time(c->app->node, c->now) };
    if (!ctx_read(c, due_read, &due) ||
        (c->app->node && due.tasks.count && !ctx_write(c, due_claim, &due)))
        return false;
    for (size_t i = 0; i < due.tasks.count; i++) {
        struct outbox_task task = ((const struct outbox_task *)due.tasks.at)[i];
        if (!node_is(c->app->node, task.holder)) {
            *next = c->now; /* held for dead by now, as one whose machine stood still */
            return true;
        }
        struct error err = { 0 };
        struct ctx own = *c;
        own.err = &err;
        bool ok = task_run(&own, &task);
        task.problem = ok ? NULL : problem_of(&err);
        if (!ok)
            failure_tell(c, &task);
        if (!ctx_write(c, ok ? task_end : task_again, &task))
            return false;
        if (!ok)
            due_note(&due, task.due_at);
        if (c->app->stopping)
            break;
    }
    *next = due.next;
    if (due.tasks.count == TASKS_AT_ONCE)
        *next = c->now;
    else if (instant_given(due.next)) /* by the clock of this machine */
        next->us += c->now.us - due.now.us;
    return true;
}
