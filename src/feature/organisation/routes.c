/* routes.c: what an organisation's admins ask of the program, over HTTP. */
#include "routes.h"

#include "core/outbox.h"

const struct route organisation_routes[] = {
    { GET, "/organisation/failures", failures_list,
      "Jobs and deliveries that failed and are tried again; content-free",
      .can = &organisation_manage, OUTPUT(struct outbox_task, failure_fields), .list = true,
      .schema = "failure" },
    { POST, "/organisation/failures/{id}/retry", failure_retry, "Try one again now",
      .can = &organisation_manage, INPUT(struct failure_named, failure_named_fields),
      LANE(LANE_WRITE), .fails = FAILS(NOT_FOUND) },
    { GET, "/organisation/storage", storage_get, "How much the organisation keeps, and may keep",
      .can = &organisation_manage, OUTPUT(struct storage, storage_fields), LANE(LANE_SLOW),
      .schema = "storage" },
    { 0 },
};
