/* hash.h: FNV-1a of 64 bits: a quick hash that grows byte by byte, against no one who
   chooses the bytes. Stored names, trained weights and word tables depend on its values. */
#ifndef VOW_HASH_H
#define VOW_HASH_H

#include "base.h"

static const uint64_t hash_start = 0xcbf29ce484222325u;

static inline uint64_t hash_byte(uint64_t hash, unsigned char c)
{
    return (hash ^ c) * 0x100000001b3u;
}

static inline uint64_t hash_bytes(uint64_t hash, const void *at, size_t n)
{
    for (const unsigned char *c = at; n--; c++)
        hash = hash_byte(hash, *c);
    return hash;
}

static inline uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = hash_byte(hash, (unsigned char)*text);
    return hash;
}

#endif
