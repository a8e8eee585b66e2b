/* move.h: one organisation from one store to another. docs/decisions/072 says why it is as it is.

   Each store is spoken for by a side: the program that has it open, in the running server behind
   the admin socket, or in the command itself. A command connects both, passes on what the source
   says to the target, and decides. What passes is frames: a type, a length (32 bits, of this
   machine), and the payload. */
#ifndef VOW_MOVE_H
#define VOW_MOVE_H

#include "app.h"
#include "crypt/hash.h"

enum frame_type {
    /* From a side. */
    FRAME_HELLO = 'h',    /* struct move_hello */
    FRAME_ERROR = 'e',    /* one byte of enum problem, then a sentence */
    FRAME_VERIFIED = 'v', /* the target has everything, row by row */
    FRAME_DONE = 'k',     /* what was asked for is on disk */
    /* To a side. */
    FRAME_GO = 'g',       /* the id of this attempt: begin to give, or to take; the source says
                             FRAME_DONE first, once no other attempt counts */
    FRAME_COMMIT = 'c',   /* source: let go of it */
    FRAME_ACTIVATE = 'a', /* target: it is yours */
    FRAME_DESTROY = 'd',  /* source: remove what is left */
    /* From the source to the target. */
    FRAME_TABLE = 'T',   /* columns_text of a table; rows and deletions that follow are in it */
    FRAME_CONTROL = 'C', /* the same of a table of control */
    FRAME_ROW = 'R',     /* row_encode */
    FRAME_DELETE = 'D',  /* id of a row that changed or went since it was sent */
    FRAME_LAST = 'P',    /* the last pass begins */
    FRAME_CLEAR = 'Z',   /* all rows of the table */
    FRAME_DROP = 'X',    /* name of a table that went since */
    FRAME_STAMPS = 'H',  /* struct row_stamp, all of the table in the order of ids */
    FRAME_END = 'E',     /* that is all */
};

enum { FRAME_MAX = 1 << 30 };

struct move_hello {
    uint8_t key[HASH_SIZE];          /* recognises the master key */
    uint8_t declarations[HASH_SIZE]; /* of all tables that move */
    struct id move;                  /* the attempt that brought it here or took it away */
    char state[16];                  /* of the tenant row; "" without one */
    bool server;                     /* the store is a PostgreSQL server */
};

struct row_stamp {
    struct id
        id; /* absent in tables of sums, whose rows have none: those are in the order of hashes */
    uint8_t hash[HASH_SIZE]; /* SHA-256 of row_encode */
};

MUST_USE bool frame_send(int fd, enum frame_type type, const void *at, size_t n, struct error *err);
/* The payload lies in the arena, with a NUL behind it. False with UNAVAILABLE when the other side
   is gone or silent, and with its error when it sent one. */
MUST_USE bool frame_read(int fd, struct arena *a, enum frame_type *type, struct blob *ret,
                         struct error *err);

/* Speaks for this store until the connection ends: `gives` as the source, else as the target. What
   fails is told to the other end. One move at a time. */
void move_side(struct app *app, int fd, bool gives, struct id organisation);

/* Whether writes of the organisation are refused for the last seconds of its move. */
bool move_pauses(const struct app *app, struct id organisation);

/* Whether this process is about to make, or to activate, what has not arrived yet. */
bool move_takes(const struct app *app, struct id organisation);

#endif
