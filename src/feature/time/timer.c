/* timer.c: the one running timer of a person. */
#include "core/rows.h"
#include "entry.h"
#include "routes.h"

/* The entry of the running timer of a person; *found says whether one runs. */
static bool timer_find(struct ctx *c, struct id person, struct time_entry *ret, bool *found)
{
    static const struct query running = { "running = $1" };
    return row_find(c, &time_entry_table, &running, ARGS(value_id(person)), ret, found);
}

bool timer_leave(struct ctx *c, struct id person, enum role role)
{
    struct time_entry running;
    bool found;
    if (time_write.of[role] != SCOPE_NONE)
        return true;
    return timer_find(c, person, &running, &found) && (!found || entry_stop(c, &running));
}

/* --- over HTTP --- */

const struct field timer_new_fields[] = {
    FIELD(struct timer_new, project, .privacy = OPERATIONAL, .refers = &project_table,
          .doc = "Project it is booked on"),
    FIELD(struct timer_new, task, .privacy = OPERATIONAL, .refers = &project_task_table,
          .doc = "Task of that project"),
    FIELD(struct timer_new, note, .privacy = CONTENT, .max = ENTRY_NOTE_MAX,
          .doc = "What the time goes into"),
    FIELD(struct timer_new, tags, .of = KIND_ID, .max = ENTRY_TAGS_MAX, .privacy = OPERATIONAL,
          .doc = "Ids of tags as a list, at most 20"),
    { 0 },
};

const struct field timer_view_fields[] = {
    FIELD(struct timer_view, running, .privacy = OPERATIONAL, .doc = "Whether the timer runs"),
    { .name = "entry",
      .kind = KIND_RECORD,
      .at = offsetof(struct timer_view, entry),
      .size = sizeof(struct time_entry),
      .fields = time_entry_fields,
      .nullable = true,
      .privacy = CONTENT,
      .doc = "The entry it writes; absent when it does not run" },
    { 0 },
};

bool timer_get(struct ctx *c, const void *in, void *ret)
{
    struct timer_view *view = ret;
    (void)in;
    return timer_find(c, c->actor.person, &view->entry, &view->running);
}

bool timer_post(struct ctx *c, const void *in_record, void *ret)
{
    const struct timer_new *in = in_record;
    struct time_entry e = {
        .project = in->project,
        .task = in->task,
        .note = in->note,
        .tags = in->tags,
        .started_at = c->now,
        .source = "timer",
    };
    if (!id_given(c->actor.person))
        return fail(c, FORBIDDEN, "Only people have timers");
    if (!row_create(c, &time_entry_table, &e))
        return false;
    *(struct time_entry *)ret = e;
    return true;
}

bool timer_stop_post(struct ctx *c, const void *in, void *ret)
{
    struct time_entry running, change = { .ended_at = c->now };
    bool found;
    (void)in;
    if (!timer_find(c, c->actor.person, &running, &found))
        return false;
    if (!found)
        return fail(c, TIMER_NOT_RUNNING, NULL);
    if (change.ended_at.us < running.started_at.us) /* the clock was set back */
        change.ended_at = running.started_at;
    return row_update(c, &time_entry_table, running.id, 0, &change,
                      row_set(&time_entry_table, "ended_at"), ret);
}
