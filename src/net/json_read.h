/* json_read.h: reading a JSON body of which only some fields are expected. */
#ifndef VOW_JSON_READ_H
#define VOW_JSON_READ_H

#include "server.h"

/* As json_read, but members for fields outside `expected` count as unknown. */
MUST_USE bool json_read_some(struct arena *a, struct blob text, const struct field *fields,
                             field_set expected, void *record, bool patch, field_set *given,
                             struct error *err);

#endif
