/* address.h: which network addresses a provider on the internet can have.

   Refused is whatever leads back to this machine, its network or its cloud's metadata service, by
   the IANA special-purpose registries (RFC 6890 and its updates) for IPv4 and IPv6, including IPv4
   addresses that hide in IPv6 ones (mapped, compatible, NAT64, 6to4, Teredo). */
#ifndef VOW_EGRESS_ADDRESS_H
#define VOW_EGRESS_ADDRESS_H

#include "base/base.h"

struct sockaddr;

/* Whether it is a globally reachable unicast address. Any other family is not. */
bool address_public(const struct sockaddr *in);

/* The same for the textual form of an address, without a scope. False when it is not one. */
bool address_public_text(const char *text);

#endif
