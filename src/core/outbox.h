/* outbox.h: events and jobs as rows of the organisation, written with the change that caused them
   and run afterwards, at least once. */
#ifndef VOW_OUTBOX_H
#define VOW_OUTBOX_H

#include "feature.h"

/* A task: one delivery of an event to one subscriber, or one job. */
struct outbox_task {
    ROW_MEMBERS;
    const char *kind;   /* "event" or "job" */
    const char *name;   /* of the event type or the job type */
    int64_t subscriber; /* which subscriber of the event; 0 for jobs */
    struct id object, related;
    struct instant happened_at;
    struct instant due_at;
    int64_t attempts;
    const char *problem; /* why the last attempt failed, by the problem's name */
};
extern const struct table outbox_task_table;

/* Runs what is due in the organisation; *next is when something will be, absent when nothing. */
MUST_USE bool outbox_run(struct ctx *c, struct instant *next);

#endif
