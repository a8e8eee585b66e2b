/* gazetteer_table.h: the form of the word table, shared by its reader and its builder. */
#ifndef VOW_SCREEN_GAZETTEER_TABLE_H
#define VOW_SCREEN_GAZETTEER_TABLE_H

#include "base/base.h"

/* Open addressing; bits 0 is an empty slot. The fingerprint's 16 bits
   and the place make a wrong answer about as likely as 1 in 30,000. */
struct gazetteer_slot {
    uint16_t print, bits;
};

static inline uint32_t gazetteer_home(uint64_t hash, uint32_t slots)
{
    return (uint32_t)((((hash * 0x9e3779b97f4a7c15u) >> 32) * slots) >> 32);
}

static inline uint16_t gazetteer_print(uint64_t hash)
{
    return (uint16_t)((hash * 0x9e3779b97f4a7c15u) >> 4);
}

#endif
