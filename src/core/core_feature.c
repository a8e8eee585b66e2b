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

#include <string.h>

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

/* What scope.c and sessions.c ask of tables that a feature declares. */
static const struct {
    const char *table, *column;
} asked[] = {
    { "person", "team" }, { "person", "role" },       { "person", "active" },
    { "person", "zone" }, { "organisation", "zone" },
};

static bool asked_check(const struct app *app, struct error *err)
{
    for (size_t i = 0; i < LENGTH(asked); i++) {
        const struct table *t = app_table(app, asked[i].table);
        if (!t || !field_find(t->fields, asked[i].column))
            return error_set(err, INTERNAL, "no feature declares %s.%s", asked[i].table,
                             asked[i].column);
    }
    return true;
}

const struct feature core_feature = {
    .name = "core",
    .tables = tables,
    .routes = audit_routes,
    .permissions = audit_permissions,
    .jobs = jobs,
    .check = asked_check,
};
