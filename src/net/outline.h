/* outline.h: writing JSON that people read: one member a line, indented. */
#ifndef VOW_OUTLINE_H
#define VOW_OUTLINE_H

#include "base/buffer.h"

struct outline {
    struct buffer out;
    int depth;
    bool fresh; /* nothing yet in the object or list at this depth */
};

/* `key` is NULL for elements of lists and for the outermost value. */
void outline_open(struct outline *o, const char *key, char bracket);
void outline_close(struct outline *o, char bracket);
void outline_text(struct outline *o, const char *key, const char *text);
void outline_int(struct outline *o, const char *key, int64_t value);
void outline_bool(struct outline *o, const char *key, bool value);

#endif
