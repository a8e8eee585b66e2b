/* openapi.h: the description of the API that comes from its routes. */
#ifndef VOW_OPENAPI_H
#define VOW_OPENAPI_H

#include "route.h"

/* The OpenAPI 3.1 document of the routes, pretty-printed and stable. */
const char *openapi_document(struct arena *a, const struct route *const *routes, size_t count);

#endif
