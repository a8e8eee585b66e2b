/* core_feature.c: what the core itself declares: its tables and its housekeeping. */
#include "core_feature.h"

#include "app.h"
#include "audit.h"
#include "checkpoint.h"
#include "idempotency.h"
#include "limits.h"
#include "node.h"
#include "outbox.h"
#include "retention.h"
#include "schedule.h"
#include "sessions.h"
#include "tenant.h"

static const struct table *const tables[] = {
    &audit_event_table,
    &audit_checkpoint_table,
    &outbox_task_table,
    &idempotency_table,
    &tenant_table,
    &session_table,
    &promise_result_table,
    &node_table,
    &schedule_table,
    &rate_limit_table,
    NULL,
};

static const struct job_type *const jobs[] = { &retention_job, &audit_checkpoint_job, NULL };

const struct feature core_feature = {
    .name = "core",
    .tables = tables,
    .routes = audit_routes,
    .permissions = audit_permissions,
    .jobs = jobs,
};
