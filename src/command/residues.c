/* residues.c: a canary in three processes. */
#include "residues.h"

#include "egress/client.h"
#include "process/process.h"
#include "process/sanitized.h"

#include <fcntl.h>

void residues_open(struct residues *r, bool core)
{
    *r = (struct residues){ 0 };
    if (!memory_view_open(&r->own))
        r->own = (struct memory_view){ 0 };
    if (core && fcntl(PROCESS_MEMORY, F_GETFD) >= 0 && fcntl(PROCESS_MAPS, F_GETFD) >= 0)
        r->supervisor = (struct memory_view){ .mem = PROCESS_MEMORY, .maps = PROCESS_MAPS };
}

static size_t pieces_count(void *with, const void *piece, size_t n)
{
    return canary_count(with, piece, n);
}

static int64_t view_count(const struct memory_view *v, uint64_t hash)
{
    struct canary_print print = { hash };
    size_t found = 0;
    /* Sanitizers keep what was freed, on purpose. */
    if (SANITIZED || !memory_view_scan(v, CANARY_TEXT - 2, pieces_count, &print, &found))
        return -1;
    return (int64_t)found;
}

int64_t residues_own(void *with, uint64_t print)
{
    return view_count(&((const struct residues *)with)->own, print);
}

int residues_count(const struct residues *r, const struct canary_print *print)
{
    const int64_t found[] = { view_count(&r->own, print->hash),
                              view_count(&r->supervisor, print->hash),
                              r->egress ? egress_scan(r->egress, print->hash) : -1 };
    int64_t sum = 0;
    for (size_t i = 0; i < LENGTH(found); i++) {
        if (found[i] < 0)
            return -1;
        sum += found[i];
    }
    return (int)sum;
}
