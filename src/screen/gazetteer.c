/* gazetteer.c: looks words up in the embedded table. */
#include "gazetteer.h"

#include "gazetteer_table.h"

extern const struct gazetteer_slot gazetteer_begin[], gazetteer_end[];

unsigned gazetteer_look(uint64_t hash)
{
    uint32_t slots = (uint32_t)(gazetteer_end - gazetteer_begin);
    uint16_t print = gazetteer_print(hash);
    uint32_t i = gazetteer_home(hash, slots);
    for (; gazetteer_begin[i].bits; i = i + 1 < slots ? i + 1 : 0)
        if (gazetteer_begin[i].print == print)
            return gazetteer_begin[i].bits;
    return 0;
}
