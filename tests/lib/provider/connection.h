/* connection.h: one connection of the stand-in, and what a behaviour may do with it. */
#ifndef VOW_TEST_CONNECTION_H
#define VOW_TEST_CONNECTION_H

#include "base/base.h"

struct bytes {
    char *at;
    size_t len, room;
};

struct connection {
    int fd;
    struct bytes in, out;
    size_t sent;      /* of out */
    size_t piece;     /* bytes a write may carry; 0: all */
    int pause_ms;     /* between writes */
    int64_t next_at;  /* ms, monotonic; 0: now */
    bool close_after; /* when out is sent */
    bool endless;     /* when out is sent, send its last `again` bytes once more */
    size_t again;
    bool watching; /* for room to write */
};

struct request {
    const char *behaviour; /* "" is the good one */
    const char *body;
    size_t len;
    bool stream;
    unsigned turn; /* how many requests of this behaviour came before */
};

void bytes_add(struct bytes *b, const void *from, size_t n);
void bytes_text(struct bytes *b, const char *text);
void bytes_format(struct bytes *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* Writes the answer into the connection; false when there is no such behaviour. */
bool behaviour_answer(struct connection *c, const struct request *r);

/* An answer with a length. */
void answer_whole(struct connection *c, int status, const char *type, const char *headers,
                  const char *body, size_t n);

#endif
