/* value.h: single values from their textual form, shared by path, query and JSON strings. */
#ifndef VOW_VALUE_H
#define VOW_VALUE_H

#include "base/field.h"

/* Reads a value of a kind into the member at `to`. `text` is valid UTF-8 and may stay referenced by
   KIND_TEXT; field_text comes before. Returns NULL, or what it must be. */
MUST_USE const char *value_parse(struct arena *a, enum kind kind, const char *text, void *to);

/* The same for values that JSON writes as strings (times, ids, text, base64). */
MUST_USE const char *value_parse_string(struct arena *a, enum kind kind, const char *text,
                                        void *to);

/* One element of a KIND_LIST of plain values as a field of its own, with the choices and format of
   the list; its member is at offset 0. */
struct field value_element(const struct field *list);

/* Decodes percent escapes and, in a query, `+`. NULL when malformed, not UTF-8, or with a NUL. */
const char *percent_decode(struct arena *a, const char *from, size_t n, bool query);

/* Where a reader is in its input, as a JSON pointer (RFC 6901). Names that do not fit are cut. */
struct place {
    char pointer[120];
    size_t len;
};

/* Steps into a member or an element; returns what to give to place_leave. */
size_t place_enter(struct place *p, const char *name);
size_t place_enter_index(struct place *p, size_t index);
void place_leave(struct place *p, size_t before);

#endif
