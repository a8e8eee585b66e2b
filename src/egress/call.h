/* call.h: what calls that wait need of the client beyond client.h. */
#ifndef VOW_EGRESS_CALL_H
#define VOW_EGRESS_CALL_H

#include "client.h"

/* egress_send, but text counts as consumed only by client_credit, not when the callback returns. */
MUST_USE bool client_send_pulled(struct egress_client *client, const struct egress_request *in,
                                 egress_callback *event, void *user, struct error *err,
                                 uint64_t *ret);

/* Text of the request was consumed; egress is told when it is worth a message. */
void client_credit(struct egress_client *client, uint64_t request, size_t bytes);

#endif
