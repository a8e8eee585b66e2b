/* message_fuzz.c: a packet on the channel between the processes is one of the table or refused. */
#include "egress/message.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    struct message message;
    for (enum message_side from = MESSAGE_CORE; from <= MESSAGE_EGRESS; from++) {
        if (!message_read(at, n, from, &message))
            continue;
        assert(message.head.kind > MESSAGE_NONE && message.head.kind < MESSAGE_KINDS);
        assert(message.head.payload <= MESSAGE_PAYLOAD && message.head.payload <= n);
    }
    return 0;
}
