/* buffer.c: growing bytes; the outgrown copy stays in the arena and is wiped with it. */
#include "buffer.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

struct buffer buffer_new(struct arena *a)
{
    return buffer_room(a, 255);
}

struct buffer buffer_room(struct arena *a, size_t n)
{
    return (struct buffer){ .arena = a, .at = arena_alloc(a, n + 1), .room = n + 1 };
}

static void buffer_reserve(struct buffer *b, size_t n)
{
    if (b->room - b->len > n)
        return;
    size_t room = b->room * 2 > b->len + n + 1 ? b->room * 2 : b->len + n + 1;
    char *at = arena_alloc(b->arena, room);
    memcpy(at, b->at, b->len);
    b->at = at;
    b->room = room;
}

void buffer_add(struct buffer *b, const void *from, size_t n)
{
    if (!n)
        return;
    buffer_reserve(b, n);
    memcpy(b->at + b->len, from, n);
    b->len += n;
    b->at[b->len] = 0;
}

void buffer_string(struct buffer *b, const char *text)
{
    buffer_add(b, text, strlen(text));
}

void buffer_char(struct buffer *b, char c)
{
    buffer_reserve(b, 1);
    b->at[b->len++] = c;
    b->at[b->len] = 0;
}

void buffer_hex(struct buffer *b, const void *from, size_t n)
{
    buffer_reserve(b, 2 * n);
    hex_format(from, n, b->at + b->len);
    b->len += 2 * n;
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(b->at + b->len, b->room - b->len, format, args);
    va_end(args);
    if (n > 0 && (size_t)n >= b->room - b->len) {
        buffer_reserve(b, (size_t)n);
        vsnprintf(b->at + b->len, b->room - b->len, format, again);
    }
    va_end(again);
    b->len += (size_t)(n > 0 ? n : 0);
}
