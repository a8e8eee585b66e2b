/* routes.h: inputs and outputs of the routes of the organisation that no table has. */
#ifndef VOW_ORGANISATION_ROUTES_H
#define VOW_ORGANISATION_ROUTES_H

#include "organisation.h"

struct failure_named {
    struct id id;
};
extern const struct field failure_fields[], failure_named_fields[];
route_fn failures_list, failure_retry;

struct storage {
    int64_t used_bytes, allowed_bytes;
};
extern const struct field storage_fields[];
route_fn storage_get;

extern const struct route organisation_routes[];

#endif
