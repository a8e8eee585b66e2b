/* json.h: writing JSON (RFC 8259) straight from records. Reading is in net, over jansson. */
#ifndef VOW_JSON_H
#define VOW_JSON_H

#include "buffer.h"
#include "field.h"

/* A text as a JSON string with its quotes; NULL is null. */
void json_text(struct buffer *out, const char *text);

/* One value of a record; absent values are null. Spans are whole seconds, blobs base64. */
void json_value(struct buffer *out, const struct field *f, const void *record);

/* A record as an object of all its fields in order; SECRET fields are left out. */
void json_record(struct buffer *out, const struct field *fields, const void *record);

#endif
