/* residues.h: how core looks for a canary in the memory of all processes of the installation: in
   its own and the supervisor's through views that were opened before the sandbox closed the way,
   and by asking egress, which does the same for itself. So it works for every user, not for root
   alone. */
#ifndef VOW_COMMAND_RESIDUES_H
#define VOW_COMMAND_RESIDUES_H

#include "process/canary.h"
#include "process/memory.h"

struct egress_client;

struct residues {
    struct memory_view own, supervisor; /* the supervisor's only in core */
    struct egress_client *egress;
};

/* In core and in egress, before the sandbox. A view that cannot be had is left out. */
void residues_open(struct residues *r, bool core);

/* How often the canary is in this process; egress_scanner. -1: it could not look. */
int64_t residues_own(void *with, uint64_t print);

/* In all three together; -1 when one of them could not be looked through. */
int residues_count(const struct residues *r, const struct canary_print *print);

#endif
