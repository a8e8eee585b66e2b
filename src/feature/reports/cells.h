/* cells.h: sums by two keys, and ids as small numbers: what a report counts in. */
#ifndef VOW_REPORTS_CELLS_H
#define VOW_REPORTS_CELLS_H

#include "base/arena.h"
#include "base/id.h"

/* Ids numbered from 1 in the order in which they come; 0 is the absent id. Zeroed but for the arena
   it is empty. */
struct numbered {
    struct arena *arena;
    struct id *id; /* by number; id[0] is absent */
    size_t count;  /* of numbers given out, 0 excluded */
    uint32_t *slot;
    size_t room;
    struct id last; /* the one asked for last, which often comes again */
    uint32_t last_number;
};

/* The number of an id, a new one if need be. */
uint32_t number_of(struct numbered *n, struct id id);

/* The same without giving out a number: 0 when it has none. */
uint32_t number_find(const struct numbered *n, struct id id);

struct cell {
    uint32_t key, then;
    int64_t duration_s, billable_s, unrated_s, amount_minor;
};

/* Cells in the order in which they came. Zeroed but for the arena it is empty. */
struct cells {
    struct arena *arena;
    struct cell *at;
    size_t count, room;
    uint32_t *slot;    /* numbers of cells from 1, by hash: twice `room` */
    struct cell *last; /* the one asked for last, which often comes again */
};

/* The cell of two keys, a new one if need be; where it is until the next one is asked for. */
struct cell *cell_of(struct cells *c, uint32_t key, uint32_t then);

#endif
