/* json_read.h: JSON into records, by their fields. */
#ifndef VOW_JSON_READ_H
#define VOW_JSON_READ_H

#include "base/field.h"

/* Reads a JSON object into a record by its fields: bounds, formats, duplicate and unknown members,
   depth. Absent members leave the record alone, which the caller has prepared with record_clear or
   filled; without `patch`, required ones must be there. null clears; in a nested record or list a
   value replaces the whole. BAD_REQUEST when it is not JSON, else INVALID with places. */
MUST_USE bool json_read(struct arena *a, struct blob text, const struct field *fields, void *record,
                        bool patch, field_set *given, struct error *err);

/* As json_read, but members for fields outside `expected` count as unknown. */
MUST_USE bool json_read_some(struct arena *a, struct blob text, const struct field *fields,
                             field_set expected, void *record, bool patch, field_set *given,
                             struct error *err);

#endif
