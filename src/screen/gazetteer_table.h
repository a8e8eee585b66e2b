/* gazetteer_table.h: the form of the word table, shared by its reader and its builder. */
#ifndef VOW_SCREEN_GAZETTEER_TABLE_H
#define VOW_SCREEN_GAZETTEER_TABLE_H

#include "gazetteer.h"

/* Open addressing, half of it empty; a slot is the bits and above them a fingerprint, 0 when empty.
   The fingerprint's 14 bits make a wrong answer about as likely as 1 in 6,000. */
typedef uint32_t gazetteer_slot;

static inline uint32_t gazetteer_home(uint64_t hash, uint32_t slots)
{
    return (uint32_t)((((hash * 0x9e3779b97f4a7c15u) >> 32) * slots) >> 32);
}

static inline uint32_t gazetteer_print(uint64_t hash)
{
    return (uint32_t)((hash * 0x9e3779b97f4a7c15u) >> 4) << GAZETTEER_BITS;
}

#endif
