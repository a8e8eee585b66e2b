/* outbox.h: events as rows of the organisation, written with the change that caused them and
   delivered afterwards, at least once; and jobs that failed, until they succeed. */
#ifndef VOW_OUTBOX_H
#define VOW_OUTBOX_H

#include "feature.h"

/* A task: one delivery of an event to one subscriber, or a periodic job that failed. */
struct outbox_task {
    ROW_MEMBERS;
    const char *kind;          /* "event" or "job" */
    const char *name;          /* of the event type or the job type */
    int64_t subscriber;        /* the subscriber's place among all, for rows without `receiver` */
    const char *receiver;      /* the subscriber's name; absent for jobs and in rows of old */
    struct id object, related; /* of the event */
    struct instant happened_at;
    struct instant due_at; /* by the clock that all nodes share (node_time) */
    int64_t attempts;
    const char *problem; /* why the last attempt failed, by the problem's name */
    struct id holder;    /* the node that runs it; absent: none, or there is only one */
};
extern const struct table outbox_task_table;

/* Runs what is due in the organisation; *next is when something will be, absent when nothing. What
   fails is kept with the problem and tried again after 1, 2, 4 ... minutes, 12 times. Of several
   nodes one runs an organisation's tasks at a time, until it has done them or is held for dead. */
MUST_USE bool outbox_run(struct ctx *c, struct instant *next);

/* Runs a periodic job of the ctx's organisation. When it fails it becomes a task that is tried
   again before the period is over; when it succeeds, the task that an earlier failure left goes. */
void outbox_run_periodic(struct ctx *c, const struct job_type *job);

#endif
