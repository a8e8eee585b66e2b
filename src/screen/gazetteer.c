/* gazetteer.c: looks words up in the embedded table. */
#include "gazetteer.h"

#include "gazetteer_table.h"

extern const gazetteer_slot gazetteer_begin[], gazetteer_end[];

unsigned gazetteer_look(uint64_t hash)
{
    uint32_t slots = (uint32_t)(gazetteer_end - gazetteer_begin);
    uint32_t print = gazetteer_print(hash);
    uint32_t i = gazetteer_home(hash, slots);
    for (; gazetteer_begin[i]; i = i + 1 < slots ? i + 1 : 0)
        if ((gazetteer_begin[i] ^ print) >> GAZETTEER_BITS == 0)
            return gazetteer_begin[i] ^ print;
    return 0;
}
