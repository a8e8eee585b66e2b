/* openapi_schema.h: records and fields as JSON Schema (2020-12, as in OpenAPI 3.1). */
#ifndef VOW_OPENAPI_SCHEMA_H
#define VOW_OPENAPI_SCHEMA_H

#include "outline.h"
#include "router.h"

/* How a record is used: what a client gets, what it gives, what it gives to change one. */
enum use { USE_OUT, USE_IN, USE_CHANGE };

/* A record that has a name of its own in the document. */
struct schema {
    const char *name;
    const struct field *fields;
    field_set some; /* of them */
    enum use use;
    struct schema *next;
};

/* The named records, in the order in which they were met. */
struct schemas {
    struct arena *arena;
    struct schema *first, **last;
};

/* The name of a record; a new one gets `name`, or a name near it when that is taken. */
const char *schema_name(struct schemas *s, const struct field *fields, field_set some, enum use use,
                        const char *name);

const char *permission_name(const struct permission *p);

/* The members of a field's schema; `parent` names the record that it is in. */
void schema_field(struct schemas *s, struct outline *o, const struct field *f, enum use use,
                  const char *parent);

/* {"$ref": "#/components/schemas/name"} */
void schema_ref(struct schemas *s, struct outline *o, const char *key, const char *name);

/* Every named record, and those that they name in turn. */
void schemas_write(struct schemas *s, struct outline *o);

/* A word for one of many: "entries" gives "entry". */
const char *singular(struct arena *a, const char *word);

#endif
