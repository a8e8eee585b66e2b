/* buffer.h: bytes that grow, in an arena. The text is always NUL-terminated after `len`. */
#ifndef VOW_BUFFER_H
#define VOW_BUFFER_H

#include "arena.h"

struct buffer {
    struct arena *arena;
    char *at;
    size_t len, room;
};

/* An empty buffer with some room. */
struct buffer buffer_new(struct arena *a);

/* The same with room for `n` bytes, so that it need not grow until then. */
struct buffer buffer_room(struct arena *a, size_t n);

void buffer_add(struct buffer *b, const void *from, size_t n);
void buffer_string(struct buffer *b, const char *text);
void buffer_char(struct buffer *b, char c);
void buffer_hex(struct buffer *b, const void *from, size_t n); /* as hex_format writes it */
void buffer_printf(struct buffer *b, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
